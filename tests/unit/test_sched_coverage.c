/* SPDX-License-Identifier: MIT */
/* Sweeps with made-up tasks in made-up time: how often does the end lie in the
 * interval that the forecast gave on the way, and how late is it? */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "sched/forecast.h"

enum {
    N_SWEEPS = 30, /* of each scenario */
    N_CHECKS = 50, /* of a sweep, about */
    MOST_TASKS = 2000,
    MOST_WORKERS = 64,
    MOST_NETWORKS = 8
};

static const double network_scatter = 0.2; /* of logarithms of factors */

/* How a world differs from what is predicted. */
typedef struct scenario {
    const char *name;
    uint64_t n_tasks;
    uint64_t n_workers;
    double spread;   /* ratio of the largest and the smallest cost */
    double scatter;  /* deviation of the logarithm of a task's time */
    double slope;    /* time goes as this power of the cost */
    double prior;    /* the rate that is known beforehand over the true one; 0:
                        none is */
    double drift;    /* the second half of the sweep takes this times longer */
    double second;   /* share of the tasks that are of another kind, ten times
                        slower than the costs say */
    double quitters; /* share of the tasks that end after a tenth of the time */
    int n_networks;  /* costs that there are, each off by a factor of its own;
                        0: any cost */
} scenario;

/* A sweep under way. */
typedef struct world {
    const scenario *of;
    gold_stream stream;
    uint64_t n_drawn;
    goldi_queue queue;
    double now_s;
    double even_s;               /* all work over the workers */
    double longest_s;            /* task */
    int networks[MOST_TASKS];    /* by task */
    double took[MOST_TASKS];     /* by slot */
    double ends_s[MOST_WORKERS]; /* infinite: idle */
    uint64_t slots[MOST_WORKERS];
    double checked_s[MOST_TASKS]; /* by check */
    goldi_forecast forecasts[MOST_TASKS];
    uint64_t n_checks;
} world;

static double uniform(world *w)
{
    uint32_t bits = 0;

    gold_random_bits(w->stream, w->n_drawn++, 1, &bits);
    return ((double)bits + 0.5) / 4294967296.0;
}

static double normal(world *w)
{
    const double radius = sqrt(-2.0 * log(uniform(w)));

    return radius * cos(6.283185307179586 * uniform(w));
}

static void make_tasks(world *w)
{
    const scenario *of = w->of;
    uint64_t tasks[MOST_TASKS];
    double costs[MOST_TASKS];
    uint8_t kinds[MOST_TASKS];

    for (uint64_t i = 0; i < of->n_tasks; i++) {
        const double place = uniform(w);

        tasks[i] = i;
        w->networks[i] = (int)(of->n_networks * place);
        costs[i] = pow(of->spread, of->n_networks > 0
                                       ? (double)w->networks[i] / of->n_networks
                                       : place);
        kinds[i] = uniform(w) < of->second ? 1 : 0;
    }
    assert_int_equal(
        goldi_queue_init(&w->queue, tasks, costs, kinds, of->n_tasks), GOLD_OK);
    for (unsigned kind = 0; kind < 2; kind++) {
        goldi_queue_expect(&w->queue, kind,
                           of->prior * (kind == 0 ? 1.0 : 10.0));
    }
}

/* What tasks take is drawn before the sweep. */
static void draw_times(world *w)
{
    const scenario *of = w->of;
    double factors[MOST_NETWORKS] = {1.0}; /* with any cost, all are 0 */

    for (int i = 0; i < of->n_networks; i++) {
        factors[i] = exp(network_scatter * normal(w));
    }

    for (uint64_t i = 0; i < of->n_tasks; i++) {
        const goldi_slot *slot = &w->queue.slots[i];
        const double kind = slot->kind == 0 ? 1.0 : 10.0;
        const double share = uniform(w) < of->quitters ? 0.1 : 1.0;

        w->took[i] = kind * share * factors[w->networks[slot->task]] *
                     pow(slot->cost, of->slope) * exp(of->scatter * normal(w));
        w->even_s += w->took[i] / (double)of->n_workers;
        w->longest_s = fmax(w->longest_s, w->took[i]);
    }
}

static void feed(world *w)
{
    for (uint64_t i = 0; i < w->of->n_workers; i++) {
        if (!isfinite(w->ends_s[i]) && goldi_queue_has_waiting(&w->queue)) {
            const uint64_t slot = goldi_queue_take(&w->queue, (int)i, w->now_s);
            const bool is_later = w->now_s > 0.5 * w->even_s;

            w->slots[i] = slot;
            w->took[slot] *= is_later ? w->of->drift : 1.0;
            w->ends_s[i] = w->now_s + w->took[slot];
        }
    }
}

/* The next task ends. */
static void step(world *w)
{
    uint64_t first = 0;

    for (uint64_t i = 0; i < w->of->n_workers; i++) {
        first = w->ends_s[i] < w->ends_s[first] ? i : first;
    }
    w->now_s = w->ends_s[first];
    w->ends_s[first] = (double)INFINITY;
    assert_true(goldi_queue_finish(&w->queue, w->slots[first],
                                   w->took[w->slots[first]]));
}

static void check(world *w)
{
    w->checked_s[w->n_checks] = w->now_s;
    w->forecasts[w->n_checks++] =
        goldi_forecast_make(&w->queue, w->of->n_workers, w->now_s);
}

/* Sums over all forecasts of a scenario. */
typedef struct verdict {
    double n;         /* forecasts that said anything */
    double n_covered; /* whose interval had the end */
    double width;     /* of the intervals, as shares of the sweeps' times */
} verdict;

static void judge(const world *w, verdict *v)
{
    for (uint64_t i = 0; i < w->n_checks; i++) {
        const goldi_forecast *f = &w->forecasts[i];
        const double left_s = w->now_s - w->checked_s[i];

        if (!isnan(f->eta_s)) {
            v->n += 1.0;
            v->n_covered +=
                f->earliest_s <= left_s && left_s <= f->latest_s ? 1.0 : 0.0;
            v->width += (f->latest_s - f->earliest_s) / w->now_s;
        }
    }
}

static void sweep(world *w, const scenario *of, uint64_t seed)
{
    *w = (world){.of = of,
                 .stream = gold_stream_of(seed, GOLD_PURPOSE_PROBES, 0)};
    make_tasks(w);
    draw_times(w);
    for (uint64_t i = 0; i < of->n_workers; i++) {
        w->ends_s[i] = (double)INFINITY;
    }
    for (uint64_t i = 0; i < of->n_tasks; i++) {
        feed(w);
        step(w);
        if (i % (of->n_tasks / N_CHECKS + 1) == 0) {
            check(w);
        }
    }
}

/* All tasks out of proportion to their costs in some way. */
static const scenario scenarios[] = {
    {"quiet", 1000, 8, 10, 0.05, 1, 0, 1, 0, 0, 0},
    {"noisy", 1000, 8, 10, 0.5, 1, 0, 1, 0, 0, 0},
    {"costs differ 100-fold", 1000, 8, 100, 0.2, 1, 0, 1, 0, 0, 0},
    {"small ones are slow", 1000, 8, 100, 0.2, 0.7, 0, 1, 0, 0, 0},
    {"small ones are very slow", 1000, 8, 100, 0.2, 0.5, 0, 1, 0, 0, 0},
    {"small ones are fast", 1000, 8, 100, 0.2, 1.2, 0, 1, 0, 0, 0},
    {"one worker", 300, 1, 10, 0.2, 1, 0, 1, 0, 0, 0},
    {"64 workers", 2000, 64, 10, 0.2, 1, 0, 1, 0, 0, 0},
    {"few tasks", 20, 8, 10, 0.2, 1, 0, 1, 0, 0, 0},
    {"fewer tasks than workers", 20, 64, 10, 0.2, 1, 1, 1, 0, 0, 0},
    {"believed twice too slow", 500, 8, 10, 0.2, 1, 2, 1, 0, 0, 0},
    {"believed twice too fast", 500, 8, 10, 0.2, 1, 0.5, 1, 0, 0, 0},
    {"slower later", 500, 8, 10, 0.2, 1, 0, 1.2, 0, 0, 0},
    {"two kinds", 500, 8, 100, 0.2, 0.8, 0, 1, 0.3, 0, 0},
    {"two kinds, both known", 500, 8, 100, 0.2, 1, 1, 1, 0.3, 0, 0},
    {"some end early", 500, 8, 10, 0.2, 1, 0, 1, 0, 0.3, 0},
    {"depths of their own", 500, 2, 1.2, 0.3, 1, 0, 1, 0, 0, 3},
};

static void intervals_cover_the_end(void **state)
{
    static world w;

    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        verdict v = {0.0, 0.0, 0.0};

        for (uint64_t seed = 0; seed < N_SWEEPS; seed++) {
            sweep(&w, &scenarios[i], seed);
            judge(&w, &v);
            goldi_queue_fini(&w.queue);
        }
        print_message("%-24s %3.0f %% covered, %2.0f %% wide\n",
                      scenarios[i].name, 100.0 * v.n_covered / v.n,
                      100.0 * v.width / v.n);
        assert_true(v.n_covered >= 0.8 * v.n);
        /* An interval that has everything says nothing. */
        assert_true(v.width <= 0.7 * v.n);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* With costs that differ 100-fold: nobody waits while there is work, so the end
 * is within Graham's bound, and, as the longest leave first, hardly later than
 * no schedule could do better than. */
static void longest_first_ends_in_time(void **state)
{
    static world w;
    const uint64_t workers[] = {1, 2, 8, 64};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        const scenario of = {"", MOST_TASKS, workers[i], 100, 0.2, 0.8,
                             0,  1,          0,          0,   0};
        const double n = (double)workers[i];

        for (uint64_t seed = 0; seed < N_SWEEPS; seed++) {
            sweep(&w, &of, seed);
            const double least_s = fmax(w.even_s, w.longest_s);

            assert_true(w.now_s <= (w.even_s + (1.0 - 1.0 / n) * w.longest_s) *
                                       (1.0 + 1e-9));
            assert_true(w.now_s <= 1.05 * least_s);
            goldi_queue_fini(&w.queue);
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_cover_the_end),
        cmocka_unit_test(longest_first_ends_in_time)};

    return cmocka_run_group_tests_name("unit.sched.coverage", tests, NULL,
                                       NULL);
}
