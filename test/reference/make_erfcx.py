"""Chebyshev coefficients of (1 + 2x) erfcx(x) in t = (x - K)/(x + K), those of src/numerics/erfcx.ts, and values of erfcx: erfcx.json."""
import json
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 40
K = mpf("3.75")
NODES = 64


def erfcx(x):
    return mp.exp(x * x) * mp.erfc(x)


def scaled(t):
    x = K * (1 + t) / (1 - t)
    return (1 + 2 * x) * erfcx(x)


angles = [mp.pi * (2 * k + 1) / (2 * NODES) for k in range(NODES)]
values = [scaled(mp.cos(angle)) for angle in angles]
for m in range(28):
    total = mp.fsum(value * mp.cos(m * angle) for value, angle in zip(values, angles))
    print(mp.nstr(total * (1 if m == 0 else 2) / NODES, 20))

points = [0.0, 1e-8, 0.01, 0.3, 0.7, 1.0, 1.7, 2.5, 3.75, 5.0, 9.0, 20.0, 26.0, 100.0, 1e4, 1e8]
path = Path(__file__).with_name("erfcx.json")
path.write_text(json.dumps([{"x": x, "value": float(erfcx(mpf(x)))} for x in points], indent=2) + "\n")
