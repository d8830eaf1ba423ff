"""Finite-width estimators beside the Gaussian processes of scikit-learn, on its own data sets: the table of docs/python.md.

Run in an environment with the wheel: python bench/sklearn_comparison.py. Half of the samples (at most 400) train, at most 400 others test.
"""

import sys
import time
import warnings

import numpy as np
from scipy.stats import norm
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from finite_width import FiniteWidthClassifier, FiniteWidthRegressor

MOST = 400
warnings.simplefilter("ignore")


def regressors(dimension):
    kernel = ConstantKernel() * RBF(np.sqrt(dimension)) + WhiteKernel(0.5)
    noise = {"noise_variance": [0.1, 0.3, 0.5, 1.0]}
    yield "GaussianProcessRegressor, RBF + white noise, optimised", make_pipeline(
        StandardScaler(), GaussianProcessRegressor(kernel, normalize_y=True, n_restarts_optimizer=1, random_state=0)
    )
    yield "FiniteWidthRegressor, nngp, noise by cross-validation", GridSearchCV(FiniteWidthRegressor("nngp"), noise, cv=3)
    yield "FiniteWidthRegressor, rescaling, noise by cross-validation", GridSearchCV(
        FiniteWidthRegressor("rescaling"), noise, cv=3
    )


def classifiers(dimension, classes):
    yield "GaussianProcessClassifier, RBF, optimised", make_pipeline(
        StandardScaler(), GaussianProcessClassifier(ConstantKernel() * RBF(np.sqrt(dimension)), random_state=0)
    )
    yield "FiniteWidthClassifier, nngp, as it is", FiniteWidthClassifier("nngp")
    if classes == 2:
        yield "FiniteWidthClassifier, rescaling, as it is", FiniteWidthClassifier("rescaling")


def regression_row(model, X, y):
    mean, std = model.predict(X, return_std=True) if hasattr(model, "steps") else model.best_estimator_.predict(X, True)
    inside = [float(np.mean(np.abs(y - mean) <= norm.ppf(0.5 + level / 2) * std)) for level in (0.5, 0.95)]
    r2 = 1 - np.sum((y - mean) ** 2) / np.sum((y - y.mean()) ** 2)
    return f"R² {r2:.3f}", norm.logpdf(y, mean, std).mean(), f"{inside[0]:.0%} in 50 %, {inside[1]:.0%} in 95 %"


def classification_row(model, X, y):
    probability = model.predict_proba(X)
    position = np.searchsorted(model.classes_, y)
    right = probability.argmax(axis=1) == position
    confidence = probability.max(axis=1)
    # Expected calibration error over ten bins (Guo et al. 2017).
    bins = np.minimum((10 * confidence).astype(int), 9)
    error = sum(abs(np.sum(right[bins == b]) - np.sum(confidence[bins == b])) for b in range(10)) / len(y)
    density = np.log(np.maximum(probability[np.arange(len(y)), position], 1e-12)).mean()
    return f"{right.mean():.1%} right", density, f"calibration error {error:.3f}"


def main():
    print("| data | model | accuracy | log predictive density | calibration | time (fit) |")
    print("| --- | --- | --- | --- | --- | --- |")
    for load, row in (
        (load_diabetes, regression_row),
        (load_breast_cancer, classification_row),
        (load_digits, classification_row),
    ):
        X, y = load(return_X_y=True)
        X, X_test, y, y_test = train_test_split(X, y, train_size=min(MOST, len(y) // 2), random_state=0)
        X_test, y_test = X_test[:MOST], y_test[:MOST]
        models = regressors(X.shape[1]) if row is regression_row else classifiers(X.shape[1], len(np.unique(y)))
        for name, model in models:
            start = time.perf_counter()
            model.fit(X, y)
            seconds = time.perf_counter() - start
            accuracy, density, calibration = row(model, X_test, y_test)
            data = f"{load.__name__[5:]}, {len(y)} train, {len(y_test)} test"
            print(f"| {data} | {name} | {accuracy} | {density:.3f} | {calibration} | {seconds:.2g} s |")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
