/* SPDX-License-Identifier: MIT */
#include "base/ticker.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>

static struct timespec after(double seconds)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += (time_t)seconds;
    time.tv_nsec += (long)((seconds - floor(seconds)) * 1e9);
    if (time.tv_nsec >= 1000000000) {
        time.tv_nsec -= 1000000000;
        time.tv_sec++;
    }
    return time;
}

static void *run(void *argument)
{
    gold_ticker *ticker = argument;

    (void)pthread_mutex_lock(&ticker->lock);
    while (!ticker->is_over) {
        const struct timespec next = after(ticker->period_s);

        /* It may wake early. */
        while (!ticker->is_over &&
               pthread_cond_timedwait(&ticker->wake, &ticker->lock, &next) ==
                   0) {
        }
        if (!ticker->is_over) {
            ticker->tick(ticker->context);
        }
    }
    (void)pthread_mutex_unlock(&ticker->lock);
    return NULL;
}

gold_status gold_ticker_start(gold_ticker *ticker, double period_s,
                              void (*tick)(void *context), void *context)
{
    pthread_condattr_t steady;
    sigset_t all;
    sigset_t before;

    *ticker =
        (gold_ticker){.period_s = period_s, .tick = tick, .context = context};
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&ticker->wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    (void)pthread_mutex_init(&ticker->lock, NULL);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&ticker->thread, NULL, run, ticker);

    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    ticker->is_running = failed == 0;
    if (failed != 0) {
        (void)pthread_mutex_destroy(&ticker->lock);
        (void)pthread_cond_destroy(&ticker->wake);
        return gold_fail(GOLD_ERR_MEMORY, "no thread for signs of life: %s",
                         strerror(failed));
    }
    return GOLD_OK;
}

void gold_ticker_lock(gold_ticker *ticker)
{
    if (ticker->is_running) {
        (void)pthread_mutex_lock(&ticker->lock);
    }
}

void gold_ticker_unlock(gold_ticker *ticker)
{
    if (ticker->is_running) {
        (void)pthread_mutex_unlock(&ticker->lock);
    }
}

void gold_ticker_stop(gold_ticker *ticker)
{
    if (!ticker->is_running) {
        return;
    }
    (void)pthread_mutex_lock(&ticker->lock);
    ticker->is_over = true;
    (void)pthread_cond_signal(&ticker->wake);
    (void)pthread_mutex_unlock(&ticker->lock);
    (void)pthread_join(ticker->thread, NULL);
    (void)pthread_mutex_destroy(&ticker->lock);
    (void)pthread_cond_destroy(&ticker->wake);
    ticker->is_running = false;
}
