/* SPDX-License-Identifier: MIT */
#include "nn/draw.h"

#include <math.h>
#include <string.h>

#include "goldilocks/random.h"

#include "linalg/product.h"

enum {
    CHUNK = 1024
};

static bool is_uniform(gold_init init)
{
    return init == GOLD_XAVIER_UNIFORM || init == GOLD_KAIMING_UNIFORM ||
           init == GOLD_LECUN_UNIFORM || init == GOLD_TORCH;
}

/* x (n) of mean 0 and the given variance; uniform numbers on (-a, a) have
 * variance a^2 / 3. */
static void draw_numbers(gold_stream stream, bool uniform, double variance,
                         size_t n, real *x)
{
    const double deviation = sqrt(variance);
    const double half_width = sqrt(3.0 * variance);
    double chunk[CHUNK];

    for (size_t first = 0; first < n; first += CHUNK) {
        const size_t left = n - first;
        const size_t m = left < CHUNK ? left : CHUNK;

        if (uniform) {
            gold_random_uniform(stream, first, m, chunk);
        } else {
            gold_random_normal(stream, first, m, chunk);
        }
        for (size_t i = 0; i < m; i++) {
            x[first + i] = (real)(uniform ? half_width * (2.0 * chunk[i] - 1.0)
                                          : deviation * chunk[i]);
        }
    }
}

/* Entry k of vector i of w (out, in): of its rows, or of its columns, whichever
 * are fewer. */
static real *entry_of(const gold_layer *layer, real *w, size_t i, size_t k)
{
    return layer->out < layer->in ? &w[i * layer->in + k]
                                  : &w[k * layer->in + i];
}

/* The vectors of w, each without what those before it span, of a length whose
 * square is `square`: modified Gram-Schmidt, twice, as once leaves them off by
 * rounding times their condition. */
static void make_orthogonal(const gold_layer *layer, double square, real *w)
{
    const bool is_wide = layer->out < layer->in;
    const size_t n = is_wide ? layer->out : layer->in;
    const size_t length = is_wide ? layer->in : layer->out;

    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < 2 * i + 1; j++) {
            const size_t before = j < 2 * i ? j % i : i;
            double product = 0.0;

            for (size_t k = 0; k < length; k++) {
                product += (double)*entry_of(layer, w, before, k) *
                           (double)*entry_of(layer, w, i, k);
            }
            for (size_t k = 0; k < length; k++) {
                real *x = entry_of(layer, w, i, k);

                *x = before < i
                         ? (real)((double)*x -
                                  product / square *
                                      (double)*entry_of(layer, w, before, k))
                         : (real)((double)*x * sqrt(square / product));
            }
        }
    }
}

/* A norm's gain and shift begin as if there were none. */
static void set_gain(const gold_layer *layer, real *theta)
{
    for (size_t i = 0; i < gold_layer_weights(layer); i++) {
        theta[layer->weights + i] = R(1.0);
    }
    for (size_t i = 0; layer->has_bias && i < layer->out; i++) {
        theta[layer->biases + i] = R(0.0);
    }
}

double FN(draw)(const gold_network *network, const gold_settings *settings,
                real *theta)
{
    const bool uniform = is_uniform(settings->init);

    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        const double variance = gold_weight_variance(network, settings, l);

        if (!layer->is_drawn) {
            set_gain(layer, theta);
            continue;
        }
        draw_numbers(
            gold_stream_of(settings->seed, GOLD_PURPOSE_WEIGHTS, (uint32_t)l),
            uniform, variance, gold_layer_weights(layer),
            theta + layer->weights);
        if (settings->init == GOLD_ORTHOGONAL) {
            make_orthogonal(
                layer, variance * fmax((double)layer->out, (double)layer->in),
                theta + layer->weights);
        }
        if (!layer->has_bias) {
            continue;
        }
        if (settings->bias_init == GOLD_BIAS_ZERO &&
            settings->init != GOLD_TORCH) {
            memset(theta + layer->biases, 0, layer->out * sizeof *theta);
        } else {
            draw_numbers(gold_stream_of(settings->seed, GOLD_PURPOSE_BIASES,
                                        (uint32_t)l),
                         uniform, variance, layer->out, theta + layer->biases);
        }
    }
    return FN(norm)(network->n_parameters, theta);
}
