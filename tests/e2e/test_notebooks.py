# SPDX-License-Identifier: MIT
"""Every notebook of analysis/notebooks runs, on files that the program makes
here, and the numbers it asserts hold at a small scale."""
import json
import os
import shutil
import subprocess
import sys

import pytest

import support

pytest.importorskip("nbconvert")
pytest.importorskip("ipykernel")
pytest.importorskip("xarray")

ALL = sorted((support.TOP / "analysis/notebooks").glob("*.ipynb"))
# The one that is named, or all.
NOTEBOOKS = [path for path in ALL
             if os.environ.get("GOLDILOCKS_NOTEBOOK", path.stem) == path.stem]


def clone(folder):
    """A folder in which a notebook finds what it has in a checkout."""
    (folder / "analysis/notebooks").mkdir(parents=True)
    (folder / "configs").symlink_to(support.TOP / "configs")
    (folder / "analysis/goldilocks").symlink_to(
        support.TOP / "analysis/goldilocks")
    for path in (support.TOP / "analysis/notebooks").glob("*.csv"):
        shutil.copy(path, folder / "analysis/notebooks")
    return folder / "analysis/notebooks"


def texts(notebook):
    """All that its cells have printed."""
    return "".join("".join(output.get("text", []))
                   for cell in notebook["cells"]
                   for output in cell.get("outputs", []))


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                    reason="no Fashion-MNIST here")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(tmp_path, path):
    place = clone(tmp_path)
    environment = dict(os.environ, GOLDILOCKS_SMALL="1",
                       GOLDILOCKS=shutil.which(support.GOLDILOCKS))
    environment.pop("GOLDILOCKS_RESULTS", None)
    shutil.copy(path, place)
    done = subprocess.run(
        [sys.executable, "-m", "nbconvert", "--to", "notebook", "--execute",
         "--output", place / path.name, path.name],
        cwd=place, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout
    notebook = json.loads((place / path.name).read_text(encoding="utf-8"))
    counts = [cell["execution_count"] for cell in notebook["cells"]
              if cell["cell_type"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    assert any("image/png" in output.get("data", {})
               for cell in notebook["cells"]
               for output in cell.get("outputs", []))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_shipped_as_executed(path):
    """With figures and without errors, and of no machine in particular."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    outputs = [output for cell in notebook["cells"]
               for output in cell.get("outputs", [])]
    assert any("image/png" in output.get("data", {}) for output in outputs)
    assert not any(output["output_type"] == "error" for output in outputs)
    assert "/tmp/" not in texts(notebook)


def test_all_are_there():
    assert len(ALL) == 8 and NOTEBOOKS
