/* SPDX-License-Identifier: MIT */
/* Any bytes at all, read as an IDX file of images, as one of labels and as a
 * batch of CIFAR-10: either an orderly refusal, or items that are in the input.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "data/batches.h"
#include "data/idx.h"

enum {
    MAX_KEPT = 4
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

static gold_status decode(goldi_source *source, goldi_idx_kind kind,
                          const uint8_t *bytes, size_t n_bytes)
{
    gold_status status = GOLD_OK;
    goldi_idx idx = {0};
    unsigned char *kept = NULL;

    GOLD_GOTO(goldi_idx_read_header(source, kind, &idx));
    const size_t item_bytes = goldi_idx_item_bytes(&idx);
    const size_t n_kept = idx.n_items < MAX_KEPT ? idx.n_items : MAX_KEPT;

    require(idx.n_items > 0 && idx.n_items <= GOLDI_IDX_MAX_ITEMS);
    require(item_bytes > 0 && item_bytes <= GOLDI_IDX_MAX_ITEM_BYTES);
    GOLD_GOTO(GOLD_ALLOC(n_kept * item_bytes, &kept));
    GOLD_GOTO(goldi_idx_read_items(source, &idx, NULL, n_kept, kept));
    require(goldi_idx_file_bytes(&idx) == n_bytes);
    require(memcmp(kept, bytes + n_bytes - idx.n_items * item_bytes,
                   n_kept * item_bytes) == 0);

done:
    gold_free(kept);
    return status;
}

static gold_status decode_batch(const uint8_t *bytes, size_t n_bytes)
{
    goldi_source start = goldi_source_of("input", bytes, n_bytes);
    goldi_source source = start;
    unsigned char pixels[GOLDI_CIFAR_PIXELS];
    uint8_t label = 0;
    size_t n_items = 0;

    GOLD_TRY(goldi_batch_check(&start, n_bytes, &n_items));
    require(n_items > 0 && n_items * GOLDI_CIFAR_RECORD == n_bytes);
    GOLD_TRY(goldi_batch_read(&source, n_items, NULL, 1, pixels, &label));
    require(label < GOLDI_CIFAR_CLASSES && label == bytes[0]);
    require(memcmp(pixels, bytes + 1, sizeof pixels) == 0);
    return GOLD_OK;
}

static void judge(gold_status status)
{
    require(status == GOLD_OK || status == GOLD_ERR_FORMAT);
    require((status == GOLD_OK) == (gold_fail_message()[0] == '\0'));
    require(gold_live_blocks() == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static const goldi_idx_kind kinds[] = {GOLDI_IDX_IMAGES, GOLDI_IDX_LABELS};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        goldi_source source = goldi_source_of("input", bytes, n_bytes);

        gold_fail_clear();
        judge(decode(&source, kinds[i], bytes, n_bytes));
    }
    gold_fail_clear();
    judge(decode_batch(bytes, n_bytes));
    return 0;
}
