/* SPDX-License-Identifier: MIT */
#include "engine/full_dense.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "curv/spectrum.h"
#include "engine/boundary.h"
#include "engine/record.h"

/* The matrices of a small network, [n][n] each. */
typedef struct entries {
    size_t n;
    double *of[GOLD_N_TERMS]; /* NULL: not wanted */
    double *scratch;          /* of spectra */
    double *values;           /* [n] */
} entries;

static gold_status entries_init(entries *e, size_t n, bool is_split)
{
    *e = (entries){.n = n};
    for (size_t term = 0; term < (is_split ? GOLD_N_TERMS : 1); term++) {
        GOLD_TRY(GOLD_ALLOC(n * n, &e->of[term]));
    }
    GOLD_TRY(GOLD_ALLOC(n, &e->values));
    return GOLD_ALLOC(gold_spectrum_scratch(n), &e->scratch);
}

static void entries_fini(entries *e)
{
    for (size_t term = 0; term < GOLD_N_TERMS; term++) {
        gold_free(e->of[term]);
    }
    gold_free(e->values);
    gold_free(e->scratch);
}

static void symmetrise(size_t n, double *m)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            m[i * n + j] = 0.5 * (m[i * n + j] + m[j * n + i]);
            m[j * n + i] = m[i * n + j];
        }
    }
}

/* `count` rows from the first-th on. */
static bool fill_rows(gold_full *full, size_t first, size_t count, entries *e)
{
    const size_t n = e->n;

    memset(full->v, 0, count * n * sizeof *full->v);
    for (size_t k = 0; k < count; k++) {
        full->v[k * n + first + k] = R(1.0);
    }
    if (!FN(full_multiply)(full, count)) {
        return false;
    }
    for (int term = 0; term < GOLD_N_TERMS; term++) {
        const double factor = FN(full_factor)(full, (gold_term)term);
        const bool is_filled =
            (term == GOLD_TERM_HESSIAN) == (e->of[GOLD_TERM_G] == NULL);

        for (size_t i = 0; is_filled && i < count * n; i++) {
            e->of[term][first * n + i] =
                factor * (double)full->products[term][i];
        }
    }
    return true;
}

static bool fill(gold_full *full, entries *e)
{
    const size_t n2 = e->n * e->n;

    for (size_t i = 0; i < e->n; i += GOLD_FULL_DIRECTIONS) {
        const size_t left = e->n - i;

        if (!fill_rows(
                full, i,
                left < GOLD_FULL_DIRECTIONS ? left : GOLD_FULL_DIRECTIONS, e)) {
            return false;
        }
    }
    for (size_t i = 0; e->of[GOLD_TERM_G] != NULL && i < n2; i++) {
        e->of[GOLD_TERM_HESSIAN][i] =
            e->of[GOLD_TERM_G][i] + e->of[GOLD_TERM_H][i];
    }
    for (size_t term = 0; term < GOLD_N_TERMS; term++) {
        if (e->of[term] != NULL) {
            symmetrise(e->n, e->of[term]);
        }
    }
    return true;
}

/* First of the seven variables of a term; they follow each other in the order
 * of GOLD_DENSE_TERM_VARIABLES. */
static const gold_variable families[GOLD_N_TERMS] = {
    [GOLD_TERM_HESSIAN] = GOLD_VAR_DENSE_EIGENVALUES,
    [GOLD_TERM_G] = GOLD_VAR_DENSE_G_EIGENVALUES,
    [GOLD_TERM_H] = GOLD_VAR_DENSE_H_EIGENVALUES,
};

static gold_status put_term(const gold_full *full, const entries *e,
                            gold_term term, double *record)
{
    const gold_schema *schema = full->job->schema;
    const size_t first = (size_t)families[term];
    gold_spectrum spectrum = {.eigenvalues = e->values};

    GOLD_TRY(gold_spectrum_of(e->n, e->of[term], e->n, e->scratch, &spectrum));
    const double resolution =
        4.0 * sqrt((double)e->n) * REAL_EPS * spectrum.spectral_norm;
    const double numbers[] = {
        spectrum.trace,
        spectrum.frobenius_norm,
        spectrum.trace_over_norm,
        spectrum.positive_fraction,
        gold_uncertain_fraction(e->n, e->values, resolution),
        spectrum.spectral_norm,
    };

    memcpy(record + schema->offset[first], e->values, e->n * sizeof *e->values);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        gold_record_put(schema, record, (gold_variable)(first + 1 + i),
                        numbers[i]);
    }
    return GOLD_OK;
}

gold_status FN(full_dense)(gold_full *full, double *record,
                           gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    const size_t n = full->start->network.n_parameters;
    entries e = {0};

    if (n > full->job->schema->n_dense) {
        return GOLD_OK;
    }
    full->n_products = 0.0;
    GOLD_GOTO(entries_init(&e, n, full->job->study->curvature.split));
    if (!fill(full, &e)) {
        goto done;
    }
    for (int term = 0; term < GOLD_N_TERMS; term++) {
        if (e.of[term] != NULL) {
            GOLD_GOTO(put_term(full, &e, (gold_term)term, record));
        }
    }
    GOLD_GOTO(FN(boundary_dense)(full, e.of[GOLD_TERM_HESSIAN], record));
    gold_record_put(full->job->schema, record, GOLD_VAR_PRODUCTS_DENSE,
                    full->n_products);
    if (inspection != NULL) {
        inspection->dense.hessian = e.of[GOLD_TERM_HESSIAN];
        inspection->dense.g_term = e.of[GOLD_TERM_G];
        e.of[GOLD_TERM_HESSIAN] = NULL;
        e.of[GOLD_TERM_G] = NULL;
    }

done:
    entries_fini(&e);
    return status;
}
