/* SPDX-License-Identifier: MIT */
/* The smallest grid that holds several. */
#include "study/unite.h"

#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "study/cell.h"
#include "study/keys.h"

enum {
    FEW = 16 /* values that are written out */
};

/* A value of one of the studies; `at` counts through all of them. */
typedef struct entry {
    goldi_cell cell;
    size_t at;
} entry;

static int compare_values(const void *left, const void *right)
{
    const entry *a = left;
    const entry *b = right;
    const int order = goldi_compare_cells(&a->cell, &b->cell);

    return order != 0 ? order : (a->at > b->at) - (a->at < b->at);
}

static int compare_places(const void *left, const void *right)
{
    const entry *a = left;
    const entry *b = right;

    return (a->at > b->at) - (a->at < b->at);
}

/* True when an axis of numbers ascends. */
static bool ascends(const gold_axis *axis)
{
    if (axis->keys[0].kind == GOLD_VALUE_TEXT) {
        return false;
    }
    for (size_t i = 1; i < axis->count; i++) {
        const goldi_cell before = {axis, i - 1};
        const goldi_cell here = {axis, i};

        if (goldi_compare_cells(&before, &here) >= 0) {
            return false;
        }
    }
    return true;
}

/* The overrides of a study without those of its axes. */
static gold_status drop_axes(const gold_study *study, char **kept)
{
    static const char grid[] = "grid.";
    goldi_text lines = {0};

    for (const char *line = study->overrides; *line != '\0';) {
        const size_t length = strcspn(line, "\n");

        if (strncmp(line, grid, sizeof grid - 1) != 0) {
            goldi_text_add(&lines, "%.*s\n", (int)length, line);
        }
        line += length + (line[length] == '\n' ? 1 : 0);
    }
    goldi_text_add(&lines, "%s", "");
    const gold_status status = goldi_text_give(&lines, kept);

    goldi_text_fini(&lines);
    return status;
}

/* A study as its text alone has its axes; NULL where that is none. */
static gold_status read_written(const gold_study *study, gold_study **written)
{
    gold_status status = GOLD_OK;
    char *overrides = NULL;
    char *report = NULL;

    GOLD_GOTO(drop_axes(study, &overrides));
    status = gold_study_parse("", study->text, strlen(study->text), overrides,
                              written, &report);
    status = status == GOLD_ERR_CONFIG ? GOLD_OK : status;

done:
    gold_free(report);
    gold_free(overrides);
    return status;
}

/* Place each value where the axis has it. */
static gold_status place_on(const gold_axis *axis, entry *values, size_t n,
                            bool *are_all_there)
{
    entry *sorted = NULL;

    GOLD_TRY(GOLD_ALLOC(axis->count, &sorted));
    for (size_t i = 0; i < axis->count; i++) {
        sorted[i] = (entry){{axis, i}, i};
    }
    qsort(sorted, axis->count, sizeof *sorted, goldi_compare_cells);
    *are_all_there = true;
    for (size_t i = 0; i < n && *are_all_there; i++) {
        const entry *found = bsearch(&values[i].cell, sorted, axis->count,
                                     sizeof *sorted, goldi_compare_cells);

        *are_all_there = found != NULL;
        values[i].at = found != NULL ? found->at : values[i].at;
    }
    gold_free(sorted);
    return GOLD_OK;
}

bool goldi_has_same_keys(const gold_axis *one, const gold_axis *two)
{
    bool is_same = one->n_keys == two->n_keys;

    for (size_t k = 0; is_same && k < one->n_keys; k++) {
        is_same = strcmp(one->keys[k].name, two->keys[k].name) == 0;
    }
    return is_same;
}

/* Put values into the order of the axis of a study, if it has them all. */
static gold_status order_as(const gold_study *study, entry *values, size_t n,
                            bool *is_found)
{
    for (size_t a = 0; study != NULL && a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];

        if (goldi_has_same_keys(axis, values[0].cell.axis)) {
            GOLD_TRY(place_on(axis, values, n, is_found));
        }
    }
    if (*is_found) {
        qsort(values, n, sizeof *values, compare_places);
    }
    return GOLD_OK;
}

/* The order of the study whose parts were chosen from its axes (--set): that of
 * the text of a part, if it has all values. */
static gold_status order_as_written(const gold_study *const *parts, size_t n,
                                    entry *values, size_t n_values)
{
    gold_status status = GOLD_OK;
    bool is_found = false;

    for (size_t i = 0; i < n && !is_found && status == GOLD_OK; i++) {
        gold_study *written = NULL;

        if (i > 0 && strcmp(parts[i]->text, parts[0]->text) == 0) {
            continue;
        }
        status = read_written(parts[i], &written);
        if (status == GOLD_OK) {
            status = order_as(written, values, n_values, &is_found);
        }
        gold_study_destroy(&written);
    }
    return status;
}

/* Distinct values of axis `a` in all parts, in the order of the whole. */
static gold_status collect(const gold_study *const *parts, size_t n, size_t a,
                           entry **values, size_t *n_values)
{
    size_t n_all = 0;
    size_t kept = 0;
    bool is_ascending = true;

    for (size_t i = 0; i < n; i++) {
        n_all += parts[i]->axes[a].count;
        is_ascending = is_ascending && ascends(&parts[i]->axes[a]);
    }
    GOLD_TRY(GOLD_ALLOC(n_all, values));
    n_all = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < parts[i]->axes[a].count; k++) {
            (*values)[n_all] = (entry){{&parts[i]->axes[a], k}, n_all};
            n_all++;
        }
    }
    qsort(*values, n_all, sizeof **values, compare_values);
    for (size_t i = 0; i < n_all; i++) {
        if (i == 0 || goldi_compare_cells(&(*values)[kept - 1].cell,
                                          &(*values)[i].cell) != 0) {
            (*values)[kept++] = (*values)[i];
        }
    }
    if (!is_ascending) {
        qsort(*values, kept, sizeof **values, compare_places);
    }
    *n_values = kept;
    return kept > parts[0]->axes[a].count
               ? order_as_written(parts, n, *values, kept)
               : GOLD_OK;
}

/* True for more than a few seeds in a row: {from: 0, count: 100}. */
static bool is_row_of_seeds(const entry *values, size_t n, size_t k)
{
    const gold_axis_key *key = &values[0].cell.axis->keys[k];

    if (n <= FEW || !goldi_is_seed(goldi_find_axis(key->name)) ||
        key->integers[values[0].cell.index] < 0) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const goldi_cell *cell = &values[i].cell;

        if (cell->axis->keys[k].integers[cell->index] !=
            key->integers[values[0].cell.index] + (int64_t)i) {
            return false;
        }
    }
    return true;
}

/* Append a value as one would write it: some numbers have only a word, such as
 * `full`. */
static void add_value(goldi_text *lines, const gold_axis_key *key, size_t i)
{
    const char *word =
        key->kind == GOLD_VALUE_INTEGER
            ? goldi_value_word(goldi_find_axis(key->name), key->integers[i])
            : NULL;

    if (word != NULL) {
        goldi_text_add(lines, "%s", word);
    } else {
        goldi_add_value(lines, key, i);
    }
}

/* The line that gives one key of an axis these values. */
static void add_line(goldi_text *lines, const entry *values, size_t n, size_t k)
{
    const gold_axis *axis = values[0].cell.axis;

    goldi_text_add(lines, "%sgrid.%s%s=", lines->length > 0 ? "\n" : "",
                   axis->n_keys > 1 ? "zip." : "", axis->keys[k].name);
    if (is_row_of_seeds(values, n, k)) {
        goldi_text_add(lines, "{from: ");
        add_value(lines, &axis->keys[k], values[0].cell.index);
        goldi_text_add(lines, ", count: %zu}", n);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        goldi_text_add(lines, "%s", i == 0 ? "[" : ", ");
        add_value(lines, &values[i].cell.axis->keys[k], values[i].cell.index);
    }
    goldi_text_add(lines, "]");
}

void goldi_add_axis_lines(goldi_text *lines, const gold_axis *axis)
{
    entry *values = NULL;

    if (lines->status == GOLD_OK) {
        lines->status = GOLD_ALLOC(axis->count, &values);
    }
    for (size_t i = 0; values != NULL && i < axis->count; i++) {
        values[i] = (entry){{axis, i}, i};
    }
    for (size_t k = 0; values != NULL && k < axis->n_keys; k++) {
        add_line(lines, values, axis->count, k);
    }
    gold_free(values);
}

/* Lines that give the first part the axes of the whole, after its own. */
static gold_status lines_of(const gold_study *const *parts, size_t n,
                            char **lines)
{
    gold_status status = GOLD_OK;
    const gold_study *first = parts[0];
    goldi_text text = {0};
    entry *values = NULL;
    size_t n_values = 0;

    goldi_text_add(&text, "%s", first->overrides);
    for (size_t a = 0; a < first->n_axes; a++) {
        GOLD_GOTO(collect(parts, n, a, &values, &n_values));
        for (size_t k = 0;
             n_values > first->axes[a].count && k < first->axes[a].n_keys;
             k++) {
            add_line(&text, values, n_values, k);
        }
        gold_free(values);
        values = NULL;
    }
    GOLD_GOTO(goldi_text_give(&text, lines));

done:
    gold_free(values);
    goldi_text_fini(&text);
    return status;
}

gold_status goldi_read_again(const gold_study *study, const char *name,
                             const char *overrides, gold_study **out)
{
    gold_status status = GOLD_OK;
    char *report = NULL;

    status = gold_study_parse(name, study->text, strlen(study->text), overrides,
                              out, &report);
    if (status == GOLD_ERR_CONFIG) {
        status = gold_fail(GOLD_ERR_MISMATCH,
                           "%s: its study cannot have these axes:\n%.3000s",
                           name, report == NULL ? "" : report);
    }
    gold_free(report);
    return status;
}

gold_status gold_study_unite(const gold_study *const *parts,
                             const char *const *names, size_t n,
                             gold_study **whole)
{
    gold_status status = GOLD_OK;
    char *lines = NULL;
    gold_study *made = NULL;

    for (size_t i = 1; i < n; i++) {
        GOLD_GOTO(goldi_check_axes(parts[0], parts[i], names[i]));
    }
    GOLD_GOTO(lines_of(parts, n, &lines));
    GOLD_GOTO(goldi_read_again(parts[0], names[0], lines, &made));
    for (size_t i = 0; i < n; i++) {
        gold_placing placing = {{NULL}};

        status = gold_placing_init(&placing, made, parts[i], names[i]);
        gold_placing_fini(&placing);
        GOLD_GOTO(status);
    }
    *whole = made;
    made = NULL;

done:
    gold_study_destroy(&made);
    gold_free(lines);
    return status;
}
