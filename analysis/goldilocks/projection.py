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
import functools

import numpy as np
import xarray as xr

from .arguments import COUNT, NUMBER, NUMBERS, asked
from .files import largest_dim, pick

MOST_DIMS = 100   # of subspaces whose means are drawn
MOST_TIMES = 4    # R over d up to which they are
DRAWN = 500_000    # numbers for each of them


@asked(R=NUMBERS, d=NUMBERS, D=NUMBERS)
def trace_over_norm(R, d, D=np.inf, sign=1.0):
    """Tr/norm in d dimensions of a Hessian with R = t^2 / F^2."""
    R = np.maximum(R, 0)
    if np.all(np.isinf(D)):
        return sign * np.sqrt(d * R / (R + d + 1))
    share = d * (D - 1) * (D + 2) / (D * ((d * D + D - 2) + (D - d) * R))
    return sign * np.sqrt(share * R)


@asked(c=NUMBERS, d=NUMBERS, D=NUMBERS)
def ratio(c, d, D=np.inf):
    """R = t^2 / F^2 from Tr/norm c in d dimensions; the inverse of
    trace_over_norm. Infinite where |c| is sqrt(d), which is all it can be. Of a
    mean over bases: see mean_ratio."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if np.all(np.isinf(D)):
            return np.where(c ** 2 >= d, np.inf, c ** 2 * (d + 1) / (d - c ** 2))
        rest = d * (D - 1) * (D + 2) - c ** 2 * D * (D - d)
        return np.where(rest <= 0, np.inf, c ** 2 * D * (d * D + D - 2) / rest)


@asked(c=NUMBERS, d=NUMBER)
def mean_ratio(c, d):
    """R from a mean of Tr/norm over many bases of d dimensions.

    The law above is of a ratio of expectations, and a mean of ratios is another
    number where few eigenvalues count: of rank one Tr/norm is 1 in every basis,
    and the law then says R = 1.22 in ten dimensions. So the mean is that of a
    Hessian of R equal eigenvalues, one of them smaller where R is between whole
    numbers, or below 1 of one in noise, by bases at random; D is taken for large.
    Above MOST_DIMS dimensions, where it is off by less, the law stands.
    """
    c = np.asarray(c, float)
    if d > MOST_DIMS:
        return ratio(c, d)
    logs, means = table_of_means(int(d))
    found = np.exp(np.interp(np.abs(c), means, logs))
    ends = np.abs(c) < means[0], np.abs(c) > means[-1]
    return np.where(ends[0] | ends[1] | np.isnan(c), ratio(c, d), found)


@functools.lru_cache(maxsize=64)
def table_of_means(d):
    """log R, ascending, and the mean of Tr/norm in d dimensions."""
    R = np.concatenate([np.geomspace(0.01, 1, 9), np.geomspace(
        1, MOST_TIMES * d, 16)[1:]])
    means = np.array([mean_of_noise(d, r) if r < 1 else mean_of_equals(d, r)
                      for r in R])
    return np.log(R), np.maximum.accumulate(means)


def mean_of_equals(d, R):
    """Of whole[R] equal eigenvalues and one that makes up for the rest."""
    k = int(R)
    rest = R - k
    # (k + a)^2 / (k + a^2) = R
    last = (k - np.sqrt(max(k * k - (R - 1) * k * rest, 0.0))) / (R - 1) \
        if rest > 1e-12 else 0.0
    n = int(np.clip(DRAWN / (d * (k + 1)), 60, 4000))
    random = np.random.default_rng(0)
    x = random.normal(size=(n, k + 1, d))
    x[:, k] *= np.sqrt(last)
    few = x @ x.swapaxes(1, 2) if k + 1 < d else x.swapaxes(1, 2) @ x
    trace = np.trace(few, axis1=1, axis2=2)
    return float(np.mean(trace / np.sqrt((few ** 2).sum(axis=(1, 2)))))


def mean_of_noise(d, R):
    """Of one eigenvalue in a noise of many of either sign, without a trace."""
    n = int(np.clip(DRAWN / (d * d), 60, 4000))
    random = np.random.default_rng(0)
    x, noise = random.normal(size=(n, d)), random.normal(size=(n, d, d))
    both = x[:, :, np.newaxis] * x[:, np.newaxis] + np.sqrt(
        (1 / R - 1) / 2) * (noise + noise.swapaxes(1, 2))
    trace = np.trace(both, axis1=1, axis2=2)
    return float(np.mean(trace / np.sqrt((both ** 2).sum(axis=(1, 2)))))


@asked(d=COUNT)
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
