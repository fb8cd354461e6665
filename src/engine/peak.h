/* SPDX-License-Identifier: MIT */
/** @file peak.h The matrix product that kernels are held against. Private. */
#ifndef GOLD_ENGINE_PEAK_H
#define GOLD_ENGINE_PEAK_H

#include "goldilocks/status.h"

/** See gold_engine_product. */
typedef gold_status gold_peak_fn(size_t order, double *began, double *flops,
                                 double (*clock)(void));

gold_peak_fn gold_peak_f32;
gold_peak_fn gold_peak_f64;

#endif
