/* SPDX-License-Identifier: MIT */
/* Activations: y = phi(x) unit by unit. Kept: slopes, and what bends. */
#include <string.h>

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
    node->n_kept = (node->is_straight ? 1 : 2) * gold_shape_units(node->y);
    return NULL;
}

/* What the scale does not change stays so under any function. */
static int degree(const gold_node *node, const int *in)
{
    return phi_of(node)->is_homogeneous || in[0] == 0 ? in[0] : GOLD_NO_DEGREE;
}

/* Two lines that meet at 0; what is not a number stays that. */
static void forward_straight(const gold_site *s, double slope)
{
    const real below = (real)slope;

    for (size_t t = 0; t < s->n * s->out; t++) {
        const real x = s->x[0][t];
        const bool is_below = x <= R(0.0);

        s->kept[t] = is_below ? below : R(1.0);
        s->y[t] = !is_below ? x : below > R(0.0) ? below * x : R(0.0);
    }
}

/* `count` units from t on, as many as there are lanes or fewer. */
static void forward_lanes(const gold_site *s, size_t t, size_t count)
{
    const gold_phi *phi = phi_of(s->node);
    real *second = s->kept + s->n * s->out;
    double z[GOLD_PHI_LANES] = {0.0};
    double jets[3][GOLD_PHI_LANES];

    for (size_t i = 0; i < count; i++) {
        z[i] = (double)s->x[0][t + i];
    }
    if (phi->at_all != NULL) {
        phi->at_all(z, jets[0], jets[1], jets[2]);
    }
    for (size_t i = 0; phi->at_all == NULL && i < count; i++) {
        const gold_jet a = phi->at(z[i]);

        jets[0][i] = a.value;
        jets[1][i] = a.first;
        jets[2][i] = a.second;
    }
    for (size_t i = 0; i < count; i++) {
        s->y[t + i] = (real)jets[0][i];
        s->kept[t + i] = (real)jets[1][i];
        second[t + i] = (real)jets[2][i];
    }
}

static void forward(const gold_site *s)
{
    const size_t size = s->n * s->out;

    if (s->node->is_straight) {
        forward_straight(s, phi_of(s->node)->at(-1.0).first);
        return;
    }
    for (size_t t = 0; t < size; t += GOLD_PHI_LANES) {
        forward_lanes(s, t,
                      size - t < GOLD_PHI_LANES ? size - t : GOLD_PHI_LANES);
    }
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    const real *dx = by->dx[0];

    for (size_t q = 0; q < s->n * by->d; q++) {
        const real *slope = s->kept + q / by->d * s->out;

        for (size_t u = 0; u < s->out; u++) {
            dy[q * s->out + u] = slope[u] * dx[q * s->out + u];
        }
    }
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * m; q++) {
        const real *slope = s->kept + q / m * s->out;

        for (size_t u = 0; u < s->out; u++) {
            to->x[0][q * s->out + u] += slope[u] * delta[q * s->out + u];
        }
    }
}

/* D2f = phi''(x) dx_i dx_j. */
static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    const real *second = s->kept + s->n * s->out;
    const real scale = (real)by->scale;

    for (size_t q = 0; q < s->n * by->d; q++) {
        const size_t own = q / by->d * s->out;
        const real *dx = by->dx[0] + q * s->out;
        real *x = to->x[0] + q * s->out;

        for (size_t u = 0; u < s->out; u++) {
            x[u] += scale * delta[own + u] * second[own + u] * dx[u];
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
