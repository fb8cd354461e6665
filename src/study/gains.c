/* SPDX-License-Identifier: MIT */
#include "study/gains.h"

#include <math.h>
#include <string.h>

#include "study/doc.h"

enum {
    NUMBER_BYTES = 64
};

void goldi_add_gains(goldi_text *out, const gold_gains *gains)
{
    char real[GOLDI_REAL_BYTES];

    for (size_t l = 0; l < gains->n; l++) {
        goldi_text_add(out, "%s%s",
                       l > 0          ? ", "
                       : gains->n > 1 ? "["
                                      : "",
                       goldi_real_text(gains->of[l], real));
    }
    goldi_text_add(out, "%s", gains->n > 1 ? "]" : "");
}

/* The number that stands in `length` bytes, blanks around it. */
static bool parse_number(const char *text, size_t length, double *number)
{
    char digits[NUMBER_BYTES] = "";
    const size_t blanks = strspn(text, " \t");

    if (blanks >= length || length - blanks >= sizeof digits) {
        return false;
    }
    length -= blanks;
    memcpy(digits, text + blanks, length);
    while (digits[length - 1] == ' ' || digits[length - 1] == '\t') {
        digits[--length] = '\0';
    }
    const goldi_node node = {
        .is_plain = true, .text = digits, .length = length};
    const goldi_scalar scalar = goldi_scalar_of(&node);

    *number = scalar.real;
    return scalar.type == GOLDI_IS_INTEGER || scalar.type == GOLDI_IS_REAL;
}

bool goldi_parse_gains(const char *text, gold_gains *gains)
{
    const bool is_list = text[0] == '[';
    const char *at = text + (is_list ? 1 : 0);
    bool is_good = true;

    gains->n = 0;
    while (is_good && gains->n < GOLD_MAX_GAINS) {
        const size_t length = strcspn(at, is_list ? ",]" : "");

        is_good = parse_number(at, length, &gains->of[gains->n++]);
        at += length;
        if (*at != ',') {
            break;
        }
        at++;
    }
    return is_good && strcmp(at, is_list ? "]" : "") == 0;
}

bool goldi_match_gains(const gold_gains *own, const gold_gains *others,
                       double *distance)
{
    bool is_near = own->n == others->n;

    *distance = 0.0;
    for (size_t l = 0; is_near && l < own->n; l++) {
        const double off = fabs(own->of[l] - others->of[l]);

        is_near = off <= 1e-6 * fabs(own->of[l]);
        *distance += off;
    }
    return is_near;
}
