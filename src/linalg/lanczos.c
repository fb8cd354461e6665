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
    size_t n_steps;   /* done */
    double size;      /* largest entry of T so far */
    double *basis;    /* [most + 1][n]: q_0, q_1, ... */
    double *overlaps; /* [most + 1] */
    double *diagonal; /* [most] of T */
    double *beside;   /* [most] of T; the last is beta */
    double *values;   /* [most] eigenvalues of T */
    double *between;  /* [most] */
    double *vectors;  /* [most][most] of T, one after another */
    double *work;     /* [2 most] */
} krylov;

/* q (n) of unit length, unless it is 0; its length is returned. */
static double normalise(size_t n, double *q)
{
    const double norm = cblas_dnrm2((int)n, q, 1);

    if (norm > 0.0) {
        cblas_dscal((int)n, 1.0 / norm, q, 1);
    }
    return norm;
}

static gold_status prepare(krylov *k, const gold_lanczos *plan)
{
    const size_t n = plan->n;
    const size_t most = plan->most_steps < n ? plan->most_steps : n;

    GOLD_ASSERT(n > 0 && n <= INT_MAX && most > 0);
    *k = (krylov){.plan = plan, .most = most};
    GOLD_TRY(GOLD_ALLOC((most + 1) * n, &k->basis));
    GOLD_TRY(GOLD_ALLOC(most + 1, &k->overlaps));
    GOLD_TRY(GOLD_ALLOC(most, &k->diagonal));
    GOLD_TRY(GOLD_ALLOC(most, &k->beside));
    GOLD_TRY(GOLD_ALLOC(most, &k->values));
    GOLD_TRY(GOLD_ALLOC(most, &k->between));
    GOLD_TRY(GOLD_ALLOC(most * most, &k->vectors));
    GOLD_TRY(GOLD_ALLOC(2 * most, &k->work));
    memcpy(k->basis, plan->start, n * sizeof *k->basis);
    (void)normalise(n, k->basis);
    return GOLD_OK;
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

/* Take out of w all of the first `count` vectors of the basis, again where
 * much was left to take (Parlett 1980: twice is enough); the last one's part
 * is returned. */
static double orthogonalise(krylov *k, size_t count, double *w)
{
    const int n = (int)k->plan->n;
    const double before = cblas_dnrm2(n, w, 1);
    const double part = remove_parts(k, count, w);

    return cblas_dnrm2(n, w, 1) < 0.7 * before
               ? part + remove_parts(k, count, w)
               : part;
}

/* One more row of T and vector of the basis. False where there is none: the
 * operator stopped, or gave what is not finite. */
static bool step(krylov *k)
{
    const size_t n = k->plan->n;
    const size_t i = k->n_steps;
    const double *q = k->basis + i * n;
    double *w = k->basis + (i + 1) * n;

    if (!k->plan->apply(k->plan->context, q, w)) {
        return false;
    }
    if (i > 0) {
        cblas_daxpy((int)n, -k->beside[i - 1], q - n, 1, w, 1);
    }
    k->diagonal[i] = cblas_ddot((int)n, q, 1, w, 1);
    cblas_daxpy((int)n, -k->diagonal[i], q, 1, w, 1);
    k->diagonal[i] += orthogonalise(k, i + 1, w);
    k->beside[i] = normalise(n, w);
    k->n_steps++;
    k->size = fmax(k->size, fmax(fabs(k->diagonal[i]), k->beside[i]));
    return isfinite(k->diagonal[i]) && isfinite(k->beside[i]);
}

/* Eigenvalues and vectors of T. */
static gold_status solve(krylov *k)
{
    const int order = (int)k->n_steps;
    int info = 0;

    memcpy(k->values, k->diagonal, k->n_steps * sizeof *k->values);
    memcpy(k->between, k->beside, k->n_steps * sizeof *k->between);
    dstev_("V", &order, k->values, k->between, k->vectors, &order, k->work,
           &info, 1);
    if (info != 0) {
        return gold_fail(GOLD_ERR_NUMERIC,
                         "the eigenvalues of a tridiagonal matrix of order %zu "
                         "did not converge (dstev says %d)",
                         k->n_steps, info);
    }
    return GOLD_OK;
}

/* Residual in A of eigenvalue number i of T: beta times the last entry of its
 * vector. */
static double residual_of(const krylov *k, size_t i)
{
    const size_t count = k->n_steps;

    return k->beside[count - 1] * fabs(k->vectors[i * count + count - 1]);
}

/* Nothing but rounding is left of the new direction: the size of T's entries
 * times some roundings, which earlier directions have enlarged. */
static bool is_exhausted(const krylov *k)
{
    return !(k->beside[k->n_steps - 1] > 100.0 * DBL_EPSILON * k->size);
}

/* Number of the eigenvalue of T with the largest size. */
static size_t find_modulus(const krylov *k)
{
    const size_t last = k->n_steps - 1;

    return fabs(k->values[0]) > fabs(k->values[last]) ? 0 : last;
}

/* One eigenvalue: the largest, or that of the largest size. */
static gold_status find_one(const gold_lanczos *lanczos, bool is_modulus,
                            gold_lanczos_result *result)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos));
    *result = (gold_lanczos_result){(double)NAN, (double)NAN, 0, false};
    while (k.n_steps < k.most && !result->is_converged) {
        if (!step(&k)) {
            result->value = (double)NAN;
            result->residual = (double)NAN;
            result->n_steps = k.n_steps;
            break;
        }
        GOLD_GOTO(solve(&k));
        const size_t i = is_modulus ? find_modulus(&k) : k.n_steps - 1;

        result->value = k.values[i];
        result->residual = residual_of(&k, i);
        result->n_steps = k.n_steps;
        result->is_converged =
            result->residual <= lanczos->tolerance * fabs(result->value) ||
            is_exhausted(&k);
    }

done:
    clean_up(&k);
    return status;
}

gold_status gold_lanczos_largest(const gold_lanczos *lanczos,
                                 gold_lanczos_result *result)
{
    return find_one(lanczos, false, result);
}

gold_status gold_lanczos_modulus(const gold_lanczos *lanczos,
                                 gold_lanczos_result *result)
{
    return find_one(lanczos, true, result);
}

/* Go on from an exhausted space in the first direction that is not in it. */
static void leave_space(krylov *k)
{
    const size_t n = k->plan->n;
    double *w = k->basis + k->n_steps * n;
    double norm = 0.0;

    for (size_t i = 0; i < n && norm < 0.1 / sqrt((double)n); i++) {
        memset(w, 0, n * sizeof *w);
        w[(k->n_steps + i) % n] = 1.0;
        (void)orthogonalise(k, k->n_steps, w);
        norm = normalise(n, w);
    }
    (void)orthogonalise(k, k->n_steps, w);
    (void)normalise(n, w);
    k->beside[k->n_steps - 1] = 0.0;
}

/* Both ends of T's spectrum. */
static void read_ends(const krylov *k, gold_lanczos_ends *ends)
{
    const double size = fabs(k->values[find_modulus(k)]);
    double worst = 0.0;

    for (size_t i = 0; i < ends->count && i < k->n_steps; i++) {
        const size_t top = k->n_steps - 1 - i;

        ends->largest[i] = k->values[top];
        ends->largest_residuals[i] = residual_of(k, top);
        ends->smallest[i] = k->values[i];
        ends->smallest_residuals[i] = residual_of(k, i);
        worst = fmax(worst, fmax(ends->largest_residuals[i],
                                 ends->smallest_residuals[i]));
    }
    ends->n_steps = k->n_steps;
    ends->is_converged =
        (k->n_steps >= 2 * ends->count || k->n_steps == k->plan->n) &&
        worst <= k->plan->tolerance * size;
}

/* Vector of A of eigenvalue number i of T. */
static void read_vector(const krylov *k, size_t i, double *vector)
{
    const int n = (int)k->plan->n;

    cblas_dgemv(CblasRowMajor, CblasTrans, (int)k->n_steps, n, 1.0, k->basis, n,
                k->vectors + i * k->n_steps, 1, 0.0, vector, 1);
}

static void read_vectors(const krylov *k, const gold_lanczos_ends *ends)
{
    const size_t n = k->plan->n;

    for (size_t i = 0; i < ends->count && i < k->n_steps; i++) {
        read_vector(k, k->n_steps - 1 - i, ends->vectors + i * n);
        read_vector(k, i, ends->vectors + (ends->count + i) * n);
    }
}

static void clear(size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (double)NAN;
    }
}

static void clear_ends(const krylov *k, gold_lanczos_ends *ends)
{
    clear(ends->count, ends->largest);
    clear(ends->count, ends->largest_residuals);
    clear(ends->count, ends->smallest);
    clear(ends->count, ends->smallest_residuals);
    if (ends->vectors != NULL) {
        clear(2 * ends->count * k->plan->n, ends->vectors);
    }
    ends->n_steps = k->n_steps;
    ends->is_converged = false;
}

/* T is solved at every step while that is nothing, then at every eighth. */
static bool is_due(const krylov *k)
{
    return k->n_steps <= 40 || k->n_steps % 8 == 0 || k->n_steps == k->most;
}

gold_status gold_lanczos_both(const gold_lanczos *lanczos,
                              gold_lanczos_ends *ends)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos));
    clear_ends(&k, ends);
    while (k.n_steps < k.most && !ends->is_converged) {
        const bool is_done = !step(&k);
        const bool is_empty = !is_done && is_exhausted(&k);

        if (is_done) {
            clear_ends(&k, ends);
            goto done;
        }
        if (is_empty || is_due(&k)) {
            GOLD_GOTO(solve(&k));
            read_ends(&k, ends);
        }
        if (is_empty && k.n_steps < lanczos->n) {
            leave_space(&k);
        }
    }
    if (ends->vectors != NULL) {
        read_vectors(&k, ends);
    }

done:
    clean_up(&k);
    return status;
}

gold_status gold_lanczos_quadrature_of(const gold_lanczos *lanczos,
                                       gold_lanczos_quadrature *quadrature)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos));
    clear(lanczos->most_steps, quadrature->nodes);
    clear(lanczos->most_steps, quadrature->weights);
    quadrature->n_steps = 0;
    do {
        if (!step(&k)) {
            goto done;
        }
    } while (k.n_steps < k.most && !is_exhausted(&k));
    GOLD_GOTO(solve(&k));
    quadrature->n_steps = k.n_steps;
    for (size_t i = 0; i < k.n_steps; i++) {
        const double first = k.vectors[i * k.n_steps];

        quadrature->nodes[i] = k.values[i];
        quadrature->weights[i] = first * first;
    }

done:
    clean_up(&k);
    return status;
}
