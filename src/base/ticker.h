/* SPDX-License-Identifier: MIT */
/** @file ticker.h A thread that does something again and again, beside what its
 * process does. */
#ifndef GOLD_BASE_TICKER_H
#define GOLD_BASE_TICKER_H

#include <pthread.h>

#include "goldilocks/status.h"

/** Zero it or call gold_ticker_start; it must not move until gold_ticker_stop.
 */
typedef struct gold_ticker {
    double period_s;
    void (*tick)(void *context); /* with the lock held */
    void *context;
    pthread_t thread;
    pthread_mutex_t lock; /* of what the thread and others share */
    pthread_cond_t wake;
    bool is_running; /* there is a thread */
    bool is_over;
} gold_ticker;

/**
 * Tick every `period_s` seconds, which are finite; the first time after that.
 * All signals are left to other threads.
 *
 * @retval GOLD_ERR_MEMORY  the system has no thread.
 */
GOLD_CHECKED gold_status gold_ticker_start(gold_ticker *ticker, double period_s,
                                           void (*tick)(void *context),
                                           void *context);

/** Keep it from ticking; without a thread these do nothing. */
void gold_ticker_lock(gold_ticker *ticker);
void gold_ticker_unlock(gold_ticker *ticker);

/** End the thread. Zeroed ones are allowed. */
void gold_ticker_stop(gold_ticker *ticker);

#endif
