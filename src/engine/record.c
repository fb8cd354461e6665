/* SPDX-License-Identifier: MIT */
#include "engine/record.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "curv/spectrum.h"

void gold_record_put(const gold_schema *schema, double *record,
                     gold_variable variable, double value)
{
    if (schema->count[variable] > 0) {
        record[schema->offset[variable]] = value;
    }
}

/* First of the seven variables of a matrix; they follow each other in the
 * order of GOLD_CURVATURE_VARIABLES. */
typedef enum gold_family {
    FAMILY_HESSIAN = GOLD_VAR_EIGENVALUES,
    FAMILY_G = GOLD_VAR_G_EIGENVALUES,
    FAMILY_H = GOLD_VAR_H_EIGENVALUES,
} gold_family;

static gold_variable member_of(gold_family family, gold_variable of_hessian)
{
    return (gold_variable)((int)family + (int)of_hessian -
                           (int)GOLD_VAR_EIGENVALUES);
}

/* Put one spectrum at subspace dimension number `k`. */
static void put_spectrum(const gold_schema *schema, gold_family family,
                         size_t k, const gold_spectrum *spectrum,
                         double resolution, double *record)
{
    const size_t n = schema->dims[k];
    const struct {
        gold_variable variable;
        double value;
    } numbers[] = {
        {GOLD_VAR_TRACE, spectrum->trace},
        {GOLD_VAR_FROBENIUS_NORM, spectrum->frobenius_norm},
        {GOLD_VAR_TRACE_OVER_NORM, spectrum->trace_over_norm},
        {GOLD_VAR_POSITIVE_FRACTION, spectrum->positive_fraction},
        {GOLD_VAR_SPECTRAL_NORM, spectrum->spectral_norm},
        {GOLD_VAR_UNCERTAIN_FRACTION,
         gold_uncertain_fraction(n, spectrum->eigenvalues, resolution)},
    };
    const gold_variable values = member_of(family, GOLD_VAR_EIGENVALUES);

    if (schema->count[values] == 0) {
        return;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const gold_variable v = member_of(family, numbers[i].variable);

        record[schema->offset[v] + k] = numbers[i].value;
    }
    for (size_t i = 0; i < n; i++) {
        record[schema->offset[values] + k * schema->n_eigen + i] =
            spectrum->eigenvalues[i];
    }
}

double gold_resolution(size_t d, double epsilon, double g, double h)
{
    return 4.0 * sqrt((double)d) * epsilon * (g + h);
}

enum {
    FIRST_OF_LAYERS = GOLD_VAR_LAYER_TRACE,
    N_OF_LAYERS = GOLD_VAR_LAYER_TRACE_SHARE - GOLD_VAR_LAYER_TRACE + 1
};

size_t gold_layer_numbers(const gold_schema *schema)
{
    return N_OF_LAYERS * schema->count[FIRST_OF_LAYERS];
}

void gold_record_layers(const gold_schema *schema, const double *values,
                        double *record)
{
    const size_t n = schema->n_layers * schema->n_dims;

    for (size_t i = 0; i < N_OF_LAYERS; i++) {
        const size_t v = FIRST_OF_LAYERS + i;

        for (size_t k = 0; k < schema->count[v]; k++) {
            record[schema->offset[v] + k] = values[i * n + k];
        }
    }
}

size_t gold_spread_numbers(const gold_schema *schema)
{
    return 6 * schema->n_dims;
}

void gold_record_spread(const gold_schema *schema, const double *values,
                        double *record)
{
    static const gold_variable variables[] = {
        GOLD_VAR_TRACE_OVER_NORM_DIRECTION_STD,
        GOLD_VAR_POSITIVE_FRACTION_DIRECTION_STD,
        GOLD_VAR_TRACE_OVER_NORM_DIRECTION_MEAN,
        GOLD_VAR_POSITIVE_FRACTION_DIRECTION_MEAN,
        GOLD_VAR_TRACE_OVER_NORM_DATA_STD,
        GOLD_VAR_POSITIVE_FRACTION_DATA_STD,
    };

    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        const gold_variable v = variables[i];

        for (size_t k = 0; k < schema->count[v]; k++) {
            record[schema->offset[v] + k] = values[i * schema->n_dims + k];
        }
    }
}

/* Which of the two terms dominates, at subspace dimension number `k`. */
static void put_dominance(const gold_schema *schema, size_t k, double g,
                          double h, double *record)
{
    if (schema->count[GOLD_VAR_G_DOMINANCE] > 0) {
        record[schema->offset[GOLD_VAR_G_DOMINANCE] + k] =
            g + h > 0.0 ? g / (g + h) : 0.0;
    }
}

gold_status gold_record_curvature(const gold_schema *schema,
                                  const gold_matrices *matrices, double epsilon,
                                  double *record)
{
    enum {
        N_TERMS = 3
    };
    static const gold_family families[N_TERMS] = {FAMILY_HESSIAN, FAMILY_G,
                                                  FAMILY_H};
    gold_status status = GOLD_OK;
    const double *terms[N_TERMS] = {matrices->hessian, matrices->g_term,
                                    matrices->h_term};
    const size_t n = matrices->n;
    double *scratch = NULL;
    double *values = NULL;
    gold_spectrum spectra[N_TERMS];

    GOLD_GOTO(GOLD_ALLOC(gold_spectrum_scratch(n), &scratch));
    GOLD_GOTO(GOLD_ALLOC(N_TERMS * n, &values));
    for (size_t k = 0; k < schema->n_dims; k++) {
        const size_t d = schema->dims[k];

        for (size_t t = 0; t < N_TERMS; t++) {
            spectra[t].eigenvalues = values + t * n;
            GOLD_GOTO(gold_spectrum_of(d, terms[t], n, scratch, &spectra[t]));
        }
        const double resolution =
            fmax(matrices->least,
                 gold_resolution(d, epsilon, spectra[1].spectral_norm,
                                 spectra[2].spectral_norm));

        put_dominance(schema, k, spectra[1].spectral_norm,
                      spectra[2].spectral_norm, record);
        for (size_t t = 0; t < N_TERMS; t++) {
            put_spectrum(schema, families[t], k, &spectra[t], resolution,
                         record);
        }
    }

done:
    gold_free(values);
    gold_free(scratch);
    return status;
}
