/* SPDX-License-Identifier: MIT */
#include "engine/measure.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "curv/line.h"
#include "engine/full_task.h"
#include "engine/layers.h"
#include "engine/logits.h"
#include "engine/record.h"
#include "engine/resample.h"
#include "nn/balance.h"

/* One task under way. */
typedef struct measurement {
    const gold_engine_job *job;
    const gold_settings *settings; /* of the first point: the line's base */
    const gold_start *start;
    FN(directions) directions;
    double kappa; /* of the network at scale 1 */
    size_t d;
    size_t n_distinct;         /* points that differ in scale or temperature */
    gold_line_point *points;   /* [n_distinct] */
    size_t *distinct_of;       /* [task points] which of them */
    gold_line_result *results; /* [n_distinct] */
    double *matrices;          /* [n_distinct][2][d][d] */
    gold_logit_gradients *logits; /* [n_distinct]; NULL: not asked for */
    double *layers; /* [n_distinct][gold_layer_numbers]; NULL: not asked for */
    double *spread; /* [n_distinct][gold_spread_numbers]; NULL: not asked for */
} measurement;

/* A point of the task among others. */
typedef struct placed {
    gold_line_point point;
    size_t index; /* of the task's points */
} placed;

static bool is_same(const gold_line_point *a, const gold_line_point *b)
{
    return a->alpha == b->alpha && a->temperature == b->temperature;
}

static int compare_placed(const void *left, const void *right)
{
    const placed *a = left;
    const placed *b = right;

    if (a->point.alpha != b->point.alpha) {
        return a->point.alpha < b->point.alpha ? -1 : 1;
    }
    if (a->point.temperature != b->point.temperature) {
        return a->point.temperature < b->point.temperature ? -1 : 1;
    }
    return (a->index > b->index) - (a->index < b->index);
}

/* For each point the first that is the same. */
static gold_status find_first(const measurement *m, size_t *first_of)
{
    const size_t n = m->job->task->n_points;
    placed *all = NULL;

    GOLD_TRY(GOLD_ALLOC(n, &all));
    for (size_t i = 0; i < n; i++) {
        all[i] = (placed){m->points[i], i};
    }
    qsort(all, n, sizeof *all, compare_placed);
    for (size_t i = 0, first = 0; i < n; i++) {
        first = is_same(&all[i].point, &all[first].point) ? first : i;
        first_of[all[i].index] = all[first].index;
    }
    gold_free(all);
    return GOLD_OK;
}

/* List the distinct points of the line, in the order in which they come; axes
 * of training repeat them. */
static gold_status list_points(measurement *m)
{
    const gold_task *task = m->job->task;

    for (size_t i = 0; i < task->n_points; i++) {
        gold_settings settings;

        gold_study_point(m->job->study, task->points[i], &settings);
        m->points[i] = (gold_line_point){FN(start_alpha)(m->start, &settings),
                                         settings.temperature};
    }
    GOLD_TRY(find_first(m, m->distinct_of));
    for (size_t i = 0; i < task->n_points; i++) {
        const size_t first = m->distinct_of[i];

        if (first == i) {
            m->points[m->n_distinct] = m->points[i];
            m->distinct_of[i] = m->n_distinct++;
        } else {
            m->distinct_of[i] = m->distinct_of[first];
        }
    }
    return GOLD_OK;
}

static gold_status allocate_points(measurement *m)
{
    GOLD_TRY(GOLD_ALLOC(m->job->task->n_points, &m->points));
    return GOLD_ALLOC(m->job->task->n_points, &m->distinct_of);
}

/* Directions, and room for what is found at the distinct points. */
static gold_status prepare(measurement *m)
{
    const gold_engine_job *job = m->job;

    m->kappa = FN(kappa)(&m->start->network, m->start->theta);
    m->d = job->schema->n_eigen;
    if (m->d > 0) {
        GOLD_TRY(FN(directions_init)(&m->directions, &m->start->network,
                                     m->settings, m->d, m->start->theta));
    }
    GOLD_TRY(GOLD_ALLOC(m->n_distinct, &m->results));
    GOLD_TRY(GOLD_ALLOC(m->n_distinct * 2 * m->d * m->d, &m->matrices));
    if (job->study->curvature.logit_gradients > 0) {
        GOLD_TRY(GOLD_ALLOC(m->n_distinct, &m->logits));
    }
    if (gold_layer_numbers(job->schema) > 0) {
        GOLD_TRY(GOLD_ALLOC(m->n_distinct * gold_layer_numbers(job->schema),
                            &m->layers));
    }
    if (job->study->curvature.resample_directions > 0 ||
        job->study->curvature.resample_data > 0) {
        GOLD_TRY(GOLD_ALLOC(m->n_distinct * gold_spread_numbers(job->schema),
                            &m->spread));
    }
    for (size_t k = 0; k < m->n_distinct; k++) {
        m->results[k].g_term = m->matrices + 2 * k * m->d * m->d;
        m->results[k].h_term = m->results[k].g_term + m->d * m->d;
    }
    return GOLD_OK;
}

static void clean_up(measurement *m)
{
    FN(directions_fini)(&m->directions);
    gold_free(m->points);
    gold_free(m->distinct_of);
    gold_free(m->results);
    gold_free(m->matrices);
    gold_free(m->logits);
    gold_free(m->layers);
    gold_free(m->spread);
}

/* The line of `n` distinct points from the first-th on. */
static FN(line) line_of(const measurement *m, size_t first, size_t n)
{
    const gold_dataset *data = m->job->data;

    return (FN(line)){
        .network = &m->start->network,
        .theta = m->start->theta,
        .input_scale = m->settings->input_scale,
        .train = FN(samples)(&data->train),
        .test = FN(samples)(&data->test),
        .directions = m->d > 0 ? &m->directions : NULL,
        .is_sphere = m->settings->surface == GOLD_SPHERE,
        .has_confusion = m->logits != NULL,
        .n_points = n,
        .points = m->points + first,
    };
}

/* Measure all distinct points, evenly spread over as few lines as may be. */
static gold_status measure_points(measurement *m, double *flops)
{
    const gold_schema *schema = m->job->schema;

    GOLD_ASSERT(m->n_distinct > 0);
    const size_t n_lines =
        (m->n_distinct + GOLD_LINE_POINTS - 1) / GOLD_LINE_POINTS;
    const size_t step = (m->n_distinct + n_lines - 1) / n_lines;

    for (size_t first = 0; first < m->n_distinct; first += step) {
        const size_t left = m->n_distinct - first;
        const FN(line) line = line_of(m, first, left < step ? left : step);
        double line_flops = 0.0;

        GOLD_TRY(FN(line_measure)(&line, m->results + first, &line_flops));
        *flops += line_flops;
        if (m->layers != NULL) {
            GOLD_TRY(FN(measure_layers)(
                &line, m->settings, schema,
                m->layers + first * gold_layer_numbers(schema), flops));
        }
        if (m->spread != NULL) {
            GOLD_TRY(FN(resample)(
                &line, m->job, m->settings, m->results + first,
                m->spread + first * gold_spread_numbers(schema), flops));
        }
    }
    if (m->logits != NULL) {
        const FN(line) line = line_of(m, 0, m->n_distinct);

        GOLD_TRY(FN(line_logits)(
            &line, m->job->study->curvature.logit_gradients, m->logits, flops));
    }
    return GOLD_OK;
}

/* The numbers of a record that are known whatever the network does there. */
static void put_place(const measurement *m, const gold_line_point *point,
                      double *record)
{
    const gold_schema *schema = m->job->schema;
    const double norm = point->alpha * m->start->norm;

    gold_record_put(schema, record, GOLD_VAR_PARAMETERS,
                    (double)m->start->network.n_parameters);
    gold_record_put(schema, record, GOLD_VAR_WEIGHT_NORM,
                    hypot(norm, m->start->fixed_norm));
    gold_record_put(schema, record, GOLD_VAR_NORM_OVER_REFERENCE,
                    norm / m->start->reference);
    gold_record_put(schema, record, GOLD_VAR_ALPHA, point->alpha);
    gold_record_put(schema, record, GOLD_VAR_KAPPA, m->kappa);
}

static void put_predictions(const gold_schema *schema,
                            const gold_line_result *result, double *record)
{
    const struct {
        gold_variable variable;
        double value;
    } numbers[] = {
        {GOLD_VAR_LOSS, result->loss},
        {GOLD_VAR_ACCURACY, result->accuracy},
        {GOLD_VAR_TEST_LOSS, result->test_loss},
        {GOLD_VAR_TEST_ACCURACY, result->test_accuracy},
        {GOLD_VAR_LOGIT_SPREAD, result->logit_spread},
        {GOLD_VAR_ENTROPY, result->entropy},
        {GOLD_VAR_CONFIDENCE, result->confidence},
        {GOLD_VAR_GRADIENT_NORM, result->gradient_norm},
        {GOLD_VAR_ZERO_LOGITS, result->zero_logits},
        {GOLD_VAR_PRIOR_MISMATCH, result->prior_mismatch},
    };

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        gold_record_put(schema, record, numbers[i].variable, numbers[i].value);
    }
}

/* hessian (d, d) = G + S. */
static void add_terms(const measurement *m, const gold_line_result *result,
                      double *hessian)
{
    for (size_t i = 0; i < m->d * m->d; i++) {
        hessian[i] = result->g_term[i] + result->h_term[i];
    }
}

/* Why a loss or gradient is no number. */
static void tell_not_finite(const measurement *m,
                            const gold_line_result *result, double norm,
                            gold_verdict *verdict)
{
    const char *what =
        isfinite(result->loss) ? "the gradient norm" : "the loss";
    const char *bare = gold_graph_bare_norm(&m->start->network.graph);

    if (isnan(result->loss) && bare != NULL) {
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "the loss is not a number at weight norm %g: %s with "
                       "eps 0 divides by 0: all units off or alike",
                       norm, bare);
    } else {
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "%s is not a finite number at weight norm %g: logits or "
                       "gradients overflow " REAL_NAME,
                       what, norm);
    }
    verdict->state = GOLD_STATE_FAILED;
}

/* Curvature that is so much smaller than the gradient by the norm is none that
 * the arithmetic knows: slopes of saturated units, and variances of sure
 * predictions, are differences from 1 that vanish at epsilon, and curvature has
 * two such factors where the gradient may have none. */
static double least_curvature(const gold_line_result *result, double norm)
{
    return REAL_EPS * REAL_EPS * result->gradient_norm / norm;
}

const char *FN(unresolved)(const gold_schema *schema, const double *record,
                           double zero_logits)
{
    const size_t n = schema->count[GOLD_VAR_UNCERTAIN_FRACTION];
    const size_t end = schema->offset[GOLD_VAR_UNCERTAIN_FRACTION] + n;

    return n > 0 && record[end - 1] >= 1.0 && zero_logits < 1.0
               ? "smaller than " REAL_NAME
                 " resolves: all its eigenvalues are uncertain"
               : NULL;
}

/* One distinct point into the record and verdict of a task's point. */
static gold_status report_point(const measurement *m, size_t k, double *hessian,
                                double *record, gold_verdict *verdict)
{
    const gold_schema *schema = m->job->schema;
    const gold_line_result *result = &m->results[k];
    gold_status status = GOLD_OK;

    put_place(m, &m->points[k], record);
    if (result->is_out_of_range) {
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "logits, or what comes of them, leave the range of "
                       "the arithmetic at weight norm %g",
                       m->points[k].alpha * m->start->norm);
        verdict->state = GOLD_STATE_FAILED;
        return GOLD_OK;
    }
    if (!isfinite(result->loss) || !isfinite(result->gradient_norm)) {
        tell_not_finite(m, result, m->points[k].alpha * m->start->norm,
                        verdict);
        return GOLD_OK;
    }
    put_predictions(schema, result, record);
    if (m->logits != NULL) {
        const FN(line) line = line_of(m, k, 1);

        FN(record_logits)
        (schema, &line, &m->points[k], result, &m->logits[k], record);
    }
    verdict->state = GOLD_STATE_DONE;
    if (m->layers != NULL) {
        gold_record_layers(schema, m->layers + k * gold_layer_numbers(schema),
                           record);
    }
    if (m->spread != NULL) {
        gold_record_spread(schema, m->spread + k * gold_spread_numbers(schema),
                           record);
    }
    if (m->d == 0) {
        return GOLD_OK;
    }
    add_terms(m, result, hessian);
    const double norm = m->points[k].alpha * m->start->norm;

    status = gold_record_curvature(
        schema,
        &(gold_matrices){m->d, hessian, result->g_term, result->h_term,
                         least_curvature(result, norm)},
        REAL_EPS, record);
    if (status == GOLD_ERR_NUMERIC) {
        verdict->state = GOLD_STATE_FAILED;
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "curvature at weight norm %g: %.70s", norm,
                       gold_fail_message());
        return GOLD_OK;
    }
    GOLD_TRY(status);
    const char *unresolved =
        FN(unresolved)(schema, record, result->zero_logits);

    if (unresolved != NULL) {
        (void)snprintf(verdict->message, sizeof verdict->message,
                       "curvature is %s, and what follows from them",
                       unresolved);
    }
    return GOLD_OK;
}

/* Arrays of a point for whoever checks it. */
static gold_status inspect(const measurement *m, gold_inspection *inspection)
{
    const size_t n = m->start->network.n_parameters;
    const size_t d2 = m->d * m->d;
    const double alpha = m->points[0].alpha;

    inspection->n_parameters = n;
    inspection->n_directions = m->d;
    GOLD_TRY(gold_graph_json(&m->start->network.graph, &inspection->layers));
    GOLD_TRY(GOLD_ALLOC(n, &inspection->theta));
    GOLD_TRY(GOLD_ALLOC(m->d * n, &inspection->directions));
    GOLD_TRY(GOLD_ALLOC(d2, &inspection->hessian));
    GOLD_TRY(GOLD_ALLOC(d2, &inspection->g_term));
    GOLD_TRY(GOLD_ALLOC(d2, &inspection->h_term));
    for (size_t i = 0; i < n; i++) {
        inspection->theta[i] = gold_scale_of(&m->start->network, i, alpha) *
                               (double)m->start->theta[i];
    }
    for (size_t v = 0; v < m->d; v++) {
        FN(direction_unpack)
        (&m->directions, &m->start->network, v, inspection->directions + v * n);
    }
    add_terms(m, &m->results[0], inspection->hessian);
    memcpy(inspection->g_term, m->results[0].g_term, d2 * sizeof(double));
    memcpy(inspection->h_term, m->results[0].h_term, d2 * sizeof(double));
    return GOLD_OK;
}

/* All parameters together, beside the subspaces. */
static gold_status measure_full(const measurement *m, gold_outcome *outcome,
                                gold_inspection *inspection)
{
    const gold_full_line line = {m->settings, m->start, m->n_distinct,
                                 m->points, m->distinct_of};

    return FN(full_points)(m->job, &line, outcome, inspection);
}

/* Everything of all points of the task, which are listed. */
static gold_status measure(measurement *m, gold_outcome *outcome,
                           gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    const size_t length = m->job->schema->record_length;
    double *hessian = NULL;

    GOLD_GOTO(prepare(m));
    GOLD_GOTO(GOLD_ALLOC(m->d * m->d, &hessian));
    GOLD_GOTO(measure_points(m, &outcome->flops));
    for (size_t i = 0; i < outcome->n_points; i++) {
        GOLD_GOTO(report_point(m, m->distinct_of[i], hessian,
                               outcome->records + i * length,
                               &outcome->verdicts[i]));
    }
    if (inspection != NULL) {
        GOLD_GOTO(inspect(m, inspection));
    }
    GOLD_GOTO(measure_full(m, outcome, inspection));

done:
    gold_free(hessian);
    return status;
}

gold_status FN(measure)(const gold_engine_job *job, gold_outcome *outcome,
                        gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    gold_settings settings;
    gold_start start = {0};
    measurement m = {.job = job, .settings = &settings, .start = &start};

    gold_study_point(job->study, job->task->points[0], &settings);
    GOLD_GOTO(FN(start_init)(&start, &settings, job->data));
    GOLD_GOTO(allocate_points(&m));
    GOLD_GOTO(list_points(&m));
    GOLD_GOTO(measure(&m, outcome, inspection));

done:
    clean_up(&m);
    FN(start_fini)(&start);
    return status;
}

gold_status FN(measure_at)(const gold_engine_job *job,
                           const gold_settings *settings,
                           const gold_start *start, double alpha,
                           gold_outcome *outcome, gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    measurement m = {
        .job = job, .settings = settings, .start = start, .n_distinct = 1};

    GOLD_ASSERT(job->task->n_points == 1);
    GOLD_GOTO(allocate_points(&m));
    m.points[0] = (gold_line_point){alpha, settings->temperature};
    GOLD_GOTO(measure(&m, outcome, inspection));

done:
    clean_up(&m);
    return status;
}
