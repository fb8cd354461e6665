# SPDX-License-Identifier: MIT
"""Signs of the curvature of networks with biases, norms and residuals, far to
the right of the zone, in every seed. Exact laws are in tests/prop."""
import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

NORM = "{layer_norm: {affine: false, eps: 0}}"
FORMS = {
    "plain": "{repeat: {times: 2, of: [linear: width, relu]}}, ",
    "before": f"{{repeat: {{times: 2, of: [linear: width, {NORM}, relu]}}}}, ",
    "after": f"{{repeat: {{times: 2, of: [linear: width, relu, {NORM}]}}}}, ",
    "residual": "linear: width, {residual: [linear: width, relu, "
                "linear: width]}, ",
    "pre-norm": f"linear: width, {{residual: [{NORM}, linear: width, relu, "
                "linear: width]}, ",
}
STUDY = """
study: forms
grid: {{seed: {{count: 4}}, scale: [1.0e+5]}}
data: {{set: mixture, classes: 5, features: 8, train: 60, test: 5}}
network: {{layers: [{form}linear: classes], width: 10, init: kaiming-normal,
          bias: {bias}, bias_init: same}}
curvature: {{dense: true}}
run: {{precision: float64}}
"""


def ends(form, bias, folder):
    """Tr/norm of H and of its H-term, by seed."""
    study = support.write(folder / "study.yaml", STUDY.format(
        form=FORMS[form], bias=bias))
    path = folder / f"{form}-{bias}.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        return (file["dense_trace_over_norm"][:, 0],
                file["dense_h_trace_over_norm"][:, 0])


def test_signs(tmp_path):
    """Where softmax is sure, G is gone and the H-term is all there is: of layer
    norm it has a negative trace, of the others none."""
    for form in FORMS:
        for bias in ("false", "true") if form in ("plain", "residual") else (
                "false",):
            c, s = ends(form, bias, tmp_path)
            if form in ("plain", "residual"):
                np.testing.assert_allclose(s, 0, atol=1e-9)
                assert np.all(c > -1e-9)
            else:
                assert np.all(s < -0.05) and s.mean() < -0.3
                assert np.all(c < 0) and c.mean() < -0.3
