/* SPDX-License-Identifier: MIT */
/* Made-up work for the tests of the scheduler. Assertions stand after the
 * collective calls of a test, so a rank that fails one does not leave the
 * others waiting. */
#ifndef GOLD_TESTS_SCHED_WORK_H
#define GOLD_TESTS_SCHED_WORK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

enum {
    WORK_MAX = 200
};

/* What one rank saw of a sweep. */
typedef struct work {
    uint64_t tasks[WORK_MAX];
    double costs[WORK_MAX];
    int runs[3 * WORK_MAX];     /* how often each task was run here */
    uint64_t started[WORK_MAX]; /* tasks in the order of starting here */
    int n_started;
    long task_ns;             /* how long a task takes */
    uint64_t fails_at;        /* this task cannot be written; 0: none */
    uint64_t stops_after;     /* times should_stop says no; 0: always */
    uint64_t n_asked;         /* times should_stop was asked */
    uint64_t n_told;          /* times progress was told */
    uint64_t n_last;          /* times it was told that this is the last */
    gold_sched_progress last; /* what it was told last */
    bool went_back;           /* progress lost something it had */
    gold_sched_job job;
    gold_sched_tally tally;
} work;

static inline void work_sleep(long nanoseconds)
{
    const struct timespec pause = {nanoseconds / 1000000000,
                                   nanoseconds % 1000000000};

    (void)nanosleep(&pause, NULL);
}

/* What all ranks see, also those that may not call MPI. */
typedef struct work_board {
    atomic_int n_held;   /* tasks that wait for others */
    atomic_int n_failed; /* a task is about to fail */
    atomic_int n_known;  /* and rank 0 has heard of it */
    atomic_int n_told;   /* times that progress was told */
    atomic_int pids[16]; /* of the ranks */
} work_board;

static MPI_Win work_window = MPI_WIN_NULL;

/* The board, with zeros; collective. It stays until the tests are over. */
static inline work_board *work_board_begin(void)
{
    MPI_Aint bytes = 0;
    int unit = 0;
    int rank = 0;
    void *board = NULL;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    bytes = rank == 0 ? (MPI_Aint)sizeof(work_board) : 0;
    if (work_window == MPI_WIN_NULL) {
        MPI_Win_allocate_shared(bytes, 1, MPI_INFO_NULL, MPI_COMM_WORLD,
                                (void *)&board, &work_window);
    }
    MPI_Win_shared_query(work_window, 0, &bytes, &unit, (void *)&board);
    if (rank == 0) {
        memset(board, 0, sizeof(work_board));
    }
    MPI_Barrier(MPI_COMM_WORLD);
    return board;
}

/* Wait until a number of the board is as large; never for ever. */
static inline bool work_await(const atomic_int *number, int least)
{
    for (int i = 0; i < 1000000; i++) {
        if (atomic_load(number) >= least) {
            return true;
        }
        work_sleep(1000000);
    }
    return false;
}

static inline double work_cost(uint64_t task)
{
    return (double)(task * 7 % 5);
}

static inline gold_status work_run(void *context, uint64_t task,
                                   unsigned n_tries, gold_sched_report *report)
{
    work *w = context;

    (void)n_tries;

    w->runs[task]++;
    w->started[w->n_started++] = task;
    if (w->task_ns > 0) {
        work_sleep(w->task_ns);
    }
    if (w->fails_at != 0 && task == w->fails_at) {
        return gold_fail(GOLD_ERR_IO, "task %d: the disk is full", (int)task);
    }
    report->points_done = 10;
    report->points_failed = task % 2;
    return GOLD_OK;
}

static inline void work_progress(void *context,
                                 const gold_sched_progress *progress)
{
    work *w = context;

    w->went_back = w->went_back || progress->tasks_done < w->last.tasks_done ||
                   progress->elapsed_s < w->last.elapsed_s;
    w->last = *progress;
    w->n_told++;
    w->n_last += progress->is_last ? 1 : 0;
}

static inline bool work_should_stop(void *context)
{
    work *w = context;

    return w->n_asked++ >= w->stops_after;
}

/* Task ids 2, 5, 8 ..., out of order (211 is a prime above WORK_MAX); only rank
 * 0 knows them. */
static inline void work_init(work *w, uint64_t n_tasks)
{
    int rank = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    memset(w, 0, sizeof *w);
    for (uint64_t i = 0; i < n_tasks; i++) {
        w->tasks[i] = 3 * ((i * 211 + 5) % n_tasks + 1) - 1;
        w->costs[i] = work_cost(w->tasks[i]);
    }
    w->job = (gold_sched_job){.tasks = rank == 0 ? w->tasks : NULL,
                              .costs = rank == 0 ? w->costs : NULL,
                              .n_tasks = rank == 0 ? n_tasks : 0,
                              .context = w,
                              .run = work_run,
                              .progress = work_progress};
}

/* Sum of `runs` over all ranks, on every rank. */
static inline void work_count(const work *w, int total[3 * WORK_MAX])
{
    MPI_Allreduce(w->runs, total, 3 * WORK_MAX, MPI_INT, MPI_SUM,
                  MPI_COMM_WORLD);
}

/* Do all ranks hold the same bytes? Collective. */
static inline bool work_is_common(const void *data, size_t bytes)
{
    unsigned char common[8192];
    int is_same = 0;
    int is_common = 0;

    memset(common, 0, sizeof common);
    memcpy(common, data, bytes);
    MPI_Bcast(common, (int)bytes, MPI_BYTE, 0, MPI_COMM_WORLD);
    is_same = memcmp(common, data, bytes) == 0;
    MPI_Allreduce(&is_same, &is_common, 1, MPI_INT, MPI_LAND, MPI_COMM_WORLD);
    return is_common != 0;
}

/* The same tally, status and message on all ranks? Collective. */
static inline bool work_agrees(const gold_sched_tally *tally,
                               gold_status status)
{
    const uint64_t numbers[] = {tally->tasks_done,  tally->tasks_left,
                                tally->points_done, tally->points_failed,
                                tally->was_stopped, (uint64_t)status};
    char message[4096] = "";

    if (status != GOLD_OK) {
        (void)strncpy(message, gold_fail_message(), sizeof message - 1);
    }
    const bool has_numbers = work_is_common(numbers, sizeof numbers);

    return work_is_common(message, sizeof message) && has_numbers;
}

/* Run the tests on all ranks; a failure on any rank is everybody's. */
#define WORK_MAIN(name, tests)                                                 \
    int main(int argc, char **argv)                                            \
    {                                                                          \
        int failed = 0;                                                        \
        int worst = 0;                                                         \
        int level = MPI_THREAD_SINGLE;                                         \
                                                                               \
        MPI_Init_thread(&argc, &argv, MPI_THREAD_SERIALIZED, &level);          \
        failed = cmocka_run_group_tests_name(name, tests, NULL, NULL);         \
        MPI_Allreduce(&failed, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);   \
        if (work_window != MPI_WIN_NULL) {                                     \
            MPI_Win_free(&work_window);                                        \
        }                                                                      \
        MPI_Finalize();                                                        \
        return worst == 0 ? 0 : 1;                                             \
    }

#endif
