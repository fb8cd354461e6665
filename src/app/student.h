/* SPDX-License-Identifier: MIT */
/** @file student.h Student's t distribution, the normal one its limit. */
#ifndef GOLD_APP_STUDENT_H
#define GOLD_APP_STUDENT_H

/** Chance of a value above t with `freedom` degrees of freedom, above 0, not
 * necessarily whole; INFINITY: the normal distribution. To 1e-9 of itself. */
double goldi_student_tail(double t, double freedom);

/** The t above which lies the chance `tail`, below 1/2. */
double goldi_student_quantile(double tail, double freedom);

#endif
