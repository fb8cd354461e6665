# SPDX-License-Identifier: MIT
"""Where scatter comes from, along the line."""
import numpy as np

from ..arguments import DATASET, known
from .curves import Curve, draw_band
from .panels import ABOVE
from .style import (canvas, is_logarithmic, line_style, logarithmic,
                    need_numbers, styled)


@styled(found=DATASET)
def shares(found, ax=None):
    """Shares of a variance by source, from gold.variance_components, along the
    one axis that is left, with their intervals."""
    found = found.squeeze([name for name in found.dims if name != "source"
                           and found.sizes[name] == 1])
    known("variable", "share", found.variables)
    rest = [name for name in found.share.dims if name != "source"]
    if len(rest) != 1:
        raise ValueError("shares are drawn along one axis; there are "
                         + (", ".join(map(str, rest)) or "none")
                         + ": select places on the others")
    line, = rest
    x = found[line].values.astype(float)
    need_numbers(found.share.values, "share")
    figure, axes = canvas(ax=ax)
    ax = axes[0, 0]
    for i, source in enumerate(found.source.values):
        part = found.sel(source=source).sortby(line)
        draw_band(ax, Curve(np.sort(x), part.share, part.share_lower,
                            part.share_upper, np.ones(len(x))), line_style(i),
                  str(source))
    if is_logarithmic(x):
        logarithmic(ax)
    ax.set_ylim(0, 1)
    ax.set_xlabel(found[line].attrs.get("long_name", line.replace("_", " ")))
    ax.set_ylabel("share of the variance")
    ax.legend(**ABOVE, title=found.attrs.get("variable", "").replace("_", " ")
              + f", {100 * found.attrs.get('level', 0.95):g} % intervals")
    return figure
