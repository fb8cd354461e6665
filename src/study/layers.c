/* SPDX-License-Identifier: MIT */
/* network.layers: a list of operations. An entry is the name of one, or the
 * name with the value of its first key, with a mapping of its keys, or with a
 * list of its inputs. */
#include <string.h>

#include "base/nearest.h"
#include "study/read.h"
#include "study/text.h"

static const struct {
    const char *word;
    size_t size;
} size_words[] = {{"classes", GOLD_SIZE_OF_CLASSES},
                  {"width", GOLD_SIZE_OF_WIDTH}};

enum {
    N_SIZE_WORDS = sizeof size_words / sizeof *size_words,
    MOST_NAMES = 64
};

static void complain_unknown(goldi_reader *reader, const goldi_node *node,
                             const char *what, const char *const *names)
{
    const char *near = gold_nearest(node->text, names);

    goldi_complain(&reader->report, node->place, "%s is no %s%s%s%s",
                   goldi_quoted(node->text, node->length).text, what,
                   near != NULL ? "; did you mean '" : "",
                   near != NULL ? near : "", near != NULL ? "'?" : "");
}

static bool find_operation(goldi_reader *reader, const goldi_node *name,
                           gold_operation *operation)
{
    const char *names[MOST_NAMES + 1] = {NULL};

    if (name->kind == GOLDI_SCALAR &&
        gold_find_operation(name->text, operation) &&
        operation->block == GOLD_BLOCK_NONE) {
        return true;
    }
    for (size_t i = 0; i < MOST_NAMES && gold_operation_name(i) != NULL; i++) {
        names[i] = gold_operation_name(i);
    }
    complain_unknown(reader, name, "operation", names);
    return false;
}

static bool is_unknown_word(const goldi_node *node)
{
    return node->kind == GOLDI_SCALAR &&
           goldi_scalar_of(node).type == GOLDI_IS_TEXT;
}

/* A size of a key: a number, or a word for one of the network's. */
static void read_size(goldi_reader *reader, const gold_op_key *key,
                      const goldi_node *node, size_t *size)
{
    const char *words[N_SIZE_WORDS + 1] = {NULL};
    int64_t number = 0;

    for (size_t i = 0; i < N_SIZE_WORDS; i++) {
        words[i] = size_words[i].word;
        if (goldi_node_is(node, size_words[i].word)) {
            *size = size_words[i].size;
            return;
        }
    }
    if (key->is_bool) {
        const goldi_scalar scalar = goldi_scalar_of(node);

        if (node->kind == GOLDI_SCALAR && scalar.type == GOLDI_IS_BOOL) {
            *size = scalar.boolean ? 1 : 0;
        } else {
            goldi_complain(&reader->report, node->place,
                           "'%s' must be true or false", key->name);
        }
    } else if (is_unknown_word(node)) {
        complain_unknown(reader, node, "size, a number or a word for one",
                         words);
    } else if (goldi_read_whole(reader, node, key->name, (double)key->low,
                                (double)key->high, &number)) {
        *size = (size_t)number;
    }
}

static void read_key(goldi_reader *reader, const gold_op_key *key,
                     const goldi_node *node, gold_op_settings *set)
{
    char *at = (char *)set + key->offset;
    size_t size = 0;
    double number = 0.0;

    if (!key->is_real) {
        memcpy(&size, at, sizeof size);
        read_size(reader, key, node, &size);
        memcpy(at, &size, sizeof size);
    } else if (goldi_read_number(reader, node, key->name, &number)) {
        if (!(number >= 0.0)) {
            goldi_complain(&reader->report, node->place, "%s is below 0",
                           key->name);
        }
        memcpy(at, &number, sizeof number);
    }
}

static void read_inputs(goldi_reader *reader, const goldi_node *node,
                        gold_operation *operation)
{
    if (node->kind != GOLDI_LIST || node->n_children == 0 ||
        node->n_children > GOLD_MOST_INPUTS) {
        goldi_complain(&reader->report, node->place,
                       "inputs must be a list of 1 to %d entries of "
                       "'layers', by number from 0; -1 is the sample",
                       (int)GOLD_MOST_INPUTS);
        return;
    }
    for (const goldi_node *item = node->first; item != NULL;
         item = item->next) {
        int64_t entry = 0;

        if (goldi_read_whole(reader, item, "inputs", -1, GOLD_MOST_OPERATIONS,
                             &entry)) {
            operation->inputs[operation->n_inputs++] = (int)entry;
        }
    }
}

/* The key of a name; NULL: none. */
static const gold_op_key *key_of(const gold_operation *operation,
                                 const char *name)
{
    const gold_op_key *key = gold_operation_keys(operation);

    while (key->name != NULL && strcmp(key->name, name) != 0) {
        key++;
    }
    return key->name == NULL ? NULL : key;
}

static void read_keys(goldi_reader *reader, const goldi_node *map,
                      gold_operation *operation)
{
    const char *names[MOST_NAMES + 1] = {"inputs"};
    size_t n = 1;

    for (const gold_op_key *key = gold_operation_keys(operation);
         key->name != NULL; key++) {
        names[n++] = key->name;
    }
    for (const goldi_node *node = map->first; node != NULL; node = node->next) {
        const gold_op_key *key = key_of(operation, node->text);

        if (key != NULL) {
            read_key(reader, key, node->value, &operation->set);
        } else if (goldi_node_is(node, "inputs")) {
            read_inputs(reader, node->value, operation);
        } else {
            complain_unknown(reader, node, "key of it", names);
        }
    }
}

/* Is what has no fallback said? */
static bool is_complete(const goldi_node *value, const gold_op_key *first)
{
    return first->name == NULL || !first->is_needed ||
           (value != NULL && value->kind != GOLDI_LIST &&
            (value->kind != GOLDI_MAP ||
             goldi_node_key(value, first->name) != NULL));
}

static void read_entry(goldi_reader *reader, const goldi_node *node,
                       gold_operation *operation)
{
    const bool is_map = node->kind == GOLDI_MAP && node->n_children == 1;
    const goldi_node *name = is_map ? node->first : node;
    const goldi_node *value = is_map ? name->value : NULL;

    if (!is_map && node->kind != GOLDI_SCALAR) {
        goldi_complain(&reader->report, node->place,
                       "an entry of 'layers' is an operation: relu, or "
                       "linear: 300, or conv2d: {out: 8, kernel: 3}");
        return;
    }
    if (!find_operation(reader, name, operation)) {
        return;
    }
    const gold_op_key *first = gold_operation_keys(operation);

    if (!is_complete(value, first)) {
        goldi_complain(&reader->report, name->place, "%s needs '%s'",
                       name->text, first->name);
    } else if (value != NULL && value->kind == GOLDI_MAP) {
        read_keys(reader, value, operation);
    } else if (value != NULL && value->kind == GOLDI_LIST) {
        read_inputs(reader, value, operation);
    } else if (value != NULL && first->name != NULL) {
        read_key(reader, first, value, &operation->set);
    } else if (value != NULL) {
        goldi_complain(&reader->report, value->place,
                       "%s takes no number; a list gives its inputs",
                       name->text);
    }
}

void goldi_read_layers(goldi_reader *reader, const goldi_node *node)
{
    gold_operations *list = &reader->study->layers;

    if (node->kind != GOLDI_LIST || node->n_children == 0 ||
        node->n_children > GOLD_MOST_OPERATIONS) {
        goldi_complain(&reader->report, node->place,
                       "'layers' must be a list of 1 to %d operations: "
                       "[linear: 300, relu, linear: classes]",
                       (int)GOLD_MOST_OPERATIONS);
        return;
    }
    if (reader->report.status == GOLD_OK) {
        reader->report.status = GOLD_ALLOC(node->n_children, &list->entries);
    }
    for (const goldi_node *item = node->first;
         item != NULL && list->entries != NULL; item = item->next) {
        read_entry(reader, item, &list->entries[list->n++]);
    }
    reader->study->base.layers = list;
}

static size_t size_at(const gold_op_key *key, const gold_op_settings *set)
{
    size_t size = 0;

    memcpy(&size, (const char *)set + key->offset, sizeof size);
    return size;
}

bool goldi_layers_mean(const gold_operations *list, size_t word)
{
    for (size_t e = 0; e < list->n; e++) {
        const gold_operation *entry = &list->entries[e];

        for (const gold_op_key *key = gold_operation_keys(entry);
             key->name != NULL; key++) {
            if (word != 0 && !key->is_real &&
                size_at(key, &entry->set) == word) {
                return true;
            }
        }
    }
    return false;
}

static void add_size(goldi_text *out, const gold_op_key *key,
                     const gold_op_settings *set)
{
    const size_t size = size_at(key, set);
    const char *word = NULL;

    for (size_t i = 0; i < N_SIZE_WORDS; i++) {
        word = size == size_words[i].size ? size_words[i].word : word;
    }
    if (word != NULL || size == GOLD_SIZE_OF_BIAS) {
        goldi_text_add(out, "%s", word != NULL ? word : "as network");
    } else {
        goldi_text_add(out, "%zu", size);
    }
}

static void add_real(goldi_text *out, const gold_op_key *key,
                     const gold_op_settings *set)
{
    char text[GOLDI_REAL_BYTES];
    double number = 0.0;

    memcpy(&number, (const char *)set + key->offset, sizeof number);
    goldi_text_add(out, "%s", goldi_real_text(number, text));
}

void goldi_add_layers(goldi_text *out, const gold_operations *list)
{
    for (size_t e = 0; e < list->n; e++) {
        const gold_operation *entry = &list->entries[e];

        goldi_text_add(out, "%s%s", e == 0 ? "network.layers = " : ", ",
                       gold_entry_name(entry));
        for (const gold_op_key *key = gold_operation_keys(entry);
             key->name != NULL; key++) {
            goldi_text_add(out, " %s ", key->name);
            (key->is_real ? add_real : add_size)(out, key, &entry->set);
        }
        for (size_t k = 0; k < entry->n_inputs; k++) {
            goldi_text_add(out, "%s%d", k == 0 ? " of " : "+",
                           entry->inputs[k]);
        }
    }
    goldi_text_add(out, "%s", list->n > 0 ? "\n" : "");
}
