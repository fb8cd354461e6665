/* SPDX-License-Identifier: MIT */
#include "engine/layers.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "curv/spectrum.h"
#include "engine/record.h"

enum {
    N_TERMS = 3, /* Hessian, G, H-term */
    OF_SHARE = GOLD_VAR_LAYER_TRACE_SHARE - GOLD_VAR_LAYER_TRACE
};

/* One layer under way. */
typedef struct layer_work {
    const gold_schema *schema;
    size_t layer;
    size_t room;               /* directions that there may be */
    size_t n;                  /* directions */
    gold_line_result *results; /* [n_points] */
    double *matrices;          /* [n_points][2][n][n] */
    double *hessian;           /* [n][n] */
    double *eigenvalues;       /* [n] */
    double *scratch;
} layer_work;

static gold_status allocate(layer_work *w, size_t n_points)
{
    const size_t n2 = w->n * w->n;

    GOLD_TRY(GOLD_ALLOC(n_points, &w->results));
    GOLD_TRY(GOLD_ALLOC(n_points * 2 * n2, &w->matrices));
    GOLD_TRY(GOLD_ALLOC(n2, &w->hessian));
    GOLD_TRY(GOLD_ALLOC(w->n, &w->eigenvalues));
    GOLD_TRY(GOLD_ALLOC(gold_spectrum_scratch(w->n), &w->scratch));
    for (size_t p = 0; p < n_points; p++) {
        w->results[p].g_term = w->matrices + 2 * p * n2;
        w->results[p].h_term = w->results[p].g_term + n2;
    }
    return GOLD_OK;
}

static void clean_up(layer_work *w)
{
    gold_free(w->results);
    gold_free(w->matrices);
    gold_free(w->hessian);
    gold_free(w->eigenvalues);
    gold_free(w->scratch);
}

/* Numbers of one point at subspace dimension number `k`. */
static gold_status put_dim(layer_work *w, const gold_line_result *result,
                           size_t k, double *values)
{
    const gold_schema *schema = w->schema;
    const size_t d = schema->dims[k];
    const double *terms[N_TERMS] = {w->hessian, result->g_term, result->h_term};
    gold_spectrum spectra[N_TERMS];

    /* the Hessian last: its eigenvalues are looked at */
    for (size_t t = N_TERMS; t-- > 0;) {
        spectra[t].eigenvalues = w->eigenvalues;
        GOLD_TRY(gold_spectrum_of(d, terms[t], w->n, w->scratch, &spectra[t]));
    }
    const double resolution = gold_resolution(
        d, REAL_EPS, spectra[1].spectral_norm, spectra[2].spectral_norm);
    const double numbers[] = {
        spectra[0].trace,
        spectra[0].frobenius_norm,
        spectra[0].trace_over_norm,
        spectra[0].positive_fraction,
        gold_uncertain_fraction(d, w->eigenvalues, resolution),
        spectra[0].spectral_norm,
        spectra[1].trace_over_norm,
        spectra[1].spectral_norm,
        spectra[2].spectral_norm,
        spectra[1].trace * (double)w->room / (double)d,
    };
    const size_t step = schema->n_layers * schema->n_dims;

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        values[i * step + w->layer * schema->n_dims + k] = numbers[i];
    }
    return GOLD_OK;
}

static gold_status put_point(layer_work *w, const gold_line_result *result,
                             double *values)
{
    for (size_t i = 0; i < w->n * w->n; i++) {
        w->hessian[i] = result->g_term[i] + result->h_term[i];
    }
    for (size_t k = 0; k < w->schema->n_dims; k++) {
        if (w->schema->dims[k] <= w->n) {
            const gold_status status = put_dim(w, result, k, values);

            if (status != GOLD_OK && status != GOLD_ERR_NUMERIC) {
                return status;
            }
        }
    }
    return GOLD_OK;
}

/* One layer, in as many directions as it has room for. */
static gold_status measure_layer(layer_work *w, const FN(line) * line,
                                 const gold_settings *settings, double *values,
                                 double *flops)
{
    gold_status status = GOLD_OK;
    const size_t numbers = gold_layer_numbers(w->schema);
    FN(directions) directions = {0};
    FN(line) inner = *line;
    double line_flops = 0.0;

    GOLD_GOTO(allocate(w, line->n_points));
    GOLD_GOTO(FN(directions_in_layer)(&directions, line->network, settings,
                                      w->layer, w->n, line->theta));
    inner.directions = &directions;
    inner.test.n = 0;
    inner.has_confusion = false;
    GOLD_GOTO(FN(line_measure)(&inner, w->results, &line_flops));
    *flops += line_flops;
    for (size_t p = 0; p < line->n_points; p++) {
        GOLD_GOTO(put_point(w, &w->results[p], values + p * numbers));
    }

done:
    FN(directions_fini)(&directions);
    return status;
}

/* From traces of layers to their shares; NaN where one of them is. */
static void share_out(const gold_schema *schema, size_t n_layers,
                      double *values)
{
    double *traces = values + OF_SHARE * schema->n_layers * schema->n_dims;

    for (size_t k = 0; k < schema->n_dims; k++) {
        double sum = 0.0;

        for (size_t l = 0; l < n_layers; l++) {
            sum += traces[l * schema->n_dims + k];
        }
        for (size_t l = 0; l < n_layers; l++) {
            traces[l * schema->n_dims + k] /= sum;
        }
    }
}

gold_status FN(measure_layers)(const FN(line) * line,
                               const gold_settings *settings,
                               const gold_schema *schema, double *values,
                               double *flops)
{
    const size_t used = settings->surface == GOLD_SPHERE ? 1 : 0;

    for (size_t i = 0; i < line->n_points * gold_layer_numbers(schema); i++) {
        values[i] = (double)NAN;
    }
    for (size_t l = 0; l < line->network->n_layers; l++) {
        const size_t room =
            gold_layer_parameters(&line->network->layers[l]) - used;
        layer_work w = {.schema = schema,
                        .layer = l,
                        .room = room,
                        .n = room < schema->n_eigen ? room : schema->n_eigen};
        gold_status status = GOLD_OK;

        if (room >= schema->dims[0]) {
            status = measure_layer(&w, line, settings, values, flops);
        }
        clean_up(&w);
        GOLD_TRY(status);
    }
    for (size_t p = 0; p < line->n_points; p++) {
        share_out(schema, line->network->n_layers,
                  values + p * gold_layer_numbers(schema));
    }
    return GOLD_OK;
}
