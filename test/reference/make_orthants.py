"""P(U > x, V > y) of a binormal pair with mpmath, as one integral over u of 30 digits: orthants.json, rows of x, y, rho, P."""
import json
import random

from mpmath import mp, mpf

mp.dps = 30


def tail(z):
    return mp.ncdf(-z) if z > -5 else 1 - mp.ncdf(z)


def orthant(x, y, rho):
    x, y, rho = mpf(x), mpf(y), mpf(rho)
    rest = mp.sqrt((1 - rho) * (1 + rho))
    points = {x, mpf(14)} | {x + k for k in (1, 2, 4, 8)}
    if rho:
        points |= {(y + side * rest) / rho for side in (-12, -6, -3, -1, 0, 1, 3, 6, 12)}
    inside = sorted(p for p in points if x <= p <= 14)
    return mp.quad(lambda u: mp.npdf(u) * tail((y - rho * u) / rest), inside)


random.seed(1)
rows = []
for rho in [0, 0.1, -0.3, 0.31, 0.45, 0.5, -0.65, 0.7, 0.85, 0.9, -0.9, 0.91, -0.93, 0.97, 0.99, 0.999, -0.999, 0.99999, -0.9999999]:
    for _ in range(8):
        x = random.choice([random.uniform(-4, 4), random.gauss(0, 1), random.uniform(-8, 8)])
        near = x + random.gauss(0, 1) * (1 - abs(rho)) ** 0.5
        y = random.choice([random.uniform(-4, 4), x, -x, near, -near, 0])
        rows.append([x, y, rho, float(orthant(x, y, rho))])
with open("orthants.json", "w") as file:
    json.dump(rows, file, indent=1)
