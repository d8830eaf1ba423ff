"""Asks theories."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import _process
from ._pandas import pandas_for
from ._progress import bar
from .errors import InputError, snake_case
from .posterior import Posterior
from .problem import Problem

if TYPE_CHECKING:
    import pandas


def options_for_core(options: Mapping[str, Any]) -> dict[str, Any]:
    """Options by the names that the core gives them, which knows what there are: four_point is fourPoint."""
    return {
        re.sub(r"_([a-z])", lambda found: found[1].upper(), name): value
        for name, value in options.items()
        if value is not None
    }


def check_problem(problem: Any) -> None:
    if not isinstance(problem, Problem):
        raise InputError(f"problem: {type(problem).__name__}; give a finite_width.Problem")


def names_of(theories: Any, options: Mapping[str, Any] | None) -> list[str]:
    """One name or any number of them; options are of some of these."""
    if not isinstance(theories, (str, Iterable)):
        raise InputError(f"theories: {theories!r}; give a list of names, for example ['nngp', 'perturbative']")
    names = [theories] if isinstance(theories, str) else list(theories)
    if not names:
        raise InputError("theories: names no theory; give for example ['nngp', 'perturbative']")
    unknown = [name for name in options or {} if name not in names]
    if unknown:
        raise InputError(f"options: {unknown[0]!r} is not among the theories; there are {', '.join(names)}")
    return names


def solve_on(
    core: _process.Core, problem: Problem, theory: str, options: Mapping[str, Any], progress: bool | None
) -> Posterior:
    """Solves on one of several cores."""
    check_problem(problem)
    if not isinstance(theory, str):
        raise InputError(f"theory: {theory!r}; give the name of a theory, such as 'multiscale'")
    asked = options_for_core(options)
    with bar(theory, progress) as show:
        parameters = {"problem": problem._handle(core), "theory": theory, "options": asked}
        head, _ = core.call("solve", parameters, show)
    return Posterior(problem, theory, asked, head, core)


def solve(
    problem: Problem, theory: str = "auto", *, progress: bool | None = None, **options: Any
) -> Posterior:
    """Solves a problem by a theory.

    Parameters
    ----------
    problem : Problem
    theory : str
        ``"nngp"``, ``"rescaling"``, ``"exactLinear"``, ``"linearResponse"``, ``"perturbative"``, ``"map"``,
        ``"multiscale"``, ``"sampled"``; ``"auto"`` takes the cheapest of them whose measured error is at most
        `accuracy`, and says which and why in ``details["auto"]``. See `theories`.
    progress : bool, optional
        Whether to show a bar; by default where somebody looks, after a moment.
    **options
        Of the theory: ``tolerance``, ``max_iterations``, ``four_point``, ``samples``, ``seed``, ``accuracy``
        and ``seconds`` (of ``auto``), ``variant`` (of ``rescaling``), ``draws``, ``chains`` and those of
        `sample` (of ``sampled``); `theory_options` says those of each. What a theory does not use is refused.

    Returns
    -------
    Posterior
        Check ``converged``.

    Raises
    ------
    ValueError
        With one line, for what the theory cannot treat.
    KeyboardInterrupt
        Ctrl-C ends the computation and keeps the process.
    """
    return solve_on(_process.shared, problem, theory, options, progress)


def sample(
    problem: Problem,
    *,
    draws: int = 1000,
    chains: int = 4,
    sampler: str = "hmc",
    potential: str | None = None,
    warm_up: int | None = None,
    thin: int | None = None,
    step_size: float | None = None,
    steps: int | None = None,
    seed: int = 0,
    progress: bool | None = None,
) -> Posterior:
    """Networks drawn from their true posterior: the ground truth beside the theories.

    Parameters
    ----------
    draws : int
        Kept of each chain.
    chains : int
    sampler : {"hmc", "mala", "langevin"}
    potential : {"marginal", "weights"}, optional
        The readout integrated out, or all weights.
    warm_up : int, optional
        Draws of each chain before, while the step size adapts.
    thin : int, optional
        Transitions from one draw to the next.
    step_size, steps : optional
        Fixed instead of adapted; mean number of steps of a trajectory of ``hmc``.

    Returns
    -------
    Posterior
        With `traces` of what was watched, and diagnostics in `details`; `to_arviz` takes it.
    """
    for name, value, most in (("draws", draws, 10**8), ("chains", chains, 64)):
        if isinstance(value, bool) or not hasattr(value, "__index__") or not 1 <= value <= most:
            raise InputError(f"{name}: {value!r}; must be a whole number from 1 to {most}")
    if draws * chains < 64:
        raise InputError(
            f"draws: {draws} of each of {chains} chains are {draws * chains} networks; at least 64 are needed"
        )
    options = {
        "sampler": sampler,
        "potential": potential,
        "warm_up": warm_up,
        "thin": thin,
        "step_size": step_size,
        "steps": steps,
    }
    return solve(
        problem, "sampled", progress=progress, draws=draws * chains, chains=chains, seed=seed, **options
    )


class Comparison(Mapping[str, Posterior]):
    """Theories beside each other, by name; `str` gives the tables, a notebook shows the report."""

    def __init__(self, posteriors: Sequence[Posterior]) -> None:
        self._posteriors = {posterior.theory: posterior for posterior in posteriors}
        self._known: dict[str, Any] = {}

    def __getitem__(self, theory: str) -> Posterior:
        return self._posteriors[theory]

    def __iter__(self) -> Iterator[str]:
        return iter(self._posteriors)

    def __len__(self) -> int:
        return len(self._posteriors)

    def _ask(self, method: str, **parameters: Any) -> Any:
        first = next(iter(self._posteriors.values()))
        handles = [posterior._held.handle() for posterior in self._posteriors.values()]
        return first._held.core.call(method, {"posteriors": handles, **parameters})[0]

    def _comparison(self) -> dict[str, Any]:
        if "comparison" not in self._known:
            self._known["comparison"] = self._ask("comparison")
        return self._known["comparison"]

    def to_dict(self) -> dict[str, Any]:
        """What compare.json says, beside sampled networks where they are among the theories."""
        return dict(self._comparison()["result"])

    def to_frame(self) -> pandas.DataFrame:
        """One row for each theory and layer: alignment, its error, and how far the kernel moved from infinite
        width."""
        pandas = pandas_for("to_frame")
        rows = []
        for entry in self.to_dict()["theories"]:
            errors = entry.get("ckaStandardError") or [0.0] * len(entry["cka"])
            for layer, (cka, error, change) in enumerate(zip(entry["cka"], errors, entry["change"])):
                rows.append(
                    {
                        "theory": entry["theory"],
                        "layer": layer,
                        "cka": cka,
                        "cka_error": error,
                        "change": change,
                    }
                )
        return pandas.DataFrame(rows)

    def report(self, path: str | Path) -> Path:
        """Writes the report, one HTML file with its pictures inside."""
        Path(path).write_text(self._ask("report", embedded=False), encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        if "html" not in self._known:
            self._known["html"] = self._ask("report", embedded=True)
        return self._known["html"]

    def __str__(self) -> str:
        return self._comparison()["text"]

    def __repr__(self) -> str:
        return f"Comparison({', '.join(self._posteriors)})"


def compare(
    problem: Problem,
    theories: Sequence[str] = ("nngp", "perturbative", "auto"),
    *,
    progress: bool | None = None,
    options: Mapping[str, Mapping[str, Any]] | None = None,
    seed: int = 0,
) -> Comparison:
    """Theories on one problem beside each other.

    Parameters
    ----------
    theories : sequence of str
        What ``auto`` takes counts once if it is named, too.
    options : mapping, optional
        Options by the name of the theory: ``{"sampled": {"draws": 4000}}``.
    """
    return Comparison(
        [
            solve(problem, name, **{"progress": progress, "seed": seed, **(options or {}).get(name, {})})
            for name in names_of(theories, options)
        ]
    )


def theories() -> dict[str, str]:
    """The theories there are, a line each."""
    return _process.shared.call("theories", {})[0]


def theory_options(theory: str) -> dict[str, str]:
    """The options of a theory, a line each: what it does, what may be given, and what it is otherwise.

    >>> import finite_width as fw
    >>> fw.theory_options("rescaling")["variant"].endswith("one of vanilla, nested, full; vanilla by default")
    True
    """
    told = _process.shared.call("options", {"theory": theory})[0]
    return {snake_case(name): line for name, line in told.items()}


def dataset(name: str, **settings: Any) -> dict[str, Any]:
    """One of the data sets that come along: ``"xor"``, ``"teacher"``, ``"ising"``, ``"mnist"``.

    Parameters
    ----------
    **settings
        As in problem files, with names as here: ``samples``, ``test_samples``, ``dimension``, ``noise``,
        ``seed``, ``classes``, ...

    Returns
    -------
    dict
        ``X``, ``y``, and ``X_test``, ``y_test`` where there are test points: arguments of `Problem`.
    """
    keys = {
        "test_samples": "testSamples",
        "teacher_width": "teacherWidth",
        "teacher_activation": "teacherActivation",
    }
    data = {"dataset": name, **{keys.get(key, key): value for key, value in settings.items()}}
    value, arrays = _process.shared.call("dataset", {"data": data})
    y = arrays["y"]
    single = y.shape[1] == 1
    result = {"X": arrays["x"], "y": y[:, 0] if single else y, "description": value["description"]}
    if "xTest" in arrays:
        result["X_test"] = arrays["xTest"]
    if "yTest" in arrays:
        result["y_test"] = arrays["yTest"][:, 0] if single else arrays["yTest"]
    return result


__all__ = ["Comparison", "compare", "dataset", "sample", "solve", "theories", "theory_options"]
