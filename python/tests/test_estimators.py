"""Estimators as scikit-learn wants them."""

import pickle

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.exceptions import NotFittedError
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import Kernel
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from finite_width import FiniteWidthClassifier, FiniteWidthRegressor

X, y = load_diabetes(return_X_y=True)
TRAIN, TEST = slice(0, 100), slice(100, 200)


@parametrize_with_checks([FiniteWidthRegressor(), FiniteWidthClassifier()])
def test_scikit_learn_accepts_them(estimator, check):
    check(estimator)


class Arcsine(Kernel):
    """One hidden layer of erf at infinite width (Williams 1998)."""

    def __init__(self):
        pass

    def __call__(self, X, Y=None, eval_gradient=False):
        Y = X if Y is None else Y
        covariance = lambda a, b: 1.2 * a @ b.T / a.shape[1] + 0.1
        own = lambda a: 1.2 * np.sum(a * a, axis=1) / a.shape[1] + 0.1
        scale = np.sqrt(np.outer(1 + 2 * own(X), 1 + 2 * own(Y)))
        kernel = 1.2 * 2 / np.pi * np.arcsin(2 * covariance(X, Y) / scale) + 0.1
        return (kernel, np.empty((*kernel.shape, 0))) if eval_gradient else kernel

    def diag(self, X):
        return np.diag(self(X))

    def is_stationary(self):
        return False


def test_infinite_width_is_the_gaussian_process_of_scikit_learn():
    ours = FiniteWidthRegressor(hidden_layers=1, noise_variance=0.3, standardize=False).fit(
        X[TRAIN] * 20, y[TRAIN] / 100
    )
    theirs = GaussianProcessRegressor(Arcsine(), alpha=0.3, optimizer=None).fit(X[TRAIN] * 20, y[TRAIN] / 100)
    mean, std = ours.predict(X[TEST] * 20, return_std=True)
    expected, without_noise = theirs.predict(X[TEST] * 20, return_std=True)
    assert mean == pytest.approx(expected, rel=1e-8)
    assert std == pytest.approx(np.sqrt(without_noise**2 + 0.3), rel=1e-8)
    assert ours.log_marginal_likelihood_ == pytest.approx(theirs.log_marginal_likelihood_value_, rel=1e-10)


def test_the_evidence_is_that_of_the_targets_as_given():
    ours = FiniteWidthRegressor().fit(X[TRAIN], y[TRAIN])
    scaled = FiniteWidthRegressor().fit(X[TRAIN], 10 * y[TRAIN])
    assert scaled.log_marginal_likelihood_ == pytest.approx(
        ours.log_marginal_likelihood_ - 100 * np.log(10), rel=1e-12
    )


def test_they_work_in_pipelines_searches_and_cross_validation():
    model = make_pipeline(StandardScaler(), FiniteWidthRegressor(standardize=True))
    search = GridSearchCV(model, {"finitewidthregressor__noise_variance": [0.1, 1.0]}, cv=3).fit(
        X[TRAIN], y[TRAIN]
    )
    assert search.best_params_["finitewidthregressor__noise_variance"] == 1.0
    assert search.score(X[TEST], y[TEST]) > 0.3
    flowers = load_iris(return_X_y=True)
    assert cross_val_score(FiniteWidthClassifier(), *flowers, cv=3).min() > 0.9


def test_searches_share_the_work_among_processes():
    search = GridSearchCV(FiniteWidthRegressor(), {"noise_variance": [0.3, 1.0]}, cv=2, n_jobs=2).fit(
        X[TRAIN], y[TRAIN]
    )
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_theory_of_finite_width_predicts():
    finite = FiniteWidthRegressor("rescaling", width=20, noise_variance=0.5).fit(X[TRAIN], y[TRAIN])
    infinite = FiniteWidthRegressor(noise_variance=0.5).fit(X[TRAIN], y[TRAIN])
    assert finite.score(X[TEST], y[TEST]) == pytest.approx(infinite.score(X[TEST], y[TEST]), abs=0.1)
    assert finite.log_marginal_likelihood_ != infinite.log_marginal_likelihood_


def test_probabilities_of_classes():
    samples, labels = load_breast_cancer(return_X_y=True)
    names = np.array(["malignant", "benign"])[labels]
    model = FiniteWidthClassifier().fit(samples[:200], names[:200])
    assert list(model.classes_) == ["benign", "malignant"]
    probability = model.predict_proba(samples[200:300])
    assert probability.sum(axis=1) == pytest.approx(np.ones(100))
    assert np.array_equal(model.classes_[probability.argmax(axis=1)], model.predict(samples[200:300]))
    assert model.score(samples[200:300], names[200:300]) > 0.9


def test_probabilities_of_three_classes_are_those_of_drawn_outputs():
    flowers, kinds = load_iris(return_X_y=True)
    model = FiniteWidthClassifier(noise_variance=0.3).fit(flowers[::2], kinds[::2])
    mean, std = model._outputs(flowers[51:150:14])
    draws = mean + std[:, None] * np.random.default_rng(0).normal(size=(200_000, *mean.shape))
    counted = np.stack([(draws.argmax(axis=2) == k).mean(axis=0) for k in range(3)], axis=1)
    assert np.abs(model.predict_proba(flowers[51:150:14]) - counted).max() < 5 * np.sqrt(0.25 / 200_000)


def test_unfitted_estimators_say_so():
    for model in (FiniteWidthRegressor(), FiniteWidthClassifier()):
        with pytest.raises(NotFittedError):
            model.predict(X)


def test_fitted_ones_can_be_kept():
    model = FiniteWidthRegressor().fit(X[TRAIN], y[TRAIN])
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict(X[TEST]), model.predict(X[TEST]))


def test_bad_parameters_are_named_by_the_core():
    with pytest.raises(ValueError, match="^problem: network.width: 0; must be at least 1$"):
        FiniteWidthRegressor(width=0).fit(X[TRAIN], y[TRAIN])
    with pytest.raises(ValueError, match='^unknown theory "ngp"'):
        FiniteWidthRegressor("ngp").fit(X[TRAIN], y[TRAIN])
