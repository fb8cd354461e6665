/* SPDX-License-Identifier: MIT */
#include "sched/queue.h"

#include <math.h>
#include <stdlib.h>

#include "goldilocks/memory.h"

/* Longest predicted first: what is long and starts last keeps everybody
 * waiting. Ids are unique, so the order is one and the same whatever qsort. */
static int compare_slots(const void *left, const void *right)
{
    const goldi_slot *a = left;
    const goldi_slot *b = right;

    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    return (a->task > b->task) - (a->task < b->task);
}

gold_status goldi_queue_init(goldi_queue *queue, const uint64_t *tasks,
                             const double *costs, uint64_t n_tasks)
{
    goldi_queue made = {.n_tasks = n_tasks};

    GOLD_TRY(GOLD_ALLOC(n_tasks, &made.slots));
    for (uint64_t i = 0; i < n_tasks; i++) {
        const bool is_usable = isfinite(costs[i]) && costs[i] > 0.0;

        made.slots[i].task = tasks[i];
        made.slots[i].cost = is_usable ? costs[i] : 0.0;
        made.cost_waiting += made.slots[i].cost;
    }
    if (!(made.cost_waiting > 0.0)) {
        for (uint64_t i = 0; i < n_tasks; i++) {
            made.slots[i].cost = 1.0;
        }
        made.cost_waiting = (double)n_tasks;
    }
    qsort(made.slots, n_tasks, sizeof *made.slots, compare_slots);
    *queue = made;
    return GOLD_OK;
}

void goldi_queue_fini(goldi_queue *queue)
{
    gold_free(queue->slots);
    *queue = (goldi_queue){0};
}

bool goldi_queue_has_waiting(const goldi_queue *queue)
{
    return queue->n_taken < queue->n_tasks;
}

uint64_t goldi_queue_take(goldi_queue *queue, double now_s)
{
    GOLD_ASSERT(goldi_queue_has_waiting(queue));
    goldi_slot *slot = &queue->slots[queue->n_taken];

    slot->state = GOLDI_SLOT_RUNNING;
    slot->start_s = now_s;
    queue->n_running++;
    queue->cost_waiting -= slot->cost;
    queue->cost_running += slot->cost;
    queue->start_sum_s += now_s;
    return queue->n_taken++;
}

/* Take a slot out of the running ones and return it. */
static goldi_slot *end_slot(goldi_queue *queue, uint64_t index,
                            goldi_slot_state state)
{
    GOLD_ASSERT(index < queue->n_taken);
    goldi_slot *slot = &queue->slots[index];

    GOLD_ASSERT(slot->state == GOLDI_SLOT_RUNNING);
    slot->state = state;
    queue->n_running--;
    queue->cost_running -= slot->cost;
    queue->start_sum_s -= slot->start_s;
    return slot;
}

void goldi_queue_finish(goldi_queue *queue, uint64_t slot, double now_s)
{
    const goldi_slot *ended = end_slot(queue, slot, GOLDI_SLOT_DONE);

    queue->n_done++;
    queue->cost_done += ended->cost;
    queue->busy_s += now_s - ended->start_s;
}

void goldi_queue_drop(goldi_queue *queue, uint64_t slot)
{
    (void)end_slot(queue, slot, GOLDI_SLOT_DROPPED);
}

double goldi_queue_eta(const goldi_queue *queue, uint64_t n_workers,
                       double now_s)
{
    const uint64_t n_waiting = queue->n_tasks - queue->n_taken;
    const uint64_t n_left = n_waiting + queue->n_running;
    const double n_busy = (double)(n_left < n_workers ? n_left : n_workers);

    if (n_left == 0) {
        return 0.0;
    }
    if (!(queue->cost_done > 0.0)) {
        return (double)NAN;
    }
    const double rate = queue->busy_s / queue->cost_done;
    const double spent_s =
        (double)queue->n_running * now_s - queue->start_sum_s;
    const double running_s = fmax(0.0, rate * queue->cost_running - spent_s);
    const double waiting_s = fmax(0.0, rate * queue->cost_waiting);
    const double longest_s =
        n_waiting == 0 ? 0.0 : rate * queue->slots[queue->n_taken].cost;

    return fmax((running_s + waiting_s) / n_busy, longest_s);
}

bool goldi_queue_is_valid(const goldi_queue *queue)
{
    uint64_t counts[4] = {0};

    for (uint64_t i = 0; i < queue->n_tasks; i++) {
        const goldi_slot *slot = &queue->slots[i];
        const bool is_waiting = slot->state == GOLDI_SLOT_WAITING;

        counts[slot->state]++;
        if (is_waiting != (i >= queue->n_taken) ||
            (i > 0 && compare_slots(slot - 1, slot) >= 0)) {
            return false;
        }
    }
    return counts[GOLDI_SLOT_WAITING] == queue->n_tasks - queue->n_taken &&
           counts[GOLDI_SLOT_RUNNING] == queue->n_running &&
           counts[GOLDI_SLOT_DONE] == queue->n_done;
}
