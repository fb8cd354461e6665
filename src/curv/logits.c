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
    FN(model) model;
    const FN(block) * samples;
    size_t block;    /* samples at a time, all of one label */
    size_t group;    /* classes of a sweep over the samples */
    FN(block) taken; /* the block, inputs in `inputs` */
    real *inputs;    /* (block, n_in) */
    gold_run run; /* of a graph: one sample, all classes of a sweep; then there
                     are inputs, length, sums and counts beside it */
    real *gradients; /* of a graph: [group][n_parameters] */
    real *theta;     /* of a graph: [n_parameters] */
    FN(values) values;
    real **delta;   /* [n_layers] (out, n) d logit / d z */
    real *scaled;   /* (widest, n) delta of gradients of length 1 */
    real *one;      /* one sample in a convolution: input, delta, gradient */
    double *reach;  /* [n_layers][n] |a_(l-1)|^2, and 1 with biases */
    double *length; /* [n] of the gradients, then its inverse */
    real *sums;     /* [group][N_SUMS][n_parameters] */
    counts *counts; /* [group] */
    double square;  /* sum of |J_ik|^2 so far */
    double n_zero;  /* J_ik that are 0 */
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

/* Room for one sample in any convolution: input, delta, gradient; 0 without
 * convolutions. */
static size_t one_reals(const gold_network *network)
{
    size_t most = 0;

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const size_t reals = gold_shape_units(layer->input) +
                             gold_shape_units(layer->output) +
                             gold_layer_weights(layer) + layer->out;

        if (layer->kind == GOLD_LAYER_CONV2D && reals > most) {
            most = reals;
        }
    }
    return most;
}

static gold_status allocate_run(work *w)
{
    const gold_network *network = w->model.network;
    const gold_run_plan plan = {
        .graph = &network->graph, .n = 1, .m = w->group};

    GOLD_TRY(FN(run_init)(&w->run, &plan));
    GOLD_TRY(GOLD_ALLOC(w->group * network->n_parameters, &w->gradients));
    GOLD_TRY(GOLD_ALLOC(network->n_parameters, &w->theta));
    for (size_t i = 0; i < network->n_parameters; i++) {
        w->theta[i] = (real)(gold_scale_of(network, i, w->model.alpha) *
                             (double)w->model.theta[i]);
    }
    return GOLD_OK;
}

static gold_status allocate_layers(work *w)
{
    const gold_network *network = w->model.network;
    const size_t n = w->block;

    GOLD_TRY(FN(values_init)(&w->values, network, n));
    GOLD_TRY(GOLD_ALLOC(network->n_layers, &w->delta));
    for (size_t l = 0; l < network->n_layers; l++) {
        GOLD_TRY(GOLD_ALLOC(gold_shape_units(network->layers[l].output) * n,
                            &w->delta[l]));
    }
    GOLD_TRY(GOLD_ALLOC(network->widest * n, &w->scaled));
    GOLD_TRY(GOLD_ALLOC(one_reals(network), &w->one));
    return GOLD_ALLOC(network->n_layers * n, &w->reach);
}

static gold_status allocate(work *w)
{
    const gold_network *network = w->model.network;

    GOLD_TRY(GOLD_ALLOC(w->block * network->n_in, &w->inputs));
    GOLD_TRY(gold_graph_exists(&w->model.network->graph) ? allocate_run(w)
                                                         : allocate_layers(w));
    GOLD_TRY(GOLD_ALLOC(w->block, &w->length));
    GOLD_TRY(GOLD_ALLOC(w->group, &w->counts));
    return GOLD_ALLOC(w->group * N_SUMS * network->n_parameters, &w->sums);
}

static void clean_up(work *w)
{
    for (size_t l = 0; l < w->model.network->n_layers; l++) {
        gold_free(w->delta == NULL ? NULL : w->delta[l]);
    }
    gold_free(w->inputs);
    if (w->values.network != NULL) {
        FN(values_fini)(&w->values);
    }
    FN(run_fini)(&w->run);
    gold_free(w->gradients);
    gold_free(w->theta);
    gold_free(w->delta);
    gold_free(w->scaled);
    gold_free(w->one);
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

    FN(forward)(&w->model, &w->taken, &w->values);
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        double *reach = w->reach + l * w->block;

        if (layer->kind == GOLD_LAYER_CONV2D) {
            continue;
        }
        for (size_t i = 0; i < n; i++) {
            const double length =
                l > 0 ? 0.0
                      : scale * FN(norm)(layer->in, w->inputs + i * layer->in);

            reach[i] = length * length + (layer->has_bias ? 1.0 : 0.0);
        }
        if (l > 0) {
            add_squares(layer->in, n, w->values.a[l - 1], NULL, reach);
        }
    }
    w->flops += 2.0 * (double)n * network->products;
}

/* w->length += squares of the gradients of convolution l: those of one sample
 * after another, because its positions share the weights. */
static void add_convolution_squares(work *w, size_t l)
{
    const gold_layer *layer = &w->model.network->layers[l];
    const FN(feed) all =
        FN(feed_of)(&w->values, &w->taken, w->model.input_scale, l);
    const size_t n = all.n;
    const size_t m = gold_layer_weights(layer);
    real *x = w->one;
    real *delta = x + gold_shape_units(layer->input);
    real *gradient = delta + gold_shape_units(layer->output);
    real *biases = gradient + m;

    for (size_t i = 0; i < n; i++) {
        for (size_t u = 0; u < gold_shape_units(layer->input); u++) {
            x[u] = all.entries[u * n + i];
        }
        for (size_t u = 0; u < gold_shape_units(layer->output); u++) {
            delta[u] = w->delta[l][u * n + i];
        }
        FN(affine_gradient)
        (layer, layer->out, delta, (FN(feed)){x, 1, all.scale, false, NULL},
         0.0, gradient, w->values.patches);
        w->length[i] += FN(dot)(m, gradient, gradient);
        if (layer->has_bias) {
            FN(bias_gradient)(layer, 1, delta, 0.0, biases);
            w->length[i] += FN(dot)(layer->out, biases, biases);
        }
    }
    w->flops += 2.0 * (double)n * (double)gold_layer_products(layer);
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

        if (layer->kind == GOLD_LAYER_CONV2D) {
            add_convolution_squares(w, l);
        } else {
            add_squares(layer->out, n, w->delta[l], w->reach + l * w->block,
                        w->length);
        }
        if (l == 0) {
            break;
        }
        FN(step_back)
        (&w->model, &w->values, l, n, w->delta[l], w->delta[l - 1]);
        w->flops += 2.0 * (double)n * (double)gold_layer_products(layer);
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

    FN(affine_gradient)
    (layer, layer->out, delta,
     FN(feed_of)(&w->values, &w->taken, w->model.input_scale, l), 1.0,
     sum + layer->weights, w->values.patches);
    if (layer->has_bias) {
        FN(bias_gradient)(layer, n, delta, 1.0, sum + layer->biases);
    }
    w->flops += 2.0 * (double)n * (double)gold_layer_products(layer);
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
        const size_t units = gold_shape_units(network->layers[l].output) * n;

        for (size_t i = 0; i < units; i++) {
            w->scaled[i] = (real)((double)w->delta[l][i] * w->length[i % n]);
        }
        add_gradient(w, l, w->delta[l], sums + SUM_PLAIN * m);
        add_gradient(w, l, w->scaled,
                     sums + (k == label ? SUM_OWN : SUM_OTHERS) * m);
    }
}

/* The same of a graph, for all classes of a sweep from `first` on and the one
 * sample of the block. */
static void add_sample(work *w, size_t first, size_t count, size_t label)
{
    const size_t m = w->model.network->n_parameters;
    const size_t n_out = w->model.network->n_out;

    w->run.plan.m = count;
    FN(run_forward)(&w->run, w->theta, w->model.input_scale, w->inputs);
    for (size_t i = 0; i < count * n_out; i++) {
        FN(run_output)
        (&w->run).delta[i] = i % n_out == first + i / n_out ? R(1.0) : R(0.0);
    }
    FN(run_pull)(&w->run, false, w->gradients);
    for (size_t g = 0; g < count; g++) {
        const bool is_own = first + g == label;
        const real *gradient = w->gradients + g * m;
        real *sums = w->sums + g * N_SUMS * m;

        w->length[0] = FN(dot)(m, gradient, gradient);
        invert_lengths(w, is_own ? &w->counts[g].own : &w->counts[g].others);
        FN(add_scaled)(m, 1.0, gradient, sums + SUM_PLAIN * m);
        FN(add_scaled)
        (m, w->length[0], gradient, sums + (is_own ? SUM_OWN : SUM_OTHERS) * m);
    }
    w->flops += 2.0 * w->model.network->products * (1.0 + 2.0 * (double)count);
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
            if (gold_graph_exists(&w->model.network->graph)) {
                add_sample(w, first, count, label);
                continue;
            }
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
    work w = {
        .model = *model,
        .samples = samples,
        .block = clamp(GOLD_LOGIT_BLOCK_BYTES / (double)(units * sizeof(real)),
                       LEAST_BLOCK, MOST_BLOCK),
        .group = clamp(GOLD_LOGIT_SUM_BYTES / (double)(N_SUMS * sizeof(real) *
                                                       network->n_parameters),
                       1, network->n_out)};
    totals t = {0};

    w.block = gold_graph_exists(&w.model.network->graph) ? 1 : w.block;
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
