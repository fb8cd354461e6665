/* SPDX-License-Identifier: MIT */
#include "sched/roles.h"

void goldi_work_alone(goldi_sweep *sweep)
{
    goldi_pulse nobody_asks = {0};
    uint64_t slot = 0;

    while (goldi_sweep_take(sweep, 0, &slot)) {
        const goldi_slot *s = &sweep->queue.slots[slot];
        gold_sched_report report = {0};
        const double began = MPI_Wtime();
        const gold_status status = goldi_run_task(sweep->job, &nobody_asks,
                                                  s->task, s->n_tries, &report);

        goldi_sweep_end_task(sweep, slot, MPI_Wtime() - began, status,
                             gold_fail_message(), &report);
    }
}
