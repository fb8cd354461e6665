/* SPDX-License-Identifier: MIT */
/**
 * @file data_sets.h
 * The data sets that a study may name: one row each. How samples are read or
 * drawn is data's, a function each (data/sets.c).
 */
#ifndef GOLDILOCKS_DATA_SETS_H
#define GOLDILOCKS_DATA_SETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "goldilocks/architecture.h"

#ifdef __cplusplus
extern "C" {
#endif

#define GOLD_FASHION_MNIST_FOLDER "/usr/share/datasets/fashion-mnist"

enum {
    GOLD_NAME_BYTES = 64,   /* names of studies, axes, keys, tensors; with the
                               zero */
    GOLD_TENSOR_RANK = 4,   /* of kernels */
    GOLD_MAX_PUBLISHED = 3, /* channels with published numbers */
    GOLD_MAX_RIDGES = 64,   /* terms of a target, of all outputs together */
    GOLD_MAX_SLOPES = 16,   /* numbers of a term's direction */
    GOLD_MAX_BLOBS = 64,    /* of clusters, or points of a line */
    GOLD_MAX_MEANS = 16,    /* numbers of a blob's mean */
    GOLD_MAX_RADII = 16     /* of rings */
};

/* identifier, name, meaning, what is known of it */
#define GOLD_DATA_SET_LIST(X)                                                  \
    X(FASHION_MNIST, "fashion-mnist", "IDX files", .files = "IDX files",       \
      .folder = GOLD_FASHION_MNIST_FOLDER,                                     \
      .source = "Debian's package dataset-fashion-mnist installs this set "    \
                "under " GOLD_FASHION_MNIST_FOLDER,                            \
      .image = {1, 28, 28}, .n_classes = 10, .mean = {0.2860},                 \
      .deviation = {0.3530})                                                   \
    X(MNIST, "mnist", "IDX files", .files = "IDX files",                       \
      .source = "put the four IDX files of MNIST, plain or .gz, there",        \
      .image = {1, 28, 28}, .n_classes = 10, .mean = {0.1307},                 \
      .deviation = {0.3081})                                                   \
    X(CIRCLES, "circles", "built in: three classes in the plane",              \
      .n_features = 2, .n_classes = 3, .n_train = 2400, .n_test = 1364)        \
    X(MIXTURE, "mixture", "built in: a Gaussian for each class",               \
      .n_features = 50, .n_train = 1000, .n_test = 1000)                       \
    X(CIFAR10, "cifar10", "binary batches", .files = "binary batches",         \
      .source = "put the files of CIFAR-10's binary version "                  \
                "(cifar-10-batches-bin: data_batch_1.bin, ..., "               \
                "test_batch.bin) there",                                       \
      .image = {3, 32, 32}, .n_classes = 10, .mean = {0.4914, 0.4822, 0.4465}, \
      .deviation = {0.2470, 0.2435, 0.2616})                                   \
    X(FUNCTION, "function", "built in: values of a function, for loss mse",    \
      .has_targets = true, .n_features = 1, .n_train = 100, .n_test = 100)     \
    X(FILE, "file", "samples of your own, in an HDF5 file", .is_own = true,    \
      .files = "HDF5 file",                                                    \
      .source = "gold.save_data of the Python package makes such a file")      \
    X(CLUSTERS, "clusters", "built in: Gaussian blobs, each of a class",       \
      .n_train = 1000, .n_test = 1000)                                         \
    X(RINGS, "rings", "built in: noisy circles around 0, each a class",        \
      .n_features = 2, .n_train = 1000, .n_test = 1000)                        \
    X(MOONS, "moons", "built in: two noisy half circles", .n_features = 2,     \
      .n_classes = 2, .n_train = 1000, .n_test = 1000)                         \
    X(LINE, "line", "built in: points of a line and their classes",            \
      .n_features = 1)                                                         \
    X(MODULAR_ADDITION, "modular-addition",                                    \
      "built in: one-hot pairs, classes by their sum modulo p")

typedef enum gold_data_set {
#define GOLD_DATA_SET_ENUM(id, ...) GOLD_DATA_##id,
    GOLD_DATA_SET_LIST(GOLD_DATA_SET_ENUM)
#undef GOLD_DATA_SET_ENUM
    GOLD_N_DATA_SETS
} gold_data_set;

/** What is known of a set whatever a study says. */
typedef struct gold_set_about {
    const char *files;  /* what its samples are read from; NULL: built in */
    const char *folder; /* where they usually are; NULL: that has to be said */
    const char *source; /* how to get them, for messages */
    gold_shape image;   /* of those in files */
    size_t n_classes;   /* 0: a study says it, as it may the next */
    size_t n_features;  /* of those built in */
    uint64_t n_train;   /* usual numbers of samples; 0: all in the files */
    uint64_t n_test;
    bool has_targets; /* values, not classes */
    bool is_own;      /* one file says what it holds: gold_data_is_known */
    /* What published code normalises with, by channel; of values in 0..1. */
    double mean[GOLD_MAX_PUBLISHED];
    double deviation[GOLD_MAX_PUBLISHED];
} gold_set_about;

/** What is known of a set; static. */
const gold_set_about *gold_set_of(gold_data_set set);

/** A Gaussian of a class; the deviation is that of each coordinate. */
typedef struct gold_blob {
    uint64_t label;
    size_t n_means;
    size_t n_deviations; /* 1 at first: for all coordinates */
    double mean[GOLD_MAX_MEANS];
    double deviation[GOLD_MAX_MEANS];
} gold_blob;

/** A tensor that a vector of parameters has in it, as PyTorch has them. */
typedef struct gold_tensor {
    char name[GOLD_NAME_BYTES];     /* "0.weight"; "" where nobody knows */
    size_t sizes[GOLD_TENSOR_RANK]; /* zeros after them */
} gold_tensor;

/** What a target is a sum of. */
typedef enum gold_ridge_kind {
    GOLD_RIDGE_SIN,
    GOLD_RIDGE_RELU,
    GOLD_RIDGE_TANH,
    GOLD_RIDGE_CONSTANT, /* of factor and nothing else */
    GOLD_N_RIDGE_KINDS
} gold_ridge_kind;

/** factor phi(slope . x + shift); of one slope for all coordinates the sum
 * over them of factor phi(slope x_k + shift). */
typedef struct gold_ridge {
    gold_ridge_kind kind;
    size_t output; /* which of the targets it is part of */
    double factor;
    double shift;
    size_t n_slopes; /* 0: slope[0] for every coordinate */
    double slope[GOLD_MAX_SLOPES];
} gold_ridge;

typedef enum gold_spacing {
    GOLD_SPACING_EVEN,
    GOLD_SPACING_RANDOM
} gold_spacing;

/** `data:` of set function. */
typedef struct gold_function {
    double from; /* coordinates are in [from, to] */
    double to;
    gold_spacing spacing;
    size_t n_outputs;
    size_t n_ridges;
    gold_ridge ridges[GOLD_MAX_RIDGES];
} gold_function;

#ifdef __cplusplus
}
#endif
#endif
