# SPDX-License-Identifier: MIT
"""jobs/sweep.sbatch on a real Slurm: a study with more work than a job has
time for is stopped by Slurm's warning, requeues itself until all is done, and
has the bits of an uninterrupted run."""
import pathlib
import shutil
import time

import pytest

import cluster
import support
from moments import MEASURED, Moments, needed
from test_invariance import assert_same_bits, results

# Slurm looks at time limits every LOOK s from its start. With a limit of 60 s
# and a warning 45 s ahead, the first look at a job warns it. A requeued job
# starts after WAIT s, and the next look should find it at work: if it does not,
# the look after that will.
LOOK = 30
WAIT = 17
SESSION = LOOK - WAIT - 3
LIMIT = ["--time=1", "--signal=B:USR1@45"]

STUDY = """
study: requeued
grid: {{seed: {{count: 60}}, relative_radius: [0.1, 0.3, 1, 3, 10]}}
data: {{set: fashion-mnist, path: {path}, train: 100, test: 50}}
network: {{depth: 2, width: 20}}
curvature: {{subspace: {{dim: 10}}}}
run: {{lease: 100000}}
"""

pytestmark = [
    needed,
    pytest.mark.skipif(cluster.missing() != "", reason=cluster.missing()),
    pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                       reason="no Fashion-MNIST here"),
]


@pytest.fixture(scope="module", name="slurm")
def fixture_slurm():
    with cluster.Cluster(WAIT) as slurm:
        slurm.environment.update(
            GOLDILOCKS_HOME=str(support.TOP),
            GOLDILOCKS=str(pathlib.Path(
                shutil.which(support.GOLDILOCKS)).resolve()))
        yield slurm


def write_study(path):
    return support.write(path, STUDY.format(path=support.FASHION_MNIST))


def until_session(slurm):
    """Seconds until a job should start that is to be warned SESSION later."""
    age = time.monotonic() - slurm.began
    return int(LOOK - SESSION - age) % LOOK


def submit(slurm, folder, *words):
    return slurm.tell("sbatch", "--parsable", "--output=job.out", *words,
                      cwd=folder)


def is_over(job):
    return job["JobState"] not in ("PENDING", "RUNNING", "COMPLETING",
                                   "REQUEUED")


def wait_for_end(slurm, job):
    slurm.wait_for(lambda: is_over(slurm.job(job)))
    return slurm.job(job)


def submit_to_stop(slurm, moments, *words):
    """Each session of the job stops in the middle of its work."""
    environment = moments.environment(MEASURED(3))
    slurm.environment.update(environment)
    job = submit(slurm, *words)
    for name in environment:
        del slurm.environment[name]
    return job


def wait_for_stop(slurm, moments, n):
    """Until the n-th session has come to its moment. A warning may end sessions
    before that."""
    slurm.wait_for(lambda: not moments.look(0)
                   and len(moments.told("moment")) >= n)


def wait_for_warning(slurm, moments):
    """Until rank 0 of the session that has stopped last is warned."""
    def is_warned():
        moments.look(0)
        last = moments.seen.index(moments.told("moment")[-1])
        return any(words[:2] == ["signal", "0"]
                   for words in moments.seen[last:])
    slurm.wait_for(is_warned)


def test_requeued_until_done(slurm, tmp_path):
    """Twice it is warned with work left, then it has time for the rest."""
    # Names with spaces, since these are quoted all the way or nowhere.
    study = write_study(tmp_path / "my study.yaml")
    support.succeed("run", study, "-o", tmp_path / "whole.h5", "--quiet")
    with Moments() as moments:
        job = submit_to_stop(
            slurm, moments, tmp_path, "--ntasks=2", *LIMIT,
            f"--begin=now+{until_session(slurm)}",
            support.TOP / "jobs/sweep.sbatch", "my study.yaml", "-o",
            "my result.h5", "--overwrite")
        for n in (1, 2):
            wait_for_stop(slurm, moments, n)
            before = int(slurm.job(job)["Restarts"])
            wait_for_warning(slurm, moments)
            moments.go(1)
            slurm.wait_for(
                lambda: int(slurm.job(job)["Restarts"]) > before)
        slurm.tell("scontrol", "update", f"JobId={job}", "TimeLimit=10")
        moments.go()
        ended = wait_for_end(slurm, job)
    said = (tmp_path / "job.out").read_text()
    assert ended["JobState"] == "COMPLETED", said
    assert_same_bits(results(tmp_path / "whole.h5"),
                     results(tmp_path / "my result.h5"))
    assert "with srun --mpi=pmix" in said
    assert "ended with 75" in said and "ended with 0" in said


@pytest.mark.parametrize("launch", ["srun --mpi=pmix", "mpirun"])
def test_cancelled_is_not_requeued(slurm, tmp_path, launch):
    """And what it did is kept, and it stops when warned by hand."""
    write_study(tmp_path / "long.yaml")
    out = tmp_path / "job.out"
    with Moments() as moments:
        slurm.environment["GOLDILOCKS_LAUNCH"] = launch
        job = submit_to_stop(
            slurm, moments, tmp_path, "--ntasks=2", "--time=10",
            "--signal=B:USR1@0", support.TOP / "jobs/sweep.sbatch",
            "long.yaml", "-o", "o.h5")
        del slurm.environment["GOLDILOCKS_LAUNCH"]
        wait_for_stop(slurm, moments, 1)
        slurm.tell("scancel", "--batch", "--signal=USR1", job)
        wait_for_warning(slurm, moments)
        moments.go()
        slurm.wait_for(lambda: "ended with 75" in out.read_text())
    slurm.wait_for(lambda: slurm.job(job)["JobState"] == "PENDING")
    assert slurm.job(job)["Restarts"] == "1"
    slurm.tell("scancel", job)
    assert wait_for_end(slurm, job)["JobState"] == "CANCELLED"
    support.succeed("status", tmp_path / "o.h5")


@pytest.mark.parametrize("words, code, text", [
    (["missing.yaml"], 4, "missing.yaml"), ([], 2, "which study?"),
    (["-o", "o.h5", "--set", "network.width=0", "small.yaml"], 3, "width")])
def test_errors_end_the_job(slurm, tmp_path, words, code, text):
    """At once: before it is tried how processes start here."""
    support.write(tmp_path / "small.yaml", SMALL)
    job = submit(slurm, tmp_path, "--ntasks=2", "--time=5",
                 support.TOP / "jobs/sweep.sbatch", *words)
    ended = wait_for_end(slurm, job)
    said = (tmp_path / "job.out").read_text()
    assert ended["ExitCode"] == f"{code}:0", said
    assert ended["Restarts"] == "0"
    assert text in said
    assert "with srun" not in said


@pytest.fixture(name="home")
def fixture_home(slurm, tmp_path, monkeypatch):
    """A folder of Goldilocks that nobody names."""
    home = tmp_path / "the home"
    shutil.copytree(support.TOP / "jobs", home / "jobs")
    (home / "build").mkdir()
    (home / "build/goldilocks").symlink_to(slurm.environment["GOLDILOCKS"])
    for name in ("GOLDILOCKS_HOME", "GOLDILOCKS"):
        monkeypatch.delitem(slurm.environment, name)
    return home


@pytest.mark.parametrize("is_link", [False, True])
def test_the_scripts_find_their_home(slurm, tmp_path, home, is_link):
    """From a folder of one's own, by their path or a link to them."""
    support.write(tmp_path / "small.yaml", SMALL)
    script = home / "jobs/sweep.sbatch"
    if is_link:
        (tmp_path / "sweep.sbatch").symlink_to(script)
        script = "sweep.sbatch"
    job = submit(slurm, tmp_path, "--ntasks=1", "--time=5", script,
                 "small.yaml", "-o", "o.h5")
    ended = wait_for_end(slurm, job)
    assert ended["ExitCode"] == "0:0", (tmp_path / "job.out").read_text()
    support.succeed("status", tmp_path / "o.h5")


@pytest.mark.parametrize("named", ["", "/nowhere"])
def test_a_copy_wants_its_home(slurm, tmp_path, home, monkeypatch, named):
    shutil.copy(home / "jobs/sweep.sbatch", tmp_path)
    if named:
        monkeypatch.setitem(slurm.environment, "GOLDILOCKS_HOME", named)
    job = submit(slurm, tmp_path, "--ntasks=1", "--time=5", "sweep.sbatch",
                 "small.yaml")
    assert wait_for_end(slurm, job)["ExitCode"] == "2:0"
    said = (tmp_path / "job.out").read_text()
    assert "GOLDILOCKS_HOME" in said and f"no {named}" in said


SMALL = """
study: small
grid: {seed: {count: 7}, relative_radius: [0.1, 1, 10]}
data: {set: circles, train: 50, test: 20, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5]}}
"""


def run_shards(slurm, folder, script, *words):
    """An array of three and its merge; all that they said."""
    slurm.tell("sbatch", "--array=1-3", "--ntasks=2", "--time=5", script,
               "small.yaml", "-o", "my result.h5", *words, cwd=folder)
    slurm.wait_for(lambda: slurm.tell("squeue", "-h") == "")
    return "\n".join(path.read_text() for path in folder.glob("*.out"))


def test_shards_are_merged(slurm, tmp_path):
    study = support.write(tmp_path / "small.yaml", SMALL)
    support.succeed("run", study, "-o", tmp_path / "whole.h5")
    script = support.TOP / "jobs/shards.sbatch"
    said = run_shards(slurm, tmp_path, script)
    assert (tmp_path / "my result.h5").exists(), said
    assert_same_bits(results(tmp_path / "whole.h5"),
                     results(tmp_path / "my result.h5"))
    assert len(list(tmp_path.glob("my result.shard-?-of-3.h5"))) == 3
    # Once more would do nothing, and not replace the file: that is said.
    assert "--overwrite" in run_shards(slurm, tmp_path, script)


def test_tasks_without_mpi(slurm, tmp_path):
    """A farm: srun that offers no MPI starts tasks that know of no others."""
    study = support.write(tmp_path / "small.yaml", SMALL)
    support.succeed("run", study, "-o", tmp_path / "whole.h5")
    slurm.tell("srun", "-n", "2", "--mpi=none", "sh", "-c",
               '"$GOLDILOCKS" run small.yaml --alone -o part$SLURM_PROCID.h5 '
               '--shard $((SLURM_PROCID + 1))/$SLURM_NTASKS --quiet',
               cwd=tmp_path)
    support.succeed("merge", tmp_path / "all.h5", tmp_path / "part0.h5",
                    tmp_path / "part1.h5")
    assert_same_bits(results(tmp_path / "whole.h5"),
                     results(tmp_path / "all.h5"))


def test_shards_begin_anew(slurm, tmp_path, home, monkeypatch):
    """The file of all parts too, and where a site lets no variable through to
    jobs."""
    monkeypatch.setitem(slurm.environment, "SBATCH_EXPORT", "NONE")
    study = support.write(tmp_path / "small.yaml", SMALL)
    old, new = tmp_path / "my result.h5", tmp_path / "whole.h5"
    support.succeed("run", study, "-o", new)
    support.succeed("run", study, "-o", old, "--set", "grid.seed=[1, 2]")
    said = run_shards(slurm, tmp_path, home / "jobs/shards.sbatch",
                      "--overwrite")
    assert "goldilocks-merge" in " ".join(
        path.name for path in tmp_path.glob("*.out")), said
    assert_same_bits(results(new), results(old))


@pytest.mark.parametrize("array, text", [
    ("2-3", "GOLDILOCKS_SHARDS=4"), ("0-2", "--array=1-3"),
    ("1-7:2", "no part 7 of 4")])
def test_arrays_that_leave_parts_out(slurm, tmp_path, array, text):
    support.write(tmp_path / "small.yaml", SMALL)
    job = submit(slurm, tmp_path, f"--array={array}", "--ntasks=1",
                 "--time=5", support.TOP / "jobs/shards.sbatch", "small.yaml",
                 "-o", "o.h5")
    slurm.wait_for(lambda: slurm.tell("squeue", "-h", "-j", job) == "")
    assert text in (tmp_path / "job.out").read_text()
    assert not list(tmp_path.glob("o*.h5"))
