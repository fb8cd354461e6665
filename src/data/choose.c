/* SPDX-License-Identifier: MIT */
/* The samples of one point, out of those in the block. */
#include <math.h>
#include <string.h>

#include "goldilocks/dataset.h"
#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "data/files.h"

/* Gather the first n samples of a seed's order: those that fill.c would keep of
 * {random: SEED}. */
static gold_status gather(gold_point_data *of_point, gold_samples *samples,
                          goldi_half half, uint64_t seed)
{
    gold_status status = GOLD_OK;
    const size_t row_bytes =
        of_point->data.n_features * (of_point->data.precision == GOLD_FLOAT32
                                         ? sizeof(float)
                                         : sizeof(double));
    const unsigned char *inputs = samples->inputs;
    const size_t k = samples->targets == NULL ? 0 : of_point->data.n_classes;
    unsigned char *gathered = NULL;
    size_t *order = NULL;

    GOLD_GOTO(GOLD_ALLOC(samples->n_kept, &order));
    GOLD_GOTO(gold_alloc(samples->n, row_bytes, &of_point->inputs[half]));
    GOLD_GOTO(GOLD_ALLOC(samples->n, &of_point->labels[half]));
    if (k > 0) {
        GOLD_GOTO(GOLD_ALLOC(samples->n * k, &of_point->targets[half]));
    }
    gathered = of_point->inputs[half];
    gold_random_order(gold_stream_of(seed, GOLD_PURPOSE_SUBSET, (uint32_t)half),
                      samples->n_kept, order);
    for (size_t i = 0; i < samples->n; i++) {
        memcpy(gathered + i * row_bytes, inputs + order[i] * row_bytes,
               row_bytes);
        of_point->labels[half][i] = samples->labels[order[i]];
        if (k > 0) {
            memcpy(of_point->targets[half] + i * k,
                   samples->targets + order[i] * k, k * sizeof(double));
        }
    }
    samples->inputs = gathered;
    samples->labels = of_point->labels[half];
    samples->targets = of_point->targets[half];

done:
    gold_free(order);
    return status;
}

/* Let a share of the training samples swap their labels at random, with those
 * of their group of classes: as many have each label as before, and one may get
 * its own back. */
static gold_status permute_labels(gold_point_data *of_point,
                                  const gold_settings *settings)
{
    gold_status status = GOLD_OK;
    gold_samples *samples = &of_point->data.train;
    const size_t n = samples->n;
    const size_t n_swapped = (size_t)round(settings->label_share * (double)n);
    const uint8_t *group = settings->label_group;
    size_t next[GOLD_MAX_CLASSES] = {0}; /* of `from`, for each group */
    uint8_t *labels = NULL;
    size_t *which = NULL;
    size_t *from = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &labels));
    GOLD_GOTO(GOLD_ALLOC(n, &which));
    GOLD_GOTO(GOLD_ALLOC(n, &from));
    memcpy(labels, samples->labels, n);
    gold_random_order(
        gold_stream_of(settings->label_seed, GOLD_PURPOSE_LABELS, 0), n, which);
    gold_random_order(
        gold_stream_of(settings->label_seed, GOLD_PURPOSE_LABELS, 1), n_swapped,
        from);
    for (size_t i = 0; i < n_swapped; i++) {
        const uint8_t own = group[samples->labels[which[i]]];
        uint8_t got = samples->labels[which[from[next[own]++]]];

        while (group[got] != own) {
            got = samples->labels[which[from[next[own]++]]];
        }
        labels[which[i]] = got;
    }
    gold_free(of_point->labels[GOLDI_TRAIN]);
    of_point->labels[GOLDI_TRAIN] = labels;
    samples->labels = labels;
    labels = NULL;

done:
    gold_free(from);
    gold_free(which);
    gold_free(labels);
    return status;
}

gold_status gold_point_data_init(gold_point_data *of_point,
                                 const gold_dataset *data,
                                 const gold_settings *settings)
{
    gold_dataset *own = &of_point->data;

    *of_point = (gold_point_data){.data = *data};
    own->train.n = gold_samples_used(settings, own->train.n);
    if (own->subset == GOLD_SUBSET_PER_SEED) {
        GOLD_TRY(
            gather(of_point, &own->train, GOLDI_TRAIN, settings->data_seed));
        GOLD_TRY(gather(of_point, &own->test, GOLDI_TEST, settings->data_seed));
    }
    if (settings->label_share > 0.0) {
        GOLD_TRY(permute_labels(of_point, settings));
    }
    own->train.n_kept = own->train.n;
    own->test.n_kept = own->test.n;
    return GOLD_OK;
}

void gold_point_data_fini(gold_point_data *of_point)
{
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        gold_free(of_point->inputs[i]);
        gold_free(of_point->labels[i]);
        gold_free(of_point->targets[i]);
    }
    *of_point = (gold_point_data){0};
}
