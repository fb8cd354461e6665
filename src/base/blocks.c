/* SPDX-License-Identifier: MIT */
#include "base/blocks.h"

#include <stdint.h>

static size_t larger(size_t x, size_t y)
{
    return x > y ? x : y;
}

static size_t smaller(size_t x, size_t y)
{
    return x < y ? x : y;
}

size_t gold_graph_samples(size_t bytes, size_t sample_reals, size_t real_bytes,
                          bool has_positions, size_t n)
{
    enum {
        LEAST = 32, /* samples */
        MOST = 1024,
        STEP = 16
    };
    const size_t fitting = bytes / (sample_reals * real_bytes);
    const size_t all = larger(n, 1);
    /* positions make products large enough however few samples there are */
    const size_t most =
        larger(smaller(fitting, MOST), has_positions ? 1 : LEAST);
    const size_t n_blocks = (all + most - 1) / most;
    const size_t even = (all + n_blocks - 1) / n_blocks;

    return most < LEAST ? even : (even + STEP - 1) / STEP * STEP;
}

size_t gold_line_beside(size_t directions, size_t outputs, size_t real_bytes)
{
    return directions * outputs * (1 + sizeof(double) / real_bytes);
}

size_t gold_masked_beside(size_t units, size_t outputs, size_t directions,
                          size_t k, size_t m, size_t real_bytes)
{
    const size_t lanes = GOLD_LANE_BYTES / real_bytes;
    const size_t indices = 6 * sizeof(uint32_t) / real_bytes;
    const size_t padded[] = {directions, k, m};
    size_t each = indices;

    for (size_t i = 0; i < sizeof padded / sizeof *padded; i++) {
        each += (padded[i] + lanes - 1) / lanes * lanes;
    }
    return units * each + k * (m + outputs);
}

/* As many samples as keep `entries` numbers of the widest layer, within
 * bounds. */
static size_t samples_of(size_t entries, size_t each, size_t most, size_t n)
{
    enum {
        LEAST = 16
    };

    return smaller(larger(smaller(entries / each, most), LEAST), n);
}

size_t gold_hvp_samples(size_t widest, bool has_positions, size_t directions,
                        size_t n)
{
    enum {
        ENTRIES = 1 << 23,
        IMAGE_ENTRIES = 1 << 18,
        MOST = 1008 /* rows of a power of two collide in the cache */
    };

    return samples_of(has_positions ? IMAGE_ENTRIES : ENTRIES,
                      widest * directions, MOST, n);
}

size_t gold_hvp_bases(double bytes, double most, size_t n_blocks)
{
    const double room = most / bytes;

    return room < (double)n_blocks ? (size_t)room + 1 : n_blocks;
}

size_t gold_logit_classes(size_t n_parameters, size_t n_classes,
                          size_t real_bytes)
{
    enum {
        BYTES = 128 << 20
    };
    const size_t each = GOLD_LOGIT_SUMS * real_bytes * larger(n_parameters, 1);

    return larger(smaller(BYTES / each, n_classes), 1);
}

size_t gold_logit_samples(size_t sample_reals, size_t real_bytes)
{
    enum {
        BYTES = 64 << 20,
        LEAST = 16,
        MOST = 256
    };

    return larger(smaller(BYTES / (sample_reals * real_bytes), MOST), LEAST);
}

size_t gold_lanczos_part(size_t n, size_t most)
{
    enum {
        BYTES = 4 << 20
    };
    const size_t wanted = BYTES / (GOLD_LANCZOS_ROWS * n * sizeof(double)) + 1;

    return GOLD_LANCZOS_ROWS * smaller(wanted, most / GOLD_LANCZOS_ROWS + 1);
}

size_t gold_pass_samples(size_t widest, bool has_positions, size_t n)
{
    enum {
        ENTRIES = 1 << 21,       /* more would leave the cache */
        IMAGE_ENTRIES = 1 << 17, /* and these the one nearest to the core */
        MOST = 384 /* inputs of so many, which a pass reads twice, stay
                      in the cache; rows of a power of two collide */
    };

    return samples_of(has_positions ? IMAGE_ENTRIES : ENTRIES, widest, MOST, n);
}
