/* SPDX-License-Identifier: MIT */
/* Norms: y = a / sigma on groups of m units of a sample; a = x less its mean
 * (rms_norm: x itself), sigma^2 = mean(a^2) + eps. y is m times the gradient of
 * sigma, so Dy and D2y are symmetric in all slots: pull is Dy of delta, and
 * bend is D2y of dx and delta.
 *
 *   Dy[x]     = (a - y alpha) / sigma                       alpha = mean(y a)
 *   D2y[x, z] = -(beta a + alpha b + y (mean(a b) - 3 alpha beta)) / sigma^2
 *
 * with a and b those of x and z, beta = mean(y b). Kept: 1 / sigma. */
#include <math.h>
#include <string.h>

#include "graph/op.h"

#define AFFINE                                                                 \
    {                                                                          \
        .name = "affine", .offset = offsetof(gold_op_settings, affine),        \
        .high = 1, .fallback = 1, .is_bool = true                              \
    }
#define EPS                                                                    \
    {                                                                          \
        .name = "eps", .offset = offsetof(gold_op_settings, eps),              \
        .is_real = true                                                        \
    }

static const gold_op_key keys[] = {AFFINE, EPS, {0}};
static const gold_op_key group_keys[] = {
    {.name = "groups",
     .offset = offsetof(gold_op_settings, groups),
     .low = 1,
     .high = 1000000,
     .is_needed = true},
    AFFINE,
    EPS,
    {0},
};

/* In n_kept groups. */
static const char *norm_shape(gold_node *node, size_t groups)
{
    node->y = node->x[0];
    node->n_kept = groups;
    node->is_norm = true;
    node->has_gain = node->set.affine == 1;
    node->gain = (gold_op_settings){.bias = 1, .is_each = true};
    return gold_shape_units(node->y) > groups
               ? NULL
               : "one unit is its own mean: it needs several";
}

static const char *layer_shape(gold_node *node)
{
    return norm_shape(node, 1);
}

static const char *rms_shape(gold_node *node)
{
    const char *error = norm_shape(node, 1);

    node->gain.bias = 0;
    return error;
}

static const char *group_shape(gold_node *node)
{
    const size_t groups = node->set.groups;

    if (groups == 0 || node->x[0].channels % groups != 0) {
        return "its groups must divide the channels";
    }
    const char *error = norm_shape(node, groups);

    node->gain.is_each = false;
    return error;
}

/* 0, by whatever x is multiplied. */
static int degree(const gold_node *node, const int *in)
{
    const bool is_fit = in[0] == 0 || (in[0] > 0 && node->set.eps <= 0.0);

    return is_fit ? 0 : GOLD_NO_DEGREE;
}

/* What is taken from x (m) to make a. */
static double mean_taken(const gold_node *node, size_t m, const real *x)
{
    const bool is_centred = FN(ops)[node->kind] != &FN(op_rms_norm);
    double sum = 0.0;

    for (size_t t = 0; is_centred && t < m; t++) {
        sum += (double)x[t];
    }
    return sum / (double)m;
}

/* mean((x - x_mean) (z - z_mean)), m of each. */
static double mean_product(size_t m, const real *x, double x_mean,
                           const real *z, double z_mean)
{
    double sum = 0.0;

    for (size_t t = 0; t < m; t++) {
        sum += ((double)x[t] - x_mean) * ((double)z[t] - z_mean);
    }
    return sum / (double)m;
}

/* Group q of vectors, d a sample, with what the sample's value has there. */
typedef struct group {
    size_t m;
    size_t at; /* in the vectors */
    const real *y;
    double over_sigma;
} group;

static group group_at(const gold_site *s, size_t d, size_t q)
{
    const size_t groups = s->node->n_kept;
    const size_t m = s->out / groups;
    const size_t own = q / (groups * d) * groups + q % groups;

    return (group){m, q * m, s->y + own * m, (double)s->kept[own]};
}

/* out (n, d, units) += Dy[x]. */
static void add_first(const gold_site *s, size_t d, const real *all, real *out)
{
    for (size_t q = 0; q < s->n * d * s->node->n_kept; q++) {
        const group g = group_at(s, d, q);
        const real *x = all + g.at;
        const double mean = mean_taken(s->node, g.m, x);
        const double alpha = mean_product(g.m, g.y, 0.0, x, mean);

        for (size_t t = 0; t < g.m; t++) {
            out[g.at + t] +=
                (real)(((double)x[t] - mean - (double)g.y[t] * alpha) *
                       g.over_sigma);
        }
    }
}

static void forward(const gold_site *s)
{
    const size_t m = s->out / s->node->n_kept;

    for (size_t q = 0; q < s->n * s->node->n_kept; q++) {
        const real *x = s->x[0] + q * m;
        const double mean = mean_taken(s->node, m, x);
        const double over_sigma =
            1.0 / sqrt(mean_product(m, x, mean, x, mean) + s->node->set.eps);

        s->kept[q] = (real)over_sigma;
        for (size_t t = 0; t < m; t++) {
            s->y[q * m + t] = (real)(((double)x[t] - mean) * over_sigma);
        }
    }
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    memset(dy, 0, s->n * by->d * s->out * sizeof *dy);
    add_first(s, by->d, by->dx[0], dy);
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    add_first(s, m, delta, to->x[0]);
}

static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    const size_t groups = s->node->n_kept;

    for (size_t q = 0; q < s->n * by->d * groups; q++) {
        const group g = group_at(s, by->d, q);
        const real *x = by->dx[0] + g.at;
        const real *z =
            delta + (q / (groups * by->d) * groups + q % groups) * g.m;
        const double x_mean = mean_taken(s->node, g.m, x);
        const double z_mean = mean_taken(s->node, g.m, z);
        const double alpha = mean_product(g.m, g.y, 0.0, x, x_mean);
        const double beta = mean_product(g.m, g.y, 0.0, z, z_mean);
        const double both =
            mean_product(g.m, x, x_mean, z, z_mean) - 3.0 * alpha * beta;
        const double factor = by->scale * g.over_sigma * g.over_sigma;

        for (size_t t = 0; t < g.m; t++) {
            to->x[0][g.at + t] -=
                (real)(factor * (beta * ((double)x[t] - x_mean) +
                                 alpha * ((double)z[t] - z_mean) +
                                 (double)g.y[t] * both));
        }
    }
}

#define NORM                                                                   \
    .n_inputs = 1, .most_inputs = 1, .keeps_units = true, .degree = degree,    \
    .forward = forward, .tangent = tangent, .pull = pull, .bend = bend

const gold_op FN(op_layer_norm) = {
    .name = "layer_norm", .keys = keys, .shape = layer_shape, NORM};

const gold_op FN(op_rms_norm) = {
    .name = "rms_norm", .keys = keys, .shape = rms_shape, NORM};

const gold_op FN(op_group_norm) = {
    .name = "group_norm", .keys = group_keys, .shape = group_shape, NORM};
