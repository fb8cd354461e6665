/* SPDX-License-Identifier: MIT */
#include "app/clock.h"

#include <time.h>

static double read_clock(clockid_t which)
{
    struct timespec now;

    (void)clock_gettime(which, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double gold_clock(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

double gold_clock_computing(void)
{
    return read_clock(CLOCK_THREAD_CPUTIME_ID);
}
