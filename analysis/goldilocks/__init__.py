# SPDX-License-Identifier: MIT
"""Read, condense and draw the result files of Goldilocks, and write what it
reads.

    import goldilocks as gold
    from goldilocks import plots

    ds = gold.open_results("results/quickstart.h5")
    print(gold.zone(ds).to_dataframe())
    plots.zone_figure(ds).savefig("zone.pdf")

Nothing here computes a curvature or trains a network: that is what the C
program does. Datasets are xarray's, read from the file as they are needed.
"""
import os

# A file that is being written can be read, but not be opened for writing; one
# where there are no locks can be read too.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "BEST_EFFORT")

from .balance import edge_prefactor, edge_ratio  # noqa: E402
from .files import (LINES, NotAResult, done, groups,  # noqa: E402
                    largest_dim, line_axis, open_results, setting)
from .projection import project, ratio, trace_over_norm  # noqa: E402
from .running import images, run  # noqa: E402
from .samples import BadSamples, save_data  # noqa: E402
from .selections import selected  # noqa: E402
from .statistics import (Correlation, Interval, Paired,  # noqa: E402
                         bootstrap, correlate, holm, mean_over_seeds, paired,
                         slope)
from .weights import (BadParameters, save_parameters,  # noqa: E402
                      to_torch)
from .zones import half_range, zone  # noqa: E402

__all__ = ["BadParameters", "BadSamples", "LINES", "Correlation", "Interval",
           "NotAResult", "Paired", "bootstrap", "correlate", "done",
           "edge_prefactor", "edge_ratio", "groups", "half_range", "holm",
           "images", "largest_dim", "line_axis", "mean_over_seeds",
           "open_results", "paired", "project", "ratio", "run", "save_data",
           "save_parameters", "selected", "setting", "slope", "to_torch",
           "trace_over_norm", "zone"]
