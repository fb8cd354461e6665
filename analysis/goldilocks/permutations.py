# SPDX-License-Identifier: MIT
"""Tests by permutation: of the seeds of one of two quantities, of signs, or of
which seeds are of which of two samples.

p-values are two-sided. Of few seeds all arrangements are looked at, else as many
as are asked for, drawn at random; the observed one then counts as a draw, so
that a p-value is valid and at least 1/(n_permutations + 1).
"""
import functools
import itertools
import math

import numpy as np

from .intervals import BLOCK

N_PERMUTATIONS = 9999
MOST_SPLITS = 100000  # that are all looked at
# The observed arrangement has to find itself, whatever the rounding.
SAME = 1 - 1e-12


@functools.lru_cache(maxsize=4)
def all_orders(n):
    return np.array(list(itertools.permutations(range(n))))


def orders(n, n_permutations, seed):
    """Blocks of index arrays [m, n], and whether they are all there are."""
    if n <= 8 and math.factorial(n) <= n_permutations:
        return [all_orders(n)], True
    random = np.random.default_rng([seed, 1])
    return (random.permuted(np.tile(np.arange(n), (stop - start, 1)), axis=1)
            for start, stop in blocks(n_permutations, n)), False


def least_p(n, n_permutations):
    """The least p-value that orders of n seeds can give."""
    n_ways = math.factorial(min(n, 20))
    return 1 / (n_ways if n <= 8 and n_ways <= n_permutations
                else n_permutations + 1)


def signs(n, n_permutations, seed):
    """Blocks of signs [m, n], and whether they are all there are."""
    if n < 40 and 2 ** n <= n_permutations:
        return [np.array(list(itertools.product([1.0, -1.0], repeat=n)))], True
    random = np.random.default_rng([seed, 2])
    return (1.0 - 2.0 * random.integers(2, size=(stop - start, n), dtype=np.int8)
            for start, stop in blocks(n_permutations, n)), False


@functools.lru_cache(maxsize=4)
def all_splits(n_first, n):
    return np.array(list(itertools.combinations(range(n), n_first)))


def splits(n_first, n, n_permutations, seed):
    """Blocks of indices [m, n_first] of those of n that are of the first of two
    samples, and whether they are all there are."""
    if math.comb(n, n_first) <= MOST_SPLITS:
        return [all_splits(n_first, n)], True
    return (block[:, :n_first] for block in orders(n, n_permutations, seed)[0]
            ), False


def blocks(n, size):
    """Ranges of n things, of which each takes so much room."""
    step = max(BLOCK // max(size, 1), 1)
    for start in range(0, n, step):
        yield start, min(start + step, n)


def p_value(draws, observed, is_exact):
    """Share of draws [m, ...], in blocks, that are at least as far from 0."""
    n_beyond, n = 0, 0
    for block in draws:
        n_beyond = n_beyond + np.count_nonzero(
            np.abs(block) >= np.abs(observed) * SAME, axis=0)
        n += len(block)
    return n_beyond / n if is_exact else (n_beyond + 1) / (n + 1)


def flip_p_value(differences, n_permutations=N_PERMUTATIONS, seed=0):
    """Of a mean of 0: signs of the differences flipped."""
    found, is_exact = signs(len(differences), n_permutations, seed)
    draws = (block @ differences / len(differences) for block in found)
    return float(p_value(draws, differences.mean(), is_exact))
