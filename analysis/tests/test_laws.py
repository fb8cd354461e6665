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
    assert str(found).endswith(f"; straight: p = {found.lack:.2g}")
    two = gold.fit_law(made(curves(random, power), X), law,
                       X[:2] * [0.99, 1.01],
                       layers=3)
    assert np.isnan(two.lack) and str(two).endswith(f"(p = {two.p:.2g})")
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
    with pytest.raises(ValueError, match="no law 'lfet'; did you mean 'left'"):
        gold.fit_law(ds, "lfet", (0.01, 1))
    with pytest.raises(ValueError, match="an axis: subspace_dim"):
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


def plateaus(values, axis, places, identity=""):
    """Trainings [seed, place] of which `values`, {name: numbers}, are known."""
    shape = next(iter(values.values())).shape[:2]
    ds = xr.Dataset(
        {name: (("seed", axis, "trajectory_step")[:np.ndim(numbers)], numbers)
         for name, numbers in values.items()} | {
            "status_train": (("seed", axis), np.ones(shape, np.uint8)),
            "learning_rate_applied": (("seed", axis), np.full(shape, 0.01))},
        coords={axis: places, "seed": np.arange(shape[0])})
    return ds.assign_attrs(study_identity="study = made\n" + identity)


def times(random, mean, scatter=0.1, n=8):
    """Steps [seed, place] of 0.01 to the first descent, around mean times."""
    return {"descent_step": (np.asarray(mean) + scatter * random.normal(
        size=(n, len(mean)))) / 0.01}


def test_first_descent():
    """By 1/lambda later for each e of the initial deviations, and earlier by half
    of it for each e of the width; of deviations m^-p by p - 1/2."""
    random = np.random.default_rng(7)
    rate, s, m = 1.7, np.geomspace(1e-4, 1e-1, 7), np.geomspace(20, 1000, 6)
    for axis, places, power, identity in (
            ("init_std", s, -1, ""), ("scale", s, -1, ""), ("width", m, -0.5, ""),
            ("width", m, 0.75, "network.power = 1.25\n")):
        ds = plateaus(times(random, 6 + power * np.log(places) / rate), axis,
                      places, identity)
        found = gold.fit_law(ds, "descent", rate=rate)
        assert found.expected == power
        assert found.power.lower < power < found.power.upper
        assert found.p > 0.01 and found.lack > 0.01
        assert gold.fit_law(ds, "descent", rate=2 * rate).p < 1e-4
    with pytest.raises(ValueError, match="say rate="):
        gold.fit_law(ds, "descent")


def test_descent_of_more_layers():
    random = np.random.default_rng(8)
    s = np.geomspace(0.01, 0.1, 6)
    ds = plateaus(times(random, s ** -2.0, 0.02), "scale", s)
    found = gold.fit_law(ds, "depth", layers=4)
    assert found.expected == -2 and found.power.lower < -2 < found.power.upper
    assert gold.fit_law(ds, "depth", layers=3).p < 1e-4


@pytest.mark.parametrize("power, law", [(0.25, -0.5), (1.0, 0.5)])
def test_distance_of_weights(power, law):
    """The largest of a training, and lazy and condensed by their powers."""
    random = np.random.default_rng(9)
    m = np.array([50, 100, 400, 1600])
    far = m ** law * np.exp(0.05 * random.normal(size=(6, 4)))
    ds = plateaus({"trajectory_relative_distance": far[..., np.newaxis]
                   * np.array([0, 0.5, 1.0, 0.9])}, "width", m,
                  f"network.power = {power}\n")
    found = gold.fit_law(ds, "distance", (50, 1600))
    assert found.expected == law
    assert found.power.estimate == pytest.approx(law, abs=0.05)
    with pytest.raises(ValueError, match="init: width-power"):
        gold.fit_law(ds.assign_attrs(study_identity="study = made"), "distance")


def balances(rho, scatter=0.05, n=12):
    """One radius of networks of several kappa, with these prefactors."""
    random = np.random.default_rng(10)
    kappa, z, R_G = np.array([0.25, 0.35, 0.5, 0.7]), 0.25, 80.0
    R = 1 / (1 / R_G + (rho * kappa / z) ** 2)
    c = gold.trace_over_norm(R, 50, 1e6) + scatter * random.normal(size=(n, 4))
    ds = made(c, kappa).rename(relative_radius="layer_gains").assign_coords(
        layer_gains=list("abcd"))
    flat = 0 * ds.logit_spread
    return ds.assign(logit_spread=flat + z, kappa=flat + kappa,
                     g_trace_over_norm=0 * ds.trace_over_norm
                     + gold.trace_over_norm(R_G, 50, 1e6))


def test_one_prefactor_for_all_balances():
    found = gold.fit_law(balances(0.13), "balance")
    assert found.expected == 0 and abs(found.power.estimate) < 0.05
    assert found.p > 0.01
    kappa = np.array([0.25, 0.35, 0.5, 0.7])
    assert gold.fit_law(balances(0.13 * kappa ** 0.5), "balance").p < 1e-3


def test_noise_of_all_laws_is_refused():
    """Of either sign; times that tell no power from none; and what has no
    number, as trainings that stay on their plateau."""
    random = np.random.default_rng(11)
    ds = balances(0.13)
    ds["trace_over_norm"] = 0 * ds.trace_over_norm + random.normal(
        size=ds.trace_over_norm.shape)
    with pytest.raises(ValueError, match="noise has no power"):
        gold.fit_law(ds, "balance")
    above = balances(0.13).assign(g_trace_over_norm=balances(0.13)
                                  .trace_over_norm * 0.5)
    with pytest.raises(ValueError, match="at 4 of 4 places of layer_gains"):
        gold.fit_law(above, "balance")
    s = np.geomspace(1e-3, 1e-1, 5)
    noisy = plateaus(times(random, np.full(5, 200.0), 40.0, 8), "init_std", s)
    with pytest.raises(ValueError, match="neither 0 nor -1 can be told"):
        gold.fit_law(noisy, "descent", rate=1.0)
    flat = noisy.assign(descent_step=noisy.descent_step.where(noisy.init_std < 0))
    with pytest.raises(ValueError, match="at 5 of 5 places of init_std"):
        gold.fit_law(flat, "descent", rate=1.0)
    with pytest.raises(ValueError, match="several values of an axis: init_std, "):
        gold.fit_law(noisy.isel(init_std=[0]), "descent", rate=1.0)
