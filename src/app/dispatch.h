/* SPDX-License-Identifier: MIT */
/** @file dispatch.h How fast tasks are handed out, with tasks made up. */
#ifndef GOLD_APP_DISPATCH_H
#define GOLD_APP_DISPATCH_H

#include "goldilocks/status.h"

/**
 * Hand out tasks that do nothing, then tasks of 100 microseconds, among all
 * processes, and print what came of it. Collective on MPI_COMM_WORLD.
 */
GOLD_CHECKED gold_status gold_dispatch_bench(void);

#endif
