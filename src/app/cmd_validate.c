/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "goldilocks/dataset.h"
#include "goldilocks/memory.h"
#include "goldilocks/task.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/progress.h"
#include "app/share.h"
#include "app/sizes.h"
#include "app/starts.h"

/* What was found in a file of somebody's own: how it is read is no secret. */
static void say_own(const gold_study *study, const gold_data_shape *shape)
{
    const gold_data_block *data = &study->data;

    gold_say(stdout, "%s%s%s: %zu training and %zu test samples of ",
             data->path, data->name == NULL ? "" : ", ",
             data->name == NULL ? "" : data->name, shape->n_train,
             shape->n_test);
    if (shape->image.channels > 0) {
        gold_say(stdout, "%zu x %zu x %zu (channels, height, width)",
                 shape->image.channels, shape->image.height,
                 shape->image.width);
    } else {
        gold_say(stdout, "%zu features", shape->n_features);
    }
    gold_say(stdout, ", %zu %s\n", shape->n_classes,
             gold_data_has_targets(data) ? "outputs" : "classes");
}

/* What points may begin from. */
static void say_starts(const gold_starts *starts)
{
    enum {
        MOST = 10
    };

    gold_say(stdout, "%s: %zu vectors of %zu parameters", starts->path,
             starts->n, starts->n_parameters);
    for (size_t i = 0; starts->names != NULL && i < starts->n && i < MOST;
         i++) {
        gold_say(stdout, "%s%zu %s", i == 0 ? ", point " : ", ", i,
                 starts->names[i]);
    }
    gold_say(stdout, "%s\n",
             starts->names != NULL && starts->n > MOST ? ", ..." : "");
}

/* Are the data there, of the right kind, and enough, and do networks fit them?
 * What a run would refuse is refused here, so all of them are read. */
static gold_status check_data(const gold_study *study)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;
    void *block = NULL;

    GOLD_GOTO(gold_dataset_plan_create(study, &plan));
    GOLD_GOTO(gold_check_starts(study, plan));
    const gold_data_shape shape = gold_dataset_shape(plan);

    GOLD_GOTO(gold_check_sizes(study, shape));
    GOLD_GOTO(gold_alloc(gold_dataset_bytes(plan), 1, &block));
    GOLD_GOTO(gold_dataset_fill(plan, block));
    const gold_dataset data = gold_dataset_view(block);

    if (gold_set_of(study->data.set)->is_own) {
        say_own(study, &shape);
    }
    const gold_starts starts = gold_dataset_starts(plan);

    if (starts.path != NULL) {
        say_starts(&starts);
    }
    gold_progress_remarks(study, &data);

done:
    gold_free(block);
    gold_dataset_plan_destroy(&plan);
    return status;
}

gold_status gold_cmd_validate(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    char *yaml = NULL;

    GOLD_GOTO(gold_load_study(args->operands[0], args->overrides,
                              !args->is_dataless, &study));
    if (args->is_resolved) {
        GOLD_GOTO(gold_study_resolve(study, &yaml));
        gold_print(stdout, yaml);
        goto done;
    }
    if (!args->is_dataless) {
        GOLD_GOTO(check_data(study));
    } else if (gold_data_is_known(&study->data)) {
        GOLD_GOTO(gold_check_sizes(study, gold_data_shape_of(&study->data)));
    }
    gold_say(stdout, "%s is a study: %s, %s on", args->operands[0], study->name,
             GOLD_COUNTED(study->n_points, "point"));
    for (size_t a = 0; a < study->n_axes; a++) {
        gold_say(stdout, "%s %s (%zu)", a > 0 ? " x" : "", study->axes[a].name,
                 study->axes[a].count);
    }
    gold_say(stdout, "\n");

done:
    gold_free(yaml);
    gold_study_destroy(&study);
    return status;
}
