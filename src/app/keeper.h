/* SPDX-License-Identifier: MIT */
/** @file keeper.h Keeps trainings under way, so that a kill costs little. */
#ifndef GOLD_APP_KEEPER_H
#define GOLD_APP_KEEPER_H

#include "goldilocks/store.h"

/** What one process keeps of the task that it runs. */
typedef struct gold_keeper {
    gold_checkpoints *checkpoints; /* NULL: nothing is kept */
    double every;                  /* seconds between checkpoints */
    size_t task;
    double began;  /* this session's part of the task, on gold_clock */
    double before; /* seconds that earlier sessions took */
    double saved;  /* when it was last kept, on gold_clock */
    bool has_complained;
    void *resume; /* what was kept of the task; NULL: nothing; owned */
    size_t resume_bytes;
} gold_keeper;

/**
 * Get ready; on failure nothing is held. Not collective.
 *
 * @param is_fresh  forget what earlier runs kept.
 */
GOLD_CHECKED gold_status gold_keeper_open(gold_keeper *keeper, const char *path,
                                          const gold_study *study,
                                          const char *data_digest,
                                          bool is_fresh);

/** End; zeroed ones are allowed. */
void gold_keeper_close(gold_keeper *keeper);

/** A task begins: look for what was kept of it. */
GOLD_CHECKED gold_status gold_keeper_begin(gold_keeper *keeper,
                                           const gold_task *task);

/** Seconds that the task took so far, in all sessions. */
double gold_keeper_seconds(const gold_keeper *keeper);

/** Is it time to keep the task again? */
bool gold_keeper_is_due(const gold_keeper *keeper);

/** Keep the task. Where that is not possible the first time says so on stderr:
 * the task goes on. */
void gold_keeper_save(gold_keeper *keeper, const void *bytes, size_t n_bytes);

/** The task was written to the result file: forget it. */
void gold_keeper_done(gold_keeper *keeper);

/** All tasks were: forget what is left of any. */
void gold_keeper_finish(gold_keeper *keeper);

#endif
