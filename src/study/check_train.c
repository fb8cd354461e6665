/* SPDX-License-Identifier: MIT */
/* What no key of `train:` can tell alone. */
#include <float.h>
#include <string.h>

#include "goldilocks/graph.h"
#include "goldilocks/task.h"

#include "study/read.h"
#include "study/steps.h"
#include "study/words.h"

/* A subspace has a dimension, and a dimension has a subspace. */
static void check_constraint(goldi_reader *reader)
{
    const goldi_node *constraint =
        goldi_said(reader, GOLDI_TRAIN, "constraint");
    const goldi_node *dim = goldi_said(reader, GOLDI_TRAIN_SUBSPACE, "dim");
    const bool is_wanted =
        goldi_has_value(reader->study, "constraint", GOLD_CONSTRAINT_SUBSPACE);

    if (!goldi_is_sure(reader, GOLDI_TRAIN, "constraint")) {
        return;
    }
    if (is_wanted && dim == NULL) {
        GOLDI_COMPLAIN(reader, constraint,
                       "a subspace has a dimension: constraint: {subspace: "
                       "{dim: 100}}, or constraint_dim in 'grid:'");
    } else if (!is_wanted && dim != NULL) {
        GOLDI_COMPLAIN(reader, dim,
                       "nothing is trained in a subspace: this goes with "
                       "constraint: subspace");
    }
}

/* Keep how the log is spaced; what every rules out is left at 0. */
static void settle_log(goldi_reader *reader)
{
    gold_train_block *train = &reader->study->train;
    const goldi_node *spacing = goldi_given(reader, GOLDI_TRAIN_LOG, "spacing");

    if (spacing != NULL && train->log_every > 0) {
        GOLDI_COMPLAIN(reader, spacing,
                       "'spacing' goes with count, not with every");
    }
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
    last = goldi_most_steps(study, n_train > 0 ? n_train : GOLDI_IN_FILES);
    const unsigned long long least = (last - 1) / room + 1;

    if ((last - 1) / every >= room) {
        GOLDI_COMPLAIN(reader,
                       goldi_given(reader, GOLDI_TRAIN_LOG, "every")->value,
                       "every %llu of %llu steps makes more than %d log "
                       "entries: take %llu or more, or count",
                       (unsigned long long)every, (unsigned long long)last,
                       GOLD_MAX_LOG, least);
    }
}

/* A goldi_visit. */
static bool check_condensation_at(void *context, size_t point)
{
    goldi_reader *reader = context;
    const bool *track = reader->study->train.track;
    const gold_data_shape data = gold_data_shape_of(&reader->study->data);
    bool is_first = false; /* of the first layer */
    bool is_any = false;   /* of any */
    gold_settings settings;
    gold_graph graph = {0};
    gold_status status = GOLD_OK;

    gold_study_point(reader->study, point, &settings);
    status = gold_architecture_graph(&settings, gold_data_input(&data),
                                     data.n_classes, &graph, NULL);
    if (status == GOLD_OK) {
        const size_t n_layers = gold_architecture_length(&settings);

        is_first = gold_graph_reader(&graph, 0) > 0;
        for (size_t l = 0; l < n_layers && !is_any; l++) {
            is_any = gold_graph_reader(&graph, l) > 0;
        }
    }
    gold_graph_fini(&graph);
    if (status == GOLD_ERR_CONFIG) {
        return true; /* no network at all: that is told where sizes are */
    }
    if (status != GOLD_OK) {
        reader->report.status = status;
        return false;
    }
    if ((is_first || !track[GOLD_TRACK_CONDENSATION]) && is_any) {
        return true;
    }
    GOLDI_COMPLAIN(
        reader, goldi_given(reader, GOLDI_TRAIN, "track"),
        "condensation is of a linear layer whose units one other linear layer "
        "reads, each by itself: of kind mlp without normalization, say");
    return false;
}

/* Of a study without errors, but in sizes. */
void goldi_check_condensation(goldi_reader *reader)
{
    static const char *const none[] = {NULL};
    const gold_study *study = reader->study;
    const bool *track = study->train.track;

    if (study->has_train && (track[GOLD_TRACK_CONDENSATION] ||
                             track[GOLD_TRACK_LAYER_CONDENSATION])) {
        goldi_each_network(study, none, check_condensation_at, reader);
    }
}

/* gd takes all samples; only where it is one of several does batch matter. */
static void check_batch(goldi_reader *reader)
{
    int64_t least = 0;
    int64_t most = 0;

    goldi_bounds_of(reader->study, "batch", &least, &most);
    if (most > 0 && goldi_is_sure(reader, GOLDI_TRAIN, "optimizer") &&
        goldi_values_of(reader->study, "optimizer") == 1U << GOLD_GD &&
        goldi_swept(reader, "optimizer") == NULL) {
        GOLDI_COMPLAIN(
            reader, goldi_said(reader, GOLDI_TRAIN, "batch"),
            "gd takes the full batch: leave 'batch' out, or choose optimizer "
            "sgd");
    }
}

/* Is a word that of a track which follows from logged sharpness? */
static bool is_of_sharpness(const goldi_node *word)
{
    for (const goldi_word *each = goldi_tracks; each->word != NULL; each++) {
        if (goldi_node_is(word, each->word)) {
            return (GOLD_TRACKS_WITH(OF_SHARPNESS) >> each->value & 1U) != 0;
        }
    }
    return false;
}

/* Curvature along a training is in the subspace of the curvature block; what
 * follows from sharpness needs that. */
static void check_track(goldi_reader *reader)
{
    const bool *track = reader->study->train.track;
    const goldi_node *key = goldi_given(reader, GOLDI_TRAIN, "track");

    for (const goldi_node *word = key == NULL ? NULL : key->value->first;
         word != NULL; word = word->next) {
        if (key->value->kind == GOLDI_LIST &&
            goldi_node_is(word, "curvature") &&
            goldi_given(reader, GOLDI_ROOT, "curvature") == NULL &&
            goldi_is_sure(reader, GOLDI_ROOT, "curvature")) {
            GOLDI_COMPLAIN(reader, word,
                           "curvature: needs a 'curvature:' block, which says "
                           "in what subspace");
        }
        if (key->value->kind == GOLDI_LIST && is_of_sharpness(word) &&
            !track[GOLD_TRACK_SHARPNESS]) {
            GOLDI_COMPLAIN(reader, word, "%s: needs sharpness in 'track', too",
                           word->text);
        }
    }
}

/* What a number that steps are made with is in float32, where that is another;
 * NULL: itself. */
static const char *rounded(double value, bool is_below_1)
{
    if (value > (double)FLT_MAX) {
        return "beyond float32: take less";
    }
    if (is_below_1 && (float)value >= 1.0F) {
        return "1 in float32: take less";
    }
    return value > 0.0 && !((float)value > 0.0F) ? "0 in float32: take more"
                                                 : NULL;
}

/* Complain of a number that it makes another; false: it does not. */
static bool complain_rounded(goldi_reader *reader, const goldi_node *node,
                             double value, bool is_below_1)
{
    const char *what = rounded(value, is_below_1);

    if (what != NULL) {
        GOLDI_COMPLAIN(reader, node->value,
                       "%s: %.12g is %s, or 'run: {precision: float64}'",
                       node->text, value, what);
    }
    return what != NULL;
}

static void check_rounding(goldi_reader *reader, const char *name)
{
    const gold_study *study = reader->study;
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN, name);
    const goldi_node *node = goldi_anywhere(reader, key);
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(study, key, &axis);
    const size_t n = swept == NULL ? 1 : study->axes[axis].count;
    bool is_told = node == NULL;

    for (size_t i = 0; !is_told && i < n; i++) {
        const goldi_value value = swept == NULL
                                      ? goldi_get(key, &study->base, study)
                                      : goldi_axis_value(swept, key, i);

        is_told = complain_rounded(reader, node, value.real, key->is_below);
    }
}

static void check_roundings(goldi_reader *reader)
{
    static const char *const names[] = {"momentum", "smoothing", "epsilon"};
    const gold_study *study = reader->study;
    const double *betas = study->base.train.betas;
    const goldi_node *node = goldi_given(reader, GOLDI_TRAIN, "betas");

    /* n_points 0: there were errors in the grid, values may be lacking */
    if (study->run.precision != GOLD_FLOAT32 || study->n_points == 0) {
        return;
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        check_rounding(reader, names[i]);
    }
    if (node != NULL && !complain_rounded(reader, node, betas[0], true)) {
        (void)complain_rounded(reader, node, betas[1], true);
    }
}

/* Only images can be turned and moved, and not out of sight. */
static void check_augmentation(goldi_reader *reader)
{
    const gold_data_set set = reader->study->data.set;
    const gold_data_block *data = &reader->study->data;
    const gold_shape image = gold_data_shape_of(data).image;
    const goldi_node *flip = goldi_said(reader, GOLDI_TRAIN_AUGMENT, "flip");
    const goldi_node *shift = goldi_said(reader, GOLDI_TRAIN_AUGMENT, "shift");
    const int64_t side = (int64_t)image.height;
    const goldi_node *either = flip != NULL ? flip : shift;
    int64_t least = 0;
    int64_t most = 0;

    if (!goldi_is_sure(reader, GOLDI_DATA, "set") ||
        !gold_data_is_known(data)) {
        return;
    }
    goldi_bounds_of(reader->study, "augment_shift", &least, &most);
    if (either != NULL && image.channels == 0) {
        GOLDI_COMPLAIN(
            reader, either,
            "only images can be turned and moved; the samples of %s are points",
            gold_choice_text("set", (int)set));
    } else if (shift != NULL && most >= side) {
        GOLDI_COMPLAIN(reader, shift,
                       "images of %lld pixels a side would be moved by up to "
                       "%lld, out of sight",
                       (long long)side, (long long)most);
    }
}

void goldi_check_train(goldi_reader *reader)
{
    reader->study->has_train = goldi_given(reader, GOLDI_ROOT, "train") != NULL;
    check_batch(reader);
    check_track(reader);
    check_augmentation(reader);
    check_constraint(reader);
    check_roundings(reader);
    goldi_check_select(reader);
    settle_log(reader);
}
