# SPDX-License-Identifier: MIT
"""Every call of HDF5, every write and every request for memory fails once in
turn: a clear message, the right exit code, nothing lost and nothing made up.

The calls are counted in a clean run; then call k fails, and it alone. By
default k goes through a sample; GOLDILOCKS_FAULTS=all takes every one."""
import collections
import os
import re

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

IO, TASKS, VERIFY = 4, 5, 6
FAULTS = os.environ.get("GOLDILOCKS_FAULTS_LIBRARY", "")
IS_ALL = os.environ.get("GOLDILOCKS_FAULTS", "") == "all"
SAMPLE = 4
NOISE = re.compile(r"HDF5-DIAG|#00\d: |Traceback|Segmentation|Sanitizer|"
                   r"runtime error|\(null\)|double free|corrupted")
WORK = ("seconds_", "rank_", "attempts_", "message_")

STUDY = """
study: faults
grid: {seed: {count: 2}, scale: [0.5, 2]}
data: {set: circles, train: 20, test: 10}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
train: {steps: 4, learning_rate: 0.1, log: {every: 2}, track: [loss]}
"""

pytestmark = pytest.mark.skipif(not os.path.exists(FAULTS),
                                reason="no library that lets calls fail")


def values(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset)
                and not name.startswith(WORK)}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with the study, its result, and one that is half done."""
    folder = tmp_path_factory.mktemp("good")
    support.write(folder / "study.yaml", STUDY)
    for name, options in {"whole": (), "first": ("--shard", "1/2"),
                          "second": ("--shard", "2/2")}.items():
        support.succeed("run", "study.yaml", "-o", f"{name}.h5", "--quiet",
                        *options, cwd=folder)
    return folder


# What runs, which files it starts with, which file it makes.
Scenario = collections.namedtuple("Scenario", "args start made ranks rank")
RUN = ("run", "study.yaml", "-o", "out.h5", "--quiet")
SCENARIOS = {
    "run": Scenario(RUN, {}, "out.h5", 0, 0),
    "resume": Scenario(RUN, {"first.h5": "out.h5"}, "out.h5", 0, 0),
    "coordinator": Scenario(RUN, {}, "out.h5", 2, 0),
    "worker": Scenario(RUN, {}, "out.h5", 2, 1),
    "merge": Scenario(("merge", "out.h5", "first.h5", "second.h5"),
                      {"first.h5": "first.h5", "second.h5": "second.h5"},
                      "out.h5", 0, 0),
    "status": Scenario(("status", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                       0, 0),
    "table": Scenario(("table", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                      0, 0),
    "summary": Scenario(("summary", "whole.h5"), {"whole.h5": "whole.h5"},
                        None, 0, 0),
    "verify": Scenario(("verify", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                       0, 0),
    "point": Scenario(("point", "study.yaml", "--at", "seed=0,scale=2", "-o",
                       "point.h5"), {}, None, 0, 0),
}


def attempt(good, folder, scenario, k):
    """Run with call k failing; the result and the names of all calls."""
    folder.mkdir()
    start = {"study.yaml": "study.yaml", **scenario.start}
    for source, name in start.items():
        support.write(folder / name, (good / source).read_bytes())
    env = {**os.environ, "LD_PRELOAD": FAULTS, "GOLD_FAULT": str(k),
           "GOLD_FAULT_RANK": str(scenario.rank),
           "GOLD_FAULT_LOG": str(folder / "calls")}
    result = support.run(*scenario.args, cwd=folder, env=env, timeout=60,
                         ranks=scenario.ranks)
    return result, (folder / "calls").read_text().split()


def check_file(path, whole):
    """Whatever is marked done holds what it should."""
    found = values(path)
    for kind, names in {
            "measure": ("loss", "trace", "eigenvalues", "gradient_norm"),
            "train": ("final_loss", "trajectory_loss", "outcome")}.items():
        done = found[f"status_{kind}"] == 1
        for name in names:
            assert found[name][done].tobytes() == whole[name][done].tobytes()


def check(good, folder, scenario, result, name):
    """What has to hold after call `name` failed."""
    assert not NOISE.search(result.err + result.out), result
    # A point that has no memory in a verification differs from the file.
    assert result.code in (0, IO, TASKS) or (
        result.code == VERIFY and "fails now: no memory" in result.out), result
    if result.code != 0:
        assert result.err.count("goldilocks: ") >= 1, result
    whole = values(good / "whole.h5")
    for source, kept in scenario.start.items():
        if kept != scenario.made:
            assert (folder / kept).read_bytes() == (good / source).read_bytes()
    assert not list(folder.glob("*.tmp-*")), (name, list(folder.iterdir()))
    if scenario.made is None:
        return
    made = folder / scenario.made
    if made.exists():
        check_file(made, whole)
    if result.code == 0 or scenario.args[0] == "run":
        options = ("--retry-failed",) if result.code != 0 else ()
        if result.code != 0:
            support.succeed(*scenario.args, *options, cwd=folder)
        found = values(made)
        for key, item in whole.items():
            assert found[key].tobytes() == item.tobytes(), key


def turns(n, salt):
    """All of 1 .. n, or a sample that is spread over them."""
    if IS_ALL:
        return range(1, n + 1)
    generator = np.random.default_rng(salt)
    edges = np.linspace(1, n + 1, min(SAMPLE, n) + 1).astype(int)
    return [int(generator.integers(a, b)) for a, b in zip(edges, edges[1:])]


@pytest.mark.parametrize("which", SCENARIOS)
def test_faults(good, tmp_path, which):
    scenario = SCENARIOS[which]
    clean, calls = attempt(good, tmp_path / "clean", scenario, 0)
    assert clean.code == 0, clean
    assert len(calls) > 20
    problems = []
    codes = collections.Counter()
    for k in turns(len(calls), list(SCENARIOS).index(which)):
        folder = tmp_path / f"fault{k}"
        result, seen = attempt(good, folder, scenario, k)
        codes[result.code] += 1
        name = seen[k - 1] if len(seen) >= k else "?"
        try:
            check(good, folder, scenario, result, name)
        except AssertionError as error:
            problems.append(f"call {k}, {name}: {str(error)[:1500]}")
    print(f"{which}: {len(calls)} calls, {sum(codes.values())} failed in turn,"
          f" exit codes {dict(codes)}")
    assert not problems, f"{len(problems)} problems\n" + "\n".join(
        problems[:10])
