/* SPDX-License-Identifier: MIT */
/* network.layers: a list of operations. An entry is the name of one, or the
 * name with the value of its first key, with a mapping of its keys, or with a
 * list of its inputs; or it holds lists: `repeat: {times: 3, of: [..]}`, or
 * `residual: [..]`, or {residual: [..], shortcut: [..]}. */
#include <string.h>

#include "study/read.h"
#include "study/text.h"

static const struct {
    const char *word;
    size_t size;
} size_words[] = {{"classes", GOLD_SIZE_OF_CLASSES},
                  {"width", GOLD_SIZE_OF_WIDTH},
                  {"depth", GOLD_SIZE_OF_DEPTH},
                  {"channels", GOLD_SIZE_OF_CHANNELS}};

enum {
    N_SIZE_WORDS = sizeof size_words / sizeof *size_words,
    MOST_NAMES = 64
};

static void complain_unknown(goldi_reader *reader, const goldi_node *node,
                             const char *what, const char *const *names)
{
    goldi_complain(&reader->report, node->place, "%s is no %s%s",
                   goldi_quoted(node->text, node->length).text, what,
                   goldi_hinted(node->text, names).text);
}

static bool find_operation(goldi_reader *reader, const goldi_node *name,
                           gold_operation *operation)
{
    const char *names[MOST_NAMES + 1] = {NULL};
    size_t n = 0;

    if (name->kind == GOLDI_SCALAR &&
        gold_find_operation(name->text, operation)) {
        return true;
    }
    while (n < MOST_NAMES - 2 && gold_operation_name(n) != NULL) {
        names[n] = gold_operation_name(n);
        n++;
    }
    names[n++] = "repeat";
    names[n] = "residual";
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
        const goldi_key like = {.name = key->name, .type = GOLDI_BOOL};
        goldi_value value;

        if (goldi_read_value(reader, &like, node, &value)) {
            *size = value.integer == 0 ? 0 : 1;
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

/* An operation, with what stands behind its name, or NULL. */
static void read_operation(goldi_reader *reader, const goldi_node *name,
                           const goldi_node *value, gold_operation *operation)
{
    const gold_op_key *first = gold_operation_keys(operation);

    if (operation->block != GOLD_BLOCK_NONE) {
        goldi_complain(&reader->report, name->place,
                       "%s needs a list: {repeat: {times: 3, of: [relu]}}, or "
                       "{residual: [linear: width, relu]}",
                       name->text);
    } else if (!is_complete(value, first)) {
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

/* The lists within an entry, in the order in which its entries follow it:
 * `of` of a repeat; a residual and its shortcut. Absent ones are NULL. */
static void find_lists(const goldi_node *item, const goldi_node *lists[2])
{
    const goldi_node *repeat = goldi_node_key(item, "repeat");
    const goldi_node *branch = goldi_node_key(item, "residual");
    const goldi_node *shortcut = goldi_node_key(item, "shortcut");
    const goldi_node *of =
        repeat != NULL ? goldi_node_key(repeat->value, "of") : branch;

    lists[0] = of != NULL ? of->value : NULL;
    lists[1] = branch != NULL && shortcut != NULL ? shortcut->value : NULL;
}

/* Complain of keys that are not among those. */
static void check_keys(goldi_reader *reader, const goldi_node *map,
                       const char *const *names)
{
    for (const goldi_node *key = map->first; key != NULL; key = key->next) {
        const char *const *name = names;

        while (*name != NULL && !goldi_node_is(key, *name)) {
            name++;
        }
        if (*name == NULL) {
            complain_unknown(reader, key, "key of it", names);
        }
    }
}

static void read_times(goldi_reader *reader, const goldi_node *value,
                       gold_operation *operation)
{
    static const char *const names[] = {"times", "of", NULL};
    const goldi_node *times = goldi_node_key(value, "times");

    if (times == NULL || goldi_node_key(value, "of") == NULL) {
        goldi_complain(&reader->report, value->place,
                       "repeat needs 'times' and 'of': {times: 3, of: "
                       "[linear: width, relu]}");
        return;
    }
    check_keys(reader, value, names);
    read_size(reader, gold_operation_keys(operation), times->value,
              &operation->set.times);
}

static void read_list(goldi_reader *reader, const goldi_node *node);

/* Read an entry that holds lists; false: it is none. */
static bool read_block(goldi_reader *reader, const goldi_node *item,
                       gold_operation *operation)
{
    static const char *const names[] = {"residual", "shortcut", NULL};
    const goldi_node *lists[2];
    const goldi_node *repeat = goldi_node_key(item, "repeat");
    const gold_operations *all = &reader->study->layers;
    size_t n[3] = {all->n};

    if (repeat == NULL && goldi_node_key(item, "residual") == NULL) {
        return false;
    }
    (void)gold_find_operation(repeat != NULL ? "repeat" : "residual",
                              operation);
    if (repeat != NULL) {
        read_times(reader, repeat->value, operation);
    }
    check_keys(reader, item, repeat != NULL ? &repeat->text : names);
    find_lists(item, lists);
    for (size_t i = 0; i < 2; i++) {
        if (lists[i] != NULL) {
            read_list(reader, lists[i]);
        }
        n[i + 1] = all->n;
    }
    operation->n_of = n[1] - n[0];
    operation->n_shortcut = n[2] - n[1];
    return true;
}

static void read_entry(goldi_reader *reader, const goldi_node *node,
                       gold_operation *operation)
{
    const bool is_map = node->kind == GOLDI_MAP && node->n_children == 1;
    const goldi_node *name = is_map ? node->first : node;

    if (node->kind == GOLDI_MAP && read_block(reader, node, operation)) {
        return;
    }
    if (!is_map && node->kind != GOLDI_SCALAR) {
        goldi_complain(&reader->report, node->place,
                       "an entry of 'layers' is an operation: relu, or "
                       "linear: 300, or conv2d: {out: 8, kernel: 3}");
    } else if (find_operation(reader, name, operation)) {
        read_operation(reader, name, is_map ? name->value : NULL, operation);
    }
}

static void read_list(goldi_reader *reader, const goldi_node *node)
{
    gold_operations *list = &reader->study->layers;

    if (node->kind != GOLDI_LIST || node->n_children == 0) {
        goldi_complain(&reader->report, node->place,
                       "there must be a list of operations: [linear: 300, "
                       "relu, linear: classes]");
        return;
    }
    for (const goldi_node *item = node->first; item != NULL;
         item = item->next) {
        if (list->n == GOLD_MOST_ENTRIES) {
            goldi_complain(&reader->report, item->place,
                           "'layers' has more than %d entries",
                           (int)GOLD_MOST_ENTRIES);
            return;
        }
        read_entry(reader, item, &list->entries[list->n++]);
    }
}

void goldi_read_layers(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    gold_operations *list = &reader->study->layers;

    (void)key;
    if (reader->report.status == GOLD_OK) {
        reader->report.status = GOLD_ALLOC(GOLD_MOST_ENTRIES, &list->entries);
    }
    if (list->entries != NULL) {
        read_list(reader, node);
    }
    reader->study->base.layers = list;
}

/* What stands behind a key of an operation. */
static void write_key(goldi_text *schema, const gold_op_key *key)
{
    if (key->is_bool) {
        goldi_text_add(schema, "{'type': 'boolean'}");
    } else if (key->is_real) {
        goldi_text_add(schema, "{'type': 'number', 'minimum': 0}");
    } else {
        goldi_text_add(schema,
                       "{'oneOf': [{'type': 'integer', 'minimum': %zu, "
                       "'maximum': %zu}, {'enum': [",
                       key->low, key->high);
        for (size_t i = 0; i < N_SIZE_WORDS; i++) {
            goldi_text_add(schema, "%s'%s'", i > 0 ? ", " : "",
                           size_words[i].word);
        }
        goldi_text_add(schema, "]}]}");
    }
}

/* What stands behind the name of an operation: its inputs, its first key, or
 * all of them. */
static void write_values(goldi_text *schema, const char *name,
                         const gold_op_key *first)
{
    static const char inputs[] =
        "{'type': 'array', 'minItems': 1, 'maxItems': %d, 'items': {'type': "
        "'integer', 'minimum': -1, 'maximum': %d}}";

    goldi_text_add(schema, "'%s': {'anyOf': [", name);
    if (!first->is_needed) {
        goldi_text_add(schema, inputs, GOLD_MOST_INPUTS, GOLD_MOST_OPERATIONS);
        goldi_text_add(schema, ", ");
    }
    if (first->name != NULL) {
        write_key(schema, first);
        goldi_text_add(schema, ", ");
    }
    goldi_text_add(schema, "{'type': 'object', 'additionalProperties': false, "
                           "'properties': {");
    for (const gold_op_key *key = first; key->name != NULL; key++) {
        goldi_text_add(schema, "'%s': ", key->name);
        write_key(schema, key);
        goldi_text_add(schema, ", ");
    }
    goldi_text_add(schema, "'inputs': ");
    goldi_text_add(schema, inputs, GOLD_MOST_INPUTS, GOLD_MOST_OPERATIONS);
    goldi_text_add(schema,
                   first->is_needed ? "}, 'required': ['%s']}]}" : "}}]}",
                   first->name);
}

/* Entries that are lists: repeat, and residual with or without a shortcut. */
static void write_blocks(goldi_text *schema)
{
    static const char list[] = "{'$ref': '#/properties/network/properties/"
                               "layers'}";
    gold_operation repeat;

    (void)gold_find_operation("repeat", &repeat);
    goldi_text_add(schema, "{'type': 'object', 'additionalProperties': false, "
                           "'required': ['repeat'], 'properties': {'repeat': "
                           "{'type': 'object', 'additionalProperties': false, "
                           "'required': ['times', 'of'], 'properties': "
                           "{'times': ");
    write_key(schema, gold_operation_keys(&repeat));
    goldi_text_add(schema,
                   ", 'of': %s}}}}, {'type': 'object', "
                   "'additionalProperties': false, 'required': ['residual'], "
                   "'properties': {'residual': %s, 'shortcut': %s}}",
                   list, list, list);
}

/* The names of operations that need nothing, and what all may be followed by;
 * or lists. */
void goldi_form_layers(goldi_text *schema)
{
    goldi_text values = {0};
    const char *name = NULL;
    const char *join = "";

    goldi_text_add(schema, "'type': 'array', 'minItems': 1, 'items': "
                           "{'oneOf': [{'enum': [");
    for (size_t i = 0; (name = gold_operation_name(i)) != NULL; i++) {
        gold_operation operation;

        (void)gold_find_operation(name, &operation);
        const gold_op_key *first = gold_operation_keys(&operation);

        if (operation.block != GOLD_BLOCK_NONE) {
            continue;
        }
        goldi_text_add(&values, "%s", i > 0 ? ", " : "");
        write_values(&values, name, first);
        if (!first->is_needed) {
            goldi_text_add(schema, "%s'%s'", join, name);
            join = ", ";
        }
    }
    goldi_text_add(schema, "]}, {'type': 'object', 'minProperties': 1, "
                           "'maxProperties': 1, 'additionalProperties': false, "
                           "'properties': {");
    goldi_text_append(schema, values.data, values.length);
    goldi_text_add(schema, "}}, ");
    write_blocks(schema);
    goldi_text_add(schema, "]}");
    schema->status = schema->status == GOLD_OK ? values.status : schema->status;
    goldi_text_fini(&values);
}

/* The entry of a list that so many others are before; NULL: fewer are. */
static const goldi_node *find_entry(const goldi_node *list, size_t *before)
{
    for (const goldi_node *item = list->first; item != NULL;
         item = item->next) {
        const goldi_node *lists[2];

        if ((*before)-- == 0) {
            return item;
        }
        find_lists(item, lists);
        for (size_t i = 0; i < 2; i++) {
            const goldi_node *found =
                lists[i] != NULL ? find_entry(lists[i], before) : NULL;

            if (found != NULL) {
                return found;
            }
        }
    }
    return NULL;
}

goldi_place goldi_place_of_entry(const goldi_node *layers, size_t entry)
{
    const goldi_node *item = find_entry(layers, &entry);

    return item != NULL ? item->place : layers->place;
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
        if (entry->block != GOLD_BLOCK_NONE) {
            goldi_text_add(out, " over %zu and %zu", entry->n_of,
                           entry->n_shortcut);
        }
        for (size_t k = 0; k < entry->n_inputs; k++) {
            goldi_text_add(out, "%s%d", k == 0 ? " of " : "+",
                           entry->inputs[k]);
        }
    }
    goldi_text_add(out, "%s", list->n > 0 ? "\n" : "");
}
