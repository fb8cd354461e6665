/* SPDX-License-Identifier: MIT */
/* Are two records of one point the same? */
#include <math.h>
#include <string.h>

#include "goldilocks/schema.h"

/* Variables of one matrix in one subspace. */
typedef struct family {
    gold_variable trace;
    gold_variable frobenius;
    gold_variable over_norm;
    gold_variable eigenvalues;
    gold_variable spectral;
    gold_variable positive;
    gold_variable uncertain;
} family;

#define FAMILY(NAME)                                                           \
    {                                                                          \
        GOLD_VAR_##NAME##TRACE, GOLD_VAR_##NAME##FROBENIUS_NORM,               \
            GOLD_VAR_##NAME##TRACE_OVER_NORM, GOLD_VAR_##NAME##EIGENVALUES,    \
            GOLD_VAR_##NAME##SPECTRAL_NORM,                                    \
            GOLD_VAR_##NAME##POSITIVE_FRACTION,                                \
            GOLD_VAR_##NAME##UNCERTAIN_FRACTION                                \
    }

/* Of each layer no eigenvalues are kept. */
#define GOLD_VAR_LAYER_EIGENVALUES GOLD_N_VARIABLES

static const family families[] = {FAMILY(), FAMILY(G_), FAMILY(H_),
                                  FAMILY(LAYER_)};

/* Variables whose own size is 1, however small they come out. */
static const gold_variable unit_sized[] = {GOLD_VAR_CALIBRATION_ERROR,
                                           GOLD_VAR_TEST_CALIBRATION_ERROR,
                                           GOLD_VAR_WITHIN_CLASS_ALIGNMENT,
                                           GOLD_VAR_CROSS_CLASS_ALIGNMENT,
                                           GOLD_VAR_G_DOMINANCE,
                                           GOLD_VAR_ALIGNMENT_BY_CLASS,
                                           GOLD_VAR_COHERENCE_WITHIN,
                                           GOLD_VAR_COHERENCE_ACROSS,
                                           GOLD_VAR_LAYER_G_TRACE_OVER_NORM};

gold_likeness gold_likeness_of(gold_precision precision)
{
    return precision == GOLD_FLOAT32 ? GOLD_LIKE_FLOAT32 : GOLD_LIKE_FLOAT64;
}

static double at(const gold_schema *schema, const double *record,
                 gold_variable variable, size_t item)
{
    return record[schema->offset[variable] + item];
}

/* How far item `i` of a variable of a family may be off, given the relative
 * tolerance; negative: the variable is of another family. */
static double room_in(const family *f, const gold_schema *schema,
                      const double *a, const double *b, gold_variable v,
                      size_t i, double relative)
{
    if (v == f->trace) {
        return relative * at(schema, a, f->frobenius, i);
    }
    if (v == f->over_norm) {
        return relative;
    }
    if (v == f->eigenvalues) {
        return relative * at(schema, a, f->spectral, i / schema->n_eigen);
    }
    if (v == f->positive) {
        return relative + fmax(at(schema, a, f->uncertain, i),
                               at(schema, b, f->uncertain, i));
    }
    return v == f->uncertain ? 1.0 : -1.0;
}

/* How far item `i` of a variable may be off. */
static double room(const gold_schema *schema, const double *a, const double *b,
                   gold_variable v, size_t i, double relative)
{
    for (size_t f = 0; f < sizeof families / sizeof *families; f++) {
        const double found =
            room_in(&families[f], schema, a, b, v, i, relative);

        if (found >= 0.0) {
            return found;
        }
    }
    for (size_t u = 0; u < sizeof unit_sized / sizeof *unit_sized; u++) {
        if (v == unit_sized[u]) {
            return relative;
        }
    }
    return relative * fabs(at(schema, a, v, i));
}

/* The bits of a double: -0 is not 0. */
static uint64_t bits(double value)
{
    uint64_t pattern = 0;

    memcpy(&pattern, &value, sizeof pattern);
    return pattern;
}

static bool is_like(const gold_schema *schema, gold_likeness likeness,
                    const double *a, const double *b, gold_variable v, size_t i)
{
    const double x = at(schema, a, v, i);
    const double y = at(schema, b, v, i);
    const double relative = likeness == GOLD_LIKE_FLOAT32 ? 1e-4 : 1e-9;

    if (isnan(x) || isnan(y)) {
        return isnan(x) && isnan(y);
    }
    if (bits(x) == bits(y)) {
        return true;
    }
    return likeness != GOLD_LIKE_BITS &&
           fabs(x - y) <= room(schema, a, b, v, i, relative);
}

bool gold_record_is_like(const gold_schema *schema, gold_task_kind kind,
                         gold_likeness likeness, const double *a,
                         const double *b, gold_variable *variable, size_t *item)
{
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        /* Why a point is trained depends on others, too. */
        const size_t n = v == GOLD_VAR_SELECTED ? 0 : schema->count[v];

        for (size_t i = 0; i < n; i++) {
            if (gold_variable_task((gold_variable)v) == kind &&
                !is_like(schema, likeness, a, b, (gold_variable)v, i)) {
                *variable = (gold_variable)v;
                *item = i;
                return false;
            }
        }
    }
    return true;
}
