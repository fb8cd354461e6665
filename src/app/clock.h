/* SPDX-License-Identifier: MIT */
/** @file clock.h Seconds since some fixed moment, monotonic. */
#ifndef GOLD_APP_CLOCK_H
#define GOLD_APP_CLOCK_H

double gold_clock(void);

#endif
