/* SPDX-License-Identifier: MIT */
/* Combinations that a grid leaves out. */
#include <math.h>
#include <string.h>

#include "study/gains.h"
#include "study/read.h"

enum {
    MAX_RULES = 1000,
    MAX_COMPARISONS = 100000000
};

/* One rule: for every axis which of its values match; NULL: all of them. */
typedef struct rule {
    const gold_study *study;
    unsigned char *matches[GOLD_MAX_AXES];
} rule;

bool goldi_matches(const gold_axis_key *axis, const goldi_key *key, size_t i,
                   goldi_value value, double within, double *distance)
{
    const goldi_value own = goldi_axis_value(axis, key, i);

    *distance = 0.0;
    if (key->type == GOLDI_GAINS) {
        return goldi_match_gains(&own.gains, &value.gains, distance);
    }
    if (axis->kind != GOLD_VALUE_REAL) {
        return own.integer == value.integer;
    }
    *distance = fabs(own.real - value.real);
    return *distance <= within * fabs(own.real);
}

/* Mark the values of an axis key that equal the value at `node`. */
static void mark(goldi_reader *reader, const gold_axis *axis,
                 const gold_axis_key *swept, const goldi_node *node,
                 unsigned char *marks)
{
    const goldi_key *key = goldi_find_axis(swept->name);
    goldi_value value;
    bool is_found = false;

    if (!goldi_read_value(reader, key, node, &value)) {
        return;
    }
    for (size_t i = 0; i < axis->count; i++) {
        double distance = 0.0;

        if (goldi_matches(swept, key, i, value, 1e-6, &distance)) {
            marks[i] = 1;
            is_found = true;
        }
    }
    if (!is_found) {
        GOLDI_COMPLAIN(reader, node,
                       "%s is no value of axis '%s': nothing to exclude",
                       node->kind == GOLDI_SCALAR
                           ? goldi_quoted(node->text, node->length).text
                           : "this",
                       swept->name);
    }
}

/* Narrow a rule by one of its entries. */
static void add_entry(goldi_reader *reader, rule *r, size_t a,
                      const gold_axis_key *swept, const goldi_node *node)
{
    const gold_axis *axis = &r->study->axes[a];
    const bool is_list = node->kind == GOLDI_LIST;
    unsigned char *marks = goldi_report_take(&reader->report, axis->count);

    if (marks == NULL) {
        return;
    }
    if (node->kind == GOLDI_MAP || (is_list && node->n_children == 0) ||
        node->n_children > MAX_COMPARISONS / axis->count) {
        GOLDI_COMPLAIN(
            reader, node,
            "'exclude' takes a value or a short list of values of '%s'",
            swept->name);
        return;
    }
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        mark(reader, axis, swept, item, marks);
    }
    for (size_t i = 0; r->matches[a] != NULL && i < axis->count; i++) {
        marks[i] &= r->matches[a][i];
    }
    r->matches[a] = marks;
}

static void read_entry(goldi_reader *reader, rule *r, const goldi_node *entry)
{
    const goldi_key *key = goldi_find_axis(entry->text);
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(r->study, key, &axis);

    if (key == NULL) {
        goldi_complain_unknown(reader, GOLDI_GRID, entry);
    } else if (swept == NULL) {
        GOLDI_COMPLAIN(reader, entry, "'%s' is no axis of this grid",
                       entry->text);
    } else {
        add_entry(reader, r, axis, swept, entry->value);
    }
}

/* Drop the cells of a block of the grid that match from axis `a` on; the
 * block's first cell is `first`, its size `n`. */
static void drop(const rule *r, size_t a, size_t first, size_t n)
{
    size_t b = a;

    while (b < r->study->n_axes && r->matches[b] == NULL) {
        b++;
    }
    if (b == r->study->n_axes) {
        memset(r->study->excluded + first, 1, n);
        return;
    }
    const gold_axis *axis = &r->study->axes[a];
    const size_t stride = n / axis->count;

    for (size_t i = 0; i < axis->count; i++) {
        if (r->matches[a] == NULL || r->matches[a][i] != 0) {
            drop(r, a + 1, first + i * stride, stride);
        }
    }
}

static void read_rule(goldi_reader *reader, const goldi_node *node)
{
    const size_t before = reader->report.n_complaints;
    rule r = {.study = reader->study};

    if (!goldi_must_be_map(reader, node, "exclude")) {
        return;
    }
    if (node->n_children == 0) {
        GOLDI_COMPLAIN(reader, node, "this 'exclude' names no axis");
        return;
    }
    GOLDI_EACH(entry, node) {
        read_entry(reader, &r, entry);
    }
    if (reader->report.n_complaints == before &&
        reader->report.status == GOLD_OK) {
        drop(&r, 0, 0, reader->study->n_points);
    }
}

void goldi_read_exclude(goldi_reader *reader)
{
    const goldi_node *node = reader->exclude;
    gold_study *study = reader->study;
    const bool is_list = node != NULL && node->kind == GOLDI_LIST;

    if (node == NULL || study->n_points == 0 ||
        reader->report.status != GOLD_OK) {
        return;
    }
    if (is_list && node->n_children == 0) {
        return;
    }
    if (is_list && node->n_children > MAX_RULES) {
        GOLDI_COMPLAIN(reader, node, "'exclude' has more than %d entries",
                       MAX_RULES);
        return;
    }
    reader->report.status = GOLD_ALLOC(study->n_points, &study->excluded);
    if (reader->report.status != GOLD_OK) {
        return;
    }
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        read_rule(reader, item);
    }
    if (memchr(study->excluded, 0, study->n_points) == NULL) {
        GOLDI_COMPLAIN(reader, node, "'exclude' leaves no point of the grid");
    }
}
