/* SPDX-License-Identifier: MIT */
#include "study/show.h"

#include <inttypes.h>
#include <stdio.h>

#include "study/gains.h"

enum {
    FEW = 8
};

/* A list to as many digits as a number. */
static void show_gains(const char *list, char text[GOLD_NAME_BYTES])
{
    gold_gains gains = {0};
    size_t used = 0;

    (void)goldi_parse_gains(list, &gains);
    for (size_t l = 0; l < gains.n && used < GOLD_NAME_BYTES; l++) {
        used += (size_t)snprintf(
            text + used, GOLD_NAME_BYTES - used, "%s%.7g%s",
            l > 0         ? ", "
            : gains.n > 1 ? "["
                          : "",
            gains.of[l], gains.n > 1 && l + 1 == gains.n ? "]" : "");
    }
    if (used >= GOLD_NAME_BYTES) {
        (void)snprintf(text + GOLD_NAME_BYTES - 3, 3, "..");
    }
}

char *gold_axis_text(const gold_axis_key *key, size_t i,
                     char text[GOLD_NAME_BYTES])
{
    if (key->kind == GOLD_VALUE_INTEGER) {
        (void)snprintf(text, GOLD_NAME_BYTES, "%" PRId64, key->integers[i]);
    } else if (key->kind == GOLD_VALUE_REAL) {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.7g", key->reals[i]);
    } else if (key->lists != NULL) {
        show_gains(key->texts[i], text);
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "%s", key->texts[i]);
    }
    return text;
}

void goldi_add_value(goldi_text *out, const gold_axis_key *key, size_t i)
{
    char text[GOLD_NAME_BYTES];
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(
        out, "%s",
        key->kind == GOLD_VALUE_REAL   ? goldi_real_text(key->reals[i], real)
        : key->kind == GOLD_VALUE_TEXT ? key->texts[i]
                                       : gold_axis_text(key, i, text));
}

void goldi_show_values(goldi_text *out, const gold_axis_key *key, size_t count)
{
    char text[GOLD_NAME_BYTES];

    for (size_t i = 0; i < count; i++) {
        if (count > FEW && i == 3) {
            i = count - 1;
            goldi_text_add(out, " ... %s (%zu values)",
                           gold_axis_text(key, i, text), count);
        } else {
            goldi_text_add(out, "%s%s", i > 0 ? ", " : "",
                           gold_axis_text(key, i, text));
        }
    }
}
