/* SPDX-License-Identifier: MIT */
/* How long gradients of affine kinds are, of each sample. */
#include "graph/op.h"

/* Biases have the sum over positions of each channel's delta. */
static double bias_square(const gold_site *s, const real *delta)
{
    const size_t channels = s->node->set.bias == 0 ? 0 : s->node->fan_out;
    const size_t positions = s->out / s->node->fan_out;
    double sum = 0.0;

    for (size_t c = 0; c < channels; c++) {
        const double b = FN(total)(positions, delta + c * positions);

        sum += b * b;
    }
    return sum;
}

void FN(op_affine_squares)(const gold_site *s, size_t m, const real *delta,
                           double *squares)
{
    const gold_product *product = FN(ops)[s->node->kind]->product;
    const size_t weights = s->node->fan_out * s->node->fan_in;
    real *w = s->scratch + s->node->n_scratch; /* (m, weights) */

    if (product->squares != NULL) {
        product->squares(s, m, delta, squares);
    }
    for (size_t q = 0; product->squares == NULL && q < s->n; q++) {
        product->outer(s, 1, m, 1.0, (FN(matrix)){delta + q * m * s->out, 0},
                       (FN(matrix)){s->x[0] + q * s->in, 0}, false, w, weights);
        for (size_t r = 0; r < m; r++) {
            const real *one = w + r * weights;

            squares[q * m + r] += FN(dot)(weights, one, one);
        }
    }
    for (size_t r = 0; r < s->n * m; r++) {
        squares[r] += bias_square(s, delta + r * s->out);
    }
    *s->flops += 2.0 * (double)(s->n * m) * (double)(s->node->fan_in * s->out);
}
