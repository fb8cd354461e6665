/* SPDX-License-Identifier: MIT */
#include "store/utf8.h"

#include <string.h>

#include "base/utf8.h"

void goldi_utf8_fill(char *out, size_t n_bytes, const char *text)
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
