/* SPDX-License-Identifier: MIT */
#include "app/sizes.h"

#include <math.h>

#include "goldilocks/store.h"

#include "app/print.h"

/* Of a result file: attributes, headers, sessions. */
static const double fixed_bytes = 192.0 * 1024;

gold_data_shape gold_shape_of(const gold_dataset *data)
{
    return (gold_data_shape){data->train.n,
                             data->test.n,
                             data->n_features,
                             data->n_classes,
                             {data->channels, data->height, data->width}};
}

double gold_file_bytes(const gold_study *study, const gold_schema *schema)
{
    return fixed_bytes + gold_store_bytes(study, schema);
}

static gold_status check_memory(const gold_study *study,
                                const gold_data_shape *shape)
{
    const double needed = gold_memory_per_rank(study, shape);
    char need[GOLD_PRINT_BYTES];
    char have[GOLD_PRINT_BYTES];

    if (needed > (double)study->run.memory_per_rank) {
        return gold_fail(
            GOLD_ERR_CONFIG,
            "a process needs about %s for the largest network, but "
            "run.memory_per_rank is %s: raise it if the machine has more, or "
            "lower curvature.subspace.dim or the width",
            gold_print_bytes(needed, need),
            gold_print_bytes((double)study->run.memory_per_rank, have));
    }
    return GOLD_OK;
}

/* Every training in a subspace has room for it, of this phase. */
static gold_status check_constraint(const gold_study *study,
                                    const gold_data_shape *shape)
{
    for (size_t p = 0; study->has_train && p < study->n_points; p++) {
        gold_settings settings;
        char place[256];

        gold_study_point(study, p, &settings);
        if (settings.train.constraint == GOLD_CONSTRAINT_SUBSPACE &&
            (double)settings.train.constraint_dim >=
                gold_n_parameters(&settings, shape)) {
            return gold_fail(
                GOLD_ERR_CONFIG,
                "training in %llu dimensions at %s, but the network has %.0f "
                "parameters: train.constraint.subspace.dim has to be below "
                "that",
                (unsigned long long)settings.train.constraint_dim,
                gold_study_describe(study, p, place, sizeof place),
                gold_n_parameters(&settings, shape));
        }
    }
    return GOLD_OK;
}

/* Room for kept parameters is made before the samples are seen. */
static gold_status check_kept(const gold_study *study,
                              const gold_settings *settings,
                              double n_parameters)
{
    const gold_data_shape usual = gold_data_shape_of(&study->data);

    return gold_study_n_kept(study) > 0 &&
                   n_parameters > gold_n_parameters(settings, &usual)
               ? gold_fail(GOLD_ERR_CONFIG,
                           "train.keep: samples of the files in %s are larger "
                           "than those of the set are: no parameters are kept",
                           study->data.path)
               : GOLD_OK;
}

gold_status gold_check_sizes(const gold_study *study, gold_data_shape shape)
{
    const size_t n_dims = study->curvature.n_dims;
    const size_t dim = n_dims > 0 ? study->curvature.dims[n_dims - 1] : 0;

    for (size_t id = 0; id < gold_n_measure_tasks(study); id++) {
        const size_t point = gold_task_point(study, id, 0);
        gold_settings settings;
        char place[256];

        gold_study_point(study, point, &settings);
        const double n_parameters = gold_n_parameters(&settings, &shape);
        const double room =
            n_parameters - (settings.surface == GOLD_SPHERE ? 1.0 : 0.0);

        GOLD_TRY(check_kept(study, &settings, n_parameters));
        if ((double)dim > room) {
            return gold_fail(
                GOLD_ERR_CONFIG,
                "curvature.subspace.dim is %zu, but the network at %s has "
                "room for %.0f directions: lower dim or widen the network",
                dim, gold_study_describe(study, point, place, sizeof place),
                room);
        }
    }
    for (size_t i = 0; i <= study->n_earlier; i++) {
        GOLD_TRY(check_constraint(gold_study_phase(study, i), &shape));
    }
    return check_memory(study, &shape);
}
