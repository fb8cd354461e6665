/* SPDX-License-Identifier: MIT */
/** @file worklist.h What of a study's tasks there is to do. */
#ifndef GOLD_APP_WORKLIST_H
#define GOLD_APP_WORKLIST_H

#include "goldilocks/sched.h"
#include "goldilocks/store.h"

#include "app/tally.h"

/** How many points are in each state, for each kind of task. */
typedef struct gold_census {
    gold_counts of[2];
} gold_census;

/** The part of a study that a run is about. */
typedef struct gold_part {
    size_t shard;          /* 1 .. n_shards */
    size_t n_shards;       /* 0: all of the study */
    bool is_measured_only; /* nothing is trained yet */
    bool is_retry_failed;
} gold_part;

/** Points in one state, of both kinds. */
size_t gold_census_count(const gold_census *census, gold_state state);

/** Count the states in the file of the points in tasks of a part. Not
 * collective. */
GOLD_CHECKED gold_status gold_census_take(gold_store *store,
                                          const gold_study *study,
                                          const gold_part *part,
                                          gold_census *census);

/** The tasks to do. Zero it or call gold_worklist_init. */
typedef struct gold_worklist {
    uint64_t *tasks; /* [n_tasks]; owned, as those below */
    double *costs;   /* [n_tasks] flops */
    uint8_t *kinds;  /* [n_tasks] gold_task_kind */
    size_t n_tasks;
    double rates[GOLD_SCHED_KINDS]; /* seconds a flop of earlier sessions; 0:
                                       there were none */
} gold_worklist;

/**
 * List the tasks of a part with points that are pending or, if those are
 * wanted, failed. Not collective.
 *
 * @param census  of the same file, filled.
 */
GOLD_CHECKED gold_status gold_worklist_init(
    gold_worklist *list, gold_store *store, const gold_study *study,
    const gold_data_shape *shape, const gold_part *part, gold_census *census);

/** Free what the list holds; zeroed ones are allowed. */
void gold_worklist_fini(gold_worklist *list);

#endif
