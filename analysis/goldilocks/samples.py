# SPDX-License-Identifier: MIT
"""Samples of one's own as the file that `data: {set: file}` reads.

    gold.save_data("letters.h5", X, y, test=(X_test, y_test), name="Letters")
"""
import sys
import time
import warnings

import h5py
import numpy as np

from . import outputs
from .arguments import PATH, asked

HDF5 = "an HDF5 file"
PIECE = 1 << 24  # bytes written at a time
MOST_CLASSES = 256


class BadSamples(ValueError):
    """Samples that no network can be fed with; the message says which."""


@asked(path=PATH)
def save_data(path, X, y=None, *, test=None, name=None, class_names=None,
              channels_last=False, overwrite=False, progress=False):
    """Write samples to an HDF5 file.

    `X` and `y` are arrays of NumPy, frames or columns of pandas, or tensors of
    PyTorch, [n, features], [n, height, width] or [n, channels, height, width],
    the last with `channels_last` as [n, height, width, channels]; or `X` alone
    is a PyTorch dataset of pairs. Whole numbers in `y` are classes, from 0 on,
    as are texts and categories, which are numbered in their order; reals are
    values, [n] or [n, outputs], for `loss: mse`. `test` is a pair like (X, y),
    or a dataset. What is there already is replaced only with `overwrite`, and
    only if it is such a file.
    """
    halves = {"train": take(X, y, channels_last)}
    if test is not None:
        halves["test"] = take(*(test if isinstance(test, (tuple, list))
                                else (test, None)), channels_last)
    names = number_classes(halves, class_names)
    check(halves)
    check_kind(path, overwrite, "train/inputs")
    with outputs.making(path, HDF5, (), overwrite) as made:
        with h5py.File(made, "w") as file:
            if name is not None:
                file.attrs["name"] = str(name)
            if names is not None:
                file.attrs["class_names"] = [str(word) for word in names]
            for half, (inputs, values) in halves.items():
                kind = "labels" if values.dtype.kind in "iu" else "targets"
                write(file, f"{half}/inputs", inputs, progress)
                write(file, f"{half}/{kind}", values, progress)


def check_kind(path, overwrite, needed):
    """What may be replaced is an HDF5 file that has what is written."""
    if overwrite and outputs.is_of_kind(path, HDF5):
        with h5py.File(path, "r") as file:
            if needed not in file:
                raise outputs.Refused(f"{path}: is an HDF5 file without "
                                      f"{needed}, which is not replaced")


def write(file, name, array, progress):
    """One dataset, a few rows at a time: an array may be mapped to a file."""
    dataset = file.create_dataset(name, array.shape, array.dtype)
    rows = max(1, PIECE // max(1, array[:1].nbytes))
    told = time.monotonic()
    for first in range(0, len(array), rows):
        dataset[first:first + rows] = array[first:first + rows]
        if progress and time.monotonic() - told > 2:
            told = time.monotonic()
            print(f"{name}: {first + rows} of {len(array)}", file=sys.stderr)


# --------------------------------------------------------------- what is given


def take(X, y, channels_last):
    """(inputs, values) as arrays."""
    if y is None:
        X, y = pairs_of(X)
    inputs = array_of(X)
    if inputs.dtype.kind not in "buif":
        raise BadSamples(no_numbers_words(X, inputs))
    if channels_last:
        if inputs.ndim != 4:
            raise BadSamples(f"channels_last: inputs have {inputs.ndim} "
                             "dimensions, not 4")
        inputs = np.moveaxis(inputs, 3, 1)
    if inputs.dtype.kind == "b":
        inputs = inputs.astype(np.uint8)
    return inputs, values_of(y)


def no_numbers_words(X, inputs):
    """Why inputs are no numbers; of a frame, which of its columns are none."""
    if not hasattr(X, "select_dtypes"):
        return f"inputs are {inputs.dtype}, and numbers are needed"
    texts = [str(name) for name, kind in X.dtypes.items()
             if getattr(kind, "kind", "O") not in "buif"]
    if not texts:
        return (f"inputs are {inputs.dtype}, and numbers of one kind are needed: "
                "X.astype(float) makes them so")
    return (f"inputs: column {texts[0]!r} has no numbers"
            + (f", nor have {len(texts) - 1} more" if len(texts) > 1 else "")
            + ": pandas.get_dummies(X, dtype=float) makes a column of 0 and 1 of "
            f"each text, X.drop(columns={texts}) leaves them out")


def array_of(x):
    """An array of what NumPy, pandas or PyTorch hold."""
    if hasattr(x, "detach"):
        x = x.detach().cpu()
        return x.float().numpy() if str(x.dtype) == "torch.bfloat16" \
            else x.numpy()
    if np.ma.is_masked(x):
        raise BadSamples("a masked array has samples that are hidden: x[~mask] "
                         "leaves them out, x.filled(0) gives them a number")
    return np.asarray(x)


def values_of(y):
    array = array_of(y)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.dtype.kind == "b":
        array = array.astype(np.uint8)
    if array.dtype == object and all(isinstance(word, str) for word in array):
        array = array.astype(str)
    if array.dtype.kind not in "iufUS":
        raise BadSamples(f"labels are {array.dtype}: whole numbers, texts or, "
                         "as values, reals are needed")
    if is_one_hot(array):
        warnings.warn(f"y are {array.shape[1]} values of each sample (loss: mse), "
                      "though each is one 1 among 0: y.argmax(axis=1) makes "
                      "classes of them")
    return array


def is_one_hot(array):
    return (array.ndim == 2 and array.shape[1] > 1 and len(array) > 0
            and array.dtype.kind == "f" and bool(
                ((array == 0) | (array == 1)).all()
                and (array.sum(axis=1) == 1).all()))


def pairs_of(dataset):
    """What a dataset of PyTorch has, one sample after another."""
    if not (hasattr(dataset, "__getitem__") and hasattr(dataset, "__len__")):
        raise BadSamples("no labels: give y, or a dataset of pairs")
    first = dataset[0]
    if not isinstance(first, (tuple, list)) or len(first) != 2:
        raise BadSamples("no labels: a dataset has to give pairs of an input "
                         "and its label")
    inputs, values = zip(*(dataset[i] for i in range(len(dataset))))
    return (np.stack([array_of(x) for x in inputs]),
            np.stack([array_of(y) for y in values]))


def number_classes(halves, class_names):
    """Texts become numbers, and labels from 1 on such from 0 on; returns the
    names of the classes, where there are any."""
    kinds = {values.dtype.kind for _, values in halves.values()}
    if kinds <= {"U", "S"}:
        if class_names is None:
            class_names = sorted({word for _, values in halves.values()
                                  for word in np.unique(values).tolist()})
        place = {word: i for i, word in enumerate(class_names)}
        for half, (inputs, values) in halves.items():
            unknown = set(np.unique(values).tolist()) - set(place)
            if unknown:
                raise BadSamples(f"{sorted(unknown)[0]!r} is not among the "
                                 "class names")
            halves[half] = inputs, np.array(
                [place[word] for word in values.tolist()], np.uint8
                if len(place) <= MOST_CLASSES else np.int64)
    elif kinds <= set("iu"):
        least = min((int(values.min()) for _, values in halves.values()
                     if len(values)), default=0)
        if least == 1:
            warnings.warn("labels begin at 1: 1 is taken off each")
            for half, (inputs, values) in halves.items():
                halves[half] = inputs, values - 1
        if class_names is None:
            warn_of_gaps([values for _, values in halves.values()])
    elif kinds == {"f"}:
        warn_of_whole([values for _, values in halves.values()])
    else:
        raise BadSamples("training and test samples differ: labels and values")
    return class_names


def warn_of_whole(values):
    """Classes that some reader made reals of would be fitted as values."""
    if all(each.ndim == 1 and (each == np.round(each)).all()
           and len(np.unique(each)) <= MOST_CLASSES for each in values):
        warnings.warn("y are reals, which are values (loss: mse), though all are "
                      "whole: y.astype(int) makes classes of them")


def warn_of_gaps(labels):
    """Labels with gaps between them make classes that nothing is in."""
    there = np.unique(np.concatenate([np.ravel(each) for each in labels]))
    if not len(there) or there[0] < 0 or there[-1] >= MOST_CLASSES:
        return  # refused for what they are
    n_classes = int(there[-1]) + 1
    n_empty = n_classes - len(there)
    if n_empty:
        warnings.warn(
            f"labels are up to {there[-1]}: {n_empty} of {n_classes} classes are "
            "empty; y = np.unique(y, return_inverse=True)[1], of training and "
            "test samples together, numbers those that there are")


# ------------------------------------------------------------------- is it good


def check(halves):
    shapes = {half: inputs.shape[1:] for half, (inputs, _) in halves.items()}
    if len(set(shapes.values())) > 1:
        raise BadSamples("training and test samples have different shapes: "
                         f"{shapes['train']} and {shapes['test']}")
    for half, (inputs, values) in halves.items():
        if len(inputs) != len(values):
            raise BadSamples(f"{half}: {len(inputs)} inputs, but "
                             f"{len(values)} labels or values")
        if not 1 <= inputs.ndim <= 4 or inputs.size == 0:
            raise BadSamples(f"{half}: inputs have the shape {inputs.shape}; "
                             "[n, features], [n, height, width] or "
                             "[n, channels, height, width] is needed")
        check_numbers(f"{half}: inputs", inputs)
        check_numbers(f"{half}: values", values)
        if values.dtype.kind in "iu":
            check_labels(half, values)
        elif values.ndim > 2:
            raise BadSamples(f"{half}: values have the shape {values.shape}")


def check_numbers(what, array):
    if array.dtype.kind != "f":
        return
    for row in range(0, len(array), 1 << 16):
        is_bad = ~np.isfinite(array[row:row + (1 << 16)])
        if is_bad.any():
            raise BadSamples(f"{what}: row {row + int(np.argwhere(is_bad)[0][0])}"
                             " has a number that is not finite")


def check_labels(half, labels):
    if labels.ndim != 1:
        raise BadSamples(f"{half}: labels have the shape {labels.shape}, one "
                         "for each sample is needed")
    is_bad = (labels < 0) | (labels >= MOST_CLASSES)
    if is_bad.any():
        row = int(np.argmax(is_bad))
        raise BadSamples(f"{half}: label {row} is {labels[row]}; labels are "
                         "whole numbers from 0 to 255. If these are values, "
                         "give them as reals")
