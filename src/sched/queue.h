/* SPDX-License-Identifier: MIT */
/**
 * @file queue.h
 * The tasks of one sweep: which is next, which run, how long the rest takes.
 *
 * Knows neither MPI nor clocks: whoever calls says what time it is, so a test
 * can play any history. Tasks leave in one fixed order, longest predicted first
 * and ties by task id. A task is waiting, then running, then done or dropped; a
 * dropped one was started but its result could not be written, so it is left
 * to a later session.
 */
#ifndef GOLD_SCHED_QUEUE_H
#define GOLD_SCHED_QUEUE_H

#include <stdint.h>

#include "goldilocks/status.h"

typedef enum goldi_slot_state {
    GOLDI_SLOT_WAITING,
    GOLDI_SLOT_RUNNING,
    GOLDI_SLOT_DONE,
    GOLDI_SLOT_DROPPED
} goldi_slot_state;

/** One task; its index in the queue is how others refer to it. */
typedef struct goldi_slot {
    uint64_t task;
    double cost;
    double start_s; /* meaningful once it runs */
    goldi_slot_state state;
} goldi_slot;

/** Value type: zero it or call goldi_queue_init. */
typedef struct goldi_queue {
    goldi_slot *slots; /* [n_tasks] in the order of leaving; owned */
    uint64_t n_tasks;
    uint64_t n_taken; /* slots before this one have left */
    uint64_t n_running;
    uint64_t n_done;
    double cost_waiting;
    double cost_running;
    double cost_done;
    double start_sum_s; /* sum of start_s over the running tasks */
    double busy_s;      /* sum of the seconds that done tasks took */
} goldi_queue;

/**
 * Put the tasks in order; ended by goldi_queue_fini. Costs that are negative or
 * not finite count as nothing; when no task costs anything, each counts as one.
 */
GOLD_CHECKED gold_status goldi_queue_init(goldi_queue *queue,
                                          const uint64_t *tasks,
                                          const double *costs,
                                          uint64_t n_tasks);

/** Free what the queue holds; zeroed queues are allowed. */
void goldi_queue_fini(goldi_queue *queue);

/** Does any task wait? */
bool goldi_queue_has_waiting(const goldi_queue *queue);

/** Start the next waiting task and return its slot; one must wait. */
uint64_t goldi_queue_take(goldi_queue *queue, double now_s);

/** The running task of `slot` is done. */
void goldi_queue_finish(goldi_queue *queue, uint64_t slot, double now_s);

/** The running task of `slot` is left to a later session. */
void goldi_queue_drop(goldi_queue *queue, uint64_t slot);

/**
 * Predicted seconds until nothing waits or runs, with `n_workers` at work: the
 * predicted costs times the seconds that a unit of cost took in the tasks done
 * so far. NaN before the first one is done.
 */
double goldi_queue_eta(const goldi_queue *queue, uint64_t n_workers,
                       double now_s);

/** Do counts, states and order agree? Walks all tasks: for tests. */
bool goldi_queue_is_valid(const goldi_queue *queue);

#endif
