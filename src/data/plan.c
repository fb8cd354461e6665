/* SPDX-License-Identifier: MIT */
#include "data/plan.h"

#include <inttypes.h>

bool goldi_plan_has_files(const gold_dataset_plan *plan)
{
    return gold_set_of(plan->data.set)->files != NULL;
}

const char *goldi_plan_path(const gold_dataset_plan *plan, goldi_half half)
{
    if (plan->own.path != NULL) {
        return plan->own.path;
    }
    return plan->batches[half].n_files > 0 ? plan->batches[half].files[0].path
                                           : plan->images[half].images_path;
}

gold_status goldi_choose_count(const gold_dataset_plan *plan, goldi_half half,
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
