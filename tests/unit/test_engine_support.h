/* SPDX-License-Identifier: MIT */
/* What the tests of the engine share: a study in text, with its data, ready to
 * be measured. */
#ifndef GOLD_TEST_ENGINE_SUPPORT_H
#define GOLD_TEST_ENGINE_SUPPORT_H

#include <string.h>

#include "goldilocks/engine.h"

#include "prop/support.h"

/* A small study: 60 samples of circles; a grid comes after it. */
#define HEAD                                                                   \
    "study: test\n"                                                            \
    "data: {set: circles, train: 60, test: 30}\n"                              \
    "run: {precision: float64}\n"
#define NETWORK   "network: {width: 6, depth: 2}\n"
#define CURVATURE "curvature: {subspace: {dim: [2, 5]}}\n"

typedef struct bench {
    gold_study *study;
    void *block;
    gold_dataset data;
    gold_schema schema;
    gold_engine *engine;
} bench;

/* `text` must be a study. The engine keeps pointers into the bench. */
static inline void bench_open(bench *b, const char *text)
{
    gold_dataset_plan *plan = NULL;
    char *report = NULL;

    *b = (bench){0};
    if (gold_study_parse("test.yaml", text, strlen(text), NULL, &b->study,
                         &report) != GOLD_OK) {
        fail_msg("%s", report != NULL ? report : gold_fail_message());
    }
    assert_int_equal(gold_dataset_plan_create(b->study, &plan), GOLD_OK);
    assert_int_equal(gold_alloc(gold_dataset_bytes(plan), 1, &b->block),
                     GOLD_OK);
    assert_int_equal(gold_dataset_fill(plan, b->block), GOLD_OK);
    gold_dataset_plan_destroy(&plan);
    b->data = gold_dataset_view(b->block);
    gold_schema_init(&b->schema, b->study, b->data.train.n);
    assert_int_equal(
        gold_engine_create(b->study, &b->schema, &b->data, &b->engine),
        GOLD_OK);
}

/* Beside another bench, whose memory is counted with its own. */
static inline void bench_close(bench *b)
{
    gold_engine_destroy(&b->engine);
    gold_study_destroy(&b->study);
    gold_free(b->block);
}

static inline void bench_drop(bench *b)
{
    gold_engine_destroy(&b->engine); /* twice does no harm */
    bench_close(b);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Measure task `id`; the outcome is for gold_outcome_fini. */
static inline gold_outcome measure(bench *b, size_t id, gold_task *task)
{
    gold_outcome outcome;

    assert_int_equal(gold_task_init(b->study, id, task), GOLD_OK);
    assert_int_equal(gold_outcome_init(&outcome, &b->schema, task->n_points),
                     GOLD_OK);
    gold_engine_run(b->engine, task, NULL, &outcome);
    return outcome;
}

/* Open a study, and train from the one point that it has. */
static inline gold_outcome trained(bench *b, const char *text)
{
    gold_task task;

    bench_open(b, text);
    gold_outcome outcome = measure(b, 1, &task);

    gold_task_fini(&task);
    assert_int_equal(outcome.verdicts[0].state, GOLD_STATE_DONE);
    return outcome;
}

/* An interrupt's should_stop: yes to the question that a size_t, the first of
 * its context, counts down to, and to all after it. */
static inline bool stops_later(void *context)
{
    size_t *left = context;

    return *left == 0 || --*left == 0;
}

/* Inspect a point with ever later pieces of memory refused, until none is:
 * nothing is lost. Returns how many it takes; `found` is for
 * gold_inspection_fini. */
static inline int64_t inspect_refused(const bench *b, size_t point,
                                      gold_inspection *found)
{
    const int64_t before = gold_live_blocks();
    int64_t k = 0;
    gold_status status = GOLD_ERR_MEMORY;

    while (status == GOLD_ERR_MEMORY) {
        gold_refuse_after(++k);
        status = gold_engine_inspect(b->engine, point, found);
        gold_refuse_after(0);
        if (status != GOLD_OK) {
            gold_inspection_fini(found);
            assert_int_equal(gold_live_blocks(), before);
        }
    }
    assert_int_equal(status, GOLD_OK);
    return k;
}

/* Number `k` of a variable in the record of point i of a task. */
static inline double number_of(const bench *b, const double *record,
                               gold_variable variable, size_t k)
{
    assert_true(k < b->schema.count[variable]);
    return record[b->schema.offset[variable] + k];
}

/* Who saves and stops. */
typedef struct bench_guard {
    size_t left; /* questions until it says stop */
    char *bytes;
    size_t n_bytes;
} bench_guard;

static inline void save(void *context, const void *bytes, size_t n_bytes)
{
    bench_guard *g = context;

    gold_free(g->bytes);
    assert_int_equal(GOLD_ALLOC(n_bytes, &g->bytes), GOLD_OK);
    memcpy(g->bytes, bytes, n_bytes);
    g->n_bytes = n_bytes;
}

/* Train point 0 of one from a state, and stop at the k-th question; true: it is
 * done. */
static inline bool go_on(bench *b, bench_guard *g, size_t k,
                         gold_outcome *outcome)
{
    char *resume = g->bytes;
    const gold_interrupt interrupt = {.should_stop = stops_later,
                                      .save = save,
                                      .context = g,
                                      .resume = resume,
                                      .resume_bytes = g->n_bytes};
    gold_task task;

    g->bytes = NULL;
    g->left = k;
    assert_int_equal(gold_task_init(b->study, 1, &task), GOLD_OK);
    assert_int_equal(gold_outcome_init(outcome, &b->schema, 1), GOLD_OK);
    gold_engine_run(b->engine, &task, &interrupt, outcome);
    gold_task_fini(&task);
    gold_free(resume);
    return outcome->verdicts[0].state == GOLD_STATE_DONE;
}

#endif
