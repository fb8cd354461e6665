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
import importlib.util
import os
import sys

# A file that is being written can be read, but not be opened for writing; one
# where there are no locks can be read too.
os.environ.setdefault("HDF5_USE_FILE_LOCKING", "BEST_EFFORT")

if sys.argv[:1] == ["-m"]:  # `python3 -m goldilocks`, which nobody else can tell
    for _name in ("numpy", "scipy", "pandas", "xarray", "h5py", "h5netcdf",
                  "matplotlib"):
        if importlib.util.find_spec(_name) is None:
            sys.exit(f"{sys.executable} has no module {_name}: apt-get install "
                     f"python3-{_name} (for /usr/bin/python3), or pip install "
                     + _name)

from .balance import edge_prefactor, edge_ratio  # noqa: E402
from .comparisons import (Equivalence, Paired, equivalent,  # noqa: E402
                          paired)
from .correlations import (Correlation, correlate,  # noqa: E402
                           within_and_between)
from .families import fdr, holm  # noqa: E402
from .files import (LINES, NotAResult, at_end, at_step, done,  # noqa: E402
                    groups, largest_dim, line_axis, open_results, setting)
from .intervals import Interval, jackknife  # noqa: E402
from .means import mean_over_seeds, slope  # noqa: E402
from .outcomes import (ended_by, endings, last_finite,  # noqa: E402
                       trained)
from .peaks import half_range  # noqa: E402
from .planning import seeds_needed  # noqa: E402
from .laws import Collapse, Law, collapse, fit_law  # noqa: E402
from .layers import layers_of  # noqa: E402
from .projection import (mean_ratio, project, ratio,  # noqa: E402
                         trace_over_norm)
from .running import images, point, run  # noqa: E402
from .samples import BadSamples, save_data  # noqa: E402
from .selections import selected  # noqa: E402
from .stages import stages, step_at  # noqa: E402
from .survival import (kaplan_meier, log_rank, median_steps,  # noqa: E402
                       steps_to, waiting)
from .variances import variance_components  # noqa: E402
from .weights import (BadParameters, parameters,  # noqa: E402
                      save_parameters, to_torch)
from .zones import compare_zones, zone  # noqa: E402

# Of the package; `program_version` of a file is that of the program.
__version__ = "0.1.0"

__all__ = ["BadParameters", "BadSamples", "Collapse", "Correlation",
           "Equivalence", "Interval", "LINES", "Law", "NotAResult", "Paired",
           "at_end", "at_step", "collapse", "compare_zones", "correlate", "done",
           "edge_prefactor", "edge_ratio", "ended_by", "endings", "equivalent",
           "fdr", "fit_law", "groups", "half_range", "holm", "images",
           "jackknife", "kaplan_meier", "largest_dim", "last_finite",
           "layers_of", "line_axis", "log_rank", "mean_over_seeds", "mean_ratio",
           "median_steps", "open_results", "paired", "parameters", "point",
           "project", "ratio", "run", "save_data", "save_parameters",
           "seeds_needed", "selected", "setting", "slope", "stages", "step_at",
           "steps_to", "to_torch", "trace_over_norm", "trained",
           "variance_components", "waiting", "within_and_between", "zone"]
