/* SPDX-License-Identifier: MIT */
#include "app/local.h"

#include "goldilocks/memory.h"

#include "app/share.h"
#include "app/sizes.h"
#include "app/starts.h"

gold_status gold_local_take(gold_local *local, gold_study *study)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;

    local->study = study;
    GOLD_GOTO(gold_dataset_plan_create(study, &plan));
    GOLD_GOTO(gold_check_starts(study, plan));
    GOLD_GOTO(gold_check_sizes(study, gold_dataset_shape(plan)));
    local->data_bytes = gold_dataset_bytes(plan);
    GOLD_GOTO(gold_alloc(local->data_bytes, 1, &local->block));
    GOLD_GOTO(gold_dataset_fill(plan, local->block));
    local->data = gold_dataset_view(local->block);
    GOLD_GOTO(GOLD_ALLOC(1, &local->schema));
    gold_schema_init(local->schema, study, local->data.train.n);

done:
    gold_dataset_plan_destroy(&plan);
    return status;
}

gold_status gold_local_open(gold_local *local, const char *path,
                            const char *overrides)
{
    gold_study *study = NULL;

    GOLD_TRY(gold_load_study(path, overrides, true, &study));
    return gold_local_take(local, study);
}

void gold_local_close(gold_local *local)
{
    gold_free(local->block);
    gold_free(local->schema);
    gold_study_destroy(&local->study);
    *local = (gold_local){0};
}
