/* SPDX-License-Identifier: MIT */
/**
 * @file run.h
 * A graph at work on a block of samples: its arrays, and the drivers, which are
 * loops over its nodes. Typed.
 *
 * A client is drivers in a row. A gradient: forward, residuals into the
 * output's delta, pull. Curvature in a subspace: forward, tangent, residuals,
 * second. A Hessian product: forward, pull; tangent, its residual's tangent
 * into the output's ddelta, product. Deltas live until the next pull.
 *
 * What a pull leaves at a point is a base. Several blocks of samples may have
 * one each, to which the client goes back without another forward and pull.
 *
 * Residuals that are more than the outputs are sums of fewer: of k in the
 * output's delta, with weights in `mix`. Then deltas are those of the k.
 */
#ifndef GOLD_GRAPH_RUN_H
#define GOLD_GRAPH_RUN_H

#include "graph/op.h"

/** Arrays of a node, (n, vectors, units); those of a view, and of an activation
 * that has its input for itself and does not bend, are the input's, and those
 * of one that does not move NULL but for y. */
typedef struct gold_place {
    size_t owner;  /* the node whose arrays they are */
    bool is_left;  /* no node pulls to it */
    bool is_taken; /* some node does, which is so for owners only */
    bool adds[GOLD_MOST_INPUTS]; /* to input k: another one does before */
    const real *y; /* in `room`; those of the input may be the client's */
    real *room;
    real *kept;
    real *bent;    /* NULL: not wanted */
    real *dy;      /* d tangents */
    real *delta;   /* m residuals, or k */
    real *ddelta;  /* d tangents of delta */
    bool is_moved; /* by the directions: dy means something */
} gold_place;

/** A block of samples at the point. */
typedef struct gold_base {
    const real *inputs; /* (n, units), or NULL: they are packed */
    gold_panels packed;
} gold_base;

typedef struct gold_run {
    gold_run_plan plan; /* n, d and m may be less than there is room for */
    const real *theta;
    gold_place *places; /* [n_nodes] */
    gold_moves *moves;  /* [n_nodes] of what directions are not given as rows:
                           the client's to fill in */
    real *mix;          /* (m, n k) if there is a k: the client's likewise */
    real *each;         /* (n, m, units) of one node with parameters */
    real *bent[GOLD_MOST_INPUTS]; /* (n, d, most units that bend) */
    real *residual;               /* (n, most units that bend) */
    real *gram;                   /* (d, d) */
    real *scratch;
    gold_base *bases;  /* [plan.n_bases] */
    size_t base;       /* where the run is */
    bool is_packed;    /* are samples? */
    real *arena;       /* the bases one after another, then the rest */
    size_t base_reals; /* of each */
    size_t used;       /* reals of the rest */
    double flops;      /* of matrix products so far */
} gold_run;

/** Reals that a run takes. */
size_t FN(run_reals)(const gold_run_plan *plan);

/** Get arrays; ended by FN(run_fini), also on failure. */
GOLD_CHECKED gold_status FN(run_init)(gold_run *run, const gold_run_plan *plan);

/** Free them; zeroed ones are allowed. */
void FN(run_fini)(gold_run *run);

/** Go to base b: what forward, pack and pull left there. */
void FN(run_turn)(gold_run *run, size_t b);

/** Where run->is_packed: the samples of this base, plan.n of them, are scale
 * times the inputs order[0], order[1] .. from now on. */
void FN(run_pack)(gold_run *run, double scale, const real *inputs,
                  const size_t *order);

/** Sort the entries of run->moves[q], if these are few, which makes
 * FN(run_second) faster. */
GOLD_CHECKED gold_status FN(run_sort_few)(gold_run *run, size_t q);

/** y of all nodes at theta (n_parameters), which is borrowed, from scale times
 * the inputs (n, units); NULL: those of the base. */
void FN(run_forward)(gold_run *run, const real *theta, double scale,
                     const real *inputs);

/** Tangents of all nodes along v (d, n_parameters), after forward; NULL: along
 * run->moves. */
void FN(run_tangent)(gold_run *run, const real *v);

/** The same after another forward of the same inputs: what enters a node with
 * parameters straight from them has its tangents already. */
void FN(run_tangent_again)(gold_run *run, const real *v);

/** Deltas of all nodes, from those of the output; into gradients (m,
 * n_parameters), if not NULL, their sums over samples, which are added to what
 * is there, or replace it. */
void FN(run_pull)(gold_run *run, bool adds, real *gradients);

/** squares (n, m): of the lengths of the gradients of each sample, after a
 * pull. */
void FN(run_squares)(gold_run *run, double *squares);

/** gradients (m, n_parameters) += the sums over samples again, of each sample's
 * times its factor (n, m); deltas of nodes with parameters keep it. */
void FN(run_weigh)(gold_run *run, const double *factors, real *gradients);

/** As FN(run_pull), added, after tangent along v; and sums (m, d, d) += S of
 * each residual. */
void FN(run_second)(gold_run *run, const real *v, real *gradients,
                    double *sums);

/** Into products (d, n_parameters), as FN(run_pull): the tangent of a pull
 * along v, from ddelta of the output and `scale` times delta of all nodes, m =
 * 1; scale 0: without second derivatives of nodes. */
void FN(run_product)(gold_run *run, const real *v, double scale, bool adds,
                     real *products);

/** The output's arrays. */
gold_place FN(run_output)(const gold_run *run);

#endif
