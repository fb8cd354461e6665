/* SPDX-License-Identifier: MIT */
#include "study/json.h"

#include <string.h>

enum {
    LINE = 79, /* characters, with the comma behind */
    STEP = 2
};

void goldi_json_quote(goldi_text *out, const char *text)
{
    goldi_text_add(out, "\"");
    while (*text != '\0') {
        const size_t plain = strcspn(text, "\"\\\n");

        goldi_text_append(out, text, plain);
        text += plain;
        if (*text != '\0') {
            goldi_text_add(out, "\\%c", *text == '\n' ? 'n' : *text);
            text++;
        }
    }
    goldi_text_add(out, "\"");
}

void goldi_json_member(goldi_text *out, const char *name, const char *text)
{
    if (text != NULL) {
        goldi_text_add(out, "\"%s\": ", name);
        goldi_json_quote(out, text);
        goldi_text_add(out, ", ");
    }
}

/* A text or a bare word; returns what is behind it. */
static const char *lay_word(goldi_text *out, const char *at)
{
    const char quote = *at;
    size_t n = 1;

    if (quote != '"' && quote != '\'') {
        n = strcspn(at, ",:]} \n");
        goldi_text_append(out, at, n);
        return at + n;
    }
    while (at[n] != quote && at[n] != '\0') {
        n += at[n] == '\\' && at[n + 1] != '\0' ? 2 : 1;
    }
    goldi_text_add(out, "\"");
    goldi_text_append(out, at + 1, n - 1);
    goldi_text_add(out, "\"");
    return at + n + (at[n] == quote ? 1 : 0);
}

static const char *skip(const char *at, const char *what)
{
    return at + strspn(at, what);
}

static size_t column_of(const goldi_text *out)
{
    size_t column = 0;

    while (column < out->length &&
           out->data[out->length - 1 - column] != '\n') {
        column++;
    }
    return column;
}

static const char *lay_value(goldi_text *out, const char *at, int indent,
                             bool is_flat);

/* An object or a list, in one line or with a line for each entry. */
static const char *lay_entries(goldi_text *out, const char *at, int indent,
                               bool is_flat)
{
    const char close = *at == '{' ? '}' : ']';
    const char *join = "";

    goldi_text_append(out, at, 1);
    at = skip(at + 1, " \n,");
    while (*at != close && *at != '\0') {
        if (is_flat) {
            goldi_text_add(out, "%s", join);
        } else {
            goldi_text_add(out, "%.1s\n%*s", join, indent + STEP, "");
        }
        at = skip(lay_value(out, at, indent + STEP, is_flat), " \n");
        if (*at == ':') {
            goldi_text_add(out, ": ");
            at = lay_value(out, skip(at + 1, " \n"), indent + STEP, is_flat);
        }
        at = skip(at, " \n,");
        join = ", ";
    }
    if (!is_flat) {
        goldi_text_add(out, "\n%*s", indent, "");
    }
    goldi_text_append(out, &close, 1);
    return at + (*at == close ? 1 : 0);
}

static const char *lay_value(goldi_text *out, const char *at, int indent,
                             bool is_flat)
{
    goldi_text flat = {0};
    const char *behind = NULL;

    if (*at != '{' && *at != '[') {
        return lay_word(out, at);
    }
    if (is_flat) {
        return lay_entries(out, at, indent, true);
    }
    behind = lay_entries(&flat, at, indent, true);
    if (flat.status != GOLD_OK) {
        out->status = flat.status;
    } else if (column_of(out) + flat.length < LINE) {
        goldi_text_append(out, flat.data, flat.length);
    } else {
        behind = lay_entries(out, at, indent, false);
    }
    goldi_text_fini(&flat);
    return behind;
}

void goldi_json_lay_out(goldi_text *out, const char *loose)
{
    (void)lay_value(out, skip(loose, " \n"), 0, false);
    goldi_text_add(out, "\n");
}
