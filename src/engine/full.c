/* SPDX-License-Identifier: MIT */
#include "engine/full.h"

#include <math.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "curv/probe.h"
#include "engine/boundary.h"
#include "engine/full_dense.h"
#include "engine/record.h"
#include "linalg/lanczos.h"
#include "linalg/product.h"

static const gold_curvature_block *wishes(const gold_full *full)
{
    return &full->job->study->curvature;
}

static void put(const gold_full *full, double *record, gold_variable variable,
                double value)
{
    gold_record_put(full->job->schema, record, variable, value);
}

/* Largest eigenvalue in size of one term, and its residual. */
static gold_status take_norm(gold_full *full, gold_term term,
                             gold_lanczos_result *result)
{
    const size_t n = full->start->network.n_parameters;
    const gold_lanczos lanczos = {n,
                                  FN(full_operator),
                                  full,
                                  full->vector,
                                  wishes(full)->extreme_steps,
                                  wishes(full)->extreme_tolerance};

    full->term = term;
    gold_random_normal(
        gold_stream_of(full->seed, GOLD_PURPOSE_EXTREME, (uint32_t)term), 0, n,
        full->vector);
    return term == GOLD_TERM_G ? gold_lanczos_largest(&lanczos, result)
                               : gold_lanczos_modulus(&lanczos, result);
}

/* Spectral norms of both terms; true in *is_converged stays where they are. */
static gold_status take_norms(gold_full *full, double *record,
                              bool *is_converged)
{
    gold_lanczos_result g;
    gold_lanczos_result h;

    GOLD_TRY(take_norm(full, GOLD_TERM_G, &g));
    GOLD_TRY(take_norm(full, GOLD_TERM_H, &h));
    put(full, record, GOLD_VAR_FULL_G_SPECTRAL_NORM, fabs(g.value));
    put(full, record, GOLD_VAR_FULL_G_SPECTRAL_RESIDUAL, g.residual);
    put(full, record, GOLD_VAR_FULL_H_SPECTRAL_NORM, fabs(h.value));
    put(full, record, GOLD_VAR_FULL_H_SPECTRAL_RESIDUAL, h.residual);
    *is_converged = *is_converged && g.is_converged && h.is_converged;
    return GOLD_OK;
}

/* Room for eigenvectors where somebody wants them. */
static gold_status want_vectors(const gold_full *full,
                                gold_inspection *inspection,
                                gold_lanczos_ends *ends)
{
    if (inspection != NULL) {
        inspection->n_extreme = ends->count;
        GOLD_TRY(GOLD_ALLOC(2 * ends->count * full->start->network.n_parameters,
                            &inspection->extreme_vectors));
        ends->vectors = inspection->extreme_vectors;
    }
    return GOLD_OK;
}

static gold_status take_extremes(gold_full *full, double *record,
                                 gold_inspection *inspection)
{
    const gold_schema *schema = full->job->schema;
    const size_t n = full->start->network.n_parameters;
    const gold_lanczos lanczos = {n,
                                  FN(full_operator),
                                  full,
                                  full->vector,
                                  wishes(full)->extreme_steps,
                                  wishes(full)->extreme_tolerance};
    gold_lanczos_ends ends = {
        .count = schema->n_extreme,
        .largest = record + schema->offset[GOLD_VAR_FULL_LARGEST_EIGENVALUES],
        .largest_residuals =
            record + schema->offset[GOLD_VAR_FULL_LARGEST_RESIDUALS],
        .smallest = record + schema->offset[GOLD_VAR_FULL_SMALLEST_EIGENVALUES],
        .smallest_residuals =
            record + schema->offset[GOLD_VAR_FULL_SMALLEST_RESIDUALS],
    };

    full->n_products = 0.0;
    full->term = GOLD_TERM_HESSIAN;
    gold_random_normal(gold_stream_of(full->seed, GOLD_PURPOSE_EXTREME, 0), 0,
                       n, full->vector);
    GOLD_TRY(want_vectors(full, inspection, &ends));
    GOLD_TRY(gold_lanczos_both(&lanczos, &ends));
    put(full, record, GOLD_VAR_FULL_SPECTRAL_NORM,
        fmax(fabs(ends.largest[0]), fabs(ends.smallest[0])));
    if (wishes(full)->split) {
        GOLD_TRY(take_norms(full, record, &ends.is_converged));
    }
    put(full, record, GOLD_VAR_FULL_EXTREME_CONVERGED,
        ends.is_converged ? 1.0 : 0.0);
    put(full, record, GOLD_VAR_PRODUCTS_EXTREME, full->n_products);
    return GOLD_OK;
}

/* First of the six variables of a term; they follow each other in the order of
 * GOLD_TRACE_VARIABLES. */
static const gold_variable traces[GOLD_N_TERMS] = {
    [GOLD_TERM_HESSIAN] = GOLD_VAR_FULL_TRACE,
    [GOLD_TERM_G] = GOLD_VAR_FULL_G_TRACE,
    [GOLD_TERM_H] = GOLD_VAR_FULL_H_TRACE,
};

static void put_trace(const gold_full *full, gold_term term, size_t n_probes,
                      const double *forms, const double *norms, double *record)
{
    const gold_estimate trace = gold_mean_of(n_probes, forms);
    const gold_estimate norm = gold_root_mean_of(n_probes, norms);
    const gold_estimate ratio = gold_ratio_of(n_probes, forms, norms);
    const double numbers[] = {trace.value, trace.error, norm.value,
                              norm.error,  ratio.value, ratio.error};

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        put(full, record, (gold_variable)((size_t)traces[term] + i),
            numbers[i]);
    }
}

/* trace_over_norm in subspaces, as the ratio predicts it. */
static void put_prediction(const gold_full *full, double *record)
{
    const gold_schema *schema = full->job->schema;
    const size_t at = schema->offset[GOLD_VAR_FULL_PREDICTED_TRACE_OVER_NORM];

    for (size_t k = 0; k < schema->n_dims; k++) {
        record[at + k] = gold_projected_curvature(
            record[schema->offset[GOLD_VAR_FULL_RATIO]],
            record[schema->offset[GOLD_VAR_FULL_TRACE]],
            (double)schema->dims[k], (double)full->start->network.n_parameters);
    }
}

static gold_status take_traces(gold_full *full, double *record)
{
    gold_status status = GOLD_OK;
    const size_t n_probes = wishes(full)->trace_probes;
    double *forms = NULL; /* [terms][n_probes] */
    double *norms = NULL;

    full->n_products = 0.0;
    GOLD_GOTO(GOLD_ALLOC(GOLD_N_TERMS * n_probes, &forms));
    GOLD_GOTO(GOLD_ALLOC(GOLD_N_TERMS * n_probes, &norms));
    FN(full_probe)(full, n_probes, forms, norms);
    for (int term = 0; term < GOLD_N_TERMS; term++) {
        put_trace(full, (gold_term)term, n_probes,
                  forms + (size_t)term * n_probes,
                  norms + (size_t)term * n_probes, record);
    }
    put_prediction(full, record);
    put(full, record, GOLD_VAR_PRODUCTS_TRACE, full->n_products);

done:
    gold_free(norms);
    gold_free(forms);
    return status;
}

/* First two moments of one probe's quadrature, times the order. */
static void take_moments(const gold_lanczos_quadrature *quadrature,
                         double order, double *first, double *second)
{
    *first = 0.0;
    *second = 0.0;
    for (size_t i = 0; i < quadrature->n_steps; i++) {
        const double x = quadrature->nodes[i];

        *first += order * quadrature->weights[i] * x;
        *second += order * quadrature->weights[i] * x * x;
    }
}

static gold_status take_density(gold_full *full, double *record)
{
    gold_status status = GOLD_OK;
    const gold_schema *schema = full->job->schema;
    const size_t n = full->start->network.n_parameters;
    const gold_lanczos lanczos = {.n = n,
                                  .apply = FN(full_operator),
                                  .context = full,
                                  .start = full->vector,
                                  .most_steps = schema->n_nodes};
    double *moments = NULL; /* [2][n_probes] */

    full->n_products = 0.0;
    full->term = GOLD_TERM_HESSIAN;
    GOLD_GOTO(GOLD_ALLOC(2 * schema->n_probes, &moments));
    for (size_t i = 0; i < schema->n_probes && !full->is_stopped; i++) {
        const size_t at = i * schema->n_nodes;
        gold_lanczos_quadrature quadrature = {
            record + schema->offset[GOLD_VAR_DENSITY_NODES] + at,
            record + schema->offset[GOLD_VAR_DENSITY_WEIGHTS] + at, 0};

        FN(full_signs)
        (gold_stream_of(full->seed, GOLD_PURPOSE_DENSITY, (uint32_t)i), n,
         full->v);
        for (size_t k = 0; k < n; k++) {
            full->vector[k] = (double)full->v[k];
        }
        GOLD_GOTO(gold_lanczos_quadrature_of(&lanczos, &quadrature));
        take_moments(&quadrature, (double)n, &moments[i],
                     &moments[schema->n_probes + i]);
    }
    const gold_estimate trace = gold_mean_of(schema->n_probes, moments);
    const gold_estimate norm =
        gold_root_mean_of(schema->n_probes, moments + schema->n_probes);

    put(full, record, GOLD_VAR_DENSITY_TRACE, trace.value);
    put(full, record, GOLD_VAR_DENSITY_TRACE_STDERR, trace.error);
    put(full, record, GOLD_VAR_DENSITY_FROBENIUS_NORM, norm.value);
    put(full, record, GOLD_VAR_DENSITY_FROBENIUS_NORM_STDERR, norm.error);
    put(full, record, GOLD_VAR_PRODUCTS_DENSITY, full->n_products);

done:
    gold_free(moments);
    return status;
}

/* A number that says whether all products were finite. */
static gold_status check_finite(const gold_full *full, const double *record)
{
    static const gold_variable witnesses[] = {
        GOLD_VAR_FULL_SPECTRAL_NORM, GOLD_VAR_FULL_FROBENIUS_NORM,
        GOLD_VAR_FULL_G_SPECTRAL_NORM, GOLD_VAR_FULL_H_SPECTRAL_NORM,
        GOLD_VAR_DENSITY_FROBENIUS_NORM};
    const gold_schema *schema = full->job->schema;

    for (size_t i = 0; i < sizeof witnesses / sizeof *witnesses; i++) {
        if (schema->count[witnesses[i]] > 0 &&
            !isfinite(record[schema->offset[witnesses[i]]])) {
            return gold_fail(GOLD_ERR_NUMERIC,
                             "products with the Hessian overflow " REAL_NAME);
        }
    }
    return GOLD_OK;
}

gold_status FN(full_measure)(gold_full *full, const gold_line_point *point,
                             double *record, gold_inspection *inspection)
{
    const gold_curvature_block *curvature = wishes(full);

    FN(full_place)(full, point);
    put(full, record, GOLD_VAR_PROBE_SEED, (double)full->seed);
    if (curvature->extreme_count > 0) {
        GOLD_TRY(take_extremes(full, record, inspection));
    }
    if (curvature->trace_probes > 0 && !full->is_stopped) {
        GOLD_TRY(take_traces(full, record));
    }
    if (curvature->density_probes > 0 && !full->is_stopped) {
        GOLD_TRY(take_density(full, record));
    }
    if (curvature->boundary_vectors > 0 && !full->is_stopped) {
        GOLD_TRY(FN(full_boundary)(full, record, inspection));
    }
    if (full->is_stopped) {
        return GOLD_OK;
    }
    GOLD_TRY(check_finite(full, record));
    return FN(full_dense)(full, record, inspection);
}
