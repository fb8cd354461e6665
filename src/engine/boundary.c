/* SPDX-License-Identifier: MIT */
#include "engine/boundary.h"

#include <math.h>
#include <stdlib.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "engine/record.h"
#include "linalg/lanczos.h"
#include "linalg/product.h"

/* One point under way. */
typedef struct sight {
    gold_full *full;
    gold_boundary boundary;
    const gold_batch *samples;
    gold_boundary_arrays arrays;
    real *rounded;  /* [n_vectors][n_parameters] eigenvectors */
    uint8_t *taken; /* [n_samples] what each is taken for */
    double *sure;   /* [n_samples] and how surely */
    size_t *order;  /* [n_samples] so that labels ascend */
    real *sums;     /* [classes][n_parameters] of unit gradients, by label */
    double *counts; /* [classes] of these */
    double *record;
} sight;

static const gold_schema *schema_of(const sight *s)
{
    return s->full->job->schema;
}

static size_t n_parameters(const sight *s)
{
    return s->boundary.network->n_parameters;
}

static void put(const sight *s, gold_variable variable, double value)
{
    gold_record_put(schema_of(s), s->record, variable, value);
}

static double *place_of(const sight *s, gold_variable variable)
{
    return s->record + schema_of(s)->offset[variable];
}

static gold_status prepare(sight *s)
{
    const size_t n = s->samples->n;
    const size_t k = schema_of(s)->n_vectors;
    const size_t m = n_parameters(s);
    const size_t classes = s->boundary.network->n_out;

    s->arrays.n_vectors = k;
    s->arrays.n_samples = n;
    GOLD_TRY(GOLD_ALLOC(k * m, &s->arrays.vectors));
    GOLD_TRY(GOLD_ALLOC(k * n, &s->arrays.alignments));
    GOLD_TRY(GOLD_ALLOC(n, &s->arrays.margins));
    GOLD_TRY(GOLD_ALLOC(k * m, &s->rounded));
    GOLD_TRY(GOLD_ALLOC(n, &s->taken));
    GOLD_TRY(GOLD_ALLOC(n, &s->sure));
    GOLD_TRY(GOLD_ALLOC(n, &s->order));
    GOLD_TRY(GOLD_ALLOC(classes * m, &s->sums));
    return GOLD_ALLOC(classes, &s->counts);
}

static void clean_up(sight *s)
{
    gold_boundary_arrays_fini(&s->arrays);
    gold_free(s->rounded);
    gold_free(s->taken);
    gold_free(s->sure);
    gold_free(s->order);
    gold_free(s->sums);
    gold_free(s->counts);
}

/* ---- Eigenvectors -------------------------------------------------------- */

/* Turn a vector so that its largest entry is positive. */
static void orient(size_t n, double *v)
{
    size_t largest = 0;

    for (size_t i = 1; i < n; i++) {
        largest = fabs(v[i]) > fabs(v[largest]) ? i : largest;
    }
    const bool is_turned = v[largest] < 0.0;

    for (size_t i = 0; is_turned && i < n; i++) {
        v[i] = -v[i];
    }
}

static void put_outliers(const sight *s, const double *eigenvalues)
{
    const double tau = s->full->job->study->curvature.boundary_tau;
    double n = 0.0;

    for (size_t i = 0; i < s->arrays.n_vectors; i++) {
        n += eigenvalues[0] > 0.0 && eigenvalues[i] >= tau * eigenvalues[0]
                 ? 1.0
                 : 0.0;
    }
    put(s, GOLD_VAR_OUTLIERS, n);
}

/* The eigenvectors of the largest eigenvalues, as many as there are. */
static gold_status find_vectors(sight *s)
{
    gold_full *full = s->full;
    const gold_curvature_block *wishes = &full->job->study->curvature;
    const size_t m = n_parameters(s);
    const gold_lanczos lanczos = {m,
                                  FN(full_operator),
                                  full,
                                  full->vector,
                                  wishes->boundary_steps,
                                  wishes->boundary_tolerance};
    gold_lanczos_ends ends = {
        .count = s->arrays.n_vectors,
        .largest = place_of(s, GOLD_VAR_BOUNDARY_EIGENVALUES),
        .largest_residuals = place_of(s, GOLD_VAR_BOUNDARY_RESIDUALS),
        .vectors = s->arrays.vectors,
    };

    full->n_products = 0.0;
    full->term = GOLD_TERM_HESSIAN;
    gold_random_normal(gold_stream_of(full->seed, GOLD_PURPOSE_EXTREME, 0), 0,
                       m, full->vector);
    GOLD_TRY(gold_lanczos_both(&lanczos, &ends));
    if (!full->is_stopped && !isfinite(ends.largest[0])) {
        return gold_fail(GOLD_ERR_NUMERIC,
                         "products with the Hessian overflow " REAL_NAME);
    }
    put(s, GOLD_VAR_BOUNDARY_CONVERGED, ends.is_converged ? 1.0 : 0.0);
    put(s, GOLD_VAR_PRODUCTS_BOUNDARY, full->n_products);
    put_outliers(s, ends.largest);
    for (size_t i = 0; i < s->arrays.n_vectors && isfinite(ends.largest[i]);
         i++) {
        orient(m, s->arrays.vectors + i * m);
    }
    for (size_t i = 0; i < s->arrays.n_vectors * m; i++) {
        s->rounded[i] = (real)s->arrays.vectors[i];
    }
    return GOLD_OK;
}

/* ---- Gradients ----------------------------------------------------------- */

/* Samples so that labels ascend, otherwise as they come. */
static void sort_samples(const sight *s)
{
    size_t n = 0;

    for (size_t c = 0; c < s->boundary.network->n_out; c++) {
        for (size_t i = 0; i < s->samples->n; i++) {
            if (s->samples->labels[i] == c) {
                s->order[n++] = i;
            }
        }
    }
    GOLD_ASSERT(n == s->samples->n);
}

/* Mean squares of the alignments, summed up; their shares. */
static void put_energy(const sight *s)
{
    const size_t k = s->arrays.n_vectors;
    const size_t n = s->samples->n;
    double *energy = place_of(s, GOLD_VAR_ALIGNMENT_ENERGY);
    double sum = 0.0;
    double entropy = 0.0;

    for (size_t v = 0; v < k; v++) {
        for (size_t i = 0; i < n; i++) {
            const double a = s->arrays.alignments[v * n + i];

            sum += a * a / (double)n;
        }
        energy[v] = sum;
    }
    size_t last = k;

    while (last > 0 && !(energy[last - 1] >= 0.0)) {
        last--; /* there are no more eigenvectors */
    }
    for (size_t v = 0; v < last; v++) {
        const double share =
            (energy[v] - (v > 0 ? energy[v - 1] : 0.0)) / energy[last - 1];

        entropy -= share > 0.0 ? share * log(share) : 0.0;
    }
    put(s, GOLD_VAR_EFFECTIVE_EIGENVECTORS,
        last > 0 && energy[last - 1] > 0.0 ? exp(entropy) : (double)NAN);
}

/* Mean alignments of what is taken for each class, NaN without samples: of a
 * class, those taken for another would count against. */
static void put_classes(const sight *s)
{
    const size_t n = s->samples->n;
    const size_t classes = s->boundary.network->n_out;
    double *means = place_of(s, GOLD_VAR_ALIGNMENT_BY_CLASS);

    for (size_t v = 0; v < s->arrays.n_vectors; v++) {
        for (size_t c = 0; c < classes; c++) {
            double sum = 0.0;
            double count = 0.0;

            for (size_t i = 0; i < n; i++) {
                const bool is_here = s->taken[i] == c;

                sum += is_here ? s->arrays.alignments[v * n + i] : 0.0;
                count += is_here ? 1.0 : 0.0;
            }
            means[v * schema_of(s)->n_classes + c] = sum / count;
        }
    }
}

/* Mean cosines of all pairs: of one class, and of different ones. */
static void put_coherence(sight *s)
{
    const size_t m = n_parameters(s);
    const size_t classes = s->boundary.network->n_out;
    double own = 0.0; /* of |sum|^2 of each class */
    double pairs = 0.0;
    double squares = 0.0;
    double n = 0.0;

    for (size_t c = 0; c < classes; c++) {
        const real *sum = s->sums + c * m;

        own += FN(dot)(m, sum, sum);
        n += s->counts[c];
        squares += s->counts[c] * s->counts[c];
        pairs += s->counts[c] * (s->counts[c] - 1.0);
    }
    put(s, GOLD_VAR_COHERENCE_WITHIN, (own - n) / pairs);
    for (size_t c = 1; c < classes; c++) {
        FN(add_scaled)(m, 1.0, s->sums + c * m, s->sums);
    }
    put(s, GOLD_VAR_COHERENCE_ACROSS,
        (FN(dot)(m, s->sums, s->sums) - own) / (n * n - squares));
}

static gold_status hold_against(sight *s)
{
    gold_alignments found = {.n_vectors = s->arrays.n_vectors,
                             .vectors = s->rounded,
                             .cosines = s->arrays.alignments,
                             .classes = s->taken,
                             .confidence = s->sure,
                             .order = s->order,
                             .sums = s->sums,
                             .counts = s->counts};

    sort_samples(s);
    GOLD_TRY(FN(boundary_align)(&s->boundary, s->samples, &found));
    s->full->hvp.run.flops += found.flops;
    for (size_t i = 0; i < s->samples->n; i++) {
        if (!isfinite(s->arrays.alignments[i])) {
            return gold_fail(GOLD_ERR_NUMERIC,
                             "gradients or their squares overflow " REAL_NAME);
        }
    }
    put_energy(s);
    put_classes(s);
    put_coherence(s);
    return GOLD_OK;
}

/* ---- Margins ------------------------------------------------------------- */

static int compare_reals(const void *left, const void *right)
{
    const double *a = left;
    const double *b = right;

    return (*a > *b) - (*a < *b);
}

/* Those that are not finite are of samples whose class no small change of the
 * input can change. */
static gold_status measure_margins(sight *s)
{
    const size_t n = s->samples->n;
    double *sorted = s->sure; /* not wanted any more */
    size_t count = 0;

    GOLD_TRY(FN(boundary_margins)(&s->boundary, s->samples, s->arrays.margins,
                                  &s->full->hvp.run.flops));
    for (size_t i = 0; i < n; i++) {
        if (isfinite(s->arrays.margins[i])) {
            sorted[count++] = s->arrays.margins[i];
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_reals);
    if (count > 0) {
        put(s, GOLD_VAR_MARGIN, sorted[0]);
        put(s, GOLD_VAR_MARGIN_MEDIAN,
            0.5 * (sorted[(count - 1) / 2] + sorted[count / 2]));
    }
    return GOLD_OK;
}

gold_status FN(full_boundary)(gold_full *full, double *record,
                              gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    const gold_hvp *hvp = &full->hvp;
    sight s = {.full = full,
               .boundary = {hvp->plan.network, hvp->theta, hvp->temperature,
                            hvp->plan.input_scale},
               .samples = &hvp->plan.samples,
               .record = record};

    GOLD_GOTO(prepare(&s));
    GOLD_GOTO(find_vectors(&s));
    if (full->is_stopped) {
        goto done;
    }
    GOLD_GOTO(hold_against(&s));
    GOLD_GOTO(measure_margins(&s));
    GOLD_GOTO(FN(boundary_grid)(full, &s.boundary,
                                inspection != NULL ? s.rounded : NULL,
                                &s.arrays, record));
    if (inspection != NULL) {
        inspection->boundary = s.arrays;
        s.arrays = (gold_boundary_arrays){0};
    }

done:
    clean_up(&s);
    return status;
}
