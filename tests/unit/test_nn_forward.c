/* SPDX-License-Identifier: MIT */
/* Values and slopes of a block against one sample after another in double. */
#include <math.h>

#include "graph/phi.h"
#include "graph/run.h"
#include "nn/model.h"
#include "prop/problem.h"

/* phi and its derivative, from their definitions. */
static double phi(gold_activation activation, double z, double *slope)
{
    const double leak = activation == GOLD_RELU         ? 0.0
                        : activation == GOLD_LEAKY_RELU ? 0.01
                                                        : 1.0;

    if (activation == GOLD_TANH) {
        *slope = 1.0 / (cosh(z) * cosh(z));
        return tanh(z);
    }
    if (activation == GOLD_SIGMOID) {
        *slope = 0.25 / (cosh(z / 2.0) * cosh(z / 2.0));
        return 1.0 / (1.0 + exp(-z));
    }
    *slope = z > 0.0 ? 1.0 : leak;
    return z > 0.0 ? z : leak * z;
}

/* z (out) of layer l from a (in): alpha (W a + b); with what rounding of the
 * sums may do, in units of eps. */
static void naive_layer(const gold_model *model, size_t l, const double *a,
                        double *z, double *size)
{
    const gold_layer *layer = &model->network->layers[l];

    for (size_t o = 0; o < layer->out; o++) {
        const real *row = model->theta + layer->weights + o * layer->in;

        z[o] = layer->has_bias
                   ? model->alpha * (double)model->theta[layer->biases + o]
                   : 0.0;
        size[o] = fabs(z[o]);
        for (size_t i = 0; i < layer->in; i++) {
            z[o] += model->alpha * (double)row[i] * a[i];
            size[o] += fabs(model->alpha * (double)row[i] * a[i]);
        }
    }
}

/* Sample i: each layer from what the tested one left in the layer before, so
 * that errors do not pile up and the bound is that of one layer. */
static void check_sample(gold_activation activation, const gold_model *model,
                         const gold_batch *block, const gold_run *run, size_t i)
{
    const gold_network *network = model->network;
    double a[16] = {0.0};
    double z[16];
    double size[16];

    for (size_t j = 0; j < network->n_in; j++) {
        a[j] =
            model->input_scale * (double)block->inputs[i * network->n_in + j];
    }
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];

        /* a row of linear, activation, linear .. behind the input */
        const gold_place *place =
            &run->places[2 * l + 1 + (layer->has_activation ? 1 : 0)];

        naive_layer(model, l, a, z, size);
        for (size_t o = 0; o < layer->out; o++) {
            const size_t at = i * layer->out + o;
            double slope = 1.0;
            const double expected =
                layer->has_activation ? phi(activation, z[o], &slope) : z[o];

            a[o] = (double)place->y[at];
            /* eps/2 for each of in + 4 roundings; 8 eps for tanh and exp
             * from vector libraries; phi' <= 1 */
            assert_number("value", a[o], expected,
                          REAL_EPS * ((double)(layer->in + 4) * size[o] + 8.0));
            /* slope 1 - a^2: no better than eps of 1; a kink's side is sure
             * unless z is within rounding of 0, which no draw here is */
            if (layer->has_activation) {
                assert_number("slope", (double)place->kept[at], slope,
                              REAL_EPS *
                                  ((double)(layer->in + 4) * size[o] + 16.0));
            }
        }
    }
}

static void check_network(gold_activation activation, bool bias, uint64_t seed)
{
    problem_plan plan = small_plan(activation, bias, seed);
    gold_run run;
    FN(problem) problem;
    dice d = {seed, 0};

    plan.d = 0;
    plan.settings.width = 1 + dice_below(&d, 16);
    plan.n_in = 1 + dice_below(&d, 16);
    plan.n = 1 + dice_below(&d, 20);
    FN(problem_init)(&problem, &plan);
    const double alpha = 0.5 + dice_uniform(&d);
    const gold_model model = {&problem.network, problem.theta, 1.0,
                              0.5 + dice_uniform(&d)};
    const gold_batch block = {plan.n, problem.inputs, problem.labels, NULL};

    const gold_run_plan what = {.graph = &problem.network.graph, .n = plan.n};

    for (size_t i = 0; i < problem.network.n_parameters; i++) {
        problem.theta[i] = (real)(alpha * (double)problem.theta[i]);
    }
    assert_int_equal(FN(run_init)(&run, &what), GOLD_OK);
    FN(run_forward)(&run, problem.theta, model.input_scale, problem.inputs);
    for (size_t i = 0; i < plan.n; i++) {
        check_sample(activation, &model, &block, &run, i);
    }
    FN(run_fini)(&run);
    FN(problem_fini)(&problem);
}

static void test_against_naive(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 5; seed++) {
        for (int kind = GOLD_RELU; kind <= GOLD_IDENTITY; kind++) {
            check_network((gold_activation)kind, false, seed);
            check_network((gold_activation)kind, true, seed + 100);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* phi'' against differences of phi'. */
static void test_bend(void **state)
{
    const double h = 1e-5;

    (void)state;
    for (int kind = GOLD_TANH; kind <= GOLD_SIGMOID; kind++) {
        for (int i = -12; i <= 12; i++) {
            const double z = 0.25 * i;
            double above, below;
            const gold_jet jet = gold_phis[kind].at(z);

            (void)phi((gold_activation)kind, z + h, &above);
            (void)phi((gold_activation)kind, z - h, &below);
            /* truncation h^2, rounding of the slopes 1e-16/h */
            assert_number("bend", jet.second, (above - below) / (2.0 * h),
                          1e-8);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive),
        cmocka_unit_test(test_bend),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
