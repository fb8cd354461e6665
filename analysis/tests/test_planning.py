# SPDX-License-Identifier: MIT
"""How many seeds a zone needs, by a pilot: against the widths that so many seeds
have, and in the words of `goldilocks plan`."""
import json
import subprocess

import numpy as np
import pytest

import goldilocks as gold
from goldilocks import planning

STUDY = """
study: pilot
grid:
  seed: {count: 160}
  relative_radius: {from: 0.03, to: 30, count: 16, spacing: log}
data: {set: circles, train: 60, test: 20}
network: {depth: 2, width: 16}
curvature: {subspace: {dim: [12]}, split: false}
"""
TOLD = ("low", "height")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Of 160 seeds, and the ten that come first."""
    try:
        gold.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    folder = tmp_path_factory.mktemp("pilot")
    (folder / "study.yaml").write_text(STUDY)
    gold.run(folder / "study.yaml", folder / "all.h5")
    gold.run(folder / "study.yaml", folder / "ten.h5",
             **{"grid.seed": "{count: 10}"})
    return folder


def plan(folder, *options):
    done = subprocess.run(
        [gold.running.program(), "plan", folder / "study.yaml", *options],
        capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def test_ten_predict_the_widths_of_many(folder):
    """Within 15 %, of the mean of 16 pilots: each knows a deviation to a
    fifth."""
    with gold.open_results(folder / "all.h5") as ds:
        widths = {n: [planning.width_of(
            gold.zone(ds.isel(seed=slice(first, first + n))).squeeze(), "low")[1]
            for first in range(0, 160 - n + 1, n)] for n in (10, 80, 160)}
    for n in (80, 160):
        assert planning.expected_width(np.mean(widths[10]), 10, n) \
            == pytest.approx(np.mean(widths[n]), rel=0.15), n


@pytest.mark.parametrize("of", TOLD)
def test_plan_says_what_the_package_says(folder, of):
    code, out, _ = plan(folder, "--pilot", folder / "ten.h5", "--width", "12%",
                        "--of", of, "--json")
    said = json.loads(out)
    with gold.open_results(folder / "ten.h5") as ds:
        wanted = gold.seeds_needed(gold.zone(ds).squeeze(), width=0.12, of=of)
    assert code == 0 and said["pilot"]["seeds"] == wanted.n
    assert said["pilot"]["networks"][0]["n"] == wanted.pilot == 10
    assert said["pilot"]["core_hours"] == pytest.approx(
        said["core_hours"] * wanted.n / 160)


def test_plan_in_words(folder):
    code, out, _ = plan(folder, "--pilot", folder / "ten.h5", "--width", "0.2")
    assert code == 0
    assert "for intervals of low that are 20 % wide" in out
    assert "--set grid.seed='{count: " in out
    for wrong, words in ((["--width", "5%"], "go together"),
                         (["--of", "low"], "go together"),
                         (["--pilot", folder / "ten.h5", "--width", "-1"],
                          "no width"),
                         (["--pilot", folder / "ten.h5", "--width", "5 %%"],
                          "no width"),
                         (["--pilot", folder / "ten.h5", "--width", "5%", "--of",
                           "loss"], "low, high, height, peak and spread")):
        code, out, err = plan(folder, *wrong)
        assert code == 2 and words in err and out == "", wrong
