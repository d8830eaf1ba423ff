"""NNGP kernels of an erf network, L = 3, D = 784, in plain NumPy and SciPy: the code one writes for a paper.

Usage: nngp.py P REPEATS; prints JSON with the median seconds and the peak resident memory of the process in MB.
"""
import json
import resource
import sys
import time

import numpy as np

samples, repeats = int(sys.argv[1]), int(sys.argv[2])
X = np.random.default_rng(0).standard_normal((samples, 784))


def kernels(X, layers=3, g=1.2, beta=0.1):
    K = g * (X @ X.T) / X.shape[1] + beta
    result = [K]
    for _ in range(layers):
        d = 1 + 2 * np.diag(K)
        K = g * 2 / np.pi * np.arcsin(2 * K / np.sqrt(np.outer(d, d))) + beta
        result.append(K)
    return result


times = []
for _ in range(repeats + 1):
    start = time.perf_counter()
    result = kernels(X)
    times.append(time.perf_counter() - start)
print(json.dumps({
    "seconds": float(np.median(times[1:])),
    "first": times[0],
    "peakMB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "checksum": float(result[-1].mean()),
}))
