/* SPDX-License-Identifier: MIT */
/**
 * @file idx.h
 * The IDX format of MNIST (Y. LeCun): two zero bytes, the type of the elements
 * (8: unsigned bytes), the number of dimensions, each dimension as 32 bits
 * big-endian, then the elements, row major, and nothing after them.
 */
#ifndef GOLDILOCKS_DATA_IDX_H
#define GOLDILOCKS_DATA_IDX_H

#include "data/source.h"

enum {
    GOLDI_IDX_MAX_ITEMS = 1 << 24,
    GOLDI_IDX_MAX_ITEM_BYTES = 1 << 20,
    GOLDI_IDX_MAX_HEADER = 16 /* bytes: magic and three dimensions */
};

/** Most bytes of elements: 64 GiB. */
#define GOLDI_IDX_MAX_BYTES ((size_t)64 << 30)

typedef enum goldi_idx_kind {
    GOLDI_IDX_LABELS = 1, /* the values are the numbers of dimensions */
    GOLDI_IDX_IMAGES = 3
} goldi_idx_kind;

typedef struct goldi_idx {
    goldi_idx_kind kind;
    size_t n_items;
    size_t height; /* 1 for labels */
    size_t width;  /* 1 for labels */
} goldi_idx;

/** Bytes of one image or label. */
size_t goldi_idx_item_bytes(const goldi_idx *idx);

/** Bytes of the whole file, unpacked. */
size_t goldi_idx_file_bytes(const goldi_idx *idx);

/**
 * Read and check the header.
 *
 * @retval GOLD_ERR_FORMAT  not IDX, not of this kind, empty, or of a size
 *                          beyond all reason; the message says which.
 */
GOLD_CHECKED gold_status goldi_idx_read_header(goldi_source *source,
                                               goldi_idx_kind kind,
                                               goldi_idx *idx);

/**
 * Read all items to the end of the source and keep some of them.
 *
 * @param slots   [n_items] where each item goes in `kept`; items whose slot is
 *                not below `n_kept` are passed over. NULL: the first `n_kept`
 *                items in their order.
 * @param[out] kept  [n_kept][item bytes].
 * @retval GOLD_ERR_FORMAT  truncated, or longer than the header says.
 * @retval GOLD_ERR_MEMORY  no memory for a buffer.
 */
GOLD_CHECKED gold_status goldi_idx_read_items(goldi_source *source,
                                              const goldi_idx *idx,
                                              const size_t *slots,
                                              size_t n_kept,
                                              unsigned char *kept);

#endif
