# SPDX-License-Identifier: MIT
"""Correlations over seeds, at a place and over all."""
import math

import numpy as np
import pytest
import scipy.stats
import xarray as xr
from conftest import IDENTITY, MORE

import goldilocks as gold
from goldilocks import correlations
from goldilocks.correlations import correlate_arrays, correlate_values


def study(a, b, **coords):
    """A dataset of two variables [seed, relative_radius]."""
    ds = xr.Dataset(
        {name: (("seed", "relative_radius"), values)
         for name, values in (("loss", a), ("entropy", b))},
        coords={"seed": np.arange(len(a)),
                "relative_radius": np.arange(1.0, 1 + np.shape(a)[1]), **coords})
    ds["status_measure"] = (ds.loss.dims, np.ones(ds.loss.shape, np.uint8))
    ds.loss.attrs.update(long_name="mean cross-entropy", units="nat")
    ds.attrs["study_identity"] = IDENTITY
    return ds


@pytest.mark.parametrize("n", [4, 5, 8, 12, 20])
@pytest.mark.parametrize("is_heavy", [False, True])
def test_coverage(n, is_heavy):
    """Of r = 0.6, normal numbers and their exponentials. The jackknife is on the
    safe side of few seeds; of exponentials Fisher's own law covers 79 to 94 %."""
    random = np.random.default_rng(n)
    a, b = random.normal(size=(2, n, 2000 * MORE))
    b, true = 0.6 * a + 0.8 * b, 0.6
    if is_heavy:
        a, b, true = np.exp(a / 2), np.exp(b / 2), math.expm1(0.15) / math.expm1(
            0.25)
    found = correlations.with_intervals(
        *correlations.prepared(a, b, "pearson"), 0.95)
    covers = np.mean((found[1] < true) & (found[2] > true))
    assert 0.92 < covers < 0.995
    assert is_heavy or n < 8 or 0.935 < covers < 0.975


def test_interval_is_the_jackknife():
    """Written out, of Fisher's z, and with a NaN."""
    a, b = np.random.default_rng(6).normal(size=(2, 9))
    a[4] = np.nan
    there = np.delete(np.arange(9), 4)
    z = [np.arctanh(np.corrcoef(a[np.delete(there, i)],
                                b[np.delete(there, i)])[0, 1])
         for i in range(8)]
    r = np.corrcoef(a[there], b[there])[0, 1]
    error = math.sqrt(7 / 8 * np.sum((z - np.mean(z)) ** 2))
    half = scipy.stats.t.ppf(0.975, 6) * error
    found = correlate_values(a, b)
    assert found[:3] == pytest.approx(
        [r, np.tanh(np.arctanh(r) - half), np.tanh(np.arctanh(r) + half)],
        rel=1e-9)


def test_exact_permutation_of_four():
    """Of the 24 orders of 1, 2, 3, 4 only two have |r| = 1."""
    ascending = np.array([1.0, 2.0, 3.0, 4.0])
    found = correlate_values(ascending, 5 - 2 * ascending)
    assert found.r == pytest.approx(-1)
    assert found.p == pytest.approx(2 / 24, rel=1e-12)
    # r = 0.8 for one exchange of neighbours: there are 1 + 3 orders with r of
    # at least that, and as many with at most -0.8.
    assert correlate_values(ascending, np.array(
        [1.0, 2.0, 4.0, 3.0])).p == pytest.approx(8 / 24, rel=1e-12)


def test_sampled_permutations_agree_with_the_t_test(monkeypatch):
    """For normal values the permutation test is close to the t test; 9999
    permutations know a p of 0.1 to 0.003, and the two differ by O(1/n)."""
    random = np.random.default_rng(7)
    for _ in range(5):
        a, b = random.normal(size=(2, 40))
        b += 0.2 * a
        ours, theirs = correlate_values(a, b), scipy.stats.pearsonr(a, b)
        assert ours.r == pytest.approx(theirs[0], abs=1e-12)
        assert ours.p == pytest.approx(theirs[1], abs=0.03)
    monkeypatch.setattr(correlations, "MOST_PERMUTED", 10)
    assert correlate_values(a, b).p == pytest.approx(theirs[1], rel=1e-9)


def test_p_values_are_uniform_without_a_correlation():
    random = np.random.default_rng(8)
    p = correlate_arrays(*random.exponential(size=(2, 6, 300)), "pearson", 0.95,
                         9999, 0).p
    # 5 standard errors of a share of 300.
    for level in (0.05, 0.2, 0.5):
        share = np.mean(p <= level)
        assert share <= level + 5 * math.sqrt(level * (1 - level) / 300)
        assert share >= level - 5 * math.sqrt(level * (1 - level) / 300) - (
            2 / 720)


def test_spearman_is_of_ranks():
    a = np.array([1.0, 2.0, np.nan, 3.0, 4.0, 5.0])
    found = correlate_values(a, np.exp(a), "spearman")
    assert found.r == pytest.approx(1) and found.n == 5
    with pytest.raises(ValueError, match="kendall"):
        correlate_values(a, a, "kendall")


def test_correlations_that_are_not():
    constant = correlate_values(np.ones(5), np.arange(5.0))
    assert math.isnan(constant.r) and math.isnan(constant.p)
    few = correlate_values(np.array([1.0, 2.0, np.nan, 4.0]),
                           np.array([1.0, np.nan, 3.0, 4.0]))
    assert math.isnan(few.r) and few.n == 2
    three = correlate_values(np.arange(3.0), np.array([0.0, 2.0, 1.0]))
    assert three.r == pytest.approx(0.5) and math.isnan(three.lower)


def test_families_of_nothing():
    """16 radii of 20 seeds: some p is below 0.05 in a quarter of studies and
    more, of the corrected ones in 5 %; radii go together here."""
    random = np.random.default_rng(10)
    n_studies = 60 * MORE
    any_raw, any_joint = 0, 0
    for _ in range(n_studies):
        a, b = (random.normal(size=(20, 16)) + random.normal(size=(20, 1))
                for _ in range(2))
        found = gold.correlate(study(a, b), "loss", "entropy", adjust="maxt",
                               n_permutations=199)
        any_raw += float(found.p.min()) <= 0.05
        any_joint += float(found.p_adjusted.min()) <= 0.05
    assert any_raw / n_studies > 0.15
    assert any_joint / n_studies < 0.05 + 4 * math.sqrt(0.0475 / n_studies)


def test_one_of_a_large_family():
    """500 cells of 60 seeds, r = 0.9 at one: joint permutations find it; by
    Holm's rule so few draws could not, and least_p says so."""
    random = np.random.default_rng(11)
    a, b = random.normal(size=(2, 60, 500))
    b[:, 7] = 0.9 * a[:, 7] + math.sqrt(0.19) * b[:, 7]
    found = gold.correlate(study(a, b), "loss", "entropy", adjust="maxt",
                           n_permutations=199)
    assert float(found.p_adjusted[7]) == 1 / 200
    assert int((found.p_adjusted < 0.01).sum()) == 1
    assert found.attrs["least_p"] == 1 / 200
    assert gold.holm(found.p).min() > 0.05


def test_joint_permutations_with_gaps():
    """Where a seed lacks a number, or all do."""
    random = np.random.default_rng(12)
    a, b = random.normal(size=(2, 7, 4))
    b[:, 1] = a[:, 1]
    whole = gold.correlate(study(a, b), "loss", "entropy", adjust="maxt")
    assert whole.attrs["least_p"] == 1 / 5040
    assert float(whole.p_adjusted[1]) == pytest.approx(1 / 5040)
    a[0, 0], a[:, 3] = np.nan, np.nan
    found = gold.correlate(study(a, b), "loss", "entropy", adjust="maxt")
    assert np.isfinite(found.p_adjusted).values.tolist() == [True] * 3 + [False]
    assert float(found.p_adjusted[1]) < 0.01


def test_families_without_a_test():
    """Two seeds have no correlation anywhere, and no p."""
    ds = study(*np.random.default_rng(16).normal(size=(2, 2, 3)))
    for adjust in ("maxt", "holm", "fdr"):
        found = gold.correlate(ds, "loss", "entropy", adjust=adjust)
        assert found.p_adjusted.isnull().all() and found.p.isnull().all()
    row = gold.within_and_between(ds, "loss", "entropy")
    assert np.isnan(row.within) and row.n_seeds == 2


def test_labels_are_of_a_correlation():
    """Not those of what is correlated; and errors name what is near."""
    ds = study(*np.random.default_rng(13).normal(size=(2, 5, 3)))
    found = gold.correlate(ds, "loss", "entropy")
    assert found.r.attrs == {
        "long_name": "pearson correlation over seeds of loss and entropy",
        "units": "1"}
    assert found.n.attrs["units"] == "1"
    with pytest.raises(ValueError, match="did you mean 'loss'"):
        gold.correlate(ds, "los", "entropy")
    with pytest.raises(ValueError, match="did you mean 'holm'"):
        gold.correlate(ds, "loss", "entropy", adjust="hol")


def test_both_depend_on_the_radius():
    """40 seeds without any correlation at a radius: over all points there is
    one of 0.9, and it is all between radii."""
    random = np.random.default_rng(14)
    a, b = random.normal(size=(2, 40, 12)) + 3 * np.linspace(-1, 1, 12)
    found = gold.within_and_between(study(a, b), "loss", "entropy").isel(study=0)
    assert found.pooled > 0.7 and found.between > 0.95
    assert abs(found.within) < 0.15 and found.lower < 0 < found.upper
    assert found.p > 0.05
    assert (found.n_seeds, found.n_cells) == (40, 12)
    rest = [v - v.mean(0) for v in (a, b)]
    assert float(found.within) == pytest.approx(
        np.corrcoef(rest[0].ravel(), rest[1].ravel())[0, 1], rel=1e-9)
    assert "within cells" in found.within.attrs["long_name"]


def test_coverage_within():
    """Seeds of which all radii go together, r = 0.5 within each; and a p of
    nothing below 0.05 in 5 %, where all 155 points as pairs made it half."""
    random = np.random.default_rng(15)
    covered = rejected = 0
    n_studies = 150 * MORE
    for _ in range(n_studies):
        a, b, c = random.normal(size=(3, 10, 1)) + 0.3 * random.normal(
            size=(3, 10, 8))
        found = correlations.within(a, 0.5 * a + math.sqrt(0.75) * b, "pearson",
                                    0.95, 199, 0)
        covered += found["lower"] < 0.5 < found["upper"]
        rejected += correlations.within(a, c, "pearson", 0.95, 199, 0)[
            "p"] <= 0.05
    assert 0.90 < covered / n_studies < 0.99
    assert rejected / n_studies < 0.05 + 4 * math.sqrt(0.0475 / n_studies)


def test_families_of_many_seeds(monkeypatch):
    """Above MOST_PERMUTED normal draws stand for joint permutations: of cells that
    go together, p within 4 standard errors of both (of 9999 draws, 0.5 %)."""
    random = np.random.default_rng(16)
    a, b = (random.normal(size=(300, 6)) + random.normal(size=(300, 1))
            for _ in range(2))
    b[:, 2] += 0.2 * a[:, 2]
    found = []
    for most in (2000, 200):
        monkeypatch.setattr(correlations, "MOST_PERMUTED", most)
        found.append(gold.correlate(study(a, b), "loss", "entropy",
                                    adjust="maxt").p_adjusted.values)
    assert not np.array_equal(*found) and found[1].min() < 0.05
    np.testing.assert_allclose(*found, atol=4 * math.sqrt(2 * 0.25 / 9999))
