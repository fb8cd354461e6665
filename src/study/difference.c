/* SPDX-License-Identifier: MIT */
/* In what two studies differ: lines of their identities, with the values that
 * are in force where identities are silent. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "study/key_text.h"
#include "study/read.h"

enum {
    MOST_TOLD = 5 /* differences */
};

/* Value of the line "key = value" with this key; NULL when there is none. */
static const char *line_with(const char *lines, const char *key, size_t n,
                             size_t *length)
{
    while (*lines != '\0') {
        *length = strcspn(lines, "\n");
        if (*length >= n + 3 && strncmp(lines, key, n) == 0 &&
            strncmp(lines + n, " = ", 3) == 0) {
            *length -= n + 3;
            return lines + n + 3;
        }
        lines += *length + (lines[*length] == '\n' ? 1 : 0);
    }
    return NULL;
}

/* The value of a key's word that some lines have, else its fallback. */
static int64_t value_in(const char *lines, const goldi_key *key)
{
    char path[GOLDI_PATH_BYTES];
    size_t n = 0;
    const char *text = line_with(lines, goldi_key_path(key, path),
                                 strlen(goldi_key_path(key, path)), &n);

    for (const goldi_word *word = key->words;
         text != NULL && word->word != NULL; word++) {
        if (strlen(word->word) == n && strncmp(word->word, text, n) == 0) {
            return word->value;
        }
    }
    return goldi_fallback(key).integer;
}

static bool is_met(const char *lines, goldi_need need)
{
    return (need.values >> value_in(lines, goldi_find_axis(need.axis)) & 1U) !=
           0;
}

/* Has a key of which a study's lines are silent an effect there, and is its
 * default in force? */
static bool is_in_force(const char *lines, const goldi_key *key)
{
    static const char train[] = "train = yes\n";
    const goldi_need kinds = {"kind", key->kinds};
    const gold_data_set set =
        (gold_data_set)value_in(lines, goldi_find_key(GOLDI_DATA, "set"));
    bool is = key->is_later || key->usual != NULL;

    is = is && (!goldi_is_of_training(key) || strstr(lines, train) != NULL);
    is = is && (key->domain == GOLDI_OF_ALL || goldi_suits(key, set));
    is = is && (key->kinds == 0 || is_met(lines, kinds));
    for (size_t k = 0; is && k < 2 && key->needs[k].axis != NULL; k++) {
        is = is_met(lines, key->needs[k]);
    }
    return is;
}

static bool has_axis(const char *lines, const char *axis)
{
    char path[GOLDI_PATH_BYTES];
    size_t n = 0;

    (void)snprintf(path, sizeof path, "grid.%s", axis);
    return line_with(lines, path, strlen(path), &n) != NULL;
}

/* What a study has of a key of whose value its lines are silent. */
static void add_silent(goldi_text *out, const char *lines, const goldi_key *key)
{
    const bool is_axis =
        key != NULL && key->role != GOLDI_NO_AXIS && has_axis(lines, key->axis);
    const bool has_default = key != NULL && is_in_force(lines, key);

    if (is_axis) {
        goldi_text_add(out, "an axis of it");
    } else if (has_default && key->usual != NULL) {
        goldi_text_add(out, "%s", key->usual);
    } else if (!has_default || !goldi_add_default(out, key, "")) {
        goldi_text_add(out, "none");
    }
}

/* Append what the line of a study says of a path; a number that stands for a
 * word, or for nothing, as that. */
static void add_side(goldi_text *out, const char *who, const char *lines,
                     const char *path, size_t n)
{
    const goldi_key *key = goldi_key_at(path, n);
    size_t length = 0;
    const char *value = line_with(lines, path, n, &length);

    goldi_text_add(out, "%s has ", who);
    if (value == NULL) {
        add_silent(out, lines, key);
    } else if (key == NULL || key->type != GOLDI_UNSIGNED ||
               strspn(value, "0123456789") != length) {
        goldi_text_add(out, "%.*s", (int)length, value);
    } else if (!goldi_add_setting(
                   out, key, (goldi_value){.integer = strtoll(value, NULL, 10)},
                   "")) {
        goldi_text_add(out, "none");
    }
}

/* Append what differs between the lines of `of_file` and `of_study`, seen from
 * one of them, as long as there are few, and count them. */
static void add_differences(goldi_text *out, const char *from,
                            const char *of_file, const char *of_study,
                            size_t *n)
{
    for (const char *line = from; *line != '\0';) {
        const size_t whole = strcspn(line, "\n");
        const char *equals = strstr(line, " = ");
        const size_t length = equals != NULL && equals < line + whole
                                  ? (size_t)(equals - line)
                                  : whole;
        size_t a = 0;
        size_t b = 0;
        const char *in_file = line_with(of_file, line, length, &a);
        const char *in_study = line_with(of_study, line, length, &b);
        const bool is_equal = in_file != NULL && in_study != NULL && a == b &&
                              memcmp(in_file, in_study, a) == 0;
        const bool is_told = from == of_study && in_file != NULL;

        if (!is_equal && !is_told && (*n)++ < MOST_TOLD) {
            goldi_text_add(out, "  %.*s: ", (int)length, line);
            add_side(out, "file", of_file, line, length);
            add_side(out, ", study", of_study, line, length);
            goldi_text_add(out, "\n");
        }
        line += whole + (line[whole] == '\n' ? 1 : 0);
    }
}

gold_status gold_identity_difference(const char *of_file, const char *of_study,
                                     char **difference)
{
    goldi_text out = {0};
    size_t n = 0;

    if (strcmp(of_file, of_study) != 0) {
        add_differences(&out, of_file, of_file, of_study, &n);
        add_differences(&out, of_study, of_file, of_study, &n);
    }
    if (n > MOST_TOLD) {
        goldi_text_add(&out, "  and %zu more\n", n - MOST_TOLD);
    }
    return goldi_text_give(&out, difference);
}

/* The identity of a study without lines that are free. */
static gold_status fixed_lines(const gold_study *study,
                               bool (*is_free)(const char *line), char **fixed)
{
    goldi_text text = {0};
    char *lines = NULL;

    GOLD_TRY(gold_study_identity(study, &lines));
    for (const char *line = lines; *line != '\0';) {
        const size_t n = strcspn(line, "\n");

        if (is_free == NULL || !is_free(line)) {
            goldi_text_add(&text, "%.*s\n", (int)n, line);
        }
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    gold_free(lines);
    return goldi_text_give(&text, fixed);
}

gold_status gold_study_difference(const gold_study *of_file,
                                  const gold_study *study,
                                  bool (*is_free)(const char *line),
                                  char **difference)
{
    gold_status status = GOLD_OK;
    char *a = NULL;
    char *b = NULL;

    GOLD_GOTO(fixed_lines(of_file, is_free, &a));
    GOLD_GOTO(fixed_lines(study, is_free, &b));
    GOLD_GOTO(gold_identity_difference(a, b, difference));

done:
    gold_free(b);
    gold_free(a);
    return status;
}
