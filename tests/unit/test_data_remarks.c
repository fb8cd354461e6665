/* SPDX-License-Identifier: MIT */
/* Remarks on data that would make a poor study without being wrong. */
#include "test_data_support.h"

enum {
    N = 3
};

/* Vectors of two features, or images of two pixels. */
static gold_dataset data_of(const double *inputs, const uint8_t *labels,
                            size_t channels, size_t n_classes)
{
    return (gold_dataset){
        .precision = GOLD_FLOAT64,
        .n_features = 2,
        .channels = channels,
        .n_classes = n_classes,
        .train = {.n = N, .n_kept = N, .inputs = inputs, .labels = labels}};
}

static void test_nothing_to_say(void **state)
{
    const double inputs[] = {1, 2, 3, 4, 5, 6};
    const uint8_t labels[] = {0, 1, 2};
    const gold_dataset data = data_of(inputs, labels, 0, 3);
    char text[100] = "old";

    (void)state;
    gold_dataset_remarks(&data, text, sizeof text);
    assert_string_equal(text, "");
}

static void test_constant_inputs(void **state)
{
    const double equal[] = {7, 7, 7, 7, 7, 7};
    const double margin[] = {1, 0, 2, 0, 3, 0};
    const float narrow[] = {7, 7, 7, 7, 7, 7};
    const uint8_t labels[] = {0, 1, 2};
    gold_dataset data = data_of(equal, labels, 1, 3);
    char text[100];

    (void)state;
    gold_dataset_remarks(&data, text, sizeof text);
    assert_non_null(strstr(text, "all inputs"));
    assert_non_null(strstr(text, "(7)"));
    data = data_of(margin, labels, 0, 3);
    gold_dataset_remarks(&data, text, sizeof text);
    assert_string_equal(text, "feature 1 is 0 in all training samples\n");
    data = data_of(margin, labels, 1, 3);
    gold_dataset_remarks(&data, text, sizeof text);
    assert_string_equal(text, "");
    data.train.inputs = narrow;
    data.precision = GOLD_FLOAT32;
    gold_dataset_remarks(&data, text, sizeof text);
    assert_non_null(strstr(text, "all inputs"));
}

static void test_missing_classes(void **state)
{
    const double inputs[] = {1, 2, 3, 4, 5, 6};
    const uint8_t labels[] = {0, 3, 0};
    gold_dataset data = data_of(inputs, labels, 0, 5);
    char text[100];

    (void)state;
    gold_dataset_remarks(&data, text, sizeof text);
    assert_string_equal(text, "no training sample of class 1, 2, 4\n");
    data.n_classes = 20;
    gold_dataset_remarks(&data, text, sizeof text);
    assert_string_equal(text, "no training sample of class 1, 2, 4, 5, 6, 7, "
                              "8, 9, 10, 11 and 8 more\n");
}

static void test_short_buffers(void **state)
{
    const double inputs[] = {1, 0, 3, 0, 5, 0};
    const uint8_t labels[] = {0, 3, 0};
    const gold_dataset data = data_of(inputs, labels, 0, 256);

    (void)state;
    for (size_t n = 0; n < 80; n++) {
        char text[100];

        memset(text, '#', sizeof text);
        gold_dataset_remarks(&data, text, n);
        if (n > 0) {
            assert_int_equal(strlen(text), n - 1);
        }
        assert_int_equal(text[n], '#');
    }
}

/* Files of another set under the same names are known by their labels. */
static void test_known(void **state)
{
    uint8_t labels[20] = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5,
                          0, 9, 5, 5, 7, 9, 1, 0, 6, 4};
    gold_dataset data = data_of(NULL, labels, 1, 10);

    (void)state;
    assert_null(gold_dataset_known(&data));
    data.train.n_kept = 20;
    assert_string_equal(gold_dataset_known(&data), "fashion-mnist");
    data.subset = GOLD_SUBSET_RANDOM;
    assert_null(gold_dataset_known(&data));
    data.subset = GOLD_SUBSET_FIRST;
    labels[19] = 5;
    assert_null(gold_dataset_known(&data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_to_say),
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_constant_inputs),
        cmocka_unit_test(test_missing_classes),
        cmocka_unit_test(test_short_buffers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
