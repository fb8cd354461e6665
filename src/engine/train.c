/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "engine/keep.h"
#include "engine/lesson.h"
#include "engine/measure.h"
#include "engine/record.h"

static void put_best(const gold_lesson *t, double *record)
{
    const gold_schema *schema = t->job.schema;
    const size_t n = t->result.n_logged;
    const size_t best = FN(best_entry)(&t->training, t->log, n);

    if (best < n && t->training.test.n > 0) {
        gold_record_put(schema, record, GOLD_VAR_BEST_TEST_ACCURACY,
                        t->log[best].test_accuracy);
        gold_record_put(schema, record, GOLD_VAR_BEST_TEST_STEP,
                        (double)schema->log_steps[best]);
    }
}

static void put_reached(const gold_lesson *t, double *record)
{
    const gold_schema *schema = t->job.schema;
    const size_t n = t->result.n_logged;

    for (size_t i = 0; i < schema->count[GOLD_VAR_STEPS_TO_LOSS]; i++) {
        size_t k = 0;

        while (k < n && !(t->log[k].loss <= schema->reach[i])) {
            k++;
        }
        if (k < n) {
            record[schema->offset[GOLD_VAR_STEPS_TO_LOSS] + i] =
                (double)schema->log_steps[k];
        }
    }
}

/* How each phase ended; NaN of those that were not begun. */
static void put_phases(const gold_lesson *t, double *record)
{
    const gold_past *past = &t->training.past;
    const gold_schema *schema = t->job.schema;

    for (size_t i = 0; i <= past->phase; i++) {
        const gold_phase_end *end = &past->ends[i];
        const struct {
            gold_variable variable;
            double value;
        } numbers[] = {
            {GOLD_VAR_PHASE_STEP, (double)end->step},
            {GOLD_VAR_PHASE_LOSS, end->loss},
            {GOLD_VAR_PHASE_ACCURACY, end->accuracy},
            {GOLD_VAR_PHASE_TEST_LOSS, end->test_loss},
            {GOLD_VAR_PHASE_TEST_ACCURACY, end->test_accuracy},
            {GOLD_VAR_PHASE_WEIGHT_NORM, end->weight_norm},
            {GOLD_VAR_PHASE_LEARNING_RATE, end->learning_rate},
            {GOLD_VAR_PHASE_OUTCOME, end->outcome},
        };

        for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
            if (i < schema->count[numbers[k].variable]) {
                record[schema->offset[numbers[k].variable] + i] =
                    numbers[k].value;
            }
        }
    }
}

static void put_finals(const gold_lesson *t, double *record)
{
    const gold_log_entry *final = &t->result.final;
    const gold_past *past = &t->training.past;
    const struct {
        gold_variable variable;
        double value;
    } numbers[] = {
        {GOLD_VAR_LEARNING_RATE_APPLIED, t->training.learning_rate},
        {GOLD_VAR_FINAL_STEP, (double)t->result.final_step},
        {GOLD_VAR_FINAL_LOSS, final->loss},
        {GOLD_VAR_FINAL_ACCURACY, final->accuracy},
        {GOLD_VAR_FINAL_TEST_LOSS, final->test_loss},
        {GOLD_VAR_FINAL_TEST_ACCURACY, final->test_accuracy},
        {GOLD_VAR_FINAL_WEIGHT_NORM, final->weight_norm},
        {GOLD_VAR_FINAL_ZERO_LOGITS, final->zero_logits},
        {GOLD_VAR_FINAL_COSINE_TO_INIT, final->cosine_to_init},
        {GOLD_VAR_WEIGHT_CHANGE, t->result.weight_change},
        {GOLD_VAR_OUTCOME, past->ends[past->phase].outcome},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        gold_record_put(t->job.schema, record, numbers[i].variable,
                        numbers[i].value);
    }
}

static void report(const gold_lesson *t, double *record, gold_verdict *verdict)
{
    if (t->result.end == GOLD_END_STOPPED) {
        return;
    }
    FN(keep_parameters)
    (t->job.schema, &t->start, t->alpha, t->theta, t->best, record);
    put_finals(t, record);
    put_phases(t, record);
    put_best(t, record);
    put_reached(t, record);
    verdict->state = GOLD_STATE_DONE;
    if (t->result.end == GOLD_END_DIVERGED) {
        const char *bare = gold_graph_bare_norm(&t->start.network.graph);

        (void)snprintf(
            verdict->message, sizeof verdict->message,
            "diverged at step %llu: loss or parameters overflow " REAL_NAME
            "%s%s%s",
            (unsigned long long)t->result.final_step,
            bare != NULL ? ", or " : "", bare != NULL ? bare : "",
            bare != NULL ? " with eps 0 divides by 0" : "");
    }
    FN(moments_put)(&t->moments, t->result.final_step, record, verdict);
}

/* Orders of the samples in all epochs that were begun, for whoever repeats a
 * training by mini-batches. */
static gold_status inspect_order(const gold_lesson *t,
                                 gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    const size_t n = inspection->n_samples;
    size_t *order = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &order));
    GOLD_GOTO(GOLD_ALLOC(inspection->n_epochs * n, &inspection->batch_order));
    for (size_t e = 0; e < inspection->n_epochs; e++) {
        gold_random_order(gold_stream_of(t->settings.train_seed,
                                         GOLD_PURPOSE_BATCHES, (uint32_t)e),
                          n, order);
        for (size_t i = 0; i < n; i++) {
            inspection->batch_order[e * n + i] = (double)order[i];
        }
    }

done:
    gold_free(order);
    return status;
}

/* What was done to every sample in these epochs. */
static gold_status inspect_augmentation(const gold_lesson *t,
                                        gold_inspection *inspection)
{
    const size_t n = inspection->n_samples;
    double *out = NULL;

    GOLD_TRY(GOLD_ALLOC(inspection->n_epochs * n * GOLD_JITTER_NUMBERS,
                        &inspection->augmentation));
    out = inspection->augmentation;
    for (size_t i = 0; i < inspection->n_epochs * n; i++) {
        const gold_jitter jitter =
            FN(augment_draw)(&t->training.augmentation, i / n, i % n);

        *out++ = jitter.is_flipped ? 1.0 : 0.0;
        *out++ = (double)jitter.down;
        *out++ = (double)jitter.right;
    }
    return GOLD_OK;
}

/* What was random in the batches. */
static gold_status inspect_batches(const gold_lesson *t,
                                   gold_inspection *inspection)
{
    const size_t n = t->training.train.n;
    const gold_train_settings *train = &t->settings.train;
    const bool is_full =
        train->batch == 0 || train->batch >= n || train->optimizer == GOLD_GD;
    const size_t batch = is_full ? n : (size_t)train->batch;
    const uint64_t per_epoch = (n + batch - 1) / batch;

    inspection->n_epochs =
        (size_t)((inspection->steps + per_epoch - 1) / per_epoch);
    inspection->n_samples = n;
    if (!is_full) {
        GOLD_TRY(inspect_order(t, inspection));
    }
    return FN(augments)(&t->training.augmentation)
               ? inspect_augmentation(t, inspection)
               : GOLD_OK;
}

/* Is there an end to be measured? */
static bool has_end(const gold_lesson *t)
{
    return gold_study_has_end(t->job.study) &&
           t->result.end != GOLD_END_STOPPED &&
           t->result.end != GOLD_END_DIVERGED;
}

static gold_status inspect(const gold_lesson *t, gold_inspection *inspection)
{
    const size_t n = t->start.network.n_parameters;
    const gold_past *past = &t->training.past;

    inspection->learning_rate = t->training.learning_rate;
    inspection->steps = t->result.final_step - past->steps;
    inspection->n_earlier = past->phase;
    for (size_t i = 0; i < past->phase; i++) {
        inspection->earlier_steps[i] = (double)past->ends[i].step;
        inspection->earlier_norms[i] = past->ends[i].weight_norm;
        inspection->earlier_rates[i] = past->ends[i].learning_rate;
    }
    GOLD_TRY(GOLD_ALLOC(n, &inspection->final_theta));
    GOLD_TRY(GOLD_ALLOC(n, &inspection->best_theta));
    for (size_t i = 0; i < n; i++) {
        inspection->final_theta[i] = (double)t->theta[i];
        inspection->best_theta[i] = (double)t->best[i];
    }
    if (has_end(t)) {
        GOLD_TRY(GOLD_ALLOC(1, &inspection->end));
    }
    inspection->n_constraint = t->directions.n;
    GOLD_TRY(
        GOLD_ALLOC(t->directions.n * n, &inspection->constraint_directions));
    for (size_t i = 0; i < t->directions.n; i++) {
        FN(direction_unpack)
        (&t->directions, &t->start.network, i,
         inspection->constraint_directions + i * n);
    }
    return inspect_batches(t, inspection);
}

/* Curvature where training ended. The task is pending again when the interrupt
 * comes: it is resumed where it was last saved. */
static gold_status measure_end(gold_lesson *t, gold_outcome *outcome,
                               gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    gold_schema *at_end = NULL;
    gold_verdict verdict;

    FN(watch_fini)(&t->watch); /* its memory is not needed twice */
    GOLD_GOTO(GOLD_ALLOC(1, &at_end));
    gold_schema_at_end(t->job.schema, at_end);
    const gold_moment_at end = {.job = &t->job,
                                .schema = at_end,
                                .start = &t->start,
                                .theta = t->theta,
                                .norm = t->result.final.weight_norm,
                                .near = t->theta};

    GOLD_GOTO(FN(measure_moment)(&end, outcome, &verdict, inspection));
    const char *why =
        FN(unresolved)(at_end, outcome->records, t->result.final.zero_logits);

    if (verdict.state == GOLD_STATE_PENDING) {
        outcome->verdicts[0] = verdict;
    } else if (verdict.state == GOLD_STATE_FAILED) {
        (void)snprintf(
            outcome->verdicts[0].message, sizeof outcome->verdicts[0].message,
            "curvature where training ended: %.80s", verdict.message);
    } else if (outcome->verdicts[0].message[0] == '\0' && why != NULL) {
        (void)snprintf(outcome->verdicts[0].message,
                       sizeof outcome->verdicts[0].message,
                       "curvature where training ended: %s", why);
    }

done:
    gold_free(at_end);
    return status;
}

gold_status FN(train_point)(const gold_engine_job *job, gold_outcome *outcome,
                            gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    gold_lesson t;

    GOLD_GOTO(FN(lesson_init)(
        &t, job, inspection != NULL || job->study->train.keep[GOLD_KEEP_BEST]));
    GOLD_GOTO(FN(lesson_train)(&t, outcome, inspection));
    if (outcome->verdicts[0].state == GOLD_STATE_FAILED) {
        goto done;
    }
    report(&t, outcome->records, &outcome->verdicts[0]);
    GOLD_GOTO(FN(watch_after)(&t.watch, &t.result, t.log, outcome->records));
    if (inspection != NULL) {
        GOLD_GOTO(inspect(&t, inspection));
    }
    if (has_end(&t)) {
        GOLD_GOTO(measure_end(&t, outcome,
                              inspection == NULL ? NULL : inspection->end));
    }

done:
    FN(lesson_fini)(&t);
    return status;
}
