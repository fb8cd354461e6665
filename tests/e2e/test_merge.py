# SPDX-License-Identifier: MIT
"""Shards, merging and verifying: what was computed apart is what one run would
have given, and whatever is not is named."""
import os
import shlex
import subprocess

import numpy as np
import pytest

import support
from moments import ALIVE, ANY, Moments, needed

h5py = pytest.importorskip("h5py")

IO, VERIFY = 4, 6
# What tells of the work, not of the result.
WORK = ("seconds_", "rank_", "attempts_", "flops_")

STUDY = """
study: merge
grid:
  activation: [relu, tanh]
  seed: {seeds}
  relative_radius: {radii}
data: {{set: mixture, train: 80, test: 20, features: 6, classes: 3}}
network: {{width: 9, depth: {depth}}}
curvature: {{at: [start, end], subspace: {{dim: [3, 7]}}}}
train: {{steps: 15, learning_rate: 0.1, log: {{every: 5}}}}
"""
BASE = {"seeds": "{count: 4}", "radii": "[0.1, 1.0, 10.0]", "depth": 2}
N_POINTS = 24


def sweep(folder, name, *options, ranks=0, **changes):
    study = support.write(folder / f"{name}.yaml",
                          STUDY.format(**{**BASE, **changes}))
    path = folder / f"{name}.h5"
    support.succeed("run", study, "-o", path, "--quiet", *options, ranks=ranks)
    return path


def contents(path):
    """Bytes of everything of a file that must not depend on who made it."""
    with h5py.File(path) as file:
        return {name: (item.shape, item[()].tobytes()
                       if item.dtype.kind != "O" else list(item[()]))
                for name, item in file.items()
                if isinstance(item, h5py.Dataset)
                and not name.startswith(WORK)}


def identity(path):
    with h5py.File(path) as file:
        return file.attrs["study_identity"]


@pytest.fixture(scope="module")
def single(tmp_path_factory):
    return sweep(tmp_path_factory.mktemp("single"), "single")


@pytest.fixture(scope="module")
def shards(tmp_path_factory):
    """Three shards, made by one, two and three processes."""
    folder = tmp_path_factory.mktemp("shards")
    return [sweep(folder, f"shard{i}", "--shard", f"{i}/3", ranks=i)
            for i in (1, 2, 3)]


def states(path, kind):
    with h5py.File(path) as file:
        return file[f"status_{kind}"][()]


def test_shards(single, shards, tmp_path):
    for kind in ("measure", "train"):
        assert all(np.any(states(path, kind) == 1) for path in shards)
        assert np.array_equal(sum(states(path, kind) for path in shards),
                              states(single, kind))
    before = [support.digest(path) for path in shards]
    out = tmp_path / "out.h5"
    result = support.succeed("merge", out, *shards)
    assert f"3 files, {N_POINTS} points, 0 in more than one" in result.out
    assert "to go on" not in result.out  # its text says all
    assert contents(out) == contents(single)
    assert identity(out) == identity(single)
    assert before == [support.digest(path) for path in shards]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.h5"]
    with h5py.File(out) as file:
        assert list(file["sessions/ranks"][:4]) == [1, 2, 3, -1]


def test_farm(single, tmp_path):
    """Eight at once, each a task of a launcher that has no MPI to offer."""
    study = support.write(tmp_path / "study.yaml", STUDY.format(**BASE))
    paths = [tmp_path / f"part{i}.h5" for i in range(8)]
    env = {name: text for name, text in os.environ.items()
           if not name.startswith("OMPI_MCA_ess")}
    env.update(PMIX_NAMESPACE="gone", PMIX_SERVER_URI="gone", PMI_RANK="3",
               PMI_SIZE="8", OMPI_COMM_WORLD_SIZE="8", SLURM_STEP_ID="0",
               SLURM_NODELIST="node", SLURM_JOBID="7", SLURM_JOB_ID="7",
               SLURM_STEP_NUM_TASKS="8")
    tasks = [subprocess.Popen(
        support.command(["run", study, "-o", path, "--alone", "--shard",
                         f"{i + 1}/8"]), stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**env, "PMIX_RANK": str(i), "SLURM_PROCID": str(i)})
        for i, path in enumerate(paths)]
    for task in tasks:
        said, errors = task.communicate(timeout=support.LIMIT)
        assert task.returncode == 0 and errors == b"", (said, errors)
    out = tmp_path / "out.h5"
    support.succeed("merge", out, *paths)
    assert contents(out) == contents(single)
    # mpirun, too, is whatever starts tasks.
    again = tmp_path / "mpirun.h5"
    support.succeed("run", study, "-o", again, "--alone", "--quiet", ranks=1)
    assert contents(again) == contents(single)
    with h5py.File(paths[0]) as file:
        assert file["sessions/slurm_job"][0].tobytes()[:2] == b"7\0"


def test_unfinished(single, shards, tmp_path):
    """Two of three shards; what is missing is done by an ordinary run."""
    out = tmp_path / "out.h5"
    support.succeed("merge", out, shards[2], shards[0])
    with h5py.File(out) as file:
        assert np.any(file["status_train"][()] == 0)
    study = support.write(tmp_path / "study.yaml", STUDY.format(**BASE))
    support.succeed("run", study, "-o", out, "--quiet")
    assert contents(out) == contents(single)


def test_more_seeds(single, tmp_path):
    """In any order; the same file may be among them again and again."""
    later = sweep(tmp_path, "later", seeds="{from: 3, count: 30}")
    whole = sweep(tmp_path, "whole", seeds="{count: 33}")
    for i, parts in enumerate([(single, later), (later, single, later)]):
        out = tmp_path / f"out{i}.h5"
        support.succeed("merge", out, *parts)
        assert contents(out) == contents(whole)
        assert identity(out) == identity(whole)
        assert "bit for bit" in support.succeed("verify", out).out


def test_more_radii(single, tmp_path):
    """To rounding, since a line is measured together; trainings to the bit."""
    radii = "[0.1, 0.3, 1.0, 2.0, 3.0, 5.0]"
    other = sweep(tmp_path, "other", radii=radii)
    out = tmp_path / "out.h5"
    support.succeed("merge", out, single, other)
    with h5py.File(out) as file, h5py.File(single) as a, \
            h5py.File(other) as b:
        assert list(file["relative_radius"]) == \
            [0.1, 0.3, 1.0, 2.0, 3.0, 5.0, 10.0]
        assert np.array_equal(file["loss"][..., [0, 2, 6]], a["loss"][()])
        assert np.array_equal(file["trace"][..., [1, 3, 4, 5], :],
                              b["trace"][..., [1, 3, 4, 5], :])
        assert np.array_equal(file["final_loss"][..., :6], b["final_loss"][()])
        assert file.attrs["lines_joined"] == "yes"
    support.succeed("verify", out, "--sample", 100)


def test_the_study_goes_on_in_it(tmp_path):
    """Its axes stand as it has them, though they ascend in the parts."""
    changes = {"seeds": "[3, 1, 2]", "radii": "[10.0, 0.1, 1.0]"}
    parts = [sweep(tmp_path, f"part{i}", "--set", f"grid.seed={seeds}",
                   "--set", "grid.relative_radius=[0.1, 10.0]", **changes)
             for i, seeds in enumerate(("[1]", "[2, 3]"))]
    more = sweep(tmp_path, "more", "--set", "grid.seed=[1]", "--set",
                 "grid.relative_radius=[1.0]", **changes)
    merged = tmp_path / "whole.h5"
    support.succeed("merge", merged, *parts, more)
    whole = sweep(tmp_path, "whole", **changes)
    assert whole == merged
    assert identity(whole) == identity(sweep(tmp_path, "alone", **changes))
    assert np.all(states(whole, "measure") == 1)


def test_a_file_that_grew_goes_on(single, tmp_path):
    """Merge says how, and a run that forgot it; both work in a shell. What is
    in several files, measured and trained, are points all the same."""
    study = support.write(tmp_path / "study.yaml", STUDY.format(**BASE))
    later = sweep(tmp_path, "later", seeds="[0, 7]", radii="[0.1, 1.0]")
    near = sweep(tmp_path, "near", radii="[1.0000005, 10.00002]", seeds="[0]")
    said = support.succeed("merge", tmp_path / "twins.h5", single, near).out
    assert "relative_radius has 1 and 1.0000005: if" in said
    assert said.count("note:") == 1
    out = tmp_path / "out.h5"
    said = support.succeed("merge", out, single, later, single).out
    assert "3 files, 30 points, 24 in more than one" in said
    forgot = support.run("run", study, "-o", out)
    assert forgot.code == IO and "--extend" not in forgot.err
    told = forgot.err.partition("to go on with it add\n")[2]
    for options in (told, said.partition(" CONFIG -o ")[2].partition(" ")[2]):
        assert "--set 'grid.seed=[0, 1, 2, 3, 7]'" in options
        done = support.run("run", study, "-o", out, *shlex.split(options))
        assert done.code == 0 and "30 of 30 points" in done.out, done


def change(path, name, value, at):
    with h5py.File(path, "r+") as file:
        file[name][at] = value


@pytest.fixture
def changed(single, tmp_path):
    """The single run's file with one number off by one bit."""
    path = support.write(tmp_path / "changed.h5", single.read_bytes())
    with h5py.File(path) as file:
        was = file["trace"][1, 2, 0, 1]
    change(path, "trace", np.nextafter(was, np.inf), (1, 2, 0, 1))
    return path


def test_conflict(single, changed, tmp_path):
    out = tmp_path / "out.h5"
    result = support.run("merge", out, single, changed)
    assert result.code == IO
    for word in ("disagree at activation=tanh, seed=2, relative_radius=0.1",
                 "trace (number 1)", str(single), str(changed)):
        assert word in result.err, result
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changed.h5"]


def test_verify_finds_it(single, changed):
    good = support.succeed("verify", single, "--sample", 1000)
    assert f"compared {N_POINTS} measurements and {N_POINTS} trainings" \
        in good.out
    assert "bit for bit" in good.out
    bad = support.run("verify", changed, "--sample", 1000)
    assert bad.code == VERIFY
    assert "activation=tanh, seed=2, relative_radius=0.1: trace (number 1)" \
        in bad.out
    assert "1 of them differ" in bad.err


def test_verify_another_kernel(single, tmp_path):
    path = support.write(tmp_path / "old.h5", single.read_bytes())
    with h5py.File(path, "r+") as file:
        file.attrs["blas_core"] = "Another"
    assert "BLAS kernel Another" in support.succeed("verify", path).out


def test_the_kernel_of_relu_is_told(tmp_path):
    """Its numbers differ in the last digits, and those of one that is forced
    from those of the same one where it pays."""
    study = support.write(tmp_path / "study.yaml", STUDY.format(**BASE))
    told = {}
    for kernel in ("plain", "blas", "avx2", ""):
        path = tmp_path / f"{kernel}.h5"
        made = support.run("run", study, "-o", path, "--quiet",
                           env={"GOLD_KERNEL": kernel})
        if made.code == 2 and "has no avx2" in made.err:
            continue
        assert made.code == 0, made
        with h5py.File(path) as file:
            told[kernel] = file.attrs["blas_core"]
    assert told["plain"] == f"{told['blas']}, relu plain everywhere", told
    if "avx2" in told:
        assert told[""] == f"{told['blas']}, relu avx2", told
        assert told["avx2"] == f"{told['']} everywhere", told
    else:
        assert told[""] == told["blas"], told
    for kernel, core in told.items():
        for other in told:
            said = support.run("verify", tmp_path / f"{kernel}.h5", "--sample",
                               1, env={"GOLD_KERNEL": other}).out
            assert ((f"kernel {core}, this is {told[other]}:" in said)
                    == (core != told[other])), said


def test_quite_another_study(single, tmp_path):
    """The first differences, and how many more there are."""
    other = support.write(tmp_path / "other.yaml", """
study: other
grid: {scale: [1]}
data: {set: circles, train: 20, test: 10}
curvature: {dense: true}
""")
    path = tmp_path / "other.h5"
    support.succeed("run", other, "-o", path, "--quiet")
    for words in (("merge", tmp_path / "new.h5", single, path),
                  ("run", other, "-o", single)):
        result = support.run(*words)
        assert result.code == IO, result
        lines = [line for line in result.err.splitlines()
                 if line.startswith("  ")]
        assert "study" in lines[0] and len(lines) == 6, result
        assert int(lines[5].split()[1]) > 20 and "more" in lines[5], result


@pytest.mark.parametrize("key, changes", [
    ("network.depth", {"depth": 3}), ("study", {"study": "other"}),
    ("train.learning_rate", {"rate": 0.2})])
def test_other_study(single, tmp_path, key, changes):
    sets = {"study": "study=other", "rate": "train.learning_rate=0.2"}
    options = [word for name in changes if name in sets
               for word in ("--set", sets[name])]
    other = sweep(tmp_path, "other", *options,
                  **{k: v for k, v in changes.items() if k not in sets})
    before = sorted(tmp_path.iterdir())
    result = support.run("merge", tmp_path / "out.h5", single, other)
    assert result.code == IO
    assert f"  {key}: file has" in result.err, result
    assert sorted(tmp_path.iterdir()) == before


def test_output_is_safe(single, shards, tmp_path):
    mine = support.write(tmp_path / "mine.h5", shards[0].read_bytes())
    before = support.digest(mine)
    exists = support.run("merge", mine, single)
    assert exists.code == IO and "--overwrite" in exists.err
    itself = support.run("merge", mine, single, mine, "--overwrite")
    assert itself.code == 2 and "also one of the files" in itself.err
    assert support.digest(mine) == before
    support.succeed("merge", mine, single, "--overwrite")
    assert contents(mine) == contents(single)


@pytest.mark.parametrize("shard", ["0/3", "4/3", "1/0", "3", "1/3x", "-1/3"])
def test_wrong_shard(tmp_path, shard):
    study = support.write(tmp_path / "study.yaml", STUDY.format(**BASE))
    result = support.run("run", study, "--shard", shard, cwd=tmp_path)
    assert result.code == 2 and "--shard wants I/N" in result.err


def test_status_counts_what_is_kept(single, tmp_path):
    """Files of trainings under way; not what is half written or another's."""
    path = support.write(tmp_path / "some.h5", single.read_bytes())
    assert "kept" not in support.succeed("status", path).out
    folder = tmp_path / "some.h5.checkpoints"
    folder.mkdir()
    for name in ("task-4", "task-17", "task-5.tmp-99", "note"):
        support.write(folder / name, "")
    assert "kept       2 trainings" in support.succeed("status", path).out
    assert '"trainings_kept": 2,' in support.succeed(
        "status", path, "--json").out


def test_a_study_that_grew_is_told_the_way(single, tmp_path):
    path = support.write(tmp_path / "some.h5", single.read_bytes())
    study = support.write(tmp_path / "study.yaml",
                          STUDY.format(**{**BASE, "seeds": "{count: 9}"}))
    result = support.run("run", study, "-o", path)
    assert result.code == IO and "grid.seed: file has 0, 1, 2, 3" in result.err
    assert "--extend" in result.err
    assert support.digest(path) == support.digest(single)


def extend(folder, path, changes, *options, **more):
    study = support.write(folder / "larger.yaml",
                          STUDY.format(**{**BASE, **changes}))
    return support.run("run", study, "-o", path, "--extend", *options, **more)


@pytest.mark.parametrize("before, ranks", [
    ({"seeds": "[2, 0]"}, 0), ({"seeds": "[3]", "radii": "[10.0]"}, 2)])
def test_extend(single, before, ranks, tmp_path):
    """A file with fewer values on its axes grows to what one run gives, in its
    order; a second time nothing happens."""
    path = sweep(tmp_path, "small", **before)
    result = extend(tmp_path, path, {}, ranks=ranks)
    assert result.code == 0, result
    n = 12 if "radii" not in before else 2
    assert f"extended from {n} points to {N_POINTS}\n" in result.out
    assert f"resuming: {n} of {N_POINTS} points" in result.out
    assert identity(path) == identity(single)
    if "radii" not in before:
        assert contents(path) == contents(single)
    else:  # of a line that was measured in two parts: to rounding
        out = tmp_path / "both.h5"
        support.succeed("merge", out, single, path)
        support.succeed("verify", path, "--sample", N_POINTS)
    with h5py.File(path) as file:
        assert list(file["sessions/ranks"][:3]) == [1, max(1, ranks), -1]
    again = extend(tmp_path, path, {})
    assert again.code == 0 and "extended" not in again.out


# What has one value in the other is an axis, before the others and among them.
WIDER = STUDY.replace("grid:", "grid:\n  depth: [{depth}]").replace(
    "  seed:", "  width: {widths}\n  seed:").replace(
        "width: 9, depth: {depth}", "bias: false")


def test_extend_by_a_key(tmp_path):
    """By widths, where there was one; not where that is another, and what is no
    axis now is not one of the file's."""
    path = sweep(tmp_path, "small", seeds="[2, 0]")
    before = support.digest(path)
    wider = {widths: support.write(tmp_path / f"{widths[1]}.yaml",
                                   WIDER.format(**BASE, widths=widths))
             for widths in ("[8, 12]", "[12, 9]")}
    wrong = support.run("run", wider["[8, 12]"], "-o", path, "--extend")
    assert "has width 9, which the grid has not" in wrong.err, wrong
    assert support.digest(path) == before
    result = support.run("run", wider["[12, 9]"], "-o", path, "--extend")
    assert "extended from 12 points to 48\n" in result.out, result
    whole = tmp_path / "whole.h5"
    support.succeed("run", wider["[12, 9]"], "-o", whole, "--quiet")
    assert contents(path) == contents(whole)
    assert extend(tmp_path, path, {}).code != 0


def test_extend_makes_a_file(single, tmp_path):
    path = tmp_path / "new.h5"
    assert extend(tmp_path, path, {}, "--quiet").code == 0
    assert contents(path) == contents(single)


def test_extend_refuses(single, tmp_path):
    """What more values on axes are not, leaving the file as it is."""
    path = support.write(tmp_path / "file.h5", single.read_bytes())
    before = support.digest(path)
    for changes, options, word in (
            ({"seeds": "[0, 1]"}, (), "has seed 2, which the grid has not"),
            ({"depth": 3}, (), "network.depth: file has 2, study has 3"),
            ({}, ("--overwrite",), "say one of them"),
            ({"seeds": "{count: 5}"}, ("--set", "data.seed=9"),
             "data.seed: file has 0, study has 9"),
            ({"seeds": "{count: 5}"}, ("--set", "data.train=70"),
             "data.train")):
        result = extend(tmp_path, path, changes, *options)
        assert result.code != 0 and word in result.err, result
        assert support.digest(path) == before
    plain = support.run("run", support.write(
        tmp_path / "five.yaml", STUDY.format(**{**BASE, "seeds": "{count: 5}"})
    ), "-o", path)
    assert plain.code == IO and "--extend keeps what" in plain.err, plain


@needed
def test_extend_killed(single, tmp_path):
    """Before ten calls, from the first to one when the run goes on: the file is
    the small one or the large one, with all that was done, and the same command
    ends as one run does."""
    small = sweep(tmp_path, "small", seeds="[1, 3]")
    sizes = set()
    for k in (1, 32, 100, 200, 250, 300, 350, 400, 500, 600):
        path = support.write(tmp_path / "file.h5", small.read_bytes())
        study = support.write(tmp_path / "larger.yaml", STUDY.format(**BASE))
        with Moments() as moments:
            process = moments.start(ANY(k), "run", study, "-o", path,
                                    "--extend", *ALIVE)
            moments.wait(process, "moment")  # or it ended before
        found = states(path, "train")
        sizes.add(found.size)
        assert np.sum(found == 1) >= 12
        assert extend(tmp_path, path, {}, "--quiet").code == 0
        assert contents(path) == contents(single)
    assert sizes == {12, N_POINTS}
