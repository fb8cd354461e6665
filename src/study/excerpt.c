/* SPDX-License-Identifier: MIT */
/* The user's own text, shown so that a caret can point into it. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/text.h"
#include "base/utf8.h"
#include "study/report.h"

enum {
    WINDOW = 72, /* characters of a line shown, at most */
    BEFORE = 40, /* of them before the caret, when a line is cut */
    QUOTE_CHARACTERS = 40
};

size_t goldi_line_break(const char *text, size_t length)
{
    uint32_t point = 0;

    if (length == 0 || (text[0] >= ' ' && text[0] <= '~')) {
        return 0;
    }
    if (length >= 2 && text[0] == '\r' && text[1] == '\n') {
        return 2;
    }
    const size_t n = gold_utf8_decode(text, length, &point);
    const bool is_break = point == '\n' || point == '\r' || point == 0x85 ||
                          point == 0x2028 || point == 0x2029;

    return is_break ? n : 0;
}

/* What stands for the character at the start of `text`: itself where it can be
 * printed. Returns the bytes it takes in the text; `*width` its columns. */
static size_t glyph_of(const char *text, size_t length,
                       char glyph[GOLD_GLYPH_BYTES], size_t *width)
{
    const size_t n = gold_utf8_glyph(text, length, glyph);

    *width =
        memcmp(glyph, text, n) == 0 && glyph[n] == '\0' ? 1 : strlen(glyph);
    return n;
}

goldi_quote goldi_quoted(const char *text, size_t length)
{
    goldi_quote quote = {"'"};
    size_t used = 1;
    size_t at = 0;

    for (size_t shown = 0; at < length && shown < QUOTE_CHARACTERS; shown++) {
        char glyph[GOLD_GLYPH_BYTES];
        size_t width = 0;
        const size_t n = glyph_of(text + at, length - at, glyph, &width);
        const size_t bytes = strlen(glyph);

        if (used + bytes + sizeof "...'" > sizeof quote.text) {
            break;
        }
        memcpy(quote.text + used, glyph, bytes);
        used += bytes;
        at += n;
    }
    (void)snprintf(quote.text + used, sizeof quote.text - used, "%s'",
                   at < length ? "..." : "");
    return quote;
}

goldi_hint goldi_hinted(const char *text, const char *const *words)
{
    const char *near = gold_nearest(text, words);
    goldi_hint hint = {""};

    if (near != NULL && strcmp(near, text) != 0) {
        (void)snprintf(hint.text, sizeof hint.text, "; did you mean '%s'?",
                       near);
    }
    return hint;
}

goldi_hint goldi_hinted_or_listed(const char *text, const char *const *words)
{
    goldi_hint hint = goldi_hinted(text, words);
    size_t used = 0;

    if (hint.text[0] != '\0') {
        return hint;
    }
    for (size_t i = 0; words[i] != NULL && used < sizeof hint.text; i++) {
        const char *join = i == 0                 ? "; there are "
                           : words[i + 1] == NULL ? " and "
                                                  : ", ";

        used += (size_t)snprintf(hint.text + used, sizeof hint.text - used,
                                 "%s%s", join, words[i]);
    }
    return hint;
}

/* Where line `line` begins, and its length without the break. */
static const char *find_line(const goldi_source *source, size_t line,
                             size_t *length)
{
    const char *at = source->text;
    const char *end = source->text + source->n_bytes;
    const char *start = at;

    while (at < end) {
        const size_t n = goldi_line_break(at, (size_t)(end - at));

        if (n != 0 && line == 0) {
            break;
        }
        line -= n != 0 ? 1 : 0;
        at += n != 0 ? n : 1;
        start = n != 0 ? at : start;
    }
    *length = line == 0 ? (size_t)(at - start) : 0;
    return start;
}

void goldi_show_line(goldi_text *out, const goldi_source *source,
                     goldi_place place)
{
    size_t length = 0;
    const char *line = find_line(source, place.line, &length);
    const size_t first = place.column > WINDOW - 8 ? place.column - BEFORE : 0;
    goldi_text carets = {0};
    size_t column = 0;

    goldi_text_add(out, "    %s", first > 0 ? "..." : "");
    goldi_text_add(&carets, "    %s", first > 0 ? "   " : "");
    for (size_t at = 0; at < length && column < first + WINDOW; column++) {
        char glyph[GOLD_GLYPH_BYTES];
        size_t width = 0;
        const bool is_marked =
            column > place.column && column < place.column + place.width;

        at += glyph_of(line + at, length - at, glyph, &width);
        if (column < first) {
            continue;
        }
        goldi_text_add(out, "%s%s", glyph,
                       column + 1 == first + WINDOW && at < length ? "..."
                                                                   : "");
        for (size_t i = 0; i < width && column != place.column; i++) {
            goldi_text_append(&carets, is_marked ? "~" : " ", 1);
        }
        if (column == place.column) {
            goldi_text_add(&carets, "%.*s", (int)width, "^~~~~~~~");
        }
    }
    if (column <= place.column) {
        goldi_text_add(&carets, "^");
    }
    while (carets.length > 0 && carets.data[carets.length - 1] == ' ') {
        carets.data[--carets.length] = '\0';
    }
    goldi_text_add(out, "\n%s\n", carets.data == NULL ? "" : carets.data);
    out->status = out->status == GOLD_OK ? carets.status : out->status;
    goldi_text_fini(&carets);
}
