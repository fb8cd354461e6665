/* SPDX-License-Identifier: MIT */
/* data.target: what a function set's values are. One output is a mapping of
 * the functions that it is a sum of, {sin: [[factor, slope, shift], ..],
 * constant: 0.3}, or the word sin; several are a list of such. */
#include <string.h>

#include "base/text.h"
#include "study/read.h"

static const char *const names[] = {
    [GOLD_RIDGE_SIN] = "sin",    [GOLD_RIDGE_RELU] = "relu",
    [GOLD_RIDGE_TANH] = "tanh",  [GOLD_RIDGE_CONSTANT] = "constant",
    [GOLD_N_RIDGE_KINDS] = NULL,
};

static const char form[] =
    "must be sin, {sin: [[factor, slope, shift], ..]} with sin, relu, tanh and "
    "constant, or a list of such, one for each output";

/* Another term; NULL after a complaint. */
static gold_ridge *new_ridge(goldi_reader *reader, const goldi_node *node,
                             gold_ridge_kind kind)
{
    gold_function *function = &reader->study->data.function;

    if (function->n_ridges == GOLD_MAX_RIDGES) {
        GOLDI_COMPLAIN(reader, node, "more than %d terms in one target",
                       GOLD_MAX_RIDGES);
        return NULL;
    }
    gold_ridge *ridge = &function->ridges[function->n_ridges++];

    *ridge = (gold_ridge){.kind = kind, .output = function->n_outputs};
    return ridge;
}

static void read_slopes(goldi_reader *reader, const goldi_node *node,
                        gold_ridge *ridge)
{
    if (node->kind != GOLDI_LIST) {
        (void)goldi_read_number(reader, node, "slope", &ridge->slope[0]);
        return;
    }
    if (node->n_children == 0 || node->n_children > GOLD_MAX_SLOPES) {
        GOLDI_COMPLAIN(reader, node,
                       "a slope has 1 to %d numbers, one for each feature",
                       GOLD_MAX_SLOPES);
        return;
    }
    GOLDI_EACH(item, node) {
        (void)goldi_read_number(reader, item, "slope",
                                &ridge->slope[ridge->n_slopes++]);
    }
}

static void read_ridge(goldi_reader *reader, const goldi_node *node,
                       gold_ridge_kind kind)
{
    if (node->kind != GOLDI_LIST || node->n_children != 3) {
        GOLDI_COMPLAIN(reader, node,
                       "a term of a target is [factor, slope, shift]");
        return;
    }
    gold_ridge *ridge = new_ridge(reader, node, kind);

    if (ridge != NULL) {
        const goldi_node *slope = node->first->next;

        (void)goldi_read_number(reader, node->first, "factor", &ridge->factor);
        read_slopes(reader, slope, ridge);
        (void)goldi_read_number(reader, slope->next, "shift", &ridge->shift);
    }
}

static void read_constant(goldi_reader *reader, const goldi_node *node)
{
    gold_ridge *ridge = new_ridge(reader, node, GOLD_RIDGE_CONSTANT);

    if (ridge != NULL) {
        (void)goldi_read_number(reader, node, "constant", &ridge->factor);
    }
}

static void read_sum(goldi_reader *reader, const goldi_node *key)
{
    const goldi_node *list = key->value;
    size_t kind = 0;

    while (names[kind] != NULL && strcmp(names[kind], key->text) != 0) {
        kind++;
    }
    if (kind == GOLD_RIDGE_CONSTANT) {
        read_constant(reader, list);
    } else if (names[kind] == NULL) {
        GOLDI_COMPLAIN(reader, key, "%s is no function of a target%s",
                       goldi_quoted(key->text, key->length).text,
                       goldi_hinted_or_listed(key->text, names).text);
    } else if (list->kind != GOLDI_LIST || list->n_children == 0) {
        GOLDI_COMPLAIN(reader, list,
                       "'%s' must be a list of [factor, slope, shift]",
                       key->text);
    } else {
        GOLDI_EACH(item, list) {
            read_ridge(reader, item, (gold_ridge_kind)kind);
        }
    }
}

static void read_output(goldi_reader *reader, const goldi_node *node)
{
    if (goldi_node_is(node, "sin")) {
        gold_ridge *ridge = new_ridge(reader, node, GOLD_RIDGE_SIN);

        if (ridge != NULL) {
            ridge->factor = 1.0;
            ridge->slope[0] = 1.0;
        }
    } else if (node->kind != GOLDI_MAP || node->n_children == 0) {
        GOLDI_COMPLAIN(reader, node, "'target' %s%s", form,
                       goldi_node_hint(node, names).text);
    } else {
        GOLDI_EACH(key, node) {
            read_sum(reader, key);
        }
    }
    reader->study->data.function.n_outputs++;
}

void goldi_read_target(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    (void)key;
    if (node->kind != GOLDI_LIST) {
        read_output(reader, node);
        return;
    }
    if (node->n_children == 0 || node->n_children > GOLD_MAX_RIDGES) {
        GOLDI_COMPLAIN(reader, node, "'target' %s", form);
    }
    for (const goldi_node *item = node->first;
         item != NULL && node->n_children <= GOLD_MAX_RIDGES;
         item = item->next) {
        read_output(reader, item);
    }
}

void goldi_form_target(goldi_text *schema)
{
    static const char *const row =
        "{'type': 'array', 'minItems': 1, 'items': {'type': 'array', "
        "'minItems': 3, 'maxItems': 3, 'items': {'oneOf': [{'type': 'number'}, "
        "{'type': 'array', 'minItems': 1, 'items': {'type': 'number'}}]}}}";

    for (int n = 0; n < 2; n++) {
        goldi_text_add(schema,
                       n == 0 ? "'oneOf': ["
                              : "{'type': 'array', 'minItems': 1, 'maxItems': "
                                "%d, 'items': {'oneOf': [",
                       GOLD_MAX_RIDGES);
        goldi_text_add(schema, "{'enum': ['sin']}, {'type': 'object', "
                               "'additionalProperties': false, "
                               "'minProperties': 1, 'properties': {");
        for (size_t k = 0; k < GOLD_RIDGE_CONSTANT; k++) {
            goldi_text_add(schema, "'%s': %s, ", names[k], row);
        }
        goldi_text_add(schema, "'constant': {'type': 'number'}}}, ");
    }
    goldi_text_add(schema, "]}}]");
}

/* As the terms stand, in order. */
void goldi_add_target(goldi_text *out, const gold_function *function)
{
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(out, "data.target =");
    for (size_t r = 0; r < function->n_ridges; r++) {
        const gold_ridge *ridge = &function->ridges[r];
        const size_t n = ridge->n_slopes > 0 ? ridge->n_slopes : 1;

        goldi_text_add(out, "%s %zu %s %s", r > 0 ? "," : "", ridge->output,
                       names[ridge->kind],
                       goldi_real_text(ridge->factor, real));
        if (ridge->kind == GOLD_RIDGE_CONSTANT) {
            continue;
        }
        goldi_text_add(out, ridge->n_slopes > 0 ? " [" : " ");
        for (size_t j = 0; j < n; j++) {
            goldi_text_add(out, "%s%s", j > 0 ? " " : "",
                           goldi_real_text(ridge->slope[j], real));
        }
        goldi_text_add(out, "%s %s", ridge->n_slopes > 0 ? "]" : "",
                       goldi_real_text(ridge->shift, real));
    }
    goldi_text_add(out, "\n");
}
