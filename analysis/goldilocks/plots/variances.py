# SPDX-License-Identifier: MIT
"""Where scatter comes from, along the line."""
import numpy as np

from .panels import ABOVE
from .style import canvas, is_logarithmic, line_style, need_numbers, styled


@styled
def shares(found, ax=None):
    """Shares of a variance by source, from gold.variance_components, along the
    one axis that is left, with their intervals."""
    found = found.squeeze([name for name in found.dims if name != "source"
                           and found.sizes[name] == 1])
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
        part, style = found.sel(source=source).sortby(line), line_style(i)
        ax.fill_between(np.sort(x), part.share_lower, part.share_upper, lw=0,
                        color=style["color"], alpha=0.16, zorder=1)
        ax.plot(np.sort(x), part.share, label=str(source), ms=2.8, lw=1.1,
                markeredgewidth=0, **style)
    if is_logarithmic(x):
        ax.set_xscale("log")
    ax.set_ylim(0, 1)
    ax.set_xlabel(found[line].attrs.get("long_name", line.replace("_", " ")))
    ax.set_ylabel("share of the variance")
    ax.legend(**ABOVE, title=found.attrs.get("variable", "").replace("_", " ")
              + f", {100 * found.attrs.get('level', 0.95):g} % intervals")
    return figure
