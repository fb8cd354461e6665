/* SPDX-License-Identifier: MIT */
/* A result that cannot be written ends the sweep: on every rank, with the
 * failing rank's status and message, after what ran has ended. */
#include "mpi/sched_work.h"

static void fail_at(uint64_t n_tasks, uint64_t task)
{
    static work w;
    static int total[3 * WORK_MAX];
    uint64_t n_run = 0;
    int size = 0;

    MPI_Comm_size(MPI_COMM_WORLD, &size);
    work_init(&w, n_tasks);
    w.task_ns = 200000;
    w.fails_at = task;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);
    const bool is_common = work_agrees(&w.tally, status);

    work_count(&w, total);
    for (uint64_t i = 0; i < 3 * WORK_MAX; i++) {
        assert_in_range(total[i], 0, 1);
        n_run += (uint64_t)total[i];
    }
    assert_int_equal(status, GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "the disk is full"));
    assert_true(is_common);
    assert_int_equal(total[task], 1);
    assert_int_equal(w.tally.tasks_done, n_run - 1);
    assert_int_equal(w.tally.tasks_left, n_tasks - w.tally.tasks_done);
    assert_false(w.tally.was_stopped);
    assert_int_equal(gold_live_blocks(), 0);
}

static void in_the_middle(void **state)
{
    (void)state;
    fail_at(50, 3 * 20 + 2);
}

static void at_the_only_task(void **state)
{
    (void)state;
    fail_at(1, 2);
}

/* What the others hold while a task fails. */
static struct {
    work_board *board;
    int n_others; /* workers but the one that fails */
} held;

/* The task that fails waits until every other worker has one; these wait until
 * rank 0 knows. */
static gold_status hold(void *context, uint64_t task, unsigned n_tries,
                        gold_sched_report *report)
{
    (void)n_tries;
    (void)context;
    (void)report;
    if (task != 2) {
        atomic_fetch_add(&held.board->n_held, 1);
        return work_await(&held.board->n_known, 1)
                   ? GOLD_OK
                   : gold_fail(GOLD_ERR_NUMERIC, "rank 0 hears nothing");
    }
    if (!work_await(&held.board->n_held, held.n_others)) {
        return gold_fail(GOLD_ERR_NUMERIC, "somebody gets no task");
    }
    atomic_store(&held.board->n_failed, 1);
    return gold_fail(GOLD_ERR_IO, "task %d: the disk is full", (int)task);
}

/* Rank 0 knows when only the tasks of the others run. */
static void watch(void *context, const gold_sched_progress *progress)
{
    (void)context;
    if (atomic_load(&held.board->n_failed) == 1 &&
        progress->tasks_running == (uint64_t)held.n_others) {
        atomic_store(&held.board->n_known, 1);
    }
}

/* Of cost 4, the highest, with the lowest id, task 2 is the very first. */
static void nothing_more_is_handed_out(void **state)
{
    static work w;
    int size = 0;

    (void)state;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    held.board = work_board_begin();
    held.n_others = size > 1 ? size - 2 : 0;
    work_init(&w, 100);
    w.job.run = hold;
    w.job.progress = watch;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_ERR_IO);
    assert_int_equal(w.tally.tasks_done, held.n_others);
}

static gold_status everything_fails(void *context, uint64_t task,
                                    unsigned n_tries, gold_sched_report *report)
{
    (void)n_tries;
    (void)context;
    (void)report;
    return gold_fail(GOLD_ERR_NUMERIC, "task %d failed", (int)task);
}

static void on_all_workers_at_once(void **state)
{
    static work w;

    (void)state;
    work_init(&w, 30);
    w.job.run = everything_fails;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);
    const bool is_common = work_agrees(&w.tally, status);

    assert_int_equal(status, GOLD_ERR_NUMERIC);
    assert_true(is_common);
    assert_int_equal(w.tally.tasks_done, 0);
    assert_int_equal(w.tally.tasks_left, 30);
}

/* Rank 0 has no memory for the queue: nobody waits for it. */
static void without_memory(void **state)
{
    static work w;
    int rank = 0;

    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    work_init(&w, 5);
    gold_refuse_after(rank == 0 ? 1 : 0);
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);
    const bool is_common = work_agrees(&w.tally, status);

    gold_refuse_after(0);
    assert_int_equal(status, GOLD_ERR_MEMORY);
    assert_true(is_common);
    assert_int_equal(w.n_started, 0);
    assert_int_equal(gold_live_blocks(), 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(in_the_middle), cmocka_unit_test(at_the_only_task),
    cmocka_unit_test(nothing_more_is_handed_out),
    cmocka_unit_test(on_all_workers_at_once), cmocka_unit_test(without_memory)};

WORK_MAIN("mpi.sched.failure", tests)
