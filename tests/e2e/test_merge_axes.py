# SPDX-License-Identifier: MIT
"""Merging along every key that may be an axis: whatever a value of it does to
the shape of the results, the merged file is the one that a single run makes, or
it is refused with the reason. GOLDILOCKS_AXES=all: also keys that move numbers
within a shape that stays, one by one."""
import json
import os

import numpy as np
import pytest

import support
from test_merge import contents

h5py = pytest.importorskip("h5py")

IO = 4

# Everything that adds a dimension, or makes one longer.
CURVATURE = """curvature:
  subspace: {dim: [2, 4]}
  layers: each
  resample: {directions: 2, data: 2}
  logit_gradients: 9
  extreme: {count: 2}
  trace_probes: 3
  density: {steps: 4, probes: 2}
  dense: {limit: 90}
"""
VECTORS = ("data: {set: mixture, train: 24, test: 8, features: 3, classes: 3}",
           {"depth": 1, "width": 4})
IMAGES = (f"data: {{set: fashion-mnist, path: "
          f"{support.few(support.FASHION_MNIST)}, "
          "train: 24, test: 8}",
          {"kind": "cnn", "depth": 1, "width": 2, "kernel": 5, "stride": 3,
           "pool": 2})
EVERY = "log: {every: 1}, reach: [2, 1]"
COUNT = "log: {count: 4}"
SELECT = "log: {every: 3}, select: {group: 2, by: [loss], take: [lowest]}"

# The key as grid names it: values of either part, data and network, settings
# that it needs. "refused": the parts cannot be united, and what the reason says.
KEYS = {
    "kind": ("[mlp]", "[lenet-300-100]", VECTORS, ()),
    "activation": ("[relu]", "[tanh]", VECTORS, ()),
    "depth": ("[1]", "[2, 3]", VECTORS, ()),
    "normalization": ("[none]", "[layer]", VECTORS, ()),
    "norm_position": ("[before]", "[after]", VECTORS,
                      ("network.normalization=rms",)),
    "residual": ("[false]", "[true]", VECTORS, ()),
    "scale_parameters": ("[all]", "[weights]", VECTORS,
                         ("network.normalization=layer",)),
    "width": ("[3]", "[6, 20]", VECTORS, ()),
    "bias": ("[false]", "[true]", VECTORS, ()),
    "init": ("[xavier-normal]", "[lecun-uniform]", VECTORS, ()),
    "init_std": ("[0.1]", "[1]", VECTORS, ("network.init=normal",)),
    "init_power": ("[0.5]", "[1]", VECTORS, ("network.init=width-power",)),
    "point": ("[0]", "[1]", VECTORS, ("network.bias=true",
                                      "network.init={file: $WEIGHTS}")),
    "layer_gains": ("[1]", "[[1, 2], [0.7071067811865476, 1]]", VECTORS, ()),
    "bias_init": ("[zero]", "[same]", VECTORS, ("network.bias=true",)),
    "reference": ("[xavier]", "[kaiming]", VECTORS, ()),
    "seed": ("[0, 1]", "[2, 3]", VECTORS, ()),
    "direction_seed": ("[0, 1]", "[2, 3]", VECTORS, ()),
    "data_seed": ("[0, 1]", "[2, 3]", IMAGES,
                  ("data.subset={random: per-seed}",)),
    "scale": ("[0.5]", "[2]", VECTORS, ()),
    "radius": ("[0.5]", "[2]", VECTORS, ()),
    "relative_radius": ("[0.5]", "[2]", VECTORS, ()),
    "temperature": ("[0.5]", "[2]", VECTORS, ()),
    "data_train": ("[12]", "[24]", VECTORS, ()),
    "label_seed": ("[1]", "[2]", VECTORS, ("data.labels.share=0.5",)),
    "label_share": ("[0]", "[1]", VECTORS, ()),
    "data_scale": ("[1]", "[2]", VECTORS, ()),
    "directions": ("[gaussian]", "[sparse-sign]", VECTORS, ()),
    "surface": ("[plane]", "[sphere]", VECTORS, ()),
    "kernel": ("[3]", "[5]", IMAGES, ()),
    "stride": ("[3]", "[4]", IMAGES, ()),
    "padding": ("[0]", "[2]", IMAGES, ()),
    "pooling": ("[average]", "[none]", IMAGES, ()),
    "pool": ("[2]", "[3]", IMAGES, ()),
    "growth": ("[1]", "[2]", IMAGES, ("network.depth=2", "network.stride=2",
                                      "network.padding=2")),
    "optimizer": ("[gd]", "[adam]", VECTORS, ()),
    "learning_rate": ("[0.1]", "[0.2]", VECTORS, ()),
    "scale_learning_rate": ("[none]", "[homogeneous]", VECTORS, ()),
    "momentum": ("[0.5]", "[0.9]", VECTORS, ("train.optimizer=momentum",)),
    "weight_decay": ("[0]", "[0.1]", VECTORS, ()),
    "smoothing": ("[0.9]", "[0.99]", VECTORS, ("train.optimizer=rmsprop",)),
    "epsilon": ("[1e-8]", "[1e-4]", VECTORS, ("train.optimizer=adam",)),
    "clip_norm": ("[0.1]", "[1]", VECTORS, ()),
    "warmup": ("[0]", "[2]", VECTORS, ()),
    "decay": ("[none]", "[cosine]", VECTORS, ()),
    "decay_floor": ("[0]", "[0.5]", VECTORS, ("train.schedule.decay=linear",)),
    "decay_every": ("[1]", "[2]", VECTORS, ("train.schedule.decay=step",)),
    "decay_factor": ("[0.1]", "[1]", VECTORS, ("train.schedule.decay=step",)),
    "batch": ("[full]", "[8]", VECTORS, ("train.optimizer=sgd",)),
    "train_seed": ("[0]", "[1, 2]", VECTORS,
                   ("train.optimizer=sgd", "train.batch=8")),
    "steps": ("[3]", "[9]", VECTORS, ()),
    "epochs": ("[3]", "[9]", VECTORS, ()),
    "constraint": ("[none]", "[sphere]", VECTORS, ()),
    "constraint_dim": ("[2]", "[3]", VECTORS,
                       ("train.constraint={subspace: {surface: plane}}",)),
    "constraint_surface": ("[plane]", "[sphere]", VECTORS,
                           ("train.constraint={subspace: {dim: 2}}",)),
    "constraint_directions": ("[gaussian]", "[sparse-sign]", VECTORS,
                              ("train.constraint={subspace: {dim: 2}}",)),
    "augment_flip": ("[false]", "[true]", IMAGES, ()),
    "augment_shift": ("[0]", "[2]", IMAGES, ()),
}
# Values of these change the shape of the results, or what a line of points
# shares. Of the others two stand for all.
SHAPED = {"kind", "depth", "width", "normalization", "residual", "bias",
          "layer_gains", "seed", "radius", "temperature", "data_train", "kernel",
          "padding", "pooling", "growth", "optimizer", "batch", "steps", "epochs",
          "constraint_dim"}
ALIKE = {"activation", "weight_decay"}
IS_ALL = os.environ.get("GOLDILOCKS_AXES") == "all"
# These make trainings longer: logs of a count are then at other steps.
LONGER = {"steps": "logged at other steps", "epochs": "logged at other steps"}
# The parts have read other samples.
OTHER_DATA = {"data_train": "was computed from other data"}


def axis_keys():
    schema = json.loads(
        (support.TOP / "configs/study.schema.json").read_text())
    return {name for name in schema["properties"]["grid"]["properties"]
            if "." not in name} - {"zip", "exclude"}


def test_every_axis_is_here():
    assert set(KEYS) == axis_keys()
    assert SHAPED | ALIKE <= set(KEYS)


def study_of(key, values, train):
    data, network = KEYS[key][2]
    if key == "data_train":
        data = data.replace("train: 24, ", "")
    if key == "kind":
        network = {}
    settings = ", ".join(f"{name}: {value}" for name, value in network.items()
                         if name != key)
    axes = {}
    if data == VECTORS[0] and "network.bias=true" not in KEYS[key][3]:
        axes["bias"] = "[false, true]"
    # In the middle of the grid: neither part is one piece of the whole.
    axes.update({key: values, "seed": axes.get("seed", "[0, 1]")})
    if key == "seed":
        axes["seed"] = values
    if key not in ("scale", "radius", "relative_radius"):
        axes["relative_radius"] = "[0.5, 1]"
    axes[key] = values
    grid = "".join(f"  {name}: {value}\n" for name, value in axes.items())
    length = "" if key in ("steps", "epochs") else "steps: 6, "
    return (f"study: axes\ngrid:\n{grid}{data}\nnetwork: {{{settings}}}\n"
            f"{CURVATURE}train: {{{length}{train}}}\n")


def sweep(folder, name, key, values, train):
    study = support.write(folder / f"{name}.yaml", study_of(key, values, train))
    sets = [word for line in KEYS[key][3] for word in ("--set", line)]
    path = folder / f"{name}.h5"
    if key == "point":
        os.environ["WEIGHTS"] = str(folder / "weights.h5")
        with h5py.File(os.environ["WEIGHTS"], "w") as file:
            file["parameters/theta"] = np.sin(np.arange(62)).reshape(2, 31)
    support.succeed("run", study, "-o", path, "--quiet", *sets)
    return path


def union(one, two):
    return f"[{one[1:-1]}, {two[1:-1]}]"


def is_line(key):
    with_line = {"scale", "radius", "relative_radius", "temperature"}
    names = list(KEYS)
    return key in with_line or names.index(key) >= names.index("optimizer")


def assert_equal_but_for_rounding(one, two):
    """Measurements of joined lines are equal to rounding: `verify` knows how
    far. What trainings gave has equal bits."""
    assert "bit for bit" not in support.succeed(
        "verify", one, "--sample", 1000).err
    a, b = contents(one), contents(two)
    assert a.keys() == b.keys()
    for name in a:
        assert a[name][0] == b[name][0], name
    names = [name for name in a if name.startswith(
        ("trajectory_", "final_", "best_", "status_", "steps_to_", "outcome",
         "weight_change", "learning_rate_applied"))]
    assert len(names) > 10
    for name in names:
        assert a[name] == b[name], name
    with h5py.File(one) as first, h5py.File(two) as second:
        assert np.array_equal(np.isnan(first["eigenvalues"][()]),
                              np.isnan(second["eigenvalues"][()]))


def check(tmp_path, key, train, reason):
    one, two = KEYS[key][:2]
    parts = [sweep(tmp_path, "one", key, one, train),
             sweep(tmp_path, "two", key, two, train)]
    out = tmp_path / "out.h5"
    result = support.run("merge", out, *parts)
    if reason is not None:
        assert result.code == IO and reason in result.err, result
        assert not out.exists()
        return
    assert result.code == 0, result
    single = sweep(tmp_path, "single", key, union(one, two), train)
    if is_line(key):
        assert_equal_but_for_rounding(out, single)
    else:
        a, b = contents(out), contents(single)
        assert a.keys() == b.keys()
        for name in a:
            assert a[name] == b[name], name


needs_images = pytest.mark.skipif(not support.FASHION_MNIST.exists(),
                                  reason="no Fashion-MNIST here")


@pytest.mark.parametrize("key", [
    pytest.param(key, marks=needs_images if KEYS[key][2] is IMAGES else ())
    for key in KEYS if IS_ALL or key in SHAPED | ALIKE])
def test_all_blocks(tmp_path, key):
    check(tmp_path, key, EVERY, OTHER_DATA.get(key))


@pytest.mark.parametrize("key", ["width", "data_train", "batch", "steps",
                                 "epochs"])
def test_a_log_of_a_count(tmp_path, key):
    check(tmp_path, key, COUNT, {**LONGER, **OTHER_DATA}.get(key))


@pytest.mark.parametrize("key", ["width", "seed", "learning_rate"])
def test_a_choice(tmp_path, key):
    check(tmp_path, key, SELECT, None)


def test_a_log_that_divides(tmp_path):
    """Lengths that are no multiples of the step between entries end in one of
    their own, which the longer training has not."""
    for every, reason in ((3, None), (2, "only here at step 3")):
        folder = tmp_path / str(every)
        folder.mkdir()
        check(folder, "steps", f"log: {{every: {every}}}", reason)


@pytest.mark.parametrize("state", [4, 5, 255])
@pytest.mark.parametrize("kind", ["measure", "train"])
def test_an_unknown_state_is_an_error(tmp_path, kind, state):
    path = sweep(tmp_path, "one", "width", "[3]", EVERY)
    with h5py.File(path, "r+") as file:
        shape = file[f"status_{kind}"].shape
        file[f"status_{kind}"][tuple(n - 1 for n in shape)] = state
    before = support.digest(path)
    commands = [("run", tmp_path / "one.yaml", "-o", path), ("status", path),
                ("summary", path), ("table", path), ("verify", path),
                ("merge", tmp_path / "out.h5", path)]
    for command in commands:
        result = support.run(*command)
        assert result.code == IO, (command, result)
        for word in (str(path), f"status_{kind} is {state} at bias=true",
                     "damaged"):
            assert word in result.err, (command, result)
    assert support.digest(path) == before
    assert not (tmp_path / "out.h5").exists()
