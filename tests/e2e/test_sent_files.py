# SPDX-License-Identifier: MIT
"""Files that somebody sends: names in a result file that lead into the
reader's own files, data that cost more to read than a study does, and things
that are no files in their place. Every command that reads refuses them with
one message that says what is wrong, before anything is read or written."""
import functools
import os
import re
import resource
import socket
import zlib

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

IO = 4
# All commands on all tricks, or each trick once and each command once.
IS_WHOLE = os.environ.get("GOLDILOCKS_SENT", "") == "all"
NOISE = re.compile(r"HDF5-DIAG|#00\d: |Traceback|Segmentation|Sanitizer|"
                   r"runtime error|\(null\)|assert")
STUDY = """\
study: sent
grid: {seed: {count: 2}, scale: [0.5, 2]}
data: {set: circles, train: 20, test: 10}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
"""
SEED_ONE = ("--set", "grid.seed=[1]")
# A command that waits or loops ends by these, however busy the computer is.
CPU_SECONDS = 60
WAIT = 600
# What a refusal may take of the processor, and of memory. Sanitizers take more.
MOST_SECONDS = 3.0 if support.IS_QUICK else 2.0
MOST_KIB = (1 << 30 if support.IS_QUICK else 200) << 10


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    study = support.write(folder / "study.yaml", STUDY)
    support.succeed("run", study, "-o", folder / "good.h5", "--quiet")
    support.succeed("run", study, "-o", folder / "half.h5", "--quiet",
                    "--shard", "1/2")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def folder(tmp_path, good):
    """The files `sent.h5` (of which half is left to do), `other.h5` (whole),
    and what belongs to the reader."""
    support.write(tmp_path / "study.yaml", STUDY)
    support.write(tmp_path / "sent.h5", good["half.h5"])
    support.write(tmp_path / "other.h5", good["good.h5"])
    support.write(tmp_path / "private", bytes(range(256)) * 64)
    return tmp_path


def limits():
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))


def snapshot(folder):
    return {str(path.relative_to(folder)):
            support.digest(path) if path.is_file() else "other"
            for path in sorted(folder.rglob("*"))}


def run(folder, *args, ranks=0):
    return support.run(*args, ranks=ranks, cwd=folder, timeout=WAIT,
                       preexec_fn=None if ranks else limits)


def seconds_taken():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def refuse(folder, pattern, *args, ranks=0):
    before = snapshot(folder)
    taken = seconds_taken()
    result = run(folder, *args, ranks=ranks)
    assert result.code == IO, result
    assert ranks or seconds_taken() - taken < MOST_SECONDS
    # The most that any process has had so far.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < MOST_KIB
    assert not NOISE.search(result.err), result.err
    own = {line for line in result.err.splitlines()
           if line.startswith("goldilocks: ")}
    assert len(own) == 1 and re.search(pattern, result.err), result
    assert snapshot(folder) == before


# ---------------------------------------------------------- data from elsewhere

def replace(file, name, create, shape, dtype, **changes):
    """Put a dataset in place of another, made by h5py's functions for the
    library's own calls; `changes` are calls of its creation list."""
    space = h5py.h5s.create_simple(shape)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    create(plist)
    del file[name]
    h5py.h5d.create(file.id, name.encode(), h5py.h5t.py_create(dtype), space,
                    plist)


def same(change):
    """A trick on /loss that keeps its shape and type."""
    def trick(path):
        with h5py.File(path, "r+") as file:
            loss = file["loss"]
            replace(file, "loss", change, loss.shape, loss.dtype)
    return trick


def external(plist):
    plist.set_external(b"private", 0, h5py.h5f.UNLIMITED)


def virtual_of(source):
    def change(plist):
        space = h5py.h5s.create_simple((2, 2))
        plist.set_virtual(space, source, b"loss", space)
    return change


def unknown_filter(plist):
    plist.set_chunk((1, 1))
    plist.set_filter(32004, h5py.h5z.FLAG_OPTIONAL)


def compact(plist):
    plist.set_layout(h5py.h5d.COMPACT)


def linked(name, link):
    def trick(path):
        with h5py.File(path, "r+") as file:
            del file[name]
            file[name] = link
    return trick


def other_type(name, dtype):
    def trick(path):
        with h5py.File(path, "r+") as file:
            values = file[name][()]
            del file[name]
            file.create_dataset(name, data=np.zeros(values.shape, dtype))
    return trick


def other_shape(path):
    with h5py.File(path, "r+") as file:
        del file["loss"]
        file["loss"] = np.zeros((2, 3))


def stateless(path):
    with h5py.File(path, "r+") as file:
        del file["status_measure"]


def committed(path):
    with h5py.File(path, "r+") as file:
        file["a_type"] = np.dtype("f8")
        del file["loss"]
        file.create_dataset("loss", (2, 2), file["a_type"])


def huge_chunk(path):
    """2 GB in one chunk of a file of 2 MB, or much less."""
    with h5py.File(path, "r+") as file:
        shape = file["loss"].shape
        del file["loss"]
        file.create_dataset("loss", shape, "f8", maxshape=(None, None),
                            chunks=(1 << 14, 1 << 14), compression="gzip")


@functools.lru_cache(None)
def packed_zeros():
    return zlib.compress(bytes(1 << 28), 9)


def bomb(path):
    """256 MB of zeros in what says that it is a chunk of 2 MB."""
    with h5py.File(path, "r+") as file:
        loss = file["loss"]
        shape = loss.shape
        del file["loss"]
        made = file.create_dataset("loss", shape, "f8", compression="gzip",
                                   maxshape=(None, None), chunks=(512, 512))
        made.id.write_direct_chunk((0, 0), packed_zeros())


def padding(path):
    """Four numbers in chunks of 32 MiB, one each."""
    with h5py.File(path, "r+") as file:
        shape = file["loss"].shape
        del file["loss"]
        file.create_dataset("loss", shape, "f8", maxshape=(None, None),
                            chunks=(1, 1 << 22), compression="gzip")


def packed_often(path):
    with h5py.File(path, "r+") as file:
        loss = file["loss"]
        def change(plist):
            plist.set_chunk((1, 1))
            for _ in range(9):
                plist.set_deflate(9)
        replace(file, "loss", change, loss.shape, loss.dtype)


def damaged_heap(path):
    """Texts of attributes whose heap tells a wrong size of each."""
    data = bytearray(path.read_bytes())
    at = data.find(b"GCOL")
    assert at > 0
    while at > 0:
        data[at + 24:at + 32] = bytes(7 * [0xff] + [0x7f])
        at = data.find(b"GCOL", at + 4)
    path.write_bytes(data)


def damaged_header(path):
    """Bytes in the middle of the file that make no sense."""
    with h5py.File(path) as file:
        at = h5py.h5o.get_info(file["loss"].id).addr
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(bytes(range(64)))


def cut(path):
    os.truncate(path, os.path.getsize(path) // 2)


def session(path):
    with h5py.File(path, "r+") as file:
        shape = file["sessions/start"].shape
        group = file["sessions"]
        replace(group, "start", external, shape, np.dtype("f8"))


def short_chunk(path):
    """A chunk too short for its checksum, of what only `merge` reads."""
    with h5py.File(path, "r+") as file:
        values = file["sessions/taken_seconds"][()]
        del file["sessions/taken_seconds"]
        made = file.create_dataset(
            "sessions/taken_seconds", values.shape, "f8", fletcher32=True,
            chunks=values.shape)
        made.id.write_direct_chunk((0,), b"x")


TRICKS = {
    "external storage": (same(external), "'loss' is in external storage"),
    "external link": (linked("loss", h5py.ExternalLink("other.h5", "/loss")),
                      "'loss' is a link into another file"),
    "soft link": (linked("loss", h5py.SoftLink("/trace")),
                  "'loss' is a link to another name"),
    "dangling link": (linked("loss", h5py.SoftLink("/nothing")),
                      "'loss' is a link to another name"),
    "link to a pipe": (linked("loss", h5py.ExternalLink("pipe", "/loss")),
                       "'loss' is a link into another file"),
    "virtual": (same(virtual_of(b"other.h5")), "'loss' is virtual"),
    "virtual of itself": (same(virtual_of(b".")), "'loss' is virtual"),
    "unknown filter": (same(unknown_filter), "'loss' is packed by filter 32004"),
    "compact": (same(compact), "'loss' is compact"),
    "other type": (other_type("loss", "f4"), "'loss' has another type"),
    "texts for numbers": (other_type("loss", "S8"),
                          "'loss' has another type"),
    "bytes for integers": (other_type("attempts_measure", "u4"),
                           "'attempts_measure' has another type"),
    "other states": (other_type("status_measure", "i8"),
                     "'status_measure' has another type"),
    "other shape": (other_shape, "'loss' has not the shape"),
    "no states": (stateless, "'status_measure' is missing"),
    "named type": (committed, "'loss' has another type"),
    "chunk of 2 GB": (huge_chunk, "'loss' .* chunks of more than 32 MiB"),
    "chunk that becomes 256 MB": (bomb, "'loss'"),
    "padded chunks": (padding, "'loss' is stored in chunks that hold"),
    "packed often": (packed_often, "'loss' is packed 9 times over"),
    "damaged heap": (damaged_heap, "attribute"),
    "damaged header": (damaged_header,
                       "is damaged: 'loss' .*; copy it again"),
    "cut short": (cut, "is a damaged HDF5 file, cut short: .*; copy it again"),
    "short chunk": (short_chunk, "is damaged: .*; copy it again"),
    "external sessions": (session, "'sessions/start' is in external storage"),
    "linked sessions": (linked("sessions",
                               h5py.ExternalLink("other.h5", "/sessions")),
                        "'sessions' is a link into another file"),
}
COMMANDS = {
    "status": ("status", "sent.h5"),
    "summary": ("summary", "sent.h5"),
    "table": ("table", "sent.h5"),
    "verify": ("verify", "sent.h5"),
    "merge": ("merge", "new.h5", "other.h5", "sent.h5"),
    "run": ("run", "study.yaml", "-o", "sent.h5"),
}


def beside(folder):
    """What tricks lead to."""
    os.mkfifo(folder / "pipe")


# Who reads no data does not see what is wrong with them.
SPARED = {("chunk that becomes 256 MB", "status")}
CASES = [(name, command) for i, name in enumerate(TRICKS)
         for j, command in enumerate(COMMANDS)
         if IS_WHOLE or i % len(COMMANDS) == j]


@pytest.mark.parametrize("name, command", CASES)
def test_trick(folder, name, command):
    if (name, command) in SPARED:
        command = "table"
    trick, pattern = TRICKS[name]
    beside(folder)
    trick(folder / "sent.h5")
    refuse(folder, r"sent\.h5: .*" + pattern, *COMMANDS[command])


@pytest.mark.parametrize("name", ["external storage", "external link"])
def test_two_processes(folder, name):
    trick, pattern = TRICKS[name]
    trick(folder / "sent.h5")
    refuse(folder, r"sent\.h5: .*" + pattern, *COMMANDS["run"], ranks=2)


@pytest.mark.parametrize("name", ["external storage", "link to a pipe",
                                  "virtual of itself", "linked sessions"])
def test_replaced(folder, name):
    """A file that is replaced is not written into: nothing else changes."""
    beside(folder)
    TRICKS[name][0](folder / "sent.h5")
    before = snapshot(folder)
    result = run(folder, *COMMANDS["run"], "--overwrite", "--quiet")
    assert result.code == 0, result
    after = snapshot(folder)
    assert after.pop("sent.h5") != before.pop("sent.h5")
    assert after == before


def test_packed(folder):
    """Data in reasonable chunks are read, packed by what every HDF5 has."""
    with h5py.File(folder / "other.h5", "r+") as file:
        values = file["loss"][()]
        del file["loss"]
        file.create_dataset("loss", data=values, chunks=(1, 2), shuffle=True,
                            compression="gzip", fletcher32=True, dtype=">f8")
    for command in ("status", "summary", "table", "verify"):
        assert run(folder, command, "other.h5").code == 0


# In the old format each attribute that is added costs as much as there are.
@pytest.mark.parametrize("libver, n", [("earliest", 4000), ("latest", 20000)])
def test_many_attributes(folder, libver, n):
    """Only what has a name that is read is looked at."""
    one = h5py.h5s.create(h5py.h5s.SCALAR)
    with h5py.File(folder / "many.h5", "w", libver=libver) as copy, \
            h5py.File(folder / "other.h5") as file:
        for name in file:
            file.copy(name, copy, without_attrs=True)
        for i in range(n):
            h5py.h5a.create(copy.id, b"a%d" % i, h5py.h5t.STD_I8LE, one)
        copy.attrs.update(file.attrs)
    for command in COMMANDS if IS_WHOLE else ("table", "run"):
        args = [word.replace("sent.h5", "many.h5")
                for word in COMMANDS[command]]
        taken = seconds_taken()
        assert run(folder, *args).code == 0
        assert seconds_taken() - taken < MOST_SECONDS


# ------------------------------------------------- what is no file in its place

def make_folder(path):
    path.mkdir()


def make_socket(path):
    before = os.getcwd()
    os.chdir(path.parent)  # names of sockets are short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(before)


def make_link(path):
    path.symlink_to("pipe")


PLACES = {"pipe": os.mkfifo, "folder": make_folder, "socket": make_socket,
          "link to a pipe": make_link,
          "device": lambda path: path.symlink_to("/dev/zero")}
READERS = {
    "status": (COMMANDS["status"], "sent.h5"),
    "merge": (COMMANDS["merge"], "sent.h5"),
    "run": (COMMANDS["run"], "sent.h5"),
    "overwrite": ((*COMMANDS["run"], "--overwrite"), "sent.h5"),
    "point": (("point", "study.yaml", "--at", "seed=0,scale=2", "-o",
               "sent.h5", "--overwrite"), "sent.h5"),
    "merge over": (("merge", "sent.h5", "other.h5", "--overwrite"), "sent.h5"),
    "run of a study": (("run", "study.yaml", "-o", "new.h5"), "study.yaml"),
    "validate": (("validate", "study.yaml"), "study.yaml"),
    "plan": (("plan", "study.yaml"), "study.yaml"),
}


@pytest.mark.parametrize("place, reader", [
    (place, reader) for place in PLACES for reader in READERS
    if IS_WHOLE or place == "pipe" or reader == "run"])
def test_no_file(folder, reader, place):
    args, name = READERS[reader]
    (folder / name).unlink()
    if place != "pipe":
        beside(folder)
    PLACES[place](folder / name)
    refuse(folder, rf"({re.escape(name)}|pipe|/dev/zero): ", *args)


@pytest.mark.parametrize("place", ["pipe", "device"])
def test_no_data(folder, place):
    support.write(folder / "study.yaml", STUDY.replace(
        "set: circles", "set: mnist, path: ."))
    if place != "pipe":
        beside(folder)
    PLACES[place](folder / "train-images-idx3-ubyte")
    refuse(folder, "train-images-idx3-ubyte", "run", "study.yaml", "-o",
           "new.h5")


def test_no_checkpoints(folder):
    """What is no checkpoint is not gone on with, nor waited for."""
    support.write(folder / "study.yaml", STUDY + """\
train: {steps: 4, learning_rate: 0.1, log: {every: 2}, track: [loss]}
""")
    kept = folder / "new.h5.checkpoints"
    kept.mkdir()
    for i in range(10):
        os.mkfifo(kept / f"task-{i}")
    result = run(folder, "run", "study.yaml", "-o", "new.h5", "--quiet")
    assert result.code == 0, result
    assert len(list(kept.iterdir())) == 10
