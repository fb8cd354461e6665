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

#include "sched/forecast.h"

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
    uint64_t again[MAX_TASKS]; /* slots whose worker was lost, latest last */
    uint64_t n_again;
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
    const uint64_t slot = goldi_queue_take(queue, 1, now_s);

    if (m->n_again > 0) {
        assert_int_equal(slot, m->again[--m->n_again]);
    } else {
        assert_int_equal(queue->slots[slot].task, next_of(m));
    }
    m->running[m->n_running++] = slot;
}

/* A task whose worker was taken for dead comes to its end all the same. */
static void end_late(model *m, goldi_queue *queue)
{
    const uint64_t which = draw(m, m->n_again);
    const uint64_t slot = m->again[which];

    m->n_again--;
    memmove(m->again + which, m->again + which + 1,
            (m->n_again - which) * sizeof *m->again);
    assert_true(goldi_queue_finish(queue, slot, 1.0));
    assert_false(goldi_queue_finish(queue, slot, 1.0));
    m->n_done++;
}

static void end_any(model *m, goldi_queue *queue, double now_s)
{
    const uint64_t which = draw(m, m->n_running);
    const uint64_t slot = m->running[which];

    m->running[which] = m->running[--m->n_running];
    if (draw(m, 10) == 0) {
        goldi_queue_drop(queue, slot);
        m->n_dropped++;
    } else if (draw(m, 4) == 0) {
        goldi_queue_return(queue, slot);
        m->again[m->n_again++] = slot;
    } else {
        assert_true(goldi_queue_finish(queue, slot,
                                       now_s - queue->slots[slot].start_s));
        m->n_done++;
    }
}

static void compare(const model *m, const goldi_queue *queue, double now_s)
{
    const uint64_t n_left = m->n_running + m->n_done + m->n_dropped;
    const goldi_forecast forecast = goldi_forecast_make(queue, 3, now_s);
    const double eta = forecast.eta_s;

    assert_true(goldi_queue_is_valid(queue));
    assert_int_equal(queue->n_waiting_again, m->n_again);
    assert_int_equal(queue->n_done, m->n_done);
    assert_int_equal(queue->n_dropped, m->n_dropped);
    assert_int_equal(queue->n_running, m->n_running);
    assert_int_equal(queue->n_done, m->n_done);
    assert_int_equal(goldi_queue_has_waiting(queue), n_left < m->n_tasks);
    assert_true(isnan(eta) || (eta >= 0.0 && isfinite(eta)));
    assert_true(isnan(eta) || (forecast.earliest_s <= eta * (1.0 + 1e-9) &&
                               forecast.latest_s >= eta));
    assert_true(!isnan(eta) || !(queue->lanes[0].rate.weight > 0.0));
}

static void play(uint64_t seed)
{
    model m = make_model(seed);
    goldi_queue queue = {0};
    double now_s = 0.0;

    assert_int_equal(
        goldi_queue_init(&queue, m.tasks, m.costs, NULL, m.n_tasks), GOLD_OK);
    compare(&m, &queue, now_s);
    while (m.n_done + m.n_dropped < m.n_tasks) {
        const bool can_take = goldi_queue_has_waiting(&queue);

        now_s += 0.25 * (double)draw(&m, 8);
        if (m.n_again > 0 && draw(&m, 4) == 0) {
            end_late(&m, &queue);
        } else if (can_take && (m.n_running == 0 || draw(&m, 2) == 0)) {
            take(&m, &queue, now_s);
        } else {
            end_any(&m, &queue, now_s);
        }
        compare(&m, &queue, now_s);
    }
    assert_true(goldi_forecast_make(&queue, 3, now_s).eta_s == 0.0);
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
