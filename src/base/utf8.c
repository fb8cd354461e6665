/* SPDX-License-Identifier: MIT */
#include "base/utf8.h"

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
