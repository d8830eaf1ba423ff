"""Densities of ln Q, Q a product of Q_l ~ Gamma(N_l/2, rate N_l/2), and E[Q_1 ... Q_(l-1) | Q], with mpmath to 30 digits.

Two layers by Bessel functions, three by an integral over them, one in closed form; eight equal layers by the inverse Mellin transform.
"""
import json
from mpmath import mp, mpf, mpc, gamma, loggamma, log, exp, besselk, sqrt, quad, psi, pi, nstr

mp.dps = 30


def one(a, rate, x):
    return exp(a * (x + log(rate)) - rate * exp(x)) / gamma(a)


def two(shapes, rates, x):
    (a, b), (r, s) = shapes, rates
    z = r * s * exp(x)
    return 2 * z ** ((a + b) / 2) * besselk(a - b, 2 * sqrt(z)) / (gamma(a) * gamma(b))


def three(shapes, rates, x):
    """Third layer integrated over, around where the integrand is largest."""
    f = lambda u: two(shapes[:2], rates[:2], x - u) * one(shapes[2], rates[2], u)
    grid = [mpf(k) / 8 for k in range(-400, 80)]
    best = max(grid, key=f)
    return quad(f, [best + mpf(k) for k in range(-60, 13, 3)])


DENSITY = {1: lambda s, r, x: one(s[0], r[0], x), 2: two, 3: three}


def by_densities(widths, x):
    n = [mpf(w) / 2 for w in widths]
    plain = DENSITY[len(n)](n, n, x)
    # Q_k times the density of Gamma(n, n) is that of Gamma(n + 1, n).
    below = [DENSITY[len(n)]([a + (k < l) for k, a in enumerate(n)], n, x) / plain for l in range(1, len(n))]
    return log(plain), below


def by_transform(width, layers, x):
    n = mpf(width) / 2
    mean = lambda c: layers * (psi(0, n + c) - log(n)) - x
    low, high = mpf(-30), mpf(30)
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if mean(exp(middle) - n) < 0 else (low, middle)
    c = exp(low) - n
    transform = lambda s: layers * (loggamma(n + s) - loggamma(n) - s * log(n)) - s * x
    base = transform(c)
    values = []
    step = mpf("0.01") * min(1, n + c)
    t = mpf(0)
    sums = [mpf(0)] * layers
    while True:
        s = mpc(c, t)
        z = exp(transform(s) - base) * (mpf(1) if t else mpf("0.5"))
        for l in range(layers):
            sums[l] += (z * (1 + s / n) ** l).real
        if abs(z * (1 + s / n) ** layers) < mpf(10) ** -26:
            break
        t += step
    return log(sums[0] * step / pi) + base, [value / sums[0] for value in sums[1:]]


CASES = [([5], 0.3), ([5], -7.5), ([1], 3), ([1000], -2.0), ([8, 8], 0.1), ([1, 1], -30), ([24, 3], 2.5), ([1, 4], -300),
         ([1, 2, 3], -3), ([1, 2, 3], 4), ([20, 40, 7], 0.5)]
result = []
for widths, x in CASES:
    density, below = by_densities(widths, mpf(x))
    result.append({"widths": widths, "x": x, "logDensity": float(density), "below": [float(v) for v in below]})
for width, layers, x in [(1, 8, -12), (1, 8, 3), (30, 8, 1)]:
    density, below = by_transform(width, layers, mpf(x))
    result.append({"widths": [width] * layers, "x": x, "logDensity": float(density), "below": [float(v) for v in below]})
with open(__file__.replace("make_gamma_product.py", "gamma_product.json"), "w") as file:
    file.write(json.dumps(result, indent=1) + "\n")
for case in result:
    print(case["widths"], case["x"], case["logDensity"])
