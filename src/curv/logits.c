/* SPDX-License-Identifier: MIT */
#include "curv/logits.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "linalg/product.h"

enum {
    BLOCK_BYTES = 64 << 20, /* of one block's arrays */
    LEAST_BLOCK = 16,       /* samples */
    MOST_BLOCK = 256,
    SUMS_BYTES = 128 << 20 /* of the sums of the classes of one sweep */
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
    FN(model) model;
    const FN(block) * samples;
    size_t block;    /* samples at a time, all of one label */
    size_t group;    /* classes of a sweep over the samples */
    FN(block) taken; /* the block, inputs in `inputs` */
    real *inputs;    /* (block, n_in) */
    real **a;        /* [n_layers] (out, n) */
    real **slope;    /* [n_layers] (out, n) of hidden layers */
    real **delta;    /* [n_layers] (out, n) d logit / d z */
    real *scaled;    /* (widest, n) delta of gradients of length 1 */
    double *reach;   /* [n_layers][n] |a_(l-1)|^2, and 1 with biases */
    double *length;  /* [n] of the gradients, then its inverse */
    real *sums;      /* [group][N_SUMS][n_parameters] */
    counts *counts;  /* [group] */
    double square;   /* sum of |J_ik|^2 so far */
    double n_zero;   /* J_ik that are 0 */
    double flops;
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

static gold_status allocate(work *w)
{
    const gold_network *network = w->model.network;
    const size_t n = w->block;

    GOLD_TRY(GOLD_ALLOC(n * network->n_in, &w->inputs));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &w->a));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &w->slope));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &w->delta));
    for (size_t l = 0; l < network->n_layers; l++) {
        const size_t units = network->layers[l].out * n;

        GOLD_TRY(GOLD_ALLOC(units, &w->a[l]));
        GOLD_TRY(GOLD_ALLOC(units, &w->slope[l]));
        GOLD_TRY(GOLD_ALLOC(units, &w->delta[l]));
    }
    GOLD_TRY(GOLD_ALLOC(network->widest * n, &w->scaled));
    GOLD_TRY(GOLD_ALLOC(network->n_layers * n, &w->reach));
    GOLD_TRY(GOLD_ALLOC(n, &w->length));
    GOLD_TRY(GOLD_ALLOC(w->group, &w->counts));
    return GOLD_ALLOC(w->group * N_SUMS * network->n_parameters, &w->sums);
}

static void clean_up(work *w)
{
    for (size_t l = 0; l < w->model.network->n_layers; l++) {
        gold_free(w->a == NULL ? NULL : w->a[l]);
        gold_free(w->slope == NULL ? NULL : w->slope[l]);
        gold_free(w->delta == NULL ? NULL : w->delta[l]);
    }
    gold_free(w->inputs);
    gold_free(w->a);
    gold_free(w->slope);
    gold_free(w->delta);
    gold_free(w->scaled);
    gold_free(w->reach);
    gold_free(w->length);
    gold_free(w->counts);
    gold_free(w->sums);
}

/* Take the next samples with a label into the block, from `*next` on. */
static bool take_block(work *w, size_t label, size_t *next)
{
    const size_t n_in = w->model.network->n_in;
    size_t n = 0;

    for (; *next < w->samples->n && n < w->block; (*next)++) {
        if (w->samples->labels[*next] == label) {
            memcpy(w->inputs + n++ * n_in, w->samples->inputs + *next * n_in,
                   n_in * sizeof(real));
        }
    }
    w->taken = (FN(block)){.n = n, .inputs = w->inputs};
    return n > 0;
}

/* sums (n) += squares of x (units, n), times factor. */
static void add_squares(size_t units, size_t n, const real *x,
                        const double *factor, double *sums)
{
    for (size_t u = 0; u < units; u++) {
        for (size_t i = 0; i < n; i++) {
            const double y = (double)x[u * n + i];

            sums[i] += (factor == NULL ? 1.0 : factor[i]) * y * y;
        }
    }
}

/* Forward pass of the block, and how far each layer's weights reach. */
static void pass_forward(work *w)
{
    const gold_network *network = w->model.network;
    const size_t n = w->taken.n;
    const double scale = w->model.input_scale;

    FN(forward)(&w->model, &w->taken, &(FN(values)){w->a, w->slope});
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        double *reach = w->reach + l * w->block;

        for (size_t i = 0; i < n; i++) {
            const double length =
                l > 0 ? 0.0
                      : scale * FN(norm)(layer->in, w->inputs + i * layer->in);

            reach[i] = length * length + (layer->has_bias ? 1.0 : 0.0);
        }
        if (l > 0) {
            add_squares(layer->in, n, w->a[l - 1], NULL, reach);
        }
    }
    w->flops += 2.0 * (double)n * (double)network->n_parameters;
}

/* delta of logit k in all layers, and the lengths of its gradients. */
static void pass_backward(work *w, size_t k)
{
    const gold_network *network = w->model.network;
    const size_t last = network->n_layers - 1;
    const size_t n = w->taken.n;

    for (size_t i = 0; i < network->n_out * n; i++) {
        w->delta[last][i] = i / n == k ? R(1.0) : R(0.0);
    }
    memset(w->length, 0, n * sizeof *w->length);
    for (size_t l = last;; l--) {
        const gold_layer *layer = &network->layers[l];

        add_squares(layer->out, n, w->delta[l], w->reach + l * w->block,
                    w->length);
        if (l == 0) {
            break;
        }
        FN(product_tn)
        (layer->in, n, layer->out, w->model.alpha,
         (FN(matrix)){w->model.theta + layer->weights, layer->in},
         (FN(matrix)){w->delta[l], n}, 0.0, w->delta[l - 1], n);
        FN(multiply)(layer->in * n, w->slope[l - 1], w->delta[l - 1]);
        w->flops += 2.0 * (double)n * (double)gold_layer_weights(layer);
    }
}

/* Lengths become what gradients are to be multiplied by. */
static void invert_lengths(work *w, double *n_directed)
{
    for (size_t i = 0; i < w->taken.n; i++) {
        const double square = w->length[i];

        w->square += square;
        w->length[i] = square > 0.0 ? 1.0 / sqrt(square) : 0.0;
        *n_directed += square > 0.0 ? 1.0 : 0.0;
        w->n_zero += square > 0.0 ? 0.0 : 1.0;
    }
}

/* sum (n_parameters) += gradients of the block's samples, of layer l, with
 * this delta (out, n). */
static void add_gradient(work *w, size_t l, const real *delta, real *sum)
{
    const gold_layer *layer = &w->model.network->layers[l];
    const size_t n = w->taken.n;

    if (l == 0) {
        FN(product)
        (layer->out, layer->in, n, w->model.input_scale, (FN(matrix)){delta, n},
         (FN(matrix)){w->inputs, layer->in}, 1.0, sum + layer->weights,
         layer->in);
    } else {
        FN(product_nt)
        (layer->out, layer->in, n, 1.0, (FN(matrix)){delta, n},
         (FN(matrix)){w->a[l - 1], n}, 1.0, sum + layer->weights, layer->in);
    }
    for (size_t o = 0; layer->has_bias && o < layer->out; o++) {
        double bias = 0.0;

        for (size_t i = 0; i < n; i++) {
            bias += (double)delta[o * n + i];
        }
        sum[layer->biases + o] += (real)bias;
    }
    w->flops += 2.0 * (double)n * (double)gold_layer_weights(layer);
}

/* Gradients of logit k, the g-th of its sweep, of samples with this label. */
static void add_class(work *w, size_t g, size_t k, size_t label)
{
    const gold_network *network = w->model.network;
    const size_t m = network->n_parameters;
    const size_t n = w->taken.n;
    real *sums = w->sums + g * N_SUMS * m;

    pass_backward(w, k);
    invert_lengths(w, k == label ? &w->counts[g].own : &w->counts[g].others);
    for (size_t l = 0; l < network->n_layers; l++) {
        const size_t units = network->layers[l].out * n;

        for (size_t i = 0; i < units; i++) {
            w->scaled[i] = (real)((double)w->delta[l][i] * w->length[i % n]);
        }
        add_gradient(w, l, w->delta[l], sums + SUM_PLAIN * m);
        add_gradient(w, l, w->scaled,
                     sums + (k == label ? SUM_OWN : SUM_OTHERS) * m);
    }
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
    const real *plain = w->sums + (g * N_SUMS + SUM_PLAIN) * m;
    const real *own = w->sums + (g * N_SUMS + SUM_OWN) * m;
    const real *others = w->sums + (g * N_SUMS + SUM_OTHERS) * m;
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

/* Sums of classes [first, first + count) over all samples. */
static void sweep(work *w, size_t first, size_t count, totals *t)
{
    const gold_network *network = w->model.network;

    memset(w->sums, 0,
           count * N_SUMS * network->n_parameters * sizeof *w->sums);
    memset(w->counts, 0, count * sizeof *w->counts);
    for (size_t label = 0; label < network->n_out; label++) {
        size_t next = 0;

        while (take_block(w, label, &next)) {
            pass_forward(w);
            for (size_t g = 0; g < count; g++) {
                add_class(w, g, first + g, label);
            }
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
        .flops = w->flops,
    };
}

gold_status FN(logit_gradients)(const FN(model) * model,
                                const FN(block) * samples,
                                gold_logit_gradients *found)
{
    gold_status status = GOLD_OK;
    const gold_network *network = model->network;
    const size_t units = 3 * (network->n_hidden + network->n_out) +
                         network->n_in + network->widest;
    work w = {.model = *model,
              .samples = samples,
              .block = clamp(BLOCK_BYTES / (double)(units * sizeof(real)),
                             LEAST_BLOCK, MOST_BLOCK),
              .group = clamp(SUMS_BYTES / (double)(N_SUMS * sizeof(real) *
                                                   network->n_parameters),
                             1, network->n_out)};
    totals t = {0};

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
