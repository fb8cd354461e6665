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
        goldi_complain(&reader->report, node->place, "'%s' must be a text",
                       key->name);
        return false;
    }
    if (node->length > key->most) {
        goldi_complain(&reader->report, node->place,
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
        goldi_complain(&reader->report, node->place,
                       "study is %s; its name may hold a-z, 0-9, '.', '_' and "
                       "'-', and begins with a letter, digit or '_': it "
                       "becomes a file's name",
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

/* Path of `name` in the folder of the study's file. */
static gold_status beside(const char *file, const char *name, char **path)
{
    const char *slash = strrchr(file, '/');
    goldi_text text = {0};

    goldi_text_append(&text, file, slash == NULL ? 0 : (size_t)(slash - file));
    goldi_text_add(&text, "%s%s", slash == NULL ? "" : "/", name);
    return goldi_text_give(&text, path);
}

void goldi_read_path(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    const char *file = reader->report.sources[GOLDI_FROM_FILE].name;
    char *path = NULL;

    if (!must_be_text(reader, key, node)) {
        return;
    }
    goldi_keep_text(reader, node->text, &reader->study->data.path);
    if (node->text[0] == '/' || node->place.source != GOLDI_FROM_FILE ||
        reader->report.status != GOLD_OK) {
        return;
    }
    reader->report.status = beside(file, node->text, &path);
    if (path != NULL && access(path, F_OK) == 0) {
        goldi_keep_text(reader, path, &reader->study->data.path);
    }
    gold_free(path);
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
        goldi_complain(&reader->report, node->place,
                       "'subset' must be first, {random: SEED} or {random: "
                       "per-seed}%s",
                       goldi_node_hint(node, words).text);
        return;
    }
    read_random(reader, random->value);
}

/* A list of whole numbers from 1; what was read is counted in `*n`. */
static void read_counts(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node, uint64_t *counts, size_t *n)
{
    int64_t count = 0;

    if (node->kind != GOLDI_LIST || node->n_children > key->most ||
        node->n_children == 0) {
        goldi_complain(&reader->report, node->place,
                       "'%s' must be a list of 1 to %zu numbers: [16, 32]",
                       key->name, key->most);
        return;
    }
    for (const goldi_node *item = node->first; item != NULL;
         item = item->next) {
        if (goldi_read_whole(reader, item, key->name, key->low, key->high,
                             &count)) {
            counts[(*n)++] = (uint64_t)count;
        }
    }
}

void goldi_read_channels(goldi_reader *reader, const goldi_key *key,
                         const goldi_node *node)
{
    gold_settings *base = &reader->study->base;

    read_counts(reader, key, node, base->channels, &base->n_channels);
}

void goldi_read_widths(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    gold_settings *base = &reader->study->base;

    read_counts(reader, key, node, base->widths, &base->n_widths);
}

void goldi_read_head(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    gold_settings *base = &reader->study->base;

    read_counts(reader, key, node, base->head, &base->n_head);
}

/* Put a dimension in its place among those before it; false when it is there.
 */
static bool insert_dim(gold_curvature_block *curvature, size_t dim)
{
    size_t at = curvature->n_dims;

    while (at > 0 && curvature->dims[at - 1] > dim) {
        at--;
    }
    if (at > 0 && curvature->dims[at - 1] == dim) {
        return false;
    }
    memmove(&curvature->dims[at + 1], &curvature->dims[at],
            (curvature->n_dims - at) * sizeof *curvature->dims);
    curvature->dims[at] = dim;
    curvature->n_dims++;
    return true;
}

void goldi_read_dims(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    gold_curvature_block *curvature = &reader->study->curvature;
    const bool is_list = node->kind == GOLDI_LIST;

    if (is_list && (node->n_children == 0 || node->n_children > key->most)) {
        goldi_complain(&reader->report, node->place,
                       "'dim' takes from 1 to %zu dimensions, not %zu",
                       key->most, node->n_children);
        return;
    }
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        int64_t dim = 0;

        if (goldi_read_whole(reader, item, key->name, key->low, key->high,
                             &dim) &&
            !insert_dim(curvature, (size_t)dim)) {
            goldi_complain(&reader->report, item->place,
                           "dimension %s is given twice", item->text);
        }
    }
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
        goldi_complain(&reader->report, node->place,
                       "'dense' must be true, false or {limit: %d}: the most "
                       "parameters whose Hessian is computed entry by "
                       "entry%s",
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

/* Put a loss in its place among those before it; false when it is there. */
static bool insert_loss(gold_train_block *train, double loss)
{
    size_t at = train->n_reach;

    while (at > 0 && train->reach[at - 1] < loss) {
        at--;
    }
    if (at > 0 && !(train->reach[at - 1] > loss)) {
        return false;
    }
    memmove(&train->reach[at + 1], &train->reach[at],
            (train->n_reach - at) * sizeof *train->reach);
    train->reach[at] = loss;
    train->n_reach++;
    return true;
}

void goldi_read_reach(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    const bool is_list = node->kind == GOLDI_LIST;

    if (!is_list || node->n_children == 0 || node->n_children > key->most) {
        goldi_complain(&reader->report, node->place,
                       "'reach' must be a list of 1 to %zu losses: [0.5, 0.1]",
                       key->most);
        return;
    }
    for (const goldi_node *item = node->first; item != NULL;
         item = item->next) {
        double loss = 0.0;

        if (!goldi_read_number(reader, item, key->name, &loss)) {
            continue;
        }
        if (!(loss > key->low)) {
            goldi_complain(&reader->report, item->place,
                           "reach has %s; losses are above 0",
                           goldi_quoted(item->text, item->length).text);
        } else if (!insert_loss(&reader->study->train, loss)) {
            goldi_complain(&reader->report, item->place,
                           "loss %s is given twice",
                           goldi_quoted(item->text, item->length).text);
        }
    }
}
