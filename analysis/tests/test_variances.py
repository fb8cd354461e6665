# SPDX-License-Identifier: MIT
"""Variance components against formulas, against made-up studies, and of a study
that the program has run."""
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import plots
from conftest import MORE

AXES = ("seed", "data_seed", "direction_seed", "train_seed")


def table(values, axes=AXES, units="nat"):
    """A dataset of numbers [levels of each axis..., place]."""
    dims = (*axes[:values.ndim - 1], "relative_radius")
    return xr.Dataset(
        {"loss": (dims, values, {"long_name": "mean loss", "units": units}),
         "status_measure": (dims, np.ones(values.shape, np.uint8)),
         "status_train": (dims, np.ones(values.shape, np.uint8))},
        coords={name: np.arange(n) for name, n in zip(dims, values.shape)})


def draw(random, levels, variances, n):
    """Made-up studies [levels..., n]: `variances` by set of sources, as bits
    from 1 on."""
    values = np.zeros((*levels, n))
    for s, variance in enumerate(variances, 1):
        shape = [m if s >> i & 1 else 1 for i, m in enumerate(levels)]
        values += np.sqrt(variance) * random.normal(size=(*shape, n))
    return values


def test_two_sources_by_the_formulas():
    """One seed of a study with two: rows, columns and what is left."""
    y = np.random.default_rng(2).normal(size=(5, 4))
    row, column = y.mean(1), y.mean(0)
    left = y - row[:, np.newaxis] - column + y.mean()
    rest = (left ** 2).sum() / 12
    wanted = [4 * row.var(ddof=1) - rest, 5 * column.var(ddof=1) - rest]
    found = gold.variance_components(table(y[..., np.newaxis]), "loss")
    assert list(found.source.values) == ["weights", "data", "together"]
    assert np.allclose(found.variance.squeeze(), [
        max(wanted[0] / 4, 0), max(wanted[1] / 5, 0), rest], rtol=1e-12)
    assert np.allclose(found.deviation ** 2, found.variance)
    assert float(found.share.sum()) == pytest.approx(1)


def test_one_source_is_the_variance():
    """And its interval that of a variance, by chi-squared."""
    y = np.random.default_rng(3).normal(size=(12, 2))
    found = gold.variance_components(table(y), "loss").squeeze("source")
    assert np.allclose(found.variance, y.var(0, ddof=1), rtol=1e-12)
    assert np.allclose(found.variance_lower / found.variance, 11 / 21.92, rtol=.03)
    assert np.allclose(found.variance_upper / found.variance, 11 / 3.816, rtol=.03)


def estimates(values, k):
    """Before those below 0 are taken for 0."""
    squares, _ = gold.variances.mean_squares(values, k)
    return (gold.variances.contrasts(values.shape[:k]) @ squares).mean(1)


def test_components_are_unbiased():
    """Within 10 %, of four sources that act in all ways, too."""
    random = np.random.default_rng(4)
    two = estimates(draw(random, (200, 20), (1.0, .3, .2), 100), 2)
    assert np.allclose(two, [1, .3, .2], rtol=.1)
    many = np.linspace(.2, 1, 15)
    alone = many[[0, 1, 3, 7]]
    four = estimates(draw(random, (10, 6, 5, 4), many, 900), 4)
    assert np.allclose(four, [*alone, many.sum() - alone.sum()], rtol=.1)


@pytest.mark.parametrize("levels, variances", [
    ((10, 6), (1, .4, .3)), ((8, 3), (1, .3, .3)),
    ((10, 4, 3), (1, .5, .2, .3, .2, .1, .3))])
def test_intervals_cover(levels, variances):
    """The variances, .93 to .97 where studies are many; shares in them, whose
    intervals are a little wide where values of a source are few, at least."""
    n = 150 * MORE
    k = len(levels)
    found = gold.variance_components(table(
        draw(np.random.default_rng(5), levels, variances, n),
        ("seed", "direction_seed", "data_seed")), "loss")
    alone = [variances[(1 << i) - 1] for i in range(k)]
    truth = xr.DataArray([*alone, sum(variances) - sum(alone)], dims="source")
    room = .02 if MORE > 1 else .045
    for name, true, most in (("variance", truth, .95 + room),
                             ("share", truth / truth.sum(), .98 + room / 5)):
        covers = ((found[name + "_lower"] <= true)
                  & (true <= found[name + "_upper"])).mean("relative_radius")
        assert ((covers > .95 - room) & (covers < most)).all(), covers


def test_what_does_not_matter_is_nothing():
    """A source of which nothing is drawn; and no number is invented."""
    y = np.random.default_rng(6).normal(size=(6, 1, 1)) + np.zeros((6, 4, 3))
    y[2, 1, 2] = np.nan
    found = gold.variance_components(table(y), "loss")
    assert found.missing.values.tolist() == [0, 0, 1]
    assert np.isnan(found.variance[:, 2]).all()
    assert np.isnan(found.variance_lower[:, 2]).all()
    assert (found.variance[1:, :2] < 1e-30).all()
    assert (found.variance_upper[1:, :2] < 1e-30).all()
    assert np.allclose(found.share[:, :2], [[1, 1], [0, 0], [0, 0]])
    assert found.variance.attrs == {"long_name": "variance of mean loss",
                                    "units": "(nat)^2"}
    assert found.share_lower.attrs["units"] == "1"
    assert found.deviation.attrs["units"] == "nat"


def test_shares_along_the_line():
    """One line a source, of what the dataset says, with its band."""
    y = np.random.default_rng(8).normal(size=(6, 4, 5))
    found = gold.variance_components(table(y), "loss")
    ax, = plots.shares(found).axes
    drawn = {line.get_label(): line.get_ydata() for line in ax.get_lines()}
    assert list(drawn) == ["weights", "data", "together"]
    for name, values in drawn.items():
        np.testing.assert_array_equal(values, found.share.sel(source=name))
    assert len(ax.collections) == 3
    assert "95 % intervals" in ax.get_legend().get_title().get_text()
    with pytest.raises(ValueError, match="along one axis; there are none"):
        plots.shares(found.isel(relative_radius=0))


def test_it_says_what_it_needs():
    with pytest.raises(ValueError, match="no axis of seeds has several"):
        gold.variance_components(table(np.ones((1, 4))), "loss")
    with pytest.raises(ValueError, match="los"):
        gold.variance_components(table(np.ones((3, 4))), "los")


def test_of_a_study(tmp_path):
    """Losses at the start know nothing of directions and batches, Tr/norm
    nothing of batches."""
    random = np.random.default_rng(7)
    try:
        gold.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    gold.save_data(tmp_path / "own.h5", random.normal(size=(60, 3)),
                   random.integers(0, 2, 60))
    (tmp_path / "study.yaml").write_text(f"""
study: crossed
grid: {{seed: [1, 2, 3], data_seed: [1, 2], direction_seed: [1, 2],
        train_seed: [1, 2], relative_radius: [1, 3]}}
data: {{set: file, path: {tmp_path}/own.h5, train: 20, test: 9, test_share: .3,
        subset: {{random: per-seed}}}}
network: {{width: 4, depth: 1}}
curvature: {{subspace: {{dim: [3]}}}}
train: {{optimizer: sgd, batch: 5, steps: 8}}
run: {{precision: float64}}
""")
    gold.run(tmp_path / "study.yaml", tmp_path / "crossed.h5")
    with gold.open_results(tmp_path / "crossed.h5") as ds:
        for name, sources in (("loss", ["weights", "data"]),
                              ("trace_over_norm",
                               ["weights", "directions", "data"]),
                              ("final_loss", ["weights", "data", "batches"])):
            found = gold.variance_components(ds, name)
            others = set(found.source.values) - {*sources, "together"}
            assert (found.variance.sel(source=list(others)) < 1e-25).all(), name
            squares = gold.variances.mean_squares(
                ds[name].squeeze().transpose(
                    *gold.variances.SOURCES, ...).values, 4)[0]
            for i, source in enumerate(gold.variances.SOURCES.values()):
                assert (squares[(1 << i) - 1] > 1e-12).all() \
                    == (source in sources), (name, source)
