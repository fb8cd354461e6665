/* SPDX-License-Identifier: MIT */
/* What S adds up to, and what curvature tends to, in networks at work: traces
 * of S, small and large scales, losses that are quadratic. */
#include <math.h>

#include "prop/scenes.h"

static const double rounding = 2000.0 * REAL_EPS;

static bool is_square(const scene *c)
{
    return c->t.loss == &gold_mean_square;
}

/* ---- Traces of S --------------------------------------------------------- */

/* Where every node is linear in each of its slots and no value meets itself, S
 * has no diagonal: adds and gates of different branches leave that so. */
static void has_no_trace(scene *c, dice *d)
{
    terms at = terms_at(c, c->theta, c->t.temperature);
    const double size = largest(c->n * c->n, at.s);

    (void)d;
    assert_true(size > 1e-3);
    assert_number(c->name, trace_of(c->n, at.s), 0.0, rounding * size);
    terms_fini(&at);
}

static void test_no_trace(void **state)
{
    (void)state;
    check_law(&mlp, has_no_trace);
    check_law(&branches, has_no_trace);
    check_law(&gate, has_no_trace);
    check_law(&residual, has_no_trace);
    check_law(&residual_images, has_no_trace);
}

/* sum r z of sample i, r the loss's derivative at z / T. */
static double residual_times_output(const scene *c, const gold_run *run,
                                    size_t i)
{
    const real *z = FN(run_output)(run).y + i * GRAPH_CLASSES;
    double over[GRAPH_CLASSES];
    double weights[GRAPH_CLASSES];
    double r[GRAPH_CLASSES];
    double sum = 0.0;

    for (size_t k = 0; k < GRAPH_CLASSES; k++) {
        over[k] = (double)z[k] / c->t.temperature;
    }
    (void)c->t.loss->residual(GRAPH_CLASSES, over,
                              (gold_aim){.label = c->t.labels[i]}, weights, r);
    for (size_t k = 0; k < GRAPH_CLASSES; k++) {
        sum += r[k] * (double)z[k];
    }
    return sum;
}

/* |x|^2 (n), less its mean first if asked for. */
static double square_of(size_t n, const real *x, bool is_centred)
{
    double mean = 0.0;
    double sum = 0.0;

    for (size_t i = 0; is_centred && i < n; i++) {
        mean += (double)x[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        sum += ((double)x[i] - mean) * ((double)x[i] - mean);
    }
    return sum;
}

/* What Tr S of the matrix of node q should be: u = W h goes into a norm, of n'
 * free units, and what follows is piecewise linear without shifts:
 *
 *   - (n' - 1) / T  mean over samples of  |h|^2 / |P u|^2  sum r z
 *
 * with P the projection that the norm begins with. */
static double normed_trace(const scene *c, const gold_node *node, bool centred)
{
    const size_t q = (size_t)(node - c->s.graph.nodes);
    const size_t in = gold_shape_units(node->x[0]);
    const size_t out = gold_shape_units(node->y);
    const double free_units = (double)out - (centred ? 1.0 : 0.0);
    gold_run run;
    double sum = 0.0;

    run_at(&c->t, c->theta, 0, &run);
    for (size_t i = 0; i < GRAPH_SAMPLES; i++) {
        const real *h = run.places[node->inputs[0]].y + i * in;
        const real *u = run.places[q].y + i * out;

        sum += square_of(in, h, false) / square_of(out, u, centred) *
               residual_times_output(c, &run, i);
    }
    FN(run_fini)(&run);
    return -(free_units - 1.0) * sum / (c->t.temperature * GRAPH_SAMPLES);
}

static const struct normed {
    net like;
    int entry; /* of W */
    int norm;  /* centred or not */
} normed[] = {
    {{"layer norm", {4, 1, 1}, 1, "linear 9, layer_norm, relu, linear 3"},
     0,
     1},
    {{"rms norm", {4, 1, 1}, 1, "linear 9, rms_norm, leaky_relu, linear 3"},
     0,
     0},
    {{"second layer norm",
      {4, 1, 1},
      1,
      "linear 8, layer_norm, relu, linear 7, layer_norm, relu, "
      "linear 3"},
     3,
     1},
    {{"second rms norm with a gain",
      {4, 1, 1},
      2,
      "linear 8, rms_norm, relu, linear 7, rms_norm affine, "
      "relu, linear 3"},
     3,
     0},
    {{"norm before a residual",
      {4, 1, 1},
      GOLD_NO_DEGREE,
      "linear 6, layer_norm, relu, linear 5, relu, linear 6, "
      "add of 2 5, linear 3"},
     0,
     1},
};

static const struct normed *now;

static void has_that_trace(scene *c, dice *d)
{
    const gold_node *node = node_of(c, now->entry);
    terms at = terms_at(c, c->theta, c->t.temperature);
    const double expected = normed_trace(c, node, now->norm == 1);
    double found = 0.0;

    (void)d;
    for (size_t i = node->first; i < node->first + node->n_parameters; i++) {
        found += at.s[i * c->n + i];
    }
    assert_true(fabs(expected) > 1e-3);
    assert_near(c->name, 1, &found, &expected, rounding);
    terms_fini(&at);
}

/* Negative wherever confident outputs are wrong more than right: the negative
 * curvature of networks with norms. */
static void test_normed_trace(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof normed / sizeof *normed; i++) {
        now = &normed[i];
        check_law(&now->like, has_that_trace);
    }
}

/* ---- Small and large scales ---------------------------------------------- */

static double norm_of(size_t n, const double *m)
{
    double sum = 0.0;

    for (size_t i = 0; i < n * n; i++) {
        sum += m[i] * m[i];
    }
    return sqrt(sum);
}

/* Traces and norms at a times theta. The trace of S is 0 in all these
 * networks; but for rounding, which G, small, would drown in. */
typedef struct sizes {
    double g_trace;
    double s_norm;
    double curvature;
} sizes;

static sizes sizes_at(const scene *c, double a)
{
    real *point = scaled(c, a);
    terms at = terms_at(c, point, c->t.temperature);
    sizes found = {trace_of(c->n, at.g), norm_of(c->n, at.s), 0.0};

    for (size_t i = 0; i < c->n * c->n; i++) {
        at.g[i] += at.s[i];
    }
    found.curvature = found.g_trace / norm_of(c->n, at.g);
    terms_fini(&at);
    gold_free(point);
    return found;
}

/* Powers of the scale, from a to 2 a. */
static double steepness_at(const scene *c, double a)
{
    return log2(sizes_at(c, 2.0 * a).curvature / sizes_at(c, a).curvature);
}

static double growth_at(const scene *c, double a)
{
    double z[2][N_OUTPUTS];
    double norms[2] = {0.0, 0.0};

    for (size_t k = 0; k < 2; k++) {
        outputs_at(c, (double)(k + 1) * a, 1.0, z[k]);
        for (size_t i = 0; i < N_OUTPUTS; i++) {
            norms[k] = hypot(norms[k], z[k][i]);
        }
    }
    return log2(norms[1] / norms[0]);
}

static const net with_biases = {
    "biases",
    {4, 1, 1},
    GOLD_NO_DEGREE,
    "linear 6 bias, relu, linear 5 bias, relu, linear 3 bias"};

/* Biases of the output alone make G, (K - 1) / K of softmax, 2 of the mean
 * square, over T^2; S tends to a constant too: curvature does not vanish. The
 * next terms are a or a^2 times numbers of order 10. */
static void keeps_curvature(scene *c, dice *d)
{
    const sizes near = sizes_at(c, 1e-4);
    const sizes far = sizes_at(c, 1e-3);
    const double expected = is_square(c) ? 2.0 : 1.0 - 1.0 / GRAPH_CLASSES;

    (void)d;
    assert_number(c->name, near.g_trace * pow(c->t.temperature, 2.0), expected,
                  1e-5);
    assert_number(c->name, near.s_norm / far.s_norm, 1.0, 0.02);
    assert_number(c->name, near.curvature / far.curvature, 1.0, 0.02);
    assert_true(near.curvature > 0.1);
}

static const net two_layers = {
    "two layers", {4, 1, 1}, 2, "linear 6, relu, linear 3"};

/* G ~ a^(2 L - 2) and S ~ a^(L - 2); the next terms are a^L times that. */
static void vanishes_by_degree(scene *c, dice *d)
{
    const int degree = gold_graph_last(&c->s.graph)->degree;

    (void)d;
    assert_number(c->name, steepness_at(c, 1e-3), degree, 1e-3);
}

/* Where the trace of S is 0, by T^-2 over T^-1. */
static void vanishes_by_temperature(scene *c, dice *d)
{
    (void)d;
    c->t.temperature = 1e4;
    const double hot = sizes_at(c, 1.0).curvature;

    c->t.temperature = 2e4;
    assert_number(c->name, log2(hot / sizes_at(c, 1.0).curvature), 1.0, 1e-2);
}

static void test_small_scales(void **state)
{
    (void)state;
    check_law(&with_biases, keeps_curvature);
    check_law(&two_layers, vanishes_by_degree);
    check_law(&mlp, vanishes_by_degree);
    check_law(&mlp, vanishes_by_temperature);
    check_law(&with_biases, vanishes_by_temperature);
    check_law(&residual, vanishes_by_temperature);
}

static const net one_block = {
    "one residual block",
    {4, 1, 1},
    GOLD_NO_DEGREE,
    "linear 4, linear 4, relu, linear 4, add of 0 3, linear 3"};

static const net norm_first = {
    "residual of a norm",
    {4, 1, 1},
    GOLD_NO_DEGREE,
    "linear 4, layer_norm, linear 5, relu, linear 4, "
    "add of 0 4, linear 3"};

/* Outputs grow as a^2 where blocks add little, then a^2 for each block more;
 * curvature begins as a^2 whatever their number. Next terms: a^2 or 1 / a^2
 * times numbers of order 10. */
static void grows_by_blocks(scene *c, dice *d)
{
    const size_t blocks = c->s.n / 4; /* four entries each */

    (void)d;
    assert_number(c->name, growth_at(c, 1e-3), 2.0, 1e-3);
    assert_number(c->name, growth_at(c, 1e3), 2.0 + 2.0 * (double)blocks, 1e-3);
    assert_number(c->name, steepness_at(c, 1e-3), 2.0, 1e-3);
}

/* A block behind a norm adds a^2 to what is a, the output one more. */
static void grows_behind_norm(scene *c, dice *d)
{
    (void)d;
    assert_number(c->name, growth_at(c, 1e-4), 2.0, 1e-2);
    assert_number(c->name, growth_at(c, 1e4), 3.0, 1e-2);
}

static void test_residuals(void **state)
{
    (void)state;
    check_law(&one_block, grows_by_blocks);
    check_law(&residual, grows_by_blocks);
    check_law(&norm_first, grows_behind_norm);
}

/* ---- Losses that are quadratic ------------------------------------------- */

/* loss(theta + v) is loss + g'v + v'Hv / 2 for v of any size. */
static void check_quadratic(const scene *c, const terms *at, const real *v)
{
    real *point = scaled(c, 1.0);
    real *gradient = scaled(c, 1.0);
    double expected = at->loss;

    for (size_t i = 0; i < c->n; i++) {
        point[i] += v[i];
        expected += at->gradient[i] * (double)v[i];
        for (size_t j = 0; j < c->n; j++) {
            expected += 0.5 * (double)v[i] * (double)v[j] *
                        (at->g[i * c->n + j] + at->s[i * c->n + j]);
        }
    }
    const double found = loss_and_gradient(&c->t, point, gradient);

    assert_true(fabs(found - at->loss) > 1e-3);
    assert_near(c->name, 1, &found, &expected, rounding);
    gold_free(point);
    gold_free(gradient);
}

/* Random in the parameters of a node and 0 elsewhere; all, where it is NULL. */
static real *draw_direction(const scene *c, const gold_node *node, dice *d)
{
    real *v = scaled(c, 0.0);

    for (size_t i = 0; i < c->n; i++) {
        if (node == NULL ||
            (i >= node->first && i < node->first + node->n_parameters)) {
            v[i] = (real)dice_normal(d);
        }
    }
    return v;
}

static void is_quadratic(scene *c, dice *d)
{
    terms at = terms_at(c, c->theta, c->t.temperature);
    real *v = draw_direction(c, NULL, d);

    assert_true(largest(c->n * c->n, at.s) <= 0.0);
    if (is_square(c)) {
        check_quadratic(c, &at, v);
    }
    gold_free(v);
    terms_fini(&at);
}

/* Of a row of matrices, in each of them. */
static void is_quadratic_in_each(scene *c, dice *d)
{
    terms at = terms_at(c, c->theta, c->t.temperature);

    for (size_t q = 1; is_square(c) && q < c->s.graph.n_nodes; q++) {
        const gold_node *node = &c->s.graph.nodes[q];
        real *v = draw_direction(c, node, d);

        if (node->n_parameters > 0) {
            check_quadratic(c, &at, v);
        }
        gold_free(v);
    }
    terms_fini(&at);
}

/* What is linear in its parameters has S = 0 exactly, whatever is done to the
 * samples, and a mean square has no more derivatives. */
static void test_quadratic(void **state)
{
    static const net linear[] = {
        {"linear", {4, 1, 1}, 1, "linear 3 bias"},
        {"features", {4, 1, 1}, 1, "tanh, layer_norm, linear 3"},
        {"convolution",
         {2, 4, 4},
         1,
         "conv2d 3, avg_pool2d, global_avg_pool2d"},
        {"sum", {4, 1, 1}, 1, "linear 3, linear 3 of -1, add of 0 1"},
        {"gate", {3, 1, 1}, 1, "linear 3, multiply of 0 -1"},
    };
    static const net deep = {
        "deep", {4, 1, 1}, 3, "linear 4, identity, linear 5, linear 3"};

    (void)state;
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++) {
        check_law(&linear[i], is_quadratic);
    }
    check_law(&deep, is_quadratic_in_each);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_trace),
        cmocka_unit_test(test_normed_trace),
        cmocka_unit_test(test_small_scales),
        cmocka_unit_test(test_residuals),
        cmocka_unit_test(test_quadratic),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
