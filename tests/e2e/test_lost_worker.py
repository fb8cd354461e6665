# SPDX-License-Identifier: MIT
"""A process that dies or stalls while others live, as `mpirun
--enable-recovery` lets it: the others do its work, and the file becomes what
an undisturbed run makes. mpirun ends with 0 whatever the ranks end with when it is
told to recover, so only the file and the words are looked at."""
import os
import pathlib
import random
import signal
import subprocess
import time

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

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
WORK = {f"{what}_{kind}" for kind in ("measure", "train")
        for what in ("seconds", "rank", "attempts")}
DONE, FAILED = 1, 2
RANKS = 4


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("lost") / "study.yaml", STUDY)


@pytest.fixture(scope="module", name="whole")
def fixture_whole(study):
    path = study.with_name("whole.h5")
    support.succeed("run", study, "-o", path, "--quiet", ranks=3)
    return read(path)


def read(path):
    with h5py.File(path) as file:
        shape = file["status_measure"].shape
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset) and name not in WORK
                and item.shape[:len(shape)] == shape}


def assert_equal(path, whole):
    found = read(path)
    assert set(found) == set(whole)
    for name, values in found.items():
        assert values.tobytes() == whole[name].tobytes(), name


def start(study, path, *options):
    words = support.command(("run", study, "-o", path, "--quiet", *options),
                            RANKS)
    words.insert(1, "--enable-recovery")
    return subprocess.Popen(words, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, start_new_session=True)


def rank_of(pid):
    """Rank of a process, None when it is not one."""
    try:
        words = pathlib.Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return None
    for word in words:
        if word.startswith(b"OMPI_COMM_WORLD_RANK="):
            return int(word.split(b"=")[1])
    return None


def pid_of(process, rank):
    """Process id of a rank."""
    for pid in support.pids():
        if (support.session_of(pid) == process.pid and pid != process.pid
                and rank_of(pid) == rank):
            return pid
    return None


def n_done(path):
    try:
        with h5py.File(path) as file:
            return int(np.sum(file["status_measure"][()] == DONE))
    except OSError:
        return 0


def wait_for_work(process, path, points):
    """Until so many points are done; False: the run ended before."""
    while n_done(path) < points:
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return process.poll() is None


def finish(process):
    out, _ = process.communicate(timeout=120)
    return out.decode(errors="replace")


def test_one_dies(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert wait_for_work(process, path, 5)
    os.kill(pid_of(process, 2), signal.SIGKILL)
    text = finish(process)
    assert "process 2 was silent" in text
    assert_equal(path, whole)
    # The session was ended by those who were left.
    with h5py.File(path) as file:
        assert np.isfinite(file["sessions/end"][0])


def test_all_but_one_die(study, whole, tmp_path):
    path = tmp_path / "died.h5"
    process = start(study, path)
    rng = random.Random(1)
    assert wait_for_work(process, path, 5)
    for rank in rng.sample(range(1, RANKS), RANKS - 2):
        os.kill(pid_of(process, rank), signal.SIGKILL)
    text = finish(process)
    assert_equal(path, whole)


def test_all_workers_die(study, whole, tmp_path):
    """Work is left: the same command goes on."""
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert wait_for_work(process, path, 5)
    for rank in range(1, RANKS):
        os.kill(pid_of(process, rank), signal.SIGKILL)
    text = finish(process)
    assert "points left" in text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    assert_equal(path, whole)


def test_coordinator_dies(study, whole, tmp_path):
    """Nobody hands out work any more: all leave, and the next run goes on."""
    path = tmp_path / "died.h5"
    process = start(study, path)
    assert wait_for_work(process, path, 5)
    os.kill(pid_of(process, 0), signal.SIGKILL)
    text = finish(process)
    assert "must be dead" in text
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    assert_equal(path, whole)


def test_one_stalls(study, whole, tmp_path):
    """Taken for dead, it comes back while the others are at work, or late."""
    path = tmp_path / "stalled.h5"
    process = start(study, path)
    assert wait_for_work(process, path, 5)
    pid = pid_of(process, 1)
    os.kill(pid, signal.SIGSTOP)
    time.sleep(2)
    os.kill(pid, signal.SIGCONT)
    text = finish(process)
    assert_equal(path, whole)


def test_tasks_are_given_up(study, tmp_path):
    """With one attempt, a task whose process dies is marked as failed, with
    the reason; the others are done."""
    path = tmp_path / "failed.h5"
    process = start(study, path, "--set", "run.attempts=1")
    assert wait_for_work(process, path, 5)
    os.kill(pid_of(process, 3), signal.SIGKILL)
    text = finish(process)
    with h5py.File(path) as file:
        states = [file[f"status_{kind}"][()] for kind in ("measure", "train")]
        messages = [file[f"message_{kind}"][()] for kind in
                    ("measure", "train")]
    failed = [(kind, *where) for kind, state in enumerate(states)
              for where in np.argwhere(state == FAILED)]
    # It may have died between two tasks.
    assert not failed or "points failed" in text
    assert all(np.all((state == DONE) | (state == FAILED))
               for state in states)
    for kind, *where in failed:
        text = messages[kind][tuple(where)].tobytes().decode()
        assert text.startswith("its process died")
