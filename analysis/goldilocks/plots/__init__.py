# SPDX-License-Identifier: MIT
"""Figures of result files, one function each; all return the figure, and draw on
axes of somebody else where `ax` has them. Those of a dataset on one pair of axes
have a panel for each value of an axis that `col` names, and of points and
trainings `hue` names the axis that colours stand for.

Colours are those of Okabe and Ito, with dashes and markers beside them, or a
map that is monotone in lightness, or, of what has a sign, white at 0 and darker
above it than below, so that figures do for the colour-blind and in grey print. A
column of a two-column page is 3.4 inches wide: figures are drawn at that size,
`style.save` writes them.
"""
from .decision import boundary, spectrum_with_outliers
from .curves import (bounds, collapse, correlations, fates, mean_curve,
                     mean_curves, seeds)
from .facets import zone_figure
from .full import extremes, full_density, full_trace
from .laws import effects, ratios
from .maps import heat_map, phase_diagram
from .plateaus import plateaus
from .spectra import density, spectra
from .style import (STYLE, NothingToDraw, format_of, save, styled,
                    write)
from .training import accuracy_against_curvature, training_curves
from .variances import shares

__all__ = ["NothingToDraw", "STYLE", "accuracy_against_curvature", "boundary",
           "bounds", "collapse", "correlations", "density", "effects",
           "extremes", "fates", "format_of", "full_density", "full_trace",
           "heat_map", "mean_curve", "mean_curves", "phase_diagram", "plateaus",
           "ratios", "save", "seeds",
           "shares", "spectra", "spectrum_with_outliers", "styled",
           "training_curves", "write", "zone_figure"]
