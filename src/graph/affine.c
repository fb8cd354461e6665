/* SPDX-License-Identifier: MIT */
/* Affine kinds, y = w * x + bias: all of them but the product. */
#include <string.h>

#include "graph/op.h"

const char *FN(op_affine_shape)(gold_node *node, size_t fan_out, size_t fan_in)
{
    node->fan_in = fan_in;
    node->fan_out = fan_out;
    node->n_parameters = fan_out * (fan_in + node->set.bias);
    return node->n_parameters == 0 ? "it has no units" : NULL;
}

/* w * x has one degree more than x, a bias has 1. */
int FN(op_affine_degree)(const gold_node *node, const int *in)
{
    const bool is_fit = in[0] == 0 || (in[0] > 0 && node->set.bias == 0);

    return is_fit ? in[0] + 1 : GOLD_NO_DEGREE;
}

static size_t biases_at(const gold_node *node)
{
    return node->fan_out * node->fan_in;
}

/* n samples of y, ldy apart, <- the biases in w. */
static void set_bias(const gold_site *s, const real *w, real *y, size_t ldy)
{
    const size_t channels = s->node->fan_out;
    const size_t positions = s->out / channels;
    const real *b = w + biases_at(s->node);

    for (size_t q = 0; q < s->n && positions == 1; q++) {
        memcpy(y + q * ldy, b, channels * sizeof *y);
    }
    for (size_t q = 0; q < s->n && positions > 1; q++) {
        for (size_t c = 0; c < channels; c++) {
            real *row = y + q * ldy + c * positions;

            for (size_t p = 0; p < positions; p++) {
                row[p] = b[c];
            }
        }
    }
}

/* sums (channels) of n samples of delta, ld apart, from the c-th channel on. */
static void sum_channels(const gold_site *s, FN(matrix) delta, size_t c,
                         size_t channels, double *sums)
{
    const size_t positions = s->out / s->node->fan_out;

    memset(sums, 0, channels * sizeof *sums);
    for (size_t q = 0; q < s->n; q++) {
        const real *rows = delta.entries + q * delta.ld + c * positions;

        for (size_t k = 0; k < channels && positions == 1; k++) {
            sums[k] += (double)rows[k];
        }
        for (size_t k = 0; k < channels && positions > 1; k++) {
            sums[k] += FN(total)(positions, rows + k * positions);
        }
    }
}

/* The biases in w, if any, from n samples of delta, ld apart. */
static void pull_bias(const gold_site *s, FN(matrix) delta, bool adds, real *w)
{
    enum {
        TOGETHER = 64
    };
    const size_t channels = s->node->set.bias == 0 ? 0 : s->node->fan_out;
    real *b = w + biases_at(s->node);
    double sums[TOGETHER];

    for (size_t c = 0; c < channels; c += TOGETHER) {
        const size_t left = channels - c;
        const size_t count = left < TOGETHER ? left : TOGETHER;

        sum_channels(s, delta, c, count, sums);
        for (size_t k = 0; k < count; k++) {
            b[c + k] = (real)(sums[k] + (adds ? (double)b[c + k] : 0.0));
        }
    }
}

static const gold_product *product_of(const gold_site *s)
{
    return FN(ops)[s->node->kind]->product;
}

void FN(op_affine_forward)(const gold_site *s)
{
    const bool has_bias = s->node->set.bias == 1;

    if (has_bias) {
        set_bias(s, s->w, s->y, s->out);
    }
    product_of(s)->apply(s, s->n, 1, s->w, (FN(matrix)){s->x[0], s->in},
                         has_bias, s->y, s->out);
}

void FN(op_affine_tangent)(const gold_site *s, const gold_motion *by, real *dy)
{
    const gold_product *product = product_of(s);
    const bool has_bias = s->node->set.bias == 1;
    const size_t d = by->d;

    for (size_t i = 0; i < d && has_bias; i++) {
        set_bias(s, by->v + i * s->step, dy + i * s->out, d * s->out);
    }
    product->apply(s, s->n, d, by->v, (FN(matrix)){s->x[0], s->in}, has_bias,
                   dy, d * s->out);
    if (by->dx[0] != NULL) {
        product->apply(s, s->n * d, 1, s->w, (FN(matrix)){by->dx[0], s->in},
                       true, dy, s->out);
    }
}

void FN(op_affine_pull)(const gold_site *s, size_t m, const real *delta,
                        const gold_pulled *to)
{
    const gold_product *product = product_of(s);

    for (size_t r = 0; to->w != NULL && r < m; r++) {
        const FN(matrix) one = {delta + r * s->out, m * s->out};

        product->outer(s, s->n, 1.0, one, (FN(matrix)){s->x[0], s->in},
                       to->adds_w, to->w + r * s->step);
        pull_bias(s, one, to->adds_w, to->w + r * s->step);
    }
    if (to->x[0] != NULL) {
        product->back(s, s->n * m, 1.0, s->w, (FN(matrix)){delta, s->out},
                      to->adds[0], to->x[0], s->in);
    }
}

/* D2f = v_i * dx_j + v_j * dx_i. */
void FN(op_affine_bend)(const gold_site *s, const gold_motion *by,
                        const real *delta, const gold_pulled *to)
{
    const gold_product *product = product_of(s);
    const FN(matrix) all = {delta, s->out};
    const size_t ld = by->d * s->in;

    for (size_t i = 0; i < by->d; i++) {
        product->back(s, s->n, by->scale, by->v + i * s->step, all, true,
                      to->x[0] + i * s->in, ld);
        product->outer(s, s->n, by->scale, all,
                       (FN(matrix)){by->dx[0] + i * s->in, ld}, true,
                       to->w + i * s->step);
    }
}

/* P and P', P_ij = <delta, v_i * dx_j>: half of what bend would cost. */
void FN(op_affine_second)(const gold_site *s, const gold_motion *by, size_t m,
                          size_t r, const real *delta, double *sum)
{
    const size_t d = by->d;
    const FN(matrix) one = {delta + r * s->out, m * s->out};

    for (size_t i = 0; i < d; i++) {
        product_of(s)->back(s, s->n, 1.0, by->v + i * s->step, one, false,
                            s->products + i * s->in, d * s->in);
    }
    FN(add_gram)(s->n, d, s->in, s->products, by->dx[0], true, s->gram, sum);
}
