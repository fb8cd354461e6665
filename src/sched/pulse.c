/* SPDX-License-Identifier: MIT */
#include "sched/pulse.h"

#include <math.h>

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

static void beat(void *context)
{
    const goldi_pulse *pulse = context;

    if (pulse->is_allowed) {
        goldi_pulse_send(pulse->comm);
    }
}

gold_status goldi_pulse_start(goldi_pulse *pulse, MPI_Comm comm,
                              double period_s)
{
    *pulse = (goldi_pulse){.comm = comm};
    return isfinite(period_s)
               ? gold_ticker_start(&pulse->ticker, period_s, beat, pulse)
               : GOLD_OK;
}

void goldi_pulse_allow(goldi_pulse *pulse, bool is_allowed)
{
    gold_ticker_lock(&pulse->ticker);
    pulse->is_allowed = is_allowed;
    gold_ticker_unlock(&pulse->ticker);
}
