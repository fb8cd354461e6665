/* SPDX-License-Identifier: MIT */
#include "sched/nap.h"
#include "sched/roles.h"

/* Take in a worker's report and answer it. True when that sent it home. */
static bool answer(MPI_Comm comm, goldi_sweep *sweep, int worker,
                   const goldi_report *report)
{
    goldi_order order = {0};

    if (report->has_task) {
        const gold_sched_report points = {report->points_done,
                                          report->points_failed};

        goldi_sweep_end_task(sweep, report->slot, worker,
                             (gold_status)report->status, &points);
    }
    if (goldi_sweep_take(sweep, &order.slot)) {
        order.has_task = 1;
        order.task = sweep->queue.slots[order.slot].task;
    }
    MPI_Send(&order, (int)sizeof order, MPI_BYTE, worker, GOLDI_TAG_ORDER,
             comm);
    return !order.has_task;
}

/* Wait for a report from anybody, telling progress meanwhile. */
static int next_report(MPI_Comm comm, goldi_sweep *sweep, goldi_report *report)
{
    MPI_Status sender = {0};
    goldi_nap nap = {0};
    int is_there = 0;

    MPI_Iprobe(MPI_ANY_SOURCE, GOLDI_TAG_REPORT, comm, &is_there, &sender);
    while (!is_there) {
        goldi_sweep_tick(sweep);
        goldi_nap_rest(&nap);
        MPI_Iprobe(MPI_ANY_SOURCE, GOLDI_TAG_REPORT, comm, &is_there, &sender);
    }
    MPI_Recv(report, (int)sizeof *report, MPI_BYTE, sender.MPI_SOURCE,
             GOLDI_TAG_REPORT, comm, MPI_STATUS_IGNORE);
    return sender.MPI_SOURCE;
}

void goldi_coordinate(MPI_Comm comm, goldi_sweep *sweep)
{
    uint64_t n_away = sweep->n_workers;

    while (n_away > 0) {
        goldi_report report = {0};
        const int worker = next_report(comm, sweep, &report);

        if (answer(comm, sweep, worker, &report)) {
            n_away--;
        }
    }
}
