"""How the kernels of finite-width Bayesian deep networks adapt to data: theories from coarse to exact.

>>> import finite_width as fw
>>> problem = fw.Problem(**fw.dataset("xor", samples=16), width=50, bias_variance=0.1)
>>> posterior = fw.solve(problem, "nngp")
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from ._process import about
from ._version import __version__
from .activation import Activation
from .criticality import Phase, PhaseDiagram, phase
from .errors import CoreError, InputError, NodeNotFoundError, OutOfMemoryError, OutOfReachError
from .posterior import Posterior
from .problem import Problem
from .solving import Comparison, compare, dataset, sample, solve, theories, theory_options
from .sweeping import sweep

if TYPE_CHECKING:
    from .arviz import to_arviz
    from .estimators import FiniteWidthClassifier, FiniteWidthRegressor
    from .explorer import Explorer, explore

#: What needs a package that may not be installed, and where it is.
_LATE = {
    "Explorer": "explorer",
    "FiniteWidthClassifier": "estimators",
    "FiniteWidthRegressor": "estimators",
    "explore": "explorer",
    "to_arviz": "arviz",
}

__all__ = [
    "Activation",
    "Comparison",
    "CoreError",
    "Explorer",
    "FiniteWidthClassifier",
    "FiniteWidthRegressor",
    "InputError",
    "NodeNotFoundError",
    "OutOfMemoryError",
    "OutOfReachError",
    "Phase",
    "PhaseDiagram",
    "Posterior",
    "Problem",
    "__version__",
    "about",
    "compare",
    "dataset",
    "explore",
    "phase",
    "sample",
    "solve",
    "sweep",
    "theories",
    "theory_options",
    "to_arviz",
]


def __getattr__(name: str) -> Any:
    if name not in _LATE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f".{_LATE[name]}", __name__), name)
