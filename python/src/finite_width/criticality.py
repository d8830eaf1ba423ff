"""Order and chaos in infinitely wide, deep networks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from . import _process
from ._arrays import numbers
from ._progress import bar
from .activation import for_core

NAMES = np.array(["ordered", "critical", "chaotic", "unbounded"])


@dataclass(frozen=True)
class Phase:
    """The phase of one network, as `finite-width phase` says it.

    Attributes
    ----------
    phase : str or None
        ``"ordered"``, ``"critical"``, ``"chaotic"`` or ``"unbounded"``.
    q_star, c_star : float
        Variance, and correlation of two inputs, that deep layers come to; of inputs with ``|x|^2 = D``.
    chi, chi_q : float
        Slopes of the maps of correlation (at 1) and of variance (at q*).
    xi_c, xi_q : float
        Depth scales in layers, of correlations and of variances; infinite where nothing decays.
    critical_points : list of dict
        Weight variances at which chi = 1 for this bias variance, and their q.
    """

    activation: str
    weight_variance: float
    bias_variance: float
    phase: str | None
    q_star: float
    chi: float
    chi_q: float
    c_star: float
    xi_c: float
    xi_q: float
    remark: str | None
    critical_points: list[dict[str, float]]

    @property
    def critical_weight_variance(self) -> float:
        """The first critical weight variance; NaN if there is none."""
        return self.critical_points[0]["weightVariance"] if self.critical_points else float("nan")


@dataclass(frozen=True)
class PhaseDiagram:
    """Phases over a grid: arrays of shape (bias variances, weight variances)."""

    activation: str
    weight_variance: np.ndarray
    bias_variance: np.ndarray
    phase: np.ndarray
    q_star: np.ndarray
    chi: np.ndarray
    chi_q: np.ndarray
    c_star: np.ndarray
    xi_c: np.ndarray
    xi_q: np.ndarray
    #: rows (weight variance, bias variance, q) along the critical line
    critical_line: np.ndarray


@overload
def phase(
    activation: Any = "erf",
    weight_variance: float | None = None,
    bias_variance: float = 0.0,
    *,
    progress: bool | None = None,
) -> Phase: ...


@overload
def phase(
    activation: Any, weight_variance: Any, bias_variance: Any, *, progress: bool | None = None
) -> PhaseDiagram: ...


def phase(
    activation: Any = "erf",
    weight_variance: Any = None,
    bias_variance: Any = 0.0,
    *,
    progress: bool | None = None,
) -> Phase | PhaseDiagram:
    """Whether signals of nearby inputs come together or apart in deep networks, and over how many layers.

    Parameters
    ----------
    activation : str, Activation or callable
    weight_variance : float or array_like, optional
        The first critical one by default.
    bias_variance : float or array_like
        With lists of both, phases over the grid.
    """
    described = for_core(activation)
    if np.ndim(weight_variance) == 0 and np.ndim(bias_variance) == 0:
        value, _ = _process.shared.call(
            "phase",
            {"activation": described, "weightVariance": weight_variance, "biasVariance": bias_variance},
        )
        nothing = float("nan")
        number = {
            key: float(value.get(key, nothing)) for key in ("qStar", "chi", "chiQ", "cStar", "xiC", "xiQ")
        }
        return Phase(
            activation=value["activation"],
            weight_variance=float(value.get("weightVariance", nothing)),
            bias_variance=float(value["biasVariance"]),
            phase=value.get("phase"),
            q_star=number["qStar"],
            chi=number["chi"],
            chi_q=number["chiQ"],
            c_star=number["cStar"],
            xi_c=number["xiC"],
            xi_q=number["xiQ"],
            remark=value.get("remark"),
            critical_points=value["criticalPoints"],
        )
    if weight_variance is None:
        raise ValueError("weight_variance: missing; a diagram needs a list of both variances")
    axes = {
        "weightVariances": numbers(np.atleast_1d(weight_variance), "weight_variance").astype(float),
        "biasVariances": numbers(np.atleast_1d(bias_variance), "bias_variance").astype(float),
    }
    with bar("phase", progress) as show:
        value, found = _process.shared.call("diagram", {"activation": described, **axes}, show)
    return PhaseDiagram(
        activation=value["activation"],
        weight_variance=found["weight_variance"][0],
        bias_variance=found["bias_variance"][0],
        phase=NAMES[found["phase"].astype(int)],
        critical_line=found.get("critical_line", np.empty((0, 3))),
        **{name: found[name] for name in ("q_star", "chi", "chi_q", "c_star", "xi_c", "xi_q")},
    )
