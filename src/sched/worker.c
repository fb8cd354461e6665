/* SPDX-License-Identifier: MIT */
#include "sched/nap.h"
#include "sched/roles.h"

/* Tell rank 0 what came of the last order, and get the next one. */
static goldi_order exchange(MPI_Comm comm, const goldi_report *report)
{
    goldi_order order = {0};
    MPI_Request request = MPI_REQUEST_NULL;

    MPI_Irecv(&order, (int)sizeof order, MPI_BYTE, 0, GOLDI_TAG_ORDER, comm,
              &request);
    MPI_Send(report, (int)sizeof *report, MPI_BYTE, 0, GOLDI_TAG_REPORT, comm);
    goldi_nap_until(request);
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    return order;
}

void goldi_work(MPI_Comm comm, const gold_sched_job *job)
{
    goldi_report report = {0};
    goldi_order order = exchange(comm, &report);

    while (order.has_task) {
        gold_sched_report points = {0};
        const gold_status status = job->run(job->context, order.task, &points);

        report = (goldi_report){.has_task = 1,
                                .slot = order.slot,
                                .status = (uint64_t)status,
                                .points_done = points.points_done,
                                .points_failed = points.points_failed};
        order = exchange(comm, &report);
    }
}
