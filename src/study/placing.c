/* SPDX-License-Identifier: MIT */
/* Where a part of a grid stands in the whole. */
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "study/cell.h"
#include "study/unite.h"

gold_status goldi_fail_with_difference(const gold_study *whole,
                                       const gold_study *part, const char *name)
{
    gold_status status = GOLD_OK;
    char *difference = NULL;

    GOLD_GOTO(gold_study_difference(part, whole, NULL, &difference));
    GOLD_FAIL(GOLD_ERR_MISMATCH,
              "%s: is of another study, which more values on its axes do not "
              "explain; they differ in\n%s",
              name, difference);

done:
    gold_free(difference);
    return status;
}

static bool has_axes_of(const gold_study *study, const gold_study *other)
{
    bool is_same = study->n_axes == other->n_axes;

    for (size_t a = 0; is_same && a < study->n_axes; a++) {
        is_same = goldi_has_same_keys(&study->axes[a], &other->axes[a]);
    }
    return is_same;
}

gold_status goldi_check_axes(const gold_study *whole, const gold_study *part,
                             const char *name)
{
    return has_axes_of(part, whole)
               ? GOLD_OK
               : goldi_fail_with_difference(whole, part, name);
}

static bool has_equal_values(const gold_axis *one, const gold_axis *two)
{
    if (one->count != two->count) {
        return false;
    }
    for (size_t i = 0; i < one->count; i++) {
        const goldi_cell a = {one, i};
        const goldi_cell b = {two, i};

        if (goldi_compare_cells(&a, &b) != 0) {
            return false;
        }
    }
    return true;
}

bool gold_study_has_lines_of(const gold_study *study, const gold_study *other)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        if (study->axes[a].is_line &&
            !has_equal_values(&study->axes[a], &other->axes[a])) {
            return false;
        }
    }
    return true;
}

/* The lines that give a part the axes of the whole. */
static void add_growth(goldi_text *lines, const gold_study *whole,
                       const gold_study *part)
{
    for (size_t a = 0; a < whole->n_axes; a++) {
        if (!has_equal_values(&whole->axes[a], &part->axes[a])) {
            goldi_add_axis_lines(lines, &whole->axes[a]);
        }
    }
}

/* Fail unless the part with the axes of the whole is the whole. */
static gold_status check_rest(const gold_study *whole, const gold_study *part,
                              const char *name)
{
    gold_status status = GOLD_OK;
    goldi_text text = {0};
    char *lines = NULL;
    char *of_whole = NULL;
    char *of_part = NULL;
    gold_study *grown = NULL;

    goldi_text_add(&text, "%s", part->overrides);
    add_growth(&text, whole, part);
    GOLD_GOTO(goldi_text_give(&text, &lines));
    GOLD_GOTO(goldi_read_again(part, name, lines, &grown));
    /* A file from before there was training has none, whatever its text. */
    grown->has_train = grown->has_train && part->has_train;
    GOLD_GOTO(gold_study_identity(whole, &of_whole));
    GOLD_GOTO(gold_study_identity(grown, &of_part));
    if (strcmp(of_whole, of_part) != 0) {
        status = goldi_fail_with_difference(whole, grown, name);
    }

done:
    gold_study_destroy(&grown);
    gold_free(of_part);
    gold_free(of_whole);
    gold_free(lines);
    goldi_text_fini(&text);
    return status;
}

/* Find all values of a part's axis on the whole's. */
static gold_status place_axis(const gold_axis *whole, const gold_axis *part,
                              const char *name, size_t *index)
{
    gold_status status = GOLD_OK;
    goldi_cell *cells = NULL;
    char text[GOLD_NAME_BYTES];

    GOLD_GOTO(GOLD_ALLOC(whole->count, &cells));
    for (size_t i = 0; i < whole->count; i++) {
        cells[i] = (goldi_cell){whole, i};
    }
    qsort(cells, whole->count, sizeof *cells, goldi_compare_cells);
    for (size_t i = 0; i < part->count; i++) {
        const goldi_cell wanted = {part, i};
        const goldi_cell *found = bsearch(&wanted, cells, whole->count,
                                          sizeof *cells, goldi_compare_cells);

        if (found == NULL) {
            GOLD_FAIL(GOLD_ERR_MISMATCH,
                      "%s: has %s %s, which the grid has not", name,
                      part->keys[0].name,
                      gold_axis_text(&part->keys[0], i, text));
        }
        index[i] = found->index;
    }

done:
    gold_free(cells);
    return status;
}

gold_status gold_placing_init(gold_placing *placing, const gold_study *whole,
                              const gold_study *part, const char *name)
{
    GOLD_TRY(goldi_check_axes(whole, part, name));
    GOLD_TRY(check_rest(whole, part, name));
    for (size_t a = 0; a < whole->n_axes; a++) {
        GOLD_TRY(GOLD_ALLOC(part->axes[a].count, &placing->index[a]));
        GOLD_TRY(place_axis(&whole->axes[a], &part->axes[a], name,
                            placing->index[a]));
    }
    return GOLD_OK;
}

void gold_placing_fini(gold_placing *placing)
{
    for (size_t a = 0; a < GOLD_MAX_AXES; a++) {
        gold_free(placing->index[a]);
    }
    *placing = (gold_placing){{NULL}};
}

gold_status gold_study_growth(const gold_study *whole, const gold_study *part,
                              char **lines)
{
    gold_placing placing = {{NULL}};
    goldi_text text = {0};
    const gold_status status = gold_placing_init(&placing, whole, part, "");

    gold_placing_fini(&placing);
    if (status == GOLD_ERR_MEMORY) {
        return status;
    }
    if (status == GOLD_OK) {
        add_growth(&text, whole, part);
    }
    return goldi_text_give(&text, lines);
}
