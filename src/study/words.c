/* SPDX-License-Identifier: MIT */
#include "study/words.h"

#include <string.h>

const goldi_word goldi_activations[] = {
    {"relu", GOLD_RELU, NULL},
    {"leaky_relu", GOLD_LEAKY_RELU, "slope 0.01 below 0"},
    {"tanh", GOLD_TANH, NULL},
    {"sigmoid", GOLD_SIGMOID, NULL},
    {"identity", GOLD_IDENTITY, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_kinds[] = {
    {"mlp", GOLD_NETWORK_MLP, "'depth' hidden layers of 'width' units"},
    {"lenet-300-100", GOLD_NETWORK_LENET_300_100,
     "hidden layers of 300 and 100 units"},
    {"lenet5", GOLD_NETWORK_LENET5,
     "two convolutions of 6 and 16 channels, then layers of 120 and 84 units"},
    {"cnn", GOLD_NETWORK_CNN,
     "'depth' convolutions, each with activation and pooling, then linear "
     "layers"},
    {"layers", GOLD_NETWORK_LAYERS, "what the list 'layers' says"},
    {"resnet", GOLD_NETWORK_RESNET,
     "stages of 'depth' pairs of convolutions beside a shortcut, the later "
     "ones at half the size, then the average and a linear layer"},
    {NULL, 0, NULL},
};
const goldi_word goldi_norms[] = {
    {"none", GOLD_NORM_NONE, NULL},
    {"layer", GOLD_NORM_LAYER, "layer norm, of mlp"},
    {"rms", GOLD_NORM_RMS, "layer norm without centring and shift, of mlp"},
    {"group", GOLD_NORM_GROUP,
     "group norm, of resnet, in as many groups as divide both channels and 8"},
    {NULL, 0, NULL},
};
const goldi_word goldi_norm_positions[] = {
    {"before", GOLD_NORM_BEFORE, NULL},
    {"after", GOLD_NORM_AFTER, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_scaled[] = {
    {"all", GOLD_SCALED_ALL, "every parameter"},
    {"weights", GOLD_SCALED_WEIGHTS,
     "matrices and kernels; gains, shifts and biases stay as they are drawn"},
    {NULL, 0, NULL},
};
const goldi_word goldi_losses[] = {
#define GOLD_LOSS_WORD(id, name, means) {(name), GOLD_##id, (means)},
    GOLD_LOSS_LIST(GOLD_LOSS_WORD)
#undef GOLD_LOSS_WORD
        {NULL, 0, NULL},
};
const goldi_word goldi_poolings[] = {
    {"average", GOLD_POOL_AVERAGE, NULL},
    {"max", GOLD_POOL_MAX, "the first of several is taken"},
    {"none", GOLD_POOL_NONE, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_inits[] = {
    {"xavier-normal", GOLD_XAVIER_NORMAL, "variance 2 / (in + out)"},
    {"xavier-uniform", GOLD_XAVIER_UNIFORM, "variance 2 / (in + out)"},
    {"kaiming-normal", GOLD_KAIMING_NORMAL, "variance 2 / in"},
    {"kaiming-uniform", GOLD_KAIMING_UNIFORM, "variance 2 / in"},
    {"lecun-normal", GOLD_LECUN_NORMAL, "variance 1 / in"},
    {"lecun-uniform", GOLD_LECUN_UNIFORM, "variance 1 / in"},
    {"equal-norm", GOLD_EQUAL_NORM,
     "normal, each layer of the norm r_reference / sqrt(layers)"},
    {"orthogonal", GOLD_ORTHOGONAL,
     "orthonormal rows or columns, whichever are fewer"},
    {"normal", GOLD_NORMAL, "deviation std"},
    {"width-power", GOLD_WIDTH_POWER,
     "normal, deviation (width of the layer)^-power"},
    {"torch", GOLD_TORCH,
     "PyTorch's default: uniform, variance 1 / (3 in), biases too"},
    {"xavier", GOLD_XAVIER_NORMAL, "xavier-normal"},
    {"kaiming", GOLD_KAIMING_NORMAL, "kaiming-normal"},
    {"lecun", GOLD_LECUN_NORMAL, "lecun-normal"},
    {"file", GOLD_INIT_FILE, "all parameters are those of {file: PATH}"},
    {NULL, 0, NULL},
};
const goldi_word goldi_bias_inits[] = {
    {"zero", GOLD_BIAS_ZERO, NULL},
    {"same", GOLD_BIAS_SAME, "drawn with the variance of the layer's weights"},
    {NULL, 0, NULL},
};
const goldi_word goldi_references[] = {
    {"xavier", GOLD_REFERENCE_XAVIER,
     "the sum of 2 in out / (in + out) over layers"},
    {"lecun", GOLD_REFERENCE_LECUN, "the sum of out"},
    {"kaiming", GOLD_REFERENCE_KAIMING, "the sum of 2 out"},
    {NULL, 0, NULL},
};
const goldi_word goldi_directions[] = {
    {"gaussian", GOLD_GAUSSIAN, "dense, orthonormal"},
    {"sparse-sign", GOLD_SPARSE_SIGN,
     "+1 or -1 with probability 1 / sqrt(parameters) each, else 0"},
    {NULL, 0, NULL},
};
const goldi_word goldi_surfaces[] = {
    {"plane", GOLD_PLANE, "a flat subspace through the point"},
    {"sphere", GOLD_SPHERE,
     "tangent directions and curvature of the sphere through the point"},
    {NULL, 0, NULL},
};
const goldi_word goldi_optimizers[] = {
    {"gd", GOLD_GD, "the full batch at every step"},
    {"sgd", GOLD_SGD, "random batches, each sample once an epoch"},
    {"momentum", GOLD_MOMENTUM, "sgd with momentum"},
    {"nesterov", GOLD_NESTEROV, "momentum, looking a step ahead"},
    {"rmsprop", GOLD_RMSPROP, "steps over the root of the mean square"},
    {"adam", GOLD_ADAM, "weight_decay in the gradient"},
    {"adamw", GOLD_ADAMW, "adam, weight_decay beside the gradient"},
    {NULL, 0, NULL},
};
const goldi_word goldi_decays[] = {
    {"none", GOLD_DECAY_NONE, NULL},
    {"linear", GOLD_DECAY_LINEAR, "to its floor a step after the last"},
    {"cosine", GOLD_DECAY_COSINE, "likewise, along half a period"},
    {"step", GOLD_DECAY_STEP, "times factor, every so many steps"},
    {NULL, 0, NULL},
};
const goldi_word goldi_constant_word[] = {
    {"constant", 0, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_rate_rules[] = {
    {"none", GOLD_RATE_NONE, NULL},
    {"homogeneous", GOLD_RATE_HOMOGENEOUS,
     "divided by alpha^(L-2), for L layers with weights"},
    {"sharpness", GOLD_RATE_SHARPNESS,
     "in units of 2 / sharpness where training begins"},
    {NULL, 0, NULL},
};
const goldi_word goldi_constraints[] = {
    {"none", GOLD_CONSTRAINT_NONE, NULL},
    {"sphere", GOLD_CONSTRAINT_SPHERE,
     "the norm stays what it was at the start"},
    {"subspace", GOLD_CONSTRAINT_SUBSPACE,
     "random, through the starting point; may have keys: {subspace: {dim: "
     "100}}"},
    {NULL, 0, NULL},
};
const goldi_word goldi_point_spacings[] = {
    {"even", GOLD_SPACING_EVEN,
     "one feature, training points from end to end, test points between"},
    {"random", GOLD_SPACING_RANDOM, "uniform"},
    {NULL, 0, NULL},
};
const goldi_word goldi_normalizations[] = {
    {"standard", GOLD_NORMALIZE_STANDARD,
     "mean 0 and deviation 1 over the training samples, by channel"},
    {"published", GOLD_NORMALIZE_PUBLISHED,
     "the constants of published code, by channel"},
    {"unit", GOLD_NORMALIZE_UNIT, "bytes from 0 to 1; built-in sets as drawn"},
    {"none", GOLD_NORMALIZE_NONE,
     "bytes from 0 to 255; built-in sets as drawn, numbers of a file as they "
     "stand"},
    {"per-pixel", GOLD_NORMALIZE_PER_PIXEL,
     "standard for each pixel; 0 where it is constant"},
    {"per-image", GOLD_NORMALIZE_PER_IMAGE,
     "mean 0 and deviation 1 of each image"},
    {NULL, 0, NULL},
};
const goldi_word goldi_precisions[] = {
    {"float32", GOLD_FLOAT32, NULL},
    {"float64", GOLD_FLOAT64, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_layer_words[] = {
    {"all", GOLD_LAYERS_ALL, "of all parameters together"},
    {"each", GOLD_LAYERS_EACH, "of each layer's parameters too"},
    {NULL, 0, NULL},
};
const goldi_word goldi_moments[] = {
    {"start", GOLD_AT_START, NULL},
    {"end", GOLD_AT_END, "where training ended; needs the train block"},
    {NULL, 0, NULL},
};
#define TRACK_WORD(id, name, traits, text) {#name, GOLD_TRACK_##id, text},
const goldi_word goldi_tracks[] = {
    GOLD_TRACK_LIST(TRACK_WORD, TRACK_WORD, GOLD_NO_ROW){NULL, 0, NULL},
};
const goldi_word goldi_keeps[] = {
    {"initial", GOLD_KEEP_INITIAL, "those that training began with"},
    {"final", GOLD_KEEP_FINAL, "those that it ended with"},
    {"best", GOLD_KEEP_BEST,
     "those of the logged step of the highest test accuracy; without classes "
     "of the lowest test loss, without test samples of the lowest loss"},
    {NULL, 0, NULL},
};
const goldi_word goldi_criteria[] = {
    {"trace_over_norm", GOLD_BY_TRACE_OVER_NORM, NULL},
    {"positive_fraction", GOLD_BY_POSITIVE_FRACTION, NULL},
    {"loss", GOLD_BY_LOSS, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_takes[] = {
    {"highest", GOLD_TAKE_HIGHEST, NULL},
    {"lowest", GOLD_TAKE_LOWEST, NULL},
    {"random", GOLD_TAKE_RANDOM, "one by chance, whatever the criteria say"},
    {NULL, 0, NULL},
};
const goldi_word goldi_spacings[] = {
    {"linear", 0, "equal differences of steps"},
    {"log", 1, "equal differences of log(1 + step)"},
    {NULL, 0, NULL},
};
const goldi_word goldi_all_word[] = {
    {"all", 0, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_every_word[] = {
    {"all", GOLDI_EVERY_SAMPLE, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_seed_word[] = {
    {"seed", -1, NULL}, /* GOLD_SEED_OF_POINT */
    {NULL, 0, NULL},
};
const goldi_word goldi_full_word[] = {
    {"full", 0, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_booleans[] = {
    {"false", 0, NULL},
    {"true", 1, NULL},
    {NULL, 0, NULL},
};
const goldi_word goldi_placements[] = {
    {"scale", GOLD_PLACE_SCALE, NULL},
    {"radius", GOLD_PLACE_RADIUS, NULL},
    {"relative_radius", GOLD_PLACE_RELATIVE_RADIUS, NULL},
    {NULL, 0, NULL},
};

const char *gold_choice_text(const char *key, int value)
{
    const goldi_key placement = {.type = GOLDI_CHOICE,
                                 .words = goldi_placements};

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
