# SPDX-License-Identifier: MIT
"""What trainings reached, of those too that diverged or never came there."""
import itertools
import math

import numpy as np
import pytest
import xarray as xr
from conftest import IDENTITY, MORE

import goldilocks as gold
from goldilocks import outcomes, survival

STEPS = [0, 5, 10, 20]
INF = np.inf


def trainings():
    """Of one radius: one to its end, one that diverged, one that converged
    early, one pending."""
    nan = np.nan
    loss = [[2.0, 1.5, 1.0, 0.5], [2.0, 9e9, nan, nan], [2.0, 0.2, nan, nan],
            [nan] * 4]
    accuracy = [[0.1, 0.3, 0.5, 0.7], [0.1, 0.2, nan, nan],
                [0.1, 0.9, nan, nan], [nan] * 4]
    final = {"final_loss": [0.5, 9e30, 0.1, nan],
             "final_accuracy": [0.7, 0.12, 0.95, nan],
             "final_step": [20.0, 7.0, 8.0, nan],
             "outcome": [0.0, 4.0, 1.0, nan]}
    ds = xr.Dataset(
        {"trajectory_loss": (("seed", "relative_radius", "trajectory_step"),
                             np.array(loss)[:, np.newaxis]),
         "trajectory_accuracy": (("seed", "relative_radius", "trajectory_step"),
                                 np.array(accuracy)[:, np.newaxis]),
         "steps_to_loss": (("seed", "relative_radius", "reached_loss"),
                           np.array([[[10.0, 20.0]], [[nan, nan]], [[5.0, 5.0]],
                                     [[nan, nan]]])),
         **{name: (("seed", "relative_radius"), np.array(values)[:, np.newaxis])
            for name, values in final.items()},
         "status_train": (("seed", "relative_radius"),
                          np.array([[1], [1], [1], [0]], np.uint8)),
         "status_measure": (("seed", "relative_radius"),
                            np.ones((4, 1), np.uint8))},
        coords={"seed": np.arange(4), "relative_radius": [1.0],
                "trajectory_step": STEPS, "reached_loss": [1.0, 0.5]})
    ds.outcome.attrs.update(
        flag_masks=np.array([1, 2, 4, 8, 16], np.uint8),
        flag_meanings="converged patience diverged collapsed lazy")
    ds.attrs["study_identity"] = IDENTITY
    return ds


@pytest.mark.parametrize("diverged, loss, accuracy", [
    ("keep", INF, 0.12), ("worst", INF, 0.0), ("drop", np.nan, np.nan)])
def test_trained(diverged, loss, accuracy):
    """A survivor's curve is not that of all: what ended keeps what it had, and
    what diverged counts as is said, at its end and at later steps."""
    ds = trainings().isel(relative_radius=0)
    found = {name: gold.trained(ds, name, diverged).values for name in (
        "final_loss", "final_accuracy", "trajectory_loss",
        "trajectory_accuracy")}
    np.testing.assert_array_equal(found["final_loss"], [0.5, loss, 0.1, np.nan])
    np.testing.assert_array_equal(found["final_accuracy"],
                                  [0.7, accuracy, 0.95, np.nan])
    for name, ends in (("loss", [loss, 0.1]), ("accuracy", [accuracy, 0.95])):
        curves = found["trajectory_" + name]
        np.testing.assert_array_equal(curves[1:3, 2:],
                                      np.transpose([ends, ends]))
        assert np.isnan(curves[3]).all() and np.isfinite(curves[0]).all()
    assert np.isfinite(found["trajectory_accuracy"][1, :2]).all() != (
        diverged == "drop")


def test_what_is_no_number_predicts_nothing():
    """A network whose loss is no number is no survivor, nor at chance."""
    ds = trainings().isel(relative_radius=0)
    has_diverged = ds.outcome == 4
    ds["final_accuracy"] = ds.final_accuracy.where(~has_diverged)
    for name, index in (("final_accuracy", ()),
                        ("trajectory_accuracy", (slice(2, None),))):
        values = gold.trained(ds, name).values[(1, *index)]
        np.testing.assert_array_equal(values, np.zeros_like(values))
    assert np.isnan(gold.trained(ds, "final_accuracy", "drop").values[1])


def test_the_last_finite_loss():
    """Of what diverged too, whose final loss is no number."""
    ds = trainings()
    ds.trajectory_loss[1, 0, 2] = INF
    found = gold.last_finite(ds)
    np.testing.assert_array_equal(found.values.ravel(), [0.5, 9e9, 0.2, np.nan])
    assert found.attrs == {"long_name": "last finite loss that was logged",
                           "units": "1"}
    assert gold.endings(ds) == {"converged": 1 / 3, "patience": 0,
                                "diverged": 1 / 3, "collapsed": 0, "lazy": 0}
    with pytest.raises(ValueError, match="did you mean 'loss'"):
        gold.last_finite(ds, "los")


def test_trained_of_others():
    ds = trainings()
    assert gold.trained(ds, "final_loss").attrs["diverged"] == "keep"
    assert gold.ended_by(ds, "converged").values.ravel().tolist() == [
        False, False, True, False]
    n, of = outcomes.share_of(ds, "diverged")
    assert (int(n), int(of)) == (1, 3)
    np.testing.assert_array_equal(
        gold.trained(ds, "steps_to_loss").isel(reached_loss=1).values.ravel(),
        [20, INF, 5, np.nan])
    with pytest.raises(ValueError, match="did you mean 'worst'"):
        gold.trained(ds, "final_loss", "worse")


def test_what_did_not_come_there_was_watched():
    """To its end; one that diverged, to the end of all."""
    found = gold.waiting(trainings(), 0.5)
    np.testing.assert_array_equal(found.steps.values.ravel(),
                                  [20, 20, 5, np.nan])
    assert found.reached.values.ravel().tolist() == [True, False, True, False]
    with pytest.raises(ValueError, match="there are 1, 0.5"):
        gold.waiting(trainings(), 0.7)
    row = gold.steps_to(trainings(), 0.5).isel(relative_radius=0)
    assert (row.reached, row.n, row["median"]) == (2, 3, 20)


def test_no_losses_watched_for():
    """Another variable's name was offered in place of what the study needs."""
    with pytest.raises(ValueError, match=r"train: \{reach: \[0.5\]\}"):
        gold.steps_to(trainings().drop_vars("steps_to_loss"), 0.5)


@pytest.mark.parametrize("n", range(1, 9))
def test_medians_of_few(n):
    """All came there: an interval of up to 5 has no ends, of more it has finite
    ones, also where all came at once. None came: nothing but that is known."""
    every = np.ones(n, bool)
    for steps in (np.full(n, 7.0), np.arange(n) + 1.0):
        found = gold.median_steps((steps, every))
        if n < 6:
            assert math.isnan(found.lower) and math.isnan(found.upper)
        else:
            assert (steps[0] <= found.lower <= found.estimate <= found.upper
                    <= steps[-1])
        assert found.estimate <= steps[-1]
    found = gold.median_steps((np.full(n, 7.0), ~every))
    assert found.estimate == found.upper == INF
    assert math.isnan(found.lower) == (n < 6)
    row = gold.steps_to(trainings(), 0.5).isel(relative_radius=0)
    assert np.isnan(row.lower) and np.isnan(row.upper)


# Remission of leukaemia in weeks, 6-mercaptopurine and placebo (Freireich and
# others 1963, in every textbook since D. R. Cox 1972); +: still in remission.
TREATED = ("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ "
           "35+")
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"


def weeks(text):
    words = text.split()
    return ([float(word.rstrip("+")) for word in words],
            [not word.endswith("+") for word in words])


def test_against_textbooks():
    """Observed less expected of the log-rank test 9 - 19.25, whose chi-square
    of 16.79 no permutation drawn exceeds; medians 23 and 8; shares of remission 0.857, 0.753 at 6 and 10 weeks; the intervals are those of SAS,
    which has the scale log(-log)."""
    treated, placebo = weeks(TREATED), weeks(PLACEBO)
    both = survival.Waiting(*map(np.concatenate, zip(
        survival.sample(treated), survival.sample(placebo))))
    assert survival.hazard_scores(both)[:21].sum() == pytest.approx(
        9 - 19.25, abs=0.01)
    assert gold.log_rank(treated, placebo) <= 3e-4
    curve = gold.kaplan_meier(treated).share
    assert curve.sel(step=6).item() == pytest.approx(18 / 21)
    assert curve.sel(step=10).item() == pytest.approx(0.7529, abs=1e-4)
    assert gold.median_steps(treated) == (23, 13, INF)
    assert gold.median_steps(placebo) == (8, 4, 11)


def test_few_that_came_there():
    """4 of 12 against 12 of 12: a mean of pairs that are whole was of the 4."""
    random = np.random.default_rng(1)
    slow = np.where(np.arange(12) < 4, 17.0, 100.0), np.arange(12) < 4
    fast = random.integers(10, 60, 12).astype(float), np.ones(12, bool)
    assert gold.median_steps(slow).estimate == INF
    assert gold.median_steps(fast).estimate < 60
    assert gold.log_rank(slow, fast) < 0.05
    assert math.isnan(gold.log_rank((slow[0], slow[1] & False),
                                    (fast[0], slow[1] & False)))


def test_log_rank_of_few():
    """3 before 3 others are one of 20 ways to be so, and as many the other way
    round; the normal law had p = 0.025, and 9 % of nothing at all for news."""
    every = np.ones(3, bool)
    assert gold.log_rank(([1, 2, 3], every), ([4, 5, 6], every)) \
        == pytest.approx(0.1)
    assert gold.log_rank(([4, 5, 6], every), ([1, 2, 3], every)) \
        == pytest.approx(0.1)
    assert math.isnan(gold.log_rank(([2, 2, 2], every), ([2, 2, 2], every)))


@pytest.mark.parametrize("n", [3, 6])
def test_size_of_log_rank(n):
    """With nothing to find, all orders of 2 n seeds are as likely: the size is
    the share of all ways to tell them apart, some of them not seen to the end."""
    for reached in (np.ones(2 * n, bool), np.arange(2 * n) % 4 != 1,
                    np.arange(2 * n) < n):
        steps = np.minimum(np.arange(2 * n), 2 * n - 2.0)
        found = []
        for first in itertools.combinations(range(2 * n), n):
            is_a = np.isin(np.arange(2 * n), first)
            found.append(gold.log_rank((steps[is_a], reached[is_a]),
                                       (steps[~is_a], reached[~is_a])))
        assert np.mean(np.array(found) <= 0.05) <= 0.05
        assert np.mean(np.array(found) <= 0.11) <= 0.11
        assert np.min(found) > 0 and np.mean(found) < 0.8


def test_coverage_of_censored_medians():
    """Exponential waiting times, of which a quarter is not seen to its end."""
    random = np.random.default_rng(2)
    n_studies = 75 * MORE
    covered = rejected = 0
    for _ in range(n_studies):
        samples = []
        for _ in range(2):
            true, watched = random.exponential(1, 20), random.exponential(3, 20)
            samples.append((np.minimum(true, watched), true <= watched))
        found = gold.median_steps(samples[0])
        covered += found.lower <= math.log(2) <= found.upper
        rejected += gold.log_rank(*samples) <= 0.05
    allowed = 4 * math.sqrt(0.0475 / n_studies)
    assert covered / n_studies > 0.95 - allowed
    assert rejected / n_studies < 0.06 + allowed


def test_no_training():
    ds = trainings()[["status_measure", "final_loss"]]
    with pytest.raises(ValueError, match="no variable 'status_train'"):
        gold.trained(ds, "final_loss")
