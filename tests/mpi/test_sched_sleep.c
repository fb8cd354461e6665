/* SPDX-License-Identifier: MIT */
/* Ranks that wait leave their core to the others: the coordinator all the time,
 * a worker without work, and everybody in gold_agree. */
#include <unistd.h>

#include "mpi/sched_work.h"

static work_board *board;
static int n_ranks;
static int this_rank;
static double largest; /* share of a core that another rank took */

/* All ranks tell who they are. */
static void begin(void)
{
    MPI_Comm_rank(MPI_COMM_WORLD, &this_rank);
    MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
    board = work_board_begin();
    atomic_store(&board->pids[this_rank], (int)getpid());
    largest = 0.0;
    MPI_Barrier(MPI_COMM_WORLD);
}

static double seconds(clockid_t clock)
{
    struct timespec now = {0, 0};

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static clockid_t clock_of(int rank)
{
    clockid_t clock = CLOCK_MONOTONIC; /* which is too much */

    (void)clock_getcpuclockid(atomic_load(&board->pids[rank]), &clock);
    return clock;
}

/* What the others take of a core while this rank sleeps for a second, or more
 * on a busy computer. */
static void watch_others(void)
{
    double before_s[16] = {0};
    const double began_s = seconds(CLOCK_MONOTONIC);

    for (int i = 0; i < n_ranks; i++) {
        before_s[i] = seconds(clock_of(i));
    }
    work_sleep(1000000000);
    for (int i = 0; i < n_ranks; i++) {
        const double used_s = seconds(clock_of(i)) - before_s[i];

        largest =
            i == this_rank
                ? largest
                : fmax(largest, used_s / (seconds(CLOCK_MONOTONIC) - began_s));
    }
}

static gold_status watch(void *context, uint64_t task, unsigned n_tries,
                         gold_sched_report *report)
{
    (void)context;
    (void)task;
    (void)n_tries;
    (void)report;
    watch_others();
    return GOLD_OK;
}

/* One worker has a task, the others have none. */
static void while_one_task_runs(void **state)
{
    static work w;

    (void)state;
    begin();
    work_init(&w, 1);
    w.job.run = watch;
    const gold_status status = gold_sched_run(MPI_COMM_WORLD, &w.job, &w.tally);

    assert_int_equal(status, GOLD_OK);
    assert_true(largest <= 0.25);
}

static void while_one_rank_is_late(void **state)
{
    (void)state;
    begin();
    if (this_rank == 1) {
        watch_others();
    }
    const gold_status status = gold_agree(MPI_COMM_WORLD, GOLD_OK);

    assert_int_equal(status, GOLD_OK);
    assert_true(largest <= 0.25);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(while_one_task_runs),
    cmocka_unit_test(while_one_rank_is_late)};

WORK_MAIN("mpi.sched.sleep", tests)
