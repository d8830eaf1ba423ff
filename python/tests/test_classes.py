"""Logistic and softmax likelihoods through Python."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import log_expit, softmax
from sklearn.datasets import load_breast_cancer, load_iris
from sklearn.utils.estimator_checks import check_decision_proba_consistency

import finite_width as fw
from finite_width import FiniteWidthClassifier


def test_decisions_rank_as_probabilities_do():
    check_decision_proba_consistency("FiniteWidthClassifier", FiniteWidthClassifier(likelihood="softmax"))


def test_outputs_lie_near_the_most_probable_ones(xor):
    problem = fw.Problem(xor["X"], xor["y"], bias_variance=0.2, likelihood="logistic")
    assert problem.noise_variance is None and "likelihood='logistic'" in repr(problem)
    posterior = fw.solve(problem, "nngp")
    kernel, y = posterior.kernels[-1], xor["y"]
    lower = np.linalg.cholesky(kernel)
    mode = lower @ minimize(lambda z: 0.5 * z @ z - log_expit(y * (lower @ z)).sum(), np.zeros(len(y))).x
    # Mean and mode of outputs of order one differ little under a logistic likelihood.
    assert posterior.train_mean == pytest.approx(mode, abs=0.05 * np.abs(mode).max())
    assert np.corrcoef(posterior.train_mean, mode)[0, 1] > 0.999
    probabilities = posterior.predict_proba(xor["X_test"])
    mean = posterior.predict(xor["X_test"])
    assert probabilities.sum(axis=1) == pytest.approx(1)
    assert np.array_equal(probabilities[:, 1] > 0.5, mean > 0)
    # Uncertain outputs make probabilities less sure than that of their mean.
    assert np.all(np.abs(probabilities[:, 1] - 0.5) <= np.abs(1 / (1 + np.exp(-mean)) - 0.5) + 1e-12)


def test_theories_and_networks_treat_it_and_others_refuse(xor):
    problem = fw.Problem(xor["X"], xor["y"], width=30, bias_variance=0.2, likelihood="logistic")
    first = fw.solve(problem, "linearResponse")
    assert first.log_evidence < 0 and first.predict_proba(xor["X_test"]).shape == (len(xor["X_test"]), 2)
    networks = fw.sample(problem, draws=100, chains=2)
    assert networks.predict_proba(xor["X_test"]).shape == (len(xor["X_test"]), 2)
    with pytest.raises(
        ValueError, match='theory map treats Gaussian noise alone, and not likelihood "logistic"'
    ):
        fw.solve(problem, "map")
    gaussian = problem.replace(likelihood="gaussian")
    assert gaussian.noise_variance == 0.1
    with pytest.raises(ValueError, match='likelihood: "gaussian" gives no probabilities'):
        fw.solve(gaussian, "nngp").predict_proba(xor["X_test"])
    with pytest.raises(ValueError, match='noiseVariance: 0.2; likelihood "logistic" has no noise'):
        fw.Problem(xor["X"], xor["y"], likelihood="logistic", noise_variance=0.2)


def test_a_classifier_has_their_probabilities():
    X, y = load_iris(return_X_y=True)
    flowers = FiniteWidthClassifier(likelihood="softmax", weight_variance=4.0).fit(X[::2], y[::2])
    probabilities = flowers.predict_proba(X[1::2])
    assert probabilities.shape == (75, 3) and probabilities.sum(axis=1) == pytest.approx(1)
    assert flowers.score(X[1::2], y[1::2]) > 0.93
    # Means over outputs are flatter than the softmax of their means.
    means = softmax(flowers.posterior_.predict(X[1::2]), axis=1)
    assert probabilities.max(axis=1).mean() < means.max(axis=1).mean()
    X, y = load_breast_cancer(return_X_y=True)
    cancer = [
        FiniteWidthClassifier(likelihood=name).fit(X[:150], y[:150]) for name in ("logistic", "softmax")
    ]
    first, second = (each.predict_proba(X[150:300]) for each in cancer)
    assert np.array_equal(first, second)
    assert cancer[0].score(X[150:300], y[150:300]) > 0.9
