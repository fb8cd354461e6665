/* SPDX-License-Identifier: MIT */
/* Ranks that wait leave their core to the others: the coordinator all the time,
 * a worker without work, and everybody in gold_agree. */
#include <sys/resource.h>

#include "mpi/sched_work.h"

static double cpu_s(void)
{
    struct rusage usage = {0};

    (void)getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec +
           1e-6 * (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

/* One worker sleeps for a second; all ranks together use a fraction of that. */
static void while_one_task_runs(void **state)
{
    static work w;

    (void)state;
    work_init(&w, 1);
    w.task_ns = 1000000000;
    const double before_s = cpu_s();
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    assert_true(cpu_s() - before_s <= 0.25);
}

static void while_one_rank_is_late(void **state)
{
    int rank = 0;

    (void)state;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    const double before_s = cpu_s();

    if (rank == 1) {
        work_sleep(1000000000);
    }
    const gold_status status = gold_agree(MPI_COMM_WORLD, GOLD_OK);

    assert_int_equal(status, GOLD_OK);
    assert_true(cpu_s() - before_s <= 0.25);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(while_one_task_runs),
    cmocka_unit_test(while_one_rank_is_late)};

WORK_MAIN("mpi.sched.sleep", tests)
