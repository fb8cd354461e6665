/* SPDX-License-Identifier: MIT */
/* Writes store_sample.h5 here, for readers in other languages to judge: every
 * kind of axis, zipped ones, excluded, failed and pending points. */
#include "mpi/test_store_support.h"

static void test_sample(void **state)
{
    gold_study *study =
        store_study("  activation: [relu, tanh]\n  bias: [false, true]\n"
                    "  zip: {depth: [1, 2, 3], width: [4, 5, 6]}\n"
                    "  seed: {from: 100, count: 4}\n"
                    "  relative_radius: [0.5, 1, 2]\n"
                    "  exclude: [{activation: tanh, bias: true}]\n");
    gold_schema schema;
    gold_store *store = NULL;
    int rank = 0;
    int size = 0;

    (void)state;
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    (void)MPI_Comm_size(MPI_COMM_WORLD, &size);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(store_open("store_sample.h5", true, study, &schema,
                        &store_provenance, &store));
    for (size_t id = 1; id < gold_n_tasks(study); id++) {
        if ((int)(id % (size_t)size) == rank) {
            store_commit(store, study, &schema, id);
        }
    }
    STORE_OK(gold_store_close(&store));
    gold_study_destroy(&study);
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_sample)};

    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed != 0) {
        (void)MPI_Abort(MPI_COMM_WORLD, 1);
    }
    (void)MPI_Finalize();
    return failed;
}
