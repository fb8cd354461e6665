# SPDX-License-Identifier: MIT
"""Several claims at once: p-values that count how many there are, and bands
that hold for a whole curve."""
import numpy as np
import xarray as xr

from .arguments import NUMBERS, asked, known
from .intervals import BLOCK

# Of a whole curve; its 95 % point is known to 0.3 % of a standard error.
N_CURVES = 2000
MOST_FREEDOM = 60  # what scatter in the denominator is drawn with, at most


@asked(p=NUMBERS)
def holm(p):
    """p-values of any shape corrected for there being so many: those below a
    level are wrong, any of them, no more often than the level says, whatever
    the tests have to do with each other. NaN are no tests. A DataArray keeps
    its coordinates. (S. Holm, A simple sequentially rejective multiple test
    procedure, Scandinavian Journal of Statistics 6, 1979.)
    """
    return corrected(p, lambda sorted_p, n: np.maximum.accumulate(
        sorted_p * np.arange(n, 0, -1)))


@asked(p=NUMBERS)
def fdr(p):
    """p-values of any shape corrected for the share of false claims among those
    below a level, where tests are independent or go together. (Y. Benjamini and
    Y. Hochberg, Controlling the false discovery rate, Journal of the Royal
    Statistical Society B 57, 1995.)
    """
    return corrected(p, lambda sorted_p, n: np.minimum.accumulate(
        (sorted_p * n / np.arange(1, n + 1))[::-1])[::-1])


def corrected(p, rule):
    """p-values of any shape by a rule for sorted ones [n]."""
    flat = np.asarray(p, float).ravel()
    found = np.full(flat.shape, np.nan)
    order = np.argsort(flat)[:np.count_nonzero(~np.isnan(flat))]
    found[order] = np.minimum(rule(flat[order], len(order)), 1.0)
    if isinstance(p, xr.DataArray):
        return p.copy(data=found.reshape(p.shape)).assign_attrs(
            long_name="p-value, corrected for all in the family", units="1")
    return found.reshape(np.shape(p))


ADJUSTMENTS = {"holm": holm, "fdr": fdr}


def step_down(draws, observed, is_exact):
    """p-values of a family of statistics [n] from blocks of joint draws [m, n]
    of what they are by chance: the highest against the largest of all, the next
    against the largest of the rest. (P. H. Westfall and S. S. Young,
    Resampling-based multiple testing, 1993.)
    """
    observed = np.nan_to_num(np.abs(observed))
    order = np.argsort(observed)  # ascending: maxima accumulate from the left
    n_beyond, n = 0, 0
    for block in draws:
        largest = np.maximum.accumulate(
            np.nan_to_num(np.abs(block))[:, order], axis=1)
        n_beyond = n_beyond + np.count_nonzero(
            largest >= observed[order] * (1 - 1e-12), axis=0)
        n += len(block)
    p = n_beyond / n if is_exact else (n_beyond + 1) / (n + 1)
    found = np.empty(len(p))
    found[order[::-1]] = np.maximum.accumulate(p[::-1])
    return found


def simultaneous_reach(values, level):
    """Standard errors that a band over all of the curves [seeds, points] reaches
    to either side, so that it holds everywhere at once at the level.

    The largest t of as many seeds of normal curves that scatter together as
    these do. Their correlation is known from few seeds, so that a part 1/seeds
    of it is given up.
    """
    n, n_points = values.shape
    off = values - values.mean(axis=0)
    size = np.sqrt(np.mean(off ** 2, axis=0))
    off = np.divide(off, size, out=np.zeros_like(off), where=size > 0)
    root = np.linalg.cholesky((1 - 1 / n) * (off.T @ off) / n
                              + np.eye(n_points) / n)
    freedom = min(n - 1, MOST_FREEDOM)
    random = np.random.default_rng(0)
    step = max(BLOCK // (freedom * n_points), 1)
    largest = []
    for start in range(0, N_CURVES, step):
        curves = random.standard_normal(
            (min(step, N_CURVES - start), 1 + freedom, n_points)) @ root.T
        scatter = np.sqrt(np.mean(curves[:, 1:] ** 2, axis=1))
        largest.append((np.abs(curves[:, 0]) / scatter).max(axis=1))
    return float(np.quantile(np.concatenate(largest), level))


def adjusted(p, method):
    """p-values by the name of a correction."""
    return ADJUSTMENTS[known("correction", method, ADJUSTMENTS)](p)
