/* SPDX-License-Identifier: MIT */
/* Plain scalars by the core schema of YAML 1.2. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "study/doc.h"

static bool is_one_of(const goldi_node *node, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (goldi_node_is(node, *words)) {
            return true;
        }
    }
    return false;
}

/* [-+]?[0-9]+ or 0o7 or 0xf; the value must fit 64 bits. */
static bool parse_integer(const char *text, int64_t *value)
{
    const bool is_octal = strncmp(text, "0o", 2) == 0;
    const bool is_hex = strncmp(text, "0x", 2) == 0;
    const char *digits = is_octal ? "01234567"
                         : is_hex ? "0123456789abcdefABCDEF"
                                  : "0123456789";
    const bool has_sign = text[0] == '-' || text[0] == '+';
    const char *body = text + (is_octal || is_hex ? 2 : has_sign ? 1 : 0);
    const size_t n = strspn(body, digits);

    if (n == 0 || body[n] != '\0') {
        return false;
    }
    errno = 0;
    *value = strtoll(is_octal || is_hex ? body : text, NULL,
                     is_octal ? 8
                     : is_hex ? 16
                              : 10);
    return errno == 0;
}

/* [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)? : length, 0 for none. */
static size_t real_length(const char *text)
{
    static const char decimal[] = "0123456789";
    size_t at = text[0] == '-' || text[0] == '+' ? 1 : 0;
    const size_t whole = strspn(text + at, decimal);
    size_t part = 0;

    at += whole;
    if (text[at] == '.') {
        part = strspn(text + at + 1, decimal);
        at += 1 + part;
    }
    if (whole + part == 0) {
        return 0;
    }
    if (text[at] == 'e' || text[at] == 'E') {
        const size_t sign = text[at + 1] == '-' || text[at + 1] == '+' ? 1 : 0;
        const size_t n = strspn(text + at + 1 + sign, decimal);

        at += n > 0 ? 1 + sign + n : 0;
    }
    return at;
}

static bool parse_real(const goldi_node *node, double *value)
{
    static const char *const infinite[] = {".inf",  ".Inf",  ".INF",  "+.inf",
                                           "+.Inf", "+.INF", "-.inf", "-.Inf",
                                           "-.INF", NULL};
    static const char *const undefined[] = {".nan", ".NaN", ".NAN", NULL};
    const size_t length = real_length(node->text);

    if (length > 0 && length == node->length) {
        *value = strtod(node->text, NULL);
        return true;
    }
    if (is_one_of(node, infinite)) {
        *value = strtod(node->text[0] == '-' ? "-inf" : "inf", NULL);
        return true;
    }
    if (is_one_of(node, undefined)) {
        *value = strtod("nan", NULL);
        return true;
    }
    return false;
}

goldi_scalar goldi_scalar_of(const goldi_node *node)
{
    static const char *const nothing[] = {"",     "~",    "null",
                                          "Null", "NULL", NULL};
    static const char *const yes[] = {"true", "True", "TRUE", NULL};
    static const char *const no[] = {"false", "False", "FALSE", NULL};
    goldi_scalar scalar = {.type = GOLDI_IS_TEXT};

    if (!node->is_plain) {
        return scalar;
    }
    if (is_one_of(node, nothing)) {
        scalar.type = GOLDI_IS_NULL;
    } else if (is_one_of(node, yes) || is_one_of(node, no)) {
        scalar.type = GOLDI_IS_BOOL;
        scalar.boolean = is_one_of(node, yes);
    } else if (parse_integer(node->text, &scalar.integer)) {
        scalar.type = GOLDI_IS_INTEGER;
        scalar.real = (double)scalar.integer;
    } else if (parse_real(node, &scalar.real)) {
        scalar.type = GOLDI_IS_REAL;
    }
    return scalar;
}

bool goldi_size_of(const goldi_node *node, double *bytes)
{
    static const struct {
        const char *name;
        double bytes;
    } units[] = {{"", 1.0},       {"B", 1.0},      {"kB", 1e3},
                 {"KB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
                 {"TB", 1e12},    {"KiB", 0x1p10}, {"MiB", 0x1p20},
                 {"GiB", 0x1p30}, {"TiB", 0x1p40}};
    const size_t length = real_length(node->text);
    const char *unit = node->text + length + strspn(node->text + length, " ");

    for (size_t i = 0; length > 0 && i < sizeof units / sizeof *units; i++) {
        if (strcmp(unit, units[i].name) == 0) {
            *bytes = strtod(node->text, NULL) * units[i].bytes;
            return true;
        }
    }
    return false;
}
