/* SPDX-License-Identifier: MIT */
#include "graph/phi.h"

#include "base/vecmath.h"

static gold_jet identity_at(double z)
{
    return (gold_jet){z, 1.0, 0.0};
}

/* At 0 the lower slope, as PyTorch has it; not a number stays that. */
static gold_jet relu_at(double z)
{
    return z <= 0.0 ? (gold_jet){0.0, 0.0, 0.0} : (gold_jet){z, 1.0, 0.0};
}

static gold_jet leaky_relu_at(double z)
{
    const double slope = z <= 0.0 ? 0.01 : 1.0;

    return (gold_jet){slope * z, slope, 0.0};
}

static gold_jet tanh_at(double z)
{
    const double a = tanh(z);
    const double slope = 1.0 - a * a;

    return (gold_jet){a, slope, -2.0 * a * slope};
}

static void tanh_at_all(const double *z, double *value, double *first,
                        double *second)
{
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        value[i] = tanh(z[i]);
        first[i] = 1.0 - value[i] * value[i];
        second[i] = -2.0 * value[i] * first[i];
    }
}

static gold_jet sigmoid_at(double z)
{
    const double a = 1.0 / (1.0 + exp(-z));
    const double slope = a * (1.0 - a);

    return (gold_jet){a, slope, slope * (1.0 - 2.0 * a)};
}

static void sigmoid_at_all(const double *z, double *value, double *first,
                           double *second)
{
    for (size_t i = 0; i < GOLD_PHI_LANES; i++) {
        value[i] = 1.0 / (1.0 + exp(-z[i]));
        first[i] = value[i] * (1.0 - value[i]);
        second[i] = first[i] * (1.0 - 2.0 * value[i]);
    }
}

static gold_jet softplus_at(double z)
{
    const gold_jet a = sigmoid_at(z);
    const double above = z <= 0.0 ? 0.0 : z;

    return (gold_jet){above + log1p(exp(-fabs(z))), a.value, a.first};
}

static gold_jet silu_at(double z)
{
    const gold_jet a = sigmoid_at(z);

    return (gold_jet){z * a.value, a.value + z * a.first,
                      2.0 * a.first + z * a.second};
}

/* z times the normal distribution function. */
static gold_jet gelu_at(double z)
{
    const double below = 0.5 * erfc(-z * sqrt(0.5));
    const double density = exp(-0.5 * z * z) / sqrt(2.0 * acos(-1.0));

    return (gold_jet){z * below, below + z * density, (2.0 - z * z) * density};
}

static gold_jet elu_at(double z)
{
    return z <= 0.0 ? (gold_jet){expm1(z), exp(z), exp(z)}
                    : (gold_jet){z, 1.0, 0.0};
}

static gold_jet erf_at(double z)
{
    const double slope = 2.0 / sqrt(acos(-1.0)) * exp(-z * z);

    return (gold_jet){erf(z), slope, -2.0 * z * slope};
}

const gold_phi gold_phis[] = {
    /* name, at, at_all, is_straight, is_homogeneous, has_kink */
    {"relu", relu_at, NULL, true, true, true},
    {"leaky_relu", leaky_relu_at, NULL, true, true, true},
    {"tanh", tanh_at, tanh_at_all, false, false, false},
    {"sigmoid", sigmoid_at, sigmoid_at_all, false, false, false},
    {"identity", identity_at, NULL, true, true, false},
    {"gelu", gelu_at, NULL, false, false, false},
    {"silu", silu_at, NULL, false, false, false},
    {"softplus", softplus_at, NULL, false, false, false},
    {"elu", elu_at, NULL, false, false, true},
    {"erf", erf_at, NULL, false, false, false},
};

const size_t gold_n_phis = sizeof gold_phis / sizeof *gold_phis;
