# SPDX-License-Identifier: MIT
"""Where a curve is above half of its peak, and how surely."""
import json
import re
import subprocess

import h5py
import numpy as np
import pytest
from conftest import MORE, made

import goldilocks as gold
from goldilocks import peaks
from goldilocks.page import bound
from goldilocks.peaks import half_range
from goldilocks.zones import claim_of, intervals_of, no_zone_words

X = np.array([0.01, 0.1, 1.0, 10.0, 100.0])


def test_crossings_are_straight_in_the_logarithm():
    found = half_range(X, [0.0, 1.0, 4.0, 0.0, 0.0])
    assert found.peak == 2
    # Left: from 1 to 4 the half, 2, is a third of the way.
    assert found.low == pytest.approx(10 ** (-1 + 1 / 3), rel=1e-12)
    assert found.high == pytest.approx(10 ** 0.5, rel=1e-12)
    assert not (found.is_low_open or found.is_high_open or found.is_split)


def test_straight_where_not_positive():
    assert half_range([-2.0, 0.0, 2.0], [0.0, 2.0, 0.0])[1:3] == (-1.0, 1.0)


def test_the_grid_ends():
    found = half_range(X, [3.0, 4.0, 3.0, 2.0, 2.0])
    assert (found.low, found.high) == (0.01, 100.0)
    assert found.is_low_open and found.is_high_open


def test_split():
    assert half_range(X, [4.0, 0.0, 1.0, 3.0, 0.0]).is_split
    assert half_range(X, [0.0, 3.0, 0.0, 4.0, 0.0]).is_split
    assert not half_range(X, [1.9, 0.0, 4.0, 0.0, 1.9]).is_split


def test_missing_values_are_passed_over():
    whole = half_range(X[[0, 2, 4]], [0.0, 4.0, 0.0])
    holed = half_range(X, [0.0, np.nan, 4.0, np.nan, 0.0])
    assert holed[1:] == whole[1:] and holed.peak == 2
    assert half_range(X, np.full(5, np.nan)).peak == -1
    assert half_range(X, [-1.0, 0.0, 0.0, 0.0, 0.0]).peak == -1


def test_zones_of_the_end(opened):
    """What is asked of the start can be asked of where training ended."""
    ds = opened.copy()
    end = gold.at_end(ds)
    for name in ("trace_over_norm", "eigenvalues", "gradient_norm", "loss"):
        assert end[name].identical(ds[f"final_{name}"].rename(name))
    assert gold.done(end, "trace").identical(
        ds.final_trace.where(ds.status_train == 1).rename("trace"))
    here, there = gold.zone(ds), gold.zone(end)
    assert dict(here.sizes) == dict(there.sizes)
    assert not np.allclose(here.height, there.height, equal_nan=True)
    with pytest.raises(ValueError, match=r"curvature\.at: \[start, end\]"):
        gold.at_end(made(np.ones((2, 5)), X))


def test_zones_on_the_way(opened):
    """The same after so many steps; here they are all."""
    there, end = gold.at_step(opened, 20), gold.at_end(opened)
    for name in ("trace_over_norm", "eigenvalues", "gradient_norm"):
        np.testing.assert_array_equal(there[name], end[name])
    for name in ("loss", "weight_norm", "test_accuracy"):
        np.testing.assert_allclose(there[name], end[name], 1e-5)
    one, other = gold.zone(there), gold.zone(end)
    assert set(one) == set(other) and set(one.coords) == set(other.coords)
    for name in ("low", "high", "height", "peak"):
        np.testing.assert_array_equal(one[name], other[name])
    for ds, now in ((there, "moment_weight_norm"), (end, "final_weight_norm")):
        reference = opened.weight_norm / opened.norm_over_reference
        np.testing.assert_allclose(ds.norm_over_reference * reference,
                                   opened[now].squeeze("moment")
                                   if "moment" in opened[now].dims
                                   else opened[now], 1e-12)
        assert "alpha" in opened and "alpha" not in ds
        with pytest.raises(ValueError, match="already"):
            gold.at_step(ds, 20)
    with pytest.raises(ValueError, match="no step of curvature.at 5; there are "
                       "20"):
        gold.at_step(opened, 5)
    with pytest.raises(ValueError, match=r"curvature\.at: \[start, {step: 20}, "
                       r"end\]"):
        gold.at_step(made(np.ones((2, 5)), X), 20)


def test_summary_says_the_same(small):
    """Bounds and peaks as the C program prints them, to its three digits."""
    text = subprocess.run(
        [gold.running.program(), "summary", str(small)], check=True,
        stdout=subprocess.PIPE, text=True).stdout
    sheets = [sheet for sheet in text.split("\n== ")[1:]
              if " Tr/|H| = " in sheet]
    zone = gold.zone(gold.open_results(small))
    assert len(sheets) == 4
    for sheet in sheets:
        depth, activation = re.search(
            r"depth=(\d).*activation=(\w+)", sheet.split("\n")[0]).groups()
        row = zone.sel(depth_width=int(depth) - 1, activation=activation)
        sheet = " ".join(sheet.split())
        if row.noise:
            assert "zone none above the noise, p = " in sheet
            continue
        low, low_ends, below, high, high_ends, above = re.search(
            r"relative_radius (\S+) \[(.*?)\]( or below.*?\))? to "
            r"([\d.e+-]+) \[(.*?)\]( or above)?", sheet).groups()
        assert float(low) == pytest.approx(float(row.low), rel=0.006)
        assert float(high) == pytest.approx(float(row.high), rel=0.006)
        assert (below is not None) == bool(row.low_open)
        assert (above is not None) == bool(row.high_open)
        assert (" or below" in low_ends) == bool(row.low_lower <= row.first)
        assert (" or above" in high_ends) == bool(row.high_upper >= row["last"])
        height, n, peak, ends, z = re.search(
            r"Tr/\|H\| = (\S+) .*?\((\d+) seeds\) at relative_radius (\S+) "
            r"\[(.*?)\] \(z = (.+?)\);", sheet).groups()
        assert float(re.match(r"[^ ,]+", ends)[0]) == pytest.approx(
            float(row.peak_lower), rel=0.006)
        assert float(height) == pytest.approx(float(row.height), abs=6e-4)
        assert float(peak) == pytest.approx(float(row.peak), rel=6e-4)
        assert float(z) == pytest.approx(float(row.spread), rel=0.006)
        assert int(n) == int(row.n)


STUDIES = """
study: studies
grid:
  width: {from: 1, to: 16}
  seed: {count: 12}
  relative_radius: {from: 0.1, to: 100, count: 17, spacing: log}
data: {set: circles, train: 4, test: 2}
network: {depth: 1}
curvature: {subspace: {dim: [2, 3]}}
"""


def made_up(random, dim, shape):
    """Curves of one made-up study: noise of some kind, a rise or none, ties,
    and holes."""
    n_seeds, n_radii = (random.integers(1, n + 1) for n in shape)
    noise = random.normal(size=shape)
    if random.random() < 0.5:
        noise = np.cumsum(noise, axis=1) / np.sqrt(1 + np.arange(shape[1]))
    curves = np.sqrt(2 / (dim + 1)) * random.choice([0.5, 1, 3]) * noise
    place = np.arange(shape[1]) - random.integers(shape[1])
    curves += random.choice([0, 1, 4]) * np.exp(-place ** 2 / 18)
    if random.random() < 0.5:
        tie(random, curves[:n_seeds])
    curves[random.random(shape) < random.choice([0, 0.1])] = np.nan
    curves[:, random.random(shape[1]) < random.choice([0, 0.2])] = np.nan
    curves[n_seeds:] = np.nan
    curves[:, n_radii:] = np.nan
    return curves


def tie(random, curves):
    """Round, and give some radii the numbers of the highest, in another order
    of seeds: the sum of which may differ in its last digit."""
    curves[:] = np.round(curves, 1)
    top = curves[:, curves.mean(axis=0).argmax()].copy()
    for i in random.integers(curves.shape[1], size=4):
        curves[:, i] = random.permutation(top)


def test_both_languages_say_the_same(small, tmp_path):
    """Every number of every zone, on made-up curves of 16 networks."""
    del small  # the program is there
    (tmp_path / "s.yaml").write_text(STUDIES)
    gold.run(tmp_path / "s.yaml", tmp_path / "s.h5")
    random = np.random.default_rng(11)
    with h5py.File(tmp_path / "s.h5", "r+") as file:
        trace = file["trace_over_norm"]
        curves = np.array([made_up(random, 3, trace.shape[1:3])
                           for _ in range(len(trace))])
        trace[..., 1] = curves
        trace[..., 0] = np.nan
        file["logit_spread"][...] = np.exp(
            random.normal(0, 0.3, curves.shape)) * file["relative_radius"][:]
        # What is not done does not count, whatever its number.
        file["status_measure"][...] = np.where(
            random.random(curves.shape) < 0.02, 0, 1)
    said = json.loads(subprocess.run(
        [gold.running.program(), "summary", "--json",
         str(tmp_path / "s.h5")], check=True, stdout=subprocess.PIPE).stdout)
    zone = gold.zone(gold.open_results(tmp_path / "s.h5"))
    assert (said["line"], said["subspace_dim"]) == ("relative_radius", 3)
    assert [row["at"]["width"] for row in said["zones"]] == list(range(1, 17))
    assert 2 < zone.noise.sum() < 14 and zone.p_value.isnull().any()
    for row in said["zones"]:
        here = zone.sel(row.pop("at"))
        assert set(row) == set(here.data_vars)
        for name, value in row.items():
            value = np.nan if value is None else value
            # SciPy's quantiles of t are good to 3e-9, and a bound's interval
            # may go over ten factors of e.
            rtol = 1e-7 if name.endswith(("_lower", "_upper")) else 1e-9
            # a standard error of 0 is that but for the rounding of logarithms
            atol = 1e-12 if name.endswith(("_error", "_grid")) else 0.0
            np.testing.assert_allclose(here[name], value, rtol=rtol, atol=atol,
                                       err_msg=f"{name} {here.coords}")


def test_one_high_point_is_no_zone():
    """A study of 4 seeds, one of which is high at one radius; 0 elsewhere."""
    curves = np.random.default_rng(4).normal(0, np.sqrt(2 / 51), (4, 25))
    curves[2, 20] = 4.0
    x = np.logspace(-1, 1.5, 25)
    zone = gold.zone(made(curves, x))
    assert zone.peak == x[20] and zone.height > 5 * np.sqrt(2 / 51 / 4)
    assert zone.noise and zone.p_value > 0.05
    assert np.isnan(zone.low) and np.isnan(zone.high)


def test_the_peak_is_above_the_noise():
    """A higher point in noise is not the peak of a zone elsewhere."""
    curves = np.random.default_rng(5).normal(0, 0.1, (6, 25))
    curves[:, 5:9] += 2.0
    curves[3, 20] = 20.0
    x = np.logspace(-1, 1.5, 25)
    zone = gold.zone(made(curves, x))
    assert not zone.noise and x[5] <= zone.peak <= x[8]
    assert zone.high_upper < x[12] and zone.split


def test_intervals():
    """Seeds whose zones are known, moved by a factor each: the bounds of the
    mean lie between those of the seeds, the interval within and around."""
    x = np.logspace(-2, 2, 81)
    moves = np.array([-0.2, -0.1, 0.0, 0.1, 0.2])
    curves = 3 * np.exp(-0.5 * ((np.log10(x) - moves[:, None]) / 0.4) ** 2)
    zone = gold.zone(made(curves, x))
    half = 0.4 * np.sqrt(2 * np.log(2))
    assert np.log10(zone.low) == pytest.approx(-half, abs=0.05)
    assert np.log10(zone.high) == pytest.approx(half, abs=0.05)
    for name in ("low", "high", "peak", "spread"):
        lower, upper = float(zone[name + "_lower"]), float(zone[
            name + "_upper"])
        assert lower < zone[name] < upper
    # Moves have a standard error of 0.07, and t is 2.78.
    assert np.log10(zone.low_upper / zone.low_lower) == pytest.approx(
        2 * 2.776 * 0.0707, rel=0.15)
    assert zone.n == 5 and not zone.noise


@pytest.mark.parametrize("n", [3, 5, 10])
def test_intervals_cover(n):
    """Bounds, of studies whose seeds vary in height and place."""
    random = np.random.default_rng(n)
    x = np.logspace(-1, 2, 31)
    log_x = np.log10(x)

    def curves(count):
        places = random.normal(0.3, 0.1, (count, 1))
        heights = random.normal(3, 0.4, (count, 1))
        return heights * np.exp(-(log_x - places) ** 2 / 0.4) + random.normal(
            0, 0.1, (count, 31))

    truth = half_range(x, curves(20000).mean(axis=0))
    covered = np.zeros(2)
    n_studies = 100 * MORE
    for _ in range(n_studies):
        values = curves(n)
        found = intervals_of(claim_of(
            x, values, np.broadcast_to(x, values.shape), 50), 0.95)
        covered += [found[name + "_lower"] <= getattr(truth, name)
                    <= found[name + "_upper"] for name in ("low", "high")]
    assert np.all(covered >= (0.95 - 4 * np.sqrt(0.0475 / n_studies))
                  * n_studies)


def hills(random, n, u, width=1.0, place=0.0):
    """Curves [n, places] of seeds that differ in place, height and width, steeper
    to the left, with noise that goes together along the line."""
    off = u - random.normal(place, 0.2, (n, 1))
    steep = np.where(off < 0, 0.7, 1.4) * width * np.exp(
        random.normal(0, 0.15, (n, 1)))
    noise = random.normal(0, 0.25, (n, 1)) * np.cos(2 * u) + random.normal(
        0, 0.25, (n, 1)) * np.sin(3 * u)
    return random.normal(1.5, 0.3, (n, 1)) * np.exp(
        -np.abs(off / steep) ** 1.7) + noise


@pytest.mark.parametrize("n", [10, 50])
def test_intervals_cover_what_the_grid_leaves_open(n):
    """Truth by 121 radii of many seeds; studies have each eighth of them, and
    seeds alone would be sure of a point of the grid: intervals of the peak had
    no width, and held it in none of them."""
    random = np.random.default_rng(n)
    u = np.linspace(np.log(0.05), np.log(50), 121)
    fine = hills(random, 4000, u).mean(axis=0)
    truth = half_range(np.exp(u), fine)
    top = int(np.argmax(fine))
    near = slice(top - 4, top + 5)
    bend = np.polyfit(u[near] - u[top], fine[near], 2)
    true = {"low": truth.low, "high": truth.high, "height": fine[top],
            "peak": np.exp(u[top] - bend[1] / 2 / bend[0])}
    covered = dict.fromkeys(true, 0)
    n_studies = 40 * MORE
    for _ in range(n_studies):
        x = np.exp(u[random.integers(8)::8])
        c = hills(random, n, np.log(x))
        row = intervals_of(claim_of(x, c, np.broadcast_to(x, c.shape), 50),
                           0.95)
        assert row["peak_lower"] < row["peak_upper"]
        for name, value in true.items():
            covered[name] += row[name + "_lower"] <= value <= row[
                name + "_upper"]
    for name, count in covered.items():
        assert count / n_studies >= 0.90 - 0.25 / np.sqrt(n_studies), covered


def test_a_parabola_is_found():
    """Between points of the grid; and a cubic makes of it what it is."""
    x = np.exp(np.linspace(-2, 2, 9))
    u = np.log(x)
    skew = np.array([0.0, 0.03])
    y = 4 - (u - 0.1)[:, None] ** 2 + skew * (u - 0.1)[:, None] ** 3
    top = peaks.vertex(u, y, 4)
    np.testing.assert_allclose([top.at[0], top.lower[0], top.upper[0]], 0.1,
                               atol=1e-12)
    assert 0.003 < abs(top.at[1] - 0.1) < 0.02
    # to first order the cubic's top, which is at 0.1, is half of the way
    assert top.at[1] == max(top.lower[1], min(top.upper[1], top.at[1]))
    far = top.lower[1] + top.upper[1] - top.at[1]
    assert top.at[1] + (far - top.at[1]) / peaks.FAR == pytest.approx(0.1, abs=5e-4)
    np.testing.assert_allclose(top.highest, 4, atol=0.002)


def network(seeds, width=1.0, place=0.0, first=0, x=np.geomspace(0.05, 50, 31)):
    ds = made(hills(seeds, 10, np.log(x), width, place), x)
    return ds.assign_coords(seed=np.arange(10) + first)


def test_zones_compared():
    """Of two networks, by all of both: of the same seeds together, else apart;
    of the same kind they differ in 5 % of studies."""
    random = np.random.default_rng(3)
    found = gold.compare_zones(network(random, place=0.9), network(random))
    assert found.of.values.tolist() == list(peaks.TOLD)
    for name in ("low", "high", "peak"):
        row = found.sel(of=name)
        assert row.lower < np.exp(0.9) < row.upper and row.p < 0.05
        assert row.lower < row.ratio < row.upper
    n_studies = 30 * MORE
    wrong = sum(float(gold.compare_zones(network(random), network(
        random, first=first)).p.sel(of="low")) <= 0.05
        for first in (0, 100) for _ in range(n_studies // 2))
    assert wrong / n_studies <= 0.05 + 4 * np.sqrt(0.0475 / n_studies)
    with pytest.raises(ValueError, match="some seeds are in both"):
        gold.compare_zones(network(random), network(random, first=5))
    with pytest.raises(ValueError, match="no zone above the noise"):
        gold.compare_zones(network(random), made(np.random.default_rng(
            4).normal(0, 0.2, (10, 31)), np.geomspace(0.05, 50, 31)))


@pytest.mark.parametrize("grid, low, high", [
    (np.geomspace(0.7, 50, 31), "open", "closed"),
    (np.geomspace(0.05, 2.0, 31), "closed", "open"),
    (np.geomspace(1.2, 50, 31), "peak", "closed")])
def test_bounds_beyond_the_grid_compared(grid, low, high):
    """The end of a grid is no bound that was measured: it was told to be one,
    with a ratio and a p-value as small as the grid was short."""
    random = np.random.default_rng(8)
    short, whole = network(random, x=grid), network(random)
    zone = gold.zone(short).isel(study=0)
    assert bool(zone.low_open) == (low != "closed")
    assert bool(zone.high_open) == (high != "closed")
    of_short, of_whole = (gold.compare_zones(*pair) for pair in (
        (short, whole), (whole, short)))
    for name, is_open in (("low", low != "closed"), ("high", high != "closed"),
                          ("peak", low == "peak"), ("spread", low == "peak"),
                          ("height", low == "peak")):
        row, back = of_short.sel(of=name), of_whole.sel(of=name)
        assert bool(row.open) == bool(back.open) == is_open
        assert np.isnan(row.ratio) == np.isnan(row.p) == is_open
        # the true ratio is 1, the same in either order
        assert row.lower < 1.1 and row.upper > 0.9
        assert row.lower == pytest.approx(1 / back.upper.item())
    if low != "closed":
        assert of_short.lower.sel(of="low") == 0
        assert np.isfinite(of_short.upper.sel(of="low"))
    if high != "closed":
        assert np.isinf(of_short.upper.sel(of="high"))
        assert of_short.lower.sel(of="high") > 0
    both = gold.compare_zones(short, short).sel(of="low" if low != "closed"
                                                else "high")
    assert both.open and (both.lower, both.upper) == (0, np.inf)


def test_p_has_the_part_of_the_grid():
    """As the interval has: of all levels, p says where that ends at 1."""
    random = np.random.default_rng(9)
    x = np.geomspace(0.05, 50, 9)
    for place in (0.1, 0.9):
        a, b = network(random, place=place, x=x), network(random, x=x)
        found = gold.compare_zones(a, b)
        for name in peaks.TOLD:
            p = found.p.sel(of=name).item()
            for level in (1 - p * 1.01, 1 - p * 0.99):
                if 0 < level < 1:
                    row = gold.compare_zones(a, b, level=level).sel(of=name)
                    assert (row.lower <= 1 <= row.upper) == (level > 1 - p)


def test_intervals_end_where_the_numbers_do():
    """Of bounds that vary from seed to seed beside the ends of the grid; said
    so on the page."""
    off = 2 * (np.arange(5)[:, np.newaxis] - 2)
    curves = np.array([np.nan, 1.7, 4, 4, 4, 1.7, 0]) + off * [
        0, 1, 0.05, 0.05, 0.05, 0.05, 0]
    x = np.logspace(-1, 0.5, 7)
    zone = gold.zone(made(curves, x)).isel(study=0)
    assert not (zone.noise or zone.low_open or zone.high_open)
    assert (zone.first, zone["last"]) == (x[1], x[6])
    assert zone.low_lower == x[1] < zone.low < zone.low_upper
    assert x[4] < zone.high < zone.high_upper < x[6]
    assert bound(zone, "low", "") == "0.192 [0.178 or below, 0.318]"
    assert "or" not in bound(zone, "high", "")


def test_what_is_returned_is_labelled():
    zone = gold.zone(made(np.array([[0.0, 3.0, 4.0, 3.0, 0.0]] * 3), X))
    assert all(zone[name].attrs["long_name"] and zone[name].attrs["units"]
               for name in zone.data_vars)
    assert zone.low_upper.attrs["long_name"] == (
        "upper end of the interval of the lower bound of the zone, "
        "relative radius")


def test_one_seed_has_no_interval():
    zone = gold.zone(made(np.array([[0.0, 3.0, 4.0, 3.0, 0.0]]), X))
    assert float(zone.peak) == pytest.approx(1) and not zone.noise
    assert np.isnan(zone.low_lower) and np.isnan(zone.low_upper)
    # Signs that are chance make 1: a mean of 1.5 is within three looks of it.
    assert gold.zone(made(np.array([[0.0, 1.5, 1.5, 1.5, 0.0]]), X)).noise


def test_one_network_is_one_row():
    """Without an axis that networks differ in, xarray would make no table."""
    ds = made(np.array([[0.0, 2.0, 4.0, 0.0, 0.0]] * 3), X)
    table = gold.zone(ds).to_dataframe()
    assert table.index.tolist() == ["made"]
    # the top of a parabola through 2, 4 and 0
    assert table.peak.tolist() == pytest.approx([10 ** (-1 / 6)])
    at_one = ds.isel(relative_radius=2)
    found = gold.correlate(at_one, "trace_over_norm", "logit_spread")
    assert found.to_dataframe().n.tolist() == [3]


def test_few_seeds_that_agree():
    """Up to four seeds only what signs alone cannot give: three of one sign
    come with a chance of 1/8."""
    curves = np.full((5, 10), 0.0)
    curves[:, 3:6] = [[0.9], [1.0], [1.1], [0.8], [1.2]]
    x = np.logspace(-1, 1, 10)
    for n in range(1, 6):
        zone = gold.zone(made(curves[:n], x))
        assert (zone.noise, zone.n_seeds) == (n < 5, n)
        assert not gold.zone(made(3 * curves[:n], x)).noise
        words = no_zone_words(zone)
        assert words.startswith("too few seeds for a claim, p = ") == (n < 5)


@pytest.mark.parametrize("n_radii", [1, 2])
def test_too_few_radii(n_radii):
    zone = gold.zone(made(np.full((5, n_radii), 9.0), X[:n_radii]))
    assert zone.noise and np.isnan(zone.p_value) and zone.n_looks == 0


def test_nothing_is_no_zone():
    zone = gold.zone(made(np.full((3, 5), np.nan), X))
    assert zone.noise and np.isnan(zone.p_value) and zone.n == 0


def test_only_what_is_done_counts():
    curves = np.array([[0.0, 2.0, 4.0, 0.0, 0.0], [0.0, 9.0, 0.0, 0.0, 0.0]])
    ds = made(curves, X)
    ds.status_measure[1, :] = 0
    assert gold.zone(ds).peak == 1.0
