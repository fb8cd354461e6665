# SPDX-License-Identifier: MIT
"""Files of samples as one HDF5 file: `python3 -m goldilocks convert IN... -o
my-data.h5`.

  set.npz             arrays X and y (or x, inputs, images; labels, targets),
                      X_test and y_test too; x_train and y_train as Keras has
  X.npy y.npy         inputs and labels; two more of the test samples
  table.csv           names of columns in its first row, then a row a sample;
                      --label COLUMN (the last) or --targets A,B
  set.mat             arrays as in .npz; of SVHN X is [32, 32, 3, n]
  folder              of PNG images, CLASS/*.png, or train/CLASS/*.png and
                      test/CLASS/*.png
  folder              of IDX files of any type, plain or .gz (MNIST, QMNIST,
                      EMNIST, also FOLDER/PREFIX of their names; --transpose
                      turns EMNIST's images upright), of CIFAR-100's binaries
                      (--labels fine, or coarse) or of STL-10's
  two of a kind       training and test samples
"""
import csv
import pathlib

import h5py
import numpy as np

from . import binaries
from .samples import BadSamples, save_data

INPUTS = ("x", "inputs", "images", "data", "features")
VALUES = ("y", "labels", "targets", "label", "target")
TEST = ("test", "val", "valid")


def convert(inputs, output, *, label=None, targets=None, labels="fine",
            transpose=False, **options):
    """Read files and write one; `options` are those of save_data."""
    paths = [pathlib.Path(name) for name in inputs]
    published = read_published(paths[0], labels, transpose)
    if published is not None and len(paths) == 1:
        halves, names = published
        save_data(output, *halves[0],
                  test=halves[1] if len(halves) > 1 else None,
                  **{"class_names": names, **options})
        return
    for path in paths:
        if not path.exists():
            raise BadSamples(f"{path}: there is no such file")
    endings = {path.suffix.lower() if path.is_file() else "" for path in paths}
    if len(endings) > 1 or not endings <= set(READERS):
        raise BadSamples("files of one kind are converted: "
                         + ", ".join(ending or "folders" for ending in READERS))
    halves = READERS[endings.pop()](paths, label=label, targets=targets)
    save_data(output, *halves[0], test=halves[1] if len(halves) > 1 else None,
              **options)


def read_published(path, labels, transpose):
    """(halves, names of classes) of a folder of published files; None: it is no
    such folder."""
    if path.is_dir():
        if (path / "train_X.bin").is_file():
            return binaries.read_stl10(path), None
        if (path / "train.bin").is_file():
            return binaries.read_cifar100(path, labels)
        found = binaries.idx_files(path)
    else:
        found = (binaries.idx_files(path.parent, path.name)
                 if path.parent.is_dir() and not path.exists() else {})
    return (binaries.read_idx_files(found, transpose), None) if found else None


def several(read):
    """A reader of one file for up to two: training and test samples."""
    def reader(paths, **columns):
        if len(paths) > 2:
            raise BadSamples("at most two files: training and test samples")
        found = [half for path in paths for half in read(path, **columns)]
        if len(found) > 2:
            raise BadSamples(f"{paths[0]} has test samples of its own")
        return found
    return reader


def read_npy(paths, **_):
    arrays = [np.load(path, mmap_mode="r", allow_pickle=False)
              for path in paths]
    if len(arrays) not in (2, 4):
        raise BadSamples("inputs and labels are two .npy files, with those of "
                         "the test samples four")
    return list(zip(arrays[::2], arrays[1::2]))


def named_arrays(path, arrays):
    """(X, y) of the training and, where there are any, the test samples, by how
    arrays are called."""
    found = {}
    for name, array in arrays.items():
        words = set(name.lower().replace("-", "_").split("_"))
        half = 1 if words & set(TEST) else 0
        for kind, known in enumerate((INPUTS, VALUES)):
            if words & set(known) and (half, kind) not in found:
                found[half, kind] = array
    if not {(0, 0), (0, 1)} <= set(found):
        raise BadSamples(f"{path}: which arrays are inputs and labels? It has "
                         f"{', '.join(sorted(arrays)) or 'none'}; call them X "
                         "and y, and X_test and y_test")
    return [(found[half, 0], found[half, 1]) for half in (0, 1)
            if (half, 0) in found and (half, 1) in found]


def read_npz(path, **_):
    with np.load(path, allow_pickle=False) as file:
        return named_arrays(path, dict(file))


def read_mat(path, **_):
    from scipy.io import loadmat
    try:
        found = loadmat(path)
    except NotImplementedError as error:  # it is HDF5
        raise BadSamples(f"{path}: is of MATLAB's version 7.3: save it with "
                         "-v7") from error
    arrays = {name: array for name, array in found.items()
              if not name.startswith("__")}
    return [shaped(*half) for half in named_arrays(path, arrays)]


def shaped(X, y):
    """Labels of MATLAB are [n, 1] or [1, n], and images may end with n; what is
    whole are classes."""
    y = whole(y.ravel() if 1 in y.shape else y)
    if X.ndim == 4 and X.shape[3] == len(y) != X.shape[0]:
        X = X.transpose(3, 2, 0, 1)
    return X, y % 10 if is_svhn(X, y) else y


def whole(y):
    """Labels, where a reader made reals of whole numbers."""
    return y.astype(np.int64) if y.dtype.kind == "f" and y.ndim == 1 \
        and (y == np.round(y)).all() else y


def is_svhn(X, y):
    """Its label of 0 is 10."""
    return X.shape[1:] == (3, 32, 32) and y.min() == 1 and y.max() == 10


def check_header(path):
    """The first row has names of columns: 0, 1, 2, ... are those that pandas gives
    where nobody else does, other numbers are a sample."""
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        row = next(csv.reader(file), [])
    if row and row != [str(i) for i in range(len(row))] and all(
            map(is_finite, row)):
        names = ([f"x{i + 1}" for i in range(len(row) - 1)] if len(row) < 5
                 else ["x1", "...", f"x{len(row) - 1}"])
        raise BadSamples(f"{path}: its first row has numbers, and names of columns "
                         "are meant: put a line above it, "
                         + ",".join([*names, "label"]))


def is_finite(text):
    try:
        return np.isfinite(float(text))
    except ValueError:
        return False


def read_csv(path, label=None, targets=None):
    import pandas
    check_header(path)
    table = pandas.read_csv(path, float_precision="round_trip")
    if targets:
        names = targets.split(",")
    else:
        names = [label if label is not None else table.columns[-1]]
    missing = [name for name in names if name not in table.columns]
    if missing:
        raise BadSamples(f"{path}: has no column {missing[0]}; its columns are "
                         + ", ".join(map(str, table.columns)))
    inputs = table.drop(columns=names)
    texts = [name for name in inputs if inputs[name].dtype.kind not in "buif"]
    if texts:
        raise BadSamples(f"{path}: column {texts[0]} has no numbers: take it out "
                         "of the table, or give pandas.get_dummies(X) to "
                         "gold.save_data")
    values = (table[names].to_numpy(float) if targets
              else whole(table[names[0]]))
    return [(inputs.to_numpy(float), values)]


def read_folder(path, **_):
    halves = [path / name for name in ("train", "test")
              if (path / name).is_dir()] or [path]
    return [read_images(half) for half in halves]


def read_images(folder):
    from PIL import Image
    images, labels = [], []
    for name in sorted(folder.glob("*/*.png")):
        with Image.open(name) as image:
            pixels = np.asarray(image.convert(
                "L" if image.mode in ("1", "L", "LA", "I", "I;16") else "RGB"))
        images.append(pixels[None] if pixels.ndim == 2
                      else pixels.transpose(2, 0, 1))
        labels.append(name.parent.name)
    if not images:
        raise BadSamples(f"{folder}: has no CLASS/*.png")
    if len({image.shape for image in images}) > 1:
        raise BadSamples(f"{folder}: its images are of different sizes")
    return np.stack(images), np.array(labels)


def made_words(path):
    """How many samples there are in a file that was made, of what and for what."""
    with h5py.File(path) as file:
        train = file["train"]
        shape = train["inputs"].shape
        of = (f"{shape[1]} feature{'s' * (shape[1] != 1)}" if len(shape) == 2
              else " x ".join(map(str, shape[1:])) or "one feature")
        if "labels" in train:
            n = max(int(half["labels"][()].max()) for half in file.values()) + 1
            what = f"{n} class{'es' * (n != 1)}"
        else:
            n = (train["targets"].shape + (1,))[1]
            what = f"{n} value{'s' * (n != 1)} each"
        test = (f"; {len(file['test/inputs'])} test samples" if "test" in file
                else "")
        return (f"{path}: {shape[0]} sample{'s' * (shape[0] != 1)} of {of}, {what}"
                + test)


READERS = {".npz": several(read_npz), ".npy": read_npy,
           ".csv": several(read_csv), ".mat": several(read_mat),
           "": several(read_folder)}
