/* SPDX-License-Identifier: MIT */
/* Random small graphs of all operations: gradients and Hessians against central
 * differences with observed order 2, forms against products, each term by
 * itself, degrees against measured ones, what exact norms leave unchanged.
 * GOLD_GRAPHS says how many. Each check counts how often it applied, and each
 * operation how often it was drawn. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "graph/phi.h"
#include "prop/graphs.h"

enum {
    D = 3
};

static const double step = 2e-4; /* of central differences */

typedef enum check {
    GRADIENT,   /* against central differences of the loss */
    ORDER,      /* 2, as these halve their step */
    DIFFERENCE, /* G + S against central differences of the gradient */
    G_PRODUCT,  /* G against v' (G v) */
    S_PRODUCT,  /* S against v' (S v) */
    SYMMETRY,   /* of S */
    TWO,        /* residuals in one pass, against each in its own */
    POSITIVE,   /* G: its smallest eigenvalue over its largest */
    DEGREE,     /* outputs at 1.7 theta against 1.7^degree outputs */
    INVARIANCE, /* <w, gradient> where exact norms alone take y */
    NO_TRACE,   /* of S where affine kinds alone bend */
    N_CHECKS
} check;

static const struct {
    const char *name;
    double most;
    size_t least; /* times that it applies, of 200 graphs */
} checks[N_CHECKS] = {
    /* S has terms of 1 / sigma^2, up to 100, which may cancel */
    {"gradient", 1e-7, 200},   {"order", 0.05, 100},
    {"difference", 1e-6, 200}, {"G product", 1e-11, 200},
    {"S product", 1e-9, 200},  {"symmetry", 1e-9, 200},
    {"two", 1e-12, 200},       {"positive", 1e-12, 200},
    {"degree", 1e-11, 25},     {"invariance", 1e-9, 8},
    {"no trace", 1e-11, 10}};

typedef struct tally {
    double worst[N_CHECKS];
    size_t count[N_CHECKS];
} tally;

/* Fails unless the error is small. */
static void note(tally *t, check which, const trial *at, double error)
{
    char *json = NULL;

    if (!(error <= checks[which].most)) {
        assert_int_equal(gold_graph_json(at->graph, &json), GOLD_OK);
        fail_msg("%s: %g of at most %g, %s, %s", checks[which].name, error,
                 checks[which].most, at->loss->name, json);
    }
    t->worst[which] = fmax(t->worst[which], error);
    t->count[which]++;
}

/* The largest difference, relative to y, or to 0.01 where that is smaller. */
static double difference(size_t n, const double *x, const double *y)
{
    double *gap = numbers(n);

    for (size_t i = 0; i < n; i++) {
        gap[i] = x[i] - y[i];
    }
    const double most = largest(n, gap) / fmax(largest(n, y), 0.01);

    gold_free(gap);
    return most;
}

/* point <- theta + h v. */
static void move(size_t n, const double *theta, double h, const double *v,
                 double *point)
{
    for (size_t i = 0; i < n; i++) {
        point[i] = theta[i] + h * v[i];
    }
}

static bool has_kink(const gold_node *node)
{
    for (size_t i = 0; i < gold_n_phis; i++) {
        if (gold_node_name(node) != NULL &&
            strcmp(gold_node_name(node), gold_phis[i].name) == 0) {
            return gold_phis[i].has_kink;
        }
    }
    return false;
}

/* Does y of a node stay moderate, on its side of kinks, far from what is
 * singular, from a to b? */
static bool is_smooth(const gold_run *a, const gold_run *b, size_t q)
{
    const gold_node *node = &a->plan.graph->nodes[q];
    const size_t size = GRAPH_SAMPLES * gold_shape_units(node->y);
    const size_t n_kept = GRAPH_SAMPLES * node->n_kept;
    const real *x = a->places[node->inputs[0]].y;
    const real *moved = b->places[node->inputs[0]].y;
    bool is_clear = largest(size, a->places[q].y) < 20.0;

    for (size_t t = 0; has_kink(node) && t < size; t++) {
        is_clear = is_clear && (x[t] > 0.0) == (moved[t] > 0.0);
    }
    for (size_t t = 0; node->is_norm && t < n_kept; t++) {
        is_clear = is_clear && a->places[q].kept[t] < 10.0;
    }
    if (gold_node_name(node) != NULL &&
        strcmp(gold_node_name(node), "max_pool2d") == 0) {
        is_clear = is_clear && memcmp(a->places[q].kept, b->places[q].kept,
                                      n_kept * sizeof *x) == 0;
    }
    return is_clear;
}

/* Do differences see a smooth function? */
static bool is_clear(const trial *t, const double *theta, const double *v)
{
    const size_t n = t->graph->n_parameters;
    double *point = numbers(n);
    bool is_good = true;
    gold_run a;
    gold_run b;

    run_at(t, theta, 0, &a);
    for (size_t i = 0; i < 2 * (size_t)D; i++) {
        move(n, theta, i % 2 == 0 ? step : -step, v + i / 2 * n, point);
        run_at(t, point, 0, &b);
        for (size_t q = 1; q < t->graph->n_nodes; q++) {
            is_good = is_good && is_smooth(&a, &b, q);
        }
        FN(run_fini)(&b);
    }
    FN(run_fini)(&a);
    gold_free(point);
    return is_good;
}

/* What is known at a point. */
typedef struct known {
    size_t n;
    double *theta;
    double *v; /* (D, n) */
    double *gradient;
    double g[D * D];
    double s[D * D];
} known;

/* Slopes of loss and gradient along v_i by differences with a step; row (D)
 * the latter times each v_j. */
static double differ(const trial *t, const known *at, size_t i, double h,
                     double *row)
{
    double *point = numbers(3 * at->n);
    double *above = point + at->n;
    double *below = above + at->n;
    double slope = 0.0;

    move(at->n, at->theta, h, at->v + i * at->n, point);
    slope = loss_and_gradient(t, point, above);
    move(at->n, at->theta, -h, at->v + i * at->n, point);
    slope = (slope - loss_and_gradient(t, point, below)) / (2.0 * h);
    for (size_t j = 0; j < D; j++) {
        const double *v = at->v + j * at->n;

        row[j] =
            (FN(dot)(at->n, above, v) - FN(dot)(at->n, below, v)) / (2.0 * h);
    }
    gold_free(point);
    return slope;
}

static void check_differences(const trial *t, const known *at, tally *sum)
{
    double rows[2][D * D];
    double slopes[2][D];
    double slope[D];
    double hessian[D * D];
    double error[2] = {0.0, 0.0};

    for (size_t i = 0; i < D; i++) {
        slope[i] = FN(dot)(at->n, at->gradient, at->v + i * at->n);
        for (size_t k = 0; k < 2; k++) {
            slopes[k][i] =
                differ(t, at, i, step / (double)(k + 1), rows[k] + i * D);
            error[k] = hypot(error[k], slopes[k][i] - slope[i]);
        }
        slopes[1][i] = (4.0 * slopes[1][i] - slopes[0][i]) / 3.0;
    }
    note(sum, GRADIENT, t, difference(D, slopes[1], slope));
    if (!(error[1] < 1e-9)) {
        note(sum, ORDER, t, fabs(log2(error[0] / error[1]) - 2.0));
    }
    for (size_t i = 0; i < (size_t)D * D; i++) {
        rows[1][i] = (4.0 * rows[1][i] - rows[0][i]) / 3.0;
        hessian[i] = at->g[i] + at->s[i];
    }
    note(sum, DIFFERENCE, t, difference((size_t)D * D, rows[1], hessian));
}

static void check_terms(const trial *t, const known *at, tally *sum)
{
    double *products = numbers(2 * D * at->n);
    double forms[2][D * D];
    double turned[D * D];
    double values[D];

    multiply_terms(t, at->theta, D, at->v, products, products + D * at->n);
    for (size_t k = 0; k < 2 * (size_t)D * D; k++) {
        const size_t i = k % ((size_t)D * D);

        forms[k / ((size_t)D * D)][i] =
            FN(dot)(at->n, products + (k / ((size_t)D * D) * D + i / D) * at->n,
                    at->v + i % D * at->n);
        turned[i] = at->s[i % D * D + i / D];
    }
    note(sum, G_PRODUCT, t, difference((size_t)D * D, forms[0], at->g));
    note(sum, S_PRODUCT, t, difference((size_t)D * D, forms[1], at->s));
    note(sum, SYMMETRY, t, difference((size_t)D * D, turned, at->s));
    eigenvalues_of(D, at->g, values);
    note(sum, POSITIVE, t, -values[0] / fmax(values[D - 1], 1e-300));
    gold_free(products);
}

/* Gradients and S of two residuals at once. */
static void check_two(const trial *t, const known *at, tally *sum)
{
    const size_t n = at->n;
    const size_t d2 = (size_t)D * D;
    double *found = numbers(4 * n + 2 * d2);
    double *expected = found + 2 * n + 2 * d2;
    double *s = found + 2 * n;
    double twice[2 * D * D];

    project_two(t, at->theta, D, at->v, found, s);
    for (size_t i = 0; i < n; i++) {
        expected[i] = at->gradient[i];
        expected[n + i] = -2.0 * at->gradient[i];
    }
    for (size_t i = 0; i < 2 * d2; i++) {
        twice[i] = (i < d2 ? 1.0 : -2.0) * at->s[i % d2];
    }
    note(sum, TWO, t, difference(2 * n, found, expected));
    note(sum, TWO, t, difference(2 * d2, s, twice));
    gold_free(found);
}

/* Of a graph with a degree: the output elsewhere on the ray. */
static void check_degree(const trial *t, const known *at, tally *sum)
{
    const int degree = gold_graph_last(t->graph)->degree;
    const size_t size = GRAPH_SAMPLES * GRAPH_CLASSES;
    double expected[GRAPH_SAMPLES * GRAPH_CLASSES];
    double *point = numbers(at->n);
    gold_run run;

    run_at(t, at->theta, 0, &run);
    for (size_t i = 0; i < size; i++) {
        expected[i] = pow(1.7, degree) * FN(run_output)(&run).y[i];
    }
    FN(run_fini)(&run);
    move(at->n, at->theta, 0.7, at->theta, point);
    run_at(t, point, 0, &run);
    if (degree != GOLD_NO_DEGREE) {
        note(sum, DEGREE, t,
             difference(size, FN(run_output)(&run).y, expected));
    }
    FN(run_fini)(&run);
    gold_free(point);
}

/* Is y of node q taken by exact norms, and by no other? */
static bool is_normed(const gold_graph *graph, size_t q)
{
    size_t n = 0;

    for (size_t k = q + 1; k < graph->n_nodes; k++) {
        const gold_node *node = &graph->nodes[k];

        for (size_t i = 0; i < node->n_inputs; i++) {
            if (node->inputs[i] == q &&
                !(node->is_norm && node->set.eps <= 0.0)) {
                return false;
            }
            n += node->inputs[i] == q;
        }
    }
    return n > 0;
}

static void check_invariance(const trial *t, const known *at, tally *sum)
{
    for (size_t q = 1; q < t->graph->n_nodes; q++) {
        const gold_node *node = &t->graph->nodes[q];
        const size_t m = node->n_parameters;
        const double *w = at->theta + node->first;
        const double *g = at->gradient + node->first;

        if (m > 0 && is_normed(t->graph, q)) {
            note(sum, INVARIANCE, t,
                 fabs(FN(dot)(m, w, g)) /
                     fmax(FN(norm)(m, w) * FN(norm)(m, g), 0.01));
        }
    }
}

/* Where every node is linear in each of its slots, and no value meets itself,
 * S has no diagonal in the parameters. */
static void check_trace(const trial *t, const known *at, tally *sum)
{
    const size_t n = at->n;
    bool has_trace = n > 200;
    double trace = 0.0;

    for (size_t q = 1; q < t->graph->n_nodes; q++) {
        has_trace = has_trace || (t->graph->nodes[q].bends &&
                                  t->graph->nodes[q].n_parameters == 0);
    }
    if (has_trace) {
        return;
    }
    double *unit = numbers(3 * n * n);
    double *g = unit + n * n;
    double *s = g + n * n;

    for (size_t i = 0; i < n; i++) {
        unit[i * n + i] = 1.0;
    }
    project(t, at->theta, n, unit, g, s);
    for (size_t i = 0; i < n; i++) {
        trace += s[i * n + i];
    }
    note(sum, NO_TRACE, t, fabs(trace) / fmax(largest(n * n, s), 0.01));
    gold_free(unit);
}

/* theta and v: weights of the size of what they are applied to. */
static void draw_point(dice *d, const gold_graph *graph, known *at)
{
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        for (size_t i = 0; i < (D + 1) * node->n_parameters; i++) {
            const size_t row = i / node->n_parameters;
            double *x =
                row == D ? at->theta : at->v + row * graph->n_parameters;

            x[node->first + i % node->n_parameters] =
                dice_normal(d) / sqrt((double)node->fan_in);
        }
    }
}

/* Check a graph at a point with samples of its own; false: there is none where
 * it is smooth. */
static bool check_graph(dice *d, const gold_graph *graph, tally *sum)
{
    const size_t n = graph->n_parameters;
    trial t = {0};
    known at = {n, numbers(n), numbers(D * n), numbers(n), {0}, {0}};
    bool clear = false;

    for (size_t tries = 0; tries < 100 && !clear; tries++) {
        draw_trial(d, &t, graph);
        draw_point(d, graph, &at);
        clear = is_clear(&t, at.theta, at.v);
    }
    if (clear) {
        (void)loss_and_gradient(&t, at.theta, at.gradient);
        project(&t, at.theta, D, at.v, at.g, at.s);
        check_differences(&t, &at, sum);
        check_terms(&t, &at, sum);
        check_two(&t, &at, sum);
        check_degree(&t, &at, sum);
        check_invariance(&t, &at, sum);
        check_trace(&t, &at, sum);
    }
    gold_free(t.inputs);
    gold_free(at.theta);
    gold_free(at.v);
    gold_free(at.gradient);
    return clear;
}

/* Count the operations of a graph. */
static void count_drawn(const gold_graph *graph, size_t *drawn)
{
    for (size_t q = 1; q < graph->n_nodes; q++) {
        const char *name = gold_node_name(&graph->nodes[q]);

        for (size_t i = 0; name != NULL && gold_operation_name(i) != NULL;
             i++) {
            drawn[i] += strcmp(name, gold_operation_name(i)) == 0;
        }
    }
}

static void test_random(void **state)
{
    const char *wanted = getenv("GOLD_GRAPHS");
    const size_t n_graphs =
        wanted == NULL ? 1000 : (size_t)strtoul(wanted, NULL, 10);
    dice d = {.seed = 1};
    size_t drawn[64] = {0};
    size_t unclear = 0;
    tally sum = {0};

    (void)state;
    for (size_t i = 0; i < n_graphs;) {
        sketch s;

        draw_sketch(&d, &s);
        if (check_graph(&d, &s.graph, &sum)) {
            count_drawn(&s.graph, drawn);
            i++;
        } else {
            unclear++;
        }
        sketch_fini(&s);
    }
    for (size_t k = 0; k < N_CHECKS; k++) {
        print_message("%-11s worst %8.1e of %g, %zu times\n", checks[k].name,
                      sum.worst[k], checks[k].most, sum.count[k]);
        assert_true(sum.count[k] >= checks[k].least * n_graphs / 200);
    }
    for (size_t i = 0; gold_operation_name(i) != NULL; i++) {
        print_message("%s %zu, ", gold_operation_name(i), drawn[i]);
        assert_true(drawn[i] >= n_graphs / 40);
    }
    print_message("unclear %zu\n", unclear);
    assert_true(unclear < n_graphs / 2);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
