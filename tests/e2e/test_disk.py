# SPDX-License-Identifier: MIT
"""No room, no permission, a limit, or the file gone while it is written: a
clear message, exit code 4, and nothing marked done that is not in the file."""
import contextlib
import resource
import signal
import subprocess

import numpy as np
import pytest

import support

pytest.importorskip("h5py")
import cells  # noqa: E402
from moments import (ALIVE, KEEP_ALL, MEASURED, Moments,  # noqa: E402
                     needed)

IO = 4
MIB = 1 << 20
STUDY = """
study: disk
grid: {seed: {count: 40}, scale: [0.5, 2]}
data: {set: circles, train: 50, test: 20}
network: {width: 5, depth: 1}
curvature: {subspace: {dim: [3]}}
train: {steps: 5, learning_rate: 0.1, log: {every: 5}}
"""
# Its training lasts until it is told to stop.
ENDLESS = """
study: endless
grid: {seed: {count: 2}}
data: {set: circles, train: 50, test: 20}
train: {steps: 1000000000, log: {count: 2}}
run: {checkpoint_every: 0.01}
"""


@contextlib.contextmanager
def mounted(folder, *options):
    """A file system of its own, in memory; skips where that may not be."""
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", *options, "none", folder],
                          check=False, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    if done.returncode != 0:
        pytest.skip(f"no file system can be mounted here: "
                    f"{done.stdout.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


def remount(folder, option):
    subprocess.run(["mount", "-o", f"remount,{option}", folder], check=True)


@pytest.fixture(scope="module", name="good")
def fixture_good(tmp_path_factory):
    """A folder with the study, its result, and the same in two halves."""
    folder = tmp_path_factory.mktemp("good")
    support.write(folder / "study.yaml", STUDY)
    for name, options in {"whole": (), "first": ("--shard", "1/2"),
                          "second": ("--shard", "2/2")}.items():
        support.succeed("run", "study.yaml", "-o", f"{name}.h5", "--quiet",
                        *options, cwd=folder)
    return folder


@pytest.fixture(scope="module", name="whole")
def fixture_whole(good):
    return cells.read(good / "whole.h5")


def assert_refused(result, *words):
    assert result.code == IO, result
    assert result.err.count("goldilocks: ") == 1, result
    for word in words:
        assert word in result.err, result
    assert "finished" not in result.out, result


def fill(folder):
    """Take what room is left; the file that has it."""
    path = folder / "filler"
    with open(path, "wb", buffering=0) as file:
        for size in (1 << 16, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"x" * size)
    return path


COMMANDS = {
    "run": lambda good, out: ("run", good / "study.yaml", "-o", out),
    "merge": lambda good, out: ("merge", out, good / "first.h5",
                                good / "second.h5"),
    "point": lambda good, out: ("point", good / "study.yaml", "--at",
                                "seed=0,scale=2", "-o", out),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_full_when_made(good, tmp_path, name):
    """On disks of all sizes the file is there in whole, or not at all."""
    words = COMMANDS[name]
    codes = []
    for pages in (1, 2, 4, 8, 16, 32, 64, 128, 1000, 1060, 1120, 4096):
        with mounted(tmp_path / "disk", f"-osize={4096 * pages}") as disk:
            out = disk / "out.h5"
            result = support.run(*words(good, out))
            codes.append(result.code)
            if result.code == 0:
                assert [path.name for path in disk.iterdir()] == ["out.h5"]
            else:
                assert_refused(result, str(out), "No space left")
                assert not list(disk.iterdir())
    # Room on the last, none on the first.
    assert codes[0] == IO and codes[-1] == 0
    assert sorted(codes, reverse=True) == codes


@pytest.mark.parametrize("ranks", [0, 3])
def test_full_later(good, whole, tmp_path, ranks):
    """What a file will hold has its room from the start."""
    with mounted(tmp_path / "disk", f"-osize={8 * MIB}") as disk:
        path = disk / "out.h5"
        path.write_bytes((good / "first.h5").read_bytes())
        fill(disk)
        support.succeed("run", good / "study.yaml", "-o", path, ranks=ranks)
        cells.assert_equal(path, whole)


@pytest.mark.parametrize("ranks", [0, 3])
def test_copy_with_holes(good, whole, tmp_path, ranks):
    """A copy that is smaller on disk than it says takes it before it begins."""
    with mounted(tmp_path / "disk", f"-osize={8 * MIB}") as disk:
        path = disk / "out.h5"
        subprocess.run(["cp", "--sparse=always", good / "first.h5", path],
                       check=True)
        about = path.stat()
        assert about.st_blocks * 512 < about.st_size
        filler = fill(disk)
        words = ("run", good / "study.yaml", "-o", path)
        assert_refused(support.run(*words, ranks=ranks), str(path),
                       "No space left")
        assert path.read_bytes() == (good / "first.h5").read_bytes()
        filler.unlink()
        support.succeed(*words, ranks=ranks)
        cells.assert_equal(path, whole)


def wait_for_words(process, words):
    """Until they are said; all that was said by then."""
    said = b""
    while words not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    return said


def test_checkpoints_without_room(tmp_path):
    """A training that cannot be kept goes on, and that is said, once."""
    study = support.write(tmp_path / "study.yaml", ENDLESS)
    with mounted(tmp_path / "disk", f"-osize={8 * MIB}") as disk:
        path = disk / "out.h5"
        support.run("run", study, "-o", path, "--max-seconds", 1e-6)
        assert list(disk.iterdir()) == [path]
        fill(disk)
        process = support.start("run", study, "-o", path, *KEEP_ALL,
                                out=subprocess.PIPE)
        said = wait_for_words(process, b"cannot be kept")
        process.send_signal(signal.SIGUSR1)
        said += process.communicate(timeout=support.LIMIT)[0]
        assert process.returncode == 75, said
        assert said.count(b"cannot be kept") == 1, said
        assert b"No space left" in said
        assert np.all(cells.read(path)["status_train"] == cells.PENDING)


@pytest.mark.parametrize("name", COMMANDS)
def test_read_only_folder(good, tmp_path, name):
    with mounted(tmp_path / "disk") as disk:
        remount(disk, "ro")
        result = support.run(*COMMANDS[name](good, disk / "out.h5"))
        assert_refused(result, str(disk / "out.h5"), "Read-only file system")


def test_read_only_file(good, whole, tmp_path):
    """It is read, but no run begins."""
    with mounted(tmp_path / "disk") as disk:
        path = disk / "out.h5"
        path.write_bytes((good / "first.h5").read_bytes())
        remount(disk, "ro")
        before = path.read_bytes()
        assert_refused(support.run("run", good / "study.yaml", "-o", path),
                       str(path), "Read-only file system")
        for command in ("status", "table", "summary", "verify"):
            support.succeed(command, path)
        assert path.read_bytes() == before
        remount(disk, "rw")
        support.succeed("run", good / "study.yaml", "-o", path)
        cells.assert_equal(path, whole)


# MPI has files of some MiB of its own.
LIMIT = 64 * MIB
LONG = ("--set", "grid.seed={count: 100000}")


def limit():
    """May not make files longer than LIMIT."""
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (LIMIT, LIMIT))


@pytest.mark.parametrize("ranks", [0, 3])
def test_limit(good, tmp_path, ranks):
    """On the size of files, as a quota is: none is made that is longer, and
    none is begun to be written."""
    path = tmp_path / "out.h5"
    words = ("run", good / "study.yaml", "-o", path, *LONG)
    result = support.run(*words, ranks=ranks, preexec_fn=limit)
    assert_refused(result, str(path), "File too large")
    assert not list(tmp_path.iterdir())
    support.run(*words, "--max-seconds", 1e-6)
    before = path.read_bytes()
    assert len(before) > LIMIT
    result = support.run(*words, ranks=ranks, preexec_fn=limit)
    assert_refused(result, str(path), "File too large")
    assert path.read_bytes() == before


def unlink(path):
    path.unlink()


def move(path):
    path.rename(path.with_name("moved.h5"))


def replace(path):
    other = path.with_name("other")
    other.write_text("something else")
    other.rename(path)


def empty(path):
    """As programs do that open a file to write it anew, before they ask for
    its lock."""
    path.write_bytes(b"")


@needed
@pytest.mark.parametrize("ranks", [0, 3])
@pytest.mark.parametrize("lose", [unlink, replace, empty])
def test_file_is_lost(good, tmp_path, lose, ranks):
    """The run ends at once: what it writes is lost."""
    path = tmp_path / "out.h5"
    with Moments() as moments:
        process = moments.start(
            MEASURED(2), "run", good / "study.yaml", "-o", path, *ALIVE,
            ranks=ranks, out=subprocess.PIPE)
        moments.reach(process, max(1, ranks - 1))
        lose(path)
        moments.go()
        said = process.communicate(timeout=support.LIMIT)[0].decode()
    assert process.returncode == IO, said
    assert said.count("goldilocks: ") == 1 and str(path) in said, said
    assert ("emptied" if lose is empty else "removed") in said, said
    assert "finished" not in said
    assert {item.name for item in tmp_path.iterdir()} <= {"out.h5"}


def test_file_is_moved(good, tmp_path):
    """It is whole, but the run does not claim that it is where it was."""
    study = support.write(tmp_path / "study.yaml", ENDLESS)
    path = tmp_path / "out.h5"
    process = support.start("run", study, "-o", path, out=subprocess.PIPE)
    while not path.with_name("out.h5.checkpoints").exists():
        assert process.poll() is None
    move(path)
    process.send_signal(signal.SIGUSR1)
    said = process.communicate(timeout=support.LIMIT)[0].decode()
    assert process.returncode == IO, said
    assert "moved" in said
    support.succeed("status", tmp_path / "moved.h5")
