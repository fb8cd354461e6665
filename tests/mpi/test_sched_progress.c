/* SPDX-License-Identifier: MIT */
/* Progress: after every task and about twice a second, and one last time. */
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
    assert_in_range(w.n_told, 41, 60);
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

/* While one task runs for 1.2 s, the coordinator of others tells twice; one
 * process alone cannot. */
static void twice_a_second(void **state)
{
    static work w;
    int rank = 0;
    int size = 0;

    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    work_init(&w, 1);
    w.task_ns = 1200000000;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    if (rank == 0) {
        assert_in_range(w.n_told, size > 1 ? 4 : 2, 5);
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(after_every_task),
                                          cmocka_unit_test(twice_a_second)};

WORK_MAIN("mpi.sched.progress", tests)
