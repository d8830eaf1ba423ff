"""Gaussian expectations of pairs under functions with kinks, with mpmath: kinked.json.

Each function is p + q h + r exp(h) on every piece. The average over h_b at given h_a is then a sum of truncated Gaussian moments in
closed form, and one integral over h_a remains, in 30 digits, split at the kinks and where the conditional average crosses one.
<phi''_a phi_b> is that integral of the regular part of phi'' plus the jumps of phi' times the density of h_a there.
"""
import json

from mpmath import mp, mpf

mp.dps = 30
INF = mp.inf
ALPHA, SCALE = mpf("1.6732632423543772"), mpf("1.0507009873554805")
# name: pieces (from, to, p, q, r)
functions = {
    "hardTanh": [(-INF, -1, -1, 0, 0), (-1, 1, 0, 1, 0), (1, INF, 1, 0, 0)],
    "elu": [(-INF, 0, -1, 0, 1), (0, INF, 0, 1, 0)],
    "relu6": [(-INF, 0, 0, 0, 0), (0, 6, 0, 1, 0), (6, INF, 6, 0, 0)],
    "selu": [(-INF, 0, -SCALE * ALPHA, 0, SCALE * ALPHA), (0, INF, 0, SCALE, 0)],
    "shifted": [(-INF, mpf("-0.5"), mpf("-0.5"), 0, 0), (mpf("-0.5"), INF, 0, 1, 0)],
    "shelf": [(-INF, mpf("0.3"), 0, 0, 0), (mpf("0.3"), INF, 1, 0, 0)],
}
covariances = [
    ("1", "1", "0.96"),
    ("1.3", "0.9", "1.08"),
    ("2.5", "2.4", "-2.44"),
    ("4", "4", "3.99999996"),
    ("0.5", "8", "0.6"),
    ("1.7", "1.1", "0"),
    ("20", "15", "12"),
]


def density(z):
    return mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi)


def between(low, high):
    return mp.ncdf(high) - mp.ncdf(low) if high < 5 else mp.ncdf(-low) - mp.ncdf(-high)


def truncated(piece, mean, spread):
    """<(p + q h + r exp h) 1(from < h < to)> over N(mean, spread^2)"""
    low, high, p, q, r = piece
    a, b = (low - mean) / spread, (high - mean) / spread
    result = mpf(0)
    if p or q:
        result += (p + q * mean) * between(a, b) - q * spread * (density(b) - density(a))
    if r:
        result += r * mp.exp(mean + spread**2 / 2) * between(a - spread, b - spread)
    return result


def derivative(pieces):
    return [(low, high, q, 0, r) for low, high, p, q, r in pieces]


def curvature(pieces):
    return [(low, high, 0, 0, r) for low, high, p, q, r in pieces]


def at(pieces, h):
    for low, high, p, q, r in pieces:
        if low < h <= high:
            return p + q * h + r * mp.exp(h)


def average(left, right, a, b, c):
    """<left(h_a) right(h_b)>"""
    root = mp.sqrt(a)
    spread = mp.sqrt(b - c * c / a)

    def conditional(u):
        mean = c / root * u
        return sum(truncated(piece, mean, spread) for piece in right)

    kinks = [piece[0] for piece in left[1:]]
    points = {mpf(-14), mpf(14)} | {mpf(k) for k in range(-13, 14)} | {k / root for k in kinks}
    if c:
        for k in kinks:
            points |= {(k + side * spread) * root / c for side in (-12, -6, -3, -1, 0, 1, 3, 6, 12)}
    points = sorted(x for x in points if abs(x) <= 14)
    return mp.quad(lambda u: density(u) * at(left, root * u) * conditional(u), points, method="gauss-legendre")


def curved(pieces, a, b, c):
    """<phi''_a phi_b>"""
    spread = mp.sqrt(b - c * c / a)
    result = average(curvature(pieces), pieces, a, b, c) if any(piece[4] for piece in pieces) else mpf(0)
    for before, after in zip(pieces, pieces[1:]):
        kink = after[0]
        jump = after[3] - before[3] + (after[4] - before[4]) * mp.exp(kink)
        mean = sum(truncated(piece, c / a * kink, spread) for piece in pieces)
        result += jump * density(kink / mp.sqrt(a)) / mp.sqrt(a) * mean
    return result


cases = []
for name, pieces in functions.items():
    for texts in covariances:
        a, b, c = map(mpf, texts)
        case = {"activation": name, "a": float(a), "b": float(b), "c": float(c), "value": float(average(pieces, pieces, a, b, c))}
        if name != "shelf":
            slopes = derivative(pieces)
            case["slope"] = float(average(slopes, slopes, a, b, c))
            case["left"] = float(curved(pieces, a, b, c))
            case["right"] = float(curved(pieces, b, a, c))
        cases.append(case)
with open("kinked.json", "w") as file:
    json.dump(cases, file, indent=1)
