/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "train/training.h"

/* What is the higher the better. */
static double merit(const gold_training *plan, const gold_log_entry *entry)
{
    if (plan->test.n == 0) {
        return -entry->loss;
    }
    return plan->test.targets == NULL ? entry->test_accuracy
                                      : -entry->test_loss;
}

size_t FN(best_entry)(const gold_training *training, const gold_log_entry *log,
                      size_t n)
{
    size_t best = n;

    for (size_t k = n; k-- > 0;) {
        const double here = merit(training, &log[k]);

        if (isfinite(here) &&
            (best == n || here >= merit(training, &log[best]))) {
            best = k;
        }
    }
    return best;
}
