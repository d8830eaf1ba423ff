"""First order in 1/N, by brute force: networks drawn from the prior, each weighted by N(Y | 0, C + kappa).

    python make_first_order.py first-order.json
    python make_first_order.py residual.json residual

For every case: ln p(Y|X), the posterior means of the output kernel, of the predictor at training and test points, and the
variance of the noiseless output at test points (mean over outputs), each with its standard error from 64 batches. Given the
kernels the outputs are Gaussian, so that nothing but the hidden weights is drawn.
"""

import json
import sys

import numpy as np
from scipy.special import erf

PHI = {"erf": erf, "tanh": np.tanh, "relu": lambda h: np.maximum(h, 0), "linear": lambda h: h}
BATCHES = 64

CASES = [
    dict(name="erf-L1-n2", activation="erf", depth=1, width=100, p=5, d=3, n=2, weight=1.5, bias=0.2, noise=0.15, draws=1_000_000),
    dict(name="relu-L1-n1", activation="relu", depth=1, width=150, p=4, d=3, n=1, weight=1.8, bias=0.1, noise=0.2, draws=1_000_000),
    dict(name="erf-L2-n1", activation="erf", depth=2, width=200, p=5, d=4, n=1, weight=2.0, bias=0.05, noise=0.1, draws=1_000_000),
    dict(name="tanh-L2-n2", activation="tanh", depth=2, width=150, p=4, d=3, n=2, weight=1.6, bias=0.1, noise=0.15, draws=1_000_000),
    dict(name="relu-L2-n1", activation="relu", depth=2, width=300, p=4, d=3, n=1, weight=1.8, bias=0.1, noise=0.2, draws=600_000),
    dict(name="tanh-L3-n1", activation="tanh", depth=3, width=300, p=4, d=3, n=1, weight=1.6, bias=0.1, noise=0.2, draws=400_000),
    dict(name="erf-L3-n3", activation="erf", depth=3, width=200, p=3, d=3, n=3, weight=1.5, bias=0.1, noise=0.1, draws=1_000_000),
]

RESIDUAL = [
    dict(
        name="residual",
        activation=["tanh", "tanh", "relu", "tanh"],
        skips=[0, 1, 2, 1],
        depth=4, width=100, p=4, d=3, n=1, weight=1.2, bias=0.1, noise=0.2, draws=400_000,
    ),
]


def factors(c):
    """Cholesky factors of many positive semi-definite matrices."""
    scale = np.trace(c, axis1=1, axis2=2)[:, None, None] / c.shape[1]
    return np.linalg.cholesky(c + 1e-12 * scale * np.eye(c.shape[1]))


def phis_of(case):
    names = case["activation"]
    return [PHI[name] for name in (names if isinstance(names, list) else [names] * case["depth"])]


def batch_sums(rng, case, x, y, draws):
    """Sums of weight × (1, kernels of all layers, mean, mean², variance).

    skips[l] = k > 0 adds the pre-activations of the layer k below to those of hidden layer l; the kernel of layer l has those of the neurons drawn."""
    g, beta, n = case["weight"], case["bias"], case["width"]
    phis, skips = phis_of(case), case.get("skips", [0] * case["depth"])
    p, outputs = y.shape
    j = len(x)
    c = np.broadcast_to(g * x @ x.T / x.shape[1] + beta, (draws, j, j))
    hs, kernels = [], []
    for l in range(case["depth"]):
        h = rng.standard_normal((draws, n, j)) @ factors(c).transpose(0, 2, 1)
        if skips[l]:
            added = hs[l - skips[l]]
            kernels[-1] = kernels[-1] + (added.transpose(0, 2, 1) @ added / n)[:, :p, :p]
            h += added
        hs.append(h)
        f = phis[l](h)
        c = g / n * f.transpose(0, 2, 1) @ f + beta
        kernels.append(c[:, :p, :p])
    a = c[:, :p, :p] + case["noise"] * np.eye(p)
    inverse = np.linalg.inv(a)
    dual = inverse @ y
    _, logdet = np.linalg.slogdet(a)
    log = -0.5 * (np.einsum("spn,pn->s", dual, y) + outputs * logdet + y.size * np.log(2 * np.pi))
    mean = c[:, :, :p] @ dual
    rows = c[:, p:, :p]
    variance = np.einsum("stt->st", c[:, p:, p:]) - np.einsum("stp,spq,stq->st", rows, inverse, rows)
    return np.exp(log), np.stack(kernels, 1), mean, variance


def solve(case):
    rng = np.random.default_rng(7)
    x = rng.standard_normal((case["p"] + 2, case["d"]))
    y = rng.standard_normal((case["p"], case["n"]))
    rows = []
    chunk = 2000
    per_batch = -(-case["draws"] // (BATCHES * chunk))
    for _ in range(BATCHES):
        total = None
        for _ in range(per_batch):
            w, c, mean, variance = batch_sums(rng, case, x, y, chunk)
            spread = (mean[:, case["p"] :] ** 2).mean(2)
            flat = np.concatenate([np.ones((chunk, 1)), c.reshape(chunk, -1), mean.reshape(chunk, -1), variance, spread], 1)
            part = w @ flat
            total = part if total is None else total + part
        rows.append(total / (per_batch * chunk))
    rows = np.array(rows)

    def read(r):
        p, t, n = case["p"], 2, case["n"]
        sizes = np.cumsum([1, case["depth"] * p * p, (p + t) * n, t, t])
        w, c, mean, variance, spread = np.split(r, sizes[:-1])
        mean = mean / w
        test = mean.reshape(p + t, n)[p:]
        scatter = spread / w - (test**2).mean(1)
        return np.concatenate([np.log(w), c / w, mean, variance / w + scatter])

    value = read(rows.mean(0))
    left_out = np.array([read((rows.sum(0) - r) / (BATCHES - 1)) for r in rows])
    error = np.sqrt((BATCHES - 1) / BATCHES * ((left_out - left_out.mean(0)) ** 2).sum(0))
    p, n = case["p"], case["n"]
    hidden = (case["depth"] - 1) * p * p
    names = dict(logEvidence=1, hiddenKernels=hidden, kernel=p * p, trainMean=p * n, testMean=2 * n, variance=2)
    splits = np.cumsum(list(names.values()))[:-1]
    shown = lambda k: k != "hiddenKernels" or "skips" in case
    pack = lambda v: {k: part.tolist() for k, part in zip(names, np.split(v, splits)) if shown(k)}
    dense = dict(hiddenLayers=case["depth"], width=case["width"], activation=case["activation"])
    if "skips" in case:
        layers = zip(case["activation"], case["skips"])
        dense = dict(layers=[dict(dense=case["width"], activation=a, **(dict(skip=k) if k else {})) for a, k in layers])
    return dict(
        name=case["name"],
        network=dict(
            **dense,
            weightVariance=case["weight"],
            biasVariance=case["bias"],
        ),
        noiseVariance=case["noise"],
        x=x[:p].tolist(),
        xTest=x[p:].tolist(),
        y=y.tolist(),
        value=pack(value),
        error=pack(error),
    )


if __name__ == "__main__":
    only = sys.argv[2:]
    results = [solve(case) for case in (CASES + RESIDUAL if only else CASES) if not only or case["name"] in only]
    with open(sys.argv[1], "w") as file:
        json.dump(results, file, indent=1)
