/* SPDX-License-Identifier: MIT */
#include "study/key_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study/read.h"

const char *goldi_key_path(const goldi_key *key, char path[GOLDI_PATH_BYTES])
{
    const char *label = goldi_section_label(key->section);

    (void)snprintf(path, GOLDI_PATH_BYTES, "%s%s%s", label,
                   label[0] != '\0' ? "." : "", key->name);
    return path;
}

const goldi_key *goldi_key_at(const char *path, size_t n)
{
    char own[GOLDI_PATH_BYTES];

    GOLDI_EACH_KEY(key) {
        (void)goldi_key_path(key, own);
        if (strlen(own) == n && strncmp(own, path, n) == 0) {
            return key;
        }
    }
    return NULL;
}

static void add_number(goldi_text *out, double number)
{
    char real[GOLDI_REAL_BYTES];

    if (number < 1e15 && !(number > floor(number))) {
        goldi_text_add(out, "%.0f", number);
    } else {
        goldi_text_add(out, "%s", goldi_real_text(number, real));
    }
}

/* A number of bytes in the largest unit that it is a whole number of. */
static void add_size(goldi_text *out, double bytes)
{
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB"};
    size_t unit = 0;

    while (unit + 1 < sizeof units / sizeof *units &&
           !(fmod(bytes, 1024.0) > 0.0)) {
        bytes /= 1024.0;
        unit++;
    }
    goldi_text_add(out, "%.0f %s", bytes, units[unit]);
}

/* " from 0 to 1000", " above 0", " at least 0 and below 1". */
static void add_range(goldi_text *out, const goldi_key *key)
{
    const bool has_end = isfinite(key->high) && key->high < 0x1p62;

    if (!has_end && !isfinite(key->low)) {
        return; /* any */
    }
    goldi_text_add(out, " %s ",
                   key->is_open                ? "above"
                   : has_end && !key->is_below ? "from"
                                               : "at least");
    add_number(out, key->low);
    if (has_end) {
        goldi_text_add(out, "%s",
                       key->is_below  ? " and below "
                       : key->is_open ? " and at most "
                                      : " to ");
        add_number(out, key->high);
    }
}

static void add_entries(goldi_text *out, const goldi_key *key, const char *what)
{
    goldi_text_add(out, "%sa list of 1 to %zu%s %s",
                   key->is_alone ? "a number, or " : "", key->most,
                   key->is_distinct ? " different" : "", what);
    add_range(out, key);
}

void goldi_add_type(goldi_text *out, const goldi_key *key)
{
    char words[GOLDI_LIST_BYTES];

    switch (key->type) {
    case GOLDI_UNSIGNED:
        goldi_text_add(out, "a whole number");
        add_range(out, key);
        if (key->words != NULL) {
            goldi_text_add(out, ", or %s", key->words->word);
        }
        break;
    case GOLDI_REAL:
        goldi_text_add(out, "a number");
        add_range(out, key);
        break;
    case GOLDI_GAINS:
        goldi_text_add(out, "a number");
        add_range(out, key);
        goldi_text_add(out, ", or a list of 1 to %zu", key->most);
        break;
    case GOLDI_BOOL:
        goldi_text_add(out, "true or false");
        break;
    case GOLDI_CHOICE:
        goldi_text_add(out, "%s", goldi_list_words(key, words));
        break;
    case GOLDI_CHOICES:
        goldi_text_add(out, "a list of %s%s", goldi_list_words(key, words),
                       key->form != NULL ? ", or as shown" : "");
        break;
    case GOLDI_SIZE:
        goldi_text_add(out, "a size from ");
        add_size(out, key->low);
        goldi_text_add(out, " to ");
        add_size(out, key->high);
        break;
    case GOLDI_TEXT:
        goldi_text_add(out, "a text of at most %zu bytes", key->most);
        break;
    case GOLDI_WHOLES:
        add_entries(out, key, "whole numbers");
        break;
    case GOLDI_REALS:
        add_entries(out, key, "numbers");
        break;
    case GOLDI_SECTION:
        goldi_text_add(out, "a mapping with keys of its own%s%s",
                       key->words != NULL ? ", or " : "",
                       key->words != NULL ? key->words->word : "");
        break;
    case GOLDI_SPECIAL:
        goldi_text_add(out, "a value of a form of its own");
        break;
    }
}

static void add_words(goldi_text *out, const goldi_key *key, int64_t words,
                      const char *quote)
{
    const char *join = "";

    goldi_text_add(out, "[");
    for (const goldi_word *word = key->words; word->word != NULL; word++) {
        if ((words >> word->value & 1) != 0) {
            goldi_text_add(out, "%s%s%s%s", join, quote, word->word, quote);
            join = ", ";
        }
    }
    goldi_text_add(out, "]");
}

bool goldi_add_setting(goldi_text *out, const goldi_key *key, goldi_value value,
                       const char *quote)
{
    const char *word = NULL;

    if (!goldi_is_possible(key, value)) {
        return false;
    }
    if (key->type == GOLDI_CHOICES) {
        add_words(out, key, value.integer, quote);
        return true;
    }
    word = goldi_value_word(key, value.integer);
    if (word != NULL) {
        quote = key->type == GOLDI_BOOL ? "" : quote;
        goldi_text_add(out, "%s%s%s", quote, word, quote);
    } else if (key->type == GOLDI_SIZE) {
        goldi_text_add(out, "%s", quote);
        add_size(out, value.real);
        goldi_text_add(out, "%s", quote);
    } else if (key->type == GOLDI_UNSIGNED) {
        goldi_text_add(out, "%lld", (long long)value.integer);
    } else {
        add_number(out, value.real);
    }
    return true;
}

bool goldi_add_default(goldi_text *out, const goldi_key *key, const char *quote)
{
    return key->usual == NULL && goldi_has_fallback(key) &&
           goldi_add_setting(out, key, goldi_fallback(key), quote);
}

void goldi_add_lines(goldi_text *out, const char *prefix, const char *words)
{
    enum {
        LINE = 79
    };
    size_t column = 0;

    for (size_t n = 0; *words != '\0'; words += n + strspn(words + n, " ")) {
        n = strcspn(words, " ");
        if (column > 0 && column + 1 + n > LINE) {
            goldi_text_add(out, "\n");
            column = 0;
        }
        goldi_text_add(out, "%s", column == 0 ? prefix : " ");
        column += column == 0 ? strlen(prefix) : 1;
        goldi_text_append(out, words, n);
        column += n;
    }
    goldi_text_add(out, "\n");
}

void goldi_add_when(goldi_text *out, const goldi_key *key)
{
    char list[GOLDI_LIST_BYTES];

    if (key->kinds != 0) {
        goldi_text_add(out, "of kind %s", goldi_list_kinds(key, list));
    }
    if (key->when != NULL) {
        goldi_text_add(out, "%s%s", key->kinds != 0 ? ", " : "", key->when);
    }
}

void goldi_add_meaning(goldi_text *out, const goldi_key *key)
{
    const char *join = " ";

    goldi_text_add(out, "%s", key->means);
    for (const goldi_word *word = key->words;
         word != NULL && word->word != NULL; word++) {
        if (word->means != NULL) {
            goldi_text_add(out, "%s%s: %s", join, word->word, word->means);
            join = "; ";
        }
    }
    goldi_text_add(out, "%s", join[0] == ';' ? "." : "");
    if (key->unit != NULL) {
        goldi_text_add(out, " In %s.", key->unit);
    }
    if (key->kinds != 0 || key->when != NULL) {
        goldi_text_add(out, " Only ");
        goldi_add_when(out, key);
        goldi_text_add(out, ".");
    }
    if (key->usual != NULL) {
        goldi_text_add(out, " Default: %s.", key->usual);
    }
}
