/* SPDX-License-Identifier: MIT */
/* Keys whose values have a shape of their own. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/full_variables.h"

#include "base/text.h"
#include "study/read.h"

/* True when the node is a text without zeros; else complains. */
static bool must_be_text(goldi_reader *reader, const goldi_key *key,
                         const goldi_node *node)
{
    const bool is_text = node->kind == GOLDI_SCALAR && node->length > 0 &&
                         strlen(node->text) == node->length;

    if (!is_text) {
        GOLDI_COMPLAIN(reader, node, "'%s' must be a text", key->name);
        return false;
    }
    if (node->length > key->most) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' is %zu bytes long; at most %zu are possible",
                       key->name, node->length, key->most);
        return false;
    }
    return true;
}

void goldi_read_name(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";

    if (!must_be_text(reader, key, node)) {
        return;
    }
    if (strspn(node->text, allowed) != node->length || node->text[0] == '.' ||
        node->text[0] == '-') {
        GOLDI_COMPLAIN(
            reader, node,
            "study is %s; its name may hold a-z, 0-9, '.', '_' and '-', and "
            "begins with a letter, digit or '_': it becomes a file's name",
            goldi_quoted(node->text, node->length).text);
        return;
    }
    (void)snprintf(reader->study->name, GOLD_NAME_BYTES, "%s", node->text);
}

void goldi_read_title(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    if (must_be_text(reader, key, node)) {
        goldi_keep_text(reader, node->text, &reader->study->title);
    }
}

void goldi_read_data_name(goldi_reader *reader, const goldi_key *key,
                          const goldi_node *node)
{
    if (must_be_text(reader, key, node)) {
        goldi_keep_text(reader, node->text, &reader->study->data.name);
    }
}

/* Path of `name` in the folder of the study's file. */
static gold_status beside(const char *file, const char *name, char **path)
{
    const char *slash = strrchr(file, '/');
    goldi_text text = {0};

    goldi_text_append(&text, file, slash == NULL ? 0 : (size_t)(slash - file));
    goldi_text_add(&text, "%s%s", slash == NULL ? "" : "/", name);
    return goldi_text_give(&text, path);
}

static void keep_path(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, char **kept)
{
    const char *file = reader->report.sources[GOLDI_FROM_FILE].name;
    char *path = NULL;

    if (!must_be_text(reader, key, node)) {
        return;
    }
    goldi_keep_text(reader, node->text, kept);
    if (node->text[0] == '/' || node->place.source != GOLDI_FROM_FILE ||
        reader->report.status != GOLD_OK) {
        return;
    }
    reader->report.status = beside(file, node->text, &path);
    if (path != NULL && access(path, F_OK) == 0) {
        goldi_keep_text(reader, path, kept);
    }
    gold_free(path);
}

void goldi_read_path(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    keep_path(reader, key, node, &reader->study->data.path);
}

void goldi_read_init_file(goldi_reader *reader, const goldi_key *key,
                          const goldi_node *node)
{
    keep_path(reader, key, node, &reader->study->init_path);
}

/* The seed of a subset, or the word for one that is drawn for each seed. */
static void read_random(goldi_reader *reader, const goldi_node *node)
{
    enum {
        PER_SEED = -1
    };
    static const goldi_word words[] = {{.word = "per-seed", .value = PER_SEED},
                                       {.word = NULL}};
    static const goldi_key key = {.name = "random",
                                  .type = GOLDI_UNSIGNED,
                                  .words = words,
                                  .high = 0x1p63};
    gold_data_block *data = &reader->study->data;
    goldi_value value;

    if (!goldi_read_value(reader, &key, node, &value)) {
        return;
    }
    if (value.integer == PER_SEED) {
        data->subset = GOLD_SUBSET_PER_SEED;
    } else {
        data->subset = GOLD_SUBSET_RANDOM;
        data->subset_seed = (uint64_t)value.integer;
    }
}

void goldi_read_subset(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    (void)key;
    static const char *const words[] = {"first", "random", NULL};
    const goldi_node *random = goldi_node_key(node, "random");

    if (goldi_node_is(node, "first")) {
        return;
    }
    if (random == NULL || node->n_children != 1) {
        GOLDI_COMPLAIN(
            reader, node,
            "'subset' must be first, {random: SEED} or {random: per-seed}%s",
            goldi_node_hint(node, words).text);
        return;
    }
    read_random(reader, random->value);
}

/* Put a number at its place in a list, at the end of one that is as given;
 * false when it is there. Whole numbers are below 2^53, so all are exact. */
static bool insert(const goldi_key *key, double number, unsigned char *list,
                   size_t *n)
{
    const bool is_whole = key->type == GOLDI_WHOLES;
    const uint64_t whole = is_whole ? (uint64_t)number : 0;
    const void *from = is_whole ? (const void *)&whole : (const void *)&number;
    size_t at = *n;

    while (key->is_distinct && at > 0) {
        const double before =
            goldi_list_number(key, list, at - 1) * (key->is_falling ? -1 : 1);
        const double here = number * (key->is_falling ? -1 : 1);

        if (!(before > here)) {
            if (!(before < here)) {
                return false;
            }
            break;
        }
        at--;
    }
    memmove(list + (at + 1) * sizeof whole, list + at * sizeof whole,
            (*n - at) * sizeof whole);
    memcpy(list + at * sizeof whole, from, sizeof whole);
    (*n)++;
    return true;
}

static bool read_number(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node, double *number)
{
    goldi_key like = *key;
    goldi_value value;

    like.type = key->type == GOLDI_WHOLES ? GOLDI_UNSIGNED : GOLDI_REAL;
    if (!goldi_read_value(reader, &like, node, &value)) {
        return false;
    }
    *number = key->type == GOLDI_WHOLES ? (double)value.integer : value.real;
    return true;
}

void goldi_read_numbers(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node)
{
    gold_study *study = reader->study;
    unsigned char *home =
        key->home == GOLDI_IN_SETTINGS ? (void *)&study->base : (void *)study;
    size_t *n = (size_t *)(void *)(home + key->count);
    const bool is_list = node->kind == GOLDI_LIST;
    double number = 0.0;

    if ((!is_list && !key->is_alone) ||
        (is_list && (node->n_children == 0 || node->n_children > key->most))) {
        GOLDI_COMPLAIN(
            reader, node, "'%s' must be %sa list of 1 to %zu numbers: [%s]",
            key->name, key->is_alone ? "a number, or " : "", key->most,
            key->type == GOLDI_WHOLES ? "16, 32" : "0.5, 0.1");
        return;
    }
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        if (read_number(reader, key, item, &number) &&
            !insert(key, number, home + key->offset, n)) {
            GOLDI_COMPLAIN(reader, item, "%s is given twice",
                           goldi_quoted(item->text, item->length).text);
        }
    }
}

/* Is an item {epoch: 3}? */
static bool is_of_epochs(const goldi_node *item)
{
    return goldi_node_key(item, "epoch") != NULL ||
           goldi_node_key(item, "epochs") != NULL;
}

/* A step of training at which curvature is measured, among those before. */
static void read_moment(goldi_reader *reader, const goldi_node *item)
{
    static const char *const names[] = {"step", "start", "end", NULL};
    gold_curvature_block *curvature = &reader->study->curvature;
    const goldi_node *key = goldi_node_key(item, "step");
    int64_t value = 0;
    size_t i = curvature->n_moments;

    if (key == NULL || item->n_children != 1) {
        GOLDI_COMPLAIN(reader, item, "a moment is start, end or {step: 100}%s",
                       is_of_epochs(item) ? ": steps, not epochs"
                                          : goldi_node_hint(item, names).text);
        return;
    }
    if (!goldi_read_whole(reader, key->value, "step", 1, GOLDI_MOST_STEPS,
                          &value)) {
        return;
    }
    for (; i > 0 && curvature->moments[i - 1] >= (uint64_t)value; i--) {
        if (curvature->moments[i - 1] == (uint64_t)value) {
            GOLDI_COMPLAIN(reader, item, "step %lld is listed twice",
                           (long long)value);
            return;
        }
    }
    if (curvature->n_moments == GOLD_MAX_MOMENTS) {
        GOLDI_COMPLAIN(reader, item, "at most %d moments between are measured",
                       GOLD_MAX_MOMENTS);
        return;
    }
    memmove(curvature->moments + i + 1, curvature->moments + i,
            (curvature->n_moments++ - i) * sizeof *curvature->moments);
    curvature->moments[i] = (uint64_t)value;
}

/* Is an item a word of the key, or of the field for one? */
static bool is_word_of(const goldi_key *key, const goldi_node *item)
{
    const goldi_word *word = key->words;

    while (word->word != NULL && !goldi_node_is(item, word->word)) {
        word++;
    }
    return word->word != NULL ||
           (item->kind == GOLDI_SCALAR && item->length > 0 &&
            goldi_explain(item->text, key->section, key).text[0] != '\0');
}

void goldi_read_moments(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node)
{
    goldi_node *words =
        goldi_node_create(&reader->report, GOLDI_LIST, node->place);

    if (node->kind != GOLDI_LIST) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' must be a list: [start, {step: 100}, end]",
                       key->name);
        return;
    }
    if (words == NULL) {
        return;
    }
    GOLDI_EACH(item, node) {
        if (is_word_of(key, item)) {
            goldi_node_add_copy(&reader->report, words, item);
        } else {
            read_moment(reader, item);
        }
    }
    goldi_read_choices(reader, key, words);
}

void goldi_form_moment(goldi_text *schema)
{
    goldi_text_add(schema,
                   "'type': 'object', 'additionalProperties': false, "
                   "'required': ['step'], 'properties': {'step': {'type': "
                   "'integer', 'minimum': 1, 'maximum': %.0f}}",
                   GOLDI_MOST_STEPS);
}

void goldi_read_dense(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    (void)key;
    uint64_t *limit = &reader->study->curvature.dense_limit;
    static const char *const words[] = {"true", "false", "limit", NULL};
    const goldi_node *given = goldi_node_key(node, "limit");
    int64_t value = 0;

    if (goldi_node_is(node, "true")) {
        *limit = GOLD_DENSE_LIMIT;
    } else if (given != NULL && node->n_children == 1) {
        if (goldi_read_whole(reader, given->value, "limit", 1, GOLD_MAX_DENSE,
                             &value)) {
            *limit = (uint64_t)value;
        }
    } else if (!goldi_node_is(node, "false")) {
        GOLDI_COMPLAIN(reader, node,
                       "'dense' must be true, false or {limit: %d}: the most "
                       "parameters whose Hessian is computed entry by entry%s",
                       GOLD_DENSE_LIMIT, goldi_node_hint(node, words).text);
    }
}

void goldi_form_dense(goldi_text *schema)
{
    goldi_text_add(schema,
                   "'oneOf': [{'type': 'boolean'}, {'type': 'object', "
                   "'additionalProperties': false, 'required': ['limit'], "
                   "'properties': {'limit': {'type': 'integer', 'minimum': 1, "
                   "'maximum': %d}}}]",
                   GOLD_MAX_DENSE);
}

void goldi_read_betas(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    double *betas = reader->study->base.train.betas;
    const goldi_node *item = node->first;

    if (node->kind != GOLDI_LIST || node->n_children != 2) {
        GOLDI_COMPLAIN(
            reader, node,
            "'betas' must be two numbers, each from 0 to below 1: %s",
            key->usual);
        return;
    }
    for (size_t i = 0; i < 2; i++, item = item->next) {
        static const goldi_key bounds = {
            .name = "betas", .type = GOLDI_REAL, .high = 1.0, .is_below = true};
        goldi_value value;

        if (goldi_read_value(reader, &bounds, item, &value)) {
            betas[i] = value.real;
        }
    }
}
