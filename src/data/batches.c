/* SPDX-License-Identifier: MIT */
#include "data/batches.h"

#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/foreign.h"
#include "data/idx.h"

enum {
    NAME_BYTES = 32,       /* "data_batch_99.bin" and the zero fit */
    START_BYTES = 8,       /* enough to tell other formats */
    CHUNK_RECORDS = 256,   /* read at a time: 768 KiB */
    CIFAR100_RECORD = 3074 /* two labels */
};

gold_status goldi_batch_check(goldi_source *source, size_t bytes,
                              size_t *n_items)
{
    unsigned char start[START_BYTES] = {0};
    size_t n = 0;

    *n_items = bytes / GOLDI_CIFAR_RECORD;
    if (goldi_source_is_packed(source)) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: a gzip file, which must be unpacked first",
                         source->name);
    }
    GOLD_TRY(goldi_source_read(source, start, sizeof start, &n));
    if (bytes == 0 || start[0] >= GOLDI_CIFAR_CLASSES) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: not a batch of CIFAR-10's binary version: it is, "
                         "or looks like, %s",
                         source->name, gold_foreign_guess(start, n));
    }
    if (bytes % GOLDI_CIFAR_RECORD != 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: truncated: %zu records of %d bytes, and %zu "
                         "bytes more%s",
                         source->name, *n_items, GOLDI_CIFAR_RECORD,
                         bytes % GOLDI_CIFAR_RECORD,
                         bytes % CIFAR100_RECORD == 0
                             ? " (3074 bytes each would fit: is it CIFAR-100?)"
                             : "");
    }
    if (*n_items > GOLDI_IDX_MAX_ITEMS) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: holds %zu records; at most %d are taken",
                         source->name, *n_items, GOLDI_IDX_MAX_ITEMS);
    }
    return GOLD_OK;
}

/* Look for one file; a batch without path: it is not there. */
static gold_status look(const gold_data_block *data, const char *name,
                        goldi_batch *batch)
{
    gold_status status = GOLD_OK;
    goldi_source source = {0};
    size_t bytes = 0;

    GOLD_GOTO(goldi_file_look(data, name, &batch->path, &bytes));
    if (batch->path != NULL) {
        GOLD_GOTO(goldi_source_open(batch->path, &source));
        GOLD_GOTO(goldi_batch_check(&source, bytes, &batch->n_items));
    }

done:
    goldi_source_close(&source);
    return status;
}

static void name_of(goldi_half half, size_t i, char name[NAME_BYTES])
{
    if (half == GOLDI_TRAIN) {
        (void)snprintf(name, NAME_BYTES, "data_batch_%zu.bin", i + 1);
    } else {
        (void)snprintf(name, NAME_BYTES, "test_batch.bin");
    }
}

/* A gap in the numbers: somebody forgot a file, and fewer samples than meant
 * would be used. */
static gold_status check_gap(const gold_data_block *data, size_t missing)
{
    char names[2][NAME_BYTES];
    char *path = NULL;
    size_t bytes = 0;

    name_of(GOLDI_TRAIN, missing, names[0]);
    for (size_t i = missing + 1; i < GOLDI_CIFAR_MAX_FILES; i++) {
        name_of(GOLDI_TRAIN, i, names[1]);
        GOLD_TRY(goldi_file_look(data, names[1], &path, &bytes));
        if (path != NULL) {
            gold_free(path);
            return gold_fail(GOLD_ERR_IO, "%s: has %s but not %s", data->path,
                             names[1], names[0]);
        }
    }
    return GOLD_OK;
}

gold_status goldi_batches_init(const gold_data_block *data, goldi_half half,
                               goldi_batches *batches)
{
    const size_t most = half == GOLDI_TRAIN ? GOLDI_CIFAR_MAX_FILES : 1;
    char name[NAME_BYTES];

    GOLD_TRY(goldi_folder_check(data));
    while (batches->n_files < most) {
        goldi_batch *batch = &batches->files[batches->n_files];

        name_of(half, batches->n_files, name);
        GOLD_TRY(look(data, name, batch));
        if (batch->path == NULL) {
            break;
        }
        batches->n_items += batch->n_items;
        batches->n_files++;
    }
    if (batches->n_files < most && half == GOLDI_TRAIN) {
        GOLD_TRY(check_gap(data, batches->n_files));
    }
    if (batches->n_files == 0) {
        return gold_fail(GOLD_ERR_IO, "%s: has no %s; %s", data->path, name,
                         gold_set_of(data->set)->source);
    }
    return GOLD_OK;
}

void goldi_batches_fini(goldi_batches *batches)
{
    for (size_t i = 0; i < GOLDI_CIFAR_MAX_FILES; i++) {
        gold_free(batches->files[i].path);
    }
    *batches = (goldi_batches){0};
}

/* Records `first` .. `first + n - 1` of a source, `chunk` holds them. */
static gold_status keep(const char *name, const unsigned char *chunk, size_t n,
                        size_t first, const size_t *slots, size_t n_kept,
                        unsigned char *pixels, uint8_t *labels)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char *record = chunk + i * GOLDI_CIFAR_RECORD;
        const size_t slot = slots == NULL ? first + i : slots[first + i];

        if (record[0] >= GOLDI_CIFAR_CLASSES) {
            return gold_fail(GOLD_ERR_FORMAT,
                             "%s: label %zu (counted from 0) is %d; labels go "
                             "from 0 to %d",
                             name, first + i, record[0],
                             GOLDI_CIFAR_CLASSES - 1);
        }
        if (slot < n_kept) {
            labels[slot] = record[0];
            memcpy(pixels + slot * GOLDI_CIFAR_PIXELS, record + 1,
                   GOLDI_CIFAR_PIXELS);
        }
    }
    return GOLD_OK;
}

gold_status goldi_batch_read(goldi_source *source, size_t n_items,
                             const size_t *slots, size_t n_kept,
                             unsigned char *pixels, uint8_t *labels)
{
    gold_status status = GOLD_OK;
    unsigned char *chunk = NULL;
    size_t n_read = 0;

    GOLD_GOTO(GOLD_ALLOC(CHUNK_RECORDS * GOLDI_CIFAR_RECORD, &chunk));
    for (size_t i = 0; i < n_items; i += CHUNK_RECORDS) {
        const size_t left = n_items - i;
        const size_t n = left < CHUNK_RECORDS ? left : CHUNK_RECORDS;

        GOLD_GOTO(
            goldi_source_read(source, chunk, n * GOLDI_CIFAR_RECORD, &n_read));
        if (n_read < n * GOLDI_CIFAR_RECORD) {
            GOLD_FAIL(GOLD_ERR_FORMAT, "%s: changed while it was read",
                      source->name);
        }
        GOLD_GOTO(
            keep(source->name, chunk, n, i, slots, n_kept, pixels, labels));
    }
    GOLD_GOTO(goldi_source_read(source, chunk, 1, &n_read));
    if (n_read != 0) {
        GOLD_FAIL(GOLD_ERR_FORMAT, "%s: changed while it was read",
                  source->name);
    }

done:
    gold_free(chunk);
    return status;
}

static gold_status read_file(const goldi_batch *batch, const size_t *slots,
                             size_t n_kept, unsigned char *pixels,
                             uint8_t *labels)
{
    gold_status status = GOLD_OK;
    goldi_source source = {0};

    GOLD_GOTO(goldi_source_open(batch->path, &source));
    GOLD_GOTO(goldi_batch_read(&source, batch->n_items, slots, n_kept, pixels,
                               labels));

done:
    goldi_source_close(&source);
    return status;
}

gold_status goldi_batches_read(const goldi_batches *batches,
                               const size_t *slots, size_t n_kept,
                               unsigned char *pixels, uint8_t *labels)
{
    for (size_t f = 0, first = 0; f < batches->n_files; f++) {
        const size_t n = batches->files[f].n_items;
        const size_t begun = slots == NULL ? first : 0;
        const size_t passed = begun < n_kept ? begun : n_kept;

        GOLD_TRY(
            read_file(&batches->files[f], slots == NULL ? NULL : slots + first,
                      n_kept - passed, pixels + passed * GOLDI_CIFAR_PIXELS,
                      labels + passed));
        first += n;
    }
    return GOLD_OK;
}
