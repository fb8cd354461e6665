/* SPDX-License-Identifier: MIT */
#include "study/show.h"

#include <inttypes.h>
#include <stdio.h>

enum {
    FEW = 8
};

char *gold_axis_text(const gold_axis_key *key, size_t i,
                     char text[GOLD_NAME_BYTES])
{
    if (key->kind == GOLD_VALUE_INTEGER) {
        (void)snprintf(text, GOLD_NAME_BYTES, "%" PRId64, key->integers[i]);
    } else if (key->kind == GOLD_VALUE_REAL) {
        (void)snprintf(text, GOLD_NAME_BYTES, "%.7g", key->reals[i]);
    } else {
        (void)snprintf(text, GOLD_NAME_BYTES, "%s", key->texts[i]);
    }
    return text;
}

void goldi_add_value(goldi_text *out, const gold_axis_key *key, size_t i)
{
    char text[GOLD_NAME_BYTES];
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(out, "%s",
                   key->kind == GOLD_VALUE_REAL
                       ? goldi_real_text(key->reals[i], real)
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
