"""A program of a user, which mypy looks at (python/test.sh) and nothing runs."""

import numpy as np
import finite_width as fw

X = np.random.default_rng(0).normal(size=(6, 3))
problem = fw.Problem(X, X[:, 0], width=50, activation="gelu")
posterior: fw.Posterior = fw.solve(problem, "perturbative", samples=256)
kernel: np.ndarray = posterior.kernels[1]
comparison = fw.compare(problem, ["nngp"])
for name, each in comparison.items():
    print(name, each.cka.mean())
table = fw.sweep(problem, {"width": [20, 50]}, "linearResponse")
print(table.head(), fw.about()["node"], fw.theories())
estimator = fw.FiniteWidthRegressor(hidden_layers=1).fit(X, X[:, 0])
print(estimator.score(X, X[:, 0]))
w = fw.explore(X, X[:, 0])
w.width = 50
phase = fw.phase("tanh", bias_variance=0.05)
print(phase.critical_weight_variance)
