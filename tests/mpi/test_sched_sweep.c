/* SPDX-License-Identifier: MIT */
/* Every task is run exactly once, longest first, whatever the number of ranks
 * and tasks. */
#include "mpi/sched_work.h"

static void assert_exactly_once(const int total[3 * WORK_MAX], uint64_t n_tasks)
{
    for (uint64_t id = 0; id < 3 * WORK_MAX; id++) {
        const bool is_task = id % 3 == 2 && id / 3 < n_tasks;

        assert_int_equal(total[id], is_task ? 1 : 0);
    }
}

static void assert_tally(const work *w, uint64_t n_tasks)
{
    uint64_t n_odd = 0;

    for (uint64_t i = 0; i < n_tasks; i++) {
        n_odd += (3 * i + 2) % 2;
    }
    assert_int_equal(w->tally.tasks_done, n_tasks);
    assert_int_equal(w->tally.tasks_left, 0);
    assert_int_equal(w->tally.points_done, 10 * n_tasks);
    assert_int_equal(w->tally.points_failed, n_odd);
    assert_false(w->tally.was_stopped);
}

/* Tasks leave in order, so the tasks of one rank stand in that order too; alone
 * or as the only worker it has them all. */
static void assert_longest_first(const work *w)
{
    for (int i = 1; i < w->n_started; i++) {
        const uint64_t a = w->started[i - 1];
        const uint64_t b = w->started[i];

        assert_true(work_cost(a) > work_cost(b) ||
                    (work_cost(a) == work_cost(b) && a < b));
    }
}

static void sweep(uint64_t n_tasks, long task_ns)
{
    static work w;
    static int total[3 * WORK_MAX];
    int rank = 0;
    int size = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    work_init(&w, n_tasks);
    w.task_ns = task_ns;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);
    const bool is_common = work_agrees(&w.tally, status);

    work_count(&w, total);
    assert_int_equal(status, GOLD_OK);
    assert_true(is_common);
    assert_exactly_once(total, n_tasks);
    assert_tally(&w, n_tasks);
    assert_longest_first(&w);
    assert_true(size == 1 || rank != 0 || w.n_started == 0);
    assert_int_equal(w.n_last, rank == 0 ? 1 : 0);
    assert_int_equal(gold_live_blocks(), 0);
}

static void no_tasks(void **state)
{
    (void)state;
    sweep(0, 0);
}

static void one_task(void **state)
{
    (void)state;
    sweep(1, 0);
}

static void fewer_tasks_than_workers(void **state)
{
    (void)state;
    sweep(3, 1000000);
}

static void many_short_tasks(void **state)
{
    (void)state;
    sweep(WORK_MAX, 0);
}

static void many_longer_tasks(void **state)
{
    (void)state;
    sweep(100, 1000000);
}

static void one_after_the_other(void **state)
{
    (void)state;
    for (uint64_t n_tasks = 0; n_tasks < 20; n_tasks++) {
        sweep(n_tasks, 0);
    }
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(no_tasks),
    cmocka_unit_test(one_task),
    cmocka_unit_test(fewer_tasks_than_workers),
    cmocka_unit_test(many_short_tasks),
    cmocka_unit_test(many_longer_tasks),
    cmocka_unit_test(one_after_the_other)};

WORK_MAIN("mpi.sched.sweep", tests)
