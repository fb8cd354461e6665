# SPDX-License-Identifier: MIT
"""Every command of README.md runs, in a folder that has what a clone has.

A comment before a block says what else to do with it:
  <!-- test: file NAME -->     write the block to NAME, for later blocks
  <!-- test: script PATH -->   too long for here: PATH has to be what the block
                               runs, and a shell has to be able to read it
  <!-- test: syntax -->        a shell has to be able to read it, and the study
                               it names has to be there
  <!-- test: skip, WHY -->     do nothing
Blocks of sh and python without one are run, in order, in one folder.
"""
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import support

xr = pytest.importorskip("xarray")
pytest.importorskip("h5netcdf")
matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
plt = pytest.importorskip("matplotlib.pyplot")

README = (support.TOP / "README.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"(?:<!-- test: ([^>]*?) -->\n)?```(\w+)\n(.*?)```\n",
                   re.DOTALL)
TEST_NAME = re.compile(r"`((?:unit|prop|mpi|e2e)(?:\.\w+)+)`")
PATH = re.compile(r"`((?:configs|jobs|analysis|tests|src|include)/[\w./-]*)`")


def blocks():
    found = [(match[1] or "", match[2], match[3])
             for match in BLOCK.finditer(README)]
    assert len(found) == README.count("```") // 2
    return found


@pytest.fixture(scope="module", name="clone")
def fixture_clone(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clone")
    for name in ("configs", "jobs", "analysis", "tests", "src"):
        (folder / name).symlink_to(support.TOP / name)
    (folder / "build").mkdir()
    (folder / "build" / "goldilocks").symlink_to(
        shutil.which(support.GOLDILOCKS))
    return folder


def run(words, text, folder):
    environment = dict(os.environ, MPLBACKEND="Agg")
    # `python3` is to be the Python that runs this test.
    tools = folder / "tools"
    tools.mkdir(exist_ok=True)
    if not (tools / "python3").exists():
        (tools / "python3").symlink_to(sys.executable)
    environment["PATH"] = f"{tools}:{environment['PATH']}"
    done = subprocess.run(words, input=text, text=True, cwd=folder,
                          env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, f"{words} ended with {done.returncode}:\n" \
        f"{text}\n{done.stdout}"
    return done.stdout


def smaller(study):
    """The same study of fewer samples, units, radii and steps: its commands are
    what is tested. Of less gold.fit_law would not tell a power from noise."""
    for old, new in ((": 500 ", ": 100 "), (": 500\n", ": 100\n"),
                     ("width: 100 ", "width: 50 "), ("count: 25,", "count: 17,"),
                     ("steps: 50 ", "steps: 10 ")):
        assert old in study
        study = study.replace(old, new)
    return study


def check_script(path, text, folder):
    assert text.split() == ["sh", path]
    run(["sh", "-n", path], "", folder)
    assert os.access(folder / path, os.X_OK), f"{path} cannot be executed"


def check_syntax(text, folder):
    run(["sh", "-n"], text, folder)
    for name in re.findall(r"\S+\.yaml", text):
        assert (folder / name).exists(), f"no {name}"


def check_parts(folder):
    """What the text says to look at is there, for terminal and page."""
    parts = set(re.findall(r"`--at ([^`]+)`", README))
    assert len(parts) >= 2
    for part in parts:
        for command in ("build/goldilocks summary results/my-study.h5",
                        "python3 analysis/report.py results/my-study.h5 "
                        "--overwrite -o part.html"):
            run(["sh", "-eu", "-s"], f"{command} --at '{part}'", folder)


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                    reason="no Fashion-MNIST here")
def test_every_block(clone):
    n_run = 0
    for note, language, text in blocks():
        word, _, rest = note.partition(" ")
        if word == "file":
            (clone / rest).write_text(smaller(text), encoding="utf-8")
        elif word == "script":
            check_script(rest, text, clone)
        elif word == "syntax":
            check_syntax(text, clone)
        elif word == "" and language == "sh":
            run(["sh", "-eu", "-s"], text, clone)
            n_run += 1
        elif word == "" and language == "python":
            run([sys.executable, "-W", "error::SyntaxWarning", "-"], text,
                clone)
            n_run += 1
        else:
            assert word == "skip,", f"nothing is done with: {note} {language}"
    assert n_run >= 4
    check_parts(clone)
    assert (clone / "figures" / "my-study.png").stat().st_size > 10000
    assert (clone / "results" / "parallel.h5").exists()


def test_every_command_is_shown():
    help_text = support.succeed("--help").out
    commands = re.findall(r"^  goldilocks (\w+)", help_text, re.MULTILINE)
    assert len(commands) >= 8
    for command in commands:
        assert f"goldilocks {command}" in README, command


def test_every_named_file_is_there():
    names = PATH.findall(README)
    assert len(names) >= 5
    for name in names:
        assert (support.TOP / name).exists(), name


def test_every_variable_is_defined():
    """Names in the page are those of the schema and none is left out."""
    schema = "".join(
        (support.TOP / "include/goldilocks" / name).read_text(encoding="utf-8")
        for name in ("schema.h", "full_variables.h", "tracks.h"))
    schema = re.sub(r"\s*\\\n\s*", " ", schema)
    in_schema = set(re.findall(r'X\(\w+, "(\w+)"', schema))
    in_schema |= set(re.findall(r'NAME##\w+, name "(\w+)"', schema))
    in_schema |= {"".join(parts) for parts in
                  re.findall(r'##\w+, "(full_|dense_)" name "(\w+)"', schema)}
    in_schema |= {f"trajectory_{of}{name}" for of in ("", "layer_") for name in
                  re.findall(r'##\w+, "trajectory_" name "(\w+)"', schema)}
    table = (support.TOP / "analysis/VARIABLES.md").read_text(encoding="utf-8")
    in_table = set(re.findall(r"`(\w+)`", "\n".join(
        row.split("|")[1] for row in table.splitlines()
        if row.startswith("| `"))))
    work = {name for name in in_table
            if name.endswith(("_measure", "_train"))}
    assert len(in_schema) >= 20
    assert in_table - work == in_schema


def test_every_named_test_is_there():
    folder = pathlib.Path(shutil.which(support.GOLDILOCKS)).resolve().parent
    if not (folder / "CTestTestfile.cmake").exists():
        pytest.skip("no tests beside this executable")
    listed = subprocess.run(["ctest", "--test-dir", str(folder), "-N"],
                            stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    names = TEST_NAME.findall(README)
    assert len(names) >= 10
    # Calls fail in builds without sanitizers only: both replace malloc.
    has_faults = not re.search(r"^GOLD_SANITIZE:\w+=.", (
        folder / "CMakeCache.txt").read_text(), re.MULTILINE)
    for name in names:
        if name.endswith(".faults") and not has_faults:
            continue
        assert re.search(rf": {re.escape(name)}(\.|$)", listed,
                         re.MULTILINE), name


def expressions():
    """What the README draws of trainings, each by one expression."""
    start = README.index("# Curvature at the start and how training")
    block = README[start:README.index("```", start)]
    return re.split(r"(?:^#.*\n)+", block, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("number", range(3))
def test_expressions_show_every_point(tmp_path, number):
    study = support.write(tmp_path / "study.yaml", """
study: points
grid: {depth: [1, 2], seed: {count: 3}, relative_radius: [0.1, 1, 10, 100]}
data: {set: circles, train: 60, test: 30, normalize: none}
network: {width: 16}
curvature: {subspace: {dim: [5, 10, 50]}}
train: {steps: 5, log: {every: 1}}
""")
    support.succeed("run", study, "-o", tmp_path / "points.h5", "--quiet")
    assert len(expressions()) == 3
    with xr.open_dataset(tmp_path / "points.h5", engine="h5netcdf") as ds:
        axes = plt.figure().gca()
        drawn = eval(expressions()[number], {"ds": ds.load()})
    if isinstance(drawn, list):
        assert len(drawn) == 2
        assert all(len(line.get_xdata()) == 4 for line in drawn)
    else:
        assert len(drawn.get_offsets()) == 2 * 3 * 4
    assert axes.get_xlabel()
    plt.close("all")
