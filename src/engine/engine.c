/* SPDX-License-Identifier: MIT */
#include "goldilocks/engine.h"

#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "engine/peak.h"
#include "engine/seam.h"
#include "linalg/kernel.h"
#include "linalg/threads.h"

struct gold_engine {
    const gold_study *study;
    const gold_schema *schema;
    gold_dataset data;
    gold_dataset sets[GOLD_MAX_PHASES]; /* of each phase of training */
    void *blocks[GOLD_MAX_PHASES]; /* of those that are not `data`; owned */
    gold_engine_fn *run[2];        /* by gold_task_kind */
};

/* The samples that a phase has of its own, which are drawn. */
static gold_status draw_set(const gold_study *phase, void **block,
                            gold_dataset *set)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;

    GOLD_GOTO(gold_dataset_plan_create(phase, &plan));
    GOLD_GOTO(gold_alloc(gold_dataset_bytes(plan), 1, block));
    GOLD_GOTO(gold_dataset_fill(plan, *block));
    *set = gold_dataset_view(*block);

done:
    gold_dataset_plan_destroy(&plan);
    return status;
}

static gold_status draw_sets(gold_engine *engine)
{
    for (size_t i = 0; i <= engine->study->n_earlier; i++) {
        const gold_study *phase = gold_study_phase(engine->study, i);

        engine->sets[i] = engine->data;
        if (phase->has_own_data) {
            GOLD_TRY(draw_set(phase, &engine->blocks[i], &engine->sets[i]));
        }
    }
    return GOLD_OK;
}

gold_status gold_engine_create(const gold_study *study,
                               const gold_schema *schema,
                               const gold_dataset *data, gold_engine **engine)
{
    gold_status status = GOLD_OK;
    gold_engine *made = NULL;

    GOLD_GOTO(gold_blas_begin());
    GOLD_GOTO(GOLD_ALLOC(1, &made));
    *made = (gold_engine){
        .study = study,
        .schema = schema,
        .data = *data,
    };
    if (study->run.precision == GOLD_FLOAT32) {
        made->run[GOLD_TASK_MEASURE] = gold_measure_f32;
        made->run[GOLD_TASK_TRAIN] = gold_train_point_f32;
    } else {
        made->run[GOLD_TASK_MEASURE] = gold_measure_f64;
        made->run[GOLD_TASK_TRAIN] = gold_train_point_f64;
    }
    GOLD_GOTO(draw_sets(made));
    *engine = made;
    made = NULL;

done:
    gold_engine_destroy(&made);
    return status;
}

void gold_engine_destroy(gold_engine **engine)
{
    for (size_t i = 0; *engine != NULL && i < GOLD_MAX_PHASES; i++) {
        gold_free((*engine)->blocks[i]);
    }
    gold_free(*engine);
    *engine = NULL;
}

const char *gold_engine_blas_core(void)
{
    return gold_blas_core();
}

gold_status gold_engine_force_kernel(const char *word)
{
    return gold_kernel_force(word);
}

const char *gold_engine_kernel(void)
{
    static char text[32];
    const gold_kernel_choice choice = gold_kernel_chosen();

    (void)snprintf(text, sizeof text, "%s%s", gold_kernel_name(choice.kernel),
                   choice.is_forced && gold_kernel_has_tiles(choice.kernel)
                       ? " everywhere"
                       : "");
    return text;
}

const char *gold_engine_kernels(void)
{
    static char text[96];

    if (!gold_kernel_has_tiles(gold_kernel_chosen().kernel)) {
        return gold_blas_core();
    }
    (void)snprintf(text, sizeof text, "%s, relu %s", gold_blas_core(),
                   gold_engine_kernel());
    return text;
}

int gold_engine_blas_threads(void)
{
    return gold_blas_threads();
}

const char *gold_engine_blas_version(void)
{
    return gold_blas_version();
}

gold_status gold_engine_product(gold_precision precision, size_t order,
                                double *began, double *flops,
                                double (*clock)(void))
{
    GOLD_TRY(gold_blas_begin());
    return precision == GOLD_FLOAT32
               ? gold_peak_f32(order, began, flops, clock)
               : gold_peak_f64(order, began, flops, clock);
}

/* The data as the points of a task use it: of one measure task all do alike,
 * for neither the seed nor the number of samples is an axis of its line. */
static gold_status data_of(const gold_engine *engine, const gold_task *task,
                           gold_point_data *of_point)
{
    gold_settings settings;

    gold_study_point(engine->study, task->points[0], &settings);
    return gold_point_data_init(of_point, &engine->data, &settings);
}

/* Mark every point of a task failed, with this thread's message. */
static void fail_all(gold_outcome *outcome)
{
    for (size_t i = 0; i < outcome->n_points; i++) {
        outcome->verdicts[i].state = GOLD_STATE_FAILED;
        (void)snprintf(outcome->verdicts[i].message, GOLD_MESSAGE_BYTES, "%.*s",
                       GOLD_MESSAGE_BYTES - 1, gold_fail_message());
    }
}

void gold_engine_run(gold_engine *engine, const gold_task *task,
                     const gold_interrupt *interrupt, gold_outcome *outcome)
{
    if (task->n_points == 0) {
        return;
    }
    gold_point_data own = {0};
    gold_status status = data_of(engine, task, &own);
    const gold_engine_job job = {engine->study, engine->schema, &own.data,
                                 task,          interrupt,      engine->sets};

    if (status == GOLD_OK) {
        status = engine->run[task->kind](&job, outcome, NULL);
    }
    if (status != GOLD_OK) {
        gold_record_clear(engine->schema, outcome->records, outcome->n_points);
        fail_all(outcome);
    }
    gold_point_data_fini(&own);
}

gold_status gold_engine_inspect(gold_engine *engine, size_t point,
                                gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    const size_t length = engine->schema->record_length;
    gold_task task = {GOLD_TASK_MEASURE, 0, 1, &point};
    gold_point_data own = {0};
    const gold_engine_job job = {engine->study, engine->schema, &own.data,
                                 &task,         NULL,           engine->sets};
    gold_outcome outcome = {0};

    *inspection = (gold_inspection){0};
    GOLD_GOTO(data_of(engine, &task, &own));
    GOLD_GOTO(gold_outcome_init(&outcome, engine->schema, 1));
    GOLD_GOTO(engine->run[task.kind](&job, &outcome, inspection));
    inspection->verdict = outcome.verdicts[0];
    if (engine->study->has_train) {
        task.kind = GOLD_TASK_TRAIN;
        GOLD_GOTO(engine->run[task.kind](&job, &outcome, inspection));
    }
    GOLD_GOTO(GOLD_ALLOC(length, &inspection->record));
    memcpy(inspection->record, outcome.records,
           length * sizeof *inspection->record);

done:
    gold_outcome_fini(&outcome);
    gold_point_data_fini(&own);
    return status;
}

void gold_boundary_arrays_fini(gold_boundary_arrays *arrays)
{
    gold_free(arrays->vectors);
    gold_free(arrays->alignments);
    gold_free(arrays->margins);
    gold_free(arrays->x);
    gold_free(arrays->y);
    gold_free(arrays->classes);
    gold_free(arrays->confidence);
    gold_free(arrays->grid_alignments);
    *arrays = (gold_boundary_arrays){0};
}

void gold_inspection_fini(gold_inspection *inspection)
{
    if (inspection->end != NULL) {
        gold_inspection_fini(inspection->end);
        gold_free(inspection->end);
    }
    gold_free(inspection->layers);
    gold_free(inspection->theta);
    gold_free(inspection->directions);
    gold_free(inspection->hessian);
    gold_free(inspection->g_term);
    gold_free(inspection->h_term);
    gold_free(inspection->extreme_vectors);
    gold_free(inspection->dense.hessian);
    gold_free(inspection->dense.g_term);
    gold_boundary_arrays_fini(&inspection->boundary);
    gold_free(inspection->record);
    gold_free(inspection->phase_theta);
    gold_free(inspection->final_theta);
    gold_free(inspection->best_theta);
    gold_free(inspection->batch_order);
    gold_free(inspection->augmentation);
    gold_free(inspection->constraint_directions);
    *inspection = (gold_inspection){0};
}

gold_status gold_samples_as_double(const gold_dataset *data,
                                   const gold_samples *samples,
                                   double input_scale, double **inputs)
{
    const size_t count = samples->n * data->n_features;
    const float *singles = samples->inputs;
    const double *doubles = samples->inputs;

    GOLD_TRY(GOLD_ALLOC(count, inputs));
    for (size_t i = 0; i < count; i++) {
        (*inputs)[i] =
            input_scale *
            (data->precision == GOLD_FLOAT32 ? (double)singles[i] : doubles[i]);
    }
    return GOLD_OK;
}
