/* SPDX-License-Identifier: MIT */
/* Lines computed without what relu switches off, by each kernel, against those
 * of whole matrix products: any depth and width, directions, points and
 * classes, with and without biases; and where masks are none, all, or units are
 * exactly 0. And bits that depend on the line alone. */
#include <math.h>
#include <string.h>

#include "curv/block.h"
#include "linalg/kernel.h"
#include "prop/problem.h"

/* Both sum the same numbers in other orders: of the size of the largest one. In
 * float residuals and logits differ in their last digits first, which softmax
 * multiplies by its slope, of at most this scale. */
static const double tolerance = 60.0 * REAL_EPS;

static const double alphas[] = {0.5, 0.8, 1.1, 1.4};

enum {
    MOST_POINTS = 12
};

static void force(gold_kernel kernel)
{
    assert_int_equal(gold_kernel_force(gold_kernel_name(kernel)), GOLD_OK);
}

static bool is_here(gold_kernel kernel)
{
    return gold_kernel_force(gold_kernel_name(kernel)) == GOLD_OK;
}

static void compare(const measured *found, const measured *expected)
{
    const size_t size = found->d * found->d;

    for (size_t p = 0; p < found->n_points; p++) {
        const gold_line_result *a = &found->results[p];
        const gold_line_result *b = &expected->results[p];

        assert_near("G", size, g_of(found, p), g_of(expected, p), tolerance);
        /* S may be 0, its terms are of the gradient's size */
        assert_within("S", size, s_of(found, p), s_of(expected, p),
                      largest(size, s_of(expected, p)) + b->gradient_norm,
                      tolerance);
        assert_near("gradient", 1, &a->gradient_norm, &b->gradient_norm,
                    tolerance);
        assert_within("radial", 1, &a->radial_derivative, &b->radial_derivative,
                      b->gradient_norm, tolerance);
        assert_near("loss", 1, &a->loss, &b->loss, tolerance);
    }
}

/* The line by every kernel, against the BLAS; `has_fewer`: flops must be fewer
 * than those of whole products. */
static void check(const FN(problem) * problem, size_t n_points, bool has_fewer)
{
    gold_line_point points[MOST_POINTS];
    measured whole;
    measured found;

    for (size_t p = 0; p < n_points; p++) {
        const size_t n = sizeof alphas / sizeof *alphas;

        points[p] = (gold_line_point){alphas[p / 3 % n], 1.0 + 0.1 * (double)p};
    }
    const FN(line) line = FN(problem_line)(problem, n_points, points);

    force(GOLD_KERNEL_BLAS);
    FN(line_run)(&line, &whole);
    for (gold_kernel kernel = GOLD_KERNEL_PLAIN; kernel < GOLD_N_KERNELS;
         kernel++) {
        if (is_here(kernel)) {
            FN(line_run)(&line, &found);
            compare(&found, &whole);
            assert_true(!has_fewer || found.flops < whole.flops);
            FN(measured_fini)(&found);
        }
    }
    FN(measured_fini)(&whole);
}

static problem_plan draw_plan(dice *d)
{
    problem_plan plan =
        small_plan(GOLD_RELU, dice_below(d, 2) == 1, 1 + dice_below(d, 1000));

    plan.settings.depth = 1 + dice_below(d, 4);
    plan.settings.width = 1 + dice_below(d, 40);
    plan.n_in = 1 + dice_below(d, 50);
    plan.n_classes = 2 + dice_below(d, 14);
    plan.n = 1 + dice_below(d, 90);
    plan.d = 1 + dice_below(d, 3 * plan.n_classes);
    if (plan.d > plan.settings.width) {
        plan.d = plan.settings.width;
    }
    return plan;
}

static void test_any(void **state)
{
    dice d = {23, 0};

    (void)state;
    for (int draws = 0; draws < 40; draws++) {
        const problem_plan plan = draw_plan(&d);
        FN(problem) problem;

        FN(problem_init)(&problem, &plan);
        check(&problem, 1 + dice_below(&d, MOST_POINTS), false);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Weights of the first layer. */
static gold_layer first_layer(const FN(problem) * problem)
{
    return problem->network.layers[0];
}

/* A unit that is dead, one always on, one at 0 and one at -0 for all samples,
 * which are all positive. */
static void set_units(FN(problem) * problem)
{
    const gold_layer layer = first_layer(problem);
    const size_t n = problem->plan.n * problem->plan.n_in;

    for (size_t i = 0; i < n; i++) {
        problem->inputs[i] = problem->inputs[i] < R(0.0) ? -problem->inputs[i]
                                                         : problem->inputs[i];
    }
    for (size_t j = 0; j < layer.in; j++) {
        real *w = problem->theta + layer.weights + j;

        w[0] = R(-0.3);
        w[layer.in] = R(0.3);
        w[2 * layer.in] = R(0.0);
        w[3 * layer.in] = -R(0.0);
    }
}

/* Every weight of the first layer negative: all of its units are off. */
static void switch_off(FN(problem) * problem)
{
    const gold_layer layer = first_layer(problem);

    set_units(problem);
    for (size_t i = 0; i < layer.in * layer.out; i++) {
        problem->theta[layer.weights + i] = R(-0.25);
    }
}

static void switch_on(FN(problem) * problem)
{
    const gold_layer layer = first_layer(problem);

    set_units(problem);
    for (size_t i = 0; i < layer.in * layer.out; i++) {
        problem->theta[layer.weights + i] = (real)(0.01 * (double)(1 + i % 7));
    }
}

/* One sample of zeros: every unit of it is at 0, and off. */
static void set_zeros(FN(problem) * problem)
{
    for (size_t j = 0; j < problem->plan.n_in; j++) {
        problem->inputs[j] = j % 2 == 0 ? R(0.0) : -R(0.0);
    }
}

static void test_edges(void **state)
{
    static void (*const edges[])(FN(problem) * problem) = {
        set_units, switch_off, switch_on, set_zeros};

    (void)state;
    for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
        for (size_t n_points = 1; n_points <= MOST_POINTS; n_points += 11) {
            const problem_plan plan = small_plan(GOLD_RELU, false, 40 + e);
            FN(problem) problem;

            FN(problem_init)(&problem, &plan);
            edges[e](&problem);
            check(&problem, n_points, false);
            FN(problem_fini)(&problem);
        }
    }
}

/* Of a wide layer half of all units are off, and what they would cost is
 * saved. */
static void test_flops(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 3);
    FN(problem) problem;

    (void)state;
    plan.settings.width = 60;
    plan.n_in = 40;
    FN(problem_init)(&problem, &plan);
    check(&problem, MOST_POINTS, true);
    FN(problem_fini)(&problem);
}

/* Twice the same bits, whatever was in memory. */
static void test_bits(void **state)
{
    const gold_line_point points[] = {{0.7, 1.0}, {1.3, 0.9}};
    problem_plan plan = small_plan(GOLD_RELU, true, 5);
    FN(problem) problem;
    measured found[2];

    (void)state;
    plan.n = 700;
    plan.settings.width = 50;
    FN(problem_init)(&problem, &plan);
    const FN(line) line = FN(problem_line)(&problem, 2, points);

    for (gold_kernel kernel = GOLD_KERNEL_PLAIN; kernel < GOLD_N_KERNELS;
         kernel++) {
        if (!is_here(kernel)) {
            continue;
        }
        for (size_t i = 0; i < 2; i++) {
            FN(line_run)(&line, &found[i]);
        }
        assert_memory_equal(found[0].matrices, found[1].matrices,
                            2 * 3 * plan.d * plan.d * sizeof(double));
        FN(measured_fini)(&found[0]);
        FN(measured_fini)(&found[1]);
    }
    FN(problem_fini)(&problem);
}

/* A layer so wide that 32 bits do not count what a block has of it goes by
 * whole products. */
static void test_too_wide(void **state)
{
    const size_t widths[] = {1000, 1000000};
    const FN(directions) directions = {0};
    const FN(line) line = {.directions = &directions};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        problem_plan plan = small_plan(GOLD_RELU, false, 1);
        gold_network network;

        plan.settings.depth = 1;
        plan.settings.width = widths[i];
        assert_int_equal(gold_network_init(&network, &plan.settings,
                                           gold_vector_shape(plan.n_in),
                                           plan.n_classes),
                         GOLD_OK);
        const FN(work) work = {.line = &line,
                               .network = &network,
                               .kernel = {.kernel = GOLD_KERNEL_PLAIN},
                               .d = 200,
                               .most = 1};

        assert_int_equal(isfinite(FN(way_masked).cost(&work)), i == 0);
        gold_network_fini(&network);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any),      cmocka_unit_test(test_edges),
        cmocka_unit_test(test_flops),    cmocka_unit_test(test_bits),
        cmocka_unit_test(test_too_wide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
