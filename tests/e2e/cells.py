# SPDX-License-Identifier: MIT
"""What a result file holds at the points of its grid, read with h5py."""
import numpy as np
import pytest

h5py = pytest.importorskip("h5py")

PENDING, DONE, FAILED = 0, 1, 2
KINDS = ("measure", "train")
# Who did what when: no two runs have it in common.
WORK = tuple(f"{what}_{kind}" for kind in KINDS
             for what in ("seconds", "rank", "attempts"))
# Names of what trainings write; the rest is measured.
TRAINED = ("trajectory_", "final_", "moment_", "best_", "outcome", "weight_change",
           "learning_rate_applied", "flops_train", "message_train",
           "status_train")


def read_all(path):
    with h5py.File(path) as file:
        shape = file["status_measure"].shape
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset)
                and item.shape[:len(shape)] == shape}


def read(path):
    """Results and states, without the work."""
    return {name: item for name, item in read_all(path).items()
            if name not in WORK}


def kind_of(name):
    return KINDS[name in WORK and name.endswith("_train")
                 or name.startswith(TRAINED)]


def assert_equal(path, whole):
    found = read(path)
    assert "loss" in found and set(found) == set(whole)
    for name, values in found.items():
        assert values.dtype == whole[name].dtype, name
        assert values.tobytes() == whole[name].tobytes(), name


def assert_done_is_right(found, whole):
    """Whatever is marked done has the bits that it has in `whole`."""
    for name, values in found.items():
        if name not in WORK:
            done = found[f"status_{kind_of(name)}"] == DONE
            ours, theirs = values[done], whole[name][done]
            assert ours.dtype == theirs.dtype, name
            assert ours.tobytes() == theirs.tobytes(), name


def touched(found, kind):
    """Where points that wait have numbers already."""
    waiting = found[f"status_{kind}"] == PENDING
    some = np.zeros_like(waiting)
    for name, values in found.items():
        if values.dtype.kind == "f" and kind_of(name) == kind:
            finite = np.isfinite(values)
            some |= finite.reshape(*waiting.shape, -1).any(axis=-1)
    return waiting & some
