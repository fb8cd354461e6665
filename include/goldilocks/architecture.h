/* SPDX-License-Identifier: MIT */
/**
 * @file architecture.h
 * The layers of a network with their shapes: the one place that turns the
 * settings of a point and the shape of its data into them.
 *
 * A layer is an affine map, the activation after it and the pooling after
 * that. A convolution is an affine map too: the matrix (out, in) of a linear
 * layer, applied at each of its positions to the `in` = channels * kernel *
 * kernel inputs under the kernel there. So both have the same weights
 * [out][in], row major, as in PyTorch ([out][channels][kernel][kernel] of a
 * convolution).
 *
 * Networks: mlp and lenet-300-100 are linear layers on the flattened input.
 * lenet5 (LeCun et al. 1998, as in Vysogorets et al. 2024, without the
 * scaled subsampling of the original): two convolutions of kernel 5 to 6 and
 * 16 channels, each averaged over 2 x 2, then linear layers of 120 and 84
 * units. cnn: `depth` stages of convolution, activation and pooling, of the
 * channels given, or of width * growth^stage; then `head`. Each of them is a
 * list of operations (graph.h), as that of kind layers is the user's, and its
 * layers are the nodes of the graph that have parameters.
 */
#ifndef GOLDILOCKS_ARCHITECTURE_H
#define GOLDILOCKS_ARCHITECTURE_H

#include "goldilocks/settings.h"
#include "goldilocks/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Shape of a sample or of what a layer makes of it; a plain vector of n
 * numbers is {n, 1, 1}. */
typedef struct gold_shape {
    size_t channels;
    size_t height;
    size_t width;
} gold_shape;

enum {
    GOLD_MAX_LAYERS = 1024
};

typedef enum gold_layer_kind {
    GOLD_LAYER_LINEAR, /* fully connected, on the flattened input */
    GOLD_LAYER_CONV2D, /* square kernel, the same stride and zero padding on
                          all sides */
} gold_layer_kind;

typedef struct gold_layer {
    gold_layer_kind kind;
    size_t in;         /* inputs of one output: columns of the matrix */
    size_t out;        /* units, or channels: rows of the matrix */
    gold_shape input;  /* {in, 1, 1} of a linear layer */
    gold_shape output; /* before the pooling; {out, 1, 1} of a linear layer */
    gold_shape pooled; /* after it; the same where there is none */
    size_t kernel;     /* 1 of a linear layer */
    size_t stride;
    size_t padding;
    gold_pooling pooling;
    size_t pool; /* side and stride of its window; 1 where there is none; what
                    is left over at the end of a side is not pooled */
    bool has_bias;
    bool has_activation;
    bool is_drawn;  /* weights are random; else a norm's gain, which begins as
                       1 with biases 0 */
    size_t weights; /* where the weights begin in the parameter vector */
    size_t biases;  /* where the biases begin */
} gold_layer;

struct gold_graph_fault;

/** Gets the layers of a network one after another; borrowed for the call. */
typedef void gold_layer_fn(void *context, const gold_layer *layer);

/**
 * Call `visit` with every layer of a network, the first one first.
 *
 * @param input      shape of a sample.
 * @param n_classes  units of the last layer.
 * @param visit      may be NULL.
 * @param fault      where the layers do not fit; may be NULL.
 * @retval GOLD_ERR_CONFIG  they do not: the message says at which stage and
 *                          why.
 */
GOLD_CHECKED gold_status gold_architecture_visit(
    const gold_settings *settings, gold_shape input, size_t n_classes,
    gold_layer_fn *visit, void *context, struct gold_graph_fault *fault);

/** How many layers a network has; that does not depend on its data. */
size_t gold_architecture_length(const gold_settings *settings);

/** Shape of a plain vector. */
gold_shape gold_vector_shape(size_t n);

/** Numbers in a shape. */
size_t gold_shape_units(gold_shape shape);

/** Weights of a layer, without biases. */
size_t gold_layer_weights(const gold_layer *layer);

/** Parameters of a layer: weights and biases. */
size_t gold_layer_parameters(const gold_layer *layer);

/** Does a pooling that changes anything follow the activation? */
bool gold_layer_has_pooling(const gold_layer *layer);

/** Places at which its matrix is applied; 1 of a linear layer. */
size_t gold_layer_positions(const gold_layer *layer);

/** Multiplications of a layer for one sample. */
size_t gold_layer_products(const gold_layer *layer);

#ifdef __cplusplus
}
#endif
#endif
