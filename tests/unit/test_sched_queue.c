/* SPDX-License-Identifier: MIT */
/* The queue: order, counts, and how long it says the rest will take. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "goldilocks/memory.h"

#include "sched/forecast.h"

static const uint64_t tasks[] = {4, 7, 1, 9, 2};
static const double costs[] = {1.0, 3.0, 3.0, 0.5, 3.0};

static goldi_queue make_queue(const double *of_costs)
{
    goldi_queue queue = {0};

    assert_int_equal(goldi_queue_init(&queue, tasks, of_costs, NULL, 5),
                     GOLD_OK);
    assert_true(goldi_queue_is_valid(&queue));
    return queue;
}

static void assert_order(goldi_queue *queue, const uint64_t expected[5])
{
    for (size_t i = 0; i < 5; i++) {
        const uint64_t slot = goldi_queue_take(queue, 1, 0.0);

        assert_int_equal(queue->slots[slot].task, expected[i]);
    }
    assert_false(goldi_queue_has_waiting(queue));
}

static void longest_first_then_by_id(void **state)
{
    const uint64_t expected[] = {1, 2, 7, 4, 9};
    goldi_queue queue = make_queue(costs);

    (void)state;
    assert_order(&queue, expected);
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

static void odd_costs_come_last(void **state)
{
    const double odd[] = {(double)NAN, 2.0, -1.0, (double)INFINITY, 5.0};
    const uint64_t expected[] = {2, 7, 1, 4, 9};
    goldi_queue queue = make_queue(odd);

    (void)state;
    assert_order(&queue, expected);
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

static void empty_queue(void **state)
{
    goldi_queue queue = {0};

    (void)state;
    assert_int_equal(goldi_queue_init(&queue, NULL, NULL, NULL, 0), GOLD_OK);
    assert_true(goldi_queue_is_valid(&queue));
    assert_false(goldi_queue_has_waiting(&queue));
    assert_true(goldi_forecast_make(&queue, 3, 1.0).eta_s == 0.0);
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

static void no_memory(void **state)
{
    goldi_queue queue = {0};

    (void)state;
    for (unsigned n = 1; n <= 2; n++) {
        gold_refuse_after(n);
        assert_int_equal(goldi_queue_init(&queue, tasks, costs, NULL, 5),
                         GOLD_ERR_MEMORY);
        gold_refuse_after(0);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_null(queue.slots);
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

static void assert_eta(const goldi_queue *queue, uint64_t n_workers,
                       double now_s, double expected)
{
    const double eta = goldi_forecast_make(queue, n_workers, now_s).eta_s;

    assert_true(fabs(eta - expected) <= 16.0 * DBL_EPSILON * expected);
}

/* Costs 3 3 3 1 0.5; a unit of cost takes 2 s. */
static void eta_follows_what_tasks_took(void **state)
{
    goldi_queue queue = make_queue(costs);

    (void)state;
    const uint64_t first = goldi_queue_take(&queue, 1, 100.0);
    const uint64_t second = goldi_queue_take(&queue, 1, 102.0);

    assert_true(isnan(goldi_forecast_make(&queue, 2, 105.0).eta_s));
    assert_true(goldi_queue_finish(&queue, first, 6.0));
    assert_false(goldi_queue_finish(&queue, first, 6.0));
    /* Waiting: 9 s. Running: 6 s, of which 4 s are over. */
    assert_eta(&queue, 1, 106.0, 11.0);
    /* Two workers: 5.5 s each, but the longest task alone takes 6 s. */
    assert_eta(&queue, 2, 106.0, 6.0);
    goldi_queue_drop(&queue, second);
    assert_eta(&queue, 1, 106.0, 9.0);
    /* Of three tasks left a hundred workers do all at a time: the longest
     * decides. */
    (void)goldi_queue_take(&queue, 1, 106.0);
    (void)goldi_queue_take(&queue, 1, 106.0);
    (void)goldi_queue_take(&queue, 1, 106.0);
    const double last_s = goldi_forecast_make(&queue, 100, 106.0).eta_s;

    assert_true(last_s > 5.9 && last_s < 6.1);
    /* Late: nobody knows what is the matter, but not that it ends at once. */
    const double late_s = goldi_forecast_make(&queue, 100, 1000.0).eta_s;

    assert_true(late_s > 1.0 && late_s < 1000.0);
    assert_true(goldi_queue_is_valid(&queue));
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Without any prediction, tasks count as equal. */
static void eta_without_costs(void **state)
{
    const double nothing[5] = {0.0};
    goldi_queue queue = make_queue(nothing);
    const uint64_t first = goldi_queue_take(&queue, 1, 0.0);

    (void)state;
    assert_true(goldi_queue_finish(&queue, first, 2.0));
    assert_eta(&queue, 1, 2.0, 8.0);
    assert_eta(&queue, 4, 2.0, 2.0);
    goldi_queue_fini(&queue);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(longest_first_then_by_id),
        cmocka_unit_test(odd_costs_come_last),
        cmocka_unit_test(empty_queue),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(eta_follows_what_tasks_took),
        cmocka_unit_test(eta_without_costs)};

    return cmocka_run_group_tests_name("unit.sched.queue", tests, NULL, NULL);
}
