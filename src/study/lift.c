/* SPDX-License-Identifier: MIT */
/* What a study has one value of, as an axis. */
#include <inttypes.h>
#include <math.h>

#include "goldilocks/memory.h"

#include "study/keys.h"
#include "study/unite.h"

/* Append the value that a study has of a key; false: it is not one value. */
static bool add_base_value(goldi_text *lines, const gold_study *study,
                           const goldi_key *key)
{
    const goldi_value value = goldi_get(key, &study->base, study);
    const gold_value_kind kind = goldi_kind_of(key);
    const char *word =
        kind == GOLD_VALUE_REAL ? NULL : goldi_value_word(key, value.integer);
    char real[GOLDI_REAL_BYTES];

    if (kind == GOLD_VALUE_REAL) {
        goldi_text_add(lines, "%s", goldi_real_text(value.real, real));
        return !isnan(value.real);
    }
    if (word != NULL) {
        goldi_text_add(lines, "%s", word);
    } else {
        goldi_text_add(lines, "%" PRId64, value.integer);
    }
    return word != NULL || kind == GOLD_VALUE_INTEGER;
}

/* Append the lines that make an axis of what a study has one value of; false:
 * it has not. What is set before it is taken away is there to be. */
static bool add_single(goldi_text *lines, const gold_study *study,
                       const gold_axis *axis)
{
    const char *name = axis->keys[0].name;
    const goldi_key *key = axis->n_keys == 1 ? goldi_find_axis(name) : NULL;
    goldi_text value = {0};
    bool is_one = key != NULL && key->home == GOLDI_IN_SETTINGS &&
                  key->count == 0 && key->type != GOLDI_GAINS &&
                  add_base_value(&value, study, key) && value.data != NULL;

    if (is_one) {
        const char *section = goldi_section_label(key->section);

        goldi_text_add(lines, "%s%s.%s=%s\n%s.%s=null\ngrid.%s=[%s]",
                       lines->length > 0 ? "\n" : "", section, key->name,
                       value.data, section, key->name, name, value.data);
    }
    lines->status = lines->status == GOLD_OK ? value.status : lines->status;
    goldi_text_fini(&value);
    return is_one;
}

/* Append the lines that put an axis behind those before it. */
static void add_last(goldi_text *lines, const gold_axis *axis)
{
    goldi_text_add(lines, "%sgrid.%s=null", lines->length > 0 ? "\n" : "",
                   axis->n_keys > 1 ? "zip" : axis->keys[0].name);
    goldi_add_axis_lines(lines, axis);
}

/* The lines that give a part the axes of the whole, in their order; false: it
 * has others, or of one no value. `is_implied` tells which it had not. */
static bool add_axes(goldi_text *lines, const gold_study *whole,
                     const gold_study *part, bool is_implied[GOLD_MAX_AXES])
{
    size_t n_found = 0;

    for (size_t a = 0; a < whole->n_axes; a++) {
        const gold_axis *axis = &whole->axes[a];

        is_implied[a] = n_found == part->n_axes ||
                        !goldi_has_same_keys(&part->axes[n_found], axis);
        if (!is_implied[a]) {
            if (n_found++ < a) {
                add_last(lines, &part->axes[n_found - 1]);
            }
        } else if (!add_single(lines, part, axis)) {
            return false;
        }
    }
    return n_found == part->n_axes;
}

/* Do points of both have the same settings? */
static bool is_same_point(const gold_study *one, const gold_study *two)
{
    gold_settings a;
    gold_settings b;
    bool is_same = one->n_points == two->n_points &&
                   one->base.placement == two->base.placement;

    gold_study_point(one, 0, &a);
    gold_study_point(two, 0, &b);
    for (size_t i = 0; is_same && i < goldi_n_keys; i++) {
        if (goldi_keys[i].home == GOLDI_IN_SETTINGS &&
            goldi_keys[i].count == 0) {
            const goldi_value x = goldi_get(&goldi_keys[i], &a, one);
            const goldi_value y = goldi_get(&goldi_keys[i], &b, two);

            is_same = x.integer == y.integer &&
                      (x.real == y.real || (isnan(x.real) && isnan(y.real)));
        }
    }
    return is_same;
}

/* Read a part with these lines; NULL: it is no study, or another one. */
static gold_status read_lifted(const gold_study *part, const char *name,
                               const char *lines, gold_study **lifted)
{
    const gold_status status = goldi_read_again(part, name, lines, lifted);

    if (status == GOLD_ERR_MISMATCH ||
        (status == GOLD_OK && !is_same_point(part, *lifted))) {
        gold_study_destroy(lifted);
        return GOLD_OK;
    }
    return status;
}

gold_status gold_study_lift(const gold_study *whole, const gold_study *part,
                            const char *name, gold_study **lifted)
{
    gold_status status = GOLD_OK;
    goldi_text text = {0};
    char *lines = NULL;
    bool is_implied[GOLD_MAX_AXES] = {false};

    *lifted = NULL;
    goldi_text_add(&text, "%s", part->overrides);
    if (whole->n_axes <= part->n_axes ||
        !add_axes(&text, whole, part, is_implied)) {
        status = text.status;
        goto done;
    }
    GOLD_GOTO(goldi_text_give(&text, &lines));
    GOLD_GOTO(read_lifted(part, name, lines, lifted));
    if (*lifted != NULL) {
        /* A file from before there was training has none, whatever its text. */
        (*lifted)->has_train = (*lifted)->has_train && part->has_train;
        for (size_t a = 0; a < (*lifted)->n_axes; a++) {
            (*lifted)->axes[a].is_implied = is_implied[a];
        }
    }

done:
    gold_free(lines);
    goldi_text_fini(&text);
    return status;
}
