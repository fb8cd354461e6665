/* SPDX-License-Identifier: MIT */
#include "data/images.h"

#include "goldilocks/dataset.h"
#include "goldilocks/memory.h"

enum {
    DEFLATE_RATIO = 1032 /* deflate never packs tighter (zlib's algorithm) */
};

/* The file is as long as its header says, as far as its size on disk tells:
 * an absurd header is refused before anyone asks for that much memory. */
static gold_status check_length(const goldi_source *source,
                                const goldi_idx *idx, size_t bytes)
{
    const size_t needed = goldi_idx_file_bytes(idx);
    const bool is_packed = goldi_source_is_packed(source);

    if (is_packed && needed / DEFLATE_RATIO > bytes) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: truncated: its header speaks of %zu bytes, more "
                         "than a gzip file of %zu bytes can hold",
                         source->name, needed, bytes);
    }
    if (!is_packed && bytes != needed) {
        return gold_fail(
            GOLD_ERR_FORMAT,
            "%s: %s: its header speaks of %zu bytes, it has %zu", source->name,
            bytes < needed ? "truncated" : "longer than its header says",
            needed, bytes);
    }
    return GOLD_OK;
}

static gold_status find_and_check(const gold_data_block *data, goldi_half half,
                                  goldi_idx_kind kind, char **path,
                                  goldi_idx *idx)
{
    gold_status status = GOLD_OK;
    goldi_source source = {0};
    size_t bytes = 0;

    GOLD_GOTO(goldi_file_find(data, half, (int)kind, path, &bytes));
    GOLD_GOTO(goldi_source_open(*path, &source));
    GOLD_GOTO(goldi_idx_read_header(&source, kind, idx));
    GOLD_GOTO(check_length(&source, idx, bytes));

done:
    goldi_source_close(&source);
    return status;
}

gold_status goldi_images_init(const gold_data_block *data, goldi_half half,
                              goldi_images *images)
{
    goldi_idx labels = {0};

    GOLD_TRY(find_and_check(data, half, GOLDI_IDX_IMAGES, &images->images_path,
                            &images->images));
    GOLD_TRY(find_and_check(data, half, GOLDI_IDX_LABELS, &images->labels_path,
                            &labels));
    if (labels.n_items != images->images.n_items) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s holds %zu images, but %s holds %zu labels",
                         images->images_path, images->images.n_items,
                         images->labels_path, labels.n_items);
    }
    return GOLD_OK;
}

void goldi_images_fini(goldi_images *images)
{
    gold_free(images->images_path);
    gold_free(images->labels_path);
    *images = (goldi_images){0};
}

static gold_status read_file(const char *path, goldi_idx planned,
                             const size_t *slots, size_t n_kept,
                             unsigned char *kept, bool *goes_on)
{
    gold_status status = GOLD_OK;
    goldi_source source = {0};
    goldi_idx idx = {0};

    GOLD_GOTO(goldi_source_open(path, &source));
    GOLD_GOTO(goldi_idx_read_header(&source, planned.kind, &idx));
    if (idx.n_items != planned.n_items || idx.height != planned.height ||
        idx.width != planned.width) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "%s: changed while it was read", path);
    }
    GOLD_GOTO(goldi_idx_read_items(&source, &idx, slots, n_kept, kept));
    *goes_on = goldi_source_goes_on(&source);

done:
    goldi_source_close(&source);
    return status;
}

/* All labels are read and checked, also those not kept: a bad one says that
 * the file is not what its name says. */
static gold_status read_labels(const goldi_images *images, const size_t *slots,
                               size_t n_kept, uint8_t *labels, bool *goes_on)
{
    gold_status status = GOLD_OK;
    const size_t n = images->images.n_items;
    const goldi_idx planned = {GOLDI_IDX_LABELS, n, 1, 1};
    uint8_t *all = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &all));
    GOLD_GOTO(read_file(images->labels_path, planned, NULL, n, all, goes_on));
    for (size_t i = 0; i < n; i++) {
        const size_t slot = slots == NULL ? i : slots[i];

        if (all[i] >= GOLDI_MNIST_CLASSES) {
            GOLD_FAIL(GOLD_ERR_FORMAT,
                      "%s: label %zu (counted from 0) is %d; labels go from 0 "
                      "to %d",
                      images->labels_path, i, all[i], GOLDI_MNIST_CLASSES - 1);
        }
        if (slot < n_kept) {
            labels[slot] = all[i];
        }
    }

done:
    gold_free(all);
    return status;
}

gold_status goldi_images_read(const goldi_images *images, const size_t *slots,
                              size_t n_kept, unsigned char *bytes,
                              uint8_t *labels, unsigned *goes_on)
{
    bool labels_do = false;
    bool images_do = false;

    GOLD_TRY(read_labels(images, slots, n_kept, labels, &labels_do));
    GOLD_TRY(read_file(images->images_path, images->images, slots, n_kept,
                       bytes, &images_do));
    *goes_on = (images_do ? GOLD_IMAGES_GO_ON : 0U) |
               (labels_do ? GOLD_LABELS_GO_ON : 0U);
    return GOLD_OK;
}
