/* SPDX-License-Identifier: MIT */
/* What no key of `network:` can tell alone. */
#include <string.h>

#include "study/read.h"

bool goldi_has_kind(const gold_study *study, gold_network_kind kind)
{
    const goldi_key *key = goldi_find_key(GOLDI_NETWORK, "kind");
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(study, key, &axis);

    if (swept == NULL) {
        return study->base.kind == kind;
    }
    for (size_t i = 0; i < study->axes[axis].count; i++) {
        if (goldi_axis_value(swept, key, i).integer == (int64_t)kind) {
            return true;
        }
    }
    return false;
}

static const goldi_node *said(const goldi_reader *reader, const char *name)
{
    return goldi_anywhere(reader, goldi_find_key(GOLDI_NETWORK, name));
}

/* The layers of both LeNets are what they are. */
static void check_lenets(goldi_reader *reader)
{
    static const char *const names[] = {"depth", "width", NULL};
    const bool has_lenet5 = goldi_has_kind(reader->study, GOLD_NETWORK_LENET5);

    for (const char *const *name = names; *name != NULL; name++) {
        const goldi_node *node = said(reader, *name);

        if (node != NULL) {
            goldi_complain(
                &reader->report, node->place, "'%s' has no meaning for %s",
                *name,
                has_lenet5
                    ? "lenet5, whose layers are convolutions of 6 and 16 "
                      "channels, then 120 and 84 units"
                    : "lenet-300-100, whose layers are 300 and 100 units");
        }
    }
}

/* Keys that only cnn has, where there is none. */
static void check_cnn_keys(goldi_reader *reader)
{
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_node *node = goldi_keys[i].domain == GOLDI_OF_CNN
                                     ? goldi_anywhere(reader, &goldi_keys[i])
                                     : NULL;
        const bool is_word =
            (said(reader, "layers") != NULL ||
             goldi_has_kind(reader->study, GOLD_NETWORK_RESNET)) &&
            strcmp(goldi_keys[i].name, "channels") == 0;

        if (node != NULL && !is_word) {
            goldi_complain(&reader->report, node->place,
                           "'%s' is for networks of kind cnn",
                           goldi_keys[i].name);
        }
    }
}

/* `channels` says what depth, width and growth say, otherwise. */
static void check_channels(goldi_reader *reader, bool has_mlp)
{
    static const char *const names[] = {"growth", "depth", "width", NULL};
    const goldi_node *channels = said(reader, "channels");

    for (const char *const *name = names; channels != NULL && *name != NULL;
         name++) {
        const goldi_node *node = said(reader, *name);

        if (node != NULL && !(has_mlp && strcmp(*name, "growth") != 0)) {
            goldi_complain(&reader->report, node->place,
                           "'%s' beside 'channels' (line %zu), which gives the "
                           "channels of every convolution: leave one out",
                           *name, channels->place.line + 1);
        }
    }
}

/* A list of layers, and what else says what they are. */
static void check_layers(goldi_reader *reader)
{
    static const struct {
        const char *key;
        size_t word; /* by which entries mean it; 0: none does */
    } idle[] = {{"activation", 0},
                {"depth", GOLD_SIZE_OF_DEPTH},
                {"channels", GOLD_SIZE_OF_CHANNELS},
                {"width", GOLD_SIZE_OF_WIDTH},
                {"bias", GOLD_SIZE_OF_BIAS}};
    const goldi_node *layers = said(reader, "layers");
    const goldi_node *kind = said(reader, "kind");
    const bool has_layers = goldi_has_kind(reader->study, GOLD_NETWORK_LAYERS);

    if (layers != NULL && !has_layers) {
        goldi_complain(&reader->report, layers->place,
                       "'layers' beside a kind (line %zu) that has its own: "
                       "leave one out",
                       kind->place.line + 1);
    }
    if (layers == NULL && has_layers) {
        goldi_complain(&reader->report, kind->place,
                       "kind layers needs a list: 'layers: [linear: 300, "
                       "relu, linear: classes]'");
    }
    if (layers != NULL &&
        goldi_layers_mean(&reader->study->layers, GOLD_SIZE_OF_CHANNELS) &&
        reader->study->base.n_channels != 1) {
        goldi_complain(&reader->report, layers->value->place,
                       "'channels' in 'layers' stands for the one number of "
                       "'network.channels': give it, [8]");
    }
    for (size_t i = 0; layers != NULL && i < sizeof idle / sizeof *idle; i++) {
        const goldi_node *node = said(reader, idle[i].key);

        if (node != NULL &&
            !goldi_layers_mean(&reader->study->layers, idle[i].word)) {
            goldi_complain(&reader->report, node->place,
                           "'%s' has no meaning beside 'layers', which say it",
                           idle[i].key);
        }
    }
}

/* Keys that some kinds know: they mean something to one of the study's. */
static void check_forms(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const bool has_mlp = goldi_has_kind(study, GOLD_NETWORK_MLP);
    const bool has_resnet = goldi_has_kind(study, GOLD_NETWORK_RESNET);
    const struct {
        const char *key;
        bool is_known;
        const char *of;
    } forms[] = {
        {"widths", has_mlp, "mlp"},
        {"residual", has_mlp, "mlp"},
        {"norm_position", has_mlp, "mlp"},
        {"normalization", has_mlp || has_resnet, "mlp and resnet"},
    };

    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const goldi_node *node = said(reader, forms[i].key);

        if (node != NULL && !forms[i].is_known) {
            goldi_complain(&reader->report, node->place,
                           "'%s' is for networks of kind %s", forms[i].key,
                           forms[i].of);
        }
    }
}

/* One value of a key at least is this. */
static bool takes(const goldi_reader *reader, const char *name, int64_t value)
{
    const goldi_key *key = goldi_find_axis(name);
    const gold_study *study = reader->study;
    size_t axis = 0;
    const gold_axis_key *swept = goldi_axis_key_of(study, key, &axis);

    if (swept == NULL) {
        return goldi_get(key, &study->base, study).integer == value;
    }
    for (size_t i = 0; i < study->axes[axis].count; i++) {
        if (goldi_axis_value(swept, key, i).integer == value) {
            return true;
        }
    }
    return false;
}

static void complain_beside(goldi_reader *reader, const char *name,
                            const char *other, const char *why)
{
    const goldi_node *node = said(reader, name);
    const goldi_node *beside = said(reader, other);

    if (node != NULL && beside != NULL) {
        goldi_complain(&reader->report, node->place,
                       "'%s' beside '%s' (line %zu), %s: leave one out", name,
                       other, beside->place.line + 1, why);
    }
}

/* What does not go together in an mlp, or a resnet. */
static void check_mixed_forms(goldi_reader *reader)
{
    const goldi_node *norm = said(reader, "normalization");
    const goldi_node *position = said(reader, "norm_position");
    const bool has_resnet = goldi_has_kind(reader->study, GOLD_NETWORK_RESNET);
    const bool has_mlp = goldi_has_kind(reader->study, GOLD_NETWORK_MLP);

    complain_beside(reader, "depth", "widths", "which has a number for each");
    complain_beside(reader, "width", "widths", "which are the widths");
    complain_beside(reader, "residual", "widths",
                    "while residuals are all of one width");
    if (norm != NULL && !has_resnet &&
        takes(reader, "normalization", GOLD_NORM_GROUP)) {
        goldi_complain(&reader->report, norm->place,
                       "normalization 'group' is for networks of kind resnet; "
                       "an mlp has none, layer or rms");
    }
    if (norm != NULL && !has_mlp &&
        (takes(reader, "normalization", GOLD_NORM_LAYER) ||
         takes(reader, "normalization", GOLD_NORM_RMS))) {
        goldi_complain(&reader->report, norm->place,
                       "a resnet has normalization none or group");
    }
    if (position != NULL && !takes(reader, "residual", 0)) {
        goldi_complain(&reader->report, position->place,
                       "the norm of a residual is the first of its branch: "
                       "'norm_position' has no meaning for it");
    } else if (position != NULL &&
               !takes(reader, "normalization", GOLD_NORM_LAYER) &&
               !takes(reader, "normalization", GOLD_NORM_RMS)) {
        goldi_complain(&reader->report, position->place,
                       "'norm_position' has no meaning without "
                       "'normalization': layer or rms");
    }
    if (takes(reader, "scale_parameters", GOLD_SCALED_WEIGHTS) &&
        takes(reader, "surface", GOLD_SPHERE)) {
        goldi_complain(&reader->report, said(reader, "scale_parameters")->place,
                       "a sphere is one of all parameters: with 'surface: "
                       "sphere' all of them are scaled");
    }
    if (has_resnet && said(reader, "channels") == NULL) {
        goldi_complain(&reader->report, said(reader, "kind")->place,
                       "a resnet needs 'channels', a number for each of its "
                       "stages: [16, 32]");
    }
}

/* What only samples with a class have. */
static void check_values(goldi_reader *reader)
{
    static const struct {
        gold_track track;
        const char *what;
    } rates[] = {{GOLD_TRACK_ACCURACY, "accuracy"},
                 {GOLD_TRACK_TEST_ACCURACY, "test_accuracy"}};
    gold_study *study = reader->study;
    const goldi_node *track = goldi_given(reader, GOLDI_TRAIN, "track");
    const goldi_node *stop = goldi_given(reader, GOLDI_TRAIN_STOP, "accuracy");
    const char *set = gold_choice_text("set", (int)study->data.set);

    if (!gold_set_of(study->data.set)->has_targets) {
        return;
    }
    if (study->base.loss == GOLD_CROSS_ENTROPY) {
        const goldi_node *loss = said(reader, "loss");

        goldi_complain(
            &reader->report,
            (loss != NULL ? loss : goldi_given(reader, GOLDI_DATA, "set"))
                ->place,
            "the samples of %s have values, no class: say 'loss: "
            "mse' under 'network:'",
            set);
    }
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (track != NULL && study->train.track[rates[i].track]) {
            goldi_complain(&reader->report, track->place,
                           "the samples of %s have no class: leave '%s' out "
                           "of 'track'",
                           set, rates[i].what);
        }
        study->train.track[rates[i].track] = false;
    }
    if (stop != NULL) {
        goldi_complain(&reader->report, stop->place,
                       "the samples of %s have no class, so no accuracy: "
                       "'loss' can stop a training",
                       set);
    }
}

/* What only a softmax has. */
static void check_loss(goldi_reader *reader)
{
    const goldi_node *temperature = said(reader, "temperature");
    const goldi_node *track = goldi_given(reader, GOLDI_TRAIN, "track");

    if (reader->study->base.loss == GOLD_CROSS_ENTROPY) {
        return;
    }
    if (temperature != NULL) {
        goldi_complain(&reader->report, temperature->place,
                       "'temperature' is of a softmax, which loss mse has not");
    }
    if (reader->study->train.track[GOLD_TRACK_ENTROPY]) {
        goldi_complain(&reader->report, track->place,
                       "the entropy is that of a softmax, which loss mse has "
                       "not: leave it out of 'track'");
    }
}

void goldi_check_network(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const gold_data_set set = study->data.set;

    /* n_points 0: there were errors in the grid, kinds may be lacking */
    if (study->n_points == 0) {
        return;
    }
    if (said(reader, "layers") != NULL && said(reader, "kind") == NULL) {
        reader->study->base.kind = GOLD_NETWORK_LAYERS;
    }
    check_layers(reader);
    check_forms(reader);
    check_mixed_forms(reader);
    check_loss(reader);
    check_values(reader);
    const bool has_mlp = goldi_has_kind(study, GOLD_NETWORK_MLP);
    const bool has_cnn = goldi_has_kind(study, GOLD_NETWORK_CNN);
    const bool has_resnet = goldi_has_kind(study, GOLD_NETWORK_RESNET);
    const goldi_node *kind = said(reader, "kind");

    if (!has_mlp && !has_cnn && !has_resnet &&
        !goldi_has_kind(study, GOLD_NETWORK_LAYERS)) {
        check_lenets(reader);
    }
    if (has_cnn) {
        check_channels(reader, has_mlp);
    } else {
        check_cnn_keys(reader);
    }
    if (kind != NULL && gold_set_of(set)->files == NULL &&
        (has_cnn || has_resnet || goldi_has_kind(study, GOLD_NETWORK_LENET5))) {
        goldi_complain(&reader->report, kind->place,
                       "convolutions need images; the samples of %s are points",
                       gold_choice_text("set", (int)set));
    }
}
