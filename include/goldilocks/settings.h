/* SPDX-License-Identifier: MIT */
/**
 * @file settings.h
 * Everything that defines one grid point: the scalars of the study's YAML that
 * an axis may take over. Shared by all modules above base; plain values, no
 * ownership (the list of layers is the study's).
 *
 * Every choice has a fixed text, the word used in YAML and in result files
 * (gold_choice_text).
 */
#ifndef GOLDILOCKS_SETTINGS_H
#define GOLDILOCKS_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gold_network_kind {
    GOLD_NETWORK_MLP,           /* mlp */
    GOLD_NETWORK_LENET_300_100, /* lenet-300-100 */
    GOLD_NETWORK_LENET5,        /* lenet5 */
    GOLD_NETWORK_CNN,           /* cnn */
    GOLD_NETWORK_LAYERS,        /* layers: as the list says */
    GOLD_NETWORK_RESNET,        /* resnet */
} gold_network_kind;

/* identifier, name, meaning: a loss has a line here and its row in
 * nn/loss.c */
#define GOLD_LOSS_LIST(X)                                                      \
    X(CROSS_ENTROPY, "cross-entropy",                                          \
      "of the softmax of the logits over the temperature")                     \
    X(MEAN_SQUARE, "mse",                                                      \
      "mean over samples and outputs of the squared distance from the "        \
      "target, of classes 1 at the label and 0 elsewhere")

typedef enum gold_loss_kind {
#define GOLD_LOSS_ENUM(id, ...) GOLD_##id,
    GOLD_LOSS_LIST(GOLD_LOSS_ENUM)
#undef GOLD_LOSS_ENUM
} gold_loss_kind;

/** What normalises hidden layers. */
typedef enum gold_norm {
    GOLD_NORM_NONE,  /* none */
    GOLD_NORM_LAYER, /* layer: of mlp */
    GOLD_NORM_RMS,   /* rms: of mlp */
    GOLD_NORM_GROUP, /* group: of resnet, in as many groups as divide both the
                        channels and 8 */
} gold_norm;

typedef enum gold_norm_position {
    GOLD_NORM_BEFORE, /* before the activation */
    GOLD_NORM_AFTER,  /* after it */
} gold_norm_position;

/** What follows the activation of a convolution. */
typedef enum gold_pooling {
    GOLD_POOL_AVERAGE, /* average */
    GOLD_POOL_MAX,     /* max; the first of several */
    GOLD_POOL_NONE,    /* none */
} gold_pooling;

enum {
    GOLD_MAX_CLASSES = 256, /* labels are bytes */
    GOLD_MAX_CHANNELS = 32, /* entries of gold_settings.channels */
    GOLD_MAX_HEAD = 16,     /* ... of head */
    GOLD_MAX_WIDTHS = 64,   /* ... of widths */
    GOLD_MAX_GAINS = 64,    /* ... of layer_gains */
    GOLD_MAX_PLATEAUS = 4,  /* of a training, that are noted */
    GOLD_MAX_PHASES = 8     /* of a training */
};

typedef enum gold_activation {
    GOLD_RELU,       /* relu */
    GOLD_LEAKY_RELU, /* leaky_relu, slope 0.01 as in PyTorch */
    GOLD_TANH,       /* tanh */
    GOLD_SIGMOID,    /* sigmoid */
    GOLD_IDENTITY,   /* identity */
} gold_activation;

typedef enum gold_init {
    GOLD_XAVIER_NORMAL,   /* variance 2 / (in + out) */
    GOLD_XAVIER_UNIFORM,  /* the same variance */
    GOLD_KAIMING_NORMAL,  /* variance 2 / in */
    GOLD_KAIMING_UNIFORM, /* the same variance */
    GOLD_LECUN_NORMAL,    /* variance 1 / in */
    GOLD_LECUN_UNIFORM,   /* the same variance */
    GOLD_EQUAL_NORM,      /* equal-norm: of L layers with weights each has the
                             share 1 / L of the squared reference norm */
    GOLD_ORTHOGONAL,      /* orthonormal rows or columns, whichever are fewer */
    GOLD_NORMAL,          /* deviation init_std */
    GOLD_WIDTH_POWER,     /* normal, deviation width^-init_power */
    GOLD_TORCH,           /* PyTorch's default: uniform, variance 1 / (3 in),
                             biases likewise */
    GOLD_INIT_FILE,       /* a vector of a file, biases and gains too */
} gold_init;

typedef enum gold_bias_init {
    GOLD_BIAS_ZERO, /* zero */
    GOLD_BIAS_SAME, /* same: drawn with the variance of the layer's weights */
} gold_bias_init;

/** What relative_radius 1 means: the norm expected of this scheme. */
typedef enum gold_reference {
    GOLD_REFERENCE_XAVIER,  /* xavier:  sum of 2 in out / (in + out) */
    GOLD_REFERENCE_LECUN,   /* lecun:   sum of out */
    GOLD_REFERENCE_KAIMING, /* kaiming: sum of 2 out */
} gold_reference;

/** How the distance of the point from the origin is given. */
typedef enum gold_placement {
    GOLD_PLACE_SCALE,           /* scale: drawn point times a factor */
    GOLD_PLACE_RADIUS,          /* radius: Euclidean norm */
    GOLD_PLACE_RELATIVE_RADIUS, /* relative_radius: norm over reference norm */
} gold_placement;

/** What a scale multiplies, and whose norm a radius is. */
typedef enum gold_scaled {
    GOLD_SCALED_ALL,     /* all: every parameter */
    GOLD_SCALED_WEIGHTS, /* weights: matrices and kernels; gains, shifts and
                            biases stay as they are drawn */
} gold_scaled;

typedef enum gold_directions {
    GOLD_GAUSSIAN,    /* gaussian: dense, orthonormal */
    GOLD_SPARSE_SIGN, /* sparse-sign: +-1 with probability 1/sqrt(D) */
} gold_directions;

typedef enum gold_surface {
    GOLD_PLANE,  /* plane: a flat subspace through the point */
    GOLD_SPHERE, /* sphere: tangent directions and curvature of the sphere */
} gold_surface;

typedef enum gold_optimizer {
    GOLD_GD,
    GOLD_SGD,
    GOLD_MOMENTUM,
    GOLD_ADAM,
    GOLD_ADAMW,
    GOLD_NESTEROV,
    GOLD_RMSPROP,
} gold_optimizer;

/** Vectors of all parameters that an optimizer keeps between its steps. */
static inline size_t gold_optimizer_vectors(gold_optimizer optimizer)
{
    switch (optimizer) {
    case GOLD_MOMENTUM:
    case GOLD_NESTEROV:
    case GOLD_RMSPROP:
        return 1;
    case GOLD_ADAM:
    case GOLD_ADAMW:
        return 2;
    case GOLD_GD:
    case GOLD_SGD:
        break;
    }
    return 0;
}

/** Are its steps no sum of gradients times the learning rate? */
static inline bool gold_optimizer_is_adaptive(gold_optimizer optimizer)
{
    return optimizer == GOLD_ADAM || optimizer == GOLD_ADAMW ||
           optimizer == GOLD_RMSPROP;
}

/** How the learning rate falls after the warmup. */
typedef enum gold_decay {
    GOLD_DECAY_NONE,
    GOLD_DECAY_LINEAR, /* to a share of it, at the last step */
    GOLD_DECAY_COSINE, /* likewise, along half a period */
    GOLD_DECAY_STEP,   /* by a factor every so many steps */
} gold_decay;

typedef enum gold_rate_rule {
    GOLD_RATE_NONE,        /* none */
    GOLD_RATE_HOMOGENEOUS, /* homogeneous: learning_rate / alpha^(L-2) */
    GOLD_RATE_SHARPNESS,   /* sharpness: learning_rate * 2 / lambda_max */
} gold_rate_rule;

/** What training is held to. */
typedef enum gold_constraint {
    GOLD_CONSTRAINT_NONE,     /* none */
    GOLD_CONSTRAINT_SPHERE,   /* sphere: the norm stays what it was at the
                                 start, the radial part of the gradient is
                                 removed */
    GOLD_CONSTRAINT_SUBSPACE, /* {subspace: ...}: theta_0 + V' x, x trained */
} gold_constraint;

typedef enum gold_precision {
    GOLD_FLOAT32,
    GOLD_FLOAT64,
} gold_precision;

/** Scalars of `train:` that an axis may take over. */
typedef struct gold_train_settings {
    gold_optimizer optimizer;
    gold_rate_rule scale_learning_rate;
    double learning_rate;
    double momentum;
    double weight_decay;
    double betas[2];        /* of adam and adamw */
    double smoothing;       /* of rmsprop */
    double epsilon;         /* of these three */
    double clip_norm;       /* longest gradient; 0: any */
    uint64_t warmup;        /* steps in which the learning rate rises */
    gold_decay decay;       /* what it does after them */
    double decay_floor;     /* share of it at the end of linear and cosine */
    uint64_t decay_every;   /* of step: steps */
    double decay_factor;    /* of step */
    uint64_t batch;         /* samples; 0: full */
    uint64_t steps;         /* 0: given by epochs */
    uint64_t epochs;        /* 0: given by steps */
    bool augment_flip;      /* images are turned left to right at random */
    uint64_t augment_shift; /* and moved by up to so many pixels; 0: no */
    gold_constraint constraint;
    uint64_t constraint_dim;               /* of a subspace */
    gold_surface constraint_surface;       /* of a subspace */
    gold_directions constraint_directions; /* of a subspace */
} gold_train_settings;

/** Factors on the deviations of `init`. */
typedef struct gold_gains {
    size_t n;                  /* 0: none; 1: one for all layers */
    double of[GOLD_MAX_GAINS]; /* by layer */
} gold_gains;

struct gold_operations;

/** A seed of one source of chance that is that of the point. */
#define GOLD_SEED_OF_POINT UINT64_MAX

/** One grid point. Those of a study (gold_study_point) say all four seeds. */
typedef struct gold_settings {
    uint64_t seed;           /* of what the network is drawn from */
    uint64_t direction_seed; /* of directions and random vectors of curvature */
    uint64_t data_seed;      /* of samples that each point draws by itself, and
                                of halves of them */
    uint64_t train_seed;     /* of batches and augmentation */
    gold_network_kind kind;
    gold_loss_kind loss;
    gold_activation activation;
    gold_init init;
    double init_std;
    double init_power;
    uint64_t point; /* of a file: which of its vectors */
    gold_gains gains;
    gold_bias_init bias_init;
    gold_reference reference;
    bool bias;
    gold_norm norm;
    gold_norm_position norm_position; /* of mlp without residuals */
    bool residual;   /* mlp: depth residuals between first and last layer */
    size_t n_widths; /* 0: as depth and width say */
    uint64_t widths[GOLD_MAX_WIDTHS]; /* of each hidden layer of mlp */
    uint64_t depth;   /* hidden layers or residuals of mlp, convolutions of cnn,
                         residuals of each stage of resnet */
    uint64_t width;   /* units in each hidden layer of mlp, channels of the
                         first convolution of cnn */
    uint64_t kernel;  /* this and what follows: of cnn; side of the kernel */
    uint64_t stride;  /* of the kernel */
    uint64_t padding; /* zeros around the input, on each side */
    gold_pooling pooling;
    uint64_t pool;     /* side and stride of the pooling window */
    uint64_t growth;   /* channels of a stage over those of the one before */
    size_t n_channels; /* 0: channels are width * growth^stage */
    uint64_t channels[GOLD_MAX_CHANNELS]; /* of each stage; then cnn does not
                                             use depth */
    size_t n_head;
    uint64_t head[GOLD_MAX_HEAD]; /* units of hidden layers after the stages */
    const struct gold_operations *layers; /* of kind layers; the study's */
    gold_scaled scaled;
    gold_placement placement;
    double place;       /* the scale, radius or relative radius */
    double temperature; /* logits are divided by it */
    uint64_t n_train;   /* data.train: samples used, the first ones of those
                           that were read; 0: all of them */
    double input_scale; /* data.scale: inputs are multiplied by it */
    double label_share; /* data.labels: of the training samples, as many swap
                           their labels at random */
    uint64_t label_seed;
    uint8_t label_group[GOLD_MAX_CLASSES]; /* with which classes each swaps:
                                              the least of them */
    gold_directions directions;
    gold_surface surface;
    gold_train_settings train;
} gold_settings;

#ifdef __cplusplus
}
#endif
#endif
