# SPDX-License-Identifier: MIT
"""The scripts under a Python that has not what they need."""
import pathlib
import subprocess
import sys

import pytest

ANALYSIS = pathlib.Path(__file__).resolve().parents[1]
SCRIPTS = ("plot_zone.py", "report.py", "verify_with_torch.py")
# Runs a script where some modules cannot be found.
WITHOUT = """
import runpy, sys, types

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent = sys.argv[1].split(",")
sys.meta_path.insert(0, Absent())
sys.argv = sys.argv[2:]
sys.path[0] = sys.argv[0].rpartition("/")[0]
sys.executable = "/elsewhere/python3"
if "h5py" not in absent:  # the package, which is there, loads for seconds
    hollow = sys.modules["goldilocks"] = types.ModuleType("goldilocks")
    hollow.__path__ = [sys.path[0] + "/goldilocks"]
runpy.run_path(sys.argv[0], run_name="__main__")
"""
ALL = "h5py,h5netcdf,numpy,xarray,pandas,scipy,matplotlib,torch"


def run_without(absent, script, *words):
    return subprocess.run([sys.executable, "-c", WITHOUT, absent,
                           ANALYSIS / script, *words], text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.mark.parametrize("script", SCRIPTS)
def test_help_needs_nothing(script):
    done = run_without(ALL, script, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: {script}")


@pytest.mark.parametrize("script, absent", [
    *((script, "h5py") for script in SCRIPTS), ("report.py", "numpy"),
    ("plot_zone.py", "h5netcdf"), ("plot_zone.py", "matplotlib"),
    ("verify_with_torch.py", "torch")])
def test_what_is_missing_is_said(script, absent):
    done = run_without(absent, script, "some.h5")
    assert done.returncode == 1
    assert done.stderr.startswith(f"/elsewhere/python3 has no module {absent}")
    assert ("/usr/bin/python3, which has it" in done.stderr
            or f"apt-get install python3-{absent}" in done.stderr)
    assert done.stderr.count("\n") == 1


def test_the_package_by_itself():
    """`python3 -m goldilocks`, where nothing comes before its imports."""
    done = subprocess.run(
        [sys.executable, "-S", "-m", "goldilocks", "convert", "a", "-o", "b"],
        cwd=ANALYSIS, text=True, check=False, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"{sys.executable} has no module numpy: ")
