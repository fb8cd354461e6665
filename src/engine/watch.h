/* SPDX-License-Identifier: MIT */
/**
 * @file watch.h
 * What a study tracks of its trainings (goldilocks/tracks.h): by a tracker for
 * each word, at logged steps, before a training and after it. Typed.
 */
#ifndef GOLD_ENGINE_WATCH_H
#define GOLD_ENGINE_WATCH_H

#include "engine/seam.h"
#include "engine/start.h"
#include "train/training.h"

/** Over one phase of a training. */
typedef struct gold_watch {
    const gold_engine_job *job;
    const gold_settings *settings;
    const gold_start *start;
    const gold_training *training;
    const real
        *initial;       /* where the first phase begins: while begin is asked */
    gold_status status; /* of what went wrong first */
    double flops;       /* counted by trackers */
    size_t n_numbers;   /* of a logged step */
    size_t places[GOLD_N_VARIABLES]; /* of a variable's first among them */
    void *states[GOLD_N_TRACKS];     /* owned; NULL: none */
} gold_watch;

/** How the numbers of a word come about; what is NULL is not needed. A state
 * begins zeroed. */
typedef struct gold_tracker {
    size_t state_bytes;
    gold_status (*begin)(const gold_watch *watch, void *state);
    void (*end)(void *state); /* also after begin failed */
    /* Put numbers of a logged step whose loss is finite (FN(watch_put)). */
    gold_status (*take)(gold_watch *watch, void *state, const gold_logged *at);
    /* Put numbers into a point's record: before the last phase, which begins
     * at theta; */
    gold_status (*before)(gold_watch *watch, const real *theta, double *record);
    /* after it, when the logged ones stand there. */
    gold_status (*after)(const gold_watch *watch,
                         const gold_training_result *result,
                         const gold_log_entry *log, double *record);
} gold_tracker;

#define GOLD_TRACKER(id, name, ...) extern const gold_tracker FN(track_##name);
GOLD_TRACK_OTHERS(GOLD_TRACKER, GOLD_NO_ROW)
#undef GOLD_TRACKER

/**
 * Get ready for what the study tracks; ended by FN(watch_fini), also on
 * failure. Keeps what it is given, which may be filled in later, but for
 * `initial`.
 */
GOLD_CHECKED gold_status FN(watch_init)(gold_watch *watch,
                                        const gold_engine_job *job,
                                        const gold_settings *settings,
                                        const gold_start *start,
                                        const gold_training *training,
                                        const real *initial);

/** Free what the watch holds; zeroed ones are allowed. */
void FN(watch_fini)(gold_watch *watch);

/** Fill the numbers of a logged step; for gold_training.observe, whose observer
 * is the watch. What goes wrong is kept in watch->status and leaves NaN. */
double FN(watch_entry)(void *watch, const gold_logged *at);

/** Put number `i` of a variable at a logged step; variables that the study does
 * not have are passed over. */
void FN(watch_put)(const gold_watch *watch, const gold_logged *at,
                   gold_variable variable, size_t i, double value);

/** What is tracked before the last phase begins at theta, into a record. */
GOLD_CHECKED gold_status FN(watch_before)(gold_watch *watch, const real *theta,
                                          double *record);

/** What was logged, and what follows from it, into a record. */
GOLD_CHECKED gold_status FN(watch_after)(const gold_watch *watch,
                                         const gold_training_result *result,
                                         const gold_log_entry *log,
                                         double *record);

#endif
