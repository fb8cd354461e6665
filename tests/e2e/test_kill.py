# SPDX-License-Identifier: MIT
"""SIGKILL of everything, at any instant: the file opens, what it marks done is
right, and the same command completes it to what an uninterrupted run makes."""
import json
import random
import time

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

N_KILLS = 5 if support.IS_QUICK else 20
STUDY = f"""
study: kill
grid: {{width: [12, 24], seed: {{count: 40}}, scale: [0.1, 0.5, 1, 2, 10]}}
data: {{set: circles, train: {200 if support.IS_QUICK else 600}, test: 100,
       normalize: none}}
network: {{activation: tanh, depth: 2}}
curvature: {{subspace: {{dim: [5, 20]}}}}
"""
WORK = {"seconds_measure", "rank_measure", "attempts_measure"}
DONE = 1


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return support.write(tmp_path_factory.mktemp("kill") / "study.yaml", STUDY)


@pytest.fixture(scope="module")
def whole(study):
    """An uninterrupted run, and how long it took."""
    path = study.with_name("whole.h5")
    began = time.monotonic()
    support.succeed("run", study, "-o", path, "--quiet", ranks=3)
    seconds = time.monotonic() - began
    return read(path), seconds


def read(path):
    with h5py.File(path) as file:
        shape = file["status_measure"].shape
        return {name: item[()] for name, item in file.items()
                if isinstance(item, h5py.Dataset) and name not in WORK
                and item.shape[:len(shape)] == shape}


def assert_done_is_right(path, whole):
    """Returns how many points are done."""
    found = read(path)
    done = found["status_measure"] == DONE
    assert set(found) == set(whole)
    for name, values in found.items():
        ours, theirs = values[done], whole[name][done]
        assert ours.dtype == theirs.dtype
        assert ours.tobytes() == theirs.tobytes(), name
    return int(done.sum())


def instants():
    """Spread over the run, at random within its parts, in random order."""
    rng = random.Random(12345)
    found = [(i + rng.random()) / N_KILLS for i in range(N_KILLS)]
    rng.shuffle(found)
    return found


@pytest.mark.parametrize("instant", instants(), ids="{:.3f}".format)
def test_kill(study, whole, tmp_path, instant):
    values, seconds = whole
    path = tmp_path / "killed.h5"
    process = support.start("run", study, "-o", path, "--quiet", ranks=3)
    time.sleep(instant * seconds)
    support.kill_all(process)
    if path.exists():
        assert_done_is_right(path, values)
        status = support.succeed("status", path, "--json")
        assert json.loads(status.out)["points"]["total"] == 400
    # What a crash leaves must not stand in the way of the same command. A
    # file that was not yet complete keeps its temporary name.
    support.succeed("run", study, "-o", path, "--quiet", ranks=3)
    n_done = assert_done_is_right(path, values)
    assert n_done == values["status_measure"].size
    assert np.all(read(path)["status_measure"] == DONE)
    assert all(p == path or p.name.startswith("killed.h5.tmp-")
               for p in tmp_path.iterdir())
