/* SPDX-License-Identifier: MIT */
/** @file hvp_base.h What a point fixes of its products (hvp.h), block by block
 * of samples. Private to hvp. Typed. */
#ifndef GOLD_NN_HVP_BASE_H
#define GOLD_NN_HVP_BASE_H

#include "nn/hvp.h"

/** Blocks that the samples are cut into. */
size_t FN(hvp_n_blocks)(const FN(hvp) * hvp);

/** Those of them, the first ones, whose base is kept between products. */
size_t FN(hvp_n_kept)(const FN(hvp) * hvp);

/** The samples of block `b`; without inputs where these are packed. */
FN(block) FN(hvp_block_of)(const FN(hvp) * hvp, size_t b);

/** Fill the base of block `b` at the point. */
void FN(hvp_prepare)(FN(hvp) * hvp, size_t b, FN(hvp_base) * base);

/** What layer l is applied to at the point. */
FN(feed)
FN(hvp_feed)
(const FN(hvp) * hvp, const FN(hvp_base) * base, const FN(block) * block,
 size_t l);

/** Flops of one pass over the layers: so many products of n samples in the
 * first one, so many in each of the others. */
double FN(hvp_pass_flops)(const FN(hvp) * hvp, size_t n, double first,
                          double others);

#endif
