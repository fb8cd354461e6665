/* SPDX-License-Identifier: MIT */
/* The table. What a row means is said once, here: messages, `goldilocks keys`,
 * the JSON Schema and the manual take it from here. */
#include <math.h>
#include <stddef.h>

#include "goldilocks/full_variables.h"

#include "study/read.h"
#include "study/words.h"

#define ROW(at, key, kind)                                                     \
    .section = GOLDI_##at, .name = (key), .type = GOLDI_##kind, .placement = -1
#define WHOLE(least, most, without)                                            \
    .low = (least), .high = (most), .fallback = (without)
#define ABOVE(least, most, without) WHOLE(least, most, without), .is_open = true
#define SETTING(field)                                                         \
    .home = GOLDI_IN_SETTINGS, .offset = offsetof(gold_settings, field)
#define STUDY(field)                                                           \
    .home = GOLDI_IN_STUDY, .offset = offsetof(gold_study, field)
#define NUMBERS(where, field, n)                                               \
    where(field), .count = COUNT_IN_##where(n), .read = goldi_read_numbers
#define COUNT_IN_SETTING(n) offsetof(gold_settings, n)
#define COUNT_IN_STUDY(n)   offsetof(gold_study, n)
#define BASE(as)            .role = GOLDI_BASE_AXIS, .axis = (as)
#define LINE(as)            .role = GOLDI_LINE_AXIS, .axis = (as)
#define PLACE(key, which, without)                                             \
    .section = GOLDI_NETWORK, .name = (key), .type = GOLDI_REAL,               \
    .placement = (which), .group = GOLDI_GROUP_PLACE,                          \
    ABOVE(0, HUGE_VAL, without), SETTING(place), LINE(key)
/* The default of a list of words: all but these. */
#define ALL_WORDS(n, but) .fallback = (double)(((1 << (n)) - 1) & ~(but))

#define MOST_SEEDS        0x1p63
#define IN_SUBSPACE                                                            \
    .when = "of constraint subspace",                                          \
    .needs = {{"constraint", 1U << GOLD_CONSTRAINT_SUBSPACE}}
#define IN_STEPS                                                               \
    .when = "of decay step", .needs = {{"decay", 1U << GOLD_DECAY_STEP}}
#define OF_FILES       .domain = GOLDI_OF_FILES, .when = "of data sets in files"
#define OF_BUILT_IN    .domain = GOLDI_OF_BUILT_IN, .when = "of built-in data sets"
#define OF_SETS(which) .domain = GOLDI_OF_SETS, .sets = (which)
#define OF_FUNCTION    OF_SETS(1U << GOLD_DATA_FUNCTION), .when = "of function"
#define OF_MIXTURE     OF_SETS(1U << GOLD_DATA_MIXTURE), .when = "of mixture"

enum {
    MLP = 1 << GOLD_NETWORK_MLP,
    CNN = 1 << GOLD_NETWORK_CNN,
    RESNET = 1 << GOLD_NETWORK_RESNET,
    LAYERS = 1 << GOLD_NETWORK_LAYERS,
    ADAMS = 1 << GOLD_ADAM | 1 << GOLD_ADAMW,
    RMSPROP = 1 << GOLD_RMSPROP,
    SELDOM_TRACKED = 1 << GOLD_TRACK_COSINE_GRADIENT | 1 << GOLD_TRACK_ENTROPY |
                     1 << GOLD_TRACK_SHARPNESS | 1 << GOLD_TRACK_CURVATURE
};

const goldi_key goldi_keys[] = {
    {ROW(ROOT, "study", TEXT), .most = GOLD_NAME_BYTES - 1,
     .read = goldi_read_name, .is_required = true,
     .rule = "'pattern': '^[a-z0-9_][a-z0-9._-]*$'",
     .means =
         "Name of the study and of its result file: a-z, 0-9, dot, _ and -."},
    {ROW(ROOT, "title", TEXT), .is_free = true, .most = 2000,
     .read = goldi_read_title, .means = "One line for people."},
    {ROW(ROOT, "grid", SECTION), .inner = GOLDI_GRID, .read = goldi_read_grid,
     .is_required = true, .rule = "'minProperties': 1",
     .means =
         "The axes of the result arrays, slowest first: a value, a list, or a "
         "range such as {from: 1, to: 100, count: 9, spacing: log}, for each."},
    {ROW(ROOT, "data", SECTION), .inner = GOLDI_DATA, .is_required = true,
     .means = "What networks are fed with."},
    {ROW(ROOT, "network", SECTION), .inner = GOLDI_NETWORK,
     .means = "What networks are, how they are drawn and where they are put."},
    {ROW(ROOT, "curvature", SECTION), .inner = GOLDI_CURVATURE,
     .rule = "'anyOf': [{'required': ['subspace']}, {'required': ['extreme']}, "
             "{'required': ['trace_probes']}, {'required': ['density']}, "
             "{'required': ['dense']}]",
     .means = "What is measured of the Hessian; left out: nothing."},
    {ROW(ROOT, "train", SECTION), .inner = GOLDI_TRAIN,
     .rule = "'not': {'required': ['steps', 'epochs']}",
     .means = "How networks are trained; left out: not at all."},
    {ROW(ROOT, "run", SECTION), .inner = GOLDI_RUN,
     .means = "How the study is computed."},

    {ROW(NETWORK, "kind", CHOICE), .words = goldi_kinds, SETTING(kind),
     BASE("kind"),
     .means = "The family of networks; layers where a list of them is given."},
    {ROW(NETWORK, "loss", CHOICE), .words = goldi_losses, SETTING(loss),
     .is_later = true, .means = "The loss."},
    {ROW(NETWORK, "layers", SPECIAL), .most = GOLD_MOST_ENTRIES,
     .read = goldi_read_layers, .form = goldi_form_layers, .kinds = LAYERS,
     .means = "Operations, each on the one before: a name, or a name with the "
              "value of its first key, with a mapping of its keys, or with its "
              "inputs (entries of the same list by number from 0; -1 is "
              "what it takes, the sample); or lists within: repeat, residual "
              "and shortcut. In the place of kind and activation."},
    {ROW(NETWORK, "activation", CHOICE), .words = goldi_activations,
     SETTING(activation), BASE("activation"), .kinds = (unsigned)~LAYERS,
     .means = "What follows every hidden layer."},
    {ROW(NETWORK, "depth", UNSIGNED), WHOLE(0, 1000, 2), SETTING(depth),
     BASE("depth"), .kinds = MLP | CNN | RESNET | LAYERS,
     .means = "Hidden layers of mlp, or its residuals; convolutions of cnn; "
              "pairs of convolutions in each stage of resnet; what the word "
              "depth stands for in a list of layers."},
    {ROW(NETWORK, "width", UNSIGNED), WHOLE(1, 1e6, 100), SETTING(width),
     BASE("width"), .kinds = MLP | CNN | LAYERS,
     .means =
         "Units in each hidden layer of mlp, channels of the first convolution "
         "of cnn; what the word width stands for in a list of layers."},
    {ROW(NETWORK, "widths", WHOLES), WHOLE(1, 1e6, 0), .most = GOLD_MAX_WIDTHS,
     NUMBERS(SETTING, widths, n_widths), .kinds = MLP,
     .means = "Units of each hidden layer, in the place of depth and width."},
    {ROW(NETWORK, "normalization", CHOICE), .words = goldi_norms, SETTING(norm),
     BASE("normalization"), .is_later = true, .kinds = MLP | RESNET,
     .means = "What normalises the hidden layers."},
    {ROW(NETWORK, "norm_position", CHOICE), .words = goldi_norm_positions,
     SETTING(norm_position), BASE("norm_position"), .is_later = true,
     .kinds = MLP, .when = "with normalization and without residual",
     .needs = {{"normalization", 1U << GOLD_NORM_LAYER | 1U << GOLD_NORM_RMS},
               {"residual", 1U << false}},
     .means = "Where the norm stands to the activation."},
    {ROW(NETWORK, "residual", BOOL), .words = goldi_booleans, SETTING(residual),
     BASE("residual"), .is_later = true, .kinds = MLP,
     .means = "Between its first and last linear map an mlp has 'depth' "
              "residuals: h + V phi(W N(h)), N the norm, if any."},
    {ROW(NETWORK, "kernel", UNSIGNED), WHOLE(1, 1000, 3), SETTING(kernel),
     BASE("kernel"), .kinds = CNN, .unit = "pixels",
     .means = "Side of the kernel of every convolution."},
    {ROW(NETWORK, "stride", UNSIGNED), WHOLE(1, 1000, 1), SETTING(stride),
     BASE("stride"), .kinds = CNN, .unit = "pixels",
     .means = "Step of the kernel."},
    {ROW(NETWORK, "padding", UNSIGNED), WHOLE(0, 999, 0), SETTING(padding),
     BASE("padding"), .kinds = CNN, .unit = "pixels",
     .means = "Zeros around the input of every convolution, on each side."},
    {ROW(NETWORK, "pooling", CHOICE), .words = goldi_poolings, SETTING(pooling),
     BASE("pooling"), .kinds = CNN,
     .means = "What follows the activation of every convolution."},
    {ROW(NETWORK, "pool", UNSIGNED), WHOLE(1, 1000, 2), SETTING(pool),
     BASE("pool"), .kinds = CNN, .when = "with pooling",
     .needs = {{"pooling", 1U << GOLD_POOL_AVERAGE | 1U << GOLD_POOL_MAX}},
     .unit = "pixels", .means = "Side and stride of the pooling window."},
    {ROW(NETWORK, "growth", UNSIGNED), WHOLE(1, 1000, 2), SETTING(growth),
     BASE("growth"), .kinds = CNN,
     .means = "Channels of a convolution over those of the one before."},
    {ROW(NETWORK, "channels", WHOLES), WHOLE(1, 1e6, 0),
     .most = GOLD_MAX_CHANNELS, NUMBERS(SETTING, channels, n_channels),
     .kinds = CNN | RESNET | LAYERS,
     .means = "Channels of each convolution of cnn, in the place of depth, "
              "width and growth; of each stage of resnet; one number that the "
              "word channels stands for in a list of layers."},
    {ROW(NETWORK, "head", WHOLES), WHOLE(1, 1e6, 0), .most = GOLD_MAX_HEAD,
     NUMBERS(SETTING, head, n_head), .kinds = CNN,
     .means = "Units of hidden layers after the convolutions."},
    {ROW(NETWORK, "bias", BOOL), .words = goldi_booleans, SETTING(bias),
     BASE("bias"), .means = "Whether layers have biases."},
    {ROW(NETWORK, "init", CHOICE), .words = goldi_inits, SETTING(init),
     BASE("init"),
     .means = "What weights are drawn from, in and out being the inputs and "
              "outputs of a unit."},
    {ROW(NETWORK, "std", REAL), ABOVE(0, HUGE_VAL, 1), SETTING(init_std),
     BASE("init_std"), .is_later = true, .when = "of init normal",
     .needs = {{"init", 1U << GOLD_NORMAL}},
     .means = "Deviation of the weights."},
    {ROW(NETWORK, "power", REAL), WHOLE(0, 100, 0.5), SETTING(init_power),
     BASE("init_power"), .is_later = true, .when = "of init width-power",
     .needs = {{"init", 1U << GOLD_WIDTH_POWER}},
     .means = "The deviation of the weights is width to minus this."},
    {ROW(NETWORK, "layer_gains", GAINS), ABOVE(0, HUGE_VAL, 0), SETTING(gains),
     .most = GOLD_MAX_GAINS, .is_alone = true, BASE("layer_gains"),
     .means = "Factors on the deviations of init: one for all layers with "
              "weights, or one for each. What relative_radius 1 means stays."},
    {ROW(NETWORK, "bias_init", CHOICE), .words = goldi_bias_inits,
     SETTING(bias_init), BASE("bias_init"),
     .when = "with bias, unless init is torch",
     .needs = {{"bias", 1U << true}, {"init", ~(1U << GOLD_TORCH)}},
     .means = "What biases start at."},
    {ROW(NETWORK, "reference", CHOICE), .words = goldi_references,
     SETTING(reference), BASE("reference"),
     .means = "What relative_radius 1 means: the norm expected of this scheme, "
              "whose square is the sum."},
    {ROW(NETWORK, "seed", UNSIGNED), WHOLE(0, MOST_SEEDS, 0), SETTING(seed),
     BASE("seed"),
     .means = "What weights and directions are drawn from. Several are an "
              "axis: {count: 8} is 0 to 7."},
    {ROW(NETWORK, "scale_parameters", CHOICE), .words = goldi_scaled,
     SETTING(scaled), BASE("scale_parameters"), .is_later = true,
     .means = "What scale multiplies, and whose norm radius and "
              "relative_radius are."},
    {PLACE("scale", GOLD_PLACE_SCALE, 1),
     .means = "Where the point is: alpha, the drawn parameters times this. One "
              "of scale, radius and relative_radius says it."},
    {PLACE("radius", GOLD_PLACE_RADIUS, 0),
     .means = "Where the point is: the Euclidean norm of all parameters."},
    {PLACE("relative_radius", GOLD_PLACE_RELATIVE_RADIUS, 0),
     .means = "Where the point is: the norm of all parameters over the "
              "reference norm."},
    {ROW(NETWORK, "temperature", REAL), ABOVE(0, HUGE_VAL, 1),
     SETTING(temperature), LINE("temperature"), .when = "of loss cross-entropy",
     .means = "Logits are divided by it."},

    {ROW(DATA, "set", CHOICE), .words = goldi_data_sets, STUDY(data.set),
     .is_required = true, .means = "The data set."},
    {ROW(DATA, "path", TEXT), .is_free = true, .most = 4000,
     .read = goldi_read_path, OF_FILES,
     .usual = GOLD_FASHION_MNIST_FOLDER " for fashion-mnist",
     .means = "Folder of the files, plain or .gz, relative to the study's file "
              "or to the working directory."},
    {ROW(DATA, "train", UNSIGNED), .words = goldi_all_word, WHOLE(1, 1e9, 0),
     SETTING(n_train), BASE("data_train"), .unit = "samples",
     .usual = "all; 2400 of circles, 1000 of mixture, 100 of function",
     .means = "Training samples."},
    {ROW(DATA, "test", UNSIGNED), .words = goldi_all_word, WHOLE(1, 1e9, 0),
     STUDY(data.test), .unit = "samples",
     .usual = "all; 1364 of circles, 1000 of mixture, 100 of function",
     .means = "Test samples."},
    {ROW(DATA, "subset", SPECIAL), .read = goldi_read_subset,
     .rule = "'oneOf': [{'enum': ['first']}, {'type': 'object', "
             "'additionalProperties': false, 'required': ['random'], "
             "'properties': {'random': {'oneOf': [{'type': 'integer', "
             "'minimum': 0}, {'enum': ['per-seed']}]}}}]",
     .usual = "first", OF_FILES,
     .means =
         "Which samples: the first, {random: SEED} for a draw, or {random: "
         "per-seed} for another draw with each seed of the grid."},
    {ROW(DATA, "normalize", CHOICE), .words = goldi_normalizations,
     STUDY(data.normalize),
     .means = "What is done to the inputs; a target is of those before it."},
    {ROW(DATA, "scale", REAL), ABOVE(0, HUGE_VAL, 1), SETTING(input_scale),
     BASE("data_scale"), .means = "Factor on the normalised inputs."},
    {ROW(DATA, "seed", UNSIGNED), WHOLE(0, MOST_SEEDS, 0), STUDY(data.seed),
     OF_BUILT_IN, .means = "What samples are drawn from."},
    {ROW(DATA, "classes", UNSIGNED), WHOLE(2, GOLD_MAX_CLASSES, 10),
     STUDY(data.classes), OF_MIXTURE, .means = "Number of classes."},
    {ROW(DATA, "features", UNSIGNED), WHOLE(1, 1e6, 0), STUDY(data.features),
     OF_SETS(1U << GOLD_DATA_MIXTURE | 1U << GOLD_DATA_FUNCTION),
     .when = "of mixture and function", .usual = "50 of mixture, 1 of function",
     .means = "Numbers of a sample."},
    {ROW(DATA, "separation", REAL), WHOLE(0, HUGE_VAL, 1),
     STUDY(data.separation), OF_MIXTURE,
     .means =
         "Deviation of the centres of the classes; that of the noise is 1."},
    {ROW(DATA, "from", REAL), WHOLE(-HUGE_VAL, HUGE_VAL, -1),
     STUDY(data.function.from), OF_FUNCTION, .is_later = true,
     .means = "Where points begin, in each coordinate."},
    {ROW(DATA, "to", REAL), WHOLE(-HUGE_VAL, HUGE_VAL, 1),
     STUDY(data.function.to), OF_FUNCTION, .is_later = true,
     .means = "Where they end."},
    {ROW(DATA, "spacing", CHOICE), .words = goldi_point_spacings,
     STUDY(data.function.spacing), OF_FUNCTION, .is_later = true,
     .means = "Where points lie."},
    {ROW(DATA, "target", SPECIAL), .read = goldi_read_target,
     .form = goldi_form_target, OF_FUNCTION,
     .means = "What values a function has: sin, or a sum of terms factor "
              "phi(slope x + shift), {sin: [[factor, slope, shift], ..], "
              "constant: 0.3}, with relu and tanh too; of several features a "
              "slope is a list, or a number for each alone, summed. A list of "
              "such: as many outputs."},

    {ROW(CURVATURE, "subspace", SECTION), .inner = GOLDI_SUBSPACE,
     .means = "Random directions along which the Hessian is measured."},
    {ROW(CURVATURE, "split", BOOL), .words = goldi_booleans, .fallback = 1,
     STUDY(curvature.split),
     .means = "The G-term (Gauss-Newton) and the H-term beside their sum, the "
              "Hessian."},
    {ROW(CURVATURE, "layers", CHOICE), .words = goldi_layer_words,
     STUDY(curvature.layers), .means = "Which subspaces."},
    {ROW(CURVATURE, "logit_gradients", UNSIGNED), .words = goldi_every_word,
     WHOLE(1, GOLDI_EVERY_SAMPLE, 0), STUDY(curvature.logit_gradients),
     .unit = "samples",
     .means = "Statistics of the gradients of logits over so many training "
              "samples at most, and of the predictions."},
    {ROW(CURVATURE, "resample", SECTION), .inner = GOLDI_RESAMPLE,
     .rule = "'minProperties': 1",
     .means =
         "How far trace_over_norm and positive_fraction scatter at a point."},
    {ROW(RESAMPLE, "directions", UNSIGNED), WHOLE(1, 1000, 0),
     STUDY(curvature.resample_directions),
     .means = "Further bases of the subspace."},
    {ROW(RESAMPLE, "data", UNSIGNED), WHOLE(2, 1000, 0),
     STUDY(curvature.resample_data),
     .means = "Random halves of the training samples."},
    {ROW(CURVATURE, "extreme", SECTION), .inner = GOLDI_EXTREME,
     .means =
         "Eigenvalues of all parameters together at both ends, by Lanczos' "
         "method; with split the spectral norms of the two terms too."},
    {ROW(CURVATURE, "trace_probes", UNSIGNED), WHOLE(2, GOLD_MAX_PROBES, 0),
     STUDY(curvature.trace_probes),
     .means = "Random vectors for trace and Frobenius norm of all parameters "
              "together."},
    {ROW(CURVATURE, "density", SECTION), .inner = GOLDI_DENSITY,
     .means = "Spectral density of all parameters together, by stochastic "
              "Lanczos quadrature."},
    {ROW(CURVATURE, "dense", SPECIAL), .read = goldi_read_dense,
     .form = goldi_form_dense, .usual = "false",
     .means = "All entries and eigenvalues of the Hessian where there are at "
              "most so many parameters: true (4000) or {limit: N}."},
    {ROW(CURVATURE, "at", CHOICES), .words = goldi_moments,
     .fallback = 1 << GOLD_AT_START, STUDY(curvature.at),
     .read = goldi_read_moments, .rule = "'contains': {'enum': ['start']}",
     .means = "When all of this is measured; at the end, in the same "
              "subspaces, as variables named final_."},
    {ROW(EXTREME, "count", UNSIGNED), WHOLE(1, GOLD_MAX_EXTREME, 0),
     STUDY(curvature.extreme_count), .is_required = true,
     .means = "Number of eigenvalues at each end."},
    {ROW(EXTREME, "steps", UNSIGNED), WHOLE(1, GOLD_MAX_STEPS, 200),
     STUDY(curvature.extreme_steps),
     .means = "Products with the Hessian, at most."},
    {ROW(EXTREME, "tolerance", REAL), ABOVE(0, 1, 1e-5),
     STUDY(curvature.extreme_tolerance),
     .means =
         "Residuals that are small enough, relative to the spectral norm."},
    {ROW(DENSITY, "steps", UNSIGNED), WHOLE(1, GOLD_MAX_STEPS, 60),
     STUDY(curvature.density_steps), .is_inner = true,
     .means = "Nodes of each probe."},
    {ROW(DENSITY, "probes", UNSIGNED), WHOLE(1, GOLD_MAX_PROBES, 8),
     STUDY(curvature.density_probes), .is_inner = true,
     .means = "Random vectors."},
    {ROW(SUBSPACE, "dim", WHOLES), WHOLE(1, GOLD_MAX_DIM, 0),
     .most = GOLD_MAX_DIMS, .is_alone = true, .is_distinct = true,
     NUMBERS(STUDY, curvature.dims, curvature.n_dims), .is_required = true,
     .means = "Dimension, or several: the smaller ones are the first "
              "directions of the largest, and cost nothing more."},
    {ROW(SUBSPACE, "directions", CHOICE), .words = goldi_directions,
     SETTING(directions), BASE("directions"), .means = "What directions are."},
    {ROW(SUBSPACE, "surface", CHOICE), .words = goldi_surfaces,
     SETTING(surface), BASE("surface"),
     .means = "What the directions are tangent to."},

    {ROW(TRAIN, "optimizer", CHOICE), .words = goldi_optimizers,
     SETTING(train.optimizer), LINE("optimizer"),
     .means = "How steps are made."},
    {ROW(TRAIN, "learning_rate", REAL), ABOVE(0, HUGE_VAL, 0.1),
     SETTING(train.learning_rate), LINE("learning_rate"),
     .means = "Factor on every step."},
    {ROW(TRAIN, "scale_learning_rate", CHOICE), .words = goldi_rate_rules,
     SETTING(train.scale_learning_rate), LINE("scale_learning_rate"),
     .means = "What the learning rate is divided by, alpha being the scale of "
              "the point."},
    {ROW(TRAIN, "momentum", REAL), WHOLE(0, 1, 0.9), .is_below = true,
     SETTING(train.momentum), LINE("momentum"),
     .when = "of optimizer momentum or nesterov",
     .needs = {{"optimizer", 1U << GOLD_MOMENTUM | 1U << GOLD_NESTEROV}},
     .means = "Share of the step before in a step."},
    {ROW(TRAIN, "weight_decay", REAL), WHOLE(0, HUGE_VAL, 0),
     SETTING(train.weight_decay), LINE("weight_decay"),
     .means = "Times the parameters, added to the gradient."},
    {ROW(TRAIN, "betas", SPECIAL), .read = goldi_read_betas,
     .rule = "'type': 'array', 'minItems': 2, 'maxItems': 2, 'items': {'type': "
             "'number', 'minimum': 0, 'exclusiveMaximum': 1}",
     .usual = "[0.9, 0.999]", .when = "of optimizer adam or adamw",
     .needs = {{"optimizer", ADAMS}},
     .means = "Shares that the means of gradients and of their squares keep."},
    {ROW(TRAIN, "smoothing", REAL), WHOLE(0, 1, 0.99), .is_below = true,
     SETTING(train.smoothing), LINE("smoothing"), .is_later = true,
     .when = "of optimizer rmsprop", .needs = {{"optimizer", RMSPROP}},
     .means = "Share that the mean of squared gradients keeps."},
    {ROW(TRAIN, "epsilon", REAL), ABOVE(0, HUGE_VAL, 1e-8),
     SETTING(train.epsilon), LINE("epsilon"), .is_later = true,
     .when = "of optimizer adam, adamw or rmsprop",
     .needs = {{"optimizer", ADAMS | RMSPROP}},
     .means = "Added to the root that the step is divided by."},
    {ROW(TRAIN, "clip_norm", REAL), ABOVE(0, HUGE_VAL, 0),
     SETTING(train.clip_norm), LINE("clip_norm"), .is_later = true,
     .means = "Longer gradients are made so long."},
    {ROW(TRAIN, "schedule", SECTION), .inner = GOLDI_TRAIN_SCHEDULE,
     .words = goldi_constant_word, .usual = "constant",
     .means = "What the learning rate is multiplied by from step to step."},
    {ROW(TRAIN_SCHEDULE, "warmup", UNSIGNED), WHOLE(0, 1e12, 0),
     SETTING(train.warmup), LINE("warmup"), .is_later = true, .unit = "steps",
     .means = "So long it rises in equal parts, from 1/warmup on."},
    {ROW(TRAIN_SCHEDULE, "decay", CHOICE), .words = goldi_decays,
     SETTING(train.decay), LINE("decay"), .is_later = true,
     .means = "How it falls after that."},
    {ROW(TRAIN_SCHEDULE, "floor", REAL), WHOLE(0, 1, 0),
     SETTING(train.decay_floor), LINE("decay_floor"), .is_later = true,
     .when = "of decay linear or cosine",
     .needs = {{"decay", 1U << GOLD_DECAY_LINEAR | 1U << GOLD_DECAY_COSINE}},
     .means = "What it falls to."},
    {ROW(TRAIN_SCHEDULE, "every", UNSIGNED), WHOLE(1, 1e12, 1000),
     SETTING(train.decay_every), LINE("decay_every"), .is_later = true,
     .unit = "steps", IN_STEPS, .means = "Steps between two falls."},
    {ROW(TRAIN_SCHEDULE, "factor", REAL), ABOVE(0, 1, 0.1),
     SETTING(train.decay_factor), LINE("decay_factor"), .is_later = true,
     IN_STEPS, .means = "What it is multiplied by at each of them."},
    {ROW(TRAIN, "batch", UNSIGNED), .words = goldi_full_word, WHOLE(1, 1e9, 0),
     SETTING(train.batch), LINE("batch"), .unit = "samples",
     .when = "of optimizers but gd", .means = "Samples of a step."},
    {ROW(TRAIN, "steps", UNSIGNED), WHOLE(1, 1e12, 1000), SETTING(train.steps),
     LINE("steps"), .unit = "steps", .group = GOLDI_GROUP_LENGTH,
     .means = "How long to train; or epochs say it."},
    {ROW(TRAIN, "epochs", UNSIGNED), WHOLE(1, 1e9, 0), SETTING(train.epochs),
     LINE("epochs"), .unit = "epochs", .group = GOLDI_GROUP_LENGTH,
     .means = "How long to train, in the place of steps."},
    {ROW(TRAIN, "log", SECTION), .inner = GOLDI_TRAIN_LOG,
     .means = "When to look: every so many steps, or at a number of steps."},
    {ROW(TRAIN, "track", CHOICES), .words = goldi_tracks,
     ALL_WORDS(GOLD_N_TRACKS, SELDOM_TRACKED), STUDY(train.track),
     .means = "What to log."},
    {ROW(TRAIN, "reach", REALS), ABOVE(0, HUGE_VAL, 0), .most = GOLD_MAX_REACH,
     .is_distinct = true, NUMBERS(STUDY, train.reach, train.n_reach),
     .is_falling = true,
     .means = "Training losses whose first logged step is noted."},
    {ROW(TRAIN, "lazy", REAL), WHOLE(0, HUGE_VAL, 0.01), STUDY(train.lazy),
     .means = "A training that moved the parameters by less than this share of "
              "their norm is called lazy."},
    {ROW(TRAIN, "constraint", CHOICE), .words = goldi_constraints,
     SETTING(train.constraint), LINE("constraint"),
     .inner = GOLDI_TRAIN_CONSTRAINT, .rule = "'required': ['subspace']",
     .means = "What training is held to."},
    {ROW(TRAIN_CONSTRAINT, "subspace", SECTION), .inner = GOLDI_TRAIN_SUBSPACE,
     .means = "Directions that training is held to."},
    {ROW(TRAIN_SUBSPACE, "dim", UNSIGNED), WHOLE(1, GOLD_MAX_DIM, 0),
     SETTING(train.constraint_dim), LINE("constraint_dim"),
     .when = "of constraint subspace, which needs it",
     .means = "Dimension of the subspace that training is held to."},
    {ROW(TRAIN_SUBSPACE, "surface", CHOICE), .words = goldi_surfaces,
     SETTING(train.constraint_surface), LINE("constraint_surface"), IN_SUBSPACE,
     .means = "What these directions are tangent to."},
    {ROW(TRAIN_SUBSPACE, "directions", CHOICE), .words = goldi_directions,
     SETTING(train.constraint_directions), LINE("constraint_directions"),
     IN_SUBSPACE, .means = "What these directions are."},
    {ROW(TRAIN, "augment", SECTION), .inner = GOLDI_TRAIN_AUGMENT,
     .when = "of images",
     .means = "How images are changed in training, anew in every epoch."},
    {ROW(TRAIN_AUGMENT, "flip", BOOL), .words = goldi_booleans,
     SETTING(train.augment_flip), LINE("augment_flip"), .when = "of images",
     .means = "Images are turned left to right at random."},
    {ROW(TRAIN_AUGMENT, "shift", UNSIGNED), WHOLE(0, 1000, 0),
     SETTING(train.augment_shift), LINE("augment_shift"), .unit = "pixels",
     .when = "of images",
     .means = "Images are moved by up to so much along both sides at random; "
              "zeros move in."},
    {ROW(TRAIN, "stop", SECTION), .inner = GOLDI_TRAIN_STOP,
     .means = "When to stop early; looked at when logging."},
    {ROW(TRAIN_LOG, "every", UNSIGNED), WHOLE(1, 1e12, 0),
     STUDY(train.log_every), .unit = "steps", .group = GOLDI_GROUP_LOG,
     .means = "Steps between log entries, of which there are at most 2048; the "
              "last step is logged too."},
    {ROW(TRAIN_LOG, "count", UNSIGNED), WHOLE(2, GOLD_MAX_LOG, 40),
     STUDY(train.log_count), .group = GOLDI_GROUP_LOG, .when = "without every",
     .means = "Logged steps, the first and the last among them."},
    {ROW(TRAIN_LOG, "spacing", CHOICE), .words = goldi_spacings, .fallback = 1,
     .when = "without every",
     .means = "What is equal between neighbours of count."},
    {ROW(TRAIN_STOP, "accuracy", REAL), ABOVE(0, 1, (double)NAN),
     STUDY(train.stop_accuracy),
     .means = "Stop where the training accuracy is at least this."},
    {ROW(TRAIN_STOP, "loss", REAL), ABOVE(0, HUGE_VAL, (double)NAN),
     STUDY(train.stop_loss),
     .means = "Stop where the training loss is below this."},
    {ROW(TRAIN_STOP, "patience", UNSIGNED), WHOLE(1, 1e12, 0),
     STUDY(train.stop_patience), .unit = "log entries",
     .means =
         "Stop after so many log entries without a new lowest training loss."},

    {ROW(TRAIN, "select", SECTION), .inner = GOLDI_TRAIN_SELECT,
     .means = "Train a choice of the points only: of each group of "
              "neighbouring seeds."},
    {ROW(TRAIN_SELECT, "group", UNSIGNED), WHOLE(2, 1e6, 0),
     STUDY(train.select.group), .is_required = true, .unit = "seeds",
     .means = "Neighbouring seeds of which some are trained."},
    {ROW(TRAIN_SELECT, "by", CHOICES), .words = goldi_criteria,
     ALL_WORDS(GOLD_N_CRITERIA, 0), STUDY(train.select.by),
     .means = "What candidates are ranked by."},
    {ROW(TRAIN_SELECT, "take", CHOICES), .words = goldi_takes,
     ALL_WORDS(GOLD_N_TAKES, 0), STUDY(train.select.take),
     .means = "Which candidates are trained, by each criterion."},

    {ROW(RUN, "precision", CHOICE), .words = goldi_precisions,
     STUDY(run.precision), .means = "Precision of the arithmetic."},
    {ROW(RUN, "memory_per_rank", SIZE), .is_free = true,
     WHOLE(0x1p26, 0x1p50, 0x1p31), STUDY(run.memory_per_rank), .unit = "bytes",
     .means = "What a process may use; tasks that need more fail."},
    {ROW(RUN, "checkpoint_every", REAL), .is_free = true,
     ABOVE(0, HUGE_VAL, 300), STUDY(run.checkpoint_every), .unit = "seconds",
     .means = "Time between two checkpoints of a training."},
    {ROW(RUN, "lease", REAL), .is_free = true, ABOVE(0, HUGE_VAL, 60),
     STUDY(run.lease), .unit = "seconds",
     .means = "Silence after which a process is taken for dead."},
    {ROW(RUN, "attempts", UNSIGNED), .is_free = true, WHOLE(1, 1000, 3),
     STUDY(run.attempts),
     .means = "How often a task is handed out whose process dies."},

    {ROW(GRID, "zip", SPECIAL),
     .rule = "'oneOf': [{'$ref': '#/$defs/zipped'}, {'type': 'array', 'items': "
             "{'$ref': '#/$defs/zipped'}}]",
     .means = "Keys that move together along one axis: {depth: [1, 2], width: "
              "[400, 200]}, or a list of such."},
    {ROW(GRID, "exclude", SPECIAL),
     .rule = "'oneOf': [{'$ref': '#/$defs/excluded'}, {'type': 'array', "
             "'items': {'$ref': '#/$defs/excluded'}}]",
     .means = "Combinations that are left out: {depth: 2, width: [400, 800]}, "
              "or a list of such."},
};

const size_t goldi_n_keys = sizeof goldi_keys / sizeof *goldi_keys;

_Static_assert(sizeof goldi_keys / sizeof *goldi_keys <= GOLDI_KEYS_CAPACITY,
               "more keys than a reader has room for");
