/* SPDX-License-Identifier: MIT */
#include "store/rows.h"

#include "goldilocks/memory.h"

#include "store/h5.h"

/* A dataset that is being read. */
typedef struct reading {
    hid_t dataset;
    hid_t space; /* its shape, with the rows that are read selected */
    hid_t type;
    int rank;
    hsize_t sizes[H5S_MAX_RANK];
    hsize_t n_piece; /* rows that fit into the buffer */
    void *values;
} reading;

static gold_status start(reading *r)
{
    gold_status status = GOLD_OK;
    const hsize_t most_bytes = (hsize_t)1 << 24;
    hsize_t row_bytes = H5Tget_size(r->type);

    r->rank = H5Sget_simple_extent_dims(r->space, r->sizes, NULL);
    if (row_bytes == 0 || r->rank < 0) {
        GOLDI_H5_FAIL(GOLD_ERR_IO, "rows have no size");
    }
    for (int i = 1; i < r->rank; i++) {
        row_bytes *= r->sizes[i];
    }
    const hsize_t fitting =
        row_bytes > 0 && row_bytes < most_bytes ? most_bytes / row_bytes : 1;

    r->n_piece = fitting < r->sizes[0] ? fitting : r->sizes[0];
    status = gold_alloc(r->n_piece, row_bytes, &r->values);

done:
    return status;
}

static gold_status read_piece(reading *r, hsize_t first, hsize_t n)
{
    gold_status status = GOLD_OK;
    hsize_t start_of[H5S_MAX_RANK] = {first};
    hid_t memory = H5I_INVALID_HID;

    r->sizes[0] = n;
    memory = H5Screate_simple(r->rank, r->sizes, NULL);
    GOLDI_H5(memory, "no space for values");
    GOLDI_H5(H5Sselect_hyperslab(r->space, H5S_SELECT_SET, start_of, NULL,
                                 r->sizes, NULL),
             "rows cannot be selected");
    GOLDI_H5(
        H5Dread(r->dataset, r->type, memory, r->space, H5P_DEFAULT, r->values),
        "cannot be read");

done:
    goldi_h5_close(&memory);
    return status;
}

static gold_status read_all(reading *r, size_t most, goldi_each_row *each,
                            void *context)
{
    GOLD_TRY(start(r));
    const hsize_t all =
        most == GOLDI_ALL_ROWS || most > r->sizes[0] ? r->sizes[0] : most;

    for (hsize_t first = 0; first < all; first += r->n_piece) {
        const hsize_t left = all - first;
        const hsize_t n = left < r->n_piece ? left : r->n_piece;

        GOLD_TRY(read_piece(r, first, n));
        if (each != NULL) {
            GOLD_TRY(each(context, (size_t)first, (size_t)n, r->values));
        }
    }
    return GOLD_OK;
}

gold_status goldi_rows_read(hid_t file, const char *name, hid_t type,
                            size_t most, goldi_each_row *each, void *context)
{
    gold_status status = GOLD_OK;
    reading r = {
        .dataset = H5I_INVALID_HID, .space = H5I_INVALID_HID, .type = type};

    r.dataset = H5Dopen2(file, name, H5P_DEFAULT);
    GOLDI_H5(r.dataset, "'%s' cannot be opened", name);
    r.space = H5Dget_space(r.dataset);
    GOLDI_H5(r.space, "'%s' has no shape", name);
    status = gold_fail_context(read_all(&r, most, each, context), "'%s'", name);

done:
    gold_free(r.values);
    goldi_h5_close(&r.space);
    goldi_h5_close(&r.dataset);
    return status;
}
