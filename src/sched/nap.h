/* SPDX-License-Identifier: MIT */
/**
 * @file nap.h
 * Waiting without burning a core. Open MPI polls inside its blocking calls; a
 * rank that waits there takes a core from a rank that computes as soon as there
 * are more ranks than cores, which is how this program wants to be started.
 */
#ifndef GOLD_SCHED_NAP_H
#define GOLD_SCHED_NAP_H

#include <mpi.h>

/** How long nothing has happened; zero it at the start and after activity. */
typedef struct goldi_nap {
    unsigned n_idle;
} goldi_nap;

/**
 * Nothing to do: return at once a few times, since answers tend to follow each
 * other, then sleep for 20 us, and longer each time, up to 1 ms.
 */
void goldi_nap_rest(goldi_nap *nap);

/** Sleep until the request is complete; MPI_Wait then returns at once. */
void goldi_nap_until(MPI_Request request);

#endif
