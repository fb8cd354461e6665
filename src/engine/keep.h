/* SPDX-License-Identifier: MIT */
/** @file keep.h Parameters of a training that its record keeps. Typed. */
#ifndef GOLD_ENGINE_KEEP_H
#define GOLD_ENGINE_KEEP_H

#include "goldilocks/schema.h"

#include "engine/start.h"

/** Put the parameters where training began, where it ended, `theta`, and where
 * it was best into a record, as far as the study keeps them. Those of smaller
 * networks leave the rest of their row empty. */
void FN(keep_parameters)(const gold_schema *schema, const gold_start *start,
                         double alpha, const real *theta, const real *best,
                         double *record);

#endif
