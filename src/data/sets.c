/* SPDX-License-Identifier: MIT */
#include "data/sets.h"

#include "goldilocks/memory.h"

#include "data/generate.h"
#include "data/own.h"

static gold_status plan_idx(const gold_data_block *data,
                            gold_dataset_plan *plan)
{
    const goldi_images *train = &plan->images[GOLDI_TRAIN];
    const goldi_images *test = &plan->images[GOLDI_TEST];

    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        GOLD_TRY(goldi_images_init(data, (goldi_half)i, &plan->images[i]));
        plan->n_stored[i] = plan->images[i].images.n_items;
        GOLD_TRY(goldi_choose_count(plan, (goldi_half)i, &plan->n[i]));
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
    plan->is_bytes = true;
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
        GOLD_TRY(goldi_choose_count(plan, (goldi_half)i, &plan->n[i]));
    }
    plan->is_bytes = true;
    plan->channels = GOLDI_CIFAR_CHANNELS;
    plan->height = GOLDI_CIFAR_SIDE;
    plan->width = GOLDI_CIFAR_SIDE;
    plan->n_features = GOLDI_CIFAR_PIXELS;
    plan->n_classes = GOLDI_CIFAR_CLASSES;
    return GOLD_OK;
}

static gold_status get_idx(const gold_dataset_plan *plan, goldi_half half,
                           const size_t *slots, goldi_raw *raw)
{
    return goldi_images_read(&plan->images[half], slots, raw->n, raw->bytes,
                             raw->labels, &raw->goes_on);
}

static gold_status get_batches(const gold_dataset_plan *plan, goldi_half half,
                               const size_t *slots, goldi_raw *raw)
{
    return goldi_batches_read(&plan->batches[half], slots, raw->n, raw->bytes,
                              raw->labels);
}

static const goldi_set sets[GOLD_N_DATA_SETS] = {
    [GOLD_DATA_FASHION_MNIST] = {plan_idx, get_idx},
    [GOLD_DATA_MNIST] = {plan_idx, get_idx},
    [GOLD_DATA_CIRCLES] = {NULL, goldi_circles},
    [GOLD_DATA_MIXTURE] = {goldi_mixture_plan, goldi_mixture},
    [GOLD_DATA_CIFAR10] = {plan_batches, get_batches},
    [GOLD_DATA_FUNCTION] = {goldi_function_plan, goldi_function},
    [GOLD_DATA_FILE] = {goldi_own_plan, goldi_own_get},
    [GOLD_DATA_CLUSTERS] = {goldi_clusters_plan, goldi_clusters},
    [GOLD_DATA_RINGS] = {goldi_rings_plan, goldi_rings},
    [GOLD_DATA_MOONS] = {NULL, goldi_moons},
    [GOLD_DATA_LINE] = {goldi_clusters_plan, goldi_clusters},
    [GOLD_DATA_MODULAR_ADDITION] = {goldi_modular_plan, goldi_modular},
};

const goldi_set *goldi_set_of(gold_data_set set)
{
    return &sets[set];
}
