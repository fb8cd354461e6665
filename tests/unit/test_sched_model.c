/* SPDX-License-Identifier: MIT */
/* Random histories: the queue against a model that does everything the slow
 * and obvious way. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "sched/queue.h"

enum {
    N_HISTORIES = 200,
    MAX_TASKS = 40
};

typedef struct model {
    gold_stream stream;
    uint64_t n_drawn;
    uint64_t n_tasks;
    uint64_t tasks[MAX_TASKS];
    double costs[MAX_TASKS];
    bool has_left[MAX_TASKS];
    uint64_t running[MAX_TASKS]; /* slots */
    uint64_t n_running;
    uint64_t n_done;
    uint64_t n_dropped;
} model;

/* Uniform over 0 .. n - 1, nearly. */
static uint64_t draw(model *m, uint64_t n)
{
    uint32_t bits = 0;

    gold_random_bits(m->stream, m->n_drawn++, 1, &bits);
    return (uint64_t)bits * n >> 32;
}

static model make_model(uint64_t seed)
{
    model m = {.stream = gold_stream_of(seed, GOLD_PURPOSE_PROBES, 0)};
    size_t order[MAX_TASKS];

    m.n_tasks = draw(&m, MAX_TASKS + 1);
    gold_random_order(m.stream, m.n_tasks, order);
    for (uint64_t i = 0; i < m.n_tasks; i++) {
        m.tasks[i] = 3 * order[i];
        m.costs[i] = (double)draw(&m, 5); /* many ties */
    }
    return m;
}

/* The task that has to leave next, by looking at all of them. */
static uint64_t next_of(model *m)
{
    uint64_t best = MAX_TASKS;

    for (uint64_t i = 0; i < m->n_tasks; i++) {
        if (m->has_left[i]) {
            continue;
        }
        if (best == MAX_TASKS || m->costs[i] > m->costs[best] ||
            (m->costs[i] == m->costs[best] && m->tasks[i] < m->tasks[best])) {
            best = i;
        }
    }
    assert_true(best < MAX_TASKS);
    m->has_left[best] = true;
    return m->tasks[best];
}

static void take(model *m, goldi_queue *queue, double now_s)
{
    const uint64_t slot = goldi_queue_take(queue, now_s);

    assert_int_equal(queue->slots[slot].task, next_of(m));
    m->running[m->n_running++] = slot;
}

static void end_any(model *m, goldi_queue *queue, double now_s)
{
    const uint64_t which = draw(m, m->n_running);
    const uint64_t slot = m->running[which];

    m->running[which] = m->running[--m->n_running];
    if (draw(m, 10) == 0) {
        goldi_queue_drop(queue, slot);
        m->n_dropped++;
    } else {
        goldi_queue_finish(queue, slot, now_s);
        m->n_done++;
    }
}

static void compare(const model *m, const goldi_queue *queue, double now_s)
{
    const uint64_t n_left = m->n_running + m->n_done + m->n_dropped;
    const double eta = goldi_queue_eta(queue, 3, now_s);

    assert_true(goldi_queue_is_valid(queue));
    assert_int_equal(queue->n_taken, n_left);
    assert_int_equal(queue->n_running, m->n_running);
    assert_int_equal(queue->n_done, m->n_done);
    assert_int_equal(goldi_queue_has_waiting(queue), n_left < m->n_tasks);
    assert_true(isnan(eta) || (eta >= 0.0 && isfinite(eta)));
    assert_true(!isnan(eta) || queue->cost_done <= 0.0);
}

static void play(uint64_t seed)
{
    model m = make_model(seed);
    goldi_queue queue = {0};
    double now_s = 0.0;

    assert_int_equal(goldi_queue_init(&queue, m.tasks, m.costs, m.n_tasks),
                     GOLD_OK);
    compare(&m, &queue, now_s);
    while (m.n_done + m.n_dropped < m.n_tasks) {
        const bool can_take = goldi_queue_has_waiting(&queue);

        now_s += 0.25 * (double)draw(&m, 8);
        if (can_take && (m.n_running == 0 || draw(&m, 2) == 0)) {
            take(&m, &queue, now_s);
        } else {
            end_any(&m, &queue, now_s);
        }
        compare(&m, &queue, now_s);
    }
    assert_true(goldi_queue_eta(&queue, 3, now_s) == 0.0);
    goldi_queue_fini(&queue);
}

static void histories(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < N_HISTORIES; seed++) {
        play(seed);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(histories)};

    return cmocka_run_group_tests_name("unit.sched.model", tests, NULL, NULL);
}
