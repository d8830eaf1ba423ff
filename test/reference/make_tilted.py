"""Theories `map` and `multiscale` of the golden cases by another method than the package's: persistent particles moved by elliptical slice
sampling (Murray, Adams and MacKay 2010) and stochastic approximation with a falling gain, in plain NumPy. Writes tilted.json.

Usage: make_tilted.py CASE THEORY SEED    adds one solution to tilted.json; run with two or more seeds, whose scatter is the error.
"""
import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import erf

here = Path(__file__).parent
case, theory, seed = sys.argv[1], sys.argv[2], int(sys.argv[3])
problem = json.loads((here / f"cases/{case}.json").read_text())
data = np.load(here / f"cases/{case}_data.npz")
network = problem["network"]
L, N, g, kappa = network["hiddenLayers"], network["width"], network["weightVariance"], problem["noiseVariance"]
X = data["X"]
P = len(X)
Y = data["Y"].reshape(P, -1)
rng = np.random.default_rng(seed)
PARTICLES, MOVES, BURN_IN, ITERATIONS = 4000, 2, 200, 1500


def derivative(h):
    return 2 / np.sqrt(np.pi) * np.exp(-h * h)


def root(c):
    values, vectors = np.linalg.eigh(c)
    values = np.maximum(values, 1e-12)
    return (vectors * np.sqrt(values)) @ vectors.T, (vectors / np.sqrt(values)) @ vectors.T


class Particles:
    def __init__(self):
        self.z = rng.standard_normal((PARTICLES, P))

    def move(self, r, log_tilt):
        for _ in range(MOVES):
            z, normals = self.z, rng.standard_normal((PARTICLES, P))
            threshold = log_tilt(erf(z @ r)) + np.log(rng.random(PARTICLES))
            angle = rng.random(PARTICLES) * 2 * np.pi
            low, high = angle - 2 * np.pi, angle.copy()
            todo, moved = np.arange(PARTICLES), z.copy()
            while len(todo):
                trial = z[todo] * np.cos(angle[todo])[:, None] + normals[todo] * np.sin(angle[todo])[:, None]
                accepted = log_tilt(erf(trial @ r)) > threshold[todo]
                moved[todo[accepted]] = trial[accepted]
                todo = todo[~accepted]
                below = angle[todo] < 0
                low[todo[below]] = angle[todo[below]]
                high[todo[~below]] = angle[todo[~below]]
                angle[todo] = low[todo] + (high[todo] - low[todo]) * rng.random(len(todo))
            self.z = moved


def forms(phi, q):
    return g / N * np.einsum("si,si->s", phi @ q, phi)


class LinearTilt:
    """F = (g/N) φᵀC̃φ"""

    def __init__(self, conjugate):
        self.conjugate = conjugate

    def log(self, phi):
        return forms(phi, self.conjugate)

    def pull(self, phi):
        return phi @ self.conjugate


class FluctuationTilt:
    """F = −½ ln(1+s) + ½ m/(1+s)"""

    def __init__(self, precision, a):
        self.inverse, self.a = np.linalg.inv(precision), a

    def fields(self, phi):
        return forms(phi, self.inverse), g / N * (phi @ self.a)[:, 0] ** 2

    def log(self, phi):
        s, m = self.fields(phi)
        return 0.5 * (m / (1 + s) - np.log1p(s))

    def pull(self, phi):
        s, m = self.fields(phi)
        by_s, by_m = -0.5 / (1 + s) * (1 + m / (1 + s)), 0.5 / (1 + s)
        return by_s[:, None] * (phi @ self.inverse) + by_m[:, None] * ((phi @ self.a) @ self.a.T)


def conjugate_below(h, z, tilt, inverse_root):
    stein = g * ((derivative(h) * tilt.pull(erf(h))).T @ z / PARTICLES) @ inverse_root
    return (stein + stein.T) / 2


def arcsine(c):
    d = 1 + 2 * np.diag(c)
    return g * 2 / np.pi * np.arcsin(2 * c / np.sqrt(np.outer(d, d)))


def alignment(c):
    centre = np.eye(P) - 1 / P
    c, t = centre @ c @ centre, centre @ Y @ Y.T @ centre
    return (c * t).sum() / np.linalg.norm(c) / np.linalg.norm(t)


kernels = [g * X @ X.T / X.shape[1]]
for _ in range(L):
    kernels.append(arcsine(kernels[-1]))
conjugates = [np.zeros((P, P)) for _ in range(L + 1)]
effective = kernels[L].copy()
precision = kernels[L] + kappa * np.eye(P)
particles = [None] + [Particles() for _ in range(L)]
for t in range(ITERATIONS):
    gain = 0.1 if t < BURN_IN else 0.1 / (1 + 0.1 * (t - BURN_IN)) ** 0.8
    if theory == "map":
        inverse = np.linalg.inv(kernels[L] + kappa * np.eye(P))
        top = LinearTilt(0.5 * inverse @ Y @ Y.T @ inverse - 0.5 * inverse)
    else:
        top = FluctuationTilt(precision, np.linalg.solve(effective + kappa * np.eye(P), Y))
    for l in range(L, 0, -1):
        tilt = top if l == L else LinearTilt(conjugates[l])
        r, inverse_root = root(kernels[l - 1])
        particles[l].move(r, tilt.log)
        h = particles[l].z @ r
        phi = erf(h)
        if l > 1:
            conjugates[l - 1] += gain * (conjugate_below(h, particles[l].z, tilt, inverse_root) - conjugates[l - 1])
        if l == L and theory == "multiscale":
            s, m = tilt.fields(phi)
            w = 1 / (1 + s)
            effective += gain * (g * (phi.T * w) @ phi / PARTICLES - effective)
            precision += gain * (kappa * np.eye(P) + g * (phi.T * (w + m * w * w)) @ phi / PARTICLES - precision)
        kernels[l] += gain * (g * phi.T @ phi / PARTICLES - kernels[l])

output = effective if theory == "multiscale" else kernels[L]
result = {
    "alignment": [alignment(c) for c in kernels],
    "kernels": [c.tolist() for c in kernels[1:]],
    "trainMean": (output @ np.linalg.solve(output + kappa * np.eye(P), Y))[:, 0].tolist(),
}
print(case, theory, seed, result["alignment"], flush=True)
path = here / "tilted.json"
known = json.loads(path.read_text()) if path.exists() else {}
known.setdefault(f"{case} {theory}", {})[str(seed)] = result
path.write_text(json.dumps(known, separators=(",", ":")) + "\n")
