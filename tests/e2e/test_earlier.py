# SPDX-License-Identifier: MIT
"""Files that earlier versions began: variables that came later are not in them,
and they are read, finished, checked and merged without."""
import gzip
import re
import shutil
import sys

import numpy as np
import pytest

import support
from test_merge import contents

sys.path.insert(0, str(support.TOP / "analysis"))
gold = pytest.importorskip("goldilocks")
h5py = pytest.importorskip("h5py")

IO = 4
# Written before the minor versions, with half of the points done; its sessions
# have no notes on predictions either.
KEPT = support.TOP / "tests/e2e/earlier/layers.h5.gz"
# What came with each of them, to studies that could be had before.
SINCE = {
    1: {"trace_over_norm_direction_mean", "positive_fraction_direction_mean"},
    2: {"layer_trace_share", "kappa"},
}
LATER = set.union(*SINCE.values())
OWN = f"2.{max(SINCE)}"
LATEST = "2.4"  # of studies with curvature at steps of a training
NOTES = {"predicted_seconds", "taken_seconds", "prediction_error"}


@pytest.fixture(name="kept")
def _kept(tmp_path):
    return support.write(tmp_path / "kept.h5",
                         gzip.decompress(KEPT.read_bytes()))


def study_of(path, **changes):
    with h5py.File(path) as file:
        text = file.attrs["config"]
    for name, values in changes.items():
        text = re.sub(f"  {name}: .*", f"  {name}: {values}", text)
    return support.write(path.with_suffix(".yaml"), text)


def names(path):
    with h5py.File(path) as file:
        return {name for name in file if name != "sessions"}


def version(path):
    with h5py.File(path) as file:
        return file.attrs["schema_version"]


def forget(path):
    """Nothing of it is done: other processors give other bits."""
    with h5py.File(path, "r+") as file:
        file["status_measure"][...] = 0
    return path


def fresh(tmp_path, kept, name="fresh", **changes):
    path = tmp_path / f"{name}.h5"
    support.succeed("run", study_of(shutil.copy(kept, path), **changes), "-o",
                    path, "--overwrite", "--quiet")
    return path


def earlier(path, name, minor):
    """A copy as the version before what came with a minor one left it."""
    made = shutil.copy(path, path.with_name(name))
    with h5py.File(made, "r+") as file:
        for since, later in SINCE.items():
            for variable in later if since > minor else ():
                del file[variable]
        file.attrs["schema_version"] = f"2.{minor}" if minor > 0 else "2"
    return made


def test_it_is_read(kept, tmp_path):
    before = support.digest(kept)
    with h5py.File(kept) as file:
        assert not LATER & set(file) and not NOTES & set(file["sessions"])
        done = file["status_measure"][()] == 1
        assert 0 < done.sum() < done.size
        trace = file["layer_trace"][()]
    assert "6 of 12" in support.succeed("status", kept).out
    support.succeed("summary", kept)
    header, *rows = support.succeed("table", kept).out.splitlines()
    columns = header.split(",")
    assert not any(name.startswith(tuple(LATER)) for name in columns)
    at = columns.index("layer_trace_l0_d2")
    found = [float(row.split(",")[at]) for row in rows
             if row.split(",")[at] not in ("", "nan")]
    assert found == trace[done][:, 0, 0].tolist()
    ds = gold.open_results(kept)
    assert np.array_equal(ds.layer_trace, trace, equal_nan=True)
    result = support.succeed("merge", tmp_path / "out.h5", kept)
    assert "note: without layer_trace_share, kappa, " in result.out
    assert support.digest(kept) == before


def test_it_is_finished(kept):
    before = names(kept)
    with h5py.File(kept) as file:
        done = file["status_measure"][()] == 1
        trace = file["layer_trace"][()]
    result = support.succeed("run", study_of(kept), "-o", kept)
    assert "note: without layer_trace_share, kappa, " in result.out
    assert names(kept) == before and version(kept) == "2"
    with h5py.File(kept) as file:
        assert np.all(file["status_measure"][()] == 1)
        assert np.array_equal(file["layer_trace"][()][done], trace[done],
                              equal_nan=True)
        assert np.isfinite(file["layer_trace"][()][..., 0, :]).all()


def test_it_is_the_same_without(kept, tmp_path):
    """All of it by this program: equal to a file of now but for what came
    later. What is merged with it has what both have."""
    support.succeed("run", study_of(forget(kept)), "-o", kept, "--quiet",
                    ranks=3)
    new = fresh(tmp_path, kept)
    assert version(new) == OWN and names(new) == names(kept) | LATER
    a, b = contents(kept), contents(new)
    assert a == {name: b[name] for name in a}
    support.succeed("verify", kept, "--sample", 99)
    more = fresh(tmp_path, kept, "more", seed="[2, 3]")
    for i, parts in enumerate(((kept, more), (more, kept, new))):
        out = tmp_path / f"out{i}.h5"
        result = support.succeed("merge", out, *parts)
        assert "note: without layer_trace_share, kappa, " in result.out
        assert names(out) == names(kept) and version(out) == "2"
        assert "bit for bit" in support.succeed("verify", out).out
    single = fresh(tmp_path, kept, "single", seed="[0, 1, 2, 3]")
    a, b = contents(out), contents(single)
    assert a == {name: b[name] for name in a}
    with h5py.File(out) as file:
        notes = file["sessions/taken_seconds"][:4]
        assert np.isnan(file["sessions/start"][:4]).sum() == 0
        assert np.isnan(notes).any() and not np.isnan(notes).all()
    ds = gold.open_results([more, kept])
    assert not LATER & set(ds)
    assert np.array_equal(ds.layer_trace.sel(seed=[0, 1, 2, 3]),
                          gold.open_results(single).layer_trace,
                          equal_nan=True)


def test_of_each_minor_version(kept, tmp_path):
    new = fresh(tmp_path, kept)
    for minor in range(max(SINCE)):
        path = earlier(new, f"{minor}.h5", minor)
        missing = set.union(*(SINCE[since] for since in SINCE
                              if since > minor))
        header = support.succeed("table", path).out.splitlines()[0]
        for name in LATER:
            assert (name in header) == (name not in missing), (minor, name)
        support.succeed("verify", path, "--sample", 99)
        out = tmp_path / f"out{minor}.h5"
        support.succeed("merge", out, new, path)
        assert version(out) == version(path)
        assert names(out) == names(new) - missing
        # What a later file has lost is damage.
        for name in sorted(missing):
            broken = shutil.copy(new, tmp_path / "broken.h5")
            with h5py.File(broken, "r+") as file:
                del file[name]
            result = support.run("table", broken)
            assert result.code == IO and f"'{name}'" in result.err, result


def test_a_file_without_news_is_of_the_first(kept, tmp_path):
    """Earlier versions read what this one writes, where they can."""
    study = study_of(kept)
    plain = tmp_path / "plain.h5"
    support.succeed("run", study, "-o", plain, "--quiet", "--set",
                    "curvature.layers=all", "--set",
                    "curvature.resample={data: 2}")
    assert version(plain) == "2"
    means = tmp_path / "means.h5"
    support.succeed("run", study, "-o", means, "--quiet", "--set",
                    "curvature.layers=all")
    assert version(means) == "2.1"


@pytest.mark.parametrize("later", ["2.5", "2.10", "2.", "2.0", "2.01", "3",
                                   "2.1 "])
def test_of_no_known_version(kept, later):
    with h5py.File(kept, "r+") as file:
        file.attrs["schema_version"] = later
    before = support.digest(kept)
    for command in (("table", kept), ("run", study_of(kept), "-o", kept)):
        result = support.run(*command)
        assert result.code == IO, result
        assert f"has file format {later}, " in result.err
        assert f"formats 2 to {LATEST} only" in result.err
    assert support.digest(kept) == before


def test_ends_of_phases(tmp_path):
    """Files that logged phases without their ends are read and finished so;
    files of now have them."""
    packed = KEPT.with_name("phases.h5.gz").read_bytes()
    kept = support.write(tmp_path / "phases.h5", gzip.decompress(packed))
    with h5py.File(kept) as file:
        logged = file["trajectory_step"][()].tolist()
        loss = file["trajectory_loss"][()]
    assert len(logged) == 4 and 30 not in logged
    assert "2 of 4" in support.succeed("status", kept).out
    support.succeed("run", study_of(kept), "-o", kept, "--quiet")
    assert "all are" in support.succeed("verify", kept).out
    support.succeed("run", study_of(kept), "-o", tmp_path / "new.h5", "--quiet")
    with h5py.File(kept) as old, h5py.File(tmp_path / "new.h5") as new:
        assert old["trajectory_step"][()].tolist() == logged
        assert new["trajectory_step"][()].tolist() == sorted(logged + [30])
        at = [new["trajectory_step"][()].tolist().index(step)
              for step in logged]
        found = old["trajectory_loss"][()]
        assert np.isfinite(found).all()
        is_done = np.isfinite(loss).all(-1)
        assert 0 < is_done.sum() < is_done.size
        # of another processor
        np.testing.assert_allclose(found[is_done], loss[is_done], 1e-4)
        np.testing.assert_array_equal(new["trajectory_loss"][()][..., at],
                                      found)
        np.testing.assert_array_equal(
            new["trajectory_loss"][()][..., logged.index(47)],
            new["phase_loss"][()][..., 0])
