"""One visit to the tilted measure of a layer in plain NumPy and SciPy, the mathematics of the package: samples of a Gaussian near the
measure, their weights, the second moment of the neurons and the conjugate kernel. erf, N = 2P.

Usage: tilted.py P SAMPLES REPEATS; prints JSON with median seconds and peak memory in MB.
"""
import json
import resource
import sys
import time

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import erf

points, samples, repeats = (int(a) for a in sys.argv[1:4])
rng = np.random.default_rng(0)
X = rng.standard_normal((points, 784))
Y = np.sign(X[:, :1])
g, kappa, width = 1.2, 0.1, 2 * points


def pair_terms(c):
    d = 1 + 2 * np.diag(c)
    u = 2 * c / np.sqrt(np.outer(d, d))
    return u, d


def kernel(c):
    return 2 / np.pi * np.arcsin(pair_terms(c)[0])


def pullback(c, s):
    u, d = pair_terms(c)
    root = 1 / np.sqrt(1 - u * u)
    slope = 4 / np.pi * root / np.sqrt(np.outer(d, d))
    left = -4 / np.pi * root * u / d[:, None]
    result = slope * s
    own = 4 / np.pi / (d * np.sqrt(2 * d - 1))
    off = left * s
    np.fill_diagonal(off, 0)
    np.fill_diagonal(result, own * np.diag(s) + off.sum(1))
    return result


below = g * X @ X.T / X.shape[1]
inverse = np.linalg.inv(g * kernel(below) + kappa * np.eye(points))
conjugate = 0.5 * inverse @ Y @ Y.T @ inverse - 0.5 * inverse
factor = np.linalg.cholesky(below)
coupling = g / width
m = pullback(below, conjugate)
root = np.linalg.cholesky(np.eye(points) - 2 * coupling * factor.T @ m @ factor)
carry = solve_triangular(root, factor.T, lower=True)
covariance = carry.T @ carry


def visit():
    eps = rng.standard_normal((samples, points))
    h = eps @ carry
    phi = erf(h)
    pulled = phi @ conjugate
    log = coupling * (np.einsum("si,si->s", pulled, phi) - np.einsum("si,si->s", h @ m, h))
    w = np.exp(log - log.max())
    w /= w.sum()
    excess = w - 1 / samples
    moment = kernel(covariance) + (phi * excess[:, None]).T @ phi
    gradient = g * excess[:, None] * pulled * (2 / np.sqrt(np.pi) * np.exp(-h * h))
    by_normals = eps.T @ gradient
    sampled = solve_triangular(factor, solve_triangular(root, by_normals, trans=1, lower=True), trans=1, lower=True)
    exact = g * pullback(covariance, conjugate) @ (np.eye(points) + 2 * coupling * covariance @ m)
    total = exact + sampled.T
    return moment, 0.5 * (total + total.T)


times = []
for _ in range(repeats + 1):
    start = time.perf_counter()
    moment, adjoint = visit()
    times.append(time.perf_counter() - start)
# The usual way to sample such a measure: particles moved by elliptical slice sampling (Murray, Adams and MacKay 2010).
particles = 4000
z = rng.standard_normal((particles, points))


def log_tilt(z):
    phi = erf(z @ factor.T)
    return coupling * np.einsum("si,si->s", phi @ conjugate, phi)


def slice_move(z, current):
    normals = rng.standard_normal(z.shape)
    threshold = current + np.log(rng.random(particles))
    angle = rng.random(particles) * 2 * np.pi
    low, high = angle - 2 * np.pi, angle.copy()
    todo, moved, value = np.arange(particles), z.copy(), current.copy()
    while len(todo):
        trial = z[todo] * np.cos(angle[todo])[:, None] + normals[todo] * np.sin(angle[todo])[:, None]
        log = log_tilt(trial)
        good = log > threshold[todo]
        moved[todo[good]], value[todo[good]] = trial[good], log[good]
        todo = todo[~good]
        below_zero = angle[todo] < 0
        low[todo[below_zero]] = angle[todo[below_zero]]
        high[todo[~below_zero]] = angle[todo[~below_zero]]
        angle[todo] = low[todo] + (high[todo] - low[todo]) * rng.random(len(todo))
    return moved, value


moves, trace, value = 60, [], log_tilt(z)
start = time.perf_counter()
for _ in range(moves):
    z, value = slice_move(z, value)
    trace.append(value)
elapsed = time.perf_counter() - start
trace = np.array(trace[20:])
trace -= trace.mean()
variance = (trace**2).mean()
correlation = np.array([(trace[k:] * trace[: len(trace) - k]).mean() / variance for k in range(15)])
time_scale = 1 + 2 * correlation[1:].clip(0).sum()
print(json.dumps({
    "movesPerSecond": particles * moves / elapsed,
    "effectivePerSecond": particles * moves / elapsed / time_scale,
    "autocorrelation": time_scale,
    "seconds": float(np.median(times[1:])),
    "first": times[0],
    "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
}))
