# SPDX-License-Identifier: MIT
"""Too little of what ulimit limits, by hand or by a scheduler, is an error in
words, where OpenBLAS would ask for more for ever, MPI would not start and a
stack would overflow; with enough of it all goes well, whatever number of threads
OpenBLAS would like."""
import json
import os
import resource
import subprocess

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
              "point.h5", "--overwrite"],
    "verify": ["verify", "out.h5"],
    "merge": ["merge", "merged.h5", "out.h5", "other.h5", "--overwrite"],
    "summary": ["summary", "out.h5"],
    "bench": ["bench"],
    "doctor": ["doctor", "study.yaml"],
}
WITH_MPI = ("run", "bench", "doctor")
COMPUTING = ("plan", "point", "verify", *WITH_MPI)
WITHOUT_MPI = [name for name in COMMANDS if name not in WITH_MPI]


@pytest.fixture(scope="module", name="folder")
def fixture_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("limits")
    support.write(folder / "study.yaml", STUDY)
    support.succeed("run", "study.yaml", "-o", "out.h5", cwd=folder)
    support.succeed("run", "study.yaml", "-o", "other.h5", "--set",
                    "grid.seed=[2]", cwd=folder)
    return folder


def run_with(folder, name, kind, amount, threads):
    def limit():
        resource.setrlimit(kind, (amount,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (LONGEST, LONGEST + 1))

    return support.run(*COMMANDS[name], cwd=folder, preexec_fn=limit,
                       env={**os.environ, "OPENBLAS_NUM_THREADS": threads})


@pytest.mark.parametrize("threads", ["1", "2"])
@pytest.mark.parametrize("name, kind, mebibytes", [
    *((name, resource.RLIMIT_AS, 160) for name in COMPUTING),
    *((name, resource.RLIMIT_AS, 290) for name in WITH_MPI),
    *((name, resource.RLIMIT_AS, 400) for name in WITH_MPI),
    *((name, resource.RLIMIT_DATA, 100) for name in COMPUTING)])
def test_too_little(folder, name, kind, mebibytes, threads):
    before = sorted(folder.iterdir())
    result = run_with(folder, name, kind, mebibytes * MEBIBYTE, threads)
    assert result.code == IO, result
    letter = {resource.RLIMIT_AS: "-v", resource.RLIMIT_DATA: "-d"}[kind]
    assert letter in result.err and "no room" in result.err, result
    assert result.err.count("\n") == 1, result
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize("name", ["plan", "point", "verify"])
def test_enough_without_mpi(folder, name):
    result = run_with(folder, name, resource.RLIMIT_AS, 400 * MEBIBYTE, "2")
    assert result.code == 0, result


@pytest.mark.parametrize("name", ["run", "doctor"])
def test_enough_with_mpi(folder, name):
    result = run_with(folder, name, resource.RLIMIT_AS, 1200 * MEBIBYTE, "2")
    assert result.code == 0, result


def test_an_empty_environment(folder):
    """No shell's PATH: nothing is looked for with which to start others."""
    done = subprocess.run(
        [support.GOLDILOCKS, "run", "study.yaml", "-o", "empty.h5"],
        env={name: value for name, value in os.environ.items()
             if "SAN_OPTIONS" in name}, cwd=folder, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0 and b"finished: " in done.stdout, done.stdout


# What MPI does not start with, and what it does.
LIMITS = {
    "open files: ulimit -n is 10, and a process may open":
        (resource.RLIMIT_NOFILE, 10, 32),
    "open files: ulimit -n is 31, and": (resource.RLIMIT_NOFILE, 31, 32),
    "stack: ulimit -s is 64.0 KiB, and a process should have 1.0 MiB; raise it":
        (resource.RLIMIT_STACK, 64 << 10, 256 << 10),
    "file size: ulimit -f is 1000.0 KiB, and a file may have 16.0 MiB":
        (resource.RLIMIT_FSIZE, 1000 << 10, 9 << 20),
}


@pytest.mark.parametrize("name, words", [
    *(("run", words) for words in LIMITS), ("bench", list(LIMITS)[0]),
    ("doctor", list(LIMITS)[0])])
def test_too_little_for_mpi(folder, name, words):
    """One line, before MPI speaks twenty and crashes; doctor has the same."""
    kind, few, enough = LIMITS[words]
    before = sorted(folder.iterdir())
    result = run_with(folder, name, kind, few, "1")
    assert result.code == IO, result
    assert result.err.startswith(f"goldilocks: {words}"), result
    assert result.err.count("\n") == 1 and result.out == "", result
    assert sorted(folder.iterdir()) == before
    if name == "run":
        result = run_with(folder, "doctor", kind, enough, "1")
        assert words.split(":", maxsplit=1)[0] + ": ulimit" in result.out
        assert result.err in ("", "goldilocks: 1 problem: see above\n"), result


@pytest.mark.parametrize("name", WITHOUT_MPI)
def test_small_stack(folder, name):
    result = run_with(folder, name, resource.RLIMIT_STACK, 64 << 10, "1")
    assert result.code == 0, result


def test_too_small_stack(folder):
    result = run_with(folder, "summary", resource.RLIMIT_STACK, 60 << 10, "1")
    assert result.code == IO and "stack: ulimit -s" in result.err, result


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


def test_blocks_that_only_relu_has(tmp_path):
    """What relu switches off is left out in blocks four times as large; plan
    does not count these where activations switch nothing off."""
    def planned(activation):
        (tmp_path / "study.yaml").write_text(
            "study: p\n"
            "grid: {seed: [0], scale: {from: 1, to: 2, count: 25}}\n"
            "data: {set: mixture, features: 300, train: 2000}\n"
            f"network: {{width: 200, activation: {activation}}}\n"
            "curvature: {subspace: {dim: 50}}\n")
        return json.loads(support.succeed(
            "plan", "study.yaml", "--json",
            cwd=tmp_path).out)["memory_per_rank_bytes"]
    assert planned("relu") > 1.2 * planned("leaky_relu")
    assert planned("identity") == planned("leaky_relu")
