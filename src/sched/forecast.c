/* SPDX-License-Identifier: MIT */
#include "sched/forecast.h"

#include <math.h>

static const double confidence = 1.64; /* nine of ten, were errors normal */
static const double drift = 0.05; /* other work on the machine comes and goes */
static const double alike =
    0.12; /* tasks of one cost are off together so far */

enum {
    MOST_RUNNERS = 500 /* that are looked at: each stands for as many others */
};

/* Work that is left, in seconds of one worker. */
typedef struct rest {
    double total_s;   /* of tasks that wait, and of what is left of others */
    double longest_s; /* of the longest task that waits */
    double shift_s;   /* how far off the total may be, all tasks the same way */
    double square_s;  /* variance of the total, each task its own way */
    double last_s;    /* until the last of the running tasks ends, likely, */
    double soon_s;    /* at the earliest, */
    double late_s;    /* and at the latest */
} rest;

/* Of the errors of single tasks a part averages out, and a part, how wrong the
 * rate is, does not. */
static void add_waiting(const goldi_queue *queue, unsigned kind, rest *all)
{
    const goldi_lane *lane = &queue->lanes[kind];
    const double spread = goldi_queue_spread(queue, kind);

    for (unsigned bin = 0; bin < GOLDI_RATE_BINS; bin++) {
        const double n = (double)lane->waiting[bin].n;

        if (n > 0.0) {
            const double cost = lane->waiting[bin].cost / n;
            const double each_s = goldi_rate_predict(&lane->rate, cost);

            all->total_s += n * each_s;
            all->shift_s += n * each_s * goldi_rate_doubt(&lane->rate, cost);
            all->square_s +=
                n * each_s * each_s * (spread * spread + n * alike * alike);
            all->longest_s = fmax(all->longest_s, each_s);
        }
    }
}

/* What running tasks will take is log-normal about what is predicted; what is
 * left of those that have taken longer is about a spread of that. The last of
 * many is later than any one of them. */
static void add_running(const goldi_queue *queue, double now_s, rest *all)
{
    const uint64_t n_running = queue->n_running;
    const uint64_t n = n_running < MOST_RUNNERS ? n_running : MOST_RUNNERS;
    const double weight = (double)n_running / (double)n;
    const double most = 1.4 + 0.1 * log((double)n_running); /* spreads */
    const double beyond = 1.2; /* what it has taken, when it is late */

    for (uint64_t i = 0; i < n; i++) {
        const uint64_t at = goldi_queue_running(queue, i * n_running / n);
        const goldi_slot *slot = &queue->slots[at];
        const double predicted_s = goldi_queue_predict(queue, at);
        const double spent_s = fmax(now_s - slot->start_s, 0.0);
        const double spread =
            hypot(goldi_queue_spread(queue, slot->kind),
                  goldi_rate_doubt(&queue->lanes[slot->kind].rate, slot->cost));
        const double off_s = spread * predicted_s;
        const double left_s =
            isnan(predicted_s) ? predicted_s
                               : fmax(predicted_s - spent_s, spread * spent_s);
        const double late_s = fmax(predicted_s * exp(most * spread),
                                   spent_s * exp(beyond * spread));

        all->total_s += weight * left_s;
        all->square_s += weight * off_s * off_s;
        all->last_s = fmax(all->last_s, left_s);
        all->soon_s = fmax(all->soon_s, predicted_s * exp(-spread) - spent_s);
        all->late_s = fmax(all->late_s, late_s - spent_s);
    }
}

static const goldi_forecast unknown = {(double)NAN, (double)NAN, (double)NAN};

goldi_forecast goldi_forecast_make(const goldi_queue *queue, uint64_t n_workers,
                                   double now_s)
{
    const uint64_t n_left = queue->n_tasks - queue->n_done - queue->n_dropped;
    const double n = (double)(n_left < n_workers ? n_left : n_workers);
    rest all = {.total_s = 0.0};

    if (n_left == 0) {
        return (goldi_forecast){0.0, 0.0, 0.0};
    }
    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        add_waiting(queue, kind, &all);
    }
    add_running(queue, now_s, &all);
    if (n_workers == 0 || isnan(all.total_s)) {
        return unknown;
    }
    const double even_s = all.total_s / n;
    const double slack_s = (1.0 - 1.0 / n) * all.longest_s;
    const double doubt_s =
        confidence * (all.shift_s + drift * all.total_s + sqrt(all.square_s)) /
        n;
    const double eta_s = fmax(fmax(even_s, all.longest_s), all.last_s);

    return (goldi_forecast){
        .eta_s = eta_s,
        .earliest_s = fmin(eta_s, fmax(even_s - doubt_s, all.soon_s)),
        .latest_s = fmax(eta_s + slack_s + doubt_s, all.late_s),
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
