/* SPDX-License-Identifier: MIT */
/**
 * @file vecmath.h
 * Elementary functions that loops may call on whole vectors: with gcc and
 * glibc on x86-64 the compiler turns them into libmvec's, elsewhere into calls
 * of libm. libmvec errs by up to 4 ulp; loops of a fixed length give the same
 * bits for the same argument wherever it stands.
 */
#ifndef GOLD_BASE_VECMATH_H
#define GOLD_BASE_VECMATH_H

#include <math.h>

#if defined __x86_64__ && defined __GLIBC__ && defined __GNUC__ &&             \
    !defined __clang__
#if __GLIBC_PREREQ(2, 35)
#define VEC_DECLARE __attribute__((simd("notinbranch")))
#endif
#endif
#ifdef VEC_DECLARE
extern double log(double) VEC_DECLARE;
extern double exp(double) VEC_DECLARE;
extern double sin(double) VEC_DECLARE;
extern double cos(double) VEC_DECLARE;
extern double tanh(double) VEC_DECLARE;
extern float expf(float) VEC_DECLARE;
extern float tanhf(float) VEC_DECLARE;
#endif

#ifdef GOLD_PREC_F32
#define VEC_EXP  expf
#define VEC_TANH tanhf
#else
#define VEC_EXP  exp
#define VEC_TANH tanh
#endif

#endif
