"""All that users of Python have for data, and what is said of what is none."""

import numpy as np
import pandas
import pytest

import finite_width as fw


def evidence(X, y, **arguments):
    return fw.solve(fw.Problem(X, y, **arguments), "nngp").log_evidence


@pytest.mark.parametrize(
    "same",
    [
        lambda X: X.tolist(),
        lambda X: pandas.DataFrame(X, columns=[f"c{k}" for k in range(X.shape[1])]),
        lambda X: np.asfortranarray(X),
        lambda X: np.repeat(X, 2, axis=0)[::2],
        lambda X: X[:, ::-1][:, ::-1],
        lambda X: X.astype(">f8"),
        lambda X: X.astype(object),
        lambda X: X.astype(np.longdouble),
    ],
)
def test_inputs_of_any_kind_are_the_same(xor, same):
    assert evidence(same(xor["X"]), xor["y"]) == evidence(xor["X"], xor["y"])


@pytest.mark.filterwarnings("ignore:X. rows")
def test_single_precision_whole_numbers_and_truth_values_are_read(xor):
    X = xor["X"].astype(np.float32)
    assert evidence(X, xor["y"]) == evidence(X.astype(float), xor["y"])
    bits = X > 0
    assert evidence(bits, xor["y"]) == evidence(bits.astype(float), xor["y"])
    assert evidence(bits.astype(np.uint8), xor["y"].astype(int)) == evidence(bits.astype(float), xor["y"])


def test_names_of_columns_are_kept(xor):
    frame = pandas.DataFrame(xor["X"], columns=list("abcdef"))
    assert fw.Problem(frame, pandas.Series(xor["y"])).feature_names == list("abcdef")


@pytest.mark.parametrize(
    "labels",
    [
        lambda y: np.where(y > 0, "yes", "no"),
        lambda y: ["yes" if value > 0 else "no" for value in y],
        lambda y: pandas.Series(np.where(y > 0, "yes", "no")),
        lambda y: pandas.Series(np.where(y > 0, "yes", "no")).astype("category"),
        lambda y: np.where(y > 0, b"yes", b"no"),
    ],
)
def test_texts_are_classes(xor, labels):
    problem = fw.Problem(xor["X"], labels(xor["y"]))
    assert problem.classes == ["no", "yes"]
    posterior = fw.solve(problem, "nngp")
    assert posterior.log_evidence == evidence(xor["X"], xor["y"])
    assert list(posterior.predict_class(xor["X"])) == list(np.where(xor["y"] > 0, "yes", "no"))


def test_truth_values_are_classes_and_so_are_whole_numbers_if_that_is_asked(xor):
    assert fw.Problem(xor["X"], xor["y"] > 0).classes == ["False", "True"]
    assert fw.Problem(xor["X"], np.arange(16) % 3).classes is None
    three = fw.Problem(xor["X"], np.arange(16) % 3, labels="classes")
    assert (three.classes, three.outputs) == (["0", "1", "2"], 3)


def test_test_points_need_no_targets(xor):
    problem = fw.Problem(xor["X"], xor["y"], X_test=xor["X_test"])
    posterior = fw.solve(problem, "nngp")
    assert posterior.test_mean.shape == (8,)
    assert "test" not in posterior.to_dict()


def test_standardised_data_are_turned_back(xor):
    X = 100 + 1e3 * xor["X"]
    y = xor["X"] @ np.ones(6)
    plain = fw.solve(fw.Problem((X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()), "nngp")
    turned = fw.solve(fw.Problem(X, 7 + 50 * y, standardize=True), "nngp")
    new = 100 + 1e3 * xor["X_test"]
    mean, std = turned.predict(new, return_std=True)
    expected = plain.predict((new - X.mean(0)) / X.std(0), return_std=True)
    assert mean == pytest.approx(7 + 50 * (y.mean() + y.std() * expected[0]), rel=1e-9)
    assert std == pytest.approx(50 * y.std() * expected[1], rel=1e-9)
    noisy = turned.predict(new, return_std=True, noise=True)[1]
    assert noisy**2 - std**2 == pytest.approx(np.full(8, 0.1 * (50 * y.std()) ** 2), rel=1e-9)


X3 = [[0.0, 1.0], [1.0, 0.5], [0.3, -1.0]]


@pytest.mark.parametrize(
    ("X", "y", "arguments", "line"),
    [
        (X3, [1, np.nan, 2], {}, r"^Y\[1\]\[0\]: NaN is not a finite number$"),
        (X3, [1, None, 2], {}, r"^Y\[1\]\[0\]: NaN is not a finite number$"),
        ([[0, 1], [np.inf, 1], [0, 0]], [1, 2, 3], {}, r"^X\[1\]\[0\]: Infinity"),
        ([["a", "b"], ["c", "d"]], [1, 2], {}, "^X: 'a' in row 0, column 0 is no number; encode categories"),
        (
            pandas.DataFrame({"n": [1, 2], "city": ["Rome", "Bern"]}),
            [1, 2],
            {},
            "^X: 'Rome' in column 'city', row 0 is no",
        ),
        ([[1, 2], [3]], [1, 2], {}, "^X: rows of different lengths"),
        (X3, [1, [2, 3], 4], {}, "^Y: rows of different lengths"),
        (X3, ["a", ["b", "c"], "d"], {}, "^Y: rows of different lengths"),
        (None, [1, 2], {}, "^X: None; give a list or an array"),
        (X3, None, {}, "^Y: None; give a list or an array"),
        (X3, iter([1, 2, 3]), {}, "^Y: a list_iterator; give a list or an array"),
        ({"a": [1, 2]}, [1, 2], {}, "^X: a dict; give a list"),
        (3.0, [1], {}, "^X: 3.0; give a list or an array"),
        (np.ma.masked_equal(X3, 0.5), [1, 2, 3], {}, r"^X\[1\]\[1\]: is masked; leave such data points out"),
        (X3, np.ma.masked_less([1, 2, 3], 2.5), {}, r"^Y\[0\]: is masked, as are 1 more entries; leave"),
        (X3, [1, 2, 3], {"X_test": np.ma.masked_equal(X3, 0.3)}, r"^X_test\[2\]\[0\]: is masked"),
        (X3, [1, 2, 3], {"X_test": [1.0, 2.0]}, "^X_test: 2 numbers, one row of X; give rows"),
        (np.ones((3, 2)) * 1j, [1, 2, 3], {}, "^X: complex numbers"),
        (np.ones((3, 2), "M8[s]"), [1, 2, 3], {}, "^X: dates or time spans"),
        (np.ones((3, 2, 2)), [1, 2, 3], {}, "^X: 3 dimensions; a matrix has 2; reshape"),
        (np.ones((0, 2)), [], {}, "^X: shape 0×2 is empty"),
        (X3, [1, 2], {}, "^Y: 2 rows where X has 3; every data point needs one target"),
        (X3, ["a", 2, "b"], {}, r"^Y\[1\]: 2 among texts; every data point needs a class"),
        (X3, ["a", "", "b"], {}, r"^Y\[1\]: an empty label"),
        (X3, [1, 2, 3], {"width": -5}, "^problem: network.width: -5; must be at least 1"),
        (
            X3,
            [1, 2, 3],
            {"width": [5, 5, 5]},
            "^problem: network.width: 3 entries where 2 hidden layers need 2",
        ),
        (X3, [1, 2, 3], {"weight_variance": np.nan}, '^problem: network.weightVariance: "nan"; must be'),
        (
            X3,
            [1, 2, 3],
            {"activation": "relo"},
            '^problem: network.activation: unknown activation "relo"; did you mean',
        ),
        (X3, [1, 2, 3], {"hidden_layers": 0}, "^problem: network.hiddenLayers: 0; must be at least 1"),
        (X3, [1, 2, 3], {"X_test": [[1, 2, 3]]}, "^X_test: 3 columns where X has 2"),
        (X3, [1, 2, 3], {"y_test": [1]}, "^Y_test: given without X_test"),
    ],
)
def test_bad_input_is_a_value_error_of_one_line(X, y, arguments, line):
    with pytest.raises(ValueError, match=line) as raised:
        fw.Problem(X, y, **arguments)
    assert len(str(raised.value)) < 300
    assert "\n" not in str(raised.value)


def test_new_inputs_are_looked_at_too(problem):
    posterior = fw.solve(problem, "nngp")
    with pytest.raises(ValueError, match="^X_test: 2 columns where X has 6$"):
        posterior.predict([[1, 2]])
    with pytest.raises(ValueError, match="^X_test: 'a' in row 0, column 1 is no number"):
        posterior.predict([[1, "a", 1, 1, 1, 1]])


def test_images_of_another_size_are_named():
    images = np.random.default_rng(0).normal(size=(5, 4, 4, 1))
    layers = [{"convolution": {"patch": [2, 2], "width": 4}, "activation": "relu"}]
    problem = fw.Problem(images, np.arange(5.0), layers=layers)
    posterior = fw.solve(problem, "nngp")
    assert np.array_equal(posterior.predict(images.reshape(5, -1)), posterior.predict(images))
    for wrong, shape in ((images[:, :3], "5×3×4×1"), (images[0], "4×4×1")):
        line = f"^X_test: shape {shape}, and images of X have 4×4×1; give an array of T×4×4×1$"
        with pytest.raises(ValueError, match=line):
            posterior.predict(wrong)
        with pytest.raises(ValueError, match=line):
            problem.replace(X_test=wrong)


def test_arrays_that_could_be_masked_and_are_not_are_arrays(xor):
    assert evidence(np.ma.masked_array(xor["X"]), np.ma.masked_array(xor["y"])) == evidence(xor["X"], xor["y"])


def test_warnings_of_the_core_are_warnings_here(xor):
    with pytest.warns(UserWarning, match="far from zero"):
        fw.Problem(xor["X"], 100 + xor["y"], bias_variance=0.1)
