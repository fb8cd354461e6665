/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "app/clock.h"
#include "app/commands.h"
#include "app/dispatch.h"
#include "app/local.h"
#include "app/print.h"

enum {
    PEAK_ORDER = 2048,
    PEAK_TRIALS = 5,
    KERNEL_TRIALS = 2,
};

/* LeNet-300-100 on 5000 samples of 784 features, 50 directions. */
static const char study_text[] =
    "study: bench\n"
    "grid: {scale: {from: 0.1, to: 10, count: 25, spacing: log}}\n"
    "data: {set: mixture, features: 784, classes: 10, train: 5000, test: 1,\n"
    "       scale: 0.3}\n"
    "network: {kind: lenet-300-100}\n"
    "curvature: {subspace: {dim: 50}}\n";

static const struct {
    const char *name;
    const char *overrides;
} kernels[] = {
    {"gaussian, 1 radius", "grid.scale=[1]"},
    {"gaussian, 25 radii", ""},
    {"sparse-sign, 1 radius",
     "grid.scale=[1]\ncurvature.subspace.directions=sparse-sign"},
    {"sparse-sign, 25 radii", "curvature.subspace.directions=sparse-sign"},
    {"gaussian, 1 radius, tanh", "grid.scale=[1]\nnetwork.activation=tanh"},
    {"gaussian, 1 radius, float64", "grid.scale=[1]\nrun.precision=float64"},
};

/* Best rate of a square matrix product, in flops a second. */
static gold_status measure_peak(gold_precision precision, double *peak)
{
    *peak = 0.0;
    for (int i = 0; i < PEAK_TRIALS; i++) {
        double flops = 0.0;
        double began = 0.0;

        GOLD_TRY(gold_engine_product(precision, PEAK_ORDER, &began, &flops,
                                     gold_clock));
        const double rate = flops / (gold_clock() - began);

        *peak = rate > *peak ? rate : *peak;
    }
    return GOLD_OK;
}

/* Best time of one task, and its flops. */
static gold_status time_kernel(const char *overrides, gold_outcome *outcome,
                               gold_local *local, double *seconds)
{
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    gold_engine *engine = NULL;
    gold_task task = {0};
    char *report = NULL;

    GOLD_GOTO(gold_study_parse("bench", study_text, strlen(study_text),
                               overrides, &study, &report));
    GOLD_GOTO(gold_local_take(local, study));
    GOLD_GOTO(
        gold_engine_create(local->study, local->schema, &local->data, &engine));
    GOLD_GOTO(gold_task_init(local->study, 0, &task));
    for (int i = 0; i < KERNEL_TRIALS; i++) {
        gold_outcome_fini(outcome);
        GOLD_GOTO(gold_outcome_init(outcome, local->schema, task.n_points));
        const double began = gold_clock();

        gold_engine_run(engine, &task, NULL, outcome);
        const double took = gold_clock() - began;

        *seconds = i == 0 || took < *seconds ? took : *seconds;
    }

done:
    gold_free(report);
    gold_task_fini(&task);
    gold_engine_destroy(&engine);
    return status;
}

static gold_status bench_kernel(const char *name, const char *overrides,
                                const double peaks[2])
{
    gold_outcome outcome = {0};
    gold_local local = {0};
    double seconds = 0.0;
    const gold_status status =
        time_kernel(overrides, &outcome, &local, &seconds);

    if (status == GOLD_OK) {
        const double rate = outcome.flops / seconds;

        gold_say(stdout,
                 "%-28s %8.3f s %8.4f s a radius %7.1f Gflop %6.1f "
                 "Gflop/s  %3.0f %% of peak\n",
                 name, seconds, seconds / (double)outcome.n_points,
                 outcome.flops * 1e-9, rate * 1e-9,
                 100.0 * rate / peaks[local.data.precision]);
        (void)fflush(stdout);
    }
    gold_outcome_fini(&outcome);
    gold_local_close(&local);
    return status;
}

static gold_status bench_kernels(void)
{
    double peaks[2] = {0.0, 0.0};

    GOLD_TRY(measure_peak(GOLD_FLOAT32, &peaks[GOLD_FLOAT32]));
    GOLD_TRY(measure_peak(GOLD_FLOAT64, &peaks[GOLD_FLOAT64]));
    gold_say(stdout,
             "one core, BLAS kernel %s, relu kernel %s: matrix product peak "
             "%.1f Gflop/s float32, %.1f float64\n",
             gold_engine_blas_core(), gold_engine_kernel(),
             peaks[GOLD_FLOAT32] * 1e-9, peaks[GOLD_FLOAT64] * 1e-9);
    gold_say(stdout,
             "LeNet-300-100, 5000 samples, 50 directions, float32 unless "
             "said otherwise:\n");
    for (size_t i = 0; i < sizeof kernels / sizeof *kernels; i++) {
        GOLD_TRY(bench_kernel(kernels[i].name, kernels[i].overrides, peaks));
    }
    return GOLD_OK;
}

gold_status gold_cmd_bench(const gold_args *args)
{
    int rank = 0;
    gold_status status = GOLD_OK;

    (void)args;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    if (rank == 0) {
        status = bench_kernels();
    }
    GOLD_TRY(gold_agree(MPI_COMM_WORLD, status));
    return gold_dispatch_bench();
}
