# SPDX-License-Identifier: MIT
"""Where a curve is above half of its peak, and how surely."""
import re
import subprocess

import numpy as np
import pytest
from conftest import made

import goldilocks as gold
from goldilocks.zones import half_range

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
            assert "zone none:" in sheet
            continue
        low, below, high, above = re.search(
            r"relative_radius (\S+)( or below.*?\))? to ([\d.e+-]+)"
            r"( or above)?", sheet).groups()
        assert float(low) == pytest.approx(float(row.low), rel=0.006)
        assert float(high) == pytest.approx(float(row.high), rel=0.006)
        assert (below is not None) == bool(row.low_open)
        assert (above is not None) == bool(row.high_open)
        height, n, peak, z = re.search(
            r"Tr/\|H\| = (\S+) .*?\((\d+) seeds\) at relative_radius (\S+) "
            r"\(z = ([^,]+),", sheet).groups()
        assert float(height) == pytest.approx(float(row.height), abs=6e-4)
        assert float(peak) == pytest.approx(float(row.peak), rel=6e-4)
        assert float(z) == pytest.approx(float(row.spread), rel=0.006)
        assert int(n) == int(row.n)


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
    for name in ("low", "high", "height"):
        lower, upper = float(zone[name + "_lower"]), float(zone[
            name + "_upper"])
        assert lower < zone[name] < upper
    assert np.log10(zone.low_lower) > -half - 0.2
    assert np.log10(zone.low_upper) < -half + 0.2
    assert zone.n == 5 and not zone.noise


def test_one_seed_has_no_interval():
    zone = gold.zone(made(np.array([[0.0, 2.0, 4.0, 0.0, 0.0]]), X))
    assert float(zone.peak) == 1.0
    assert np.isnan(zone.low_lower) and np.isnan(zone.low_upper)


def test_one_network_is_one_row():
    """Without an axis that networks differ in, xarray would make no table."""
    ds = made(np.array([[0.0, 2.0, 4.0, 0.0, 0.0]] * 3), X)
    table = gold.zone(ds).to_dataframe()
    assert table.index.tolist() == ["made"] and table.peak.tolist() == [1.0]
    at_one = ds.isel(relative_radius=2)
    found = gold.correlate(at_one, "trace_over_norm", "logit_spread")
    assert found.to_dataframe().n.tolist() == [3]


def test_chance_is_no_zone():
    """Far outside Tr/norm is a normal number of deviation sqrt(2 / (d + 1))."""
    noise = np.random.default_rng(1).normal(0, np.sqrt(2 / 51), (6, 5))
    assert gold.zone(made(noise, X)).noise
    assert gold.zone(made(noise * np.nan, X)).noise


def test_only_what_is_done_counts():
    curves = np.array([[0.0, 2.0, 4.0, 0.0, 0.0], [0.0, 9.0, 0.0, 0.0, 0.0]])
    ds = made(curves, X)
    ds.status_measure[1, :] = 0
    assert gold.zone(ds).peak == 1.0
