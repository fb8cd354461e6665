/* SPDX-License-Identifier: MIT */
#include "engine/trajectory.h"

#include <string.h>

#include "goldilocks/memory.h"

#include "engine/record.h"
#include "train/stages.h"

/* A log, and where it goes. */
typedef struct record_of {
    const gold_schema *schema;
    size_t n; /* entries */
    const gold_log_entry *log;
    double *record;
} record_of;

/* Put a number of every log entry into a trajectory. */
static void put_trajectory(const record_of *to, gold_variable variable,
                           size_t offset_in_entry)
{
    const gold_schema *schema = to->schema;

    if (schema->count[variable] == 0) {
        return;
    }
    for (size_t k = 0; k < to->n; k++) {
        const char *entry = (const char *)&to->log[k];

        memcpy(to->record + schema->offset[variable] + k,
               entry + offset_in_entry, sizeof(double));
    }
}

static void put_trajectories(const record_of *to)
{
    static const struct {
        gold_variable variable;
        size_t offset;
    } tracks[] = {
        {GOLD_VAR_TRAJECTORY_LOSS, offsetof(gold_log_entry, loss)},
        {GOLD_VAR_TRAJECTORY_ACCURACY, offsetof(gold_log_entry, accuracy)},
        {GOLD_VAR_TRAJECTORY_TEST_LOSS, offsetof(gold_log_entry, test_loss)},
        {GOLD_VAR_TRAJECTORY_TEST_ACCURACY,
         offsetof(gold_log_entry, test_accuracy)},
        {GOLD_VAR_TRAJECTORY_WEIGHT_NORM,
         offsetof(gold_log_entry, weight_norm)},
        {GOLD_VAR_TRAJECTORY_GRADIENT_NORM,
         offsetof(gold_log_entry, gradient_norm)},
        {GOLD_VAR_TRAJECTORY_COSINE_TO_INIT,
         offsetof(gold_log_entry, cosine_to_init)},
        {GOLD_VAR_TRAJECTORY_COSINE_GRADIENT,
         offsetof(gold_log_entry, cosine_gradient)},
        {GOLD_VAR_TRAJECTORY_ZERO_LOGITS,
         offsetof(gold_log_entry, zero_logits)},
        {GOLD_VAR_TRAJECTORY_ENTROPY, offsetof(gold_log_entry, entropy)},
        {GOLD_VAR_TRAJECTORY_SHARPNESS, offsetof(gold_log_entry, sharpness)},
        {GOLD_VAR_TRAJECTORY_SHARPNESS_RESIDUAL,
         offsetof(gold_log_entry, sharpness_residual)},
        {GOLD_VAR_TRAJECTORY_TRACE_OVER_NORM,
         offsetof(gold_log_entry, trace_over_norm)},
        {GOLD_VAR_TRAJECTORY_POSITIVE_FRACTION,
         offsetof(gold_log_entry, positive_fraction)},
        {GOLD_VAR_TRAJECTORY_CONDENSATION_LEAD,
         offsetof(gold_log_entry, condensation_lead)},
        {GOLD_VAR_TRAJECTORY_CONDENSATION_RANK,
         offsetof(gold_log_entry, condensation_rank)},
        {GOLD_VAR_TRAJECTORY_CONDENSATION_COSINE,
         offsetof(gold_log_entry, condensation_cosine)},
        {GOLD_VAR_TRAJECTORY_CONDENSATION_SHARE,
         offsetof(gold_log_entry, condensation_share)},
        {GOLD_VAR_TRAJECTORY_ORIENTATIONS,
         offsetof(gold_log_entry, orientations)},
        {GOLD_VAR_TRAJECTORY_AMPLITUDE_MEAN,
         offsetof(gold_log_entry, amplitude_mean)},
        {GOLD_VAR_TRAJECTORY_AMPLITUDE_W1,
         offsetof(gold_log_entry, amplitude_w1)},
        {GOLD_VAR_TRAJECTORY_RELATIVE_DISTANCE,
         offsetof(gold_log_entry, relative_distance)},
        {GOLD_VAR_TRAJECTORY_CRITICAL_SHARPNESS,
         offsetof(gold_log_entry, critical_sharpness)},
    };

    for (size_t i = 0; i < sizeof tracks / sizeof *tracks; i++) {
        put_trajectory(to, tracks[i].variable, tracks[i].offset);
    }
}

static void put_reached(const record_of *to)
{
    const gold_schema *schema = to->schema;

    for (size_t i = 0; i < schema->count[GOLD_VAR_STEPS_TO_LOSS]; i++) {
        size_t k = 0;

        while (k < to->n && !(to->log[k].loss <= schema->reach[i])) {
            k++;
        }
        if (k < to->n) {
            to->record[schema->offset[GOLD_VAR_STEPS_TO_LOSS] + i] =
                (double)schema->log_steps[k];
        }
    }
}

static gold_status put_stages(const record_of *to)
{
    gold_status status = GOLD_OK;
    const gold_schema *schema = to->schema;
    double *losses = NULL;
    double *scratch = NULL;

    GOLD_GOTO(GOLD_ALLOC(to->n, &losses));
    GOLD_GOTO(GOLD_ALLOC(to->n, &scratch));
    for (size_t k = 0; k < to->n; k++) {
        losses[k] = to->log[k].loss;
    }
    const gold_stages stages =
        gold_stages_of(to->n, schema->log_steps, losses, scratch);

    gold_record_put(schema, to->record, GOLD_VAR_DESCENT_STEP,
                    stages.descent_step);
    for (size_t i = 0; i < schema->n_plateaus; i++) {
        to->record[schema->offset[GOLD_VAR_PLATEAU_START] + i] =
            stages.plateau_start[i];
        to->record[schema->offset[GOLD_VAR_PLATEAU_END] + i] =
            stages.plateau_end[i];
        to->record[schema->offset[GOLD_VAR_PLATEAU_LOSS] + i] =
            stages.plateau_loss[i];
    }

done:
    gold_free(losses);
    gold_free(scratch);
    return status;
}

gold_status FN(put_log)(const gold_schema *schema, size_t n,
                        const gold_log_entry *log, double *record)
{
    const record_of to = {schema, n, log, record};

    put_trajectories(&to);
    put_reached(&to);
    return schema->n_plateaus > 0 ? put_stages(&to) : GOLD_OK;
}
