/* SPDX-License-Identifier: MIT */
/* data.blobs, data.points and data.labels.within: classes that a study lists.
 */
#include <math.h>
#include <string.h>

#include "base/text.h"
#include "study/read.h"

static const char *const names[] = {"label", "mean", "deviation", NULL};

/* Another blob; NULL after a complaint. */
static gold_blob *new_blob(goldi_reader *reader, const goldi_node *node)
{
    gold_data_block *data = &reader->study->data;

    if (data->n_blobs == GOLD_MAX_BLOBS) {
        GOLDI_COMPLAIN(reader, node, "more than %d of them", GOLD_MAX_BLOBS);
        return NULL;
    }
    gold_blob *blob = &data->blobs[data->n_blobs++];

    *blob = (gold_blob){.n_deviations = 1};
    return blob;
}

static void read_label(goldi_reader *reader, const goldi_node *node,
                       gold_blob *blob)
{
    int64_t label = 0;

    if (goldi_read_whole(reader, node, "label", 0, GOLD_MAX_CLASSES - 1,
                         &label)) {
        blob->label = (uint64_t)label;
    }
}

/* A number for each coordinate, or one alone. */
static void read_coordinates(goldi_reader *reader, const goldi_node *node,
                             const char *what, size_t *n, double *numbers)
{
    const bool is_list = node->kind == GOLDI_LIST;

    if (is_list &&
        (node->n_children == 0 || node->n_children > (size_t)GOLD_MAX_MEANS)) {
        GOLDI_COMPLAIN(reader, node,
                       "a %s has 1 to %d numbers, one for each feature", what,
                       GOLD_MAX_MEANS);
        return;
    }
    *n = 0;
    for (const goldi_node *item = is_list ? node->first : node; item != NULL;
         item = is_list ? item->next : NULL) {
        (void)goldi_read_number(reader, item, what, &numbers[(*n)++]);
    }
}

static void read_deviation(goldi_reader *reader, const goldi_node *node,
                           gold_blob *blob)
{
    read_coordinates(reader, node, "deviation", &blob->n_deviations,
                     blob->deviation);
    for (size_t j = 0; j < blob->n_deviations; j++) {
        if (blob->deviation[j] < 0.0) {
            GOLDI_COMPLAIN(reader, node, "a deviation is 0 or more");
            return;
        }
    }
}

static void read_part(goldi_reader *reader, const goldi_node *key,
                      gold_blob *blob)
{
    if (strcmp(key->text, "label") == 0) {
        read_label(reader, key->value, blob);
    } else if (strcmp(key->text, "mean") == 0) {
        read_coordinates(reader, key->value, "mean", &blob->n_means,
                         blob->mean);
    } else if (strcmp(key->text, "deviation") == 0) {
        read_deviation(reader, key->value, blob);
    } else {
        GOLDI_COMPLAIN(reader, key,
                       "a blob has a label, a mean and a deviation, no %s%s",
                       goldi_quoted(key->text, key->length).text,
                       goldi_hinted(key->text, names).text);
    }
}

static void read_blob(goldi_reader *reader, const goldi_node *node)
{
    const size_t before = reader->report.n_complaints;
    gold_blob *blob = NULL;

    for (const char *const *name = names; *name != NULL; name++) {
        if (goldi_node_key(node, *name) == NULL) {
            GOLDI_COMPLAIN(reader, node,
                           "a blob is {label: 0, mean: [2, -1], deviation: "
                           "0.5}: this one has no '%s'",
                           *name);
            return;
        }
    }
    blob = new_blob(reader, node);
    for (const goldi_node *key = node->first; blob != NULL && key != NULL;
         key = key->next) {
        read_part(reader, key, blob);
    }
    const size_t n_features = reader->study->data.blobs[0].n_means;

    if (reader->report.n_complaints == before &&
        (blob->n_means != n_features ||
         (blob->n_deviations != n_features && blob->n_deviations != 1))) {
        GOLDI_COMPLAIN(reader, node,
                       "all means have as many numbers, a deviation one or as "
                       "many as they");
    }
}

static void read_point(goldi_reader *reader, const goldi_node *node)
{
    if (node->kind != GOLDI_LIST || node->n_children != 2) {
        GOLDI_COMPLAIN(reader, node, "a point of a line is [x, label]");
        return;
    }
    gold_blob *blob = new_blob(reader, node);

    if (blob != NULL) {
        blob->n_means = 1;
        (void)goldi_read_number(reader, node->first, "x", &blob->mean[0]);
        read_label(reader, node->first->next, blob);
    }
}

static void read_list(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, const char *form,
                      void read(goldi_reader *, const goldi_node *))
{
    if (node->kind != GOLDI_LIST || node->n_children == 0) {
        GOLDI_COMPLAIN(reader, node, "'%s' must be a list: %s", key->name,
                       form);
        return;
    }
    GOLDI_EACH(item, node) {
        read(reader, item);
    }
}

void goldi_read_blobs(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node)
{
    read_list(reader, key, node,
              "[{label: 0, mean: [2, -1], deviation: 0.5}, ..]", read_blob);
}

void goldi_read_points(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    read_list(reader, key, node, "[[0.5, 0], [1, 1], ..]", read_point);
}

/* Its least class is that of all of them; false after a complaint. */
static bool read_group(goldi_reader *reader, const goldi_node *node,
                       bool is_taken[GOLD_MAX_CLASSES])
{
    int64_t least = GOLD_MAX_CLASSES - 1;
    int64_t label = 0;

    if (node->kind != GOLDI_LIST || node->n_children < 2) {
        GOLDI_COMPLAIN(reader, node,
                       "a group is a list of two classes or more, [0, 1]");
        return false;
    }
    GOLDI_EACH(item, node) {
        if (!goldi_read_whole(reader, item, "class", 0, GOLD_MAX_CLASSES - 1,
                              &label)) {
            return false;
        }
        if (is_taken[label]) {
            GOLDI_COMPLAIN(reader, item, "class %d stands in a group already",
                           (int)label);
            return false;
        }
        is_taken[label] = true;
        least = label < least ? label : least;
    }
    GOLDI_EACH(item, node) {
        (void)goldi_read_whole(reader, item, "class", 0, GOLD_MAX_CLASSES - 1,
                               &label);
        reader->study->base.label_group[label] = (uint8_t)least;
    }
    return true;
}

void goldi_read_groups(goldi_reader *reader, const goldi_key *key,
                       const goldi_node *node)
{
    bool is_taken[GOLD_MAX_CLASSES] = {false};

    if (node->kind != GOLDI_LIST || node->n_children == 0) {
        GOLDI_COMPLAIN(reader, node,
                       "'%s' must be a list of groups: [[0, 1], [2, 3]]",
                       key->name);
        return;
    }
    for (size_t c = 0; c < GOLD_MAX_CLASSES; c++) {
        reader->study->base.label_group[c] = (uint8_t)c;
    }
    for (const goldi_node *item = node->first;
         item != NULL && read_group(reader, item, is_taken);
         item = item->next) {
    }
}

void goldi_form_blobs(goldi_text *schema)
{
    goldi_text_add(
        schema,
        "'type': 'array', 'minItems': 1, 'maxItems': %d, 'items': {'type': "
        "'object', 'additionalProperties': false, 'required': ['label', "
        "'mean', 'deviation'], 'properties': {'label': {'type': 'integer', "
        "'minimum': 0, 'maximum': %d}",
        GOLD_MAX_BLOBS, GOLD_MAX_CLASSES - 1);
    for (size_t i = 1; names[i] != NULL; i++) {
        const char *least = i == 1 ? "" : ", 'minimum': 0";

        goldi_text_add(schema,
                       ", '%s': {'oneOf': [{'type': 'number'%s}, {'type': "
                       "'array', 'minItems': 1, 'maxItems': %d, 'items': "
                       "{'type': 'number'%s}}]}",
                       names[i], least, GOLD_MAX_MEANS, least);
    }
    goldi_text_add(schema, "}}");
}

void goldi_form_points(goldi_text *schema)
{
    goldi_text_add(schema,
                   "'type': 'array', 'minItems': 1, 'maxItems': %d, 'items': "
                   "{'type': 'array', 'minItems': 2, 'maxItems': 2, 'items': "
                   "{'type': 'number'}}",
                   GOLD_MAX_BLOBS);
}

void goldi_form_groups(goldi_text *schema)
{
    goldi_text_add(schema,
                   "'type': 'array', 'minItems': 1, 'items': {'type': 'array', "
                   "'minItems': 2, 'items': {'type': 'integer', 'minimum': 0, "
                   "'maximum': %d}}",
                   GOLD_MAX_CLASSES - 1);
}

static void add_numbers(goldi_text *out, size_t n, const double *numbers)
{
    char real[GOLDI_REAL_BYTES];

    for (size_t j = 0; j < n; j++) {
        goldi_text_add(out, "%s%s%s", j > 0 ? " " : " [",
                       goldi_real_text(numbers[j], real),
                       j + 1 == n ? "]" : "");
    }
}

void goldi_add_blobs(goldi_text *out, const gold_data_block *data)
{
    const bool is_line = data->set == GOLD_DATA_LINE;

    goldi_text_add(out, "data.%s =", is_line ? "points" : "blobs");
    for (size_t i = 0; i < data->n_blobs; i++) {
        const gold_blob *blob = &data->blobs[i];

        goldi_text_add(out, "%s %llu", i > 0 ? "," : "",
                       (unsigned long long)blob->label);
        add_numbers(out, blob->n_means, blob->mean);
        add_numbers(out, is_line ? 0 : blob->n_deviations, blob->deviation);
    }
    goldi_text_add(out, "\n");
}

/* A group of several classes, of which c is the least. */
static void add_group(goldi_text *out, const uint8_t *group, size_t c)
{
    size_t n = 1;

    for (size_t k = c + 1; k < GOLD_MAX_CLASSES; k++) {
        if (group[k] == c && n++ == 1) {
            goldi_text_add(out, " [%zu", c);
        }
        if (group[k] == c) {
            goldi_text_add(out, " %zu", k);
        }
    }
    goldi_text_add(out, n > 1 ? "]" : "");
}

void goldi_add_groups(goldi_text *out, const gold_settings *settings)
{
    static const uint8_t one[GOLD_MAX_CLASSES] = {0};
    const uint8_t *group = settings->label_group;

    if (memcmp(group, one, sizeof one) == 0) {
        return;
    }
    goldi_text_add(out, "data.labels.within =");
    for (size_t c = 0; c < GOLD_MAX_CLASSES; c++) {
        add_group(out, group, c);
    }
    goldi_text_add(out, "\n");
}

/* Every class up to the largest has a blob; false after a complaint. */
static bool has_classes(goldi_reader *reader, const goldi_node *key)
{
    const gold_data_block *data = &reader->study->data;

    for (uint64_t label = 0; label < data->classes; label++) {
        bool is_there = false;

        for (size_t i = 0; i < data->n_blobs; i++) {
            is_there = is_there || data->blobs[i].label == label;
        }
        if (!is_there) {
            GOLDI_COMPLAIN(reader, key,
                           "classes are 0, 1 and so on, two or more: nothing "
                           "has the label %llu",
                           (unsigned long long)label);
            return false;
        }
    }
    return true;
}

/* What the list of a set says of it. */
static void check_list(goldi_reader *reader, const char *name, const char *form)
{
    gold_data_block *data = &reader->study->data;
    const goldi_node *key = goldi_given(reader, GOLDI_DATA, name);

    if (!goldi_is_sure(reader, GOLDI_DATA, name)) {
        return;
    }
    if (key == NULL) {
        GOLDI_COMPLAIN(reader, goldi_given(reader, GOLDI_DATA, "set"),
                       "%s needs '%s:', a list: %s",
                       gold_choice_text("set", (int)data->set), name, form);
        return;
    }
    data->features = data->blobs[0].n_means;
    data->classes = 2;
    for (size_t i = 0; i < data->n_blobs; i++) {
        data->classes = data->blobs[i].label >= data->classes
                            ? data->blobs[i].label + 1
                            : data->classes;
    }
    (void)has_classes(reader, key);
}

/* The samples of a line are its points, and so are those of its test. */
static void count_points(goldi_reader *reader)
{
    gold_study *study = reader->study;
    const goldi_node *given = goldi_said(reader, GOLDI_DATA, "train");
    const goldi_node *test = goldi_given(reader, GOLDI_DATA, "test");

    given = given == NULL ? test : given;
    if (given != NULL) {
        GOLDI_COMPLAIN(reader, given,
                       "the samples of a line are its points, in training and "
                       "in test: leave '%s' out",
                       given->text);
    }
    study->data.train = study->data.n_blobs;
    study->data.test = study->data.n_blobs;
    study->base.n_train = study->data.n_blobs;
}

static void check_radii(goldi_reader *reader)
{
    gold_data_block *data = &reader->study->data;
    const goldi_node *key = goldi_given(reader, GOLDI_DATA, "radii");

    if (key == NULL) {
        data->radii[0] = 1.0;
        data->radii[1] = 0.5;
        data->n_radii = 2;
    } else if (data->n_radii == 1) {
        GOLDI_COMPLAIN(reader, key, "rings are two or more: each is a class");
    }
    data->classes = data->n_radii;
}

/* Pairs are either trained on or tested on. */
static void count_pairs(goldi_reader *reader)
{
    gold_study *study = reader->study;
    gold_data_block *data = &study->data;
    const uint64_t n = data->modulus * data->modulus;

    data->classes = data->modulus;
    data->features = 2 * data->modulus;
    if (data->train == 0) {
        data->train = (uint64_t)llround(data->share * (double)n);
        study->base.n_train = data->train;
    }
    if (data->test == 0 && data->train < n) {
        data->test = n - data->train;
    }
    if (data->train == 0 || data->test == 0 || data->test > n - data->train) {
        GOLDI_COMPLAIN(
            reader, goldi_given(reader, GOLDI_DATA, "set"),
            "of %llu pairs %llu cannot be trained on and %llu others tested on",
            (unsigned long long)n, (unsigned long long)data->train,
            (unsigned long long)data->test);
    }
}

static void check_blobs(goldi_reader *reader)
{
    check_list(reader, "blobs",
               "[{label: 0, mean: [2, -1], deviation: 0.5}, ..]");
}

static void check_line(goldi_reader *reader)
{
    check_list(reader, "points", "[[0.5, 0], [1, 1], ..]");
    count_points(reader);
}

void goldi_check_shapes(goldi_reader *reader)
{
    static void (*const checks[GOLD_N_DATA_SETS])(goldi_reader * reader) = {
        [GOLD_DATA_CLUSTERS] = check_blobs,
        [GOLD_DATA_LINE] = check_line,
        [GOLD_DATA_RINGS] = check_radii,
        [GOLD_DATA_MODULAR_ADDITION] = count_pairs,
    };
    const gold_data_set set = reader->study->data.set;

    if (checks[set] != NULL) {
        checks[set](reader);
    }
}
