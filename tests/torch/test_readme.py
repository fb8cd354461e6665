# SPDX-License-Identifier: MIT
"""README's way from PyTorch is run: what it reads is what its model computes."""
import os
import pathlib
import re
import subprocess
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
h5py = pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]


def test_from_torch(tmp_path):
    text = (TOP / "README.md").read_text(encoding="utf-8")
    block = re.search(r"### From and to PyTorch\n.*?```python\n(.*?)```", text,
                      re.DOTALL)[1]
    (tmp_path / "analysis").symlink_to(TOP / "analysis")
    check = ("from torch.nn import utils\n"
             "v = utils.parameters_to_vector(model.parameters())\n"
             "assert abs(float(ds.alpha[0]) * float(v.norm()) - 1) < 1e-5\n"
             "assert (ds.status_measure == 1).all()\n")
    subprocess.run([sys.executable, "-"], input=block + check, text=True,
                   cwd=tmp_path, check=True, env=dict(os.environ))
    with h5py.File(tmp_path / "weights.h5") as file:
        assert file["parameters/theta"].shape == (1, 2 * 8 + 8 + 8 * 3 + 3)
        np.testing.assert_array_equal(file["parameters/names"][()][0],
                                      b"0.weight")
