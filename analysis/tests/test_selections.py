# SPDX-License-Identifier: MIT
"""Members of groups by why they were chosen."""
import numpy as np
import pytest
import xarray as xr

import goldilocks as gold
from goldilocks.selections import choices


def made(flags):
    """A dataset of flags [seed, relative_radius]; no file."""
    flags = np.asarray(flags, np.float32)
    numbers = np.arange(flags.size, dtype=float).reshape(flags.shape)
    return xr.Dataset(
        {"selected": (("seed", "relative_radius"), flags,
                      {"flag_masks": np.array([1, 2, 64], np.uint8),
                       "flag_meanings": "highest_loss lowest_loss random"}),
         "loss": (("seed", "relative_radius"), numbers),
         "trajectory_loss": (
             ("seed", "relative_radius", "trajectory_step"),
             numbers[..., np.newaxis] + [0.0, 100.0]),
         "session_ranks": ("session", [1.0])},
        coords={"seed": 10 + np.arange(len(flags)),
                "relative_radius": [1.0, 2.0]},
        attrs={"study_identity": "train.select.group = 3\n"})


NONE = np.nan
DS = made([[0, 3], [66, 0], [1, 64],
           [1, NONE], [64, NONE], [2, NONE]])


def test_members_are_those_flagged():
    """At each radius its own; one may be there for several reasons."""
    highest = gold.selected(DS, "highest_loss")
    assert highest.loss.dims == ("group", "relative_radius")
    np.testing.assert_array_equal(highest.loss, [[4, 1], [6, NONE]])
    np.testing.assert_array_equal(highest.seed[:, 0], [12, 13])
    np.testing.assert_array_equal(highest.trajectory_loss[0, 1], [1, 101])
    lowest = gold.selected(DS, "lowest_loss")
    np.testing.assert_array_equal(lowest.loss, [[2, 1], [10, NONE]])
    random = gold.selected(DS, "random")
    np.testing.assert_array_equal(random.loss, [[2, 5], [8, NONE]])


def test_what_there_is_to_choose_from():
    assert choices(DS) == {"highest_loss": 1, "lowest_loss": 2, "random": 64}
    with pytest.raises(ValueError, match="no choice 'best'; there are highest"):
        gold.selected(DS, "best")
    with pytest.raises(ValueError, match="trains all its points"):
        gold.selected(DS.drop_vars("selected"), "random")
