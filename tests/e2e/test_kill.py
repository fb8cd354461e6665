# SPDX-License-Identifier: MIT
"""Killed and stopped at any instant: the file opens, what it marks done is
right, none of it is done again, no more than the tasks under way are, and the
same command completes it to what an uninterrupted run makes.

Some kills of each kind, each before a call that is chosen by lot and comes on
computers of any speed. GOLDILOCKS_SOAK=all does ten times as many and more, at
instants chosen by lot, which may be within a call, and after the end on a fast
one."""
import os
import random
import re
import signal
import tempfile
import time

import numpy as np
import pytest

import support

pytest.importorskip("h5py")
import cells  # noqa: E402
from moments import ANY, WRITES, Moments, needed  # noqa: E402

pytestmark = needed
IS_SOAK = os.environ.get("GOLDILOCKS_SOAK", "") == "all"
PARTS = range(10 if IS_SOAK else 1)
N_KILLS, N_DEATHS, N_SIGNALS = ((10, 5, 3) if IS_SOAK else
                                (4, 2, 2) if support.IS_QUICK else (8, 3, 3))
N_SEEDS = 15 if IS_SOAK else 8
# How often one file is interrupted, with how many processes.
MOST = 4
RANKS = (0, 1, 2, 3, 5)
LEASE = 20 if support.IS_QUICK else 5  # where one dies
STOPPED = 75
SCALES = 3
STUDY = f"""
study: kill
grid: {{width: [12, 24], seed: {{count: {N_SEEDS}}}, scale: [0.1, 1, 10]}}
data: {{set: circles, train: {200 if support.IS_QUICK else 500}, test: 100,
       normalize: none}}
network: {{activation: tanh, depth: 2}}
curvature: {{subspace: {{dim: [5, 20]}}}}
train: {{optimizer: momentum, learning_rate: 0.02, batch: 50, steps: 300,
        log: {{count: 5}}}}
run: {{checkpoint_every: 0.005}}
"""
N_LINES = 2 * N_SEEDS
N_TASKS = (1 + SCALES) * N_LINES


@pytest.fixture(scope="module", autouse=True)
def mpi_memory():
    """Killed processes leave the memory that they shared: 4 MiB each."""
    name = "OMPI_MCA_btl_vader_backing_directory"
    with tempfile.TemporaryDirectory(
            dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        os.environ[name] = folder
        yield
        del os.environ[name]


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("kill") / "study.yaml", STUDY)


@pytest.fixture(scope="module", name="whole")
def fixture_whole(study):
    """An uninterrupted run: what it found, how many calls of any kind it took,
    and how many to write, and how long."""
    path = study.with_name("whole.h5")
    n_calls = []
    for at in (ANY, WRITES):
        began = time.monotonic()
        with Moments() as moments:
            process = moments.start(at(10 ** 9), "run", study, "-o", path,
                                    "--quiet", "--overwrite", ranks=3)
            assert process.wait(support.LIMIT) == 0
            while len(moments.told("end")) < 3:
                assert moments.look(support.LIMIT)
        n_calls.append(sum(int(words[3]) for words in moments.told("end")))
    return (cells.read(path), *n_calls, time.monotonic() - began)


def open_tasks(found):
    """Numbers of the tasks that wait: lines, then trainings."""
    lines = found["status_measure"].reshape(-1, SCALES)
    trainings = found["status_train"].ravel()
    return (set(np.flatnonzero((lines == cells.PENDING).any(axis=1)))
            | set(len(lines) + np.flatnonzero(trainings == cells.PENDING)))


def said(text):
    """Numbers of the tasks that --verbose has told of."""
    return [int(number) for number in re.findall(r": task (\d+) \(", text)]


class File:
    """A result file that is interrupted, and what is known about it."""

    def __init__(self, study, path, whole):
        self.path, self.whole = path, whole
        self.log = path.with_suffix(".log")
        self.words = ("run", study, "-o", path, "--verbose")
        self.found = None  # at the last look
        self.n_computing = 0  # processes, over all sessions
        self.n_sessions = 0

    def start(self, moments, at, ranks, *options, least=0, launcher=()):
        self.n_computing += max(1, ranks - 1)
        with open(self.log, "wb") as log:
            return moments.start(at, *self.words, *options, least=least,
                                 ranks=ranks, out=log, launcher=launcher)

    def some(self, rng, moment, n_calls, n_computing):
        """One of the calls that it still takes: if `n_calls` do the whole, one
        of so many processes comes to it."""
        left = N_TASKS if self.found is None else len(open_tasks(self.found))
        return moment(rng.randint(1, 1 + int(
            0.8 * n_calls * left / N_TASKS / n_computing)))

    def kept(self):
        """Trainings that have a checkpoint."""
        folder = self.path.with_name(self.path.name + ".checkpoints")
        return {int(path.name.split("-")[1]) for path in folder.glob("task-*")
                if "." not in path.name}

    def under_way(self):
        """Tasks that wait though they were begun, as far as one can see."""
        lines = cells.touched(self.found, "measure").reshape(-1, SCALES)
        trainings = cells.touched(self.found, "train").ravel()
        return (set(np.flatnonzero(lines.any(axis=1)))
                | set(len(lines) + np.flatnonzero(trainings))
                | (self.kept() & open_tasks(self.found)))

    def look(self):
        """After an interruption. Tells whether a session had begun."""
        if not self.path.exists():
            assert self.found is None
            return False
        before, self.found = self.found, cells.read_all(self.path)
        support.succeed("status", self.path)
        cells.assert_done_is_right(self.found, self.whole)
        if before is not None:
            self.check_nothing_again(before)
        # Each process had one task in its hands when it ended, or none.
        assert len(self.under_way()) <= self.n_computing
        # What was said to be done is.
        text = self.log.read_text(errors="replace")
        assert not open_tasks(self.found).intersection(said(text))
        return self.has_new_session()

    def check_nothing_again(self, before):
        """What was done is, by whom it was done and in the time it took."""
        for name in cells.WORK:
            done = before[f"status_{cells.kind_of(name)}"] == cells.DONE
            assert (self.found[name][done].tobytes()
                    == before[name][done].tobytes()), name

    def has_new_session(self):
        before = self.n_sessions
        with cells.h5py.File(self.path) as file:
            self.n_sessions = int(np.isfinite(file["sessions/start"]).sum())
        return self.n_sessions > before

    def finish(self, ranks):
        """The same command does what waits, each task once, and no other."""
        before = self.found
        result = support.succeed(*self.words, ranks=ranks)
        self.found = cells.read_all(self.path)
        if before is not None:
            assert sorted(said(result.out)) == sorted(open_tasks(before))
            self.check_nothing_again(before)
        cells.assert_equal(self.path, self.whole)
        tries = sum(int((self.found[f"attempts_{kind}"] - 1).sum())
                    for kind in cells.KINDS)
        assert tries <= SCALES * self.n_computing
        # A file that was not complete keeps its temporary name.
        left = {path.name.split(".tmp-")[0]
                for path in self.path.parent.glob(self.path.name + "*")}
        assert left == {self.path.name}


def come(file, moments, whole, rng, ranks, is_timed):
    """Start, and wait for some instant: the process, None when it was over
    before that."""
    at = file.some(rng, ANY, whole[1], max(1, ranks - 1))
    process = file.start(moments, ANY(10 ** 9) if is_timed else at, ranks)
    if is_timed:
        time.sleep(rng.random() * whole[3])
        is_there = process.poll() is None
    else:
        is_there = moments.wait(process, "moment") is not None
    if is_there:
        return process
    assert process.wait(support.LIMIT) == 0, file.log.read_text()
    return None


def interrupt(file, whole, rng, choose, end, is_timed):
    """Sessions of one file, each ended at some instant by `end`, up to MOST;
    how many were."""
    n = 0
    while n < MOST:
        what = choose(rng)
        with Moments() as moments:
            process = come(file, moments, whole, rng, what[0], is_timed)
            if process is None or not end(file, moments, process, *what):
                file.look()
                break
        n += 1
    file.finish(rng.choice(RANKS))
    return n


def kill(file, _, process, __):
    support.kill_all(process)
    file.look()
    return True


@pytest.mark.parametrize("part", PARTS)
def test_kill_all(study, whole, tmp_path, part):
    rng = random.Random(part)
    n = n_files = 0
    while n < N_KILLS:
        file = File(study, tmp_path / f"killed{n_files}.h5", whole[0])
        n += interrupt(file, whole, rng, lambda rng: [rng.choice(RANKS)],
                       kill, part > 0)
        n_files += 1
    print(f"{n} kills of {n_files} files, {file.n_sessions} sessions of the "
          "last")


# SIGTERM to mpirun ends the processes in a second, whatever they are at.
SIGNALS = [(0, signal.SIGTERM), (0, signal.SIGUSR1), (3, signal.SIGUSR1),
           (3, signal.SIGTERM)]


def stop(file, moments, process, ranks, number):
    """False when all was done before."""
    moments.signal(process, number, max(1, ranks))
    code = moments.finish(process)
    has_begun = file.look()
    if code == STOPPED:
        # In good order: nothing was left half written.
        for kind in cells.KINDS:
            assert not cells.touched(file.found, kind).any()
        with cells.h5py.File(file.path) as result:
            assert np.isfinite(result["sessions/end"][file.n_sessions - 1])
    elif code != 0 and (ranks, number) != SIGNALS[-1]:
        # It came before anybody listened.
        assert not has_begun, (code, file.log.read_text())
    return code != 0


@pytest.mark.parametrize("part", PARTS)
def test_signals(study, whole, tmp_path, part):
    rng = random.Random(1000 + part)
    n = n_files = 0
    while n < N_SIGNALS:
        file = File(study, tmp_path / f"stopped{n_files}.h5", whole[0])
        n += interrupt(file, whole, rng, lambda rng: rng.choice(SIGNALS),
                       stop, part > 0)
        n_files += 1
    print(f"{n} signals to {n_files} files")


def lose_one(file, whole, rng):
    """Kill a worker as it is about to write. The number of tasks that it
    held."""
    with Moments() as moments:
        process = file.start(
            moments, file.some(rng, WRITES, whole[2], 3), 4, "--set",
            f"run.lease={LEASE}", least=1, launcher=["--enable-recovery"])
        _, rank, pid, _ = moments.reach(process)[0]
        os.kill(int(pid), signal.SIGKILL)
        moments.finish(process)
    text = file.log.read_text(errors="replace")
    held = re.findall(rf"process {rank} .*others do its (\d+) task", text)
    assert held, text
    return sum(map(int, re.findall(r"others do its (\d+) task", text)))


@pytest.mark.parametrize("part", PARTS)
def test_one_dies(study, whole, tmp_path, part):
    rng = random.Random(2000 + part)
    n_again = n_left = 0
    for n in range(N_DEATHS):
        file = File(study, tmp_path / f"died{n}.h5", whole[0])
        held = lose_one(file, whole, rng)
        # The others did all of it, and what it held once more; or they say
        # what is left, since on a busy computer they take each other for dead.
        file.look()
        if open_tasks(file.found):
            text = file.log.read_text(errors="replace")
            assert "points left" in text or "must be dead; what" in text, text
            n_left += 1
            file.finish(rng.choice(RANKS))
        cells.assert_equal(file.path, whole[0])
        found = cells.read_all(file.path)
        again = sum(int((found["attempts_" + kind] > 1)
                        .reshape(-1, width).any(axis=1).sum())
                    for kind, width in (("measure", SCALES), ("train", 1)))
        assert again <= held
        n_again += again
    print(f"{N_DEATHS} deaths, {n_again} tasks done again, {n_left} runs left "
          "work")
