/* SPDX-License-Identifier: MIT */
/**
 * @file steps.h
 * How long points train.
 */
#ifndef GOLD_STUDY_STEPS_H
#define GOLD_STUDY_STEPS_H

#include "goldilocks/study.h"

/** The most steps that a point trains for. */
uint64_t goldi_most_steps(const gold_study *study, size_t n_train);

#endif
