"""What a theory says about a problem."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from . import _process
from .errors import InputError
from .problem import Problem


#: A head and arrays, as the core keeps a posterior; no head of what is solved again.
_Kept = tuple[Any, dict[str, np.ndarray]]


class Posterior:
    """The kernels of all layers given the data, and what follows from them. Made by `solve`, `sample` and
    `compare`.

    Arrays come from the core when they are first asked for. Outputs are in the units of the targets as given.

    Attributes
    ----------
    theory : str
        Which theory it is; ``auto`` says here what it took.
    problem : Problem
    converged : bool
        Whether the equations were solved, or the chains agree; `message` says why not.
    reason : str or None
        The same in a word: ``"iterations"``, ``"tolerance"``, ``"noSolution"``, ``"noExpansion"``,
        ``"largeTargets"``, ``"samples"``, ``"chains"``.
    residual : float
    iterations : int
    widths : list of float
        Widths at which the equations were solved.
    cka_error : ndarray or None
        Monte Carlo standard error of `cka`, where there is one.
    log_evidence : float
        ln p(Y|X), natural logarithm, of standardised targets where they are standardised; NaN where the
        theory does not know it.
    log_evidence_error : float or None
        Its Monte Carlo standard error.
    seconds : float
        What the computation took.
    details : dict
        What the theory says beyond kernels, as in result.json.
    """

    def __init__(
        self, problem: Problem, asked: str, options: dict[str, Any], head: dict[str, Any], core: _process.Core
    ) -> None:
        self.problem = problem
        self._asked, self._options = asked, options
        self._take(head)
        self._arrays: dict[str, np.ndarray] = {}
        self._known: dict[str, Any] = {}
        #: what the core makes the same posterior of again, once it has been asked for it
        self._kept: _Kept | None = None
        self._hold(core)
        self._held.set(head["handle"])

    def _take(self, head: dict[str, Any]) -> None:
        self.theory: str = head["theory"]
        self.converged: bool = head["converged"]
        self.residual = float(head["residual"])
        self.iterations: int = head["iterations"]
        self.widths: list[float] = head["widths"]
        self.reason: str | None = head.get("reason")
        self.message: str | None = head.get("message")
        self.judged_by: str | None = head.get("judgedBy")
        self.cka_error = None if head.get("ckaError") is None else np.array(head["ckaError"], dtype=float)
        self.log_evidence = float(head["logEvidence"])
        self.log_evidence_error: float | None = head.get("logEvidenceError")
        self.seconds: float = head["seconds"]
        self.details: dict[str, Any] = head.get("details") or {}
        self._layers: int = head["layers"]
        self._parts = {key: head[key] for key in ("conjugates", "errors", "effective", "traces")}

    def _hold(self, core: _process.Core) -> None:
        self._held = _process.Held(core, self, Posterior._again)

    def _again(self, core: _process.Core) -> int:
        """For a process that does not know it: after unpickling from its state, after a crash by solving, where
        the same problem and seed give the same again."""
        problem = self.problem._handle(core)
        if self._kept and self._kept[0] is not None:
            head, arrays = self._kept
            parameters = {"problem": problem, "head": head, "kept": arrays, "seconds": self.seconds}
            found = core.call("restore", parameters)[0]
            if found is not None:
                return found["handle"]
        parameters = {"problem": problem, "theory": self._asked, "options": self._options}
        return core.call("solve", parameters)[0]["handle"]

    def _keep(self) -> _Kept:
        """What there is to keep: of theories with closed forms, which are solved again, nothing."""
        if self._kept is None:
            self._kept = self._ask("keep")
        return self._kept

    def _ask(self, method: str, **parameters: Any) -> _process.Reply:
        core = self._held.core
        return core.call(method, {"posterior": self._held.handle(), **parameters})

    def _array(self, name: str) -> np.ndarray:
        if self._kept and name in self._kept[1]:
            return self._kept[1][name]
        if name not in self._arrays:
            self._arrays.update(self._ask("arrays", names=[name])[1])
        return self._arrays[name]

    @property
    def kernels(self) -> list[np.ndarray]:
        """C_0 ... C_L, the kernels of all layers, P x P each.

        Below the readout of convolutions with S positions (P S) x (P S), point by point; of ``nngp``, where
        positions are flattened, S blocks of P x P below each other, one a position: (S P) x P.
        """
        return [self._array(f"kernel_{layer}") for layer in range(self._layers + 1)]

    @property
    def kernel_errors(self) -> list[np.ndarray] | None:
        """Their Monte Carlo standard errors, entry by entry, where there are any."""
        if not self._parts["errors"]:
            return None
        return [self._array(f"kernel_{layer}_se") for layer in range(self._layers + 1)]

    @property
    def nngp(self) -> list[np.ndarray]:
        """K_0 ... K_L, the kernels at infinite width."""
        return [
            self._array("kernel_0"),
            *(self._array(f"nngp_{layer}") for layer in range(1, self._layers + 1)),
        ]

    @property
    def conjugates(self) -> list[np.ndarray | None]:
        """The conjugate kernels of layers 1 ... L at these places, None where the theory has none: what the
        data ask of a kernel."""
        known = self._parts["conjugates"]
        return [
            self._array(f"conjugate_{layer}") if known[layer] else None for layer in range(self._layers + 1)
        ]

    @property
    def effective(self) -> np.ndarray:
        """The output kernel that predictions use: C_L, but for theories that say otherwise."""
        return self._array("effective") if self._parts["effective"] else self.kernels[-1]

    @property
    def traces(self) -> dict[str, np.ndarray]:
        """Draws of what was watched while networks were sampled, chains x draws each; empty for theories."""
        return {name: self._array(name) for name in self._parts["traces"]}

    @property
    def cka(self) -> np.ndarray:
        """Centred alignment of the kernel of each layer with the targets, the input first; NaN where it is
        undefined."""
        if "cka" not in self._known:
            self._known["cka"] = np.array(self._ask("alignment")[0], dtype=float)
        return self._known["cka"]

    def _outputs(self, name: str) -> np.ndarray | None:
        if "fitted" not in self._known:
            self._known["fitted"] = self._ask("fitted")[1]
        found = self._known["fitted"].get(name)
        return found if found is None or found.ndim == 1 else self._shaped(found)

    def _shaped(self, outputs: np.ndarray) -> np.ndarray:
        """One output as y has it."""
        return outputs[:, 0] if self.problem.y.ndim == 1 and outputs.shape[1] == 1 else outputs

    @property
    def train_mean(self) -> np.ndarray:
        """Mean output on the training points."""
        return self._outputs("train_mean")  # type: ignore[return-value]

    @property
    def test_mean(self) -> np.ndarray | None:
        """Mean output at the test points of the problem, if it has any."""
        return self._outputs("test_mean")

    @property
    def test_std(self) -> np.ndarray | None:
        """Standard deviation over networks of the output without noise there."""
        variance = self._outputs("test_variance")
        return None if variance is None else np.sqrt(variance)

    @property
    def log_evidence_left_out(self) -> float | None:
        """Estimate of what the theory leaves out of `log_evidence`: 0 where it is exact, None where it is not
        known."""
        if "left_out" not in self._known:
            self._known["left_out"] = self._ask("evidenceError")[0]
        return self._known["left_out"]

    def predict(self, X: Any, return_std: bool = False, *, noise: bool = False) -> Any:
        """Outputs at new inputs: their mean over networks from the posterior.

        Parameters
        ----------
        X : array_like, shape (T, D)
        return_std : bool
            Also the standard deviation over networks, one for all outputs of a point.
        noise : bool
            Count the noise of the targets to it, for intervals that hold observations.

        Returns
        -------
        mean : ndarray, shape (T,) or (T, n)
        std : ndarray, shape (T,)
            If it is asked for.
        """
        _, arrays = self._ask("predict", x=self.problem.rows(self.problem.new_points(X)))
        mean = self._shaped(arrays["mean"])
        if not return_std:
            return mean
        scale = (self.problem.target_scale or {}).get("deviation", 1.0)
        return mean, np.sqrt(
            arrays["variance"] + ((self.problem.noise_variance or 0.0) * scale**2 if noise else 0.0)
        )

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the classes at new inputs, outputs averaged over, shape (T, classes); of logistic
        and softmax likelihoods.

        Columns are in the order of `Problem.classes`, or -1 and +1.
        """
        if self.problem.likelihood == "gaussian":
            raise ValueError(
                'likelihood: "gaussian" gives no probabilities of classes; take "logistic" or "softmax"'
            )
        return self._ask("predict", x=self.problem.rows(self.problem.new_points(X)))[1]["probabilities"]

    def predict_class(self, X: Any) -> np.ndarray:
        """The most probable class at new inputs, by name; for targets that are labels."""
        classes = self.problem.classes
        if classes is None:
            raise InputError('Y: targets are numbers; give texts, or labels="classes", to have classes')
        _, arrays = self._ask("predict", x=self.problem.rows(self.problem.new_points(X)))
        mean = arrays["mean"]
        best = (mean[:, 0] > 0).astype(int) if mean.shape[1] == 1 else mean.argmax(axis=1)
        return np.array(classes)[best]

    def to_dict(self) -> dict[str, Any]:
        """What result.json says: alignment and change of the kernels, evidence, measures on training and test
        points, convergence."""
        if "summary" not in self._known:
            self._known["summary"] = self._ask("summary")[0]
        return dict(self._known["summary"])

    def report(self, path: str | Path) -> Path:
        """Writes the report, one HTML file with its pictures inside."""
        value, _ = self._held.core.call("report", {"posteriors": [self._held.handle()], "embedded": False})
        Path(path).write_text(value, encoding="utf-8")
        return Path(path)

    def _repr_html_(self) -> str:
        if "html" not in self._known:
            parameters = {"posteriors": [self._held.handle()], "embedded": True}
            self._known["html"] = self._held.core.call("report", parameters)[0]
        return self._known["html"]

    def __repr__(self) -> str:
        state = "converged" if self.converged else f"not converged: {self.message}"
        cka = ", ".join(f"{value:.4f}" for value in self.cka)
        return f"Posterior({self.theory}, {state}, cka=[{cka}], log_evidence={self.log_evidence:.6g})"

    def __getstate__(self) -> dict[str, Any]:
        kept, traces = self._keep(), self.traces
        arrays = {name: array for name, array in {**self._arrays, **traces}.items() if name not in kept[1]}
        left_out = {key: value for key, value in self.__dict__.items() if key not in ("_held", "_known")}
        return {**left_out, "_arrays": arrays}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _known={})
        self._hold(_process.shared)
