/* SPDX-License-Identifier: MIT */
/* Activations: y = phi(x) unit by unit. Kept: the slopes, and phi'' for second
 * derivatives. */
#include <math.h>
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
    node->n_kept = gold_shape_units(node->y);
    node->n_bent = node->is_straight ? 0 : node->n_kept;
    return NULL;
}

/* What the scale does not change stays so under any function. */
static int degree(const gold_node *node, const int *in)
{
    return phi_of(node)->is_homogeneous || in[0] == 0 ? in[0] : GOLD_NO_DEGREE;
}

/* phi, two straight lines through 0, of z (n), and its slopes; y may be z. */
static void take_lines(const gold_phi *phi, size_t n, const real *z, real *y,
                       real *slopes)
{
    const real below = (real)phi->at(-1.0).first;
    const real above = (real)phi->at(1.0).first;
    /* 0 times infinity is to be 0 */
    const real least = below == R(0.0) ? R(0.0) : (real)-HUGE_VAL;

    for (size_t t = 0; t < n; t++) {
        slopes[t] = z[t] <= R(0.0) ? below : above;
    }
    if (y != z) {
        memcpy(y, z, n * sizeof *y);
    }
    for (size_t t = 0; t < n; t++) {
        y[t] = slopes[t] * (y[t] <= least ? least : y[t]);
    }
}

/* Value and derivatives of the next lanes. */
#ifdef GOLD_PREC_F32
typedef struct jets {
    real value[GOLD_PHI_LANES];
    real first[GOLD_PHI_LANES];
    real second[GOLD_PHI_LANES];
} jets;

static void take_jets(const gold_phi *phi, const real *z, jets *to)
{
    double lanes[GOLD_PHI_LANES];
    gold_jets wide;

    if (phi->in_float != NULL) {
        phi->in_float(z, to->value, to->first, to->second);
        return;
    }
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        lanes[i] = (double)z[i];
    }
    phi->all(lanes, &wide);
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        to->value[i] = (real)wide.value[i];
        to->first[i] = (real)wide.first[i];
        to->second[i] = (real)wide.second[i];
    }
}
#else
typedef gold_jets jets;

static void take_jets(const gold_phi *phi, const real *z, jets *to)
{
    phi->all(z, to);
}
#endif

static void forward(const gold_site *s)
{
    const gold_phi *phi = phi_of(s->node);
    const size_t size = s->n * s->out;
    real z[GOLD_PHI_LANES] = {R(0.0)};
    jets found;

    if (phi->is_homogeneous) {
        take_lines(phi, size, s->x[0], s->y, s->kept);
        return;
    }
    for (size_t t = 0; t < size; t += GOLD_PHI_LANES) {
        const size_t left = size - t;
        const size_t count = left < GOLD_PHI_LANES ? left : GOLD_PHI_LANES;
        const size_t bytes = count * sizeof *z;
        const bool is_whole = count == GOLD_PHI_LANES;

        if (!is_whole) {
            memcpy(z, s->x[0] + t, bytes);
        }
        take_jets(phi, is_whole ? s->x[0] + t : z, &found);
        memcpy(s->y + t, found.value, bytes);
        memcpy(s->kept + t, found.first, bytes);
        if (s->bent != NULL) {
            memcpy(s->bent + t, found.second, bytes);
        }
    }
}

/* y (units) <- slopes times x, or += these; y may be x. */
static void slope_one(size_t units, const real *slopes, const real *x,
                      bool adds, real *y)
{
    if (x == y) {
        for (size_t u = 0; u < units; u++) {
            y[u] *= slopes[u];
        }
    } else if (adds) {
        for (size_t u = 0; u < units; u++) {
            y[u] += slopes[u] * x[u];
        }
    } else {
        for (size_t u = 0; u < units; u++) {
            y[u] = slopes[u] * x[u];
        }
    }
}

/* The same of vectors (n, d, units). */
static void slope_all(const gold_site *s, size_t d, const real *x, bool adds,
                      real *y)
{
    for (size_t q = 0; q < s->n * d; q++) {
        slope_one(s->out, s->kept + q / d * s->out, x + q * s->out, adds,
                  y + q * s->out);
    }
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    slope_all(s, by->d, by->dx[0], false, dy);
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    slope_all(s, m, delta, to->adds[0], to->x[0]);
}

/* D2f = phi''(x) dx_i dx_j. */
static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    const real scale = (real)by->scale;

    for (size_t q = 0; q < s->n * by->d; q++) {
        const real *bent = s->bent + q / by->d * s->out;
        const real *at = delta + q / by->d * s->out;
        const real *dx = by->dx[0] + q * s->out;
        real *x = to->x[0] + q * s->out;

        for (size_t u = 0; u < s->out; u++) {
            x[u] += scale * at[u] * bent[u] * dx[u];
        }
    }
}

const gold_op FN(op_activation) = {.n_inputs = 1,
                                   .most_inputs = 1,
                                   .replaces = true,
                                   .is_in_place = true,
                                   .keeps_units = true,
                                   .shape = shape,
                                   .degree = degree,
                                   .forward = forward,
                                   .tangent = tangent,
                                   .pull = pull,
                                   .bend = bend};
