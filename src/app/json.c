/* SPDX-License-Identifier: MIT */
#include "app/json.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>

/* Bytes of the UTF-8 character at `text`; 0 when it is not one. */
static size_t character_length(const unsigned char *text)
{
    const size_t n = text[0] < 0x80U                       ? 1
                     : text[0] >= 0xC2U && text[0] < 0xE0U ? 2
                     : text[0] >= 0xE0U && text[0] < 0xF0U ? 3
                     : text[0] >= 0xF0U && text[0] < 0xF5U ? 4
                                                           : 0;

    for (size_t i = 1; i < n; i++) {
        if ((text[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    /* Overlong forms, surrogates, and beyond the last code point. */
    if ((text[0] == 0xE0U && text[1] < 0xA0U) ||
        (text[0] == 0xEDU && text[1] > 0x9FU) ||
        (text[0] == 0xF0U && text[1] < 0x90U) ||
        (text[0] == 0xF4U && text[1] > 0x8FU)) {
        return 0;
    }
    return n;
}

void goldi_json_text(FILE *out, const char *text)
{
    const unsigned char *c = (const unsigned char *)text;

    (void)fputc('"', out);
    while (*c != '\0') {
        const size_t n = character_length(c);

        if (n == 0) {
            (void)fputs("\\ufffd", out);
        } else if (*c == '"' || *c == '\\') {
            (void)fprintf(out, "\\%c", *c);
        } else if (*c < 0x20U || *c == 0x7FU) {
            (void)fprintf(out, "\\u%04x", (unsigned)*c);
        } else if (*c == 0xC2U && c[1] < 0xA0U) { /* controls, too */
            (void)fprintf(out, "\\u%04x", (unsigned)c[1]);
        } else {
            (void)fwrite(c, 1, n, out);
        }
        c += n == 0 ? 1 : n;
    }
    (void)fputc('"', out);
}

void goldi_json_number(FILE *out, double number)
{
    if (isfinite(number)) {
        (void)fprintf(out, "%.17g", number);
    } else {
        (void)fputs("null", out);
    }
}

void goldi_json_axis(FILE *out, const gold_axis_key *key, size_t index)
{
    if (key->kind == GOLD_VALUE_TEXT) {
        goldi_json_text(out, key->texts[index]);
    } else if (key->kind == GOLD_VALUE_INTEGER) {
        (void)fprintf(out, "%" PRId64, key->integers[index]);
    } else {
        goldi_json_number(out, key->reals[index]);
    }
}
