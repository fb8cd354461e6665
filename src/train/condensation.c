/* SPDX-License-Identifier: MIT */
#include "train/condensation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "linalg/eigen.h"

/* Units whose cosine is larger in size than this point in one direction. */
static const double alike = 0.95;
/* Share of the largest amplitude that a unit needs to count as an orientation.
 */
static const double visible = 0.01;

/* Order of the matrix whose eigenvalues are wanted: of units, or of entries of
 * their vectors, whichever are fewer. */
static size_t order_of(const gold_condensation *c)
{
    return c->n < c->length ? c->n : c->length;
}

static double norm_of(size_t n, const double *x)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i] * x[i];
    }
    return sqrt(sum);
}

/* The vectors of all units, and their amplitudes. */
static void read_units(const gold_condensation *c, const real *theta,
                       double *vectors, double *amplitudes)
{
    const size_t n_out = c->out->out;

    for (size_t k = 0; k < c->n; k++) {
        double *vector = vectors + k * c->length;
        double squares = 0.0;

        for (size_t j = 0; j < c->in->in; j++) {
            vector[j] = (double)theta[c->in->weights + k * c->in->in + j];
        }
        if (c->in->has_bias) {
            vector[c->in->in] = (double)theta[c->in->biases + k];
        }
        for (size_t o = 0; o < n_out; o++) {
            const double a = (double)theta[c->out->weights + o * c->n + k];

            squares += a * a;
        }
        amplitudes[k] = sqrt(squares) * norm_of(c->length, vector);
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static gold_status get_arrays(gold_condensation *c)
{
    const size_t order = order_of(c);

    GOLD_TRY(GOLD_ALLOC(c->n * c->length, &c->start));
    GOLD_TRY(GOLD_ALLOC(c->n, &c->start_sorted));
    GOLD_TRY(GOLD_ALLOC(c->n * c->length, &c->vectors));
    GOLD_TRY(GOLD_ALLOC(c->n, &c->amplitudes));
    GOLD_TRY(GOLD_ALLOC(c->n, &c->sorted));
    GOLD_TRY(GOLD_ALLOC(c->n * c->n, &c->cosines));
    GOLD_TRY(GOLD_ALLOC(c->n, &c->by_size));
    GOLD_TRY(GOLD_ALLOC(c->n, &c->leads));
    GOLD_TRY(GOLD_ALLOC(order * order, &c->matrix));
    GOLD_TRY(GOLD_ALLOC(order, &c->eigenvalues));
    return GOLD_ALLOC(gold_eigenvalues_scratch(order), &c->scratch);
}

gold_status FN(condensation_init)(gold_condensation *c,
                                  const gold_network *network, size_t l,
                                  size_t reader, const real *theta)
{
    *c = (gold_condensation){.in = &network->layers[l],
                             .out = &network->layers[reader]};
    c->n = c->in->out;
    c->length = c->in->in + (c->in->has_bias ? 1 : 0);
    GOLD_TRY(get_arrays(c));
    read_units(c, theta, c->start, c->start_sorted);
    qsort(c->start_sorted, c->n, sizeof *c->start_sorted, compare);
    return GOLD_OK;
}

void FN(condensation_fini)(gold_condensation *c)
{
    gold_free(c->start);
    gold_free(c->start_sorted);
    gold_free(c->vectors);
    gold_free(c->amplitudes);
    gold_free(c->sorted);
    gold_free(c->cosines);
    gold_free(c->by_size);
    gold_free(c->leads);
    gold_free(c->matrix);
    gold_free(c->eigenvalues);
    gold_free(c->scratch);
    *c = (gold_condensation){0};
}

/* Distance of vectors from where they began, by their norm there; of sorted
 * amplitudes, the mean (Wasserstein's distance of order 1 on the line). */
static void take_distances(gold_condensation *c, double *numbers)
{
    double apart = 0.0;
    double total = 0.0;
    double moved = 0.0;

    for (size_t i = 0; i < c->n * c->length; i++) {
        const double step = c->vectors[i] - c->start[i];

        moved += step * step;
    }
    memcpy(c->sorted, c->amplitudes, c->n * sizeof *c->sorted);
    qsort(c->sorted, c->n, sizeof *c->sorted, compare);
    for (size_t k = 0; k < c->n; k++) {
        apart += fabs(c->sorted[k] - c->start_sorted[k]);
        total += c->amplitudes[k];
    }
    numbers[GOLD_CONDENSED_AMPLITUDE_MEAN] = total / (double)c->n;
    numbers[GOLD_CONDENSED_AMPLITUDE_W1] = apart / (double)c->n;
    numbers[GOLD_CONDENSED_RELATIVE_DISTANCE] =
        sqrt(moved) / norm_of(c->n * c->length, c->start);
}

/* Make vectors of norm 1, and list the units that have one, the largest first;
 * of equal ones that of the lower number. Returns how many. */
static size_t rank_units(gold_condensation *c)
{
    size_t n = 0;

    for (size_t k = 0; k < c->n; k++) {
        double *vector = c->vectors + k * c->length;
        const double norm = norm_of(c->length, vector);
        size_t place = n;

        if (!(c->amplitudes[k] > 0.0)) {
            continue;
        }
        for (size_t j = 0; j < c->length; j++) {
            vector[j] /= norm;
        }
        while (place > 0 &&
               c->amplitudes[c->by_size[place - 1]] < c->amplitudes[k]) {
            c->by_size[place] = c->by_size[place - 1];
            place--;
        }
        c->by_size[place] = k;
        n++;
    }
    return n;
}

static const double *unit(const gold_condensation *c, size_t place)
{
    return c->vectors + c->by_size[place] * c->length;
}

/* Cosines of all pairs, and what they say. */
static void take_cosines(gold_condensation *c, size_t n, double *numbers)
{
    const double n_pairs = 0.5 * (double)n * ((double)n - 1.0);
    double sum = 0.0;
    double n_alike = 0.0;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            double cosine = 0.0;

            for (size_t l = 0; l < c->length; l++) {
                cosine += unit(c, i)[l] * unit(c, j)[l];
            }
            c->cosines[i * c->n + j] = cosine;
            sum += fabs(cosine);
            n_alike += fabs(cosine) > alike ? 1.0 : 0.0;
        }
    }
    if (n > 1) {
        numbers[GOLD_CONDENSED_COSINE] = sum / n_pairs;
        numbers[GOLD_CONDENSED_SHARE] = n_alike / n_pairs;
    }
}

/* Clusters, each begun by the largest unit that is in none before it. */
static double count_orientations(gold_condensation *c, size_t n)
{
    size_t n_leads = 0;

    for (size_t i = 0; i < n; i++) {
        bool is_new = c->amplitudes[c->by_size[i]] >
                      visible * c->amplitudes[c->by_size[0]];

        for (size_t l = 0; l < n_leads && is_new; l++) {
            is_new = fabs(c->cosines[i * c->n + c->leads[l]]) < alike;
        }
        if (is_new) {
            c->leads[n_leads++] = i;
        }
    }
    return (double)n_leads;
}

/* The mean of w w' by amplitude, w of norm 1, as order_of says:
 * [length][length] or, with the same eigenvalues but for zeros, [n][n]. */
static void fill_matrix(gold_condensation *c, size_t n, double total)
{
    const size_t order = order_of(c);

    memset(c->matrix, 0, order * order * sizeof *c->matrix);
    for (size_t i = 0; i < n; i++) {
        const double a = c->amplitudes[c->by_size[i]];

        for (size_t j = 0; order == c->length && j < order; j++) {
            for (size_t l = 0; l <= j; l++) {
                c->matrix[j * order + l] +=
                    a * unit(c, i)[j] * unit(c, i)[l] / total;
            }
        }
        for (size_t j = 0; order != c->length && j <= i; j++) {
            const double b = c->amplitudes[c->by_size[j]];

            c->matrix[i * order + j] =
                sqrt(a * b) * (i == j ? 1.0 : c->cosines[i * c->n + j]) / total;
        }
    }
}

/* The eigenvalues sum to 1: the largest, and how many there are, by the
 * exponential of their entropy. */
static gold_status take_eigenvalues(gold_condensation *c, size_t n,
                                    double *numbers)
{
    const size_t order = order_of(c);
    double entropy = 0.0;

    fill_matrix(c, n, numbers[GOLD_CONDENSED_AMPLITUDE_MEAN] * (double)c->n);
    GOLD_TRY(gold_eigenvalues(order, c->matrix, c->eigenvalues, c->scratch));
    for (size_t i = 0; i < order; i++) {
        const double p = c->eigenvalues[i];

        entropy -= p > 0.0 ? p * log(p) : 0.0;
    }
    numbers[GOLD_CONDENSED_LEAD] = c->eigenvalues[order - 1];
    numbers[GOLD_CONDENSED_RANK] = exp(entropy);
    return GOLD_OK;
}

gold_status FN(condensation_take)(gold_condensation *c, const real *theta,
                                  double numbers[GOLD_N_CONDENSED])
{
    for (size_t i = 0; i < GOLD_N_CONDENSED; i++) {
        numbers[i] = (double)NAN;
    }
    read_units(c, theta, c->vectors, c->amplitudes);
    take_distances(c, numbers);
    if (!isfinite(numbers[GOLD_CONDENSED_AMPLITUDE_MEAN])) {
        return GOLD_OK; /* and so are the others: not known */
    }
    const size_t n = rank_units(c);

    if (n == 0) {
        return GOLD_OK;
    }
    take_cosines(c, n, numbers);
    numbers[GOLD_CONDENSED_ORIENTATIONS] = count_orientations(c, n);
    return take_eigenvalues(c, n, numbers);
}
