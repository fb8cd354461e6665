/* SPDX-License-Identifier: MIT */
#include "graph/phi.h"

#include <math.h>

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

JET(tanh)
{
    const double a = tanh(z);
    const double slope = 1.0 - a * a;

    return (gold_jet){a, slope, -2.0 * a * slope};
}

JET(sigmoid)
{
    const double a = 1.0 / (1.0 + exp(-z));
    const double slope = a * (1.0 - a);

    return (gold_jet){a, slope, slope * (1.0 - 2.0 * a)};
}

/* Slopes by the exponential: 1 - a^2 and a (1 - a) would lose the digits of
 * what is saturated. */
static void tanh_in_float(const float *z, float *value, float *first,
                          float *second)
{
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        const float e = expf(-2.0f * fabsf(z[i]));
        const float share = 1.0f / (1.0f + e);

        value[i] = tanhf(z[i]);
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
