/* SPDX-License-Identifier: MIT */
/* Random numbers: the published generator, a pure function of name and
 * position, and the distributions they claim to have. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <Random123/philox.h>
#include <cmocka.h>

#include "goldilocks/random.h"

enum {
    N = 100000
};

static double numbers[N];

/* kat_vectors of Random123: counter, key, result. */
static const struct {
    uint32_t counter[4];
    uint32_t key[2];
    uint32_t result[4];
} known[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

static void test_known_answers(void **state)
{
    const gold_stream zero = {0};
    uint32_t bits[4];

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        philox4x32_ctr_t counter;
        philox4x32_key_t key;

        memcpy(counter.v, known[i].counter, sizeof counter.v);
        memcpy(key.v, known[i].key, sizeof key.v);
        counter = philox4x32(counter, key);
        assert_memory_equal(counter.v, known[i].result, sizeof counter.v);
    }
    gold_random_bits(zero, 0, 4, bits);
    assert_memory_equal(bits, known[0].result, sizeof bits);
}

/* How a stream's name becomes key and counter is part of every result. */
static void test_layout(void **state)
{
    const gold_stream stream = {UINT64_C(0x299f31d0a4093822), 0x03707344,
                                0x13198a2e};
    const uint64_t block = UINT64_C(0x05a308d3243f6a88);
    philox4x32_ctr_t counter = {
        {0x243f6a88, 0x05a308d3, 0x13198a2e, 0x03707344}};
    const philox4x32_key_t key = {{0xa4093822, 0x299f31d0}};
    uint32_t bits[4];

    (void)state;
    counter = philox4x32(counter, key);
    gold_random_bits(stream, 4 * block, 4, bits);
    assert_memory_equal(bits, counter.v, sizeof bits);
}

/* Uniform and normal numbers are what their definitions make of the bits. */
static void test_from_bits(void **state)
{
    const gold_stream stream = gold_stream_of(9, GOLD_PURPOSE_PROBES, 2);

    (void)state;
    for (uint64_t position = 0; position < 100; position += 2) {
        uint32_t bits[4];
        double u[2];
        double normal[2];

        gold_random_bits(stream, 2 * position, 4, bits);
        gold_random_uniform(stream, position, 2, u);
        gold_random_normal(stream, position, 2, normal);
        for (size_t i = 0; i < 2; i++) {
            const double expected = bits[2 * i] * 0x1p-32 +
                                    (bits[2 * i + 1] >> 12) * 0x1p-52 + 0x1p-53;

            assert_true(!(u[i] < expected) && !(u[i] > expected));
        }
        const double length = sqrt(-2.0 * log(u[0]));

        assert_true(fabs(normal[0] - length * cos(8.0 * atan(1.0) * u[1])) <=
                    1e-14);
        assert_true(fabs(normal[1] - length * sin(8.0 * atan(1.0) * u[1])) <=
                    1e-14);
    }
}

/* The value at a position is the same however it is asked for. */
static void test_positions(void **state)
{
    static const uint64_t starts[] = {
        0, 1, 2, 3, UINT64_C(0x3fffffff9), UINT64_MAX - 20};
    const gold_stream stream = gold_stream_of(1, GOLD_PURPOSE_WEIGHTS, 0);

    (void)state;
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        for (size_t n = 0; n <= 11; n++) {
            uint32_t bits[12] = {0};
            double uniform[12] = {0.0};
            double normal[12] = {0.0};

            gold_random_bits(stream, starts[s], n, bits);
            gold_random_uniform(stream, starts[s], n, uniform);
            gold_random_normal(stream, starts[s], n, normal);
            for (size_t i = 0; i < n; i++) {
                uint32_t bit = 0;
                double u = 0.0;
                double g = 0.0;

                gold_random_bits(stream, starts[s] + i, 1, &bit);
                gold_random_uniform(stream, starts[s] + i, 1, &u);
                gold_random_normal(stream, starts[s] + i, 1, &g);
                assert_int_equal(bits[i], bit);
                assert_memory_equal(&uniform[i], &u, sizeof u);
                assert_memory_equal(&normal[i], &g, sizeof g);
            }
            assert_int_equal(bits[n], 0);
            assert_true(!(uniform[n] > 0.0));
            assert_true(!(normal[n] > 0.0 || normal[n] < 0.0));
        }
    }
}

static void test_streams_differ(void **state)
{
    const gold_stream streams[] = {
        gold_stream_of(0, GOLD_PURPOSE_WEIGHTS, 0),
        gold_stream_of(1, GOLD_PURPOSE_WEIGHTS, 0),
        gold_stream_of(UINT64_C(1) << 32, GOLD_PURPOSE_WEIGHTS, 0),
        gold_stream_of(0, GOLD_PURPOSE_BIASES, 0),
        gold_stream_of(0, GOLD_PURPOSE_WEIGHTS, 1),
        gold_stream_of(0, GOLD_PURPOSE_BIASES, 1),
    };
    const size_t n = sizeof streams / sizeof *streams;

    (void)state;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            uint32_t a[4];
            uint32_t b[4];

            gold_random_bits(streams[i], 0, 4, a);
            gold_random_bits(streams[j], 0, 4, b);
            assert_memory_not_equal(a, b, sizeof a);
        }
    }
}

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a;
    const double y = *(const double *)b;

    return (x > y) - (x < y);
}

static double normal_cdf(double x)
{
    return 0.5 * erfc(-x / sqrt(2.0));
}

static double unit_cdf(double x)
{
    return x;
}

/* Kolmogorov and Smirnov: sqrt(n) D exceeds 1.95 once in 1000 trials. */
static void assert_distribution(double (*cdf)(double))
{
    double worst = 0.0;

    qsort(numbers, N, sizeof *numbers, compare);
    for (size_t i = 0; i < N; i++) {
        const double f = cdf(numbers[i]);

        worst = fmax(worst, fabs(f - (double)i / N));
        worst = fmax(worst, fabs(f - (double)(i + 1) / N));
        assert_true(f >= 0.0 && f <= 1.0);
    }
    if (!(worst * sqrt(N) <= 1.95)) {
        fail_msg("sqrt(n) D is %g", worst * sqrt(N));
    }
}

static void test_uniform_distribution(void **state)
{
    (void)state;
    gold_random_uniform(gold_stream_of(5, GOLD_PURPOSE_DATA, 0), 1, N, numbers);
    assert_distribution(unit_cdf);
    assert_true(numbers[0] > 0.0);
    assert_true(numbers[N - 1] < 1.0);
}

/* The k-th moment of n draws has deviation sqrt((E x^2k - (E x^k)^2) / n). */
static void test_normal_distribution(void **state)
{
    static const double moments[] = {1, 0, 1, 0, 3, 0, 15, 0, 105};

    (void)state;
    gold_random_normal(gold_stream_of(5, GOLD_PURPOSE_WEIGHTS, 0), 1, N,
                       numbers);
    for (size_t k = 1; k <= 4; k++) {
        const double variance = moments[2 * k] - moments[k] * moments[k];
        double mean = 0.0;

        for (size_t i = 0; i < N; i++) {
            mean += pow(numbers[i], (double)k) / N;
        }
        if (!(fabs(mean - moments[k]) <= 3.0 * sqrt(variance / N))) {
            fail_msg("moment %zu is %g instead of %g", k, mean, moments[k]);
        }
    }
    assert_distribution(normal_cdf);
}

/* Neighbours, within and across blocks, are not correlated. */
static void test_neighbours(void **state)
{
    (void)state;
    gold_random_normal(gold_stream_of(6, GOLD_PURPOSE_WEIGHTS, 0), 0, N,
                       numbers);
    for (size_t lag = 1; lag <= 4; lag++) {
        double sum = 0.0;

        for (size_t i = lag; i < N; i++) {
            sum += numbers[i] * numbers[i - lag];
        }
        assert_true(fabs(sum) <= 3.5 * sqrt(N));
    }
}

static void test_order_is_a_permutation(void **state)
{
    static const size_t sizes[] = {0, 1, 2, 3, 10, 1000};

    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        const size_t n = sizes[s];
        size_t order[1001];
        bool is_seen[1001] = {false};

        order[n] = 77;
        gold_random_order(gold_stream_of(s, GOLD_PURPOSE_SUBSET, 0), n, order);
        for (size_t i = 0; i < n; i++) {
            assert_true(order[i] < n);
            assert_false(is_seen[order[i]]);
            is_seen[order[i]] = true;
        }
        assert_int_equal(order[n], 77);
    }
}

/* The number of a position decides where what stands there goes, whatever is
 * drawn at a time. */
static void test_order_is_by_positions(void **state)
{
    static const size_t lengths[] = {2, 127, 128, 129, 256, 1000};
    const gold_stream stream = gold_stream_of(3, GOLD_PURPOSE_BATCHES, 1);
    size_t order[1000];
    size_t expected[1000];

    (void)state;
    for (size_t k = 0; k < sizeof lengths / sizeof *lengths; k++) {
        const size_t n = lengths[k];

        for (size_t i = 0; i < n; i++) {
            expected[i] = i;
        }
        for (size_t i = n; i > 1; i--) {
            double u = 0.0;

            gold_random_uniform(stream, i - 1, 1, &u);
            const size_t j = (size_t)(u * (double)i);
            const size_t kept = expected[i - 1];

            expected[i - 1] = expected[j];
            expected[j] = kept;
        }
        gold_random_order(stream, n, order);
        assert_memory_equal(order, expected, n * sizeof *order);
    }
}

/* The 24 orders of 4, over 24000 seeds: chi squared of 23 degrees of freedom
 * exceeds 49.7 once in 1000 trials. */
static void test_orders_are_equally_likely(void **state)
{
    enum {
        N_SEEDS = 24000,
        N_ORDERS = 24
    };
    double counts[4 * 4 * 4] = {0.0};
    double chi2 = 0.0;
    size_t n_seen = 0;

    (void)state;
    for (uint64_t seed = 0; seed < N_SEEDS; seed++) {
        size_t order[4];

        gold_random_order(gold_stream_of(seed, GOLD_PURPOSE_SUBSET, 0), 4,
                          order);
        counts[16 * order[0] + 4 * order[1] + order[2]] += 1.0;
    }
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const double expected = (double)N_SEEDS / N_ORDERS;

        if (counts[i] > 0.0) {
            n_seen++;
            chi2 += (counts[i] - expected) * (counts[i] - expected) / expected;
        }
    }
    assert_int_equal(n_seen, N_ORDERS);
    if (!(chi2 <= 49.7)) {
        fail_msg("chi squared is %g", chi2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_answers),
        cmocka_unit_test(test_layout),
        cmocka_unit_test(test_from_bits),
        cmocka_unit_test(test_positions),
        cmocka_unit_test(test_streams_differ),
        cmocka_unit_test(test_uniform_distribution),
        cmocka_unit_test(test_normal_distribution),
        cmocka_unit_test(test_neighbours),
        cmocka_unit_test(test_order_is_a_permutation),
        cmocka_unit_test(test_order_is_by_positions),
        cmocka_unit_test(test_orders_are_equally_likely),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
