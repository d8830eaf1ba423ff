"""What people stumble over, and what they are told."""

import pickle
import sys

import numpy as np
import pytest

import finite_width as fw

X = np.random.default_rng(0).normal(size=(12, 3))
y = X[:, 0] - X[:, 1] * X[:, 2]


def problem(**changes):
    return fw.Problem(X, y, **{"hidden_layers": 1, "width": 40, **changes})


def test_columns_of_new_points_are_those_of_the_inputs():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["a", "b", "c"])
    posterior = fw.solve(fw.Problem(frame, y), "nngp")
    np.testing.assert_array_equal(posterior.predict(frame), posterior.predict(X))
    turned = frame[["c", "b", "a"]]
    line = "^X_test: column 0 is 'c' where X has 'a'"
    with pytest.raises(fw.InputError, match=line):
        posterior.predict(turned)
    with pytest.raises(fw.InputError, match=line):
        fw.Problem(frame, y, X_test=turned)


@pytest.mark.parametrize(
    ("make", "line"),
    [
        (lambda: problem(layers=3), "^layers: 3; give a list"),
        (lambda: fw.Problem(X, y, layers=[{"dense": 9, "activation": 3}]), "^activation: 3 is no function"),
        (lambda: problem(activation=lambda h: h + 1j), "^activation function: gives complex numbers"),
        (lambda: fw.Activation(np.abs, kinks=["a"]), r"^kinks: \['a'\]; give a list of numbers"),
        (lambda: fw.solve(problem(), "map", tolerance={1}), "^an option is neither number, text nor list"),
        (lambda: fw.compare(problem(), 3), "^theories: 3; give a list"),
    ],
)
def test_what_the_core_cannot_be_asked_is_a_line_too(make, line):
    with pytest.raises(fw.InputError, match=line) as told:
        make()
    assert len(str(told.value)) < 300
    assert "\n" not in str(told.value)


def test_lines_of_the_core_are_its_own_and_a_note_says_what_their_keys_are_here():
    with pytest.raises(ValueError) as told:
        problem(weight_variance=-1)
    assert str(told.value) == "problem: network.weightVariance: -1; must be greater than 0"
    assert told.value.keywords == {"weightVariance": "weight_variance"}
    with pytest.raises(ValueError) as option:
        fw.solve(problem(), "perturbative", max_iterations=0)
    assert option.value.keywords == {"maxIterations": "max_iterations"}
    with pytest.raises(ValueError) as plain:
        problem(width=-5)
    assert plain.value.keywords == {}
    if sys.version_info >= (3, 11):
        assert told.value.__notes__ == ["In Python weightVariance is weight_variance."]
        assert not hasattr(plain.value, "__notes__")


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        ((X, {"width": [3]}), "^problem: ndarray"),
        ((None, ["width"]), r"^vary: \['width'\]; give a dict"),
        ((None, {"width": 3}), "^vary: width: 3; give a list"),
        ((None, {"activation": "erf"}), "^vary: activation: 'erf'; give a list"),
        ((None, {"width": []}), "^vary: width"),
        ((None, {"width": [3]}, 3), "^theories: 3; give a list"),
        ((None, {"width": [3]}, ["nope"]), "^theories: 'nope' is none; there are nngp"),
    ],
)
def test_sweeps_say_what_makes_no_sense_before_they_start(arguments, line):
    pytest.importorskip("pandas")
    first, *rest = arguments
    with pytest.raises(fw.InputError, match=line):
        fw.sweep(problem() if first is None else first, *rest)
    with pytest.raises(fw.InputError, match="^options: 'map' is not among the theories"):
        fw.sweep(problem(), {"width": [3]}, ["nngp"], options={"map": {"seed": 1}})


def test_names_and_values_may_come_in_anything_that_has_several():
    pytest.importorskip("pandas")
    table = fw.sweep(problem(), {"width": iter(range(3, 5))}, {"nngp": "a line"}.keys())
    assert list(table["width"]) == [3, 4]
    assert list(fw.compare(problem(), {"nngp": "a line"})) == ["nngp"]


@pytest.mark.parametrize("function", [np.tanh, lambda h: h / (1 + h * h)])
def test_functions_as_activations_can_be_kept(function):
    kept = pickle.loads(pickle.dumps(problem(activation=function)))
    np.testing.assert_array_equal(
        fw.solve(kept, "nngp").kernels[-1], fw.solve(problem(activation=function), "nngp").kernels[-1]
    )
    table = kept.network["activation"]
    h = np.linspace(-7, 7, 12).reshape(3, 4)
    np.testing.assert_allclose(table(h), function(h), atol=1e-12)
    assert isinstance(table(0.5), float) and table(0.5) == pytest.approx(function(0.5), abs=1e-12)
    again = pickle.loads(pickle.dumps(kept))
    assert np.array_equal(again.network["activation"].coefficients, table.coefficients)


def test_estimators_with_functions_can_be_kept():
    sklearn = pytest.importorskip("sklearn")
    estimator = fw.FiniteWidthRegressor(activation=lambda h: h / (1 + h * h), hidden_layers=1)
    assert sklearn.clone(estimator).activation is not None
    kept = pickle.loads(pickle.dumps(estimator.fit(X, y)))
    np.testing.assert_array_equal(kept.predict(X[:3] + 0.1), estimator.predict(X[:3] + 0.1))
    assert np.isfinite(sklearn.clone(kept).fit(X, y).score(X, y))


def test_layers_have_functions_of_their_own():
    layers = [{"dense": 20, "activation": lambda h: np.tanh(h)}, {"dense": 15, "activation": lambda h: h}]
    mine = fw.Problem(X, y, layers=layers)
    named = fw.Problem(
        X, y, layers=[{"dense": 20, "activation": "tanh"}, {"dense": 15, "activation": "linear"}]
    )
    for theory in ("nngp", "linearResponse"):
        expected = fw.solve(named, theory).kernels
        for one, other in zip(fw.solve(mine, theory).kernels, expected):
            np.testing.assert_allclose(one, other, rtol=1e-6, atol=1e-8)
    kept = pickle.loads(pickle.dumps(mine))
    np.testing.assert_array_equal(
        fw.solve(kept, "nngp").kernels[-1], fw.solve(mine, "nngp").kernels[-1]
    )


def test_options_may_hold_what_is_an_argument_too():
    pytest.importorskip("sklearn")
    options = {"seed": 3, "progress": False}
    estimator = fw.FiniteWidthRegressor("linearResponse", hidden_layers=1, options=options).fit(X, y)
    assert np.isfinite(estimator.predict(X)).all()
    with pytest.raises(ValueError, match="^options: 3; give a dict"):
        fw.FiniteWidthRegressor(options=3).fit(X, y)
    assert "linearResponse" in fw.compare(problem(), ["linearResponse"], options={"linearResponse": {"seed": 1}})


def test_layers_replace_what_says_the_same():
    replaced = problem().replace(layers=[{"dense": 20}])
    assert fw.solve(replaced, "nngp").kernels[1].shape == (12, 12)


def test_outputs_in_other_units_have_uncertainties_of_their_own():
    pytest.importorskip("sklearn")
    both = np.stack([y, 5 - 1000 * y], axis=1)
    one, two = fw.FiniteWidthRegressor().fit(X, y), fw.FiniteWidthRegressor().fit(X, both)
    new = X[:4] + 0.1
    mean, std = one.predict(new, return_std=True)
    means, stds = two.predict(new, return_std=True)
    np.testing.assert_allclose(means, np.stack([mean, 5 - 1000 * mean], axis=1), rtol=1e-8)
    np.testing.assert_allclose(stds, np.stack([std, 1000 * std], axis=1), rtol=1e-8)
    assert two.log_marginal_likelihood_ == pytest.approx(
        2 * one.log_marginal_likelihood_ - len(y) * np.log(1000), rel=1e-8
    )
