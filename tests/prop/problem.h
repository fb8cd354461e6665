/* SPDX-License-Identifier: MIT */
/* Small problems: a drawn network, random samples, directions. Typed. */
#ifndef GOLD_PROP_PROBLEM_H
#define GOLD_PROP_PROBLEM_H

#include "curv/line.h"
#include "prop/support.h"

typedef struct FN(problem) {
    problem_plan plan;
    gold_network network;
    real *theta;
    real *inputs;    /* training samples, then test samples */
    uint8_t *labels; /* the same */
    FN(directions) directions;
} FN(problem);

/* What was measured at the points of a line, each with its matrices. */
typedef struct measured {
    size_t n_points;
    size_t d;
    gold_line_result *results; /* [n_points] */
    double *matrices;          /* [n_points][3][d][d]: G, S, H = G + S */
    double flops;
} measured;

/* Draw a problem: normal inputs, labels at random. */
void FN(problem_init)(FN(problem) * problem, const problem_plan *plan);
void FN(problem_fini)(FN(problem) * problem);

/* Directions by hand: rows (d, parameters), dense, as they are. */
void FN(set_directions)(FN(problem) * problem, size_t d, const double *rows);

/* A line through the problem's drawn point; borrows from the problem. */
FN(line)
FN(problem_line)
(const FN(problem) * problem, size_t n_points, const gold_line_point *points);

/* Measure a line; must succeed. `found` is ended by FN(measured_fini). */
void FN(line_run)(const FN(line) * line, measured *found);
void FN(measured_fini)(measured *found);

/* The same for one point of a problem. */
void FN(point_run)(const FN(problem) * problem, double alpha,
                   double temperature, measured *found);

/* Training loss at theta_0 + step (n_parameters doubles), scale 1; the sum is
 * rounded to real. */
double FN(loss_at)(const FN(problem) * problem, const double *step);

/* Logits (classes, n) of the training samples at alpha theta, unscaled inputs,
 * in double, freed by the caller. */
double *FN(logits_at)(const FN(problem) * problem, const real *theta,
                      double alpha);

/* Draw a problem, measure a line, forget the problem: in either precision. */
void gold_plan_run_f32(const problem_plan *plan, size_t n_points,
                       const gold_line_point *points, measured *found);
void gold_plan_run_f64(const problem_plan *plan, size_t n_points,
                       const gold_line_point *points, measured *found);

/* G, S or H of point p. */
static inline double *g_of(const measured *found, size_t p)
{
    return found->matrices + 3 * p * found->d * found->d;
}

static inline double *s_of(const measured *found, size_t p)
{
    return g_of(found, p) + found->d * found->d;
}

static inline double *h_of(const measured *found, size_t p)
{
    return s_of(found, p) + found->d * found->d;
}

#endif
