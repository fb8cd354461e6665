/* SPDX-License-Identifier: MIT */
/**
 * @file real.h
 * Sources that include this are compiled twice: once with GOLD_PREC_F32, once
 * with GOLD_PREC_F64. They write `real` for the working precision, FN(name)
 * for names with a precision in them, R(0.5) for constants. Sums over many
 * terms run in double whatever `real` is.
 */
#ifndef GOLD_BASE_REAL_H
#define GOLD_BASE_REAL_H

#include <float.h>

#if defined GOLD_PREC_F32
typedef float real;
#define FN(name)  gold_##name##_f32
#define R(number) number##f
#define REAL_EPS  ((double)FLT_EPSILON)
#define REAL_MAX  ((double)FLT_MAX)
#define REAL_MIN  ((double)FLT_MIN)
#define REAL_NAME "float32"
#define REAL_TYPE GOLD_FLOAT32
#elif defined GOLD_PREC_F64
typedef double real;
#define FN(name)  gold_##name##_f64
#define R(number) number
#define REAL_EPS  DBL_EPSILON
#define REAL_MAX  DBL_MAX
#define REAL_MIN  DBL_MIN
#define REAL_NAME "float64"
#define REAL_TYPE GOLD_FLOAT64
#else
#error "compile typed sources with GOLD_PREC_F32 or GOLD_PREC_F64"
#endif

#endif
