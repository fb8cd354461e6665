/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "data/generate.h"

gold_status goldi_modular_plan(const gold_data_block *data,
                               gold_dataset_plan *plan)
{
    const size_t p = (size_t)data->modulus;
    const size_t *n = plan->n;

    if (p < 2 || p > GOLD_MAX_CLASSES) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.p is %" PRIu64 "; it is from 2 to %d",
                         data->modulus, GOLD_MAX_CLASSES);
    }
    if (n[GOLDI_TRAIN] == 0 || n[GOLDI_TEST] == 0 || n[GOLDI_TRAIN] > p * p ||
        n[GOLDI_TEST] > p * p - n[GOLDI_TRAIN]) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.share: of %zu pairs %zu cannot be trained on "
                         "and %zu others tested on",
                         p * p, n[GOLDI_TRAIN], n[GOLDI_TEST]);
    }
    plan->n_features = 2 * p;
    plan->n_classes = p;
    return GOLD_OK;
}

gold_status goldi_modular(const gold_dataset_plan *plan, goldi_half half,
                          const size_t *slots, goldi_raw *raw)
{
    const size_t p = plan->n_classes;
    size_t *order = NULL;

    (void)slots;
    GOLD_TRY(GOLD_ALLOC(p * p, &order));
    gold_random_order(gold_stream_of(plan->data.seed, GOLD_PURPOSE_DATA, 0),
                      p * p, order);
    for (size_t i = 0; i < raw->n; i++) {
        const size_t pair = order[half == GOLDI_TRAIN ? i : p * p - 1 - i];
        double *x = raw->reals + i * 2 * p;

        x[pair / p] = 1.0;
        x[p + pair % p] = 1.0;
        raw->labels[i] = (uint8_t)((pair / p + pair % p) % p);
    }
    gold_free(order);
    return GOLD_OK;
}
