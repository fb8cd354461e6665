/* SPDX-License-Identifier: MIT */
#include "prop/graphs.h"

#include <math.h>
#include <string.h>

static const gold_graph_words words = {.classes = GRAPH_CLASSES, .width = 4};

gold_operation operation(const char *name)
{
    gold_operation found;

    assert_true(gold_find_operation(name, &found));
    return found;
}

bool extend(sketch *s, const gold_operation *entry)
{
    const gold_operations list = {.n = s->n + 1, .entries = s->entries};
    gold_graph longer;

    assert_true(s->n < sizeof s->entries / sizeof *s->entries);
    s->entries[s->n] = *entry;
    if (gold_graph_init(&longer, &list, s->input, &words, NULL) != GOLD_OK) {
        gold_fail_clear();
        gold_graph_fini(&longer);
        return false;
    }
    gold_graph_fini(&s->graph);
    s->graph = longer;
    s->n++;
    return true;
}

int chain(sketch *s, const char *name, size_t size)
{
    gold_operation entry = operation(name);

    entry.set.out = size;
    entry.set.groups = size;
    assert_true(extend(s, &entry));
    return (int)s->n - 1;
}

int join(sketch *s, const char *name, int other)
{
    gold_operation entry = operation(name);

    entry.n_inputs = 2;
    entry.inputs[0] = other;
    entry.inputs[1] = (int)s->n - 1;
    assert_true(extend(s, &entry));
    return (int)s->n - 1;
}

void sketch_fini(sketch *s)
{
    gold_graph_fini(&s->graph);
}

static gold_operation draw_operation(dice *d, const sketch *s)
{
    size_t n_names = 0;

    while (gold_operation_name(n_names) != NULL) {
        n_names++;
    }
    gold_operation entry =
        operation(s->n > 0 ? gold_operation_name(dice_below(d, n_names))
                  : s->input.height == 1 ? "linear"
                                         : "conv2d");

    entry.set.out = 2 + dice_below(d, 4);
    entry.set.kernel = 1 + dice_below(d, 3);
    entry.set.stride = 1 + dice_below(d, 2);
    entry.set.padding = dice_below(d, 2);
    entry.set.groups = 1 + dice_below(d, 2);
    entry.set.bias = dice_below(d, 2);
    entry.set.affine = dice_below(d, 2);
    entry.set.eps = dice_below(d, 2) == 1 ? 0.1 : 0.0;
    return entry;
}

static int draw_input(dice *d, const sketch *s)
{
    return dice_below(d, 4) > 0 ? (int)s->n - 1
                                : (int)dice_below(d, s->n + 1) - 1;
}

static bool is_taken(const sketch *s, int e)
{
    for (size_t k = 0; k < s->n; k++) {
        for (size_t i = 0; i < s->entries[k].n_inputs; i++) {
            if (s->entries[k].inputs[i] == e) {
                return true;
            }
        }
    }
    return false;
}

void draw_sketch(dice *d, sketch *s)
{
    const size_t side = 4 + dice_below(d, 2);
    const bool is_flat = dice_below(d, 2) == 1;
    const size_t n = 2 + dice_below(d, 6);
    int sum = -1;

    *s = (sketch){.input = is_flat ? (gold_shape){side, 1, 1}
                                   : (gold_shape){2, side, side}};
    while (s->n < n) {
        gold_operation entry = draw_operation(d, s);

        entry.inputs[0] = draw_input(d, s);
        entry.inputs[1] = draw_input(d, s);
        entry.n_inputs = 2;
        if (!extend(s, &entry)) {
            entry.n_inputs = 1;
            (void)extend(s, &entry);
        }
    }
    for (int e = 0; e < (int)n; e++) {
        gold_operation flat = operation("flatten");

        if (is_taken(s, e)) {
            continue;
        }
        flat.n_inputs = 1;
        flat.inputs[0] = e;
        assert_true(extend(s, &flat));
        (void)chain(s, "linear", GRAPH_CLASSES);
        s->entries[s->n - 1].n_inputs = 0;
        sum = sum < 0 ? (int)s->n - 1 : join(s, "add", sum);
    }
}

void draw_trial(dice *d, trial *t, const gold_graph *graph)
{
    const size_t size = GRAPH_SAMPLES * gold_shape_units(graph->nodes[0].y);
    const bool is_square = dice_below(d, 2) == 1;

    if (t->inputs == NULL) {
        assert_int_equal(GOLD_ALLOC(size, &t->inputs), GOLD_OK);
    }
    t->graph = graph;
    t->loss = is_square ? &gold_mean_square : &gold_cross_entropy;
    t->temperature = is_square ? 1.0 : 1.5;
    for (size_t i = 0; i < size; i++) {
        t->inputs[i] = (real)dice_normal(d);
    }
    for (size_t i = 0; i < GRAPH_SAMPLES; i++) {
        t->labels[i] = (uint8_t)dice_below(d, GRAPH_CLASSES);
    }
}

/* With room for m residuals. */
static void start_run(const trial *t, const real *theta, size_t d, size_t m,
                      gold_run *run)
{
    const gold_run_plan plan = {.graph = t->graph,
                                .n = GRAPH_SAMPLES,
                                .d = d,
                                .m = m,
                                .has_second = true,
                                .has_products = true};

    assert_int_equal(FN(run_init)(run, &plan), GOLD_OK);
    FN(run_forward)(run, theta, 1.0, t->inputs);
}

void run_at(const trial *t, const real *theta, size_t d, gold_run *run)
{
    start_run(t, theta, d, 1, run);
}

/* The loss of sample i; its weights and residual (K). */
static double sample_loss(const trial *t, const gold_run *run, size_t i,
                          double *weights, double *residual)
{
    double z[GRAPH_CLASSES];

    for (size_t k = 0; k < GRAPH_CLASSES; k++) {
        z[k] = (double)FN(run_output)(run).y[i * GRAPH_CLASSES + k] /
               t->temperature;
    }
    const gold_aim aim = {.label = t->labels[i]};

    return t->loss->residual(GRAPH_CLASSES, z, aim, weights, residual);
}

/* The mean loss; the output's delta is its derivative. */
static double take_residuals(const trial *t, const gold_run *run)
{
    double weights[GRAPH_CLASSES];
    double residual[GRAPH_CLASSES];
    double sum = 0.0;

    for (size_t i = 0; i < GRAPH_SAMPLES; i++) {
        sum += sample_loss(t, run, i, weights, residual);
        for (size_t k = 0; k < GRAPH_CLASSES; k++) {
            FN(run_output)
            (run).delta[i * GRAPH_CLASSES + k] =
                (real)(residual[k] / (t->temperature * GRAPH_SAMPLES));
        }
    }
    return sum / GRAPH_SAMPLES;
}

double loss_and_gradient(const trial *t, const real *theta, real *gradient)
{
    gold_run run;
    double value = 0.0;

    run_at(t, theta, 0, &run);
    value = take_residuals(t, &run);
    FN(run_pull)(&run, false, gradient);
    FN(run_fini)(&run);
    return value;
}

/* What a loss makes of tangents of the output, of sample i and direction v:
 * out (K). */
typedef void use_tangent(size_t k, const double *weights, const double *y,
                         double *out);

static void take_tangent(const trial *t, const gold_run *run, size_t i,
                         size_t v, double weights[GRAPH_CLASSES],
                         double y[GRAPH_CLASSES])
{
    const real *dz =
        FN(run_output)(run).dy + (i * run->plan.d + v) * GRAPH_CLASSES;
    double residual[GRAPH_CLASSES];

    (void)sample_loss(t, run, i, weights, residual);
    for (size_t k = 0; k < GRAPH_CLASSES; k++) {
        y[k] = (double)dz[k] / t->temperature;
    }
}

static void use_tangents(const trial *t, const gold_run *run, use_tangent *use,
                         size_t i, size_t v, double *out)
{
    double weights[GRAPH_CLASSES];
    double y[GRAPH_CLASSES];

    take_tangent(t, run, i, v, weights, y);
    use(GRAPH_CLASSES, weights, y, out);
}

/* B times one of them. */
static void use_rows(const trial *t, const gold_run *run, size_t i, size_t v,
                     double *out)
{
    double weights[GRAPH_CLASSES];
    double y[GRAPH_CLASSES];

    take_tangent(t, run, i, v, weights, y);
    t->loss->rows(GRAPH_CLASSES, weights, 1, y, out);
}

void project(const trial *t, const real *theta, size_t d, const real *v,
             double *g, double *s)
{
    gold_run run;
    real *gradient = NULL;
    double *rows = numbers(d * GRAPH_CLASSES);

    assert_int_equal(GOLD_ALLOC(t->graph->n_parameters, &gradient), GOLD_OK);
    run_at(t, theta, d, &run);
    FN(run_tangent)(&run, v);
    (void)take_residuals(t, &run);
    memset(g, 0, d * d * sizeof *g);
    memset(s, 0, d * d * sizeof *s);
    FN(run_second)(&run, v, gradient, s);
    for (size_t i = 0; i < GRAPH_SAMPLES; i++) {
        for (size_t a = 0; a < d; a++) {
            use_rows(t, &run, i, a, rows + a * GRAPH_CLASSES);
        }
        for (size_t ab = 0; ab < d * d; ab++) {
            for (size_t k = 0; k < GRAPH_CLASSES; k++) {
                g[ab] += rows[ab / d * GRAPH_CLASSES + k] *
                         rows[ab % d * GRAPH_CLASSES + k] / GRAPH_SAMPLES;
            }
        }
    }
    gold_free(rows);
    gold_free(gradient);
    FN(run_fini)(&run);
}

void multiply_terms(const trial *t, const real *theta, size_t d, const real *v,
                    real *gv, real *sv)
{
    const size_t m = t->graph->n_parameters;
    double h[GRAPH_CLASSES];
    gold_run run;

    run_at(t, theta, d, &run);
    (void)take_residuals(t, &run);
    FN(run_pull)(&run, true, gv);
    FN(run_tangent)(&run, v);
    real *ddelta = FN(run_output)(&run).ddelta;

    memset(ddelta, 0, GRAPH_SAMPLES * d * GRAPH_CLASSES * sizeof *ddelta);
    memset(sv, 0, d * m * sizeof *sv);
    FN(run_product)(&run, v, 0.25, true, sv);
    for (size_t i = 0; i < d * m; i++) {
        sv[i] *= R(4.0);
    }
    for (size_t q = 0; q < GRAPH_SAMPLES * d; q++) {
        use_tangents(t, &run, t->loss->curve, q / d, q % d, h);
        for (size_t k = 0; k < GRAPH_CLASSES; k++) {
            ddelta[q * GRAPH_CLASSES + k] =
                (real)(h[k] / (t->temperature * GRAPH_SAMPLES));
        }
    }
    FN(run_product)(&run, v, 0.0, false, gv);
    FN(run_fini)(&run);
}

void project_two(const trial *t, const real *theta, size_t d, const real *v,
                 real *gradients, double *s)
{
    gold_run run;
    real *delta = NULL;

    start_run(t, theta, d, 2, &run);
    FN(run_tangent)(&run, v);
    run.plan.m = 1;
    (void)take_residuals(t, &run);
    run.plan.m = 2;
    delta = FN(run_output)(&run).delta;
    /* from behind: (samples, 2, classes) grow out of (samples, classes) */
    for (size_t i = GRAPH_SAMPLES * GRAPH_CLASSES; i-- > 0;) {
        const size_t to =
            i / GRAPH_CLASSES * 2 * GRAPH_CLASSES + i % GRAPH_CLASSES;
        const real one = delta[i];

        delta[to + GRAPH_CLASSES] = R(-2.0) * one;
        delta[to] = one;
    }
    FN(run_second)(&run, v, gradients, s);
    FN(run_fini)(&run);
}
