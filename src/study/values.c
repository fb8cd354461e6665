/* SPDX-License-Identifier: MIT */
/* Values between the table of keys and the structures that hold them. */
#include <string.h>

#include "study/gains.h"
#include "study/keys.h"

const char *goldi_value_word(const goldi_key *key, int64_t value)
{
    for (const goldi_word *word = key->words;
         word != NULL && word->word != NULL; word++) {
        if (word->value == value) {
            return word->word;
        }
    }
    return NULL;
}

bool goldi_is_possible(const goldi_key *key, goldi_value value)
{
    const double number =
        key->type == GOLDI_UNSIGNED ? (double)value.integer : value.real;

    switch (key->type) {
    case GOLDI_BOOL:
    case GOLDI_CHOICE:
    case GOLDI_CHOICES:
        return true;
    case GOLDI_UNSIGNED:
    case GOLDI_REAL:
    case GOLDI_SIZE:
        return goldi_value_word(key, value.integer) != NULL ||
               (number >= key->low && number <= key->high &&
                !(key->is_open && number <= key->low));
    default:
        return false;
    }
}

bool goldi_has_fallback(const goldi_key *key)
{
    return !key->is_required && goldi_is_possible(key, goldi_fallback(key));
}

goldi_value goldi_fallback(const goldi_key *key)
{
    if (key->type == GOLDI_REAL || key->type == GOLDI_SIZE) {
        return (goldi_value){.real = key->fallback};
    }
    return (goldi_value){.integer = (int64_t)key->fallback};
}

gold_value_kind goldi_kind_of(const goldi_key *key)
{
    switch (key->type) {
    case GOLDI_UNSIGNED:
        return GOLD_VALUE_INTEGER;
    case GOLDI_REAL:
        return GOLD_VALUE_REAL;
    default:
        return GOLD_VALUE_TEXT;
    }
}

void goldi_put(const goldi_key *key, goldi_value value, gold_settings *settings,
               gold_study *study)
{
    unsigned char *home = key->home == GOLDI_IN_SETTINGS ? (void *)settings
                          : key->home == GOLDI_IN_STUDY  ? (void *)study
                                                         : NULL;
    const uint64_t whole =
        (uint64_t)(key->type == GOLDI_SIZE ? value.real : 0.0) +
        (uint64_t)value.integer;
    const int choice = (int)value.integer;
    const bool is_true = value.integer != 0;

    if (home == NULL || key->count != 0) {
        return; /* lists begin empty */
    }
    switch (key->type) {
    case GOLDI_UNSIGNED:
    case GOLDI_SIZE:
        memcpy(home + key->offset, &whole, sizeof whole);
        break;
    case GOLDI_REAL:
        memcpy(home + key->offset, &value.real, sizeof value.real);
        break;
    case GOLDI_GAINS:
        memcpy(home + key->offset, &value.gains, sizeof value.gains);
        break;
    case GOLDI_BOOL:
        memcpy(home + key->offset, &is_true, sizeof is_true);
        break;
    case GOLDI_CHOICES:
        for (const goldi_word *word = key->words; word->word != NULL; word++) {
            ((bool *)(void *)(home + key->offset))[word->value] =
                (value.integer >> word->value & 1) != 0;
        }
        break;
    default:
        memcpy(home + key->offset, &choice, sizeof choice);
        break;
    }
    if (key->placement >= 0) {
        settings->placement = (gold_placement)key->placement;
    }
}

double goldi_list_number(const goldi_key *key, const unsigned char *list,
                         size_t i)
{
    uint64_t whole = 0;
    double number = 0.0;

    memcpy(&whole, list + i * sizeof whole, sizeof whole);
    memcpy(&number, list + i * sizeof number, sizeof number);
    return key->type == GOLDI_WHOLES ? (double)whole : number;
}

goldi_value goldi_get(const goldi_key *key, const gold_settings *settings,
                      const gold_study *study)
{
    const unsigned char *home = key->home == GOLDI_IN_SETTINGS
                                    ? (const void *)settings
                                    : (const void *)study;
    goldi_value value = {.integer = 0};
    uint64_t bytes = 0;
    bool is_true = false;
    int choice = 0;

    switch (key->type) {
    case GOLDI_UNSIGNED:
        memcpy(&value.integer, home + key->offset, sizeof value.integer);
        break;
    case GOLDI_SIZE:
        memcpy(&bytes, home + key->offset, sizeof bytes);
        value.real = (double)bytes;
        break;
    case GOLDI_REAL:
        memcpy(&value.real, home + key->offset, sizeof value.real);
        break;
    case GOLDI_GAINS:
        memcpy(&value.gains, home + key->offset, sizeof value.gains);
        break;
    case GOLDI_BOOL:
        memcpy(&is_true, home + key->offset, sizeof is_true);
        value.integer = is_true;
        break;
    case GOLDI_CHOICES:
        for (const goldi_word *word = key->words; word->word != NULL; word++) {
            memcpy(&is_true, home + key->offset + (size_t)word->value,
                   sizeof is_true);
            value.integer |= (int64_t)is_true << word->value;
        }
        break;
    default:
        memcpy(&choice, home + key->offset, sizeof choice);
        value.integer = choice;
        break;
    }
    return value;
}

goldi_value goldi_axis_value(const gold_axis_key *axis, const goldi_key *key,
                             size_t i)
{
    goldi_value value = {.integer = 0};

    switch (axis->kind) {
    case GOLD_VALUE_INTEGER:
        value.integer = axis->integers[i];
        break;
    case GOLD_VALUE_REAL:
        value.real = axis->reals[i];
        break;
    case GOLD_VALUE_TEXT:
        if (key->type == GOLDI_GAINS) {
            (void)goldi_parse_gains(axis->texts[i], &value.gains);
            break;
        }
        for (const goldi_word *word = key->words; word->word != NULL; word++) {
            if (strcmp(word->word, axis->texts[i]) == 0) {
                value.integer = word->value;
            }
        }
        break;
    }
    return value;
}

/* "network.depth" without its section's label and the dot; NULL when the name
 * does not begin so. */
static const char *within(const char *name, goldi_section section)
{
    const char *label = goldi_section_label(section);
    const size_t n = strlen(label);

    return strncmp(name, label, n) == 0 && name[n] == '.' ? name + n + 1 : NULL;
}

const goldi_key *goldi_find_axis(const char *name)
{
    GOLDI_EACH_KEY(key) {
        const char *rest = within(name, key->section);

        if ((key->role != GOLDI_NO_AXIS && strcmp(key->axis, name) == 0) ||
            (rest != NULL && strcmp(rest, key->name) == 0)) {
            return key;
        }
    }
    return NULL;
}

const gold_axis_key *goldi_axis_key_of(const gold_study *study,
                                       const goldi_key *key, size_t *axis)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *found = &study->axes[a].keys[k];

            if (goldi_find_axis(found->name) == key) {
                *axis = a;
                return found;
            }
        }
    }
    return NULL;
}

/* The axis key that sweeps a key; NULL: none does, or its values are lacking
 * as there were errors in the grid. */
static const gold_axis_key *swept_of(const gold_study *study,
                                     const goldi_key *key, size_t *n)
{
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(study, key, &axis);

    *n = swept != NULL && study->n_points > 0 ? study->axes[axis].count : 0;
    return *n > 0 ? swept : NULL;
}

unsigned goldi_values_of(const gold_study *study, const char *axis)
{
    const goldi_key *key = goldi_find_axis(axis);
    unsigned values = 0;
    size_t n = 0;
    const gold_axis_key *swept = swept_of(study, key, &n);

    for (size_t i = 0; i < n; i++) {
        values |= 1U << goldi_axis_value(swept, key, i).integer;
    }
    return n > 0 ? values : 1U << goldi_get(key, &study->base, study).integer;
}

bool goldi_has_value(const gold_study *study, const char *axis, int value)
{
    return (goldi_values_of(study, axis) >> value & 1U) != 0;
}

bool goldi_has_kind(const gold_study *study, gold_network_kind kind)
{
    return goldi_has_value(study, "kind", (int)kind);
}

bool goldi_permutes_labels(const gold_study *study)
{
    size_t axis = 0;

    return study->base.label_share > 0.0 ||
           goldi_axis_key_of(study, goldi_find_axis("label_share"), &axis) !=
               NULL;
}

void goldi_bounds_of(const gold_study *study, const char *axis, int64_t *least,
                     int64_t *largest)
{
    const goldi_key *key = goldi_find_axis(axis);
    size_t n = 0;
    const gold_axis_key *swept = swept_of(study, key, &n);

    *least = n > 0 ? swept->integers[0]
                   : goldi_get(key, &study->base, study).integer;
    *largest = *least;
    for (size_t i = 1; i < n; i++) {
        *least = swept->integers[i] < *least ? swept->integers[i] : *least;
        *largest =
            swept->integers[i] > *largest ? swept->integers[i] : *largest;
    }
}
