# SPDX-License-Identifier: MIT
"""A process that dies or stalls while others live, as `mpirun
--enable-recovery` lets it: the others do its work, and the file becomes what
an undisturbed run makes. mpirun, which hides exit codes when it is told to
recover, ends with 0 only where all is done."""
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
from moments import TRAINS, Moments, needed  # noqa: E402

pytestmark = needed
STUDY = f"""
study: lost
grid: {{width: [12, 24], seed: {{count: 16}}, scale: [0.1, 0.5, 1, 2, 10]}}
data: {{set: circles, train: {100 if support.IS_QUICK else 400}, test: 100,
       normalize: none}}
network: {{activation: tanh, depth: 2}}
curvature: {{subspace: {{dim: [5, 20]}}}}
train: {{optimizer: momentum, learning_rate: 0.02, steps: 20, log: {{count: 5}}}}
run: {{lease: {20 if support.IS_QUICK else 5}}}
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


def start(moments, study, path, *options):
    """Until each worker is about to train a second time; it shows signs of
    life. Process ids by rank."""
    process = moments.start(
        TRAINS(2), "run", study, "-o", path, "--quiet", *options, ranks=RANKS,
        launcher=["--enable-recovery"], out=subprocess.PIPE)
    found = moments.reach(process, RANKS - 1)
    pids = {int(rank): int(pid) for _, rank, pid, _ in found}
    return process, {0: support.pid_of(process, 0), **pids}


def finish(moments, process):
    moments.go()
    out, _ = process.communicate(timeout=support.LIMIT)
    return out.decode(errors="replace")


def without(study, path, dead, *options):
    """A run in which these ranks die half way: its code, and what it says."""
    with Moments() as moments:
        process, pids = start(moments, study, path, *options)
        for rank in dead:
            os.kill(pids[rank], signal.SIGKILL)
        text = finish(moments, process)
    return process.returncode, text


def test_one_dies(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    code, text = without(study, path, [2])
    assert "process 2 was silent" in text
    assert code == 0, text
    cells.assert_equal(path, whole)
    # The session was ended by those who were left.
    with cells.h5py.File(path) as file:
        assert np.isfinite(file["sessions/end"][0])


def test_all_but_one_die(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    rng = random.Random(1)
    without(study, path, rng.sample(range(1, RANKS), RANKS - 2))
    cells.assert_equal(path, whole)


def test_all_workers_die(study, whole, tmp_path):
    """Work is left: the same command goes on."""
    path = tmp_path / "died.h5"
    code, text = without(study, path, range(1, RANKS))
    assert "points left" in text
    assert code == 1, text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    cells.assert_equal(path, whole)


def test_coordinator_dies(study, whole, tmp_path):
    """Nobody hands out work any more: all leave, and the next run goes on."""
    path = tmp_path / "died.h5"
    code, text = without(study, path, [0])
    assert "must be dead" in text
    assert code == 1, text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    cells.assert_equal(path, whole)


@pytest.mark.parametrize("is_late", [False, True])
def test_one_stalls(study, whole, tmp_path, is_late):
    """Taken for dead, it comes back while the others are at work, or late."""
    path = tmp_path / "stalled.h5"
    with Moments() as moments:
        process, pids = start(moments, study, path)
        os.kill(pids[1], signal.SIGSTOP)
        text = b""
        while b"process 1 was silent" not in text:
            line = process.stdout.readline()
            assert line, text
            text += line
        if is_late:
            moments.go()
            while support.session_of(pids[0]) == process.pid:
                time.sleep(0.01)
        os.kill(pids[1], signal.SIGCONT)
        finish(moments, process)
    cells.assert_equal(path, whole)


def test_tasks_are_given_up(study, tmp_path):
    """With one attempt, a task whose process dies is marked as failed, with
    the reason; the others are done."""
    path = tmp_path / "failed.h5"
    code, text = without(study, path, [3], "--set", "run.attempts=1")
    with cells.h5py.File(path) as file:
        states = [file[f"status_{kind}"][()] for kind in ("measure", "train")]
        messages = [file[f"message_{kind}"][()] for kind in
                    ("measure", "train")]
    failed = [(kind, *where) for kind, state in enumerate(states)
              for where in np.argwhere(state == cells.FAILED)]
    assert failed and "failed: " in text, text
    assert code == 1, text
    assert all(np.all((state == cells.DONE) | (state == cells.FAILED))
               for state in states)
    for kind, *where in failed:
        text = messages[kind][tuple(where)].tobytes().decode()
        assert text.startswith("its process died")


def test_work_that_is_left_is_not_hidden(study, tmp_path):
    """mpirun would end with 0, though nothing was done. Who asks for the code
    gets it."""
    note = tmp_path / "code"
    result = support.run("run", study, "-o", tmp_path / "left.h5",
                         "--max-seconds", 0.001, ranks=3,
                         launcher=["--enable-recovery"],
                         env={**os.environ, "GOLDILOCKS_CODE": str(note)})
    assert result.code == 1, result
    assert "points left" in result.err
    assert note.read_text() == "75\n"
    support.succeed("run", study, "-o", tmp_path / "left.h5", ranks=3,
                    launcher=["--enable-recovery"],
                    env={**os.environ, "GOLDILOCKS_CODE": str(note)})
    assert note.read_text() == "0\n"
