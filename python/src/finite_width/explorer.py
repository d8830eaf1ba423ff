"""The explorer inside a notebook."""

from __future__ import annotations

import io
import json
import math
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from .errors import InputError
from .problem import Problem

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("explore needs anywidget: run `pip install finite-width[notebook]`") from error

_STATIC = Path(__file__).parent / "static"
_PAGE = _STATIC / "widget.js"
_DIGITS = Path(__file__).parent / "core" / "explorer" / "dist" / "digits"
#: Where the page finds the data of Python, as if they had been dropped onto it.
_FILE = "data.npz"
#: Keys of the page's setup; variables have them in snake case, and `layers` as `hidden_layers`.
_KEYS = [
    "source", "samples", "dimension", "noise", "seed", "digits", "file", "target", "labels",
    "standardizeInputs", "standardizeTargets", "take", "layers", "patch", "width", "activation",
    "weightVariance", "biasVariance", "featureScale", "noiseVariance", "theory", "pair",
]  # fmt: skip
#: Those that the page solves, as it lists them itself.
_THEORIES = [theory["name"] for theory in json.loads((_STATIC / "theories.json").read_text("utf-8"))]


def _refuse(name: str, value: Any, right: str) -> InputError:
    return InputError(f"{name}: {value!r} {right}")


class Explorer(anywidget.AnyWidget):
    """The explorer as a widget, made by `explore`: its variables are its controls, in both directions.

    Attributes
    ----------
    width : int or float
        Neurons of each hidden layer; ``math.inf`` is infinite width.
    hidden_layers, activation, weight_variance, bias_variance, feature_scale, noise_variance, theory
        As arguments of `Problem` and `solve`.
    source : str
        ``"file"``, the data of Python, or ``"mnist"``, ``"xor"``, ``"ising"``, ``"teacher"`` with `samples`,
        `dimension`, `noise`, `seed`, `digits`.
    take : int
        Of more data points than these the page takes so many, at random, and says so: 100, so that it answers
        soon; 0 takes all. `problem` has all.
    height : int
        Of the page in the notebook, in pixels.
    result : dict
        What was found last, or ``{"error": ...}``; ``w.observe(f, "result")`` is told of every solution.
    """

    _esm = _PAGE
    _keys = traitlets.List(_KEYS).tag(sync=True)
    _file = traitlets.Bytes(b"").tag(sync=True)
    _arrays = traitlets.Any(b"").tag(sync=True)
    result = traitlets.Dict({}).tag(sync=True)
    height = traitlets.Int(860).tag(sync=True)

    source = traitlets.Enum(["mnist", "xor", "ising", "teacher", "file"], "mnist").tag(sync=True)
    samples = traitlets.Int(48, min=2, max=400).tag(sync=True)
    dimension = traitlets.Int(20, min=1, max=1000).tag(sync=True)
    noise = traitlets.Float(1.0, min=0).tag(sync=True)
    seed = traitlets.Int(0, min=0).tag(sync=True)
    digits = traitlets.Unicode("0,3").tag(sync=True)
    file = traitlets.Unicode("").tag(sync=True)
    target = traitlets.Unicode("").tag(sync=True)
    labels = traitlets.Enum(["auto", "classes", "numbers"], "auto").tag(sync=True)
    standardize_inputs = traitlets.Bool(False).tag(sync=True)
    standardize_targets = traitlets.Bool(False).tag(sync=True)
    take = traitlets.Int(100, min=0, max=100_000).tag(sync=True)
    hidden_layers = traitlets.Int(2, min=1, max=50).tag(sync=True)
    patch = traitlets.Enum([0, 4, 7, 14], 0).tag(sync=True)
    width = traitlets.Any(50).tag(
        sync=True,
        to_json=lambda value, _: "infinite" if value == math.inf else value,
        from_json=lambda value, _: math.inf if value == "infinite" else value,
    )
    activation = traitlets.Unicode("erf").tag(sync=True)
    weight_variance = traitlets.Float(1.2, min=0).tag(sync=True)
    bias_variance = traitlets.Float(0.0, min=0).tag(sync=True)
    feature_scale = traitlets.Float(1.0, min=0).tag(sync=True)
    noise_variance = traitlets.Float(0.1, min=0).tag(sync=True)
    theory = traitlets.Enum(_THEORIES, "perturbative").tag(sync=True)
    pair = traitlets.Unicode("0,1").tag(sync=True)

    def __init__(self, problem: Problem | None = None, **values: Any) -> None:
        self._problem = problem
        super().__init__(**values)
        self.on_msg(self._answer)

    @traitlets.validate("width")
    def _width(self, proposal: Any) -> float:
        width = proposal["value"]
        if isinstance(width, bool) or not isinstance(width, (int, float, np.integer, np.floating)):
            raise _refuse("width", width, "must be a whole number of neurons, or math.inf")
        if width == math.inf:
            return math.inf
        if not (1 <= width <= 1_000_000) or int(width) != width:
            raise _refuse("width", width, "must be a whole number from 1 to 1000000, or math.inf")
        return int(width)

    def _answer(self, _: Any, content: Any, __: Any) -> None:
        """Gives the page the digits that it asks for."""
        digit = content.get("digit") if isinstance(content, dict) else None
        if isinstance(digit, int) and 0 <= digit <= 9:
            self.send({"digit": digit}, buffers=[(_DIGITS / f"{digit}.bytes").read_bytes()])

    @property
    def error(self) -> str | None:
        """Why the setup cannot be solved, in a line."""
        return self.result.get("error")

    @property
    def converged(self) -> bool | None:
        """Whether the equations were solved; None before anything was."""
        return self.result.get("converged")

    @property
    def cka(self) -> np.ndarray:
        """Alignment of every layer with the targets, the input first; empty before anything was solved."""
        return np.array(self.result.get("cka", []), dtype=float)

    @property
    def log_evidence(self) -> float:
        """ln p(Y|X); NaN where it is not known."""
        value = self.result.get("logEvidence")
        return math.nan if value is None else float(value)

    def _matrices(self, first: int) -> list[np.ndarray]:
        if "layers" not in self.result:
            return []
        samples, count = self.result["samples"], self.result["layers"] + 1
        values = np.frombuffer(bytes(self._arrays), dtype="<f8").reshape(-1, samples, samples)
        return [kernel.copy() for kernel in values[first * count : (first + 1) * count]]

    @property
    def kernels(self) -> list[np.ndarray]:
        """C_0 ... C_L as the page shows them, P x P each; empty before anything was solved."""
        return self._matrices(0)

    @property
    def nngp(self) -> list[np.ndarray]:
        """K_0 ... K_L, the kernels at infinite width."""
        return self._matrices(1)

    def problem(self) -> Problem:
        """What the page shows, for `solve`, `compare`, `sample` on the core of Python.

        Raises
        ------
        ValueError
            If the page shows other data than those of Python.
        """
        if self._problem is None or self.source != "file" or self.file != _FILE:
            raise InputError(
                "source: the page shows other data than those given to explore; make a Problem of them"
            )
        network = {
            "hidden_layers": self.hidden_layers,
            "width": 1_000_000 if self.width == math.inf else self.width,
            "activation": self.activation,
            "weight_variance": self.weight_variance,
            "bias_variance": self.bias_variance,
            "feature_scale": self.feature_scale,
        }
        both = self.standardize_inputs and self.standardize_targets
        parts = [
            name
            for name, wanted in (("inputs", self.standardize_inputs), ("targets", self.standardize_targets))
            if wanted
        ]
        return self._problem.replace(
            **network,
            noise_variance=self.noise_variance,
            labels=self.labels,
            standardize=both or (parts[0] if parts else False),
        )


def _packed(problem: Problem) -> bytes:
    arrays = {"X": problem.X, "Y": problem.y, "X_test": problem.X_test, "Y_test": problem.y_test}
    given: dict[str, Any] = {name: array for name, array in arrays.items() if array is not None}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **given)
    return buffer.getvalue()


def _controls(problem: Problem) -> dict[str, Any]:
    """The controls that stand for a problem."""
    network = problem.network
    if problem.likelihood != "gaussian":
        raise _refuse("likelihood", problem.likelihood, "is none that the explorer has; it has Gaussian noise")
    if "layers" in network:
        raise InputError(
            "layers: the explorer has dense layers of one kind; give hidden_layers, width and activation"
        )
    for name in ("width", "weight_variance", "bias_variance"):
        if np.ndim(network[name]) > 0:
            raise _refuse(name, network[name], "has one number a layer; the explorer has one for all")
    if not isinstance(network["activation"], str):
        raise InputError(
            "activation: a function of Python; the explorer takes names and formulas "
            'such as "tanh(x) + 0.1*x"'
        )
    standardize = problem.standardize
    return {
        **network,
        "noise_variance": problem.noise_variance,
        "labels": problem.labels or "numbers",
        "standardize_inputs": standardize in (True, "inputs"),
        "standardize_targets": standardize in (True, "targets"),
    }


def explore(
    X: Any = None,
    y: Any = None,
    *,
    theory: str = "perturbative",
    take: int = 100,
    height: int = 860,
    **network: Any,
) -> Explorer:
    """The explorer in a notebook (Jupyter, VS Code, Colab, marimo): it computes in the browser, and needs no
    network.

    Parameters
    ----------
    X : array_like, shape (P, D), or Problem, optional
        Inputs, or a whole problem; without them digits that come along.
    y : array_like, shape (P,) or (P, n), optional
        Targets, numbers or texts that are classes.
    theory : str
        Which theory the page begins with: ``"nngp"``, ``"perturbative"``, ``"multiscale"``, ...
    take : int
        How many data points the page takes of more, at random; 0 takes all.
    height : int
        Of the page, in pixels.
    **network
        Arguments of `Problem` to begin with: ``width=50``, ``activation="relu"``, ``X_test=...``, ...

    Returns
    -------
    Explorer
        Show it as the last line of a cell. ``w.width = 50`` moves the page; what is moved on the page moves
        ``w.width``, and ``w.kernels``, ``w.cka``, ``w.log_evidence`` hold what it solved.

    Raises
    ------
    ValueError
        With one line that names the culprit and what would be right.
    ImportError
        Without anywidget.
    """
    if not _PAGE.exists():
        raise ImportError(
            "explore needs the built page: install the wheel, or run `npm run python` in the clone"
        )
    if X is None:
        if y is not None:
            raise InputError("X: missing beside y; give the inputs too")
        unknown = [
            name for name in network if name.startswith("_") or not Explorer.class_traits(sync=True).get(name)
        ]
        if unknown:
            raise InputError(
                f"{unknown[0]}: unknown; give what the page has controls for, "
                "such as width, hidden_layers, digits"
            )
        return _made(None, theory=theory, take=take, height=height, **network)
    if isinstance(X, Problem):
        problem = X.replace(**network) if network else X
    else:
        if y is None:
            raise InputError("y: missing beside X; give a target for every sample")
        with warnings.catch_warnings():
            # The page says them.
            warnings.simplefilter("ignore", UserWarning)
            problem = Problem(X, y, **network)
    controls = _controls(problem)
    file = _packed(problem)
    data: dict[str, Any] = {"source": "file", "file": _FILE, "_file": file, "take": take}
    return _made(problem, theory=theory, height=height, **data, **controls)


def _made(problem: Problem | None, **values: Any) -> Explorer:
    try:
        return Explorer(problem, **values)
    except traitlets.TraitError as error:
        raise InputError(" ".join(str(error).split())) from error


__all__ = ["Explorer", "explore"]
