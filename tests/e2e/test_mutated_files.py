# SPDX-License-Identifier: MIT
"""Files changed at random (tests/fuzz/mutated_files.c): no command crashes or
hangs on one, none ends with 0 and a number that `verify` does not find wrong.

GOLDILOCKS_MUTATIONS of each kind of file, from number GOLDILOCKS_MUTATION on.
HDF5 does crash on some: a process of its own reads first, and its end is a
message. Under sanitizers files of samples and parameters are tried for
GOLDILOCKS_MUTATION_SECONDS, and no report may blame our code in that process."""
import os
import re
import subprocess

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

MUTATED_FILES = os.environ.get("GOLDILOCKS_MUTATED_FILES", "")
COUNT = int(os.environ.get("GOLDILOCKS_MUTATIONS",
                           "20" if support.IS_QUICK else "60"))
# In all, for each way to store samples; sanitizers tell why a process ended.
SECONDS = float(os.environ.get("GOLDILOCKS_MUTATION_SECONDS", "60")
                if support.IS_QUICK else 0) / 3
REPORTS = ("handle_segv=2:handle_sigbus=2:handle_sigfpe=2:handle_abort=2:"
           "log_path=report")
FIRST = int(os.environ.get("GOLDILOCKS_MUTATION", "1"))
# What HDF5 may take, and what the program has anyway; sanitizers take more.
MOST_KIB = 200 << 10
STUDY = """\
study: mutated
grid: {seed: {count: 2}, scale: [0.5, 2]}
data: {set: circles, train: 20, test: 10}
network: {width: 3, depth: 1}
curvature: {subspace: {dim: [2]}, split: false}
"""

pytestmark = pytest.mark.skipif(not os.path.exists(MUTATED_FILES),
                                reason="no program that changes files")


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    study = support.write(folder / "study.yaml", STUDY)
    support.succeed("run", study, "-o", folder / "native.h5", "--quiet")
    support.succeed("point", study, "--at", "seed=1,scale=2", "-o",
                    folder / "point.h5")
    with h5py.File(folder / "native.h5") as file:
        copy(file, folder / "old.h5")
        copy(file, folder / "packed.h5", chunks=True, compression="gzip",
             shuffle=True, fletcher32=True)
    return folder


def copy(file, path, **options):
    """A copy in HDF5's oldest format, whose metadata bear no checksums."""
    with h5py.File(path, "w", libver="earliest") as made:
        made.attrs.update(file.attrs)
        for group in ("/", "/sessions"):
            for name, item in file[group].items():
                if isinstance(item, h5py.Dataset):
                    made.create_dataset(f"{group}/{name}", data=item[()],
                                        **(options if item.shape else {}))


def is_ours(report):
    """Is the code that failed ours, or the memory that it missed? Of each
    stack the first frame that is HDF5's or from our sources says it; of no
    stack nobody knows."""
    owners = [re.search(r"/src/\w+/\w+\.[ch]|hdf5", stack)
              for stack in re.split(r"\n\s*\n", report) if " #0 " in stack]
    return not owners or any(owner is None or owner[0] != "hdf5"
                             for owner in owners)


def test_blame():
    """Whose fault a report is."""
    theirs = "    #0 0x7 in memcpy x.inc:8\n    #1 0x5 in H5VM (libhdf5.so+1)\n"
    ours = "    #0 0x7 in memcpy x.inc:8\n    #1 0x5 in f ../src/store/rows.c:4\n"
    assert not is_ours(f"SEGV\n{theirs}    #2 0x6 in g ../src/a/b.c:1\n\nHINT")
    assert is_ours(f"overflow\n{ours}    #2 H5D (libhdf5.so)\n\nSUMMARY")
    assert is_ours(f"overflow\n{theirs}\nallocated by\n{ours}") and is_ours("")


def mutate(kind, path, folder, count, seconds=0):
    options = os.environ.get("ASAN_OPTIONS", "")
    done = subprocess.run([MUTATED_FILES, kind, path, str(FIRST), str(count),
                           str(seconds)], cwd=folder, stdout=subprocess.PIPE,
                          env={**os.environ, "ASAN_OPTIONS":
                               f"{options}:{REPORTS}"},
                          timeout=support.LIMIT * 10, check=False)
    words = done.stdout.decode(errors="replace")
    print(words)
    assert done.returncode == 0, words
    reports = [path.read_text(errors="replace")
               for path in folder.glob("report.*")]
    print(f"{len(reports)} reports of sanitizers")
    assert not [text for text in reports if is_ours(text)]
    if not support.IS_QUICK:
        assert int(words.split(" KiB")[0].split()[-1]) < MOST_KIB, words
    return words


@pytest.mark.parametrize("name", ["native", "old", "packed"])
def test_result(tmp_path, good, name):
    mutate("result", good / f"{name}.h5", tmp_path, COUNT)
    # What can be read can be gone on with, or not.
    for path in sorted(tmp_path.glob("read-*.h5"))[:COUNT // 60]:
        result = support.run("run", good / "study.yaml", "-o", path)
        assert result.code in (0, 4), result


def test_point(tmp_path, good):
    mutate("point", good / "point.h5", tmp_path, COUNT)


@pytest.mark.parametrize("name", ["native", "old", "packed"])
def test_samples(tmp_path, name):
    options = ({"chunks": True, "compression": "gzip", "shuffle": True}
               if name == "packed" else {})
    with h5py.File(tmp_path / "own.h5", "w", libver=(
            "latest" if name == "native" else "earliest")) as file:
        file.attrs.update({"name": "own", "class_names": ["a", "b"]})
        for half, n in (("train", 40), ("test", 20)):
            places = np.arange(n * 6)
            file.create_dataset(f"{half}/inputs", **options,
                                data=np.sin(places).reshape(n, 1, 2, 3))
            file.create_dataset(f"{half}/labels", **options,
                                data=places[:n] % 2)
        file.create_dataset("parameters/theta", **options,
                            data=np.cos(places).reshape(12, 10))
        file["parameters/shapes"] = [[4, 1, 2, 1], [2, 0, 0, 0]]
        file["parameters/names"] = np.array([b"a", b"b"], "S64")
        file["parameters/points"] = np.array([b"p"] * 12, "S64")
    mutate("data", tmp_path / "own.h5", tmp_path, COUNT, SECONDS)


def test_checkpoint(tmp_path):
    mutate("checkpoint", "made", tmp_path, COUNT)
