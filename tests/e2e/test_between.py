# SPDX-License-Identifier: MIT
"""Curvature on the way of a training: in every place where a result has numbers,
what a training that ends there has at its end."""
import functools
import json

import numpy as np
import pytest

import cells
import support

h5py = pytest.importorskip("h5py")

STUDY = """
study: between
grid: {width: [3, 6], steps: [4, 11], seed: {count: 2}}
data: {set: circles, train: 30, test: 10}
network: {depth: 2, bias: true}
curvature:
  at: [start, {step: 11}, {step: 4}, end]
  subspace: {dim: [2, 4]}
  layers: each
  extreme: {count: 2}
  boundary: {eigenvectors: 2}
train: {optimizer: sgd, batch: 10, learning_rate: 0.3, track: [loss],
        log: {every: 1}}
"""
PREFIX = "moment_"
LEFT = ("loss", "accuracy", "test_loss", "test_accuracy", "weight_norm",
        "zero_logits")


@pytest.fixture(name="folder", scope="module")
def fixture_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("between")
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", "whole.h5", "--quiet",
                    cwd=folder)
    return folder


def test_values(folder):
    """The study itself ends trainings at both steps: what one has at its end,
    the other has on the way; nothing beyond the end."""
    with h5py.File(folder / "whole.h5") as file:
        names = [name for name in file if name.startswith(PREFIX)]
        assert len(names) > 40
        np.testing.assert_array_equal(file["moment"], [4, 11])
        for name in names:
            found = file[name][...]
            ends = file["final_" + name[len(PREFIX):]][...]
            # what every training leaves sums up in another order: float32
            same = functools.partial(
                np.testing.assert_allclose, err_msg=name,
                rtol=2e-6 if name[len(PREFIX):] in LEFT else 0)
            assert [scale.name for scale in file[name].dims[3].values()] == [
                "/moment"]
            assert found.shape == ends.shape[:3] + (2,) + ends.shape[3:]
            same(found[:, 0, :, 0], ends[:, 0])
            same(found[:, 1, :, 0], ends[:, 0])
            same(found[:, 1, :, 1], ends[:, 1])
            assert np.isnan(found[:, 0, :, 1]).all(), name
        assert np.isfinite(file["moment_trace"][:, 1]).all()
        assert file["moment_trace"].attrs["long_name"].startswith(
            "at steps of training: ")


def test_ways(folder):
    """Several processes, shards, a run that goes on with a part: the same
    bits; verify and point compute them again."""
    for i in (1, 2):
        support.succeed("run", "study.yaml", "-o", f"part{i}.h5", "--quiet",
                        "--shard", f"{i}/2", ranks=2 * (i - 1), cwd=folder)
    support.succeed("merge", "merged.h5", "part1.h5", "part2.h5", cwd=folder)
    support.succeed("run", "study.yaml", "-o", "ranks.h5", "--quiet", ranks=3,
                    cwd=folder)
    expected = cells.read(folder / "whole.h5")
    for name in ("merged", "ranks"):
        cells.assert_equal(folder / f"{name}.h5", expected)
    support.succeed("verify", "merged.h5", "--sample", "8", cwd=folder)
    with h5py.File(folder / "merged.h5", "r+") as file:
        file["moment_trace"][1, 1, 1, 0, 0] *= 1.001
    assert support.run("verify", "merged.h5", "--sample", "8",
                       cwd=folder).code == 6
    support.succeed("point", "study.yaml", "--at", "width=6,steps=11,seed=1",
                    "-o", "point.h5", cwd=folder)
    with h5py.File(folder / "point.h5") as file:
        np.testing.assert_array_equal(file["moments/step"], [4, 11])
        for path, name in (("curvature/trace", "trace"),
                           ("curvature/eigenvalues", "eigenvalues"),
                           ("boundary/margin", "margin")):
            np.testing.assert_array_equal(
                file["moments/" + path][...],
                expected[PREFIX + name][1, 1, 1], name)


def test_grown(folder):
    """Trainings of another length are put beside, by the moments' steps."""
    support.succeed("run", "study.yaml", "-o", "short.h5", "--quiet", "--set",
                    "grid.steps=[4]", "--set",
                    "curvature.at=[start, {step: 4}, end]", cwd=folder)
    result = support.run("merge", "grown.h5", "short.h5", "part2.h5",
                         cwd=folder)
    assert result.code != 0 and "curvature.at" in result.err, result


def test_words(folder):
    """table, summary and plan know of them."""
    head = support.succeed("table", "whole.h5", cwd=folder).out.splitlines()[0]
    assert "moment_trace_s4_d2" in head and "moment_trace_s11_d4" in head
    said = support.succeed("summary", "whole.h5", cwd=folder).out
    assert "at step 4 11" in " ".join(said.split())
    flops = [json.loads(support.succeed(
        "plan", "study.yaml", "--json", "--set", f"curvature.at=[start{more}]",
        cwd=folder).out)["train_flops"]
        for more in ("", ", end", ", {step: 4}", ", {step: 11}")]
    # every training comes to step 4, a half of them to step 11
    assert flops[2] == pytest.approx(flops[1], rel=0.05)
    assert flops[3] - flops[0] == pytest.approx((flops[2] - flops[0]) / 2,
                                                rel=0.05)
    with h5py.File(folder / "whole.h5") as file:
        counted = file["flops_train"][...].sum()
    said = json.loads(support.succeed("plan", "study.yaml", "--json",
                                      cwd=folder).out)["train_flops"]
    assert said == pytest.approx(counted, rel=0.25)
