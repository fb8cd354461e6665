# SPDX-License-Identifier: MIT
"""Powers with which two-layer and deeper networks leave their start: how long
small weights of more layers stay (as arXiv 2410.20119 looks at), and how far
units go by their width (Luo et al. 2021, arXiv 2007.07497)."""
import os

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

IS_FULL = os.environ.get("GOLDILOCKS_PLATEAUS") == "full"


def run(folder, text):
    """All arrays of a study, by name."""
    study = support.write(folder / "study.yaml", text)
    path = folder / "study.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        assert np.all(file["status_train"][()] == 1)
        return {key: file[key][()] for key in file
                if isinstance(file[key], h5py.Dataset)}


ESCAPE = """
study: escape
grid: {{seed: {{count: 3}}, scale: {scales}}}
data: {{set: function, train: 40, test: 2, normalize: none,
       target: {{sin: [[1, 2, 0]]}}}}
network: {{depth: {depth}, width: 30, activation: tanh, init: xavier-normal,
          loss: mse}}
train: {{optimizer: gd, learning_rate: 0.05, steps: 20000,
        log: {{count: 1500, spacing: log}}, track: [loss, stages],
        stop: {{loss: 0.5}}}}
run: {{precision: float64}}
"""


@pytest.mark.parametrize("depth, scales", [(2, [0.012, 0.006]),
                                           (3, [0.11, 0.055])])
def test_escape_of_deeper_networks(depth, scales, tmp_path):
    """L layers stay on their first plateau as long as scale^-(L - 2), within
    10 % where the scale is smallest."""
    found = run(tmp_path, ESCAPE.format(depth=depth, scales=scales))
    times = found["descent_step"]
    power = np.mean(np.log(times[:, 1] / times[:, 0])) / np.log(
        scales[0] / scales[1])
    assert power == pytest.approx(depth - 1, rel=0.1)


PHASES = """
study: phases
grid:
  seed: {{count: {seeds}}}
  zip: {{width: {widths}, layer_gains: {gains}}}
data: {{set: function, train: 40, test: 2, normalize: none,
       target: {{relu: [[{factor}, 3, -1], [{factor}, -3, -1]]}}}}
network:
  kind: layers
  layers: [linear: width, relu, linear: {{out: classes, bias: false}}]
  bias: true
  init: normal
  bias_init: same
  loss: mse
train: {{optimizer: gd, {rate}, steps: {steps}, log: {{count: 60}},
        track: [loss, condensation]}}
run: {{precision: float64}}
"""
WIDTHS = [100, 400, 1600]
# Lazy units change little where the target is small, of which what networks are
# at the start is then a part that differs from seed to seed; condensed ones are
# far from where they began where it is large.
LAZY = {"factor": 0.2, "seeds": 60, "steps": 300,
        "rate": "learning_rate: 0.5, scale_learning_rate: sharpness"}
CONDENSED = {"factor": 1, "seeds": 2, "steps": 3000,
             "rate": "learning_rate: 0.02"}


@pytest.mark.skipif(not IS_FULL, reason="minutes: ctest -L long")
@pytest.mark.parametrize("gamma, other, rules, power", [
    (1.5, 0, CONDENSED, 0.25), (2, 0, CONDENSED, 0.5),
    (2, 0.5, CONDENSED, 0.25), (0.5, 0, LAZY, -0.5), (0.5, 0.5, LAZY, -1.5)])
def test_phases(gamma, other, rules, power, tmp_path):
    """The furthest that weights of units go, relative to where they began, by
    the width m: deviations m^-((gamma + other) / 2) of the second layer and
    m^-((gamma - other) / 2) of the first."""
    gains = [[float(m) ** -((gamma - other) / 2),
              float(m) ** -((gamma + other) / 2)] for m in WIDTHS]
    found = run(tmp_path, PHASES.format(widths=WIDTHS, gains=gains, **rules))
    furthest = found["trajectory_relative_distance"].max(axis=-1)
    logs = np.log(np.sqrt(np.mean(furthest ** 2, axis=0)))
    slope = np.polyfit(np.log(WIDTHS), logs, 1)[0]
    assert slope == pytest.approx(power, abs=0.05)
