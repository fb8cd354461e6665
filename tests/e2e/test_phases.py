# SPDX-License-Identifier: MIT
"""Trainings in phases against the same trainings chained by hand: kept where
one ended, begun from there, or from a radius; bit for bit."""
import functools

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

NEAR = ("{blobs: [{label: 0, mean: [0.3, 1], deviation: 0.4}, "
        "{label: 1, mean: [-0.3, 0], deviation: 0.4}]}")
STUDY = f"""
study: phases
grid: {{seed: [3]}}
data:
  set: clusters
  blobs: [{{label: 0, mean: [1, 1], deviation: 0.5}},
          {{label: 1, mean: [-1, 0], deviation: 0.5}}]
  train: 60
  test: 20
  normalize: none
network: {{width: 12, activation: tanh, bias: true, init: torch}}
curvature: {{at: [start, end], extreme: {{count: 2}}}}
train:
  optimizer: sgd
  batch: 16
  learning_rate: 0.2
  keep: [final]
  log: {{every: 1}}
  track: [loss, accuracy, test_accuracy, weight_norm, gradient_norm]
  phases: []
run: {{precision: float64}}
"""
RANDOM = "{labels: {permute: 2}, optimizer: momentum, steps: 25}"
OTHER = f"{{data: {NEAR}, epochs: 5}}"
TRUE = ("{optimizer: adam, learning_rate: 0.02, epochs: 6, "
        "schedule: {decay: cosine}}")
PLACED = "{steps: 15, start: {norm_of_phase: 1}}"


class Runs:
    def __init__(self, folder):
        self.folder = folder
        self.study = folder / "study.yaml"
        self.study.write_text(STUDY)
        self.n = 0

    def path(self):
        return self.folder / f"{self.n}.h5"

    @functools.lru_cache(None)
    def __call__(self, *options):
        self.n += 1
        support.succeed("run", self.study, "-o", self.path(), "--quiet",
                        *(word for one in options for word in ("--set", one)))
        with h5py.File(self.path()) as file:
            return {name: item[0] for name, item in file.items()
                    if name.startswith(("final_", "trajectory_", "weight_",
                                        "phase_", "learning_", "outcome"))}

    def keep(self, name, run):
        """Where a training ended, as a file to begin from."""
        path = self.folder / name
        with h5py.File(path, "w") as file:
            file["parameters/theta"] = run["final_parameters"]
        return f"network.init={{file: {path}}}"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Runs(tmp_path_factory.mktemp("phases"))


def check_tail(whole, last):
    """All that the last of several trainings has, the end of their whole has,
    at steps that count on."""
    ends = [name for name in last if name.startswith("final_") and
            name not in ("final_step", "final_cosine_to_init")]
    assert len(ends) > 8
    for name in ends:
        np.testing.assert_array_equal(whole[name], last[name], name)
    n = int(last["final_step"])
    for name in last:
        if name.startswith("trajectory_") and name != "trajectory_step":
            np.testing.assert_array_equal(whole[name][-n:], last[name][1:],
                                          name)


def check_ends(whole, parts):
    """How each phase ended is how it ends alone."""
    pairs = [("phase_outcome", "outcome"),
             ("phase_learning_rate", "learning_rate_applied"),
             *((f"phase_{name}", f"final_{name}") for name in
               ("loss", "accuracy", "test_loss", "test_accuracy",
                "weight_norm"))]
    for together, alone in pairs:
        assert np.isfinite(whole[together]).all()
        np.testing.assert_array_equal(
            whole[together], [part[alone] for part in parts], together)
    steps = np.cumsum([part["final_step"] for part in parts])
    np.testing.assert_array_equal(whole["phase_step"], steps)
    assert "phase_loss" not in parts[0]


def test_chain(run):
    """Random labels, then true ones, the optimizer, rate and batches new."""
    whole = run(f"train.phases=[{RANDOM}, {TRUE}]")
    with_phases = run.path()
    first = run(f"train.phases=[{RANDOM}]")
    last = run(f"train.phases=[{TRUE}]", "grid={point: [0]}", "network.seed=3",
               run.keep("first.h5", first))
    check_tail(whole, last)
    check_ends(whole, [first, last])
    n = int(first["final_step"]) + 1
    np.testing.assert_array_equal(whole["trajectory_loss"][:n],
                                  first["trajectory_loss"])
    assert int(whole["final_step"]) == 25 + int(last["final_step"])
    assert np.isfinite(whole["trajectory_loss"]).all()
    support.succeed("verify", with_phases)
    check_point(run, with_phases, first)


def check_point(run, result, first):
    """Where phases ended, and where the last one began."""
    path = run.folder / "point.h5"
    support.succeed("point", run.study, "--set",
                    f"train.phases=[{RANDOM}, {TRUE}]", "-o", path)
    with h5py.File(path) as file, h5py.File(result) as kept:
        train = file["train"]
        assert train["earlier/final_step"][()] == [25]
        assert train["earlier/learning_rate"][()] == [0.2]
        assert (train["earlier/final_weight_norm"][()] ==
                first["final_weight_norm"])
        np.testing.assert_array_equal(train["phase_theta"],
                                      first["final_parameters"])
        np.testing.assert_array_equal(train["final_theta"],
                                      kept["final_parameters"][0])


def test_other_data(run):
    """The end on other samples as the start."""
    whole = run(f"train.phases=[{OTHER}, {TRUE}]")
    first = run("train={steps: 20, optimizer: sgd, batch: 16, learning_rate: "
                "0.2, keep: [final]}", f"data.blobs={NEAR[8:-1]}")
    last = run(f"train.phases=[{TRUE}]", "grid={point: [0]}", "network.seed=3",
               run.keep("other.h5", first))
    check_tail(whole, last)


def test_norm(run):
    """The drawn point, of the norm with which another phase ended."""
    whole = run(f"train.phases=[{RANDOM}, {TRUE}, {PLACED}]")
    first = run(f"train.phases=[{RANDOM}]")
    norm = repr(float(first["final_weight_norm"]))
    last = run("train.phases=[{steps: 15}]", f"network.radius={norm}")
    check_tail(whole, last)
    assert float(norm) > 1.02 * first["weight_norm"]


def test_merge(run, tmp_path):
    """Shards of several points together are the whole, with how each phase
    ended; a phase that was not begun has no end."""
    options = ("--set", "grid={seed: [3, 4], learning_rate: [0.1, 1e300]}",
               "--set", "train.phases=[{labels: random, steps: 5}, {steps: 4}]",
               "--set", "network.activation=relu", "--quiet")
    study = tmp_path / "study.yaml"
    study.write_text(STUDY.replace("  learning_rate: 0.2\n", ""))
    files = [tmp_path / f"{name}.h5" for name in ("whole", "one", "two")]
    for path, shard in zip(files, ((), ("--shard", "1/2"), ("--shard", "2/2"))):
        support.succeed("run", study, "-o", path, *options, *shard)
    support.succeed("merge", tmp_path / "merged.h5", *files[1:])
    support.succeed("merge", tmp_path / "all.h5", *files)
    n_compared = 0
    with h5py.File(files[0]) as whole, h5py.File(tmp_path /
                                                 "merged.h5") as merged:
        for name in whole:
            if name.startswith(("phase", "final_", "outcome")):
                np.testing.assert_array_equal(merged[name], whole[name], name)
                n_compared += 1
        assert whole["phase"][()].tolist() == [1, 2]
        assert np.all(whole["phase_outcome"][:, 1, 0] & 4)
        assert np.all(whole["phase_outcome"][:, 1, 1] == 255)
        assert np.all(np.isnan(whole["phase_loss"][:, 1, 1]))
        assert np.all(whole["phase_step"][:, 0] == [5, 9])
    assert n_compared > 20
    support.succeed("verify", tmp_path / "merged.h5")


def test_summary_of_settings(run):
    """What each phase has otherwise than the last."""
    run(f"train.phases=[{RANDOM}, {OTHER}, {TRUE}]")
    text = support.succeed("summary", run.path()).out
    start = text.index("\nphase 1")
    said = " ".join(text[start:text.index("\ngrid")].split())
    first, second = said.split("phase 2 ")
    assert "momentum, learning rate 0.2" in first
    assert "steps 25" in first and "labels permute 2" in first
    assert "sgd, learning rate 0.2" in second and "epochs 5" in second
    assert "[0.3 1]" in second and "labels" not in second
    assert said.count("as the last of 3 phases") == 2
    assert "train." not in text and "phases 1" not in text


def test_summary(run):
    """How each phase ended: means, of the steps' ends, which are logged."""
    options = ("grid.seed=[3, 4]", "train.log={count: 3}",
               f"train.phases=[{RANDOM}, {TRUE}]")
    run(*options)
    with h5py.File(run.path()) as file:
        assert 25 in file["trajectory_step"][()]
        ends = {name: file[f"phase_{name}"][()].mean(axis=0)
                for name in ("step", "loss", "accuracy")}
    said = " ".join(support.succeed("summary", run.path()).out.split())
    assert "training 2 phases; of the last: adam, " in said
    for name, means in ends.items():
        assert f"; {name} " + ", ".join(f"{x:.4g}" for x in means) in said
