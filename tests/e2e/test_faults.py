# SPDX-License-Identifier: MIT
"""Every call of HDF5 and of MPI's input and output, every opening and writing
of files and every request for memory fails once in turn: a clear message, the
right exit code, nothing lost, nothing made up, nothing left open or allocated.

The calls are counted in a clean run; then call k fails, and it alone. By
default k goes through a sample; GOLDILOCKS_FAULTS=all takes every one, and
GOLDILOCKS_FAULTS=I/N every N-th from the I-th on."""
import collections
import concurrent.futures
import hashlib
import os
import re
import shutil
import subprocess

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

IO, TASKS, VERIFY, STOPPED = 4, 5, 6, 75
FAULTS = os.environ.get("GOLDILOCKS_FAULTS_LIBRARY", "")
WHICH = os.environ.get("GOLDILOCKS_FAULTS", "")
SAMPLE = 4
# Much of their time is starting and waiting.
N_THREADS = 2 * os.cpu_count()
NOISE = re.compile(r"HDF5-DIAG|#00\d: |Traceback|Segmentation|Sanitizer|"
                   r"runtime error|\(null\)|double free|corrupted")
WORK = ("seconds_", "rank_", "attempts_", "message_")
# Words about time and room, which no two runs have in common.
CHANGING = re.compile(r"written .* ago|[0-9.]+ (ms|s|min)\b|"
                      r"[0-9-]+ [0-9:]+ UTC|[0-9.]+ [KMGT]iB")

STUDY = """
study: faults
grid: {seed: {count: 2}, scale: [0.5, 2]}
data: {set: circles, train: 20, test: 10}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
train: {steps: 4, learning_rate: 0.1, log: {every: 2}, track: [loss]}
run: {lease: 4}
"""

pytestmark = pytest.mark.skipif(not os.path.exists(FAULTS),
                                reason="no library that lets calls fail")


def values(path):
    with h5py.File(path) as file:
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset)
                and not name.startswith(WORK)}


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    """A folder with the study, its result, and one that is half done."""
    folder = tmp_path_factory.mktemp("good")
    support.write(folder / "study.yaml", STUDY)
    for name, options in {"whole": (), "first": ("--shard", "1/2"),
                          "second": ("--shard", "2/2")}.items():
        support.succeed("run", "study.yaml", "-o", f"{name}.h5", "--quiet",
                        *options, cwd=folder)
    return folder


# What runs, which files it starts with, which file it makes.
Scenario = collections.namedtuple("Scenario", "args start made ranks rank")
RUN = ("run", "study.yaml", "-o", "out.h5", "--quiet")
SCENARIOS = {
    "run": Scenario(RUN, {}, "out.h5", 0, 0),
    "resume": Scenario(RUN, {"first.h5": "out.h5"}, "out.h5", 0, 0),
    # A new file is made by one process, as above: two begin with one half done.
    "coordinator": Scenario(RUN, {"first.h5": "out.h5"}, "out.h5", 2, 0),
    "worker": Scenario(RUN, {"first.h5": "out.h5"}, "out.h5", 2, 1),
    "merge": Scenario(("merge", "out.h5", "first.h5", "second.h5"),
                      {"first.h5": "first.h5", "second.h5": "second.h5"},
                      "out.h5", 0, 0),
    "status": Scenario(("status", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                       0, 0),
    "table": Scenario(("table", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                      0, 0),
    "summary": Scenario(("summary", "whole.h5"), {"whole.h5": "whole.h5"},
                        None, 0, 0),
    "verify": Scenario(("verify", "whole.h5"), {"whole.h5": "whole.h5"}, None,
                       0, 0),
    "point": Scenario(("point", "study.yaml", "--at", "seed=0,scale=2", "-o",
                       "point.h5"), {}, None, 0, 0),
    "doctor": Scenario(("doctor", "study.yaml", "-o", "whole.h5"),
                       {"whole.h5": "whole.h5"}, None, 0, 0),
    "validate": Scenario(("validate", "study.yaml"), {}, None, 0, 0),
}


class Attempt:
    """A run in a folder of its own, with call k failing."""

    def __init__(self, good, folder, scenario, k):
        self.good, self.folder, self.scenario = good, folder, scenario
        folder.mkdir()
        start = {"study.yaml": "study.yaml", **scenario.start}
        for source, copy in start.items():
            support.write(folder / copy, (good / source).read_bytes())
        env = {**os.environ, "LD_PRELOAD": FAULTS, "GOLD_FAULT": str(k),
               "GOLD_FAULT_RANK": str(scenario.rank),
               "GOLD_FAULT_LOG": str(folder / "calls")}
        self.result = support.run(*scenario.args, cwd=folder, env=env,
                                  ranks=scenario.ranks)
        log = (folder / "calls").read_text().split("\n")[:-1]
        (folder / "calls").unlink()
        self.has_ended = len(log) >= 2 and log[-2] == "end"
        self.calls = log[:-2] if self.has_ended else log
        self.left = log[-1] if self.has_ended else "?"

    def names(self):
        return sorted(path.name for path in self.folder.iterdir())


def check_file(path, whole):
    """Whatever is marked done holds what it should."""
    found = values(path)
    for kind, names in {
            "measure": ("loss", "trace", "eigenvalues", "gradient_norm"),
            "train": ("final_loss", "trajectory_loss", "outcome")}.items():
        done = found[f"status_{kind}"] == 1
        for name in names:
            assert found[name][done].tobytes() == whole[name][done].tobytes()


def check_whole(path, whole):
    found = values(path)
    for key, item in whole.items():
        assert found[key].tobytes() == item.tobytes(), key


def check_end(attempt, clean):
    """Exit code and words are right, and nothing is left behind."""
    result = attempt.result
    assert not NOISE.search(result.err + result.out), result
    # A point that has no memory in a verification differs from the file. A
    # process that HDF5 keeps inside, waiting for others, looks like a dead one.
    assert result.code in (0, IO, TASKS) or (
        result.code == VERIFY and "fails now: no memory" in result.out) or (
            result.code == STOPPED and "not come together" in result.err
            and not attempt.has_ended), result
    if attempt.has_ended:
        assert attempt.left == "0 0 0", (attempt.left, result)
    else:
        # mpirun ends who is not quite through when the first one has failed.
        assert attempt.scenario.ranks > 0 and result.code != 0, result
    if result.code != 0:
        # Who is kept inside when mpirun ends the job has last words of its own.
        kept = result.err.count("goldilocks: mpirun is about to kill")
        assert kept <= min(1, attempt.scenario.ranks), result
        assert result.err.count("goldilocks: ") - kept == 1, result
    else:
        assert (CHANGING.sub("", result.out)
                == CHANGING.sub("", clean.result.out)), result
        assert attempt.names() == clean.names()


def state(attempt):
    """What a later run finds: all but times, as a digest."""
    digest = hashlib.sha256(repr(attempt.names()).encode())
    for path in sorted(attempt.folder.glob("*.h5")):
        with h5py.File(path) as file:
            digest.update(np.sum(np.isfinite(file["sessions/start"])).tobytes())
            for name, item in file.items():
                if (isinstance(item, h5py.Dataset)
                        and not name.startswith("seconds_")):
                    digest.update(name.encode() + item[()].tobytes())
    return digest.digest()


def check_next(attempt, whole, known):
    """The same command completes the file. States that it was seen to complete
    before teach nothing."""
    if attempt.result.code != 0:
        found = state(attempt)
        if found in known:
            return
        support.succeed(*attempt.scenario.args, "--retry-failed",
                        cwd=attempt.folder)
        known.add(found)
    check_whole(attempt.folder / attempt.scenario.made, whole)


def check(attempt, clean, whole, known):
    """What has to hold after a call failed."""
    check_end(attempt, clean)
    scenario, folder = attempt.scenario, attempt.folder
    for source, kept in scenario.start.items():
        if kept != scenario.made:
            assert ((folder / kept).read_bytes()
                    == (attempt.good / source).read_bytes())
    # Who is ended by others takes no lock away.
    lock = set() if attempt.has_ended else {f"{scenario.made}.lock"}
    assert set(attempt.names()) <= set(clean.names()) | lock
    if scenario.args[0] == "point" and attempt.result.code != 0:
        assert attempt.names() == ["study.yaml"]
    if scenario.made is None:
        return
    made = folder / scenario.made
    if made.exists():
        check_file(made, whole)
    if attempt.result.code == 0 or scenario.args[0] == "run":
        check_next(attempt, whole, known)


def turns(n, salt):
    """All of 1 .. n, or a part, or a sample that is spread over them."""
    if WHICH == "all":
        return list(range(1, n + 1))
    if WHICH:
        first, step = map(int, WHICH.split("/"))
        return list(range(first, n + 1, step))
    generator = np.random.default_rng(salt)
    edges = np.linspace(1, n + 1, min(SAMPLE, n) + 1).astype(int)
    return [int(generator.integers(a, b)) for a, b in zip(edges, edges[1:])]


@pytest.mark.parametrize("which", SCENARIOS)
def test_faults(good, tmp_path, which):
    scenario = SCENARIOS[which]
    clean = Attempt(good, tmp_path / "clean", scenario, 0)
    assert clean.result.code == 0, clean.result
    assert len(clean.calls) > 20
    assert clean.left == "0 0 0"
    whole = values(good / "whole.h5")
    known = set()

    def look(k):
        """Was it met, the exit code, and the problem if there is one."""
        name = clean.calls[k - 1]
        folder = tmp_path / f"fault{k}"
        attempt = None
        try:
            attempt = Attempt(good, folder, scenario, k)
            check(attempt, clean, whole, known)
        except (AssertionError, subprocess.TimeoutExpired) as error:
            problem = f"call {k}, {name}: {str(error)[:1500]}"
        else:
            problem = None
            shutil.rmtree(folder)
        return (attempt is not None and len(attempt.calls) >= k,
                attempt and attempt.result.code, problem)

    with concurrent.futures.ThreadPoolExecutor(N_THREADS) as pool:
        seen = list(pool.map(look, turns(len(clean.calls),
                                         list(SCENARIOS).index(which))))
    n_met = sum(is_met for is_met, _, _ in seen)
    codes = collections.Counter(code for _, code, _ in seen)
    problems = [problem for _, _, problem in seen if problem is not None]
    print(f"{which}: {len(clean.calls)} calls, {n_met} of {len(seen)} failed "
          f"in turn, exit codes {dict(codes)}, {len(known)} states resumed")
    assert not problems, f"{len(problems)} problems\n" + "\n".join(
        problems[:10])
    # Two processes make a few calls more or less, as they find each other.
    assert n_met >= 0.9 * len(seen) > 0
    assert n_met == len(seen) or scenario.ranks > 0


def run_with_a_death(good, tmp_path, call):
    """One process dies in its first call of that name. The others wait for it
    with all their might, so that by default there is only one other."""
    env = {**os.environ, "LD_PRELOAD": FAULTS,
           "GOLD_FAULT_RANK": "1", "GOLD_FAULT_KILL": call}
    path = tmp_path / "out.h5"
    args = ("run", good / "study.yaml", "-o", path, "--set", "run.lease=2")
    result = support.run(*args, ranks=3 if WHICH else 2, env=env,
                         launcher=["--enable-recovery"])
    assert result.err.count("goldilocks: ") == 1, result
    assert "must have died" in result.err
    return path, args, result


@pytest.mark.parametrize("call", ["H5Fopen"] + (
    ["MPI_Win_allocate_shared", "MPI_File_open"] if WHICH else []))
def test_a_process_dies_before_the_sweep(good, tmp_path, call):
    """The others do not wait for it for ever, and nothing is lost."""
    path, args, result = run_with_a_death(good, tmp_path, call)
    assert "did not come together" in result.err
    support.succeed(*args)
    check_whole(path, values(good / "whole.h5"))


def test_a_process_dies_at_the_end(good, tmp_path):
    """When all is done, and the others wait for it to close the file."""
    path, _, result = run_with_a_death(good, tmp_path, "fsync")
    assert "finished" in result.out
    check_whole(path, values(good / "whole.h5"))


def symbols(path, *options):
    out = subprocess.run(["nm", "-D", *options, path], check=True,
                         stdout=subprocess.PIPE).stdout.decode()
    return {line.split()[-1].split("@")[0] for line in out.splitlines()}


def test_no_call_is_left_out():
    """Whatever the program calls of HDF5 and of MPI's files is wrapped, but
    these, which cannot fail, come before all else, or are for an assertion."""
    free = {"H5open", "H5dont_atexit", "H5check_version", "H5get_libversion",
            "H5Fget_obj_count"}
    called = {name for name in symbols(shutil.which(support.GOLDILOCKS),
                                       "--undefined-only")
              if re.match(r"H5|MPI_File_|MPI_Win_allocate|aligned_alloc$|"
                          r"[mc]alloc$|realloc$", name)
              and not name.endswith("_g")}
    assert len(called) > 50
    assert called - symbols(FAULTS, "--defined-only") <= free
