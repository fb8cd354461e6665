/* SPDX-License-Identifier: MIT */
#include "train/augment.h"

#include <string.h>

#include "goldilocks/random.h"

enum {
    WORDS = 4 /* random ones of each sample; the last is spare */
};

bool FN(augments)(const gold_augmentation *augmentation)
{
    return augmentation->flip || augmentation->shift > 0;
}

/* One of -shift .. shift; each as likely, up to 2^-32 of it. */
static int64_t offset_of(uint32_t bits, uint64_t shift)
{
    return (int64_t)(((2 * shift + 1) * bits) >> 32) - (int64_t)shift;
}

gold_jitter FN(augment_draw)(const gold_augmentation *augmentation,
                             uint64_t epoch, size_t index)
{
    const gold_stream stream = gold_stream_of(
        augmentation->seed, GOLD_PURPOSE_AUGMENT, (uint32_t)epoch);
    uint32_t bits[WORDS];

    gold_random_bits(stream, WORDS * (uint64_t)index, WORDS, bits);
    return (gold_jitter){
        .is_flipped = augmentation->flip && bits[0] >> 31 != 0,
        .down = offset_of(bits[1], augmentation->shift),
        .right = offset_of(bits[2], augmentation->shift),
    };
}

/* One row, moved and perhaps turned. */
static void put_row(size_t width, gold_jitter jitter, const real *row,
                    real *out)
{
    for (size_t x = 0; x < width; x++) {
        const int64_t from = (int64_t)x - jitter.right;
        const bool is_inside = from >= 0 && from < (int64_t)width;
        const size_t kept = is_inside ? (size_t)from : 0;

        out[x] = is_inside ? row[jitter.is_flipped ? width - 1 - kept : kept]
                           : R(0.0);
    }
}

void FN(augment)(const gold_augmentation *augmentation, gold_jitter jitter,
                 const real *restrict image, real *restrict out)
{
    const size_t height = augmentation->height;
    const size_t width = augmentation->width;

    for (size_t c = 0; c < augmentation->channels; c++) {
        for (size_t y = 0; y < height; y++) {
            const int64_t from = (int64_t)y - jitter.down;
            real *row = out + (c * height + y) * width;

            if (from >= 0 && from < (int64_t)height) {
                put_row(width, jitter,
                        image + (c * height + (size_t)from) * width, row);
            } else {
                memset(row, 0, width * sizeof *row);
            }
        }
    }
}
