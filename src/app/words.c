/* SPDX-License-Identifier: MIT */
#include "app/words.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#include "goldilocks/memory.h"

#include "app/print.h"
#include "base/utf8.h"

/* Append to a label as far as there is room. */
static void add(char text[GOLDI_LABEL_BYTES], const char *format, ...)
    GOLD_PRINTF(2, 3);

static void add(char text[GOLDI_LABEL_BYTES], const char *format, ...)
{
    const size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text + used, GOLDI_LABEL_BYTES - used, format, arguments);
    va_end(arguments);
}

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\n' || byte == '\t';
}

/* Columns of a character, or of what a terminal gets for it; `*n` its bytes in
 * the text. */
static size_t glyph_of(const char *text, char glyph[GOLD_GLYPH_BYTES],
                       size_t *n)
{
    if (is_blank(*text)) {
        (void)snprintf(glyph, GOLD_GLYPH_BYTES, " ");
        *n = 1;
    } else {
        *n = gold_utf8_glyph(text, strnlen(text, 4), glyph);
    }
    /* What is beyond ASCII is one character, escapes are not. */
    return ((unsigned char)glyph[0] & 0x80U) != 0 ? 1 : strlen(glyph);
}

size_t goldi_text_columns(const char *text)
{
    char glyph[GOLD_GLYPH_BYTES];
    size_t columns = 0;
    size_t n = 0;

    for (; *text != '\0'; text += n) {
        columns += glyph_of(text, glyph, &n);
    }
    return columns;
}

char *goldi_shorten(const char *text, size_t columns, char *out, size_t n_bytes)
{
    const bool is_cut = goldi_text_columns(text) > columns;
    const size_t keep = is_cut ? columns - 2 : columns;
    char glyph[GOLD_GLYPH_BYTES];
    size_t seen = 0;
    size_t used = 0;
    size_t n = 0;

    for (; *text != '\0'; text += n) {
        seen += glyph_of(text, glyph, &n);
        if (seen > keep || used + strlen(glyph) + 3 > n_bytes) {
            break;
        }
        used += (size_t)snprintf(out + used, n_bytes - used, "%s", glyph);
    }
    (void)snprintf(out + used, n_bytes - used, "%s", is_cut ? ".." : "");
    return out;
}

/* Bytes of the first word of `text`, and its width. */
static size_t word_length(const char *text, size_t *width)
{
    char glyph[GOLD_GLYPH_BYTES];
    size_t length = 0;
    size_t n = 0;

    *width = 0;
    while (text[length] != '\0' && !is_blank(text[length])) {
        *width += glyph_of(text + length, glyph, &n);
        length += n;
    }
    return length;
}

void goldi_print_wrapped(FILE *out, const char *text, size_t indent,
                         size_t columns)
{
    size_t column = indent;

    while (*text != '\0') {
        size_t width = 0;
        const size_t n = word_length(text, &width);

        if (n == 0) {
            text++;
            continue;
        }
        if (column > indent && column + 1 + width > columns) {
            gold_say(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            gold_print(out, " ");
            column++;
        }
        gold_print_text(out, text, n);
        column += width;
        text += n;
    }
    gold_print(out, "\n");
}

void goldi_print_field(FILE *out, const char *name, const char *text)
{
    gold_say(out, "%-*s", GOLDI_INDENT, name);
    goldi_print_wrapped(out, text, GOLDI_INDENT, GOLDI_COLUMNS);
}

char *goldi_grid_words(const gold_study *study, char text[GOLDI_LABEL_BYTES])
{
    text[0] = '\0';
    for (size_t a = 0; a < study->n_axes; a++) {
        add(text, "%s%s %zu", a == 0 ? "" : " x ", study->axes[a].name,
            study->axes[a].count);
    }
    add(text, " = %s", GOLD_COUNTED(study->n_points, "point"));
    return text;
}

void goldi_print_dropped(const gold_study *study, const gold_schema *schema)
{
    gold_schema *whole = NULL;
    const char *join = "note: without ";

    if (GOLD_ALLOC(1, &whole) != GOLD_OK) {
        return; /* what needs more of it will say so */
    }
    gold_schema_init(whole, study, schema->n_train);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        if (whole->count[v] > 0 && schema->count[v] == 0) {
            gold_say(stdout, "%s%s", join,
                     gold_variable_about((gold_variable)v)->name);
            join = ", ";
        }
    }
    if (*join == ',') {
        gold_print(stdout, ", which files of earlier versions do not have\n");
    }
    gold_free(whole);
}

char *goldi_time_words(double seconds_since_1970, char text[GOLD_NAME_BYTES])
{
    struct tm parts;

    (void)snprintf(text, GOLD_NAME_BYTES, "?");
    if (fabs(seconds_since_1970) < 1e11) {
        const time_t whole = (time_t)seconds_since_1970;

        if (gmtime_r(&whole, &parts) != NULL) {
            (void)strftime(text, GOLD_NAME_BYTES, "%Y-%m-%d %H:%M:%S UTC",
                           &parts);
        }
    }
    return text;
}

void goldi_json_axis(goldi_text *out, const gold_axis *axis, size_t index)
{
    for (size_t k = 0; k < axis->n_keys; k++) {
        const gold_axis_key *key = &axis->keys[k];

        if (key->kind == GOLD_VALUE_TEXT) {
            goldi_json_text(out, key->name, key->texts[index]);
        } else if (key->kind == GOLD_VALUE_REAL) {
            goldi_json_number(out, key->name, key->reals[index]);
        } else {
            goldi_json_whole(out, key->name, key->integers[index]);
        }
    }
}

void goldi_json_coordinates(goldi_text *out, const gold_study *study,
                            size_t point)
{
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(study, point, index);
    for (size_t a = 0; a < study->n_axes; a++) {
        goldi_json_axis(out, &study->axes[a], index[a]);
    }
}

void goldi_json_axes(goldi_text *out, const gold_study *study)
{
    goldi_json_open(out, "axes", '{');
    for (size_t a = 0; a < study->n_axes; a++) {
        goldi_json_number(out, study->axes[a].name,
                          (double)study->axes[a].count);
    }
    goldi_json_close(out, '}');
}

gold_status goldi_print_whole(FILE *out, goldi_text *text)
{
    const gold_status status = text->status;

    if (status == GOLD_OK && text->length > 0) {
        gold_print(out, text->data);
    }
    goldi_text_fini(text);
    return status;
}

gold_status goldi_flush(FILE *out)
{
    errno = 0;
    if (fflush(out) != 0 || ferror(out)) {
        return gold_fail(GOLD_ERR_IO, "the output cannot be written: %s",
                         errno == 0 ? "input/output error" : strerror(errno));
    }
    return GOLD_OK;
}
