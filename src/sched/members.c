/* SPDX-License-Identifier: MIT */
#include "sched/members.h"

#include <math.h>

/* Work of an order: much longer than the way to rank 0 and back, and than rank
 * 0 needs to answer everybody. */
static const double least_batch_s = 0.004;
static const double answer_s = 1e-5;

/* How many tasks an order may have: enough is left for the others to end at
 * the same time. */
static uint64_t most_tasks(const goldi_sweep *sweep)
{
    const goldi_queue *queue = &sweep->queue;
    const uint64_t n_waiting =
        queue->n_tasks - queue->n_done - queue->n_running - queue->n_dropped;
    const uint64_t share = n_waiting / (4 * sweep->n_workers + 1);

    return share < GOLDI_BATCH ? share : GOLDI_BATCH;
}

bool goldi_member_feed(goldi_member *member, goldi_sweep *sweep, int rank,
                       double now_s)
{
    goldi_order *order = &member->order;
    const uint64_t most = most_tasks(sweep);
    const double batch_s =
        fmax(least_batch_s, answer_s * (double)sweep->n_workers);
    uint64_t slot = 0;
    double sum_s = 0.0;

    order->n_tasks = 0;
    while (
        (order->n_tasks == 0 || (order->n_tasks < most && sum_s < batch_s)) &&
        goldi_sweep_take(sweep, rank, &slot)) {
        const goldi_slot *taken = &sweep->queue.slots[slot];

        order->tasks[order->n_tasks].slot = slot;
        order->tasks[order->n_tasks].task = taken->task;
        order->tasks[order->n_tasks].n_tries = taken->n_tries;
        order->n_tasks++;
        /* The time of the first of a kind is not known: one at a time. */
        sum_s += isnan(taken->predicted_s) ? batch_s : taken->predicted_s;
        member->predicted_s = order->n_tasks == 1 ? taken->predicted_s : sum_s;
    }
    member->n_tasks = (uint32_t)order->n_tasks;
    member->is_idle = order->n_tasks == 0;
    member->handed_s = now_s;
    member->was_late = false;
    order->verb = member->is_idle ? GOLDI_STAY : GOLDI_RUN;
    return !member->is_idle;
}

void goldi_member_release(goldi_member *member, goldi_sweep *sweep, int rank)
{
    for (uint32_t i = 0; i < member->n_tasks; i++) {
        const uint64_t index = member->order.tasks[i].slot;
        const goldi_slot *slot = &sweep->queue.slots[index];

        if (slot->state == GOLDI_SLOT_RUNNING && slot->worker == rank) {
            goldi_sweep_return_task(sweep, index);
        }
    }
    member->n_tasks = 0;
}

bool goldi_member_is_late(const goldi_member *member, double now_s)
{
    const double shortest_s = 60.0; /* before that nobody worries */
    const double factor = 10.0;
    const double took_s = now_s - member->handed_s;

    return member->n_tasks > 0 && !member->was_late && took_s > shortest_s &&
           took_s > factor * member->predicted_s;
}
