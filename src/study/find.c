/* SPDX-License-Identifier: MIT */
/* "depth=2,width=100": which point is that? */
#include <stdio.h>
#include <string.h>

#include "study/gains.h"
#include "study/read.h"
#include "study/show.h"

/* One "key=value" of the text. */
typedef struct term {
    const goldi_key *key;
    goldi_value value;
    const char *name; /* as written */
    const char *text;
} term;

enum {
    MAX_TERMS = GOLD_MAX_AXES * GOLD_MAX_ZIPPED
};

typedef struct search {
    const gold_study *study;
    goldi_pool pool;
    term terms[MAX_TERMS];
    size_t n_terms;
} search;

static gold_status fail_with_axes(const gold_study *study, const char *what)
{
    gold_status status = GOLD_OK;
    goldi_text text = {0};

    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            goldi_text_add(&text, "%s%s", text.length > 0 ? ", " : "",
                           study->axes[a].keys[k].name);
        }
    }
    GOLD_GOTO(text.status);
    status = gold_fail(GOLD_ERR_USAGE, "%s; the axes are %s", what, text.data);

done:
    goldi_text_fini(&text);
    return status;
}

static gold_status fail_with_values(const search *s, size_t axis,
                                    const char *what)
{
    gold_status status = GOLD_OK;
    goldi_text text = {0};
    const gold_axis *a = &s->study->axes[axis];

    for (size_t k = 0; k < a->n_keys; k++) {
        goldi_text_add(&text, "%s%s: ", k > 0 ? "; " : "", a->keys[k].name);
        goldi_show_values(&text, &a->keys[k], a->count);
    }
    GOLD_GOTO(text.status);
    status = gold_fail(GOLD_ERR_USAGE, "%s; it has %s", what, text.data);

done:
    goldi_text_fini(&text);
    return status;
}

/* Read a value by the rules of the YAML, without its reports. */
static bool parse_value(const goldi_key *key, const char *text,
                        goldi_value *value)
{
    goldi_reader reader = {.study = NULL};
    const goldi_node node = {
        .is_plain = true, .text = text, .length = strlen(text)};
    bool is_good = false;

    if (key->type == GOLDI_GAINS) {
        return goldi_parse_gains(text, &value->gains);
    }
    is_good = goldi_read_value(&reader, key, &node, value);
    goldi_report_fini(&reader.report);
    return is_good;
}

/* Cut "key=value" out of the text, spaces at both ends left out. */
static gold_status cut(search *s, const char *from, size_t length,
                       const char **piece)
{
    const size_t before = strspn(from, " \t");

    if (before >= length) {
        return goldi_pool_copy(&s->pool, "", 0, piece);
    }
    from += before;
    length -= before;
    while (length > 0 &&
           (from[length - 1] == ' ' || from[length - 1] == '\t')) {
        length--;
    }
    return goldi_pool_copy(&s->pool, from, length, piece);
}

/* One value of a key is named, or all are meant: it is left out. */
static gold_status check_once(const search *s, const term *t)
{
    for (size_t i = 0; i < s->n_terms; i++) {
        if (s->terms[i].key == t->key) {
            return gold_fail(GOLD_ERR_USAGE,
                             "axis '%s' is given twice, as %.60s and as %.60s: "
                             "name one value of it, or none for all",
                             t->name, s->terms[i].text, t->text);
        }
    }
    return GOLD_OK;
}

static gold_status add_term(search *s, const char *text, size_t length)
{
    const char *equals = memchr(text, '=', length);
    term *t = &s->terms[s->n_terms];
    size_t axis = 0;

    if (equals == NULL || s->n_terms == MAX_TERMS) {
        char what[120];

        (void)snprintf(what, sizeof what,
                       "'%.*s' is not axis=value, as in depth=2,seed=0",
                       length > 60 ? 60 : (int)length, text);
        return fail_with_axes(s->study, what);
    }
    const size_t n = (size_t)(equals - text);

    GOLD_TRY(cut(s, text, n, &t->name));
    GOLD_TRY(cut(s, equals + 1, length - n - 1, &t->text));
    t->key = goldi_find_axis(t->name);
    if (t->key == NULL || goldi_axis_key_of(s->study, t->key, &axis) == NULL) {
        char what[120];

        (void)snprintf(what, sizeof what, "'%.80s' is no axis", t->name);
        return fail_with_axes(s->study, what);
    }
    GOLD_TRY(check_once(s, t));
    if (!parse_value(t->key, t->text, &t->value)) {
        char what[160];

        (void)snprintf(what, sizeof what, "'%.60s' is no value of axis '%s'",
                       t->text, t->name);
        return fail_with_values(s, axis, what);
    }
    s->n_terms++;
    return GOLD_OK;
}

/* Bytes up to the comma that ends a term; those in brackets end none. */
static size_t term_length(const char *at)
{
    size_t n = strcspn(at, ",[");

    while (at[n] == '[') {
        n += strcspn(at + n, "]");
        n += strcspn(at + n, ",[");
    }
    return n;
}

static gold_status read_terms(search *s, const char *at)
{
    bool is_more = at != NULL;

    while (is_more) {
        const size_t length = term_length(at);

        GOLD_TRY(add_term(s, at, length));
        is_more = at[length] == ',' && at[length + 1] != '\0';
        at += length + (is_more ? 1 : 0);
    }
    return GOLD_OK;
}

/* True when value `i` of an axis is what all terms about it say, if any does;
 * `*distance` is how far off it is. */
static bool is_meant(const search *s, size_t axis, size_t i, double *distance,
                     bool *is_named)
{
    *distance = 0.0;
    *is_named = false;
    for (size_t t = 0; t < s->n_terms; t++) {
        const term *wanted = &s->terms[t];
        size_t its_axis = 0;
        const gold_axis_key *key =
            goldi_axis_key_of(s->study, wanted->key, &its_axis);
        double off = 0.0;

        if (its_axis != axis) {
            continue;
        }
        *is_named = true;
        if (!goldi_matches(key, wanted->key, i, wanted->value, 1e-3, &off)) {
            return false;
        }
        *distance += off;
    }
    return true;
}

/* "depth=2,width=10", as far as there is room: what is said of an axis. */
static void name_terms(const search *s, size_t axis, char text[104])
{
    size_t used = 0;

    for (size_t t = 0; t < s->n_terms && used < 103; t++) {
        size_t its_axis = 0;

        (void)goldi_axis_key_of(s->study, s->terms[t].key, &its_axis);
        if (its_axis == axis) {
            (void)snprintf(text + used, 104 - used, "%s%s=%s",
                           used > 0 ? "," : "", s->terms[t].name,
                           s->terms[t].text);
            used = strlen(text);
        }
    }
}

/* The value of an axis that is named; `*index` is GOLD_ANY_VALUE where none
 * is. */
static gold_status find_on_axis(const search *s, size_t axis, size_t *index)
{
    const gold_axis *a = &s->study->axes[axis];
    double nearest = 0.0;
    size_t n_nearest = 0;
    bool is_named = false;
    char terms[104] = "";
    char what[200];

    *index = GOLD_ANY_VALUE;
    for (size_t i = 0; i < a->count; i++) {
        double distance = 0.0;

        if (!is_meant(s, axis, i, &distance, &is_named) || !is_named) {
            continue;
        }
        if (n_nearest == 0 || distance < nearest) {
            nearest = distance;
            n_nearest = 1;
            *index = i;
        } else if (!(distance > nearest)) {
            n_nearest++;
        }
    }
    if (n_nearest == 1 || !is_named) {
        return GOLD_OK;
    }
    name_terms(s, axis, terms);
    (void)snprintf(what, sizeof what, "'%.100s' names %s value of axis '%s'",
                   terms, n_nearest == 0 ? "no" : "more than one", a->name);
    return fail_with_values(s, axis, what);
}

/* Read what is named, and demand that it is one point if that is asked. */
static gold_status search_for(const gold_study *study, const char *at,
                              bool is_point, size_t *index)
{
    gold_status status = GOLD_OK;
    search *s = NULL;
    char what[200];

    GOLD_GOTO(GOLD_ALLOC(1, &s));
    s->study = study;
    GOLD_GOTO(read_terms(s, at));
    for (size_t a = 0; a < study->n_axes; a++) {
        GOLD_GOTO(find_on_axis(s, a, &index[a]));
        if (is_point && index[a] == GOLD_ANY_VALUE) {
            index[a] = 0;
            if (study->axes[a].count > 1) {
                (void)snprintf(what, sizeof what,
                               "what is given does not name one value of axis "
                               "'%s'",
                               study->axes[a].name);
                GOLD_GOTO(fail_with_values(s, a, what));
            }
        }
    }

done:
    if (s != NULL) {
        goldi_pool_fini(&s->pool);
    }
    gold_free(s);
    return status;
}

gold_status gold_study_match(const gold_study *study, const char *at,
                             size_t *index)
{
    return search_for(study, at, false, index);
}

gold_status gold_study_find(const gold_study *study, const char *at,
                            size_t *point)
{
    size_t index[GOLD_MAX_AXES];

    GOLD_TRY(search_for(study, at, true, index));
    *point = gold_study_ravel(study, index);
    return GOLD_OK;
}
