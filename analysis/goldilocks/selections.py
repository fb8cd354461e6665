# SPDX-License-Identifier: MIT
"""Studies that train a choice of their points (train.select)."""
import numpy as np
import xarray as xr

from .arguments import asked, known
from .files import setting


def choices(ds):
    """{name: flag} of the choices of a study, such as highest_loss."""
    if "selected" not in ds:
        raise ValueError("the study trains all its points: it has no "
                         "train.select")
    attributes = ds.selected.attrs
    return dict(zip(attributes["flag_meanings"].split(),
                    (int(mask) for mask in attributes["flag_masks"])))


@asked
def selected(ds, choice):
    """The member of each group that was chosen so, as one dataset.

    `choice`: random, or highest_ or lowest_ and a criterion, such as
    highest_loss. The dataset has a dimension `group` in place of `seed`, and
    the seed of each member as a coordinate, so that two choices can be
    compared in pairs. Where a group has no such member, as those have not
    that are still being measured, its values are NaN.

    Give it the variables that are needed: ds[["selected", "trajectory_loss"]].
    """
    flags = choices(ds)
    known("choice", choice, flags)
    size = int(setting(ds, "train.select.group"))
    flag = ds.selected.fillna(0).astype(np.int64) & flags[choice]
    members = (flag != 0).drop_vars("seed").coarsen(seed=size).construct(
        seed=("group", "member"))
    first = xr.DataArray(size * np.arange(members.sizes["group"]),
                         dims="group")
    of_points = [key for key in ds.data_vars if "seed" in ds[key].dims]
    chosen = ds[of_points].isel(seed=first + members.argmax("member"))
    return chosen.where(members.any("member"))
