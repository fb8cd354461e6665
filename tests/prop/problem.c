/* SPDX-License-Identifier: MIT */
#include "prop/problem.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "graph/run.h"
#include "linalg/kernel.h"
#include "nn/draw.h"

static void round_to_float(size_t n, real *x)
{
    for (size_t i = 0; i < n; i++) {
        x[i] = (real)(float)x[i];
    }
}

static void draw_samples(FN(problem) * problem)
{
    const problem_plan *plan = &problem->plan;
    const size_t n = plan->n + plan->n_test;
    dice d = {plan->data_seed, 0};

    assert_int_equal(GOLD_ALLOC(n * plan->n_in, &problem->inputs), GOLD_OK);
    assert_int_equal(GOLD_ALLOC(n, &problem->labels), GOLD_OK);
    for (size_t i = 0; i < n * plan->n_in; i++) {
        problem->inputs[i] = (real)dice_normal(&d);
    }
    for (size_t i = 0; i < n; i++) {
        problem->labels[i] = (uint8_t)dice_below(&d, plan->n_classes);
    }
}

void FN(problem_init)(FN(problem) * problem, const problem_plan *plan)
{
    *problem = (FN(problem)){.plan = *plan};
    assert_int_equal(gold_kernel_force(getenv("GOLD_KERNEL")), GOLD_OK);
    const gold_shape input =
        plan->image.channels > 0 ? plan->image : gold_vector_shape(plan->n_in);

    assert_int_equal(gold_network_init(&problem->network, &plan->settings,
                                       input, plan->n_classes),
                     GOLD_OK);
    const size_t m = problem->network.n_parameters;
    const size_t d = plan->d == EVERY_DIRECTION ? m : plan->d;

    assert_int_equal(GOLD_ALLOC(m, &problem->theta), GOLD_OK);
    (void)FN(draw)(&problem->network, &plan->settings, problem->theta);
    draw_samples(problem);
    if (plan->is_float) {
        round_to_float(m, problem->theta);
        round_to_float((plan->n + plan->n_test) * plan->n_in, problem->inputs);
    }
    if (d > 0) {
        assert_int_equal(FN(directions_init)(&problem->directions,
                                             &problem->network, &plan->settings,
                                             d, problem->theta),
                         GOLD_OK);
    }
}

void FN(problem_fini)(FN(problem) * problem)
{
    FN(directions_fini)(&problem->directions);
    gold_network_fini(&problem->network);
    gold_free(problem->theta);
    gold_free(problem->inputs);
    gold_free(problem->labels);
    *problem = (FN(problem)){0};
}

void FN(set_directions)(FN(problem) * problem, size_t d, const double *rows)
{
    const gold_network *network = &problem->network;
    FN(directions) *directions = &problem->directions;

    FN(directions_fini)(directions);
    *directions = (FN(directions)){.n = d, .n_layers = network->n_layers};
    assert_int_equal(GOLD_ALLOC(network->n_layers, &directions->layers),
                     GOLD_OK);
    for (size_t l = 0; l < network->n_layers; l++) {
        const gold_layer *layer = &network->layers[l];
        FN(direction_layer) *part = &directions->layers[l];
        const size_t m = gold_layer_weights(layer);

        assert_int_equal(GOLD_ALLOC(d * m, &part->weights), GOLD_OK);
        if (layer->has_bias) {
            assert_int_equal(GOLD_ALLOC(d * layer->out, &part->biases),
                             GOLD_OK);
        }
        for (size_t i = 0; i < d; i++) {
            const double *row = rows + i * network->n_parameters;

            for (size_t j = 0; j < m; j++) {
                part->weights[i * m + j] = (real)row[layer->weights + j];
            }
            for (size_t j = 0; layer->has_bias && j < layer->out; j++) {
                part->biases[i * layer->out + j] = (real)row[layer->biases + j];
            }
        }
    }
}

FN(line)
FN(problem_line)
(const FN(problem) * problem, size_t n_points, const gold_line_point *points)
{
    const problem_plan *plan = &problem->plan;

    return (FN(line)){
        .network = &problem->network,
        .theta = problem->theta,
        .input_scale = plan->settings.input_scale,
        .train = {plan->n, problem->inputs, problem->labels, NULL},
        .test = {plan->n_test, problem->inputs + plan->n * plan->n_in,
                 problem->labels + plan->n, NULL},
        .directions = problem->directions.n > 0 ? &problem->directions : NULL,
        .is_sphere = plan->settings.surface == GOLD_SPHERE,
        .n_points = n_points,
        .points = points,
    };
}

void FN(line_run)(const FN(line) * line, measured *found)
{
    const size_t d = line->directions == NULL ? 0 : line->directions->n;

    *found = (measured){.n_points = line->n_points, .d = d};
    assert_int_equal(GOLD_ALLOC(line->n_points, &found->results), GOLD_OK);
    found->matrices = numbers(line->n_points * 3 * d * d);
    for (size_t p = 0; p < line->n_points; p++) {
        found->results[p].g_term = g_of(found, p);
        found->results[p].h_term = s_of(found, p);
    }
    assert_int_equal(FN(line_measure)(line, found->results, &found->flops),
                     GOLD_OK);
    for (size_t p = 0; p < line->n_points; p++) {
        for (size_t i = 0; i < d * d; i++) {
            h_of(found, p)[i] = g_of(found, p)[i] + s_of(found, p)[i];
        }
    }
}

void FN(measured_fini)(measured *found)
{
    gold_free(found->results);
    gold_free(found->matrices);
    *found = (measured){0};
}

void FN(point_run)(const FN(problem) * problem, double alpha,
                   double temperature, measured *found)
{
    const gold_line_point point = {alpha, temperature};
    const FN(line) line = FN(problem_line)(problem, 1, &point);

    FN(line_run)(&line, found);
}

double FN(loss_at)(const FN(problem) * problem, const double *step)
{
    const gold_line_point point = {1.0, problem->plan.settings.temperature};
    const size_t m = problem->network.n_parameters;
    FN(line) line = FN(problem_line)(problem, 1, &point);
    measured found;
    real *theta = NULL;

    assert_int_equal(GOLD_ALLOC(m, &theta), GOLD_OK);
    for (size_t i = 0; i < m; i++) {
        theta[i] = (real)((double)problem->theta[i] + step[i]);
    }
    line.theta = theta;
    line.directions = NULL;
    FN(line_run)(&line, &found);
    const double loss = found.results[0].loss;

    FN(measured_fini)(&found);
    gold_free(theta);
    return loss;
}

/* Values at alpha theta, which goes into `point`. */
static void run_forward(const FN(problem) * problem, const real *theta,
                        double alpha, gold_run *run, real **point)
{
    const size_t m = problem->network.n_parameters;
    const gold_run_plan plan = {.graph = &problem->network.graph,
                                .n = problem->plan.n};

    assert_int_equal(FN(run_init)(run, &plan), GOLD_OK);
    assert_int_equal(GOLD_ALLOC(m, point), GOLD_OK);
    for (size_t i = 0; i < m; i++) {
        (*point)[i] = (real)(alpha * (double)theta[i]);
    }
    FN(run_forward)(run, *point, 1.0, problem->inputs);
}

double *FN(logits_at)(const FN(problem) * problem, const real *theta,
                      double alpha)
{
    const gold_network *network = &problem->network;
    const size_t n = problem->plan.n;
    double *z = numbers(network->n_out * n);
    real *point = NULL;
    gold_run run;

    run_forward(problem, theta, alpha, &run, &point);
    for (size_t i = 0; i < network->n_out * n; i++) {
        z[i] = (double)FN(run_output)(&run).y[i % n * network->n_out + i / n];
    }
    FN(run_fini)(&run);
    gold_free(point);
    return z;
}

void FN(plan_run)(const problem_plan *plan, size_t n_points,
                  const gold_line_point *points, measured *found)
{
    FN(problem) problem;

    FN(problem_init)(&problem, plan);
    const FN(line) line = FN(problem_line)(&problem, n_points, points);

    FN(line_run)(&line, found);
    FN(problem_fini)(&problem);
}
