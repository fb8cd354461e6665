# SPDX-License-Identifier: MIT
"""Results of parts of one study as one dataset."""
import functools

import xarray as xr

from .files import STATES, grid_axes, state_of

PENDING = STATES.index("pending")
WORK = ("status_", "seconds_", "flops_", "rank_", "attempts_", "message_")


def together(parts, names):
    """One dataset of several: shards, or runs of more seeds or radii.

    For these xarray alone finds no axis along which to put them together, or
    says that states conflict: a point that one part has done is pending in all
    others. Each point is of the first part that has it done, and has to be the
    same in all. Reads all of them; attributes are those of the first. Variables
    are those that all have: files of earlier versions may have fewer.
    `goldilocks merge` makes a file of the same.
    """
    if not parts:
        raise ValueError("no files")
    for part, name in zip(parts, names):
        check_study(parts[0], part, f"{names[0]} and {name}")
    settled = in_common([only_settled(part.drop_dims("session"))
                         for part in parts])
    results = [name for name in settled[0] if not name.startswith(WORK)]
    try:
        whole = xr.merge([part[results] for part in settled], join="outer",
                         compat="no_conflicts", combine_attrs="override")
    except xr.MergeError as error:
        raise ValueError(f"{', '.join(map(str, names))}: {error}") from error
    work = functools.reduce(
        lambda first, second: first.combine_first(second),
        (part.drop_vars(results) for part in settled))
    sessions = in_common([part[[name for name in part.data_vars
                                if "session" in part[name].dims]]
                          for part in parts])
    return in_form(xr.merge([whole, work, xr.concat(sessions, "session")],
                            combine_attrs="override"), parts[0])


def in_common(parts):
    """The parts with the variables that all of them have."""
    names = [name for name in parts[0].data_vars
             if all(name in part for part in parts)]
    return [part[names] for part in parts]


def check_study(first, second, names):
    """Parts differ in the values of axes, and in nothing else."""
    rows = [{row for row in part.attrs["study_identity"].splitlines()
             if not row.startswith("grid.")} for part in (first, second)]
    keys = sorted({row.split(" = ")[0] for row in rows[0] ^ rows[1]})
    if keys:
        raise ValueError(f"{names} are not of one study: they differ in "
                         + ", ".join(keys))


def only_settled(part):
    """The part with NaN where its points are pending."""
    names = {}
    for name in part.data_vars:
        names.setdefault(state_of(part, name), []).append(name)
    found = [part[of].where(part[status] != PENDING)
             for status, of in names.items()]  # a status is read once
    return part.assign({name: each[name] for each in found for name in each})


def in_form(whole, first):
    """Variables in the order of the first part, and of its types."""
    for name in list(whole.data_vars):
        kind = first[name].dtype.kind
        if kind in "iuO":
            attributes = whole[name].attrs
            whole[name] = whole[name].fillna("" if kind == "O" else 0).astype(
                first[name].dtype)
            whole[name].attrs = attributes
    axes = grid_axes(first)
    whole = whole[[name for name in first.data_vars
                   if name in whole]].transpose(*axes, ...)
    whole.attrs = first.attrs
    return whole
