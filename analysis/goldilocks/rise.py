# SPDX-License-Identifier: MIT
"""Does a curve of Tr/norm rise above 0, or is it chance?

Each run of three neighbouring radii is one look, and gives one number a seed,
its mean. A look has to be higher than signs that are chance can make it, or, from
five seeds on, than scatter like that of all looks can, and than nearly all other
ways to flip the signs of seeds. `src/app/rise.h` derives it; tests hold the two
against each other.
"""
import functools
import typing

import numpy as np
import scipy.special

LOOK = 3         # neighbouring radii of a look
FEWEST = 3       # seeds that say something of scatter
AROUND = 4       # looks on either side that scatter much the same
NAMED_P = 0.05   # up to which a zone is named
ENOUGH = 5       # seeds whose agreement counts
BLOCKS = 10      # of seeds whose signs are flipped together
SAME = 1e-9      # heights that differ by rounding
OF_SIGNS = 3.178  # times the normal tail: no weighted sum of signs has more


class Rise(typing.NamedTuple):
    """Does a curve rise above 0? `p_value`: how likely chance is as high
    anywhere, NaN without three radii that have numbers; `is_above`: radii of
    the looks that pass by themselves; `n_seeds`: at most, behind a look."""
    p_value: float
    is_above: np.ndarray
    n_looks: int
    n_seeds: int


def mean_of_seeds(values):
    """Mean of each column [seeds, ...]; NaN is passed over. Summed in the order
    of seeds, as the C program does: means that are equal there are so here."""
    is_there = np.isfinite(values)
    total = functools.reduce(np.add, np.where(is_there, values, 0.0))
    with np.errstate(invalid="ignore"):
        return total / is_there.sum(axis=0)


def rise(values, dim):
    """The test of curves [seeds, radii] of Tr/norm in `dim` dimensions."""
    n_radii = values.shape[1]
    places = np.flatnonzero(np.isfinite(values).any(axis=0))
    n_looks = max(len(places) - LOOK + 1, 0)
    at = places[np.arange(n_looks)[:, np.newaxis] + np.arange(LOOK)]
    numbers = sum(values[:, at[:, i]] for i in range(LOOK)) / LOOK
    n = np.isfinite(numbers).sum(axis=0)
    at, numbers, n = at[n > 0], numbers[:, n > 0], n[n > 0]
    is_above = np.zeros(n_radii, bool)
    if len(n) == 0:
        return Rise(np.nan, is_above, 0, 0)
    p = chance_as_high(numbers, n, dim)
    is_above[at[p <= NAMED_P]] = True
    return Rise(min(float(p.min()), 1.0), is_above, len(n), int(n.max()))


def chance_as_high(numbers, n, dim):
    """How likely chance is as high as a look, at any of them. `numbers`:
    [seeds, looks], of which `n` are there."""
    theory = 2 / (dim + 1)
    most, least = 1 + theory, theory / LOOK
    mean = mean_of_seeds(numbers)
    signs = (len(n) + LOOK - 1) / LOOK * OF_SIGNS * scipy.special.ndtr(
        -mean * np.sqrt(n / most))
    is_known, are_few = n >= FEWEST, n < ENOUGH
    if not is_known.any():
        return signs
    off = np.nan_to_num((numbers - mean)[:, is_known]) / np.sqrt(
        n[is_known] - 1)
    seen = np.full((1, len(n)), np.nan)
    seen[:, is_known] = (off ** 2).sum(axis=0)
    variance = scatter(seen, least)[0]
    freedom = pooled_freedom(off, (n[is_known] - 1).mean())
    seeds = len(n) * scipy.special.stdtr(freedom, -mean * np.sqrt(n / variance))
    seeds = np.where(are_few, seeds, np.maximum(seeds, flips(numbers, least)))
    return np.where(~is_known, signs,
                    np.where(variance > most, np.maximum(signs, seeds),
                             np.where(are_few, signs,
                                      np.minimum(signs, seeds))))


def scatter(seen, least):
    """How much a seed scatters by chance, [..., looks]: the largest of `least`,
    the mean of all variances seen, and that of the nine around."""
    is_known = np.isfinite(seen)
    n_looks = seen.shape[1]

    def around(values):
        wide = np.pad(values, ((0, 0), (AROUND, AROUND)))
        return sum(wide[:, i:i + n_looks] for i in range(2 * AROUND + 1))

    known = np.where(is_known, seen, 0.0)
    pooled = known.sum(axis=1) / is_known.sum(axis=1)
    return np.maximum(np.maximum(least, pooled)[:, np.newaxis],
                      around(known) / np.maximum(around(is_known * 1.0), 1.0))


def flips(numbers, least):
    """Of all ways to flip the signs of seeds, the share with which the highest
    look is as high as each of them, measured by the standard error of chance;
    1 where seeds are few."""
    n = np.isfinite(numbers).sum(axis=0)
    is_enough = n >= ENOUGH
    if not is_enough.any():
        return np.ones(len(n))
    known = np.nan_to_num(numbers)
    blocks = np.array([known[k::BLOCKS].sum(axis=0) for k in range(BLOCKS)])
    n_blocks = min(len(numbers), BLOCKS)
    # The others are opposites of these.
    signs = 1.0 - 2.0 * (np.arange(2 ** (n_blocks - 1))[:, np.newaxis]
                         >> np.arange(BLOCKS) & 1)
    means = signs @ blocks / n
    with np.errstate(invalid="ignore", divide="ignore"):
        seen = np.where(n >= FEWEST, np.maximum(
            (known ** 2).sum(axis=0) - n * means ** 2, 0.0) / (n - 1), np.nan)
    heights = (means * np.sqrt(n / scatter(seen, least)))[:, is_enough]
    peaks = np.concatenate([heights.max(axis=1), -heights.min(axis=1)])
    share = np.ones(len(n))
    share[is_enough] = np.mean(
        peaks[:, np.newaxis] >= heights[0] - SAME * np.abs(heights[0]), axis=0)
    return share


def pooled_freedom(off, f):
    """Degrees of freedom of the mean variance of correlated looks [seeds,
    looks], each of `f`, by Satterthwaite."""
    gram = off @ off.T if off.shape[0] < off.shape[1] else off.T @ off
    total = np.trace(gram)
    square = f ** 2 / ((f - 1) * (f + 2)) * (np.sum(gram ** 2) - total ** 2 / f)
    most = f * off.shape[1]
    return min(max(f * total ** 2 / square, f), most) if square > 0 else most
