"""Estimators of scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

try:
    from scipy.special import ndtr
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.utils import check_random_state
    from sklearn.utils.multiclass import check_classification_targets
    from sklearn.utils.validation import check_is_fitted, validate_data
except ImportError as error:
    raise ImportError(
        "estimators need scikit-learn >= 1.6: run `pip install finite-width[sklearn]`"
    ) from error

from .activation import prepared
from .errors import InputError
from .posterior import Posterior
from .problem import PerLayer, Problem
from .solving import solve

#: Least standard deviation of an output: without noise there is none on training points.
TINY = 1e-12

_PARAMETERS = """theory : str
        Which theory predicts. ``"nngp"``, the default, is infinite width: as fast as a Gaussian process, and
        `width` has no effect. ``"rescaling"`` (one output) costs little more. ``"perturbative"``,
        ``"multiscale"`` and ``"auto"`` adapt all kernels to the data, and take minutes where a Gaussian
        process takes seconds.
    hidden_layers, width, activation, weight_variance, bias_variance, feature_scale
        The network, as in `Problem`.
    noise_variance : float
        Of the targets, in units of their variance where they are standardised. Logistic and softmax
        likelihoods have none.
    standardize : bool
        Whether each column of the inputs (and of a regressor the targets) gets mean zero and variance one
        first, as networks expect them.
    options : dict, optional
        Of the theory, as `solve` takes them.
    random_state : int or RandomState, optional
        Seed of theories that draw samples; always the same by default.

    Attributes
    ----------
    posterior_ : Posterior
        What the theory says: kernels, alignment, evidence.
    log_marginal_likelihood_ : float
        ln p(y|X), natural logarithm; NaN of theories that do not know it.
    n_features_in_ : int
    feature_names_in_ : ndarray of str
        Of a DataFrame with names."""


class _FiniteWidth(BaseEstimator):
    """What both have in common."""

    def __init__(
        self,
        theory: str = "nngp",
        *,
        hidden_layers: int = 2,
        width: Any = 100,
        activation: Any = "erf",
        weight_variance: PerLayer = 1.2,
        bias_variance: PerLayer = 0.1,
        feature_scale: float = 1.0,
        noise_variance: float = 0.1,
        standardize: bool = True,
        options: dict[str, Any] | None = None,
        random_state: int | None = None,
    ) -> None:
        self.theory = theory
        self.hidden_layers = hidden_layers
        self.width = width
        self.activation = activation
        self.weight_variance = weight_variance
        self.bias_variance = bias_variance
        self.feature_scale = feature_scale
        self.noise_variance = noise_variance
        self.standardize = standardize
        self.options = options
        self.random_state = random_state

    def _solve(self, X: np.ndarray, y: np.ndarray, **data: Any) -> Posterior:
        names: tuple[str, ...] = (
            "hidden_layers",
            "width",
            "activation",
            "weight_variance",
            "bias_variance",
            "feature_scale",
            "noise_variance",
        )
        if data.get("likelihood", "gaussian") != "gaussian":
            names = names[:-1]
        with warnings.catch_warnings():
            # Folds of a cross-validation have equal rows and few classes all the time.
            warnings.simplefilter("ignore", UserWarning)
            problem = Problem(X, y, **{name: getattr(self, name) for name in names}, **data)
        seed = 0 if self.random_state is None else check_random_state(self.random_state).randint(2**31 - 1)
        if self.options is not None and not isinstance(self.options, Mapping):
            raise InputError(f"options: {self.options!r}; give a dict of options of {self.theory}")
        options = {"seed": int(seed), "progress": False, **(self.options or {})}
        posterior = solve(problem, self.theory, **options)
        if not posterior.converged:
            warnings.warn(
                f"{posterior.theory} did not converge: {posterior.message}", ConvergenceWarning, stacklevel=3
            )
        return posterior

    def __getstate__(self) -> dict[str, Any]:
        """With the table of a function as activation, which a file can hold as it is."""
        state = super().__getstate__()
        activation = state["activation"]
        return {**state, "activation": prepared(activation) if callable(activation) else activation}

    def _outputs(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype=np.float64)
        return self.posterior_.predict(X, return_std=True, noise=True)


class FiniteWidthRegressor(RegressorMixin, _FiniteWidth):
    __doc__ = f"""Regression by a finite-width Bayesian network.

    Parameters
    ----------
    {_PARAMETERS}

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from finite_width import FiniteWidthRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> FiniteWidthRegressor(noise_variance=0.5).fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.4
    True
    """

    def fit(self, X: Any, y: Any) -> FiniteWidthRegressor:
        """Solves the theory on these points; several outputs are standardised one by one, and those of
        `posterior_` stay so."""
        X, y = validate_data(self, X, y, dtype=np.float64, multi_output=True, y_numeric=True)
        y = np.asarray(y, dtype=np.float64)
        self._mean: Any = 0.0
        self._deviation: Any = 1.0
        prepared: Any = self.standardize
        # The core gives all outputs one scale, which would be that of the largest.
        if self.standardize is True and y.ndim == 2 and y.shape[1] > 1:
            deviation = y.std(axis=0)
            self._mean, self._deviation = y.mean(axis=0), np.where(deviation > 0, deviation, 1.0)
            prepared = "inputs"
        self.posterior_ = self._solve(X, (y - self._mean) / self._deviation, standardize=prepared)
        scale = (self.posterior_.problem.target_scale or {}).get("deviation", 1.0)
        scales = np.broadcast_to(self._deviation * scale, y.shape)
        self.log_marginal_likelihood_ = self.posterior_.log_evidence - float(np.log(scales).sum())
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Mean at new inputs, and the standard deviation of observations there (over networks, and noise) if
        it is asked for: both of shape (T,), or (T, n) of several outputs."""
        mean, std = self._outputs(X)
        mean = mean * self._deviation + self._mean
        if not return_std:
            return mean
        return mean, std if mean.ndim == 1 else np.broadcast_to(std[:, None] * self._deviation, mean.shape)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags


class FiniteWidthClassifier(ClassifierMixin, _FiniteWidth):
    __doc__ = f"""Classification by a finite-width Bayesian network.

    Two classes are -1 and +1, C > 2 classes centred one-hot rows. With Gaussian noise on these the
    probability of a class is that of its output, noise included, being the largest, taking outputs for
    independent. Logistic and softmax likelihoods have probabilities of their own.

    Parameters
    ----------
    likelihood : {{"gaussian", "logistic", "softmax"}}
        Gaussian noise by default, which every theory treats. ``"logistic"`` (two classes) and ``"softmax"``
        (several; of two the same as logistic) with the theories ``"nngp"``, ``"linearResponse"`` and
        ``"sampled"``.
    {_PARAMETERS}
    classes_ : ndarray
        Labels in their order.
    """

    def __init__(
        self,
        theory: str = "nngp",
        *,
        likelihood: str = "gaussian",
        hidden_layers: int = 2,
        width: Any = 100,
        activation: Any = "erf",
        weight_variance: PerLayer = 1.2,
        bias_variance: PerLayer = 0.1,
        feature_scale: float = 1.0,
        noise_variance: float = 0.1,
        standardize: bool = True,
        options: dict[str, Any] | None = None,
        random_state: int | None = None,
    ) -> None:
        super().__init__(
            theory,
            hidden_layers=hidden_layers,
            width=width,
            activation=activation,
            weight_variance=weight_variance,
            bias_variance=bias_variance,
            feature_scale=feature_scale,
            noise_variance=noise_variance,
            standardize=standardize,
            options=options,
            random_state=random_state,
        )
        self.likelihood = likelihood

    def fit(self, X: Any, y: Any) -> FiniteWidthClassifier:
        """Solves the theory on these points."""
        X, y = validate_data(self, X, y, dtype=np.float64)
        check_classification_targets(y)
        self.classes_, positions = np.unique(y, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y: one class, {self.classes_[0]!r}; a classifier needs at least two classes")
        prepared = "inputs" if self.standardize else False
        # Softmax of two classes is logistic in the difference of their outputs.
        two = len(self.classes_) == 2 and self.likelihood == "softmax"
        data = {
            "labels": "classes",
            "standardize": prepared,
            "likelihood": "logistic" if two else self.likelihood,
        }
        self.posterior_ = self._solve(X, positions.astype(np.float64), **data)
        self.log_marginal_likelihood_ = self.posterior_.log_evidence
        return self

    def decision_function(self, X: Any) -> np.ndarray:
        """Of two classes the mean output over its standard deviation, positive for the second; of more the
        mean outputs, a column each.

        Logistic and softmax likelihoods have logarithms of probabilities, of two classes that of their ratio.
        """
        if self.likelihood != "gaussian":
            logarithms = np.log(np.maximum(self.predict_proba(X), np.finfo(float).tiny))
            return logarithms[:, 1] - logarithms[:, 0] if len(self.classes_) == 2 else logarithms
        mean, std = self._outputs(X)
        return mean / np.maximum(std, TINY) if mean.ndim == 1 else mean

    def predict(self, X: Any) -> np.ndarray:
        """The most probable class."""
        decision = self.decision_function(X)
        return self.classes_[(decision > 0).astype(int) if decision.ndim == 1 else decision.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Probabilities of the classes."""
        if self.likelihood != "gaussian":
            check_is_fitted(self)
            X = validate_data(self, X, reset=False, dtype=np.float64)
            return self.posterior_.predict_proba(X)
        mean, std = self._outputs(X)
        std = np.maximum(std, TINY)
        if mean.ndim == 1:
            second = ndtr(mean / std)
            return np.stack([1 - second, second], axis=1)
        # P(f_k is the largest) = mean over z ~ N(0, 1) of prod_{j != k} Phi(z + (m_k - m_j)/s).
        nodes, weights = np.polynomial.hermite_e.hermegauss(48)
        apart = (mean[:, :, None] - mean[:, None, :]) / std[:, None, None]
        below = ndtr(nodes[:, None, None, None] + apart)
        own = np.arange(mean.shape[1])
        below[:, :, own, own] = 1
        probability = np.tensordot(weights, below.prod(axis=3), axes=1)
        return probability / probability.sum(axis=1, keepdims=True)
