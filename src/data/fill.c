/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "data/block.h"
#include "data/rule.h"
#include "data/sets.h"

enum {
    ABOUT_BYTES = 512
};

/* Where each sample of the file goes when they are taken in a random order. */
static gold_status draw_slots(const gold_dataset_plan *plan, goldi_half half,
                              size_t **slots)
{
    gold_status status = GOLD_OK;
    const size_t n = plan->n_stored[half];
    const gold_stream stream = gold_stream_of(
        plan->data.subset_seed, GOLD_PURPOSE_SUBSET, (uint32_t)half);
    size_t *order = NULL;

    GOLD_GOTO(GOLD_ALLOC(n, &order));
    GOLD_GOTO(GOLD_ALLOC(n, slots));
    gold_random_order(stream, n, order);
    for (size_t i = 0; i < n; i++) {
        (*slots)[order[i]] = i;
    }

done:
    gold_free(order);
    return status;
}

/* Get the samples of one half; *raw needs raw_fini also after a failure. */
static gold_status raw_init(const gold_dataset_plan *plan, goldi_half half,
                            goldi_raw *raw)
{
    gold_status status = GOLD_OK;
    const size_t n = plan->n_kept[half];
    size_t *slots = NULL;

    raw->n = n;
    GOLD_GOTO(GOLD_ALLOC(n, &raw->labels));
    if (plan->is_bytes) {
        GOLD_GOTO(GOLD_ALLOC(n * plan->n_features, &raw->bytes));
    } else {
        GOLD_GOTO(GOLD_ALLOC(n * plan->n_features, &raw->reals));
    }
    if (gold_data_has_targets(&plan->data)) {
        GOLD_GOTO(GOLD_ALLOC(n * plan->n_classes, &raw->targets));
    }
    if (plan->data.subset == GOLD_SUBSET_RANDOM) {
        GOLD_GOTO(draw_slots(plan, half, &slots));
    }
    GOLD_GOTO(goldi_set_of(plan->data.set)->get(plan, half, slots, raw));

done:
    gold_free(slots);
    return status;
}

static void raw_fini(goldi_raw *raw)
{
    gold_free(raw->bytes);
    gold_free(raw->reals);
    gold_free(raw->labels);
    gold_free(raw->targets);
    *raw = (goldi_raw){0};
}

/* Selection and normalisation in words: what the samples themselves do not
 * tell, so that the digest stands for all of it. */
static void describe(const gold_dataset_plan *plan, char about[ABOUT_BYTES])
{
    char subset[32] = "first";

    if (plan->data.subset == GOLD_SUBSET_RANDOM) {
        (void)snprintf(subset, sizeof subset, "random %" PRIu64,
                       plan->data.subset_seed);
    } else if (plan->data.subset == GOLD_SUBSET_PER_SEED) {
        (void)snprintf(subset, sizeof subset, "random per-seed");
    }
    (void)snprintf(about, ABOUT_BYTES,
                   "set = %s\nshape = %zu %zu %zu %zu\nclasses = %zu\n"
                   "train = %zu\ntest = %zu\nsubset = %s\nnormalize = %s\n",
                   gold_choice_text("set", (int)plan->data.set),
                   plan->n_features, plan->channels, plan->height, plan->width,
                   plan->n_classes, plan->n[GOLDI_TRAIN], plan->n[GOLDI_TEST],
                   subset,
                   gold_choice_text("normalize", (int)plan->data.normalize));
}

static gold_bytes inputs_of(const goldi_raw *raw, size_t n_features)
{
    const size_t n = raw->n * n_features;

    return raw->bytes == NULL ? (gold_bytes){raw->reals, n * sizeof *raw->reals}
                              : (gold_bytes){raw->bytes, n};
}

static gold_bytes targets_of(const goldi_raw *raw, size_t n_outputs)
{
    return (gold_bytes){
        raw->targets,
        raw->targets == NULL ? 0 : raw->n * n_outputs * sizeof *raw->targets};
}

static gold_status digest_of(const gold_dataset_plan *plan,
                             const goldi_raw raw[GOLDI_N_HALVES],
                             const double *starts, char text[GOLD_DIGEST_TEXT])
{
    char about[ABOUT_BYTES];

    describe(plan, about);
    const gold_bytes pieces[] = {
        {about, strlen(about)},
        {raw[GOLDI_TRAIN].labels, raw[GOLDI_TRAIN].n},
        inputs_of(&raw[GOLDI_TRAIN], plan->n_features),
        targets_of(&raw[GOLDI_TRAIN], plan->n_classes),
        {raw[GOLDI_TEST].labels, raw[GOLDI_TEST].n},
        inputs_of(&raw[GOLDI_TEST], plan->n_features),
        targets_of(&raw[GOLDI_TEST], plan->n_classes),
        {starts, plan->starts.n * plan->starts.n_parameters * sizeof *starts}};

    return gold_digest(pieces, sizeof pieces / sizeof *pieces, text);
}

gold_status gold_dataset_fill(const gold_dataset_plan *plan, void *block)
{
    gold_status status = GOLD_OK;
    goldi_block header = goldi_block_layout(plan);
    unsigned char *base = block;
    goldi_raw raw[GOLDI_N_HALVES] = {{0}};
    goldi_rule rule = {0};

    GOLD_ASSERT((uintptr_t)block % GOLD_ALIGNMENT == 0);
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        GOLD_GOTO(raw_init(plan, (goldi_half)i, &raw[i]));
    }
    double *starts = (void *)(base + header.starts);

    if (plan->starts_path != NULL) {
        GOLD_GOTO(goldi_weights_read(plan->starts_path, &plan->starts, starts));
    }
    GOLD_GOTO(digest_of(plan, raw, starts, header.digest));
    GOLD_GOTO(goldi_rule_init(plan, &raw[GOLDI_TRAIN], &rule));
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        goldi_rule_apply(&rule, &raw[i], plan->precision,
                         base + header.inputs[i]);
        memcpy(base + header.labels[i], raw[i].labels, raw[i].n);
        if (raw[i].targets != NULL) {
            memcpy(base + header.targets[i], raw[i].targets,
                   targets_of(&raw[i], plan->n_classes).bytes);
        }
        header.goes_on[i] = raw[i].goes_on;
    }
    memcpy(base, &header, sizeof header);

done:
    goldi_rule_fini(&rule);
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        raw_fini(&raw[i]);
    }
    return status;
}
