# SPDX-License-Identifier: MIT
"""A process that dies or stalls while others live, as `mpirun
--enable-recovery` lets it: the others do its work, and the file becomes what
an undisturbed run makes. mpirun ends with 0 whatever the ranks end with when it is
told to recover, so only the file and the words are looked at."""
import os
import random
import signal
import subprocess
import time

import numpy as np
import pytest

import support

pytest.importorskip("h5py")
import cells  # noqa: E402

STUDY = f"""
study: lost
grid: {{width: [12, 24], seed: {{count: 16}}, scale: [0.1, 0.5, 1, 2, 10]}}
data: {{set: circles, train: {100 if support.IS_QUICK else 400}, test: 100,
       normalize: none}}
network: {{activation: tanh, depth: 2}}
curvature: {{subspace: {{dim: [5, 20]}}}}
train: {{optimizer: momentum, learning_rate: 0.02, steps: 20, log: {{count: 5}}}}
run: {{lease: {5 if support.IS_QUICK else 1}}}
"""
RANKS = 4


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("lost") / "study.yaml", STUDY)


@pytest.fixture(scope="module", name="whole")
def fixture_whole(study):
    path = study.with_name("whole.h5")
    support.succeed("run", study, "-o", path, "--quiet", ranks=3)
    return cells.read(path)


def start(study, path, *options):
    return support.start("run", study, "-o", path, "--quiet", *options,
                         ranks=RANKS, launcher=["--enable-recovery"],
                         out=subprocess.PIPE)


def finish(process):
    out, _ = process.communicate(timeout=120)
    return out.decode(errors="replace")


def test_one_dies(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert cells.wait_for_work(process, path, 5)
    os.kill(support.pid_of(process, 2), signal.SIGKILL)
    text = finish(process)
    assert "process 2 was silent" in text
    cells.assert_equal(path, whole)
    # The session was ended by those who were left.
    with cells.h5py.File(path) as file:
        assert np.isfinite(file["sessions/end"][0])


def test_all_but_one_die(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    process = start(study, path)
    rng = random.Random(1)
    assert cells.wait_for_work(process, path, 5)
    for rank in rng.sample(range(1, RANKS), RANKS - 2):
        os.kill(support.pid_of(process, rank), signal.SIGKILL)
    text = finish(process)
    cells.assert_equal(path, whole)


def test_all_workers_die(study, whole, tmp_path):
    """Work is left: the same command goes on."""
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert cells.wait_for_work(process, path, 5)
    for rank in range(1, RANKS):
        os.kill(support.pid_of(process, rank), signal.SIGKILL)
    text = finish(process)
    assert "points left" in text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    cells.assert_equal(path, whole)


def test_coordinator_dies(study, whole, tmp_path):
    """Nobody hands out work any more: all leave, and the next run goes on."""
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert cells.wait_for_work(process, path, 5)
    os.kill(support.pid_of(process, 0), signal.SIGKILL)
    text = finish(process)
    assert "must be dead" in text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    cells.assert_equal(path, whole)


def test_one_stalls(study, whole, tmp_path):
    """Taken for dead, it comes back while the others are at work, or late."""
    path = tmp_path / "stalled.h5"
    process = start(study, path)
    assert cells.wait_for_work(process, path, 5)
    pid = support.pid_of(process, 1)
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)
    text = finish(process)
    cells.assert_equal(path, whole)


def test_tasks_are_given_up(study, tmp_path):
    """With one attempt, a task whose process dies is marked as failed, with
    the reason; the others are done."""
    path = tmp_path / "failed.h5"
    process = start(study, path, "--set", "run.attempts=1")
    assert cells.wait_for_work(process, path, 5)
    os.kill(support.pid_of(process, 3), signal.SIGKILL)
    text = finish(process)
    with cells.h5py.File(path) as file:
        states = [file[f"status_{kind}"][()] for kind in ("measure", "train")]
        messages = [file[f"message_{kind}"][()] for kind in
                    ("measure", "train")]
    failed = [(kind, *where) for kind, state in enumerate(states)
              for where in np.argwhere(state == cells.FAILED)]
    # It may have died between two tasks.
    assert not failed or "points failed" in text
    assert all(np.all((state == cells.DONE) | (state == cells.FAILED))
               for state in states)
    for kind, *where in failed:
        text = messages[kind][tuple(where)].tobytes().decode()
        assert text.startswith("its process died")
