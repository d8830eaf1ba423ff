"""Gradient of the log posterior of networks with the readout integrated out, and Hamiltonian Monte Carlo on it, in plain NumPy and SciPy.

Erf networks, the same potential as the program's `marginal`; leapfrog with the whole gradient and dual averaging of the step size, as a sampler is usually
written. Usage: sampler.py DATA.npz N L DRAWS; prints JSON with gradients per second and, for DRAWS > 0, effective draws of CKA per second, warm-up included.
"""
import json
import sys
import time

import numpy as np
from scipy.linalg import cho_solve, cholesky
from scipy.special import erf

data = np.load(sys.argv[1])
X, y = data["X"], data["Y"]
P, D = X.shape
N, L, draws = (int(a) for a in sys.argv[2:5])
g, kappa = 1.2, 0.1
rng = np.random.default_rng(0)
sizes = [(N, D if l == 0 else N) for l in range(L)]
ends = np.cumsum([a * b for a, b in sizes])


def unpack(theta):
    return [theta[end - a * b:end].reshape(a, b) for (a, b), end in zip(sizes, ends)]


def energy_and_gradient(theta):
    layers, phis, hs = unpack(theta), [X], []
    for W in layers:
        hs.append(np.sqrt(g / W.shape[1]) * phis[-1] @ W.T)
        phis.append(erf(hs[-1]))
    A = g / N * phis[-1] @ phis[-1].T
    A.flat[:: P + 1] += kappa
    F = cholesky(A, lower=True)
    a = cho_solve((F, True), y)
    energy = 0.5 * float(np.sum(a * y)) + np.sum(np.log(np.diag(F))) + 0.5 * theta @ theta
    G = 0.5 * (cho_solve((F, True), np.eye(P)) - a @ a.T)
    delta = 2 * g / N * G @ phis[-1]
    gradient = np.empty_like(theta)
    for l in range(L - 1, -1, -1):
        delta = delta * (2 / np.sqrt(np.pi) * np.exp(-hs[l] ** 2))
        root = np.sqrt(g / layers[l].shape[1])
        end, count = ends[l], layers[l].size
        gradient[end - count:end] = (root * delta.T @ phis[l]).ravel()
        if l:
            delta = root * delta @ layers[l]
    return energy, gradient + theta, g / N * phis[-1] @ phis[-1].T


def cka(C):
    H = np.eye(P) - 1 / P
    A, B = H @ C @ H, H @ (y @ y.T) @ H
    return np.sum(A * B) / np.sqrt(np.sum(A * A) * np.sum(B * B))


theta = rng.standard_normal(ends[-1])
energy_and_gradient(theta)
count, start = 0, time.perf_counter()
while time.perf_counter() - start < 3:
    energy_and_gradient(theta)
    count += 1
result = {"gradientsPerSecond": count / (time.perf_counter() - start)}

if draws:
    def effective(x):
        x = x - x.mean()
        n = len(x)
        f = np.fft.rfft(x, 2 * n)
        rho = np.fft.irfft(f * np.conj(f))[:n]
        rho /= rho[0]
        pairs = rho[0:-1:2][: n // 2 - 1] + rho[1::2][: n // 2 - 1]
        first = np.argmax(pairs < 0) if np.any(pairs < 0) else len(pairs)
        return n / max(1.0, -1 + 2 * np.sum(np.minimum.accumulate(pairs[:first])))

    start = time.perf_counter()
    energy, gradient, C = energy_and_gradient(theta)
    step, shift, error, average = 0.5 * theta.size ** -0.25, np.log(5 * theta.size ** -0.25), 0.0, 0.0
    values = []
    warm = draws // 2
    for k in range(warm + draws):
        p = rng.standard_normal(theta.size)
        before = energy + 0.5 * p @ p
        q, dU, U, K = theta.copy(), gradient, energy, C
        for _ in range(rng.integers(1, 24)):
            p -= 0.5 * step * dU
            q += step * p
            U, dU, K = energy_and_gradient(q)
            p -= 0.5 * step * dU
        accept = min(1.0, np.exp(min(0.0, before - U - 0.5 * p @ p)))
        if rng.random() < accept:
            theta, energy, gradient, C = q, U, dU, K
        if k < warm:
            error += (0.8 - accept - error) / (k + 11)
            log = shift - np.sqrt(k + 1) / 0.05 * error
            weight = (k + 1) ** -0.75
            average = weight * log + (1 - weight) * average
            step = np.exp(average if k == warm - 1 else log)
        else:
            values.append(cka(C))
    seconds = time.perf_counter() - start
    result.update(seconds=seconds, effectivePerSecond=effective(np.array(values)) / seconds, mean=float(np.mean(values)))
print(json.dumps(result))
