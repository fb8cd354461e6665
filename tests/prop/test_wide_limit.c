/* SPDX-License-Identifier: MIT */
/* D-20: logits of a wide bias-free ReLU network: q_1 = s_1^2 |x|^2,
 * q_l = s_l^2 n_(l-1) q_(l-1) / 2, and the spread over classes is sqrt(q_L). */
#include <math.h>

#include "prop/problem.h"

enum {
    N_SEEDS = 12,
    N_IN = 20,
    WIDTH = 300,
    N_CLASSES = 100
};

static double mean_square_input(const FN(problem) * problem)
{
    const size_t count = problem->plan.n * N_IN;
    double sum = 0.0;

    for (size_t i = 0; i < count; i++) {
        sum += (double)problem->inputs[i] * (double)problem->inputs[i];
    }
    return sum / (double)problem->plan.n;
}

static void check(gold_init init, size_t depth)
{
    double ratios[N_SEEDS];

    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        problem_plan plan = small_plan(GOLD_RELU, false, seed);
        FN(problem) problem;
        measured found;

        plan.d = 0;
        plan.n = 30;
        plan.n_in = N_IN;
        plan.n_classes = N_CLASSES;
        plan.settings.width = WIDTH;
        plan.settings.depth = depth;
        plan.settings.init = init;
        FN(problem_init)(&problem, &plan);
        double q = 2.0 * mean_square_input(&problem);

        for (size_t l = 0; l <= depth; l++) {
            const gold_layer *layer = &problem.network.layers[l];

            q *=
                0.5 * gold_weight_variance(&problem.network, &plan.settings, l);
            q *= l > 0 ? (double)layer->in : 1.0;
        }
        FN(point_run)(&problem, 1.0, 1.0, &found);
        const double z = found.results->logit_spread;

        /* the spread is about the mean of the classes: one degree less */
        ratios[seed] = z * z / q * N_CLASSES / (N_CLASSES - 1.0);
        FN(measured_fini)(&found);
        FN(problem_fini)(&problem);
    }
    const double error = deviation_of(N_SEEDS, ratios) / sqrt(N_SEEDS);

    /* three standard errors, as the draws show them; these must themselves be
     * small enough to mean something: K gives sqrt(2/K) a seed, width less */
    assert_true(error < 0.1);
    assert_number("spread^2 over q", mean_of(N_SEEDS, ratios), 1.0,
                  3.0 * error);
}

static void test_wide_limit(void **state)
{
    (void)state;
    check(GOLD_XAVIER_NORMAL, 2);
    check(GOLD_KAIMING_UNIFORM, 2);
    check(GOLD_LECUN_NORMAL, 3);
    check(GOLD_XAVIER_UNIFORM, 0);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wide_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
