/* SPDX-License-Identifier: MIT */
/**
 * @file queue.h
 * The tasks of one sweep: which is next, which run, what they will take.
 *
 * Knows neither MPI nor clocks: whoever calls says what time it is, so a test
 * can play any history. Tasks of one kind share a rate, which follows what
 * tasks took so far. The task that is predicted to take longest leaves first,
 * ties by kind and task id.
 *
 * A task is waiting, then running, then done. One whose worker was lost is
 * waiting again, ahead of all others. A dropped one is left to a later session:
 * it would not end in time, was stopped, or could not be written.
 */
#ifndef GOLD_SCHED_QUEUE_H
#define GOLD_SCHED_QUEUE_H

#include <stdint.h>

#include "goldilocks/sched.h"

#include "sched/rate.h"

typedef enum goldi_slot_state {
    GOLDI_SLOT_WAITING,
    GOLDI_SLOT_RUNNING,
    GOLDI_SLOT_AGAIN, /* waiting again */
    GOLDI_SLOT_DONE,
    GOLDI_SLOT_DROPPED
} goldi_slot_state;

/** One task; its index in the queue is how others refer to it. */
typedef struct goldi_slot {
    uint64_t task;
    double cost;
    double start_s;     /* meaningful once it runs */
    double predicted_s; /* when it started; NaN: nothing was known */
    uint64_t place;     /* in the list of running ones, while it runs */
    int worker;         /* who runs it, or did last */
    uint16_t n_tries;   /* how often it was handed out */
    uint8_t kind;
    uint8_t state; /* goldi_slot_state */
} goldi_slot;

/** Waiting tasks of similar cost. */
typedef struct goldi_heap {
    uint64_t n;
    double cost; /* of all of them */
} goldi_heap;

/** The tasks of one kind, neighbours in the queue, and what they take. */
typedef struct goldi_lane {
    uint64_t next;                       /* first slot that has not left */
    uint64_t end;                        /* behind the last slot */
    goldi_heap waiting[GOLDI_RATE_BINS]; /* by bins of the rate */
    goldi_rate rate;
    uint64_t n_errors;  /* tasks whose time had been predicted */
    double error_sum;   /* of |log(seconds / predicted)| over these, */
    double square_sum;  /* of squares */
    double predicted_s; /* sum of their predictions */
    double taken_s;     /* and of what they took */
} goldi_lane;

/** Value type: zero it or call goldi_queue_init. */
typedef struct goldi_queue {
    goldi_slot *slots; /* [n_tasks] by kind, then in the order of leaving */
    uint64_t *places;  /* [n_tasks] a stack of slots that wait again at the
                          front, a list of those that run at the back */
    goldi_lane lanes[GOLD_SCHED_KINDS];
    uint64_t n_tasks;
    uint64_t n_again; /* in the stack, of which some may have ended */
    uint64_t n_waiting_again;
    uint64_t n_running;
    uint64_t n_done;
    uint64_t n_dropped;
} goldi_queue;

/**
 * Put the tasks in order; ended by goldi_queue_fini. Costs that are negative or
 * not finite count as nothing; when no task of a kind costs anything, each
 * counts as one.
 *
 * @param kinds  [n_tasks] below GOLD_SCHED_KINDS; NULL: all are of kind 0.
 */
GOLD_CHECKED gold_status goldi_queue_init(goldi_queue *queue,
                                          const uint64_t *tasks,
                                          const double *costs,
                                          const uint8_t *kinds,
                                          uint64_t n_tasks);

/** Free what the queue holds; zeroed queues are allowed. */
void goldi_queue_fini(goldi_queue *queue);

/** A rate that is known beforehand: it counts as much as one average task. A
 * rate that is not above 0 is not known. */
void goldi_queue_expect(goldi_queue *queue, unsigned kind, double rate);

/** Does any task wait? */
bool goldi_queue_has_waiting(const goldi_queue *queue);

/** The slot of the next waiting task; one must wait. */
uint64_t goldi_queue_peek(goldi_queue *queue);

/** Predicted seconds of a task; NaN while nothing is known about its kind. */
double goldi_queue_predict(const goldi_queue *queue, uint64_t slot);

/** How far off a prediction of a kind tends to be, as a ratio: 0.1 is 10 %. */
double goldi_queue_spread(const goldi_queue *queue, unsigned kind);

/** Start the task of goldi_queue_peek on a worker and return its slot. */
uint64_t goldi_queue_take(goldi_queue *queue, int worker, double now_s);

/** Drop the task of goldi_queue_peek, which has not started. */
void goldi_queue_skip(goldi_queue *queue);

/** A task that was started is done, and took so many seconds on its worker.
 * False: it was done before, by another worker. */
bool goldi_queue_finish(goldi_queue *queue, uint64_t slot, double took_s);

/** The running task of `slot` waits again. */
void goldi_queue_return(goldi_queue *queue, uint64_t slot);

/** A task that was started is left to a later session, unless it is done. */
void goldi_queue_drop(goldi_queue *queue, uint64_t slot);

/** The slot of a running task, the i-th of n_running, in no order. */
uint64_t goldi_queue_running(const goldi_queue *queue, uint64_t i);

/** Do counts, states and order agree? Walks all tasks: for tests. */
bool goldi_queue_is_valid(const goldi_queue *queue);

#endif
