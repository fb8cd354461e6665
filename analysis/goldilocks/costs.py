# SPDX-License-Identifier: MIT
"""What a study has cost and what failed in it."""
import numpy as np

from .files import LINES, STATES, grid_axes, labels_at

FAILED = STATES.index("failed")


def seconds(ds, work):
    """Seconds of computing of "measure" or "train", all ranks together.

    A measurement is of a whole line, and each point of the line has the
    seconds of all of it: they count once.
    """
    values = ds[f"seconds_{work}"]
    lines = [name for name in values.dims if name in LINES]
    if work == "measure" and lines:
        values = values.max(lines)
    return float(values.sum())


def works(ds):
    """What the study does: "measure", "train" or both."""
    return [work for work in ("measure", "train") if f"status_{work}" in ds]


def failures(ds, work, most=20):
    """Up to `most` failed points, as ({axis or key: value}, message)."""
    places = np.argwhere(ds[f"status_{work}"].values == FAILED)[:most]
    found = []
    for place in places:
        at = dict(zip(grid_axes(ds), place.tolist()))
        message = ds[f"message_{work}"].isel(at).values
        found.append((labels_at(ds, at), text_of(message)))
    return found


def text_of(value):
    """A text as it comes out of the file: text or bytes, or its characters one by
    one where something else wrote the file anew."""
    return "".join(part.decode() if isinstance(part, bytes) else str(part)
                   for part in np.asarray(value).ravel().tolist())
