/* SPDX-License-Identifier: MIT */
#include "data/plan.h"

#include <inttypes.h>
#include <math.h>

#include "goldilocks/memory.h"

#include "data/generate.h"

bool goldi_plan_has_files(const gold_dataset_plan *plan)
{
    return plan->data.set == GOLD_DATA_FASHION_MNIST ||
           plan->data.set == GOLD_DATA_MNIST ||
           plan->data.set == GOLD_DATA_CIFAR10;
}

const char *goldi_plan_path(const gold_dataset_plan *plan, goldi_half half)
{
    return plan->data.set == GOLD_DATA_CIFAR10
               ? plan->batches[half].files[0].path
               : plan->images[half].images_path;
}

static gold_status choose_count(const gold_dataset_plan *plan, goldi_half half,
                                size_t *n)
{
    const uint64_t wanted =
        half == GOLDI_TRAIN ? plan->data.train : plan->data.test;
    const size_t n_items = plan->n_stored[half];
    const size_t n_files = plan->batches[half].n_files;

    if (wanted > n_items) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.%s asks for %" PRIu64 " samples, but %s%s %zu",
                         half == GOLDI_TRAIN ? "train" : "test", wanted,
                         goldi_plan_path(plan, half),
                         n_files > 1 ? " and its fellows hold" : " holds",
                         n_items);
    }
    *n = wanted == 0 ? n_items : (size_t)wanted;
    return GOLD_OK;
}

static gold_status plan_idx(const gold_data_block *data,
                            gold_dataset_plan *plan)
{
    const goldi_images *train = &plan->images[GOLDI_TRAIN];
    const goldi_images *test = &plan->images[GOLDI_TEST];

    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        GOLD_TRY(goldi_images_init(data, (goldi_half)i, &plan->images[i]));
        plan->n_stored[i] = plan->images[i].images.n_items;
        GOLD_TRY(choose_count(plan, (goldi_half)i, &plan->n[i]));
    }
    if (train->images.height != test->images.height ||
        train->images.width != test->images.width) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s has images of %zu x %zu pixels, but %s of %zu x "
                         "%zu",
                         train->images_path, train->images.height,
                         train->images.width, test->images_path,
                         test->images.height, test->images.width);
    }
    plan->channels = 1;
    plan->height = train->images.height;
    plan->width = train->images.width;
    plan->n_features = goldi_idx_item_bytes(&train->images);
    plan->n_classes = GOLDI_MNIST_CLASSES;
    return GOLD_OK;
}

static gold_status plan_batches(const gold_data_block *data,
                                gold_dataset_plan *plan)
{
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        GOLD_TRY(goldi_batches_init(data, (goldi_half)i, &plan->batches[i]));
        plan->n_stored[i] = plan->batches[i].n_items;
        GOLD_TRY(choose_count(plan, (goldi_half)i, &plan->n[i]));
    }
    plan->channels = GOLDI_CIFAR_CHANNELS;
    plan->height = GOLDI_CIFAR_SIDE;
    plan->width = GOLDI_CIFAR_SIDE;
    plan->n_features = GOLDI_CIFAR_PIXELS;
    plan->n_classes = GOLDI_CIFAR_CLASSES;
    return GOLD_OK;
}

static gold_status check_mixture(const gold_data_block *data)
{
    if (data->classes < 2 || data->classes > GOLD_MAX_CLASSES) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.classes is %" PRIu64
                         "; a mixture has 2 to %d classes",
                         data->classes, GOLD_MAX_CLASSES);
    }
    if (data->features < 1 || data->features > GOLDI_IDX_MAX_ITEM_BYTES) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.features is %" PRIu64
                         "; a mixture has 1 to %d features",
                         data->features, GOLDI_IDX_MAX_ITEM_BYTES);
    }
    if (!(data->separation >= 0.0 && isfinite(data->separation))) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.separation is %g; it is the deviation of the "
                         "class centres, 0 or more",
                         data->separation);
    }
    return GOLD_OK;
}

/* What only makes sense for files is refused, not ignored. */
static gold_status check_built_in(const gold_dataset_plan *plan)
{
    const gold_data_block *data = &plan->data;
    const char *set = goldi_set_text(data->set);

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
                         goldi_normalize_text(data->normalize), set);
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

static gold_status plan_built_in(gold_dataset_plan *plan)
{
    const gold_data_block *data = &plan->data;
    const bool is_circles = data->set == GOLD_DATA_CIRCLES;
    const size_t n_train =
        is_circles ? GOLDI_CIRCLES_TRAIN : GOLDI_MIXTURE_TRAIN;
    const size_t n_test = is_circles ? GOLDI_CIRCLES_TEST : GOLDI_MIXTURE_TEST;

    if (!is_circles) {
        GOLD_TRY(check_mixture(data));
    }
    plan->n_features = is_circles ? GOLDI_CIRCLES_FEATURES : data->features;
    plan->n_classes = is_circles ? GOLDI_CIRCLES_CLASSES : data->classes;
    plan->n[GOLDI_TRAIN] = data->train == 0 ? n_train : data->train;
    plan->n[GOLDI_TEST] = data->test == 0 ? n_test : data->test;
    return check_built_in(plan);
}

gold_status gold_dataset_plan_create(const gold_study *study,
                                     gold_dataset_plan **plan)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *made = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->data = study->data;
    made->data.path = NULL;
    made->precision = study->run.precision;
    if (made->data.set == GOLD_DATA_CIFAR10) {
        GOLD_GOTO(plan_batches(&study->data, made));
    } else if (goldi_plan_has_files(made)) {
        GOLD_GOTO(plan_idx(&study->data, made));
    } else {
        GOLD_GOTO(plan_built_in(made));
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
    gold_free(*plan);
    *plan = NULL;
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
