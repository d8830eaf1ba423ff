"""What theories say through Python, against formulas in NumPy."""

import json

import numpy as np
import pytest

import finite_width as fw


def arcsine_kernels(X, layers, weight_variance, bias_variance):
    """Kernels of erf networks at infinite width (Williams 1998)."""
    kernel = weight_variance * X @ X.T / X.shape[1] + bias_variance
    kernels = [kernel]
    for _ in range(layers):
        scale = np.sqrt(1 + 2 * np.diag(kernel))
        kernel = weight_variance * 2 / np.pi * np.arcsin(2 * kernel / np.outer(scale, scale)) + bias_variance
        kernels.append(kernel)
    return kernels


def test_infinite_width_is_a_gaussian_process(xor):
    problem = fw.Problem(**xor, weight_variance=1.4, bias_variance=0.2, noise_variance=0.3)
    posterior = fw.solve(problem, "nngp")
    X, y, new = xor["X"], xor["y"], xor["X_test"]
    everywhere = arcsine_kernels(np.concatenate([X, new]), 2, 1.4, 0.2)
    for found, expected in zip(posterior.kernels, everywhere):
        assert np.allclose(found, expected[:16, :16], rtol=1e-12)
    kernel = everywhere[2]
    covariance = kernel[:16, :16] + 0.3 * np.eye(16)
    mean, std = posterior.predict(new, return_std=True)
    cross = kernel[16:, :16]
    assert mean == pytest.approx(cross @ np.linalg.solve(covariance, y), rel=1e-9)
    variance = np.diag(kernel[16:, 16:] - cross @ np.linalg.solve(covariance, cross.T))
    assert std == pytest.approx(np.sqrt(variance), rel=1e-9)
    _, log_determinant = np.linalg.slogdet(2 * np.pi * covariance)
    assert posterior.log_evidence == pytest.approx(
        -0.5 * (y @ np.linalg.solve(covariance, y) + log_determinant), rel=1e-10
    )
    assert posterior.train_mean == pytest.approx(kernel[:16, :16] @ np.linalg.solve(covariance, y), rel=1e-9)
    assert posterior.test_mean == pytest.approx(mean, rel=1e-12)


def test_theories_say_what_they_understand(problem):
    assert fw.theory_options("nngp") == {}
    told = fw.theory_options("perturbative")
    assert set(told) == {"samples", "four_point", "tolerance", "max_iterations", "seed"}
    assert told["four_point"].endswith(": one of auto, exact, sampled; auto by default")
    with pytest.raises(ValueError, match="^thin: 0; must be a whole number from 1"):
        fw.solve(problem, "sampled", draws=64, thin=0)
    with pytest.raises(ValueError, match="^start: is an option of programs in JavaScript alone"):
        fw.solve(problem, "map", start=1)


def test_cka_is_the_centred_alignment(problem):
    posterior = fw.solve(problem, "nngp")
    P = len(problem.y)
    H = np.eye(P) - 1 / P
    target = H @ np.outer(problem.y, problem.y) @ H
    for cka, kernel in zip(posterior.cka, posterior.kernels):
        centred = H @ kernel @ H
        norms = np.linalg.norm(centred) * np.linalg.norm(target)
        assert cka == pytest.approx(np.sum(centred * target) / norms, rel=1e-10)


def test_a_theory_of_finite_width_says_what_it_found(problem):
    posterior = fw.solve(problem, "perturbative", samples=512)
    assert posterior.converged and posterior.theory == "perturbative"
    assert [conjugate is None for conjugate in posterior.conjugates] == [True, False, False]
    assert posterior.cka[2] > fw.solve(problem, "nngp").cka[2]
    assert posterior.log_evidence_left_out > 0
    summary = posterior.to_dict()
    assert summary["cka"] == pytest.approx(list(posterior.cka))
    assert {"train", "test", "change", "logEvidence", "converged"} <= summary.keys()
    json.dumps(summary)


def test_auto_says_what_it_took(problem):
    posterior = fw.solve(problem, accuracy=0.5)
    assert posterior.details["auto"]["because"]
    assert posterior.theory in fw.theories()


def test_several_outputs_stay_several(xor):
    y = np.stack([xor["y"], xor["X"][:, 0]], axis=1)
    posterior = fw.solve(fw.Problem(xor["X"], y), "nngp")
    mean, std = posterior.predict(xor["X_test"], return_std=True)
    assert (mean.shape, std.shape) == ((8, 2), (8,))
    one = fw.solve(fw.Problem(xor["X"], y[:, 1]), "nngp")
    assert mean[:, 1] == pytest.approx(one.predict(xor["X_test"]), rel=1e-9)


def test_comparisons_have_tables_and_a_report(problem, tmp_path):
    comparison = fw.compare(problem, ["nngp", "linearResponse"])
    assert list(comparison) == ["nngp", "linearResponse"]
    frame = comparison.to_frame()
    assert list(frame["layer"]) == [0, 1, 2] * 2
    assert "ln p(Y|X)" in str(comparison)
    html = comparison._repr_html_()
    assert html.count("data:image/png") >= 6 and "<script" not in html and "<html" not in html
    page = comparison.report(tmp_path / "report.html").read_text()
    assert page.startswith("<!doctype html>")
    with pytest.raises(ValueError, match="^theories: names no theory"):
        fw.compare(problem, [])


def test_sampled_networks_have_draws_and_errors(drawn):
    assert drawn.theory == "sampled"
    assert drawn.traces["cka_1"].shape == (2, 200)
    assert drawn.traces["log_posterior"].shape == (2, 200)
    assert all(np.all(error >= 0) for error in drawn.kernel_errors)
    mean, std = drawn.predict(np.ones((3, 4)), return_std=True)
    assert mean.shape == (3,) and np.all(std > 0)
    assert np.isnan(drawn.log_evidence)


def test_sweeps_are_tables(problem):
    quick = {"linearResponse": {"samples": 256}}
    frame = fw.sweep(
        problem, {"width": [20, 80], "noise_variance": [0.1, 0.5]}, "linearResponse", options=quick
    )
    assert frame.shape[0] == 4
    alone = fw.solve(problem.replace(width=80, noise_variance=0.5), "linearResponse", samples=256)
    row = frame[(frame.width == 80) & (frame.noise_variance == 0.5)].iloc[0]
    assert row.log_evidence == alone.log_evidence
    assert row.cka_2 == alone.cka[2]
    assert row.test_mean_squared_error > 0
    shared = fw.sweep(problem, {"width": [20, 80]}, ["nngp", "linearResponse"], processes=2, options=quick)
    assert list(shared.width) == [20, 20, 80, 80]
    with pytest.raises(ValueError, match="^vary: 'depth' cannot be varied; there are hidden_layers, width"):
        fw.sweep(problem, {"depth": [1]})


def test_phases():
    critical = fw.phase("tanh", bias_variance=0)
    assert critical.weight_variance == pytest.approx(1, rel=1e-8)
    assert (critical.phase, critical.xi_c) == ("critical", np.inf)
    assert fw.phase("tanh", 0.5).phase == "ordered"
    diagram = fw.phase("erf", np.linspace(0.5, 3, 6), [0.0, 0.1])
    assert diagram.phase.shape == diagram.chi.shape == (2, 6)
    assert set(diagram.phase[0]) == {"ordered", "chaotic"}
    with pytest.raises(ValueError, match="^biasVariance: -1; must be"):
        fw.phase("tanh", bias_variance=-1.0)


def test_progress_is_told(drawn):
    steps = []
    small = drawn.problem
    head, _ = fw._process.shared.call(
        "solve",
        {"problem": small._handle(fw._process.shared), "theory": "sampled", "options": {"draws": 3000}},
        lambda fraction, stage: steps.append((fraction, stage)),
    )
    assert steps == sorted(steps, key=lambda step: step[0]) and 0 < steps[-1][0] <= 1
    assert any("draws" in stage for _, stage in steps)


def test_layers_one_by_one(xor):
    layers = [{"dense": 50, "activation": "relu"}, {"dense": 20, "activation": "erf"}]
    posterior = fw.solve(fw.Problem(**xor, layers=layers, bias_variance=0.1), "nngp")
    below = fw.solve(
        fw.Problem(**xor, hidden_layers=1, activation="relu", bias_variance=0.1), "nngp"
    ).kernels[1]
    scale = np.sqrt(1 + 2 * np.diag(below))
    expected = 1.2 * 2 / np.pi * np.arcsin(2 * below / np.outer(scale, scale)) + 0.1
    assert posterior.kernels[2] == pytest.approx(expected, rel=1e-9)
    with pytest.raises(
        ValueError, match="network.width: 5; leave it out, network.layers says it layer by layer"
    ):
        fw.Problem(**xor, layers=layers, width=5)


def test_convolutions_over_sequences(xor):
    images = xor["X"].reshape(16, 3, 2)
    layers = [{"convolution": {"patch": [1], "width": 30}, "activation": "erf"}]
    problem = fw.Problem(images, xor["y"], layers=layers, weight_variance=1.4)
    posterior = fw.solve(problem, "nngp")
    # Patches of one position: an arcsine kernel for each pair of (point, position), and the readout takes the
    # mean over equal positions.
    kernel = posterior.kernels[1]
    rows = images.reshape(48, 2)
    expected = arcsine_kernels(rows, 1, 1.4, 0.0)[1].reshape(16, 3, 16, 3)
    if kernel.shape == (48, 48):
        assert kernel == pytest.approx(expected.reshape(48, 48), rel=1e-9)
    else:
        assert kernel == pytest.approx(np.einsum("apbp->ab", expected) / 3, rel=1e-9)
    assert posterior.predict(images[:4]) == pytest.approx(posterior.train_mean[:4], rel=1e-8)
