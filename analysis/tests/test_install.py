# SPDX-License-Identifier: MIT
"""README's way to install the package needs no network, installs all of it, and
leaves nothing behind."""
import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
from conftest import MORE

pytestmark = pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None
        for name in ("ensurepip", "pip", "setuptools", "wheel")),
    reason="no venv, pip, setuptools or wheel")

ANALYSIS = pathlib.Path(__file__).resolve().parents[1]
IS_LONG = MORE > 1


def commands(prefix):
    """Those of the README, for a prefix of ours and this Python; to the letter
    where the label is long."""
    text = (ANALYSIS.parent / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```sh\n(python3 -m venv .*?)```", text, re.DOTALL)[1]
    assert block.count("~/goldilocks") == 2
    if not IS_LONG:  # most of the time Python unpacks a pip of its own
        for words, quick in (("-m venv ", "-m venv --without-pip "),
                             ("bin/pip ", "bin/python3 -m pip ")):
            assert block.count(words) == 1
            block = block.replace(words, quick)
    return block.replace("python3 ", f"{sys.executable} ", 1).replace(
        "~/goldilocks", str(prefix))


def modes(folder):
    return {path: path.stat().st_mode for path in folder.rglob("*")}


def test_install(tmp_path):
    source = shutil.copytree(ANALYSIS, tmp_path / "analysis",
                             ignore=shutil.ignore_patterns("__pycache__"))
    for path in modes(source):
        path.chmod(path.stat().st_mode & ~0o222)
    before = modes(source)
    done = subprocess.run(
        ["sh", "-eu"], input=commands(tmp_path / "prefix"), cwd=tmp_path,
        env={**os.environ, "PIP_NO_INDEX": "1"}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    assert modes(source) == before
    # The files as they are, so what they import is for the other tests to see.
    shown = subprocess.run(
        [tmp_path / "prefix/bin/python3", "-c",
         "import importlib.util as u; print(u.find_spec('goldilocks').origin)"],
        cwd=tmp_path, stdout=subprocess.PIPE, text=True, check=True).stdout
    assert shown.startswith(str(tmp_path / "prefix"))
    installed = pathlib.Path(shown.strip()).parent

    def files(folder):
        return {path.relative_to(folder): path.read_bytes()
                for path in folder.rglob("*.py")}

    assert files(installed) == files(ANALYSIS / "goldilocks")
