/* SPDX-License-Identifier: MIT */
#include "data/block.h"

#include <string.h>

#include "goldilocks/memory.h"

/* "GOLDDATA" */
static const uint64_t block_magic = UINT64_C(0x41544144444c4f47);

enum {
    BLOCK_VERSION = 1
};

/* Room for `bytes` at the end of the block; returns where. */
static uint64_t put(goldi_block *block, uint64_t bytes)
{
    const uint64_t unit = GOLD_ALIGNMENT;
    const uint64_t place = block->block_bytes;

    block->block_bytes += (bytes + unit - 1) / unit * unit;
    return place;
}

goldi_block goldi_block_layout(const gold_dataset_plan *plan)
{
    const size_t input_bytes =
        plan->precision == GOLD_FLOAT32 ? sizeof(float) : sizeof(double);
    goldi_block block = {.magic = block_magic,
                         .version = BLOCK_VERSION,
                         .precision = (uint64_t)plan->precision,
                         .n_features = plan->n_features,
                         .channels = plan->channels,
                         .height = plan->height,
                         .width = plan->width,
                         .n_classes = plan->n_classes,
                         .subset = (uint64_t)plan->data.subset};

    (void)put(&block, sizeof block);
    for (size_t i = 0; i < GOLDI_N_HALVES; i++) {
        block.n[i] = plan->n[i];
        block.n_kept[i] = plan->n_kept[i];
        block.inputs[i] =
            put(&block, plan->n_kept[i] * plan->n_features * input_bytes);
        block.labels[i] = put(&block, plan->n_kept[i]);
        if (gold_data_has_targets(&plan->data)) {
            block.targets[i] =
                put(&block, plan->n_kept[i] * plan->n_classes * sizeof(double));
        }
    }
    block.n_starts = plan->starts.n;
    block.n_parameters = plan->starts.n_parameters;
    block.starts =
        put(&block, block.n_starts * block.n_parameters * sizeof(double));
    return block;
}

size_t gold_dataset_bytes(const gold_dataset_plan *plan)
{
    return goldi_block_layout(plan).block_bytes;
}

static gold_samples samples_of(const goldi_block *block, goldi_half half)
{
    const unsigned char *base = (const unsigned char *)block;
    const uint64_t targets = block->targets[half];

    return (gold_samples){
        .n = block->n[half],
        .n_kept = block->n_kept[half],
        .inputs = base + block->inputs[half],
        .labels = base + block->labels[half],
        .targets = targets == 0 ? NULL : (const void *)(base + targets),
        .goes_on = (unsigned)block->goes_on[half]};
}

gold_dataset gold_dataset_view(const void *block)
{
    const goldi_block *header = block;
    gold_dataset data = {
        .precision = (gold_precision)header->precision,
        .n_features = header->n_features,
        .channels = header->channels,
        .height = header->height,
        .width = header->width,
        .n_classes = header->n_classes,
        .subset = (gold_subset)header->subset,
        .n_starts = header->n_starts,
        .n_parameters = header->n_parameters,
        .starts = (const void *)((const unsigned char *)block + header->starts),
        .train = samples_of(header, GOLDI_TRAIN),
        .test = samples_of(header, GOLDI_TEST)};

    GOLD_ASSERT(header->magic == block_magic);
    GOLD_ASSERT(header->version == BLOCK_VERSION);
    memcpy(data.digest, header->digest, sizeof data.digest);
    return data;
}
