# SPDX-License-Identifier: MIT
"""Confidence intervals over seeds: Student's t and the jackknife.

The unit that counts is always the seed. All points of a seed come from one draw
of weights, rescaled along the line, so they are not independent of each other,
and nothing here takes them apart.

An interval is the estimate, give or take t standard errors, on a scale where it
is near to normal: as it is for means, the logarithm for bounds and other
positive numbers, Fisher's for correlations. The standard error is that of the
jackknife, which for a mean is the deviation over sqrt(n): n values t_i with one
seed left out give sqrt((n - 1)/n sum (t_i - mean)^2). Of normal numbers 95 %
intervals of means are right from two seeds on. No interval over few seeds is
right for numbers with heavy tails, such as spectral norms right of the zone:
there take them by their logarithms (`scale="log"`), which tells of the median
and not of the mean.
"""
import math
import typing

import numpy as np
import scipy.stats

from .arguments import COUNT, WEIGHED, asked, known
from .tables import html_of

LEVEL = 0.95
# Numbers that are held at once by what goes through many: 64 MiB.
BLOCK = 1 << 23
# Names of scales: there, and back.
SCALES = {"linear": (np.asarray, np.asarray), "log": (np.log, np.exp),
          "fisher": (np.arctanh, np.tanh)}


class Interval(typing.NamedTuple):
    """An estimate and its confidence interval."""
    estimate: float
    lower: float
    upper: float

    words = {"estimate": "estimate", "lower": "lower end of its interval",
             "upper": "upper end of its interval"}
    _repr_html_ = html_of

    def __str__(self):
        return f"{self.estimate:.3g} [{self.lower:.3g}, {self.upper:.3g}]"


ENDS = {"_lower": "lower end of the interval of the ",
        "_upper": "upper end of the interval of the "}


def label_with_ends(name, label_of):
    """Label of a variable, or of an end of its interval, {long_name, units}; that
    of the variable by a function of its name."""
    for end, words in ENDS.items():
        if name.endswith(end):
            of = label_of(name.removesuffix(end))
            return of | {"long_name": words + of["long_name"]}
    return label_of(name)


def student(level, freedom):
    """Standard errors that an interval reaches to either side; NaN without
    degrees of freedom."""
    freedom = np.asarray(freedom, float)
    return np.where(freedom > 0, scipy.stats.t.ppf(
        0.5 + level / 2, np.where(freedom > 0, freedom, 1.0)), np.nan)[()]


def jackknife_error(left_out, axis=0):
    """Standard error of a statistic from its values with one unit left out."""
    n = np.shape(left_out)[axis]
    off = left_out - np.mean(left_out, axis=axis, keepdims=True)
    return np.sqrt((n - 1) * np.mean(off ** 2, axis=axis))


@asked(statistic=WEIGHED, n=COUNT)
def jackknife(statistic, n, level=LEVEL, scale="linear"):
    """Interval of a statistic of n units.

    `statistic` maps weights [m, n], how often each unit counts, to m values.
    """
    to, back = SCALES[known("scale", scale, SCALES)]
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(to(statistic(np.ones((1, n))))[0])
        left_out = np.concatenate([
            to(statistic(1.0 - np.eye(min(step, n - start), n, start)))
            for step in (max(BLOCK // n, 1),) for start in range(0, n, step)])
        half = student(level, n - 1) * jackknife_error(left_out)
        return Interval(*(float(back(x)) for x in (value, value - half,
                                                   value + half)))


def weighted_means(weights, values):
    """[m, ...] means of values [n, ...] under weights [m, n], passing over
    NaN."""
    is_there = ~np.isnan(values)
    sums = np.tensordot(weights, np.where(is_there, values, 0.0), 1)
    counts = np.tensordot(weights, is_there.astype(np.float64), 1)
    with np.errstate(invalid="ignore"):
        return np.where(counts > 0, sums / counts, np.nan)


def share(k, n, level=LEVEL):
    """A share k of n with the interval of Clopper and Pearson, exact for
    counts."""
    tail = (1 - level) / 2
    return Interval(
        k / n, scipy.stats.beta.ppf(tail, k, n - k + 1) if k > 0 else 0.0,
        scipy.stats.beta.ppf(1 - tail, k + 1, n - k) if k < n else 1.0)


def median(values, level=LEVEL):
    """The median of numbers [n]; its interval ends at two of them, by the
    binomial law, and there is none of up to five, which do not hold one."""
    values = np.sort(values)
    n = len(values)
    below = int(scipy.stats.binom.ppf((1 - level) / 2, n, 0.5))
    if below < 1:
        return Interval(float(np.median(values)), math.nan, math.nan)
    return Interval(float(np.median(values)), float(values[below - 1]),
                    float(values[n - below]))
