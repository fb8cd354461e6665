/* SPDX-License-Identifier: MIT */
/** @file layers.h Curvature in the parameters of one layer at a time. Typed. */
#ifndef GOLD_ENGINE_LAYERS_H
#define GOLD_ENGINE_LAYERS_H

#include "curv/line.h"
#include "engine/seam.h"

/**
 * Measure a line in a subspace of every layer, at all dimensions that the layer
 * has room for.
 *
 * @param line    its directions and test samples do not matter.
 * @param values  [line->n_points][gold_layer_numbers] (record.h), filled; NaN
 * where a layer has no room, where there is no layer, and where a matrix is not
 * finite.
 * @param flops   those of matrix products are added.
 */
GOLD_CHECKED gold_status FN(measure_layers)(const FN(line) * line,
                                            const gold_settings *settings,
                                            const gold_schema *schema,
                                            double *values, double *flops);

#endif
