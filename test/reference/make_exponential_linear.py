"""Gaussian expectations of pairs under elu and selu far from unit variances and at correlations of +-1, with mpmath: exponential_linear.json.

The average over h_b at given h_a in closed form, one integral over h_a in 30 digits: nothing of what the program does (Price's theorem).
"""
import json
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 30
CONSTANTS = {"elu": (mpf(1), mpf(1)), "selu": (mpf("1.6732632423543772"), mpf("1.0507009873554805"))}
VARIANCES = [(1e-8, 1e-8), (1e-3, 0.02), (1.0, 1.0), (0.5, 9.0), (30.0, 30.0), (1000.0, 700.0), (1e-3, 2000.0), (9000.0, 2.0)]
CORRELATIONS = [0.0, 0.3, -0.6, 0.95, 1 - 2**-30, -1 + 2**-30, 1.0, -1.0]


def expectations(a, b, c, alpha, scale, same):
    spread = mpf(0) if same else mp.sqrt(b - c * c / a)
    sigma, ratio = mp.sqrt(a), c / a

    def mean(mu):
        if same:
            return mu if mu > 0 else alpha * mp.expm1(mu)
        z = mu / spread
        below = mp.exp(mu + spread**2 / 2) * mp.ncdf(-z - spread) - mp.ncdf(-z)
        return spread * mp.npdf(z) + mu * mp.ncdf(z) + alpha * below

    def slope(mu):
        if same:
            return mpf(1) if mu > 0 else alpha * mp.exp(mu)
        z = mu / spread
        return mp.ncdf(z) + alpha * mp.exp(mu + spread**2 / 2) * mp.ncdf(-z - spread)

    near = min(sigma, mpf(1))
    points = {mpf(0)}
    for unit in (near / 8, near, sigma, 3 * sigma, 8 * sigma, 20 * sigma, 40 * sigma):
        points |= {unit, -unit}
    if spread and ratio:
        points |= {k * spread / abs(ratio) for k in (-12, -6, -2, 2, 6, 12) if 12 * spread / abs(ratio) < 40 * sigma}
    points = sorted(points)
    below = [point for point in points if point <= 0]

    def integral(f, over=points):
        return scale**2 * mp.quad(lambda h: mp.npdf(h, 0, sigma) * f(h), over)

    kink = scale**2 * (1 - alpha) * mp.npdf(0) / sigma * mean(mpf(0))
    return {
        "value": integral(lambda h: (h if h > 0 else alpha * mp.expm1(h)) * mean(ratio * h)),
        "slope": integral(lambda h: (1 if h > 0 else alpha * mp.exp(h)) * slope(ratio * h)),
        "left": integral(lambda h: alpha * mp.exp(h) * mean(ratio * h), below) + kink,
    }


cases = []
for name, (alpha, scale) in CONSTANTS.items():
    for a, b in VARIANCES:
        for rho in CORRELATIONS:
            c = float(rho * mp.sqrt(mpf(a) * b))
            same = abs(rho) == 1
            exact = rho * mp.sqrt(mpf(a) * b) if same else mpf(c)
            values = expectations(mpf(a), mpf(b), exact, alpha, scale, same)
            other = expectations(mpf(b), mpf(a), exact, alpha, scale, same)
            row = {"activation": name, "a": a, "b": b, "c": c, "rho": rho, "right": float(other["left"])}
            cases.append(row | {key: float(value) for key, value in values.items()})

Path(__file__).with_name("exponential_linear.json").write_text(json.dumps(cases, indent=1) + "\n")
