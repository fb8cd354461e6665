/* SPDX-License-Identifier: MIT */
#include "app/estimate.h"

#include <math.h>
#include <stdlib.h>

#include "goldilocks/memory.h"
#include "goldilocks/select.h"

#include "app/clock.h"
#include "app/sizes.h"
#include "app/trial.h"

enum {
    MOST_PICKS = 24,  /* tasks of a kind that are tried */
    MOST_MEASURED = 8 /* of them where they are measurements */
};

static const double calibration_s = 3.2; /* of all trials, about */
static const double counted_flops = 1e9; /* of a kind of tasks, about */
static const double most_warm_bytes = 512.0 * 1024 * 1024;
static const double least_s = 30.0; /* of work that a process is worth */

/* A task and its predicted flops. */
typedef struct costed {
    size_t id;
    double flops;
} costed;

/* All tasks of a kind, the dearest first. */
typedef struct assortment {
    costed *tasks; /* [n] */
    size_t n;
    double flops; /* of all of them */
} assortment;

/* A task that stands for others. */
typedef struct pick {
    const costed *task;
    double share; /* of the flops of its kind */
} pick;

static int compare_costed(const void *left, const void *right)
{
    const costed *a = left;
    const costed *b = right;

    if (a->flops != b->flops) {
        return a->flops > b->flops ? -1 : 1;
    }
    return (a->id > b->id) - (a->id < b->id);
}

/* Collect the tasks of each kind that have anything to do. */
static gold_status assort(const gold_study *study, const gold_data_shape *shape,
                          assortment kinds[2])
{
    const size_t n = gold_n_tasks(study);

    for (int kind = 0; kind < 2; kind++) {
        GOLD_TRY(GOLD_ALLOC(n, &kinds[kind].tasks));
    }
    for (size_t id = 0; id < n; id++) {
        assortment *kind = &kinds[gold_task_kind_of(study, id)];
        const double flops = gold_task_flops(study, id, shape);

        if (flops > 0.0) {
            kind->tasks[kind->n++] = (costed){id, flops};
            kind->flops += flops;
        }
    }
    for (int kind = 0; kind < 2; kind++) {
        if (kinds[kind].n > 0) {
            qsort(kinds[kind].tasks, kinds[kind].n, sizeof *kinds[kind].tasks,
                  compare_costed);
        }
    }
    return GOLD_OK;
}

/* Tasks evenly spaced along the cost of all: each stands for as many flops.
 * Measurements of equal cost are tried once; trainings may end at different
 * steps. */
static size_t choose_picks(const assortment *kind, bool is_training,
                           pick picks[MOST_PICKS])
{
    const int most = is_training ? MOST_PICKS : MOST_MEASURED;
    size_t n = 0;
    size_t at = 0;
    double passed = kind->n > 0 ? kind->tasks[0].flops : 0.0;

    for (int i = 0; i < most && kind->n > 0; i++) {
        const double wanted = kind->flops * (i + 0.5) / most;

        while (passed < wanted && at + 1 < kind->n) {
            passed += kind->tasks[++at].flops;
        }
        if (is_training || n == 0 ||
            kind->tasks[at].flops < picks[n - 1].task->flops) {
            picks[n++] = (pick){&kind->tasks[at], 0.0};
        }
        picks[n - 1].share += 1.0 / most;
    }
    return n;
}

/* Seconds of a kind of tasks, and of the longest of them, by trials. When
 * time has run out the rest is taken to be as fast as what was tried. */
static gold_status calibrate(const gold_local *local, const assortment *kind,
                             bool is_training, double budget_s, double *seconds,
                             double *longest_s)
{
    pick picks[MOST_PICKS];
    const size_t n = choose_picks(kind, is_training, picks);
    const double began_s = gold_clock();
    double tried = 0.0;
    double sum_s = 0.0;

    *longest_s = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double left_s = began_s + budget_s - gold_clock();
        double took_s = 0.0;

        if (i > 0 && !(left_s > 0.0)) {
            break;
        }
        GOLD_TRY(gold_trial(local, picks[i].task->id, left_s / (double)(n - i),
                            &took_s));
        sum_s += picks[i].share * took_s / picks[i].task->flops;
        tried += picks[i].share;
        *longest_s = fmax(*longest_s, took_s);
        if (i == 0) {
            *longest_s = took_s * kind->tasks[0].flops / picks[0].task->flops;
        }
    }
    *seconds = tried > 0.0 ? sum_s / tried * kind->flops : 0.0;
    return GOLD_OK;
}

/* Flops of a kind of tasks: one of each cost is counted where no formula says
 * how much it will do. */
static gold_status count(const gold_local *local, const assortment *kind,
                         double *flops)
{
    pick picks[MOST_PICKS];
    const size_t n = choose_picks(kind, false, picks);
    double factor = 0.0;

    *flops = kind->flops;
    if (!gold_study_iterates(local->study)) {
        return GOLD_OK;
    }
    for (size_t i = 0; i < n; i++) {
        double counted = 0.0;

        GOLD_TRY(gold_trial_count(local, picks[i].task->id,
                                  counted_flops / (double)n, &counted));
        factor += picks[i].share * counted / picks[i].task->flops;
    }
    *flops = factor * kind->flops;
    return GOLD_OK;
}

static void add_sizes(const gold_local *local, const gold_data_shape *shape,
                      gold_estimate *e)
{
    const size_t n_measure = gold_n_measure_tasks(local->study);

    e->least_parameters = (double)INFINITY;
    for (size_t id = 0; id < n_measure; id++) {
        gold_settings settings;

        gold_study_point(local->study, gold_task_point(local->study, id, 0),
                         &settings);
        const double parameters = gold_n_parameters(&settings, shape);

        e->least_parameters = fmin(e->least_parameters, parameters);
        e->most_parameters = fmax(e->most_parameters, parameters);
    }
    e->memory_bytes = gold_memory_per_rank(local->study, shape);
    e->data_bytes = (double)local->data_bytes;
    e->file_bytes = gold_file_bytes(local->study, local->schema);
}

double gold_estimate_wall(const gold_estimate *estimate, size_t ranks)
{
    const double workers = ranks > 1 ? (double)(ranks - 1) : 1.0;

    return fmax(estimate->longest_seconds, estimate->seconds / workers);
}

/* Flops and seconds of both kinds. */
static gold_status add_times(const gold_local *local, const assortment kinds[2],
                             gold_estimate *e)
{
    const double share[2] = {1.0, gold_select_share(local->study)};
    const double n_kinds = kinds[0].n > 0 && kinds[1].n > 0 ? 2.0 : 1.0;

    gold_warm_memory((size_t)fmin(e->memory_bytes, most_warm_bytes));
    for (int kind = 0; kind < 2; kind++) {
        double flops = 0.0;
        double seconds = 0.0;
        double longest_s = 0.0;

        GOLD_TRY(count(local, &kinds[kind], &flops));
        GOLD_TRY(calibrate(local, &kinds[kind], kind == GOLD_TASK_TRAIN,
                           calibration_s / n_kinds, &seconds, &longest_s));
        e->flops[kind] = share[kind] * flops;
        e->rate[kind] = seconds > 0.0 ? flops / seconds : (double)NAN;
        e->seconds += share[kind] * seconds;
        e->longest_seconds = fmax(e->longest_seconds, longest_s);
    }
    return GOLD_OK;
}

gold_status gold_estimate_study(const gold_local *local,
                                gold_estimate *estimate)
{
    gold_status status = GOLD_OK;
    const gold_data_shape shape = gold_shape_of(&local->data);
    assortment kinds[2] = {{0}, {0}};
    gold_estimate e = {.n_points = local->study->n_points,
                       .n_tasks = gold_n_tasks(local->study)};

    for (size_t p = 0; p < e.n_points; p++) {
        e.n_excluded += gold_study_is_excluded(local->study, p) ? 1 : 0;
    }
    add_sizes(local, &shape, &e);
    GOLD_GOTO(assort(local->study, &shape, kinds));
    GOLD_GOTO(add_times(local, kinds, &e));
    /* More workers than this only wait for the longest task, or spend as long
     * on starting as on work. */
    e.sensible_ranks =
        1 + (size_t)fmin((double)e.n_tasks,
                         ceil(e.seconds / fmax(e.longest_seconds, least_s)));
    *estimate = e;

done:
    gold_free(kinds[0].tasks);
    gold_free(kinds[1].tasks);
    return status;
}
