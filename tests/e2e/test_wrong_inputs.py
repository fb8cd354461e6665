# SPDX-License-Identifier: MIT
"""Wrong inputs of all kinds: one clear message with its place, the right exit
code, existing files untouched, nothing left behind."""
import gzip
import os
import re
import struct
import subprocess

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

USAGE, CONFIG, IO, TASKS = 2, 3, 4, 5
# Traces of a failure that nobody dealt with.
NOISE = re.compile(r"HDF5-DIAG|#00\d: |H5[A-Z]\w*\(|Traceback|MPI_ABORT|"
                   r"Segmentation|Sanitizer|runtime error|\(null\)|assert")

GOOD = """\
study: wrong
grid:
  width: [8, 12]
  seed: {count: 2}
  scale: [0.5, 1]
data: {set: circles, train: 60, test: 20}
curvature:
  subspace: {dim: [3, 5]}
"""


@pytest.fixture(scope="module")
def result_bytes(tmp_path_factory):
    """A finished result file of the study GOOD."""
    folder = tmp_path_factory.mktemp("good")
    study = support.write(folder / "study.yaml", GOOD)
    support.succeed("run", study, "-o", folder / "good.h5", "--quiet")
    return (folder / "good.h5").read_bytes()


@pytest.fixture
def folder(tmp_path, result_bytes):
    support.write(tmp_path / "study.yaml", GOOD)
    support.write(tmp_path / "good.h5", result_bytes)
    return tmp_path


def snapshot(folder):
    return {str(path.relative_to(folder)):
            support.digest(path) if path.is_file() else "folder"
            for path in sorted(folder.rglob("*"))}


def refuse(folder, code, pattern, *args, ranks=0, most=1):
    """Run in `folder`; it must be refused with one message that matches, which
    up to `most` processes say."""
    before = snapshot(folder)
    result = support.run(*args, ranks=ranks, cwd=folder)
    assert result.code == code, result
    assert not NOISE.search(result.err), result.err
    assert re.search(pattern, result.err), result.err
    own = [line for line in result.err.splitlines()
           if line.startswith("goldilocks: ")
           or re.match(r"[^ ].*:\d+:\d+: ", line)]
    assert 1 <= len(own) <= most and len(set(own)) == 1, result.err
    assert len(result.err) < 4000 * most
    assert snapshot(folder) == before
    return result


# ---------------------------------------------------------------- arguments

ARGUMENTS = {
    "nothing": ([], "which command"),
    "unknown command": (["rum", "study.yaml"], "'rum'.*'run'"),
    "missing operand": (["run"], "wants CONFIG"),
    "missing file operand": (["status"], "wants FILE"),
    "one operand too many": (["run", "study.yaml", "more"], "'more'"),
    "unknown option": (["run", "study.yaml", "--quite"], "--quiet"),
    "option of another command": (["status", "good.h5", "--ranks=2"],
                                  "--ranks"),
    "output beyond MPI's names": (["run", "study.yaml", "-o", 241 * "r"],
                                  "room for 240"),
    "option without its value": (["run", "study.yaml", "-o"], "-o.*value"),
    "option for its value": (["run", "study.yaml", "-o", "--quiet"],
                             "-o wants .*'--quiet' is an option; for a file of "
                             "that name write ./--quiet"),
    "option for a number": (["run", "study.yaml", "--max-seconds", "--quiet"],
                            "--max-seconds wants a value after it, and "
                            "'--quiet' is an option$"),
    "help for its value": (["run", "study.yaml", "--output", "-h"],
                           "'-h' is an option"),
    "flag with a value": (["run", "study.yaml", "--quiet=1"], "--quiet"),
    "seconds in words": (["run", "study.yaml", "--max-seconds", "ten"],
                         "'ten'"),
    "seconds below 0": (["run", "study.yaml", "--max-seconds", "-1"], "'-1'"),
    "seconds nan": (["run", "study.yaml", "--max-seconds", "nan"], "'nan'"),
    "half a rank": (["plan", "study.yaml", "--ranks", "1.5"], "'1.5'"),
    "--set without =": (["run", "study.yaml", "--set", "depth"], "'depth'"),
    "unknown format": (["table", "good.h5", "--format", "xml"], "xml"),
    "no such point": (["point", "study.yaml", "--at",
                       "width=9,seed=0,scale=1"], "width.*8, 12"),
    "no such axis": (["point", "study.yaml", "--at", "height=1"], "height"),
    "axis left out": (["point", "study.yaml", "--at", "width=8"],
                      "seed|scale"),
    "axis without value": (["point", "study.yaml", "--at", "width"],
                           "width"),
    "axis twice": (["point", "study.yaml", "--at",
                    "width=8,width=12,seed=0,scale=1"], "width"),
    "no --at": (["point", "study.yaml"], "width"),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(folder, name):
    args, pattern = ARGUMENTS[name]
    refuse(folder, USAGE, pattern, *args)


# --------------------------------------------------------------------- YAML

def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


# name: (text, line or None where several are as good, pattern)
YAML = {
    "empty": ("", 1, "nothing"),
    "only a comment": ("# nothing\n", None, "nothing"),
    "a list": ("- study\n- grid\n", 1, ""),
    "a scalar": ("hello\n", 1, ""),
    "two documents": (GOOD + "---\n" + GOOD, 9, ""),
    "not closed": (changed("{count: 2}", "{count: 2"), None, ""),
    "tab": (changed("  seed", "\tseed"), 4, "tab"),
    "binary": (bytes(range(256)) * 8, None, ""),
    "half a UTF-8 letter": (GOOD.encode().replace(b"wrong", b"wr\xc3"),
                            None, ""),
    "unknown key": (changed("width", "widht"), 3, "'widht'.*'width'"),
    "unknown block": (changed("curvature:", "curvatur:"), 7, "'curvature'"),
    "duplicate key": (changed("  seed:", "  width: [3]\n  seed:"), 4,
                      "width"),
    "duplicate block": (GOOD + "data: {set: circles}\n", 9, "data"),
    "no study": (changed("study: wrong\n", ""), None, "study"),
    "no data": (changed("data: {set: circles, train: 60, test: 20}\n", ""),
                None, "data"),
    "bad study name": (changed("study: wrong", "study: ../wrong"), 1,
                       "wrong"),
    "unknown value": (changed("circles", "cirlces"), 6, "'circles'"),
    "unknown activation": (changed("data:", "network: {activation: rleu}\n"
                                   "data:"), 6, "'relu'"),
    "word for a number": (changed("[8, 12]", "[8, twelve]"), 3, "twelve"),
    "half a unit": (changed("[8, 12]", "[8, 12.5]"), 3, "12.5"),
    "list for a number": (changed("train: 60", "train: [60]"), 6, "train"),
    "number for a block": (changed("\n  subspace: {dim: [3, 5]}", " 3"), 7,
                           "curvature"),
    "empty list": (changed("[8, 12]", "[]"), 3, "width"),
    "empty grid": (changed("  width: [8, 12]\n  seed: {count: 2}\n"
                           "  scale: [0.5, 1]\n", "  {}\n"), None, "grid"),
    "null": (changed("[8, 12]", ""), 3, "width"),
    "value twice": (changed("[8, 12]", "[8, 8]"), 3, "8"),
    "negative scale": (changed("[0.5, 1]", "[-0.5, 1]"), 5, "0.5"),
    "not a number": (changed("[0.5, 1]", "[.nan, 1]"), 5, "nan"),
    "infinite": (changed("[0.5, 1]", "[.inf, 1]"), 5, "inf"),
    "beyond double": (changed("[0.5, 1]", "[1e999, 1]"), 5, "1e999"),
    "width 0": (changed("[8, 12]", "[0]"), 3, "0"),
    "width beyond 64 bits": (changed("[8, 12]", "[99999999999999999999]"), 3,
                             "99999999999999999999"),
    "absurd width": (changed("[8, 12]", "[1000000000000]"), 3, ""),
    "absurd depth": (changed("data:", "network: {depth: 100000000}\ndata:"),
                     6, "depth"),
    "absurd count": (changed("{count: 2}", "{count: 1000000000000}"), 4,
                     "count"),
    "absurd grid": (changed("{count: 2}", "{count: 1000000}").replace(
        "[0.5, 1]", "{from: 1, to: 2, count: 1000000}"), None, "points"),
    "log from 0": (changed("[0.5, 1]",
                           "{from: 0, to: 1, count: 3, spacing: log}"), 5,
                   ""),
    "dim 0": (changed("[3, 5]", "[0]"), 8, "dim"),
    "dim beyond the limit": (changed("[3, 5]", "[5000]"), 8, "4096"),
    "samples below 1": (changed("train: 60", "train: 0"), 6, "train"),
    "memory in words": (GOOD + "run: {memory_per_rank: lots}\n", 9, "lots"),
    "precision": (GOOD + "run: {precision: float16}\n", 9, "float16"),
    "axis of a missing thing": (changed("width:", "normalize:"), 3,
                                "normalize"),
    "swept and set": (changed("data:", "network: {width: 5}\ndata:"), 6,
                      "width"),
    "two places": (changed("  scale:", "  radius: [1]\n  scale:"), None,
                   "radius|scale"),
    "zip of unequal lengths": (changed(
        "  width: [8, 12]", "  zip: {width: [8, 12], depth: [1, 2, 3]}"), 3,
        ""),
    "all excluded": (changed("  scale:", "  exclude: {width: [8, 12]}\n"
                             "  scale:"), None, "exclude"),
    "excluding nothing": (changed("  scale:", "  exclude: {width: 9}\n"
                                  "  scale:"), 5, "9"),
    "alias to nothing": (changed("[8, 12]", "*there"), 3, "there"),
    "alias to itself": (changed("[8, 12]", "&a [*a]"), 3, ""),
    "mapping in itself": (changed("data: {", "data: &d {seed: *d, "), 6, ""),
    "a billion laughs": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"{b}: &{b} [" + ",".join([f"*{a}"] * 9) + "]\n"
            for a, b in zip("abcdefgh", "bcdefghi")) + GOOD, None, ""),
    "deep": ("study: " + "[" * 20000 + "\n", None, ""),
    "custom tag": (changed("[8, 12]", "!!python/object:os.system [8]"), 3,
                   ""),
}


@pytest.mark.parametrize("command, name", [
    *(("validate", name) for name in YAML),
    *(("run", name) for name in list(YAML)[::6])])
def test_yaml(folder, name, command):
    text, line, pattern = YAML[name]
    support.write(folder / "study.yaml", text)
    before = snapshot(folder)
    args = [command, "study.yaml"]
    if command == "run":
        args += ["-o", "good.h5", "--overwrite"]
    result = support.run(*args, cwd=folder)
    assert result.code == CONFIG, result
    assert not NOISE.search(result.err), result.err
    place = r"^study\.yaml:%s:\d+: .*" % ("\\d+" if line is None else line)
    assert re.search(place, result.err, re.M), result.err
    assert re.search(pattern, result.err, re.S), result.err
    assert len(result.err) < 20000
    assert snapshot(folder) == before


def test_all_errors_at_once(folder):
    text = GOOD.replace("width", "widht").replace("train: 60", "train: -1")
    support.write(folder / "study.yaml", text)
    result = support.run("validate", "study.yaml", cwd=folder)
    assert result.code == CONFIG
    assert re.search(r"^study\.yaml:3:\d+: ", result.err, re.M)
    assert re.search(r"^study\.yaml:6:\d+: ", result.err, re.M)
    assert "  widht: [8, 12]" in result.err and "^~~~~" in result.err


def test_dim_beyond_parameters(folder):
    text = changed("[3, 5]", "[3, 4000]")
    support.write(folder / "study.yaml", text)
    refuse(folder, CONFIG, "4000", "run", "study.yaml")


@pytest.mark.parametrize("command", [("run",), ("validate",),
                                     ("validate", "--no-data")])
def test_constraint_beyond_parameters(folder, command):
    """At the width 8: 2 * 8 + 8 * 8 + 8 * 3 = 104 parameters."""
    refuse(folder, CONFIG, r"104 parameters: train\.constraint\.subspace\.dim "
           "has to be below that", command[0], "study.yaml", *command[1:],
           "--set", "train.constraint={subspace: {dim: 104}}")


SETS = {
    "unknown key": ("network.wdith=3", "width"),
    "unknown value": ("network.activation=rleu", "relu"),
    "not YAML": ("network.width=[3", ""),
    "wrong type": ("data.train=some", "some"),
    "empty": ("data.train=", "train"),
    "no key": ("=3", ""),
    "through a scalar": ("study.name=3", "study"),
}


@pytest.mark.parametrize("name", SETS)
def test_set(folder, name):
    setting, pattern = SETS[name]
    result = refuse(folder, CONFIG, pattern, "run", "study.yaml", "--set",
                    setting)
    assert re.search(r"^--set:1:\d+: ", result.err, re.M)


# ---------------------------------------------------------------- IDX files

def idx(array, kind=8):
    head = struct.pack(f">HBB{array.ndim}I", 0, kind, array.ndim,
                       *array.shape)
    return head + array.astype(np.uint8).tobytes()


IMAGES = np.arange(40 * 36).reshape(40, 6, 6) % 251
LABELS = np.arange(40) % 10
FILES = {
    "train-images-idx3-ubyte": idx(IMAGES),
    "train-labels-idx1-ubyte": idx(LABELS),
    "t10k-images-idx3-ubyte": idx(IMAGES[:20]),
    "t10k-labels-idx1-ubyte": idx(LABELS[:20]),
}
IDX_STUDY = GOOD.replace("set: circles, train: 60, test: 20",
                         "set: mnist, path: digits, train: 30, test: 10")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(200)
TRAIN, TEST = "train-images-idx3-ubyte", "t10k-images-idx3-ubyte"
TRAIN_LABELS = "train-labels-idx1-ubyte"

# name: (file, its bytes or None to remove it, pattern)
IDX = {
    "missing": (TRAIN, None, TRAIN),
    "empty": (TRAIN, b"", TRAIN),
    "header cut": (TRAIN, FILES[TRAIN][:7], TRAIN),
    "truncated": (TRAIN, FILES[TRAIN][:-1], TRAIN),
    "too long": (TRAIN, FILES[TRAIN] + b"x", TRAIN),
    "picture": (TRAIN, PNG, TRAIN + ".*PNG"),
    "text": (TRAIN, b"<html>not found</html>\n" * 99, TRAIN),
    "labels as images": (TRAIN, FILES[TRAIN_LABELS], TRAIN),
    "images as labels": (TRAIN_LABELS, FILES[TRAIN], TRAIN_LABELS),
    "floats": (TRAIN, idx(IMAGES, kind=13), TRAIN),
    "fewer labels": (TRAIN_LABELS, idx(LABELS[:39]), "39"),
    "label out of range": (TRAIN_LABELS, idx(LABELS + 5), TRAIN_LABELS),
    "no images": (TRAIN, idx(IMAGES[:0]), TRAIN),
    "absurd size": (TRAIN, struct.pack(">HBBIII", 0, 8, 3, *[2**32 - 1] * 3),
                    TRAIN),
    "other image size": (TEST, idx(IMAGES[:20, :5]), TEST),
    "broken gzip": (TRAIN, gzip.compress(FILES[TRAIN])[:-20], TRAIN),
    "gzip of text": (TRAIN, gzip.compress(b"no images here" * 50), TRAIN),
}


@pytest.mark.parametrize("name", IDX)
def test_idx(folder, name):
    wrong, content, pattern = IDX[name]
    write_digits(folder, {**FILES, wrong: content})
    refuse(folder, IO, pattern, "run", "study.yaml", "-o", "new.h5")


def write_digits(folder, files):
    digits = folder / "digits"
    digits.mkdir()
    support.write(folder / "study.yaml", IDX_STUDY)
    for name, content in files.items():
        if content is not None:
            support.write(digits / name, content)


def test_good_idx(folder):
    """The files above are refused for what is wrong with them only."""
    write_digits(folder, FILES)
    support.succeed("run", "study.yaml", "-o", "new.h5", cwd=folder)


def test_more_samples_than_there_are(folder):
    write_digits(folder, FILES)
    refuse(folder, CONFIG, "41.*40|40.*41", "run", "study.yaml", "--set",
           "data.train=41")


@pytest.mark.parametrize("path", ["nowhere", "study.yaml"])
def test_no_data_folder(folder, path):
    support.write(folder / "study.yaml", IDX_STUDY)
    refuse(folder, IO, path, "run", "study.yaml", "--set",
           f"data.path={path}")


# ------------------------------------------------------------- result files

def foreign_hdf5(path):
    with h5py.File(path, "w") as file:
        file["loss"] = np.zeros(3)


def without(name):
    def damage(path):
        with h5py.File(path, "r+") as file:
            del file[name]
    return damage


def wrong_version(path):
    with h5py.File(path, "r+") as file:
        file.attrs["schema_version"] = "999"


def cut(share):
    def damage(path):
        content = path.read_bytes()
        path.write_bytes(content[:int(share * len(content))])
    return damage


RESULTS = {
    "missing": lambda path: path.unlink(),
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("loss,accuracy\n1,2\n" * 40),
    "picture": lambda path: path.write_bytes(PNG),
    "foreign HDF5": lambda path: (path.unlink(), foreign_hdf5(path)),
    "half": cut(0.5),
    "signature only": lambda path: path.write_bytes(path.read_bytes()[:8]),
    "without loss": without("loss"),
    "without status": without("status_measure"),
    "without sessions": without("sessions"),
    "other version": wrong_version,
    "folder": lambda path: (path.unlink(), path.mkdir()),
}


# A run begins without a file; who does not read a thing does not miss it.
FINE = {("run", "missing"), ("status", "without loss"),
        ("summary", "without sessions"), ("table", "without sessions")}


@pytest.mark.parametrize("command, name", [
    (command, name) for command in ("status", "summary", "table", "run")
    for name in RESULTS if (command, name) not in FINE])
def test_result(folder, name, command):
    RESULTS[name](folder / "good.h5")
    args = [command, "good.h5"]
    if command == "run":
        args = ["run", "study.yaml", "-o", "good.h5"]
    refuse(folder, IO, r"good\.h5", *args)


def copy_of(path, copy, **options):
    """As HDF5's h5repack makes it; `options` for larger datasets."""
    def add(name, item):
        if isinstance(item, h5py.Group):
            target.require_group(name)
        else:
            target.create_dataset(name, data=item[()], dtype=item.dtype,
                                  **(options if item.nbytes > 50 else {}))
        for key, value in item.attrs.items():
            if key not in ("CLASS", "NAME", "REFERENCE_LIST",
                           "DIMENSION_LIST"):
                target[name].attrs[key] = value
    with h5py.File(path) as source, h5py.File(copy, "w") as target:
        source.visititems(add)
        target.attrs.update(source.attrs)


@pytest.mark.parametrize("ranks", [0, 2])
def test_compressed_copy(folder, ranks):
    """Good to read; a run says what to do, and runs into a plain copy."""
    copy_of(folder / "good.h5", folder / "small.h5", compression="gzip")
    copy_of(folder / "good.h5", folder / "plain.h5")
    for command in (("status",), ("table",), ("summary",), ("verify",)):
        support.succeed(*command, "small.h5", cwd=folder)
    args = ("run", "study.yaml", "-o")
    refuse(folder, IO, r"small\.h5.*h5repack -f NONE -l CONTI", *args,
           "small.h5", ranks=ranks)
    support.succeed(*args, "plain.h5", cwd=folder, ranks=ranks)


@pytest.mark.parametrize("ranks", [0, 3])
def test_other_study(folder, ranks):
    """The keys that differ are listed, with both values."""
    result = refuse(folder, IO, "good.h5", "run", "study.yaml", "-o",
                    "good.h5", "--set", "network.activation=tanh", "--set",
                    "data.train=50", ranks=ranks)
    assert re.search("activation.*relu.*tanh", result.err)
    assert re.search("train.*60.*50", result.err)
    assert "temperature" not in result.err


PLACES = ["study.yaml/x.h5", "good.h5/deeper/x.h5", ".", "/dev/full",
          "/proc/nothing/x.h5"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("command", ["run", "point"])
def test_unwritable(folder, place, command):
    args = ["--at", "width=8,seed=0,scale=1"] if command == "point" else []
    refuse(folder, IO, re.escape(place.replace("/x.h5", "")), command,
           "study.yaml", "-o", place, *args)


@pytest.mark.parametrize("args", [
    ["table", "good.h5"], ["status", "good.h5", "--json"],
    ["summary", "good.h5"], ["--help"], ["keys"], ["keys", "network"],
    ["keys", "--format", "man"]], ids=" ".join)
def test_full_output(folder, args):
    """Numbers that could not be written are not passed over in silence."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run(support.command(args), cwd=folder, stdout=full,
                              stderr=subprocess.PIPE, check=False)
    assert done.returncode == IO
    assert b"output" in done.stderr and done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("args", [
    ["table", "good.h5"], ["--version"],
    ["run", "study.yaml", "-o", "new.h5"]], ids=" ".join)
def test_closed_output(folder, args):
    """No file that is opened later gets what is printed."""
    done = subprocess.run(support.command(args), cwd=folder, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=support.environment(),
                          preexec_fn=lambda: os.close(1))
    assert done.returncode == IO
    assert done.stderr.endswith(b"cannot be written: Bad file descriptor\n")


@pytest.mark.parametrize("args", [
    ["validate", "missing.yaml"], ["run", "missing.yaml"],
    ["plan", "missing.yaml"], ["run", "."]], ids=" ".join)
def test_no_such_study(folder, args):
    refuse(folder, IO, re.escape(args[1]), *args)


# ------------------------------------------------- points that cannot be done

@pytest.mark.parametrize("ranks", [0, 3])
def test_overflow(folder, ranks):
    """A point beyond the numbers' range fails with its reason; its neighbours
    are done; the program ends with 5, also when tried again."""
    support.write(folder / "study.yaml", changed("[0.5, 1]", "[1, 1e200]"))
    for again in ([], ["--retry-failed"]):
        result = support.run("run", "study.yaml", "-o", "far.h5", *again,
                             ranks=ranks, cwd=folder)
        assert result.code == TASKS, result
        assert result.err.count("4 points failed") == 1
        assert not NOISE.search(result.err)
    with h5py.File(folder / "far.h5") as file:
        states = file["status_measure"][()]
        assert np.all(states == [1, 2])
        assert np.all(np.isfinite(file["loss"][()][states == 1]))
        assert np.all(file["attempts_measure"][()][states == 2] == 2)
    said = support.succeed("status", "far.h5", "--failed", cwd=folder).out
    assert said.count("scale=1e+200") == 4 and "overflow" in said
    table = support.succeed("table", "far.h5", cwd=folder).out
    assert table.count(",failed,") == 4
    support.succeed("summary", "far.h5", cwd=folder)
    result = support.run("point", "study.yaml", "--at",
                         "width=8,seed=0,scale=1e200", "-o", "point.h5",
                         cwd=folder)
    assert result.code == TASKS and "overflow" in result.err


# ------------------------------------------------ once, also from many ranks

# Before MPI starts nobody knows of the others: each says it.
RANKED_APART = {
    "unknown command": (["rum"], USAGE, "rum"),
    "bad option": (["run", "study.yaml", "--max-seconds=x"], USAGE, "'x'"),
    "no MPI": (["validate", "missing.yaml"], IO, "missing.yaml"),
}
RANKED = {
    "no study": (["run", "missing.yaml"], IO, "missing.yaml"),
    "not a study": (["run", "good.h5"], CONFIG,
                    "good.h5 is an HDF5 file; a study is a text"),
    "bad --set": (["run", "study.yaml", "--set", "data.train=x"], CONFIG,
                  "train"),
    "no data": (["run", "study.yaml", "--set", "data.set=mnist", "--set",
                 "data.path=nowhere"], IO, "nowhere"),
    "dim": (["run", "study.yaml", "--set", "curvature.subspace.dim=4000"],
            CONFIG, "4000"),
    "its own study": (["run", "study.yaml", "-o", "study.yaml"], USAGE,
                      "study.yaml"),
    "no folder": (["run", "study.yaml", "-o", "study.yaml/x.h5"], IO,
                  "study.yaml"),
}


@pytest.mark.parametrize("name", RANKED)
def test_said_once(folder, name):
    args, code, pattern = RANKED[name]
    refuse(folder, code, pattern, *args, ranks=3)


@pytest.mark.parametrize("name", RANKED_APART)
def test_said_by_each(folder, name):
    args, code, pattern = RANKED_APART[name]
    refuse(folder, code, pattern, *args, ranks=3, most=3)


# What launchers leave in the environment of all that a task of theirs starts.
LAUNCHED = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"]
SILENT = {
    "no command": ([], USAGE, "which command"),
    "bad option": (["run", "study.yaml", "--bad"], USAGE, "'--bad'"),
    "validate": (["validate", "missing.yaml"], IO, "missing.yaml"),
    "plan": (["plan", "missing.yaml"], IO, "missing.yaml"),
    "status": (["status", "missing.h5"], IO, "missing.h5"),
    "summary": (["summary", "missing.h5"], IO, "missing.h5"),
    "point": (["point", "missing.yaml", "--at", "seed=0", "-o", "x.h5"], IO,
              "missing.yaml"),
    "table": (["table", "missing.h5"], IO, "missing.h5"),
    "verify": (["verify", "missing.h5"], IO, "missing.h5"),
    "merge": (["merge", "x.h5", "missing.h5"], IO, "missing.h5"),
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("variable", LAUNCHED)
def test_said_by_a_task_of_a_launcher(folder, monkeypatch, name, variable):
    monkeypatch.setenv(variable, "3")
    args, code, pattern = SILENT[name]
    refuse(folder, code, pattern, *args)
