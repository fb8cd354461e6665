/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "graph/op.h"

/* Of tangents, some x may be NULL. */
static void forward(const gold_site *s)
{
    memset(s->y, 0, s->n * s->out * sizeof *s->y);
    for (size_t k = 0; k < s->node->n_inputs; k++) {
        FN(add_up)(s->x[k] == NULL ? 0 : s->n * s->out, s->x[k], s->y);
    }
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    for (size_t k = 0; k < s->node->n_inputs; k++) {
        FN(add_up)(to->x[k] == NULL ? 0 : s->n * m * s->out, delta, to->x[k]);
    }
}

const gold_op FN(op_add) = {.name = "add",
                            .n_inputs = 2,
                            .most_inputs = GOLD_MOST_INPUTS,
                            .keeps_units = true,
                            .shape = FN(same_shape),
                            .degree = FN(common_degree),
                            .forward = forward,
                            .pull = pull};
