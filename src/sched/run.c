/* SPDX-License-Identifier: MIT */
#include "sched/agree.h"
#include "sched/nap.h"
#include "sched/roles.h"

/* How rank 0 found the sweep ended, for everybody. */
typedef struct outcome {
    gold_sched_tally tally;
    gold_status status;
    int failed_rank;
} outcome;

/* Ranks that are done early wait here for the others: asleep. */
static gold_status share_outcome(MPI_Comm comm, const goldi_sweep *sweep,
                                 gold_sched_tally *tally)
{
    outcome shared = {sweep->tally, sweep->status, sweep->failed_rank};
    MPI_Request request = MPI_REQUEST_NULL;

    MPI_Ibcast(&shared, (int)sizeof shared, MPI_BYTE, 0, comm, &request);
    goldi_nap_until(request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    *tally = shared.tally;
    if (shared.status == GOLD_OK) {
        return GOLD_OK;
    }
    return goldi_share_failure(comm, shared.failed_rank, shared.status);
}

static void play_role(MPI_Comm comm, const gold_sched_job *job,
                      goldi_sweep *sweep)
{
    int rank = 0;
    int size = 0;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    if (rank != 0) {
        goldi_work(comm, job);
        return;
    }
    if (size == 1) {
        goldi_work_alone(sweep);
    } else {
        goldi_coordinate(comm, sweep);
    }
    goldi_sweep_close(sweep);
}

gold_status gold_sched_run(MPI_Comm comm, const gold_sched_job *job,
                           gold_sched_tally *tally)
{
    gold_status status = GOLD_OK;
    goldi_sweep sweep = {0};
    MPI_Comm own = MPI_COMM_NULL;
    int rank = 0;
    int size = 0;

    *tally = (gold_sched_tally){0};
    MPI_Comm_dup(comm, &own);
    MPI_Comm_rank(own, &rank);
    MPI_Comm_size(own, &size);
    if (rank == 0) {
        status =
            goldi_sweep_init(&sweep, job, size == 1 ? 1 : (uint64_t)size - 1);
    }
    GOLD_GOTO(gold_agree(own, status));
    play_role(own, job, &sweep);
    status = share_outcome(own, &sweep, tally);

done:
    goldi_sweep_fini(&sweep);
    MPI_Comm_free(&own);
    return status;
}
