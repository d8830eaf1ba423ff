"""Grids of problems, as a table."""

from __future__ import annotations

import itertools
import queue
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from . import _process
from ._pandas import pandas_for
from ._progress import bar
from .errors import InputError
from .posterior import Posterior
from .problem import Problem
from .solving import check_problem, names_of, solve_on
from .solving import theories as known_theories

if TYPE_CHECKING:
    import pandas

KEYS = (
    "hidden_layers",
    "width",
    "activation",
    "weight_variance",
    "bias_variance",
    "feature_scale",
    "noise_variance",
)


def _row(settings: Mapping[str, Any], theory: str, posterior: Posterior) -> dict[str, Any]:
    summary = posterior.to_dict()
    measures = {
        f"{part}_{''.join('_' + c.lower() if c.isupper() else c for c in name)}": value
        for part in ("train", "test")
        for name, value in summary.get(part, {}).items()
        if isinstance(value, (int, float))
    }
    return {
        **settings,
        "theory": theory,
        "solved_by": posterior.theory,
        "converged": posterior.converged,
        **{f"cka_{layer}": value for layer, value in enumerate(posterior.cka)},
        **{f"change_{layer}": value for layer, value in enumerate(summary["change"]) if layer > 0},
        "log_evidence": posterior.log_evidence,
        **measures,
        "seconds": posterior.seconds,
    }


def _values(key: str, given: Any) -> list[Any]:
    """What one key is varied over: any values in a row."""
    if isinstance(given, (str, Mapping)) or not isinstance(given, Iterable):
        raise InputError(f"vary: {key}: {given!r}; give a list of values, such as [{given!r}]")
    values = list(given)
    if not values:
        raise InputError(f"vary: {key}: no values; give a list of some")
    return values


def sweep(
    problem: Problem,
    vary: Mapping[str, Sequence[Any]],
    theories: str | Sequence[str] = ("nngp", "perturbative"),
    *,
    processes: int = 1,
    progress: bool | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> pandas.DataFrame:
    """Solves every combination on the same data.

    Parameters
    ----------
    vary : mapping
        Values by argument of `Problem`: ``{"width": [20, 50, 100], "weight_variance": [1.0, 1.5]}``; of
        hidden_layers, width, activation, weight_variance, bias_variance, feature_scale, noise_variance.
    processes : int
        Core processes to share the work among. One uses all threads by itself; several, a thread each, are
        faster for many small problems.
    options : mapping, optional
        Options by the name of the theory.

    Returns
    -------
    pandas.DataFrame
        A row for each combination and theory: settings, alignment ``cka_0 ...``, ``change_1 ...``,
        ``log_evidence``, measures on training and test points, ``converged``, and in ``error`` why there is
        no solution.
    """
    pandas = pandas_for("sweep")
    check_problem(problem)
    if not isinstance(vary, Mapping):
        raise InputError(f"vary: {vary!r}; give a dict such as {{'width': [20, 50]}}")
    unknown = [key for key in vary if key not in KEYS]
    if unknown:
        raise InputError(f"vary: {unknown[0]!r} cannot be varied; there are {', '.join(KEYS)}")
    if isinstance(processes, bool) or not isinstance(processes, int) or not 1 <= processes <= 64:
        raise InputError(f"processes: {processes!r}; must be a whole number from 1 to 64")
    values = {key: _values(key, given) for key, given in vary.items()}
    names = names_of(theories, options)
    known = [*known_theories(), "auto"]
    for name in names:
        if name not in known:
            raise InputError(f"theories: {name!r} is none; there are {', '.join(known)}")
    grid = [dict(zip(values, settings)) for settings in itertools.product(*values.values())]
    # Problems first: what makes no sense is said before anything is solved.
    tasks = [(settings, problem.replace(**settings), name) for settings in grid for name in names]
    cores = (
        [_process.shared]
        if processes == 1
        else [_process.Core({"FINITE_WIDTH_THREADS": "1"}) for _ in range(min(processes, len(tasks) or 1))]
    )
    idle: queue.SimpleQueue[_process.Core] = queue.SimpleQueue()
    for core in cores:
        idle.put(core)

    def run(task: tuple[dict[str, Any], Problem, str]) -> dict[str, Any]:
        settings, one, name = task
        core = idle.get()
        try:
            return _row(
                settings,
                name,
                solve_on(core, one, name, {"seed": seed, **(options or {}).get(name, {})}, False),
            )
        except (InputError, ArithmeticError) as error:
            return {**settings, "theory": name, "converged": False, "error": str(error)}
        finally:
            idle.put(core)

    rows: list[dict[str, Any]] = []
    with bar("sweep", progress) as show:

        def take(row: dict[str, Any]) -> None:
            rows.append(row)
            if show is not None:
                show(len(rows) / len(tasks), f"{len(rows)}/{len(tasks)}")

        try:
            if processes == 1:
                for task in tasks:
                    take(run(task))
            else:
                _in_threads(run, tasks, cores, take)
        finally:
            if processes > 1:
                for core in cores:
                    core.close()
    return pandas.DataFrame(rows)


def _in_threads(run: Any, tasks: Sequence[Any], cores: Sequence[_process.Core], take: Any) -> None:
    """A thread for each core; whoever stops it ends the cores, on which the threads wait."""
    with ThreadPoolExecutor(len(cores)) as pool:
        try:
            for row in pool.map(run, tasks):
                take(row)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            for core in cores:
                core.stop()
            raise


__all__ = ["sweep"]
