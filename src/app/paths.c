/* SPDX-License-Identifier: MIT */
#include "app/paths.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/text.h"

enum {
    NAME_BYTES = 256
};

static gold_status add_value(goldi_text *out, const char *key, const char *name)
{
    const char *value = getenv(name);

    if (value == NULL || value[0] == '\0') {
        return gold_fail(GOLD_ERR_CONFIG,
                         "%s: the environment has no %s, which the path needs",
                         key, name);
    }
    goldi_text_add(out, "%s", value);
    return GOLD_OK;
}

/* Bytes of "$NAME" or "${NAME}" at the start of a text, and its name; 0: it is
 * neither. */
static size_t take_name(const char *text, char name[NAME_BYTES])
{
    const size_t brace = text[0] == '$' && text[1] == '{' ? 1 : 0;
    size_t n = 0;

    while (text[0] == '$' && (isalnum((unsigned char)text[1 + brace + n]) ||
                              text[1 + brace + n] == '_')) {
        n++;
    }
    if (n == 0 || n >= NAME_BYTES ||
        (brace == 1 && text[1 + brace + n] != '}')) {
        return 0;
    }
    (void)snprintf(name, NAME_BYTES, "%.*s", (int)n, text + 1 + brace);
    return 1 + n + 2 * brace;
}

static gold_status expand(const char *key, char **path)
{
    gold_status status = GOLD_OK;
    const char *at = *path == NULL ? "" : *path;
    goldi_text text = {0};
    char *made = NULL;
    char name[NAME_BYTES];

    if (at[0] == '~' && (at[1] == '/' || at[1] == '\0')) {
        GOLD_GOTO(add_value(&text, key, "HOME"));
        at++;
    } else if (strchr(at, '$') == NULL) {
        return GOLD_OK;
    }
    while (*at != '\0') {
        const size_t n = take_name(at, name);

        if (n > 0) {
            GOLD_GOTO(add_value(&text, key, name));
        } else {
            goldi_text_append(&text, at, 1);
        }
        at += n > 0 ? n : 1;
    }
    GOLD_GOTO(goldi_text_give(&text, &made));
    gold_free(*path);
    *path = made;

done:
    goldi_text_fini(&text);
    return status;
}

gold_status gold_expand_paths(gold_study *study)
{
    GOLD_TRY(expand("data.path", &study->data.path));
    return expand("network.init.file", &study->init_path);
}
