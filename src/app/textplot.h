/* SPDX-License-Identifier: MIT */
/**
 * @file textplot.h
 * Curves as text, at most 80 columns wide: panels one above the other that
 * share the axis below them. The axis is logarithmic where all of x is
 * positive.
 */
#ifndef GOLD_APP_TEXTPLOT_H
#define GOLD_APP_TEXTPLOT_H

#include <stdio.h>

#include "app/zone.h"

/** What all panels of a plot share; everything is borrowed. */
typedef struct goldi_plot {
    size_t n;
    const double *x; /* [n] ascending, n >= 2 */
    const char *x_name;
    bool is_utf8; /* may plot with characters beyond ASCII */
} goldi_plot;

/** One curve with its band. */
typedef struct goldi_curve {
    const char *title;
    const double *mean; /* [n]; not numbers: no curve there */
    const double *sd;   /* [n]; NULL: no band */
    double reference;   /* a level to draw a line at; NaN: none */
    size_t height;      /* lines, about */
} goldi_curve;

/** A scale of round numbers. */
typedef struct goldi_scale {
    double low;
    double step;
    size_t n_steps; /* the top is at low + step * n_steps */
} goldi_scale;

/** The scale with steps of 1, 2 or 5 times a power of ten, about `n` of them,
 * that holds low and high. */
goldi_scale goldi_scale_round(double low, double high, size_t n);

/** Draw a panel: title, lines, tick labels at the left. Says so when there is
 * nothing to draw. */
void goldi_plot_panel(FILE *out, const goldi_plot *plot,
                      const goldi_curve *curve);

/** One line that marks the zone below a panel; nothing when none is found. */
void goldi_plot_zone(FILE *out, const goldi_plot *plot, const goldi_zone *zone);

/** The axis below the last panel, with tick labels and its name. */
void goldi_plot_axis(FILE *out, const goldi_plot *plot);

#endif
