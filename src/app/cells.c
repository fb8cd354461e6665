/* SPDX-License-Identifier: MIT */
#include "app/cells.h"

#include <math.h>
#include <stdarg.h>

#include "goldilocks/memory.h"

#include "app/print.h"
#include "app/words.h"

gold_status goldi_cells_init(goldi_cells *cells, size_t n_labels, size_t n_rows)
{
    *cells =
        (goldi_cells){.n_labels = n_labels, .most = n_rows * GOLDI_MOST_CELLS};
    return GOLD_ALLOC(cells->most, &cells->text);
}

void goldi_cells_fini(goldi_cells *cells)
{
    gold_free(cells->text);
    *cells = (goldi_cells){.n = 0};
}

void goldi_cells_head(goldi_cells *cells, const char *const head[2])
{
    GOLD_ASSERT(cells->n_columns < GOLDI_MOST_CELLS);
    cells->heads[cells->n_columns][0] = head[0];
    cells->heads[cells->n_columns][1] = head[1];
    cells->n_columns++;
}

void goldi_cells_add(goldi_cells *cells, const char *format, ...)
{
    va_list arguments;

    GOLD_ASSERT(cells->n < cells->most);
    va_start(arguments, format);
    (void)vsnprintf(cells->text[cells->n++], GOLDI_CELL_BYTES, format,
                    arguments);
    va_end(arguments);
}

void goldi_cells_number(goldi_cells *cells, const char *before, int digits,
                        double number)
{
    if (isnan(number)) {
        goldi_cells_add(cells, "%s", "");
    } else {
        goldi_cells_add(cells, "%s%.*g", before, digits, number);
    }
}

static size_t n_rows(const goldi_cells *cells)
{
    return cells->n / cells->n_columns;
}

static const char *cell_at(const goldi_cells *cells, size_t row, size_t column)
{
    return cells->text[row * cells->n_columns + column];
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* Characters of a column with the blanks before it; 0: nothing is in it. */
static size_t width_of(const goldi_cells *cells, size_t column)
{
    size_t width = 0;

    for (size_t row = 0; row < n_rows(cells); row++) {
        width = larger(width, goldi_text_columns(cell_at(cells, row, column)));
    }
    if (width == 0) {
        return 0;
    }
    for (size_t line = 0; line < 2; line++) {
        width = larger(width, goldi_text_columns(cells->heads[column][line]));
    }
    return width + (column == 0 ? 0 : 2);
}

/* A line of the labels and the columns from `from` to `end`: a head, or a row.
 * Labels stand at the left. */
static void print_line(FILE *out, const goldi_cells *cells, size_t from,
                       size_t end, const size_t *widths, size_t line)
{
    size_t blanks = 0;

    for (size_t column = 0; column < end; column++) {
        const bool is_label = column < cells->n_labels;
        const char *text = line < 2 ? cells->heads[column][line]
                                    : cell_at(cells, line - 2, column);
        const size_t n = goldi_text_columns(text);
        const size_t before =
            is_label ? (column == 0 ? 0 : 2) : widths[column] - n;

        if (widths[column] == 0 || (!is_label && column < from)) {
            continue;
        }
        blanks += before;
        if (n > 0) {
            gold_say(out, "%*s%s", (int)blanks, "", text);
            blanks = 0;
        }
        blanks += widths[column] - before - n;
    }
    gold_print(out, "\n");
}

void goldi_cells_print(FILE *out, const goldi_cells *cells)
{
    size_t widths[GOLDI_MOST_CELLS];
    size_t labels = 0;
    size_t from = cells->n_labels;

    for (size_t column = 0; column < cells->n_columns; column++) {
        widths[column] = width_of(cells, column);
        labels += column < cells->n_labels ? widths[column] : 0;
    }
    while (from < cells->n_columns) {
        size_t end = from;
        size_t used = labels;

        while (end < cells->n_columns &&
               (end == from || used + widths[end] <= GOLDI_COLUMNS)) {
            used += widths[end++];
        }
        gold_print(out, from > cells->n_labels && used > labels ? "\n" : "");
        for (size_t line = 0; used > labels && line < n_rows(cells) + 2;
             line++) {
            print_line(out, cells, from, end, widths, line);
        }
        from = end;
    }
}
