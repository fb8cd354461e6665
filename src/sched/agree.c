/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "goldilocks/sched.h"

#include "sched/nap.h"

enum {
    MESSAGE_BYTES = 4096 /* as much as a message of status.h can hold */
};

/* Make rank `root`'s status and message everybody's and return the status. */
static gold_status share_failure(MPI_Comm comm, int root, gold_status status)
{
    struct {
        int status;
        char message[MESSAGE_BYTES];
    } failure = {(int)status, ""};
    MPI_Request request = MPI_REQUEST_NULL;
    int rank = 0;

    MPI_Comm_rank(comm, &rank);
    if (rank == root) {
        (void)snprintf(failure.message, sizeof failure.message, "%s",
                       gold_fail_message());
    }
    MPI_Ibcast(&failure, (int)sizeof failure, MPI_BYTE, root, comm, &request);
    goldi_nap_until(request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    return gold_fail((gold_status)failure.status, "%s", failure.message);
}

gold_status gold_agree(MPI_Comm comm, gold_status status)
{
    MPI_Request request = MPI_REQUEST_NULL;
    int rank = 0;
    int size = 0;
    int first = 0;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    const int mine = status == GOLD_OK ? size : rank;

    MPI_Iallreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm, &request);
    goldi_nap_until(request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    return first == size ? GOLD_OK : share_failure(comm, first, status);
}
