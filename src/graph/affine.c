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

/* n samples of y, ldy apart, <- the biases in w, or 0. */
static void set_bias(const gold_site *s, const real *w, real *y, size_t ldy)
{
    const size_t positions = s->out / s->node->fan_out;
    const real *b = w + biases_at(s->node);

    for (size_t q = 0; q < s->n; q++) {
        for (size_t u = 0; u < s->out; u++) {
            y[q * ldy + u] = s->node->set.bias == 0 ? R(0.0) : b[u / positions];
        }
    }
}

/* The biases in w, if any, += n samples of delta, ld apart. */
static void pull_bias(const gold_site *s, FN(matrix) delta, real *w)
{
    const size_t channels = s->node->set.bias == 0 ? 0 : s->node->fan_out;
    const size_t positions = s->out / s->node->fan_out;
    real *b = w + biases_at(s->node);

    for (size_t c = 0; c < channels; c++) {
        double sum = 0.0;

        for (size_t q = 0; q < s->n; q++) {
            const real *row = delta.entries + q * delta.ld + c * positions;

            for (size_t p = 0; p < positions; p++) {
                sum += (double)row[p];
            }
        }
        b[c] = (real)((double)b[c] + sum);
    }
}

static const gold_product *product_of(const gold_site *s)
{
    return FN(ops)[s->node->kind]->product;
}

void FN(op_affine_forward)(const gold_site *s)
{
    set_bias(s, s->w, s->y, s->out);
    product_of(s)->apply(s, s->n, 1, s->w, (FN(matrix)){s->x[0], s->in}, s->y,
                         s->out);
}

void FN(op_affine_tangent)(const gold_site *s, const gold_motion *by, real *dy)
{
    const gold_product *product = product_of(s);
    const size_t d = by->d;

    for (size_t i = 0; i < d; i++) {
        set_bias(s, by->v + i * s->step, dy + i * s->out, d * s->out);
    }
    product->apply(s, s->n, d, by->v, (FN(matrix)){s->x[0], s->in}, dy,
                   d * s->out);
    if (by->dx[0] != NULL) {
        product->apply(s, s->n * d, 1, s->w, (FN(matrix)){by->dx[0], s->in}, dy,
                       s->out);
    }
}

void FN(op_affine_pull)(const gold_site *s, size_t m, const real *delta,
                        const gold_pulled *to)
{
    const gold_product *product = product_of(s);

    for (size_t r = 0; to->w != NULL && r < m; r++) {
        const FN(matrix) one = {delta + r * s->out, m * s->out};

        product->outer(s, s->n, 1.0, one, (FN(matrix)){s->x[0], s->in},
                       to->w + r * s->step);
        pull_bias(s, one, to->w + r * s->step);
    }
    if (to->x[0] != NULL) {
        product->back(s, s->n * m, 1.0, s->w, (FN(matrix)){delta, s->out},
                      to->x[0], s->in);
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
        product->back(s, s->n, by->scale, by->v + i * s->step, all,
                      to->x[0] + i * s->in, ld);
        product->outer(s, s->n, by->scale, all,
                       (FN(matrix)){by->dx[0] + i * s->in, ld},
                       to->w + i * s->step);
    }
}

/* P and P', P_ij = <delta, v_i * dx_j>: half of what bend would cost. */
void FN(op_affine_second)(const gold_site *s, const gold_motion *by, size_t m,
                          size_t r, const real *delta, double *sum)
{
    const size_t d = by->d;
    const FN(matrix) one = {delta + r * s->out, m * s->out};

    memset(s->products, 0, s->n * d * s->in * sizeof *s->products);
    for (size_t i = 0; i < d; i++) {
        product_of(s)->back(s, s->n, 1.0, by->v + i * s->step, one,
                            s->products + i * s->in, d * s->in);
    }
    FN(add_gram)(s->n, d, s->in, s->products, by->dx[0], true, s->gram, sum);
}
