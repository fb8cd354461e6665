/* SPDX-License-Identifier: MIT */
#include "goldilocks/random.h"

#include <math.h>
#include <string.h>

#include <Random123/philox.h>

#include "base/vecmath.h"

enum {
    BLOCK = 4,  /* 32-bit words per Philox block */
    PAIRS = 128 /* pairs of normal numbers made at a time */
};

gold_stream gold_stream_of(uint64_t seed, gold_purpose purpose, uint32_t part)
{
    return (gold_stream){seed, (uint32_t)purpose, part};
}

static philox4x32_ctr_t block_of(gold_stream stream, uint64_t index)
{
    const philox4x32_key_t key = {
        {(uint32_t)stream.seed, (uint32_t)(stream.seed >> 32)}};
    const philox4x32_ctr_t counter = {{(uint32_t)index, (uint32_t)(index >> 32),
                                       stream.part, stream.purpose}};

    return philox4x32(counter, key);
}

/* 52 random bits of two words as a number strictly between 0 and 1: the half
 * that keeps it from 0 is exact, so it cannot round up to 1 either. */
static double open_unit(uint32_t high, uint32_t low)
{
    const uint64_t bits = ((uint64_t)high << 20) ^ (uint64_t)(low >> 12);

    return ((double)bits + 0.5) * 0x1p-52;
}

void gold_random_bits(gold_stream stream, uint64_t first, size_t n,
                      uint32_t *out)
{
    for (size_t i = 0; i < n;) {
        const uint64_t position = first + i;
        const philox4x32_ctr_t block = block_of(stream, position / BLOCK);

        for (size_t j = position % BLOCK; j < BLOCK && i < n; j++) {
            out[i++] = block.v[j];
        }
    }
}

void gold_random_uniform(gold_stream stream, uint64_t first, size_t n,
                         double *out)
{
    for (size_t i = 0; i < n;) {
        const uint64_t position = first + i;
        const philox4x32_ctr_t block = block_of(stream, position / 2);

        for (size_t j = 2 * (position % 2); j < BLOCK && i < n; j += 2) {
            out[i++] = open_unit(block.v[j], block.v[j + 1]);
        }
    }
}

/* The normal numbers of blocks first .. first + PAIRS - 1, two each. The loops
 * have a fixed length, so that a number's bits do not depend on where in such
 * a batch it stands. */
static void normal_pairs(gold_stream stream, uint64_t first,
                         double out[2 * PAIRS])
{
    const double two_pi = 6.283185307179586476925;
    double length[PAIRS];
    double angle[PAIRS];
    double cosine[PAIRS];
    double sine[PAIRS];

    for (size_t i = 0; i < PAIRS; i++) {
        const philox4x32_ctr_t block = block_of(stream, first + i);

        length[i] = open_unit(block.v[0], block.v[1]);
        angle[i] = two_pi * open_unit(block.v[2], block.v[3]);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        length[i] = sqrt(-2.0 * log(length[i]));
    }
    /* Two loops: in one, the compiler would call a scalar sincos. */
    for (size_t i = 0; i < PAIRS; i++) {
        cosine[i] = cos(angle[i]);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        sine[i] = sin(angle[i]);
    }
    for (size_t i = 0; i < PAIRS; i++) {
        out[2 * i] = length[i] * cosine[i];
        out[2 * i + 1] = length[i] * sine[i];
    }
}

void gold_random_normal(gold_stream stream, uint64_t first, size_t n,
                        double *out)
{
    double batch[2 * PAIRS];

    for (size_t i = 0; i < n;) {
        const uint64_t position = first + i;
        const size_t skip = (size_t)(position % 2);
        const size_t left = n - i;
        const size_t m = left < 2 * PAIRS - skip ? left : 2 * PAIRS - skip;

        normal_pairs(stream, position / 2, batch);
        memcpy(out + i, batch + skip, m * sizeof *out);
        i += m;
    }
}

void gold_random_order(gold_stream stream, size_t n, size_t *out)
{
    double u[PAIRS] = {0.0};

    for (size_t i = 0; i < n; i++) {
        out[i] = i;
    }
    for (size_t i = n; i > 1; i--) {
        const size_t first = (i - 1) / PAIRS * PAIRS;

        if (i == n || i % PAIRS == 0) {
            gold_random_uniform(stream, first, i - first, u);
        }
        const size_t j = (size_t)(u[i - 1 - first] * (double)i);
        const size_t kept = out[i - 1];

        out[i - 1] = out[j];
        out[j] = kept;
    }
}
