/* SPDX-License-Identifier: MIT */
/**
 * @file lesson.h
 * One train task under way: a training of one or several phases. Typed.
 *
 * Each phase is the training of a study of its own (gold_study_phase), on its
 * own samples and labels, from where the phase before ended or from the drawn
 * point moved to the norm with which one ended. A checkpoint in any of them
 * leads to the same bits.
 */
#ifndef GOLD_ENGINE_LESSON_H
#define GOLD_ENGINE_LESSON_H

#include "engine/moment.h"
#include "engine/seam.h"
#include "engine/start.h"
#include "engine/watch.h"
#include "nn/directions.h"
#include "train/training.h"

typedef struct gold_lesson {
    const gold_engine_job *whole; /* as it was asked for */
    gold_engine_job job;          /* of the phase: its study, its samples */
    gold_point_data data;         /* of phases before the last */
    gold_settings settings;       /* of the phase */
    gold_start start;
    double alpha;  /* from the drawn parameters to the point */
    real *theta;   /* of the point, then trained */
    real *initial; /* of the point; NULL: nobody asks */
    real *best;    /* where training was best, NaN where that is nowhere; NULL:
                      nobody asks */
    FN(directions) directions; /* constraint subspace only */
    gold_log_entry *log;       /* [n_log] */
    double *numbers;           /* [n_log][watch.n_numbers] */
    gold_watch watch;          /* what is tracked on the way */
    gold_moments moments;      /* what is measured there */
    gold_training training;    /* the phase */
    gold_training_result result;
} gold_lesson;

/** Get ready to train from a point; ended by FN(lesson_fini), also on failure.
 * Keeps `job`. */
GOLD_CHECKED gold_status FN(lesson_init)(gold_lesson *t,
                                         const gold_engine_job *job,
                                         bool wants_best);

/** Train, phase by phase, to the end: of the last one, or where it diverged or
 * was stopped. A point from which there is no way is one that failed.
 *
 * @param inspection  NULL, or filled with where the last phase that
 *                    was trained began. */
GOLD_CHECKED gold_status FN(lesson_train)(gold_lesson *t, gold_outcome *outcome,
                                          gold_inspection *inspection);

/** Free what the lesson holds; zeroed ones are allowed. */
void FN(lesson_fini)(gold_lesson *t);

#endif
