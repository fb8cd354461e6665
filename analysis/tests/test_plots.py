# SPDX-License-Identifier: MIT
"""Figures show the numbers of the file, with labels, in print and in grey."""
import matplotlib
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import plots
from goldilocks.plots import maps, style


@pytest.fixture(scope="module", name="ds")
def fixture_ds(opened):
    return opened.copy().load()


def lightness(colour):
    """CIE L* of a colour, as it comes out in grey."""
    rgb = np.array(matplotlib.colors.to_rgb(colour))
    linear = np.where(rgb <= 0.04045, rgb / 12.92,
                      ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_curves_stay_apart_in_grey():
    """No two of six curves share both dashes and marker, and the map's
    lightness rises all along."""
    kinds = {(str(look["ls"]), look["marker"])
             for look in map(style.line_style, range(6))}
    assert len(kinds) == 6
    rising = [lightness(colour) for colour in style.shades(9)]
    assert np.all(np.diff(rising) > 2)
    assert rising[-1] < 85  # white is 100


def test_zone_figure(ds):
    figure = plots.zone_figure(ds)
    top, middle, bottom = figure.axes
    expected = ds.trace_over_norm.sel(subspace_dim=12).mean("seed").isel(
        depth_width=1, activation=0)
    drawn = [line.get_ydata() for line in top.get_lines()
             if len(line.get_ydata()) == 10]
    assert any(np.allclose(y, expected, rtol=1e-12) for y in drawn)
    assert bottom.get_xscale() == "log"
    for ax in (top, middle, bottom):
        assert ax.get_ylabel()
    assert "Xavier" in bottom.get_xlabel()
    assert len(top.get_legend().get_texts()) == 4


def test_every_dimension_of_one_network(ds):
    """Where there is but one network; of several or where one is asked for, one."""
    one = ds.isel(depth_width=[1], activation=[0])
    for part, dim, dims in ((one, None, [5, 12]), (one, 5, [5]),
                            (ds.isel(depth_width=[1]), None, [12])):
        figure = plots.zone_figure(part, dim)
        top, middle, bottom = figure.axes
        for d in dims:
            for ax, name in ((top, "trace_over_norm"),
                             (middle, "positive_fraction")):
                expected = part[name].sel(subspace_dim=d).mean("seed").isel(
                    depth_width=0, activation=0)
                assert any(np.allclose(line.get_ydata(), expected, rtol=1e-12)
                           for line in ax.get_lines()
                           if len(line.get_ydata()) == 10)
        texts = [text.get_text() for text in top.get_legend().get_texts()]
        assert len(dims) == 1 or [f"$d$ = {d}: " in text for d, text in zip(
            dims, texts)] == [True] * len(dims)
        assert ("$d$ = " in top.get_legend().get_title().get_text()) == (
            len(dims) == 1)
        assert sum(len(line.get_ydata()) > 2 for line in bottom.get_lines()
                   ) == 2 * part.activation.size


def test_zones_are_named_as_the_table_does(ds):
    """In the legend, and as bars with the intervals of their bounds."""
    noise = ds.copy()
    noise["trace_over_norm"] = ds.trace_over_norm.where(
        ds.activation == "relu",
        ds.trace_over_norm - ds.trace_over_norm.mean("seed"))
    zone = gold.zone(noise).stack(network=("depth_width", "activation"))
    assert zone.noise.values.tolist() == [False, True, False, True]
    top = plots.zone_figure(noise).axes[0]
    texts = [text.get_text() for text in top.get_legend().get_texts()]
    assert ["no zone above the noise, p = " in text for text in texts
            ] == zone.noise.values.tolist()
    named = zone.where(~zone.noise, drop=True)
    for name in ("low", "high"):
        for ends in zip(*(named[name + end].values
                          for end in ("_lower", "_upper"))):
            assert any(np.allclose(line.get_xdata(), ends)
                       for line in top.get_lines()
                       if len(line.get_xdata()) == 2)


def test_bands(ds):
    """Each of the four networks has its band, of either kind."""
    zones = gold.zone(ds)
    for band in ("sd", "interval", "simultaneous"):
        figure = plots.zone_figure(ds, band=band, zones=zones)
        assert len(figure.axes[0].collections) == 4
    with pytest.raises(ValueError, match="no subspace of dimension 7"):
        plots.zone_figure(ds, dim=7)


def test_many_networks_have_panels(ds, monkeypatch):
    """Each curve once, in the panel that names it, all on one scale; numbers are
    shades from dark to light."""
    zones = gold.zone(ds)
    with pytest.raises(ValueError, match="no axis of several networks 'depth'"):
        plots.zone_figure(ds, col="depth", zones=zones)
    assert len(plots.zone_figure(ds, zones=zones).axes) == 3
    monkeypatch.setattr(plots.facets, "MOST", 2)
    for figure in (plots.zone_figure(ds, zones=zones),
                   plots.zone_figure(ds, col="activation", hue="depth_width",
                                     zones=zones)):
        tops = [ax for ax in figure.axes if ax.get_title()]
        by = "activation" if "ReLU" in tops[0].get_title() else "depth_width"
        assert len(tops) == ds.sizes[by]
        assert len({ax.get_ylim() for ax in tops}) == 1
        for i, ax in enumerate(tops):
            expected = ds.trace_over_norm.sel(subspace_dim=12).isel(
                {by: i}).mean("seed")
            drawn = [line.get_ydata() for line in ax.get_lines()]
            for row in expected.transpose(..., "relative_radius").values:
                row = row[np.isfinite(row)]
                assert sum(len(y) == len(row) and np.allclose(y, row, rtol=1e-12)
                           for y in drawn) == 1
        legend, = figure.legends
        assert len(legend.get_texts()) == 2


def test_heat_map(ds):
    figure = plots.heat_map(ds, "positive_fraction", y="activation")
    mesh = figure.axes[0].collections[0]
    expected = ds.positive_fraction.sel(subspace_dim=12).where(
        ds.status_measure == 1).mean(["depth_width", "seed"])
    np.testing.assert_allclose(
        np.ma.filled(mesh.get_array(), np.nan).ravel(),
        expected.transpose("activation", "relative_radius").values.ravel(),
        rtol=1e-12)
    assert figure.axes[1].get_ylabel()
    with pytest.raises(ValueError, match="no axis 'height'"):
        plots.heat_map(ds, y="height")


def test_no_line_between_categories(ds):
    """Halfway between ReLU and tanh is nothing: it was drawn, slantwise."""
    for axes in (("relative_radius", "activation"),
                 ("activation", "relative_radius")):
        ax = plots.heat_map(ds, "positive_fraction", *axes).axes[0]
        across = axes.index("activation")
        segments = [path.vertices for part in ax.collections[1:]
                    for path in part.get_paths() if len(path.vertices)]
        assert segments and "line: halfway" in ax.get_title("left")
        values = ds.positive_fraction.sel(subspace_dim=12).where(
            ds.status_measure == 1).mean(["depth_width", "seed"])
        half = float(values.min() + values.max()) / 2
        for vertices in segments:
            place = vertices[:, across]
            assert np.ptp(np.floor(place + 0.5 - 1e-9 * (place > place.min()))
                          ) == 0
            along = np.log(vertices[:, 1 - across])
            assert np.ptp(along) < 1e-9
            row = values.isel(activation=int(round(place.mean())))
            i = np.searchsorted(row.relative_radius, np.exp(along[0]))
            assert (row[i - 1] - half) * (row[i] - half) <= 0


def test_spectra(ds):
    figure = plots.spectra(ds, dim=5, at={"depth_width": 0,
                                          "activation": "tanh"}, seed=2)
    lines = [line for line in figure.axes[0].get_lines()
             if len(line.get_xdata()) == 10]
    assert len(lines) == 5
    expected = ds.eigenvalues.sel(depth_width=0, activation="tanh", seed=2,
                                  subspace_dim=5).isel(eigen=4)
    np.testing.assert_array_equal(lines[4].get_ydata(), expected)
    with pytest.raises(ValueError, match=r"several networks: say which "
                       r"one, such as at={'depth_width': 0, 'activation': 'relu'}"):
        plots.spectra(ds)


def test_density(ds):
    figure = plots.density(ds, at={"depth_width": 0, "activation": "relu"},
                           n_curves=3)
    curves = [line.get_ydata() for line in figure.axes[0].get_lines()
              if len(line.get_ydata()) > 100]
    assert len(curves) == 3
    assert curves[0].max() == pytest.approx(1.0)


def test_training_curves(ds):
    at = {"depth_width": 0, "activation": "relu"}
    figure = plots.training_curves(ds, "accuracy", at=at)
    lines = figure.axes[0].get_lines()
    assert len(lines) == 10 and "mean of 5 seeds" in title(figure)
    np.testing.assert_allclose(
        lines[0].get_ydata(), ds.trajectory_accuracy.sel(at).isel(
            relative_radius=0).mean("seed"), rtol=1e-12)
    with pytest.raises(ValueError, match="no tracked quantity 'sharpness'; "
                       "there are loss, accuracy"):
        plots.training_curves(ds, "sharpness", at=at)


def test_curves_that_leave_the_plot(ds):
    """The title says how many; their tops were cut without a word."""
    one = ds.isel(depth_width=[0], activation=[0]).load()
    loss = xr.full_like(one.trajectory_loss, 2.0)
    one["trajectory_loss"] = loss
    assert "leave the plot" not in title(plots.training_curves(one, "loss"))
    is_far = (one.relative_radius >= one.relative_radius[7]) & (
        one.trajectory_step > 0)
    one["trajectory_loss"] = xr.where(is_far, 1e5, loss).transpose(
        *loss.dims).where(loss.notnull()).assign_attrs(loss.attrs)
    figure = plots.training_curves(one, "loss")
    assert "3 of 10 curves leave the plot at its top" in title(figure)
    assert figure.axes[0].get_ylim()[1] < 1e5


def test_errors_have_no_unit(ds):
    """Nats are of cross-entropy: a squared error was in them too."""
    one = ds.isel(depth_width=[0], activation=[0])
    errors = one.assign_attrs(
        study_identity="network.loss = mse\n" + ds.study_identity)
    assert "$z$" in text_of(plots.zone_figure(one, 12))
    assert "$z$" not in text_of(plots.zone_figure(one.assign(
        logit_spread=one.logit_spread * 0), 12))
    for part, unit in ((one, " (nat)"), (errors, "")):
        for axes, words in (
                (plots.training_curves(part).axes[0], "training loss"),
                (plots.accuracy_against_curvature(
                    part, accuracy="final_test_loss").axes[0],
                 "test loss after training")):
            assert axes.get_ylabel() == words + unit


def text_of(figure):
    """All that is said above a figure's panels."""
    legend = figure.axes[0].get_legend()
    return title(figure) + (legend.get_title().get_text() if legend else "")


def title(figure):
    return figure.axes[0].get_title("left")


def with_one_left(ds):
    """Of five seeds of a place four diverge at step 7, at another all are fine:
    what is left is good, and the file has no number of the others."""
    one = ds.isel(depth_width=0, activation=0, relative_radius=[0, 1]).load()
    bad = (one.seed > 0) & (one.relative_radius == one.relative_radius[1])
    gone = bad & (one.trajectory_step > 7)
    for name, better in (("loss", 0.1), ("accuracy", 0.9)):
        curve = one["trajectory_" + name]
        one["trajectory_" + name] = curve.where(~bad, better).where(~gone)
    one["final_step"] = one.final_step.where(~bad, 7)
    one["outcome"] = one.outcome.where(~bad, 4)
    one["final_loss"] = one.final_loss.where(~bad, 1e30)
    one["final_accuracy"] = one.final_accuracy.where(~bad, 0.3)
    return one.expand_dims(["depth_width", "activation"]).transpose(
        *ds.status_train.dims, ...).assign_coords(
            width=("depth_width", [24]), depth=("depth_width", [1]))


def test_no_curve_of_survivors(ds):
    """Means are of all seeds, as the title says, or the curve ends, with a
    cross; those of survivors are named so."""
    one = with_one_left(ds)
    axes = plots.training_curves(one, "loss").axes[0]
    fine, bad, cross = axes.get_lines()
    assert np.isfinite(fine.get_ydata()).all()
    assert np.isfinite(bad.get_ydata()).tolist() == [True] * 2 + [False] * 3
    assert cross.get_xdata() == [5] and cross.get_marker() == "x"
    figure = plots.training_curves(one, "accuracy")
    last = figure.axes[0].get_lines()[1].get_ydata()[-1]
    kept = float(one.trajectory_accuracy.isel(
        relative_radius=1, seed=0, trajectory_step=-1).squeeze())
    assert last == pytest.approx((kept + 4 * 0.3) / 5)
    assert "mean of 5 seeds" in title(figure)
    assert "a seed diverges (4 of 10 do), keeps what it has" in title(figure)
    figure = plots.training_curves(one, "accuracy", diverged="drop")
    assert figure.axes[0].get_lines()[1].get_ydata()[-1] == pytest.approx(kept)
    assert "mean of 1 to 5 seeds\n4 of 10 trainings diverged and are left out" \
        in title(figure)


def test_diverged_cells_of_a_map(ds):
    """One colour of 1e30 told nothing: they are hatched, and others have
    shades."""
    one = with_one_left(ds)
    figure = plots.heat_map(one, "final_loss", y="activation")
    shades = figure.axes[0].collections[0].get_array()
    assert shades.count() == 1 and shades.max() < 10
    assert "hatched: some diverged" in title(figure)
    assert len(figure.axes[0].patches) == 1


def test_fewer_seeds_are_marked(ds):
    """Points that failed: open marks and no band of width 0; dots on a map."""
    one = ds.isel(depth_width=[0], activation=[0]).load()
    one.status_measure[0, 0, 1:, 4] = 2
    figure = plots.zone_figure(one, dim=12)
    top = figure.axes[0]
    assert "mean \u00b1 1 s.d. of 1 to 5 seeds\nopen marks" in (
        top.get_legend().get_title().get_text())
    x = one.relative_radius.values[4]
    marks = [line for line in top.get_lines()
             if line.get_markerfacecolor() == "white"]
    assert [line.get_xdata().tolist() for line in marks] == [[x]]
    band = np.concatenate([path.vertices for path in
                           top.collections[0].get_paths()])
    assert x not in band[:, 0]
    figure = plots.heat_map(one, y="activation")
    assert "dots: of fewer" in title(figure)
    assert figure.axes[0].get_lines()[0].get_xdata().tolist() == [x]


def test_axes_of_ones_own(ds):
    """Figures draw on axes that are given, and say how many they need."""
    figure, axes = plots.style.canvas(2, 3)
    one = ds.isel(depth_width=[0], activation=[0])
    assert plots.training_curves(one, ax=axes[0, 0]) is figure
    assert plots.zone_figure(one, ax=axes[:, 1:].flat[:3]) is figure
    assert plots.spectra(one, ax=axes[1, 0]) is figure
    with pytest.raises(ValueError, match="ax has 1 axes, and the figure 3"):
        plots.zone_figure(one, ax=axes[0, 0])


def test_accuracy_against_curvature(ds):
    figure = plots.accuracy_against_curvature(ds)
    of = gold.within_and_between(ds, "trace_over_norm", "final_test_accuracy")
    words = figure.axes[0].get_legend().get_title().get_text()
    assert f"$r$ = {float(of.pooled):.2f} over all points\n" in words
    assert f"$r$ = {float(of.within):.2f} [" in words
    points = sum(len(one.get_offsets())
                 for one in figure.axes[0].collections)
    assert points == int((ds.status_train == 1).sum())
    assert len(figure.axes[0].get_legend().get_texts()) == 2


def test_bounds_against_an_axis(ds):
    """A point with its interval for each network with a zone, of either axis
    that is no number too."""
    zone = gold.zone(ds)
    figure = plots.bounds(ds, zone, "activation")
    named = int((~zone.noise).sum())
    ends = [path.vertices[:, 1] for part in figure.axes[0].collections
            for path in part.get_paths()]
    assert len(ends) == 3 * named
    assert any(np.allclose(pair, (row.low_lower, row.low_upper))
               for pair in ends for row in [zone.isel(depth_width=0,
                                                      activation=0)])
    assert "95 % intervals" in title(figure)
    with pytest.raises(ValueError, match="mean 'activation'"):
        plots.bounds(ds, zone, "activatoin")


def test_correlations_against_the_line(ds):
    at = {"depth_width": 0, "activation": "relu"}
    figure = plots.correlations(ds, "loss", "entropy", at=at)
    found = gold.correlate(ds.sel(at), "loss", "entropy", adjust="maxt")
    drawn = figure.axes[0].get_lines()[0]
    np.testing.assert_allclose(drawn.get_ydata(), found.r)
    filled = [line for line in figure.axes[0].get_lines()
              if line.get_marker() == "o" and line.get_markerfacecolor()
              != "white"]
    assert [len(line.get_xdata()) for line in filled] == [
        int((found.p_adjusted <= 0.05).sum())]
    assert "filled: p \u2264 0.05 among all places" in title(figure)


def test_collapse(ds):
    """Against the mean of what is measured in place of the line."""
    figure = plots.collapse(ds)
    part = ds.isel(depth_width=0, activation=0)
    drawn = figure.axes[0].get_lines()[0]
    np.testing.assert_allclose(drawn.get_xdata(), np.sort(
        part.logit_spread.mean("seed")), rtol=1e-12)
    assert len(figure.axes[0].get_legend().get_texts()) == 4


def test_fates_along_the_line(ds):
    """All shares of a place are 1, of those that are done."""
    one = with_one_left(ds)
    figure = plots.fates(one)
    heights = {bars.get_label(): [bar.get_height() for bar in bars]
               for bars in figure.axes[0].containers}
    assert heights["diverged"] == [0, 0.8]
    np.testing.assert_allclose(sum(map(np.array, heights.values())), 1)


def test_widths_to_expect(ds):
    """The curve goes near the pilot, whose grid's part has scatter in it."""
    zone = gold.zone(ds).isel(depth_width=0, activation=0)
    curve, mark = plots.seeds(zone, of=["low"]).axes[0].get_lines()
    at = curve.get_xdata().tolist().index(5)
    assert mark.get_xdata() == [5]
    assert curve.get_ydata()[at] == pytest.approx(mark.get_ydata()[0], rel=0.15)
    assert mark.get_ydata()[0] == pytest.approx(
        100 * float(zone.low_upper / zone.low_lower - 1))


def test_a_curve_of_ones_own(ds):
    values = ds.loss.isel(depth_width=0, activation=0)
    figure = plots.mean_curve(values, "simultaneous",
                              x=np.log(ds.relative_radius))
    drawn, = figure.axes[0].get_lines()
    np.testing.assert_allclose(drawn.get_ydata(), values.mean("seed"))
    assert "95 % band of whole curves" in title(figure)
    figure = plots.mean_curve(values, scale="log")
    drawn, = figure.axes[0].get_lines()
    np.testing.assert_allclose(drawn.get_ydata(),
                               np.exp(np.log(values).mean("seed")))
    assert title(figure).startswith("geometric mean of 5 seeds")


def test_phase_diagram(ds):
    """The commonest ending of each cell, by the first flag that is set."""
    flags = ds.outcome.copy()
    flags[...] = 0
    flags[:, 0, :, 0] = 4 + 16   # diverged, and lazy before
    flags[:, 0, :3, 1] = 16      # most of four seeds
    made = ds.assign(outcome=flags)
    found = maps.fates(made.isel(depth_width=[0]), "relative_radius",
                       "activation")
    names = [kind[0] for kind in maps.FATES]
    assert found[0, 0] == names.index("diverged")
    assert found[0, 1] == names.index("lazy")
    assert found[0, 2] == len(names)
    assert found[1, 9] == -1  # excluded: never trained
    figure = plots.phase_diagram(made, y="activation")
    assert len(figure.axes[0].patches) == 19
    texts = [text.get_text() for text in
             figure.axes[0].get_legend().get_texts()]
    assert texts == ["diverged", "lazy", "ran to its end"]


@pytest.mark.parametrize("ending", ["png", "pdf", "svg"])
def test_save(ds, tmp_path, ending):
    path = tmp_path / "new" / f"figure.{ending}"
    plots.save(plots.mean_curve(ds.loss.isel(depth_width=0, activation=0)),
               str(path))
    assert path.stat().st_size > 5000


def test_pictures_of_the_end(ds):
    """Curvature is that of the end, and what training reached is there: it was
    dropped with the names that curvature had."""
    end = gold.at_end(ds)
    figure = plots.zone_figure(end, 12)
    expected = ds.final_trace_over_norm.sel(subspace_dim=12).isel(
        depth_width=1, activation=0).mean("seed")
    assert any(np.allclose(line.get_ydata(), expected, rtol=1e-12)
               for line in figure.axes[0].get_lines()
               if len(line.get_ydata()) == len(expected))
    reached = ds.final_test_accuracy.isel(
        depth_width=1, activation=0).mean("seed")
    assert any(np.allclose(line.get_ydata(), reached, rtol=1e-12)
               for line in figure.axes[2].get_lines()
               if len(line.get_ydata()) == len(reached))
    axes = plots.accuracy_against_curvature(end).axes[0]
    x = np.concatenate([each.get_offsets()[:, 0] for each in axes.collections])
    np.testing.assert_allclose(
        np.sort(x), np.sort(gold.trained(
            ds, "final_trace_over_norm", dim=12).values[
                (ds.status_train == 1).values]), rtol=1e-12)
    assert axes.get_xlabel().endswith("at the end")
    for there, words in ((ds, "samples, $d$"), (gold.at_step(ds, 20),
                         "samples, after 20 steps, $d$"),
                         (end, "samples, where training ended, $d$")):
        assert words in text_of(plots.zone_figure(
            there.isel(depth_width=[1], activation=[0]), 12))
    assert plots.accuracy_against_curvature(ds).axes[0].get_xlabel().endswith(
        "at the start")


def test_figures_of_the_whole_hessian(tmp_path):
    """The ends, means over seeds; nodes broadened, of an integral of 1; the trace
    over the norm, and what it lets expect."""
    study = ("study: whole\ngrid: {seed: {count: 2}, relative_radius: [0.1, 1, 10]}"
             "\ndata: {set: circles, train: 20, test: 10}\nnetwork: {width: 4}\n"
             "curvature: {subspace: {dim: 3}, extreme: {count: 2}, "
             "trace_probes: 4, density: {probes: 2, steps: 5}}\n")
    whole = gold.run(study, tmp_path / "whole.h5")
    ax = plots.extremes(whole).axes[0]
    for name in ("full_largest_eigenvalues", "full_smallest_eigenvalues"):
        expected = whole[name].isel(extreme=0).mean("seed")
        assert any(np.allclose(line.get_ydata(), expected, rtol=1e-12)
                   for line in ax.get_lines()
                   if len(line.get_ydata()) == 3)
    for line in plots.full_density(whole, n_curves=3).axes[0].get_lines()[:3]:
        assert np.trapz(line.get_ydata(), line.get_xdata()) == pytest.approx(
            1, abs=0.01)
    top, bottom = plots.full_trace(whole).axes
    expected = (whole.full_trace / whole.full_frobenius_norm).mean("seed")
    assert np.allclose(top.get_lines()[0].get_ydata(), expected, rtol=1e-12)
    assert len(bottom.get_legend().get_texts()) == 2
