/* SPDX-License-Identifier: MIT */
/* Exact facts of whole networks, whatever their point.
 *
 * Scaling some parameters by a is the same as raising the temperature: where
 * z(theta scaled) = a^q z(theta), the loss there at temperature T is the loss
 * here at T / a^q, and so are its derivatives, less one power of a for each
 * scaled parameter. q is the degree if all are scaled, and 0 for what feeds a
 * norm without epsilon.
 *
 * Both sides of a law go through the same kernels at different numbers, so they
 * differ by rounding: sums of at most some hundred terms, and 1 / sigma^2 of
 * norms, which is below 100 here. */
#include <math.h>

#include "prop/scenes.h"

enum {
    ALL = -1,     /* what is scaled: all parameters, */
    WEIGHTS = -2, /* or matrices alone, or those of an entry */
    NONE = GOLD_NO_DEGREE
};

static const double rounding = 2000.0 * REAL_EPS;

static const net norm_before = {
    "norm before",
    {4, 1, 1},
    1,
    "linear 5, layer_norm, relu, linear 4, layer_norm, tanh, "
    "linear 3"};

/* a bias of an input of degree 0 has degree 1 as weights do */
static const net norm_after = {
    "norm after",
    {4, 1, 1},
    1,
    "linear 9, relu, rms_norm, linear 4 bias, leaky_relu, "
    "layer_norm, linear 3 bias"};

static const net gains = {"gains and shifts",
                          {4, 1, 1},
                          2,
                          "linear 7 bias, layer_norm affine, relu, linear 4, "
                          "rms_norm affine, leaky_relu, linear 3"};

/* of degree 1 in the matrices alone */
static const net gains_beside = {"gains and shifts beside weights",
                                 {4, 1, 1},
                                 NONE,
                                 "linear 5, layer_norm affine, gelu, linear 4, "
                                 "rms_norm affine, tanh, linear 3"};

static const net images = {
    "group norms of images",
    {2, 4, 4},
    1,
    "conv2d 4, group_norm 2, silu, conv2d 4, max_pool2d, relu, "
    "layer_norm, global_avg_pool2d, linear 3"};

/* scaling the first matrix scales what comes through the branch too */
static const net residual_norm = {
    "residual before a norm",
    {4, 1, 1},
    NONE,
    "linear 4, linear 5, relu, linear 4, add of 0 3, "
    "layer_norm, relu, linear 3"};

static const net gate_norm = {"gate before a norm",
                              {4, 1, 1},
                              1,
                              "linear 4, leaky_relu, linear 4 of -1, "
                              "multiply of 1 2, layer_norm, relu, linear 3"};

static const net epsilon = {"norm with epsilon",
                            {4, 1, 1},
                            NONE,
                            "linear 5, layer_norm eps, relu, linear 3"};

/* ---- Scales and temperatures -------------------------------------------- */

/* Power of the scale that each parameter has, 1 or 0. */
static void find_powers(const scene *c, int what, double *power)
{
    for (size_t q = 1; q < c->s.graph.n_nodes; q++) {
        const gold_node *node = &c->s.graph.nodes[q];
        const size_t n_weights =
            node->is_drawn ? node->fan_in * node->fan_out : 0;

        for (size_t i = 0; i < node->n_parameters; i++) {
            power[node->first + i] =
                what == ALL || (what == WEIGHTS && i < n_weights) ||
                        (what >= 0 && node == node_of(c, what))
                    ? 1.0
                    : 0.0;
        }
    }
}

static void check_scaling(const scene *c, int what, double q)
{
    const double a = 1.7;
    const size_t n = c->n;
    double *power = numbers(n);
    real *point = NULL;

    find_powers(c, what, power);
    assert_int_equal(GOLD_ALLOC(n, &point), GOLD_OK);
    for (size_t i = 0; i < n; i++) {
        point[i] = (real)(pow(a, power[i]) * (double)c->theta[i]);
    }
    terms here = terms_at(c, c->theta, c->t.temperature * pow(a, -q));
    terms there = terms_at(c, point, c->t.temperature);

    for (size_t i = 0; i < n; i++) {
        there.gradient[i] *= pow(a, power[i]);
    }
    for (size_t i = 0; i < n * n; i++) {
        const double shrunk = pow(a, power[i / n] + power[i % n]);

        there.g[i] *= shrunk;
        there.s[i] *= shrunk;
    }
    if (!(largest(n, here.gradient) > 1e-3)) {
        fail_msg("%s: no gradient", c->name);
    }
    assert_near(c->name, 1, &there.loss, &here.loss, rounding);
    assert_near(c->name, n, there.gradient, here.gradient, rounding);
    assert_near(c->name, n * n, there.g, here.g, rounding);
    assert_near(c->name, n * n, there.s, here.s, rounding);
    terms_fini(&here);
    terms_fini(&there);
    gold_free(point);
    gold_free(power);
}

static void scales_by_degree(scene *c, dice *d)
{
    const int degree = gold_graph_last(&c->s.graph)->degree;

    (void)d;
    check_scaling(c, ALL, degree);
}

static void scales_by_one(scene *c, dice *d)
{
    (void)d;
    check_scaling(c, WEIGHTS, 1.0);
}

/* q = L without norms, 1 with them, 2 with gains and shifts; an add of equal
 * degrees keeps them. */
static void test_degrees(void **state)
{
    static const net *const nets[] = {
        &mlp,           &norm_before, &norm_after,      &gains,
        &gains_beside,  &images,      &branches,        &gate,
        &residual_norm, &residual,    &residual_images, &gate_norm,
        &epsilon,       NULL};

    (void)state;
    for (size_t i = 0; nets[i] != NULL; i++) {
        sketch s;

        build(nets[i], &s);
        assert_int_equal(gold_graph_last(&s.graph)->degree, nets[i]->degree);
        sketch_fini(&s);
        if (nets[i]->degree != NONE) {
            check_law(nets[i], scales_by_degree);
        }
    }
}

/* With gains and shifts left alone it is 1 again. */
static void test_weights_scaled(void **state)
{
    (void)state;
    check_law(&gains_beside, scales_by_one);
    check_law(&norm_before, scales_by_one);
}

/* ---- What feeds a norm --------------------------------------------------- */

/* Derivatives along e, which is w in a block and 0 elsewhere, where the scale
 * of w is nothing: <w, g> = 0, G e = 0, S e = -g in the block, 0 elsewhere. */
static void check_invariance(const scene *c, int entry)
{
    const gold_node *node = node_of(c, entry);
    const size_t n = c->n;
    terms at = terms_at(c, c->theta, c->t.temperature);
    double *expected = numbers(4 * n);
    double *zero = expected + n;
    double *gv = zero + n;
    double *sv = gv + n;
    real *e = NULL;
    double slope = 0.0;

    assert_int_equal(GOLD_ALLOC(3 * n, &e), GOLD_OK);
    for (size_t i = node->first; i < node->first + node->n_parameters; i++) {
        e[i] = c->theta[i];
        expected[i] = -at.gradient[i];
        slope += (double)e[i] * at.gradient[i];
    }
    const double size = largest(n, expected);

    assert_true(size > 1e-4);
    assert_number(c->name, slope, 0.0, rounding * size);
    multiply_terms(&c->t, c->theta, 1, e, e + n, e + 2 * n);
    for (size_t i = 0; i < n; i++) {
        gv[i] = (double)e[n + i];
        sv[i] = (double)e[2 * n + i];
    }
    assert_within(c->name, n, gv, zero, largest(n * n, at.g), rounding);
    assert_within(c->name, n, sv, expected, largest(n * n, at.s), rounding);
    for (size_t i = 0; i < n; i++) {
        gv[i] = 0.0;
        sv[i] = 0.0;
        for (size_t j = 0; j < n; j++) {
            gv[i] += at.g[i * n + j] * (double)e[j];
            sv[i] += at.s[i * n + j] * (double)e[j];
        }
    }
    assert_within(c->name, n, gv, zero, largest(n * n, at.g), rounding);
    assert_within(c->name, n, sv, expected, largest(n * n, at.s), rounding);
    gold_free(e);
    gold_free(expected);
    terms_fini(&at);
}

static int invariant; /* entry that the law is about */

static void feeds_norm(scene *c, dice *d)
{
    (void)d;
    check_invariance(c, invariant);
    check_scaling(c, invariant, 0.0);
}

static void test_invariance(void **state)
{
    static const struct {
        const net *like;
        int entry;
    } cases[] = {{&norm_before, 0},   {&norm_before, 3}, {&norm_after, 0},
                 {&norm_after, 3},    {&gains, 0},       {&gains, 3},
                 {&gains_beside, 3},  {&images, 0},      {&images, 3},
                 {&residual_norm, 0}, {&gate_norm, 0},   {&gate_norm, 2}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        invariant = cases[i].entry;
        check_law(cases[i].like, feeds_norm);
    }
}

/* With an epsilon none of it is so. */
static void has_slope(scene *c, dice *d)
{
    const gold_node *node = node_of(c, 0);
    terms at = terms_at(c, c->theta, c->t.temperature);
    double slope = 0.0;

    (void)d;
    for (size_t i = 0; i < node->n_parameters; i++) {
        slope += (double)c->theta[i] * at.gradient[i];
    }
    assert_true(fabs(slope) > 1e-4);
    terms_fini(&at);
}

static void test_epsilon(void **state)
{
    (void)state;
    check_law(&epsilon, has_slope);
}

/* ---- The scale of samples ------------------------------------------------ */

/* It is that of the outputs without biases, and nothing before a norm. */
static void test_inputs_scaled(void **state)
{
    static const struct {
        const net *like;
        double power;
    } cases[] = {{&mlp, 1.0},    {&residual, 1.0},    {&gate, 2.0},
                 {&images, 0.0}, {&norm_before, 0.0}, {&norm_after, 0.0}};
    dice d = {.seed = 4};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double z[2][N_OUTPUTS];
        scene c;

        scene_init(&c, cases[i].like, &gold_cross_entropy, &d);
        outputs_at(&c, 1.0, 1.0, z[0]);
        outputs_at(&c, 1.0, 2.5, z[1]);
        for (size_t k = 0; k < N_OUTPUTS; k++) {
            z[0][k] *= pow(2.5, cases[i].power);
        }
        assert_near(c.name, N_OUTPUTS, z[1], z[0], rounding);
        scene_fini(&c);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_degrees),
        cmocka_unit_test(test_weights_scaled),
        cmocka_unit_test(test_invariance),
        cmocka_unit_test(test_epsilon),
        cmocka_unit_test(test_inputs_scaled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
