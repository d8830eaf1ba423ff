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
    # From 1.0 on the tails of `summary` end where its interval does, 89 % by default; ours at 5 and 95 %, as before.
    newer = int(arviz.__version__.split(".")[0]) >= 1
    table = arviz.summary(data, round_to="none", **({"ci_prob": 0.9} if newer else {}))
    ours = {name.replace(" ", "_").replace("[", "").replace("]", "").replace(",", "_"): value
            for name, value in drawn.details["diagnostics"].items()}
    for name in data.posterior.data_vars:
        assert table.loc[name, "mean"] == pytest.approx(ours[name]["mean"], rel=1e-9)
        assert table.loc[name, "ess_bulk"] == pytest.approx(ours[name]["bulk"], rel=1e-6)
        assert table.loc[name, "ess_tail"] == pytest.approx(ours[name]["tail"], rel=1e-6)
        assert table.loc[name, "r_hat"] == pytest.approx(ours[name]["rhat"], rel=1e-9)


def test_theories_have_no_draws(problem):
    with pytest.raises(ValueError, match="^run: nngp has no draws; give what finite_width.sample returns"):
        fw.to_arviz(fw.solve(problem, "nngp"))
