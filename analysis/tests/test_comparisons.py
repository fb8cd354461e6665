# SPDX-License-Identifier: MIT
"""Pairs, families of tests, and how many seeds they need."""
import math

import numpy as np
import pytest
import scipy.stats
import xarray as xr
from conftest import MORE

import goldilocks as gold
from goldilocks import comparisons, planning


def seeds(values, first=0, **more):
    values = np.asarray(values, float)
    dims = ["seed", *more][:values.ndim]
    return xr.DataArray(values, dims=dims, coords={
        "seed": np.arange(first, first + len(values)), **more})


def test_paired_exactly():
    """Differences 1, 2, 3: 2 of 8 sign flips have a mean of size 2. No interval
    of a median is had of three, and an effect has one, of the noncentral t."""
    found = gold.paired([2.0, 4.0, 6.0, np.nan], [1.0, 2.0, 3.0, 0.0])
    assert (found.n, found.left_out) == (3, 1)
    assert found.median.estimate == 2 and math.isnan(found.median.lower)
    assert found.mean == pytest.approx(
        (2, *scipy.stats.t.interval(0.95, 2, 2, 1 / math.sqrt(3))), rel=1e-9)
    # Hedges: gamma(1) / (sqrt(1) gamma(1/2)) for two degrees of freedom
    assert found.effect.estimate == pytest.approx(2 / math.sqrt(math.pi))
    t = 2 * math.sqrt(3)
    for end, tail in zip(found.effect[1:], (0.025, 0.975)):
        assert scipy.stats.nct.sf(t, 2, end * math.sqrt(3)) == pytest.approx(
            tail, abs=1e-6)
    assert found.p_permutation == 0.25
    assert found.p_sign == 0.25
    assert found.p_wilcoxon == 0.25
    assert found.below.estimate == 0 and found.correlation == pytest.approx(1)


def test_paired_of_equals():
    found = gold.paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert found.mean.estimate == 0 and found.below.estimate == 0.5
    assert math.isnan(found.effect.estimate)
    assert found.p_permutation == found.p_sign == found.p_wilcoxon == 1
    with pytest.raises(ValueError, match="1 complete"):
        gold.paired([1.0, np.nan], [2.0, 3.0])


@pytest.mark.parametrize("n", [3, 5, 10])
def test_effects(n):
    """A true effect of 0.3: unbiased (0.378 before at 5), with an interval that
    is there in all studies and covers 95 %."""
    random = np.random.default_rng(n)
    found = np.array([comparisons.hedges(row, 0.95) for row in random.normal(
        0.3, 1, (1500 * MORE, n))])
    assert np.isfinite(found).all()
    error = 4 * found[:, 0].std() / math.sqrt(len(found))
    assert abs(found[:, 0].mean() - 0.3) < error
    covers = np.mean((found[:, 1] < 0.3) & (found[:, 2] > 0.3))
    assert 0.93 < covers < 0.97


def test_paired_of_many():
    """0.5 standard deviations over 100 pairs: found by all three tests, and
    the effect within 4 of its standard errors (0.11)."""
    random = np.random.default_rng(9)
    b = random.normal(size=100)
    found = gold.paired(b + random.normal(0.5, 1.0, size=100), b)
    assert found.p_permutation < 1e-3
    assert found.p_wilcoxon < 1e-3 and found.p_sign < 1e-3
    assert abs(found.effect.estimate - 0.5) < 0.44
    assert 0 < found.effect.lower < found.effect.estimate < found.effect.upper
    assert gold.paired(b + 1, random.normal(size=100), n_permutations=99
                       ).p_permutation == 1 / 100


def test_pairs_are_of_seeds():
    """By their labels; several radii of a seed are no pairs of their own, which
    made 155 of 5 and found a difference in half of studies of nothing."""
    a = seeds([1.0, 2.0, 4.0])
    found = gold.paired(a, seeds([2.0, 5.0, 9.0], first=1))
    assert found.n == 2 and found.left_out == 1
    assert found.mean.estimate == -0.5  # 2 - 2 and 4 - 5
    wide = seeds(np.ones((3, 4)), relative_radius=np.arange(4))
    for values in (wide, wide.values):
        with pytest.raises(ValueError, match="no pairs of their own"):
            gold.paired(values, values)
    assert gold.paired(wide.isel(relative_radius=[0]), a).n == 3
    with pytest.raises(ValueError, match="no seed is in both"):
        gold.paired(a, seeds([1.0, 2.0], first=7))
    with pytest.raises(ValueError, match="3 and 2 numbers"):
        gold.paired(a.values, [1.0, 2.0])
    with pytest.raises(ValueError, match="1 of 3 pairs are infinite"):
        gold.paired(a, seeds([1.0, np.inf, 2.0]))


def test_says_when_pairing_gains_nothing():
    random = np.random.default_rng(1)
    a, b, c = random.normal(size=(3, 60))
    assert "pairing gains nothing" in str(gold.paired(a, b))
    assert "pairing gains nothing" not in str(gold.paired(a + c, b + c))


def test_equivalence():
    """Two one-sided tests as scipy has them; and where the difference is at the
    margin, in no more studies than 1 - level says."""
    a, b = np.random.default_rng(2).normal(size=(2, 12))
    found = gold.equivalent(a, b, 0.9)
    p = max(scipy.stats.ttest_1samp(a - b, -0.9, alternative="greater").pvalue,
            scipy.stats.ttest_1samp(a - b, 0.9, alternative="less").pvalue)
    assert found.p == pytest.approx(p, abs=1e-12) and found.n == 12
    ends = scipy.stats.t.interval(0.9, 11, np.mean(a - b),
                                  scipy.stats.sem(a - b))
    assert found.mean[1:] == pytest.approx(ends)
    random = np.random.default_rng(3)
    n = 750 * MORE
    wrong = sum(gold.equivalent(row, np.zeros(8), 0.5).p <= 0.05
                for row in random.normal(0.5, 0.3, (n, 8)))
    assert abs(wrong / n - 0.05) < 4 * math.sqrt(0.0475 / n)
    with pytest.raises(ValueError, match="above 0"):
        gold.equivalent(a, b, 0)


def test_holm_of_a_known_case():
    """Sorted: 4 * 0.005, 3 * 0.01, then 2 * 0.03 for both of the last, as
    0.04 may not end below the one before it."""
    found = gold.holm([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(found, [0.03, 0.06, 0.06, 0.02], rtol=1e-12)
    assert gold.holm([0.9, 0.8]).tolist() == [1.0, 1.0]
    np.testing.assert_allclose(gold.fdr([0.01, 0.04, 0.03, 0.005]),
                               [0.02, 0.04, 0.04, 0.02], rtol=1e-12)


def test_families_of_any_shape():
    """An array keeps its coordinates; NaN are no tests."""
    p = xr.DataArray([[0.01, np.nan], [0.03, 0.005]], dims=("depth", "radius"),
                     coords={"depth": [1, 2]})
    found = gold.holm(p)
    np.testing.assert_allclose(found, [[0.02, np.nan], [0.03, 0.015]],
                               rtol=1e-12)
    assert found.dims == p.dims and found.depth.values.tolist() == [1, 2]
    assert "corrected" in found.attrs["long_name"]


# ------------------------------------------------------------ how many seeds

def test_seeds_for_an_effect():
    """As tables have it; 84 tests with Bonferroni's correction."""
    assert gold.seeds_needed(None, effect=0.3).n == 90
    assert gold.seeds_needed(None, effect=0.3, tests=84).n == 209
    assert planning.power_of(0.3, 90) == pytest.approx(0.8, abs=0.01)


def test_seeds_for_a_width():
    """A pilot of 10 predicts the widths of 80 and 160 seeds, and the seeds for a
    width have it and one fewer has not."""
    random = np.random.default_rng(4)
    values = random.normal(5, 2, 4000)
    pilot = np.mean([np.ptp(comparisons.mean_of(part, 0.95)[1:])
                     for part in values[:1000].reshape(-1, 10)])
    for n in (80, 160):
        seen = np.ptp(comparisons.mean_of(values[:n], 0.95)[1:])
        # what 10 seeds say of a deviation is taken of 100 pilots here
        assert planning.expected_width(pilot, 10, n) == pytest.approx(
            seen, rel=0.15)
    found = gold.seeds_needed(seeds(values[:10]), width=0.5)
    now = np.ptp(comparisons.mean_of(values[:10], 0.95)[1:])
    assert found.pilot == 10 and found.expected <= 0.5
    assert planning.expected_width(now, 10, found.n - 1) > 0.5
    error = math.log(1.1) / scipy.stats.t.ppf(0.975, 9)
    zone = xr.Dataset({"low": 1.0, "low_lower": 1 / 1.1, "low_upper": 1.1,
                       "low_error": error, "low_grid": 0.0,
                       "low_grid_error": 0.0, "n": 10, "first": 0.01,
                       "last": 100.0, "places": 33})
    found = gold.seeds_needed(zone, width=0.05, of="low")
    pilot = planning.width_of(zone, "low")
    assert found.places == 0 and not found.is_rough
    assert planning.foreseen(pilot, found.n) <= math.log(1.05)
    assert planning.foreseen(pilot, found.n - 1) > math.log(1.05)
    # what the grid leaves open stays, and may be more than is asked for
    zone["low_grid"] = math.log(1.06)
    pilot = planning.width_of(zone, "low")
    assert pilot.grid == pytest.approx(math.log(1.06))
    assert gold.seeds_needed(zone, width=0.1, of="low").places > 33
    with pytest.raises(ValueError, match="grid is too coarse; [0-9]+ places"):
        gold.seeds_needed(zone, width=0.02, of="low")
    with pytest.raises(ValueError, match="as gold.zone gives.* low_error"):
        gold.seeds_needed(zone.drop_vars("low_error"), width=0.1, of="low")
    for wrong in ({"width": 0.1, "of": "lwo"}, {}, {"width": -1}):
        with pytest.raises(ValueError):
            gold.seeds_needed(zone, **wrong)
