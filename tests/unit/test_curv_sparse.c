/* SPDX-License-Identifier: MIT */
/* Sparse directions: density 1/sqrt(D), signs as often plus as minus, unit
 * length, nested; for any D. */
#include <math.h>
#include <string.h>

#include "prop/problem.h"

static FN(directions) draw(gold_network *network, size_t n_in, size_t n_out,
                           bool bias, size_t n, uint64_t seed)
{
    const gold_settings settings = {.direction_seed = seed,
                                    .bias = bias,
                                    .depth = 1,
                                    .width = n_out,
                                    .directions = GOLD_SPARSE_SIGN};
    FN(directions) made = {0};

    assert_int_equal(
        gold_network_init(network, &settings, gold_vector_shape(n_in), n_out),
        GOLD_OK);
    assert_int_equal(FN(directions_init)(&made, network, &settings, n, NULL),
                     GOLD_OK);
    assert_true(made.is_sparse);
    return made;
}

/* 40100 parameters with biases, 50 directions: about 200 entries each. */
static void test_density(void **state)
{
    enum {
        D = 50
    };
    gold_network network;
    FN(directions) drawn = draw(&network, 198, 100, true, D, 5);
    const double m = (double)network.n_parameters;
    const double expected = D * sqrt(m);
    double plus = 0.0;

    (void)state;
    for (size_t l = 0; l < 2; l++) {
        const FN(direction_layer) *part = &drawn.layers[l];
        const gold_layer *layer = &network.layers[l];
        const double share = (double)(layer->in * layer->out + layer->out) / m;
        const double count = (double)part->start[D];

        /* binomial counts: 4 standard deviations */
        assert_number("entries of a layer", count, share * expected,
                      4.0 * sqrt(share * expected));
        for (size_t e = 0; e < part->start[D]; e++) {
            assert_true(part->entries[e].at < (layer->in + 1) * layer->out);
            plus += part->entries[e].value > R(0.0) ? 1.0 : 0.0;
        }
    }
    const double n = (double)drawn.n_entries;

    assert_number("entries", n, expected, 4.0 * sqrt(expected));
    assert_number("plus signs", plus, n / 2.0, 2.0 * sqrt(n));
    FN(directions_fini)(&drawn);
    gold_network_fini(&network);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Entries of a direction are of one size, its length is 1, and `small` is the
 * beginning of `large`. */
static void check_pair(const gold_network *network,
                       const FN(directions) * large,
                       const FN(directions) * small)
{
    double *row = numbers(2 * network->n_parameters);
    double *same = row + network->n_parameters;

    for (size_t i = 0; i < large->n; i++) {
        double squares = 0.0;
        double size = 0.0;

        FN(direction_unpack)(large, network, i, row);
        for (size_t k = 0; k < network->n_parameters; k++) {
            squares += row[k] * row[k];
            size = fmax(size, fabs(row[k]));
        }
        /* one rounding to real, squared; some 50 double additions */
        assert_number("length", squares, 1.0,
                      2.0 * REAL_EPS + 50.0 * DBL_EPSILON);
        for (size_t k = 0; k < network->n_parameters; k++) {
            assert_true(!(fabs(row[k]) > 0.0) || !(fabs(row[k]) < size));
        }
        if (i < small->n) {
            FN(direction_unpack)(small, network, i, same);
            assert_memory_equal(row, same, network->n_parameters * sizeof *row);
        }
    }
    gold_free(row);
}

static void test_all_sizes(void **state)
{
    static const size_t sizes[][2] = {{1, 1}, {1, 2}, {2, 1}, {3, 4}, {40, 30}};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        for (uint64_t seed = 0; seed < 20; seed++) {
            gold_network network;
            gold_network again;
            const size_t n_in = sizes[s][0];
            const size_t n_out = sizes[s][1];
            const size_t most = n_in * n_out + n_out * n_out;
            const size_t n = most < 20 ? most : 20;
            FN(directions) large = draw(&network, n_in, n_out, false, n, seed);
            FN(directions)
            small = draw(&again, n_in, n_out, false, n / 2, seed);

            check_pair(&network, &large, &small);
            FN(directions_fini)(&large);
            FN(directions_fini)(&small);
            gold_network_fini(&network);
            gold_network_fini(&again);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_density),
        cmocka_unit_test(test_all_sizes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
