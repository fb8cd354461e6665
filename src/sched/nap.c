/* SPDX-License-Identifier: MIT */
#include "sched/nap.h"

#include <time.h>

enum {
    N_SPINS = 64,    /* polls before the first nap: some 20 us */
    NAPS_A_STEP = 8, /* naps of one length before they get twice as long */
    SHORTEST_NS = 20000,
    LONGEST_NS = 1000000
};

void goldi_nap_rest(goldi_nap *nap)
{
    struct timespec pause = {0, SHORTEST_NS};

    if (nap->n_idle < N_SPINS) {
        nap->n_idle++;
        return;
    }
    pause.tv_nsec <<= (nap->n_idle - N_SPINS) / NAPS_A_STEP;
    if (pause.tv_nsec >= LONGEST_NS) {
        pause.tv_nsec = LONGEST_NS;
    } else {
        nap->n_idle++;
    }
    (void)nanosleep(&pause, NULL);
}

void goldi_nap_until(MPI_Request request)
{
    goldi_nap nap = {0};
    int is_complete = 0;

    MPI_Request_get_status(request, &is_complete, MPI_STATUS_IGNORE);
    while (!is_complete) {
        goldi_nap_rest(&nap);
        MPI_Request_get_status(request, &is_complete, MPI_STATUS_IGNORE);
    }
}
