/* SPDX-License-Identifier: MIT */
/** @file clock.h Two clocks, in seconds since some fixed moment. */
#ifndef GOLD_APP_CLOCK_H
#define GOLD_APP_CLOCK_H

/** Monotonic. */
double gold_clock(void);

/** Goes on only while this thread computes, not while it waits for a core. */
double gold_clock_computing(void);

#endif
