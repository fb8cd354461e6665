# SPDX-License-Identifier: MIT
"""Samples of one's own: what NumPy, pandas, PyTorch and files hold is what the
file has, and what no network can be fed with is refused before it is made."""
import gzip
import json
import os
import subprocess
import warnings

import h5py
import numpy as np
import pytest

import goldilocks as gold
from goldilocks import __main__, outputs
from goldilocks.words import chance, data_words

pd = pytest.importorskip("pandas")
RANDOM = np.random.default_rng(4)
X = RANDOM.normal(size=(12, 4))
Y = np.arange(12) % 3
PIXELS = RANDOM.integers(0, 256, (12, 5, 6, 3)).astype(np.uint8)


def held(path):
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, what: found.update(
            {name: what[()]} if isinstance(what, h5py.Dataset) else {}))
        return found, dict(file.attrs)


def expect(path, x, y, half="train", kind="labels"):
    found, attributes = held(path)
    np.testing.assert_array_equal(found[half + "/inputs"], x)
    np.testing.assert_array_equal(found[f"{half}/{kind}"], y)
    return attributes


def test_arrays(tmp_path):
    path = tmp_path / "own.h5"
    gold.save_data(path, X, Y, test=(X[:3], Y[:3]), name="Own",
                   class_names=["a", "b", "c"])
    attributes = expect(path, X, Y)
    expect(path, X[:3], Y[:3], "test")
    assert attributes["name"] == "Own"
    assert list(attributes["class_names"]) == ["a", "b", "c"]
    with pytest.raises(outputs.Refused, match="exists"):
        gold.save_data(path, X, Y)
    gold.save_data(path, PIXELS, X[:, :2], channels_last=True, overwrite=True)
    expect(path, PIXELS.transpose(0, 3, 1, 2), X[:, :2], kind="targets")
    assert os.listdir(tmp_path) == ["own.h5"]


def test_what_is_no_such_file_stays(tmp_path, small):
    path = tmp_path / "result.h5"
    path.write_bytes(small.read_bytes())
    with pytest.raises(outputs.Refused, match="without train/inputs"):
        gold.save_data(path, X, Y, overwrite=True)
    assert path.read_bytes() == small.read_bytes()


def test_pandas(tmp_path):
    table = pd.DataFrame(X, columns=list("abcd"))
    for i, words in enumerate((pd.Series(["x", "y", "z"] * 4),
                               pd.Series(["x", "y", "z"] * 4, dtype="category"))):
        gold.save_data(tmp_path / f"{i}.h5", table, words)
        attributes = expect(tmp_path / f"{i}.h5", X, Y)
        assert list(attributes["class_names"]) == ["x", "y", "z"]


def test_torch(tmp_path):
    torch = pytest.importorskip("torch")
    x, y = torch.tensor(X, dtype=torch.float32), torch.tensor(Y)
    gold.save_data(tmp_path / "0.h5", x, y)
    gold.save_data(tmp_path / "1.h5", torch.utils.data.TensorDataset(x, y),
                   test=torch.utils.data.TensorDataset(x[:2], y[:2]))
    for i in range(2):
        expect(tmp_path / f"{i}.h5", X.astype(np.float32), Y)
    expect(tmp_path / "1.h5", X[:2].astype(np.float32), Y[:2], "test")


def test_labels_from_one(tmp_path):
    with pytest.warns(UserWarning, match="begin at 1"):
        gold.save_data(tmp_path / "own.h5", X, Y + 1)
    expect(tmp_path / "own.h5", X, Y)


def test_classes_as_reals(tmp_path):
    """They became values without a word."""
    with pytest.warns(UserWarning, match=r"values .* whole: y.astype\(int\)"):
        gold.save_data(tmp_path / "own.h5", X, Y.astype(float))
    expect(tmp_path / "own.h5", X, Y.astype(float), kind="targets")


def test_labels_with_gaps(tmp_path):
    """10 and 20 were 21 classes, without a word."""
    with pytest.warns(UserWarning, match="19 of 21 classes are empty; y = "
                      r"np.unique\(y, return_inverse=True\)"):
        gold.save_data(tmp_path / "own.h5", X, 10 * (Y % 2 + 1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gold.save_data(tmp_path / "named.h5", X, Y % 2,
                       class_names=["a", "b", "never"])
        gold.save_data(tmp_path / "halves.h5", X[:3], Y[:3] * 0, test=(X, Y))


def test_columns_of_text_are_named(tmp_path):
    table = pd.DataFrame(X, columns=list("abcd")).assign(
        colour=["red", "blue"] * 6, town="Rome")
    with pytest.raises(gold.BadSamples, match="column 'colour' has no numbers, "
                       "nor have 1 more: .*get_dummies.*drop"):
        gold.save_data(tmp_path / "own.h5", table, Y)
    gold.save_data(tmp_path / "own.h5", pd.get_dummies(table, dtype=float), Y)


def changed(array, where, value):
    array = np.array(array, dtype=type(value))
    array[where] = value
    return array


@pytest.mark.parametrize("x, y, words", [
    (X[:11], Y, "11 inputs, but 12"), (changed(X, (7, 1), np.nan), Y, "row 7"),
    (X, changed(Y, 3, -1), "label 3 is -1"),
    (X, changed(Y, 5, 300), "label 5 is 300"),
    (X, changed(X[:, 0], 2, np.inf), "values: row 2"),
    (X.astype(complex), Y, "complex128"), (X.astype(str), Y, "numbers"),
    (X, np.array([{}] * 12), "object"), (X[:0], Y[:0], "shape"),
    (X, np.eye(3, dtype=int)[Y], "one for each"), (X, None, "labels"),
    (X.reshape(12, 2, 1, 1, 2), Y, "shape")])
def test_refused(tmp_path, x, y, words):
    with pytest.raises(gold.BadSamples, match=words):
        gold.save_data(tmp_path / "own.h5", x, y)
    assert os.listdir(tmp_path) == []


def test_other_halves(tmp_path):
    for test, words in (((X[:, :3], Y), "different shapes"),
                        ((X, X[:, 0]), "differ")):
        with pytest.raises(gold.BadSamples, match=words):
            gold.save_data(tmp_path / "own.h5", X, Y, test=test)


# ---------------------------------------------------------------------- convert


def convert(folder, *words):
    __main__.main(["convert", *(str(folder / w) if not w.startswith("-")
                                and "." in w else w for w in words),
                   "-o", str(folder / "own.h5"), "--overwrite"])
    return folder / "own.h5"


def test_convert_arrays(tmp_path, capsys):
    np.savez(tmp_path / "a.npz", x_train=X, y_train=Y, x_test=X[:2],
             y_test=Y[:2])
    expect(convert(tmp_path, "a.npz", "--name", "A"), X, Y)
    expect(tmp_path / "own.h5", X[:2], Y[:2], "test")
    assert capsys.readouterr().out.endswith(
        "own.h5: 12 samples of 4 features, 3 classes; 2 test samples\n")
    np.save(tmp_path / "x.npy", PIXELS)
    np.save(tmp_path / "y.npy", Y)
    expect(convert(tmp_path, "x.npy", "y.npy", "--channels-last"),
           PIXELS.transpose(0, 3, 1, 2), Y)
    assert capsys.readouterr().out.endswith(
        "own.h5: 12 samples of 3 x 5 x 6, 3 classes\n")


def test_convert_tables(tmp_path, capsys):
    table = pd.DataFrame(X, columns=list("abcd"))
    table["kind"] = np.array(["x", "y", "z"])[Y]
    table.to_csv(tmp_path / "t.csv", index=False)
    expect(convert(tmp_path, "t.csv"), X, Y)
    table["kind"] = np.array([0.0, 1.0, 2.0])[Y]
    table.to_csv(tmp_path / "r.csv", index=False)
    expect(convert(tmp_path, "r.csv"), X, Y)
    table.drop(columns="kind").to_csv(tmp_path / "v.csv", index=False)
    expect(convert(tmp_path, "v.csv", "--targets", "a,d"), X[:, 1:3],
           X[:, [0, 3]], kind="targets")
    assert capsys.readouterr().out.endswith(
        "own.h5: 12 samples of 2 features, 2 values each\n")
    with pytest.raises(SystemExit, match="no column e; its columns are a, b"):
        convert(tmp_path, "v.csv", "--label", "e")


def test_tables_without_names(tmp_path):
    """The first sample is none of their names; 0, 1, 2 and so on are pandas'."""
    table = pd.DataFrame(np.column_stack([X, Y]))
    table.to_csv(tmp_path / "n.csv", index=False)
    expect(convert(tmp_path, "n.csv"), X, Y)
    (tmp_path / "own.h5").unlink()
    for n, names in ((5, "x1,...,x4,label"), (3, "x1,x2,label")):
        table[list(range(5 - n, 5))].to_csv(tmp_path / "b.csv", index=False,
                                            header=False)
        with pytest.raises(SystemExit, match="first row has numbers, and names of "
                           f"columns are meant: put a line above it, {names}$"):
            convert(tmp_path, "b.csv")
        assert not (tmp_path / "own.h5").exists()


def test_convert_mat(tmp_path):
    io = pytest.importorskip("scipy.io")
    digits = RANDOM.integers(0, 256, (32, 32, 3, 20)).astype(np.uint8)
    io.savemat(tmp_path / "s.mat", {"X": digits, "y": np.arange(20)[:, None]
                                    % 10 + 1})
    expect(convert(tmp_path, "s.mat"), digits.transpose(3, 2, 0, 1),
           (np.arange(20) + 1) % 10)


    (tmp_path / "h.mat").write_bytes(b"MATLAB 7.3 MAT-file".ljust(124)
                                     + b"\0\2IM" + bytes(400))
    with pytest.raises(SystemExit, match="7.3: save it with -v7"):
        convert(tmp_path, "h.mat")


def test_what_the_disk_refuses(tmp_path, monkeypatch):
    """One line, and nothing is left."""
    def fail(*_):
        raise OSError(28, "Can't write data (file write failed: time = ...\n, "
                      "filename = ...)")
    monkeypatch.setattr(gold.samples, "write", fail)
    with pytest.raises(OSError) as raised:
        gold.save_data(tmp_path / "own.h5", X, Y)
    assert str(raised.value) == ("[Errno 28] No space left on device: "
                                 f"'{tmp_path}/own.h5'")
    assert os.listdir(tmp_path) == []


def test_convert_images(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    for half in ("train", "test"):
        for i, y in enumerate(Y):
            folder = tmp_path / f"set.d/{half}/{'abc'[y]}"
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(PIXELS[i]).save(folder / f"{i:02}.png")
    order = np.argsort(Y, kind="stable")
    for half in ("train", "test"):
        attributes = expect(convert(tmp_path, "set.d"),
                            PIXELS[order].transpose(0, 3, 1, 2), Y[order], half)
    assert list(attributes["class_names"]) == ["a", "b", "c"]


def idx(array, code):
    return (bytes([0, 0, code, array.ndim])
            + np.array(array.shape, ">u4").tobytes() + array.tobytes())


IDX = {0x08: "u1", 0x09: "i1", 0x0b: ">i2", 0x0c: ">i4", 0x0d: ">f4",
       0x0e: ">f8"}


@pytest.mark.parametrize("shape", [(12,), (12, 4), (12, 3, 4), (12, 2, 3, 4)])
@pytest.mark.parametrize("code", IDX)
def test_convert_idx(tmp_path, code, shape):
    """MNIST's names, one file packed; any type, and labels from 1 on of as many
    classes as there are."""
    images = RANDOM.integers(0, 100, shape).astype(IDX[code])
    labels = (np.arange(12) + 1).astype("u1")
    folder = tmp_path / "idx.d"
    folder.mkdir()
    for half in ("train", "t10k"):
        (folder / f"{half}-images-idx{len(shape)}").write_bytes(
            idx(images, code))
        (folder / f"{half}-labels-idx1-ubyte.gz").write_bytes(
            gzip.compress(idx(labels, 0x08)))
    with pytest.warns(UserWarning, match="begin at 1"):
        path = convert(tmp_path, "idx.d")
    for half in ("train", "test"):
        expect(path, images, labels - 1, half)


def test_convert_digits(tmp_path):
    """QMNIST's labels are rows of whole numbers; EMNIST has many sets in one
    folder, and images by columns."""
    folder = tmp_path / "idx.d"
    folder.mkdir()
    rows = np.arange(12 * 8).reshape(12, 8).astype(">i4")
    for prefix in ("emnist-letters-", "qmnist-"):
        for half in ("train", "test"):
            (folder / f"{prefix}{half}-images-idx3-ubyte").write_bytes(
                idx(PIXELS[..., 0], 0x08))
            (folder / f"{prefix}{half}-labels-idx2-int").write_bytes(
                idx(rows, 0x0c))
    expect(convert(tmp_path, "idx.d/qmnist"), PIXELS[..., 0], rows[:, 0])
    expect(convert(tmp_path, "idx.d/emnist-letters", "--transpose"),
           PIXELS[..., 0].swapaxes(1, 2), rows[:, 0], "test")
    with pytest.raises(SystemExit, match="FOLDER/PREFIX"):
        convert(tmp_path, "idx.d")


def test_convert_binaries(tmp_path):
    records = RANDOM.integers(0, 256, (30, 2 + 3072)).astype(np.uint8)
    records[:, 0], records[:, 1] = np.arange(30) % 20, np.arange(30)
    cifar, stl = tmp_path / "cifar.d", tmp_path / "stl.d"
    cifar.mkdir()
    stl.mkdir()
    images = RANDOM.integers(0, 256, (4, 3, 96, 96)).astype(np.uint8)
    for half in ("train", "test"):
        (cifar / f"{half}.bin").write_bytes(records.tobytes())
        (stl / f"{half}_X.bin").write_bytes(images.tobytes())
        (stl / f"{half}_y.bin").write_bytes(bytes([1, 2, 3, 4]))
    (cifar / "coarse_label_names.txt").write_text(
        "\n".join(f"c{i}" for i in range(20)))
    for words, column in (((), 1), (("--labels", "coarse"), 0)):
        attributes = expect(convert(tmp_path, "cifar.d", *words),
                            records[:, 2:].reshape(-1, 3, 32, 32),
                            records[:, column])
        assert len(attributes.get("class_names", [])) == 20 * (column == 0)
    with pytest.warns(UserWarning, match="begin at 1"):
        expect(convert(tmp_path, "stl.d"), images.swapaxes(2, 3), range(4))
    (cifar / "train.bin").write_bytes(records.tobytes()[:-1])
    with pytest.raises(SystemExit, match="records of 3074 bytes"):
        convert(tmp_path, "cifar.d")


@pytest.mark.parametrize("content, words", [
    (idx(PIXELS, 0x08)[:-1], "speaks of"), (idx(PIXELS, 0x08) + b"x", "speaks"),
    (b"\0\0\x07\x03" + bytes(12), "no IDX"), (b"", "no IDX"),
    (b"\0\0\x08\x05" + bytes(20), "no IDX"),
    (b"\0\0\x0e\x04" + b"\xff" * 16, "speaks of"),
    (gzip.compress(idx(PIXELS, 0x08))[:-9], "gzip")])
def test_convert_bad_idx(tmp_path, content, words):
    folder = tmp_path / "idx.d"
    folder.mkdir()
    (folder / "train-images-idx3-ubyte").write_bytes(content)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx(Y.astype("u1"), 0x08))
    with pytest.raises(SystemExit, match=words):
        convert(tmp_path, "idx.d")
    assert not (tmp_path / "own.h5").exists()


@pytest.mark.parametrize("make, words", [
    (lambda path: path.write_bytes(b""), "one kind"),
    (lambda path: None, "no such file"),
    (lambda path: path.mkdir(), "no CLASS")])
def test_convert_refused(tmp_path, make, words):
    make(tmp_path / "in.put")
    with pytest.raises(SystemExit, match=words):
        convert(tmp_path, "in.put")
    assert not (tmp_path / "own.h5").exists()


def test_parameters(tmp_path):
    path = tmp_path / "weights.h5"
    gold.save_parameters(path, X)
    np.testing.assert_array_equal(held(path)[0]["parameters/theta"], X)
    tensors = {"0.weight": X, "0.bias": X[0]}
    for given, theta in ((tensors, [*X.ravel(), *X[0]]),
                         ([tensors] * 2, [[*X.ravel(), *X[0]]] * 2)):
        gold.save_parameters(path, given, overwrite=True)
        found = held(path)[0]
        np.testing.assert_array_equal(found["parameters/theta"], theta)
        assert found["parameters/shapes"].tolist() == [[12, 4, 0, 0],
                                                       [4, 0, 0, 0]]
        assert found["parameters/names"].tolist() == [b"0.weight", b"0.bias"]


@pytest.mark.parametrize("given, words", [
    (X[:0], "shape"), (X[None], "shape"), (changed(X, 3, np.nan), "finite"),
    ({}, "no parameters"), ([{"a": X}, {"a": X[1:]}], "same shapes"),
    ({"a": X[0, 0]}, "0 dimensions"),
    ({"1.running_mean": X[0]}, "batch norm")])
def test_no_parameters(tmp_path, given, words):
    with pytest.raises(gold.BadParameters, match=words):
        gold.save_parameters(tmp_path / "weights.h5", given)
    assert os.listdir(tmp_path) == []


def safetensors(tensors, kinds):
    """The bytes of a file in which tensors stand by name, as they do."""
    header, data = {"__metadata__": {"format": "pt"}}, b""
    for name in sorted(tensors):
        kind, code = kinds[name]
        part = tensors[name].astype(code).tobytes() if kind != "BF16" else (
            tensors[name].astype("<f4").view("<u4") >> 16).astype("<u2").tobytes()
        header[name] = {"dtype": kind, "shape": list(tensors[name].shape),
                        "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def test_safetensors(tmp_path):
    """In the order of a Sequential's parameters, whatever that of the file."""
    names = ["0.weight", "0.bias", "2.weight", "10.0.weight", "10.0.bias"]
    made = {name: 2.0 ** -np.arange(4 + i).reshape((2, -1) if i % 2 == 0 else -1)
            for i, name in enumerate(names)}
    kinds = dict(zip(names, [("F32", "<f4"), ("F64", "<f8"), ("F16", "<f2"),
                             ("BF16", None), ("F32", "<f4")]))
    source = tmp_path / "model.safetensors"
    source.write_bytes(safetensors(made, kinds))
    gold.save_parameters(tmp_path / "w.h5", [source, str(source)],
                         points=["early", "late"])
    with h5py.File(tmp_path / "w.h5") as file:
        assert [name.decode() for name in file["parameters/names"]] == names
        assert list(file["parameters/points"]) == [b"early", b"late"]
        for vector in file["parameters/theta"]:
            np.testing.assert_array_equal(
                vector, np.concatenate([made[name].ravel() for name in names]))
    for data, words in ((b"", "no .safetensors"), (b"\xff" * 90, "no .safe"),
                        (safetensors({"fc.weight": made["0.bias"]},
                                     {"fc.weight": ("F64", "<f8")}), "no order"),
                        (safetensors(made, kinds)[:-1], "no .safetensors")):
        source.write_bytes(data)
        with pytest.raises(gold.BadParameters, match=words):
            gold.save_parameters(tmp_path / "w.h5", source, overwrite=True)
    with pytest.raises(gold.BadParameters, match="1 names, but 12 vectors"):
        gold.save_parameters(tmp_path / "w.h5", X, points=["a"], overwrite=True)


def test_parameters_of_a_result(small):
    """What a result does not keep is computed again."""
    ds = gold.open_results(small)
    at = {"activation": "tanh", "seed": 2}
    cell = ds.isel(depth_width=1, relative_radius=3).sel(**at)
    more = {"depth": 2, "width": 12,
            "relative_radius": float(cell.relative_radius)}
    for final, norm in ((False, cell.weight_norm),
                        (True, cell.final_weight_norm)):
        vector = gold.parameters(ds, final, **at, **more)
        assert vector.shape == (int(cell.parameters),)
        assert np.linalg.norm(vector) == pytest.approx(float(norm), rel=1e-6)
    with pytest.raises(RuntimeError, match="seed"):
        gold.parameters(ds, seed=99)


def test_kept_parameters(tmp_path):
    ds = gold.run("study: kept\ngrid: {seed: [3, 4], width: [2, 5]}\n"
                  "data: {set: circles, train: 20}\nnetwork: {depth: 1}\n"
                  "train: {steps: 2, keep: [final, best]}\n", tmp_path / "kept.h5")
    vector = gold.parameters(ds, final=True, seed=4, width=2)
    kept = ds.final_parameters.sel(seed=4, width=2).values
    np.testing.assert_array_equal(vector, kept[:2 * 2 + 2 * 3])
    assert np.isnan(kept[10:]).all() and len(kept) == 25
    assert gold.parameters(ds, seed=4, width=2).shape == (10,)
    best = gold.parameters(ds, best=True, seed=3, width=5)
    again = gold.parameters(ds.drop_vars("best_parameters"), best=True, seed=3,
                            width=5)
    np.testing.assert_array_equal(best, again)
    ds.final_parameters.loc[{"seed": 4, "width": 2, "parameter": 3}] = np.nan
    assert gold.parameters(ds, final=True, seed=4, width=2).shape == (10,)


def test_program_reads_it(tmp_path, small):
    """Also as bytes of channels last, in float16, and big-endian."""
    assert small.exists()
    (tmp_path / "study.yaml").write_text(
        "study: own\ngrid: {seed: [0]}\ndata: {set: file, path: own.h5}\n"
        "train: {steps: 1}\n")
    for x in (PIXELS, X.astype(np.float16), X.astype(">f8")):
        gold.save_data(tmp_path / "own.h5", x, Y, channels_last=x is PIXELS,
                       overwrite=True)
        subprocess.run([gold.running.program(), "validate", "study.yaml"],
                       cwd=tmp_path, check=True, stdout=subprocess.DEVNULL)
    gold.save_data(tmp_path / "own.h5", X, Y, name="My set", overwrite=True)
    ds = gold.run(tmp_path / "study.yaml", tmp_path / "result.h5",
                  curvature__subspace="{dim: 2}")
    assert data_words(ds) == "My set, 12 samples"
    assert chance(ds) == pytest.approx(1 / 3)


def test_own_data_are_called_as_their_file(opened):
    """Where they have no name: in either way that YAML has, and by --set."""
    for config, overrides, name in (
            ("data: {set: file, path: a b/own.v2.h5, train: 4}", "", "own.v2"),
            ("data:\n  # path: other.h5\n  path: '/d/own.h5'  # mine\n", "", "own"),
            ("data: {path: own.h5}", "train.steps=3\ndata.path=d/x.h5\n", "x"),
            ("data: {set: file}", "", "file")):
        ds = opened.assign_attrs(
            study_identity="data.set = file\ndata.train = 4\n", config=config,
            config_overrides=overrides)
        assert data_words(ds) == f"{name}, 4 samples"


def test_one_hot_is_told(tmp_path):
    """Rows of one 1 among 0 are values, as asked for, with a word of it."""
    with pytest.warns(UserWarning, match=r"argmax\(axis=1\) makes classes"):
        gold.save_data(tmp_path / "hot.h5", X, np.eye(3)[Y])
    assert held(tmp_path / "hot.h5")[0]["train/targets"].shape == (12, 3)


@pytest.mark.parametrize("which", ["inputs", "labels"])
def test_masked_arrays_are_refused(tmp_path, which):
    """What is hidden is not what its memory holds; nothing hidden is an array."""
    given = {"inputs": np.ma.array(X), "labels": np.ma.array(Y)}
    gold.save_data(tmp_path / "whole.h5", given["inputs"], given["labels"])
    given[which][1] = np.ma.masked
    with pytest.raises(gold.BadSamples, match="masked array"):
        gold.save_data(tmp_path / "bad.h5", given["inputs"], given["labels"])
    assert not (tmp_path / "bad.h5").exists()
