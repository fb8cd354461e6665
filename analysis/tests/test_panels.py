# SPDX-License-Identifier: MIT
"""Panels and colours by axes, the figures of a paper in three lines each, and
what notebooks show of results."""
import inspect
import re

import matplotlib
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import plots
from goldilocks.plots import style

CROSSED = """
study: crossed
grid: {seed: {count: 3}, direction_seed: {count: 3}, relative_radius: [0.3, 1, 3]}
data: {set: circles, train: 30, test: 10, normalize: none}
network: {width: 6}
curvature: {subspace: {dim: 4}, split: false}
"""


@pytest.fixture(scope="module", name="ds")
def fixture_ds(opened):
    return opened.copy().load()


@pytest.fixture(scope="module")
def crossed(tmp_path_factory):
    path = tmp_path_factory.mktemp("crossed") / "crossed.h5"
    gold.run(CROSSED, path)
    return path


def drawn(ax):
    """Numbers of all that an axes shows, for comparison."""
    return ([line.get_xydata() for line in ax.get_lines()]
            + [part.get_offsets() for part in ax.collections]
            + [np.array([bar.get_xy() for bar in ax.patches])])


PANELS = {
    "scatter": lambda ds, **how: plots.accuracy_against_curvature(ds, **how),
    "fates": lambda ds, **how: plots.fates(ds, at={"depth_width": 1}, **how),
    "training": lambda ds, **how: plots.training_curves(
        ds, "accuracy", at={"depth_width": 1}, **how),
    "spectra": lambda ds, **how: plots.spectra(
        ds, at={"depth_width": 1}, **how),
    "density": lambda ds, **how: plots.density(
        ds, at={"depth_width": 1}, n_curves=3, **how),
    "correlations": lambda ds, **how: plots.correlations(
        ds, "loss", "entropy", at={"depth_width": 1}, **how),
    "heat map": lambda ds, **how: plots.heat_map(ds, y="depth_width", **how)}


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_for_each_value(ds, name):
    """Each has what the figure of its part has; what all say is said once."""
    figure = PANELS[name](ds, col="activation")
    panels = [ax for ax in figure.axes if ax.get_title("left")]
    assert [ax.get_title("left").split("\n")[0] for ax in panels] == [
        "ReLU", "tanh"]
    for i, panel in enumerate(panels):
        alone = PANELS[name](ds.isel(activation=[i])).axes[0]
        for one, other in zip(drawn(panel), drawn(alone)):
            np.testing.assert_array_equal(one, other)
        assert panel.get_legend() is None
    assert panels[0].get_ylabel() and not panels[1].get_ylabel()
    assert panels[0].get_xlim() == panels[1].get_xlim()
    above = [text.get_text() for text in figure.texts] + [
        legend.get_title().get_text() for legend in figure.legends]
    assert len(above) == 1 and all(
        above[0].count(line) == 1 and not any(
            line in ax.get_title("left").split("\n") for ax in panels)
        for line in above[0].split("\n"))
    with pytest.raises(ValueError, match="mean 'activation'"):
        PANELS[name](ds, col="activatoin")


def test_trainings_in_panels_have_one_scale(ds):
    """That of all of them, with what is cut off counted by it; words of a panel
    stay above it."""
    few = ds.isel(depth_width=[1]).copy()
    few["trajectory_loss"] = few.trajectory_loss * xr.DataArray(
        [1.0, 1e-3], dims="activation") * xr.DataArray(
            np.geomspace(1, 1e4, 10), dims="relative_radius")
    figure = plots.training_curves(few, col="activation")
    panels = [ax for ax in figure.axes if ax.get_title("left")]
    (low, high), other = (ax.get_ylim() for ax in panels)
    assert (low, high) == other and panels[0].get_yscale() == "log"
    means = few.trajectory_loss.where(few.outcome.notnull()).mean("seed")
    assert low < float(means.min())
    for i, ax in enumerate(panels):
        tops = means.isel(activation=i, depth_width=0).max("trajectory_step")
        n = int((tops > high).sum())
        words = " ".join(ax.get_title("left").split())
        assert (f"{n} of 10 curves leave the plot at its top" in words) == (n > 0)
    figure.canvas.draw()
    titles = [next(text for text in ax.get_children() if getattr(
        text, "get_text", str)() == ax.get_title("left")) for ax in panels]
    assert titles[0].get_window_extent().x1 < panels[1].get_window_extent().x0


def test_panels_without_a_zone_say_so(ds):
    """In each panel, and a legend has no entry without a name."""
    none = ds.copy()
    noise = np.random.default_rng(0).normal(size=ds.trace_over_norm.shape)
    none["trace_over_norm"] = xr.where(none.activation == "tanh", xr.DataArray(
        noise, dims=ds.trace_over_norm.dims), ds.trace_over_norm).transpose(
            *ds.trace_over_norm.dims).assign_attrs(ds.trace_over_norm.attrs)
    zones = gold.zone(none)

    def said(figure):
        tops = [ax for ax in figure.axes if ax.get_title()]
        return {" ".join(ax.get_title().split()): " ".join(
            " ".join(text.get_text() for text in ax.texts).split())
            for ax in tops}

    figure = plots.zone_figure(none, col="activation", zones=zones)
    n = zones.noise.sum("depth_width").values
    assert n[1] > 0
    assert said(figure) == {name: f"{k} of 2: no zone" if k else "" for name, k in
                            zip(("ReLU", "tanh"), n)}
    assert len(figure.legends[0].get_texts()) == 2
    figure = plots.zone_figure(none, col=["activation", "depth_width"], zones=zones)
    assert not figure.legends and "accuracy: thick" in figure.texts[0].get_text()
    words = said(figure)
    for i, text in enumerate(words.values()):
        row = zones.isel(activation=i // 2, depth_width=i % 2)
        assert text.startswith("no zone above the noise, p = ") == bool(row.noise)
    figure.canvas.draw()
    titles = [ax.title.get_window_extent() for ax in figure.axes if ax.get_title()]
    assert all(a.x1 < b.x0 for a, b in zip(titles, titles[1:]))
    assert figure.texts[0].get_window_extent().y0 > max(each.y1 for each in titles)


def test_panels_of_ones_own(ds):
    figure, axes = plots.style.canvas(1, 2)
    assert PANELS["spectra"](ds, col="activation", ax=axes) is figure
    with pytest.raises(ValueError, match="ax has 1 axes, and the figure 2"):
        PANELS["spectra"](ds, col="activation", ax=axes[0, 0])
    with pytest.raises(ValueError, match="make a figure of their own"):
        plots.zone_figure(ds, col="activation", ax=axes)
    for name in plots.__all__:
        draw = getattr(plots, name)
        if inspect.isfunction(draw) and draw.__module__.endswith((
                "curves", "maps", "spectra", "training", "facets", "full",
                "variances", "decision", "laws", "plateaus")):
            assert "ax" in inspect.signature(draw).parameters, name


def test_colours_by_an_axis(ds):
    """Of points, beside markers of another axis, and of trainings."""
    ax = plots.accuracy_against_curvature(ds, hue="activation").axes[0]
    texts = [text.get_text() for text in ax.get_legend().get_texts()]
    assert texts == ["1 hidden layer, 24 units", "2 hidden layers, 12 units",
                     "ReLU", "tanh"]
    assert "over seeds at a place" in ax.get_legend().get_title().get_text()
    n = {}
    for part in ax.collections:
        for colour in map(tuple, part.get_facecolors()):
            n[colour[:3]] = n.get(colour[:3], 0) + 1
    assert sorted(n.values()) == sorted(
        (ds.status_train == 1).sum(["depth_width", "seed", "relative_radius"])
        .values.tolist())
    part = ds.isel(relative_radius=[3], depth_width=[0])
    for few in (part, part.isel(relative_radius=0, drop=True)):
        ax = plots.training_curves(few, "accuracy", hue=(
            "activation" if few is part else None)).axes[0]
        for i, line in enumerate(ax.get_lines()):
            np.testing.assert_allclose(
                line.get_ydata(), part.trajectory_accuracy.isel(
                    activation=i).mean("seed").squeeze(), rtol=1e-12)
        assert [text.get_text() for text in ax.get_legend().get_texts()] == [
            "ReLU", "tanh"]
    ax = plots.training_curves(part.isel(
        relative_radius=0, depth_width=0, activation=0, drop=True)).axes[0]
    assert len(ax.get_lines()) == 1 and ax.get_legend() is None


AT = 'at={"depth_width": 1, "activation": "relu"}'
TEN = {  # from a file to each figure of a paper
    "zone": "plots.zone_figure(ds, band='interval')",
    "accuracy against curvature": "plots.accuracy_against_curvature(ds)",
    "bounds": "plots.bounds(ds, gold.zone(ds), 'depth_width')",
    "correlations": f"plots.correlations(ds, 'loss', 'entropy', {AT})",
    "collapse": "plots.collapse(ds)",
    "fates": f"plots.fates(ds, {AT})",
    "training": f"plots.training_curves(ds, {AT})",
    "spectra": f"plots.density(ds, {AT}, points=[0.3, 1, 10])",
    "shares": "plots.shares(gold.variance_components(ds, 'trace_over_norm'))",
    "seeds": "plots.seeds(gold.zone(ds).isel(depth_width=1, activation=0))"}


@pytest.mark.parametrize("name", TEN)
def test_figures_of_a_paper(small, crossed, name):
    """Three lines each; as wide as a column: with what reaches out of it, a tenth
    and a bit, letters of 7 points are still above 6 when it is scaled to that."""
    lines = ["ds = gold.open_results(path)", f"figure = {TEN[name]}",
             "plots.styled(lambda: figure.canvas.draw())()"]
    space = {"path": crossed if name == "shares" else small, "gold": gold,
             "plots": plots}
    exec("\n".join(lines), space)
    figure = space["figure"]
    box = figure.get_tightbbox(figure.canvas.get_renderer())
    assert box.width < 3.4 * 1.12 and figure.get_figwidth() == 3.4
    for ax in figure.axes:
        assert ax.get_ylabel() or ax.get_xlabel() or ax.get_title("left")
        sizes = [text.get_fontsize() for text in (
            ax.xaxis.label, ax.yaxis.label, *ax.get_xticklabels())]
        assert min(sizes) >= 6


def test_results_in_a_notebook(ds):
    """All that is returned and is no dataset: names, numbers, what they are, and
    units, of what is compared too."""
    at = ds.isel(relative_radius=4, depth_width=0)
    both = at.loss.sel(activation="relu"), at.loss.sel(activation="tanh")
    pairs = gold.paired(*both)
    shown = pairs._repr_html_()
    rows = re.findall("<tr><td>(.*?)</td><td>(.*?)</td><td>(.*?)</td>", shown)
    assert [row[0] for row in rows] == list(pairs._fields[:-1])
    assert dict((row[0], row[1:]) for row in rows)["mean"] == (
        str(pairs.mean), "mean difference (nat)")
    law = gold.Law(gold.Interval(1.0, 0.5, 1.5), 1.0, 0.5, np.nan)
    for result, text in (
            (gold.equivalent(*both, margin=9.0), "margin of the same (nat)"),
            (law, "power by the law"), (law.power, "upper end"),
            (gold.Collapse(0.1, 0.2, law.power), "(decades)"),
            (gold.seeds_needed(None, effect=0.5), "seeds that are needed"),
            (gold.Correlation(0.5, 0.1, 0.8, 0.01, 9), "seeds with both")):
        shown = result._repr_html_()
        assert text in shown
        assert shown.count("<tr>") == 1 + len(result.words)
        assert set(result.words) == {
            name for name in result._fields if name != "units"}


def test_one_ratio_of_all_dimensions(ds):
    at = {"depth_width": 1, "activation": "relu"}
    ax = plots.ratios(ds, at=at).axes[0]
    for line, d in zip(ax.get_lines(), (5, 12)):
        c = ds.trace_over_norm.sel(at | {"subspace_dim": d}).mean("seed")
        np.testing.assert_allclose(line.get_ydata(), gold.mean_ratio(
            np.maximum(c, 0), d), rtol=1e-12)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "$d$ = 5", "$d$ = 12"]


def test_effects_of_choices():
    random = np.random.default_rng(1)
    pairs = {name: [gold.paired(*random.normal(size=(2, 9)), n_permutations=99)
                    for _ in range(3)] for name in ("one", "other")}
    ax = plots.effects(pairs, [1, 10, "end"]).axes[0]
    for bars, found in zip(ax.containers, pairs.values()):
        np.testing.assert_allclose(bars[0].get_ydata(), [
            each.effect.estimate for each in found])
        ends = np.array(bars[2][0].get_segments())[:, :, 1]
        np.testing.assert_allclose(ends, [each.effect[1:] for each in found])
    assert "9 pairs" in ax.get_title("left")
    assert [text.get_text() for text in ax.get_xticklabels()] == [
        "1", "10", "end"]


@pytest.mark.parametrize("ends, numbers", [
    ((0.3, 5), ["0.5", "1", "2", "5"]), ((2.5, 6), ["3", "4", "5", "6"]),
    ((0.1, 9), ["0.1", "0.2", "0.5", "1", "2", "5"]),
    ((0.1, 10), ["10^{-1}", "10^{0}", "10^{1}"])])
def test_numbers_of_less_than_two_decades(ends, numbers):
    """Of a plot and of a bar of colours: from 0.3 to 5 there was but 10^0."""
    figure, axes = style.canvas()
    ax = axes[0, 0]
    style.logarithmic(ax)
    ax.set_xlim(*ends)
    bar = figure.colorbar(matplotlib.cm.ScalarMappable(
        matplotlib.colors.LogNorm(*ends)), ax=ax)
    style.number_decades(bar.ax.yaxis)
    figure.canvas.draw()
    for axis in (ax.xaxis, bar.ax.yaxis):
        low, high = axis.get_view_interval()
        shown = [(place, text.get_text()) for which in (False, True)
                 for place, text in zip(axis.get_ticklocs(minor=which),
                                        axis.get_ticklabels(minor=which))]
        shown = [text for place, text in sorted(shown)
                 if text and low * 0.999 <= place <= high * 1.001]
        assert [re.sub(r".*(10\^{-?[0-9]+}).*", r"\1", text)
                for text in shown] == numbers
