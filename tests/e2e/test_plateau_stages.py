# SPDX-License-Identifier: MIT
"""Stages of two-layer networks from small initialization, for several targets:
how many plateaus their losses have, and at which loss. What is known beforehand
of a plateau is the best that units on one line can do: of tanh, which are linear
as long as they are small, the best linear function; of relu the best single
unit."""
import numpy as np
import pytest

from test_plateaus import IS_FULL, run, samples


def reached(found, at, level):
    """Steps to where the loss is at a level, between entries."""
    losses, steps = found["trajectory_loss"][at], found["trajectory_step"]
    k = np.argmax(losses <= level)
    assert 0 < k and losses[k] <= level < losses[k - 1]
    return np.interp(-level, -losses[k - 1:k + 1], steps[k - 1:k + 1])


def stay(found, i, level):
    """Steps from the first descent to where the loss is at a level."""
    return reached(found, (0, i), level) - found["descent_step"][0, i]


def thrice(x):
    return np.sin(3 * x)


def best_linear(target):
    x, y = samples(target)
    return np.mean((y - x @ np.linalg.lstsq(x, y, rcond=None)[0]) ** 2)


def best_unit(target):
    """Of a single relu, by its direction, on a grid of 0.01 degrees: near the
    best the loss goes with the square of the angle."""
    x, y = samples(target)
    turns = np.linspace(0, 2 * np.pi, 36001)
    out = np.maximum(np.c_[np.cos(turns), np.sin(turns)] @ x.T, 0)
    size = np.maximum(np.sum(out ** 2, axis=1), np.finfo(float).tiny)
    return np.mean(y ** 2) - np.max((out @ y) ** 2 / size) / len(y)


def test_condensed_plateau(tmp_path):
    """At the first descent all units lie the more on one line, the
    smaller they began. The second plateau is the loss of the best linear
    function, within 2 %. How long they stay there, until the loss is 5 % below
    that, does not depend on the initial scale, within 1 %. (The ends of what is
    found of a plateau do: they are where ln L bends in the logarithm of time.)"""
    found = run(tmp_path, axes="init_std: [1e-1, 1e-3, 1e-4]", steps=6500,
                count=300, target="{sin: [[1, 3, 0]]}")
    linear = best_linear(thrice)
    leads = []
    for i in range(3):
        entry = np.searchsorted(found["trajectory_step"],
                                found["descent_step"][0, i])
        leads.append(found["trajectory_condensation_lead"][0, i, entry])
    assert leads[0] < leads[1] and leads[1] > 0.99 and leads[2] > 0.999
    for i in (1, 2):
        assert found["plateau_loss"][0, i, 1] == pytest.approx(linear, rel=0.02)
        assert np.all(np.isnan(found["plateau_start"][0, i, 2:]))
    assert stay(found, 1, 0.95 * linear) == pytest.approx(
        stay(found, 2, 0.95 * linear), rel=0.01)


@pytest.mark.skipif(not IS_FULL, reason="half a minute: ctest -L long")
@pytest.mark.parametrize("width", [25, 50, 100, 200])
def test_condensed_plateau_by_width(tmp_path, width):
    """As long from 1e-3 on as from 1e-5, whatever the width, and two plateaus:
    at the start and at the best linear function, from 100 units on within
    2 %."""
    found = run(tmp_path, axes="init_std: [1e-3, 1e-5]", steps=20000, count=600,
                target="{sin: [[1, 3, 0]]}", width=width)
    linear = best_linear(thrice)
    assert stay(found, 0, 0.95 * linear) == pytest.approx(
        stay(found, 1, 0.95 * linear), rel=0.01)
    for i in range(2):
        starts, ends, losses = (found[f"plateau_{name}"][0, i]
                                for name in ("start", "end", "loss"))
        assert np.all(np.isfinite(starts) == [True, True, False, False])
        assert starts[0] == 1 and ends[0] < found["descent_step"][0, i] < (
            starts[1])
        assert losses[0] == pytest.approx(np.mean(samples(thrice)[1] ** 2),
                                          rel=0.01)
        if width >= 100:
            assert losses[1] == pytest.approx(linear, rel=0.02)


def ridges(phi, terms):
    """A target as studies have it, and the function."""
    return f"{{{phi.__name__}: {terms}}}", lambda x: sum(
        c * phi(a * x + b) for c, a, b in terms)


def relu(z):
    return np.maximum(z, 0)


# The V of arXiv 2105.11686, the four relu of the overview of arXiv 2007.07497,
# two tanh.
V = ridges(relu, [[0.2, 1, -1 / 3], [0.2, -1, -1 / 3]])
FOUR = ridges(relu, [[-1, 1, 0], [1, 2, 0.6], [-1, 1.5, -0.6], [0.5, 1, -0.8]])
TWO = ridges(np.tanh, [[1, 3, -1], [-0.8, 3, 1.5]])
FOURFOLD = ridges(np.sin, [[1, 4, 0]])
SINE = ("{sin: [[1, 2, 0]], constant: 0.3}", lambda x: np.sin(2 * x) + 0.3)
# What is trained, with how many units, how long, and how many plateaus there are.
# The sine of 2 x wants more units: its second plateau is short, and of 100 they
# are so large on it that it is 3 to 4 % below the best linear function.
CASES = {"two-relu": (TWO, "relu", 200, 0.01, 20000, 3),
         "two-tanh": (TWO, "tanh", 100, 0.01, 20000, 2),
         "sine-tanh": (SINE, "tanh", 400, 0.01, 10000, 2),
         "fourfold-tanh": (FOURFOLD, "tanh", 100, 0.01, 20000, 2),
         "four-relu": (FOUR, "relu", 200, 0.02, 40000, 2),
         "v-relu": (V, "relu", 200, 0.05, 60000, 2)}


def slow_places(steps, losses):
    """In the middle of which quarter of a decade ln L falls by less than half of
    what a plateau may: what none can miss, whatever way it finds slopes."""
    time, height = np.log(steps[1:]), np.log(losses[1:])
    begin = np.arange(0, time[-1] - 0.25 * np.log(10), 0.01)
    end = begin + 0.25 * np.log(10)
    fall = (np.interp(begin, time, height) - np.interp(end, time, height)) / (
        end - begin)
    return np.exp((begin + end) / 2)[fall < 0.05]


@pytest.mark.parametrize("name", CASES if IS_FULL else ["two-relu"])
def test_plateaus_of_targets(tmp_path, name):
    """As many as there are: at the start, within 1 %, and at the best that units
    can do on one line, within 2 %; half of the way down is between. So is the
    first descent, but for the sine of 4 x: the best linear function is only 6 %
    below the start, and where 5 % are lost is the second plateau already. Relu
    of two tanh stay on a third, where they lie on two lines."""
    (target, function), phi, width, rate, steps, n = CASES[name]
    found = run(tmp_path, phi=phi, target=target, rate=rate, steps=steps,
                width=width, count=400, seeds="[0, 1]" if IS_FULL else "[0]",
                axes="init_std: [1e-3, 1e-5]")
    first = np.mean(samples(function)[1] ** 2)
    second = (best_unit if phi == "relu" else best_linear)(function)
    for at in np.ndindex(found["descent_step"].shape):
        starts, ends, losses = (found[f"plateau_{part}"][at]
                                for part in ("start", "end", "loss"))
        assert np.all(np.isfinite(starts) == (np.arange(4) < n))
        assert losses[0] == pytest.approx(first, rel=0.01)
        assert losses[1] == pytest.approx(second, rel=0.02)
        assert starts[0] == 1
        between = [reached(found, at, (first + second) / 2)] + [
            found["descent_step"][at]] * (target is not FOURFOLD[0])
        assert np.all((ends[0] < between) & (between < starts[1]))
        slow = slow_places(found["trajectory_step"],
                           found["trajectory_loss"][at])
        assert len(slow) and np.all(np.any(
            (starts[:n] <= slow[:, None]) & (slow[:, None] <= ends[:n]), axis=1))
        if n == 3:
            assert found["trajectory_orientations"][at][-1] == 2
