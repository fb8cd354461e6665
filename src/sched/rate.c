/* SPDX-License-Identifier: MIT */
#include "sched/rate.h"

#include <math.h>

/* How far the slope may be from 1, beforehand, at least: as far as like tasks
 * differ. Where some trainings end early, others of another cost may not. */
static const double slope_doubt = 0.2;
static const double least_slope = 0.0;
static const double most_slope = 2.0;
/* However many tasks of one cost have ended, they tell no more than so many do:
 * they may all be off the line together. */
static const double most_weight = 10.0;
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

static double seconds_each(const goldi_bin *bin)
{
    return fmax(bin->seconds / bin->n, shortest_s);
}

/* The slope is that of a line through the logarithms of the bins' means, as far
 * as the scatter of tasks lets one know it. */
static void find_slope(goldi_rate *rate)
{
    const double doubt = fmax(slope_doubt, rate->spread);
    const double belief = rate->spread * rate->spread / (doubt * doubt);
    double mean_y = 0.0;
    double xx = 0.0;
    double xy = 0.0;

    rate->weight = 0.0;
    rate->centre = 0.0;
    for (unsigned i = 0; i < GOLDI_RATE_BINS; i++) {
        const goldi_bin *bin = &rate->ended[i];

        if (bin->n > 0.0 && bin->cost > 0.0) {
            const double weight = bin->n * most_weight / (bin->n + most_weight);
            const double x = log(bin->cost / bin->n) - rate->centre;
            const double y = log(seconds_each(bin)) - mean_y;

            rate->weight += weight;
            const double share = weight / rate->weight;

            rate->centre += share * x;
            mean_y += share * y;
            xx += weight * (1.0 - share) * x * x;
            xy += weight * (1.0 - share) * x * y;
        }
    }
    const double slope = (belief + xy) / (belief + xx);

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
        rate->spread = spread;
        find_slope(rate);
        find_scale(rate);
        rate->next_n = rate->n * (1.0 + patience);
    }
}

double goldi_rate_predict(const goldi_rate *rate, double cost)
{
    return rate->weight > 0.0 ? rate->scale * pow(cost, rate->slope)
                              : (double)NAN;
}

double goldi_rate_doubt(const goldi_rate *rate, double cost)
{
    const double x = cost > 0.0 ? log(cost) - rate->centre : 0.0;

    return rate->spread * sqrt(1.0 / rate->weight + x * x / rate->inertia);
}
