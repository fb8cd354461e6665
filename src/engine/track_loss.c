/* SPDX-License-Identifier: MIT */
/* What losses say of a training: those of steps that are tried, and the logged
 * ones. */
#include "goldilocks/memory.h"

#include "engine/rates.h"
#include "engine/record.h"
#include "engine/watch.h"
#include "train/critical.h"
#include "train/stages.h"

/* ---- Critical sharpness -------------------------------------------------- */

static gold_status begin_critical(const gold_watch *watch, void *state)
{
    return GOLD_ALLOC(watch->start->network.n_parameters, (real **)state);
}

static void end_critical(void *state)
{
    gold_free(*(real **)state);
}

static gold_status take_critical(gold_watch *watch, void *state,
                                 const gold_logged *at)
{
    const gold_batch train = watch->training->train;
    size_t n_passes = 0;
    const double critical =
        FN(critical_sharpness)(at->passes, at->theta, at->gradient, train,
                               *(real **)state, at->entry->loss, &n_passes);

    watch->flops += (double)n_passes * 2.0 * (double)train.n *
                    watch->start->network.products;
    FN(watch_put)
    (watch, at, GOLD_VAR_TRAJECTORY_CRITICAL_SHARPNESS, 0, critical);
    return GOLD_OK;
}

const gold_tracker FN(track_critical_sharpness) = {
    .state_bytes = sizeof(real *),
    .begin = begin_critical,
    .end = end_critical,
    .take = take_critical,
};

/* ---- The largest stable rate --------------------------------------------- */

static gold_status try_rates(gold_watch *watch, const real *theta,
                             double *record)
{
    double stable = 0.0;

    GOLD_TRY(FN(rate_stable)(watch->training, theta, &stable, &watch->flops));
    gold_record_put(watch->job->schema, record,
                    GOLD_VAR_MAX_STABLE_LEARNING_RATE, stable);
    return GOLD_OK;
}

const gold_tracker FN(track_max_stable_learning_rate) = {.before = try_rates};

/* ---- Stages -------------------------------------------------------------- */

/* Of the first phase: where it ends, rates or samples become others. */
static gold_status put_stages(const gold_watch *watch,
                              const gold_training_result *result,
                              const gold_log_entry *log, double *record)
{
    gold_status status = GOLD_OK;
    const gold_schema *schema = watch->job->schema;
    const size_t n = (size_t)watch->training->past.ends[0].n_logged;
    double *losses = NULL;
    double *scratch = NULL;

    (void)result;
    GOLD_GOTO(GOLD_ALLOC(n, &losses));
    GOLD_GOTO(GOLD_ALLOC(n, &scratch));
    for (size_t k = 0; k < n; k++) {
        losses[k] = log[k].loss;
    }
    const gold_stages stages =
        gold_stages_of(n, schema->log_steps, losses, scratch);

    gold_record_put(schema, record, GOLD_VAR_DESCENT_STEP, stages.descent_step);
    for (size_t i = 0; i < schema->n_plateaus; i++) {
        record[schema->offset[GOLD_VAR_PLATEAU_START] + i] =
            stages.plateau_start[i];
        record[schema->offset[GOLD_VAR_PLATEAU_END] + i] =
            stages.plateau_end[i];
        record[schema->offset[GOLD_VAR_PLATEAU_LOSS] + i] =
            stages.plateau_loss[i];
    }

done:
    gold_free(losses);
    gold_free(scratch);
    return status;
}

const gold_tracker FN(track_stages) = {.after = put_stages};
