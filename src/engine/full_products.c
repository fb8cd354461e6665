/* SPDX-License-Identifier: MIT */
#include "engine/full_products.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

/* Lanczos' method has one vector after another; probes and columns of a dense
 * Hessian are there together. */
static size_t n_directions(const gold_curvature_block *curvature)
{
    return curvature->trace_probes > 0 || curvature->dense_limit > 0
               ? GOLD_FULL_DIRECTIONS
               : 1;
}

gold_status FN(full_init)(gold_full *full, const gold_engine_job *job,
                          const gold_settings *settings,
                          const gold_start *start)
{
    const size_t n = start->network.n_parameters;
    const bool is_split = job->study->curvature.split;
    const size_t count = n_directions(&job->study->curvature);
    const gold_hvp_plan plan = {.network = &start->network,
                                .input_scale = settings->input_scale,
                                .samples = FN(samples)(&job->data->train),
                                .n_directions = count,
                                .most_bytes = gold_kept_bytes(job->study)};

    *full = (gold_full){
        .job = job, .start = start, .seed = settings->direction_seed};
    GOLD_TRY(FN(hvp_init)(&full->hvp, &plan));
    GOLD_TRY(GOLD_ALLOC(n, &full->theta));
    GOLD_TRY(GOLD_ALLOC(n, &full->vector));
    GOLD_TRY(GOLD_ALLOC(count * n, &full->v));
    GOLD_TRY(GOLD_ALLOC(count * n, &full->products[0]));
    for (size_t term = 1; is_split && term < GOLD_N_TERMS; term++) {
        GOLD_TRY(GOLD_ALLOC(count * n, &full->products[term]));
    }
    return GOLD_OK;
}

void FN(full_fini)(gold_full *full)
{
    FN(hvp_fini)(&full->hvp);
    gold_free(full->theta);
    gold_free(full->vector);
    gold_free(full->v);
    for (size_t term = 0; term < GOLD_N_TERMS; term++) {
        gold_free(full->products[term]);
    }
    *full = (gold_full){0};
}

void FN(full_place)(gold_full *full, const gold_line_point *point)
{
    const gold_network *network = &full->start->network;

    full->scale = 1.0;
    if (!network->is_homogeneous) {
        for (size_t i = 0; i < network->n_parameters; i++) {
            full->theta[i] = (real)(gold_scale_of(network, i, point->alpha) *
                                    (double)full->start->theta[i]);
        }
        FN(hvp_at)(&full->hvp, full->theta, point->temperature);
        return;
    }
    const double temperature =
        point->temperature * pow(point->alpha, -(double)network->degree);

    full->scale = 1.0 / (point->alpha * point->alpha);
    if (full->is_placed) {
        FN(hvp_temper)(&full->hvp, temperature);
    } else {
        FN(hvp_at)(&full->hvp, full->start->theta, temperature);
        full->is_placed = true;
    }
}

double FN(full_factor)(const gold_full *full, gold_term term)
{
    return full->scale * FN(hvp_factor)(&full->hvp, term);
}

/* Is this the end? Once it is, it stays. */
static bool should_stop(gold_full *full)
{
    const gold_interrupt *interrupt = full->job->interrupt;

    full->is_stopped = full->is_stopped ||
                       (interrupt != NULL && interrupt->should_stop != NULL &&
                        interrupt->should_stop(interrupt->context));
    return full->is_stopped;
}

bool FN(full_operator)(void *context, const double *x, double *y)
{
    gold_full *full = context;
    const size_t n = full->start->network.n_parameters;
    const double factor = FN(full_factor)(full, full->term);
    gold_hvp_products wanted = {{NULL}};

    if (should_stop(full)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        full->v[i] = (real)x[i];
    }
    wanted.of[full->term] = full->products[0];
    FN(hvp_apply)(&full->hvp, 1, full->v, &wanted);
    full->n_products += 1.0;
    for (size_t i = 0; i < n; i++) {
        y[i] = factor * (double)full->products[0][i];
    }
    return true;
}

bool FN(full_multiply)(gold_full *full, size_t count)
{
    const bool is_split = full->job->study->curvature.split;
    gold_hvp_products wanted = {{NULL}};

    if (should_stop(full)) {
        return false;
    }
    if (is_split) {
        wanted.of[GOLD_TERM_G] = full->products[GOLD_TERM_G];
        wanted.of[GOLD_TERM_H] = full->products[GOLD_TERM_H];
    } else {
        wanted.of[GOLD_TERM_HESSIAN] = full->products[GOLD_TERM_HESSIAN];
    }
    FN(hvp_apply)(&full->hvp, count, full->v, &wanted);
    full->n_products += (is_split ? 2.0 : 1.0) * (double)count;
    return true;
}

void FN(full_signs)(gold_stream stream, size_t n, real *x)
{
    enum {
        BITS = 32,
        WORDS = 64 /* drawn at once */
    };
    uint32_t words[WORDS] = {0};

    for (size_t i = 0; i < n; i++) {
        if (i % (BITS * WORDS) == 0) {
            gold_random_bits(stream, i / BITS, WORDS, words);
        }
        const uint32_t word = words[i / BITS % WORDS];

        x[i] = (word >> (i % BITS) & 1U) != 0 ? R(1.0) : R(-1.0);
    }
}

/* Of one probe, row `row` of v: both terms, and their sum. */
static void probe_split(const gold_full *full, size_t row, double *forms,
                        double *norms, size_t stride)
{
    const size_t n = full->start->network.n_parameters;
    const double fg = FN(full_factor)(full, GOLD_TERM_G);
    const double fs = FN(full_factor)(full, GOLD_TERM_H);
    const real *v = full->v + row * n;
    const real *g = full->products[GOLD_TERM_G] + row * n;
    const real *s = full->products[GOLD_TERM_H] + row * n;
    const double both = FN(dot)(n, g, s);

    forms[GOLD_TERM_G * stride] = fg * FN(dot)(n, v, g);
    forms[GOLD_TERM_H * stride] = fs * FN(dot)(n, v, s);
    forms[0] = forms[GOLD_TERM_G * stride] + forms[GOLD_TERM_H * stride];
    norms[GOLD_TERM_G * stride] = fg * fg * FN(dot)(n, g, g);
    norms[GOLD_TERM_H * stride] = fs * fs * FN(dot)(n, s, s);
    norms[0] = norms[GOLD_TERM_G * stride] + norms[GOLD_TERM_H * stride] +
               2.0 * fg * fs * both;
}

static void probe_whole(const gold_full *full, size_t row, double *form,
                        double *norm)
{
    const size_t n = full->start->network.n_parameters;
    const double factor = FN(full_factor)(full, GOLD_TERM_HESSIAN);
    const real *product = full->products[GOLD_TERM_HESSIAN] + row * n;

    *form = factor * FN(dot)(n, full->v + row * n, product);
    *norm = factor * factor * FN(dot)(n, product, product);
}

void FN(full_probe)(gold_full *full, size_t n_probes, double *forms,
                    double *norms)
{
    const size_t n = full->start->network.n_parameters;

    for (size_t i = 0; i < n_probes; i += GOLD_FULL_DIRECTIONS) {
        const size_t left = n_probes - i;
        const size_t count =
            left < GOLD_FULL_DIRECTIONS ? left : GOLD_FULL_DIRECTIONS;

        for (size_t k = 0; k < count; k++) {
            FN(full_signs)
            (gold_stream_of(full->seed, GOLD_PURPOSE_TRACE, (uint32_t)(i + k)),
             n, full->v + k * n);
        }
        if (!FN(full_multiply)(full, count)) {
            return;
        }
        for (size_t k = 0; k < count; k++) {
            if (full->job->study->curvature.split) {
                probe_split(full, k, forms + i + k, norms + i + k, n_probes);
            } else {
                probe_whole(full, k, forms + i + k, norms + i + k);
            }
        }
    }
}
