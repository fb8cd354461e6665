/* SPDX-License-Identifier: MIT */
/* network.layers: a list of operations. An entry is the name of one, or the
 * name with the value of its first key, with a mapping of its keys, or with a
 * list of its inputs; or it holds lists: `repeat: {times: 3, of: [..]}`, or
 * `residual: [..]`, or {residual: [..], shortcut: [..]}. */
#include "study/layers.h"

#include <string.h>

enum {
    MOST_NAMES = 64
};

static const char *word(int which)
{
    return goldi_entry_words[which].word;
}

static const char *form(int which)
{
    return goldi_entry_words[which].form;
}

static void complain_unknown(goldi_reader *reader, const goldi_node *node,
                             const char *what, const char *const *names)
{
    const goldi_answer answer = goldi_explain(
        node->text, GOLDI_NETWORK, goldi_find_key(GOLDI_NETWORK, "layers"));

    GOLDI_COMPLAIN(reader, node, "%s %s%s%s",
                   goldi_quoted(node->text, node->length).text,
                   answer.text[0] != '\0' ? answer.text : "is no ",
                   answer.text[0] != '\0' ? "" : what,
                   answer.text[0] != '\0'
                       ? ""
                       : goldi_hinted_or_listed(node->text, names).text);
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
    if (goldi_node_is(name, word(GOLDI_WORD_SHORTCUT))) {
        GOLDI_COMPLAIN(reader, name,
                       "a shortcut stands beside its residual: %s",
                       form(GOLDI_WORD_SHORTCUT));
        return false;
    }
    while (n < MOST_NAMES - 2 && gold_operation_name(n) != NULL) {
        names[n] = gold_operation_name(n);
        n++;
    }
    names[n++] = word(GOLDI_WORD_REPEAT);
    names[n] = word(GOLDI_WORD_RESIDUAL);
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
    const char *words[GOLDI_N_SIZE_WORDS + 1] = {NULL};
    int64_t number = 0;

    for (size_t i = 0; i < GOLDI_N_SIZE_WORDS; i++) {
        words[i] = goldi_size_words[i].word;
        if (goldi_node_is(node, goldi_size_words[i].word)) {
            *size = goldi_size_words[i].size;
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
            GOLDI_COMPLAIN(reader, node, "%s is below 0", key->name);
        }
        memcpy(at, &number, sizeof number);
    }
}

static void read_inputs(goldi_reader *reader, const goldi_node *node,
                        gold_operation *operation)
{
    if (node->kind != GOLDI_LIST || node->n_children == 0 ||
        node->n_children > GOLD_MOST_INPUTS) {
        GOLDI_COMPLAIN(reader, node,
                       "inputs must be a list of 1 to %d entries of 'layers', "
                       "by number from 0; -1 is the sample",
                       (int)GOLD_MOST_INPUTS);
        return;
    }
    GOLDI_EACH(item, node) {
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
    const char *names[MOST_NAMES + 1] = {word(GOLDI_WORD_INPUTS)};
    size_t n = 1;

    for (const gold_op_key *key = gold_operation_keys(operation);
         key->name != NULL; key++) {
        names[n++] = key->name;
    }
    GOLDI_EACH(node, map) {
        const gold_op_key *key = key_of(operation, node->text);

        if (key != NULL) {
            read_key(reader, key, node->value, &operation->set);
        } else if (goldi_node_is(node, names[0])) {
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
        GOLDI_COMPLAIN(reader, name, "%s needs a list: %s", name->text,
                       form(operation->block == GOLD_BLOCK_REPEAT
                                ? GOLDI_WORD_REPEAT
                                : GOLDI_WORD_RESIDUAL));
    } else if (!is_complete(value, first)) {
        GOLDI_COMPLAIN(reader, name, "%s needs '%s'", name->text, first->name);
    } else if (value != NULL && value->kind == GOLDI_MAP) {
        read_keys(reader, value, operation);
    } else if (value != NULL && value->kind == GOLDI_LIST) {
        read_inputs(reader, value, operation);
    } else if (value != NULL && first->name != NULL) {
        read_key(reader, first, value, &operation->set);
    } else if (value != NULL) {
        GOLDI_COMPLAIN(reader, value,
                       "%s takes no number; a list gives its inputs",
                       name->text);
    }
}

/* The lists within an entry, in the order in which its entries follow it:
 * `of` of a repeat; a residual and its shortcut. Absent ones are NULL. */
static void find_lists(const goldi_node *item, const goldi_node *lists[2])
{
    const goldi_node *repeat = goldi_node_key(item, word(GOLDI_WORD_REPEAT));
    const goldi_node *branch = goldi_node_key(item, word(GOLDI_WORD_RESIDUAL));
    const goldi_node *shortcut =
        goldi_node_key(item, word(GOLDI_WORD_SHORTCUT));
    const goldi_node *of =
        repeat != NULL ? goldi_node_key(repeat->value, "of") : branch;

    lists[0] = of != NULL ? of->value : NULL;
    lists[1] = branch != NULL && shortcut != NULL ? shortcut->value : NULL;
}

/* Complain of keys that are not among those. */
static void check_keys(goldi_reader *reader, const goldi_node *map,
                       const char *const *names)
{
    GOLDI_EACH(key, map) {
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
        GOLDI_COMPLAIN(reader, value, "repeat needs 'times' and 'of': %s",
                       form(GOLDI_WORD_REPEAT));
        return;
    }
    check_keys(reader, value, names);
    read_size(reader, gold_operation_keys(operation), times->value,
              &operation->set.times);
}

static void read_list(goldi_reader *reader, const goldi_node *node);

/* Is what stands within a residual a list, its shortcut beside it? */
static bool is_branch(goldi_reader *reader, const goldi_node *branch)
{
    if (branch == NULL || branch->value->kind != GOLDI_MAP) {
        return true;
    }
    GOLDI_COMPLAIN(reader, branch->value,
                   "a residual is a list, and its shortcut one beside it: %s",
                   form(GOLDI_WORD_SHORTCUT));
    return false;
}

/* Read an entry that holds lists; false: it is none. */
static bool read_block(goldi_reader *reader, const goldi_node *item,
                       gold_operation *operation)
{
    const char *const names[] = {word(GOLDI_WORD_RESIDUAL),
                                 word(GOLDI_WORD_SHORTCUT), NULL};
    const goldi_node *lists[2];
    const goldi_node *repeat = goldi_node_key(item, word(GOLDI_WORD_REPEAT));
    const goldi_node *branch = goldi_node_key(item, names[0]);
    const gold_operations *all = &reader->study->layers;
    size_t n[3] = {all->n, all->n, all->n};

    if (repeat == NULL && branch == NULL) {
        return false;
    }
    (void)gold_find_operation(repeat != NULL ? repeat->text : names[0],
                              operation);
    if (repeat != NULL) {
        read_times(reader, repeat->value, operation);
    }
    check_keys(reader, item, repeat != NULL ? &repeat->text : names);
    find_lists(item, lists);
    for (size_t i = is_branch(reader, branch) ? 0 : 2; i < 2; i++) {
        if (lists[i] != NULL) {
            read_list(reader, lists[i]);
        }
        n[i + 1] = all->n;
    }
    operation->n_of = n[1] - n[0];
    operation->n_shortcut = n[2] - n[1];
    return true;
}

/* Complain of what is no entry: of an operation whose keys stand beside it,
 * with them where they belong. */
static void complain_of_entry(goldi_reader *reader, const goldi_node *node)
{
    const goldi_node *name = node->kind == GOLDI_MAP ? node->first : NULL;
    gold_operation operation;
    goldi_text right = {0};
    const char *join = "";

    while (name != NULL && !gold_find_operation(name->text, &operation)) {
        name = name->next;
    }
    if (name == NULL) {
        GOLDI_COMPLAIN(reader, node,
                       "an entry of 'layers' is an operation: relu, or linear: "
                       "300, or conv2d: {out: 8, kernel: 3}");
        return;
    }
    goldi_text_add(&right, "{%s: {", name->text);
    if (name->value->length > 0 && gold_operation_keys(&operation)->name) {
        goldi_text_add(&right, "%s: %s", gold_operation_keys(&operation)->name,
                       name->value->text);
        join = ", ";
    }
    GOLDI_EACH(key, node) {
        if (key != name) {
            goldi_text_add(&right, "%s%s: ", join, key->text);
            goldi_add_flow(&right, key->value);
            join = ", ";
        }
    }
    if (right.status == GOLD_OK) {
        GOLDI_COMPLAIN(reader, node,
                       "an entry of 'layers' is one operation, with its keys "
                       "in it: %.200s}}",
                       right.data);
    }
    reader->report.status =
        reader->report.status == GOLD_OK ? right.status : reader->report.status;
    goldi_text_fini(&right);
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
        complain_of_entry(reader, node);
    } else if (find_operation(reader, name, operation)) {
        read_operation(reader, name, is_map ? name->value : NULL, operation);
    }
}

static void read_list(goldi_reader *reader, const goldi_node *node)
{
    gold_operations *list = &reader->study->layers;

    if (node->kind != GOLDI_LIST || node->n_children == 0) {
        GOLDI_COMPLAIN(reader, node,
                       "there must be a list of operations: [linear: 300, "
                       "relu, linear: classes]");
        return;
    }
    GOLDI_EACH(item, node) {
        if (list->n == GOLD_MOST_ENTRIES) {
            GOLDI_COMPLAIN(reader, item, "'layers' has more than %d entries",
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

/* The entry of a list that so many others are before; NULL: fewer are. */
static const goldi_node *find_entry(const goldi_node *list, size_t *before)
{
    GOLDI_EACH(item, list) {
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
