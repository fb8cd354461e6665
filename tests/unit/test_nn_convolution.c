/* SPDX-License-Identifier: MIT */
/* Convolutions and pooling against loops that follow their definitions. */
#include <math.h>

#include "graph/run.h"
#include "prop/problem.h"

/* Input (c, y, x) of sample i, 0 in the padding. */
static double input_at(const FN(problem) * problem, size_t i, size_t c,
                       size_t y, size_t x)
{
    const gold_layer *layer = &problem->network.layers[0];
    const gold_shape in = layer->input;

    if (y < layer->padding || x < layer->padding ||
        y - layer->padding >= in.height || x - layer->padding >= in.width) {
        return 0.0;
    }
    y -= layer->padding;
    x -= layer->padding;
    return (double)
        problem->inputs[((i * in.channels + c) * in.height + y) * in.width + x];
}

/* z of channel o at (y, x); *size gets the sum of its terms' sizes. */
static double naive_z(const FN(problem) * problem, size_t i, size_t o, size_t y,
                      size_t x, double *size)
{
    const gold_layer *layer = &problem->network.layers[0];
    const real *w = problem->theta + layer->weights + o * layer->in;
    double z =
        layer->has_bias ? (double)problem->theta[layer->biases + o] : 0.0;

    *size = fabs(z);
    for (size_t c = 0; c < layer->input.channels; c++) {
        for (size_t ky = 0; ky < layer->kernel; ky++) {
            for (size_t kx = 0; kx < layer->kernel; kx++) {
                const double term =
                    (double)*w++ * input_at(problem, i, c,
                                            y * layer->stride + ky,
                                            x * layer->stride + kx);

                z += term;
                *size += fabs(term);
            }
        }
    }
    return z;
}

/* Leaky: positive ones are kept, others are times 0.01. */
static double phi(double z)
{
    return z > 0.0 ? z : 0.01 * z;
}

/* Pooled unit (o, y, x) of sample i, from its definition. */
static double naive_a(const FN(problem) * problem, size_t i, size_t o, size_t y,
                      size_t x, double *size)
{
    const gold_layer *layer = &problem->network.layers[0];
    double sum = 0.0;
    double most = -HUGE_VAL;

    *size = 0.0;
    for (size_t py = 0; py < layer->pool; py++) {
        for (size_t px = 0; px < layer->pool; px++) {
            double terms = 0.0;
            const double h = phi(naive_z(problem, i, o, y * layer->pool + py,
                                         x * layer->pool + px, &terms));

            sum += h;
            most = fmax(most, h);
            *size = fmax(*size, terms);
        }
    }
    return layer->pooling == GOLD_POOL_MAX
               ? most
               : sum / (double)(layer->pool * layer->pool);
}

static void check(const problem_plan *plan)
{
    FN(problem) problem;
    gold_run run;

    FN(problem_init)(&problem, plan);
    const gold_layer *layer = &problem.network.layers[0];
    const gold_shape pooled = layer->pooled;
    const size_t units = gold_shape_units(pooled);
    const gold_run_plan what = {.graph = &problem.network.graph, .n = plan->n};

    assert_int_equal(FN(run_init)(&run, &what), GOLD_OK);
    FN(run_forward)(&run, problem.theta, 1.0, problem.inputs);
    /* behind the input: convolution, activation, pooling if there is one */
    const real *a = run.places[gold_layer_has_pooling(layer) ? 3 : 2].y;

    for (size_t u = 0; u < units; u++) {
        const size_t plane = pooled.height * pooled.width;

        for (size_t i = 0; i < plan->n; i++) {
            double size = 0.0;
            const double expected =
                naive_a(&problem, i, u / plane, u % plane / pooled.width,
                        u % pooled.width, &size);

            /* eps/2 for each of in + 4 roundings, and those of an average */
            assert_number("a", (double)a[i * units + u], expected,
                          REAL_EPS * (double)(layer->in + 16) * size);
        }
    }
    FN(run_fini)(&run);
    FN(problem_fini)(&problem);
}

static void test_against_naive(void **state)
{
    (void)state;
    for (size_t which = 0; which < N_CONVOLUTIONS; which++) {
        problem_plan plan = small_plan(GOLD_LEAKY_RELU, which % 2 == 0, which);

        plan.d = 0;
        convolve(&plan, which);
        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_naive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
