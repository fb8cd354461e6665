/* SPDX-License-Identifier: MIT */
/* Points of a grid: from flat index to settings and coordinates, and back. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "study/read.h"
#include "study/show.h"

void gold_study_unravel(const gold_study *study, size_t point, size_t *index)
{
    for (size_t a = study->n_axes; a-- > 0;) {
        index[a] = point % study->axes[a].count;
        point /= study->axes[a].count;
    }
}

size_t gold_study_ravel(const gold_study *study, const size_t *index)
{
    size_t point = 0;

    for (size_t a = 0; a < study->n_axes; a++) {
        point = point * study->axes[a].count + index[a];
    }
    return point;
}

bool gold_study_is_excluded(const gold_study *study, size_t point)
{
    return study->excluded != NULL && study->excluded[point] != 0;
}

/* What a source of chance is drawn from. */
static uint64_t seed_of(uint64_t own, uint64_t of_point)
{
    return own == GOLD_SEED_OF_POINT ? of_point : own;
}

void gold_study_point(const gold_study *study, size_t point,
                      gold_settings *settings)
{
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(study, point, index);
    *settings = study->base;
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *axis = &study->axes[a].keys[k];
            const goldi_key *key = goldi_find_axis(axis->name);

            goldi_put(key, goldi_axis_value(axis, key, index[a]), settings,
                      NULL);
        }
    }
    settings->direction_seed =
        seed_of(settings->direction_seed, settings->seed);
    settings->data_seed = seed_of(settings->data_seed, settings->seed);
    settings->train_seed = seed_of(settings->train_seed, settings->seed);
    if (settings->train.optimizer == GOLD_GD) {
        settings->train.batch = 0; /* it may be swept beside others, that take
                                      the batch that is given */
    }
}

char *gold_study_describe(const gold_study *study, size_t point, char *text,
                          size_t n_bytes)
{
    size_t index[GOLD_MAX_AXES];
    size_t used = 0;

    gold_study_unravel(study, point, index);
    if (n_bytes > 0) {
        text[0] = '\0';
    }
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys && used < n_bytes; k++) {
            const gold_axis_key *key = &study->axes[a].keys[k];
            char value[GOLD_NAME_BYTES];

            used += (size_t)snprintf(text + used, n_bytes - used, "%s%s=%s",
                                     used > 0 ? ", " : "", key->name,
                                     gold_axis_text(key, index[a], value));
        }
    }
    return text;
}
