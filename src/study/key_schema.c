/* SPDX-License-Identifier: MIT */
/* The JSON Schema (draft 7) of studies, from the table of keys. Values of keys
 * that may be axes are definitions: NAME is one value, NAME_values one or a
 * list, NAME_axis what a grid may have. */
#include <math.h>
#include <stdio.h>

#include "base/json.h"
#include "study/key_text.h"
#include "study/phases.h"

static void write_object(goldi_text *out, goldi_section section,
                         const char *rule);

static void write_bound(goldi_text *out, const char *name, bool is_open,
                        double bound)
{
    if (isfinite(bound)) {
        goldi_text_add(out, "'%s%s': %.17g, ", is_open ? "exclusiveM" : "m",
                       name, bound);
    }
}

/* A number of the key, within its bounds. */
static void write_number(goldi_text *out, const goldi_key *key,
                         const char *type)
{
    goldi_text_add(out, "'type': '%s', ", type);
    write_bound(out, "inimum", key->is_open, key->low);
    write_bound(out, "aximum", key->is_below, key->high);
}

static void write_words(goldi_text *out, const goldi_word *words)
{
    goldi_text_add(out, "'enum': [");
    for (; words->word != NULL; words++) {
        goldi_text_add(out, "'%s', ", words->word);
    }
    goldi_text_add(out, "], ");
}

static void write_list(goldi_text *out, const goldi_key *key, const char *type)
{
    goldi_text_add(out, "'type': 'array', 'minItems': 1, 'maxItems': %zu, %s",
                   key->most, key->is_distinct ? "'uniqueItems': true, " : "");
    goldi_text_add(out, "'items': {");
    write_number(out, key, type);
    goldi_text_add(out, "}, ");
}

/* A list, or one entry without it. */
static void write_entries(goldi_text *out, const goldi_key *key,
                          const char *type)
{
    if (!key->is_alone) {
        write_list(out, key, type);
        return;
    }
    goldi_text_add(out, "'oneOf': [{");
    write_number(out, key, type);
    goldi_text_add(out, "}, {");
    write_list(out, key, type);
    goldi_text_add(out, "}], ");
}

/* A number, or something else. */
static void write_either(goldi_text *out, const goldi_key *key,
                         const char *other)
{
    goldi_text_add(out, "'oneOf': [{");
    write_number(out, key, "integer");
    goldi_text_add(out, "}, {%s}], ", other);
}

static void write_whole(goldi_text *out, const goldi_key *key)
{
    char word[64];

    if (key->words == NULL) {
        write_number(out, key, "integer");
        return;
    }
    (void)snprintf(word, sizeof word, "'enum': ['%s']", key->words->word);
    write_either(out, key, word);
}

/* What may stand in a list of words. */
static void write_items(goldi_text *out, const goldi_key *key)
{
    if (key->form == NULL) {
        write_words(out, key->words);
        return;
    }
    goldi_text_add(out, "'oneOf': [{");
    write_words(out, key->words);
    goldi_text_add(out, "}, {");
    key->form(out);
    goldi_text_add(out, "}]");
}

/* The members that say what a value of the key is. */
static void write_value(goldi_text *out, const goldi_key *key)
{
    switch (key->type) {
    case GOLDI_UNSIGNED:
        write_whole(out, key);
        break;
    case GOLDI_REAL:
        write_number(out, key, "number");
        break;
    case GOLDI_BOOL:
        goldi_text_add(out, "'type': 'boolean', ");
        break;
    case GOLDI_CHOICE:
        write_words(out, key->words);
        break;
    case GOLDI_CHOICES:
        goldi_text_add(out, "'type': 'array', 'uniqueItems': true, 'items': {");
        write_items(out, key);
        goldi_text_add(out, "}, ");
        break;
    case GOLDI_SIZE:
        write_either(out, key,
                     "'type': 'string', 'pattern': '^[0-9]+([.][0-9]*)?([eE]"
                     "[-+]?[0-9]+)? *(B|kB|KB|MB|GB|TB|KiB|MiB|GiB|TiB)$'");
        break;
    case GOLDI_TEXT:
        goldi_text_add(out,
                       "'type': ['string', 'number'], 'minLength': 1, "
                       "'maxLength': %zu, ",
                       key->most);
        break;
    case GOLDI_WHOLES:
        write_entries(out, key, "integer");
        break;
    case GOLDI_REALS:
    case GOLDI_GAINS:
        write_entries(out, key, "number");
        break;
    case GOLDI_SECTION:
        if (key->words != NULL) {
            goldi_text_add(out, "'oneOf': [{'enum': ['%s']}, {",
                           key->words->word);
        }
        write_object(out, key->inner, key->rule);
        goldi_text_add(out, "%s", key->words != NULL ? "}], " : "");
        return;
    case GOLDI_SPECIAL:
        break;
    }
    if (key->form != NULL && key->type != GOLDI_CHOICES) {
        key->form(out);
    }
    if (key->rule != NULL && key->type != GOLDI_CHOICE) {
        goldi_text_add(out, "%s", key->rule);
    }
}

static void write_texts(goldi_text *out, const goldi_key *key)
{
    goldi_text meaning = {0};
    goldi_text usual = {0};
    char path[GOLDI_PATH_BYTES];

    goldi_add_meaning(&meaning, key);
    goldi_json_text(out, "title", goldi_key_path(key, path));
    goldi_json_text(out, "description", meaning.data);
    if (goldi_add_default(&usual, key, "'")) {
        goldi_text_add(out, "'default': %s, ", usual.data);
    }
    out->status = out->status == GOLD_OK ? meaning.status : out->status;
    out->status = out->status == GOLD_OK ? usual.status : out->status;
    goldi_text_fini(&meaning);
    goldi_text_fini(&usual);
}

/* A key as a property of its section. */
static void write_key(goldi_text *out, const goldi_key *key)
{
    goldi_text_add(out, "'%s': {", key->name);
    if (key->type == GOLDI_CHOICE && key->inner != GOLDI_ROOT) {
        write_texts(out, key);
        goldi_text_add(out, "'if': {'type': 'object'}, 'then': {");
        write_object(out, key->inner, key->rule);
        goldi_text_add(out, "}, 'else': {'$ref': '#/$defs/%s'}", key->axis);
    } else if (key->role != GOLDI_NO_AXIS) {
        goldi_text_add(out, "'$ref': '#/$defs/%s'", key->axis);
    } else {
        write_texts(out, key);
        write_value(out, key);
    }
    goldi_text_add(out, "}, ");
}

/* All axes, by both of their names, as definitions that end so. */
static void write_axes(goldi_text *out, const char *ending)
{
    char path[GOLDI_PATH_BYTES];

    GOLDI_EACH_KEY(key) {
        if (key->role != GOLDI_NO_AXIS) {
            goldi_text_add(out,
                           "'%s': {'$ref': '#/$defs/%s_%s'}, "
                           "'%s': {'$ref': '#/$defs/%s_%s'}, ",
                           key->axis, key->axis, ending,
                           goldi_key_path(key, path), key->axis, ending);
        }
    }
}

static void write_object(goldi_text *out, goldi_section section,
                         const char *rule)
{
    goldi_text_add(out, "'type': 'object', 'additionalProperties': false, "
                        "'properties': {");
    if (section == GOLDI_GRID) {
        write_axes(out, "axis");
    }
    GOLDI_EACH_KEY(key) {
        if (key->section == section) {
            write_key(out, key);
        }
    }
    goldi_text_add(out, "}, ");
    for (size_t i = 0, n = 0; i <= goldi_n_keys; i++) {
        if (i == goldi_n_keys) {
            goldi_text_add(out, "%s", n > 0 ? "], " : "");
        } else if (goldi_keys[i].section == section &&
                   goldi_keys[i].is_required) {
            goldi_text_add(out, "%s'%s'", n++ > 0 ? ", " : "'required': [",
                           goldi_keys[i].name);
        }
    }
    goldi_text_add(out, "%s", rule == NULL ? "" : rule);
}

void goldi_form_phases(goldi_text *schema)
{
    goldi_text_add(schema,
                   "'type': 'array', 'minItems': 1, 'maxItems': %d, 'items': "
                   "{'type': 'object', 'additionalProperties': false, "
                   "'not': {'required': ['steps', 'epochs']}, 'properties': {",
                   GOLD_MAX_PHASES);
    GOLDI_EACH_KEY(key) {
        if (key->section == GOLDI_TRAIN_PHASES ||
            (key->section == GOLDI_TRAIN && goldi_is_of_phases(key->name))) {
            write_key(schema, key);
        }
    }
    goldi_text_add(schema, "}}");
}

/* One value of a key, some of them, and what may stand in a grid. */
static void write_definitions(goldi_text *out, const goldi_key *key)
{
    const char *axis = key->axis;
    const char *range = key->type == GOLDI_UNSIGNED ? "whole_range"
                        : key->type == GOLDI_REAL   ? "real_range"
                                                    : NULL;

    goldi_text_add(out, "'%s': {", axis);
    write_texts(out, key);
    write_value(out, key);
    goldi_text_add(out, "}, '%s_values': {'oneOf': [{", axis);
    if (key->type == GOLDI_GAINS) { /* a list there is one of values */
        write_number(out, key, "number");
    } else {
        goldi_text_add(out, "'$ref': '#/$defs/%s'", axis);
    }
    goldi_text_add(out,
                   "}, {'type': 'array', 'minItems': 1, 'items': {'$ref': "
                   "'#/$defs/%s'}}]}, '%s_axis': {'oneOf': [{'$ref': "
                   "'#/$defs/%s_values'}, ",
                   axis, axis, axis);
    if (range != NULL) {
        goldi_text_add(out, "{'$ref': '#/$defs/%s'}", range);
    }
    goldi_text_add(out, "]}, ");
}

gold_status goldi_write_schema(goldi_text *text)
{
    static const char head[] =
        "{'$schema': 'http://json-schema.org/draft-07/schema#', "
        "'title': 'A Goldilocks study', "
        "'description': 'The YAML file that goldilocks run reads.', ";
    gold_status status = GOLD_OK;
    goldi_text loose = {0};

    goldi_text_add(&loose, "%s", head);
    write_object(
        &loose, GOLDI_ROOT,
        "'anyOf': [{'required': ['curvature']}, {'required': ['train']}], ");
    goldi_text_add(&loose, "'$defs': {");
    GOLDI_EACH_KEY(key) {
        if (key->role != GOLDI_NO_AXIS) {
            write_definitions(&loose, key);
        }
    }
    goldi_form_ranges(&loose);
    goldi_text_add(&loose,
                   "'zipped': {'type': 'object', "
                   "'additionalProperties': false, 'minProperties': 1, "
                   "'maxProperties': %d, 'properties': {",
                   GOLD_MAX_ZIPPED);
    write_axes(&loose, "axis");
    goldi_text_add(&loose, "}}, 'excluded': {'type': 'object', "
                           "'additionalProperties': false, 'minProperties': 1, "
                           "'properties': {");
    write_axes(&loose, "values");
    goldi_text_add(&loose, "}}}}");
    GOLD_GOTO(loose.status);
    goldi_json_lay_out(text, loose.data);

done:
    goldi_text_fini(&loose);
    return status;
}
