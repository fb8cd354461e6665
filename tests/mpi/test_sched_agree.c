/* SPDX-License-Identifier: MIT */
/* gold_agree: the first failing rank's status and message, everywhere. */
#include "mpi/sched_work.h"

/* The ranks whose bit is set in `failing` fail, each in its own way. */
static void agree(unsigned failing)
{
    const gold_sched_tally no_tally = {0};
    gold_status status = GOLD_OK;
    char message[64] = "";
    int rank = 0;
    int size = 0;
    int first = 0;

    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    while (first < size && (failing >> first & 1U) == 0) {
        first++;
    }
    gold_fail_clear();
    if (failing >> rank & 1U) {
        status = gold_fail(rank % 2 == 0 ? GOLD_ERR_IO : GOLD_ERR_CONFIG,
                           "rank %d: 100%% wrong", rank);
    }
    status = gold_agree(MPI_COMM_WORLD, status);
    const bool is_common = work_agrees(&no_tally, status);

    assert_true(is_common);
    if (first == size) {
        assert_int_equal(status, GOLD_OK);
        assert_string_equal(gold_fail_message(), "");
        return;
    }
    (void)snprintf(message, sizeof message, "rank %d: 100%% wrong", first);
    assert_int_equal(status, first % 2 == 0 ? GOLD_ERR_IO : GOLD_ERR_CONFIG);
    assert_string_equal(gold_fail_message(), message);
}

static void any_ranks_fail(void **state)
{
    int size = 0;

    (void)state;
    MPI_Comm_size(MPI_COMM_WORLD, &size);
    for (unsigned failing = 0; failing < 1U << size; failing++) {
        agree(failing);
    }
}

static const struct CMUnitTest tests[] = {cmocka_unit_test(any_ranks_fail)};

WORK_MAIN("mpi.sched.agree", tests)
