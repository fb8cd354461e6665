# SPDX-License-Identifier: MIT
"""Every notebook of analysis/notebooks runs, on files that the program makes
here, and the numbers it asserts hold at a small scale."""
import json
import os
import shutil

import pytest

import support

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("xarray")

ALL = sorted((support.TOP / "analysis/notebooks").glob("*.ipynb"))
# Those that begin with one of these digits, or all.
NOTEBOOKS = [path for path in ALL if path.stem[0] in os.environ.get(
    "GOLDILOCKS_NOTEBOOKS", path.stem[0])]


def clone(folder):
    """A folder in which a notebook finds what it has in a checkout."""
    (folder / "analysis/notebooks").mkdir(parents=True)
    (folder / "configs").symlink_to(support.TOP / "configs")
    (folder / "analysis/goldilocks").symlink_to(
        support.TOP / "analysis/goldilocks")
    for path in (support.TOP / "analysis/notebooks").glob("*.csv"):
        shutil.copy(path, folder / "analysis/notebooks")
    return folder / "analysis/notebooks"


# Figures as large as they are: to cut them to what they show, they are laid out
# twice.
CONFIG = 'c.InlineBackend.print_figure_kwargs = {"bbox_inches": None}'


def texts(notebook):
    """All that its cells have printed."""
    return "".join("".join(output.get("text", []))
                   for cell in notebook["cells"]
                   for output in cell.get("outputs", []))


@pytest.fixture(scope="module", name="kernel")
def fixture_kernel(tmp_path_factory):
    """Runs cells as nbconvert --execute does: one for all, that loads the
    package and what it needs once."""
    place = tmp_path_factory.mktemp("ipython")
    (place / "profile_default").mkdir()
    support.write(place / "profile_default/ipython_kernel_config.py", CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("IPYTHONDIR", str(place))
        patch.setenv("GOLDILOCKS_SMALL", "1")
        patch.setenv("GOLDILOCKS", shutil.which(support.GOLDILOCKS))
        for name in ("MNIST", "FASHION_MNIST"):
            folder = getattr(support, name)
            if folder.is_dir():
                patch.setenv(f"GOLDILOCKS_{name}", str(support.few(folder)))
        patch.delenv("GOLDILOCKS_RESULTS", raising=False)
        client = nbclient.NotebookClient(nbformat.v4.new_notebook(),
                                         timeout=None)
        with client.setup_kernel():
            yield client


def execute(client, cells):
    client.reset_execution_trackers()
    client.nb.cells = cells
    for index, cell in enumerate(cells):
        client.execute_cell(cell, index, execution_count=1 + (
            client.code_cells_executed))


@pytest.mark.skipif(not support.FASHION_MNIST.is_dir(),
                    reason="no Fashion-MNIST here")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(kernel, tmp_path, path):
    place = clone(tmp_path)
    execute(kernel, [nbformat.v4.new_code_cell(
        f"%reset -f\n%cd -q {place}")])
    notebook = nbformat.read(path, 4)
    execute(kernel, notebook.cells)
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
    assert len(ALL) == 9 and NOTEBOOKS
