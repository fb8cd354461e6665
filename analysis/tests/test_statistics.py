# SPDX-License-Identifier: MIT
"""Intervals and p-values: cases that are known exactly, and how often an
interval has the true value in it."""
import math

import numpy as np
import pytest
import scipy.stats
import xarray as xr

from goldilocks import statistics as st


def test_resamples_are_those_of_the_bootstrap():
    """Every unit is drawn n times out of n^2; variances of a multinomial."""
    weights = st.resamples(4, 40000, np.random.default_rng(1))
    assert np.all(weights.sum(1) == 4)
    # 5 standard errors of a mean of 40000 counts of variance 3/4.
    error = 5 * math.sqrt(0.75 / 40000)
    assert np.all(np.abs(weights.mean(0) - 1) < error)
    # The variance of a sample variance of these counts is below 2.
    assert np.all(np.abs(weights.var(0) - 0.75) < 5 * math.sqrt(2 / 40000))


@pytest.mark.parametrize("n", [3, 5, 20])
def test_interval_of_a_mean_is_near_students(n):
    """Where the bootstrap distribution is normal, which it is in the limit of
    values that lie like normal quantiles, the interval is Student's."""
    low, high = st.expanded(0.95, n)
    assert high == 1 - low
    reach = -scipy.stats.norm.ppf(low) * math.sqrt((n - 1) / n)
    assert reach == pytest.approx(scipy.stats.t.ppf(0.975, n - 1), rel=1e-9)


def test_expanded_is_nominal_for_many():
    assert st.expanded(0.95, 10 ** 6)[0] == pytest.approx(0.025, rel=1e-4)
    assert all(math.isnan(tail) for tail in st.expanded(0.95, 1))


def test_coverage_of_a_mean():
    """2000 studies of 8 seeds: the standard error of the coverage is 0.5 %,
    and the bootstrap distribution of 8 values is not quite normal: 2 %."""
    values = np.random.default_rng(2).normal(3.0, 2.0, (8, 2000))
    found = st.mean_over_seeds(xr.DataArray(values, dims=("seed", "x")),
                               n_resamples=2000)
    covers = (found.lower < 3.0) & (found.upper > 3.0)
    assert abs(float(covers.mean()) - 0.95) < 0.02


def test_coverage_of_a_correlation():
    """300 studies of 30 seeds; standard error 1.3 %, allowed three of them
    and what bootstrap intervals of correlations are known to lack, 1 %."""
    random = np.random.default_rng(3)
    mixing = np.linalg.cholesky([[1.0, 0.6], [0.6, 1.0]])
    n_covers = 0
    for _ in range(300):
        a, b = mixing @ random.normal(size=(2, 30))
        weights = st.resamples(30, 1000, random)
        low, high = st.bounds(st.weighted_correlations(weights, a, b), 0.95,
                              30)
        n_covers += low < 0.6 < high
    assert abs(n_covers / 300 - 0.95) < 0.05


def test_mean_over_seeds():
    values = xr.DataArray([[1.0, 4.0, np.nan], [3.0, np.nan, np.nan]],
                          dims=("seed", "x"), coords={"x": [1, 2, 3]})
    found = st.mean_over_seeds(values)
    np.testing.assert_array_equal(found["mean"], [2.0, 4.0, np.nan])
    np.testing.assert_array_equal(found.n, [2, 1, 0])
    assert float(found.sd[0]) == pytest.approx(math.sqrt(2), rel=1e-12)
    # Two seeds: the four ways to draw them give 1, 2, 2, 3; no more is known.
    assert (float(found.lower[0]), float(found.upper[0])) == (1.0, 3.0)
    assert np.isnan(found.lower[1:]).all() and np.isnan(found.upper[1:]).all()
    assert list(found.x.values) == [1, 2, 3]


def test_mean_over_seeds_in_blocks(monkeypatch):
    """The same numbers however many cells are held at once."""
    values = xr.DataArray(np.random.default_rng(4).normal(size=(5, 7, 3)),
                          dims=("seed", "x", "y"))
    whole = st.mean_over_seeds(values, n_resamples=200)
    monkeypatch.setattr(st, "BLOCK", 200 * 2)
    xr.testing.assert_allclose(st.mean_over_seeds(values, n_resamples=200),
                               whole, rtol=1e-13)


def test_weighted_means_pass_over_nan():
    weights = np.array([[2.0, 1.0, 0.0], [0.0, 0.0, 3.0]])
    found = st.weighted_means(weights, np.array([1.0, 4.0, np.nan]))
    np.testing.assert_array_equal(found, [2.0, np.nan])


def test_weighted_medians():
    """As of the values written out as often as they count."""
    random = np.random.default_rng(5)
    values = random.normal(size=9).round(1)
    weights = st.resamples(9, 50, random)
    expected = [np.median(np.repeat(values, row.astype(int)))
                for row in weights]
    np.testing.assert_allclose(st.weighted_medians(weights, values), expected,
                               rtol=0, atol=1e-15)


def test_weighted_correlations():
    random = np.random.default_rng(6)
    a, b = random.normal(size=(2, 12))
    weights = st.resamples(12, 20, random)
    expected = [np.corrcoef(np.repeat(a, row.astype(int)),
                            np.repeat(b, row.astype(int)))[0, 1]
                for row in weights]
    np.testing.assert_allclose(st.weighted_correlations(weights, a, b),
                               expected, rtol=0, atol=1e-12)


def test_exact_permutation_of_four():
    """Of the 24 orders of 1, 2, 3, 4 only two have |r| = 1."""
    ascending = np.array([1.0, 2.0, 3.0, 4.0])
    found = st.correlate_values(ascending, 5 - 2 * ascending)
    assert found.r == pytest.approx(-1)
    assert found.p == pytest.approx(2 / 24, rel=1e-12)
    # r = 0.8 for one exchange of neighbours: there are 1 + 3 orders with r of
    # at least that, and as many with at most -0.8.
    assert st.correlate_values(ascending, np.array(
        [1.0, 2.0, 4.0, 3.0])).p == pytest.approx(8 / 24, rel=1e-12)


def test_sampled_permutations_agree_with_the_t_test():
    """For normal values the permutation test is close to the t test; 9999
    permutations know a p of 0.1 to 0.003, and the two differ by O(1/n)."""
    random = np.random.default_rng(7)
    for _ in range(5):
        a, b = random.normal(size=(2, 40))
        b += 0.2 * a
        ours, theirs = st.correlate_values(a, b), scipy.stats.pearsonr(a, b)
        assert ours.r == pytest.approx(theirs[0], abs=1e-12)
        assert ours.p == pytest.approx(theirs[1], abs=0.03)


def test_p_values_are_uniform_without_a_correlation():
    random = np.random.default_rng(8)
    p = [st.correlate_values(*random.exponential(size=(2, 6))).p
         for _ in range(300)]
    # 5 standard errors of a share of 300.
    for level in (0.05, 0.2, 0.5):
        share = np.mean(np.array(p) <= level)
        assert share <= level + 5 * math.sqrt(level * (1 - level) / 300)
        assert share >= level - 5 * math.sqrt(level * (1 - level) / 300) - (
            2 / 720)


def test_spearman_is_of_ranks():
    a = np.array([1.0, 2.0, 3.0, 4.0, 5.0])
    found = st.correlate_values(a, np.exp(a), "spearman")
    assert found.r == pytest.approx(1)
    with pytest.raises(ValueError, match="kendall"):
        st.correlate_values(a, a, "kendall")


def test_correlations_that_are_not():
    constant = st.correlate_values(np.ones(5), np.arange(5.0))
    assert math.isnan(constant.r) and math.isnan(constant.p)
    few = st.correlate_values(np.array([1.0, 2.0, np.nan, 4.0]),
                              np.array([1.0, np.nan, 3.0, 4.0]))
    assert math.isnan(few.r) and few.n == 2


def test_paired_exactly():
    """Differences 1, 2, 3: 2 of 8 sign flips have a mean of size 2."""
    found = st.paired([2.0, 4.0, 6.0, np.nan], [1.0, 2.0, 3.0, 0.0])
    assert found.n == 3
    assert found.median.estimate == 2 and found.mean.estimate == 2
    assert found.effect.estimate == pytest.approx(2.0, rel=1e-12)
    assert found.p_permutation == 0.25
    assert found.p_sign == 0.25
    assert found.p_wilcoxon == 0.25
    assert found.below.estimate == 0
    # The most extreme draws are three times the smallest and the largest.
    assert (found.median.lower, found.median.upper) == (1.0, 3.0)


def test_paired_of_equals():
    found = st.paired([1.0, 2.0, 3.0], [1.0, 2.0, 3.0])
    assert found.mean.estimate == 0 and found.below.estimate == 0.5
    assert found.p_permutation == found.p_sign == found.p_wilcoxon == 1
    with pytest.raises(ValueError, match="1 complete"):
        st.paired([1.0, np.nan], [2.0, 3.0])


def test_paired_of_many():
    """0.5 standard deviations over 100 pairs: found by all three tests, and
    the effect within 4 of its standard errors (0.11)."""
    random = np.random.default_rng(9)
    b = random.normal(size=100)
    found = st.paired(b + random.normal(0.5, 1.0, size=100), b)
    assert found.p_permutation < 1e-3
    assert found.p_wilcoxon < 1e-3 and found.p_sign < 1e-3
    assert abs(found.effect.estimate - 0.5) < 0.44
    assert found.effect.lower < found.effect.estimate < found.effect.upper
    assert found.effect.lower > 0


def test_slope_of_a_power():
    x = np.logspace(-2, 2, 21)
    seeds = np.array([0.5, 1.0, 2.0])
    values = xr.DataArray(seeds[:, np.newaxis] * x ** -1.5,
                          dims=("seed", "radius"), coords={"radius": x})
    found = st.slope(values, (0.1, 10))
    for number in found:
        assert number == pytest.approx(-1.5, abs=1e-12)
    with pytest.raises(ValueError, match="1 points"):
        st.slope(values, (1.0, 1.0))


def test_holm_of_a_known_case():
    """Sorted: 4 * 0.005, 3 * 0.01, then 2 * 0.03 for both of the last, as
    0.04 may not end below the one before it."""
    found = st.holm([0.01, 0.04, 0.03, 0.005])
    np.testing.assert_allclose(found, [0.03, 0.06, 0.06, 0.02], rtol=1e-12)
    assert st.holm([0.9, 0.8]).tolist() == [1.0, 1.0]
