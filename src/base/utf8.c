/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

#include <stdio.h>
#include <string.h>

/* Bytes that the lead byte of a UTF-8 character announces; 0: not a lead. */
static size_t announced_length(unsigned char lead)
{
    if (lead < 0x80) {
        return 1;
    }
    if (lead >= 0xc2 && lead <= 0xdf) {
        return 2;
    }
    if (lead >= 0xe0 && lead <= 0xef) {
        return 3;
    }
    return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

size_t gold_utf8_decode(const char *text, size_t length, uint32_t *point)
{
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    static const unsigned char lead_bits[5] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char lead = (unsigned char)text[0];
    const size_t n = announced_length(lead);
    uint32_t value = 0;

    *point = UINT32_MAX;
    if (n == 0 || n > length) {
        return 1;
    }
    value = lead & lead_bits[n];
    for (size_t i = 1; i < n; i++) {
        const unsigned char byte = (unsigned char)text[i];

        if ((byte & 0xc0) != 0x80) {
            return 1;
        }
        value = value << 6 | (byte & 0x3f);
    }
    if (value < least[n] || value > 0x10ffff ||
        (value >= 0xd800 && value <= 0xdfff)) {
        return 1;
    }
    *point = value;
    return n;
}

size_t gold_utf8_glyph(const char *text, size_t length,
                       char glyph[GOLD_GLYPH_BYTES])
{
    uint32_t point = 0;
    const size_t n = gold_utf8_decode(text, length, &point);

    if (point == '\t') {
        (void)snprintf(glyph, GOLD_GLYPH_BYTES, "\\t");
    } else if (point < 0x20 || point == 0x7f || point == UINT32_MAX) {
        (void)snprintf(glyph, GOLD_GLYPH_BYTES, "\\x%02x",
                       (unsigned char)text[0]);
    } else if (point >= 0x80 && point < 0xa0) {
        (void)snprintf(glyph, GOLD_GLYPH_BYTES, "\\x%02x", (unsigned int)point);
    } else {
        memcpy(glyph, text, n);
        glyph[n] = '\0';
    }
    return n;
}

void gold_utf8_show(const char *text, char *shown, size_t n_bytes)
{
    size_t left = strlen(text);
    size_t used = 0;

    while (left > 0) {
        char glyph[GOLD_GLYPH_BYTES] = "\n";
        const size_t n = *text == '\n' ? 1 : gold_utf8_glyph(text, left, glyph);
        const size_t bytes = strlen(glyph);

        if (used + bytes >= n_bytes) {
            break;
        }
        memcpy(shown + used, glyph, bytes);
        used += bytes;
        text += n;
        left -= n;
    }
    shown[used] = '\0';
}

void gold_utf8_fill(char *out, size_t n_bytes, const char *text)
{
    const char *end = text + strlen(text);
    size_t used = 0;

    while (text < end) {
        uint32_t point = 0;
        const size_t n = gold_utf8_decode(text, (size_t)(end - text), &point);

        if (used + n >= n_bytes) {
            break;
        }
        if (point == UINT32_MAX) {
            out[used] = '?';
        } else {
            memcpy(out + used, text, n);
        }
        used += n;
        text += n;
    }
    memset(out + used, 0, n_bytes - used);
}
