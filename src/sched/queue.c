/* SPDX-License-Identifier: MIT */
#include "sched/queue.h"

#include <math.h>
#include <stdlib.h>

#include "goldilocks/memory.h"

/* What is believed of a spread before there is anything to tell it from. */
static const double first_spread = 0.2;
static const double first_weight = 2.0;

/* Of kinds in turn; then longest predicted first: what is long and starts last
 * keeps everybody waiting. Ids are unique, so the order is one and the same
 * whatever qsort. */
static int compare_slots(const void *left, const void *right)
{
    const goldi_slot *a = left;
    const goldi_slot *b = right;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (a->cost != b->cost) {
        return a->cost > b->cost ? -1 : 1;
    }
    return (a->task > b->task) - (a->task < b->task);
}

/* A task of some cost waits. */
static void add_waiting(goldi_lane *lane, double cost)
{
    goldi_heap *heap = &lane->waiting[goldi_rate_bin(&lane->rate, cost)];

    heap->n++;
    heap->cost += cost;
}

/* It does no longer. */
static void remove_waiting(goldi_lane *lane, double cost)
{
    goldi_heap *heap = &lane->waiting[goldi_rate_bin(&lane->rate, cost)];

    heap->n--;
    heap->cost -= cost;
}

/* Where each kind begins and ends, and what it costs. */
static void make_lanes(goldi_queue *queue)
{
    uint64_t begin = 0;

    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        goldi_lane *lane = &queue->lanes[kind];
        uint64_t end = begin;

        lane->next = begin;
        while (end < queue->n_tasks && queue->slots[end].kind == kind) {
            end++;
        }
        lane->end = end;
        if (begin == end) {
            continue;
        }
        const bool is_free = !(queue->slots[begin].cost > 0.0);

        lane->rate.largest = is_free ? 1.0 : queue->slots[begin].cost;
        for (uint64_t i = begin; i < end; i++) {
            queue->slots[i].cost = is_free ? 1.0 : queue->slots[i].cost;
            add_waiting(lane, queue->slots[i].cost);
        }
        begin = end;
    }
}

gold_status goldi_queue_init(goldi_queue *queue, const uint64_t *tasks,
                             const double *costs, const uint8_t *kinds,
                             uint64_t n_tasks)
{
    gold_status status = GOLD_OK;

    *queue = (goldi_queue){.n_tasks = n_tasks};
    GOLD_GOTO(GOLD_ALLOC(n_tasks, &queue->slots));
    GOLD_GOTO(GOLD_ALLOC(n_tasks, &queue->places));
    for (uint64_t i = 0; i < n_tasks; i++) {
        const bool is_usable = isfinite(costs[i]) && costs[i] > 0.0;

        queue->slots[i] =
            (goldi_slot){.task = tasks[i],
                         .cost = is_usable ? costs[i] : 0.0,
                         .kind = kinds == NULL ? (uint8_t)0 : kinds[i]};
        GOLD_ASSERT(queue->slots[i].kind < GOLD_SCHED_KINDS);
    }
    if (n_tasks > 0) {
        qsort(queue->slots, n_tasks, sizeof *queue->slots, compare_slots);
    }
    make_lanes(queue);

done:
    if (status != GOLD_OK) {
        goldi_queue_fini(queue);
    }
    return status;
}

void goldi_queue_fini(goldi_queue *queue)
{
    gold_free(queue->slots);
    gold_free(queue->places);
    *queue = (goldi_queue){0};
}

void goldi_queue_expect(goldi_queue *queue, unsigned kind, double rate)
{
    goldi_lane *lane = &queue->lanes[kind];
    const uint64_t n = lane->end - lane->next;
    double cost = 0.0;

    for (unsigned bin = 0; bin < GOLDI_RATE_BINS; bin++) {
        cost += lane->waiting[bin].cost;
    }
    if (n > 0 && rate > 0.0 && isfinite(rate)) {
        cost /= (double)n;
        goldi_rate_learn(&lane->rate, cost, rate * cost,
                         goldi_queue_spread(queue, kind));
    }
}

bool goldi_queue_has_waiting(const goldi_queue *queue)
{
    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        if (queue->lanes[kind].next < queue->lanes[kind].end) {
            return true;
        }
    }
    return queue->n_waiting_again > 0;
}

double goldi_queue_predict(const goldi_queue *queue, uint64_t slot)
{
    const goldi_slot *s = &queue->slots[slot];

    return goldi_rate_predict(&queue->lanes[s->kind].rate, s->cost);
}

double goldi_queue_spread(const goldi_queue *queue, unsigned kind)
{
    const goldi_lane *lane = &queue->lanes[kind];

    return sqrt(
        (lane->square_sum + first_weight * first_spread * first_spread) /
        ((double)lane->n_errors + first_weight));
}

/* The lane whose next task is the longest; one about which nothing is known
 * comes first, so that something will be. */
static goldi_lane *longest_lane(goldi_queue *queue)
{
    goldi_lane *longest = NULL;
    double most_s = 0.0;

    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        goldi_lane *lane = &queue->lanes[kind];

        if (lane->next == lane->end) {
            continue;
        }
        const double seconds = goldi_queue_predict(queue, lane->next);
        const double rank_s = isnan(seconds) ? (double)INFINITY : seconds;

        if (longest == NULL || rank_s > most_s) {
            longest = lane;
            most_s = rank_s;
        }
    }
    GOLD_ASSERT(longest != NULL);
    return longest;
}

/* Forget what does not wait any more on top of the stack. */
static void trim_again(goldi_queue *queue)
{
    while (queue->n_again > 0 &&
           queue->slots[queue->places[queue->n_again - 1]].state !=
               GOLDI_SLOT_AGAIN) {
        queue->n_again--;
    }
}

uint64_t goldi_queue_peek(goldi_queue *queue)
{
    trim_again(queue);
    return queue->n_again > 0 ? queue->places[queue->n_again - 1]
                              : longest_lane(queue)->next;
}

/* Take the task of goldi_queue_peek out of the waiting ones. */
static uint64_t leave(goldi_queue *queue)
{
    const uint64_t index = goldi_queue_peek(queue);
    goldi_slot *slot = &queue->slots[index];
    goldi_lane *lane = &queue->lanes[slot->kind];

    if (slot->state == GOLDI_SLOT_AGAIN) {
        queue->n_again--;
        queue->n_waiting_again--;
    } else {
        lane->next++;
    }
    remove_waiting(lane, slot->cost);
    return index;
}

uint64_t goldi_queue_running(const goldi_queue *queue, uint64_t i)
{
    return queue->places[queue->n_tasks - 1 - i];
}

/* A slot is at most once among those that run and those that wait again, so
 * both lists have room in one array. */
static void begin_run(goldi_queue *queue, uint64_t index)
{
    GOLD_ASSERT(queue->n_again + queue->n_running < queue->n_tasks);
    queue->slots[index].place = queue->n_tasks - 1 - queue->n_running++;
    queue->places[queue->slots[index].place] = index;
}

/* A running task runs no longer: the last of the list takes its place. */
static void end_run(goldi_queue *queue, const goldi_slot *slot)
{
    const uint64_t last = goldi_queue_running(queue, --queue->n_running);

    queue->places[slot->place] = last;
    queue->slots[last].place = slot->place;
}

uint64_t goldi_queue_take(goldi_queue *queue, int worker, double now_s)
{
    const uint64_t index = leave(queue);
    goldi_slot *slot = &queue->slots[index];

    slot->state = GOLDI_SLOT_RUNNING;
    slot->worker = worker;
    slot->start_s = now_s;
    slot->predicted_s = goldi_queue_predict(queue, index);
    slot->n_tries++;
    begin_run(queue, index);
    return index;
}

void goldi_queue_skip(goldi_queue *queue)
{
    queue->slots[leave(queue)].state = GOLDI_SLOT_DROPPED;
    queue->n_dropped++;
}

/* A task that was started came to an end; false: it had come to one before. */
static bool end_slot(goldi_queue *queue, uint64_t index, goldi_slot_state state)
{
    GOLD_ASSERT(index < queue->n_tasks);
    goldi_slot *slot = &queue->slots[index];

    GOLD_ASSERT(slot->state != GOLDI_SLOT_WAITING);
    if (slot->state == GOLDI_SLOT_RUNNING) {
        end_run(queue, slot);
    } else if (slot->state == GOLDI_SLOT_AGAIN) {
        remove_waiting(&queue->lanes[slot->kind], slot->cost);
        queue->n_waiting_again--;
    } else if (slot->state == GOLDI_SLOT_DONE || state == GOLDI_SLOT_DROPPED) {
        return false;
    } else {
        queue->n_dropped--;
    }
    slot->state = (uint8_t)state;
    return true;
}

/* Let the rate follow what a task took, and remember how far off it was. */
static void learn(goldi_queue *queue, const goldi_slot *slot, double took_s)
{
    const double shortest_s = 1e-6; /* below that clocks say little */
    const double seconds = fmax(took_s, shortest_s);
    goldi_lane *lane = &queue->lanes[slot->kind];

    if (slot->predicted_s >= 0.0) {
        const double predicted_s = fmax(slot->predicted_s, shortest_s);
        const double error = log(seconds / predicted_s);

        lane->n_errors++;
        lane->error_sum += fabs(error);
        lane->square_sum += error * error;
        lane->predicted_s += predicted_s;
        lane->taken_s += seconds;
    }
    goldi_rate_learn(&lane->rate, slot->cost, took_s,
                     goldi_queue_spread(queue, slot->kind));
}

bool goldi_queue_finish(goldi_queue *queue, uint64_t slot, double took_s)
{
    if (!end_slot(queue, slot, GOLDI_SLOT_DONE)) {
        return false;
    }
    queue->n_done++;
    learn(queue, &queue->slots[slot], took_s);
    return true;
}

void goldi_queue_return(goldi_queue *queue, uint64_t slot)
{
    goldi_slot *returned = &queue->slots[slot];

    GOLD_ASSERT(returned->state == GOLDI_SLOT_RUNNING);
    end_run(queue, returned);
    add_waiting(&queue->lanes[returned->kind], returned->cost);
    returned->state = GOLDI_SLOT_AGAIN;
    queue->n_waiting_again++;
    trim_again(queue);
    GOLD_ASSERT(queue->n_again + queue->n_running < queue->n_tasks);
    queue->places[queue->n_again++] = slot;
}

void goldi_queue_drop(goldi_queue *queue, uint64_t slot)
{
    if (end_slot(queue, slot, GOLDI_SLOT_DROPPED)) {
        queue->n_dropped++;
    }
}

bool goldi_queue_is_valid(const goldi_queue *queue)
{
    uint64_t counts[GOLDI_SLOT_DROPPED + 1] = {0};

    for (uint64_t i = 0; i < queue->n_tasks; i++) {
        const goldi_slot *slot = &queue->slots[i];
        const bool has_left = i < queue->lanes[slot->kind].next;
        const bool runs = slot->state == GOLDI_SLOT_RUNNING;

        counts[slot->state]++;
        if (has_left == (slot->state == GOLDI_SLOT_WAITING) ||
            (runs && queue->places[slot->place] != i) ||
            (i > 0 && compare_slots(slot - 1, slot) >= 0)) {
            return false;
        }
    }
    return counts[GOLDI_SLOT_AGAIN] == queue->n_waiting_again &&
           counts[GOLDI_SLOT_RUNNING] == queue->n_running &&
           counts[GOLDI_SLOT_DONE] == queue->n_done &&
           counts[GOLDI_SLOT_DROPPED] == queue->n_dropped;
}
