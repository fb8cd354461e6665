# SPDX-License-Identifier: MIT
"""Whatever asks a run to end, it ends in good order and says so, under mpirun
too: with the numbers that are left, the end of its session, and its trainings
kept. The tasks here are such as would take hours."""
import fcntl
import os
import pathlib
import re
import signal
import subprocess
import termios
import time

import numpy as np
import pytest

import support
from moments import BEFORE_MPI, INSIDE_MPI_INIT, Moments, needed

h5py = pytest.importorskip("h5py")

STOPPED = 75
N_POINTS = 6
TRAINING = """
study: trained
grid: {seed: {count: 2}, scale: [0.1, 1, 10]}
data: {set: circles, train: 100, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
train: {optimizer: momentum, learning_rate: 0.02, batch: 50, steps: 1000000000,
        log: {count: 5}}
run: {checkpoint_every: 0.01}
"""
MEASURING = """
study: measured
grid:
  seed: {count: 6}
  relative_radius: {from: 0.1, to: 10, count: 2000, spacing: log}
data: {set: circles, train: 20000, test: 20, normalize: none}
network: {width: 400, depth: 3, activation: tanh}
curvature: {subspace: {dim: [50]}}
"""
# mpirun sends SIGTERM and SIGKILL so many seconds after Ctrl-C, and after each
# other: time for all that has to be said, also where much else is going on.
PATIENT = ["--mca", "odls_base_sigkill_timeout", "3"]


class Run:
    """A run that was started, and what it says."""

    def __init__(self, folder, text, ranks=0, words=None, launcher=(), **more):
        study = support.write(folder / "study.yaml", text)
        self.path = folder / "out.h5"
        self.log = folder / "log"
        self.args = [str(study), "-o", str(self.path)]
        words = words or support.command(["run"], ranks, launcher)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*words, *self.args], stdout=log, stderr=subprocess.STDOUT,
                start_new_session=True, **more)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """Nothing is left of it when a test fails."""
        for pid in self.pids():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process.wait()

    def pids(self):
        """All of its processes, whatever sessions they are in."""
        found = []
        for pid in support.pids():
            try:
                words = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if os.fsencode(self.path) in words.split(b"\0"):
                found.append(pid)
        return found

    def said(self):
        return self.log.read_text(errors="replace")

    def wait_until(self, is_so):
        while not is_so():
            assert self.process.poll() is None, self.said()
            time.sleep(0.01)

    def wait_for_words(self, words):
        self.wait_until(lambda: words in self.said())

    def wait_for_training(self):
        self.wait_until(lambda: self.kept() != [])

    def kept(self):
        folder = self.path.with_name(self.path.name + ".checkpoints")
        return [path for path in folder.glob("task-*") if "." not in path.name]

    def send(self, number):
        self.process.send_signal(number)

    def end(self):
        return self.process.wait(support.LIMIT)

    def has_ended_session(self):
        with h5py.File(self.path) as file:
            return bool(np.isfinite(file["sessions/end"][0]))


def assert_adds_up(text):
    """What is done and what is left, of tasks, points and trainings."""
    assert "0 s left" not in text
    done, n_tasks, left = map(int, re.findall(
        r"(\d+) of (\d+) tasks, .* (\d+) left to do", text)[-1])
    assert done + left == n_tasks and left > 0
    measured, trained = map(int, re.search(
        rf"stopped: (\d+) of {N_POINTS} points measured, 0 failed; "
        rf"(\d+) of {N_POINTS} trained, 0 failed; ", text).groups())
    found = re.search(r"stopped [a-z ]*with (?:(\d+) points left to measure "
                      r"and (\d+) to train|(\d+) points left to train)", text)
    assert int(found[1] or 0) == N_POINTS - measured
    assert int(found[2] or found[3]) == N_POINTS - trained


@pytest.mark.parametrize("ranks, name", [
    *((0, name) for name in
      ("TERM", "INT", "USR1", "USR2", "HUP", "XCPU")),
    # mpirun hands these on.
    (2, "USR1"), (2, "USR2")])
def test_good_order(tmp_path, ranks, name):
    with Run(tmp_path, TRAINING, ranks) as run:
        run.wait_for_training()
        run.send(getattr(signal, f"SIG{name}"))
        assert run.end() == STOPPED, run.said()
        assert_adds_up(run.said())
        assert "in good order" in run.said()
        assert run.kept() and run.has_ended_session()


def test_mpirun_kills_trainings(tmp_path):
    """Ctrl-C: they are kept. The exit code is mpirun's, whatever we do."""
    with Run(tmp_path, TRAINING, 3, launcher=PATIENT) as run:
        run.wait_for_training()
        run.send(signal.SIGINT)
        run.end()
        assert "mpirun is about to kill" in run.said()
        assert_adds_up(run.said())
        assert run.kept() and run.has_ended_session()


def test_mpirun_kills_measurements(tmp_path):
    """No worker comes home in time: the first process speaks for all."""
    with Run(tmp_path, MEASURING, 3, launcher=PATIENT) as run:
        run.wait_for_words("0 of 6 tasks")
        run.send(signal.SIGHUP)
        run.end()
        assert "mpirun is about to kill" in run.said()
        assert ("stopped with 12,000 points left to measure: the same command "
                "goes on" in run.said())
        assert run.has_ended_session()


def test_nohup(tmp_path):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    with Run(tmp_path, TRAINING, preexec_fn=ignore) as run:
        run.wait_for_training()
        status = pathlib.Path(f"/proc/{run.process.pid}/status").read_text()
        ignored = int(re.search(r"SigIgn:\s*(\w+)", status)[1], 16)
        assert ignored >> (signal.SIGHUP - 1) & 1 == 1
        run.send(signal.SIGUSR1)
        assert run.end() == STOPPED


def test_nobody_reads_on(tmp_path):
    """`run | head -1`: the work goes on; what was not shown is an error."""
    study = support.write(tmp_path / "study.yaml",
                          TRAINING[:TRAINING.index("train: {opt")])
    path = tmp_path / "out.h5"
    with subprocess.Popen(support.command(["run", study, "-o", path]),
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        assert process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read().decode()
    assert process.returncode in (0, 4), said
    with h5py.File(path) as file:
        assert np.all(file["status_measure"][()] == 1)


def full_pipe():
    """Both ends of a pipe that takes nothing more."""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, bytes(512))
    except BlockingIOError:
        os.set_blocking(writer, True)
    return reader, writer


def waits_for_reader(process):
    """Until it waits for who reads its output; False where the system does not
    tell what a process waits for."""
    where = pathlib.Path(f"/proc/{process.pid}/wchan")
    for _ in range(support.LIMIT * 10):
        assert process.poll() is None
        if "pipe_w" in where.read_text():
            return True
        time.sleep(0.01)
    return False


@pytest.mark.parametrize("name", ["run", "table", "status", "validate"])
def test_nobody_reads(tmp_path, name):
    """`goldilocks ... | less`, left alone: the end comes all the same."""
    study = support.write(tmp_path / "study.yaml",
                          TRAINING[:TRAINING.index("train: {opt")])
    path = tmp_path / "out.h5"
    if name in ("table", "status"):
        support.succeed("run", study, "-o", path, "--quiet")
    words = {"run": ["run", study, "-o", path], "validate": ["validate", study]}
    reader, writer = full_pipe()
    with subprocess.Popen(support.command(words.get(name, [name, path])),
                          stdout=writer) as process:
        can_tell = waits_for_reader(process)
        process.send_signal(signal.SIGTERM if can_tell else signal.SIGKILL)
        code = process.wait(support.LIMIT)
    os.close(reader)
    os.close(writer)
    if not can_tell:
        pytest.skip("what processes wait for is not told here")
    assert code == (STOPPED if name == "run" else -signal.SIGTERM)


def test_a_long_end(tmp_path):
    """Patience is lost every 5 s until the end comes, which may take long.
    Signals that come too close together are taken for one, which hides a fault
    and makes none: twenty, with pauses."""
    with Run(tmp_path, TRAINING) as run:
        run.wait_for_training()
        for _ in range(20):
            run.send(signal.SIGALRM)
            time.sleep(0.05)
        run.send(signal.SIGTERM)
        assert run.end() == STOPPED, run.said()


def test_interrupted_twice(tmp_path):
    with Run(tmp_path, MEASURING) as run:
        run.wait_for_words("tasks to do")
        run.send(signal.SIGINT)
        run.wait_for_words("once more")
        run.send(signal.SIGINT)
        assert run.end() == STOPPED
        assert "stopped at once" in run.said()


class Early:
    """A run that stops while MPI starts."""

    def __init__(self, folder, moments, at, ranks=0):
        study = support.write(folder / "study.yaml", MEASURING)
        self.path = folder / "out/put.h5"
        self.log = folder / "log"
        self.moments = moments
        with open(self.log, "wb") as log:
            self.process = moments.start(at, "run", study, "-o", self.path,
                                         ranks=ranks, out=log)
        moments.reach(self.process, max(1, ranks))

    def assert_stopped(self, code):
        said = self.log.read_text()
        assert code == STOPPED, (code, said)
        assert said.count("goldilocks: stopped in good order before anything "
                          "was begun: the same command goes on\n") == 1, said
        assert not self.path.parent.exists()


@needed
@pytest.mark.parametrize("ranks, at, name", [
    (0, BEFORE_MPI, "TERM"),
    *((0, INSIDE_MPI_INIT, name)
      for name in ("TERM", "INT", "USR1", "USR2", "HUP", "XCPU")),
    (2, BEFORE_MPI, "USR1"), (2, INSIDE_MPI_INIT, "USR1")])
def test_while_mpi_starts(tmp_path, ranks, at, name):
    """Nothing is begun then, and nothing made."""
    with Moments() as moments:
        run = Early(tmp_path, moments, at, ranks)
        assert moments.signal(run.process, getattr(signal, f"SIG{name}"),
                              max(1, ranks)), run.log.read_text()
        run.assert_stopped(moments.finish(run.process))


@needed
def test_while_mpi_never_starts(tmp_path):
    """It does not wait for that."""
    with Moments() as moments:
        run = Early(tmp_path, moments, INSIDE_MPI_INIT)
        assert moments.signal(run.process, signal.SIGTERM)
        run.assert_stopped(run.process.wait(support.LIMIT))


LOCAL = ["sh", str(support.TOP / "jobs/local.sh")]


def local_environment():
    return {**os.environ, "GOLDILOCKS_PROCESSES": "3",
            "GOLDILOCKS": support.GOLDILOCKS}


@pytest.mark.parametrize("is_local", [False, True])
def test_terminal_is_closed(tmp_path, is_local):
    """All that it says fails from then on, which is no reason not to end."""
    ours, theirs = os.openpty()

    def take_terminal():
        fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
        for descriptor in range(3):
            os.dup2(theirs, descriptor)

    with Run(tmp_path, TRAINING, words=LOCAL if is_local else None,
             env=local_environment(), preexec_fn=take_terminal,
             pass_fds=[theirs]) as run:
        os.close(theirs)
        run.wait_for_training()
        os.close(ours)
        assert run.end() == STOPPED
        assert run.kept() and run.has_ended_session()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_local_script(tmp_path, number):
    with Run(tmp_path, TRAINING, words=LOCAL, env=local_environment()) as run:
        run.wait_for_training()
        run.send(number)
        assert run.end() == STOPPED, run.said()
        assert "stopping in good order" in run.said()
        assert_adds_up(run.said())
        assert run.has_ended_session()


def test_local_script_interrupted_twice(tmp_path):
    """The first process still says what is left, and that is the code."""
    with Run(tmp_path, MEASURING, words=LOCAL, env=local_environment()) as run:
        run.wait_for_words("0 of 6 tasks")
        run.send(signal.SIGINT)
        run.wait_for_words("once more")
        run.send(signal.SIGINT)
        assert run.end() == STOPPED, run.said()
        said = run.said()
        assert said.count("with 12,000 points left to measure: the same") == 1
        assert "by signal" not in said, said
        assert run.has_ended_session()


# Stands for mpirun: it waits when it is asked for the version, or when it is
# not, and crashes when it is ended by then.
MPIRUN = """#!/bin/sh
case "$*" in *--version*) is_version=yes ;; *) is_version=no ;; esac
[ $is_version = {} ] || exit 0
trap : USR1
trap 'kill -SEGV $$' TERM
touch {}
while [ ! -e {} ]; do sleep 0.05; done
"""


@pytest.mark.parametrize("is_version, words", [
    ("yes", "stopped in good order before anything was begun: the same"),
    ("no", "stopped at once; what is marked done is kept, and the same")])
def test_local_script_interrupted_early(tmp_path, is_version, words):
    """Before the program speaks, once or twice: one line, and its code."""
    begun, go = tmp_path / "begun", tmp_path / "go"
    (tmp_path / "bin").mkdir()
    launcher = support.write(tmp_path / "bin/mpirun",
                             MPIRUN.format(is_version, begun, go))
    launcher.chmod(0o755)
    environment = local_environment()
    environment["PATH"] = f"{launcher.parent}:{environment['PATH']}"
    with Run(tmp_path, MEASURING, words=LOCAL, env=environment) as run:
        run.wait_until(begun.exists)
        run.send(signal.SIGINT)
        if is_version == "no":
            run.wait_for_words("once more")
            run.send(signal.SIGINT)
        else:
            go.touch()
        assert run.end() == STOPPED, run.said()
        lines = [line for line in run.said().splitlines()
                 if line.startswith("stop")]
        assert len(lines) == 2 and lines[1].startswith(words), run.said()
        assert "by signal" not in run.said()


def test_local_script_says_what_is_wrong(tmp_path):
    """The program's own words, and not mpirun's twelve lines."""
    with Run(tmp_path, "study: x\n", words=LOCAL,
             env=local_environment()) as run:
        assert run.end() == 3
        assert "study.yaml:1:1: " in run.said()
        assert "mpirun" not in run.said() and "---" not in run.said()


def test_local_script_uses_all_cores(tmp_path):
    """Also where OpenMP may have one, as the script itself says."""
    study = support.write(tmp_path / "study.yaml",
                          TRAINING[:TRAINING.index("train: {opt")])
    done = subprocess.run(
        ["sh", support.TOP / "jobs/local.sh", study, "-o", tmp_path / "o.h5"],
        check=True, capture_output=True,
        env={**os.environ, "GOLDILOCKS": support.GOLDILOCKS,
             "OMP_NUM_THREADS": "1"}, cwd=tmp_path)
    n_cores = len(os.sched_getaffinity(0))
    assert f"{n_cores + 1} processes" in done.stdout.decode(), done


def test_local_script_says_what_it_hid(tmp_path):
    """What mpirun says of a process that was killed is not lost."""
    with Run(tmp_path, TRAINING, words=LOCAL, env=local_environment()) as run:
        run.wait_for_training()
        os.kill(next(pid for pid in run.pids() if support.rank_of(pid) == 1),
                signal.SIGKILL)
        # The first process says that work is left, if mpirun leaves it the time.
        assert run.end() in (75, 128 + signal.SIGKILL), run.said()
        assert "signal 9" in run.said()
