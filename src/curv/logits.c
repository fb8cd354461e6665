/* SPDX-License-Identifier: MIT */
#include "curv/logits.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/blocks.h"
#include "graph/run.h"
#include "linalg/product.h"

enum {
    LEAST_BLOCK = 16, /* samples */
    MOST_BLOCK = 256
};

/* Sums over samples that each class has, vectors of n_parameters: gradients;
 * gradients of length 1 of samples of the class, and of the others. */
typedef enum sum_kind {
    SUM_PLAIN,
    SUM_OWN,
    SUM_OTHERS,
    N_SUMS
} sum_kind;

/* How many gradients of a class have a direction. */
typedef struct counts {
    double own;
    double others;
} counts;

typedef struct work {
    gold_model model;
    const gold_batch *samples;
    size_t block;    /* samples at a time, all of one label */
    size_t group;    /* classes of a sweep over the samples */
    real *inputs;    /* (block, n_in) */
    real *theta;     /* [n_parameters] the point */
    gold_run run;    /* of a block, all classes of a sweep */
    double *lengths; /* (block, group) squares, then inverses, of gradients */
    real *sums;      /* [N_SUMS][group][n_parameters] */
    counts *counts;  /* [group] */
    double square;   /* sum of |J_ik|^2 so far */
    double n_zero;   /* J_ik that are 0 */
} work;

/* What is summed over classes, at last. */
typedef struct totals {
    double square; /* of |c_k|^2 */
    double entry;  /* of entries of c_k */
    double within;
    double n_within; /* classes with a pair */
    double cross;
    double n_cross;
} totals;

static size_t clamp(double x, size_t least, size_t most)
{
    return x < (double)least ? least : x < (double)most ? (size_t)x : most;
}

static gold_run_plan plan_of(const work *w, size_t n)
{
    return (gold_run_plan){.graph = &w->model.network->graph,
                           .n = n,
                           .m = w->group,
                           .has_squares = true};
}

static gold_status allocate(work *w)
{
    const gold_network *network = w->model.network;
    const size_t m = network->n_parameters;
    const gold_run_plan plan = plan_of(w, w->block);

    GOLD_TRY(FN(run_init)(&w->run, &plan));
    GOLD_TRY(GOLD_ALLOC(w->block * network->n_in, &w->inputs));
    GOLD_TRY(GOLD_ALLOC(w->block * w->group, &w->lengths));
    GOLD_TRY(GOLD_ALLOC(w->group, &w->counts));
    GOLD_TRY(GOLD_ALLOC(N_SUMS * w->group * m, &w->sums));
    GOLD_TRY(GOLD_ALLOC(m, &w->theta));
    for (size_t i = 0; i < m; i++) {
        w->theta[i] = (real)(gold_scale_of(network, i, w->model.alpha) *
                             (double)w->model.theta[i]);
    }
    return GOLD_OK;
}

static void clean_up(work *w)
{
    FN(run_fini)(&w->run);
    gold_free(w->inputs);
    gold_free(w->theta);
    gold_free(w->lengths);
    gold_free(w->counts);
    gold_free(w->sums);
}

/* Take the next samples with a label into the block, from `*next` on; how many.
 */
static size_t take_block(const work *w, size_t label, size_t *next)
{
    const size_t n_in = w->model.network->n_in;
    size_t n = 0;

    for (; *next < w->samples->n && n < w->block; (*next)++) {
        if (w->samples->labels[*next] == label) {
            memcpy(w->inputs + n++ * n_in, w->samples->inputs + *next * n_in,
                   n_in * sizeof(real));
        }
    }
    return n;
}

static real *sum_of(const work *w, sum_kind kind, size_t g)
{
    return w->sums +
           ((size_t)kind * w->group + g) * w->model.network->n_parameters;
}

/* Lengths become what gradients are to be multiplied by. */
static void invert_lengths(work *w, size_t g, double *n_directed)
{
    for (size_t i = 0; i < w->run.plan.n; i++) {
        double *length = &w->lengths[i * w->run.plan.m + g];
        const double square = *length;

        w->square += square;
        *length = square > 0.0 ? 1.0 / sqrt(square) : 0.0;
        *n_directed += square > 0.0 ? 1.0 : 0.0;
        w->n_zero += square > 0.0 ? 0.0 : 1.0;
    }
}

/* Gradients of the logits of a sweep, from class `first` on, of the block's
 * samples, which have this label. */
static void add_block(work *w, size_t first, size_t label)
{
    gold_run *run = &w->run;
    const size_t n_out = w->model.network->n_out;
    const size_t count = run->plan.m;
    real *delta = FN(run_output)(run).delta;

    FN(run_forward)(run, w->theta, w->model.input_scale, w->inputs);
    for (size_t i = 0; i < run->plan.n * count * n_out; i++) {
        const size_t k = first + i / n_out % count;

        delta[i] = i % n_out == k ? R(1.0) : R(0.0);
    }
    FN(run_pull)(run, true, sum_of(w, SUM_PLAIN, 0));
    FN(run_squares)(run, w->lengths);
    for (size_t g = 0; g < count; g++) {
        invert_lengths(w, g,
                       first + g == label ? &w->counts[g].own
                                          : &w->counts[g].others);
    }
    FN(run_weigh)(run, w->lengths, sum_of(w, SUM_OTHERS, 0));
}

/* Mean cosine of n vectors of length 1 whose sum has this square; NaN without
 * a pair. */
static double mean_cosine(double square, double n)
{
    return n > 1.0 ? (square - n) / (n * (n - 1.0)) : (double)NAN;
}

static void add_if_known(double value, double *sum, double *count)
{
    if (!isnan(value)) {
        *sum += value;
        *count += 1.0;
    }
}

/* A class whose sums are complete. */
static void close_class(const work *w, size_t g, totals *t)
{
    const size_t m = w->model.network->n_parameters;
    const double n = (double)w->samples->n;
    const real *plain = sum_of(w, SUM_PLAIN, g);
    const real *own = sum_of(w, SUM_OWN, g);
    const real *others = sum_of(w, SUM_OTHERS, g);
    const double own2 = FN(dot)(m, own, own);
    const double all2 =
        own2 + 2.0 * FN(dot)(m, own, others) + FN(dot)(m, others, others);
    const counts *count = &w->counts[g];
    double entry = 0.0;

    for (size_t i = 0; i < m; i++) {
        entry += (double)plain[i];
    }
    t->entry += entry / n;
    t->square += FN(dot)(m, plain, plain) / (n * n);
    add_if_known(mean_cosine(own2, count->own), &t->within, &t->n_within);
    add_if_known(mean_cosine(all2, count->own + count->others), &t->cross,
                 &t->n_cross);
}

/* Rows of all other classes are where sums of this one's samples go; so while
 * these are gone through, what the class has of others is kept in its place. */
static void exchange(const work *w, size_t g)
{
    real *own = sum_of(w, SUM_OWN, g);
    real *others = sum_of(w, SUM_OTHERS, g);

    for (size_t i = 0; i < w->model.network->n_parameters; i++) {
        const real kept = own[i];

        own[i] = others[i];
        others[i] = kept;
    }
}

/* Sums of classes [first, first + count) over all samples. */
static void sweep(work *w, size_t first, size_t count, totals *t)
{
    const gold_network *network = w->model.network;

    memset(w->sums, 0,
           N_SUMS * w->group * network->n_parameters * sizeof *w->sums);
    memset(w->counts, 0, count * sizeof *w->counts);
    w->run.plan.m = count;
    for (size_t label = 0; label < network->n_out; label++) {
        const bool is_here = label >= first && label < first + count;
        size_t next = 0;

        if (is_here) {
            exchange(w, label - first);
        }
        while ((w->run.plan.n = take_block(w, label, &next)) > 0) {
            add_block(w, first, label);
        }
        if (is_here) {
            exchange(w, label - first);
        }
    }
    for (size_t g = 0; g < count; g++) {
        close_class(w, g, t);
    }
}

static gold_logit_gradients conclude(const work *w, const totals *t)
{
    const gold_network *network = w->model.network;
    const double k = (double)network->n_out;
    const double n = (double)w->samples->n;
    const double entries = k * (double)network->n_parameters;
    const double mean = t->entry / entries;

    return (gold_logit_gradients){
        .mean_variance = fmax(t->square / entries - mean * mean, 0.0),
        .residual_variance =
            fmax(w->square / (n * entries) - t->square / entries, 0.0),
        .within_class = t->within / t->n_within,
        .cross_class = t->cross / t->n_cross,
        .zero_share = w->n_zero / (n * k),
        .flops = w->run.flops,
    };
}

gold_status FN(logit_gradients)(const gold_model *model,
                                const gold_batch *samples,
                                gold_logit_gradients *found)
{
    gold_status status = GOLD_OK;
    const gold_network *network = model->network;
    work w = {.model = *model,
              .samples = samples,
              .group =
                  clamp(GOLD_LOGIT_SUM_BYTES / (double)(N_SUMS * sizeof(real) *
                                                        network->n_parameters),
                        1, network->n_out)};
    totals t = {0};

    const gold_run_plan plan = plan_of(&w, 1);

    w.block = clamp((double)GOLD_LOGIT_BLOCK_BYTES /
                        (double)(gold_graph_sample_reals(&plan) * sizeof(real)),
                    LEAST_BLOCK, MOST_BLOCK);
    GOLD_GOTO(allocate(&w));
    for (size_t first = 0; first < network->n_out; first += w.group) {
        const size_t left = network->n_out - first;

        sweep(&w, first, left < w.group ? left : w.group, &t);
    }
    *found = conclude(&w, &t);

done:
    clean_up(&w);
    return status;
}
