/* SPDX-License-Identifier: MIT */
#include "app/json.h"

#include <inttypes.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "app/print.h"
#include "base/utf8.h"

void goldi_json_text(FILE *out, const char *text)
{
    size_t left = strlen(text);

    gold_print(out, "\"");
    while (left > 0) {
        uint32_t point = 0;
        const size_t n = gold_utf8_decode(text, left, &point);

        if (point == UINT32_MAX) {
            gold_print(out, "\\ufffd");
        } else if (point == '"' || point == '\\') {
            gold_say(out, "\\%c", (char)point);
        } else if (point < 0x20 || (point >= 0x7f && point < 0xa0)) {
            gold_say(out, "\\u%04" PRIx32, point);
        } else {
            gold_print_text(out, text, n);
        }
        text += n;
        left -= n;
    }
    gold_print(out, "\"");
}

void goldi_json_number(FILE *out, double number)
{
    if (isfinite(number)) {
        gold_say(out, "%.17g", number);
    } else {
        gold_print(out, "null");
    }
}

void goldi_json_axis(FILE *out, const gold_axis_key *key, size_t index)
{
    if (key->kind == GOLD_VALUE_TEXT) {
        goldi_json_text(out, key->texts[index]);
    } else if (key->kind == GOLD_VALUE_INTEGER) {
        gold_say(out, "%" PRId64, key->integers[index]);
    } else {
        goldi_json_number(out, key->reals[index]);
    }
}
