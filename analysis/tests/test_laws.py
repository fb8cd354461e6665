# SPDX-License-Identifier: MIT
"""Laws that curves keep to, of made-up curves that do and that do not."""
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from conftest import MORE, made

X = np.geomspace(0.01, 1, 12)


def curves(random, power, bend=0.0, n=12, noise=0.05):
    """Curves of seeds [n, X] with a scatter that radii of a seed share."""
    logs = power * np.log(X) + bend * np.log(X) ** 2
    return np.exp(logs + noise * (random.normal(size=(n, 1))
                                  + random.normal(size=(n, len(X)))))


@pytest.mark.parametrize("law, power", [("left", 3), ("right", -1.5),
                                        ("far", -3)])
def test_powers(law, power):
    """Of three layers with weights, whatever the study says of its depth."""
    random = np.random.default_rng(1)
    found = gold.fit_law(made(curves(random, power), X), law, (0.01, 1),
                         layers=3)
    assert found.expected == power
    assert found.power.lower < power < found.power.upper
    assert found.power.estimate == pytest.approx(power, abs=0.05)
    assert found.p > 0.01 and found.lack > 0.01
    other = gold.fit_law(made(curves(random, power + 0.5), X), law, (0.01, 1),
                         layers=3)
    assert other.p < 1e-4
    bent = gold.fit_law(made(curves(random, power, 0.1), X), law, (0.01, 1),
                        layers=3)
    assert bent.lack < 1e-4


def test_lack_of_fit_is_of_its_level():
    """A straight line is refused, at .05, about that often."""
    random = np.random.default_rng(2)
    n = 60 * MORE
    refused = sum(gold.fit_law(made(curves(random, 2), X), "left", (0.01, 1),
                               layers=2).lack < 0.05 for _ in range(n))
    assert refused / n < (0.07 if MORE > 1 else 0.14)


def test_noise_is_refused():
    random = np.random.default_rng(3)
    ds = made(random.normal(size=(8, len(X))), X)
    with pytest.raises(ValueError, match="noise has no power"):
        gold.fit_law(ds, "left", (0.01, 1), layers=2)
    with pytest.raises(ValueError, match="no law 'lfet'; there are left, right"):
        gold.fit_law(ds, "lfet", (0.01, 1))
    with pytest.raises(ValueError, match="several of them"):
        gold.fit_law(ds, "projection", (0.01, 1))


def test_a_mean_of_rank_one_is_of_rank_one():
    """R of a projector is its rank, in however few dimensions; by the law of
    expectations it would be 1.22 for 1."""
    random = np.random.default_rng(4)
    assert float(gold.mean_ratio(1.0, 10)) == pytest.approx(1, abs=0.05)
    assert float(gold.ratio(1.0, 10)) == pytest.approx(1.222, abs=0.001)
    for rank in (1, 2, 5, 9):
        x = random.normal(size=(4000, rank, 10))
        few = x @ x.swapaxes(1, 2)
        c = np.mean(np.trace(few, axis1=1, axis2=2)
                    / np.sqrt((few ** 2).sum(axis=(1, 2))))
        assert float(gold.mean_ratio(c, 10)) == pytest.approx(rank, rel=0.05)


def test_mean_ratio_beyond_its_table():
    """No number, signs, and means that no R of the table has."""
    found = gold.mean_ratio([np.nan, 1.5, -1.5, 1e-4], 10)
    assert np.isnan(found[0]) and found[1] == found[2]
    assert found[3] == gold.ratio(1e-4, 10)
    assert gold.mean_ratio(np.sqrt(10.0), 10) == np.inf
    assert gold.mean_ratio(3.0, 500) == gold.ratio(3.0, 500)


def test_one_ratio_for_all_dimensions():
    """Blocks of one matrix of rank 3 in each seed: the power of d is 0, where
    that of the law of expectations is not."""
    random = np.random.default_rng(5)
    n, dims = 40, (4, 8, 16)
    x = random.normal(size=(n, len(X), 3, max(dims)))
    parts = []
    for d in dims:
        few = x[..., :d] @ x[..., :d].swapaxes(-1, -2)
        parts.append(made(np.trace(few, axis1=-2, axis2=-1) / np.sqrt(
            (few ** 2).sum(axis=(-1, -2))), X, d))
    ds = xr.concat(parts, "subspace_dim", data_vars="minimal",
                   coords="minimal", compat="override")
    found = gold.fit_law(ds, "projection", (0.01, 1))
    assert found.expected == 0 and abs(found.power.estimate) < 0.05
    plain = [np.log(gold.ratio(part.trace_over_norm.mean("seed"), d)).mean()
             for part, d in zip(parts, dims)]
    assert np.polyfit(np.log(dims), plain, 1)[0] < -0.05


def networks(shifts, by_z):
    """Networks whose zones are shifted along the line, and in z where it is not
    that which decides."""
    random = np.random.default_rng(6)
    x = np.geomspace(0.01, 100, 25)
    parts = []
    for depth, shift in enumerate(shifts, 1):
        at = np.log(x / shift)
        seeds = 1 + 0.1 * random.normal(size=(12, 1))
        ds = made(6 * seeds * np.exp(-at ** 2 / 4)
                  + 0.1 * random.normal(size=(12, 25)), x)
        z = x / shift if by_z else x
        ds["logit_spread"] = ds.logit_spread * 0 + z
        parts.append(ds.expand_dims(depth=[depth]))
    return xr.concat(parts, "depth", data_vars="all").transpose(
        "depth", "seed", ...)


def test_collapse():
    """Where the spread decides, it tells of the peak more than the radius does;
    and not where it does not."""
    shifts = (0.5, 1.0, 2.0)
    found = gold.collapse(networks(shifts, True))
    assert found.r == pytest.approx(np.log10(shifts).std(ddof=1), rel=0.15)
    assert found.z < 0.05 and found.ratio.upper < 1
    other = gold.collapse(networks(shifts, False))
    assert other.ratio.lower <= 1 <= other.ratio.upper
    with pytest.raises(ValueError, match="one network"):
        gold.collapse(networks((1.0,), True))
