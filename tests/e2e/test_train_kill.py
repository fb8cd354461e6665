# SPDX-License-Identifier: MIT
"""Trainings that are killed or stopped half way go on where they were, with
any number of processes, and the file becomes what an uninterrupted run makes,
bit for bit."""
import itertools
import os
import signal
import time

import numpy as np
import pytest

import support

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
data: {{set: fashion-mnist, path: {support.FASHION_MNIST}, train: 300,
       test: 100}}
network: {{depth: 2}}
curvature: {{subspace: {{dim: 10}}}}
train: {{optimizer: momentum, learning_rate: 0.02, batch: 64, steps: 200,
        log: {{count: 20, spacing: log}}}}
run: {{checkpoint_every: EVERY}}
"""
WORK = {f"{what}_{kind}" for kind in ("measure", "train")
        for what in ("seconds", "rank", "attempts")}
DONE = 1
STOPPED = 75
# Processes of the sessions that end by SIGKILL, by SIGUSR1, by themselves.
KILLED = [1, 2, 3, 5, 3, 2]
ASKED = 2
LAST = 5


@pytest.fixture(scope="module", name="study")
def fixture_study(tmp_path_factory):
    # The kept trainings of a fast computer are as many as those of a slow one.
    return support.write(tmp_path_factory.mktemp("kill") / "study.yaml",
                         STUDY.replace("EVERY", "0.005"))


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
    assert set(ours) == set(theirs)
    for name, values in ours.items():
        assert values == theirs[name], name


def n_trained(path):
    with h5py.File(path) as file:
        return int(np.sum(file["status_train"][()] == DONE))


def wait_for_training(process, path):
    """Until a training that was not kept before is, or was kept again: one is
    under way. False when the run ended first."""
    def look():
        found = {}
        for name in kept(path):
            try:
                found[name] = (folder_of(path) / name).stat().st_mtime_ns
            except FileNotFoundError:
                pass
        return found

    before = look()
    while process.poll() is None:
        if any(before.get(name) != moment for name, moment in look().items()):
            return True
        time.sleep(0.001)
    return False


def interrupt(study, path, ranks, number):
    """Start, wait for a training to be under way, end it by a signal. False
    when the run was done before that: how fast it is decides nothing here."""
    process = support.start("run", study, "-o", path, "--quiet", ranks=ranks)
    if not wait_for_training(process, path):
        assert process.wait(timeout=600) == 0
        return False
    if number == signal.SIGKILL:
        time.sleep(0.2)
        support.kill_all(process)
        return True
    # mpirun hands SIGUSR1 on to the ranks.
    process.send_signal(number)
    code = process.wait(timeout=600)
    assert code in (0, STOPPED)
    return code == STOPPED


def test_kill(study, whole, tmp_path):
    path = tmp_path / "killed.h5"
    n_hit = 0
    for ranks in KILLED:
        interrupt(study, path, ranks, signal.SIGKILL)
        n_hit += len(kept(path)) > 0
    if interrupt(study, path, ASKED, signal.SIGUSR1):
        # The rank that computes has kept what it was doing.
        assert kept(path)
        assert n_trained(path) < n_trained(whole)
    # The first kill at least comes while trainings are under way.
    assert n_hit >= 1
    support.succeed("run", study, "-o", path, "--quiet", ranks=LAST)
    assert_equal(path, whole)
    assert not folder_of(path).exists()
    assert all(p == path or p.name.startswith("killed.h5.tmp-")
               for p in tmp_path.iterdir())


LONG = """
study: long
grid: {seed: {count: 1}}
data: {set: circles, train: 200, test: 100, normalize: none}
network: {width: 32, depth: 2}
train: {optimizer: adam, learning_rate: 0.001, steps: STEPS, log: {count: 9}}
run: {checkpoint_every: 1000}
"""


def test_longer_than_sessions(tmp_path):
    """One training that no session has the time for still comes to its end."""
    steps = 1000
    while True:  # how many this computer does in a second or two
        study = support.write(tmp_path / "long.yaml",
                              LONG.replace("STEPS", str(steps)))
        whole = tmp_path / f"whole{steps}.h5"
        support.succeed("run", study, "-o", whole, "--quiet")
        with h5py.File(whole) as file:
            seconds = float(np.max(file["seconds_train"][()]))
        if seconds > 1.5:
            break
        steps *= 2
    path = tmp_path / "long.h5"
    n_kept = 0
    share = 0.25
    for n_sessions in itertools.count(1):
        code = support.run("run", study, "-o", path, "--quiet",
                           "--max-seconds", share * seconds).code
        if code == 0:
            break
        assert code == STOPPED
        # A session may be over before training starts: what was kept before
        # stays, and the next one gets more time.
        assert bool(kept(path)) >= (n_kept > 0)
        n_kept += bool(kept(path))
        share *= 1.2
        assert n_sessions < 60
    assert n_kept > 0
    assert_equal(path, whole)
    assert not folder_of(path).exists()


def test_overwrite(study, tmp_path):
    """Begun again from nothing, a run forgets what an earlier one kept; what
    is damaged or foreign does no harm."""
    path = tmp_path / "again.h5"
    small = ("--set", "grid.width=[8]", "--set", "grid.seed=[0]")
    support.succeed("run", study, "-o", path, "--quiet", *small)
    before = read(path)
    folder = folder_of(path)
    folder.mkdir()
    for task in range(30):
        (folder / f"task-{task}").write_bytes(os.urandom(17 * task))
    path.unlink()
    support.succeed("run", study, "-o", path, "--quiet", *small)
    assert read(path) == before
    assert not folder.exists()
    folder.mkdir()
    (folder / "task-3").write_text("old")
    stopped = support.run("run", study, "-o", path, "--quiet", "--overwrite",
                          "--max-seconds", "1e-6", *small)
    assert stopped.code == STOPPED
    assert not kept(path)
