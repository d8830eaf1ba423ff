"""Values of the elementary functions, correctly rounded from 40 digits: elementary.json.

Needs mpmath. Arguments cover the whole range, with many near the places where the kernels switch formula.
"""
import json
import random

import mpmath as mp

mp.mp.dps = 40
random.seed(20240517)


def uniform(low, high, count):
    return [random.uniform(low, high) for _ in range(count)]


def tiny(count):
    return [random.choice([-1, 1]) * 10 ** random.uniform(-300, -1) for _ in range(count)]


near_nodes = [k / 64 + d for k in range(0, 385, 16) for d in (-1 / 128 + 1e-9, 0.0, 1 / 128 - 1e-9)]
cases = {
    "erf": (mp.erf, uniform(-6.5, 6.5, 300) + tiny(60) + near_nodes + [0.0, 7.0, -9.0, 40.0]),
    "erfDerivative": (lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x), uniform(-26, 26, 300) + tiny(40) + [0.0, -26.4]),
    "exp": (mp.exp, uniform(-708, 709, 300) + uniform(-1, 1, 100) + tiny(40) + [0.0, 709.7, -745.0]),
    "tanh": (mp.tanh, uniform(-20, 20, 200) + uniform(-0.7, 0.7, 200) + tiny(60) + [0.0, 0.625, -0.625, 400.0]),
    "asin": (mp.asin, uniform(-1, 1, 300) + tiny(60) + [s * (1 - 10.0**-k) for k in range(1, 17) for s in (-1, 1)] + [0.0, 0.5, -0.5, 1.0, -1.0]),
    "acos": (mp.acos, uniform(-1, 1, 300) + tiny(60) + [s * (1 - 10.0**-k) for k in range(1, 17) for s in (-1, 1)] + [0.0, 0.5, -0.5, 1.0, -1.0]),
}
result = {name: {"x": xs, "y": [float(f(mp.mpf(x))) for x in xs]} for name, (f, xs) in cases.items()}
with open("elementary.json", "w") as file:
    json.dump(result, file)
