/* SPDX-License-Identifier: MIT */
#include "store/agree.h"

#include <limits.h>
#include <stdio.h>

gold_status goldi_store_agree(MPI_Comm comm, gold_status status)
{
    char message[4096] = "";
    int rank = 0;
    int first = INT_MAX;
    int code = (int)status;

    (void)MPI_Comm_rank(comm, &rank);
    const int mine = status == GOLD_OK ? INT_MAX : rank;

    (void)MPI_Allreduce(&mine, &first, 1, MPI_INT, MPI_MIN, comm);
    if (first == INT_MAX) {
        return GOLD_OK;
    }
    (void)snprintf(message, sizeof message, "%s", gold_fail_message());
    (void)MPI_Bcast(&code, 1, MPI_INT, first, comm);
    (void)MPI_Bcast(message, (int)sizeof message, MPI_CHAR, first, comm);
    return gold_fail((gold_status)code, "%s", message);
}
