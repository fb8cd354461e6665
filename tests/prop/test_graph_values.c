/* SPDX-License-Identifier: MIT */
/* What each kind makes of x = 1, 2, 3, 4 if all parameters are 2: a wrong
 * definition can have right derivatives. */
#include <math.h>
#include <string.h>

#include "graph/phi.h"
#include "prop/graphs.h"

typedef struct value_case {
    const char *name;
    gold_op_settings set;
    size_t side; /* of a square plane; 1: four channels of one unit */
    double y[4];
    size_t n_parameters;
    real x[4]; /* where it is not 1, 2, 3, 4 */
} value_case;

/* The variance of 1, 2, 3, 4 is 1.25. */
static const value_case cases[] = {
    {.name = "linear",
     .set = {.out = 1, .bias = 1},
     .side = 1,
     .y = {22.0},
     .n_parameters = 5},
    {.name = "linear",
     .set = {.out = 2},
     .side = 1,
     .y = {20.0, 20.0},
     .n_parameters = 8},
    {.name = "conv2d",
     .set = {.out = 1, .kernel = 2, .stride = 1},
     .side = 2,
     .y = {20.0},
     .n_parameters = 4},
    {.name = "conv2d",
     .set = {.out = 1, .kernel = 2, .stride = 2, .padding = 1},
     .side = 2,
     .y = {2.0, 4.0, 6.0, 8.0},
     .n_parameters = 4},
    {.name = "conv2d",
     .set = {.out = 1, .kernel = 3, .stride = 1, .padding = 1, .bias = 1},
     .side = 2,
     .y = {22.0, 22.0, 22.0, 22.0},
     .n_parameters = 10},
    {.name = "avg_pool2d",
     .set = {.kernel = 2},
     .side = 2,
     .y = {3.5},
     .x = {1.0, 3.0, 2.0, 8.0}},
    {.name = "max_pool2d",
     .set = {.kernel = 2},
     .side = 2,
     .y = {8.0},
     .x = {1.0, 8.0, 2.0, 3.0}},
    {.name = "global_avg_pool2d",
     .side = 2,
     .y = {3.5},
     .x = {1.0, 3.0, 2.0, 8.0}},
    {.name = "flatten", .side = 2, .y = {1.0, 2.0, 3.0, 4.0}},
    {.name = "add", .side = 2, .y = {2.0, 4.0, 6.0, 8.0}},
    {.name = "multiply", .side = 1, .y = {1.0, 4.0, 9.0, 16.0}},
    {.name = "layer_norm",
     .set = {.eps = 0.3125},
     .side = 2,
     .y = {-1.2, -0.4, 0.4, 1.2}},
    {.name = "layer_norm",
     .set = {.eps = 0.3125, .affine = 1},
     .side = 2,
     .y = {-0.4, 1.2, 2.8, 4.4},
     .n_parameters = 8},
    {.name = "rms_norm",
     .set = {.eps = 1.5},
     .side = 1,
     .y = {1.0 / 3, 2.0 / 3, 1.0, 4.0 / 3}},
    {.name = "rms_norm",
     .set = {.eps = 1.5, .affine = 1},
     .side = 1,
     .y = {2.0 / 3, 4.0 / 3, 2.0, 8.0 / 3},
     .n_parameters = 4},
    {.name = "group_norm",
     .set = {.groups = 2},
     .side = 1,
     .y = {-1.0, 1.0, -1.0, 1.0}},
    {.name = "group_norm",
     .set = {.groups = 2, .affine = 1},
     .side = 1,
     .y = {0.0, 4.0, 0.0, 4.0},
     .n_parameters = 8},
    {.name = "group_norm",
     .set = {.groups = 1, .eps = 0.3125, .affine = 1},
     .side = 2,
     .y = {-0.4, 1.2, 2.8, 4.4},
     .n_parameters = 2},
};

static void check_case(const value_case *c)
{
    static const real x[] = {1.0, 2.0, 3.0, 4.0};
    static const real twos[16] = {2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0,
                                  2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0};
    sketch s = {.input = c->side == 1 ? (gold_shape){4, 1, 1}
                                      : (gold_shape){1, c->side, c->side}};
    gold_operation entry = operation(c->name);
    gold_run run;

    entry.set = c->set;
    entry.inputs[0] = -1;
    entry.inputs[1] = -1;
    entry.n_inputs = 2;
    if (!extend(&s, &entry)) {
        entry.n_inputs = 1;
        assert_true(extend(&s, &entry));
    }
    const gold_run_plan plan = {.graph = &s.graph, .n = 1};

    assert_int_equal(FN(run_init)(&run, &plan), GOLD_OK);
    FN(run_forward)(&run, twos, 1.0, c->x[0] > R(0.0) ? c->x : x);
    assert_int_equal(s.graph.n_parameters, c->n_parameters);
    assert_near(c->name, gold_shape_units(gold_graph_last(&s.graph)->y),
                FN(run_output)(&run).y, c->y, 1e-14);
    FN(run_fini)(&run);
    sketch_fini(&s);
}

static void test_kinds(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        check_case(&cases[i]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* phi(2) and phi(-1), to ten digits of another source. */
static void test_activations(void **state)
{
    static const struct {
        const char *name;
        double at_two;
        double at_minus_one;
    } known[] = {
        {"relu", 2.0, 0.0},
        {"leaky_relu", 2.0, -0.01},
        {"tanh", 0.9640275801, -0.7615941560},
        {"sigmoid", 0.8807970780, 0.2689414214},
        {"identity", 2.0, -1.0},
        {"gelu", 1.9544997361, -0.1586552539},
        {"silu", 1.7615941560, -0.2689414214},
        {"softplus", 2.1269280110, 0.3132616875},
        {"elu", 2.0, -0.6321205588},
        {"erf", 0.9953222650, -0.8427007929},
    };

    (void)state;
    assert_int_equal(gold_n_phis, sizeof known / sizeof *known);
    for (size_t i = 0; i < gold_n_phis; i++) {
        assert_string_equal(gold_phis[i].name, known[i].name);
        assert_number(known[i].name, gold_phis[i].at(2.0).value,
                      known[i].at_two, 1e-10);
        assert_number(known[i].name, gold_phis[i].at(-1.0).value,
                      known[i].at_minus_one, 1e-10);
        /* not a number stays that, and far out values are still finite */
        assert_true(isnan(gold_phis[i].at((double)NAN).value));
        for (int z = -1000; z <= 1000; z += 1000) {
            assert_true(isfinite(gold_phis[i].at(z).value) &&
                        isfinite(gold_phis[i].at(z).second));
        }
    }
}

/* Many at a time are those of one at a time to rounding, wherever they stand;
 * and not a number among them stays one alone. */
static void test_many(void **state)
{
    double z[GOLD_PHI_LANES];
    gold_jets jets;

    (void)state;
    for (size_t i = 0; i < gold_n_phis; i++) {
        const gold_phi *phi = &gold_phis[i];

        for (size_t k = 0; k < GOLD_PHI_LANES; k++) {
            z[k] = 0.25 * (floor(0.5 * (double)k) - 15.0);
        }
        z[7] = (double)NAN;
        phi->all(z, &jets);
        assert_true(isnan(jets.value[7]));
        for (size_t k = 0; k < GOLD_PHI_LANES; k++) {
            const gold_jet one = phi->at(z[k]);

            if (k != 7) {
                assert_number(phi->name, jets.value[k], one.value, 1e-14);
                assert_number(phi->name, jets.first[k], one.first, 1e-14);
                assert_number(phi->name, jets.second[k], one.second, 1e-14);
            }
            if (k % 2 == 1 && k != 7) {
                assert_memory_equal(&jets.value[k], &jets.value[k - 1],
                                    sizeof jets.value[k]);
            }
        }
    }
}

/* Refused, with the entry at fault. */
static void test_misfits(void **state)
{
    static const struct {
        const char *name;
        gold_op_settings set;
        int from[2];
        size_t n_inputs;
    } wrong[] = {
        {"linear", {.out = 3}, {-1}, 1}, /* of an image */
        {"conv2d", {.out = 3, .kernel = 9, .stride = 1}, {-1}, 1},
        {"conv2d", {.out = 3, .kernel = 2, .stride = 1, .padding = 2}, {-1}, 1},
        {"max_pool2d", {.kernel = 6}, {-1}, 1},
        {"group_norm", {.groups = 3}, {-1}, 1},
        {"add", {0}, {-1, 0}, 2}, /* of two shapes */
        {"add", {0}, {-1}, 1},
        {"relu", {0}, {-1, -1}, 2},
        {"relu", {0}, {1}, 1}, /* what comes later */
        {"relu", {0}, {-2}, 1},
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const gold_graph_words words = {.classes = 3, .width = 4};
        gold_operation entries[2] = {operation("global_avg_pool2d"),
                                     operation(wrong[i].name)};
        const gold_operations list = {.n = 2, .entries = entries};
        gold_graph graph;
        gold_graph_fault fault = {.entry = 9};

        entries[1].set = wrong[i].set;
        entries[1].n_inputs = wrong[i].n_inputs;
        memcpy(entries[1].inputs, wrong[i].from, sizeof wrong[i].from);
        assert_int_equal(gold_graph_init(&graph, &list, (gold_shape){2, 5, 5},
                                         &words, &fault),
                         GOLD_ERR_CONFIG);
        assert_int_equal(fault.entry, 1);
        gold_graph_fini(&graph);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_activations),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_misfits),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
