/* SPDX-License-Identifier: MIT */
#include "store/page.h"

#include <string.h>

#include "goldilocks/memory.h"

gold_status goldi_page_init(goldi_page *page, const goldi_columns *columns,
                            size_t n_cells)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        page->bytes[i] = columns->at[i].cell_bytes;
        if (page->bytes[i] > 0) {
            GOLD_TRY(
                gold_alloc(n_cells, page->bytes[i], (void **)&page->cells[i]));
        }
    }
    return GOLD_OK;
}

void goldi_page_fini(goldi_page *page)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        gold_free(page->cells[i]);
    }
    *page = (goldi_page){{0}, {NULL}};
}

gold_status goldi_page_read(goldi_page *page, const goldi_columns *columns,
                            const gold_study *study, const goldi_block *block)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        if (page->bytes[i] > 0) {
            GOLD_TRY(goldi_column_read(&columns->at[i], study, block,
                                       page->cells[i]));
        }
    }
    return GOLD_OK;
}

gold_status goldi_page_write(const goldi_page *page,
                             const goldi_columns *columns,
                             const gold_study *study, const goldi_block *block)
{
    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        if (page->bytes[i] > 0) {
            GOLD_TRY(goldi_column_write(&columns->at[i], study, block,
                                        page->cells[i]));
        }
    }
    return GOLD_OK;
}

void goldi_page_copy_work(goldi_page *to, size_t to_cell,
                          const goldi_page *from, size_t from_cell,
                          gold_task_kind kind)
{
    for (int work = 0; work < GOLDI_N_WORK; work++) {
        const size_t i = goldi_work_at(kind, (goldi_work)work);
        const size_t bytes = to->bytes[i];

        memcpy(to->cells[i] + to_cell * bytes,
               from->cells[i] + from_cell * bytes, bytes);
    }
}

void goldi_page_put(goldi_page *page, const gold_schema *schema, size_t cell,
                    gold_task_kind kind, const double *record)
{
    for (size_t i = 0; i < (size_t)GOLD_N_VARIABLES; i++) {
        if (page->bytes[i] > 0 && goldi_column_kind(i) == kind) {
            goldi_result_encode(i, record + schema->offset[i], schema->count[i],
                                page->cells[i] + cell * page->bytes[i]);
        }
    }
}

void goldi_page_record(const goldi_page *page, const gold_schema *schema,
                       size_t cell, double *record)
{
    for (size_t i = 0; i < (size_t)GOLD_N_VARIABLES; i++) {
        double *values = record + schema->offset[i];

        if (page->bytes[i] > 0) {
            memcpy(values, page->cells[i] + cell * page->bytes[i],
                   page->bytes[i]);
            goldi_result_decode(i, values, schema->count[i]);
        }
    }
}
