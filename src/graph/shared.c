/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "graph/op.h"

const char *FN(same_shape)(gold_node *node)
{
    node->y = node->x[0];
    for (size_t k = 1; k < node->n_inputs; k++) {
        if (memcmp(&node->x[k], &node->y, sizeof node->y) != 0) {
            return "its inputs must have one shape";
        }
    }
    return NULL;
}

int FN(common_degree)(const gold_node *node, const int *in)
{
    for (size_t k = 1; k < node->n_inputs; k++) {
        if (in[k] != in[0]) {
            return GOLD_NO_DEGREE;
        }
    }
    return in[0];
}

void FN(add_gram)(size_t n, size_t d, size_t length, const real *a,
                  const real *b, bool twice, real *gram, double *sum)
{
    for (size_t q = 0; q < n; q++) {
        const size_t at = q * d * length;

        FN(product_nt)
        (d, d, length, 1.0, (FN(matrix)){a + at, length},
         (FN(matrix)){b + at, length}, 0.0, gram, d);
        for (size_t i = 0; i < d; i++) {
            for (size_t j = 0; j < d; j++) {
                sum[i * d + j] += (double)gram[i * d + j] +
                                  (twice ? (double)gram[j * d + i] : 0.0);
            }
        }
    }
}

void FN(add_up)(size_t n, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] += x[i];
    }
}
