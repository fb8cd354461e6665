/* SPDX-License-Identifier: MIT */
#include "prop/scenes.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    N_POINTS = 3
};

const net mlp = {
    "mlp", {4, 1, 1}, 3, "linear 5, relu, linear 4, leaky_relu, linear 3"};

const net branches = {"two branches of one degree",
                      {4, 1, 1},
                      3,
                      "linear 4, relu, linear 4, linear 3 of -1, linear 4, "
                      "add of 2 4, relu, linear 3"};

const net gate = {"gate",
                  {4, 1, 1},
                  3,
                  "linear 4, relu, linear 4 of -1, multiply of 1 2, linear 3"};

const net residual = {
    "residual mlp",
    {4, 1, 1},
    GOLD_NO_DEGREE,
    "linear 4, linear 4, relu, linear 4, add of 0 3, linear 4, "
    "relu, linear 4, add of 4 7, linear 3"};

const net residual_images = {
    "residual of images",
    {2, 4, 4},
    GOLD_NO_DEGREE,
    "conv2d 3, relu, conv2d 3, conv2d 3 of 0, add of 2 3, "
    "max_pool2d, global_avg_pool2d, linear 3 bias"};

/* One word of an entry. */
static void read_word(const char *word, gold_operation *entry)
{
    static const struct {
        const char *word;
        size_t offset;
    } flags[] = {{"bias", offsetof(gold_op_settings, bias)},
                 {"affine", offsetof(gold_op_settings, affine)}};

    for (size_t i = 0; i < 2; i++) {
        if (strcmp(word, flags[i].word) == 0) {
            memcpy((char *)&entry->set + flags[i].offset, &(size_t){1},
                   sizeof(size_t));
            return;
        }
    }
    if (strcmp(word, "eps") == 0) {
        entry->set.eps = 0.1;
        return;
    }
    assert_true(isdigit((unsigned char)*word));
    entry->set.out = strtoul(word, NULL, 10);
    entry->set.groups = entry->set.out;
}

static gold_operation read_entry(char *text)
{
    char *rest = NULL;
    gold_operation entry = operation(strtok_r(text, " ", &rest));
    bool is_input = false;

    entry.set.bias = 0;
    entry.set.affine = 0;
    entry.set.kernel = 2;
    entry.set.eps = 0.0;
    for (char *word = strtok_r(NULL, " ", &rest); word != NULL;
         word = strtok_r(NULL, " ", &rest)) {
        if (strcmp(word, "of") == 0) {
            is_input = true;
        } else if (is_input) {
            entry.inputs[entry.n_inputs++] = (int)strtol(word, NULL, 10);
        } else {
            read_word(word, &entry);
        }
    }
    return entry;
}

void build(const net *like, sketch *s)
{
    char text[400];
    char *rest = NULL;

    assert_true(strlen(like->list) < sizeof text);
    memcpy(text, like->list, strlen(like->list) + 1);
    *s = (sketch){.input = like->input};
    for (char *at = strtok_r(text, ",", &rest); at != NULL;
         at = strtok_r(NULL, ",", &rest)) {
        const gold_operation entry = read_entry(at);

        assert_true(extend(s, &entry));
    }
}

void scene_init(scene *c, const net *like, const gold_loss *loss, dice *d)
{
    *c = (scene){.name = like->name};
    build(like, &c->s);
    draw_trial(d, &c->t, &c->s.graph);
    c->t.loss = loss;
    c->t.temperature = 1.5;
    c->n = c->s.graph.n_parameters;
    assert_int_equal(GOLD_ALLOC(c->n, &c->theta), GOLD_OK);
    for (size_t q = 1; q < c->s.graph.n_nodes; q++) {
        const gold_node *node = &c->s.graph.nodes[q];

        for (size_t i = 0; i < node->n_parameters; i++) {
            c->theta[node->first + i] =
                (real)(dice_normal(d) / sqrt((double)node->fan_in));
        }
    }
}

void scene_fini(scene *c)
{
    sketch_fini(&c->s);
    gold_free(c->t.inputs);
    gold_free(c->theta);
}

void check_law(const net *like, law *holds)
{
    const gold_loss *const losses[] = {&gold_cross_entropy, &gold_mean_square};
    dice d = {.seed = 3};

    for (size_t i = 0; i < (size_t)2 * N_POINTS; i++) {
        scene c;

        scene_init(&c, like, losses[i % 2], &d);
        holds(&c, &d);
        scene_fini(&c);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

const gold_node *node_of(const scene *c, int entry)
{
    const gold_node *node = &c->s.graph.nodes[1];

    while (node->entry != (size_t)entry) {
        node++;
    }
    return node;
}

real *scaled(const scene *c, double a)
{
    real *point = NULL;

    assert_int_equal(GOLD_ALLOC(c->n, &point), GOLD_OK);
    for (size_t i = 0; i < c->n; i++) {
        point[i] = (real)(a * (double)c->theta[i]);
    }
    return point;
}

terms terms_at(const scene *c, const real *theta, double temperature)
{
    const size_t n = c->n;
    trial t = c->t;
    terms found = {0.0, numbers(n), numbers(n * n), numbers(n * n)};
    real *unit = NULL;

    t.temperature = temperature;
    assert_int_equal(GOLD_ALLOC(n * n + n, &unit), GOLD_OK);
    for (size_t i = 0; i < n; i++) {
        unit[i * n + i] = R(1.0);
    }
    found.loss = loss_and_gradient(&t, theta, unit + n * n);
    for (size_t i = 0; i < n; i++) {
        found.gradient[i] = (double)unit[n * n + i];
    }
    project(&t, theta, n, unit, found.g, found.s);
    gold_free(unit);
    return found;
}

void terms_fini(terms *t)
{
    gold_free(t->gradient);
    gold_free(t->g);
    gold_free(t->s);
}

double trace_of(size_t n, const double *m)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += m[i * n + i];
    }
    return sum;
}

void outputs_at(const scene *c, double a, double scale, double *z)
{
    real *point = scaled(c, a);
    gold_run run;

    run_at(&c->t, point, 0, &run);
    FN(run_forward)(&run, point, scale, c->t.inputs);
    for (size_t i = 0; i < N_OUTPUTS; i++) {
        z[i] = (double)FN(run_output)(&run).y[i];
    }
    FN(run_fini)(&run);
    gold_free(point);
}
