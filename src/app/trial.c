/* SPDX-License-Identifier: MIT */
#include "app/trial.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/clock.h"
#include "app/sizes.h"

enum {
    FEW_SAMPLES = 64,
    MOST_POINTS = 1000, /* of a task; more take as long each */
    MOST_COUNTED = 8,   /* of these where flops are counted */
    MOST_ROUNDS = 20
};

static const double shortest_s = 0.02;    /* of rounds that are believed */
static const double dearest_flops = 5e10; /* of samples too few to be fewer */

/* A task, and what it took on some samples. */
typedef struct trial {
    const gold_local *local;
    gold_task task;
    size_t n_all; /* samples that it uses */
    double deadline_s;
    double flops;  /* done in a round */
    bool is_cut;   /* the round stopped at the deadline */
    bool is_whole; /* it had all that is predicted: no point failed, and no
                      training ended before its last step */
} trial;

static size_t few_samples(const trial *t)
{
    return t->n_all <= 2 * FEW_SAMPLES ? t->n_all : FEW_SAMPLES;
}

/* Stops a training that has been tried for long enough. */
static bool is_late(void *context)
{
    trial *t = context;

    t->is_cut = gold_clock() > t->deadline_s;
    return t->is_cut;
}

/* Did a round have all that is predicted of it? */
static bool had_all(const trial *t, const gold_task *task,
                    const gold_outcome *outcome)
{
    const gold_schema *schema = t->local->schema;
    bool is_whole = true;

    for (size_t i = 0; i < task->n_points; i++) {
        const double *record = outcome->records + i * schema->record_length;
        const double steps = (double)gold_study_steps(
            t->local->study, task->points[i], schema->n_train);

        is_whole = is_whole && outcome->verdicts[i].state == GOLD_STATE_DONE &&
                   (task->kind != GOLD_TASK_TRAIN ||
                    record[schema->offset[GOLD_VAR_FINAL_STEP]] == steps);
    }
    return is_whole;
}

/* Seconds of one round, of computing: the computer may be busy. */
static gold_status time_round(trial *t, gold_engine *engine,
                              const gold_task *task, double *seconds)
{
    const gold_interrupt interrupt = {.should_stop = is_late, .context = t};
    gold_outcome outcome = {0};

    t->is_cut = false;
    GOLD_TRY(gold_outcome_init(&outcome, t->local->schema, task->n_points));
    const double began_s = gold_clock_computing();

    gold_engine_run(engine, task, &interrupt, &outcome);
    *seconds = gold_clock_computing() - began_s;
    t->flops = outcome.flops;
    t->is_whole = had_all(t, task, &outcome);
    gold_outcome_fini(&outcome);
    return GOLD_OK;
}

/* Seconds of `n_points` points, evenly spaced, on the first `n` samples. Short
 * ones are repeated, and the first, which finds cold caches, does not count. */
static gold_status time_part(trial *t, size_t n_points, size_t n,
                             double *seconds)
{
    gold_status status = GOLD_OK;
    gold_dataset data = t->local->data;
    gold_engine *engine = NULL;
    size_t *points = NULL;
    gold_task part = t->task;
    double sum_s = 0.0;
    double round_s = 0.0;
    int n_rounds = 0;

    data.train.n = n;
    GOLD_GOTO(GOLD_ALLOC(n_points, &points));
    for (size_t i = 0; i < n_points; i++) {
        points[i] = part.points[(2 * i + 1) * part.n_points / (2 * n_points)];
    }
    part.points = points;
    part.n_points = n_points;
    GOLD_GOTO(
        gold_engine_create(t->local->study, t->local->schema, &data, &engine));
    GOLD_GOTO(time_round(t, engine, &part, &round_s));
    *seconds = round_s;
    for (; round_s < shortest_s && sum_s < shortest_s && n_rounds < MOST_ROUNDS;
         n_rounds++) {
        GOLD_GOTO(time_round(t, engine, &part, &round_s));
        sum_s += round_s;
        *seconds = sum_s / (n_rounds + 1.0);
    }

done:
    gold_free(points);
    gold_engine_destroy(&engine);
    return status;
}

/* Ever more samples, until a trial takes `long_s` or all are used; what the
 * last ones added, the others will add too, but no more than in proportion. */
static gold_status grow(trial *t, size_t n_points, double long_s,
                        double first_s, double *seconds)
{
    size_t n = few_samples(t);
    double now_s = first_s;
    double slope = now_s / (double)n;
    bool is_first = true;

    while (n < t->n_all && now_s < (is_first ? 2.5 : 1.0) * long_s) {
        const double factor =
            fmin(8.0, fmax(2.0, 1.5 * long_s / fmax(now_s, 1e-6)));
        const double more = ceil((double)n * factor);
        const size_t next = more < (double)t->n_all ? (size_t)more : t->n_all;
        const double before_s = now_s;

        GOLD_TRY(time_part(t, n_points, next, &now_s));
        slope = fmax(now_s - before_s, 0.0) / (double)(next - n);
        n = next;
        is_first = false;
    }
    slope = fmin(slope, now_s / (double)n);
    *seconds = now_s + slope * (double)(t->n_all - n);
    return GOLD_OK;
}

/* Predicted flops of some of the points, on as many samples as are tried. */
static double part_flops(const trial *t, size_t n_points, size_t n)
{
    gold_data_shape shape = gold_shape_of(&t->local->data);

    shape.n_train = n;
    return gold_measure_flops(t->local->study, t->task.id, &shape,
                              (double)n_points / (double)t->task.n_points);
}

/* As many points as are predicted to take `long_s`, judged by one; no more than
 * tell what the others take. */
static size_t points_within(const trial *t, double first_s, double long_s)
{
    const size_t n = few_samples(t);
    const size_t most =
        t->task.n_points < MOST_POINTS ? t->task.n_points : MOST_POINTS;
    const double one = part_flops(t, 1, n);
    const double each = part_flops(t, 2, n) - one;
    const double more = one * (long_s / first_s - 1.0) / each;

    return (size_t)fmin((double)most, 1.0 + fmax(0.0, floor(more)));
}

static gold_status try_measuring(trial *t, double budget_s, double *seconds)
{
    const double long_s = 0.4 * budget_s; /* those before it take as long */
    double first_s = 0.0;
    double part_s = 0.0;

    GOLD_TRY(time_part(t, 1, few_samples(t), &first_s));
    const size_t n_points = points_within(t, first_s, 2.0 * long_s);

    if (n_points > 1) {
        GOLD_TRY(time_part(t, n_points, few_samples(t), &first_s));
    }
    GOLD_TRY(grow(t, n_points, long_s, first_s, &part_s));
    *seconds = part_s * part_flops(t, t->task.n_points, t->n_all) /
               part_flops(t, n_points, t->n_all);
    return GOLD_OK;
}

static gold_status try_training(trial *t, double flops, double budget_s,
                                double *seconds)
{
    double took_s = 0.0;

    t->deadline_s = gold_clock() + budget_s;
    GOLD_TRY(time_part(t, 1, t->n_all, &took_s));
    *seconds = t->is_cut && t->flops > 0.0 ? flops * took_s / t->flops : took_s;
    return GOLD_OK;
}

/* Points that are counted, evenly spaced, and then samples of them: as many as
 * are predicted to cost `most`. */
static gold_status count_measuring(trial *t, double most, double *flops)
{
    const size_t few = few_samples(t);
    const double one = part_flops(t, 1, few);
    const double n_points =
        fmin(fmin(MOST_COUNTED, (double)t->task.n_points), floor(most / one));
    const size_t n = (size_t)fmax(n_points, 1.0);
    const double share = most / part_flops(t, n, t->n_all);
    const size_t n_samples = (size_t)fmin(
        (double)t->n_all, fmax((double)few, floor(share * (double)t->n_all)));
    double took_s = 0.0;

    if (one > dearest_flops) {
        return GOLD_OK;
    }
    GOLD_TRY(time_part(t, n, n_samples, &took_s));
    if (t->is_whole) {
        *flops *= t->flops / part_flops(t, n, n_samples);
    }
    return GOLD_OK;
}

static gold_status count_training(trial *t, double most, double *flops)
{
    double took_s = 0.0;

    if (*flops > most) {
        return GOLD_OK;
    }
    GOLD_TRY(time_part(t, 1, t->n_all, &took_s));
    if (t->is_whole) {
        *flops = t->flops;
    }
    return GOLD_OK;
}

/* Ended by gold_task_fini, also on failure. */
static gold_status trial_init(trial *t, const gold_local *local, size_t id)
{
    const gold_data_shape shape = gold_shape_of(&local->data);
    gold_settings settings;

    *t = (trial){.local = local, .deadline_s = (double)INFINITY};
    GOLD_TRY(gold_task_init(local->study, id, &t->task));
    if (t->task.n_points > 0) {
        gold_study_point(local->study, t->task.points[0], &settings);
        t->n_all = gold_samples_used(&settings, shape.n_train);
    }
    return GOLD_OK;
}

/* Flops of a whole task, as they are predicted without a trial. */
static double predicted_flops(const trial *t)
{
    const gold_data_shape shape = gold_shape_of(&t->local->data);

    return gold_task_flops(t->local->study, t->task.id, &shape);
}

gold_status gold_trial(const gold_local *local, size_t id, double budget_s,
                       double *seconds)
{
    gold_status status = GOLD_OK;
    trial t;

    *seconds = 0.0;
    GOLD_GOTO(trial_init(&t, local, id));
    if (t.task.n_points > 0) {
        status = t.task.kind == GOLD_TASK_TRAIN
                     ? try_training(&t, predicted_flops(&t), budget_s, seconds)
                     : try_measuring(&t, budget_s, seconds);
    }

done:
    gold_task_fini(&t.task);
    return status;
}

gold_status gold_trial_count(const gold_local *local, size_t id, double most,
                             double *flops)
{
    gold_status status = GOLD_OK;
    trial t;

    *flops = 0.0;
    GOLD_GOTO(trial_init(&t, local, id));
    if (t.task.n_points > 0) {
        *flops = predicted_flops(&t);
        status = t.task.kind == GOLD_TASK_TRAIN
                     ? count_training(&t, most, flops)
                     : count_measuring(&t, most, flops);
    }

done:
    gold_task_fini(&t.task);
    return status;
}
