/* SPDX-License-Identifier: MIT */
#include "sched/pulse.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <time.h>

double goldi_pulse_period(const gold_sched_job *job)
{
    const double most_s = 5.0;
    int level = MPI_THREAD_SINGLE;

    MPI_Query_thread(&level);
    if (!(job->lease_s > 0.0) || level < MPI_THREAD_SERIALIZED) {
        return (double)INFINITY;
    }
    return fmin(most_s, job->lease_s / 8.0);
}

void goldi_pulse_send(MPI_Comm comm)
{
    MPI_Request request = MPI_REQUEST_NULL;

    /* Rank 0 may be dead: nothing here waits for it. */
    MPI_Isend(NULL, 0, MPI_BYTE, 0, GOLDI_TAG_PULSE, comm, &request);
    MPI_Request_free(&request);
}

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

static void *beat(void *argument)
{
    goldi_pulse *pulse = argument;

    (void)pthread_mutex_lock(&pulse->lock);
    while (!pulse->is_over) {
        const struct timespec next = after(pulse->period_s);

        (void)pthread_cond_timedwait(&pulse->wake, &pulse->lock, &next);
        if (pulse->is_allowed && !pulse->is_over) {
            goldi_pulse_send(pulse->comm);
        }
    }
    (void)pthread_mutex_unlock(&pulse->lock);
    return NULL;
}

/* Start the thread, with all signals left to the others. */
static int start_thread(goldi_pulse *pulse)
{
    sigset_t all;
    sigset_t before;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    const int failed = pthread_create(&pulse->thread, NULL, beat, pulse);

    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return failed;
}

gold_status goldi_pulse_start(goldi_pulse *pulse, MPI_Comm comm,
                              double period_s)
{
    pthread_condattr_t steady;

    *pulse = (goldi_pulse){.comm = comm, .period_s = period_s};
    if (!isfinite(period_s)) {
        return GOLD_OK;
    }
    (void)pthread_condattr_init(&steady);
    (void)pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&pulse->wake, &steady);
    (void)pthread_condattr_destroy(&steady);
    (void)pthread_mutex_init(&pulse->lock, NULL);
    const int failed = start_thread(pulse);

    if (failed != 0) {
        (void)pthread_mutex_destroy(&pulse->lock);
        (void)pthread_cond_destroy(&pulse->wake);
        return gold_fail(GOLD_ERR_MEMORY, "no thread for signs of life: %s",
                         strerror(failed));
    }
    pulse->is_running = true;
    return GOLD_OK;
}

static void set_allowed(goldi_pulse *pulse, bool is_allowed)
{
    if (pulse->is_running) {
        (void)pthread_mutex_lock(&pulse->lock);
        pulse->is_allowed = is_allowed;
        (void)pthread_mutex_unlock(&pulse->lock);
    }
}

void goldi_pulse_allow(goldi_pulse *pulse)
{
    set_allowed(pulse, true);
}

void goldi_pulse_forbid(goldi_pulse *pulse)
{
    set_allowed(pulse, false);
}

void goldi_pulse_stop(goldi_pulse *pulse)
{
    if (!pulse->is_running) {
        return;
    }
    (void)pthread_mutex_lock(&pulse->lock);
    pulse->is_over = true;
    (void)pthread_cond_signal(&pulse->wake);
    (void)pthread_mutex_unlock(&pulse->lock);
    (void)pthread_join(pulse->thread, NULL);
    (void)pthread_mutex_destroy(&pulse->lock);
    (void)pthread_cond_destroy(&pulse->wake);
    pulse->is_running = false;
}
