# SPDX-License-Identifier: MIT
"""A result goes into the file that was named, by Open MPI's own way to files
and by ROMIO's, which takes what stands before a colon for a file system."""
import os

import pytest

import support

h5py = pytest.importorskip("h5py")

STUDY = """
study: {name}
grid: {{seed: {{count: 2}}, scale: [0.5, 2]}}
data: {{set: circles, train: 20, test: 10}}
network: {{width: {width}, depth: 1}}
curvature: {{subspace: {{dim: [2]}}}}
"""
NAMES = ["x", "ufs:y.h5", "12:30.h5", "at 9:05/ü:y.h5", "./nfs:y.h5"]


@pytest.fixture(autouse=True)
def files(tmp_path):
    """Two studies, and a finished result of the other one."""
    for name, width in (("one", 3), ("other", 4)):
        support.write(tmp_path / f"{name}.yaml",
                      STUDY.format(name=name, width=width))
    support.succeed("run", "other.yaml", "-o", "y.h5", "--quiet",
                    cwd=tmp_path)


@pytest.mark.parametrize("io", ["ompio", "romio321"])
@pytest.mark.parametrize("name", NAMES)
def test_name(name, io, tmp_path):
    before = (tmp_path / "y.h5").read_bytes()
    ranks = 2 if name in ("x", "ufs:y.h5") else 0
    support.succeed("run", "one.yaml", "-o", name, "--quiet", ranks=ranks,
                    cwd=tmp_path, env={**os.environ, "OMPI_MCA_io": io})
    assert (tmp_path / "y.h5").read_bytes() == before
    with h5py.File(tmp_path / name) as file:
        assert file.attrs["study"] == "one"
        assert (file["status_measure"][()] == 1).all()
    left = {path.name for path in tmp_path.iterdir()}
    assert left <= {"one.yaml", "other.yaml", "y.h5", name.split("/")[0],
                    name.split("/")[-1]}
