/* SPDX-License-Identifier: MIT */
#include "sched/roles.h"

void goldi_work_alone(goldi_sweep *sweep)
{
    const gold_sched_job *job = sweep->job;
    uint64_t slot = 0;

    while (goldi_sweep_take(sweep, &slot)) {
        gold_sched_report report = {0};
        const gold_status status =
            job->run(job->context, sweep->queue.slots[slot].task, &report);

        goldi_sweep_end_task(sweep, slot, 0, status, &report);
    }
}
