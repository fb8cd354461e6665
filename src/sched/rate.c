/* SPDX-License-Identifier: MIT */
#include "sched/rate.h"

#include <math.h>

/* How far the slope may be from 1, beforehand, at least: as far as like tasks
 * differ. Where some trainings end early, others of another cost may not. */
static const double slope_doubt = 0.2;
static const double least_slope = 0.0;
static const double most_slope = 2.0;
static const double shortest_s = 1e-7; /* a task takes that at least */

unsigned goldi_rate_bin(const goldi_rate *rate, double cost)
{
    const double bins_an_octave = 2.0;
    const double bin = bins_an_octave * log2(rate->largest / cost);

    if (!(bin < (double)(GOLDI_RATE_BINS - 1))) {
        return GOLDI_RATE_BINS - 1;
    }
    return bin > 0.0 ? (unsigned)bin : 0;
}

/* Sums over the bins for a weighted line through logarithms. */
typedef struct sums {
    double n;
    double x;
    double y;
    double xx;
    double xy;
} sums;

static sums sum_bins(const goldi_rate *rate)
{
    sums s = {0.0, 0.0, 0.0, 0.0, 0.0};

    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0 && bin->cost > 0.0) {
            const double x = log(bin->cost / bin->n);
            const double y = log(fmax(bin->seconds / bin->n, shortest_s));

            s.n += bin->n;
            s.x += bin->n * x;
            s.y += bin->n * y;
            s.xx += bin->n * x * x;
            s.xy += bin->n * x * y;
        }
    }
    return s;
}

/* The slope is the line's, as far as the scatter of tasks lets one know it;
 * the scale is such that what ended took what it did. */
static void draw_line(goldi_rate *rate, double spread)
{
    const sums s = sum_bins(rate);
    const double doubt = fmax(slope_doubt, spread);
    const double belief = spread * spread / (doubt * doubt);
    double units = 0.0;
    double seconds = 0.0;

    if (!(s.n > 0.0)) {
        return;
    }
    const double xx = fmax(0.0, s.xx - s.x * s.x / s.n);
    const double xy = s.xy - s.x * s.y / s.n;
    const double slope = xx > 0.0 ? (belief + xy) / (belief + xx) : 1.0;

    rate->centre = s.x / s.n;
    rate->inertia = belief + xx;
    rate->spread = spread;
    rate->slope = fmin(fmax(slope, least_slope), most_slope);
    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0) {
            units += bin->n * pow(bin->cost / bin->n, rate->slope);
            seconds += bin->seconds;
        }
    }
    rate->scale = seconds / units;
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
    }
}

double goldi_rate_predict(const goldi_rate *rate, double cost)
{
    return rate->inertia > 0.0 ? rate->scale * pow(cost, rate->slope)
                               : (double)NAN;
}

double goldi_rate_doubt(const goldi_rate *rate, double cost)
{
    const double x = cost > 0.0 ? log(cost) - rate->centre : 0.0;

    return rate->spread * sqrt(1.0 / rate->n + x * x / rate->inertia);
}
