/* SPDX-License-Identifier: MIT */
#include "goldilocks/memory.h"

#include "data/plan.h"
#include "data/sets.h"

/* What only makes sense for files is refused, not ignored. */
static gold_status check_built_in(const gold_dataset_plan *plan)
{
    const gold_data_block *data = &plan->data;
    const char *set = gold_choice_text("set", (int)data->set);

    if (data->normalize == GOLD_NORMALIZE_PUBLISHED) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.normalize: published: nobody published means "
                         "and deviations for %s; choose standard, unit or none",
                         set);
    }
    if (data->normalize == GOLD_NORMALIZE_PER_PIXEL ||
        data->normalize == GOLD_NORMALIZE_PER_IMAGE) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.normalize: %s: the samples of %s are no images; "
                         "choose standard or none",
                         gold_choice_text("normalize", (int)data->normalize),
                         set);
    }
    if (data->subset != GOLD_SUBSET_FIRST) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.subset: random: %s draws as many samples as are "
                         "asked for; change data.seed for other ones",
                         set);
    }
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        if (plan->n[i] > GOLDI_IDX_MAX_ITEMS ||
            plan->n[i] >
                GOLDI_IDX_MAX_BYTES / sizeof(double) / plan->n_features) {
            return gold_fail(
                GOLD_ERR_CONFIG,
                "data.%s: %zu samples of %zu features are too many for %s; at "
                "most %d samples and 64 GiB are drawn",
                i == GOLDI_TRAIN ? "train" : "test", plan->n[i],
                plan->n_features, set, GOLDI_IDX_MAX_ITEMS);
        }
    }
    return GOLD_OK;
}

gold_status gold_dataset_plan_create(const gold_study *study,
                                     gold_dataset_plan **plan)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *made = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->data = study->data;
    made->data.path = NULL;
    made->data.name = NULL;
    made->precision = study->run.precision;
    if (!goldi_plan_has_files(made)) {
        const gold_data_shape shape = gold_data_shape_of(&made->data);
        const gold_set_about *about = gold_set_of(made->data.set);

        made->n_features = shape.n_features;
        made->n_classes = shape.n_classes;
        made->n[GOLDI_TRAIN] =
            made->data.train == 0 ? about->n_train : made->data.train;
        made->n[GOLDI_TEST] =
            made->data.test == 0 ? about->n_test : made->data.test;
    }
    if (goldi_set_of(made->data.set)->plan != NULL) {
        GOLD_GOTO(goldi_set_of(made->data.set)->plan(&study->data, made));
    }
    if (!goldi_plan_has_files(made)) {
        GOLD_GOTO(check_built_in(made));
    }
    if (study->init_path != NULL) {
        GOLD_GOTO(gold_copy_text(study->init_path, &made->starts_path));
        GOLD_GOTO(goldi_weights_look(study->init_path, &made->starts));
    }
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        made->n_kept[i] = made->data.subset == GOLD_SUBSET_PER_SEED
                              ? made->n_stored[i]
                              : made->n[i];
    }
    *plan = made;
    made = NULL;

done:
    gold_dataset_plan_destroy(&made);
    return status;
}

void gold_dataset_plan_destroy(gold_dataset_plan **plan)
{
    if (*plan == NULL) {
        return;
    }
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        goldi_images_fini(&(*plan)->images[i]);
        goldi_batches_fini(&(*plan)->batches[i]);
    }
    gold_free((*plan)->own.path);
    gold_free((*plan)->starts_path);
    goldi_weights_fini(&(*plan)->starts);
    gold_free(*plan);
    *plan = NULL;
}

gold_starts gold_dataset_starts(const gold_dataset_plan *plan)
{
    return (gold_starts){
        .path = plan->starts_path,
        .n = plan->starts.n,
        .n_parameters = plan->starts.n_parameters,
        .n_tensors = plan->starts.n_tensors,
        .tensors = plan->starts.tensors,
        .names = (const char(*)[GOLD_NAME_BYTES])plan->starts.names};
}

gold_data_shape gold_dataset_shape(const gold_dataset_plan *plan)
{
    return (gold_data_shape){
        .n_train = plan->n[GOLDI_TRAIN],
        .n_test = plan->n[GOLDI_TEST],
        .n_features = plan->n_features,
        .n_classes = plan->n_classes,
        .image = {plan->channels, plan->height, plan->width}};
}
