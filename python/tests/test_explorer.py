"""The explorer as a widget: its variables, and what they hold of a page."""

import io
import math

import numpy as np
import pytest

import finite_width as fw


@pytest.fixture
def data():
    rng = np.random.default_rng(1)
    X = rng.normal(size=(12, 3))
    return X, np.sign(X[:, 0])


def test_the_page_gets_the_data_and_the_controls_of_python(data):
    X, y = data
    w = fw.explore(
        X, y, width=80, hidden_layers=3, activation="relu", noise_variance=0.2, theory="linearResponse"
    )
    with np.load(io.BytesIO(w._file)) as file:
        assert np.array_equal(file["X"], X)
        assert np.array_equal(file["Y"], y)
    assert (w.source, w.file, w.labels) == ("file", "data.npz", "numbers")
    assert (w.width, w.hidden_layers, w.activation, w.noise_variance, w.theory) == (
        80,
        3,
        "relu",
        0.2,
        "linearResponse",
    )
    state = w.get_state()
    assert set(w._keys) == {
        "layers"
        if name == "hidden_layers"
        else "".join(part.title() if k else part for k, part in enumerate(name.split("_")))
        for name in state
        if not name.startswith("_") and name not in ("result", "height", "layout", "tooltip", "tabbable")
    }
    assert len(w._esm) > 100_000
    assert w.take == 100 and fw.explore(X, y, take=0).take == 0
    texts = fw.explore(X, np.where(y > 0, "up", "down"))
    with np.load(io.BytesIO(texts._file)) as file:
        assert set(file["Y"]) == {"up", "down"}


def test_width_is_a_whole_number_or_infinite(data):
    w = fw.explore(*data)
    w.width = 64.0
    assert w.get_state("width") == {"width": 64}
    w.width = math.inf
    assert w.get_state("width") == {"width": "infinite"}
    w.set_state({"width": "infinite"})
    assert w.width == math.inf
    for wrong in (0, 2.5, "wide", True):
        with pytest.raises(ValueError, match="^width: .* must be a whole number"):
            w.width = wrong
    assert w.width == math.inf


def test_what_the_page_solved_arrives_as_arrays(data):
    w = fw.explore(*data, width=50, hidden_layers=1)
    assert w.kernels == [] and w.cka.size == 0 and math.isnan(w.log_evidence) and w.converged is None
    posterior = fw.solve(w.problem(), "perturbative", samples=512)
    arrays = [*posterior.kernels, *posterior.nngp]
    result = {
        "theory": "perturbative",
        "converged": True,
        "samples": 12,
        "layers": 1,
        "cka": [0.5, None],
        "logEvidence": -3.0,
    }
    heard = []
    w.observe(lambda change: heard.append(w.kernels), "result")
    w.set_state({"_arrays": memoryview(np.concatenate(arrays).tobytes()), "result": result})
    assert all(np.array_equal(a, b) for a, b in zip(w.kernels + w.nngp, arrays))
    assert np.array_equal(heard[0][1], posterior.kernels[1])
    assert w.cka[0] == 0.5 and math.isnan(w.cka[1]) and w.log_evidence == -3.0 and w.converged
    w.set_state({"result": {"error": "network.width: too many"}})
    assert w.error == "network.width: too many" and w.kernels == []


def test_the_problem_on_the_page_goes_to_the_core(data):
    w = fw.explore(fw.Problem(*data, width=40))
    w.set_state({"width": 30, "bias_variance": 0.2, "standardize_inputs": True})
    problem = w.problem()
    assert (problem.network["width"], problem.network["bias_variance"], problem.standardize) == (
        30,
        0.2,
        "inputs",
    )
    w.source = "xor"
    with pytest.raises(ValueError, match="^source: the page shows other data"):
        w.problem()


def test_digits_come_when_the_page_asks(monkeypatch):
    w = fw.explore(digits="1,7")
    assert (w.source, w.digits) == ("mnist", "1,7")
    sent = []
    monkeypatch.setattr(w, "send", lambda content, buffers: sent.append((content, buffers)))
    w._answer(w, {"digit": 7}, [])
    w._answer(w, {"digit": 12}, [])
    [(content, [packed])] = sent
    assert content == {"digit": 7} and packed[:2] == b"\x1f\x8b"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": [1, -1]}, "X: missing beside y"),
        ({"X": [[1.0], [2.0]]}, "y: missing beside X"),
        ({"X": [[1.0], [2.0]], "y": [1, -1], "width": [10, 20]}, r"width: \[10, 20\] has one number a layer"),
        ({"X": [[1.0], [2.0]], "y": [1, -1], "activation": np.tanh}, "activation: a function of Python"),
        (
            {"X": [[1.0], [2.0]], "y": [1, -1], "layers": [{"dense": 5}]},
            "layers: the explorer has dense layers",
        ),
        ({"colour": "blue"}, "colour: unknown"),
        ({"theory": "sampled"}, "The 'theory' trait of an Explorer"),
        (
            {"X": [[1.0], [2.0]], "y": [1, -1], "likelihood": "logistic"},
            "likelihood: 'logistic' is none that the explorer has",
        ),
    ],
)
def test_what_the_page_does_not_have_is_refused_in_one_line(arguments, said):
    with pytest.raises(ValueError, match=f"^{said}") as refused:
        fw.explore(**arguments)
    assert "\n" not in str(refused.value) and len(str(refused.value)) <= 280


def test_without_anywidget_the_remedy_is_said(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "anywidget", None)
    monkeypatch.delitem(sys.modules, "finite_width.explorer", raising=False)
    with pytest.raises(
        ImportError, match=r"^explore needs anywidget: run `pip install finite-width\[notebook\]`$"
    ):
        fw.explore()
