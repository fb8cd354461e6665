/* SPDX-License-Identifier: MIT */
/**
 * @file claim.h
 * The zone of one network as it is told to people: named or not by the rule of
 * rise.h, with intervals over seeds.
 *
 * Bounds and height are those of the grid, by straight lines; the peak is the
 * top of the parabola through the highest mean and its neighbours, against the
 * logarithm where the line is positive, and z is that at the peak.
 *
 * Intervals have two parts. That of seeds is Student's t with the standard
 * error of the jackknife: the zone is found anew with each seed left out (of
 * the same looks), and n such values t_i give sqrt((n - 1)/n sum (t_i -
 * mean)^2). Places go by their logarithms where the line is positive, z always.
 * That of the grid, to either side, is refine.h's; how surely seeds know it
 * says the jackknife too. An interval of a place that would reach beyond those
 * with numbers ends there: nothing is known of what is beyond, so that such an
 * end stands for there or further out.
 */
#ifndef GOLD_APP_CLAIM_H
#define GOLD_APP_CLAIM_H

#include "app/rise.h"
#include "app/zone.h"

/** What is told of a zone. */
typedef enum goldi_told {
    GOLDI_TOLD_LOW,
    GOLDI_TOLD_HIGH,
    GOLDI_TOLD_HEIGHT, /* the highest mean of Tr/norm */
    GOLDI_TOLD_PEAK,   /* place of the peak */
    GOLDI_TOLD_SPREAD, /* z there */
    GOLDI_N_TOLD
} goldi_told;

/** What it is called: "low". */
const char *goldi_told_name(goldi_told which);

/** A number with its 95 % interval; NaN where there is none. Its parts are on
 * the scale that it is even on: of the logarithm, where it is told by that. */
typedef struct goldi_interval {
    double value;
    double lower;
    double upper;
    double error;      /* standard error over seeds */
    double grid;       /* how wide the grid leaves it open */
    double grid_error; /* standard error of that */
} goldi_interval;

typedef struct goldi_claim {
    bool is_named;
    goldi_zone zone; /* of the mean over seeds; of its highest point, wherever
                        that is, where no zone is named */
    goldi_interval of[GOLDI_N_TOLD]; /* bounds and intervals where it is named;
                                        the rest where a value is above 0 */
    size_t n;                        /* seeds at the peak */
    double first; /* places with numbers on the line; NaN: there is none */
    double last;
    size_t n_places;
    goldi_rise rise;
    double *work; /* [8][n] */
} goldi_claim;

/** Get room for curves up to that size; ended by goldi_claim_fini, also on
 * failure. */
GOLD_CHECKED gold_status goldi_claim_init(size_t n_seeds, size_t n,
                                          goldi_claim *claim);

/** Free what it holds; a zeroed one is allowed. */
void goldi_claim_fini(goldi_claim *claim);

/** Find the zone of curves that are no larger than there is room for. */
void goldi_claim_find(const goldi_curves *curves, goldi_claim *claim);

#endif
