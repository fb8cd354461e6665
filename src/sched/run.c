/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "goldilocks/memory.h"

#include "sched/members.h"
#include "sched/roles.h"

goldi_ending goldi_ending_of(const goldi_sweep *sweep)
{
    goldi_ending ending = {.tally = sweep->tally, .status = sweep->status};

    (void)snprintf(ending.message, sizeof ending.message, "%s", sweep->message);
    return ending;
}

/* What a rank needs for its role. */
typedef struct role {
    int rank;
    int size;
    goldi_sweep sweep;     /* rank 0 */
    goldi_member *members; /* rank 0 among others */
    goldi_pulse pulse;     /* the others */
} role;

static gold_status prepare(role *r, MPI_Comm comm, const gold_sched_job *job)
{
    if (r->rank != 0) {
        return goldi_pulse_start(&r->pulse, comm, goldi_pulse_period(job));
    }
    GOLD_TRY(goldi_sweep_init(&r->sweep, job,
                              r->size == 1 ? 1 : (uint64_t)r->size - 1));
    return GOLD_ALLOC((size_t)r->size, &r->members);
}

static void role_destroy(role **r)
{
    if (*r != NULL) {
        gold_ticker_stop(&(*r)->pulse.ticker);
        gold_free((*r)->members);
        goldi_sweep_fini(&(*r)->sweep);
        gold_free(*r);
        *r = NULL;
    }
}

static gold_status play(role *r, MPI_Comm comm, const gold_sched_job *job,
                        gold_sched_tally *tally)
{
    goldi_ending ending = {0};

    if (r->rank != 0) {
        const gold_status status = goldi_work(comm, job, &r->pulse, &ending);

        if (status != GOLD_OK) {
            tally->n_lost = 1;
            tally->is_orphaned = true;
            return status;
        }
    } else if (r->size > 1) {
        goldi_coordinate(comm, &r->sweep, r->members, &ending);
    } else {
        goldi_work_alone(&r->sweep);
        goldi_sweep_close(&r->sweep);
        ending = goldi_ending_of(&r->sweep);
    }
    *tally = ending.tally;
    return ending.status == GOLD_OK
               ? GOLD_OK
               : gold_fail(ending.status, "%s", ending.message);
}

gold_status gold_sched_run(MPI_Comm comm, const gold_sched_job *job,
                           gold_sched_tally *tally)
{
    gold_status status = GOLD_OK;
    role *r = NULL;
    MPI_Comm own = MPI_COMM_NULL;

    *tally = (gold_sched_tally){0};
    MPI_Comm_dup(comm, &own);
    GOLD_GOTO(gold_agree(own, GOLD_ALLOC(1, &r)));
    MPI_Comm_rank(own, &r->rank);
    MPI_Comm_size(own, &r->size);
    GOLD_GOTO(gold_agree(own, prepare(r, own, job)));
    if (job->begin != NULL) {
        job->begin(job->context);
    }
    status = play(r, own, job, tally);

done:
    role_destroy(&r);
    if (tally->n_lost == 0) {
        MPI_Comm_free(&own);
    }
    return status;
}
