/* SPDX-License-Identifier: MIT */
#include "sched/forecast.h"

#include <math.h>

static const double confidence = 1.64; /* nine of ten, were errors normal */

/* Work that is left, of one kind or of all, in seconds of one worker. */
typedef struct rest {
    double total_s;   /* of tasks that wait, and of what is left of others */
    double longest_s; /* of the longest task that waits */
    double shift_s;   /* how far off the total may be, all tasks the same way */
    double square_s;  /* variance of the total, each task its own way */
    bool is_unknown;
} rest;

/* Of the errors of single tasks a part averages out, and a part, how wrong the
 * rate is, does not. */
static void add_waiting(const goldi_queue *queue, unsigned kind, rest *all)
{
    const goldi_lane *lane = &queue->lanes[kind];
    const double spread = goldi_queue_spread(queue, kind);

    for (unsigned bin = 0; bin < GOLDI_RATE_BINS; bin++) {
        const double n = (double)lane->waiting[bin].n;
        const double cost = n > 0.0 ? lane->waiting[bin].cost / n : 0.0;

        if (n > 0.0) {
            const double each_s = goldi_rate_predict(&lane->rate, cost);
            const double own_s =
                n * each_s * goldi_rate_own_doubt(&lane->rate, cost);

            all->is_unknown |= isnan(each_s);
            all->total_s += n * each_s;
            all->shift_s += n * each_s * goldi_rate_doubt(&lane->rate, cost);
            all->square_s +=
                own_s * own_s + n * each_s * each_s * spread * spread;
            all->longest_s = fmax(all->longest_s, each_s);
        }
    }
}

/* What a running task will take in all is log-normal about its prediction. */
typedef struct runner {
    double predicted_s;
    double spent_s;
    double spread;
} runner;

enum {
    MOST_RUNNERS = 500 /* that are looked at: each stands for as many others */
};

static uint64_t n_runners(const goldi_queue *queue)
{
    return queue->n_running < MOST_RUNNERS ? queue->n_running : MOST_RUNNERS;
}

/* How many running tasks each that is looked at stands for. */
static double weight_of(const goldi_queue *queue)
{
    return (double)queue->n_running / (double)n_runners(queue);
}

static runner runner_of(const goldi_queue *queue, uint64_t i, double now_s)
{
    const double most = 6.0; /* a task longer than predicted by more spreads
                                than this was predicted wrongly */
    const uint64_t at = i * queue->n_running / n_runners(queue);
    const goldi_slot *slot = &queue->slots[goldi_queue_running(queue, at)];
    const goldi_lane *lane = &queue->lanes[slot->kind];
    const double spread = goldi_queue_spread(queue, slot->kind);
    const double doubt = goldi_rate_doubt(&lane->rate, slot->cost);
    runner r = {goldi_rate_predict(&lane->rate, slot->cost),
                fmax(now_s - slot->start_s, 0.0),
                sqrt(spread * spread + doubt * doubt)};

    r.predicted_s = fmax(r.predicted_s, r.spent_s * exp(-most * r.spread));
    return r;
}

/* Probability that a normal number is larger. */
static double above(double x)
{
    return 0.5 * erfc(x / sqrt(2.0));
}

/* Probability that it takes longer than `left_s` from now. */
static double outlasts(const runner *r, double left_s)
{
    const double now = log(r->spent_s / r->predicted_s) / r->spread;
    const double then = log((r->spent_s + left_s) / r->predicted_s) / r->spread;

    return above(then) / above(now);
}

/* What is left of the running tasks: the expected share of a task that has
 * taken as long as predicted is about its spread. */
static void add_running(const goldi_queue *queue, double now_s, rest *all)
{
    for (uint64_t i = 0; i < n_runners(queue); i++) {
        const double weight = weight_of(queue);
        const runner r = runner_of(queue, i, now_s);
        const double left_s =
            fmax(r.predicted_s - r.spent_s, r.spread * r.spent_s);

        all->is_unknown |= isnan(r.predicted_s);
        all->total_s += weight * left_s;
        all->square_s +=
            weight * r.spread * r.predicted_s * r.spread * r.predicted_s;
    }
}

/* Are all running tasks done after `left_s` with probability `p`? */
static bool all_end_within(const goldi_queue *queue, double now_s,
                           double left_s, double p)
{
    const double each = pow(p, 1.0 / weight_of(queue));
    double product = 1.0;

    for (uint64_t i = 0; i < n_runners(queue) && product >= each; i++) {
        const runner r = runner_of(queue, i, now_s);

        product *= 1.0 - outlasts(&r, left_s);
    }
    return product >= each;
}

/* Seconds after which all running tasks are done with probability `p`, but at
 * least `least_s`: while much waits, nobody needs to know more. */
static double last_runner(const goldi_queue *queue, double now_s, double p,
                          double least_s)
{
    enum {
        MOST_DOUBLINGS = 60,
        N_HALVINGS = 12
    };
    double low_s = least_s;
    double high_s = least_s > 0.0 ? least_s : 1e-6;

    if (queue->n_running == 0 || all_end_within(queue, now_s, low_s, p)) {
        return low_s;
    }
    for (int i = 0; i < MOST_DOUBLINGS; i++) {
        if (all_end_within(queue, now_s, high_s, p)) {
            break;
        }
        low_s = high_s;
        high_s *= 2.0;
    }
    for (int i = 0; i < N_HALVINGS; i++) {
        const double middle_s = 0.5 * (low_s + high_s);

        if (all_end_within(queue, now_s, middle_s, p)) {
            high_s = middle_s;
        } else {
            low_s = middle_s;
        }
    }
    return high_s;
}

static const goldi_forecast unknown = {(double)NAN, (double)NAN, (double)NAN};

goldi_forecast goldi_forecast_make(const goldi_queue *queue, uint64_t n_workers,
                                   double now_s)
{
    const double drift = 0.05; /* other work on the machine comes and goes */
    const uint64_t n_left = queue->n_tasks - queue->n_done - queue->n_dropped;
    const double n = (double)(n_left < n_workers ? n_left : n_workers);
    rest all = {0.0, 0.0, 0.0, 0.0, false};

    if (n_left == 0) {
        return (goldi_forecast){0.0, 0.0, 0.0};
    }
    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        add_waiting(queue, kind, &all);
    }
    add_running(queue, now_s, &all);
    if (n_workers == 0 || all.is_unknown) {
        return unknown;
    }
    const double even_s = all.total_s / n;
    const double slack_s = (1.0 - 1.0 / n) * all.longest_s;
    const double doubt_s =
        confidence * (all.shift_s + drift * all.total_s + sqrt(all.square_s)) /
        n;
    const double rest_s = fmax(even_s, all.longest_s);

    return (goldi_forecast){
        .eta_s = last_runner(queue, now_s, 0.5, rest_s),
        .earliest_s =
            last_runner(queue, now_s, 0.05, fmax(even_s - doubt_s, 0.0)),
        .latest_s = last_runner(queue, now_s, 0.95, rest_s + slack_s + doubt_s),
    };
}

gold_sched_errors goldi_forecast_errors(const goldi_queue *queue)
{
    gold_sched_errors errors = {0};
    double sum = 0.0;

    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        const goldi_lane *lane = &queue->lanes[kind];

        errors.n_tasks += lane->n_errors;
        errors.predicted_s += lane->predicted_s;
        errors.taken_s += lane->taken_s;
        sum += lane->error_sum;
    }
    errors.typical = errors.n_tasks > 0
                         ? exp(sum / (double)errors.n_tasks) - 1.0
                         : (double)NAN;
    return errors;
}
