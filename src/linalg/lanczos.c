/* SPDX-License-Identifier: MIT */
#include "linalg/lanczos.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "goldilocks/memory.h"

/* Of LAPACK in OpenBLAS; the last argument is the hidden length of the Fortran
 * character argument. */
/* NOLINTNEXTLINE(readability-identifier-naming): Fortran's name */
void dstev_(const char *job, const int *n, double *diagonal, double *beside,
            double *vectors, const int *ld, double *work, int *info,
            size_t job_length);

/* Steps so far: A Q = Q T + beta q e', T tridiagonal. */
typedef struct krylov {
    const gold_lanczos *plan;
    size_t most;      /* steps */
    double *basis;    /* [most + 1][n]: q_0, q_1, ... */
    double *overlaps; /* [most] */
    double *diagonal; /* [most] of T */
    double *beside;   /* [most] of T; the last is beta */
    double *values;   /* [most] scratch of the small problem */
    double *between;  /* [most] */
    double *vectors;  /* [most][most] */
    double *work;     /* [2 most] */
} krylov;

static gold_status prepare(krylov *k, const gold_lanczos *plan)
{
    const size_t n = plan->n;
    const size_t most = plan->most_steps < n ? plan->most_steps : n;

    GOLD_ASSERT(n > 0 && n <= INT_MAX && most > 0);
    *k = (krylov){.plan = plan, .most = most};
    GOLD_TRY(GOLD_ALLOC((most + 1) * n, &k->basis));
    GOLD_TRY(GOLD_ALLOC(most, &k->overlaps));
    GOLD_TRY(GOLD_ALLOC(most, &k->diagonal));
    GOLD_TRY(GOLD_ALLOC(most, &k->beside));
    GOLD_TRY(GOLD_ALLOC(most, &k->values));
    GOLD_TRY(GOLD_ALLOC(most, &k->between));
    GOLD_TRY(GOLD_ALLOC(most * most, &k->vectors));
    return GOLD_ALLOC(2 * most, &k->work);
}

static void clean_up(krylov *k)
{
    double *const arrays[] = {k->basis,  k->overlaps, k->diagonal, k->beside,
                              k->values, k->between,  k->vectors,  k->work};

    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        gold_free(arrays[i]);
    }
}

/* w (n) less its parts along the first `count` vectors of the basis; the last
 * one's part is returned. */
static double remove_parts(krylov *k, size_t count, double *w)
{
    const int n = (int)k->plan->n;
    const int rows = (int)count;

    cblas_dgemv(CblasRowMajor, CblasNoTrans, rows, n, 1.0, k->basis, n, w, 1,
                0.0, k->overlaps, 1);
    cblas_dgemv(CblasRowMajor, CblasTrans, rows, n, -1.0, k->basis, n,
                k->overlaps, 1, 1.0, w, 1);
    return k->overlaps[count - 1];
}

/* q (n) of unit length, unless it is 0; its length is returned. */
static double normalise(size_t n, double *q)
{
    const double norm = cblas_dnrm2((int)n, q, 1);

    if (norm > 0.0) {
        cblas_dscal((int)n, 1.0 / norm, q, 1);
    }
    return norm;
}

/* Step i: one more row of T and vector of the basis. Twice is enough to
 * re-orthogonalise (Parlett 1980). */
static void step(krylov *k, size_t i)
{
    const size_t n = k->plan->n;
    double *w = k->basis + (i + 1) * n;

    k->plan->apply(k->plan->context, k->basis + i * n, w);
    k->diagonal[i] = remove_parts(k, i + 1, w);
    k->diagonal[i] += remove_parts(k, i + 1, w);
    k->beside[i] = normalise(n, w);
}

/* Largest eigenvalue of T of order `count` and its residual in A. */
static gold_status solve(krylov *k, size_t count, gold_lanczos_result *result)
{
    const int order = (int)count;
    int info = 0;

    memcpy(k->values, k->diagonal, count * sizeof *k->values);
    memcpy(k->between, k->beside, count * sizeof *k->between);
    dstev_("V", &order, k->values, k->between, k->vectors, &order, k->work,
           &info, 1);
    if (info != 0) {
        return gold_fail(GOLD_ERR_NUMERIC,
                         "the eigenvalues of a tridiagonal matrix of order %zu "
                         "did not converge (dstev says %d)",
                         count, info);
    }
    /* the last entry of the last vector; vectors are LAPACK's columns */
    const double end = k->vectors[count * count - 1];

    *result = (gold_lanczos_result){k->values[count - 1],
                                    k->beside[count - 1] * fabs(end), count};
    return GOLD_OK;
}

/* Nothing but rounding is left of the new direction: T's size times a few
 * roundings. */
static bool is_exhausted(const krylov *k, size_t count)
{
    const double size = fmax(fabs(k->values[0]), fabs(k->values[count - 1]));

    return !(k->beside[count - 1] > 16.0 * DBL_EPSILON * size);
}

gold_status gold_lanczos_largest(const gold_lanczos *lanczos,
                                 gold_lanczos_result *result)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos));
    memcpy(k.basis, lanczos->start, lanczos->n * sizeof *k.basis);
    (void)normalise(lanczos->n, k.basis);
    for (size_t i = 0; i < k.most; i++) {
        step(&k, i);
        if (!isfinite(k.diagonal[i]) || !isfinite(k.beside[i])) {
            *result = (gold_lanczos_result){(double)NAN, (double)NAN, i + 1};
            break;
        }
        GOLD_GOTO(solve(&k, i + 1, result));
        if (result->residual <= lanczos->tolerance * fabs(result->value) ||
            is_exhausted(&k, i + 1)) {
            break;
        }
    }

done:
    clean_up(&k);
    return status;
}
