/* SPDX-License-Identifier: MIT */
/* The axes of a grid. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/cell.h"
#include "study/read.h"

/* The key that an entry of the grid sweeps; NULL after a complaint. */
static const goldi_key *axis_of(goldi_reader *reader, const goldi_node *entry)
{
    const goldi_key *key = goldi_find_axis(entry->text);
    const goldi_node **seen = NULL;

    if (key == NULL || strlen(entry->text) != entry->length) {
        goldi_complain_unknown(reader, GOLDI_GRID, entry);
        goldi_doubt(reader, GOLDI_GRID);
        return NULL;
    }
    if (key->role == GOLDI_NO_AXIS) {
        GOLDI_COMPLAIN(reader, entry,
                       "'%s' cannot be an axis: it belongs under '%s:'",
                       key->name, goldi_section_label(key->section));
        return NULL;
    }
    seen = &reader->swept[goldi_key_index(key)];
    if (*seen != NULL) {
        GOLDI_COMPLAIN(reader, entry,
                       "'%s' is an axis already: first at line %zu, column %zu",
                       key->axis, (*seen)->place.line + 1,
                       (*seen)->place.column + 1);
        return NULL;
    }
    *seen = entry;
    reader->is_unsure[goldi_key_index(key)] = false;
    return key;
}

/* A fresh axis at the end of the study's; NULL after a complaint. */
static gold_axis *new_axis(goldi_reader *reader, const goldi_node *entry)
{
    gold_study *study = reader->study;

    if (study->n_axes == GOLD_MAX_AXES) {
        GOLDI_COMPLAIN(reader, entry, "more than %d axes in one grid",
                       GOLD_MAX_AXES);
        return NULL;
    }
    study->axes[study->n_axes].is_line = true;
    return &study->axes[study->n_axes++];
}

/* Add one key's values to an axis; false after a complaint. */
static bool add_key(goldi_reader *reader, gold_axis *axis,
                    const goldi_node *entry)
{
    const goldi_key *key = axis_of(reader, entry);
    gold_axis_key *out = &axis->keys[axis->n_keys];
    const size_t used = strlen(axis->name);
    size_t count = 0;

    if (key == NULL) {
        return false;
    }
    axis->n_keys++;
    axis->is_line = axis->is_line && key->role == GOLDI_LINE_AXIS;
    if (used + strlen(key->axis) + 2 > sizeof axis->name) {
        GOLDI_COMPLAIN(reader, entry,
                       "the zipped keys' names are too long together");
        return false;
    }
    (void)snprintf(axis->name + used, sizeof axis->name - used, "%s%s",
                   used > 0 ? "_" : "", key->axis);
    if (!goldi_read_axis_key(reader, key, entry->value, out, &count)) {
        reader->is_unsure[goldi_key_index(key)] = true;
        return false;
    }
    if (axis->count != 0 && axis->count != count) {
        GOLDI_COMPLAIN(reader, entry->value,
                       "'%s' has %zu values, but '%s' has %zu: zipped keys "
                       "have equally many",
                       key->axis, count, axis->keys[0].name, axis->count);
        return false;
    }
    axis->count = count;
    return true;
}

/* Complain when two values of an axis are equal. */
static void check_distinct(goldi_reader *reader, const gold_axis *axis,
                           const goldi_node *node)
{
    goldi_cell *cells =
        goldi_report_take(&reader->report, axis->count * sizeof *cells);

    if (cells == NULL) {
        return;
    }
    for (size_t i = 0; i < axis->count; i++) {
        cells[i] = (goldi_cell){axis, i};
    }
    qsort(cells, axis->count, sizeof *cells, goldi_compare_cells);
    for (size_t i = 1; i < axis->count; i++) {
        if (goldi_compare_cells(&cells[i - 1], &cells[i]) == 0) {
            const size_t a = cells[i - 1].index;
            const size_t b = cells[i].index;

            GOLDI_COMPLAIN(
                reader, node,
                "axis '%s' has the same value twice: its values %zu and %zu",
                axis->name, (a < b ? a : b) + 1, (a < b ? b : a) + 1);
            return;
        }
    }
}

static void read_plain_axis(goldi_reader *reader, const goldi_node *entry)
{
    gold_axis *axis = new_axis(reader, entry);

    if (axis != NULL && add_key(reader, axis, entry)) {
        check_distinct(reader, axis, entry->value);
    }
}

static void read_zip(goldi_reader *reader, const goldi_node *node)
{
    gold_axis *axis = NULL;
    bool is_good = true;

    if (!goldi_must_be_map(reader, node, "zip")) {
        return;
    }
    if (node->n_children == 0 || node->n_children > GOLD_MAX_ZIPPED) {
        GOLDI_COMPLAIN(reader, node, "'zip' takes from 1 to %d keys",
                       GOLD_MAX_ZIPPED);
        return;
    }
    axis = new_axis(reader, node);
    for (const goldi_node *entry = node->first; axis != NULL && entry != NULL;
         entry = entry->next) {
        is_good = add_key(reader, axis, entry) && is_good;
    }
    if (axis != NULL && is_good) {
        check_distinct(reader, axis, node);
    }
}

static void read_zips(goldi_reader *reader, const goldi_node *node)
{
    if (node->kind != GOLDI_LIST) {
        read_zip(reader, node);
        return;
    }
    GOLDI_EACH(item, node) {
        read_zip(reader, item);
    }
}

static void count_points(goldi_reader *reader, const goldi_node *node)
{
    gold_study *study = reader->study;
    double n_points = 1.0;

    for (size_t i = 0; i < study->n_axes; i++) {
        n_points *= (double)study->axes[i].count;
    }
    if (n_points > (double)GOLD_MAX_POINTS) {
        GOLDI_COMPLAIN(reader, node,
                       "the grid has %.4g points; at most %d are possible",
                       n_points, GOLD_MAX_POINTS);
        return;
    }
    study->n_points = (size_t)n_points;
}

void goldi_read_grid(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    const size_t before = reader->report.n_complaints;

    if (!goldi_must_be_map(reader, node, key->name)) {
        return;
    }
    GOLDI_EACH(entry, node) {
        if (goldi_node_is(entry, "zip")) {
            read_zips(reader, entry->value);
        } else if (goldi_node_is(entry, "exclude")) {
            reader->exclude = entry->value;
        } else {
            read_plain_axis(reader, entry);
        }
    }
    if (reader->report.n_complaints != before) {
        return;
    }
    if (reader->study->n_axes == 0) {
        GOLDI_COMPLAIN(
            reader, node,
            "the grid has no axis: give at least 'seed: {count: 1}'");
        return;
    }
    count_points(reader, node);
}
