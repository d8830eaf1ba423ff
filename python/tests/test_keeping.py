"""Pickled posteriors."""

import copy
import pickle

import numpy as np
import pytest

import finite_width as fw
from finite_width import _process

OPTIONS = {
    "perturbative": {"samples": 256},
    "map": {"samples": 1024, "max_iterations": 4},
    "multiscale": {"samples": 1024, "max_iterations": 4},
    "sampled": {"draws": 128, "chains": 2},
    "auto": {"accuracy": 0.5},
}


@pytest.fixture
def asked(monkeypatch):
    """What the core is asked."""
    methods = []
    call = _process.Core.call

    def noted(core, method, *rest):
        methods.append(method)
        return call(core, method, *rest)

    monkeypatch.setattr(_process.Core, "call", noted)
    return methods


@pytest.mark.parametrize(
    ("theory", "activation"), [*((theory, "erf") for theory in OPTIONS), ("sampled", lambda h: np.tanh(h))]
)
@pytest.mark.filterwarnings("ignore")
def test_they_bring_their_state_and_are_not_solved_again(xor, asked, theory, activation):
    problem = fw.Problem(
        100 * xor["X"], 5 + 3 * xor["y"], X_test=100 * xor["X_test"], hidden_layers=1, width=30,
        bias_variance=0.1, activation=activation, standardize=True,
    )  # fmt: skip
    posterior = fw.solve(problem, theory, **OPTIONS[theory])
    kept = pickle.dumps(posterior)
    asked.clear()
    again = pickle.loads(kept)
    new = 100 * xor["X_test"] + 1
    # Networks are kept by their weights of the inputs: what is drawn is turned, and turned back.
    rounding = 1e-12 if theory == "sampled" else 0
    for one, other in zip(again.predict(new, return_std=True), posterior.predict(new, return_std=True)):
        np.testing.assert_allclose(one, other, rtol=rounding)
    if theory != "auto":
        assert "restore" in asked and "solve" not in asked
        assert np.array_equal(again.test_mean, posterior.test_mean)
    assert np.array_equal(again.test_std, posterior.test_std)
    assert {**again.to_dict(), "seconds": 0} == {**posterior.to_dict(), "seconds": 0}
    for one, other in zip(again.kernels + again.nngp, posterior.kernels + posterior.nngp):
        assert np.array_equal(one, other)
    assert set(again.traces) == set(posterior.traces)
    assert "<svg" in again._repr_html_()
    # And once more, and by copy.
    twice = copy.copy(pickle.loads(pickle.dumps(again)))
    np.testing.assert_allclose(twice.predict(new), posterior.predict(new), rtol=rounding)


@pytest.mark.parametrize("theory", ["nngp", "linearResponse", "rescaling"])
def test_closed_forms_are_solved_again_when_they_are_asked(problem, xor, asked, theory):
    posterior = fw.solve(problem, theory)
    kept = pickle.dumps(posterior)
    again = pickle.loads(kept)
    assert again.log_evidence == posterior.log_evidence
    asked.clear()
    assert np.array_equal(again.predict(xor["X_test"]), posterior.predict(xor["X_test"]))
    assert "solve" in asked and "restore" not in asked
    # They cost no more than the problem.
    assert len(kept) < len(pickle.dumps(problem)) + 4000


def test_what_another_version_has_kept_is_solved_again(problem, xor, asked):
    posterior = fw.solve(problem, "perturbative", samples=256)
    again = pickle.loads(pickle.dumps(posterior))
    head, arrays = again._kept
    again._kept = (head.replace('"version": 1', '"version": 0'), arrays)
    asked.clear()
    assert np.array_equal(again.predict(xor["X_test"]), posterior.predict(xor["X_test"]))
    assert "solve" in asked


def test_draws_go_to_arviz_after_unpickling(drawn):
    pytest.importorskip("arviz")
    again = pickle.loads(pickle.dumps(drawn))
    one, other = fw.to_arviz(again), fw.to_arviz(drawn)
    assert np.array_equal(one.posterior["cka_1"], other.posterior["cka_1"])
