/* SPDX-License-Identifier: MIT */
#include "graph/phi.h"

#include <math.h>
#include <stdint.h>

#include "base/vecmath.h"

/* The function of one z, and that of many: a loop of a fixed length, which the
 * compiler makes of vectors. */
#define JET(name)                                                              \
    static inline gold_jet name##_at(double z);                                \
                                                                               \
    static void name##_all(const double *z, gold_jets *jets)                   \
    {                                                                          \
        for (size_t i = 0; i < GOLD_PHI_LANES; i++) {                          \
            const gold_jet jet = name##_at(z[i]);                              \
                                                                               \
            jets->value[i] = jet.value;                                        \
            jets->first[i] = jet.first;                                        \
            jets->second[i] = jet.second;                                      \
        }                                                                      \
    }                                                                          \
                                                                               \
    static inline gold_jet name##_at(double z)

JET(identity)
{
    return (gold_jet){z, 1.0, 0.0};
}

/* At 0 the lower slope, as PyTorch has it; not a number stays that. */
JET(relu)
{
    return z <= 0.0 ? (gold_jet){0.0, 0.0, 0.0} : (gold_jet){z, 1.0, 0.0};
}

JET(leaky_relu)
{
    const double slope = z <= 0.0 ? 0.01 : 1.0;

    return (gold_jet){slope * z, slope, 0.0};
}

/* Slopes by the exponential: 1 - a^2 and a (1 - a) would lose the digits of
 * what is saturated. */
static gold_jet tanh_at(double z)
{
    const double e = exp(-2.0 * fabs(z));
    const double slope = 4.0 * e / ((1.0 + e) * (1.0 + e));
    const double a = tanh(z);

    return (gold_jet){a, slope, -2.0 * a * slope};
}

JET(sigmoid)
{
    const double a = 1.0 / (1.0 + exp(-z));
    const double slope = a * (1.0 - a);

    return (gold_jet){a, slope, slope * (1.0 - 2.0 * a)};
}

/* a b + c, rounded once where that is quick. */
#ifdef FP_FAST_FMA
#define MUL_ADD(a, b, c) fma(a, b, c)
#else
#define MUL_ADD(a, b, c) ((a) * (b) + (c))
#endif
#ifdef FP_FAST_FMAF
#define MUL_ADDF(a, b, c) fmaf(a, b, c)
#else
#define MUL_ADDF(a, b, c) ((a) * (b) + (c))
#endif

/* e^-x and e^-x - 1 of an x from 0 on, to rounding of their own sizes: 2^k e^r
 * with |r| <= ln(2) / 2, and e^r - 1 by its series. A large number of which k
 * is the end leaves k in its last bits. 2^k must be normal. */
static inline void decay(double x, double *e, double *less)
{
    const double large = 0x1.8p52;
    const union {
        double number;
        uint64_t bits;
    } end = {MUL_ADD(-x, 0x1.71547652b82fep0, large)},
      power = {.bits = (end.bits + 1023U) << 52U};
    const double k = end.number - large;
    const double r = MUL_ADD(k, -0x1.ef35793c76730p-45,
                             MUL_ADD(k, -0x1.62e42fefa3800p-1, -x));
    double p = 1.0 / 6227020800.0;

    p = MUL_ADD(p, r, 1.0 / 479001600.0);
    p = MUL_ADD(p, r, 1.0 / 39916800.0);
    p = MUL_ADD(p, r, 1.0 / 3628800.0);
    p = MUL_ADD(p, r, 1.0 / 362880.0);
    p = MUL_ADD(p, r, 1.0 / 40320.0);
    p = MUL_ADD(p, r, 1.0 / 5040.0);
    p = MUL_ADD(p, r, 1.0 / 720.0);
    p = MUL_ADD(p, r, 1.0 / 120.0);
    p = MUL_ADD(p, r, 1.0 / 24.0);
    p = MUL_ADD(p, r, 1.0 / 6.0);
    p = MUL_ADD(p, r, 0.5);
    p = MUL_ADD(p * r, r, r);
    *e = MUL_ADD(power.number, p, power.number);
    *less = MUL_ADD(power.number, p, power.number - 1.0);
}

static inline void decay_in_float(float x, float *e, float *less)
{
    const float large = 0x1.8p23f;
    const union {
        float number;
        uint32_t bits;
    } end = {MUL_ADDF(-x, 0x1.715476p0f, large)},
      power = {.bits = (end.bits + 127U) << 23U};
    const float k = end.number - large;
    const float r =
        MUL_ADDF(k, -0x1.7f7d1cp-20f, MUL_ADDF(k, -0x1.62e4p-1f, -x));
    float p = 1.0f / 5040.0f;

    p = MUL_ADDF(p, r, 1.0f / 720.0f);
    p = MUL_ADDF(p, r, 1.0f / 120.0f);
    p = MUL_ADDF(p, r, 1.0f / 24.0f);
    p = MUL_ADDF(p, r, 1.0f / 6.0f);
    p = MUL_ADDF(p, r, 0.5f);
    p = MUL_ADDF(p * r, r, r);
    *e = MUL_ADDF(power.number, p, power.number);
    *less = MUL_ADDF(power.number, p, power.number - 1.0f);
}

/* By these rather than the library's tanh, which takes about twice as long. */
static void tanh_all(const double *z, gold_jets *jets)
{
    const double most = 708.0; /* of 2 |z|; of more the slope is 0 */
    double x[GOLD_PHI_LANES];
    double is_below[GOLD_PHI_LANES]; /* 1 or 0: a jump would part the lanes */

    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        x[i] = 2.0 * fabs(z[i]);
        is_below[i] = x[i] >= most ? 0.0 : 1.0;
        x[i] = x[i] > most ? most : x[i];
    }
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        double e = 0.0;
        double less = 0.0;

        decay(x[i], &e, &less);
        e *= is_below[i];
        const double share = 1.0 / (1.0 + e);

        jets->value[i] = copysign(less * share, z[i]);
        jets->first[i] = 4.0 * e * share * share;
        jets->second[i] = -2.0 * jets->value[i] * jets->first[i];
    }
}

static void tanh_in_float(const float *z, float *value, float *first,
                          float *second)
{
    const float most = 87.0f;
    float x[GOLD_PHI_LANES];
    float is_below[GOLD_PHI_LANES]; /* 1 or 0: a jump would part the lanes */

    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        x[i] = 2.0f * fabsf(z[i]);
        is_below[i] = x[i] >= most ? 0.0f : 1.0f;
        x[i] = x[i] > most ? most : x[i];
    }
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        float e = 0.0f;
        float less = 0.0f;

        decay_in_float(x[i], &e, &less);
        e *= is_below[i];
        const float share = 1.0f / (1.0f + e);

        value[i] = copysignf(less * share, z[i]);
        first[i] = 4.0f * e * share * share;
        second[i] = -2.0f * value[i] * first[i];
    }
}

static void sigmoid_in_float(const float *z, float *value, float *first,
                             float *second)
{
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        const float e = expf(-fabsf(z[i]));
        const float share = 1.0f / (1.0f + e);

        value[i] = z[i] < 0.0f ? e * share : share;
        first[i] = e * share * share;
        second[i] = -first[i] * tanhf(0.5f * z[i]);
    }
}

JET(softplus)
{
    const gold_jet a = sigmoid_at(z);
    const double above = z <= 0.0 ? 0.0 : z;

    return (gold_jet){above + log1p(exp(-fabs(z))), a.value, a.first};
}

JET(silu)
{
    const gold_jet a = sigmoid_at(z);

    return (gold_jet){z * a.value, a.value + z * a.first,
                      2.0 * a.first + z * a.second};
}

/* z times the normal distribution function. */
JET(gelu)
{
    const double below = 0.5 * erfc(-z * sqrt(0.5));
    const double density = exp(-0.5 * z * z) / sqrt(2.0 * acos(-1.0));

    return (gold_jet){z * below, below + z * density, (2.0 - z * z) * density};
}

JET(elu)
{
    return z <= 0.0 ? (gold_jet){expm1(z), exp(z), exp(z)}
                    : (gold_jet){z, 1.0, 0.0};
}

JET(erf)
{
    const double slope = 2.0 / sqrt(acos(-1.0)) * exp(-z * z);

    return (gold_jet){erf(z), slope, -2.0 * z * slope};
}

#define ROW(word) .name = #word, .at = word##_at, .all = word##_all

const gold_phi gold_phis[] = {
    {ROW(relu), .is_straight = true, .is_homogeneous = true, .has_kink = true},
    {ROW(leaky_relu), .is_straight = true, .is_homogeneous = true,
     .has_kink = true},
    {ROW(tanh), .in_float = tanh_in_float},
    {ROW(sigmoid), .in_float = sigmoid_in_float},
    {ROW(identity), .is_straight = true, .is_homogeneous = true},
    {ROW(gelu)},
    {ROW(silu)},
    {ROW(softplus)},
    {ROW(elu), .has_kink = true},
    {ROW(erf)},
};

const size_t gold_n_phis = sizeof gold_phis / sizeof *gold_phis;
