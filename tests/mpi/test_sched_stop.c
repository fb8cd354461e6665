/* SPDX-License-Identifier: MIT */
/* A stop hands out nothing more, waits for what runs, and says what is left. */
#include "mpi/sched_work.h"

/* `n_tasks` tasks, of which `n_allowed` are handed out. */
static void stop_after(uint64_t n_tasks, uint64_t n_allowed)
{
    static work w;
    static int total[3 * WORK_MAX];
    const uint64_t n_done = n_allowed < n_tasks ? n_allowed : n_tasks;
    const bool has_left = n_done < n_tasks;
    uint64_t n_run = 0;
    int rank = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    work_init(&w, n_tasks);
    w.task_ns = 200000;
    w.stops_after = n_allowed;
    w.job.should_stop = work_should_stop;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);
    const bool is_common = work_agrees(&w.tally, status);

    work_count(&w, total);
    for (uint64_t i = 0; i < 3 * WORK_MAX; i++) {
        n_run += (uint64_t)total[i];
    }
    assert_int_equal(status, has_left ? GOLD_ERR_STOPPED : GOLD_OK);
    assert_true(is_common);
    assert_int_equal(n_run, n_done);
    assert_int_equal(w.tally.tasks_done, n_done);
    assert_int_equal(w.tally.tasks_left, n_tasks - n_done);
    assert_int_equal(w.tally.was_stopped, has_left);
    assert_true(rank == 0 || w.n_asked == 0);
    assert_int_equal(w.n_last, rank == 0 ? 1 : 0);
    assert_int_equal(gold_live_blocks(), 0);
}

static void before_the_first(void **state)
{
    (void)state;
    stop_after(20, 0);
}

static void in_the_middle(void **state)
{
    (void)state;
    stop_after(20, 7);
}

static void before_the_last(void **state)
{
    (void)state;
    stop_after(20, 19);
}

static void with_nothing_left(void **state)
{
    (void)state;
    stop_after(20, 20);
    stop_after(0, 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(before_the_first), cmocka_unit_test(in_the_middle),
    cmocka_unit_test(before_the_last), cmocka_unit_test(with_nothing_left)};

WORK_MAIN("mpi.sched.stop", tests)
