"""Order parameters of erf networks, for test/solving/order/nestedOrder.test.ts.

saddles: Q_1 … Q_L of deepbays (FC_deep), whose order parameters stand inside φ.
averages: the same model, and that linear in Q_1, averaged over all order parameters by plain sums over ln Q: ln p(Y|X),
mean and variance at new points, kernels.

    pip install numpy scipy torch deepbays==0.1.11
    python make_rescaling.py > rescaling.json
"""

import contextlib
import io
import json
import sys
from unittest import mock

import numpy as np

WEIGHT, BIAS = 1.5, [0.1, 0.2, 0.3, 0.15]


def deepbays_saddle(layers, width, x, y, noise):
    # Only its CUDA kernels need cupy, only its tasks torchvision.
    for name in ("cupy", "cupy.cuda", "cupy.linalg", "torchvision", "torchvision.datasets", "torchvision.transforms"):
        sys.modules.setdefault(name, mock.MagicMock())
    import torch
    from deepbays.rkgp.theory_deep_FC import FC_deep

    theory = FC_deep(layers, width, noise, priors=[1.0] * (layers + 1), act="erf")
    theory.preprocess(x, torch.tensor(y)[:, None])
    with contextlib.redirect_stdout(io.StringIO()):
        theory.optimize()
    assert theory.converged
    return [float(q) for q in theory.optQ]


def erf_kernel(c):
    d = 1 + 2 * np.diag(c)
    return (2 / np.pi) * np.arcsin(2 * c / np.sqrt(np.outer(d, d)))


def chain(kind, c, orders):
    """Kernels of training and new points together, the last with Q_L = 1."""
    kernels = [c]
    if kind == "nested":
        for l in range(len(orders) + 1):
            free = WEIGHT * erf_kernel(kernels[-1])
            kernels.append((orders[l] if l < len(orders) else 1) * free + BIAS[l + 1])
        return kernels
    (q,) = orders
    free = WEIGHT * erf_kernel(c)
    at = lambda s: WEIGHT * erf_kernel(s * free + BIAS[1])
    step = 1e-4
    response = (8 * (at(1 + step) - at(1 - step)) - (at(1 + 2 * step) - at(1 - 2 * step))) / (12 * step)
    return [c, q * free + BIAS[1], at(1) + (q - 1) * response + BIAS[2]]


def average(kind, layers, widths, x, y, new, noise, step):
    p = len(x)
    points = np.vstack([x, new])
    c = WEIGHT * points @ points.T / x.shape[1] + BIAS[0]
    axis = np.arange(-9, 3, step)
    beta = BIAS[layers]
    total = {"mass": 0.0, "mean": 0.0, "square": 0.0, "kernels": [0.0] * (layers + 1)}
    log_prior = [0.5 * n * (axis - np.exp(axis)) for n in widths]
    norm = [np.log(np.exp(prior).sum() * step) for prior in log_prior]
    for index in np.ndindex(*[len(axis)] * (layers - 1)):
        weight = sum(log_prior[l][i] - norm[l] for l, i in enumerate(index))
        if weight < -45:
            continue
        kernels = chain(kind, c, [np.exp(axis[i]) for i in index])
        inner = kernels[-1] - beta
        # A = q inner + beta + noise by a generalised eigenproblem: one for all q.
        fixed = np.linalg.cholesky(beta * np.ones((p, p)) + noise * np.eye(p))
        white = np.linalg.solve(fixed, np.linalg.solve(fixed, inner[:p, :p]).T)
        values, vectors = np.linalg.eigh(white)
        if kind == "full" and np.linalg.eigvalsh(kernels[-1][:p, :p])[0] < -1e-9:
            continue
        basis = np.linalg.solve(fixed.T, vectors)
        target = basis.T @ y
        bias = basis.T @ np.full(p, beta)
        rows = inner[p:, :p] @ basis
        for i, last in enumerate(np.exp(axis)):
            spread = last * values + 1
            log_like = -0.5 * ((target**2 / spread).sum() + np.log(spread).sum() + p * np.log(2 * np.pi)) - np.log(
                np.diag(fixed)
            ).sum()
            log_weight = weight + log_prior[-1][i] - norm[-1] + log_like
            share = np.exp(log_weight) * step**layers
            cross = last * rows + bias
            mean = cross @ (target / spread)
            variance = last * np.diag(inner)[p:] + beta - (cross**2 / spread).sum(axis=1)
            total["mass"] += share
            total["mean"] = total["mean"] + share * mean
            total["square"] = total["square"] + share * (variance + mean**2)
            for l in range(1, layers + 1):
                kernel = kernels[l][:p, :p] if l < layers else last * inner[:p, :p] + beta
                total["kernels"][l] = total["kernels"][l] + share * kernel
    mean = total["mean"] / total["mass"]
    return {
        "variant": kind,
        "widths": widths,
        "noise": noise,
        "x": x.tolist(),
        "y": y.tolist(),
        "new": new.tolist(),
        "logEvidence": float(np.log(total["mass"])),
        "mean": mean.tolist(),
        "variance": (total["square"] / total["mass"] - mean**2).tolist(),
        "kernels": [(kernel / total["mass"]).ravel().tolist() for kernel in total["kernels"][1:]],
    }


def main():
    random = np.random.default_rng(1)
    x = random.normal(size=(8, 5))
    y = np.sign(random.normal(size=8))
    saddles = [{"layers": l, "width": 16, "orders": deepbays_saddle(l, 16, x, y, 0.1)} for l in (2, 3)]
    small, targets, new = x[:4], 1.5 * y[:4], random.normal(size=(2, 5))
    averages = [
        average("nested", 2, [5, 8], small, targets, new, 0.05, 0.04),
        average("full", 2, [12, 8], small, targets, new, 0.05, 0.04),
        average("nested", 3, [9, 7, 6], small, targets, new, 0.05, 0.12),
    ]
    print(
        json.dumps(
            {
                "weightVariance": WEIGHT,
                "biasVariance": BIAS,
                "x": x.tolist(),
                "y": y.tolist(),
                "noise": 0.1,
                "saddles": saddles,
                "averages": averages,
            }
        )
    )


main()
