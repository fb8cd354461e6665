/* SPDX-License-Identifier: MIT */
/** @file estimate.h What a study will cost, before it is run. */
#ifndef GOLD_APP_ESTIMATE_H
#define GOLD_APP_ESTIMATE_H

#include "app/local.h"

typedef struct gold_estimate {
    size_t n_points;
    size_t n_excluded;
    size_t n_tasks;
    double least_parameters; /* of the smallest network */
    double most_parameters;  /* of the largest */
    double flops[2];         /* predicted, all tasks of a kind */
    double rate[2];          /* flops a second of a kind, by trials here */
    double seconds;          /* of one core, all tasks */
    double longest_seconds;  /* of the longest task */
    double memory_bytes;     /* of one rank, beside the data */
    double data_bytes;       /* once a node */
    double file_bytes;
    size_t sensible_ranks; /* coordinator included */
} gold_estimate;

/**
 * Estimate a study: tries up to eight tasks of each kind, which stand for all
 * by their costs, in parts; in all for about three seconds. Before that, where
 * eigenvalues are looked for, the flops of one task of each cost are counted:
 * the same ones however fast the machine is.
 */
GOLD_CHECKED gold_status gold_estimate_study(const gold_local *local,
                                             gold_estimate *estimate);

/** Predicted seconds with `ranks` processes: the longest-first bound. */
double gold_estimate_wall(const gold_estimate *estimate, size_t ranks);

#endif
