/* SPDX-License-Identifier: MIT */
/* A layer's numbers depend on the seed and the layer alone: not on widths,
 * depths, biases or what else a grid holds. */
#include <math.h>
#include <string.h>

#include "nn/draw.h"
#include "prop/support.h"

typedef struct drawn {
    gold_network network;
    real *theta;
} drawn;

static drawn draw_of(uint64_t seed, size_t depth, size_t width, bool bias,
                     gold_bias_init bias_init)
{
    const gold_settings settings = {.seed = seed,
                                    .depth = depth,
                                    .width = width,
                                    .init = GOLD_LECUN_NORMAL,
                                    .bias = bias,
                                    .bias_init = bias_init};
    drawn made = {0};

    assert_int_equal(
        gold_network_init(&made.network, &settings, gold_vector_shape(6), 3),
        GOLD_OK);
    assert_int_equal(GOLD_ALLOC(made.network.n_parameters, &made.theta),
                     GOLD_OK);
    (void)FN(draw)(&made.network, &settings, made.theta);
    return made;
}

static void drop(drawn *made)
{
    gold_free(made->theta);
    gold_network_fini(&made->network);
}

/* Weights of layer l are bit for bit the same in both, as far as the smaller
 * one goes (lecun: the variance depends on the inputs only). */
static void assert_same_layer(const drawn *a, const drawn *b, size_t l)
{
    const gold_layer *x = &a->network.layers[l];
    const gold_layer *y = &b->network.layers[l];
    const size_t n = x->out < y->out ? x->in * x->out : y->in * y->out;

    assert_int_equal(x->in, y->in);
    assert_memory_equal(a->theta + x->weights, b->theta + y->weights,
                        n * sizeof(real));
}

static void test_streams(void **state)
{
    drawn plain = draw_of(9, 2, 10, false, GOLD_BIAS_ZERO);
    drawn again = draw_of(9, 2, 10, false, GOLD_BIAS_ZERO);
    drawn deep = draw_of(9, 4, 10, true, GOLD_BIAS_SAME);
    drawn wide = draw_of(9, 2, 50, true, GOLD_BIAS_ZERO);
    drawn other = draw_of(10, 2, 10, false, GOLD_BIAS_ZERO);

    (void)state;
    assert_memory_equal(plain.theta, again.theta,
                        plain.network.n_parameters * sizeof(real));
    for (size_t l = 0; l < 2; l++) {
        assert_same_layer(&plain, &deep, l);
    }
    assert_same_layer(&plain, &wide, 0);
    assert_memory_not_equal(plain.theta, other.theta, 4 * sizeof(real));
    assert_memory_not_equal(plain.theta,
                            plain.theta + plain.network.layers[1].weights,
                            4 * sizeof(real));
    for (size_t o = 0; o < 50; o++) {
        assert_number("zero bias",
                      (double)wide.theta[wide.network.layers[0].biases + o],
                      0.0, 0.0);
    }
    assert_memory_not_equal(deep.theta + deep.network.layers[0].biases,
                            deep.theta, 4 * sizeof(real));
    drop(&plain);
    drop(&again);
    drop(&deep);
    drop(&wide);
    drop(&other);
    assert_int_equal(gold_live_blocks(), 0);
}

/* The same layer under another scheme is the same numbers times a factor. */
static void test_schemes_share_numbers(void **state)
{
    gold_settings settings = {.seed = 1, .init = GOLD_LECUN_NORMAL};
    gold_network network;
    real lecun[600];
    real kaiming[600];

    (void)state;
    assert_int_equal(
        gold_network_init(&network, &settings, gold_vector_shape(100), 6),
        GOLD_OK);
    (void)FN(draw)(&network, &settings, lecun);
    settings.init = GOLD_KAIMING_NORMAL;
    (void)FN(draw)(&network, &settings, kaiming);
    for (size_t i = 0; i < 600; i++) {
        /* each is rounded once */
        assert_number("ratio", (double)kaiming[i] / (double)lecun[i], sqrt(2.0),
                      2.0 * REAL_EPS);
    }
    gold_network_fini(&network);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_schemes_share_numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
