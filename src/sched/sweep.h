/* SPDX-License-Identifier: MIT */
/**
 * @file sweep.h
 * What rank 0 keeps about a sweep, whether it coordinates others or is alone:
 * the queue, the counts, the first failure, and when progress was last told.
 */
#ifndef GOLD_SCHED_SWEEP_H
#define GOLD_SCHED_SWEEP_H

#include "goldilocks/sched.h"

#include "sched/forecast.h"
#include "sched/queue.h"

/** Value type: zero it or call goldi_sweep_init. */
typedef struct goldi_sweep {
    const gold_sched_job *job; /* borrowed */
    goldi_queue queue;
    uint64_t n_workers; /* that live */
    gold_sched_tally tally;
    gold_status status; /* of the first failure, or else GOLD_OK */
    char message[1000]; /* of that failure */
    double start_s;
    double told_s;           /* when progress was told last */
    goldi_forecast forecast; /* the last one */
    double forecast_s;       /* when it was made */
} goldi_sweep;

/** Begin; ended by goldi_sweep_fini. */
GOLD_CHECKED gold_status goldi_sweep_init(goldi_sweep *sweep,
                                          const gold_sched_job *job,
                                          uint64_t n_workers);

/** Free what the sweep holds; zeroed sweeps are allowed. */
void goldi_sweep_fini(goldi_sweep *sweep);

/** Is anything still to be handed out, unless somebody wants the end? */
bool goldi_sweep_has_more(const goldi_sweep *sweep);

/** Start the next task on a worker: false when nothing more is to be handed
 * out. */
bool goldi_sweep_take(goldi_sweep *sweep, int worker, uint64_t *slot);

/** A task that was started came to an end: count it and tell progress, hand it
 * out again, or remember a first failure and its message. */
void goldi_sweep_end_task(goldi_sweep *sweep, uint64_t slot, double seconds,
                          gold_status status, const char *message,
                          const gold_sched_report *report);

/** The worker of a running task is lost, or has no memory for it: it waits
 * again, or is given up. */
void goldi_sweep_return_task(goldi_sweep *sweep, uint64_t slot);

/** What there is to say of a slot, now. */
gold_sched_trouble goldi_sweep_trouble(const goldi_sweep *sweep, uint64_t slot);

/** Tell progress if the last time was half a second ago. */
void goldi_sweep_tick(goldi_sweep *sweep);

/** Nothing runs any more: complete tally and status, tell progress a last
 * time. */
void goldi_sweep_close(goldi_sweep *sweep);

#endif
