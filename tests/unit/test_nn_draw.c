/* SPDX-License-Identifier: MIT */
/* Drawn parameters have the mean, variance and bounds of their scheme. */
#include <math.h>
#include <string.h>

#include "linalg/product.h"
#include "nn/balance.h"
#include "nn/draw.h"
#include "prop/support.h"

enum {
    N_IN = 300,
    N_OUT = 200
};

/* Mean, variance and the fourth moment over the variance squared of n
 * numbers. */
static void moments(size_t n, const real *x, double found[3])
{
    double sum = 0.0;
    double squares = 0.0;
    double fourth = 0.0;

    for (size_t i = 0; i < n; i++) {
        const double v = (double)x[i];

        sum += v;
        squares += v * v;
        fourth += v * v * v * v;
    }
    found[0] = sum / (double)n;
    found[1] = squares / (double)n;
    found[2] = fourth / (double)n / (found[1] * found[1]);
}

/* Four standard errors: the chance that one of 100 numbers is off is 0.6 %,
 * and the draws are the same every time. */
static void check_numbers(size_t n, const real *x, double variance,
                          bool is_uniform)
{
    const double kurtosis = is_uniform ? 1.8 : 3.0;
    double found[3];

    moments(n, x, found);
    assert_number("mean", found[0], 0.0, 4.0 * sqrt(variance / (double)n));
    assert_number("variance", found[1] / variance, 1.0,
                  4.0 * sqrt((kurtosis - 1.0) / (double)n));
    /* variance of x^4 of a normal number is 96, of a uniform one less */
    assert_number("kurtosis", found[2], kurtosis, 4.0 * sqrt(96.0 / (double)n));
    for (size_t i = 0; is_uniform && i < n; i++) {
        assert_true(fabs((double)x[i]) <=
                    sqrt(3.0 * variance) * (1.0 + REAL_EPS));
    }
}

static void check_scheme(gold_init init, double variance, bool is_uniform)
{
    const gold_settings settings = {
        .seed = 3, .init = init, .bias = true, .bias_init = GOLD_BIAS_SAME};
    gold_network network;
    real *theta = NULL;

    assert_int_equal(
        gold_network_init(&network, &settings, gold_vector_shape(N_IN), N_OUT),
        GOLD_OK);
    assert_int_equal(GOLD_ALLOC(network.n_parameters, &theta), GOLD_OK);
    const double norm = FN(draw)(&network, &settings, theta);

    check_numbers((size_t)N_IN * N_OUT, theta, variance, is_uniform);
    check_numbers(N_OUT, theta + network.layers[0].biases, variance,
                  is_uniform);
    /* the same sum by another order: rounding only */
    assert_number("norm", norm / FN(norm)(network.n_parameters, theta), 1.0,
                  1e-15);
    gold_free(theta);
    gold_network_fini(&network);
}

static void test_schemes(void **state)
{
    (void)state;
    check_scheme(GOLD_XAVIER_NORMAL, 2.0 / (N_IN + N_OUT), false);
    check_scheme(GOLD_XAVIER_UNIFORM, 2.0 / (N_IN + N_OUT), true);
    check_scheme(GOLD_KAIMING_NORMAL, 2.0 / N_IN, false);
    check_scheme(GOLD_KAIMING_UNIFORM, 2.0 / N_IN, true);
    check_scheme(GOLD_LECUN_NORMAL, 1.0 / N_IN, false);
    check_scheme(GOLD_LECUN_UNIFORM, 1.0 / N_IN, true);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Expected: r = 23.189, sd 0.041 for 784-200-200-10. */
static void test_thin_shell(void **state)
{
    const gold_settings settings = {.depth = 2, .width = 200};
    gold_network network;
    real *theta = NULL;
    double norms[20];

    (void)state;
    assert_int_equal(
        gold_network_init(&network, &settings, gold_vector_shape(784), 10),
        GOLD_OK);
    assert_int_equal(GOLD_ALLOC(network.n_parameters, &theta), GOLD_OK);
    for (uint64_t seed = 0; seed < 20; seed++) {
        gold_settings of_seed = settings;

        of_seed.seed = seed;
        norms[seed] = FN(draw)(&network, &of_seed, theta);
    }
    /* 4 standard errors of the mean of 20, of their deviation (16 %) */
    assert_number("mean norm", mean_of(20, norms), 23.189, 4.0 * 0.041 / 4.47);
    assert_number("deviation", deviation_of(20, norms), 0.041, 0.64 * 0.041);
    gold_free(theta);
    gold_network_fini(&network);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Norms of the three weight layers of 784-200-200-10, drawn with seed 5. */
static void layer_norms(gold_settings settings, double norms[3])
{
    gold_network network;
    real *theta = NULL;

    settings.seed = 5;
    settings.depth = 2;
    settings.width = 200;
    assert_int_equal(
        gold_network_init(&network, &settings, gold_vector_shape(784), 10),
        GOLD_OK);
    assert_int_equal(GOLD_ALLOC(network.n_parameters, &theta), GOLD_OK);
    (void)FN(draw)(&network, &settings, theta);
    for (size_t l = 0; l < 3; l++) {
        const gold_layer *layer = &network.layers[l];

        norms[l] = FN(norm)(gold_layer_weights(layer), theta + layer->weights);
    }
    gold_free(theta);
    gold_network_fini(&network);
}

/* Each layer has a third of the squared reference norm, 23.189^2 of Xavier and
 * 28.636^2 of Kaiming, give or take 4 standard errors of N weights. */
static void test_equal_norm(void **state)
{
    static const double weights[] = {784 * 200, 200 * 200, 200 * 10};
    gold_settings settings = {.init = GOLD_EQUAL_NORM};
    double norms[3];

    (void)state;
    for (int kaiming = 0; kaiming < 2; kaiming++) {
        settings.reference =
            kaiming == 1 ? GOLD_REFERENCE_KAIMING : GOLD_REFERENCE_XAVIER;
        layer_norms(settings, norms);
        for (size_t l = 0; l < 3; l++) {
            const double share = (kaiming == 1 ? 28.636 : 23.189) / sqrt(3.0);

            assert_number("share", norms[l] / share, 1.0,
                          4.0 / sqrt(2.0 * weights[l]) + 1e-4);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* The same numbers as without gains, times these; the shares of equal norms
 * are gains of Xavier's. */
static void test_gains(void **state)
{
    const gold_settings plain = {.init = GOLD_XAVIER_NORMAL};
    const gold_settings one = {.gains = {1, {2.5}}};
    gold_settings many = {.gains = {3, {2.0, 0.3, 7.0}}};
    /* of Xavier: 2 in out / (in + out) */
    static const double shares[] = {2.0 * 784 * 200 / 984, 200.0,
                                    2.0 * 200 * 10 / 210};
    double norms[3];
    double found[3];

    (void)state;
    layer_norms(plain, norms);
    layer_norms(one, found);
    for (size_t l = 0; l < 3; l++) {
        assert_number("one", found[l] / norms[l], 2.5, 64.0 * REAL_EPS);
    }
    layer_norms(many, found);
    for (size_t l = 0; l < 3; l++) {
        assert_number("each", found[l] / norms[l], many.gains.of[l],
                      64.0 * REAL_EPS);
        many.gains.of[l] =
            sqrt((shares[0] + shares[1] + shares[2]) / 3.0 / shares[l]);
    }
    layer_norms(many, found);
    layer_norms((gold_settings){.init = GOLD_EQUAL_NORM}, norms);
    for (size_t l = 0; l < 3; l++) {
        assert_number("equal", found[l] / norms[l], 1.0, 64.0 * REAL_EPS);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* kappa of layers whose weights are all of one size has a closed form: no
 * digits are lost where one layer has nearly all, nor where squares leave the
 * range; without weights there is none. */
static void test_kappa(void **state)
{
    static const double sizes[][3] = {{1, 1, 1},        {1, 3, 0.2},
                                      {1, 1e6, 1e6},    {1e6, 1e-6, 1},
                                      {1e-30, 1e30, 1}, {1e-20, 1e-20, 1e-18}};
    const gold_settings settings = {.depth = 2, .width = 5};
    gold_network network;
    real theta[4 * 5 + 5 * 5 + 5 * 3];

    (void)state;
    assert_int_equal(
        gold_network_init(&network, &settings, gold_vector_shape(4), 3),
        GOLD_OK);
    assert_int_equal(network.n_parameters, sizeof theta / sizeof *theta);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double root[3];
        double least = HUGE_VAL;

        for (size_t k = 0; k < network.n_parameters; k++) {
            const size_t l = k < 20 ? 0 : k < 45 ? 1 : 2;

            theta[k] = (real)(k % 2 == 0 ? sizes[i][l] : -sizes[i][l]);
        }
        for (size_t l = 0; l < 3; l++) {
            root[l] = (double)(real)sizes[i][l];
            least = fmin(least, root[l]);
        }
        assert_number("least", FN(least_typical)(&network, theta) / least, 1.0,
                      1e-14);
        const double a = least / root[0] * (least / root[0]);
        const double b = least / root[1] * (least / root[1]);
        const double c = least / root[2] * (least / root[2]);

        assert_number("kappa",
                      FN(kappa)(&network, theta) /
                          (sqrt(2.0 * (a * b + b * c + a * c)) / (a + b + c)),
                      1.0, 1e-13);
    }
    memset(theta, 0, 20 * sizeof *theta);
    assert_true(isnan(FN(kappa)(&network, theta)));
    gold_network_fini(&network);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kappa),      cmocka_unit_test(test_schemes),
        cmocka_unit_test(test_equal_norm), cmocka_unit_test(test_gains),
        cmocka_unit_test(test_thin_shell),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
