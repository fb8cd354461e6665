# SPDX-License-Identifier: MIT
"""More seeds in rounds, until an interval is narrow or a zone is there: the file
is that of a plain run with the last number of seeds, whatever the processes,
and however often it was killed."""
import os
import re

import h5py
import pytest

import cells
import support
from moments import ANY, Moments, needed
from test_merge import contents

STUDY = """\
study: until
grid:
  seed: {from: 3, count: 6}
  relative_radius: {from: 0.03, to: 30, count: 12, spacing: log}
data: {set: circles, train: 60, test: 20}
network: {depth: 1, width: 16}
curvature: {subspace: {dim: [12]}, split: false}
"""
UNTIL = ("--until", "low:35%", "--most", 100)
RANKS = (0, 2) if os.environ.get("GOLDILOCKS_SOAK", "") == "all" else (2,)
USAGE, CONFIG, STOPPED = 2, 3, 75


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("until") / "study.yaml", STUDY)


def run(study, name, *options, **more):
    return support.run("run", study, "-o", study.with_name(name), *options,
                       **more)


def seeds(path):
    with h5py.File(path) as file:
        return file["seed"][()].tolist()


@pytest.fixture(scope="module")
def whole(study):
    """What a plain run gives with as many seeds as two processes came to."""
    path = study.with_name("rounds.h5")
    result = run(study, path.name, *UNTIL, ranks=2)
    assert result.code == 0, result
    looks = [line for line in result.out.splitlines() if "are wanted" in line]
    counts = [int(line.split(" seeds, ")[0].split()[-1]) for line in looks]
    assert counts[0] == 6 and len(counts) > 2
    assert all(a < b <= 2 * a for a, b in zip(counts, counts[1:]))
    assert looks[-1].endswith(": enough")
    assert [int(line.split()[-1]) for line in looks[:-1]] == counts[1:]
    assert seeds(path) == list(range(3, 3 + counts[-1]))
    support.succeed("run", study, "-o", study.with_name("plain.h5"), "--quiet",
                    "--set", f"grid.seed={{from: 3, count: {counts[-1]}}}")
    found = contents(study.with_name("plain.h5"))
    assert contents(path) == found
    with h5py.File(path) as a, h5py.File(study.with_name("plain.h5")) as b:
        assert a.attrs["study_identity"] == b.attrs["study_identity"]
    return found, counts


def test_the_same_command_goes_on(study, whole):
    """One that was complete; and one that was stopped within a round."""
    result = run(study, "rounds.h5", *UNTIL)
    assert result.code == 0 and "extended" not in result.out
    assert result.out.count("are wanted") == 1
    stopped = run(study, "stopped.h5", *UNTIL, "--max-seconds", 1e-3)
    assert stopped.code == STOPPED and "are wanted" not in stopped.out
    assert run(study, "stopped.h5", *UNTIL, "--quiet").out == ""
    assert contents(study.with_name("stopped.h5")) == whole[0]


@needed
@pytest.mark.parametrize("ranks", RANKS)
def test_killed_in_any_round(study, whole, ranks):
    """Before calls from the first to the last of an uninterrupted run."""
    path = study.with_name(f"killed{ranks}.h5")
    words = ("run", study, "-o", path, "--quiet", *UNTIL)
    with Moments() as moments:
        process = moments.start(ANY(10 ** 9), *words, ranks=ranks)
        assert process.wait(support.LIMIT) == 0
        while len(moments.told("end")) < max(1, ranks):
            assert moments.look(support.LIMIT)
        calls = max(int(words[3]) for words in moments.told("end"))
    assert contents(path) == whole[0]
    path.unlink()
    n_killed = 0
    for share in (0.3, 0.45, 0.6, 0.75):
        with Moments() as moments:
            process = moments.start(ANY(int(share * calls)), *words,
                                    ranks=ranks)
            if moments.wait(process, "moment") is not None:
                support.kill_all(process)
                n_killed += 1
    support.succeed(*words, ranks=ranks)
    assert n_killed > 1 and contents(path) == whole[0]
    assert (cells.read(path)["status_measure"] == cells.DONE).all()


def test_until_a_zone(study):
    """Looks at fixed numbers of seeds, each with its part of 0.05."""
    result = run(study, "zone.h5", "--until", "zone", "--most", 30)
    line = [line for line in result.out.splitlines() if "of a zone" in line][-1]
    assert result.code == 0 and line.endswith(": enough"), result.out
    n = len(seeds(study.with_name("zone.h5")))
    assert (n - 6) % 3 == 0 and f": {n} seeds, p = " in line


def test_no_number_of_seeds(study):
    """It ends where a pilot would say so, and only there."""
    def planned(name, n):
        out = support.succeed(
            "run", study, "-o", study.with_name(name), "--quiet", "--set",
            f"grid.seed={{from: 3, count: {n}}}").out
        assert out == ""
        return support.succeed("plan", study, "--pilot", study.with_name(name),
                               "--width", "3%", "--of", "height").out

    result = run(study, "beyond.h5", "--until", "height:3%", "--most", 400)
    looks = [line for line in result.out.splitlines() if "are wanted" in line]
    n = len(seeds(study.with_name("beyond.h5")))
    assert result.code == 0 and 6 < n < 400
    for k, line in enumerate(looks):
        count = int(line.split(" seeds, ")[0].split()[-1])
        said = planned(f"pilot{count}.h5", count)
        is_last = k == len(looks) - 1
        assert ("no number of seeds does: the grid limits" in line) == is_last
        assert ("no number of seeds, by" in said) == is_last, said
    places = re.search(r"(\d+) places between the same ends in place of 12 may",
                       looks[-1])[1]
    assert f"the grid limits, not seeds: {places} places" in said
    again = run(study, "beyond.h5", "--until", "height:3%", "--most", 400)
    assert again.code == 0 and looks[-1] in again.out
    assert len(seeds(study.with_name("beyond.h5"))) == n


def test_no_more_than_the_most(study):
    result = run(study, "most.h5", "--until", "high:30%", "--most", 9)
    assert result.code == 0 and "no more, as --most says" in result.out
    assert seeds(study.with_name("most.h5")) == list(range(3, 12))
    again = run(study, "most.h5", "--until", "high:30%", "--most", 9, "--quiet")
    assert again.code == 0 and again.out == ""
    assert "30 % are wanted: no more, as --most says" in again.err


@pytest.mark.parametrize("options, code, words", [
    (["--until", "low"], USAGE, "as low:5%, or zone, not 'low'"),
    (["--until", "lwo:5%"], USAGE, "low, high, height, peak and spread"),
    (["--until", "low:five"], USAGE, "no width"),
    (["--until", "low:5"], USAGE, "'5' is no width of an interval, such as 5% or, "
     "as a share below 1, 0.05"),
    (["--most", 5], USAGE, "are of --until"),
    (["--until", "low:5%", "--most", 5], USAGE, "more than the most, 5"),
    (["--until", "low:5%", "--set", "grid.seed=[3, 5]"], CONFIG,
     "that it can go on with"),
    (["--until", "low:5%", "--at", "seed=1"], USAGE, "--at names networks"),
    (["--until", "zone", "--set", "grid.relative_radius=[1]"], USAGE,
     "along an axis of several radii\n"),
    (["--until", "low:9%", "--at", "relative_radius=30"], USAGE,
     "several radii, which --at may not hold"),
])
def test_what_cannot_be(study, options, code, words):
    result = run(study, "wrong.h5", *options)
    assert result.code == code and words in result.err, result
    assert not study.with_name("wrong.h5").exists()


def test_a_line_without_a_zone(study):
    """Two radii have no rise that chance could be held against."""
    result = run(study, "two.h5", "--until", "zone", "--set",
                 "grid.relative_radius=[0.5, 1]")
    assert result.code == CONFIG and "has too few" in result.err, result
    assert "nan" not in result.out + result.err
