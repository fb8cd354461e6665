/* SPDX-License-Identifier: MIT */
/* A worker that has nothing to do while another is busy for longer than a lease
 * is not taken for dead. */
#include "mpi/sched_work.h"

static void count_lost(void *context, int rank, double silence_s,
                       unsigned n_tasks)
{
    int *n_lost = ((work *)context)->runs; /* of task 0, which there is not */

    (void)rank;
    (void)silence_s;
    (void)n_tasks;
    ++*n_lost;
}

static void for_longer_than_a_lease(void **state)
{
    static work w;

    (void)state;
    work_init(&w, 1);
    /* Long enough for signs of life to be rarer than orders to stay. */
    w.job.lease_s = 10.0;
    w.job.n_attempts = 3;
    w.job.say_lost = count_lost;
    w.task_ns = 13000000000;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    assert_int_equal(w.tally.n_lost, 0);
    assert_int_equal(w.runs[0], 0);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(for_longer_than_a_lease)};

WORK_MAIN("mpi.sched.idle", tests)
