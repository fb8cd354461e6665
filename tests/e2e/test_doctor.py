# SPDX-License-Identifier: MIT
"""doctor finds what would hurt a run, here where it is put there on purpose."""
import os
import re
import resource
import shutil
import subprocess

import pytest

import support

STUDY = """
study: examined
grid: {seed: {count: 3}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 50, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
"""
LAUNCHERS = ("OMPI_", "PMI", "SLURM_")
# What stands for a function of the C library.
FAKES = {
    "locks": """
#include <errno.h>
int flock(int descriptor, int operation);
int flock(int descriptor, int operation)
{
    (void)descriptor;
    (void)operation;
    errno = ENOLCK;
    return -1;
}
""",
    "space": """
#include <sys/statvfs.h>
int statvfs(const char *path, struct statvfs *room)
{
    (void)path;
    *room = (struct statvfs){.f_frsize = 4096, .f_bavail = 3};
    return 0;
}
""",
    "little": """
#include <sys/statvfs.h>
int statvfs(const char *path, struct statvfs *room)
{
    (void)path;
    *room = (struct statvfs){.f_frsize = 4096, .f_bavail = 384};
    return 0;
}
""",
    "kernel": """
#include <stdlib.h>
char *openblas_get_corename(void);
char *openblas_get_corename(void)
{
    char *wanted = getenv("OPENBLAS_CORETYPE");
    return wanted != NULL ? wanted : "Prescott";
}
"""}


@pytest.fixture(name="study")
def fixture_study(tmp_path):
    return support.write(tmp_path / "study.yaml", STUDY)


def doctor(study, *args, ranks=0, prepare=None, **changes):
    """Exit code, and what is said of each subject as (severity, text). With
    `changes` in an environment that no launcher has touched, in a process that
    `prepare` has prepared."""
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith(LAUNCHERS)
                   or name.startswith(("OMPI_ALLOW", "OMPI_MCA"))}
    result = support.run("doctor", *args, ranks=ranks, cwd=study.parent,
                         env={**environment, **changes}, preexec_fn=prepare)
    found = {}
    for line in result.out.splitlines():
        severity, text = line.split(maxsplit=1)
        assert severity in ("ok", "warning", "problem"), line
        found[text.split(":")[0]] = (severity, text)
    n_problems = sum(severity == "problem" for severity, _ in found.values())
    assert (result.code == 4) == (n_problems > 0), result
    return result.code, found


def assert_found(found, subject, severity, text):
    assert found[subject][0] == severity and text in found[subject][1], found


@pytest.mark.parametrize("ranks", [0, 2])
def test_nothing_wrong(study, ranks):
    code, found = doctor(study, study, ranks=ranks)
    assert code == 0
    assert set(found) == {"launch", "cores", "BLAS threads", "BLAS kernel",
                          "relu kernel", "HDF5", "memory", "limits", "locks",
                          "MPI-IO", "space"}
    assert found["launch"][0] == "ok"
    assert_found(found, "memory", "ok", "each needs")
    assert_found(found, "space", "ok", "the file needs")
    # It leaves nothing behind.
    assert list(study.parent.iterdir()) == [study]


@pytest.mark.parametrize("kernel", ["plain", "blas"])
def test_relu_kernel(study, kernel):
    _, found = doctor(study, GOLD_KERNEL=kernel)
    assert_found(found, "relu kernel", "ok", kernel)


def test_other_relu_kernel():
    """Of two processes: each node of a cluster has its own processor."""
    one = ("-n", "1", "env", "GOLD_KERNEL=plain", support.GOLDILOCKS, "doctor")
    found = support.run("doctor", ranks=1, launcher=(*one, ":"),
                        env={**os.environ, "GOLD_KERNEL": "blas"})
    assert ("warning  relu kernel: plain everywhere here, blas on another node"
            in found.out), found


def test_alone_by_mistake(study):
    code, found = doctor(study, PMI_SIZE="4")
    assert code == 4
    assert_found(found, "launch", "problem", "started 4 processes")


def test_run_warns_when_alone_by_mistake(study):
    result = support.run("run", study, "-o", study.with_suffix(".h5"),
                         env={**os.environ, "PMI_SIZE": "4"})
    assert result.code == 0
    assert "started 4 processes" in result.err
    result = support.succeed("run", study, "-o", study.with_suffix(".h5"))
    assert result.err == ""


def test_job_of_many_with_one_process(study):
    code, found = doctor(study, SLURM_NTASKS="64")
    assert code == 0
    assert_found(found, "launch", "warning", "64 tasks")


def test_threads(study):
    code, found = doctor(study, ranks=2, OPENBLAS_NUM_THREADS="7")
    assert code == 0
    assert_found(found, "BLAS threads", "warning", "7")


def test_too_many_processes(study):
    ranks = len(os.sched_getaffinity(0)) + 2
    if ranks > 16:
        pytest.skip("too many cores to crowd them")
    _, found = doctor(study, ranks=ranks)
    assert_found(found, "cores", "warning", f"{ranks} processes")


@pytest.fixture(name="fake")
def fixture_fake(tmp_path_factory):
    """Makes a library of a fake function, to be loaded before others."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no compiler")

    def make(name):
        source = support.write(tmp_path_factory.mktemp(name) / "fake.c",
                               FAKES[name])
        library = source.with_suffix(".so")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source],
                       check=True)
        return str(library)
    return make


def test_no_locks(study, fake):
    code, found = doctor(study, LD_PRELOAD=fake("locks"))
    assert code == 0
    assert_found(found, "locks", "warning", "No locks available")


def test_no_space(study, fake):
    code, found = doctor(study, study, LD_PRELOAD=fake("space"))
    assert code == 4
    assert_found(found, "space", "problem", "12.0 KiB")


@pytest.mark.parametrize("has_study", [True, False])
def test_as_much_space_as_run_asks_for(study, fake, has_study):
    words = [study] if has_study else []
    code, found = doctor(study, *words, LD_PRELOAD=fake("little"))
    assert code == 4
    assert_found(found, "space", "problem", "needs 4.")


@pytest.mark.parametrize("ranks", [0, 2])
def test_no_file_there(study, ranks):
    """Said among the other things, all of which are looked at."""
    code, found = doctor(study, study, "-o", "/proc/new.h5", ranks=ranks)
    assert code == 4
    assert_found(found, "folder", "problem", "no file can be made there")
    assert "space" in found and "memory" in found


@pytest.mark.skipif("avx2" not in open("/proc/cpuinfo").read(),
                    reason="an old processor")
def test_kernel_for_old_processors(study, fake, monkeypatch):
    """What OpenBLAS takes on a processor that it does not know yet: the program
    starts itself anew with a better one, unless somebody chose this one."""
    monkeypatch.delenv("OPENBLAS_CORETYPE", raising=False)
    library = fake("kernel")
    _, found = doctor(study, LD_PRELOAD=library)
    assert re.search("SkylakeX|Haswell", found["BLAS kernel"][1])
    assert_found(found, "BLAS kernel", "ok", "on all nodes")
    _, found = doctor(study, LD_PRELOAD=library, OPENBLAS_CORETYPE="Prescott")
    assert_found(found, "BLAS kernel", "warning", "unset OPENBLAS_CORETYPE")


def test_no_memory(study):
    code, found = doctor(study, study, SLURM_MEM_PER_CPU="1")
    assert code == 4
    assert_found(found, "memory", "problem", "1.0 MiB")
    code, found = doctor(study, study, SLURM_MEM_PER_CPU="1",
                         SLURM_CPUS_PER_TASK="2000")
    assert code == 0
    assert_found(found, "memory", "ok", "each needs")


LIMITS = {
    "open files": (resource.RLIMIT_NOFILE, 60, "warning", "-n is 60"),
    "CPU time": (resource.RLIMIT_CPU, 3600, "warning", "-t is 1 h"),
    "stack": (resource.RLIMIT_STACK, 512 << 10, "warning", "-s is 512.0 KiB"),
    "file size": (resource.RLIMIT_FSIZE, 15 << 20, "problem", "-f is 15.0 MiB"),
    # Enough to start with, and not for a study.
    "data": (resource.RLIMIT_DATA, 210 << 20, "problem", "-d is 210.0 MiB"),
}


@pytest.mark.parametrize("subject", LIMITS)
def test_limits(study, subject):
    kind, limit, severity, text = LIMITS[subject]

    def lower():
        resource.setrlimit(kind, (limit, resource.getrlimit(kind)[1]))

    code, found = doctor(study, study, prepare=lower)
    assert code == (4 if severity == "problem" else 0)
    assert_found(found, subject, severity, text)
    assert_found(found, "limits", "warning", "1 too low")


def test_folder_that_cannot_be_written(study):
    code, _ = doctor(study, "-o", "/proc/results/some.h5")
    assert code == 4


def test_folder_that_is_not_there_yet(study):
    code, found = doctor(study, "-o", study.parent / "a/b/c.h5")
    assert code == 0
    assert_found(found, "locks", "ok", str(study.parent))
    assert not (study.parent / "a").exists()


def test_wrong_study(study):
    study.write_text("study: x\n")
    code, _ = doctor(study, study)
    assert code == 3
