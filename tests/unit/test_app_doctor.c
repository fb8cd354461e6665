/* SPDX-License-Identifier: MIT */
/* What doctor makes of facts about a machine. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "app/doctor.h"
#include "app/kernel.h"

static void assert_finding(gold_finding found, gold_severity severity,
                           const char *part)
{
    if (found.severity != severity || strstr(found.text, part) == NULL) {
        fail_msg("%d, \"%s\", and not %d, \"...%s...\"", (int)found.severity,
                 found.text, (int)severity, part);
    }
}

static void test_launch(void **state)
{
    const gold_launch alone = {.n_started = 1};
    const gold_launch granted = {.n_started = 1, .n_granted = 64};
    const gold_launch srun = {"srun", 3, 3, 0};

    (void)state;
    assert_finding(gold_find_launch(&alone, 1), GOLD_FINDING_OK, "alone");
    assert_finding(gold_find_launch(&granted, 1), GOLD_FINDING_WARNING,
                   "64 tasks");
    assert_finding(gold_find_launch(&srun, 1), GOLD_FINDING_PROBLEM,
                   "srun started 3 processes");
    assert_finding(gold_find_launch(&srun, 3), GOLD_FINDING_OK,
                   "3 processes as one MPI job, by srun");
}

static void test_limits(void **state)
{
    const double gibibyte = 1024.0 * 1024.0 * 1024.0;

    (void)state;
    assert_finding(
        gold_find_limit(GOLD_LIMIT_ADDRESSES, gibibyte, 2.0 * gibibyte),
        GOLD_FINDING_PROBLEM,
        "ulimit -v is 1.0 GiB, and a process needs about 2.0 GiB; raise it");
    assert_finding(gold_find_limit(GOLD_LIMIT_FILES, 20.0, 70.0),
                   GOLD_FINDING_WARNING, "included, 70; raise it");
    /* Nothing is enough. */
    assert_finding(gold_find_limit(GOLD_LIMIT_CPU, 60.0, (double)INFINITY),
                   GOLD_FINDING_WARNING, "then a run stops");
    assert_finding(gold_find_limits(0), GOLD_FINDING_OK, "none");
    assert_finding(gold_find_limits(2), GOLD_FINDING_WARNING, "2 too low");
}

static void test_launch_environment(void **state)
{
    (void)state;
    unsetenv("SLURM_STEP_NUM_TASKS");
    unsetenv("OMPI_COMM_WORLD_SIZE");
    unsetenv("PMI_SIZE");
    assert_int_equal(gold_launch_read().n_started, 1);
    assert_null(gold_launch_read().launcher);
    setenv("SLURM_STEP_NUM_TASKS", "4", 1);
    setenv("SLURM_PROCID", "3", 1);
    assert_int_equal(gold_launch_read().rank, 3);
    assert_int_equal(gold_launch_read().n_started, 4);
    assert_string_equal(gold_launch_read().launcher, "srun");
    /* mpirun starts its helpers by srun: its own word counts. */
    setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
    assert_int_equal(gold_launch_read().n_started, 1);
    setenv("OMPI_COMM_WORLD_SIZE", "x", 1);
    assert_int_equal(gold_launch_read().n_started, 4);
    setenv("SLURM_STEP_NUM_TASKS", "-4", 1);
    assert_int_equal(gold_launch_read().n_started, 1);
}

static void test_cores(void **state)
{
    (void)state;
    assert_finding(gold_find_cores((gold_crowd){3, 2}), GOLD_FINDING_OK,
                   "2 for 3 processes");
    assert_finding(gold_find_cores((gold_crowd){4, 2}), GOLD_FINDING_WARNING,
                   "at most 3");
}

static void test_threads(void **state)
{
    (void)state;
    assert_finding(gold_find_threads((gold_crowd){4, 4}, "1"), GOLD_FINDING_OK,
                   "one");
    assert_finding(gold_find_threads((gold_crowd){1, 4}, NULL), GOLD_FINDING_OK,
                   "one");
    assert_finding(gold_find_threads((gold_crowd){4, 4}, NULL),
                   GOLD_FINDING_WARNING, "is not set");
    assert_finding(gold_find_threads((gold_crowd){4, 4}, "8"),
                   GOLD_FINDING_WARNING, "OPENBLAS_NUM_THREADS is 8");
}

static void test_kernel(void **state)
{
    (void)state;
    assert_finding(gold_find_kernel("Haswell", NULL, NULL), GOLD_FINDING_OK,
                   "Haswell");
    assert_finding(gold_find_kernel("Haswell", "Zen", NULL),
                   GOLD_FINDING_WARNING, "OPENBLAS_CORETYPE=Haswell");
    assert_finding(gold_find_kernel("Prescott", NULL, "SkylakeX"),
                   GOLD_FINDING_WARNING, "slower here than SkylakeX");
}

static void test_relu_kernel(void **state)
{
    (void)state;
    assert_finding(gold_find_relu_kernel("avx2", NULL), GOLD_FINDING_OK,
                   "avx2, so what relu switches off is not");
    assert_finding(gold_find_relu_kernel("blas", NULL), GOLD_FINDING_OK,
                   "blas, so what relu switches off is computed");
    assert_finding(gold_find_relu_kernel("avx2", "plain"), GOLD_FINDING_WARNING,
                   "avx2 here, plain on another node");
}

static void test_better_kernel(void **state)
{
    const gold_processor avx512 = {.has_avx2 = true, .has_avx512 = true};
    const gold_processor avx2 = {.has_avx2 = true};
    const gold_processor old = {0};

    (void)state;
    assert_string_equal(gold_better_kernel("Prescott", avx512), "SkylakeX");
    assert_string_equal(gold_better_kernel("Nehalem", avx2), "Haswell");
    assert_null(gold_better_kernel("Prescott", old));
    /* Whoever asked for an older kernel that is not so old has a reason. */
    assert_null(gold_better_kernel("Haswell", avx512));
    assert_null(gold_better_kernel("Zen", avx512));
    assert_null(gold_better_kernel("neoversen1", old));
}

static void test_hdf5(void **state)
{
    static const char *const broken[] = {"1.10.5", "1.10.8"};
    static const char *const fine[] = {"1.10.4", "1.10.9", "1.10.10",
                                       "1.12.2", "1.14.6", "2.0.0"};

    (void)state;
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        assert_finding(gold_find_hdf5(broken[i]), GOLD_FINDING_OK, "HDFFV");
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        assert_finding(gold_find_hdf5(fine[i]), GOLD_FINDING_OK, fine[i]);
        assert_null(strstr(gold_find_hdf5(fine[i]).text, "HDFFV"));
    }
}

static void test_folder(void **state)
{
    (void)state;
    assert_finding(gold_find_locks("here", 0), GOLD_FINDING_OK, "here");
    assert_finding(gold_find_locks("here", ENOLCK), GOLD_FINDING_WARNING,
                   "HDF5_USE_FILE_LOCKING");
    assert_finding(gold_find_mpi_io(""), GOLD_FINDING_OK, "can write");
    assert_finding(gold_find_mpi_io("broken"), GOLD_FINDING_PROBLEM, "broken");
    assert_finding(gold_find_space("here", 0.0, 1e9), GOLD_FINDING_OK, "here");
    assert_finding(gold_find_space("here", 1e9, 1.005e9), GOLD_FINDING_OK,
                   "needs");
    assert_finding(gold_find_space("here", 1e9, 1.004e9), GOLD_FINDING_PROBLEM,
                   "here");
}

static void test_memory(void **state)
{
    (void)state;
    assert_finding(gold_find_memory(0.0, 1e9), GOLD_FINDING_OK, "each process");
    assert_finding(gold_find_memory(1e9, 1e9), GOLD_FINDING_OK, "needs");
    assert_finding(gold_find_memory(1.1e9, 1e9), GOLD_FINDING_PROBLEM,
                   "--mem-per-cpu");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_launch),
        cmocka_unit_test(test_launch_environment),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_cores),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_kernel),
        cmocka_unit_test(test_relu_kernel),
        cmocka_unit_test(test_better_kernel),
        cmocka_unit_test(test_hdf5),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
