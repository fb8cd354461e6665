/* SPDX-License-Identifier: MIT */
#include "app/meeting.h"

#include <math.h>
#include <stdio.h>

#include "goldilocks/status.h"

#include "app/clock.h"
#include "app/parting.h"
#include "app/print.h"
#include "base/ticker.h"

/* A failure is told to the others within moments, unless they cannot hear. */
static const double look_every = 5.0;
/* Reading large data, or putting a large file on a slow disk, may take longer
 * than a sign of life, and a crowded machine is slow. */
static const double leases = 10.0;
static const double shortest = 20.0;

static struct {
    gold_ticker ticker;
    gold_meeting now;
    const gold_failure *failure; /* of the thread that meets */
    unsigned n_before;           /* its failures when the meeting began */
    unsigned n_seen;             /* at the last look */
    double began;                /* on gold_clock */
} watch;

static double longest(void)
{
    return fmax(shortest, leases * watch.now.lease);
}

/* The others wait for what does not come. */
static _Noreturn void leave(bool speaks, int exit_code)
{
    gold_parting_leave(speaks, exit_code,
                       gold_parting_patience(watch.now.lease));
}

/* It failed in this meeting, and had time to tell. */
static void look_at_failure(void)
{
    const unsigned n_failures = gold_failure_count(watch.failure);
    const bool is_old = n_failures == watch.n_seen;
    const char *message = gold_failure_message(watch.failure);

    watch.n_seen = n_failures;
    if (is_old && n_failures != watch.n_before && message[0] != '\0') {
        gold_say(stderr, "goldilocks: %s\n", message);
        leave(true, gold_status_exit_code(gold_failure_status(watch.failure)));
    }
}

/* Process 0 goes first: mpirun ends all when one has left, and it has something
 * to say. */
static void look_at_time(void)
{
    const double later = watch.now.rank == 0 ? 0.0 : 2.0 * look_every;

    if (gold_clock() - watch.began <= longest() + later) {
        return;
    }
    if (watch.now.rank == 0) {
        gold_say(stderr,
                 "goldilocks: the processes did not come together within "
                 "%.0f s (ten times run.lease, or 20 s): one must have "
                 "died; what is marked done is kept, and the same "
                 "command goes on\n",
                 longest());
    }
    leave(watch.now.rank == 0, watch.now.exit_code);
}

static void look(void *unused)
{
    (void)unused;
    look_at_failure();
    look_at_time();
}

void gold_meeting_begin(const gold_meeting *meeting)
{
    if (meeting->size == 1) {
        return;
    }
    gold_ticker_lock(&watch.ticker);
    watch.now = *meeting;
    watch.failure = gold_failure_here();
    watch.n_before = gold_failure_count(watch.failure);
    watch.n_seen = watch.n_before;
    watch.began = gold_clock();
    gold_ticker_unlock(&watch.ticker);
    /* Without a thread nobody looks, and all is as it would be. */
    if (!watch.ticker.is_running &&
        gold_ticker_start(&watch.ticker, look_every, look, NULL) != GOLD_OK) {
        gold_fail_clear();
    }
}

void gold_meeting_end(void)
{
    gold_ticker_stop(&watch.ticker);
}
