/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "goldilocks/keys.h"
#include "goldilocks/memory.h"

#include "app/commands.h"
#include "app/print.h"

gold_status gold_cmd_keys(const gold_args *args)
{
    static const struct {
        const char *name;
        gold_keys_format format;
    } formats[] = {
        {"text", GOLD_KEYS_TEXT},     {"json", GOLD_KEYS_JSON},
        {"schema", GOLD_KEYS_SCHEMA}, {"markdown", GOLD_KEYS_MARKDOWN},
        {"man", GOLD_KEYS_MANUAL},    {"names", GOLD_KEYS_NAMES}};
    const char *name = args->is_json          ? "json"
                       : args->format != NULL ? args->format
                                              : "text";
    char *text = NULL;

    if (args->is_json && args->format != NULL) {
        return gold_fail(GOLD_ERR_USAGE,
                         "--json is --format json: give one of them");
    }

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            GOLD_TRY(gold_keys_describe(formats[i].format, args->operands,
                                        args->n_operands, &text));
            gold_print(stdout, text);
            gold_free(text);
            return GOLD_OK;
        }
    }
    return gold_fail(
        GOLD_ERR_USAGE,
        "--format is text, json, schema, markdown, man or names, not '%s'",
        name);
}

gold_status gold_cmd_template(const gold_args *args)
{
    char *yaml = NULL;

    GOLD_TRY(gold_keys_template(
        args->n_operands > 0 ? args->operands[0] : "mlp", &yaml));
    gold_print(stdout, yaml);
    gold_free(yaml);
    return GOLD_OK;
}
