"""Gaussian expectations of pairs under GELU at variances from 1e-8 to 1e4 and correlations to +-1, with mpmath: gelu.json.

Where the points do not coincide: h_b = (c/a) h_a + t w with w normal, and the average over w is (with m = (c/a) h_a,
S = sqrt(1 + t^2), z = m/S) that of a normal density and distribution function, m ncdf(z) + (t^2/S) npdf(z), itself
checked here by a second quadrature over w; one integral over h_a in 22 digits. Nothing of what the program does
(Stein's identity in both variables, arcsines).
"""
import json
import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 22
VARIANCES = [(1e-8, 1e-8), (1e-3, 0.02), (1.0, 1.0), (0.5, 9.0), (2000.0, 1e-3), (1e4, 1e4)]
CORRELATIONS = [0.2, -0.6, 0.95, 1 - 2**-20, -1 + 2**-20, 1.0, -1.0]


def phi(h):
    return h * mp.ncdf(h)


def first(h):
    return mp.ncdf(h) + h * mp.npdf(h)


def second(h):
    return (2 - h * h) * mp.npdf(h)


def value_given(m, t):
    s = mp.sqrt(1 + t * t)
    return m * mp.ncdf(m / s) + t * t / s * mp.npdf(m / s)


def slope_given(m, t):
    # d/dm of the value: differentiation and the average over w commute.
    s = mp.sqrt(1 + t * t)
    return mp.ncdf(m / s) + m / s * mp.npdf(m / s) - t * t / s**3 * m * mp.npdf(m / s)


def integral(f, sigma):
    reach = 14 * sigma
    points = {mpf(0)}
    for unit in (min(sigma, 1) / 2, sigma, 3 * sigma, 7 * sigma, mpf(1), mpf(3), mpf(7), mpf(14)):
        if unit < reach:
            points |= {unit, -unit}
    points |= {reach, -reach}
    return mp.quad(lambda h: mp.npdf(h, 0, sigma) * f(h), sorted(points))


def expectations(a, b, c):
    sigma = mp.sqrt(a)
    ratio = c / a
    spread = mp.sqrt(max(mpf(0), b - c * c / a))
    return {
        "value": integral(lambda h: phi(h) * value_given(ratio * h, spread), sigma),
        "slope": integral(lambda h: first(h) * slope_given(ratio * h, spread), sigma),
        "left": integral(lambda h: second(h) * value_given(ratio * h, spread), sigma),
    }


def check_inner():
    generator = random.Random(0)
    for _ in range(4):
        m, t = mpf(generator.uniform(-3, 3)), mpf(generator.uniform(0.1, 3))
        over = [mpf(k) for k in (-14, -7, -3, 0, 3, 7, 14)]
        by_quadrature = mp.quad(lambda w: mp.npdf(w) * phi(m + t * w), over)
        slope = mp.quad(lambda w: mp.npdf(w) * first(m + t * w), over)
        assert abs(by_quadrature - value_given(m, t)) < mpf("1e-18")
        assert abs(slope - slope_given(m, t)) < mpf("1e-18")


check_inner()
cases = []
for a, b in VARIANCES:
    for rho in CORRELATIONS:
        c = float(rho * mp.sqrt(mpf(a) * b))
        # What the program is given, but for |rho| = 1, where the last digit of c would leave the cone.
        exact = rho * mp.sqrt(mpf(a) * b) if abs(rho) == 1 else mpf(c)
        values = expectations(mpf(a), mpf(b), exact)
        other = expectations(mpf(b), mpf(a), exact)
        assert abs(values["value"] - other["value"]) < mpf("1e-17") * max(1, abs(values["value"])), (a, b, rho)
        row = {"a": a, "b": b, "c": c, "rho": rho, "right": float(other["left"])}
        cases.append(row | {key: float(value) for key, value in values.items()})

Path(__file__).with_name("gelu.json").write_text(json.dumps(cases, indent=1) + "\n")
