/* SPDX-License-Identifier: MIT */
#include "goldilocks/architecture.h"

#include "goldilocks/graph.h"
#include "goldilocks/memory.h"

/* More channels than any network that fits a computer has. */
static const uint64_t most_channels = 1 << 24;

/* A row of layers under construction. */
typedef struct builder {
    const gold_settings *settings;
    gold_shape shape;    /* of what the next layer gets */
    size_t n_parameters; /* of the layers so far */
    gold_layer_fn *visit;
    void *context;
    const char *fault;
} builder;

/* The convolutional part of a network, whatever its kind. */
typedef struct stages {
    size_t n;
    uint64_t kernel;
    uint64_t stride;
    uint64_t padding;
    gold_pooling pooling;
    uint64_t pool;
} stages;

gold_shape gold_vector_shape(size_t n)
{
    return (gold_shape){n, 1, 1};
}

size_t gold_shape_units(gold_shape shape)
{
    return shape.channels * shape.height * shape.width;
}

size_t gold_layer_weights(const gold_layer *layer)
{
    return layer->in * layer->out;
}

size_t gold_layer_parameters(const gold_layer *layer)
{
    return gold_layer_weights(layer) + (layer->has_bias ? layer->out : 0);
}

bool gold_layer_has_pooling(const gold_layer *layer)
{
    return layer->pool > 1;
}

size_t gold_layer_positions(const gold_layer *layer)
{
    return layer->output.height * layer->output.width;
}

size_t gold_layer_products(const gold_layer *layer)
{
    return gold_layer_weights(layer) * gold_layer_positions(layer);
}

/* Append a layer; its parameters follow those before it. */
static void add_layer(builder *b, gold_layer layer)
{
    layer.has_bias = b->settings->bias;
    layer.is_drawn = true;
    layer.weights = b->n_parameters;
    layer.biases = layer.weights + gold_layer_weights(&layer);
    b->n_parameters = layer.biases + (layer.has_bias ? layer.out : 0);
    b->shape = layer.pooled;
    b->visit(b->context, &layer);
}

static void add_linear(builder *b, size_t out, bool is_last)
{
    const size_t in = gold_shape_units(b->shape);

    add_layer(b, (gold_layer){.kind = GOLD_LAYER_LINEAR,
                              .in = in,
                              .out = out,
                              .input = gold_vector_shape(in),
                              .output = gold_vector_shape(out),
                              .pooled = gold_vector_shape(out),
                              .kernel = 1,
                              .stride = 1,
                              .pooling = GOLD_POOL_NONE,
                              .pool = 1,
                              .has_activation = !is_last});
}

/* Places for a kernel or window along a side. */
static size_t places(size_t side, uint64_t padding, uint64_t kernel,
                     uint64_t stride)
{
    const uint64_t padded = side + 2 * padding;

    return padded < kernel ? 0 : (size_t)((padded - kernel) / stride + 1);
}

/* Can a stage's kernel move over its input? */
static gold_status check_kernel(builder *b, const stages *s, size_t stage)
{
    if (s->kernel == 0 || s->stride == 0 || s->padding >= s->kernel) {
        b->fault = s->kernel == 0   ? "kernel"
                   : s->stride == 0 ? "stride"
                                    : "padding";
        return gold_fail(GOLD_ERR_CONFIG,
                         "convolution %zu: a kernel of %llu with stride %llu "
                         "and padding %llu; kernel and stride are at least 1, "
                         "and padding is less than the kernel",
                         stage + 1, (unsigned long long)s->kernel,
                         (unsigned long long)s->stride,
                         (unsigned long long)s->padding);
    }
    if (places(b->shape.height, s->padding, s->kernel, s->stride) == 0 ||
        places(b->shape.width, s->padding, s->kernel, s->stride) == 0) {
        b->fault = "kernel";
        return gold_fail(GOLD_ERR_CONFIG,
                         "convolution %zu: a kernel of %llu x %llu does not "
                         "fit into its input of %zu x %zu with a padding of "
                         "%llu: lower network.kernel, or have fewer stages",
                         stage + 1, (unsigned long long)s->kernel,
                         (unsigned long long)s->kernel, b->shape.height,
                         b->shape.width, (unsigned long long)s->padding);
    }
    return GOLD_OK;
}

/* Pooled shape of a stage's output. */
static gold_status pool_shape(builder *b, const stages *s, size_t stage,
                              gold_layer *layer)
{
    layer->pooling = s->pooling;
    layer->pool = s->pooling == GOLD_POOL_NONE ? 1 : (size_t)s->pool;
    layer->pooled = layer->output;
    if (layer->pool == 0) {
        b->fault = "pool";
        return gold_fail(GOLD_ERR_CONFIG,
                         "stage %zu: a pooling window of 0; it is at least 1",
                         stage + 1);
    }
    layer->pooled.height /= layer->pool;
    layer->pooled.width /= layer->pool;
    if (layer->pooled.height == 0 || layer->pooled.width == 0) {
        b->fault = "pool";
        return gold_fail(GOLD_ERR_CONFIG,
                         "stage %zu: pooling over %zu x %zu leaves nothing of "
                         "%zu x %zu: lower network.pool, or have fewer stages",
                         stage + 1, layer->pool, layer->pool,
                         layer->output.height, layer->output.width);
    }
    return GOLD_OK;
}

static gold_status add_stage(builder *b, const stages *s, size_t stage,
                             uint64_t channels)
{
    gold_layer layer = {.kind = GOLD_LAYER_CONV2D,
                        .input = b->shape,
                        .kernel = (size_t)s->kernel,
                        .stride = (size_t)s->stride,
                        .padding = (size_t)s->padding,
                        .has_activation = true};

    if (channels == 0 || channels > most_channels) {
        b->fault = b->settings->n_channels > 0 ? "channels" : "width";
        return gold_fail(GOLD_ERR_CONFIG,
                         "convolution %zu: %llu channels; there are 1 to %llu",
                         stage + 1, (unsigned long long)channels,
                         (unsigned long long)most_channels);
    }
    GOLD_TRY(check_kernel(b, s, stage));
    layer.in = b->shape.channels * layer.kernel * layer.kernel;
    layer.out = (size_t)channels;
    layer.output = (gold_shape){
        layer.out, places(b->shape.height, s->padding, s->kernel, s->stride),
        places(b->shape.width, s->padding, s->kernel, s->stride)};
    GOLD_TRY(pool_shape(b, s, stage, &layer));
    add_layer(b, layer);
    return GOLD_OK;
}

/* Channels of a stage of cnn. */
static uint64_t channels_of(const gold_settings *settings, size_t stage)
{
    uint64_t channels = settings->width;

    if (settings->n_channels > 0) {
        return settings->channels[stage];
    }
    for (size_t i = 0; i < stage && channels <= most_channels; i++) {
        channels *= settings->growth;
    }
    return channels;
}

static gold_status add_lenet5(builder *b)
{
    static const uint64_t channels[] = {6, 16};
    const stages s = {2, 5, 1, 0, GOLD_POOL_AVERAGE, 2};

    for (size_t i = 0; i < s.n; i++) {
        GOLD_TRY(add_stage(b, &s, i, channels[i]));
    }
    add_linear(b, 120, false);
    add_linear(b, 84, false);
    return GOLD_OK;
}

static gold_status add_cnn(builder *b)
{
    const gold_settings *settings = b->settings;
    const stages s = {
        settings->n_channels > 0 ? settings->n_channels
                                 : (size_t)settings->depth,
        settings->kernel,
        settings->stride,
        settings->padding,
        settings->pooling,
        settings->pool,
    };

    for (size_t i = 0; i < s.n; i++) {
        GOLD_TRY(add_stage(b, &s, i, channels_of(settings, i)));
    }
    for (size_t i = 0; i < settings->n_head; i++) {
        if (settings->head[i] == 0) {
            b->fault = "head";
            return gold_fail(GOLD_ERR_CONFIG,
                             "hidden layer %zu of the head has no units",
                             i + 1);
        }
        add_linear(b, (size_t)settings->head[i], false);
    }
    return GOLD_OK;
}

static void add_mlp(builder *b)
{
    for (uint64_t l = 0; l < b->settings->depth; l++) {
        add_linear(b, (size_t)b->settings->width, false);
    }
}

/* A node with parameters as a layer. */
static gold_layer layer_of(const gold_node *node)
{
    const bool is_image = node->set.kernel > 0;
    const gold_shape flat = gold_vector_shape(node->fan_out);
    const gold_shape y = is_image ? node->y : flat;
    const size_t weights = node->fan_in * node->fan_out;

    return (gold_layer){
        .kind = is_image ? GOLD_LAYER_CONV2D : GOLD_LAYER_LINEAR,
        .in = node->fan_in,
        .out = node->fan_out,
        .input = is_image ? node->x[0] : gold_vector_shape(node->fan_in),
        .output = y,
        .pooled = y,
        .kernel = is_image ? node->set.kernel : 1,
        .stride = is_image ? node->set.stride : 1,
        .padding = node->set.padding,
        .pooling = GOLD_POOL_NONE,
        .pool = 1,
        .has_bias = node->n_parameters > weights,
        .has_activation = true,
        .is_drawn = node->is_drawn,
        .weights = node->first,
        .biases = node->first + weights,
    };
}

/* A known kind as a list, under construction. */
typedef struct lister {
    gold_operations list;
    const char *activation;
    bool is_image; /* what the next entry gets */
} lister;

static gold_operation *add_entry(lister *l, const char *name)
{
    gold_operation *entry = &l->list.entries[l->list.n++];
    const bool is_known = gold_find_operation(name, entry);

    GOLD_ASSERT(is_known);
    (void)is_known;
    return entry;
}

/* The entries of a layer; a gold_layer_fn. */
static void list_layer(void *context, const gold_layer *layer)
{
    lister *l = context;
    const bool is_image = layer->kind == GOLD_LAYER_CONV2D;

    if (l->is_image && !is_image) {
        (void)add_entry(l, "flatten");
    }
    l->is_image = is_image;
    add_entry(l, is_image ? "conv2d" : "linear")->set =
        (gold_op_settings){.out = layer->out,
                           .bias = layer->has_bias ? 1 : 0,
                           .kernel = is_image ? layer->kernel : 0,
                           .stride = layer->stride,
                           .padding = layer->padding};
    if (layer->has_activation) {
        (void)add_entry(l, l->activation);
    }
    if (gold_layer_has_pooling(layer)) {
        add_entry(l,
                  layer->pooling == GOLD_POOL_MAX ? "max_pool2d" : "avg_pool2d")
            ->set.kernel = layer->pool;
    }
}

static gold_status graph_of_kind(const gold_settings *settings,
                                 gold_shape input, size_t n_classes,
                                 gold_graph *graph)
{
    static const char *const activations[] = {"relu", "leaky_relu", "tanh",
                                              "sigmoid", "identity"};
    enum {
        MOST_ENTRIES = 4 /* of a layer */
    };
    gold_status status = GOLD_OK;
    lister l = {.activation = activations[settings->activation],
                .is_image = gold_shape_positions(input) > 1};

    GOLD_GOTO(GOLD_ALLOC(MOST_ENTRIES * gold_architecture_length(settings),
                         &l.list.entries));
    GOLD_GOTO(gold_architecture_visit(settings, input, n_classes, list_layer,
                                      &l, NULL));
    GOLD_GOTO(gold_graph_init(graph, &l.list, input,
                              &(gold_graph_words){.classes = n_classes}, NULL));

done:
    gold_free(l.list.entries);
    return status;
}

bool gold_runs_as_graph(const gold_settings *settings)
{
    return settings->kind == GOLD_NETWORK_LAYERS ||
           settings->loss != GOLD_CROSS_ENTROPY;
}

gold_status gold_architecture_graph(const gold_settings *settings,
                                    gold_shape input, size_t n_classes,
                                    gold_graph *graph)
{
    const gold_graph_words words = {n_classes, (size_t)settings->width,
                                    settings->bias};

    if (settings->kind != GOLD_NETWORK_LAYERS) {
        return graph_of_kind(settings, input, n_classes, graph);
    }
    GOLD_TRY(gold_graph_init(graph, settings->layers, input, &words, NULL));
    const gold_shape made = gold_graph_last(graph)->y;

    if (graph->n_parameters == 0) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "layers: none of them has parameters");
    }
    return made.channels == n_classes && gold_shape_positions(made) == 1
               ? GOLD_OK
               : gold_fail(GOLD_ERR_CONFIG,
                           "layers: the last of them makes %zu numbers, but "
                           "there are %zu classes: end with 'linear: classes'",
                           gold_shape_units(made), n_classes);
}

static gold_status add_graph(builder *b, size_t n_classes)
{
    gold_status status = GOLD_OK;
    gold_graph graph = {0};

    b->fault = "layers";
    GOLD_GOTO(
        gold_architecture_graph(b->settings, b->shape, n_classes, &graph));
    for (size_t q = 1; q < graph.n_nodes; q++) {
        const gold_layer layer = layer_of(&graph.nodes[q]);

        if (graph.nodes[q].n_parameters > 0) {
            b->visit(b->context, &layer);
        }
    }

done:
    gold_graph_fini(&graph);
    return status;
}

static gold_status add_layers(builder *b, size_t n_classes)
{
    switch (b->settings->kind) {
    case GOLD_NETWORK_MLP:
        add_mlp(b);
        break;
    case GOLD_NETWORK_LENET_300_100:
        add_linear(b, 300, false);
        add_linear(b, 100, false);
        break;
    case GOLD_NETWORK_LENET5:
        GOLD_TRY(add_lenet5(b));
        break;
    case GOLD_NETWORK_CNN:
        GOLD_TRY(add_cnn(b));
        break;
    case GOLD_NETWORK_LAYERS:
        return add_graph(b, n_classes);
    }
    add_linear(b, n_classes, true);
    return GOLD_OK;
}

gold_status gold_architecture_visit(const gold_settings *settings,
                                    gold_shape input, size_t n_classes,
                                    gold_layer_fn *visit, void *context,
                                    const char **fault)
{
    builder b = {.settings = settings,
                 .shape = input,
                 .visit = visit,
                 .context = context};
    const gold_status status = add_layers(&b, n_classes);

    if (fault != NULL) {
        *fault = b.fault;
    }
    return status;
}

size_t gold_architecture_length(const gold_settings *settings)
{
    switch (settings->kind) {
    case GOLD_NETWORK_MLP:
        break;
    case GOLD_NETWORK_LENET_300_100:
        return 3;
    case GOLD_NETWORK_LENET5:
        return 5;
    case GOLD_NETWORK_CNN:
        return (settings->n_channels > 0 ? settings->n_channels
                                         : (size_t)settings->depth) +
               settings->n_head + 1;
    case GOLD_NETWORK_LAYERS:
        return gold_operations_length(settings->layers);
    }
    return (size_t)settings->depth + 1;
}
