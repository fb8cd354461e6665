/* SPDX-License-Identifier: MIT */
/* What is said of lists of layers: to identities, and to the JSON Schema. */
#include <string.h>

#include "study/layers.h"

const goldi_size_word goldi_size_words[GOLDI_N_SIZE_WORDS] = {
    {"classes", GOLD_SIZE_OF_CLASSES},
    {"width", GOLD_SIZE_OF_WIDTH},
    {"depth", GOLD_SIZE_OF_DEPTH},
    {"channels", GOLD_SIZE_OF_CHANNELS}};

#define BLOCK "{residual: [linear: width, relu], shortcut: [linear: width]}"
#define INPUT "{linear: {out: 3, inputs: [0]}}"

const goldi_entry_word goldi_entry_words[GOLDI_N_ENTRY_WORDS] = {
    [GOLDI_WORD_REPEAT] = {"repeat",
                           "{repeat: {times: 3, of: [linear: width, relu]}}",
                           "The list 'of' so many times, one after another."},
    [GOLDI_WORD_RESIDUAL] = {"residual", "{residual: [linear: width, relu]}",
                             "What the list makes of its input, and that input "
                             "added to it."},
    [GOLDI_WORD_SHORTCUT] = {"shortcut", BLOCK,
                             "Beside a residual: the list that its input goes "
                             "through before it is added."},
    [GOLDI_WORD_INPUTS] = {"inputs", INPUT,
                           "Within an operation: what it takes, entries of "
                           "the same list by number from 0; -1 is what the "
                           "list takes. Default: the entry before."},
};

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
        for (size_t i = 0; i < GOLDI_N_SIZE_WORDS; i++) {
            goldi_text_add(schema, "%s'%s'", i > 0 ? ", " : "",
                           goldi_size_words[i].word);
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

    for (size_t i = 0; i < GOLDI_N_SIZE_WORDS; i++) {
        word =
            size == goldi_size_words[i].size ? goldi_size_words[i].word : word;
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

void goldi_add_operation(goldi_text *out, const gold_operation *operation)
{
    const gold_op_key *key = gold_operation_keys(operation);
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(out, "%s", key->name == NULL ? "no keys" : "");
    for (const char *join = ""; key->name != NULL; key++, join = "; ") {
        goldi_text_add(out, "%s%s, ", join, key->name);
        if (key->is_bool) {
            goldi_text_add(out, "true or false");
        } else if (key->is_real) {
            goldi_text_add(out, "a number at least 0; default: %s",
                           goldi_real_text(1e-5, real));
        } else {
            goldi_text_add(out,
                           "a whole number from %zu to %zu, or classes, "
                           "width, depth or channels",
                           key->low, key->high);
        }
        if (!key->is_needed && !key->is_real) {
            goldi_text_add(out, "; default: ");
            if (key->is_bool && size_at(key, &operation->set) < 2) {
                goldi_text_add(
                    out, size_at(key, &operation->set) == 1 ? "true" : "false");
            } else {
                add_size(out, key, &operation->set);
            }
        }
    }
}

void goldi_add_entry_word(goldi_text *out, const goldi_entry_word *word)
{
    gold_operation block;

    goldi_text_add(out, "%s As in %s.", word->means, word->form);
    if (gold_find_operation(word->word, &block) &&
        gold_operation_keys(&block)->name != NULL) {
        goldi_text_add(out, " Keys: ");
        goldi_add_operation(out, &block);
        goldi_text_add(out, ".");
    }
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
