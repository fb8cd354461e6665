/* SPDX-License-Identifier: MIT */
#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/utf8.h"

enum {
    LINE = 79, /* characters, with the comma behind */
    STEP = 2
};

void goldi_json_quote(goldi_text *out, const char *text)
{
    size_t left = strlen(text);

    goldi_text_add(out, "\"");
    while (left > 0) {
        uint32_t point = 0;
        const size_t n = gold_utf8_decode(text, left, &point);

        if (point == UINT32_MAX) {
            goldi_text_add(out, "\\ufffd");
        } else if (point == '"' || point == '\\') {
            goldi_text_add(out, "\\%c", (char)point);
        } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            goldi_text_add(out, "\\u%04" PRIx32, point);
        } else {
            goldi_text_append(out, text, n);
        }
        text += n;
        left -= n;
    }
    goldi_text_add(out, "\"");
}

/* What stands before a value: a comma behind another one, and its name. */
static void begin(goldi_text *out, const char *name)
{
    size_t n = out->length;

    while (n > 0 && out->data[n - 1] == ' ') {
        n--;
    }
    if (n > 0 && strchr("{[:,\n", out->data[n - 1]) == NULL) {
        goldi_text_add(out, ", ");
    }
    if (name != NULL) {
        goldi_json_quote(out, name);
        goldi_text_add(out, ": ");
    }
}

void goldi_json_open(goldi_text *out, const char *name, char bracket)
{
    begin(out, name);
    goldi_text_append(out, &bracket, 1);
}

void goldi_json_close(goldi_text *out, char bracket)
{
    goldi_text_append(out, &bracket, 1);
}

void goldi_json_text(goldi_text *out, const char *name, const char *text)
{
    if (text != NULL) {
        begin(out, name);
        goldi_json_quote(out, text);
    }
}

void goldi_json_number(goldi_text *out, const char *name, double number)
{
    char text[GOLDI_REAL_BYTES];

    begin(out, name);
    goldi_text_add(out, "%s",
                   isfinite(number) ? goldi_number_text(number, text) : "null");
}

void goldi_json_whole(goldi_text *out, const char *name, int64_t number)
{
    begin(out, name);
    goldi_text_add(out, "%lld", (long long)number);
}

void goldi_json_bool(goldi_text *out, const char *name, bool is_true)
{
    begin(out, name);
    goldi_text_add(out, "%s", is_true ? "true" : "false");
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
