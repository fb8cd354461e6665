/* SPDX-License-Identifier: MIT */
/* Any bytes at all, read as an IDX file of images and as one of labels: either
 * an orderly refusal, or items that are the tail of the input. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    static const goldi_idx_kind kinds[] = {GOLDI_IDX_IMAGES, GOLDI_IDX_LABELS};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        goldi_source source = goldi_source_of("input", bytes, n_bytes);

        gold_fail_clear();
        const gold_status status = decode(&source, kinds[i], bytes, n_bytes);

        require(status == GOLD_OK || status == GOLD_ERR_FORMAT);
        require((status == GOLD_OK) == (gold_fail_message()[0] == '\0'));
        require(gold_live_blocks() == 0);
    }
    return 0;
}
