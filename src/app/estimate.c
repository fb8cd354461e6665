/* SPDX-License-Identifier: MIT */
#include "app/estimate.h"

#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/select.h"

#include "app/clock.h"
#include "app/sizes.h"

static const double trial_seconds = 0.7; /* a trial this long is believed */

/* The most costly task of a kind: it decides most. False: there is none. */
static bool longest_task(const gold_study *study, const gold_data_shape *shape,
                         gold_task_kind kind, size_t *longest)
{
    const size_t n = gold_n_tasks(study);
    double most = 0.0;

    for (size_t id = 0; id < n; id++) {
        const double flops = gold_task_kind_of(study, id) == kind
                                 ? gold_task_flops(study, id, shape)
                                 : 0.0;

        if (flops > most) {
            most = flops;
            *longest = id;
        }
    }
    return most > 0.0;
}

/* Stops a training that has been tried for long enough. */
static bool is_late(void *context)
{
    const double *deadline = context;

    return gold_clock() > *deadline;
}

/* Seconds that a task takes on the first `n` training samples, or until a
 * trial is long enough; `*flops` is what was done. */
static gold_status time_task(const gold_local *local, size_t id, size_t n,
                             double *seconds, double *flops)
{
    gold_status status = GOLD_OK;
    gold_dataset part = local->data;
    gold_engine *engine = NULL;
    gold_outcome outcome = {0};
    gold_task task = {0};

    part.train.n = n;
    GOLD_GOTO(gold_task_init(local->study, id, &task));
    GOLD_GOTO(gold_outcome_init(&outcome, &local->schema, task.n_points));
    GOLD_GOTO(gold_engine_create(local->study, &local->schema, &part, &engine));
    const double began = gold_clock();
    double deadline = began + trial_seconds;

    gold_engine_run(
        engine, &task,
        &(gold_interrupt){.should_stop = is_late, .context = &deadline},
        &outcome);
    *seconds = gold_clock() - began;
    *flops = outcome.flops;

done:
    gold_engine_destroy(&engine);
    gold_outcome_fini(&outcome);
    gold_task_fini(&task);
    return status;
}

/* Predicted flops a second of measure tasks: ever more samples, until a trial
 * takes long enough or all are used. */
static gold_status calibrate_measure(const gold_local *local, size_t id,
                                     double *rate)
{
    gold_data_shape shape = gold_shape_of(&local->data);
    const size_t all = shape.n_train;
    size_t n = all < 64 ? all : 64;
    double seconds = 0.0;
    double flops = 0.0;

    for (;;) {
        GOLD_TRY(time_task(local, id, n, &seconds, &flops));
        if (seconds >= trial_seconds || n == all) {
            break;
        }
        const double grow = fmin(8.0, 1.5 * trial_seconds / seconds);

        n = (double)n * grow >= (double)all
                ? all
                : (size_t)((double)n * fmax(grow, 1.25)) + 1;
        n = n < all ? n : all;
    }
    shape.n_train = n;
    *rate = gold_task_flops(local->study, id, &shape) / fmax(seconds, 1e-6);
    return GOLD_OK;
}

/* Flops a second of each kind of task that the study has. */
static gold_status calibrate(const gold_local *local, double rates[2])
{
    const gold_data_shape shape = gold_shape_of(&local->data);
    size_t id = 0;
    double seconds = 0.0;
    double flops = 0.0;

    if (longest_task(local->study, &shape, GOLD_TASK_MEASURE, &id)) {
        GOLD_TRY(calibrate_measure(local, id, &rates[GOLD_TASK_MEASURE]));
    }
    if (longest_task(local->study, &shape, GOLD_TASK_TRAIN, &id)) {
        GOLD_TRY(time_task(local, id, shape.n_train, &seconds, &flops));
        rates[GOLD_TASK_TRAIN] = flops / fmax(seconds, 1e-6);
    }
    return GOLD_OK;
}

static void add_sizes(const gold_local *local, const gold_data_shape *shape,
                      gold_estimate *e)
{
    e->least_parameters = (double)INFINITY;
    for (size_t id = 0; id < e->n_tasks; id++) {
        gold_settings settings;
        const double flops = gold_task_flops(local->study, id, shape);

        gold_study_point(local->study, gold_task_point(local->study, id, 0),
                         &settings);
        const double parameters = gold_n_parameters(&settings, shape);

        e->least_parameters = fmin(e->least_parameters, parameters);
        e->most_parameters = fmax(e->most_parameters, parameters);
        const gold_task_kind kind = gold_task_kind_of(local->study, id);

        e->flops[kind] +=
            flops *
            (kind == GOLD_TASK_TRAIN ? gold_select_share(local->study) : 1.0);
        e->longest_flops[kind] = fmax(e->longest_flops[kind], flops);
    }
    e->memory_bytes = gold_memory_per_rank(local->study, shape);
    e->data_bytes = (double)local->data_bytes;
    e->file_bytes = gold_file_bytes(local->study, &local->schema);
}

double gold_estimate_wall(const gold_estimate *estimate, size_t ranks)
{
    const double workers = ranks > 1 ? (double)(ranks - 1) : 1.0;

    return fmax(estimate->longest_seconds, estimate->seconds / workers);
}

gold_status gold_estimate_study(const gold_local *local,
                                gold_estimate *estimate)
{
    const gold_data_shape shape = gold_shape_of(&local->data);
    gold_estimate e = {.n_points = local->study->n_points,
                       .n_tasks = gold_n_tasks(local->study)};

    for (size_t p = 0; p < e.n_points; p++) {
        e.n_excluded += gold_study_is_excluded(local->study, p) ? 1 : 0;
    }
    add_sizes(local, &shape, &e);
    GOLD_TRY(calibrate(local, e.rate));
    for (int kind = 0; kind < 2; kind++) {
        if (e.flops[kind] > 0.0) {
            e.seconds += e.flops[kind] / e.rate[kind];
            e.longest_seconds =
                fmax(e.longest_seconds, e.longest_flops[kind] / e.rate[kind]);
        }
    }
    /* More workers than this only wait for the longest task. */
    e.sensible_ranks = 1 + (size_t)fmin((double)e.n_tasks,
                                        ceil(e.seconds / e.longest_seconds));
    *estimate = e;
    return GOLD_OK;
}
