"""One forward-backward iteration of the perturbative theory, erf, L = 2, in plain NumPy and SciPy.

The same mathematics as the program: V:C~ by samples with common random numbers and both control variates
(see src/prior/fourPoint/sampledFourPoint.ts), the closed-form responses, the top conjugate by Cholesky.
Usage: perturbative.py P SAMPLES REPEATS; prints JSON with the median seconds and the peak memory in MB.
"""
import json
import resource
import sys
import time

import numpy as np
from scipy.linalg import cho_factor, cho_solve, cholesky
from scipy.special import erf

P, S, repeats = (int(a) for a in sys.argv[1:4])
L, N, g, kappa = 2, 2 * P, 1.2, 0.1
GROUPS = 8
rng = np.random.default_rng(0)
X = rng.standard_normal((P, 784))
y = np.sign(X[:, :1])
Z = [None] * L


def kernel(C):
    d = 1 + 2 * np.diag(C)
    return 2 / np.pi * np.arcsin(2 * C / np.sqrt(np.outer(d, d)))


def derivatives(C):
    d = 1 + 2 * np.diag(C)
    u = 2 * C / np.sqrt(np.outer(d, d))
    np.fill_diagonal(u, 0)
    root = 1 / np.sqrt(1 - u * u)
    slope = 4 / np.pi * root / np.sqrt(np.outer(d, d))
    curvature = -4 / np.pi * u * root / d[:, None]
    a = np.diag(C)
    own = 4 / np.pi / ((1 + 2 * a) * np.sqrt(1 + 4 * a))
    return slope, curvature, own


def pushforward(C, T):
    slope, curvature, own = derivatives(C)
    t = np.diag(T)
    moved = curvature * t[:, None]
    R = slope * T + 0.5 * (moved + moved.T)
    np.fill_diagonal(R, own * t)
    return R


def pullback(C, T):
    slope, curvature, own = derivatives(C)
    G = slope * T
    np.fill_diagonal(G, own * np.diag(T) + np.sum(curvature * T, axis=1))
    return G


def contract(C, T, groups):
    M = pullback(C, T)
    exact = pushforward(C, 2 * C @ M @ C)
    F = cholesky(C + 1e-12 * np.eye(P), lower=True)
    values, fields = np.zeros((P, P)), np.zeros((P, P))
    for z in groups:
        h = z @ F.T
        phi = erf(h)
        w = np.einsum("si,si->s", phi @ T, phi) - np.einsum("si,si->s", h @ M, h)
        w = (w - w.mean()) / (len(w) - 1) / GROUPS
        values += phi.T @ (w[:, None] * phi)
        fields += h.T @ (w[:, None] * h)
    return exact + values - pushforward(C, fields)


def iteration(C):
    A = cho_factor(C[L] + kappa * np.eye(P), lower=True)
    a = cho_solve(A, y)
    T = 0.5 * a @ a.T - 0.5 * cho_solve(A, np.eye(P))
    conjugates = [None] * (L + 1)
    conjugates[L] = T
    for l in range(L - 1, 0, -1):
        conjugates[l] = g * pullback(C[l], conjugates[l + 1])
    new = [C[0]]
    for l in range(1, L + 1):
        if Z[l - 1] is None:  # drawn by the first iteration and kept, as in the program
            Z[l - 1] = [rng.standard_normal((S // GROUPS, P)) for _ in range(GROUPS)]
        new.append(g * kernel(new[-1]) + g * g / N * contract(new[-1], conjugates[l], Z[l - 1]))
    return new


C = [g * X @ X.T / 784]
for _ in range(L):
    C.append(g * kernel(C[-1]))
times = []
for _ in range(repeats + 1):
    start = time.perf_counter()
    iteration(C)
    times.append(time.perf_counter() - start)
print(json.dumps({
    "seconds": float(np.median(times[1:])),
    "first": times[0],
    "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
