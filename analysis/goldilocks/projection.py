# SPDX-License-Identifier: MIT
"""The law of random projections: curvature in subspaces of other dimensions.

H, D by D, has trace t and Frobenius norm F; R = t^2 / F^2. In a random subspace
of d orthonormal directions, uniform among all,

    E Tr(M'HM)      = d t / D,
    E |M'HM|_F^2    = d [(d D + D - 2) F^2 + (D - d) t^2] / (D (D - 1) (D + 2)),

and Tr/norm is close to the ratio of the two, sign(t) sqrt(d R / (R + d + 1))
for D much larger than d. So Tr/norm in one subspace tells R, and R tells Tr/norm
in all others: curves of different d are one curve.
"""
import numpy as np
import xarray as xr

from .files import largest_dim, pick


def trace_over_norm(R, d, D=np.inf, sign=1.0):
    """Tr/norm in d dimensions of a Hessian with R = t^2 / F^2."""
    R = np.maximum(R, 0)
    if np.all(np.isinf(D)):
        return sign * np.sqrt(d * R / (R + d + 1))
    share = d * (D - 1) * (D + 2) / (D * ((d * D + D - 2) + (D - d) * R))
    return sign * np.sqrt(share * R)


def ratio(c, d, D=np.inf):
    """R = t^2 / F^2 from Tr/norm c in d dimensions; the inverse of
    trace_over_norm. Infinite where |c| is sqrt(d), which is all it can be."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.all(np.isinf(D)):
            return np.where(c ** 2 < d, c ** 2 * (d + 1) / (d - c ** 2), np.inf)
        rest = d * (D - 1) * (D + 2) - c ** 2 * D * (D - d)
        return np.where(rest > 0, c ** 2 * D * (d * D + D - 2) / rest, np.inf)


def project(ds, d, dim=None):
    """Tr/norm to expect in random subspaces of d dimensions, at every point.

    From `full_ratio` and `full_trace`, the R and the trace of the whole
    Hessian, where the study has them; else from Tr/norm in the subspace `dim`
    (default the largest), which for a single point is itself a random number:
    average over seeds first where |c| is small, as `ratio(c.mean("seed"), d)`.
    """
    D = pick(ds, "parameters")
    if dim is None and "full_ratio" in ds:
        R, sign = pick(ds, "full_ratio"), np.sign(pick(ds, "full_trace"))
    else:
        source = largest_dim(ds, dim)
        c = pick(ds, "trace_over_norm", source)
        R, sign = xr.apply_ufunc(ratio, c, source, D), np.sign(c)
    found = xr.apply_ufunc(trace_over_norm, R, d, D, sign)
    found.attrs = {"long_name": f"trace over norm expected in {d} random "
                   "dimensions", "units": "1"}
    return found.rename(f"trace_over_norm_{d}")
