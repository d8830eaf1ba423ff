"""A phase diagram as theorists write it: the variance map iterated to its fixed point, then the correlation map, all grid points at once, with Gauss-Hermite rules.
Prints the seconds and chi, xi_c of the grid's corners. Arguments: activation, points along a side."""

import json
import sys
import time

import numpy as np
from scipy.special import erf

name, n = sys.argv[1], int(sys.argv[2])
f = {"tanh": np.tanh, "erf": erf}[name]
df = {"tanh": lambda x: 1 / np.cosh(x) ** 2, "erf": lambda x: 2 / np.sqrt(np.pi) * np.exp(-(x**2))}[name]
nodes, weights = np.polynomial.hermite_e.hermegauss(60)
weights = weights / weights.sum()
z1, z2 = np.meshgrid(nodes, nodes)
w2 = np.outer(weights, weights)

start = time.perf_counter()
g, b = np.meshgrid(np.linspace(0.4, 3, n), np.linspace(0, 0.4, n))
q = g + b
for _ in range(3000):
    new = b + g * np.einsum("k,kij->ij", weights, f(np.sqrt(q) * nodes[:, None, None]) ** 2)
    moved = np.abs(new - q).max()
    q = new
    if moved < 1e-10:
        break
chi = g * np.einsum("k,kij->ij", weights, df(np.sqrt(q) * nodes[:, None, None]) ** 2)
slope = np.empty_like(q)
for i in range(n):
    for j in range(n):
        c, s = 0.5, np.sqrt(q[i, j])
        for _ in range(3000):
            u = s * z1
            v = s * (c * z1 + np.sqrt(max(0.0, 1 - c * c)) * z2)
            new = (b[i, j] + g[i, j] * np.sum(w2 * f(u) * f(v))) / q[i, j] if q[i, j] > 1e-12 else 1.0
            new = min(1.0, new)
            if abs(new - c) < 1e-7:
                break
            c = new
        slope[i, j] = g[i, j] * np.sum(w2 * df(u) * df(v))
xi = -1 / np.log(np.abs(slope))
corners = [[float(chi[i, j]), float(xi[i, j])] for i in (0, -1) for j in (0, -1)]
print(json.dumps({"seconds": time.perf_counter() - start, "corners": corners}))
