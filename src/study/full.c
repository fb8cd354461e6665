/* SPDX-License-Identifier: MIT */
/* What is asked for of all parameters together, and when. */
#include "study/read.h"

bool gold_study_has_full(const gold_study *study)
{
    const gold_curvature_block *curvature = &study->curvature;

    return curvature->extreme_count > 0 || curvature->trace_probes > 0 ||
           curvature->density_probes > 0 || curvature->dense_limit > 0 ||
           curvature->boundary_vectors > 0;
}

bool gold_study_has_end(const gold_study *study)
{
    return study->has_train && study->curvature.at[GOLD_AT_END];
}

size_t gold_study_n_measured(const gold_study *study, uint64_t n_steps)
{
    const gold_curvature_block *curvature = &study->curvature;
    size_t n = 0;

    while (study->has_train && n < curvature->n_moments &&
           curvature->moments[n] <= n_steps) {
        n++;
    }
    return n + (gold_study_has_end(study) ? 1 : 0);
}

size_t gold_study_n_kept(const gold_study *study)
{
    size_t n = 0;

    for (size_t k = 0; study->has_train && k < GOLD_N_KEEPS; k++) {
        n += study->train.keep[k] ? 1 : 0;
    }
    return n;
}

bool goldi_needs_subspace(const goldi_reader *reader)
{
    static const char *const names[] = {"extreme", "trace_probes", "density",
                                        "dense",   "boundary",     NULL};
    const gold_curvature_block *curvature = &reader->study->curvature;
    bool has_full = false;

    for (const char *const *name = names; *name != NULL; name++) {
        has_full =
            has_full || goldi_given(reader, GOLDI_CURVATURE, *name) != NULL;
    }
    return !has_full || curvature->logit_gradients > 0 ||
           curvature->layers == GOLD_LAYERS_EACH ||
           curvature->resample_directions > 0 || curvature->resample_data > 0;
}
