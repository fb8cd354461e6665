/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "engine/boundary.h"
#include "linalg/eigen.h"

enum {
    TOGETHER = 32 /* eigenvectors */
};

/* All eigenvectors of one point, some at a time. */
typedef struct crowd {
    gold_boundary boundary;
    const gold_batch *samples;
    size_t n;        /* parameters */
    double *vectors; /* [n][n] */
    double *values;  /* [n] */
    double *scratch;
    real *rounded;   /* [TOGETHER][n] */
    double *cosines; /* [TOGETHER][samples] */
    uint8_t *classes;
    double *confidence;
} crowd;

static gold_status prepare(crowd *c, const double *hessian)
{
    const size_t n = c->n;

    GOLD_TRY(GOLD_ALLOC(n * n, &c->vectors));
    GOLD_TRY(GOLD_ALLOC(n, &c->values));
    GOLD_TRY(GOLD_ALLOC(gold_eigenvalues_scratch(n), &c->scratch));
    GOLD_TRY(GOLD_ALLOC(TOGETHER * n, &c->rounded));
    GOLD_TRY(GOLD_ALLOC(TOGETHER * c->samples->n, &c->cosines));
    GOLD_TRY(GOLD_ALLOC(c->samples->n, &c->classes));
    GOLD_TRY(GOLD_ALLOC(c->samples->n, &c->confidence));
    memcpy(c->vectors, hessian, n * n * sizeof *hessian);
    return gold_eigenvectors(n, c->vectors, c->values, c->scratch);
}

static void clean_up(crowd *c)
{
    gold_free(c->vectors);
    gold_free(c->values);
    gold_free(c->scratch);
    gold_free(c->rounded);
    gold_free(c->cosines);
    gold_free(c->classes);
    gold_free(c->confidence);
}

/* What one vector adds to the shares at all thresholds. */
static void count(const crowd *c, const double *cosines, size_t n_thresholds,
                  double *by_largest, double *by_mean)
{
    const size_t n = c->samples->n;
    double largest = 0.0;
    double mean = 0.0;

    for (size_t i = 0; i < n; i++) {
        largest = fmax(largest, fabs(cosines[i]));
        mean += fabs(cosines[i]) / (double)n;
    }
    for (size_t t = 0; t < n_thresholds; t++) {
        const double threshold = gold_alignment_threshold(t);

        by_largest[t] += largest >= threshold ? 1.0 / (double)c->n : 0.0;
        by_mean[t] += mean >= threshold ? 1.0 / (double)c->n : 0.0;
    }
}

gold_status FN(boundary_dense)(gold_full *full, const double *hessian,
                               double *record)
{
    gold_status status = GOLD_OK;
    const gold_schema *schema = full->job->schema;
    const gold_hvp *hvp = &full->hvp;
    const size_t n_thresholds = schema->count[GOLD_VAR_GENERALISATION_MAX];
    double *by_largest = record + schema->offset[GOLD_VAR_GENERALISATION_MAX];
    double *by_mean = record + schema->offset[GOLD_VAR_GENERALISATION_MEAN];
    crowd c = {.boundary = {hvp->plan.network, hvp->theta, hvp->temperature,
                            hvp->plan.input_scale},
               .samples = &hvp->plan.samples,
               .n = hvp->plan.network->n_parameters};

    if (n_thresholds == 0) {
        return GOLD_OK;
    }
    GOLD_GOTO(prepare(&c, hessian));
    memset(by_largest, 0, n_thresholds * sizeof *by_largest);
    memset(by_mean, 0, n_thresholds * sizeof *by_mean);
    for (size_t first = 0; first < c.n; first += TOGETHER) {
        const size_t left = c.n - first;
        gold_alignments found = {.n_vectors = left < TOGETHER ? left : TOGETHER,
                                 .vectors = c.rounded,
                                 .cosines = c.cosines,
                                 .classes = c.classes,
                                 .confidence = c.confidence};

        for (size_t i = 0; i < found.n_vectors * c.n; i++) {
            c.rounded[i] = (real)c.vectors[first * c.n + i];
        }
        GOLD_GOTO(FN(boundary_align)(&c.boundary, c.samples, &found));
        full->hvp.run.flops += found.flops;
        for (size_t v = 0; v < found.n_vectors; v++) {
            count(&c, c.cosines + v * c.samples->n, n_thresholds, by_largest,
                  by_mean);
        }
    }

done:
    clean_up(&c);
    return status;
}
