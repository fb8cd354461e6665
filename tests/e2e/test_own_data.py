# SPDX-License-Identifier: MIT
"""Samples of one's own in HDF5: whatever numbers they are stored as, a network
is fed with them; what is damaged, or is no such file, is refused with one
message that says what and where, and nothing is written."""
import json
import os
import re

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

CONFIG, IO = 3, 4
NOISE = re.compile(r"HDF5-DIAG|#00\d: |H5[A-Z]\w*\(|Traceback|Segmentation|"
                   r"Sanitizer|runtime error|\(null\)|assert")
STUDY = """\
study: own
grid: {seed: [1], scale: [1]}
data: {set: file, path: own.h5, normalize: none}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
run: {precision: float64}
"""
RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(12, 4))
Y = np.arange(12) % 3
IMAGES = RANDOM.integers(0, 256, (12, 2, 3, 5)).astype(np.uint8)


def write(folder, *, group="", attributes=None, options=None, **arrays):
    """own.h5 of arrays called train_inputs and so on; None: left out."""
    arrays = {"train_inputs": X, "train_labels": Y} | arrays
    with h5py.File(folder / "own.h5", "w") as file:
        place = file.require_group(group) if group else file
        for name, array in arrays.items():
            if array is not None:
                place.create_dataset(name.replace("_", "/"), data=array,
                                     **(options or {}))
        place.attrs.update(attributes or {})
    support.write(folder / "study.yaml", STUDY)


def point(folder, *changes):
    """The samples that a point had, by half and kind."""
    words = [word for change in changes for word in ("--set", change)]
    support.succeed("point", "study.yaml", "-o", "point.h5", "--overwrite",
                    *words, cwd=folder)
    with h5py.File(folder / "point.h5") as file:
        found = {}
        file["data"].visititems(lambda name, what: found.update(
            {name: what[()]} if isinstance(what, h5py.Dataset) else {}))
        return found


PACKED = {"chunks": True, "compression": "gzip", "shuffle": True,
          "fletcher32": True}
# How they may be stored: (inputs, labels, options of the datasets).
STORED = {
    "doubles": (X, Y, {}),
    "packed": (X, Y, PACKED),
    "growing": (X, Y, {"maxshape": (None,), "chunks": (5,)}),
    "big endian": (X.astype(">f4"), Y.astype(">i8"), PACKED),
    "half": (X.astype(">f2"), Y.astype("u2"), {}),
    "long": (X.astype("f16"), Y.astype("i1"), {}),
    "bytes": (IMAGES, Y.astype("u1"), PACKED),
    "whole": (IMAGES.astype(">i4") - 128, Y.astype(float), {}),
    "grey": (IMAGES[:, 0], Y[:, None], {}),
    "booleans": (X > 0, Y > 1, {}),
    "one feature": (X[:, 0], Y, {}),
}


@pytest.mark.parametrize("name", STORED)
def test_stored(name, tmp_path):
    x, y, options = STORED[name]
    if name == "growing":
        options = {}
    write(tmp_path, train_inputs=x, train_labels=y, options=options,
          group="data" if name == "packed" else "")
    if name == "growing":
        with h5py.File(tmp_path / "own.h5", "r+") as file:
            del file["train/inputs"]
            file.create_dataset("train/inputs", data=x, maxshape=(None, 4),
                                chunks=(5, 3))
    found = point(tmp_path)
    shape = (12, -1) if x.ndim < 3 else (12, -1, *x.shape[-2:])
    np.testing.assert_array_equal(found["train/inputs"],
                                  x.astype(float).reshape(shape))
    np.testing.assert_array_equal(found["train/labels"], y.ravel())
    assert found["test/labels"].shape == (0,)


def standard(x, axes):
    deviation = x.std(axes, keepdims=True)
    return (x - x.mean(axes, keepdims=True)) / np.where(deviation, deviation,
                                                        np.inf)


def test_normalised(tmp_path):
    """Images by channel, vectors by feature, of which one may be constant."""
    reals = IMAGES + 0.25
    for x, axes in ((IMAGES, (0, 2, 3)), (reals, (0, 2, 3)),
                    (np.where(np.arange(4) == 2, 3.0, X), 0)):
        write(tmp_path, train_inputs=x)
        for way, expected in (
                ("standard", standard(x, axes)),
                ("unit", x / 255 if x is IMAGES else x),
                ("per-pixel", standard(x, 0)),
                ("per-image", standard(x, tuple(range(1, x.ndim))))):
            found = point(tmp_path, f"data.normalize={way}")
            np.testing.assert_allclose(found["train/inputs"], expected,
                                       rtol=1e-12, atol=1e-13)


def test_chosen(tmp_path):
    """A share is drawn, the same whatever else a study says, and none is in
    both halves; subsets are of what is left."""
    targets = np.stack([X.sum(1), X[:, 0]], 1)
    write(tmp_path, train_labels=None, train_targets=targets)
    share = ("data.test_share=0.25", "network.loss=mse")
    found = point(tmp_path, *share)
    both = np.concatenate([found["train/inputs"], found["test/inputs"]])
    assert len(found["test/inputs"]) == 3
    np.testing.assert_array_equal(np.sort(both, 0), np.sort(X, 0))
    for half in ("train", "test"):
        np.testing.assert_allclose(found[half + "/targets"][:, 0],
                                   found[half + "/inputs"].sum(1), rtol=1e-12)
    for subset in ("{random: 3}", "{random: per-seed}"):
        some = point(tmp_path, *share, f"data.subset={subset}", "data.train=5",
                     "data.test=2")
        assert set(some["train/inputs"][:, 0]) < set(found["train/inputs"][:, 0])
        assert set(some["test/inputs"][:, 0]) < set(found["test/inputs"][:, 0])
        np.testing.assert_array_equal(some["train/targets"][:, 1],
                                      some["train/inputs"][:, 0])


def test_names(tmp_path):
    """A result knows its data without their file: by name, and by content."""
    write(tmp_path, attributes={"name": "Sets, \"three\"", "classes": 5},
          group="data")
    support.succeed("run", "study.yaml", "-o", "own-result.h5", "--quiet",
                    cwd=tmp_path)
    os.rename(tmp_path / "own.h5", tmp_path / "moved.h5")
    support.succeed("merge", "merged.h5", "own-result.h5", cwd=tmp_path)
    for words in (("summary", "own-result.h5"), ("status", "own-result.h5"),
                  ("summary", "merged.h5")):
        said = " ".join(support.succeed(*words, cwd=tmp_path).out.split())
        assert ("data Sets \"three\", 12 training and 0 test samples, "
                "normalize none") in said and "classes 5" in said, said
    status = json.loads(support.succeed("status", "--json", "own-result.h5",
                                        cwd=tmp_path).out)
    assert status["data_name"] == "Sets, \"three\""
    said = support.succeed("validate", "study.yaml", "--set",
                           "data.path=moved.h5", cwd=tmp_path).out
    assert said.startswith("moved.h5, Sets, \"three\": 12 training and 0 test "
                           "samples of 4 features, 5 classes\n"), said
    assert "\nnote: no training sample of class 3, 4\nstudy.yaml is" in said, said
    support.succeed("validate", "--no-data", "study.yaml", cwd=tmp_path)
    support.succeed("verify", "own-result.h5", "--set", "data.path=moved.h5",
                    cwd=tmp_path)
    write(tmp_path, train_inputs=X + 1, attributes={"name": "Others"})
    result = support.run("run", "study.yaml", "-o", "own-result.h5",
                         cwd=tmp_path)
    assert result.code == IO and "data.name: file has Sets" in result.err


def test_what_is_used_is_read(tmp_path):
    """Of packed samples too: damage in what is not used harms nobody."""
    write(tmp_path, options=None)
    with h5py.File(tmp_path / "own.h5", "r+") as file:
        del file["train/inputs"]
        packed = file.create_dataset("train/inputs", data=X, fletcher32=True,
                                     chunks=(3, 4))
        at = packed.id.get_chunk_info(3).byte_offset
    with open(tmp_path / "own.h5", "r+b") as file:
        file.seek(at + 5)
        file.write(b"damage")
    np.testing.assert_array_equal(
        point(tmp_path, "data.train=9")["train/inputs"], X[:9])
    for words in ((), ("--set", "data.train=10"),
                  ("--set", "data.subset={random: 1}", "--set", "data.train=2")):
        result = support.run("point", "study.yaml", "-o", "point.h5",
                             "--overwrite", *words, cwd=tmp_path)
        assert result.code == IO and re.search(
            "own.h5: is damaged: 'train/inputs'", result.err), result


def test_paths(tmp_path):
    """~ and $NAME are what a shell makes of them, in every command."""
    write(tmp_path)
    env = dict(os.environ, HOME=str(tmp_path), WHERE=tmp_path.name)
    for path in ("~/own.h5", "../$WHERE/own.h5", "../${WHERE}/./own.h5"):
        support.succeed("run", "study.yaml", "-o", "result.h5", "--quiet",
                        "--set", f"data.path={path}", cwd=tmp_path, env=env)
    support.succeed("verify", "result.h5", cwd=tmp_path, env=env)
    result = support.run("validate", "study.yaml", "--set",
                         "data.path=$NOT_THERE/own.h5", cwd=tmp_path, env=env)
    assert result.code == CONFIG and "no NOT_THERE" in result.err
    os.rename(tmp_path / "own.h5", tmp_path / "a$b~.h5")
    support.succeed("validate", "study.yaml", "--set", "data.path=a$b~.h5",
                    cwd=tmp_path, env=dict(env, b="$b"))


# ------------------------------------------------------------------- refusals


def spoilt(array, where, value):
    array = np.array(array, dtype=type(value))
    array[where] = value
    return array


def raw(change):
    """The bytes of a good file, changed."""
    def make(folder):
        write(folder)
        path = folder / "own.h5"
        path.write_bytes(change(path.read_bytes()))
    return make


def edited(change):
    """A good file with something done to it."""
    def make(folder):
        write(folder)
        with h5py.File(folder / "own.h5", "r+") as file:
            change(file)
    return make


def of(**what):
    return lambda folder: write(folder, **what)


def soft(file):
    file.move("train/inputs", "elsewhere")
    file["train/inputs"] = h5py.SoftLink("/elsewhere")


def outside(file):
    file["train/inputs"] = h5py.ExternalLink("/etc/passwd", "x")


def external(file):
    del file["train/inputs"]
    file.create_dataset("train/inputs", (12, 4), "f8",
                        external=[("/etc/passwd", 0, 12 * 4 * 8)])


def virtual(file):
    layout = h5py.VirtualLayout((12, 4), "f8")
    layout[:] = h5py.VirtualSource("/etc/passwd", "x", (12, 4))
    del file["train/inputs"]
    file.create_virtual_dataset("train/inputs", layout)


def group_link(file):
    file.move("train", "other")
    file["train"] = h5py.SoftLink("/other")


def huge(file):
    del file["train/inputs"]
    file.create_dataset("train/inputs", (1 << 24, 1 << 19), "f8",
                        chunks=(1 << 11, 1 << 10))


def unwritten(name, shape, **options):
    """Data that the file has no bytes for."""
    def change(file):
        del file[name]
        file.create_dataset(name, shape, "f8", **options)
    return change


def wide_chunks(file):
    del file["train/inputs"]
    file.create_dataset("train/inputs", (12, 4), "f8", maxshape=(None, None),
                        chunks=(1 << 12, 1 << 11))


def lzf(file):
    del file["train/inputs"]
    file.create_dataset("train/inputs", data=X, compression="lzf")


def named(file):
    file["type"] = np.dtype("f8")
    del file["train/inputs"]
    file.create_dataset("train/inputs", data=X, dtype=file["type"])


def drop(name):
    return edited(lambda file: file.__delitem__(name))


def fifo(folder):
    write(folder)
    os.remove(folder / "own.h5")
    os.mkfifo(folder / "own.h5")


def replaced(make):
    def put(folder):
        write(folder)
        os.remove(folder / "own.h5")
        make(folder / "own.h5")
    return put


TEXTS = np.array([b"cat"] * 12)
RECORDS = np.zeros(12, [("a", "f8"), ("b", "i4")])
LISTS = np.empty(12, h5py.vlen_dtype(np.dtype("f8")))
LISTS[:] = [np.ones(3)] * 12
TWO = np.ones((12, 2))
# name: how the file is made, exit code, what is said, overrides
REFUSED = {
    "no file": (replaced(lambda path: None), IO, "no such file"),
    "folder": (replaced(os.mkdir), IO, "own.h5"),
    "pipe": (fifo, IO, "own.h5"),
    "empty": (replaced(lambda path: path.write_bytes(b"")), IO, "empty"),
    "text": (replaced(lambda path: path.write_text("a,b\n1,2\n")), IO,
             "not an HDF5 file.*plain text"),
    "numpy": (replaced(lambda path: np.save(path.open("wb"), X)), IO, "NumPy"),
    "cut short": (raw(lambda b: b[:-100]), IO, "damaged"),
    "cut to the head": (raw(lambda b: b[:100]), IO, "damaged"),
    "zeros within": (raw(lambda b: b[:96] + bytes(len(b) - 96)), IO,
                     "damaged"),
    "no samples": (drop("train"), IO, "no samples.*train/inputs"),
    "no inputs": (drop("train/inputs"), IO, "no samples.*train/inputs"),
    "no labels": (drop("train/labels"), IO,
                  "neither 'train/labels' nor 'train/targets'"),
    "labels and targets": (of(train_targets=X), IO, "both 'train/labels' and"),
    "test without labels": (of(test_inputs=X), IO, "neither 'test/labels'"),
    "test of other shape": (of(test_inputs=X[:, :3], test_labels=Y), IO,
                            "'test/inputs'.*another shape"),
    "test with targets": (of(test_inputs=X, test_targets=X[:, 0]), IO,
                          "1 targets.*0"),
    "fewer labels": (of(train_labels=Y[:11]), IO,
                     "'train/labels' has 11 rows.*12 samples"),
    "label without class": (of(train_labels=spoilt(Y, 7, -1)), IO,
                            "'train/labels'.*row 7 .*-1"),
    "large label": (of(train_labels=spoilt(Y, 4, 256)), IO, "row 4 .*256"),
    "label between": (of(train_labels=spoilt(Y, 5, 0.5)), IO, "row 5 .*0.5"),
    "no label": (of(train_labels=spoilt(Y, 2, np.nan)), IO, "row 2 .*nan"),
    "packed bad label": (of(train_labels=spoilt(Y, 9, -3), options=PACKED),
                         IO, "row 9 .*-3"),
    "test label": (of(test_inputs=X, test_labels=spoilt(Y, 3, -2)), IO,
                   "'test/labels'.*row 3 .*-2"),
    "one class": (of(train_labels=0 * Y), IO, "one class only"),
    "one-hot": (of(train_labels=np.eye(3)[Y]), IO, "rows of 3 numbers"),
    "fewer classes than labels": (of(attributes={"classes": 2}), IO,
                                  "label 2.*2 classes"),
    "absurd classes": (of(attributes={"classes": 1 << 40}), IO, "classes"),
    "classes in words": (of(attributes={"classes": "three"}), IO, "classes"),
    "target that is none": (
        of(train_labels=None, train_targets=spoilt(TWO, (6, 1), np.inf)), IO,
        "'train/targets'.*row 6 .*inf"),
    "wide targets": (of(train_labels=None, train_targets=np.ones((12, 300))),
                     IO, "300 numbers"),
    "input beyond its square": (of(train_inputs=spoilt(X, (3, 1), 1e160)), IO,
                                "row 3 .*take another unit"),
    "input below its square": (of(train_inputs=spoilt(X, (3, 1), 1e-200)), IO,
                               "row 3 .*take another unit"),
    "input that is none": (of(train_inputs=spoilt(X, (8, 2), np.nan)), IO,
                           "'train/inputs'.*row 8 .*nan"),
    "infinite input": (of(train_inputs=spoilt(X, (1, 0), -np.inf)), IO,
                       "row 1 .*-inf"),
    "infinite test input": (
        of(test_inputs=spoilt(X, (3, 0), np.inf), test_labels=Y), IO,
        "'test/inputs'.*row 3 .*inf"),
    "texts": (of(train_labels=TEXTS), IO, "'train/labels' holds texts"),
    "records": (of(train_labels=RECORDS), IO, "holds records"),
    "lists": (of(train_inputs=LISTS), IO, "lists of different lengths"),
    "complex": (of(train_inputs=X + 1j), IO, "holds records"),
    "five dimensions": (of(train_inputs=X.reshape(12, 1, 1, 2, 2)), IO,
                        "5 dimensions"),
    "no rows": (of(train_inputs=X[:0], train_labels=Y[:0]), IO, "is empty"),
    "no features": (of(train_inputs=X[:, :0]), IO, "0 numbers in a row"),
    "scalar": (of(train_inputs=np.float64(3)), IO, "is empty"),
    "soft link": (edited(soft), IO, "is a link to another name"),
    "linked group": (edited(group_link), IO, "'train' is a link"),
    "external link": (lambda f: (drop("train/inputs")(f), edit(f, outside)),
                      IO, "is a link into another file"),
    "external storage": (edited(external), IO, "external storage"),
    "virtual": (edited(virtual), IO, "virtual"),
    "named type": (edited(named), IO, "another type"),
    "unknown filter": (edited(lzf), IO, "packed by filter 32000"),
    "wide chunks": (edited(wide_chunks), IO, "chunks of more than"),
    "huge": (edited(huge), IO, "'train/inputs' is said to hold 7.04e\\+13"),
    "unwritten": (edited(unwritten("train/inputs", (12, 1 << 18))), IO,
                  "'train/inputs' is said to hold 2.52e\\+07 bytes"),
    "unwritten chunks": (
        edited(unwritten("train/inputs", (1 << 16, 4096), chunks=(256, 4096))),
        IO, "'train/inputs' is said to hold 2.15e\\+09 bytes"),
    "unwritten labels": (edited(unwritten("train/labels", (1 << 24,))), IO,
                         "'train/labels' is said to hold 1.34e\\+08 bytes"),
    "other shape": (of(), CONFIG, "data.shape.*\\[4\\]", "data.shape=[5]"),
    "too few classes": (of(), CONFIG, "data.classes is 2.* 3",
                        "data.classes=2"),
    "classes of targets": (of(train_labels=None, train_targets=X[:, 0]),
                           CONFIG, "data.classes.*values", "data.classes=3",
                           "network.loss=mse"),
    "entropy of values": (of(train_labels=None, train_targets=X[:, 0]), CONFIG,
                          "loss: mse"),
    "more than there are": (of(), CONFIG, "13.*12", "data.train=13"),
    "share of few": (of(), CONFIG, "test_share.*none to test",
                     "data.test_share=0.01"),
    "share of tested": (of(test_inputs=X, test_labels=Y), CONFIG,
                        "test samples of its own", "data.test_share=0.5"),
    "published": (of(), CONFIG, "published", "data.normalize=published"),
    "convolutions": (of(), CONFIG, "convolutions need images",
                     "network.kind=cnn"),
    "shape of two": (of(), CONFIG, "channels, height", "data.shape=[2, 2]"),
    "all equal": (of(train_inputs=0 * X), CONFIG, "all inputs would be 0",
                  "data.normalize=standard"),
}


def edit(folder, change):
    with h5py.File(folder / "own.h5", "r+") as file:
        change(file)


@pytest.mark.parametrize("command", [("point", "-o", "point.h5"),
                                     ("validate",)], ids=lambda words: words[0])
@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, command, tmp_path):
    make, code, pattern, *changes = REFUSED[name]
    make(tmp_path)
    before = sorted(path.name for path in tmp_path.iterdir())
    words = [word for change in changes for word in ("--set", change)]
    result = support.run(*command, "study.yaml", *words, cwd=tmp_path)
    assert result.code == code, result
    assert re.search(pattern, result.err.replace("\n", " ")), result.err
    assert not NOISE.search(result.out + result.err)
    assert result.err.count("goldilocks: ") <= 1 and not result.out
    assert sorted(path.name for path in tmp_path.iterdir()) == before
