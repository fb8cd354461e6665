/* SPDX-License-Identifier: MIT */
/* What no key can tell alone. */
#include <string.h>

#include "goldilocks/task.h"

#include "study/read.h"

const goldi_node *goldi_anywhere(const goldi_reader *reader,
                                 const goldi_key *key)
{
    const size_t i = goldi_key_index(key);

    return reader->given[i] != NULL ? reader->given[i] : reader->swept[i];
}

const goldi_node *goldi_said(const goldi_reader *reader, goldi_section section,
                             const char *name)
{
    return goldi_anywhere(reader, goldi_find_key(section, name));
}

static void check_work(goldi_reader *reader, const goldi_node *root)
{
    if (goldi_given(reader, GOLDI_ROOT, "curvature") == NULL &&
        goldi_given(reader, GOLDI_ROOT, "train") == NULL &&
        goldi_is_sure(reader, GOLDI_ROOT, "train")) {
        GOLDI_COMPLAIN(reader, root,
                       "nothing to do: give 'curvature:', 'train:' or both");
    }
}

/* Keys that stand both in their section and in the grid, or in a grid without
 * their section. */
static void check_axes(goldi_reader *reader)
{
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        const bool is_train = goldi_is_of_training(key);
        const bool is_subspace = key->section == GOLDI_SUBSPACE;
        const char *block = is_train ? "train" : "curvature";
        const goldi_node *given = goldi_given(reader, GOLDI_ROOT, block);
        /* else it is the block that is told what it lacks */
        const bool is_bare =
            is_subspace && given != NULL && !goldi_needs_subspace(reader) &&
            goldi_given(reader, GOLDI_CURVATURE, "subspace") == NULL;

        if (reader->swept[i] == NULL) {
            continue;
        }
        if (reader->given[i] != NULL) {
            GOLDI_COMPLAIN(reader, reader->given[i],
                           "'%s' is an axis of the grid (line %zu) too: give "
                           "it in one place",
                           key->name, reader->swept[i]->place.line + 1);
        }
        if ((is_train || is_subspace) && (given == NULL || is_bare) &&
            goldi_is_sure(reader, GOLDI_ROOT, block)) {
            GOLDI_COMPLAIN(reader, reader->swept[i],
                           "axis '%s' needs a '%s:' block", key->axis,
                           is_bare ? "curvature.subspace" : block);
        }
    }
}

/* The key of a group that is given; of several, which is complained of, the
 * first. */
static const goldi_key *choose(goldi_reader *reader, int group)
{
    const goldi_key *first = NULL;

    GOLDI_EACH_KEY(key) {
        const goldi_node *node =
            key->group == group ? goldi_anywhere(reader, key) : NULL;

        if (node != NULL && first != NULL) {
            GOLDI_COMPLAIN(reader, node,
                           "'%s' beside '%s' (line %zu), which says the same: "
                           "give one of them",
                           key->name, first->name,
                           goldi_anywhere(reader, first)->place.line + 1);
        }
        first = first == NULL ? node == NULL ? NULL : key : first;
    }
    return first;
}

static void check_groups(goldi_reader *reader)
{
    const goldi_key *place = choose(reader, GOLDI_GROUP_PLACE);
    const goldi_key *length = choose(reader, GOLDI_GROUP_LENGTH);
    const goldi_key *log = choose(reader, GOLDI_GROUP_LOG);
    const goldi_node *logs = goldi_given(reader, GOLDI_TRAIN, "log");

    if (place != NULL) {
        reader->study->base.placement = (gold_placement)place->placement;
    }
    if (length != NULL && strcmp(length->name, "epochs") == 0) {
        reader->study->base.train.steps = 0;
    }
    if (logs != NULL && logs->value->kind == GOLDI_MAP && log == NULL &&
        goldi_is_sure(reader, GOLDI_TRAIN_LOG, "every")) {
        GOLDI_COMPLAIN(reader, logs, "'log:' takes either every or count");
    }
}

/* Complain of keys that the data set has no use for. */
static void refuse_keys(goldi_reader *reader)
{
    const gold_data_set set = reader->study->data.set;

    GOLDI_EACH_KEY(key) {
        const goldi_node *node = goldi_anywhere(reader, key);

        if (node != NULL && !goldi_suits(key, set)) {
            GOLDI_COMPLAIN(reader, node, "'%s' is %s only, not of %s",
                           node->text, key->when,
                           gold_choice_text("set", (int)set));
        }
    }
}

/* Every seed has a choice of its own only where there is one. */
static void check_subset(goldi_reader *reader)
{
    const gold_data_block *data = &reader->study->data;
    const goldi_node *subset = goldi_given(reader, GOLDI_DATA, "subset");

    if (data->subset == GOLD_SUBSET_PER_SEED && data->train == 0) {
        GOLDI_COMPLAIN(
            reader, subset->value,
            "{random: per-seed} takes 'train:' samples for each seed, but all "
            "of them are asked for: give their number");
    }
}

static void check_files(goldi_reader *reader)
{
    gold_data_block *data = &reader->study->data;
    const gold_set_about *about = gold_set_of(data->set);

    check_subset(reader);
    if (data->path != NULL) {
        return;
    }
    if (about->folder != NULL) {
        goldi_keep_text(reader, about->folder, &data->path);
    } else if (goldi_given(reader, GOLDI_DATA, "path") == NULL &&
               goldi_is_sure(reader, GOLDI_DATA, "path")) {
        GOLDI_COMPLAIN(
            reader, goldi_given(reader, GOLDI_DATA, "set"),
            "%s needs 'path:', %s%s", gold_choice_text("set", (int)data->set),
            about->is_own ? "your " : "the folder of its ", about->files);
    }
}

/* What a study says of its own file. */
static void check_own(goldi_reader *reader)
{
    gold_data_block *data = &reader->study->data;
    const goldi_node *classes = goldi_given(reader, GOLDI_DATA, "classes");
    const goldi_node *shape = goldi_given(reader, GOLDI_DATA, "shape");

    if (classes != NULL && data->outputs > 0) {
        GOLDI_COMPLAIN(reader, classes,
                       "'classes' beside 'outputs': samples have either a "
                       "class or values");
    }
    if (classes == NULL || data->outputs > 0) {
        data->classes = data->outputs;
    }
    if (shape != NULL && data->n_shape == 2) {
        GOLDI_COMPLAIN(reader, shape->value,
                       "a shape is [features] or [channels, height, width]; "
                       "images without channels have 1");
    }
    data->features = gold_data_shape_of(data).n_features;
}

/* Every slope of a target has a number for each feature. */
static void check_slopes(goldi_reader *reader, const goldi_node *target)
{
    const gold_data_block *data = &reader->study->data;

    for (size_t r = 0; r < data->function.n_ridges; r++) {
        const size_t n = data->function.ridges[r].n_slopes;

        if (n > 0 && n != data->features) {
            GOLDI_COMPLAIN(
                reader, target,
                "a slope of the target has %zu numbers, a sample %llu features",
                n, (unsigned long long)data->features);
            return;
        }
    }
}

static void check_function(goldi_reader *reader)
{
    gold_data_block *data = &reader->study->data;
    const goldi_node *set = goldi_given(reader, GOLDI_DATA, "set");
    const goldi_node *target = goldi_given(reader, GOLDI_DATA, "target");

    data->classes = data->function.n_outputs;
    if (target == NULL && !goldi_is_sure(reader, GOLDI_DATA, "target")) {
        return;
    }
    if (target == NULL) {
        GOLDI_COMPLAIN(reader, set,
                       "function needs 'target:', what its values are: sin, or "
                       "{sin: [[factor, slope, shift]]}");
        return;
    }
    check_slopes(reader, target);
    if (!(data->function.from < data->function.to)) {
        GOLDI_COMPLAIN(reader, set,
                       "points lie between 'from' and 'to', which is above it");
    }
    if (data->features > 1 && data->function.spacing == GOLD_SPACING_EVEN) {
        GOLDI_COMPLAIN(reader, set,
                       "points of several features are 'spacing: random'");
    }
}

static void check_built_in(goldi_reader *reader)
{
    gold_data_block *data = &reader->study->data;
    const gold_set_about *about = gold_set_of(data->set);

    if (about->n_classes > 0) {
        data->classes = about->n_classes;
    }
    if (data->normalize == GOLD_NORMALIZE_PER_PIXEL ||
        data->normalize == GOLD_NORMALIZE_PER_IMAGE) {
        GOLDI_COMPLAIN(reader, goldi_given(reader, GOLDI_DATA, "normalize"),
                       "the samples of this data set are no images: take "
                       "standard, which is by feature, or none");
    }
    if (about->has_targets) {
        check_function(reader);
    }
    goldi_check_shapes(reader);
    if (data->train == 0) {
        data->train = about->n_train;
        reader->study->base.n_train = data->train;
    }
    if (data->test == 0) {
        data->test = about->n_test;
    }
    goldi_keep_text(reader, "", &data->path);
}

/* Samples are read once, as many as the point with the most of them uses. */
static void count_samples(gold_study *study)
{
    size_t axis = 0;
    const gold_axis_key *swept =
        goldi_axis_key_of(study, goldi_find_key(GOLDI_DATA, "train"), &axis);
    /* n_points 0: there were errors in the grid, values may be lacking */
    const size_t n =
        swept != NULL && study->n_points > 0 ? study->axes[axis].count : 0;

    study->data.train = study->base.n_train;
    for (size_t i = 0; i < n; i++) {
        const uint64_t value = (uint64_t)swept->integers[i];

        if (i == 0 || value == 0 ||
            (study->data.train != 0 && value > study->data.train)) {
            study->data.train = value;
        }
    }
}

static void count_features(gold_data_block *data)
{
    const gold_set_about *about = gold_set_of(data->set);
    /* what identities have always said of sets in files */
    const uint64_t usual = about->n_features > 0 ? about->n_features : 50;
    const bool is_fixed = about->n_classes > 0 && about->n_features > 0;

    data->features = data->features == 0 || is_fixed ? usual : data->features;
}

static void check_normalize(goldi_reader *reader)
{
    const gold_data_block *data = &reader->study->data;

    if (data->normalize == GOLD_NORMALIZE_PUBLISHED &&
        !(gold_set_of(data->set)->deviation[0] > 0.0)) {
        GOLDI_COMPLAIN(reader, goldi_given(reader, GOLDI_DATA, "normalize"),
                       "no mean and deviation of this data set are published: "
                       "take standard or none");
    }
}

/* Groups are of classes that there are, as far as these are known. */
static void check_label_groups(goldi_reader *reader)
{
    const goldi_node *within = goldi_given(reader, GOLDI_DATA_LABELS, "within");
    const uint8_t *group = reader->study->base.label_group;
    const size_t n_classes = gold_data_shape_of(&reader->study->data).n_classes;
    size_t last = GOLD_MAX_CLASSES - 1;

    while (last > 0 && group[last] == last) {
        last--; /* the greatest class of a group is not its name */
    }
    if (within != NULL && goldi_is_sure(reader, GOLDI_DATA_LABELS, "within") &&
        n_classes > 0 && last >= n_classes) {
        GOLDI_COMPLAIN(
            reader, within,
            "class %zu in 'within': the samples are of %zu classes, 0 to %zu",
            last, n_classes, n_classes - 1);
    }
}

/* Only classes are labels. */
static void check_labels(goldi_reader *reader)
{
    const goldi_node *labels = goldi_given(reader, GOLDI_DATA, "labels");
    const goldi_node *swept = goldi_swept(reader, "label_share");

    if (gold_data_has_targets(&reader->study->data) &&
        (labels != NULL || swept != NULL)) {
        GOLDI_COMPLAIN(reader, labels != NULL ? labels : swept,
                       "samples with values have no labels to permute");
    }
    check_label_groups(reader);
}

static void check_data(goldi_reader *reader)
{
    const gold_data_set set = reader->study->data.set;

    if (goldi_given(reader, GOLDI_DATA, "set") == NULL ||
        !goldi_is_sure(reader, GOLDI_DATA, "set")) {
        return;
    }
    count_samples(reader->study);
    refuse_keys(reader);
    count_features(&reader->study->data);
    check_normalize(reader);
    if (gold_set_of(set)->is_own) {
        check_own(reader);
    }
    if (gold_set_of(set)->files != NULL) {
        check_files(reader);
    } else {
        check_built_in(reader);
    }
    check_labels(reader);
}

void goldi_check_study(goldi_reader *reader, const goldi_node *root)
{
    check_work(reader, root);
    check_axes(reader);
    check_groups(reader);
    goldi_check_network(reader);
    check_data(reader);
    goldi_check_curvature(reader);
    goldi_check_train(reader);
    if (reader->report.n_complaints == 0 &&
        gold_data_is_known(&reader->study->data)) {
        goldi_check_sizes(reader);
        goldi_check_condensation(reader);
    }
    if (reader->report.n_complaints == 0) {
        goldi_note_traps(reader);
    }
}
