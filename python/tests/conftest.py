import numpy as np
import pytest

import finite_width as fw


@pytest.fixture(scope="session")
def xor():
    """Arrays of a small data set with test points."""
    data = fw.dataset("xor", samples=16, test_samples=8, dimension=6, seed=1)
    data.pop("description")
    return data


@pytest.fixture(scope="session")
def problem(xor):
    return fw.Problem(**xor, width=50, bias_variance=0.1)


@pytest.fixture(scope="session")
def drawn():
    """Networks sampled from the posterior of a tiny problem."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(6, 4))
    small = fw.Problem(X, np.sign(X[:, 0]), hidden_layers=1, width=10)
    return fw.sample(small, draws=200, chains=2, progress=False)
