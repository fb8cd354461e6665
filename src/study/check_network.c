/* SPDX-License-Identifier: MIT */
/* What no key of `network:` can tell alone. */
#include <string.h>

#include "goldilocks/task.h"

#include "study/read.h"

static const goldi_node *said(const goldi_reader *reader, const char *name)
{
    return goldi_said(reader, GOLDI_NETWORK, name);
}

/* Keys that none of the study's networks knows. */
static void check_kinds(goldi_reader *reader)
{
    const unsigned kinds = goldi_values_of(reader->study, "kind");
    char list[GOLDI_LIST_BYTES];

    GOLDI_EACH_KEY(key) {
        const goldi_node *node = goldi_anywhere(reader, key);

        if (node != NULL && key->kinds != 0 && (key->kinds & kinds) == 0) {
            GOLDI_COMPLAIN(reader, node, "'%s' is for networks of kind %s",
                           key->name, goldi_list_kinds(key, list));
        }
    }
}

/* A list of layers; sizes that it alone could leave to the network's. */
static void check_layers(goldi_reader *reader)
{
    static const struct {
        const char *key;
        size_t word; /* by which entries mean it */
    } idle[] = {{"depth", GOLD_SIZE_OF_DEPTH},
                {"channels", GOLD_SIZE_OF_CHANNELS},
                {"width", GOLD_SIZE_OF_WIDTH},
                {"bias", GOLD_SIZE_OF_BIAS}};
    const goldi_node *layers = said(reader, "layers");
    const gold_operations *list = &reader->study->layers;
    const bool is_alone =
        goldi_values_of(reader->study, "kind") == 1U << GOLD_NETWORK_LAYERS &&
        goldi_is_sure(reader, GOLDI_NETWORK, "layers");

    if (layers == NULL && goldi_has_kind(reader->study, GOLD_NETWORK_LAYERS)) {
        GOLDI_COMPLAIN(reader, said(reader, "kind"),
                       "kind layers needs a list: 'layers: [linear: 300, relu, "
                       "linear: classes]'");
    }
    if (layers != NULL && goldi_layers_mean(list, GOLD_SIZE_OF_CHANNELS) &&
        reader->study->base.n_channels != 1) {
        GOLDI_COMPLAIN(reader, layers->value,
                       "'channels' in 'layers' stands for the one number of "
                       "'network.channels': give it, [8]");
    }
    for (size_t i = 0; is_alone && i < sizeof idle / sizeof *idle; i++) {
        const goldi_node *node = said(reader, idle[i].key);

        if (layers != NULL && node != NULL &&
            !goldi_layers_mean(list, idle[i].word)) {
            GOLDI_COMPLAIN(reader, node,
                           "'%s' has no meaning beside 'layers', which say it",
                           idle[i].key);
        }
    }
}

static void complain_beside(goldi_reader *reader, const char *name,
                            const char *other, const char *why)
{
    const goldi_node *node = said(reader, name);
    const goldi_node *beside = said(reader, other);

    if (node != NULL && beside != NULL) {
        GOLDI_COMPLAIN(reader, node,
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

    if (!goldi_is_sure(reader, GOLDI_NETWORK, "normalization") ||
        !goldi_is_sure(reader, GOLDI_NETWORK, "residual")) {
        return;
    }
    complain_beside(reader, "depth", "widths", "which has a number for each");
    complain_beside(reader, "width", "widths", "which are the widths");
    complain_beside(reader, "residual", "widths",
                    "while residuals are all of one width");
    if (norm != NULL && !has_resnet &&
        goldi_has_value(reader->study, "normalization", GOLD_NORM_GROUP)) {
        GOLDI_COMPLAIN(reader, norm,
                       "normalization 'group' is for networks of kind resnet; "
                       "an mlp has none, layer or rms");
    }
    if (norm != NULL && has_resnet && !has_mlp &&
        (goldi_has_value(reader->study, "normalization", GOLD_NORM_LAYER) ||
         goldi_has_value(reader->study, "normalization", GOLD_NORM_RMS))) {
        GOLDI_COMPLAIN(reader, norm,
                       "a resnet has normalization none or group");
    }
    if (position != NULL && !goldi_has_value(reader->study, "residual", 0)) {
        GOLDI_COMPLAIN(reader, position,
                       "the norm of a residual is the first of its branch: "
                       "'norm_position' has no meaning for it");
    } else if (position != NULL &&
               !goldi_has_value(reader->study, "normalization",
                                GOLD_NORM_LAYER) &&
               !goldi_has_value(reader->study, "normalization",
                                GOLD_NORM_RMS)) {
        GOLDI_COMPLAIN(reader, position,
                       "'norm_position' has no meaning without "
                       "'normalization': layer or rms");
    }
    if (goldi_has_value(reader->study, "scale_parameters",
                        GOLD_SCALED_WEIGHTS) &&
        goldi_has_value(reader->study, "surface", GOLD_SPHERE)) {
        GOLDI_COMPLAIN(reader, said(reader, "scale_parameters"),
                       "a sphere is one of all parameters: with 'surface: "
                       "sphere' all of them are scaled");
    }
    if (has_resnet && said(reader, "channels") == NULL) {
        GOLDI_COMPLAIN(reader, said(reader, "kind"),
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

    if (!gold_data_has_targets(&study->data)) {
        return;
    }
    if (study->base.loss == GOLD_CROSS_ENTROPY) {
        const goldi_node *loss = said(reader, "loss");

        GOLDI_COMPLAIN(reader,
                       loss != NULL ? loss
                                    : goldi_given(reader, GOLDI_DATA, "set"),
                       "the samples of %s have values, no class: say 'loss: "
                       "mse' under 'network:'",
                       set);
    }
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        if (track != NULL && study->train.track[rates[i].track]) {
            GOLDI_COMPLAIN(
                reader, track,
                "the samples of %s have no class: leave '%s' out of 'track'",
                set, rates[i].what);
        }
        study->train.track[rates[i].track] = false;
    }
    if (stop != NULL) {
        GOLDI_COMPLAIN(reader, stop,
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
    const char *loss = gold_choice_text("loss", (int)reader->study->base.loss);

    if (reader->study->base.loss == GOLD_CROSS_ENTROPY ||
        !goldi_is_sure(reader, GOLDI_NETWORK, "loss")) {
        return;
    }
    if (temperature != NULL) {
        GOLDI_COMPLAIN(reader, temperature,
                       "'temperature' is of a softmax, which loss %s has not",
                       loss);
    }
    if (reader->study->train.track[GOLD_TRACK_ENTROPY]) {
        GOLDI_COMPLAIN(reader, track,
                       "the entropy is that of a softmax, which loss %s has "
                       "not: leave it out of 'track'",
                       loss);
    }
}

/* Parameters in a file are of its path, and no layer is drawn. */
static void check_init(goldi_reader *reader)
{
    const goldi_node *init = said(reader, "init");
    const goldi_node *gains = said(reader, "layer_gains");
    const bool is_file = goldi_has_value(reader->study, "init", GOLD_INIT_FILE);

    if (!goldi_is_sure(reader, GOLDI_NETWORK, "init") || init == NULL) {
        return;
    }
    if (is_file && reader->study->init_path == NULL &&
        goldi_is_sure(reader, GOLDI_NETWORK_INIT, "file")) {
        GOLDI_COMPLAIN(
            reader, init->value,
            "parameters are those of a file: 'init: {file: weights.h5}'");
    }
    if (is_file && gains != NULL) {
        GOLDI_COMPLAIN(reader, gains,
                       "'layer_gains' are of what is drawn, and all parameters "
                       "are those of a file");
    }
}

void goldi_check_network(goldi_reader *reader)
{
    static const char channels[] =
        "which gives the channels of every convolution";
    const gold_study *study = reader->study;
    const gold_data_set set = study->data.set;

    /* n_points 0: there were errors in the grid, kinds may be lacking */
    if (study->n_points == 0 || !goldi_is_sure(reader, GOLDI_NETWORK, "kind")) {
        return;
    }
    if (said(reader, "layers") != NULL && said(reader, "kind") == NULL) {
        reader->study->base.kind = GOLD_NETWORK_LAYERS;
    }
    check_kinds(reader);
    check_layers(reader);
    check_mixed_forms(reader);
    check_init(reader);
    check_loss(reader);
    check_values(reader);
    const bool has_mlp = goldi_has_kind(study, GOLD_NETWORK_MLP);
    const bool has_cnn = goldi_has_kind(study, GOLD_NETWORK_CNN);
    const bool has_resnet = goldi_has_kind(study, GOLD_NETWORK_RESNET);
    const goldi_node *kind = said(reader, "kind");

    if (has_cnn) {
        complain_beside(reader, "growth", "channels", channels);
    }
    if (has_cnn && !has_mlp) {
        complain_beside(reader, "depth", "channels", channels);
        complain_beside(reader, "width", "channels", channels);
    }
    if (kind != NULL && goldi_is_sure(reader, GOLDI_DATA, "set") &&
        gold_data_is_known(&study->data) &&
        gold_data_shape_of(&study->data).image.channels == 0 &&
        (has_cnn || has_resnet || goldi_has_kind(study, GOLD_NETWORK_LENET5))) {
        GOLDI_COMPLAIN(reader, kind,
                       "convolutions need images; the samples of %s are points",
                       gold_choice_text("set", (int)set));
    }
}
