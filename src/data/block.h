/* SPDX-License-Identifier: MIT */
/**
 * @file block.h
 * The block of a data set: a header, then inputs, labels and targets of both
 * halves, each aligned to GOLD_ALIGNMENT. Offsets instead of pointers, so that
 * any process that maps it can read it.
 */
#ifndef GOLDILOCKS_DATA_BLOCK_H
#define GOLDILOCKS_DATA_BLOCK_H

#include "data/plan.h"

typedef struct goldi_block {
    uint64_t magic;
    uint64_t version;
    uint64_t block_bytes;
    uint64_t precision;
    uint64_t n_features;
    uint64_t channels;
    uint64_t height;
    uint64_t width;
    uint64_t n_classes;
    uint64_t subset;
    uint64_t n[GOLDI_N_HALVES];      /* samples of a point */
    uint64_t n_kept[GOLDI_N_HALVES]; /* samples here */
    uint64_t inputs[GOLDI_N_HALVES]; /* offsets from the start of the block */
    uint64_t labels[GOLDI_N_HALVES];
    uint64_t targets[GOLDI_N_HALVES]; /* 0: there are none */
    uint64_t goes_on[GOLDI_N_HALVES]; /* bits of gold_samples */
    uint64_t n_starts;                /* vectors that points begin from */
    uint64_t n_parameters;            /* of each */
    uint64_t starts;                  /* offset */
    char digest[GOLD_DIGEST_TEXT];
} goldi_block;

/** The header of the block that a plan needs, but for its digest. */
goldi_block goldi_block_layout(const gold_dataset_plan *plan);

#endif
