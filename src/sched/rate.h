/* SPDX-License-Identifier: MIT */
/**
 * @file rate.h
 * How tasks' seconds follow from their costs, learnt as tasks end: seconds =
 * scale * cost^slope. A slope of 1 is believed until tasks say otherwise: small
 * tasks tend to take longer than their share, and as the large ones leave
 * first, a plain rate would be of tasks that are not those to come.
 */
#ifndef GOLD_SCHED_RATE_H
#define GOLD_SCHED_RATE_H

enum {
    GOLDI_RATE_BINS = 256 /* of costs, each 1.09 times smaller than the one
                             before; what is smaller still is in the last */
};

/** Tasks of similar cost that ended. */
typedef struct goldi_bin {
    double n;
    double cost;    /* of all of them */
    double seconds; /* so too */
} goldi_bin;

/** Value type: zero it and set `largest`. */
typedef struct goldi_rate {
    double largest; /* cost that the first bin begins with */
    goldi_bin ended[GOLDI_RATE_BINS];
    double n;      /* tasks that ended; 0: nothing is known */
    double next_n; /* when the line is drawn again */
    double scale;
    double slope;
    double weight;  /* of what the line was drawn through, in tasks */
    double centre;  /* mean logarithm of costs */
    double inertia; /* sum of squares about it, and what is believed */
    double spread;  /* of single tasks, when the line was drawn */
} goldi_rate;

/** The bin of a cost. */
unsigned goldi_rate_bin(const goldi_rate *rate, double cost);

/** A task took so many seconds; `spread` is how far off predictions of single
 * tasks are. */
void goldi_rate_learn(goldi_rate *rate, double cost, double seconds,
                      double spread);

/** Expected seconds of a task; NaN while nothing is known. */
double goldi_rate_predict(const goldi_rate *rate, double cost);

/** How far off the mean of many such predictions may be, as a ratio. */
double goldi_rate_doubt(const goldi_rate *rate, double cost);

#endif
