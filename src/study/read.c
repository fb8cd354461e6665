/* SPDX-License-Identifier: MIT */
#include "study/read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "study/words.h"

const goldi_node *goldi_given(const goldi_reader *reader, goldi_section section,
                              const char *name)
{
    return reader->given[goldi_key_index(goldi_find_key(section, name))];
}

const goldi_node *goldi_swept(const goldi_reader *reader, const char *axis)
{
    return reader->swept[goldi_key_index(goldi_find_axis(axis))];
}

void goldi_keep_text(goldi_reader *reader, const char *text, char **copy)
{
    gold_free(*copy);
    *copy = NULL;
    if (reader->report.status == GOLD_OK) {
        reader->report.status = gold_copy_text(text, copy);
    }
}

bool goldi_must_be_map(goldi_reader *reader, const goldi_node *node,
                       const char *what)
{
    if (node->kind == GOLDI_MAP) {
        return true;
    }
    GOLDI_COMPLAIN(reader, node,
                   "'%s' must be a mapping, with 'key: value' lines", what);
    return false;
}

/* "a, b or c" of those words that are a value's first and whose bit is set;
 * NULL: all of them. */
static char *list_some(const goldi_word *words, const unsigned *bits,
                       char text[GOLDI_LIST_BYTES])
{
    const char *shown[GOLDI_MOST_WORDS] = {NULL};
    const goldi_key like = {.words = words};
    size_t n = 0;
    size_t used = 0;

    for (; words->word != NULL; words++) {
        if (goldi_value_word(&like, words->value) == words->word &&
            (bits == NULL || (*bits >> words->value & 1U) != 0) &&
            n < GOLDI_MOST_WORDS) {
            shown[n++] = words->word;
        }
    }
    text[0] = '\0';
    for (size_t i = 0; i < n && used < GOLDI_LIST_BYTES; i++) {
        const char *join = i == 0 ? "" : i + 1 == n ? " or " : ", ";

        used += (size_t)snprintf(text + used, GOLDI_LIST_BYTES - used, "%s%s",
                                 join, shown[i]);
    }
    return text;
}

char *goldi_list_words(const goldi_key *key, char text[GOLDI_LIST_BYTES])
{
    return list_some(key->words, NULL, text);
}

char *goldi_list_kinds(const goldi_key *key, char text[GOLDI_LIST_BYTES])
{
    return list_some(goldi_kinds, &key->kinds, text);
}

void goldi_node_add_copy(goldi_report *report, goldi_node *parent,
                         const goldi_node *node)
{
    goldi_node *copy = goldi_node_create(report, node->kind, node->place);

    if (copy != NULL) {
        *copy = *node;
        copy->next = NULL;
        goldi_node_add(parent, copy);
    }
}

goldi_hint goldi_node_hint(const goldi_node *node, const char *const *words)
{
    const bool is_map = node->kind == GOLDI_MAP && node->n_children == 1;
    const goldi_node *said = is_map ? node->first : node;

    return said->kind == GOLDI_SCALAR ? goldi_hinted(said->text, words)
                                      : (goldi_hint){""};
}

/* The same of the words of a key. */
static goldi_hint hint_of(const goldi_key *key, const goldi_node *node)
{
    const char *words[GOLDI_MOST_WORDS + 1] = {NULL};
    size_t n = 0;

    for (const goldi_word *word = key->words;
         word != NULL && word->word != NULL && n < GOLDI_MOST_WORDS; word++) {
        words[n++] = word->word;
    }
    return goldi_node_hint(node, words);
}

static void complain_of_choice(goldi_reader *reader, const goldi_key *key,
                               const goldi_node *node)
{
    const bool is_word = node->kind == GOLDI_SCALAR && node->length > 0;
    const goldi_answer answer =
        goldi_explain(is_word ? node->text : "", key->section, key);
    char list[GOLDI_LIST_BYTES];

    (void)goldi_list_words(key, list);
    if (!is_word) {
        GOLDI_COMPLAIN(reader, node, "'%s' must be %s%s", key->name, list,
                       hint_of(key, node).text);
    } else if (answer.text[0] != '\0') {
        GOLDI_COMPLAIN(reader, node, "%s: %s %s", key->name,
                       goldi_quoted(node->text, node->length).text,
                       answer.text);
    } else {
        GOLDI_COMPLAIN(reader, node, "%s is %s; it must be %s%s", key->name,
                       goldi_quoted(node->text, node->length).text, list,
                       hint_of(key, node).text);
    }
}

static bool read_choice(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node, goldi_value *value)
{
    for (const goldi_word *word = key->words; word->word != NULL; word++) {
        if (goldi_node_is(node, word->word)) {
            value->integer = word->value;
            return true;
        }
    }
    complain_of_choice(reader, key, node);
    return false;
}

static bool read_bool(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, goldi_value *value)
{
    static const char *const words[] = {"true", "false", NULL};
    const goldi_scalar scalar = goldi_scalar_of(node);

    if (node->kind == GOLDI_SCALAR && scalar.type == GOLDI_IS_BOOL) {
        value->integer = scalar.boolean;
        return true;
    }
    GOLDI_COMPLAIN(reader, node, "'%s' must be true or false, without quotes%s",
                   key->name, goldi_node_hint(node, words).text);
    return false;
}

/* Complain of something that is no number, nor a word that stands for one;
 * says what it is instead. */
static void complain_of_number(goldi_reader *reader, const goldi_node *node,
                               const goldi_key *key, const char *wanted)
{
    const char *what = key->name;
    const goldi_scalar_type type =
        node->kind == GOLDI_SCALAR ? goldi_scalar_of(node).type : GOLDI_IS_TEXT;
    const goldi_node bare = {
        .is_plain = true, .text = node->text, .length = node->length};

    if (node->kind != GOLDI_SCALAR) {
        GOLDI_COMPLAIN(reader, node, "'%s' must be %s, not a %s", what, wanted,
                       node->kind == GOLDI_LIST ? "list" : "mapping");
    } else if (type == GOLDI_IS_NULL) {
        GOLDI_COMPLAIN(reader, node, "'%s' has no value; it must be %s", what,
                       wanted);
    } else {
        GOLDI_COMPLAIN(reader, node, "'%s' must be %s, not %s%s%s", what,
                       wanted, goldi_quoted(node->text, node->length).text,
                       !node->is_plain &&
                               goldi_scalar_of(&bare).type != GOLDI_IS_TEXT
                           ? ": leave out the quotes"
                           : "",
                       hint_of(key, node).text);
    }
}

bool goldi_read_number(goldi_reader *reader, const goldi_node *node,
                       const char *what, double *value)
{
    const goldi_scalar scalar = goldi_scalar_of(node);
    const bool is_number =
        scalar.type == GOLDI_IS_INTEGER || scalar.type == GOLDI_IS_REAL;

    if (node->kind != GOLDI_SCALAR || !is_number) {
        complain_of_number(reader, node, &(goldi_key){.name = what},
                           "a number");
        return false;
    }
    if (!isfinite(scalar.real)) {
        GOLDI_COMPLAIN(reader, node, "'%s' is %s; it must be a finite number",
                       what, node->text);
        return false;
    }
    *value = scalar.real;
    return true;
}

/* Complain unless low <= value <= high, bounds open where the key says. */
static bool is_within(goldi_reader *reader, const goldi_node *node,
                      const char *what, const goldi_key *bounds, double value)
{
    const bool is_low =
        bounds->is_open ? !(value > bounds->low) : !(value >= bounds->low);
    const bool is_high =
        bounds->is_below ? !(value < bounds->high) : !(value <= bounds->high);
    char upper[40] = "";

    if (!is_low && !is_high) {
        return true;
    }
    if (isfinite(bounds->high)) {
        (void)snprintf(upper, sizeof upper, " and %s %.10g",
                       bounds->is_below ? "below" : "at most", bounds->high);
    }
    GOLDI_COMPLAIN(reader, node, "%s is %s; it must be %s %.10g%s", what,
                   goldi_quoted(node->text, node->length).text,
                   bounds->is_open ? "above" : "at least", bounds->low, upper);
    return false;
}

bool goldi_read_whole(goldi_reader *reader, const goldi_node *node,
                      const char *what, double low, double high, int64_t *value)
{
    const goldi_scalar scalar = goldi_scalar_of(node);
    const goldi_key bounds = {.name = what, .low = low, .high = high};
    /* 1e3 is a whole number too; beyond 2^53 reals skip some of them */
    const bool is_real = node->kind == GOLDI_SCALAR &&
                         scalar.type == GOLDI_IS_REAL && isfinite(scalar.real);
    const bool is_whole = is_real && !(scalar.real < floor(scalar.real) ||
                                       scalar.real > floor(scalar.real));

    if (node->kind != GOLDI_SCALAR ||
        (scalar.type != GOLDI_IS_INTEGER && !is_whole)) {
        complain_of_number(reader, node, &bounds, "a whole number");
        return false;
    }
    if (!is_within(reader, node, what, &bounds, scalar.real)) {
        return false;
    }
    if (is_real && fabs(scalar.real) > 0x1p53) {
        GOLDI_COMPLAIN(reader, node, "'%s' must be a whole number below 2^63",
                       what);
        return false;
    }
    *value = is_real ? (int64_t)scalar.real : scalar.integer;
    return true;
}

static bool read_unsigned(goldi_reader *reader, const goldi_key *key,
                          const goldi_node *node, goldi_value *value)
{
    if (key->words != NULL && node->kind == GOLDI_SCALAR &&
        goldi_node_is(node, key->words->word)) {
        value->integer = key->words->value;
        return true;
    }
    if (key->words != NULL && (node->kind != GOLDI_SCALAR ||
                               goldi_scalar_of(node).type == GOLDI_IS_TEXT)) {
        char wanted[64];

        (void)snprintf(wanted, sizeof wanted, "a whole number or '%s'",
                       key->words->word);
        complain_of_number(reader, node, key, wanted);
        return false;
    }
    return goldi_read_whole(reader, node, key->name, key->low, key->high,
                            &value->integer);
}

static bool read_real(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, goldi_value *value)
{
    return goldi_read_number(reader, node, key->name, &value->real) &&
           is_within(reader, node, key->name, key, value->real);
}

static bool read_size(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, goldi_value *value)
{
    if (node->kind != GOLDI_SCALAR || !goldi_size_of(node, &value->real)) {
        complain_of_number(reader, node, key,
                           "a size such as 2 GiB or 500 MiB");
        return false;
    }
    if (!(value->real >= key->low && value->real <= key->high)) {
        GOLDI_COMPLAIN(
            reader, node,
            "%s is %s; it must be at least %.0f MiB and at most %.0f GiB",
            key->name, goldi_quoted(node->text, node->length).text,
            key->low / 0x1p20, key->high / 0x1p30);
        return false;
    }
    return true;
}

/* A number for all layers, or a list of one for each. */
static bool read_gains(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node, goldi_value *value)
{
    const bool is_list = node->kind == GOLDI_LIST;
    bool is_good = true;

    if (is_list && (node->n_children == 0 || node->n_children > key->most)) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' must be a number for all layers, or a list of 1 "
                       "to %zu: [1, 1, 3]",
                       key->name, key->most);
        return false;
    }
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        is_good = read_real(reader, key, item, value) && is_good;
        value->gains.of[value->gains.n++] = value->real;
    }
    return is_good;
}

bool goldi_read_value(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, goldi_value *value)
{
    *value = (goldi_value){.integer = 0};
    switch (key->type) {
    case GOLDI_UNSIGNED:
        return read_unsigned(reader, key, node, value);
    case GOLDI_REAL:
        return read_real(reader, key, node, value);
    case GOLDI_GAINS:
        return read_gains(reader, key, node, value);
    case GOLDI_BOOL:
        return read_bool(reader, key, node, value);
    case GOLDI_SIZE:
        return read_size(reader, key, node, value);
    default:
        return read_choice(reader, key, node, value);
    }
}
