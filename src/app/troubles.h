/* SPDX-License-Identifier: MIT */
/** @file troubles.h What is said of other processes that give trouble. */
#ifndef GOLD_APP_TROUBLES_H
#define GOLD_APP_TROUBLES_H

#include "goldilocks/sched.h"
#include "goldilocks/study.h"

/** A process that is taken for dead, with the tasks that it held; `context` is
 * not looked at. */
void gold_say_lost(void *context, int rank, double silence_s, unsigned n_tasks);

/** A task that takes much longer than it should. */
void gold_say_late(const gold_study *study, const gold_sched_trouble *trouble);

#endif
