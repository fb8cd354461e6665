/* SPDX-License-Identifier: MIT */
/** @file term.h The Hessian and the two terms it is the sum of. */
#ifndef GOLD_NN_TERM_H
#define GOLD_NN_TERM_H

typedef enum gold_term {
    GOLD_TERM_HESSIAN, /* H = G + S */
    GOLD_TERM_G,       /* the Gauss-Newton term G */
    GOLD_TERM_H,       /* the H-term S */
    GOLD_N_TERMS
} gold_term;

#endif
