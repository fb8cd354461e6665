/* SPDX-License-Identifier: MIT */
/* What no key of `train:` can tell alone. */
#include <string.h>

#include "study/read.h"
#include "study/steps.h"

enum {
    N_IN_FILES = 60000 /* training samples that data sets in files have */
};

/* True when some point is trained in a subspace. */
static bool has_subspace(const gold_study *study)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN, "constraint");
    const char *word = gold_choice_text("constraint", GOLD_CONSTRAINT_SUBSPACE);
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(study, key, &axis);

    if (swept == NULL) {
        return study->base.train.constraint == GOLD_CONSTRAINT_SUBSPACE;
    }
    for (size_t i = 0; study->n_points > 0 && i < study->axes[axis].count;
         i++) {
        if (strcmp(swept->texts[i], word) == 0) {
            return true;
        }
    }
    return false;
}

/* A subspace has a dimension, and a dimension has a subspace. */
static void check_constraint(goldi_reader *reader)
{
    const goldi_node *constraint =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN, "constraint"));
    const goldi_node *dim =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN_SUBSPACE, "dim"));
    const bool is_wanted = has_subspace(reader->study);

    if (is_wanted && dim == NULL) {
        goldi_complain(&reader->report, constraint->place,
                       "a subspace has a dimension: constraint: {subspace: "
                       "{dim: 100}}, or constraint_dim in 'grid:'");
    } else if (!is_wanted && dim != NULL) {
        goldi_complain(&reader->report, dim->place,
                       "nothing is trained in a subspace: this goes with "
                       "constraint: subspace");
    }
}

static void check_log(goldi_reader *reader)
{
    const goldi_node *log = goldi_given(reader, GOLDI_TRAIN, "log");
    const bool has_every =
        goldi_given(reader, GOLDI_TRAIN_LOG, "every") != NULL;
    const bool has_count =
        goldi_given(reader, GOLDI_TRAIN_LOG, "count") != NULL;
    const goldi_node *spacing = goldi_given(reader, GOLDI_TRAIN_LOG, "spacing");

    if (log == NULL || log->value->kind != GOLDI_MAP) {
        return;
    }
    if (has_every == has_count) {
        goldi_complain(&reader->report, log->place,
                       "'log:' takes either every or count");
    } else if (spacing != NULL && has_every) {
        goldi_complain(&reader->report, spacing->place,
                       "'spacing' goes with count, not with every");
    }
}

/* Keep how the log is spaced; what every rules out is left at 0. */
static void settle_log(goldi_reader *reader)
{
    gold_train_block *train = &reader->study->train;
    const goldi_node *spacing = goldi_given(reader, GOLDI_TRAIN_LOG, "spacing");

    train->is_log_spaced =
        train->log_every == 0 &&
        (spacing == NULL || goldi_node_is(spacing->value, "log"));
    train->log_count = train->log_every > 0 ? 0 : train->log_count;
}

/* Is there room for every logged step? Of a study without errors. */
void goldi_check_log_room(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const uint64_t n_train = study->data.train;
    const uint64_t every = study->train.log_every;
    const uint64_t room = GOLD_MAX_LOG - 1; /* step 0 takes one more */
    uint64_t last = 0;

    if (!study->has_train || every == 0) {
        return;
    }
    last = goldi_most_steps(study, n_train > 0 ? n_train : N_IN_FILES);
    const unsigned long long least = (last - 1) / room + 1;

    if ((last - 1) / every >= room) {
        goldi_complain(
            &reader->report,
            goldi_given(reader, GOLDI_TRAIN_LOG, "every")->value->place,
            "every %llu of %llu steps makes more than %d log entries: take "
            "%llu or more, or count",
            (unsigned long long)every, (unsigned long long)last, GOLD_MAX_LOG,
            least);
    }
}

/* True when training with part of the data is asked for; `*node` says so. */
static bool has_batches(const goldi_reader *reader, const goldi_node **node)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN, "batch");
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(reader->study, key, &axis);
    /* n_points 0: there were errors in the grid, values may be lacking */
    const bool is_whole = swept != NULL && reader->study->n_points > 0;
    const size_t n = is_whole ? reader->study->axes[axis].count : 0;

    *node = goldi_anywhere(reader, key);
    for (size_t i = 0; i < n; i++) {
        if (swept->integers[i] != 0) {
            return true;
        }
    }
    return swept == NULL && reader->study->base.train.batch != 0;
}

/* Curvature along a training is in the subspace of the curvature block. */
static void check_track(goldi_reader *reader)
{
    const goldi_node *key = goldi_given(reader, GOLDI_TRAIN, "track");

    for (const goldi_node *word = key == NULL ? NULL : key->value->first;
         word != NULL; word = word->next) {
        if (key->value->kind == GOLDI_LIST &&
            goldi_node_is(word, "curvature") &&
            goldi_given(reader, GOLDI_ROOT, "curvature") == NULL) {
            goldi_complain(&reader->report, word->place,
                           "curvature: needs a 'curvature:' block, which says "
                           "in what subspace");
        }
    }
}

/* The most pixels that images are moved by. */
static int64_t most_shift(const goldi_reader *reader)
{
    const gold_study *study = reader->study;
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(
        study, goldi_find_key(GOLDI_TRAIN_AUGMENT, "shift"), &axis);
    int64_t most = (int64_t)study->base.train.augment_shift;

    for (size_t i = 0;
         swept != NULL && study->n_points > 0 && i < study->axes[axis].count;
         i++) {
        most = swept->integers[i] > most ? swept->integers[i] : most;
    }
    return most;
}

/* Only images can be turned and moved, and not out of sight. */
static void check_augmentation(goldi_reader *reader)
{
    const gold_data_set set = reader->study->data.set;
    const gold_shape image = gold_set_of(set)->image;
    const goldi_node *flip =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN_AUGMENT, "flip"));
    const goldi_node *shift =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN_AUGMENT, "shift"));
    const int64_t side = (int64_t)image.height;
    const goldi_node *either = flip != NULL ? flip : shift;

    if (either != NULL && image.channels == 0) {
        goldi_complain(&reader->report, either->place,
                       "only images can be turned and moved; the samples of "
                       "%s are points",
                       gold_choice_text("set", (int)set));
    } else if (shift != NULL && most_shift(reader) >= side) {
        goldi_complain(&reader->report, shift->place,
                       "images of %lld pixels a side would be moved by up to "
                       "%lld, out of sight",
                       (long long)side, (long long)most_shift(reader));
    }
}

void goldi_check_train(goldi_reader *reader)
{
    gold_train_settings *train = &reader->study->base.train;
    const goldi_node *steps =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN, "steps"));
    const goldi_node *epochs =
        goldi_anywhere(reader, goldi_find_key(GOLDI_TRAIN, "epochs"));
    const goldi_node *batch = NULL;

    reader->study->has_train = goldi_given(reader, GOLDI_ROOT, "train") != NULL;
    if (steps != NULL && epochs != NULL) {
        goldi_complain(&reader->report, epochs->place,
                       "'epochs' beside 'steps' (line %zu): give one of them",
                       steps->place.line + 1);
    } else if (epochs != NULL) {
        train->steps = 0;
    }
    if (has_batches(reader, &batch) && train->optimizer == GOLD_GD &&
        goldi_swept(reader, "optimizer") == NULL) {
        goldi_complain(&reader->report, batch->place,
                       "gd takes the full batch: leave 'batch' out, or choose "
                       "optimizer sgd");
    }
    check_track(reader);
    check_augmentation(reader);
    check_log(reader);
    check_constraint(reader);
    goldi_check_select(reader);
    settle_log(reader);
}
