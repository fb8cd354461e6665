# SPDX-License-Identifier: MIT
"""Too little address space, as schedulers allow it by ulimit, is an error in
words, where OpenBLAS would ask for more for ever and MPI would crash; with
enough of it all goes well, whatever number of threads OpenBLAS would like."""
import os
import resource

import pytest

import support

IO = 4
MEBIBYTE = 1 << 20
# CPU seconds after which somebody must be asking for ever.
LONGEST = 60
STUDY = """
study: limited
grid: {seed: {count: 2}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 50, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
"""
COMMANDS = {
    "run": ["run", "study.yaml", "-o", "new.h5"],
    "plan": ["plan", "study.yaml"],
    "point": ["point", "study.yaml", "--at", "seed=0,relative_radius=1", "-o",
              "point.h5"],
    "verify": ["verify", "out.h5"],
    "bench": ["bench"],
    "doctor": ["doctor", "study.yaml"],
}
WITH_MPI = ("run", "bench", "doctor")


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", "out.h5", cwd=folder)
    return folder


def run_with(folder, name, kind, mebibytes, threads):
    def limit():
        resource.setrlimit(kind, (mebibytes * MEBIBYTE,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST + 1))

    return support.run(*COMMANDS[name], cwd=folder, preexec_fn=limit,
                       env={**os.environ, "OPENBLAS_NUM_THREADS": threads})


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("name, kind, mebibytes", [
    *((name, resource.RLIMIT_AS, 160) for name in COMMANDS),
    *((name, resource.RLIMIT_AS, 290) for name in WITH_MPI),
    *((name, resource.RLIMIT_AS, 400) for name in WITH_MPI),
    *((name, resource.RLIMIT_DATA, 100) for name in COMMANDS)])
def test_too_little(folder, name, kind, mebibytes, threads):
    before = sorted(folder.iterdir())
    result = run_with(folder, name, kind, mebibytes, threads)
    assert result.code == IO, result
    letter = {resource.RLIMIT_AS: "-v", resource.RLIMIT_DATA: "-d"}[kind]
    assert letter in result.err and "no room" in result.err, result
    assert result.err.count("\n") == 1, result
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["plan", "point", "verify"])
def test_enough_without_mpi(folder, name):
    result = run_with(folder, name, resource.RLIMIT_AS, 400, "2")
    assert result.code == 0, result


@pytest.mark.parametrize("name", ["run", "doctor"])
def test_enough_with_mpi(folder, name):
    result = run_with(folder, name, resource.RLIMIT_AS, 1200, "2")
    assert result.code == 0, result


LONG_LINE = """
study: long
grid: {seed: [0], scale: {from: 0.1, to: 10, count: 400000, spacing: log}}
data: {set: circles, train: 2, test: 2}
network: {width: 2, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
"""


def test_a_long_line_costs_in_proportion(tmp_path):
    """Each point against all others would take minutes of computing."""
    support.write(tmp_path / "study.yaml", LONG_LINE)
    done = support.run(
        "plan", "study.yaml", cwd=tmp_path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU,
                                              (LONGEST, LONGEST)))
    assert done.code == 0, done
