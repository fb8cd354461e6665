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
from test_invariance import assert_same_bits, results

# Slurm looks at time limits every LOOK s from its start. With a limit of 60 s
# and a warning 45 s ahead, the first look at a job warns it. A requeued job
# starts after WAIT s and computes until the next look: long enough to get on,
# and cheap.
LOOK = 30
WAIT = 17
SESSION = LOOK - WAIT - 3
LIMIT = ["--time=1", "--signal=B:USR1@45"]
SEVERAL = 1.5
LONGEST = 400

STUDY = """
study: requeued
grid: {{seed: {{count: {seeds}}}, relative_radius: [0.1, 0.3, 1, 3, 10]}}
data: {{set: fashion-mnist, path: {path}, train: 300, test: 100}}
network: {{depth: 2, width: 100}}
curvature: {{subspace: {{dim: [10, 50]}}}}
"""

pytestmark = [
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


def write_study(path, n_seeds):
    return support.write(path, STUDY.format(seeds=n_seeds,
                                            path=support.FASHION_MNIST))


def uninterrupted(folder, n_seeds):
    """Path of the result with that many seeds, and how long it took."""
    study = write_study(folder / f"{n_seeds}.yaml", n_seeds)
    began = time.monotonic()
    support.succeed("run", study, "-o", study.with_suffix(".h5"), "--quiet",
                    ranks=2)
    return study.with_suffix(".h5"), time.monotonic() - began


def enough_work(folder):
    """As uninterrupted, of several times what a job computes, by this
    machine's speed at the moment."""
    n_seeds = 4 if support.IS_QUICK else 30
    while True:
        path, seconds = uninterrupted(folder, n_seeds)
        if seconds >= SEVERAL * SESSION:
            return n_seeds, path
        n_seeds = int(n_seeds * max(1.3, 1.1 * SEVERAL * SESSION / seconds))


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
    slurm.wait_for(lambda: is_over(slurm.job(job)), seconds=LONGEST)
    return slurm.job(job)


def stop_warning(slurm, job):
    """After two requeues, which are enough, time for all that is left: a
    machine that is slower now than before would take many more."""
    def is_enough():
        found = slurm.job(job)
        return is_over(found) or int(found["Restarts"]) >= 2
    slurm.wait_for(is_enough, seconds=LONGEST)
    if not is_over(slurm.job(job)):
        slurm.run("scontrol", "update", f"JobId={job}", "TimeLimit=10")


def test_requeued_until_done(slurm, tmp_path):
    n_seeds, whole = enough_work(tmp_path)
    for attempt in range(3):
        # Names with spaces, since these are quoted all the way or nowhere.
        folder = tmp_path / f"try {attempt}"
        folder.mkdir()
        write_study(folder / "my study.yaml", n_seeds)
        job = submit(slurm, folder, "--ntasks=2", *LIMIT,
                     f"--begin=now+{until_session(slurm)}",
                     support.TOP / "jobs/sweep.sbatch",
                     "my study.yaml", "-o", "my result.h5", "--overwrite")
        stop_warning(slurm, job)
        ended = wait_for_end(slurm, job)
        said = (folder / "job.out").read_text()
        assert ended["JobState"] == "COMPLETED", said
        assert_same_bits(results(whole), results(folder / "my result.h5"))
        if int(ended["Restarts"]) > 0:
            break
        # The job began right after a look at the limits: more work.
        n_seeds *= 2
        whole, _ = uninterrupted(tmp_path, n_seeds)
    assert int(ended["Restarts"]) > 0, said
    assert "with srun --mpi=pmix" in said
    assert "ended with 75" in said and "ended with 0" in said


@pytest.mark.parametrize("launch", ["srun --mpi=pmix", "mpirun"])
def test_cancelled_is_not_requeued(slurm, tmp_path, launch):
    """And what it did is kept, and it stops when warned by hand."""
    slurm.environment["GOLDILOCKS_LAUNCH"] = launch
    write_study(tmp_path / "long.yaml", 20000)
    job = submit(slurm, tmp_path, "--ntasks=2", "--time=5", "--signal=B:USR1@0",
                 support.TOP / "jobs/sweep.sbatch", "long.yaml", "-o", "o.h5")
    del slurm.environment["GOLDILOCKS_LAUNCH"]
    out = tmp_path / "job.out"
    slurm.wait_for(lambda: (tmp_path / "o.h5").exists(), seconds=60)
    slurm.tell("scancel", "--batch", "--signal=USR1", job)
    slurm.wait_for(lambda: "ended with 75" in out.read_text(), seconds=60)
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
    slurm.wait_for(lambda: slurm.tell("squeue", "-h") == "", seconds=LONGEST)
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
