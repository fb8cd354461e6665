/* SPDX-License-Identifier: MIT */
#include "engine/keep.h"

void FN(keep_parameters)(const gold_schema *schema, const gold_start *start,
                         double alpha, const real *theta, const real *best,
                         double *record)
{
    const gold_network *network = &start->network;
    double *at_start = record + schema->offset[GOLD_VAR_INITIAL_PARAMETERS];
    double *at_end = record + schema->offset[GOLD_VAR_FINAL_PARAMETERS];
    double *at_best = record + schema->offset[GOLD_VAR_BEST_PARAMETERS];

    for (size_t i = 0; i < network->n_parameters; i++) {
        const double scale = gold_scale_of(network, i, alpha);

        if (i < schema->count[GOLD_VAR_INITIAL_PARAMETERS]) {
            at_start[i] = (double)(real)(scale * (double)start->theta[i]);
        }
        if (i < schema->count[GOLD_VAR_FINAL_PARAMETERS]) {
            at_end[i] = (double)theta[i];
        }
        if (i < schema->count[GOLD_VAR_BEST_PARAMETERS]) {
            at_best[i] = (double)best[i];
        }
    }
}
