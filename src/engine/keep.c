/* SPDX-License-Identifier: MIT */
#include "engine/keep.h"

void FN(keep_parameters)(const gold_schema *schema, const gold_start *start,
                         double alpha, const real *theta, double *record)
{
    const gold_network *network = &start->network;
    double *initial = record + schema->offset[GOLD_VAR_INITIAL_PARAMETERS];
    double *final = record + schema->offset[GOLD_VAR_FINAL_PARAMETERS];

    for (size_t i = 0; i < network->n_parameters; i++) {
        const double scale = gold_scale_of(network, i, alpha);

        if (i < schema->count[GOLD_VAR_INITIAL_PARAMETERS]) {
            initial[i] = (double)(real)(scale * (double)start->theta[i]);
        }
        if (i < schema->count[GOLD_VAR_FINAL_PARAMETERS]) {
            final[i] = (double)theta[i];
        }
    }
}
