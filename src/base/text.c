/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Make room for `length` bytes more and a zero. */
static void make_room(goldi_text *text, size_t length)
{
    const size_t needed = text->length + length + 1;
    size_t capacity = text->capacity == 0 ? 256 : text->capacity;
    char *data = NULL;

    if (text->status != GOLD_OK || needed <= text->capacity) {
        return;
    }
    while (capacity < needed) {
        capacity *= 2;
    }
    text->status = GOLD_ALLOC(capacity, &data);
    if (text->status == GOLD_OK) {
        if (text->data != NULL) {
            memcpy(data, text->data, text->length);
        }
        gold_free(text->data);
        text->data = data;
        text->capacity = capacity;
    }
}

void goldi_text_append(goldi_text *text, const char *bytes, size_t length)
{
    make_room(text, length);
    if (text->status == GOLD_OK && length > 0) {
        memcpy(text->data + text->length, bytes, length);
        text->length += length;
        text->data[text->length] = '\0';
    }
}

void goldi_text_add(goldi_text *text, const char *format, ...)
{
    va_list args;
    va_list again;

    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);

    if (length > 0) {
        make_room(text, (size_t)length);
        if (text->status == GOLD_OK) {
            (void)vsnprintf(text->data + text->length, (size_t)length + 1,
                            format, again);
            text->length += (size_t)length;
        }
    }
    va_end(again);
    va_end(args);
}

gold_status goldi_text_give(goldi_text *text, char **out)
{
    const gold_status kept = text->status;

    if (kept == GOLD_OK && text->data == NULL) {
        GOLD_TRY(gold_copy_text("", &text->data));
    }
    if (kept != GOLD_OK) {
        goldi_text_fini(text);
        return kept;
    }
    *out = text->data;
    *text = (goldi_text){0};
    return GOLD_OK;
}

void goldi_text_fini(goldi_text *text)
{
    gold_free(text->data);
    *text = (goldi_text){0};
}

const char *goldi_real_text(double value, char text[GOLDI_REAL_BYTES])
{
    /* Zeros at the end are left out: what fewer digits give back, 15 do as
     * well, but next to 0; of large numbers fewer look better. */
    const double size = fabs(value);

    for (int digits = size < DBL_MIN || size >= 1e6 ? 6 : DBL_DIG;
         digits <= DBL_DECIMAL_DIG; digits++) {
        (void)snprintf(text, GOLDI_REAL_BYTES, "%.*g", digits, value);
        if (!(strtod(text, NULL) < value || strtod(text, NULL) > value)) {
            break;
        }
    }
    return text;
}

const char *goldi_number_text(double value, char text[GOLDI_REAL_BYTES])
{
    const double size = fabs(value);

    if (size < 1e15 && !(size > floor(size))) {
        (void)snprintf(text, GOLDI_REAL_BYTES, "%.0f", value);
        return text;
    }
    return goldi_real_text(value, text);
}
