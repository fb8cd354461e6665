/* SPDX-License-Identifier: MIT */
/* The values of one key along an axis: a scalar, a list, or a range. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study/gains.h"
#include "study/read.h"

/* {from, to, count, spacing} or, of whole numbers, {from, to, step} */
typedef struct range {
    const goldi_node *place;
    double from;
    double to;
    int64_t count;
    int64_t step;
    bool has_from;
    bool has_to;
    bool has_count;
    bool has_step;
    bool is_log;
} range;

static bool reserve(goldi_reader *reader, gold_axis_key *out, size_t count)
{
    gold_status status = reader->report.status;

    if (status == GOLD_OK && out->kind == GOLD_VALUE_INTEGER) {
        status = GOLD_ALLOC(count, &out->integers);
    } else if (status == GOLD_OK && out->kind == GOLD_VALUE_REAL) {
        status = GOLD_ALLOC(count, &out->reals);
    } else if (status == GOLD_OK) {
        status = gold_alloc(count, sizeof *out->texts, (void **)&out->texts);
    }
    reader->report.status = status;
    return status == GOLD_OK;
}

static void put(const goldi_key *key, gold_axis_key *out, size_t i,
                goldi_value value)
{
    if (out->kind == GOLD_VALUE_INTEGER) {
        out->integers[i] = value.integer;
    } else if (out->kind == GOLD_VALUE_REAL) {
        out->reals[i] = value.real;
    } else {
        out->texts[i] = goldi_value_word(key, value.integer);
    }
}

/* Give an axis its texts, which stand one after another. */
static bool keep_lists(goldi_reader *reader, gold_axis_key *out, size_t count,
                       goldi_text *lists)
{
    const char *at = NULL;

    reader->report.status = goldi_text_give(lists, &out->lists);
    if (reader->report.status != GOLD_OK) {
        return false;
    }
    at = out->lists;
    for (size_t i = 0; i < count; i++) {
        out->texts[i] = at;
        at += strlen(at) + 1;
    }
    return true;
}

static bool read_list(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, gold_axis_key *out, size_t *count)
{
    const goldi_node *item = node->kind == GOLDI_LIST ? node->first : node;
    const size_t n = node->kind == GOLDI_LIST ? node->n_children : 1;
    goldi_text lists = {0};
    bool is_good = true;

    if (n == 0) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' is an empty list: an axis has at least one value",
                       key->axis);
        return false;
    }
    if (!reserve(reader, out, n)) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        goldi_value value;

        if (!goldi_read_value(reader, key, item, &value)) {
            is_good = false;
        } else if (key->type == GOLDI_GAINS) {
            goldi_add_gains(&lists, &value.gains);
            goldi_text_append(&lists, "", 1);
        } else {
            put(key, out, i, value);
        }
        item = item->next;
    }
    *count = n;
    if (key->type == GOLDI_GAINS && is_good) {
        return keep_lists(reader, out, n, &lists);
    }
    goldi_text_fini(&lists);
    return is_good;
}

static bool read_spacing(goldi_reader *reader, const goldi_node *node, range *r)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN_LOG, "spacing");
    goldi_value value;
    const bool is_good = goldi_read_value(reader, key, node, &value);

    r->is_log = is_good && value.integer == 1;
    return is_good;
}

/* One entry of a range. */
static bool read_entry(goldi_reader *reader, const goldi_node *entry, range *r)
{
    static const char *const names[] = {"from", "to",      "count",
                                        "step", "spacing", NULL};
    const goldi_node *value = entry->value;

    if (goldi_node_is(entry, "from")) {
        r->has_from = goldi_read_number(reader, value, "from", &r->from);
        return r->has_from;
    }
    if (goldi_node_is(entry, "to")) {
        r->has_to = goldi_read_number(reader, value, "to", &r->to);
        return r->has_to;
    }
    if (goldi_node_is(entry, "count")) {
        r->has_count = goldi_read_whole(reader, value, "count", 1,
                                        GOLD_MAX_AXIS, &r->count);
        return r->has_count;
    }
    if (goldi_node_is(entry, "step")) {
        r->has_step =
            goldi_read_whole(reader, value, "step", 1, 0x1p53, &r->step);
        return r->has_step;
    }
    if (goldi_node_is(entry, "spacing")) {
        return read_spacing(reader, value, r);
    }
    const goldi_answer answer =
        goldi_explain(entry->text, GOLDI_GRID,
                      &(goldi_key){.section = GOLDI_GRID, .name = "range"});

    if (answer.text[0] != '\0') {
        GOLDI_COMPLAIN(reader, entry, "%s %s",
                       goldi_quoted(entry->text, entry->length).text,
                       answer.text);
        return false;
    }
    GOLDI_COMPLAIN(
        reader, entry,
        "unknown key %s in a range (from, to, count, step, spacing)%s",
        goldi_quoted(entry->text, entry->length).text,
        goldi_hinted(entry->text, names).text);
    return false;
}

static bool read_entries(goldi_reader *reader, const goldi_node *node, range *r)
{
    bool is_good = true;

    GOLDI_EACH(entry, node) {
        is_good = read_entry(reader, entry, r) && is_good;
    }
    return is_good;
}

static bool refuse(goldi_reader *reader, const range *r, const char *why)
{
    GOLDI_COMPLAIN(reader, r->place, "%s", why);
    return false;
}

/* What holds for ranges of any numbers. */
static bool is_consistent(goldi_reader *reader, const range *r)
{
    if (r->is_log && (!r->has_from || !r->has_to || !r->has_count)) {
        return refuse(reader, r,
                      "a range with 'spacing: log' takes from, to and count");
    }
    if (r->is_log && !(r->from > 0.0 && r->to > 0.0)) {
        return refuse(reader, r,
                      "a range with 'spacing: log' lies above 0 at both ends");
    }
    if (r->has_count && r->count == 1 && r->has_from && r->has_to &&
        (r->from < r->to || r->from > r->to)) {
        return refuse(reader, r,
                      "a range of count 1 cannot have two different ends");
    }
    return true;
}

/* Value `i` of `count`: from these four numbers alone, both ends exact. */
static double between(const range *r, int64_t i)
{
    const double last = (double)(r->count - 1);

    if (i == 0) {
        return r->from;
    }
    if (i == r->count - 1) {
        return r->to;
    }
    if (r->is_log) {
        const double start = log10(r->from);

        return pow(10.0, start + (log10(r->to) - start) * (double)i / last);
    }
    return r->from + (r->to - r->from) * (double)i / last;
}

static bool fill_reals(goldi_reader *reader, const goldi_key *key,
                       const range *r, gold_axis_key *out, size_t *count)
{
    if (!r->has_from || !r->has_to || !r->has_count || r->has_step) {
        return refuse(reader, r,
                      "a range of real numbers takes from, to and count "
                      "(and spacing: linear or log)");
    }
    for (int end = 0; end < 2; end++) {
        const double value = end == 0 ? r->from : r->to;

        if (!(key->is_open ? value > key->low : value >= key->low) ||
            !(key->is_below ? value < key->high : value <= key->high)) {
            GOLDI_COMPLAIN(
                reader, r->place,
                "%s is %.10g at one end of this range; it must be %s %.10g",
                key->axis, value,
                value > key->low ? "at most"
                : key->is_open   ? "above"
                                 : "at least",
                value > key->low ? key->high : key->low);
            return false;
        }
    }
    if (!reserve(reader, out, (size_t)r->count)) {
        return false;
    }
    for (int64_t i = 0; i < r->count; i++) {
        out->reals[i] = between(r, i);
    }
    *count = (size_t)r->count;
    return true;
}

/* Turn from, to, step into from, step, count; false after a complaint. */
static bool complete_whole(goldi_reader *reader, range *r)
{
    if (r->has_step && r->has_count && r->has_to) {
        return refuse(reader, r, "give two of to, count and step, not three");
    }
    if (!r->has_to && !r->has_count) {
        return refuse(reader, r, "a range takes count, or from and to");
    }
    r->step = r->has_step ? r->step : 1;
    if (fabs(r->from) > 0x1p53 || fabs(r->to) > 0x1p53 ||
        fabs(r->from - floor(r->from)) > 0.0 ||
        fabs(r->to - floor(r->to)) > 0.0) {
        return refuse(reader, r,
                      "the ends of this range must be whole "
                      "numbers below 2^53");
    }
    if (r->has_count) {
        return true;
    }
    if (r->to < r->from) {
        return refuse(reader, r, "this range ends before it begins");
    }
    const double steps = floor((r->to - r->from) / (double)r->step);

    if (steps >= (double)GOLD_MAX_AXIS) {
        return refuse(reader, r, "an axis has at most 1000000 values");
    }
    r->count = (int64_t)steps + 1;
    return true;
}

static bool fill_whole(goldi_reader *reader, const goldi_key *key, range *r,
                       gold_axis_key *out, size_t *count)
{
    if (!complete_whole(reader, r) || !reserve(reader, out, (size_t)r->count)) {
        return false;
    }
    const bool is_spaced = r->has_count && r->has_to;

    for (int64_t i = 0; i < r->count; i++) {
        const double stepped = r->from + (double)i * (double)r->step;
        const double value = is_spaced ? round(between(r, i)) : stepped;

        if (!(value >= key->low && value <= key->high)) {
            GOLDI_COMPLAIN(reader, r->place,
                           "%s becomes %.10g in this range; it must be at "
                           "least %.10g and at most %.10g",
                           key->axis, value, key->low, key->high);
            return false;
        }
        out->integers[i] = (int64_t)value;
    }
    *count = (size_t)r->count;
    return true;
}

void goldi_form_ranges(goldi_text *schema)
{
    static const char more[] =
        "'count': {'type': 'integer', 'minimum': 1, 'maximum': %d}, 'spacing': "
        "{'description': 'Equal differences, or equal ratios.', 'enum': "
        "['linear', 'log']}, ";

    goldi_text_add(schema,
                   "'whole_range': {'description': '{count}, {from, count}, "
                   "{from, to, step} or {from, to, count, spacing}; from 0 in "
                   "steps of 1 unless said.', 'type': 'object', "
                   "'additionalProperties': false, 'properties': {'from': "
                   "{'type': 'integer'}, 'to': {'type': 'integer'}, 'step': "
                   "{'type': 'integer', 'minimum': 1}, ");
    goldi_text_add(schema, more, GOLD_MAX_AXIS);
    goldi_text_add(schema, "}, 'anyOf': [{'required': ['count']}, {'required': "
                           "['to']}]}, 'real_range': {'description': 'Evenly "
                           "spaced values, both ends included.', 'type': "
                           "'object', 'additionalProperties': false, "
                           "'properties': {'from': {'type': 'number'}, 'to': "
                           "{'type': 'number'}, ");
    goldi_text_add(schema, more, GOLD_MAX_AXIS);
    goldi_text_add(schema, "}, 'required': ['from', 'to', 'count']}, ");
}

bool goldi_read_axis_key(goldi_reader *reader, const goldi_key *key,
                         const goldi_node *node, gold_axis_key *out,
                         size_t *count)
{
    range r = {.place = node};

    (void)snprintf(out->name, sizeof out->name, "%s", key->axis);
    out->kind = goldi_kind_of(key);
    if (node->kind != GOLDI_MAP) {
        return read_list(reader, key, node, out, count);
    }
    if (out->kind == GOLD_VALUE_TEXT) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' takes %s, in a list: it has no ranges", key->axis,
                       key->type == GOLDI_GAINS ? "lists of numbers" : "words");
        return false;
    }
    if (!read_entries(reader, node, &r) || !is_consistent(reader, &r)) {
        return false;
    }
    return out->kind == GOLD_VALUE_REAL
               ? fill_reals(reader, key, &r, out, count)
               : fill_whole(reader, key, &r, out, count);
}
