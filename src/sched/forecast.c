/* SPDX-License-Identifier: MIT */
#include "sched/forecast.h"

#include <math.h>

/* Work that is left, of one kind or of all. */
typedef struct rest {
    double total_s;   /* of one worker */
    double longest_s; /* of the longest task that waits */
    double doubt_s;   /* how far off the total may be */
} rest;

/* Of the errors of single tasks a part averages out over those that wait, and
 * a part, how wrong the rate is, does not. */
static rest rest_of(const goldi_queue *queue, unsigned kind, double now_s)
{
    const double drift = 0.05; /* other work on the machine comes and goes */
    const goldi_lane *lane = &queue->lanes[kind];
    const double rate =
        lane->cost_ended > 0.0 ? lane->busy_s / lane->cost_ended : (double)NAN;
    const double spread = goldi_queue_spread(queue, kind);
    const double n = (double)lane->n_ended + 1.0;
    rest found = {0.0, 0.0, 0.0};

    if (lane->n_running > 0) {
        const double spent_s =
            (double)lane->n_running * now_s - lane->start_sum_s;
        const double expected_s = rate * lane->cost_running;

        found.total_s += expected_s > spent_s ? expected_s - spent_s : 0.0;
        found.doubt_s += spread * expected_s / sqrt((double)lane->n_running);
    }
    if (lane->cost_waiting > 0.0) {
        const double scatter = sqrt(fmax(lane->square_waiting, 0.0));

        found.total_s += rate * lane->cost_waiting;
        found.doubt_s += rate * spread * scatter;
    }
    found.doubt_s += found.total_s * (drift + spread / sqrt(n));
    if (lane->next < lane->end) {
        found.longest_s = rate * queue->slots[lane->next].cost;
    }
    /* Not fmax, which would lose a NaN. */
    if (isnan(rate) && lane->n_running + (lane->end - lane->next) > 0) {
        found.total_s = (double)NAN;
    }
    return found;
}

goldi_forecast goldi_forecast_make(const goldi_queue *queue, uint64_t n_workers,
                                   double now_s)
{
    const double confidence = 1.64; /* nine of ten, were errors normal */
    const uint64_t n_left = queue->n_tasks - queue->n_done - queue->n_dropped;
    const double n = (double)(n_left < n_workers ? n_left : n_workers);
    rest all = {0.0, 0.0, 0.0};

    if (n_left == 0 || n_workers == 0) {
        return n_left == 0
                   ? (goldi_forecast){0.0, 0.0, 0.0}
                   : (goldi_forecast){(double)NAN, (double)NAN, (double)NAN};
    }
    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        const rest one = rest_of(queue, kind, now_s);

        all.total_s += one.total_s;
        all.longest_s = fmax(all.longest_s, one.longest_s);
        all.doubt_s += one.doubt_s;
    }
    if (isnan(all.total_s)) {
        return (goldi_forecast){(double)NAN, (double)NAN, (double)NAN};
    }
    const double even_s = all.total_s / n;
    const double bound_s = even_s + (1.0 - 1.0 / n) * all.longest_s;
    const double doubt_s = confidence * all.doubt_s / n;

    return (goldi_forecast){
        .eta_s = fmax(even_s, all.longest_s),
        .earliest_s = fmax(0.0, even_s - doubt_s),
        .latest_s = fmax(bound_s, all.longest_s) + doubt_s,
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
