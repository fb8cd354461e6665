# SPDX-License-Identifier: MIT
"""Trainings that are killed or stopped half way go on where they were, with
any number of processes, and the file becomes what an uninterrupted run makes,
bit for bit."""
import itertools
import os
import signal

import numpy as np
import pytest

import support
from moments import ALIVE, KEEP_ALL, KEEPS, Moments, needed

h5py = pytest.importorskip("h5py")

if not support.FASHION_MNIST.exists():
    pytest.skip(f"no {support.FASHION_MNIST}", allow_module_level=True)

WIDTHS = "[8, 16]" if support.IS_QUICK else "[8, 16, 24, 32]"
SEEDS = 2 if support.IS_QUICK else 5
STUDY = f"""
study: train-kill
grid:
  width: {WIDTHS}
  seed: {{count: {SEEDS}}}
  relative_radius: {{from: 0.1, to: 10, count: 9, spacing: log}}
data: {{set: fashion-mnist, path: {support.few(support.FASHION_MNIST)},
       train: 300, test: 100}}
network: {{depth: 2}}
curvature: {{at: [start, end], subspace: {{dim: 10}}, trace_probes: 4}}
train: {{optimizer: momentum, learning_rate: 0.02, batch: 64, steps: 200,
        log: {{count: 20, spacing: log}}}}
run: {{checkpoint_every: 0.005}}
"""
WORK = {f"{what}_{kind}" for kind in ("measure", "train")
        for what in ("seconds", "rank", "attempts")}
DONE = 1
STOPPED = 75
# Processes of the sessions that end by SIGKILL, and how often one of them has
# kept a training by then, of 199 times at most; of those that end by SIGUSR1,
# by themselves.
KILLED = [(1, 40), (2, 2), (3, 20), (5, 7), (3, 30), (2, 25)]
ASKED = 2
LAST = 5


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("kill") / "study.yaml", STUDY)


@pytest.fixture(scope="module", name="whole")
def fixture_whole(study):
    """The file of an uninterrupted run that keeps nothing on the way."""
    path = study.with_name("whole.h5")
    support.succeed("run", study, "-o", path, "--quiet",
                    "--set", "run.checkpoint_every=1000", ranks=3)
    assert not folder_of(path).exists()
    return path


def folder_of(path):
    return path.with_name(path.name + ".checkpoints")


def kept(path):
    """The tasks that have a checkpoint."""
    try:
        names = os.listdir(folder_of(path))
    except FileNotFoundError:
        return set()
    return {name for name in names if ".tmp-" not in name}


def read(path):
    """Everything but who did it when, as (type, shape, bytes)."""
    with h5py.File(path) as file:
        return {name: (item.dtype, item.shape, item[()].tobytes())
                for name, item in file.items()
                if isinstance(item, h5py.Dataset) and name not in WORK}


def assert_equal(path, whole):
    ours, theirs = read(path), read(whole)
    assert "final_loss" in ours and set(ours) == set(theirs)
    for name, values in ours.items():
        assert values == theirs[name], name


def n_trained(path):
    with h5py.File(path) as file:
        return int(np.sum(file["status_train"][()] == DONE))


def start(moments, n_kept, study, path, ranks):
    """Until one process has kept a training so often."""
    process = moments.start(KEEPS(n_kept), "run", study, "-o", path, "--quiet",
                            *KEEP_ALL, *ALIVE, ranks=ranks)
    moments.reach(process)
    return process


@needed
def test_kill(study, whole, tmp_path):
    path = tmp_path / "killed.h5"
    for ranks, n_kept in KILLED:
        with Moments() as moments:
            support.kill_all(start(moments, n_kept, study, path, ranks))
        # Nothing is done yet by the first.
        assert kept(path) or n_trained(path) > 0
    with Moments() as moments:
        process = start(moments, 2, study, path, ASKED)
        assert moments.signal(process, signal.SIGUSR1, ASKED)
        assert moments.finish(process) == STOPPED
    # The rank that computes has kept what it was doing.
    assert kept(path)
    assert n_trained(path) < n_trained(whole)
    support.succeed("run", study, "-o", path, "--quiet", ranks=LAST)
    assert_equal(path, whole)
    assert {"final_trace", "final_full_trace"} <= set(read(path))
    assert not folder_of(path).exists()
    assert all(p == path or p.name.startswith("killed.h5.tmp-")
               for p in tmp_path.iterdir())


LONG = """
study: long
grid: {seed: {count: 1}}
data: {set: circles, train: 200, test: 100, normalize: none}
network: {width: 32, depth: 2}
train: {optimizer: adam, learning_rate: 0.001, steps: 60, log: {count: 9}}
"""


@needed
def test_longer_than_sessions(tmp_path):
    """One training that no session has the time for still comes to its end."""
    study = support.write(tmp_path / "long.yaml", LONG)
    whole = tmp_path / "whole.h5"
    support.succeed("run", study, "-o", whole, "--quiet")
    path = tmp_path / "long.h5"
    for n_sessions in itertools.count(1):
        with Moments() as moments:
            process = moments.start(KEEPS(20), "run", study, "-o", path,
                                    "--quiet", *KEEP_ALL, "--max-seconds",
                                    10000)
            has_more = moments.wait(process, "moment") is not None
            moments.set_clock(20000)
            assert moments.finish(process) == (STOPPED if has_more else 0)
        if not has_more:
            break
        assert kept(path)
    assert n_sessions == 3
    assert_equal(path, whole)
    assert not folder_of(path).exists()


def test_overwrite(study, tmp_path):
    """Begun again from nothing, a run forgets what an earlier one kept; what
    is damaged does no harm, and what is somebody else's stays."""
    path = tmp_path / "again.h5"
    small = ("--set", "grid.width=[8]", "--set", "grid.seed=[0]")
    support.succeed("run", study, "-o", path, "--quiet", *small)
    before = read(path)
    folder = folder_of(path)
    folder.mkdir()
    for task in range(30):
        (folder / f"task-{task}").write_bytes(
            b"GOLDCKP\0" + os.urandom(17 * task))
    path.unlink()
    support.succeed("run", study, "-o", path, "--quiet", *small)
    assert read(path) == before
    assert not folder.exists()
    folder.mkdir()
    (folder / "task-3").write_text("notes")
    (folder / "task-4").write_bytes(b"GOLDCKP\0old")
    stopped = support.run("run", study, "-o", path, "--quiet", "--overwrite",
                          "--max-seconds", "1e-6", *small)
    assert stopped.code == STOPPED
    assert kept(path) == {"task-3"}
    assert (folder / "task-3").read_text() == "notes"
