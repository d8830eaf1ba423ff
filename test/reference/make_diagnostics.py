"""Diagnostics of ArviZ for a few sets of chains: diagnostics.json. Chains are autoregressive, some shifted, one heavy-tailed, one with ties."""
import json
from pathlib import Path

import arviz as az
import numpy as np

rng = np.random.default_rng(1)


def autoregressive(chains, draws, rho):
    x = np.zeros((chains, draws))
    x[:, 0] = rng.standard_normal(chains)
    for t in range(1, draws):
        x[:, t] = rho * x[:, t - 1] + np.sqrt(1 - rho**2) * rng.standard_normal(chains)
    return x


cases = {
    "independent": rng.standard_normal((4, 200)),
    "slow": autoregressive(4, 300, 0.9),
    "alternating": autoregressive(3, 151, -0.6),
    "apart": autoregressive(4, 120, 0.5) + np.array([[0], [0], [0.5], [2]]),
    "scales": rng.standard_normal((4, 100)) * np.array([[1], [1], [1], [4]]),
    "heavy": rng.standard_cauchy((4, 200)),
    "ties": np.round(autoregressive(2, 100, 0.7), 1),
    "one": autoregressive(1, 400, 0.8),
}
result = {
    name: {
        "chains": x.tolist(),
        # ArviZ has no split R-hat of a single chain.
        "rhat": float(az.rhat(x)) if len(x) > 1 else None,
        "bulk": float(az.ess(x, method="bulk")),
        "tail": float(az.ess(x, method="tail")),
        "error": float(az.mcse(x, method="mean")),
    }
    for name, x in cases.items()
}
Path(__file__).with_name("diagnostics.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")
