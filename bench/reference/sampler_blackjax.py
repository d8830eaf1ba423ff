"""NUTS with window adaptation of BlackJAX, in double precision, on the log posterior of networks with the readout integrated out.

Usage: sampler_blackjax.py DATA.npz N L DRAWS; prints JSON with effective draws of CKA per second, warm-up included and compilation not.
"""
import json
import sys
import time

import jax

jax.config.update("jax_enable_x64", True)
import blackjax
import jax.numpy as jnp
import numpy as np
from blackjax.diagnostics import effective_sample_size
from jax.scipy.linalg import cho_solve
from jax.scipy.special import erf

data = np.load(sys.argv[1])
X, y = data["X"], data["Y"]
P, D = X.shape
N, L, draws = (int(a) for a in sys.argv[2:5])
g, kappa = 1.2, 0.1
rng = np.random.default_rng(0)
sizes = [(N, D if l == 0 else N) for l in range(L)]
ends = np.cumsum([a * b for a, b in sizes])


def kernel(theta):
    phi = X
    for (a, b), end in zip(sizes, ends):
        W = theta[end - a * b:end].reshape(a, b)
        phi = erf(jnp.sqrt(g / b) * phi @ W.T)
    return g / N * phi @ phi.T


def log_density(theta):
    F = jnp.linalg.cholesky(kernel(theta) + kappa * jnp.eye(P))
    a = cho_solve((F, True), y)
    return -(0.5 * jnp.sum(a * y) + jnp.sum(jnp.log(jnp.diagonal(F))) + 0.5 * theta @ theta)


def cka(theta):
    H = jnp.eye(P) - 1 / P
    A, B = H @ kernel(theta) @ H, H @ (y @ y.T) @ H
    return jnp.sum(A * B) / jnp.sqrt(jnp.sum(A * A) * jnp.sum(B * B))


def run(key):
    warm, sample = jax.random.split(key)
    adaptation = blackjax.window_adaptation(blackjax.nuts, log_density, is_mass_matrix_diagonal=True)
    (state, parameters), _ = adaptation.run(warm, jnp.asarray(rng.standard_normal(ends[-1])), draws // 2)
    step = blackjax.nuts(log_density, **parameters).step

    def one(state, key):
        state, info = step(key, state)
        return state, (cka(state.position), info.num_integration_steps)

    return jax.lax.scan(one, state, jax.random.split(sample, draws))[1]


compiled = jax.jit(run).lower(jax.random.key(0)).compile()
start = time.perf_counter()
values, steps = jax.block_until_ready(compiled(jax.random.key(1)))
seconds = time.perf_counter() - start
print(json.dumps({
    "seconds": seconds,
    "effectivePerSecond": float(effective_sample_size(values[None])) / seconds,
    "mean": float(values.mean()),
    "leapfrogSteps": float(steps.mean()),
}))
