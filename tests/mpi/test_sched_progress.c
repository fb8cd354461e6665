/* SPDX-License-Identifier: MIT */
/* Progress: after every task and twice a second at most, and one last time. */
#include "mpi/sched_work.h"

static void after_every_task(void **state)
{
    static work w;
    int rank = 0;

    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    work_init(&w, 40);
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    if (rank != 0) {
        assert_int_equal(w.n_told, 0);
        return;
    }
    assert_in_range(w.n_told, 41, 41 + (uint64_t)(2.0 * w.last.elapsed_s));
    assert_false(w.went_back);
    assert_int_equal(w.n_last, 1);
    assert_true(w.last.is_last);
    assert_int_equal(w.last.n_tasks, 40);
    assert_int_equal(w.last.tasks_done, 40);
    assert_int_equal(w.last.tasks_running, 0);
    assert_int_equal(w.last.points_done, 400);
    assert_true(w.last.eta_s == 0.0);
    assert_true(w.last.elapsed_s >= 0.0);
}

static work_board *board;
static bool is_alone;
static double told_s[2]; /* when progress was told first */

static void note(void *context, const gold_sched_progress *progress)
{
    const int n = atomic_fetch_add(&board->n_told, 1);

    if (n < 2) {
        told_s[n] = progress->elapsed_s;
    }
    work_progress(context, progress);
}

/* A task that ends when progress was told twice; one process alone cannot tell
 * it meanwhile. */
static gold_status wait_for_two(void *context, uint64_t task, unsigned n_tries,
                                gold_sched_report *report)
{
    (void)context;
    (void)task;
    (void)n_tries;
    (void)report;
    return is_alone || work_await(&board->n_told, 2)
               ? GOLD_OK
               : gold_fail(GOLD_ERR_NUMERIC, "progress is not told");
}

static void while_a_task_runs(void **state)
{
    static work w;
    int rank = 0;
    int size = 0;

    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    board = work_board_begin();
    work_init(&w, 1);
    is_alone = size == 1;
    w.job.run = wait_for_two;
    w.job.progress = note;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    if (rank == 0 && size == 1) {
        assert_int_equal(w.n_told, 2);
    } else if (rank == 0) {
        assert_in_range(w.n_told, 4, 2 + (uint64_t)(2.0 * w.last.elapsed_s));
        assert_true(told_s[0] >= 0.5 && told_s[1] - told_s[0] >= 0.5);
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(after_every_task),
                                          cmocka_unit_test(while_a_task_runs)};

WORK_MAIN("mpi.sched.progress", tests)
