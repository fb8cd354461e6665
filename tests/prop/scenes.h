/* SPDX-License-Identifier: MIT */
/* Networks that laws are about, at random points with random samples. Typed. */
#ifndef GOLD_PROP_SCENES_H
#define GOLD_PROP_SCENES_H

#include "prop/graphs.h"

enum {
    N_OUTPUTS = GRAPH_SAMPLES * GRAPH_CLASSES
};

/* A network in one line: entries "linear 4 bias", "layer_norm affine", "add of
 * 0 3", separated by commas; -1 is the sample. A number is that of units or
 * groups; norms are without epsilon unless "eps" makes it 0.1, kernels of side
 * 2. */
typedef struct net {
    const char *name;
    gold_shape input;
    int degree;
    const char *list;
} net;

typedef struct scene {
    const char *name;
    sketch s;
    trial t;
    size_t n; /* parameters */
    real *theta;
} scene;

/* All there is at a point, along every parameter. */
typedef struct terms {
    double loss;
    double *gradient; /* (n) */
    double *g;        /* (n, n) */
    double *s;
} terms;

/* A law holds, or the test fails. */
typedef void law(scene *c, dice *d);

extern const net mlp;      /* of relu and leaky_relu */
extern const net branches; /* two of one degree, added */
extern const net gate;     /* one multiplied by the other */
extern const net residual; /* two blocks */
extern const net residual_images;

void build(const net *like, sketch *s);

/* At temperature 1.5. */
void scene_init(scene *c, const net *like, const gold_loss *loss, dice *d);
void scene_fini(scene *c);

/* At three points of a network, with both losses. */
void check_law(const net *like, law *holds);

/* The node of an entry that has its parameters, if it has any. */
const gold_node *node_of(const scene *c, int entry);

/* Parameters of a scene times a; for gold_free. */
real *scaled(const scene *c, double a);

terms terms_at(const scene *c, const real *theta, double temperature);
void terms_fini(terms *t);

double trace_of(size_t n, const double *m);

/* z (samples, classes) at a theta, of `scale` times the samples. */
void outputs_at(const scene *c, double a, double scale, double *z);

#endif
