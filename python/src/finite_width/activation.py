"""Functions of Python as activations: tabulated, with checked accuracy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .errors import InputError

#: Chebyshev nodes of a piece.
NODES = 17
#: Largest error between nodes, relative to the largest value on the piece.
TOLERANCE = 1e-12
#: Pieces shorter than this, relative to their place, hold a kink or a jump.
SHORTEST = 1e-12
#: In the middle, and in an octave beyond it: what takes more ends the table.
MOST_PIECES = 20_000
MOST_BEYOND = 512
#  The table has all from -LEAST to LEAST, and goes on octave by octave while the function is smooth and
# within double precision.
LEAST = 8.0
FARTHEST = 2.0**64
LARGEST = 1e150

_angles = np.pi * (np.arange(NODES) + 0.5) / NODES
_points = np.cos(_angles)
_checks = np.sin(np.pi / 2 * np.linspace(-0.999, 0.999, 24))
#: Coefficients from values at the nodes: c_k = (2 - [k = 0])/N sum_j f_j cos(k theta_j).
_transform = 2 / NODES * np.cos(np.outer(np.arange(NODES), _angles))
_transform[0] /= 2
_at_checks = np.polynomial.chebyshev.chebvander(_checks, NODES - 1)


class Activation:
    """Any function of Python as an activation.

    The function is tabulated: Chebyshev series of degree 16 on pieces of the line, halved until values
    between the nodes agree to 1e-12, relative to the largest on the piece. Kinks and jumps are found on the
    way. The core then computes with the table, at its own speed and without calling Python.

    Parameters
    ----------
    function : callable
        phi, of an array of float64 (or of one number), elementwise.
    name : str, optional
        What results call it; the name of the function by default.
    kinks : sequence of float, optional
        Where phi or a derivative jumps, if the search should not have to find it.

    Attributes
    ----------
    accuracy : float
        Largest relative error that was seen between nodes.
    range : tuple of float
        What the table covers. The core refuses, by name, to leave it.
    function : callable or None
        As it was given; None after unpickling, which brings the table alone. So lambdas can be pickled, and
        results stay the same to the bits wherever they are read.

    Raises
    ------
    InputError
        For what is no real function of one number, or cannot be tabulated.
    """

    def __init__(
        self, function: Callable[[Any], Any], name: str | None = None, kinks: Sequence[float] = ()
    ) -> None:
        if not callable(function):
            raise InputError(
                f"activation: {function!r} is no function; give a name, a formula or a function of one number"
            )
        found = name or getattr(function, "__name__", type(function).__name__)
        self.name = "function" if found == "<lambda>" else found
        self.function: Callable[[Any], Any] | None = function
        self._call = self._vectorised(function)
        try:
            asked = [float(kink) for kink in kinks]
        except (TypeError, ValueError) as error:
            raise InputError(f"kinks: {kinks!r}; give a list of numbers") from error
        self.edges, self.coefficients, self.kinks, self.accuracy = self._tabulate(asked)
        self.range = (float(self.edges[0]), float(self.edges[-1]))

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in self.__dict__.items() if key not in ("_call", "function")}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, function=None)

    def __copy__(self) -> Activation:
        return self

    def __deepcopy__(self, _: dict[int, Any]) -> Activation:
        """Itself, which nobody changes: estimators copy their arguments all the time."""
        return self

    def _real(self, value: Any) -> np.ndarray:
        if np.iscomplexobj(value):
            raise InputError(f"activation {self.name}: gives complex numbers; give a real function")
        return np.asarray(value, dtype=np.float64)

    def _vectorised(self, function: Callable[[Any], Any]) -> Callable[[np.ndarray], np.ndarray]:
        trial = np.array([0.0, 0.25, -0.5])
        try:
            with np.errstate(all="ignore"):
                answer = self._real(function(trial))
            if answer.shape == trial.shape:
                return lambda h: self._real(function(h.ravel())).reshape(h.shape)
        except InputError:
            raise
        except Exception:  # noqa: BLE001 - a function of one number may fail in any way when it is given three
            pass
        try:
            float(function(0.25))
        except Exception as error:
            raise InputError(
                f"activation {self.name}: must be a function of one number, or of an array elementwise; "
                f"it raised {error!r}"
            ) from error
        return np.vectorize(lambda h: float(function(float(h))), otypes=[np.float64])

    def _values(self, h: np.ndarray) -> np.ndarray:
        with np.errstate(all="ignore"):
            return self._call(h)

    def _tabulate(self, asked: Sequence[float]) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
        self._worst, found = 0.0, list(asked)
        powers = [0.0, 1.0, 2.0, 4.0, LEAST]
        middle = sorted({*powers, *(-p for p in powers), *(k for k in asked if -LEAST < k < LEAST)})
        done = self._pieces(middle, MOST_PIECES, found)
        for sign in (1.0, -1.0):
            far = LEAST
            while far < FARTHEST:
                inside = sorted(k for k in asked if far < sign * k < 2 * far)
                kinks: list[float] = []
                try:
                    more = self._pieces(sorted([sign * far, sign * 2 * far, *inside]), MOST_BEYOND, kinks)
                except InputError:
                    break
                done += more
                found += kinks
                far *= 2
        done.sort(key=lambda piece: piece[0])
        edges = np.array([done[0][0], *(piece[1] for piece in done)])
        table = np.array([piece[2] for piece in done])
        kinks = sorted({*found, *self._broken(edges, table)})
        apart = [k for i, k in enumerate(kinks) if i == 0 or k - kinks[i - 1] > 1e-9 * max(1, abs(k))]
        return edges, table, np.array(apart, dtype=np.float64), self._worst

    def _pieces(
        self, edges: Sequence[float], most: int, kinks: list[float]
    ) -> list[tuple[float, float, np.ndarray]]:
        """Pieces between edges, with their series; kinks inside of them are added to the list."""
        open_ = np.stack([edges[:-1], edges[1:]], axis=1)
        done: list[tuple[float, float, np.ndarray]] = []
        while len(open_) > 0:
            middle, half = open_.mean(axis=1, keepdims=True), np.diff(open_, axis=1) / 2
            values = self._values(middle + half * _points)
            checks = self._values(middle + half * _checks)
            scale = np.maximum(np.abs(values).max(axis=1), np.abs(checks).max(axis=1))
            if not np.all(scale < LARGEST):
                k = int(np.argmin(scale < LARGEST))
                raise InputError(
                    f"activation {self.name}: is not finite near {middle[k, 0]:.4g}; "
                    "an activation must be finite everywhere"
                )
            coefficients = values @ _transform.T
            error = np.abs(coefficients @ _at_checks.T - checks).max(axis=1)
            short = half[:, 0] < SHORTEST * np.maximum(1, np.abs(middle[:, 0]))
            good = error <= TOLERANCE * np.maximum(scale, 1e-200)
            if np.any(good):
                self._worst = max(self._worst, float((error[good] / np.maximum(scale[good], 1e-200)).max()))
            kinks += [float(place) for place in middle[short & ~good, 0]]
            keep = good | short
            done += list(zip(open_[keep, 0], open_[keep, 1], coefficients[keep]))
            rest = open_[~keep]
            cut = rest.mean(axis=1)
            open_ = np.concatenate([np.stack([rest[:, 0], cut], 1), np.stack([cut, rest[:, 1]], 1)])
            if len(done) + len(open_) > most:
                raise InputError(
                    f"activation {self.name}: is not smooth enough near {cut[0]:.4g} to be tabulated "
                    f"to {TOLERANCE:g}; "
                    "does it compute in float32, or at random?"
                )
        return done

    def _broken(self, edges: np.ndarray, table: np.ndarray) -> list[float]:
        """Edges at which the series of both sides differ by more than rounding, in value or one of three
        derivatives."""
        widths = np.diff(edges)
        scale = np.abs(table).sum(axis=1)
        broken = np.zeros(len(edges) - 2, dtype=bool)
        series = table
        for order in range(4):
            ends = np.stack([series @ (-1.0) ** np.arange(series.shape[1]), series.sum(axis=1)], axis=1)
            slope = ends * (2 / widths[:, None]) ** order
            # Markov's inequality: what differentiating makes of the error of a series.
            noise = 1e-13 * scale * (2 * NODES**2 / widths) ** order / (1, 1, 3, 15)[order]
            size = np.abs(slope).max(axis=1)
            least = np.maximum(1e-3 * np.maximum(size[:-1], size[1:]), 10 * np.maximum(noise[:-1], noise[1:]))
            jump = np.abs(slope[1:, 0] - slope[:-1, 1])
            broken |= (jump > least) & (jump > 1e-6)
            if order < 3:
                series = np.polynomial.chebyshev.chebder(series, axis=1)
        return [float(edge) for edge in edges[1:-1][broken]]

    def __call__(self, h: Any) -> Any:
        """The function itself; what the table has after unpickling, NaN beyond it."""
        return self._tabulated(h) if self.function is None else self.function(h)

    def _tabulated(self, h: Any) -> Any:
        places = np.asarray(h, dtype=np.float64)
        piece = np.clip(np.searchsorted(self.edges, places, side="right") - 1, 0, len(self.edges) - 2)
        low, high = self.edges[piece], self.edges[piece + 1]
        series = np.moveaxis(self.coefficients[piece], -1, 0)
        values = np.polynomial.chebyshev.chebval(2 * (places - low) / (high - low) - 1, series, tensor=False)
        values = np.where((places < self.range[0]) | (places > self.range[1]), np.nan, values)
        return values if values.ndim else float(values)

    def __repr__(self) -> str:
        return f"Activation({self.name!r}, {len(self.coefficients)} pieces, accuracy {self.accuracy:.1e})"

    def to_core(self) -> dict[str, Any]:
        """The table, as the core takes it."""
        return {
            "name": self.name,
            "edges": self.edges,
            "coefficients": self.coefficients,
            "kinks": self.kinks,
        }


def prepared(activation: Any) -> Any:
    """A name, a formula or an `Activation` as it is, the `Activation` of any other function."""
    if activation is None or isinstance(activation, (str, Activation)):
        return activation
    return Activation(activation)


def for_core(activation: Any) -> Any:
    """A name or formula as it is, the table of anything else."""
    activation = prepared(activation)
    return activation.to_core() if isinstance(activation, Activation) else activation
