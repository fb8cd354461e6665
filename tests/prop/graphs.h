/* SPDX-License-Identifier: MIT */
/* Graphs at work on a few samples, and random small ones. Typed. */
#ifndef GOLD_PROP_GRAPHS_H
#define GOLD_PROP_GRAPHS_H

#include "graph/run.h"
#include "nn/loss.h"
#include "prop/support.h"

enum {
    GRAPH_SAMPLES = 3,
    GRAPH_CLASSES = 3
};

/* A list under construction, with the graph of what it has so far. */
typedef struct sketch {
    gold_shape input;
    gold_operation entries[64];
    size_t n;
    gold_graph graph;
} sketch;

/* The mean loss of some samples, at outputs over a temperature. */
typedef struct trial {
    const gold_graph *graph;
    const gold_loss *loss;
    double temperature;
    real *inputs; /* (GRAPH_SAMPLES, units) */
    uint8_t labels[GRAPH_SAMPLES];
} trial;

/* An entry by name, with its settings where nothing is said, without biases. */
gold_operation operation(const char *name);

/* Append an entry; false: it does not fit, and the sketch is as it was. */
bool extend(sketch *s, const gold_operation *entry);

/* The same by name, of one size where that has a meaning, to the last entry;
 * must fit. Returns its index. */
int chain(sketch *s, const char *name, size_t size);

/* Append add or multiply of the last entry and another. */
int join(sketch *s, const char *name, int other);

/* A random graph: a linear map or convolution and up to 6 operations of any
 * kind, most on the last one; what nobody takes is mapped to the classes, and
 * these are added. */
void draw_sketch(dice *d, sketch *s);

void sketch_fini(sketch *s);

/* Random samples of a graph. */
void draw_trial(dice *d, trial *t, const gold_graph *graph);

/* Loss, and its gradient (n_parameters). */
double loss_and_gradient(const trial *t, const real *theta, real *gradient);

/* G and S (d, d) along v (d, n_parameters). */
void project(const trial *t, const real *theta, size_t d, const real *v,
             double *g, double *s);

/* G v and S v, (d, n_parameters) each. */
void multiply_terms(const trial *t, const real *theta, size_t d, const real *v,
                    real *gv, real *sv);

/* Gradients (2, n_parameters) and S (2, d, d) of two residuals in one pass:
 * those of the loss, and -2 times them. */
void project_two(const trial *t, const real *theta, size_t d, const real *v,
                 real *gradients, double *s);

/* A run of the trial's samples, forward done. */
void run_at(const trial *t, const real *theta, size_t d, gold_run *run);

#endif
