"""Functions of Python as activations."""

import math

import numpy as np
import pytest

import finite_width as fw

GRID = np.random.default_rng(0).uniform(-20, 20, 4000)


def table_at(activation, h):
    """The table by NumPy alone."""
    piece = np.clip(
        np.searchsorted(activation.edges, h, side="right") - 1, 0, len(activation.coefficients) - 1
    )
    low, high = activation.edges[piece], activation.edges[piece + 1]
    t = 2 * (h - low) / (high - low) - 1
    return np.array(
        [np.polynomial.chebyshev.chebval(u, c) for u, c in zip(t, activation.coefficients[piece])]
    )


@pytest.mark.parametrize(
    ("function", "kinks"),
    [
        (np.tanh, []),
        (lambda h: h / (1 + np.exp(-h)), []),
        (lambda h: np.maximum(h, 0), [0]),
        (lambda h: np.where(h > 0.3, h, 0.1 * h), [0.3]),
        (lambda h: np.where(h > 0, h, np.expm1(np.minimum(h, 0))), [0]),
        (math.erf, []),
        (lambda h: math.cos(h) if h < 1 / 3 else 2.0, [1 / 3]),
        (lambda h: h**3, []),
    ],
)
def test_tables_have_the_accuracy_that_they_say(function, kinks):
    activation = fw.Activation(function)
    exact = np.array([float(function(h)) for h in GRID])
    assert np.abs(table_at(activation, GRID) - exact).max() < 3e-12 * max(1, np.abs(exact).max())
    assert activation.accuracy <= 1e-12
    assert list(activation.kinks) == pytest.approx(kinks, abs=1e-9)


@pytest.mark.parametrize("theory", ["nngp", "perturbative"])
@pytest.mark.parametrize(
    ("function", "name"),
    [(np.tanh, "tanh"), (lambda h: max(h, 0.0), "relu"), (lambda h: h if h > 0 else math.expm1(h), "elu")],
)
def test_they_solve_as_the_activations_of_the_core(theory, function, name):
    data = fw.dataset("xor", samples=8, dimension=5, noise=0.3, seed=2)
    problem = fw.Problem(**data, width=100, bias_variance=0.1, hidden_layers=1)
    ours = (
        fw.solve(problem.replace(activation=function), theory, samples=512)
        if theory != "nngp"
        else fw.solve(problem.replace(activation=function), theory)
    )
    theirs = fw.solve(
        problem.replace(activation=name), theory, **({} if theory == "nngp" else {"samples": 512})
    )
    assert ours.log_evidence == pytest.approx(theirs.log_evidence, rel=1e-8)
    assert np.abs(ours.kernels[1] - theirs.kernels[1]).max() < 1e-8


def test_the_phase_of_a_function_is_that_of_its_formula():
    assert fw.phase(np.tanh, bias_variance=0.05).weight_variance == pytest.approx(
        fw.phase("tanh", bias_variance=0.05).weight_variance, rel=1e-9
    )
    # Its table has 1e-17 in place of φ(0) = 0, without which there is no critical point.
    assert fw.phase(np.tanh, bias_variance=0).weight_variance == pytest.approx(1, rel=1e-9)


def test_the_core_does_not_leave_the_table():
    growing = fw.Activation(lambda h: np.exp(h * h / 4), name="growing")
    assert growing.range == (-32.0, 32.0)
    small = fw.Problem([[0.2], [0.1]], [1, 2], activation=growing, hidden_layers=1)
    # The mean of exp(h^2/2) is 1/sqrt(1 - q), of variance q.
    expected = 1.2 / np.sqrt(1 - 1.2 * 0.2**2)
    assert fw.solve(small, "nngp").kernels[1][0, 0] == pytest.approx(expected, rel=1e-9)
    with pytest.raises(
        ValueError, match="activation growing: is asked for at .*, and its table has -32 to 32; lower"
    ):
        fw.solve(small.replace(X=[[10.0], [20.0]]), "nngp")


@pytest.mark.parametrize(
    ("function", "line"),
    [
        (lambda h: np.sin(np.asarray(h, np.float32)), "is not smooth enough near"),
        (lambda h: np.log(h), "^activation function: is not finite"),
        (lambda a, b: a, "must be a function of one number"),
        (lambda h: "text", "must be a function of one number"),
        (lambda h: np.random.default_rng().normal(size=np.shape(h)), "is not smooth enough near"),
    ],
)
def test_what_is_no_activation_is_refused(function, line):
    with pytest.raises(ValueError, match=line) as raised:
        fw.Activation(function)
    assert len(str(raised.value)) < 300
