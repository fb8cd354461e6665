/* SPDX-License-Identifier: MIT */
/* Statistics of logit gradients: what renaming leaves alone (D-8), how they
 * scale (D-1), what happens to them without memory, and at a network whose
 * gradients are known. */
#include <math.h>

#include "curv/logits.h"
#include "prop/problem.h"

static gold_logit_gradients look(const FN(problem) * problem, double alpha)
{
    const gold_model model = {&problem->network, problem->theta, alpha, 1.0};
    const gold_batch samples = {problem->plan.n, problem->inputs,
                                problem->labels, NULL};
    gold_logit_gradients found = {0};

    assert_int_equal(FN(logit_gradients)(&model, &samples, &found), GOLD_OK);
    return found;
}

static void compare(const gold_logit_gradients *found,
                    const gold_logit_gradients *expected, double scale,
                    double tolerance)
{
    assert_number("vC", found->mean_variance / expected->mean_variance, scale,
                  scale * tolerance);
    assert_number("vE", found->residual_variance / expected->residual_variance,
                  scale, scale * tolerance);
    assert_number("WCA", found->within_class, expected->within_class,
                  tolerance);
    assert_number("CCA", found->cross_class, expected->cross_class, tolerance);
    assert_number("zeros", found->zero_share, expected->zero_share, 0.0);
}

static void swap(size_t n, real *x, real *y)
{
    for (size_t i = 0; i < n; i++) {
        const real kept = x[i];

        x[i] = y[i];
        y[i] = kept;
    }
}

/* Turn the order of samples and of classes around. So many classes that their
 * sums do not fit at once: others share a sweep afterwards. */
static void test_renaming(void **state)
{
    problem_plan plan = small_plan(GOLD_RELU, false, 3);
    FN(problem) problem;

    (void)state;
    plan.d = 0;
    plan.settings.depth = 1;
    plan.settings.width = 400;
    plan.n_in = 4;
    plan.n_classes = 251;
    FN(problem_init)(&problem, &plan);
    const gold_layer *last = &problem.network.layers[1];
    const gold_logit_gradients before = look(&problem, 1.0);

    for (size_t i = 0, j = plan.n - 1; i < j; i++, j--) {
        const uint8_t label = problem.labels[i];

        problem.labels[i] = problem.labels[j];
        problem.labels[j] = label;
        swap(plan.n_in, problem.inputs + i * plan.n_in,
             problem.inputs + j * plan.n_in);
    }
    for (size_t i = 0; i < plan.n; i++) {
        problem.labels[i] = (uint8_t)(250 - problem.labels[i]);
    }
    for (size_t i = 0, j = 250; i < j; i++, j--) {
        swap(last->in, problem.theta + last->weights + i * last->in,
             problem.theta + last->weights + j * last->in);
    }
    const gold_logit_gradients after = look(&problem, 1.0);

    assert_number("vC", after.mean_variance / before.mean_variance, 1.0,
                  1e3 * REAL_EPS);
    assert_number("vE", after.residual_variance / before.residual_variance, 1.0,
                  1e3 * REAL_EPS);
    assert_number("CCA", after.cross_class, before.cross_class, 1e3 * REAL_EPS);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void check_no_scale(uint64_t seed)
{
    const problem_plan plan = small_plan(GOLD_TANH, false, seed);
    FN(problem) problem;

    FN(problem_init)(&problem, &plan);
    assert_true(fabs(look(&problem, 1.7).cross_class -
                     look(&problem, 1.0).cross_class) > 1e-3);
    FN(problem_fini)(&problem);
}

/* J(alpha theta) = alpha^(L-1) J(theta); not so for tanh. */
static void test_scale(void **state)
{
    (void)state;
    check_no_scale(1);
    for (uint64_t seed = 0; seed < 10; seed++) {
        const problem_plan plan = small_plan(
            seed % 2 == 0 ? GOLD_RELU : GOLD_LEAKY_RELU, false, seed);
        FN(problem) problem;

        FN(problem_init)(&problem, &plan);
        const gold_logit_gradients one = look(&problem, 1.0);
        const gold_logit_gradients two = look(&problem, 1.7);
        const double power = 2.0 * (double)(problem.network.n_layers - 1);

        compare(&two, &one, pow(1.7, power), 200.0 * REAL_EPS);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* One layer: J_ik is x_i at the weights of output k and 0 elsewhere, so that
 * all is known of inputs (1, 0), (0, 2) and (0, 0). */
static void test_one_layer(void **state)
{
    static const double inputs[6] = {1.0, 0.0, 0.0, 2.0, 0.0, 0.0};
    problem_plan plan = small_plan(GOLD_RELU, false, 1);
    FN(problem) problem;

    (void)state;
    plan.d = 0;
    plan.settings.depth = 0;
    plan.n_in = 2;
    plan.n_classes = 2;
    plan.n = 3;
    FN(problem_init)(&problem, &plan);
    for (size_t i = 0; i < 6; i++) {
        problem.inputs[i] = (real)inputs[i];
    }
    for (size_t i = 0; i < 3; i++) {
        problem.labels[i] = 1;
    }
    const gold_logit_gradients found = look(&problem, 1.0);
    /* c_k has entries 1/3 and 2/3 among 4; |J|^2 is 1, 4, 0 for each class */
    const double square = 2.0 * (1.0 + 4.0) / 9.0 / 8.0;
    const double mean = 2.0 * (1.0 / 3.0 + 2.0 / 3.0) / 8.0;

    assert_number("vC", found.mean_variance, square - mean * mean,
                  10.0 * REAL_EPS);
    assert_number("vE", found.residual_variance, 10.0 / 24.0 - square,
                  10.0 * REAL_EPS);
    assert_number("WCA", found.within_class, 0.0, 10.0 * REAL_EPS);
    assert_number("CCA", found.cross_class, 0.0, 10.0 * REAL_EPS);
    assert_number("zeros", found.zero_share, 1.0 / 3.0, 1e-15);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_no_memory(void **state)
{
    const problem_plan plan = small_plan(GOLD_TANH, true, 1);
    FN(problem) problem;
    gold_logit_gradients found = {0};
    gold_status status = GOLD_ERR_MEMORY;
    int64_t k = 0;

    (void)state;
    FN(problem_init)(&problem, &plan);
    const gold_model model = {&problem.network, problem.theta, 1.0, 1.0};
    const gold_batch samples = {plan.n, problem.inputs, problem.labels, NULL};
    const int64_t n_before = gold_live_blocks();

    while (status == GOLD_ERR_MEMORY && k < 100) {
        gold_refuse_after(++k);
        status = FN(logit_gradients)(&model, &samples, &found);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), n_before);
    }
    assert_int_equal(status, GOLD_OK);
    assert_true(k > 5);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renaming),
        cmocka_unit_test(test_scale),
        cmocka_unit_test(test_one_layer),
        cmocka_unit_test(test_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
