"""Logistic and softmax likelihoods by methods other than the package's, into classes.json. Usage: make_classes.py (NumPy, SciPy, scikit-learn)

- exact: outputs of two or three points integrated by Gauss-Hermite rules over all of them: ln p(Y|C), its gradient in C by
  C~ = 1/2 <grad ln p grad ln p^T + grad grad ln p>, outputs and probabilities of classes
- expectation propagation site by site, with adaptive quadrature (the package moves all sites at once, by a trapezoidal rule)
- the posterior of networks of one neuron, all their weights summed over on a grid
- Laplace by dense matrices over all outputs of all classes (the package uses the structure of the curvature), and scikit-learn's of two classes
"""
import json
from itertools import product
from pathlib import Path

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import erf, expit, log_softmax, softmax
from sklearn.gaussian_process import GaussianProcessClassifier
from sklearn.gaussian_process.kernels import RBF, ConstantKernel

rng = np.random.default_rng(3)


def kernel(x, scale, length=1.0):
    distance = ((x[:, None] - x[None]) ** 2).sum(-1)
    return scale * np.exp(-distance / (2 * length**2)) + 0.1 * np.eye(len(x))


def hermite(dimension, order):
    nodes, weights = np.polynomial.hermite_e.hermegauss(order)
    weights = weights / weights.sum()
    z = np.stack(np.meshgrid(*[nodes] * dimension, indexing="ij"), -1).reshape(-1, dimension)
    w = np.ones(len(z))
    for column in np.stack(np.meshgrid(*[weights] * dimension, indexing="ij"), -1).reshape(-1, dimension).T:
        w = w * column
    return z, w


def exact_logistic(scale):
    x = rng.standard_normal((4, 2))
    joint, y = kernel(x, scale), np.array([1.0, -1.0, 1.0])
    c, cross, own = joint[:3, :3], joint[3, :3], joint[3, 3]
    z, w = hermite(3, 120)
    f = z @ np.linalg.cholesky(c).T
    p = w * expit(y * f).prod(1)
    total = p.sum()
    p = p / total
    g = y * expit(-y * f)
    curvature = np.diag((p[:, None] * expit(f) * expit(-f)).sum(0))
    conjugate = 0.5 * ((g * p[:, None]).T @ g - curvature)
    weights = np.linalg.solve(c, cross)
    rest = np.sqrt(own - cross @ weights)
    nodes, ws = np.polynomial.hermite_e.hermegauss(60)
    above = (expit((f @ weights)[:, None] + rest * nodes) * ws / ws.sum()).sum(1)
    return dict(kernel=c.tolist(), cross=cross.tolist(), own=own, y=y.tolist(), logEvidence=np.log(total),
                conjugate=conjugate.tolist(), mean=(p @ f).tolist(), probability=float(p @ above))


def exact_softmax(scale):
    """Only differences to the last class count: two for each point, with covariance C (1 + delta)."""
    x = rng.standard_normal((3, 2))
    joint, classes = kernel(x, scale), [0, 2]
    c = joint[:2, :2]

    def outputs(points, order):
        covariance = np.kron(joint[:points, :points], np.ones((2, 2)) + np.eye(2))
        z, w = hermite(2 * points, order)
        d = (z @ np.linalg.cholesky(covariance).T).reshape(-1, points, 2)
        return np.concatenate([d, np.zeros_like(d[..., :1])], -1), w

    f, w = outputs(2, 40)
    pi = softmax(f, -1)
    p = w * pi[:, 0, classes[0]] * pi[:, 1, classes[1]]
    total = p.sum()
    p = p / total
    g = np.eye(3)[classes] - pi
    conjugate = 0.5 * np.einsum("s,sac,sbc->ab", p, g, g)
    conjugate -= 0.5 * np.diag(np.einsum("s,sac->a", p, pi * (1 - pi)))
    f, w = outputs(3, 16)
    pi = softmax(f, -1)
    seen = w * pi[:, 0, classes[0]] * pi[:, 1, classes[1]]
    probabilities = (seen[:, None] * pi[:, 2]).sum(0) / seen.sum()
    return dict(kernel=c.tolist(), cross=joint[2, :2].tolist(), own=joint[2, 2], classes=classes, logEvidence=np.log(total),
                conjugate=conjugate.tolist(), probabilities=probabilities.tolist())


def propagation(c, y, cross, own):
    count = len(y)
    tau, nu, logs = np.zeros(count), np.zeros(count), np.zeros(count)
    for _ in range(200):
        before = tau.copy()
        for i in range(count):
            sigma = c - c @ np.linalg.solve(c + np.diag(1 / np.maximum(tau, 1e-12)), c)
            mu = sigma @ nu
            left = 1 / sigma[i, i] - tau[i]
            m, v = (mu[i] / sigma[i, i] - nu[i]) / left, 1 / left
            s = np.sqrt(v)

            def moment(k):
                density = lambda f: f**k * expit(y[i] * f) * np.exp(-0.5 * ((f - m) / s) ** 2) / (s * np.sqrt(2 * np.pi))
                return quad(density, m - 12 * s, m + 12 * s, epsabs=1e-14, epsrel=1e-13, limit=400)[0]

            z, first, second = moment(0), moment(1), moment(2)
            mean = first / z
            variance = second / z - mean**2
            tau[i], nu[i] = 1 / variance - left, mean / variance - m * left
            logs[i] = np.log(z) + 0.5 * np.log(1 + tau[i] * v) + 0.5 * (m**2 / v - mean**2 / variance)
        if np.abs(tau - before).max() < 1e-12:
            break
    sigma = c - c @ np.linalg.solve(c + np.diag(1 / tau), c)
    evidence = 0.5 * nu @ sigma @ nu - 0.5 * np.linalg.slogdet(np.eye(count) + c * tau)[1] + logs.sum()
    a = np.linalg.solve(c + np.diag(1 / tau), nu / tau)
    mean, variance = cross @ a, own - cross @ np.linalg.solve(c + np.diag(1 / tau), cross)
    s = np.sqrt(variance)
    density = lambda f: expit(f) * np.exp(-0.5 * ((f - mean) / s) ** 2) / (s * np.sqrt(2 * np.pi))
    return dict(logEvidence=evidence, precision=tau.tolist(), shift=nu.tolist(), mean=mean, variance=variance,
                probability=quad(density, mean - 12 * s, mean + 12 * s, epsabs=1e-13)[0])


def laplace(c, classes, count, cross, own):
    points = len(classes)
    big = np.kron(np.eye(count), c)
    y = np.eye(count)[classes].T.ravel()
    lower = np.linalg.cholesky(big)

    def probabilities(f):
        return softmax(f.reshape(count, points), 0)

    def height(z):
        f = lower @ z
        logs = log_softmax(f.reshape(count, points), 0)
        return 0.5 * z @ z - logs[classes, np.arange(points)].sum(), z - lower.T @ (y - probabilities(f).ravel())

    f = lower @ minimize(height, np.zeros(count * points), jac=True, method="BFGS", options=dict(gtol=1e-12)).x
    for _ in range(50):
        pi = probabilities(f)
        w = np.diag(pi.ravel())
        for c1, c2 in product(range(count), repeat=2):
            block = slice(c1 * points, (c1 + 1) * points), slice(c2 * points, (c2 + 1) * points)
            w[block] -= np.diag(pi[c1] * pi[c2])
        f = np.linalg.solve(np.eye(len(f)) + big @ w, big @ (w @ f + y - pi.ravel()))
    pi = probabilities(f)
    a = y - pi.ravel()
    evidence = np.log(pi[classes, np.arange(points)]).sum() - 0.5 * a @ f - 0.5 * np.linalg.slogdet(np.eye(len(f)) + big @ w)[1]
    rows = np.kron(np.eye(count), cross)
    mean = rows @ a
    covariance = own * np.eye(count) - rows @ w @ np.linalg.solve(np.eye(len(f)) + big @ w, rows.T)
    z, ws = hermite(count, 60)
    average = (ws[:, None] * softmax(mean + z @ np.linalg.cholesky(covariance).T, -1)).sum(0)
    return dict(logEvidence=evidence, mode=f.reshape(count, points).T.tolist(), mean=mean.tolist(),
                variance=float(np.trace(covariance) / count), probabilities=average.tolist())


def neuron(x, new, classes, count, g0=1.5, g1=4.0):
    """f = sqrt(g1) v erf(sqrt(g0) w x); the trapezoidal rule is exact to rounding for normal densities times what is smooth."""
    outputs = 1 if count == 2 else count
    w = np.arange(-6, 6.01, 0.05)
    step = 0.1 if outputs == 1 else 0.5
    v = np.stack(np.meshgrid(*[np.arange(-6, 6.01, step)] * outputs, indexing="ij"), -1).reshape(-1, outputs)
    total, kernel, mean, chances = 0.0, 0.0, 0.0, 0.0
    for each in w:
        phi, phi_new = erf(np.sqrt(g0) * each * x), erf(np.sqrt(g0) * each * new)

        def probabilities(values):
            f = np.sqrt(g1) * v[:, None] * values[:, None]
            return f, softmax(np.concatenate([0 * f, f], -1) if outputs == 1 else f, -1)

        f, p = probabilities(phi)
        weight = np.exp(-0.5 * (each**2 + (v**2).sum(-1))) * p[:, np.arange(len(x)), classes].prod(-1)
        total += weight.sum()
        kernel += weight.sum() * g1 * np.outer(phi, phi)
        mean += np.tensordot(weight, f, 1)
        chances += np.tensordot(weight, probabilities(phi_new)[1], 1)
    return dict(x=x.tolist(), new=new.tolist(), classes=classes, kernel=(kernel / total).ravel().tolist(),
                outputs=(mean / total).ravel().tolist(), probabilities=(chances / total).ravel().tolist())


def main():
    result = dict(exactLogistic=[exact_logistic(s) for s in (0.5, 3.0)], exactSoftmax=[exact_softmax(s) for s in (0.5, 3.0)])
    x = rng.standard_normal((13, 2))
    joint = kernel(x, 4.0)
    c, cross, own = joint[:12, :12], joint[12, :12], joint[12, 12]
    y = np.where(rng.standard_normal(12) + x[:12, 0] > 0, 1.0, -1.0)
    classes = rng.integers(0, 3, 12)
    result["shared"] = dict(kernel=c.tolist(), cross=cross.tolist(), own=own, y=y.tolist(), classes=classes.tolist())
    result["propagation"] = propagation(c, y, cross, own)
    result["laplace"] = laplace(c, classes, 3, cross, own)
    machine = GaussianProcessClassifier(ConstantKernel(4.0, "fixed") * RBF(1.0, "fixed"), optimizer=None)
    x, y = x[:12], y
    machine.fit(x, y)
    distance = ((x[:, None] - x[None]) ** 2).sum(-1)
    result["scikit"] = dict(kernel=(4.0 * np.exp(-distance / 2)).tolist(), y=y.tolist(),
                            logEvidence=machine.log_marginal_likelihood_value_)
    points = np.array([0.7, -1.1, 1.9]), np.array([0.4, -2.0])
    result["neuron"] = dict(logistic=neuron(*points, [1, 0, 1], 2), softmax=neuron(*points, [0, 2, 1], 3))
    Path(__file__).with_name("classes.json").write_text(json.dumps(result, indent=1) + "\n")


main()
