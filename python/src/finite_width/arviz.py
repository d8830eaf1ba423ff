"""Draws of sampled networks as ArviZ has them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import InputError
from .posterior import Posterior


def to_arviz(run: Posterior) -> Any:
    """What was watched while networks were sampled, for ArviZ: ``az.summary``, ``az.plot_trace`` and the
    like.

    Parameters
    ----------
    run : Posterior
        Of `sample`, or of `solve` by ``"sampled"``.

    Returns
    -------
    arviz.InferenceData (xarray.DataTree of ArviZ 1.0 and later)
        Groups ``posterior`` (``cka_l``, kernel entries ``kernel_l_i_j``, outputs ``output_i``),
        ``sample_stats`` (``lp``, ``step_size``) and ``observed_data`` (``y``). What is undefined, such as the
        alignment with equal targets, is left out.

    Raises
    ------
    ValueError
        For theories, which have no draws.
    """
    try:
        import arviz
    except ImportError as error:
        raise ImportError("to_arviz needs ArviZ: run `pip install finite-width[arviz]`") from error
    if not isinstance(run, Posterior) or not run.traces:
        what = run.theory if isinstance(run, Posterior) else type(run).__name__
        raise InputError(f"run: {what} has no draws; give what finite_width.sample returns")
    traces = dict(run.traces)
    log_posterior = traces.pop("log_posterior")
    steps = np.asarray(run.details["stepSize"], dtype=float)
    groups: dict[str, Any] = {
        "posterior": {name: draws for name, draws in traces.items() if np.isfinite(draws).all()},
        "sample_stats": {
            "lp": log_posterior,
            "step_size": np.repeat(steps[:, None], log_posterior.shape[1], axis=1),
        },
    }
    y = run.problem.y
    if y.dtype.kind != "U":
        groups["observed_data"] = {"y": np.asarray(y, dtype=float)}
    if int(arviz.__version__.split(".")[0]) >= 1:
        return arviz.from_dict(groups)
    return arviz.from_dict(**groups)
