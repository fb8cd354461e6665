/* SPDX-License-Identifier: MIT */
/**
 * @file steps.h
 * How long points train.
 */
#ifndef GOLD_STUDY_STEPS_H
#define GOLD_STUDY_STEPS_H

#include "goldilocks/study.h"

enum {
    GOLDI_IN_FILES = 60000 /* training samples that data sets in files have */
};

/** The most steps that a point trains for. */
uint64_t goldi_most_steps(const gold_study *study, size_t n_train);

#endif
