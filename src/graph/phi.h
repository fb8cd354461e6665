/* SPDX-License-Identifier: MIT */
/** @file phi.h Activations: one row each. In double, whatever the rest, but for
 * those that may be made in float. */
#ifndef GOLD_GRAPH_PHI_H
#define GOLD_GRAPH_PHI_H

#include <stdbool.h>
#include <stddef.h>

/** Value and derivatives of an activation at one z. */
typedef struct gold_jet {
    double value;
    double first;
    double second;
} gold_jet;

enum {
    GOLD_PHI_LANES = 64
};

/** The same of many z. */
typedef struct gold_jets {
    double value[GOLD_PHI_LANES];
    double first[GOLD_PHI_LANES];
    double second[GOLD_PHI_LANES];
} gold_jets;

typedef struct gold_phi {
    const char *name;
    gold_jet (*at)(double z);
    /* The same of so many; bits do not depend on where a z stands. */
    void (*all)(const double *z, gold_jets *jets);
    /* And of floats, to 1e-6 of each number; NULL: there is no short way. */
    void (*in_float)(const float *z, float *value, float *first, float *second);
    bool is_straight;    /* phi'' = 0 */
    bool is_homogeneous; /* phi(a z) = a phi(z) for a > 0 */
    bool has_kink;       /* at 0, in phi or a derivative */
} gold_phi;

extern const gold_phi gold_phis[];
extern const size_t gold_n_phis;

#endif
