# SPDX-License-Identifier: MIT
"""What verify_with_torch.py says of what it judges, and of what it only shows."""
import pathlib
import subprocess
import sys

import pytest

import goldilocks as gold

pytest.importorskip("torch")
SCRIPT = pathlib.Path(__file__).resolve().parents[1] / "verify_with_torch.py"
STUDY = """
study: verified
grid: {seed: [3]}
data: {set: moons, train: 20, test: 6}
network: {width: 4, depth: 1}
curvature:
  at: [start, {step: 2}, {step: 5}, end]
  subspace: {dim: 3}
  boundary: {eigenvectors: 2}
train: {steps: 6}
"""
PARTS = ("training of 6 steps", "where training ended",
         "on the way, after steps 2, 5: the worst of them")
SHOWN = "not judged, for which `run: {precision: float64}` is needed"


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_what_is_judged(tmp_path, precision):
    """A training, and the steps on its way, in float64; counted are those that
    are."""
    try:
        gold.running.program()
    except FileNotFoundError as error:
        pytest.skip(str(error))
    path = gold.point(STUDY, tmp_path / "p.h5", run__precision=precision)
    said = subprocess.run([sys.executable, SCRIPT, path], text=True, check=True,
                          stdout=subprocess.PIPE).stdout
    lines = [line.removeprefix(f"{path}: ") for line in said.splitlines()]
    rows = [line.split()[0] for line in lines if line.startswith("  ")]
    heads = [line for line in lines if not line.startswith("  ")]
    for part in PARTS:
        is_shown = precision == "float32" and "ended" not in part
        assert f"{part}, " + (SHOWN if is_shown else "tolerance 1e-0" if precision
                              == "float64" else "tolerance 0.0001") in "\n".join(heads)
    shown = [name for name in rows if name.startswith(("train/", "moments/"))]
    assert {"moments/curvature/trace", "moments/boundary/margin",
            "train/final_theta"} <= set(shown)
    n = len(rows) - len(shown) * (precision == "float32")
    assert heads[-1].startswith(f"judged {n} arrays, 0 beyond the tolerance; " + (
        f"{len(shown)} more {SHOWN}; " if precision == "float32" else "")
        + "not recomputed: ")
