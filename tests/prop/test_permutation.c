/* SPDX-License-Identifier: MIT */
/* D-8: renaming hidden units, samples or classes changes nothing, once the
 * directions are renamed the same way. */
#include <math.h>
#include <string.h>

#include "goldilocks/random.h"

#include "prop/problem.h"

/* Sums in another order. */
static const double tolerance = 200.0 * REAL_EPS;

/* Parameters renamed so that unit u of layer l is unit order[u] of the given
 * ones; inputs of the next layer follow. Works on any rows of parameters. */
static void rename_units(const gold_network *network, size_t l,
                         const size_t *order, const double *from, double *to)
{
    const gold_layer *layer = &network->layers[l];

    memcpy(to, from, network->n_parameters * sizeof *to);
    for (size_t u = 0; u < layer->out; u++) {
        memcpy(to + layer->weights + u * layer->in,
               from + layer->weights + order[u] * layer->in,
               layer->in * sizeof *to);
        if (layer->has_bias) {
            to[layer->biases + u] = from[layer->biases + order[u]];
        }
        if (l + 1 == network->n_layers) {
            continue;
        }
        const gold_layer *next = &network->layers[l + 1];

        for (size_t o = 0; o < next->out; o++) {
            to[next->weights + o * next->in + u] =
                from[next->weights + o * next->in + order[u]];
        }
    }
}

static void rename_problem(FN(problem) * problem, size_t l, const size_t *order)
{
    const gold_network *network = &problem->network;
    const size_t m = network->n_parameters;
    const size_t d = problem->directions.n;
    double *row = numbers(m);
    double *theta = numbers(m);
    double *rows = numbers(d * m);

    for (size_t i = 0; i < m; i++) {
        row[i] = (double)problem->theta[i];
    }
    rename_units(network, l, order, row, theta);
    for (size_t i = 0; i < m; i++) {
        problem->theta[i] = (real)theta[i];
    }
    for (size_t i = 0; i < d; i++) {
        FN(direction_unpack)(&problem->directions, network, i, row);
        rename_units(network, l, order, row, rows + i * m);
    }
    FN(set_directions)(problem, d, rows);
    gold_free(row);
    gold_free(theta);
    gold_free(rows);
}

static void rename_samples(FN(problem) * problem, const size_t *order)
{
    const problem_plan *plan = &problem->plan;
    real *inputs = problem->inputs;
    uint8_t *labels = problem->labels;

    assert_int_equal(GOLD_ALLOC(plan->n * plan->n_in, &problem->inputs),
                     GOLD_OK);
    assert_int_equal(GOLD_ALLOC(plan->n, &problem->labels), GOLD_OK);
    for (size_t i = 0; i < plan->n; i++) {
        memcpy(problem->inputs + i * plan->n_in, inputs + order[i] * plan->n_in,
               plan->n_in * sizeof *inputs);
        problem->labels[i] = labels[order[i]];
    }
    gold_free(inputs);
    gold_free(labels);
}

/* Label order[k] becomes k. */
static void rename_labels(FN(problem) * problem, const size_t *order)
{
    for (size_t i = 0; i < problem->plan.n; i++) {
        uint8_t k = 0;

        while (order[k] != problem->labels[i]) {
            k++;
        }
        problem->labels[i] = k;
    }
}

static void check(const problem_plan *plan)
{
    const uint64_t seed = plan->settings.seed;
    size_t order[20] = {0};
    FN(problem) problem;
    measured before, after;

    FN(problem_init)(&problem, plan);
    FN(point_run)(&problem, 1.1, 1.0, &before);
    for (size_t l = 0; l < problem.network.n_layers; l++) {
        gold_random_order(
            gold_stream_of(seed, GOLD_PURPOSE_PROBES, (uint32_t)l),
            problem.network.layers[l].out, order);
        rename_problem(&problem, l, order);
    }
    rename_labels(&problem, order); /* that of the last layer */
    gold_random_order(gold_stream_of(seed, GOLD_PURPOSE_PROBES, 9), plan->n,
                      order);
    rename_samples(&problem, order);
    FN(point_run)(&problem, 1.1, 1.0, &after);
    assert_near("G", plan->d * plan->d, g_of(&after, 0), g_of(&before, 0),
                tolerance);
    assert_near("S", plan->d * plan->d, s_of(&after, 0), s_of(&before, 0),
                tolerance);
    assert_number("loss", after.results->loss, before.results->loss, tolerance);
    assert_near("gradient norm", 1, &after.results->gradient_norm,
                &before.results->gradient_norm, tolerance);
    assert_number("prior mismatch", after.results->prior_mismatch,
                  before.results->prior_mismatch, tolerance);
    FN(measured_fini)(&before);
    FN(measured_fini)(&after);
    FN(problem_fini)(&problem);
}

static void test_renaming(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 25; seed++) {
        const problem_plan plan =
            small_plan((gold_activation)(seed % 5), seed % 2 == 0, seed);

        check(&plan);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_renaming),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
