# SPDX-License-Identifier: MIT
"""`pip install ./analysis` needs no network and installs what imports."""
import importlib.util
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None
        for name in ("pip", "setuptools", "wheel")),
    reason="no pip, setuptools or wheel")

ANALYSIS = pathlib.Path(__file__).resolve().parents[1]


def test_install(tmp_path):
    # pip builds beside the sources, which may be read-only: in a copy.
    source = shutil.copytree(ANALYSIS, tmp_path / "analysis",
                             ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path / "installed"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--no-build-isolation",
         "--no-index", "--no-deps", "--target", target, source],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False)
    assert done.returncode == 0, done.stdout
    environment = dict(os.environ, PYTHONPATH=str(target))
    shown = subprocess.run(
        [sys.executable, "-c",
         "import goldilocks.plots; print(goldilocks.__file__)"],
        env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        check=True).stdout
    assert shown.startswith(str(target))
    names = {path.name for path in ANALYSIS.glob("goldilocks/**/*.py")}
    assert names == {path.name for path in target.glob("goldilocks/**/*.py")}
