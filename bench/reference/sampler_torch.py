"""Gradient of the log posterior of networks with the readout integrated out, by PyTorch's automatic differentiation in double precision.

Usage: sampler_torch.py DATA.npz N L; prints JSON with gradients per second.
"""
import json
import sys
import time

import numpy as np
import torch

torch.set_default_dtype(torch.float64)
data = np.load(sys.argv[1])
X, y = torch.from_numpy(data["X"]), torch.from_numpy(data["Y"])
P, D = X.shape
N, L = (int(a) for a in sys.argv[2:4])
g, kappa = 1.2, 0.1
torch.manual_seed(0)
weights = [torch.randn(N, D if l == 0 else N, requires_grad=True) for l in range(L)]


def energy():
    phi = X
    for W in weights:
        phi = torch.erf((g / W.shape[1]) ** 0.5 * phi @ W.T)
    A = g / N * phi @ phi.T + kappa * torch.eye(P)
    F = torch.linalg.cholesky(A)
    a = torch.cholesky_solve(y, F)
    likelihood = 0.5 * (a * y).sum() + torch.log(torch.diagonal(F)).sum()
    return likelihood + 0.5 * sum((W * W).sum() for W in weights)


def gradient():
    for W in weights:
        W.grad = None
    energy().backward()


gradient()
count, start = 0, time.perf_counter()
while time.perf_counter() - start < 3:
    gradient()
    count += 1
print(json.dumps({"gradientsPerSecond": count / (time.perf_counter() - start)}))
