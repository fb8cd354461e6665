/* SPDX-License-Identifier: MIT */
/* Rows of the table by name. */
#include "study/keys.h"

#include <string.h>

const char *goldi_section_label(goldi_section section)
{
    static const char *const labels[GOLDI_N_SECTIONS] = {
        [GOLDI_ROOT] = "",
        [GOLDI_GRID] = "grid",
        [GOLDI_DATA] = "data",
        [GOLDI_DATA_LABELS] = "data.labels",
        [GOLDI_NETWORK] = "network",
        [GOLDI_NETWORK_INIT] = "network.init",
        [GOLDI_CURVATURE] = "curvature",
        [GOLDI_SUBSPACE] = "curvature.subspace",
        [GOLDI_RESAMPLE] = "curvature.resample",
        [GOLDI_EXTREME] = "curvature.extreme",
        [GOLDI_DENSITY] = "curvature.density",
        [GOLDI_BOUNDARY] = "curvature.boundary",
        [GOLDI_BOUNDARY_GRID] = "curvature.boundary.grid",
        [GOLDI_TRAIN] = "train",
        [GOLDI_TRAIN_PHASES] = "train.phases",
        [GOLDI_TRAIN_PHASES_START] = "train.phases.start",
        [GOLDI_TRAIN_LOG] = "train.log",
        [GOLDI_TRAIN_STOP] = "train.stop",
        [GOLDI_TRAIN_SCHEDULE] = "train.schedule",
        [GOLDI_TRAIN_AUGMENT] = "train.augment",
        [GOLDI_TRAIN_SELECT] = "train.select",
        [GOLDI_TRAIN_CONSTRAINT] = "train.constraint",
        [GOLDI_TRAIN_SUBSPACE] = "train.constraint.subspace",
        [GOLDI_RUN] = "run",
    };

    return labels[section];
}

const goldi_key *goldi_find_key(goldi_section section, const char *name)
{
    GOLDI_EACH_KEY(key) {
        if (key->section == section && strcmp(key->name, name) == 0) {
            return key;
        }
    }
    return NULL;
}

bool goldi_is_of_training(const goldi_key *key)
{
    return key->section >= GOLDI_TRAIN && key->section <= GOLDI_TRAIN_SUBSPACE;
}

bool goldi_is_seed(const goldi_key *key)
{
    return key->type == GOLDI_UNSIGNED && key->high >= GOLDI_MOST_SEEDS;
}

size_t goldi_key_index(const goldi_key *key)
{
    return (size_t)(key - goldi_keys);
}
