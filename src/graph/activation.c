/* SPDX-License-Identifier: MIT */
/* Activations: y = phi(x) unit by unit. Kept: the slopes. */
#include "graph/op.h"
#include "graph/phi.h"

static const gold_phi *phi_of(const gold_node *node)
{
    return &gold_phis[node->set.phi];
}

static const char *shape(gold_node *node)
{
    node->is_straight = phi_of(node)->is_straight;
    node->y = node->x[0];
    node->n_kept = gold_shape_units(node->y);
    return NULL;
}

/* What the scale does not change stays so under any function. */
static int degree(const gold_node *node, const int *in)
{
    return phi_of(node)->is_homogeneous || in[0] == 0 ? in[0] : GOLD_NO_DEGREE;
}

static void forward(const gold_site *s)
{
    const gold_phi *phi = phi_of(s->node);

    for (size_t t = 0; t < s->n * s->out; t++) {
        const gold_jet a = phi->at((double)s->x[0][t]);

        s->y[t] = (real)a.value;
        s->kept[t] = (real)a.first;
    }
}

/* y (n, d, units) += slopes times x. */
static void add_sloped(const gold_site *s, size_t d, const real *x, real *y)
{
    for (size_t q = 0; q < s->n * d; q++) {
        const real *slope = s->kept + q / d * s->out;

        for (size_t u = 0; u < s->out; u++) {
            y[q * s->out + u] += slope[u] * x[q * s->out + u];
        }
    }
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    for (size_t t = 0; t < s->n * by->d * s->out; t++) {
        dy[t] = R(0.0);
    }
    add_sloped(s, by->d, by->dx[0], dy);
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    add_sloped(s, m, delta, to->x[0]);
}

/* D2f = phi''(x) dx_i dx_j. */
static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    const gold_phi *phi = phi_of(s->node);

    for (size_t t = 0; t < s->n * s->out; t++) {
        const real bent = (real)(by->scale * (double)delta[t] *
                                 phi->at((double)s->x[0][t]).second);
        const size_t first = t / s->out * by->d * s->out + t % s->out;

        for (size_t i = 0; i < by->d; i++) {
            to->x[0][first + i * s->out] +=
                bent * by->dx[0][first + i * s->out];
        }
    }
}

const gold_op FN(op_activation) = {.n_inputs = 1,
                                   .most_inputs = 1,
                                   .shape = shape,
                                   .degree = degree,
                                   .forward = forward,
                                   .tangent = tangent,
                                   .pull = pull,
                                   .bend = bend};
