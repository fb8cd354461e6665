# SPDX-License-Identifier: MIT
"""Means over seeds with their intervals, and powers along an axis."""
import numpy as np
import xarray as xr

from .arguments import asked, known
from .families import simultaneous_reach
from .intervals import LEVEL, SCALES, jackknife, student, weighted_means


@asked
def mean_over_seeds(values, level=LEVEL, scale="linear", simultaneous=None):
    """Mean over seeds and its interval, for each cell of an array.

    `values` has a dimension `seed`. Returns a dataset without it: `mean`,
    `lower` and `upper` of its interval by Student's t, standard deviation `sd`
    and number `n` of seeds with a value. NaN is passed over, and `n` is what is
    left: a mean of fewer seeds than others is told by it. A seed that is
    infinite, as losses of trainings that diverged are, makes the mean so. Where
    fewer than two seeds have a value there is no interval.

    `scale`: "log" for means of logarithms, that is geometric means, where
    values are positive with a long tail. `simultaneous`: an axis, or several,
    along which intervals hold everywhere at once at the level, as a band around
    a curve; otherwise each holds by itself, and of 16 radii one mostly fails.
    """
    known("axis", "seed", values.dims)
    to, back = SCALES[known("scale", scale, SCALES)]
    values = values.transpose("seed", ...)
    with np.errstate(invalid="ignore", divide="ignore"):
        x = to(values.values.astype(np.float64))
        is_there = ~np.isnan(x)
        n = is_there.sum(axis=0)
        mean = np.where(n > 0, np.where(is_there, x, 0.0).sum(axis=0) / n,
                        np.nan)
        square = np.where(is_there, x - mean, 0.0) ** 2
        sd = np.sqrt(square.sum(axis=0) / np.where(n > 1, n - 1, np.nan))
        reach = (student(level, n - 1) if simultaneous is None
                 else reach_along(values.copy(data=x), simultaneous, level))
        half = reach * sd / np.sqrt(n)
    how = "" if simultaneous is None else ", everywhere at once"
    of = values.attrs.get("long_name", values.name or "values")
    rest = values.isel(seed=0, drop=True)

    def array(data, words, units):
        return rest.copy(data=data).assign_attrs(long_name=words, units=units)

    units = values.attrs.get("units", "1")
    percent = f"{100 * level:g} % interval of the mean of {of}{how}"
    found = xr.Dataset({
        "mean": array(back(mean), f"mean over seeds of {of}", units),
        "lower": array(back(mean - half), "lower end, " + percent, units),
        "upper": array(back(mean + half), "upper end, " + percent, units),
        "sd": array(sd, f"standard deviation over seeds of {of}"
                    + (", logarithms" if scale == "log" else ""),
                    units if scale == "linear" else "1"),
        "n": array(n, f"seeds with a value of {of}", "1")})
    for name in found:
        found[name].attrs = {key: found[name].attrs[key]
                             for key in ("long_name", "units")}
    return found.assign_attrs(level=level, simultaneous=str(
        simultaneous or "no"))


def reach_along(values, axes, level):
    """Standard errors of bands along axes, in the shape of a cell: one number
    for each band. Points where a seed has no number are none of a curve."""
    axes = [axes] if isinstance(axes, str) else list(axes)
    for name in axes:
        known("axis", name, [n for n in values.dims if n != "seed"])
    rest = [n for n in values.dims if n != "seed"]
    order = [*axes, *(n for n in rest if n not in axes)]
    values = values.transpose("seed", *order)
    n_points = int(np.prod([values.sizes[name] for name in axes]))
    curves = values.values.reshape(len(values), n_points, -1)
    reach = np.full(curves.shape[1:], np.nan)
    for i in range(curves.shape[2]):
        whole = np.isfinite(curves[:, :, i]).all(axis=0)
        if len(curves) > 1 and whole.any():
            reach[whole, i] = simultaneous_reach(curves[:, whole, i], level)
    found = xr.DataArray(reach.reshape(values.shape[1:]), dims=order)
    return found.transpose(*rest).values


@asked
def slope(values, between, level=LEVEL):
    """Power of a quantity along an axis: the slope of log |mean over seeds|
    against the logarithm of the axis, by least squares, with its interval.

    `values` has the dimensions `seed` and one axis; `between`: the ends
    (from, to) of the range of the axis to fit. A mean that is not surely apart
    from 0, of seeds of either sign, has no logarithm to speak of: a range where
    most are such is refused.
    """
    line = line_of(values)
    if np.shape(between) != (2,):
        raise ValueError(f"between={between!r}: both ends of the range are "
                         "needed, (from, to)")
    values = values.transpose("seed", line)
    x = values[line].values
    is_in = (x >= between[0] * (1 - 1e-9)) & (x <= between[1] * (1 + 1e-9))
    if is_in.sum() < 2:
        raise ValueError(f"{is_in.sum()} points of {line} in {between}")
    refuse_noise(values[:, is_in], between, level)
    log_x = np.log(x[is_in])
    log_x = log_x - log_x.mean()
    y = values.values[:, is_in]

    def slopes(weights):
        with np.errstate(divide="ignore"):
            logs = np.log(np.abs(weighted_means(weights, y)))
        return logs @ log_x / (log_x @ log_x)

    return jackknife(slopes, len(y), level)


def line_of(values):
    """The axis beside that of seeds."""
    lines = [name for name in values.dims if name != "seed"]
    if len(lines) != 1 or "seed" not in values.dims:
        raise ValueError("values with the axis seed and one other are meant; "
                         f"these have {', '.join(values.dims)}: select a place "
                         "on the rest")
    return lines[0]


def refuse_noise(values, between, level):
    """Of several seeds, that at least half of the means are apart from 0."""
    found = mean_over_seeds(values, level)
    is_noise = ((found.lower <= 0) & (found.upper >= 0)
                & (values.min("seed") < 0) & (values.max("seed") > 0))
    if float(is_noise.mean()) > 0.5:
        raise ValueError(
            f"the mean over seeds is not apart from 0 at {int(is_noise.sum())} "
            f"of {is_noise.size} places of {between}: noise has no power; "
            "narrow the range, or take more seeds")
