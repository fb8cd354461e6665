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

void FN(add_up)(size_t n, const real *x, real *y)
{
    for (size_t i = 0; i < n; i++) {
        y[i] += x[i];
    }
}
