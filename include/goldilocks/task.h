/* SPDX-License-Identifier: MIT */
/**
 * @file task.h
 * The work of a study, cut into tasks that need nothing from each other.
 *
 * A *measure* task is one combination of the base axes: its points are the
 * whole line over the line axes (study.h). A *train* task is one point. Task
 * ids are dense: measure tasks first, in grid order, then train tasks, where
 * the study trains.
 *
 * The cost of a task is predicted in flops, from the sizes of the network and
 * of the data; seconds follow from a measured rate.
 */
#ifndef GOLDILOCKS_TASK_H
#define GOLDILOCKS_TASK_H

#include "goldilocks/architecture.h"
#include "goldilocks/study.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum gold_task_kind {
    GOLD_TASK_MEASURE,
    GOLD_TASK_TRAIN,
} gold_task_kind;

/** State of one point's part of the work, as stored in status_measure and
 * status_train. */
typedef enum gold_state {
    GOLD_STATE_PENDING = 0,
    GOLD_STATE_DONE = 1,
    GOLD_STATE_FAILED = 2,
    GOLD_STATE_EXCLUDED = 3,
} gold_state;

typedef struct gold_task {
    gold_task_kind kind;
    size_t id;
    size_t n_points;
    size_t *points; /* [n_points] flat indices, ascending, excluded ones left
                       out; owned by the task, see gold_task_fini */
} gold_task;

/** Sizes of the data that decide costs. */
typedef struct gold_data_shape {
    size_t n_train; /* read; a point may use fewer: gold_samples_used */
    size_t n_test;
    size_t n_features;
    size_t n_classes;
    gold_shape image; /* of a sample; no channels where it is a vector */
} gold_data_shape;

/** The shape of a study's samples, as it is known before they are read. */
gold_data_shape gold_data_shape_of(const gold_data_block *data);

/** Training samples that a point uses of those that were read. */
size_t gold_samples_used(const gold_settings *settings, size_t n_read);

/** Measure tasks of a study: the number of base combinations. */
size_t gold_n_measure_tasks(const gold_study *study);

/** All tasks of a study: measure tasks 0 .. n_measure - 1, then, where the
 * study trains, train task n_measure + p for every point p. */
size_t gold_n_tasks(const gold_study *study);

/** Points of one line, excluded ones too. */
size_t gold_line_length(const gold_study *study);

/** Flat index of point `k` of measure task `id`, excluded or not. */
size_t gold_task_point(const gold_study *study, size_t id, size_t k);

/** Kind of task `id`. */
gold_task_kind gold_task_kind_of(const gold_study *study, size_t id);

/** Measure task that a point belongs to. */
size_t gold_task_of_point(const gold_study *study, size_t point);

/**
 * The part that a task belongs to when a study is cut into `n_shards`, from 0
 * on. Of every n_shards tasks that follow each other each part has one, by
 * turns that are mixed, so that no axis decides which. Never changes.
 */
size_t gold_task_shard(size_t id, size_t n_shards);

/** Fill in task `id`; ended by gold_task_fini. A task whose points are all
 * excluded has none. */
GOLD_CHECKED gold_status gold_task_init(const gold_study *study, size_t id,
                                        gold_task *task);

/** Free what the task holds; zeroed tasks are allowed. */
void gold_task_fini(gold_task *task);

/** Shape of a sample: the image, or all features as a vector. */
gold_shape gold_data_input(const gold_data_shape *shape);

/** Parameters of the network of a point; of the layers that fit their input,
 * if not all do. */
double gold_n_parameters(const gold_settings *settings,
                         const gold_data_shape *shape);

/** Does a log entry need the gradient over all samples? */
bool gold_logs_gradients(const gold_train_block *train);

/** Are eigenvalues looked for by Lanczos' method, so that how many products
 * with the Hessian a task takes is known only when it is done? */
bool gold_study_iterates(const gold_study *study);

/** Predicted flops of task `id`. */
double gold_task_flops(const gold_study *study, size_t id,
                       const gold_data_shape *shape);

/** Predicted flops of a share of the points of measure task `id`. */
double gold_measure_flops(const gold_study *study, size_t id,
                          const gold_data_shape *shape, double share);

/** Bytes of what a point fixes that products with the Hessian may keep: a
 * quarter of run.memory_per_rank. The rest is computed again for each. */
double gold_kept_bytes(const gold_study *study);

#ifdef __cplusplus
}
#endif
#endif
