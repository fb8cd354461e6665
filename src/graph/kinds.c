/* SPDX-License-Identifier: MIT */
/* The known kinds, in the same terms as a list under network.layers. */
#include "graph/kinds.h"

#include <string.h>

#include "goldilocks/status.h"

#include "graph/list.h"

enum {
    /* of a cnn that grows; its channels are too many before */
    MOST_STAGES = GOLD_MAX_CHANNELS + 1
};

/* A list under construction. */
typedef struct lister {
    const gold_settings *settings;
    gold_operations *list;
} lister;

static gold_operation *put(const lister *l, const char *name)
{
    GOLD_ASSERT(l->list->n < GOLDI_MOST_LISTED);
    gold_operation *entry = &l->list->entries[l->list->n++];
    const bool is_known = gold_find_operation(name, entry);

    GOLD_ASSERT(is_known);
    (void)is_known;
    return entry;
}

static void put_linear(const lister *l, size_t out)
{
    put(l, "linear")->set.out = out;
}

static void put_activation(const lister *l)
{
    static const char *const names[] = {"relu", "leaky_relu", "tanh", "sigmoid",
                                        "identity"};

    (void)put(l, names[l->settings->activation]);
}

static void put_hidden(const lister *l, size_t out)
{
    put_linear(l, out);
    put_activation(l);
}

static void put_norm(const lister *l)
{
    static const char *const names[] = {NULL, "layer_norm", "rms_norm", NULL};
    const char *name = names[l->settings->norm];

    if (name != NULL) {
        (void)put(l, name);
    }
}

/* A hidden layer of an mlp. */
static void put_normed(const lister *l, size_t out)
{
    const bool is_after = l->settings->norm_position == GOLD_NORM_AFTER;

    put_linear(l, out);
    if (!is_after) {
        put_norm(l);
    }
    put_activation(l);
    if (is_after) {
        put_norm(l);
    }
}

/* The entries from here on are the list of the entry. */
static gold_operation *put_repeat(const lister *l, size_t times)
{
    gold_operation *entry = put(l, "repeat");

    entry->set.times = times;
    return entry;
}

static void end_list(const lister *l, gold_operation *entry)
{
    entry->n_of = (size_t)(&l->list->entries[l->list->n] - entry) - 1;
}

/* The convolutional part of a network, whatever its kind. */
typedef struct stages {
    size_t kernel;
    size_t stride;
    size_t padding;
    gold_pooling pooling;
    size_t pool;
} stages;

static void put_stage(const lister *l, const stages *s, size_t channels)
{
    gold_operation *entry = put(l, "conv2d");

    entry->set.out = channels;
    entry->set.kernel = s->kernel;
    entry->set.stride = s->stride;
    entry->set.padding = s->padding;
    put_activation(l);
    if (s->pooling != GOLD_POOL_NONE && s->pool != 1) {
        put(l, s->pooling == GOLD_POOL_MAX ? "max_pool2d" : "avg_pool2d")
            ->set.kernel = s->pool;
    }
}

/* h <- h + V phi(W N(h)), behind a first layer. */
static void put_residuals(const lister *l)
{
    put_linear(l, GOLD_SIZE_OF_WIDTH);
    gold_operation *repeat = put_repeat(l, GOLD_SIZE_OF_DEPTH);
    gold_operation *residual = put(l, "residual");

    put_norm(l);
    put_hidden(l, GOLD_SIZE_OF_WIDTH);
    put_linear(l, GOLD_SIZE_OF_WIDTH);
    end_list(l, residual);
    end_list(l, repeat);
}

static void put_rows(const lister *l)
{
    gold_operation *repeat = put_repeat(l, GOLD_SIZE_OF_DEPTH);

    put_normed(l, GOLD_SIZE_OF_WIDTH);
    end_list(l, repeat);
}

static void list_mlp(const lister *l)
{
    const gold_settings *settings = l->settings;

    for (size_t i = 0; i < settings->n_widths; i++) {
        put_normed(l, (size_t)settings->widths[i]);
    }
    if (settings->n_widths == 0) {
        (settings->residual ? put_residuals : put_rows)(l);
    }
    put_linear(l, GOLD_SIZE_OF_CLASSES);
}

static void list_lenet_300_100(const lister *l)
{
    put_hidden(l, 300);
    put_hidden(l, 100);
    put_linear(l, GOLD_SIZE_OF_CLASSES);
}

static void list_lenet5(const lister *l)
{
    const stages s = {5, 1, 0, GOLD_POOL_AVERAGE, 2};

    put_stage(l, &s, 6);
    put_stage(l, &s, 16);
    (void)put(l, "flatten");
    put_hidden(l, 120);
    put_hidden(l, 84);
    put_linear(l, GOLD_SIZE_OF_CLASSES);
}

/* Stages of width * growth^stage channels. */
static void put_growing(const lister *l, const stages *s)
{
    const size_t depth = (size_t)l->settings->depth;
    const bool is_even = l->settings->growth == 1;
    const size_t n = depth < MOST_STAGES ? depth : (size_t)MOST_STAGES;
    gold_operation *repeat = is_even ? put_repeat(l, depth) : NULL;
    const size_t most = SIZE_MAX / 4 / (size_t)l->settings->growth;
    size_t channels = (size_t)l->settings->width;

    for (size_t i = 0; i < (is_even ? 1 : n); i++) {
        channels = channels < most ? channels : most;
        put_stage(l, s, channels);
        channels *= (size_t)l->settings->growth;
    }
    if (is_even) {
        end_list(l, repeat);
    }
}

static void list_cnn(const lister *l)
{
    const gold_settings *settings = l->settings;
    const stages s = {(size_t)settings->kernel, (size_t)settings->stride,
                      (size_t)settings->padding, settings->pooling,
                      (size_t)settings->pool};

    if (settings->n_channels == 0) {
        put_growing(l, &s);
    }
    for (size_t i = 0; i < settings->n_channels; i++) {
        put_stage(l, &s, (size_t)settings->channels[i]);
    }
    (void)put(l, "flatten");
    for (size_t i = 0; i < settings->n_head; i++) {
        put_hidden(l, (size_t)settings->head[i]);
    }
    put_linear(l, GOLD_SIZE_OF_CLASSES);
}

static bool is_of(const gold_operation *entry, const char *name)
{
    return strcmp(gold_entry_name(entry), name) == 0;
}

const char *gold_fault_key(const gold_settings *settings,
                           const gold_graph_fault *fault)
{
    const gold_operations *list = gold_architecture_list(settings);

    if (list->kind == NULL || fault->entry >= list->n) {
        return "layers";
    }
    const gold_operation *entry = &list->entries[fault->entry];

    if (!is_of(entry, "conv2d")) {
        return is_of(entry, "linear")             ? "head"
               : settings->norm != GOLD_NORM_NONE ? "normalization"
                                                  : "pool";
    }
    if (fault->key == NULL) {
        return entry->set.padding >= entry->set.kernel ? "padding" : "kernel";
    }
    return strcmp(fault->key, "out") != 0 ? fault->key
           : settings->n_channels > 0     ? "channels"
                                          : "width";
}

/* A convolution that keeps the size of images, or halves it by its stride, with
 * its norm. */
static void put_convolution(const lister *l, size_t channels, size_t kernel,
                            size_t stride)
{
    gold_operation *entry = put(l, "conv2d");
    size_t groups = 8;

    entry->set.out = channels;
    entry->set.kernel = kernel;
    entry->set.stride = stride;
    entry->set.padding = kernel / 2;
    while (channels % groups != 0) {
        groups /= 2;
    }
    if (l->settings->norm == GOLD_NORM_GROUP) {
        put(l, "group_norm")->set.groups = groups;
    }
}

/* Two convolutions and what they take; beside a shortcut if that is of another
 * shape. */
static void put_pair(const lister *l, size_t channels, size_t stride,
                     bool has_shortcut)
{
    gold_operation *residual = put(l, "residual");

    put_convolution(l, channels, 3, stride);
    put_activation(l);
    put_convolution(l, channels, 3, 1);
    end_list(l, residual);
    if (has_shortcut) {
        put_convolution(l, channels, 1, stride);
        residual->n_shortcut =
            (size_t)(&l->list->entries[l->list->n] - residual) - 1 -
            residual->n_of;
    }
    put_activation(l);
}

static void list_resnet(const lister *l)
{
    const gold_settings *settings = l->settings;
    const size_t depth = (size_t)settings->depth;

    for (size_t i = 0; i < settings->n_channels; i++) {
        const size_t channels = (size_t)settings->channels[i];

        if (i == 0) {
            put_convolution(l, channels, 3, 1);
            put_activation(l);
        } else {
            put_pair(l, channels, 2, true);
        }
        gold_operation *repeat =
            put_repeat(l, i > 0 && depth > 0 ? depth - 1 : depth);

        put_pair(l, channels, 1, false);
        end_list(l, repeat);
    }
    (void)put(l, "global_avg_pool2d");
    put_linear(l, GOLD_SIZE_OF_CLASSES);
}

/* To add a kind is to add its row. */
static const struct {
    const char *name;
    void (*list)(const lister *l);
    bool takes_images;
} kinds[] = {
    [GOLD_NETWORK_MLP] = {"mlp", list_mlp, false},
    [GOLD_NETWORK_LENET_300_100] = {"lenet-300-100", list_lenet_300_100, false},
    [GOLD_NETWORK_LENET5] = {"lenet5", list_lenet5, true},
    [GOLD_NETWORK_CNN] = {"cnn", list_cnn, true},
    [GOLD_NETWORK_RESNET] = {"resnet", list_resnet, true},
    [GOLD_NETWORK_LAYERS] = {"layers", NULL, true},
};

bool goldi_takes_vectors(gold_network_kind kind)
{
    return !kinds[kind].takes_images;
}

const gold_operations *gold_architecture_list(const gold_settings *settings)
{
    static _Thread_local gold_operation entries[GOLDI_MOST_LISTED];
    static _Thread_local gold_operations made = {.entries = NULL};
    const lister l = {settings, &made};

    if (settings->kind == GOLD_NETWORK_LAYERS) {
        return settings->layers;
    }
    made = (gold_operations){.entries = entries,
                             .kind = kinds[settings->kind].name};
    kinds[settings->kind].list(&l);
    return &made;
}
