/* SPDX-License-Identifier: MIT */
#include "study/keys.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "goldilocks/full_variables.h"

#include "study/read.h"

#define NOT_YET "not available in this version"

enum {
    EVERY_SAMPLE = 1000000000 /* more than any data set has */
};

static const goldi_word activations[] = {
    {"relu", GOLD_RELU, NULL},         {"leaky_relu", GOLD_LEAKY_RELU, NULL},
    {"tanh", GOLD_TANH, NULL},         {"sigmoid", GOLD_SIGMOID, NULL},
    {"identity", GOLD_IDENTITY, NULL}, {NULL, 0, NULL},
};
static const goldi_word kinds[] = {
    {"mlp", GOLD_NETWORK_MLP, NULL},
    {"lenet-300-100", GOLD_NETWORK_LENET_300_100, NULL},
    {"lenet5", GOLD_NETWORK_LENET5, NULL},
    {"cnn", GOLD_NETWORK_CNN, NULL},
    {"layers", GOLD_NETWORK_LAYERS, NULL},
    {"resnet", GOLD_NETWORK_RESNET, NULL},
    {NULL, 0, NULL},
};
static const goldi_word norms[] = {
    {"none", GOLD_NORM_NONE, NULL},
    {"layer", GOLD_NORM_LAYER, NULL},
    {"rms", GOLD_NORM_RMS, NULL},
    {"group", GOLD_NORM_GROUP, NULL},
    {NULL, 0, NULL},
};
static const goldi_word norm_positions[] = {
    {"before", GOLD_NORM_BEFORE, NULL},
    {"after", GOLD_NORM_AFTER, NULL},
    {NULL, 0, NULL},
};
static const goldi_word losses[] = {
    {"cross-entropy", GOLD_CROSS_ENTROPY, NULL},
    {"mse", GOLD_MEAN_SQUARE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word poolings[] = {
    {"average", GOLD_POOL_AVERAGE, NULL},
    {"max", GOLD_POOL_MAX, NULL},
    {"none", GOLD_POOL_NONE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word inits[] = {
    {"xavier-normal", GOLD_XAVIER_NORMAL, NULL},
    {"xavier-uniform", GOLD_XAVIER_UNIFORM, NULL},
    {"kaiming-normal", GOLD_KAIMING_NORMAL, NULL},
    {"kaiming-uniform", GOLD_KAIMING_UNIFORM, NULL},
    {"lecun-normal", GOLD_LECUN_NORMAL, NULL},
    {"lecun-uniform", GOLD_LECUN_UNIFORM, NULL},
    {"equal-norm", GOLD_EQUAL_NORM, NULL},
    {"xavier", GOLD_XAVIER_NORMAL, NULL},
    {"kaiming", GOLD_KAIMING_NORMAL, NULL},
    {"lecun", GOLD_LECUN_NORMAL, NULL},
    {NULL, 0, NULL},
};
static const goldi_word bias_inits[] = {
    {"zero", GOLD_BIAS_ZERO, NULL},
    {"same", GOLD_BIAS_SAME, NULL},
    {NULL, 0, NULL},
};
static const goldi_word references[] = {
    {"xavier", GOLD_REFERENCE_XAVIER, NULL},
    {"lecun", GOLD_REFERENCE_LECUN, NULL},
    {"kaiming", GOLD_REFERENCE_KAIMING, NULL},
    {NULL, 0, NULL},
};
static const goldi_word directions[] = {
    {"gaussian", GOLD_GAUSSIAN, NULL},
    {"sparse-sign", GOLD_SPARSE_SIGN, NULL},
    {NULL, 0, NULL},
};
static const goldi_word surfaces[] = {
    {"plane", GOLD_PLANE, NULL},
    {"sphere", GOLD_SPHERE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word optimizers[] = {
    {"gd", GOLD_GD, NULL},
    {"sgd", GOLD_SGD, NULL},
    {"momentum", GOLD_MOMENTUM, NULL},
    {"adam", GOLD_ADAM, NULL},
    {NULL, 0, NULL},
};
static const goldi_word rate_rules[] = {
    {"none", GOLD_RATE_NONE, NULL},
    {"homogeneous", GOLD_RATE_HOMOGENEOUS, NULL},
    {NULL, 0, NULL},
};
static const goldi_word constraints[] = {
    {"none", GOLD_CONSTRAINT_NONE, NULL},
    {"sphere", GOLD_CONSTRAINT_SPHERE, NULL},
    {"subspace", GOLD_CONSTRAINT_SUBSPACE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word data_sets[] = {
    {"fashion-mnist", GOLD_DATA_FASHION_MNIST, NULL},
    {"mnist", GOLD_DATA_MNIST, NULL},
    {"circles", GOLD_DATA_CIRCLES, NULL},
    {"mixture", GOLD_DATA_MIXTURE, NULL},
    {"cifar10", GOLD_DATA_CIFAR10, NULL},
    {NULL, 0, NULL},
};
static const goldi_word normalizations[] = {
    {"standard", GOLD_NORMALIZE_STANDARD, NULL},
    {"published", GOLD_NORMALIZE_PUBLISHED, NULL},
    {"unit", GOLD_NORMALIZE_UNIT, NULL},
    {"none", GOLD_NORMALIZE_NONE, NULL},
    {"per-pixel", GOLD_NORMALIZE_PER_PIXEL, NULL},
    {"per-image", GOLD_NORMALIZE_PER_IMAGE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word precisions[] = {
    {"float32", GOLD_FLOAT32, NULL},
    {"float64", GOLD_FLOAT64, NULL},
    {NULL, 0, NULL},
};
static const goldi_word layer_words[] = {
    {"all", GOLD_LAYERS_ALL, NULL},
    {"each", GOLD_LAYERS_EACH, NULL},
    {NULL, 0, NULL},
};
static const goldi_word tracks[] = {
    {"loss", GOLD_TRACK_LOSS, NULL},
    {"accuracy", GOLD_TRACK_ACCURACY, NULL},
    {"test_loss", GOLD_TRACK_TEST_LOSS, NULL},
    {"test_accuracy", GOLD_TRACK_TEST_ACCURACY, NULL},
    {"weight_norm", GOLD_TRACK_WEIGHT_NORM, NULL},
    {"gradient_norm", GOLD_TRACK_GRADIENT_NORM, NULL},
    {"cosine_to_init", GOLD_TRACK_COSINE_TO_INIT, NULL},
    {"cosine_gradient", GOLD_TRACK_COSINE_GRADIENT, NULL},
    {"zero_logits", GOLD_TRACK_ZERO_LOGITS, NULL},
    {"entropy", GOLD_TRACK_ENTROPY, NULL},
    {"sharpness", GOLD_TRACK_SHARPNESS, NULL},
    {"curvature", GOLD_TRACK_CURVATURE, NULL},
    {NULL, 0, NULL},
};
static const goldi_word criteria[] = {
    {"trace_over_norm", GOLD_BY_TRACE_OVER_NORM, NULL},
    {"positive_fraction", GOLD_BY_POSITIVE_FRACTION, NULL},
    {"loss", GOLD_BY_LOSS, NULL},
    {NULL, 0, NULL},
};
static const goldi_word takes[] = {
    {"highest", GOLD_TAKE_HIGHEST, NULL},
    {"lowest", GOLD_TAKE_LOWEST, NULL},
    {"random", GOLD_TAKE_RANDOM, NULL},
    {NULL, 0, NULL},
};
static const goldi_word spacings[] = {
    {"linear", 0, NULL}, {"log", 1, NULL}, {NULL, 0, NULL}};
static const goldi_word all_word[] = {{"all", 0, NULL}, {NULL, 0, NULL}};
static const goldi_word every_word[] = {{"all", EVERY_SAMPLE, NULL},
                                        {NULL, 0, NULL}};
static const goldi_word full_word[] = {{"full", 0, NULL}, {NULL, 0, NULL}};
static const goldi_word booleans[] = {
    {"false", 0, NULL}, {"true", 1, NULL}, {NULL, 0, NULL}};
static const goldi_word placements[] = {
    {"scale", GOLD_PLACE_SCALE, NULL},
    {"radius", GOLD_PLACE_RADIUS, NULL},
    {"relative_radius", GOLD_PLACE_RELATIVE_RADIUS, NULL},
    {NULL, 0, NULL},
};

#define ROW(at, key, kind)                                                     \
    .section = GOLDI_##at, .name = (key), .type = GOLDI_##kind, .placement = -1
#define WHOLE(least, most, without)                                            \
    .low = (least), .high = (most), .fallback = (without)
#define ABOVE(least, most, without) WHOLE(least, most, without), .is_open = true
#define SETTING(field)                                                         \
    .home = GOLDI_IN_SETTINGS, .offset = offsetof(gold_settings, field)
#define STUDY(field)                                                           \
    .home = GOLDI_IN_STUDY, .offset = offsetof(gold_study, field)
#define BASE(as) .role = GOLDI_BASE_AXIS, .axis = (as)
#define LINE(as) .role = GOLDI_LINE_AXIS, .axis = (as)

#define PLACE(key, which)                                                      \
    {                                                                          \
        .section = GOLDI_NETWORK, .name = (key), .type = GOLDI_REAL,           \
        .placement = (which), ABOVE(0, HUGE_VAL, 1), SETTING(place), LINE(key) \
    }

#define MOST_SEEDS 0x1p63

const goldi_key goldi_keys[] = {
    {ROW(ROOT, "study", SPECIAL), .read = goldi_read_name},
    {ROW(ROOT, "title", SPECIAL), .read = goldi_read_title},
    {ROW(ROOT, "grid", SPECIAL), .read = goldi_read_grid},
    {ROW(ROOT, "data", SECTION), .inner = GOLDI_DATA},
    {ROW(ROOT, "network", SECTION), .inner = GOLDI_NETWORK},
    {ROW(ROOT, "curvature", SECTION), .inner = GOLDI_CURVATURE},
    {ROW(ROOT, "train", SECTION), .inner = GOLDI_TRAIN},
    {ROW(ROOT, "run", SECTION), .inner = GOLDI_RUN},

    {ROW(NETWORK, "kind", CHOICE), .words = kinds, SETTING(kind), BASE("kind")},
    {ROW(NETWORK, "loss", CHOICE), .words = losses, SETTING(loss),
     .is_later = true},
    {ROW(NETWORK, "layers", SPECIAL), .read = goldi_read_layers},
    {ROW(NETWORK, "activation", CHOICE), .words = activations,
     SETTING(activation), BASE("activation")},
    {ROW(NETWORK, "depth", UNSIGNED), WHOLE(0, 1000, 2), SETTING(depth),
     BASE("depth")},
    {ROW(NETWORK, "width", UNSIGNED), WHOLE(1, 1e6, 100), SETTING(width),
     BASE("width")},
    {ROW(NETWORK, "widths", SPECIAL), .read = goldi_read_widths},
    {ROW(NETWORK, "normalization", CHOICE), .words = norms, SETTING(norm),
     BASE("normalization"), .is_later = true},
    {ROW(NETWORK, "norm_position", CHOICE), .words = norm_positions,
     SETTING(norm_position), BASE("norm_position"), .is_later = true},
    {ROW(NETWORK, "residual", BOOL), .words = booleans, SETTING(residual),
     BASE("residual"), .is_later = true},
    {ROW(NETWORK, "kernel", UNSIGNED), WHOLE(1, 1000, 3), SETTING(kernel),
     BASE("kernel")},
    {ROW(NETWORK, "stride", UNSIGNED), WHOLE(1, 1000, 1), SETTING(stride),
     BASE("stride")},
    {ROW(NETWORK, "padding", UNSIGNED), WHOLE(0, 999, 0), SETTING(padding),
     BASE("padding")},
    {ROW(NETWORK, "pooling", CHOICE), .words = poolings, SETTING(pooling),
     BASE("pooling")},
    {ROW(NETWORK, "pool", UNSIGNED), WHOLE(1, 1000, 2), SETTING(pool),
     BASE("pool")},
    {ROW(NETWORK, "growth", UNSIGNED), WHOLE(1, 1000, 2), SETTING(growth),
     BASE("growth")},
    {ROW(NETWORK, "channels", SPECIAL), .read = goldi_read_channels},
    {ROW(NETWORK, "head", SPECIAL), .read = goldi_read_head},
    {ROW(NETWORK, "bias", BOOL), .words = booleans, SETTING(bias),
     BASE("bias")},
    {ROW(NETWORK, "init", CHOICE), .words = inits, SETTING(init), BASE("init")},
    {ROW(NETWORK, "layer_gains", GAINS), ABOVE(0, HUGE_VAL, 0), SETTING(gains),
     BASE("layer_gains")},
    {ROW(NETWORK, "bias_init", CHOICE), .words = bias_inits, SETTING(bias_init),
     BASE("bias_init")},
    {ROW(NETWORK, "reference", CHOICE), .words = references, SETTING(reference),
     BASE("reference")},
    {ROW(NETWORK, "seed", UNSIGNED), WHOLE(0, MOST_SEEDS, 0), SETTING(seed),
     BASE("seed")},
    PLACE("scale", GOLD_PLACE_SCALE),
    PLACE("radius", GOLD_PLACE_RADIUS),
    PLACE("relative_radius", GOLD_PLACE_RELATIVE_RADIUS),
    {ROW(NETWORK, "temperature", REAL), ABOVE(0, HUGE_VAL, 1),
     SETTING(temperature), LINE("temperature")},

    {ROW(DATA, "set", CHOICE), .words = data_sets, STUDY(data.set)},
    {ROW(DATA, "path", SPECIAL), .read = goldi_read_path},
    {ROW(DATA, "train", UNSIGNED), .words = all_word, WHOLE(1, 1e9, 0),
     SETTING(n_train), BASE("data_train")},
    {ROW(DATA, "test", UNSIGNED), .words = all_word, WHOLE(1, 1e9, 0),
     STUDY(data.test)},
    {ROW(DATA, "subset", SPECIAL), .read = goldi_read_subset},
    {ROW(DATA, "normalize", CHOICE), .words = normalizations,
     STUDY(data.normalize)},
    {ROW(DATA, "scale", REAL), ABOVE(0, HUGE_VAL, 1), SETTING(input_scale),
     BASE("data_scale")},
    {ROW(DATA, "seed", UNSIGNED), WHOLE(0, MOST_SEEDS, 0), STUDY(data.seed)},
    {ROW(DATA, "classes", UNSIGNED), WHOLE(2, GOLD_MAX_CLASSES, 10),
     STUDY(data.classes)},
    {ROW(DATA, "features", UNSIGNED), WHOLE(1, 1e6, 50), STUDY(data.features)},
    {ROW(DATA, "separation", REAL), WHOLE(0, HUGE_VAL, 1),
     STUDY(data.separation)},

    {ROW(CURVATURE, "subspace", SECTION), .inner = GOLDI_SUBSPACE},
    {ROW(CURVATURE, "split", BOOL), .words = booleans, .fallback = 1,
     STUDY(curvature.split)},
    {ROW(CURVATURE, "layers", CHOICE), .words = layer_words,
     STUDY(curvature.layers)},
    {ROW(CURVATURE, "logit_gradients", UNSIGNED), .words = every_word,
     WHOLE(1, EVERY_SAMPLE, 0), STUDY(curvature.logit_gradients)},
    {ROW(CURVATURE, "resample", SECTION), .inner = GOLDI_RESAMPLE},
    {ROW(RESAMPLE, "directions", UNSIGNED), WHOLE(1, 1000, 0),
     STUDY(curvature.resample_directions)},
    {ROW(RESAMPLE, "data", UNSIGNED), WHOLE(2, 1000, 0),
     STUDY(curvature.resample_data)},
    {ROW(CURVATURE, "extreme", SECTION), .inner = GOLDI_EXTREME},
    {ROW(CURVATURE, "trace_probes", UNSIGNED), WHOLE(2, GOLD_MAX_PROBES, 0),
     STUDY(curvature.trace_probes)},
    {ROW(CURVATURE, "density", SECTION), .inner = GOLDI_DENSITY},
    {ROW(CURVATURE, "dense", SPECIAL), .read = goldi_read_dense},
    {ROW(EXTREME, "count", UNSIGNED), WHOLE(1, GOLD_MAX_EXTREME, 0),
     STUDY(curvature.extreme_count)},
    {ROW(EXTREME, "steps", UNSIGNED), WHOLE(1, GOLD_MAX_STEPS, 200),
     STUDY(curvature.extreme_steps)},
    {ROW(EXTREME, "tolerance", REAL), ABOVE(0, 1, 1e-5),
     STUDY(curvature.extreme_tolerance)},
    {ROW(DENSITY, "steps", UNSIGNED), WHOLE(1, GOLD_MAX_STEPS, 0),
     STUDY(curvature.density_steps)},
    {ROW(DENSITY, "probes", UNSIGNED), WHOLE(1, GOLD_MAX_PROBES, 0),
     STUDY(curvature.density_probes)},
    {ROW(SUBSPACE, "dim", SPECIAL), .read = goldi_read_dims},
    {ROW(SUBSPACE, "directions", CHOICE), .words = directions,
     SETTING(directions), BASE("directions")},
    {ROW(SUBSPACE, "surface", CHOICE), .words = surfaces, SETTING(surface),
     BASE("surface")},

    {ROW(TRAIN, "optimizer", CHOICE), .words = optimizers,
     SETTING(train.optimizer), LINE("optimizer")},
    {ROW(TRAIN, "learning_rate", REAL), ABOVE(0, HUGE_VAL, 0.1),
     SETTING(train.learning_rate), LINE("learning_rate")},
    {ROW(TRAIN, "scale_learning_rate", CHOICE), .words = rate_rules,
     SETTING(train.scale_learning_rate), LINE("scale_learning_rate")},
    {ROW(TRAIN, "momentum", REAL), WHOLE(0, 1, 0.9), .is_below = true,
     SETTING(train.momentum), LINE("momentum")},
    {ROW(TRAIN, "weight_decay", REAL), WHOLE(0, HUGE_VAL, 0),
     SETTING(train.weight_decay), LINE("weight_decay")},
    {ROW(TRAIN, "batch", UNSIGNED), .words = full_word, WHOLE(1, 1e9, 0),
     SETTING(train.batch), LINE("batch")},
    {ROW(TRAIN, "steps", UNSIGNED), WHOLE(1, 1e12, 0), SETTING(train.steps),
     LINE("steps")},
    {ROW(TRAIN, "epochs", UNSIGNED), WHOLE(1, 1e9, 0), SETTING(train.epochs),
     LINE("epochs")},
    {ROW(TRAIN, "log", SECTION), .inner = GOLDI_TRAIN_LOG},
    {ROW(TRAIN, "track", CHOICES), .words = tracks, STUDY(train.track)},
    {ROW(TRAIN, "reach", SPECIAL), .read = goldi_read_reach},
    {ROW(TRAIN, "lazy", REAL), WHOLE(0, HUGE_VAL, 0.01), STUDY(train.lazy)},
    {ROW(TRAIN, "constraint", CHOICE), .words = constraints,
     SETTING(train.constraint), LINE("constraint"),
     .inner = GOLDI_TRAIN_CONSTRAINT},
    {ROW(TRAIN_CONSTRAINT, "subspace", SECTION), .inner = GOLDI_TRAIN_SUBSPACE},
    {ROW(TRAIN_SUBSPACE, "dim", UNSIGNED), WHOLE(1, GOLD_MAX_DIM, 0),
     SETTING(train.constraint_dim), LINE("constraint_dim")},
    {ROW(TRAIN_SUBSPACE, "surface", CHOICE), .words = surfaces,
     SETTING(train.constraint_surface), LINE("constraint_surface")},
    {ROW(TRAIN_SUBSPACE, "directions", CHOICE), .words = directions,
     SETTING(train.constraint_directions), LINE("constraint_directions")},
    {ROW(TRAIN, "augment", SECTION), .inner = GOLDI_TRAIN_AUGMENT},
    {ROW(TRAIN_AUGMENT, "flip", BOOL), .words = booleans,
     SETTING(train.augment_flip), LINE("augment_flip")},
    {ROW(TRAIN_AUGMENT, "shift", UNSIGNED), WHOLE(0, 1000, 0),
     SETTING(train.augment_shift), LINE("augment_shift")},
    {ROW(TRAIN, "stop", SECTION), .inner = GOLDI_TRAIN_STOP},
    {ROW(TRAIN_LOG, "every", UNSIGNED), WHOLE(1, 1e12, 0),
     STUDY(train.log_every)},
    {ROW(TRAIN_LOG, "count", UNSIGNED), WHOLE(2, GOLD_MAX_LOG, 40),
     STUDY(train.log_count)},
    {ROW(TRAIN_LOG, "spacing", CHOICE), .words = spacings},
    {ROW(TRAIN_STOP, "accuracy", REAL), ABOVE(0, 1, (double)NAN),
     STUDY(train.stop_accuracy)},
    {ROW(TRAIN_STOP, "loss", REAL), ABOVE(0, HUGE_VAL, (double)NAN),
     STUDY(train.stop_loss)},
    {ROW(TRAIN_STOP, "patience", UNSIGNED), WHOLE(1, 1e12, 0),
     STUDY(train.stop_patience)},

    {ROW(TRAIN, "select", SECTION), .inner = GOLDI_TRAIN_SELECT},
    {ROW(TRAIN_SELECT, "group", UNSIGNED), WHOLE(2, 1e6, 0),
     STUDY(train.select.group)},
    {ROW(TRAIN_SELECT, "by", CHOICES), .words = criteria,
     STUDY(train.select.by)},
    {ROW(TRAIN_SELECT, "take", CHOICES), .words = takes,
     STUDY(train.select.take)},

    {ROW(RUN, "precision", CHOICE), .words = precisions, STUDY(run.precision)},
    {ROW(RUN, "memory_per_rank", SIZE), WHOLE(0x1p26, 0x1p50, 0x1p31),
     STUDY(run.memory_per_rank)},
    {ROW(RUN, "checkpoint_every", REAL), ABOVE(0, HUGE_VAL, 300),
     STUDY(run.checkpoint_every)},
    {ROW(RUN, "lease", REAL), ABOVE(0, HUGE_VAL, 60), STUDY(run.lease)},
    {ROW(RUN, "attempts", UNSIGNED), WHOLE(1, 1000, 3), STUDY(run.attempts)},

    {ROW(GRID, "zip", SPECIAL)},
    {ROW(GRID, "exclude", SPECIAL)},
};

const size_t goldi_n_keys = sizeof goldi_keys / sizeof *goldi_keys;

_Static_assert(sizeof goldi_keys / sizeof *goldi_keys <= GOLDI_KEYS_CAPACITY,
               "more keys than a reader has room for");

const char *goldi_section_label(goldi_section section)
{
    static const char *const labels[GOLDI_N_SECTIONS] = {
        [GOLDI_ROOT] = "",
        [GOLDI_GRID] = "grid",
        [GOLDI_DATA] = "data",
        [GOLDI_NETWORK] = "network",
        [GOLDI_CURVATURE] = "curvature",
        [GOLDI_SUBSPACE] = "curvature.subspace",
        [GOLDI_RESAMPLE] = "curvature.resample",
        [GOLDI_EXTREME] = "curvature.extreme",
        [GOLDI_DENSITY] = "curvature.density",
        [GOLDI_TRAIN] = "train",
        [GOLDI_TRAIN_LOG] = "train.log",
        [GOLDI_TRAIN_STOP] = "train.stop",
        [GOLDI_TRAIN_AUGMENT] = "train.augment",
        [GOLDI_TRAIN_SELECT] = "train.select",
        [GOLDI_TRAIN_CONSTRAINT] = "train.constraint",
        [GOLDI_TRAIN_SUBSPACE] = "train.constraint.subspace",
        [GOLDI_RUN] = "run",
    };

    return labels[section];
}

const goldi_key *goldi_find_key(goldi_section section, const char *name)
{
    for (size_t i = 0; i < goldi_n_keys; i++) {
        if (goldi_keys[i].section == section &&
            strcmp(goldi_keys[i].name, name) == 0) {
            return &goldi_keys[i];
        }
    }
    return NULL;
}

bool goldi_is_of_training(const goldi_key *key)
{
    return key->section >= GOLDI_TRAIN && key->section <= GOLDI_TRAIN_SUBSPACE;
}

size_t goldi_key_index(const goldi_key *key)
{
    return (size_t)(key - goldi_keys);
}

const char *gold_choice_text(const char *key, int value)
{
    const goldi_key placement = {.type = GOLDI_CHOICE, .words = placements};

    if (strcmp(key, "placement") == 0) {
        return goldi_value_word(&placement, value);
    }
    for (size_t i = 0; i < goldi_n_keys; i++) {
        if (strcmp(goldi_keys[i].name, key) == 0 &&
            goldi_keys[i].type == GOLDI_CHOICE && value >= 0) {
            return goldi_value_word(&goldi_keys[i], value);
        }
    }
    return NULL;
}
