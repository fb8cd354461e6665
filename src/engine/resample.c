/* SPDX-License-Identifier: MIT */
#include "engine/resample.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "curv/spectrum.h"
#include "engine/record.h"

enum {
    OF_TRACE,
    OF_FRACTION,
    N_NUMBERS
};

/* What becomes of the numbers, in this order: record.h. */
enum {
    DIRECTION_STD,
    DIRECTION_MEAN,
    DATA_STD
};

/* A number's values so far, by Welford's method. */
typedef struct moments {
    double n;
    double mean;
    double squares; /* of differences from the mean, summed */
} moments;

/* Repetitions under way. */
typedef struct repetition {
    const gold_schema *schema;
    size_t n_points;
    size_t d;
    gold_line_result *results; /* [n_points] of one repetition */
    double *matrices;          /* [n_points][2][d][d] */
    double *hessian;           /* [d][d] */
    double *eigenvalues;       /* [d] */
    double *scratch;
    moments *sums; /* [n_points][N_NUMBERS][n_dims] */
    size_t *order; /* [samples] */
    real *inputs;  /* (half the samples, n_in) */
    uint8_t *labels;
    double *targets; /* NULL where samples have none */
} repetition;

static gold_status allocate(repetition *r, const FN(line) * line)
{
    const size_t d2 = r->d * r->d;
    const size_t half = line->train.n / 2;

    GOLD_TRY(GOLD_ALLOC(r->n_points, &r->results));
    GOLD_TRY(GOLD_ALLOC(r->n_points * 2 * d2, &r->matrices));
    GOLD_TRY(GOLD_ALLOC(d2, &r->hessian));
    GOLD_TRY(GOLD_ALLOC(r->d, &r->eigenvalues));
    GOLD_TRY(GOLD_ALLOC(gold_spectrum_scratch(r->d), &r->scratch));
    GOLD_TRY(GOLD_ALLOC(r->n_points * N_NUMBERS * r->schema->n_dims, &r->sums));
    GOLD_TRY(GOLD_ALLOC(line->train.n, &r->order));
    GOLD_TRY(GOLD_ALLOC(half * line->network->n_in, &r->inputs));
    GOLD_TRY(GOLD_ALLOC(half, &r->labels));
    if (line->train.targets != NULL) {
        GOLD_TRY(GOLD_ALLOC(half * line->network->n_out, &r->targets));
    }
    for (size_t p = 0; p < r->n_points; p++) {
        r->results[p].g_term = r->matrices + 2 * p * d2;
        r->results[p].h_term = r->results[p].g_term + d2;
    }
    return GOLD_OK;
}

static void clean_up(repetition *r)
{
    gold_free(r->results);
    gold_free(r->matrices);
    gold_free(r->hessian);
    gold_free(r->eigenvalues);
    gold_free(r->scratch);
    gold_free(r->sums);
    gold_free(r->order);
    gold_free(r->inputs);
    gold_free(r->labels);
    gold_free(r->targets);
}

static void add_value(moments *sums, double value)
{
    const double gap = value - sums->mean;

    sums->n += 1.0;
    sums->mean += gap / sums->n;
    sums->squares += gap * (value - sums->mean);
}

/* Enter what was measured once; a matrix that is not finite makes its point's
 * numbers NaN. */
static gold_status enter(repetition *r, const gold_line_result *results)
{
    const gold_schema *schema = r->schema;

    for (size_t p = 0; p < r->n_points; p++) {
        moments *sums = r->sums + p * N_NUMBERS * schema->n_dims;

        for (size_t i = 0; i < r->d * r->d; i++) {
            r->hessian[i] = results[p].g_term[i] + results[p].h_term[i];
        }
        for (size_t k = 0; k < schema->n_dims; k++) {
            gold_spectrum spectrum = {.eigenvalues = r->eigenvalues};
            const gold_status status = gold_spectrum_of(
                schema->dims[k], r->hessian, r->d, r->scratch, &spectrum);
            const bool is_known = status == GOLD_OK;

            if (!is_known && status != GOLD_ERR_NUMERIC) {
                return status;
            }
            add_value(&sums[OF_TRACE * schema->n_dims + k],
                      is_known ? spectrum.trace_over_norm : (double)NAN);
            add_value(&sums[OF_FRACTION * schema->n_dims + k],
                      is_known ? spectrum.positive_fraction : (double)NAN);
        }
    }
    return GOLD_OK;
}

/* Where number i of the sums has its place among the values. */
static double *place_of(const repetition *r, size_t kind, size_t i,
                        double *values)
{
    const size_t count = N_NUMBERS * r->schema->n_dims;

    return values + i / count * gold_spread_numbers(r->schema) + kind * count +
           i % count;
}

static void take_means(const repetition *r, double *values)
{
    const size_t count = r->n_points * N_NUMBERS * r->schema->n_dims;

    for (size_t i = 0; i < count; i++) {
        *place_of(r, DIRECTION_MEAN, i, values) = r->sums[i].mean;
    }
}

/* Deviations, times a factor, into the values; then begin anew. */
static void take_deviations(repetition *r, size_t kind, double factor,
                            double *values)
{
    const size_t count = r->n_points * N_NUMBERS * r->schema->n_dims;

    for (size_t i = 0; i < count; i++) {
        const moments *sums = &r->sums[i];

        *place_of(r, kind, i, values) =
            factor * sqrt(sums->squares / (sums->n - 1.0));
        r->sums[i] = (moments){.n = 0.0};
    }
}

static gold_status measure_again(repetition *r, const FN(line) * line,
                                 double *flops)
{
    double line_flops = 0.0;

    GOLD_TRY(FN(line_measure)(line, r->results, &line_flops));
    *flops += line_flops;
    return enter(r, r->results);
}

/* Further basis number `basis`. */
static gold_status turn(repetition *r, const FN(line) * line,
                        const gold_settings *settings, uint64_t basis,
                        double *flops)
{
    gold_status status = GOLD_OK;
    const gold_direction_streams streams = {
        settings->direction_seed, GOLD_PURPOSE_OTHER_DIRECTIONS,
        (uint32_t)(basis * GOLD_BASIS_STREAMS)};
    FN(directions) directions = {0};
    FN(line) turned = *line;

    GOLD_GOTO(FN(directions_draw)(&directions, line->network, settings, streams,
                                  r->d, line->theta));
    turned.directions = &directions;
    GOLD_GOTO(measure_again(r, &turned, flops));

done:
    FN(directions_fini)(&directions);
    return status;
}

/* Random half number `number`, without replacement. */
static gold_status halve(repetition *r, const FN(line) * line,
                         const gold_settings *settings, uint64_t number,
                         double *flops)
{
    const size_t n_in = line->network->n_in;
    const size_t n_out = line->network->n_out;
    const size_t half = line->train.n / 2;
    FN(line) halved = *line;

    gold_random_order(gold_stream_of(settings->data_seed, GOLD_PURPOSE_HALVES,
                                     (uint32_t)number),
                      line->train.n, r->order);
    for (size_t i = 0; i < half; i++) {
        memcpy(r->inputs + i * n_in, line->train.inputs + r->order[i] * n_in,
               n_in * sizeof(real));
        r->labels[i] = line->train.labels[r->order[i]];
        if (r->targets != NULL) {
            memcpy(r->targets + i * n_out,
                   line->train.targets + r->order[i] * n_out,
                   n_out * sizeof *r->targets);
        }
    }
    halved.train = (gold_batch){half, r->inputs, r->labels, r->targets};
    return measure_again(r, &halved, flops);
}

gold_status FN(resample)(const FN(line) * line, const gold_engine_job *job,
                         const gold_settings *settings,
                         const gold_line_result *results, double *values,
                         double *flops)
{
    gold_status status = GOLD_OK;
    const gold_curvature_block *curvature = &job->study->curvature;
    const double n = (double)line->train.n;
    const size_t half = line->train.n / 2;
    repetition r = {.schema = job->schema,
                    .n_points = line->n_points,
                    .d = job->schema->n_eigen};
    FN(line) plain = *line;

    plain.test.n = 0;
    plain.has_confusion = false;
    for (size_t i = 0; i < r.n_points * gold_spread_numbers(r.schema); i++) {
        values[i] = (double)NAN;
    }
    GOLD_GOTO(allocate(&r, line));
    if (curvature->resample_directions > 0) {
        GOLD_GOTO(enter(&r, results));
        for (uint64_t b = 0; b < curvature->resample_directions; b++) {
            GOLD_GOTO(turn(&r, &plain, settings, b, flops));
        }
        take_means(&r, values);
        take_deviations(&r, DIRECTION_STD, 1.0, values);
    }
    if (curvature->resample_data > 0 && half > 0) {
        for (uint64_t h = 0; h < curvature->resample_data; h++) {
            GOLD_GOTO(halve(&r, &plain, settings, h, flops));
        }
        take_deviations(&r, DATA_STD, sqrt((double)half / (n - (double)half)),
                        values);
    }

done:
    clean_up(&r);
    return status;
}
