/* SPDX-License-Identifier: MIT */
/** @file stopping.h When a run has to come to its end: signals and time. */
#ifndef GOLD_APP_STOPPING_H
#define GOLD_APP_STOPPING_H

#include <stdbool.h>

/**
 * From now on SIGTERM, SIGUSR1 and SIGINT ask for the end in good order. A
 * second SIGINT ends the process at once, with the exit code of a run that was
 * stopped: what is marked done in the file is whole at any instant.
 *
 * @param max_seconds  until the end is wanted anyway; may be infinite.
 */
void gold_stopping_begin(double max_seconds);

/** Is the end wanted? */
bool gold_stopping_is_due(void);

/** Seconds until the end is wanted; may be infinite, or below 0. */
double gold_stopping_time_left(void);

#endif
