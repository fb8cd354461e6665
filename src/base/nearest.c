/* SPDX-License-Identifier: MIT */
#include "base/nearest.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

enum {
    LONGEST = 40,
    SHORTEST_BEGINNING = 2 /* letters that stand for a longer word */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits (insert, drop, replace, swap neighbours) between two words, each at
 * most LONGEST long. */
static size_t distance_between(const char *a, const char *b)
{
    size_t rows[3][LONGEST + 1] = {{0}};
    const size_t n = strlen(b);
    size_t *before = rows[0];
    size_t *above = rows[1];
    size_t *row = rows[2];

    for (size_t j = 0; j <= n; j++) {
        above[j] = j;
    }
    for (size_t i = 1; a[i - 1] != '\0'; i++) {
        size_t *spare = before;

        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            const bool is_same = tolower((unsigned char)a[i - 1]) ==
                                 tolower((unsigned char)b[j - 1]);
            const size_t change = is_same ? 0 : 1;

            row[j] =
                least(above[j - 1] + change, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                a[i - 2] == b[j - 1]) {
                row[j] = least(row[j], before[j - 2] + 1);
            }
        }
        before = above;
        above = row;
        row = spare;
    }
    return above[n];
}

const char *gold_nearest(const char *text, const char *const *words)
{
    const size_t length = strlen(text);
    size_t nearest = length / 3 + 1;
    const char *found = NULL;

    if (length > LONGEST) {
        return NULL;
    }
    for (; *words != NULL; words++) {
        const size_t n = strlen(*words);

        if (n > LONGEST) {
            continue;
        }
        const size_t distance = distance_between(text, *words);

        if (distance < nearest && distance < n) {
            nearest = distance;
            found = *words;
        } else if (found == NULL && length >= SHORTEST_BEGINNING &&
                   strncmp(*words, text, length) == 0) {
            found = *words;
        }
    }
    return found;
}

bool gold_is_among(const char *text, const char *const *words)
{
    while (*words != NULL && strcmp(text, *words) != 0) {
        words++;
    }
    return *words != NULL;
}

bool gold_begins_as(const char *text, const char *const *words)
{
    while (*words != NULL && strncmp(text, *words, strlen(*words)) != 0) {
        words++;
    }
    return *words != NULL;
}
