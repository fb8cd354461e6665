/* SPDX-License-Identifier: MIT */
/* Layers with their shapes, and what is said where they do not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "goldilocks/graph.h"

enum {
    MOST = 16
};

static const gold_shape cifar = {3, 32, 32};

typedef struct row {
    size_t n;
    gold_layer layers[MOST];
} row;

static void keep(void *context, const gold_layer *layer)
{
    row *made = context;

    assert_true(made->n < MOST);
    made->layers[made->n++] = *layer;
}

static void list(const gold_settings *settings, gold_shape input, row *made)
{
    *made = (row){0};
    assert_int_equal(
        gold_architecture_visit(settings, input, 10, keep, made, NULL),
        GOLD_OK);
}

static void assert_shape(gold_shape shape, size_t channels, size_t side)
{
    assert_int_equal(shape.channels, channels);
    assert_int_equal(shape.height, side);
    assert_int_equal(shape.width, side);
}

/* LeNet-5 on CIFAR-10 without biases has 61,770 parameters (Vysogorets et al.
 * 2024), in layers of 450, 2400, 48000, 10080 and 840. */
static void test_lenet5(void **state)
{
    static const size_t counts[] = {450, 2400, 48000, 10080, 840};
    const gold_settings settings = {.kind = GOLD_NETWORK_LENET5};
    row made;

    (void)state;
    list(&settings, cifar, &made);
    assert_int_equal(made.n, 5);
    for (size_t l = 0; l < made.n; l++) {
        assert_int_equal(gold_layer_weights(&made.layers[l]), counts[l]);
        assert_int_equal(made.layers[l].has_activation, l < 4);
    }
    assert_int_equal(made.layers[4].biases, 61770);
    assert_shape(made.layers[0].output, 6, 28);
    assert_shape(made.layers[0].pooled, 6, 14);
    assert_shape(made.layers[1].output, 16, 10);
    assert_shape(made.layers[1].pooled, 16, 5);
    assert_int_equal(gold_layer_products(&made.layers[0]), 450 * 28 * 28);
    assert_int_equal(gold_layer_products(&made.layers[2]), 48000);
    list(&settings, (gold_shape){1, 28, 28}, &made);
    assert_int_equal(made.layers[0].in, 25);
    assert_int_equal(made.layers[2].in, 16 * 4 * 4);
}

/* Stride 2 with padding 1 halves a side; 7 pooled by 2 leaves 3. */
static void test_stages(void **state)
{
    gold_settings settings = {.kind = GOLD_NETWORK_CNN,
                              .depth = 2,
                              .width = 8,
                              .kernel = 3,
                              .stride = 2,
                              .padding = 1,
                              .pooling = GOLD_POOL_MAX,
                              .pool = 2,
                              .growth = 3,
                              .n_head = 1,
                              .head = {20},
                              .bias = true};
    row made;

    (void)state;
    list(&settings, (gold_shape){2, 27, 28}, &made);
    assert_int_equal(made.n, 4);
    assert_int_equal(made.layers[0].output.height, 14);
    assert_int_equal(made.layers[0].output.width, 14);
    assert_shape(made.layers[0].pooled, 8, 7);
    assert_shape(made.layers[1].output, 24, 4);
    assert_shape(made.layers[1].pooled, 24, 2);
    assert_int_equal(made.layers[1].in, 8 * 9);
    assert_int_equal(made.layers[1].weights, 8 * 18 + 8);
    assert_int_equal(made.layers[2].in, 24 * 4);
    assert_int_equal(made.layers[2].out, 20);
    settings.n_channels = 3;
    settings.channels[0] = 4;
    settings.channels[1] = 5;
    settings.channels[2] = 6;
    settings.pooling = GOLD_POOL_NONE;
    list(&settings, cifar, &made);
    assert_int_equal(made.n, 5);
    assert_shape(made.layers[2].pooled, 6, 4);
    assert_false(gold_layer_has_pooling(&made.layers[2]));
}

/* What visit says of settings that do not fit. */
static void assert_refused(const gold_settings *settings, const char *fault,
                           const char *words)
{
    row made = {0};
    gold_graph_fault found = {0};

    assert_int_equal(
        gold_architecture_visit(settings, cifar, 10, keep, &made, &found),
        GOLD_ERR_CONFIG);
    assert_string_equal(gold_fault_key(settings, &found), fault);
    if (strstr(gold_fail_message(), words) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", gold_fail_message(), words);
    }
}

static void test_refusals(void **state)
{
    const gold_settings good = {.kind = GOLD_NETWORK_CNN,
                                .depth = 2,
                                .width = 8,
                                .kernel = 5,
                                .stride = 1,
                                .pool = 2,
                                .growth = 2};
    gold_settings bad = good;
    row made;

    (void)state;
    list(&good, cifar, &made);
    bad.depth = 3;
    assert_refused(&bad, "pool",
                   "cnn, avg_pool2d {kernel: 2} on 32 units: its "
                   "window leaves nothing");
    bad.pool = 3;
    assert_refused(&bad, "kernel",
                   "cnn, conv2d {out: 32, kernel: 5, stride: 1, "
                   "padding: 0} on 16 units: its kernel does not fit");
    bad = good;
    bad.kernel = 33;
    assert_refused(&bad, "kernel", "on 3 x 32 x 32: its kernel");
    bad.kernel = 0;
    assert_refused(&bad, "kernel", "its kernel must be 1 to 1000");
    bad = good;
    bad.stride = 0;
    assert_refused(&bad, "stride", "its stride must be 1 to 1000");
    bad = good;
    bad.padding = 5;
    assert_refused(&bad, "padding", "its padding must be less");
    bad = good;
    bad.pool = 0;
    assert_refused(&bad, "pool", "its kernel must be 1 to");
    bad.pool = 29;
    assert_refused(&bad, "pool", "on 8 x 28 x 28: its window leaves nothing");
    bad = good;
    bad.width = 0;
    assert_refused(&bad, "width", "its out must be 1 to 1000000");
    bad.width = UINT64_MAX;
    assert_refused(&bad, "width", "its out must be 1 to");
    bad = good;
    bad.n_channels = 1;
    assert_refused(&bad, "channels", "its out must be 1");
    bad = good;
    bad.n_head = 2;
    bad.head[0] = 5;
    assert_refused(&bad, "head", "cnn, linear {out: 0}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lenet5),
        cmocka_unit_test(test_stages),
        cmocka_unit_test(test_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
