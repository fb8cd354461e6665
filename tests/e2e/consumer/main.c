/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include <goldilocks/engine.h>
#include <goldilocks/memory.h>

int main(void)
{
    static const char text[] =
        "study: mine\ngrid: {seed: [7]}\ndata: {set: circles}\n"
        "network: {width: 20}\ncurvature: {subspace: {dim: 10}}\n";
    static gold_schema schema; /* where numbers of a point stand */
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    gold_dataset_plan *plan = NULL;
    gold_engine *engine = NULL;
    gold_dataset data;
    gold_inspection point = {0};
    void *block = NULL;
    char *errors = NULL;

    GOLD_GOTO(
        gold_study_parse("mine", text, sizeof text - 1, "", &study, &errors));
    GOLD_GOTO(gold_dataset_plan_create(study, &plan));
    GOLD_GOTO(gold_alloc(gold_dataset_bytes(plan), 1, &block));
    GOLD_GOTO(gold_dataset_fill(plan, block));
    data = gold_dataset_view(block);
    gold_schema_init(&schema, study, data.train.n);
    GOLD_GOTO(gold_engine_create(study, &schema, &data, &engine));
    GOLD_GOTO(gold_engine_inspect(engine, 0, &point)); /* first of the grid */
    printf("loss %.9g, Tr/norm %.9g\n",
           point.record[schema.offset[GOLD_VAR_LOSS]],
           point.record[schema.offset[GOLD_VAR_TRACE_OVER_NORM]]);

done:
    if (status != GOLD_OK) {
        fprintf(stderr, "%s\n", errors != NULL ? errors : gold_fail_message());
    }
    gold_free(errors);
    gold_inspection_fini(&point);
    gold_engine_destroy(&engine);
    gold_free(block);
    gold_dataset_plan_destroy(&plan);
    gold_study_destroy(&study);
    return gold_status_exit_code(status);
}
