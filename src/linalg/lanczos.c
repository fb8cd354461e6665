/* SPDX-License-Identifier: MIT */
#include "linalg/lanczos.h"

#include <float.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include <cblas.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "linalg/lapack.h"

enum {
    ROWS = GOLD_LANCZOS_ROWS,
    WORK = 20,        /* what dstevr wants, times the order */
    INTEGER_WORK = 10 /* likewise */
};

/* Eigenvalues at one end of T's spectrum. */
typedef struct end {
    size_t count;
    double *values;  /* [wanted] ascending */
    double *vectors; /* [wanted][n_steps] of T */
} end;

/* Steps so far: A Q = Q T + beta q e', T tridiagonal. */
typedef struct krylov {
    const gold_lanczos *plan;
    size_t most;      /* steps */
    size_t wanted;    /* eigenvalues at an end */
    size_t n_steps;   /* done */
    double size;      /* largest entry of T so far */
    size_t part;      /* vectors that are got at once: some ROWS of them */
    double **basis;   /* q_0, q_1, ..., as [part][n] each; got as needed */
    double *overlaps; /* [ROWS] */
    double *diagonal; /* [most] of T */
    double *beside;   /* [most] of T; the last is beta */
    double *copies;   /* [2][most] of these, for LAPACK to spoil */
    double *work;     /* [WORK most] */
    int *integers;    /* [(INTEGER_WORK + 2) most] */
    end low;
    end high;
} krylov;

static double *vector_of(const krylov *k, size_t i)
{
    return k->basis[i / k->part] + i % k->part * k->plan->n;
}

/* Length of x (n). The sum of squares is much faster than a norm that minds
 * the range, which is for the rest. */
static double length_of(size_t n, const double *x)
{
    const double far = 1e140;
    const double length = sqrt(cblas_ddot((int)n, x, 1, x, 1));

    return length < far && length > 1.0 / far ? length
                                              : cblas_dnrm2((int)n, x, 1);
}

/* q (n) of unit length, unless it is 0; its length is returned. */
static double normalise(size_t n, double *q)
{
    const double norm = length_of(n, q);

    if (norm > 0.0) {
        cblas_dscal((int)n, 1.0 / norm, q, 1);
    }
    return norm;
}

/* Room for the next vector of the basis. Not for all at once: most spectra
 * need few of the steps that are allowed. */
static gold_status grow(krylov *k)
{
    const size_t part = (k->n_steps + 1) / k->part;

    return k->basis[part] != NULL
               ? GOLD_OK
               : GOLD_ALLOC(k->part * k->plan->n, &k->basis[part]);
}

static gold_status end_init(const krylov *k, end *e)
{
    GOLD_TRY(GOLD_ALLOC(k->wanted, &e->values));
    return GOLD_ALLOC(k->wanted * k->most, &e->vectors);
}

static gold_status prepare(krylov *k, const gold_lanczos *plan, size_t wanted)
{
    const size_t n = plan->n;
    const size_t most = plan->most_steps < n ? plan->most_steps : n;

    GOLD_ASSERT(n > 0 && n <= INT_MAX && most > 0);
    *k = (krylov){.plan = plan,
                  .most = most,
                  .part = gold_lanczos_part(n, most),
                  .wanted = wanted < most ? wanted : most};
    GOLD_ASSERT(k->part >= ROWS);
    GOLD_TRY(GOLD_ALLOC(most / k->part + 1, &k->basis));
    GOLD_TRY(GOLD_ALLOC(k->part * n, &k->basis[0]));
    GOLD_TRY(GOLD_ALLOC(ROWS, &k->overlaps));
    GOLD_TRY(GOLD_ALLOC(most, &k->diagonal));
    GOLD_TRY(GOLD_ALLOC(most, &k->beside));
    GOLD_TRY(GOLD_ALLOC(2 * most, &k->copies));
    GOLD_TRY(GOLD_ALLOC(WORK * most, &k->work));
    GOLD_TRY(GOLD_ALLOC((INTEGER_WORK + 2) * most, &k->integers));
    GOLD_TRY(end_init(k, &k->low));
    GOLD_TRY(end_init(k, &k->high));
    memcpy(k->basis[0], plan->start, n * sizeof *k->basis[0]);
    (void)normalise(n, k->basis[0]);
    return GOLD_OK;
}

static void clean_up(krylov *k)
{
    void *const arrays[] = {k->overlaps,    k->diagonal,    k->beside,
                            k->copies,      k->work,        k->integers,
                            k->low.values,  k->low.vectors, k->high.values,
                            k->high.vectors};

    for (size_t i = 0; k->basis != NULL && i <= k->most / k->part; i++) {
        gold_free(k->basis[i]);
    }
    gold_free(k->basis);
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        gold_free(arrays[i]);
    }
}

/* w (n) less its parts along the first `count` vectors of the basis; the last
 * one's part is returned. One part of the basis after another, so that it is
 * still in the cache when it is subtracted. */
static double remove_parts(krylov *k, size_t count, double *w)
{
    const int n = (int)k->plan->n;
    double last = 0.0;

    for (size_t i = 0; i < count; i += ROWS) {
        const int rows = (int)(count - i < ROWS ? count - i : ROWS);
        const double *q = vector_of(k, i);

        cblas_dgemv(CblasRowMajor, CblasNoTrans, rows, n, 1.0, q, n, w, 1, 0.0,
                    k->overlaps, 1);
        cblas_dgemv(CblasRowMajor, CblasTrans, rows, n, -1.0, q, n, k->overlaps,
                    1, 1.0, w, 1);
        last = k->overlaps[rows - 1];
    }
    return last;
}

/* Take out of w all of the first `count` vectors of the basis, again where
 * much was left to take (Parlett 1980: twice is enough); the last one's part
 * is returned. */
static double orthogonalise(krylov *k, size_t count, double *w)
{
    const size_t n = k->plan->n;
    const double before = length_of(n, w);
    const double part = remove_parts(k, count, w);

    return length_of(n, w) < 0.7 * before ? part + remove_parts(k, count, w)
                                          : part;
}

/* One more row of T and vector of the basis. False where there is none: the
 * operator stopped, or gave what is not finite. */
static bool step(krylov *k)
{
    const size_t n = k->plan->n;
    const size_t i = k->n_steps;
    const double *q = vector_of(k, i);
    double *w = vector_of(k, i + 1);

    if (!k->plan->apply(k->plan->context, q, w)) {
        return false;
    }
    if (i > 0) {
        cblas_daxpy((int)n, -k->beside[i - 1], vector_of(k, i - 1), 1, w, 1);
    }
    k->diagonal[i] = cblas_ddot((int)n, q, 1, w, 1);
    cblas_daxpy((int)n, -k->diagonal[i], q, 1, w, 1);
    k->diagonal[i] += orthogonalise(k, i + 1, w);
    k->beside[i] = normalise(n, w);
    k->n_steps++;
    k->size = fmax(k->size, fmax(fabs(k->diagonal[i]), k->beside[i]));
    return isfinite(k->diagonal[i]) && isfinite(k->beside[i]);
}

/* LAPACK's routines spoil the matrix they are given. */
static void copy_matrix(const krylov *k)
{
    memcpy(k->copies, k->diagonal, k->n_steps * sizeof *k->copies);
    memcpy(k->copies + k->most, k->beside, k->n_steps * sizeof *k->copies);
}

static gold_status refuse(const krylov *k, const char *routine, int info)
{
    return gold_fail(GOLD_ERR_NUMERIC,
                     "the eigenvalues of a tridiagonal matrix of order %zu "
                     "did not converge (%s says %d)",
                     k->n_steps, routine, info);
}

/* Eigenvalues [first, first + e->count) of T, counted from 1, with vectors. */
static gold_status solve_end(const krylov *k, size_t first, end *e)
{
    const int order = (int)k->n_steps;
    const int from = (int)first;
    const int to = from + (int)e->count - 1;
    const int sizes[] = {WORK * order, INTEGER_WORK * order};
    const double all = 0.0;
    int n_found = 0;
    int info = 0;

    copy_matrix(k);
    dstevr_("V", "I", &order, k->copies, k->copies + k->most, &all, &all, &from,
            &to, &all, &n_found, e->values, e->vectors, &order, k->integers,
            k->work, &sizes[0], k->integers + 2 * k->most, &sizes[1], &info, 1,
            1);
    return info == 0 && (size_t)n_found == e->count ? GOLD_OK
                                                    : refuse(k, "dstevr", info);
}

/* Both ends of T's spectrum, as much as is wanted of it. */
static gold_status solve(krylov *k)
{
    const size_t count = k->wanted < k->n_steps ? k->wanted : k->n_steps;

    k->low.count = count;
    k->high.count = count;
    GOLD_TRY(solve_end(k, 1, &k->low));
    return solve_end(k, k->n_steps - count + 1, &k->high);
}

/* Eigenvalue i of an end, from the outermost one inwards, is at this place. */
static size_t place_of(const krylov *k, const end *e, size_t i)
{
    return e == &k->high ? e->count - 1 - i : i;
}

/* Residual in A of eigenvalue i of an end: beta times the last entry of its
 * vector. */
static double residual_of(const krylov *k, const end *e, size_t i)
{
    const size_t n = k->n_steps;

    return k->beside[n - 1] * fabs(e->vectors[place_of(k, e, i) * n + n - 1]);
}

static double value_of(const krylov *k, const end *e, size_t i)
{
    return e->values[place_of(k, e, i)];
}

/* Nothing but rounding is left of the new direction: the size of T's entries
 * times some roundings, which earlier directions have enlarged. */
static bool is_exhausted(const krylov *k)
{
    return !(k->beside[k->n_steps - 1] > 100.0 * DBL_EPSILON * k->size);
}

/* The end with the eigenvalue of the largest size. */
static const end *find_modulus(const krylov *k)
{
    return fabs(value_of(k, &k->low, 0)) > fabs(value_of(k, &k->high, 0))
               ? &k->low
               : &k->high;
}

/* One eigenvalue: the largest, or that of the largest size. */
static gold_status find_one(const gold_lanczos *lanczos, bool is_modulus,
                            gold_lanczos_result *result)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos, 1));
    *result = (gold_lanczos_result){(double)NAN, (double)NAN, 0, false};
    while (k.n_steps < k.most && !result->is_converged) {
        GOLD_GOTO(grow(&k));
        if (!step(&k)) {
            result->value = (double)NAN;
            result->residual = (double)NAN;
            result->n_steps = k.n_steps;
            break;
        }
        GOLD_GOTO(solve(&k));
        const end *e = is_modulus ? find_modulus(&k) : &k.high;

        result->value = value_of(&k, e, 0);
        result->residual = residual_of(&k, e, 0);
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
    double *w = vector_of(k, k->n_steps);
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

static void read_end(const krylov *k, const end *e, double *values,
                     double *residuals, double *worst)
{
    for (size_t i = 0; i < e->count; i++) {
        values[i] = value_of(k, e, i);
        residuals[i] = residual_of(k, e, i);
        *worst = fmax(*worst, residuals[i]);
    }
}

/* Ends of the spectrum that are wanted. */
static size_t n_sides(const gold_lanczos_ends *ends)
{
    return ends->smallest != NULL ? 2 : 1;
}

static void read_ends(const krylov *k, gold_lanczos_ends *ends)
{
    const double size = fabs(value_of(k, find_modulus(k), 0));
    double worst = 0.0;

    read_end(k, &k->high, ends->largest, ends->largest_residuals, &worst);
    if (ends->smallest != NULL) {
        read_end(k, &k->low, ends->smallest, ends->smallest_residuals, &worst);
    }
    ends->n_steps = k->n_steps;
    ends->is_converged = (k->n_steps >= n_sides(ends) * ends->count ||
                          k->n_steps == k->plan->n) &&
                         worst <= k->plan->tolerance * size;
}

/* Vectors of A of the eigenvalues of one end. */
static void read_vectors(const krylov *k, const end *e, double *vectors)
{
    const size_t n = k->plan->n;

    for (size_t i = 0; i < e->count; i++) {
        const double *parts = e->vectors + place_of(k, e, i) * k->n_steps;

        memset(vectors + i * n, 0, n * sizeof *vectors);
        for (size_t j = 0; j < k->n_steps; j++) {
            cblas_daxpy((int)n, parts[j], vector_of(k, j), 1, vectors + i * n,
                        1);
        }
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
    if (ends->smallest != NULL) {
        clear(ends->count, ends->smallest);
        clear(ends->count, ends->smallest_residuals);
    }
    if (ends->vectors != NULL) {
        clear(n_sides(ends) * ends->count * k->plan->n, ends->vectors);
    }
    ends->n_steps = k->n_steps;
    ends->is_converged = false;
}

/* T is solved at every step while that is nothing beside a product, less often
 * when many of its eigenvalues are wanted. */
static bool is_due(const krylov *k)
{
    return k->n_steps % (1 + k->wanted / 4) == 0 || k->n_steps == k->most;
}

gold_status gold_lanczos_both(const gold_lanczos *lanczos,
                              gold_lanczos_ends *ends)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos, ends->count));
    clear_ends(&k, ends);
    while (k.n_steps < k.most && !ends->is_converged) {
        GOLD_GOTO(grow(&k));
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
        read_vectors(&k, &k.high, ends->vectors);
    }
    if (ends->vectors != NULL && ends->smallest != NULL) {
        read_vectors(&k, &k.low, ends->vectors + ends->count * lanczos->n);
    }

done:
    clean_up(&k);
    return status;
}

/* Eigenvalues of T, and the first entries of their unit vectors. */
static gold_status solve_all(const krylov *k, double *nodes, double *firsts)
{
    gold_status status = GOLD_OK;
    const int order = (int)k->n_steps;
    double *vectors = NULL; /* [n_steps][n_steps] */
    int info = 0;

    GOLD_GOTO(GOLD_ALLOC(k->n_steps * k->n_steps, &vectors));
    copy_matrix(k);
    dstev_("V", &order, k->copies, k->copies + k->most, vectors, &order,
           k->work, &info, 1);
    if (info != 0) {
        GOLD_GOTO(refuse(k, "dstev", info));
    }
    for (size_t i = 0; i < k->n_steps; i++) {
        nodes[i] = k->copies[i];
        firsts[i] = vectors[i * k->n_steps];
    }

done:
    gold_free(vectors);
    return status;
}

gold_status gold_lanczos_quadrature_of(const gold_lanczos *lanczos,
                                       gold_lanczos_quadrature *quadrature)
{
    gold_status status = GOLD_OK;
    krylov k;

    GOLD_GOTO(prepare(&k, lanczos, 0));
    clear(lanczos->most_steps, quadrature->nodes);
    clear(lanczos->most_steps, quadrature->weights);
    quadrature->n_steps = 0;
    do {
        GOLD_GOTO(grow(&k));
        if (!step(&k)) {
            goto done;
        }
    } while (k.n_steps < k.most && !is_exhausted(&k));
    GOLD_GOTO(solve_all(&k, quadrature->nodes, quadrature->weights));
    quadrature->n_steps = k.n_steps;
    for (size_t i = 0; i < k.n_steps; i++) {
        quadrature->weights[i] *= quadrature->weights[i];
    }

done:
    clean_up(&k);
    return status;
}
