# SPDX-License-Identifier: MIT
"""Stages of made-up losses that are known, and of trainings as the program
finds them."""
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks import plots

STEPS = np.unique(np.r_[0, np.round(np.logspace(0, 5, 201))])


def made_up(rng):
    """A loss that falls once to three times, and the curve behind it."""
    places = 10 ** (0.9 + np.cumsum(rng.uniform(0.8, 1.5, rng.integers(1, 4))))
    drops = 0.9 ** rng.uniform(4, 12, len(places))
    sharp = rng.uniform(3, 8, len(places))

    def loss(t):
        return np.prod([drop + (1 - drop) / (1 + (t / place) ** power)
                        for drop, place, power in zip(drops, places, sharp)],
                       axis=0)
    return loss


def truth(loss):
    """Its plateaus from the slope itself, on a fine grid."""
    t = np.logspace(0, 5, 20001)
    slope = -np.gradient(np.log(loss(t)), np.log(t))
    edges = np.flatnonzero(np.diff(np.r_[0, slope < 0.1, 0]))
    return [(t[a], t[b - 1]) for a, b in zip(edges[::2], edges[1::2])
            if np.log10(t[b - 1] / t[a]) >= 0.15]


def test_stages_of_made_up_losses():
    """At least 95 % right: as many plateaus, each end within a tenth of a
    decade, in spite of a scatter of 0.1 %."""
    rng = np.random.default_rng(1)
    losses = [made_up(rng) for _ in range(200)]
    ds = xr.Dataset(
        {"trajectory_loss": (("seed", "trajectory_step"), [
            loss(STEPS) * (1 + 1e-3 * rng.standard_normal(len(STEPS)))
            for loss in losses])},
        {"trajectory_step": STEPS})
    found = gold.stages(ds)
    right = 0
    for i, loss in enumerate(losses):
        known = truth(loss)
        one = found.isel(seed=i)
        ends = np.c_[one.plateau_start, one.plateau_end][
            np.isfinite(one.plateau_start)]
        right += len(known) == len(ends) and bool(
            np.all(abs(np.log10(ends / known)) <= 0.1))
        at = float(one.descent_step)
        assert loss(at) == pytest.approx(0.95, abs=0.01)
    assert right >= 190


def test_no_stage_of_noise_is_a_descent():
    ds = xr.Dataset(
        {"trajectory_loss": ("trajectory_step", 1 + 1e-3 * np.random.default_rng(
            2).standard_normal(len(STEPS)))}, {"trajectory_step": STEPS})
    found = gold.stages(ds)
    assert np.isnan(found.descent_step)
    assert float(found.plateau_end[0] / found.plateau_start[0]) > 1e4


STUDY = """
study: stages
grid: {seed: {count: 3}, scale: [0.01, 0.1, 1]}
data: {set: circles, train: 100, test: 10, normalize: none}
network: {depth: 1, width: 20, activation: tanh, bias: true}
train: {optimizer: gd, learning_rate: 0.2, steps: 1500, log: {count: 200},
        track: [loss, stages]}
run: {precision: float64}
"""


@pytest.mark.parametrize("settings", [
    {}, {"train__log": "{count: 2}"},
    {"train__phases": "[{steps: 700}, {labels: random, steps: 800}]"}])
def test_stages_as_the_program_finds_them(tmp_path, settings):
    try:
        gold.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    ds = gold.run(STUDY, tmp_path / "stages.h5", **settings)
    found = gold.stages(ds)
    for name in found:
        np.testing.assert_allclose(found[name], ds[name].transpose(
            *found[name].dims), rtol=1e-12, equal_nan=True)
        assert found[name].attrs["long_name"] and found[name].attrs["units"] == (
            "nat" if name == "plateau_loss" else "1")
    flat = found.plateau_start.notnull()
    loss = ds.trajectory_loss
    has_fallen = loss.isel(trajectory_step=-1) <= 0.95 * loss.isel(
        trajectory_step=0)
    if "train__log" in settings:  # one step: the first that is logged
        assert bool(has_fallen.any()) and not bool(flat.any())
        np.testing.assert_array_equal(found.descent_step,
                                      np.where(has_fallen, 1500, np.nan))
    elif settings:  # what random labels do is none of it
        assert bool(flat.any()) and float(found.plateau_end.max()) <= 700
        xr.testing.assert_equal(found, gold.stages(ds.drop_vars(
            "phase_step").sel(trajectory_step=slice(0, 700))))
    else:
        assert bool(flat.any()) and float(found.plateau_end.max()) > 700


def test_steps_to_a_level():
    """Between entries: exactly of a loss that is straight in ln t. 0 where it
    begins there, NaN where it never comes."""
    loss = 2 - np.log(np.maximum(STEPS, 1)) / 10
    loss[0] = 2.5
    ds = xr.Dataset({"trajectory_loss": ("trajectory_step", loss)},
                    {"trajectory_step": STEPS})
    for level, wanted in ((1.5, np.exp(5)), (2.5, 0), (0.5, np.nan)):
        np.testing.assert_allclose(gold.step_at(ds, level), wanted, rtol=1e-12)
    found = gold.stages(ds, share=0.4)
    np.testing.assert_allclose(found.descent_step, gold.step_at(ds, 1.5))


def test_plateaus_are_shaded(opened):
    """From and to the medians of seeds; what one of three has is none."""
    one = opened.isel(seed=slice(3), depth_width=0, activation=0,
                      relative_radius=[0])
    rows = np.array([[10, 20, 90], [100, np.nan, np.nan]])
    ds = one.assign(plateau_start=(("plateau", "seed"), rows),
                    plateau_end=(("plateau", "seed"), 3 * rows),
                    descent_step=("seed", [5, np.nan, 7]))
    ax = plots.plateaus(ds).axes[0]
    shade, = ax.patches
    assert shade.get_xy()[:, 0].min() == 20 and shade.get_xy()[:, 0].max() == 60
    assert [line.get_xdata()[0] for line in ax.lines
            if line.get_linestyle() == ":"] == [6.0]
    loss, = [line for line in ax.lines if len(line.get_xdata()) > 2]
    np.testing.assert_allclose(loss.get_ydata(), np.exp(np.log(
        one.trajectory_loss).mean("seed")).values.ravel()[1:])


def test_phases_have_borders(opened):
    """Where phases before the last have ended; what they are is in the title."""
    one = opened.isel(depth_width=[0], activation=[0])
    two = xr.concat([one.final_step * 0 + 7, one.final_step], "phase")
    ds = one.assign(phase_step=two).assign_attrs(
        study_identity=one.study_identity + "\ntrain.phases.1.optimizer = "
        "adam\ntrain.phases.1.steps = 7\n")
    for made, borders, words in (
            (ds, [7.0], "several optimizers, 7 + 20 steps"),
            (one, [], "gradient descent, 20 steps")):
        ax = plots.training_curves(made).axes[0]
        assert [line.get_xdata()[0] for line in ax.lines
                if line.get_linestyle() == ":"] == borders
        assert words in ax.get_title(loc="left")
