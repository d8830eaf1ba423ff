"""Draws in ArviZ."""

import arviz
import numpy as np
import pytest

import finite_width as fw


def test_draws_and_diagnostics_are_those_of_the_core(drawn):
    data = fw.to_arviz(drawn)
    assert set(data.posterior.data_vars) == {"cka_1", "kernel_1_0_0", "kernel_1_0_3", "output_0", "output_3"}
    assert data.posterior["cka_1"].shape == (2, 200)
    assert np.array_equal(data.sample_stats["lp"], drawn.traces["log_posterior"])
    assert np.array_equal(data.observed_data["y"], drawn.problem.y)
    table = arviz.summary(data, round_to="none")
    # From 1.0 on the tails of `summary` begin where its interval ends, 89 % by default; ours are 5 and 95 %,
    # as before.
    if int(arviz.__version__.split(".")[0]) >= 1:
        tails = arviz.ess(data, method="tail", prob=(0.05, 0.95))
        table["ess_tail"] = [float(tails[name]) for name in table.index]
    ours = {
        name.replace(" ", "_").replace("[", "").replace("]", "").replace(",", "_"): value
        for name, value in drawn.details["diagnostics"].items()
    }
    for name in data.posterior.data_vars:
        assert table.loc[name, "mean"] == pytest.approx(ours[name]["mean"], rel=1e-9)
        assert table.loc[name, "ess_bulk"] == pytest.approx(ours[name]["bulk"], rel=1e-6)
        assert table.loc[name, "ess_tail"] == pytest.approx(ours[name]["tail"], rel=1e-6)
        assert table.loc[name, "r_hat"] == pytest.approx(ours[name]["rhat"], rel=1e-9)


def test_theories_have_no_draws(problem):
    with pytest.raises(ValueError, match="^run: nngp has no draws; give what finite_width.sample returns"):
        fw.to_arviz(fw.solve(problem, "nngp"))
