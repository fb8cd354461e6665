/* SPDX-License-Identifier: MIT */
/**
 * @file engine.h
 * Runs one task, in the precision of the study.
 *
 * An engine knows the study and the data and turns a task into an outcome.
 * The outcome depends on these three alone. Not collective; one engine per
 * process, not thread-safe.
 */
#ifndef GOLDILOCKS_ENGINE_H
#define GOLDILOCKS_ENGINE_H

#include "goldilocks/dataset.h"
#include "goldilocks/schema.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gold_engine gold_engine;

/**
 * Make an engine. Keeps `study`, `schema` and what `data` points to, which
 * must outlive it. BLAS threads are set to one.
 *
 * @param[out] engine  for gold_engine_destroy.
 */
GOLD_CHECKED gold_status gold_engine_create(const gold_study *study,
                                            const gold_schema *schema,
                                            const gold_dataset *data,
                                            gold_engine **engine);

/** Free an engine; NULL-safe, sets the pointer to NULL. */
void gold_engine_destroy(gold_engine **engine);

/** Asked now and then during long work: stop, or save? Borrowed. */
typedef struct gold_interrupt {
    bool (*should_stop)(void *context); /* NULL: never */
    void *context;
    bool (*should_save)(void *context); /* NULL: never */
    /* Gets the state of a train task when should_save or should_stop said yes;
     * the bytes are borrowed for the call. NULL: nobody wants it. */
    void (*save)(void *context, const void *bytes, size_t n_bytes);
    /* A state once saved for the same task, to go on from, bit for bit; NULL,
     * or bytes of something else: start at the beginning. */
    const void *resume;
    size_t resume_bytes;
} gold_interrupt;

/**
 * Run a task of either kind.
 *
 * What goes wrong with a point (overflow, NaN), or with all of them (no
 * memory, more directions than parameters), is in the verdicts. A training
 * that diverges is no failure: its outcome says so.
 *
 * @param interrupt  NULL: never stop. A task that was stopped leaves its
 *                   verdicts pending.
 * @param outcome    of gold_outcome_init for task->n_points; records, verdicts
 *                   and flops are filled.
 */
void gold_engine_run(gold_engine *engine, const gold_task *task,
                     const gold_interrupt *interrupt, gold_outcome *outcome);

enum {
    GOLD_JITTER_NUMBERS = 3 /* of an augmented sample */
};
/** The Hessian of all parameters and its Gauss-Newton term, [n_parameters]
 * [n_parameters] each; NULL: not asked for, or too large. */
typedef struct gold_full_matrices {
    double *hessian;
    double *g_term;
} gold_full_matrices;

/** What is found of the decision boundary at a point; arrays owned. */
typedef struct gold_boundary_arrays {
    size_t n_vectors;   /* eigenvectors; 0: not asked for */
    size_t n_samples;   /* training samples */
    double *vectors;    /* [n_vectors][n_parameters], the largest entry of each
                           positive */
    double *alignments; /* [n_vectors][n_samples] */
    double *margins;    /* [n_samples] first-order distances */
    size_t n_x;         /* of the grid of inputs; 0: there is none */
    size_t n_y;         /* 1: of one feature */
    double *x;          /* [n_x] */
    double *y;          /* [n_y] */
    uint8_t *classes;   /* [n_y][n_x] */
    double *confidence; /* [n_y][n_x] */
    double *grid_alignments; /* [n_vectors][n_y][n_x]; NULL: nobody looks */
} gold_boundary_arrays;

/** Free what they hold; zeroed ones are allowed. */
void gold_boundary_arrays_fini(gold_boundary_arrays *arrays);

/** Everything about one point, in double; owned by the inspection. */
typedef struct gold_inspection gold_inspection;

struct gold_inspection {
    size_t n_parameters;
    size_t n_directions;     /* 0 without curvature */
    char *layers;            /* JSON: a list of layers and their keys */
    double *theta;           /* [n_parameters] */
    double *directions;      /* [n_directions][n_parameters] */
    double *hessian;         /* [n_directions][n_directions] */
    double *g_term;          /* the same */
    double *h_term;          /* the same */
    size_t n_extreme;        /* eigenvectors at each end */
    double *extreme_vectors; /* [2 n_extreme][n_parameters]: of the largest
                                eigenvalues, then of the smallest; NULL: not
                                asked for */
    gold_full_matrices dense;
    gold_boundary_arrays boundary;
    double *record;       /* [record_length] */
    double *final_theta;  /* [n_parameters] after training; NULL without */
    double *best_theta;   /* the same where it was best, NaN: nowhere */
    double learning_rate; /* as applied */
    uint64_t steps;       /* done when training ended, in the last phase; this
                             and the batches and directions are of it */
    size_t n_earlier;     /* phases before it, and where each ended: */
    double earlier_steps[GOLD_MAX_PHASES];
    double earlier_norms[GOLD_MAX_PHASES];
    double earlier_rates[GOLD_MAX_PHASES]; /* learning rates, as applied */
    double *phase_theta; /* [n_parameters] where the last of them that was
                            trained began */
    size_t n_constraint; /* directions that training was held to; 0: none */
    double *constraint_directions; /* [n_constraint][n_parameters] */
    size_t n_epochs;               /* begun in training */
    size_t n_samples;              /* training samples */
    double *batch_order;  /* [n_epochs][n_samples] indices: batches are taken
                             from the front; NULL for full batches */
    double *augmentation; /* [n_epochs][n_samples][GOLD_JITTER_NUMBERS] of each
                             sample: 1 when turned left to right, then pixels
                             moved down and right; NULL: none */
    gold_verdict verdict;
    gold_inspection *end; /* where training ended: what is above the record;
                             NULL: curvature was not measured there */
};

/** Recompute one point; ended by gold_inspection_fini, also on failure. */
GOLD_CHECKED gold_status gold_engine_inspect(gold_engine *engine, size_t point,
                                             gold_inspection *inspection);

/** Free what an inspection holds; zeroed ones are allowed. */
void gold_inspection_fini(gold_inspection *inspection);

/** Name of the BLAS kernel in use ("Haswell"; "unknown" if it is not
 * OpenBLAS's); static. */
const char *gold_engine_blas_core(void);

/** Force the kernel of what relu leaves on, from now on: plain, avx2 or blas;
 * NULL or "": the best one for this processor.
 *
 * @retval GOLD_ERR_USAGE  there is no such kernel, or not on this processor.
 */
GOLD_CHECKED gold_status gold_engine_force_kernel(const char *word);

/** That kernel; "blas": there is none, whole matrix products are computed;
 * "avx2 everywhere": it is forced, also where products cost less, and so has
 * other last bits. Valid until the next call. */
const char *gold_engine_kernel(void);

/** Both, "Haswell, relu avx2": files made with the same have the same bits. The
 * first alone where the second is "blas". Valid until the next call. */
const char *gold_engine_kernels(void);

/** Threads of the BLAS, one from the first engine on; 0: not known. */
int gold_engine_blas_threads(void);

/** Version and build of the BLAS in use; static. */
const char *gold_engine_blas_version(void);

/**
 * One square matrix product, to measure the peak that kernels are held
 * against.
 *
 * @param clock       called once, when the operands are ready.
 * @param[out] began  what it said.
 * @param[out] flops  of the product.
 */
GOLD_CHECKED gold_status gold_engine_product(gold_precision precision,
                                             size_t order, double *began,
                                             double *flops,
                                             double (*clock)(void));

/** Inputs of samples in double, [n][n_features], scaled by `input_scale`;
 * owned by the caller. */
GOLD_CHECKED gold_status gold_samples_as_double(const gold_dataset *data,
                                                const gold_samples *samples,
                                                double input_scale,
                                                double **inputs);

#ifdef __cplusplus
}
#endif
#endif
