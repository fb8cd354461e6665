/* SPDX-License-Identifier: MIT */
/** @file forecast.h When a sweep will end, from what its queue knows. */
#ifndef GOLD_SCHED_FORECAST_H
#define GOLD_SCHED_FORECAST_H

#include "sched/queue.h"

/** Seconds from now; all NaN where nothing is known. */
typedef struct goldi_forecast {
    double eta_s;      /* the likely end */
    double earliest_s; /* it should lie between these two */
    double latest_s;
} goldi_forecast;

/**
 * Predict when nothing waits or runs any more, with `n_workers` at work. The
 * end lies between what work there is, shared out evenly, and the bound for
 * longest-first schedules (Graham 1969: work / n + (1 - 1/n) longest), and not
 * before the last of the running tasks; the interval adds how far off
 * predictions were so far, and how far from known ones the costs to come are.
 * Nine of ten intervals should have the end. Looks at up to 500
 * running tasks.
 */
goldi_forecast goldi_forecast_make(const goldi_queue *queue, uint64_t n_workers,
                                   double now_s);

/** How good the predictions of tasks were, over all kinds. */
gold_sched_errors goldi_forecast_errors(const goldi_queue *queue);

#endif
