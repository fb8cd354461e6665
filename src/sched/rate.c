/* SPDX-License-Identifier: MIT */
#include "sched/rate.h"

#include <math.h>

/* How far the slope may be from 1, beforehand, at least: as far as like tasks
 * differ. Where some trainings end early, others of another cost may not. */
static const double slope_doubt = 0.2;
static const double least_slope = 0.0;
static const double most_slope = 2.0;
/* Deviation of the logarithms of lifts, as many bins' worth of belief in it. */
static const double first_lift = 0.15;
static const double first_bins = 2.0;
static const double shortest_s = 1e-7; /* a task takes that at least */

unsigned goldi_rate_bin(const goldi_rate *rate, double cost)
{
    const double bins_an_octave = 8.0;
    const double bin = bins_an_octave * log2(rate->largest / cost);

    if (!(bin < (double)(GOLDI_RATE_BINS - 1))) {
        return GOLDI_RATE_BINS - 1;
    }
    return bin > 0.0 ? (unsigned)bin : 0;
}

/* So many tasks that end tell as much of the lift of their bin as is believed
 * beforehand. */
static double tasks_of_belief(const goldi_rate *rate)
{
    return rate->spread * rate->spread / rate->lift_square;
}

/* How much of what the tasks of a bin say is believed, from 0 to 1. */
static double trust(const goldi_rate *rate, const goldi_bin *bin)
{
    return bin->n > 0.0 ? bin->n / (bin->n + tasks_of_belief(rate)) : 0.0;
}

static double seconds_each(const goldi_bin *bin)
{
    return fmax(bin->seconds / bin->n, shortest_s);
}

/* Sums over the bins for a weighted line through logarithms. */
typedef struct sums {
    double n;
    double x;
    double y;
    double xx;
    double xy;
} sums;

/* However many tasks are in a bin, they all share its lift. */
static sums sum_bins(const goldi_rate *rate)
{
    const double believed = tasks_of_belief(rate);
    sums s = {0.0, 0.0, 0.0, 0.0, 0.0};

    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0 && bin->cost > 0.0) {
            const double x = log(bin->cost / bin->n);
            const double y = log(seconds_each(bin));
            const double weight = bin->n * believed / (bin->n + believed);

            s.n += weight;
            s.x += weight * x;
            s.y += weight * y;
            s.xx += weight * x * x;
            s.xy += weight * x * y;
        }
    }
    return s;
}

/* Logarithm of how far the tasks of a bin are above the line. */
static double residual(const goldi_rate *rate, const goldi_bin *bin)
{
    const double line_s = rate->scale * pow(bin->cost / bin->n, rate->slope);

    return log(seconds_each(bin) / fmax(line_s, shortest_s));
}

static void lift_bin(const goldi_rate *rate, goldi_bin *bin)
{
    bin->lift = exp(trust(rate, bin) * residual(rate, bin));
}

/* The slope is the line's, as far as the scatter of tasks lets one know it. */
static void find_slope(goldi_rate *rate, const sums *s)
{
    const double doubt = fmax(slope_doubt, rate->spread);
    const double belief = rate->spread * rate->spread / (doubt * doubt);
    const double xx = fmax(0.0, s->xx - s->x * s->x / s->n);
    const double xy = s->xy - s->x * s->y / s->n;
    const double slope = xx > 0.0 ? (belief + xy) / (belief + xx) : 1.0;

    rate->weight = s->n;
    rate->centre = s->x / s->n;
    rate->inertia = belief + xx;
    rate->slope = fmin(fmax(slope, least_slope), most_slope);
}

/* The scale is such that what ended took what it did. */
static void find_scale(goldi_rate *rate)
{
    double units = 0.0;
    double seconds = 0.0;

    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0) {
            units += bin->n * pow(bin->cost / bin->n, rate->slope);
            seconds += bin->seconds;
        }
    }
    rate->scale = seconds / units;
}

/* Lifts scatter as far as bins do beyond what single tasks explain. */
static void find_lifts(goldi_rate *rate)
{
    double n = first_bins;
    double square = first_bins * first_lift * first_lift;

    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0) {
            const double r = residual(rate, bin);
            const double share = trust(rate, bin);

            n += share;
            square +=
                share * fmax(r * r - rate->spread * rate->spread / bin->n, 0.0);
        }
    }
    rate->lift_square = square / n;
    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        if (rate->ended[i].n > 0.0) {
            lift_bin(rate, &rate->ended[i]);
        }
    }
}

/* How lifts scatter is known from the last time. */
static void draw_line(goldi_rate *rate, double spread)
{
    rate->spread = spread;
    if (!(rate->lift_square > 0.0)) {
        rate->lift_square = first_lift * first_lift;
    }
    const sums s = sum_bins(rate);

    if (s.n > 0.0) {
        find_slope(rate, &s);
        find_scale(rate);
        find_lifts(rate);
    }
}

void goldi_rate_learn(goldi_rate *rate, double cost, double seconds,
                      double spread)
{
    const double patience = 1.0 / 16.0;
    goldi_bin *bin = &rate->ended[goldi_rate_bin(rate, cost)];

    bin->n += 1.0;
    bin->cost += cost;
    bin->seconds += seconds;
    rate->n += 1.0;
    if (rate->n >= rate->next_n) {
        draw_line(rate, spread);
        rate->next_n = rate->n * (1.0 + patience);
    } else if (rate->inertia > 0.0) {
        lift_bin(rate, bin);
    }
}

double goldi_rate_predict(const goldi_rate *rate, double cost)
{
    const goldi_bin *bin = &rate->ended[goldi_rate_bin(rate, cost)];
    const double lift = bin->n > 0.0 ? bin->lift : 1.0;

    return rate->inertia > 0.0 ? rate->scale * pow(cost, rate->slope) * lift
                               : (double)NAN;
}

double goldi_rate_doubt(const goldi_rate *rate, double cost)
{
    const goldi_bin *bin = &rate->ended[goldi_rate_bin(rate, cost)];
    const double x = cost > 0.0 ? log(cost) - rate->centre : 0.0;

    return (1.0 - trust(rate, bin)) * rate->spread *
           sqrt(1.0 / rate->weight + x * x / rate->inertia);
}

double goldi_rate_own_doubt(const goldi_rate *rate, double cost)
{
    const goldi_bin *bin = &rate->ended[goldi_rate_bin(rate, cost)];

    return sqrt(rate->lift_square * (1.0 - trust(rate, bin)));
}
