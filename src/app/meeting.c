/* SPDX-License-Identifier: MIT */
#include "app/meeting.h"

#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include <pthread.h>

#include "goldilocks/status.h"

#include "app/clock.h"
#include "app/parting.h"
#include "app/print.h"

/* A failure is told to the others within moments, unless they cannot hear. */
static const double look_every = 5.0;
/* Reading large data, or putting a large file on a slow disk, may take longer
 * than a sign of life, and a crowded machine is slow. */
static const double leases = 10.0;
static const double shortest = 20.0;

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool is_running; /* there is a thread */
    bool is_over;
    gold_meeting now;
    const gold_failure *failure; /* of the thread that meets */
    unsigned n_before;           /* its failures when the meeting began */
    unsigned n_seen;             /* at the last look */
    double began;                /* on gold_clock */
} watch = {.lock = PTHREAD_MUTEX_INITIALIZER};

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

/* When to look next. */
static struct timespec next_look(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += (time_t)look_every;
    return time;
}

static void *look(void *unused)
{
    (void)unused;
    (void)pthread_mutex_lock(&watch.lock);
    while (!watch.is_over) {
        const struct timespec next = next_look();

        if (pthread_cond_timedwait(&watch.wake, &watch.lock, &next) != 0) {
            look_at_failure();
            look_at_time();
        }
    }
    (void)pthread_mutex_unlock(&watch.lock);
    return NULL;
}

/* Start the thread, with all signals left to the others. Without one nobody
 * looks, and all is as it would be. */
static void start_thread(void)
{
    pthread_condattr_t steady;
    sigset_t all;
    sigset_t before;

    watch.is_over = false;
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&watch.wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    watch.is_running = pthread_create(&watch.thread, NULL, look, NULL) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

void gold_meeting_begin(const gold_meeting *meeting)
{
    if (meeting->size == 1) {
        return;
    }
    (void)pthread_mutex_lock(&watch.lock);
    watch.now = *meeting;
    watch.failure = gold_failure_here();
    watch.n_before = gold_failure_count(watch.failure);
    watch.n_seen = watch.n_before;
    watch.began = gold_clock();
    if (!watch.is_running) {
        start_thread();
    }
    (void)pthread_mutex_unlock(&watch.lock);
}

void gold_meeting_end(void)
{
    if (!watch.is_running) {
        return;
    }
    (void)pthread_mutex_lock(&watch.lock);
    watch.is_over = true;
    (void)pthread_cond_signal(&watch.wake);
    (void)pthread_mutex_unlock(&watch.lock);
    (void)pthread_join(watch.thread, NULL);
    (void)pthread_cond_destroy(&watch.wake);
    watch.is_running = false;
}
