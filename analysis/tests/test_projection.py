# SPDX-License-Identifier: MIT
"""The law of random projections, against random projections."""
import numpy as np
import pytest
from conftest import made

import goldilocks as gold

D = 60


def hessian():
    """A symmetric matrix with outliers, its trace and its norm known."""
    values = np.concatenate([[30.0, 18.0, 9.0], np.linspace(-4.0, 6.0, D - 3)])
    return values, values.sum(), np.sqrt((values ** 2).sum())


@pytest.mark.parametrize("d", [4, 20, 60])
def test_law(d):
    """Mean trace over root mean square norm of 800 bases, within 4 standard
    errors; in all D dimensions exactly, whatever the basis."""
    values, t, norm = hessian()
    random = np.random.default_rng(d)
    traces, squares = np.empty(800), np.empty(800)
    for i in range(800):
        basis = np.linalg.qr(random.normal(size=(D, d)))[0]
        m = (basis.T * values) @ basis
        traces[i], squares[i] = np.trace(m), (m ** 2).sum()
    found = traces.mean() / np.sqrt(squares.mean())
    error = found * np.hypot(
        traces.std() / traces.mean(), squares.std() / squares.mean() / 2
    ) / np.sqrt(800)
    law = gold.trace_over_norm((t / norm) ** 2, d, D)
    assert abs(found - law) <= 4 * error + 1e-12
    if d == D:
        assert law == pytest.approx(t / norm, rel=1e-12)


@pytest.mark.parametrize("size", [np.inf, 1e6, 200.0])
def test_inverse(size):
    R = np.array([0.0, 0.3, 5.0, 50.0, 150.0])
    for d in (5, 50, 100):
        c = gold.trace_over_norm(R, d, size)
        assert np.all(np.diff(c) > 0) and np.all(c < np.sqrt(d))
        np.testing.assert_allclose(gold.ratio(c, d, size), R, rtol=1e-9,
                                   atol=1e-12)


def test_many_parameters_are_the_limit():
    R = np.array([0.1, 3.0, 40.0])
    np.testing.assert_allclose(gold.trace_over_norm(R, 50, 1e9),
                               gold.trace_over_norm(R, 50), rtol=1e-6)
    assert gold.trace_over_norm(50.0, 10) == pytest.approx(
        np.sqrt(500 / 61), rel=1e-12)


def test_largest_there_is():
    assert np.isinf(gold.ratio(np.sqrt(10.0), 10))


def test_project_a_dataset():
    """From 50 dimensions to 10 and back to where it came from; the sign of
    the trace is kept."""
    x = np.array([0.1, 1.0, 10.0])
    ds = made(np.array([[-0.4, 4.0, 1.0]]), x, dim=50)
    back = gold.project(ds, 50)
    np.testing.assert_allclose(back, ds.trace_over_norm.isel(subspace_dim=0),
                               rtol=1e-9)
    ten = gold.project(ds, 10)
    assert np.all(np.sign(ten) == np.sign(back))
    assert np.all(np.abs(ten) < np.abs(back))


def test_project_from_the_whole_hessian():
    ds = made(np.array([[1.0, 4.0, 1.0]]), np.array([0.1, 1.0, 10.0]))
    ds["full_ratio"] = ds.parameters * 0 + 9.0
    ds["full_trace"] = ds.parameters * 0 - 3.0
    np.testing.assert_allclose(gold.project(ds, 10), -np.sqrt(90 / 20),
                               rtol=1e-4)  # of 10^6 parameters
    np.testing.assert_allclose(
        gold.project(ds, 50, dim=50),
        ds.trace_over_norm.isel(subspace_dim=0), rtol=1e-9)
