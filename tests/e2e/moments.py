# SPDX-License-Identifier: MIT
"""Moments of a run that happen whenever the computer is ready for them: the
processes stop there, and go on when the test says so (tests/moments)."""
import os
import pathlib
import select
import struct
import tempfile
import time

import pytest

import support

LIBRARY = os.environ.get("GOLDILOCKS_MOMENTS_LIBRARY", "")
needed = pytest.mark.skipif(not os.path.exists(LIBRARY),
                            reason="no library that makes moments happen")
# Before the K-th of these calls, in each process that comes so far. One that is
# about to write shows no sign of life: whether it is taken for dead should be
# no matter then, or run.lease be ALIVE. One that trains shows some.
MEASURED = "H5Dwrite:status_measure:{}".format
TRAINED = "H5Dwrite:status_train:{}".format
WRITES = "H5Dwrite:*:{}".format
TRAINS = "openat:.checkpoints/task-:{}".format
KEEPS = "renameat:.checkpoints/:{}".format
ANY = "*:*:{}".format
# No such call is any.
BEFORE_MPI = "MPI_Init_thread:*:1"
INSIDE_MPI_INIT = "gethostname:*:1"
ALIVE = ("--set", "run.lease=100000")
# A training is kept after every step.
KEEP_ALL = ("--set", "run.checkpoint_every=1e-9")


class Moments:
    """Use it in a `with`: what was started there and still lives is killed at
    its end."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="moments-"))
        self.processes = []
        self.seen = []  # lines of all processes, in order: words
        self.rest = b""

    def __enter__(self):
        for name in ("events", "go"):
            os.mkfifo(self.folder / name)
        # Open both ways, so that no end of it waits for the other.
        self.events = os.open(self.folder / "events", os.O_RDWR)
        self.pipe = os.open(self.folder / "go", os.O_RDWR)
        self.set_clock(0)
        return self

    def __exit__(self, *_):
        for process in self.processes:
            support.kill_all(process)
        os.close(self.events)
        os.close(self.pipe)
        for path in self.folder.iterdir():
            path.unlink()
        self.folder.rmdir()

    def environment(self, at, least=0):
        """For processes of that rank at least to stop at that moment."""
        return {"LD_PRELOAD": LIBRARY, "GOLD_MOMENT_FOLDER": str(self.folder),
                "GOLD_MOMENT": at, "GOLD_MOMENT_FROM": str(least)}

    def start(self, at, *args, least=0, **options):
        """As support.start, to stop at a moment."""
        self.processes.append(support.start(
            *args, env={**os.environ, **self.environment(at, least)},
            **options))
        return self.processes[-1]

    def set_clock(self, seconds):
        """So much ahead is the clock that says when a run has to end."""
        path = self.folder / "clock"
        with open(path, "r+b" if path.exists() else "wb", 0) as file:
            file.write(struct.pack("q", int(1e9 * seconds)))

    def look(self, seconds):
        """Take in what was told, which may take so long."""
        if not select.select([self.events], [], [], seconds)[0]:
            return False
        lines = (self.rest + os.read(self.events, 65536)).split(b"\n")
        self.rest = lines.pop()
        self.seen += [line.decode().split() for line in lines]
        return True

    def told(self, what):
        return [words for words in self.seen if words[0] == what]

    def wait(self, process, what, n=1):
        """Until `n` processes, or one of them `n` times, told of it: the
        words, ["moment", RANK, PID, CALL]. None: the run ended before."""
        end = time.monotonic() + support.LIMIT
        while len(self.told(what)) < n:
            is_over = process.poll() is not None
            if not self.look(0.1) and is_over:
                return None
            assert time.monotonic() < end, \
                f"hangs before {n} times '{what}': {self.seen}"
        return self.told(what)

    def reach(self, process, n=1):
        """The moment, in `n` processes: they have to come to it."""
        found = self.wait(process, "moment", n)
        assert found is not None, (
            f"ended with {process.poll()} before {n} processes were where "
            f"they should stop: {self.seen}")
        return found

    def signal(self, process, number, n=1):
        """Send a signal, which `n` processes catch before this returns; False:
        they ended, since none of them would."""
        before = len(self.told("signal"))
        process.send_signal(number)
        return self.wait(process, "signal", before + n) is not None

    def go(self, n=1000):
        """So many go on, also of those that come there later."""
        os.write(self.pipe, n * b"x")

    def finish(self, process):
        """Go on to the end: the exit code."""
        self.go()
        return process.wait(support.LIMIT)
