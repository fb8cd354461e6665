/* SPDX-License-Identifier: MIT */
/* Every way to the same second derivatives: residuals one by one or as sums of
 * what they have in common; directions as rows or as their few entries, sorted
 * or not; each way of affine kinds; tangents anew or again; in all parameters
 * or in those of one node. GOLD_GRAPHS says of how many random graphs. */
#include <stdlib.h>
#include <string.h>

#include "prop/graphs.h"

enum {
    D = 3,
    M = 5 /* residuals */
};

typedef struct variant {
    bool is_mixed;
    bool is_few;
    bool is_sorted;
    bool is_again;
    gold_second_way way;
} variant;

/* What is asked of every variant. */
typedef struct question {
    trial t;
    size_t n;
    double *theta;
    double *elsewhere; /* (n) where tangents have been before */
    double *v;         /* (D, n), some of it 0 */
    double residuals[GRAPH_SAMPLES][M][GRAPH_CLASSES];
    size_t confined; /* to this node; 0: not */
    gold_entry *entries;
    size_t *starts; /* [n_nodes][D + 1] */
} question;

static bool is_moved(const question *q, size_t at)
{
    return q->confined == 0 || q->confined == at;
}

static size_t n_common(const question *q)
{
    return GRAPH_CLASSES - (q->t.loss->is_balanced ? 1 : 0);
}

static void draw_question(dice *d, const gold_graph *graph, question *q)
{
    const size_t n = graph->n_parameters;

    draw_trial(d, &q->t, graph);
    q->n = n;
    q->theta = numbers((D + 2) * n);
    q->elsewhere = q->theta + n;
    q->v = q->elsewhere + n;
    dice_fill(d, 2 * n, q->theta);
    for (size_t at = 1; at < graph->n_nodes; at++) {
        const gold_node *node = &graph->nodes[at];

        if (node->n_parameters > 0 && dice_below(d, 6) == 0) {
            q->confined = at;
        }
    }
    for (size_t at = 1; at < graph->n_nodes; at++) {
        const gold_node *node = &graph->nodes[at];

        for (size_t i = 0; is_moved(q, at) && i < D * node->n_parameters; i++) {
            q->v[i / node->n_parameters * n + node->first +
                 i % node->n_parameters] =
                dice_below(d, 2) == 0 ? dice_normal(d) : 0.0;
        }
    }
    for (size_t i = 0; i < (size_t)GRAPH_SAMPLES * M; i++) {
        double *residual = q->residuals[i / M][i % M];

        dice_fill(d, GRAPH_CLASSES, residual);
        if (q->t.loss->is_balanced) {
            residual[GRAPH_CLASSES - 1] = 0.0;
            for (size_t k = 0; k + 1 < GRAPH_CLASSES; k++) {
                residual[GRAPH_CLASSES - 1] -= residual[k];
            }
        }
    }
    assert_int_equal(GOLD_ALLOC(D * n, &q->entries), GOLD_OK);
    assert_int_equal(GOLD_ALLOC(graph->n_nodes * (D + 1), &q->starts), GOLD_OK);
}

static void question_fini(question *q)
{
    gold_free(q->t.inputs);
    gold_free(q->theta);
    gold_free(q->entries);
    gold_free(q->starts);
}

/* What directions are in one node. */
static void place_node(question *q, const variant *by, gold_run *run, size_t at)
{
    const gold_node *node = &q->t.graph->nodes[at];
    const size_t weights = node->fan_out * node->fan_in;
    gold_entry *entries = q->entries + D * node->first;
    size_t *start = q->starts + at * (D + 1);
    const double *v = q->v + node->first;

    run->moves[at] =
        (gold_moves){.w = v,
                     .step = q->n,
                     .b = node->n_parameters > weights ? v + weights : NULL,
                     .b_step = q->n};
    if (!by->is_few) {
        return;
    }
    for (size_t j = 0; j < D; j++) {
        start[j] = j == 0 ? 0 : start[j];
        start[j + 1] = start[j];
        for (size_t i = 0; i < node->n_parameters; i++) {
            if (v[j * q->n + i] > 0.0 || v[j * q->n + i] < 0.0) {
                entries[start[j + 1]++] = (gold_entry){i, v[j * q->n + i]};
            }
        }
    }
    run->moves[at] = (gold_moves){.entries = entries, .start = start};
    if (by->is_sorted) {
        assert_int_equal(FN(run_sort_few)(run, at), GOLD_OK);
    }
}

static void place_residuals(const question *q, const gold_run *run)
{
    const size_t k = run->plan.k;
    real *delta = FN(run_output)(run).delta;

    for (size_t i = 0; i < GRAPH_SAMPLES; i++) {
        for (size_t r = 0; r < M; r++) {
            memcpy(k > 0 ? run->mix + (r * GRAPH_SAMPLES + i) * k
                         : delta + (i * M + r) * GRAPH_CLASSES,
                   q->residuals[i][r],
                   (k > 0 ? k : GRAPH_CLASSES) * sizeof(real));
        }
        for (size_t c = 0; c < k * GRAPH_CLASSES; c++) {
            const size_t at = c % GRAPH_CLASSES;

            delta[i * k * GRAPH_CLASSES + c] =
                at == c / GRAPH_CLASSES                        ? 1.0
                : k < GRAPH_CLASSES && at + 1 == GRAPH_CLASSES ? -1.0
                                                               : 0.0;
        }
    }
}

/* gradients (M, n), and sums (M, D, D) after them. */
static void answer(question *q, const variant *by, double *found)
{
    const gold_run_plan plan = {.graph = q->t.graph,
                                .n = GRAPH_SAMPLES,
                                .d = D,
                                .m = M,
                                .k = by->is_mixed ? n_common(q) : 0,
                                .has_second = true,
                                .has_again = by->is_again,
                                .way = by->way};
    gold_run run;

    assert_int_equal(FN(run_init)(&run, &plan), GOLD_OK);
    for (size_t at = 1; at < q->t.graph->n_nodes; at++) {
        if (q->t.graph->nodes[at].n_parameters > 0 && is_moved(q, at)) {
            place_node(q, by, &run, at);
        }
    }
    if (by->is_again) {
        FN(run_forward)(&run, q->elsewhere, 1.0, q->t.inputs);
        FN(run_tangent)(&run, NULL);
        FN(run_forward)(&run, q->theta, 1.0, NULL);
        FN(run_tangent_again)(&run, NULL);
    } else {
        FN(run_forward)(&run, q->theta, 1.0, q->t.inputs);
        FN(run_tangent)(&run, NULL);
    }
    place_residuals(q, &run);
    memset(found, 0, M * (q->n + (size_t)D * D) * sizeof *found);
    FN(run_second)(&run, NULL, found, found + M * q->n);
    FN(run_fini)(&run);
}

static variant variant_of(size_t i)
{
    return (variant){.is_mixed = i % 2 == 1,
                     .is_again = i / 2 % 2 == 1,
                     .is_few = i / 4 % 3 > 0,
                     .is_sorted = i / 4 % 3 > 1,
                     .way = (gold_second_way)(i / 12)};
}

static void check_graph(dice *d, const gold_graph *graph)
{
    const variant plain = {.way = GOLD_SECOND_BACK};
    question q = {.confined = 0};

    draw_question(d, graph, &q);
    const size_t gradients = M * q.n;
    const size_t size = gradients + (size_t)M * D * D;
    double *expected = numbers(2 * size);
    double *found = expected + size;

    answer(&q, &plain, expected);
    for (size_t i = 0; i < 12 * ((size_t)GOLD_SECOND_FEW + 1); i++) {
        const variant by = variant_of(i);

        answer(&q, &by, found);
        assert_within("gradients", gradients, found, expected,
                      1.0 + largest(gradients, expected), 1e-12);
        assert_within(
            "S", size - gradients, found + gradients, expected + gradients,
            1.0 + largest(size - gradients, expected + gradients), 1e-12);
    }
    gold_free(expected);
    question_fini(&q);
}

static void test_ways(void **state)
{
    const char *wanted = getenv("GOLD_GRAPHS");
    const size_t n = wanted == NULL ? 200 : strtoul(wanted, NULL, 10);
    dice d = {.seed = 7};

    (void)state;
    for (size_t i = 0; i < n; i++) {
        sketch s;

        draw_sketch(&d, &s);
        check_graph(&d, &s.graph);
        sketch_fini(&s);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_ways)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
