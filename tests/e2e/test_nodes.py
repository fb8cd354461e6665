# SPDX-License-Identifier: MIT
"""Two nodes, and one of them lost: killed, cut off, frozen. The other does its
work, the file becomes what an undisturbed run makes, and mpirun, which would
wait for the lost one for ever, comes back; with 0 only where all is well.

Nothing here is timed: whoever waits for what does not come is stopped by the
time limit of the tests, minutes later."""
import contextlib
import ctypes
import os
import pathlib
import re
import signal
import time

import numpy as np
import pytest

import support

pytest.importorskip("h5py")
import cells  # noqa: E402
import nodes  # noqa: E402

WHY_NOT = nodes.why_not()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))

# Seconds that something may take which takes moments.
LONG = 240
STUDY = """
study: nodes
grid: {width: [12, 24], seed: {count: 10}, scale: [0.1, 0.5, 1, 2, 10]}
data: {set: circles, train: 400, test: 100, normalize: none}
network: {activation: tanh, depth: 2}
curvature: {subspace: {dim: [5, 20]}}
train: {optimizer: momentum, learning_rate: 0.02, steps: 20, log: {count: 5}}
run: {lease: 3, attempts: 9}
"""
POINTS = 100
# Two processes on each; the first of all hands out work.
SLOTS = {"ann": 2, "bob": 2}
# Open MPI's daemons leave the terminal: the end of what started one on a lost
# node would end the job.
RECOVER = ["--enable-recovery", "--mca", "plm_rsh_no_tree_spawn", "1"]


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("nodes") / "study.yaml", STUDY)


@pytest.fixture(scope="module", name="whole")
def fixture_whole(study):
    path = study.with_name("whole.h5")
    support.succeed("run", study, "-o", path, "--quiet")
    return cells.read(path)


@pytest.fixture(name="make")
def fixture_make(tmp_path):
    with contextlib.ExitStack() as stack:
        yield lambda: stack.enter_context(nodes.Nodes(tmp_path, *SLOTS))


@pytest.fixture(name="two")
def fixture_two(make):
    return make()


def until(is_so, what):
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.05)


def n_done(path):
    try:
        with cells.h5py.File(path) as file:
            return int((file["status_measure"][()] == cells.DONE).sum())
    except OSError:
        return 0


def wait_for_work(process, path, points):
    """Until so many points are done; False: the run ended before."""
    while n_done(path) < points:
        if process.poll() is not None:
            return False
        time.sleep(0.01)
    return process.poll() is None


def lose(make, study, folder, how, name):
    """Lose a node while a run is under way; the nodes, the process and the
    file. A run that was over before is none, and there is another."""
    for i in range(9):
        two = make()
        path = folder / f"{i}.h5"
        process = two.start(SLOTS, "run", study, "-o", path, launcher=RECOVER)
        assert wait_for_work(process, path, 1), finish(process)
        getattr(two, how)(name)
        if n_done(path) < POINTS:
            return two, process, path
    raise AssertionError("the run is always over before")


def finish(process):
    out, _ = process.communicate(timeout=LONG)
    return out.decode(errors="replace")


def assert_told_of(process, text):
    """That mpirun did not end with 0. It ends with 1 when it is ended because a
    node was lost; at times it crashes on the way, in its own handling of the
    news that the node is gone ("PMIX ERROR" before, as seen with Open MPI
    4.1.4): not what the program can help, and no success either."""
    crashed = (process.returncode == -signal.SIGSEGV and "PMIX ERROR" in text)
    assert process.returncode == 1 or crashed, (process.returncode, text)


def opened(path, run):
    """How often a file is opened while something runs."""
    libc = ctypes.CDLL(None, use_errno=True)
    opens, closes, nonblocking = 0x20, 0x10, os.O_NONBLOCK
    watch = libc.inotify_init1(nonblocking)
    assert watch >= 0
    assert libc.inotify_add_watch(watch, os.fsencode(path),
                                  opens | closes) >= 0
    run()
    events = os.read(watch, 1 << 20)
    os.close(watch)
    # Of 16 bytes each; equal neighbours are one, so closings keep openings
    # apart.
    masks = np.frombuffer(events, np.uint32).reshape(-1, 4)[:, 1]
    return int(np.sum(masks == opens))


def shared(pids):
    """The shared windows of processes, by inode."""
    return {tuple(sorted(set(
        re.findall(r"(\d+) +/dev/shm/\S*osc\S*",
                   pathlib.Path(f"/proc/{pid}/maps").read_text()))))
            for pid in pids}


def ranks(two, name):
    return [pid for pid in two.members(name)
            if support.rank_of(pid) is not None
            and os.path.basename(os.readlink(f"/proc/{pid}/exe"))
            == os.path.basename(support.GOLDILOCKS)]


def test_both_work(two, study, whole, tmp_path):
    path = tmp_path / "both.h5"
    process = two.start(SLOTS, "run", study, "-o", path)
    text = finish(process)
    assert process.returncode == 0, text
    cells.assert_equal(path, whole)
    # Ranks of both nodes did it.
    found = cells.read_all(path)
    assert {1, 2, 3} == set(found["rank_measure"].ravel()), text


def digits(folder):
    """A small data set in files."""
    folder.mkdir()
    for name, n in (("train", 400), ("t10k", 100)):
        images = np.arange(n * 36).reshape(n, 36) % 251
        head = np.array([0x803, n, 6, 6], ">u4").tobytes()
        support.write(folder / f"{name}-images-idx3-ubyte",
                      head + images.astype(np.uint8).tobytes())
        support.write(folder / f"{name}-labels-idx1-ubyte",
                      np.array([0x801, n], ">u4").tobytes()
                      + (np.arange(n) % 10).astype(np.uint8).tobytes())
    return folder


def test_data_are_read_once(two, tmp_path):
    """By one process for all nodes; each node has them once, in memory that its
    processes share."""
    folder = digits(tmp_path / "digits")
    study = support.write(tmp_path / "study.yaml", STUDY.replace(
        "set: circles", f"set: mnist, path: {folder}").replace(
            "lease: 3", "lease: 60"))
    data = folder / "train-images-idx3-ubyte"
    alone = opened(data, lambda: support.succeed(
        "run", study, "-o", tmp_path / "alone.h5", "--quiet"))
    seen = {}

    def together():
        path = tmp_path / "both.h5"
        process = two.start(SLOTS, "run", study, "-o", path)
        assert wait_for_work(process, path, 1), finish(process)
        # Nothing ends while we look.
        here = {name: ranks(two, name) for name in SLOTS}
        for number in (signal.SIGSTOP, signal.SIGCONT):
            for pids in here.values():
                for pid in pids:
                    os.kill(pid, number)
            if number == signal.SIGSTOP:
                seen.update({name: shared(pids)
                             for name, pids in here.items()})
        text = finish(process)
        assert process.returncode == 0, text

    assert alone > 0
    assert opened(data, together) == alone
    # All processes of a node have the same, and those of the other none of it.
    assert [len(seen[name]) for name in SLOTS] == [1, 1], seen
    (ann,), (bob,) = seen.values()
    assert ann and bob and not set(ann) & set(bob), seen


@pytest.mark.parametrize("how", ["kill", "cut", "freeze"])
def test_a_node_is_lost(make, study, whole, tmp_path, how):
    two, process, path = lose(make, study, tmp_path, how, "bob")
    text = finish(process)
    for rank in (2, 3):
        assert f"process {rank} was silent" in text, text
    assert f"finished: {POINTS} of {POINTS} points measured" in text, text
    assert "it is ended in 5 s, with exit code 1" in text, text
    assert_told_of(process, text)
    cells.assert_equal(path, whole)
    # Whoever is lost does not hold the file.
    support.succeed("run", study, "-o", path, "--quiet")
    # What thaws finds that its time is over.
    two.thaw("bob")
    until(lambda: not ranks(two, "bob"), "what is cut off stays")
    cells.assert_equal(path, whole)


def test_the_first_node_is_lost(make, study, whole, tmp_path):
    """It has mpirun and the process that hands out work: the others end by
    themselves, and the same command goes on."""
    two, process, path = lose(make, study, tmp_path, "kill", "ann")
    finish(process)
    assert process.returncode != 0
    until(lambda: not ranks(two, "bob"), "without orders, they stay")
    support.succeed("run", study, "-o", path, "--quiet", ranks=2)
    cells.assert_equal(path, whole)


def test_the_first_node_is_cut_off(make, study, whole, tmp_path):
    """Here its processes are alone, and do all; there they find that nobody
    hands out work."""
    two, process, path = lose(make, study, tmp_path, "cut", "ann")
    text = finish(process)
    assert "finished" in text, text
    assert_told_of(process, text)
    until(lambda: not ranks(two, "bob"), "without orders, they stay")
    cells.assert_equal(path, whole)
