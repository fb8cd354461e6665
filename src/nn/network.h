/* SPDX-License-Identifier: MIT */
/**
 * @file network.h
 * A network as data: a row of layers over one flat parameter vector.
 *
 * A layer is an affine map, the activation after it, and the pooling after
 * that (architecture.h). Parameters stand in the order of PyTorch's
 * parameters_to_vector: for each layer its weights [out][in], row major, then
 * its bias [out].
 *
 * z_l = W_l a_(l-1) + b_l, a_l = pooled phi(z_l), a_0 = input_scale * x; the
 * last layer has no activation and z_L are the logits.
 */
#ifndef GOLD_NN_NETWORK_H
#define GOLD_NN_NETWORK_H

#include "goldilocks/graph.h"

#include "nn/loss.h"

typedef struct gold_network {
    size_t n_layers;
    gold_layer *layers; /* [n_layers], owned */
    gold_activation activation;
    size_t n_parameters;
    size_t n_in;
    size_t n_out;
    size_t n_hidden; /* units of all hidden layers together, before pooling */
    size_t widest;   /* units of the widest layer, before pooling */
    double products; /* gold_layer_work of all layers */
    const gold_loss *loss;
    gold_graph graph; /* what the network computes; layers are its nodes with
                         parameters */
    /* f(alpha theta) = alpha^degree f(theta); of rows of layers: no biases and
     * a piecewise linear activation through the origin, and the degree is L. */
    bool is_homogeneous;
    int degree;
    bool is_smooth; /* the activation has a second derivative other than 0 */
} gold_network;

/** Build the network of a point; ended by gold_network_fini. */
GOLD_CHECKED gold_status gold_network_init(gold_network *network,
                                           const gold_settings *settings,
                                           gold_shape input, size_t n_out);

/** Free what the network holds; zeroed ones are allowed. */
void gold_network_fini(gold_network *network);

/** Multiplications and additions of biases of a layer for one sample, half of
 * its flops; the number of parameters of a linear layer. */
double gold_layer_work(const gold_layer *layer);

/** Positions of a convolution whose patches, of n samples, are made at a time;
 * at least 1. */
size_t gold_patch_positions(const gold_layer *layer, size_t n);

/** Room for the patches made at a time of any layer, for up to n samples; 0
 * without convolutions. */
size_t gold_patch_reals(const gold_network *network, size_t n);

/** Variance of the weights of layer `l` as a point draws them: that of its
 * scheme, where fan in and out of a convolution count the area of its kernel,
 * times the square of the layer's gain. */
double gold_weight_variance(const gold_network *network,
                            const gold_settings *settings, size_t l);

/** Norm that relative radius 1 stands for (SCIENCE 2.4): the root of the sum
 * over layers of out * in * variance; biases count 0, and gains do not matter.
 */
double gold_reference_norm(const gold_network *network,
                           gold_reference reference);

#endif
