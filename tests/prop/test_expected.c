/* SPDX-License-Identifier: MIT */
/* D-7 for Gamma(P), D-9 and D-10: the model of independent normal logit
 * gradients, against draws from it. */
#include <math.h>

#include "curv/calibration.h"
#include "curv/expected.h"
#include "prop/support.h"

enum {
    K = 10,
    D = 50,
    N = 400, /* samples of a draw */
    N_DRAWS = 12
};

/* Gamma(P) of n samples with these logits (n, k). */
static double gamma_of(size_t n, size_t k, const double *logits)
{
    double p[K];
    gold_softmax softmax = {.p = p};
    gold_confusion confusion;

    assert_int_equal(gold_confusion_init(&confusion, k), GOLD_OK);
    for (size_t i = 0; i < n; i++) {
        gold_softmax_of(k, logits + i * k, 0, &softmax);
        gold_confusion_add(&confusion, k, &softmax, 0);
    }
    const double gamma = gold_confusion_gamma(&confusion, k);

    gold_confusion_fini(&confusion);
    return gamma;
}

/* Between 1 (two classes tie in one sample) and sqrt(K - 1) (all are equal),
 * also where all that is unsure is tiny; 0 where nothing is. */
static void test_gamma(void **state)
{
    static const double tie[K] = {5e3, 5e3};
    static const double sure[K] = {5e3};
    static const double nearly[K] = {400.0};
    static const double equal[K] = {0.0};
    dice d = {5, 0};

    (void)state;
    assert_number("tie", gamma_of(1, K, tie), 1.0, 1e-14);
    assert_number("equal", gamma_of(1, K, equal), 3.0, 1e-14);
    assert_number("sure", gamma_of(1, K, sure), 0.0, 0.0);
    /* the others' tiny p each has an entry p of 2 (K-1) p in all: trace
     * 2 (K-1) p, squares (K-1)^2 + 3 (K-1) times p^2 */
    assert_number("nearly sure", gamma_of(1, K, nearly),
                  18.0 / sqrt(81.0 + 27.0), 1e-12);
    for (size_t t = 0; t < 50; t++) {
        double logits[8 * K];
        const size_t n = 1 + t % 8;
        const double size = pow(10.0, 4.0 * dice_uniform(&d) - 2.0);

        for (size_t i = 0; i < n * K; i++) {
            logits[i] = size * dice_normal(&d);
        }
        const double gamma = gamma_of(n, K, logits);

        assert_true(gamma >= 1.0 - 1e-14 && gamma <= 3.0 + 1e-14);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Uniform predictions: G = mean of J' (I/K - 11'/K^2) J. */
static double drawn_curvature(dice *d, double v_c, double v_e)
{
    double *c = numbers(K * D);
    double *j = numbers(K * D);
    double *g = numbers(D * D);

    dice_fill(d, K * D, c);
    for (size_t s = 0; s < N; s++) {
        dice_fill(d, K * D, j);
        for (size_t i = 0; i < D; i++) {
            double mean = 0.0;

            for (size_t k = 0; k < K; k++) {
                j[k * D + i] =
                    sqrt(v_c) * c[k * D + i] + sqrt(v_e) * j[k * D + i];
                mean += j[k * D + i] / K;
            }
            for (size_t k = 0; k < K; k++) {
                j[k * D + i] -= mean;
            }
        }
        for (size_t i = 0; i < D; i++) {
            for (size_t m = 0; m < D; m++) {
                for (size_t k = 0; k < K; k++) {
                    g[i * D + m] += j[k * D + i] * j[k * D + m];
                }
            }
        }
    }
    const double found = curvature_of(D, g);

    gold_free(c);
    gold_free(j);
    gold_free(g);
    return found;
}

static void test_curvature(void **state)
{
    const gold_logit_gradients quarter = {.mean_variance = 4.0,
                                          .residual_variance = 1.0};
    double drawn[N_DRAWS];
    dice d = {9, 0};

    (void)state;
    /* reference values, measured with another program */
    assert_number("corrected",
                  gold_expected_g_curvature(&quarter, D, 3.0, false), 3.287,
                  5e-4);
    assert_number("published",
                  gold_expected_g_curvature(&quarter, D, 3.0, true), 3.573,
                  5e-4);
    for (size_t t = 0; t < N_DRAWS; t++) {
        drawn[t] = drawn_curvature(&d, 4.0, 1.0);
    }
    /* N samples in place of infinitely many: 1 % lower; four standard errors
     * of the mean */
    const double error = deviation_of(N_DRAWS, drawn) / sqrt(N_DRAWS);

    assert_true(error < 0.03);
    assert_number("Monte Carlo", mean_of(N_DRAWS, drawn), 3.287,
                  4.0 * error + 0.01 * 3.287);
    assert_true(mean_of(N_DRAWS, drawn) + 4.0 * error < 3.573);
}

static void test_limits(void **state)
{
    const gold_logit_gradients means = {.mean_variance = 0.3};
    const gold_logit_gradients noise = {.residual_variance = 0.3};
    const gold_logit_gradients none = {.mean_variance = 0.0};

    (void)state;
    for (int is_published = 0; is_published < 2; is_published++) {
        assert_number(
            "vE = 0",
            gold_expected_g_curvature(&means, 1e12, 2.5, is_published == 1),
            2.5, 1e-9);
        assert_number(
            "vC = 0",
            gold_expected_g_curvature(&noise, 49.0, 2.5, is_published == 1),
            7.0, 1e-14);
        assert_number(
            "gamma = 0",
            gold_expected_g_curvature(&noise, 49.0, 0.0, is_published == 1),
            0.0, 0.0);
        assert_number(
            "both 0",
            gold_expected_g_curvature(&none, 49.0, 2.0, is_published == 1), 0.0,
            0.0);
        assert_true(isnan(gold_expected_g_curvature(&means, 49.0, (double)NAN,
                                                    is_published == 1)));
    }
}

/* g = mean of J_i' r_i / T with drawn residuals, over many draws of J. */
static void test_gradient(void **state)
{
    enum {
        PARAMETERS = 300,
        SAMPLES = 40,
        CLASSES = 3
    };
    const gold_logit_gradients model = {.mean_variance = 0.5,
                                        .residual_variance = 2.0};
    gold_prediction_gap gap = {
        .n_parameters = PARAMETERS, .n_samples = SAMPLES, .temperature = 2.0};
    double residual[SAMPLES * CLASSES];
    double mean[CLASSES] = {0.0};
    double squares[60];
    dice d = {11, 0};

    (void)state;
    dice_fill(&d, SAMPLES * CLASSES, residual);
    for (size_t i = 0; i < SAMPLES * CLASSES; i++) {
        mean[i % CLASSES] += residual[i] / SAMPLES;
        gap.brier_score += residual[i] * residual[i] / SAMPLES;
    }
    for (size_t k = 0; k < CLASSES; k++) {
        gap.prior_mismatch += mean[k] * mean[k];
    }
    gap.prior_mismatch = sqrt(gap.prior_mismatch);
    for (size_t t = 0; t < 60; t++) {
        squares[t] = 0.0;
        for (size_t i = 0; i < PARAMETERS; i++) {
            double g = 0.0;

            for (size_t k = 0; k < CLASSES; k++) {
                g += sqrt(0.5) * dice_normal(&d) * mean[k];
                for (size_t s = 0; s < SAMPLES; s++) {
                    g += sqrt(2.0) * dice_normal(&d) *
                         residual[s * CLASSES + k] / SAMPLES;
                }
            }
            squares[t] += g * g / 4.0;
        }
    }
    const double expected = gold_expected_gradient_norm(&model, &gap);

    assert_number("E |g|^2", mean_of(60, squares), expected * expected,
                  4.0 * deviation_of(60, squares) / sqrt(60.0));
    gap.prior_mismatch = 0.0;
    assert_number("equal gradients, mean prediction = prior",
                  gold_expected_gradient_norm(
                      &(gold_logit_gradients){.mean_variance = 1.0}, &gap),
                  0.0, 0.0);
}

/* Sums by hand: confidences on a bin's edge belong to the lower one. */
static void test_calibration(void **state)
{
    gold_calibration calibration = {.n = 0.0};

    (void)state;
    assert_true(isnan(gold_calibration_error(&calibration)));
    gold_calibration_add(&calibration, 0.5, true);
    gold_calibration_add(&calibration, 0.45, false);
    gold_calibration_add(&calibration, 1.0, true);
    gold_calibration_add(&calibration, 0.95, false);
    /* |0.5 - 1 + 0.45| + |0 + 0.95|, over 4 */
    assert_number("error", gold_calibration_error(&calibration), 0.25, 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gamma),       cmocka_unit_test(test_curvature),
        cmocka_unit_test(test_limits),      cmocka_unit_test(test_gradient),
        cmocka_unit_test(test_calibration),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
