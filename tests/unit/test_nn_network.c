/* SPDX-License-Identifier: MIT */
/* Networks as data: layout, counts, reference norms, JSON, refusals. */
#include <math.h>
#include <string.h>

#include "nn/network.h"
#include "prop/support.h"

static gold_network network_of(const gold_settings *settings, size_t n_in,
                               size_t n_out)
{
    gold_network network;

    assert_int_equal(
        gold_network_init(&network, settings, gold_vector_shape(n_in), n_out),
        GOLD_OK);
    return network;
}

/* Parameters without biases, norms by lecun, xavier, kaiming;
 * printed with three decimals. */
static void test_published_norms(void **state)
{
    static const struct {
        gold_settings settings;
        size_t n_in, n_out, n_parameters;
        double lecun, xavier, kaiming;
    } rows[] = {
        {{.depth = 2, .width = 200}, 784, 10, 198800, 20.248, 23.189, 28.636},
        {{.kind = GOLD_NETWORK_LENET_300_100},
         784,
         10,
         266200,
         20.248,
         24.538,
         28.636},
        {{.depth = 2, .width = 200}, 3072, 10, 656400, 20.248, 24.384, 28.636},
        {{.depth = 2, .width = 32}, 2, 3, 1184, 8.185, 6.423, 11.576},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gold_network n =
            network_of(&rows[i].settings, rows[i].n_in, rows[i].n_out);

        assert_int_equal(n.n_parameters, rows[i].n_parameters);
        assert_number("lecun", gold_reference_norm(&n, GOLD_REFERENCE_LECUN),
                      rows[i].lecun, 0.00051);
        assert_number("xavier", gold_reference_norm(&n, GOLD_REFERENCE_XAVIER),
                      rows[i].xavier, 0.00051);
        assert_number("kaiming",
                      gold_reference_norm(&n, GOLD_REFERENCE_KAIMING),
                      rows[i].kaiming, 0.00051);
        gold_network_fini(&n);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_layout(void **state)
{
    const gold_settings settings = {
        .depth = 2, .width = 4, .bias = true, .activation = GOLD_TANH};
    gold_network n = network_of(&settings, 3, 2);

    (void)state;
    assert_int_equal(n.n_layers, 3);
    assert_int_equal(n.layers[0].weights, 0);
    assert_int_equal(n.layers[0].biases, 12);
    assert_int_equal(n.layers[1].weights, 16);
    assert_int_equal(n.layers[1].biases, 32);
    assert_int_equal(n.layers[2].weights, 36);
    assert_int_equal(n.layers[2].biases, 44);
    assert_int_equal(n.n_parameters, 46);
    assert_true(n.layers[1].has_activation && !n.layers[2].has_activation);
    gold_network_fini(&n);
    gold_network_fini(&n);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_kinds(void **state)
{
    (void)state;
    for (int phi = GOLD_RELU; phi <= GOLD_IDENTITY; phi++) {
        for (int bias = 0; bias < 2; bias++) {
            const gold_settings settings = {.activation = (gold_activation)phi,
                                            .bias = bias == 1};
            gold_network n = network_of(&settings, 7, 5);

            /* depth 0: one layer, no hidden units, linear in all parameters */
            assert_int_equal(n.n_layers, 1);
            assert_int_equal(n.n_parameters, bias == 1 ? 40 : 35);
            assert_true(n.is_homogeneous && n.degree == 1);
            gold_network_fini(&n);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* Deviations of init width-power 1: the width of each layer to minus 1, be it
 * said by width, widths, the kind or a list. */
static void test_widths(void **state)
{
    static const struct {
        gold_settings settings;
        size_t n_layers;
        double widths[4];
    } rows[] = {
        {{.depth = 2, .width = 40}, 3, {40, 40, 40}},
        {{.width = 40}, 1, {7}},
        {{.n_widths = 2, .widths = {400, 30}, .width = 100}, 3, {400, 30, 30}},
        {{.kind = GOLD_NETWORK_LENET_300_100, .width = 9}, 3, {300, 100, 100}},
        {{.depth = 1, .width = 6, .residual = true, .norm = GOLD_NORM_LAYER},
         4,
         {6, 6, 6, 6}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        gold_settings settings = rows[i].settings;
        size_t n = 0;

        settings.init = GOLD_WIDTH_POWER;
        settings.init_power = 1.0;
        gold_network network = network_of(&settings, 7, 5);

        for (size_t l = 0; l < network.n_layers; l++) {
            if (network.layers[l].is_drawn) {
                assert_number(
                    "width",
                    1.0 / sqrt(gold_weight_variance(&network, &settings, l)),
                    rows[i].widths[n++], 1e-9);
            }
        }
        assert_int_equal(n, rows[i].n_layers);
        gold_network_fini(&network);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void check_json(const gold_settings *settings, size_t n_in, size_t n_out,
                       const char *expected)
{
    gold_network n = network_of(settings, n_in, n_out);
    char *json = NULL;

    assert_int_equal(gold_graph_json(&n.graph, &json), GOLD_OK);
    assert_string_equal(json, expected);
    gold_free(json);
    gold_refuse_after(1);
    assert_int_equal(gold_graph_json(&n.graph, &json), GOLD_ERR_MEMORY);
    gold_refuse_after(0);
    gold_network_fini(&n);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_json(void **state)
{
    const gold_settings none = {.activation = GOLD_RELU};
    const gold_settings leaky = {
        .activation = GOLD_LEAKY_RELU, .depth = 1, .width = 3, .bias = true};

    (void)state;
    check_json(&none, 2, 4,
               "[{\"type\": \"linear\", \"in\": 2, \"out\": 4, "
               "\"bias\": false}]");
    check_json(&leaky, 2, 4,
               "[{\"type\": \"linear\", \"in\": 2, \"out\": 3, "
               "\"bias\": true}, {\"type\": \"leaky_relu\"}, {\"type\": "
               "\"linear\", \"in\": 3, \"out\": 4, \"bias\": true}]");
}

static void test_refusals(void **state)
{
    const gold_shape one = {1, 1, 1};
    gold_settings settings = {.depth = 1001, .width = 1};
    gold_network n;

    (void)state;
    assert_int_equal(gold_network_init(&n, &settings, one, 1), GOLD_ERR_CONFIG);
    assert_non_null(strstr(gold_fail_message(), "its times must be 0 to 1000"));
    gold_network_fini(&n);
    settings.depth--;
    gold_refuse_after(1);
    assert_int_equal(gold_network_init(&n, &settings, one, 1), GOLD_ERR_MEMORY);
    gold_network_fini(&n);
    gold_refuse_after(0);
    assert_int_equal(gold_network_init(&n, &settings, one, 1), GOLD_OK);
    gold_network_fini(&n);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_norms), cmocka_unit_test(test_layout),
        cmocka_unit_test(test_kinds),           cmocka_unit_test(test_json),
        cmocka_unit_test(test_refusals),        cmocka_unit_test(test_widths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
