"""Which tilt do the data give a neuron of the first of two layers? (docs/theory.md §5, multiscale)

Samples networks of two erf layers by HMC, 200 chains at once, and measures on them what a theory of that tilt
needs: a = <A^-1 Y>, the covariance <A^-1> - Cov(a) of the output fields, the backward kernel B and the
diagonal L of phi''. Neurons drawn from the prior and weighed by the tilt then have a second moment, which is
compared with C^(1) of the networks: the error is a share of its shift from the prior.

    python measure_tilts.py WIDTH [TRANSITIONS]        # NumPy, SciPy; minutes
"""

import sys

import numpy as np
from scipy.special import erf

P, D, CHAINS, NOISE, GAIN, BIAS = 12, 10, 200, 0.1, 1.5, 0.1
WIDTH = int(sys.argv[1])
TRANSITIONS = int(sys.argv[2]) if len(sys.argv) > 2 else 900
SCALE, SHIFT = np.sqrt(GAIN / WIDTH), np.sqrt(BIAS)


def phi(h):
    return erf(np.sqrt(np.pi) / 2 * h)


def slope(h):
    return np.exp(-np.pi / 4 * h * h)


def curvature(h):
    return -np.pi / 2 * h * slope(h)


data = np.random.default_rng(5)
X = data.choice([-1.0, 1.0], (P, D)) + 0.3 * data.normal(size=(P, D))
Y = np.sign(X[:, 0] * X[:, 1])
K0 = GAIN * X @ X.T / D + BIAS
ROOT = np.linalg.cholesky(K0 + 1e-9 * np.eye(P))
rng = np.random.default_rng(1)


def forward(weights):
    z, W, b, readout, c = weights
    p1 = phi(z @ ROOT.T)
    h2 = SCALE * W @ p1 + SHIFT * b[:, :, None]
    p2 = phi(h2)
    return p1, h2, p2, SCALE * np.einsum("rj,rjp->rp", readout, p2) + SHIFT * c[:, None]


def energy(weights):
    """Minus the log likelihood, and its gradient by weights."""
    z, W, _, readout, _ = weights
    p1, h2, p2, f = forward(weights)
    d = (f - Y) / NOISE
    g2 = SCALE * readout[:, :, None] * d[:, None, :] * slope(h2)
    g1 = SCALE * W.transpose(0, 2, 1) @ g2 * slope(z @ ROOT.T)
    gradient = (
        g1 @ ROOT,
        SCALE * g2 @ p1.transpose(0, 2, 1),
        SHIFT * g2.sum(2),
        SCALE * np.einsum("rjp,rp->rj", p2, d),
        SHIFT * d.sum(1),
    )
    return 0.5 * NOISE * (d * d).sum(1), gradient


def by_chain(x, like):
    return x.reshape((-1,) + (1,) * (like.ndim - 1))


def half_square(arrays):
    return 0.5 * sum((v**2).reshape(CHAINS, -1).sum(1) for v in arrays)


def draws():
    """Networks after warm-up; the motion of the prior is an exact rotation."""
    shapes = [(CHAINS, WIDTH, P), (CHAINS, WIDTH, WIDTH), (CHAINS, WIDTH), (CHAINS, WIDTH), (CHAINS,)]
    here = [rng.normal(size=shape) for shape in shapes]
    U, G = energy(here)
    step = np.full(CHAINS, 0.03)
    for t in range(TRANSITIONS):
        p = [rng.normal(size=v.shape) for v in here]
        before = U + half_square(p) + half_square(here)
        q, slopes, e = here, G, step * rng.uniform(0.7, 1.3, CHAINS)
        for _ in range(rng.integers(8, 25)):
            p = [v - by_chain(e / 2, v) * s for v, s in zip(p, slopes)]
            cos, sin = np.cos(e), np.sin(e)
            q, p = (
                [by_chain(cos, v) * v + by_chain(sin, v) * w for v, w in zip(q, p)],
                [by_chain(cos, v) * w - by_chain(sin, v) * v for v, w in zip(q, p)],
            )
            there, slopes = energy(q)
            p = [v - by_chain(e / 2, v) * s for v, s in zip(p, slopes)]
        rise = there + half_square(p) + half_square(q) - before
        chance = np.nan_to_num(np.exp(np.minimum(0, -rise)))
        taken = rng.uniform(size=CHAINS) < chance
        here = [np.where(by_chain(taken, v), w, v) for v, w in zip(here, q)]
        G = tuple(np.where(by_chain(taken, v), w, v) for v, w in zip(G, slopes))
        U = np.where(taken, there, U)
        if t < TRANSITIONS // 3:
            step *= np.exp(0.05 * (chance - 0.8))
        elif t % 6 == 0:
            yield here


kernels, fields, covariances, backward, bent = [], [], [], [], []
for network in draws():
    readout = network[3]
    p1, h2, p2, f = forward(network)
    A = GAIN / WIDTH * p2.transpose(0, 2, 1) @ p2 + BIAS + NOISE * np.eye(P)
    inverse = np.linalg.inv(A)
    kernels.append(GAIN / WIDTH * p1.transpose(0, 2, 1) @ p1 + BIAS)
    fields.append(inverse @ Y)
    covariances.append(inverse.mean(0))
    backward.append(GAIN / WIDTH * np.einsum("rj,rjp,rjq->pq", readout**2, slope(h2), slope(h2)) / CHAINS)
    bent.append((0.5 * SCALE * np.einsum("rj,rjp->rp", readout, curvature(h2)) * (Y - f) / NOISE).mean(0))

C1 = np.mean(kernels, (0, 1))
error = np.std(np.mean(kernels, 0), 0) / np.sqrt(CHAINS)
fields = np.concatenate(fields)
a = fields.mean(0)
apart = np.mean(covariances, 0)
full = apart - np.cov(fields.T)
backward, bent = np.mean(backward, 0), np.mean(bent, 0)
print("least eigenvalue of <A^-1> - Cov(a):", np.linalg.eigvalsh(full)[0])

half = rng.normal(size=(20000, P))
psi = phi(np.concatenate([half, -half]) @ ROOT.T)
prior = GAIN * psi.T @ psi / len(psi) + BIAS


def miss(log_weight):
    w = np.exp(log_weight - log_weight.max())
    C = GAIN * (psi * (w / w.sum())[:, None]).T @ psi + BIAS
    return np.linalg.norm(C - C1) / np.linalg.norm(C1 - prior)


def saturated(covariance):
    """-1/2 ln det(1 + B^-1 M) + 1/2 a M (1 + B^-1 M)^-1 a, M = (g/N) B o psi psi', and the phi'' diagonal."""
    M = GAIN / WIDTH * backward * psi[:, :, None] * psi[:, None, :]
    G = np.eye(P) + covariance @ M
    solved = np.linalg.solve(G, np.broadcast_to(a[:, None], (len(psi), P, 1)))[..., 0]
    square = 0.5 * np.einsum("a,sab,sb->s", a, M, solved)
    return square - 0.5 * np.linalg.slogdet(G)[1] + GAIN / WIDTH * psi**2 @ bent


def linear(covariance):
    conjugate = 0.5 * backward * (np.outer(a, a) - covariance)
    return GAIN / WIDTH * np.einsum("sa,ab,sb->s", psi, conjugate, psi)


print("error of the networks:", np.linalg.norm(error) / np.linalg.norm(C1 - prior))
print("saturated, all fluctuations:", miss(saturated(full)))
print("saturated, those of the output alone:", miss(saturated(apart)))
print("linear, all fluctuations:", miss(linear(full)))
print("linear, those of the output alone:", miss(linear(apart)))
