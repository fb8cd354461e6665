/* SPDX-License-Identifier: MIT */
/* A section: a mapping whose keys stand in the table. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "study/read.h"

enum {
    HOME_BYTES = 64
};

/* Names that a section has; in the grid those of axes too. */
static void collect_names(goldi_section section,
                          const char *names[GOLDI_KEYS_CAPACITY + 1])
{
    size_t n = 0;

    GOLDI_EACH_KEY(key) {
        if (key->section == section) {
            names[n++] = key->name;
        } else if (section == GOLDI_GRID && key->role != GOLDI_NO_AXIS) {
            names[n++] = key->axis;
        }
    }
    names[n] = NULL;
}

static size_t depth_of(goldi_section section)
{
    const char *label = goldi_section_label(section);

    return label[0] == '\0' ? 0 : strchr(label, '.') == NULL ? 1 : 2;
}

/* The key of this name in the outermost of the sections that have one. */
static const goldi_key *find_anywhere(const char *name)
{
    const goldi_key *found = NULL;

    GOLDI_EACH_KEY(key) {
        if (strcmp(key->name, name) == 0 && key->section != GOLDI_GRID &&
            (found == NULL ||
             depth_of(key->section) < depth_of(found->section))) {
            found = key;
        }
    }
    return found;
}

static const goldi_key *find_near_anywhere(const char *text)
{
    const char *names[GOLDI_KEYS_CAPACITY + 1] = {NULL};

    for (size_t i = 0; i < goldi_n_keys; i++) {
        names[i] = goldi_keys[i].name;
    }
    const char *near = gold_nearest(text, names);

    return near == NULL ? NULL : find_anywhere(near);
}

/* The name of a section as people find it: "under 'network:'". */
static const char *home_of(const goldi_key *key, char text[HOME_BYTES])
{
    const char *label = goldi_section_label(key->section);

    (void)snprintf(text, HOME_BYTES,
                   label[0] == '\0' ? "at the left margin%s" : "under '%s:'",
                   label);
    return text;
}

/* Does the section have what is meant, by another name? */
static bool is_of_section(const goldi_answer *answer)
{
    return strncmp(answer->text, "is called", strlen("is called")) == 0 &&
           strchr(answer->text, '.') == NULL;
}

bool goldi_is_nearly_of(goldi_section section, const char *name)
{
    const char *names[GOLDI_KEYS_CAPACITY + 1] = {NULL};

    collect_names(section, names);
    return gold_nearest(name, names) != NULL;
}

void goldi_complain_unknown(goldi_reader *reader, goldi_section section,
                            const goldi_node *key)
{
    const char *names[GOLDI_KEYS_CAPACITY + 1] = {NULL};
    const char *label = goldi_section_label(section);
    const goldi_quote quote = goldi_quoted(key->text, key->length);
    const goldi_key *elsewhere = find_anywhere(key->text);
    const goldi_answer answer = goldi_explain(key->text, section, NULL);
    const char *near = NULL;
    char home[HOME_BYTES];
    char hint[2 * HOME_BYTES] = "";

    collect_names(section, names);
    near = gold_nearest(key->text, names);
    /* a name of something is hardly that of a data set */
    if (elsewhere != NULL && !is_of_section(&answer) &&
        (answer.text[0] == '\0' || elsewhere->type != GOLDI_TEXT)) {
        (void)snprintf(hint, sizeof hint, "; it belongs %s",
                       home_of(elsewhere, home));
    } else if (answer.text[0] != '\0') {
        GOLDI_COMPLAIN(reader, key, "%s %s", quote.text, answer.text);
        return;
    } else if (near != NULL) {
        (void)snprintf(hint, sizeof hint, "; did you mean '%s'?", near);
    } else if ((elsewhere = find_near_anywhere(key->text)) != NULL) {
        (void)snprintf(hint, sizeof hint, "; did you mean '%s' %s?",
                       elsewhere->name, home_of(elsewhere, home));
    }
    GOLDI_COMPLAIN(reader, key, "unknown key %s%s%s%s%s", quote.text,
                   label[0] != '\0' ? " in '" : "", label,
                   label[0] != '\0' ? ":'" : "", hint);
}

void goldi_read_choices(goldi_reader *reader, const goldi_key *key,
                        const goldi_node *node)
{
    goldi_value given = {.integer = 0};

    if (node->kind != GOLDI_LIST || node->n_children > GOLDI_MOST_WORDS) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' must be a short list of words: [%s, %s]",
                       key->name, key->words[0].word, key->words[1].word);
        return;
    }
    GOLDI_EACH(item, node) {
        goldi_value value;

        if (!goldi_read_value(reader, key, item, &value)) {
            continue;
        }
        given.integer |= (int64_t)1 << value.integer;
        for (const goldi_node *other = node->first; other != item;
             other = other->next) {
            if (goldi_node_is(other, item->text)) {
                GOLDI_COMPLAIN(reader, item, "'%s' is listed twice",
                               item->text);
                break;
            }
        }
    }
    goldi_put(key, given, &reader->study->base, reader->study);
}

/* A mapping where a choice is wanted: its last word, with settings. */
static void read_mapped_choice(goldi_reader *reader, const goldi_key *key,
                               const goldi_node *node)
{
    const goldi_word *word = key->words;

    while (word[1].word != NULL) {
        word++;
    }
    goldi_put(key, (goldi_value){.integer = word->value}, &reader->study->base,
              reader->study);
    goldi_read_section(reader, key->inner, node);
}

static void read_form(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    goldi_value value;

    if (key->read != NULL) {
        key->read(reader, key, node->value);
        return;
    }
    switch (key->type) {
    case GOLDI_SECTION:
        if (key->words != NULL && node->value->kind == GOLDI_SCALAR) {
            (void)goldi_read_value(reader, key, node->value, &value);
            break;
        }
        goldi_read_section(reader, key->inner, node->value);
        break;
    case GOLDI_CHOICES:
        goldi_read_choices(reader, key, node->value);
        break;
    default:
        if (key->inner != GOLDI_ROOT && node->value->kind == GOLDI_MAP) {
            read_mapped_choice(reader, key, node->value);
        } else if (goldi_read_value(reader, key, node->value, &value)) {
            goldi_put(key, value, &reader->study->base, reader->study);
        }
        break;
    }
}

/* Read a key; what is wrong with its value leaves it unsure. */
static void read_key(goldi_reader *reader, const goldi_key *key,
                     const goldi_node *node)
{
    const size_t before = reader->report.n_complaints;
    const size_t i = goldi_key_index(key);

    reader->given[i] = node;
    read_form(reader, key, node);
    reader->is_unsure[i] =
        key->type != GOLDI_SECTION && reader->report.n_complaints != before;
}

/* One of the keys that a section does without may be what an unknown one was
 * to be, or a key of the sections in it. */
void goldi_doubt(goldi_reader *reader, goldi_section section)
{
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        const bool is_its = section == GOLDI_GRID ? key->role != GOLDI_NO_AXIS
                                                  : key->section == section;

        if (!is_its || reader->given[i] != NULL || reader->swept[i] != NULL) {
            continue;
        }
        reader->is_unsure[i] = true;
        if (key->inner != GOLDI_ROOT && section != GOLDI_GRID) {
            goldi_doubt(reader, key->inner);
        }
    }
}

bool goldi_is_sure(const goldi_reader *reader, goldi_section section,
                   const char *name)
{
    return !reader->is_unsure[goldi_key_index(goldi_find_key(section, name))];
}

/* The row of a section; NULL of the study itself. */
static const goldi_key *row_of(goldi_section section)
{
    for (size_t i = 0; section != GOLDI_ROOT && i < goldi_n_keys; i++) {
        if (goldi_keys[i].inner == section) {
            return &goldi_keys[i];
        }
    }
    return NULL;
}

/* Complain of a key that a section lacks; what it means is a clause then. */
static void complain_of_lack(goldi_reader *reader, const goldi_key *key,
                             goldi_place place)
{
    const goldi_key *row = row_of(key->section);
    char what[GOLDI_LIST_BYTES];

    if (key->words != NULL) {
        (void)goldi_list_words(key, what);
    } else {
        (void)snprintf(what, sizeof what, "%.*s",
                       (int)strcspn(key->means, ".:"), key->means);
        what[0] = (char)tolower((unsigned char)what[0]);
    }
    if (row == NULL) {
        goldi_complain(&reader->report, place, "'%s:' is missing", key->name);
    } else {
        GOLDI_COMPLAIN(reader, reader->given[goldi_key_index(row)],
                       "'%s:' lacks '%s:', %s", row->name, key->name, what);
    }
}

/* What a section has when it stands, and what it has to have. */
static void settle_section(goldi_reader *reader, goldi_section section,
                           const goldi_node *node)
{
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];

        if (key->section != section || reader->given[i] != NULL ||
            reader->is_unsure[i]) {
            continue;
        }
        if (key->is_inner) {
            goldi_put(key, goldi_fallback(key), &reader->study->base,
                      reader->study);
        }
        if (key->is_required) {
            complain_of_lack(reader, key, node->place);
        }
    }
}

void goldi_read_section(goldi_reader *reader, goldi_section section,
                        const goldi_node *node)
{
    const char *label = goldi_section_label(section);
    bool has_unknown = false;

    if (!goldi_must_be_map(reader, node,
                           section == GOLDI_ROOT ? "the study" : label)) {
        return;
    }
    GOLDI_EACH(entry, node) {
        const goldi_key *key = goldi_find_key(section, entry->text);

        if (key == NULL || strlen(entry->text) != entry->length) {
            goldi_complain_unknown(reader, section, entry);
            has_unknown = true;
        } else {
            read_key(reader, key, entry);
        }
    }
    if (has_unknown) {
        goldi_doubt(reader, section);
    }
    settle_section(reader, section, node);
}
