/* SPDX-License-Identifier: MIT */
/* Augmented images: what is done to a sample is even over all that may be
 * done, and depends on seed, epoch and sample alone; doing it is exact. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "train/augment.h"

enum {
    CHANNELS = 2,
    HEIGHT = 3,
    WIDTH = 4,
    PIXELS = CHANNELS * HEIGHT * WIDTH,
    SHIFT = 2,
    SIDE = 2 * SHIFT + 1,
    N_SAMPLES = 2000,
    N_EPOCHS = 10
};

static const gold_augmentation usual = {.channels = CHANNELS,
                                        .height = HEIGHT,
                                        .width = WIDTH,
                                        .seed = 5,
                                        .flip = true,
                                        .shift = SHIFT};

static void fill(real image[PIXELS])
{
    for (size_t i = 0; i < PIXELS; i++) {
        image[i] = (real)(i + 1);
    }
}

/* Pixel of an image, 0 outside. */
static real at(const real *image, size_t c, int64_t y, int64_t x)
{
    const bool is_inside = y >= 0 && y < HEIGHT && x >= 0 && x < WIDTH;

    return is_inside ? image[(c * HEIGHT + (size_t)y) * WIDTH + (size_t)x]
                     : R(0.0);
}

static void assert_equal(real a, real b)
{
    assert_memory_equal(&a, &b, sizeof a);
}

/* Every pixel, for every shift, also those that leave nothing. */
static void test_pixels(void **state)
{
    real image[PIXELS];
    real out[PIXELS];

    (void)state;
    fill(image);
    for (int64_t k = 0; k < 2 * 11 * 11; k++) {
        const gold_jitter jitter = {k % 2 == 1, k / 2 % 11 - 5, k / 22 - 5};

        FN(augment)(&usual, jitter, image, out);
        for (size_t i = 0; i < PIXELS; i++) {
            const int64_t x = (int64_t)(i % WIDTH) - jitter.right;
            const int64_t y = (int64_t)(i / WIDTH % HEIGHT) - jitter.down;

            assert_equal(out[i], at(image, i / (WIDTH * HEIGHT), y,
                                    jitter.is_flipped ? WIDTH - 1 - x : x));
        }
    }
}

/* A number that has `n` trials of probability `p` each is within five standard
 * deviations of n p. */
static void assert_binomial(double count, double n, double p)
{
    if (!(fabs(count - n * p) <= 5.0 * sqrt(n * p * (1.0 - p)))) {
        fail_msg("%g of %g, where the probability is %g", count, n, p);
    }
}

/* All combinations are as likely. */
static void test_even(void **state)
{
    double counts[2][SIDE][SIDE] = {{{0.0}}};
    double n_repeated = 0.0;

    (void)state;
    for (uint64_t e = 0; e < N_EPOCHS; e++) {
        for (size_t i = 0; i < N_SAMPLES; i++) {
            const gold_jitter j = FN(augment_draw)(&usual, e, i);
            const gold_jitter next = FN(augment_draw)(&usual, e + 1, i);

            assert_in_range(j.down + SHIFT, 0, SIDE - 1);
            assert_in_range(j.right + SHIFT, 0, SIDE - 1);
            counts[j.is_flipped][j.down + SHIFT][j.right + SHIFT] += 1.0;
            n_repeated += j.is_flipped == next.is_flipped &&
                                  j.down == next.down && j.right == next.right
                              ? 1.0
                              : 0.0;
        }
    }
    for (size_t k = 0; k < 2 * SIDE * SIDE; k++) {
        assert_binomial(counts[k % 2][k / 2 % SIDE][k / 2 / SIDE],
                        (double)N_EPOCHS * N_SAMPLES, 0.5 / SIDE / SIDE);
    }
    assert_binomial(n_repeated, (double)N_EPOCHS * N_SAMPLES,
                    0.5 / SIDE / SIDE);
}

/* Turned off, each leaves the other as it was. */
static void test_parts(void **state)
{
    gold_augmentation only_flip = usual;
    gold_augmentation only_shift = usual;
    gold_augmentation none = usual;

    (void)state;
    only_flip.shift = 0;
    only_shift.flip = false;
    none.shift = 0;
    none.flip = false;
    assert_true(FN(augments)(&only_flip) && FN(augments)(&only_shift));
    assert_false(FN(augments)(&none));
    for (size_t i = 0; i < N_SAMPLES; i++) {
        const gold_jitter both = FN(augment_draw)(&usual, 3, i);
        const gold_jitter flip = FN(augment_draw)(&only_flip, 3, i);
        const gold_jitter shift = FN(augment_draw)(&only_shift, 3, i);

        assert_int_equal(flip.is_flipped, both.is_flipped);
        assert_int_equal(flip.down, 0);
        assert_int_equal(flip.right, 0);
        assert_false(shift.is_flipped);
        assert_int_equal(shift.down, both.down);
        assert_int_equal(shift.right, both.right);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pixels),
        cmocka_unit_test(test_even),
        cmocka_unit_test(test_parts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
