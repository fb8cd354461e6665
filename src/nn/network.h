/* SPDX-License-Identifier: MIT */
/**
 * @file network.h
 * A network: a graph over one flat parameter vector, and a loss.
 *
 * Its layers are the nodes that have parameters, for what concerns these alone:
 * how they are drawn, their norms, directions in them. They stand in the order
 * of PyTorch's parameters_to_vector: for each layer its weights [out][in], row
 * major, then its bias [out].
 */
#ifndef GOLD_NN_NETWORK_H
#define GOLD_NN_NETWORK_H

#include "goldilocks/graph.h"

#include "nn/loss.h"

typedef struct gold_network {
    size_t n_layers;
    gold_layer *layers; /* [n_layers], owned */
    size_t n_parameters;
    size_t n_in;
    size_t n_out;
    double products; /* gold_layer_work of all layers */
    const gold_loss *loss;
    gold_graph graph; /* what the network computes; layers are its nodes with
                         parameters */
    /* f(alpha theta) = alpha^degree f(theta) */
    bool is_homogeneous;
    int degree;
    bool *is_fixed; /* [n_parameters], owned: which ones no scale moves; NULL:
                       all move, and only then there is a degree */
} gold_network;

/** Build the network of a point; ended by gold_network_fini. */
GOLD_CHECKED gold_status gold_network_init(gold_network *network,
                                           const gold_settings *settings,
                                           gold_shape input, size_t n_out);

/** What a scale alpha multiplies parameter i by. */
static inline double gold_scale_of(const gold_network *network, size_t i,
                                   double alpha)
{
    return network->is_fixed != NULL && network->is_fixed[i] ? 1.0 : alpha;
}

/** Free what the network holds; zeroed ones are allowed. */
void gold_network_fini(gold_network *network);

/** Multiplications and additions of biases of a layer for one sample, half of
 * its flops; the number of parameters of a linear layer. */
double gold_layer_work(const gold_layer *layer);

/** Variance of the weights of layer `l` as a point draws them: that of its
 * scheme, where fan in and out of a convolution count the area of its kernel,
 * times the square of the layer's gain. */
double gold_weight_variance(const gold_network *network,
                            const gold_settings *settings, size_t l);

/** Norm that relative radius 1 stands for: the root of the sum
 * over layers of out * in * variance; biases count 0, and gains do not matter.
 */
double gold_reference_norm(const gold_network *network,
                           gold_reference reference);

#endif
