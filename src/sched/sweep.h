/* SPDX-License-Identifier: MIT */
/**
 * @file sweep.h
 * What rank 0 keeps about a sweep, whether it coordinates others or is alone:
 * the queue, the counts, the first failure, and when progress was last told.
 */
#ifndef GOLD_SCHED_SWEEP_H
#define GOLD_SCHED_SWEEP_H

#include "goldilocks/sched.h"

#include "sched/queue.h"

/** Value type: zero it or call goldi_sweep_init. */
typedef struct goldi_sweep {
    const gold_sched_job *job; /* borrowed */
    goldi_queue queue;
    uint64_t n_workers;
    gold_sched_tally tally;
    gold_status status; /* of the first failure, or else GOLD_OK */
    int failed_rank;    /* whose that failure is */
    double start_s;
    double told_s; /* when progress was told last */
} goldi_sweep;

/** Begin; ended by goldi_sweep_fini. */
GOLD_CHECKED gold_status goldi_sweep_init(goldi_sweep *sweep,
                                          const gold_sched_job *job,
                                          uint64_t n_workers);

/** Free what the sweep holds; zeroed sweeps are allowed. */
void goldi_sweep_fini(goldi_sweep *sweep);

/** Start the next task: false when nothing more is to be handed out. */
bool goldi_sweep_take(goldi_sweep *sweep, uint64_t *slot);

/** The running task of `slot` came to an end on `rank`: count it and tell
 * progress, or remember a first failure. */
void goldi_sweep_end_task(goldi_sweep *sweep, uint64_t slot, int rank,
                          gold_status status, const gold_sched_report *report);

/** Tell progress if the last time was half a second ago. */
void goldi_sweep_tick(goldi_sweep *sweep);

/** Nothing runs any more: complete tally and status, tell progress a last
 * time. */
void goldi_sweep_close(goldi_sweep *sweep);

#endif
