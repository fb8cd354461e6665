/* SPDX-License-Identifier: MIT */
#include "study/cell.h"

#include <string.h>

static int compare_reals(double a, double b)
{
    return (a > b) - (a < b);
}

static int compare_values(const gold_axis_key *a, size_t i,
                          const gold_axis_key *b, size_t j)
{
    switch (a->kind) {
    case GOLD_VALUE_INTEGER:
        return (a->integers[i] > b->integers[j]) -
               (a->integers[i] < b->integers[j]);
    case GOLD_VALUE_REAL:
        return compare_reals(a->reals[i], b->reals[j]);
    default:
        return strcmp(a->texts[i], b->texts[j]);
    }
}

int goldi_compare_cells(const void *left, const void *right)
{
    const goldi_cell *a = left;
    const goldi_cell *b = right;
    int order = 0;

    for (size_t k = 0; k < a->axis->n_keys && order == 0; k++) {
        order = compare_values(&a->axis->keys[k], a->index, &b->axis->keys[k],
                               b->index);
    }
    return order;
}
