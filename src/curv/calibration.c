/* SPDX-License-Identifier: MIT */
#include "curv/calibration.h"

#include <math.h>

#include "goldilocks/memory.h"

void gold_calibration_add(gold_calibration *calibration, double confidence,
                          bool is_right)
{
    const double scaled = ceil(confidence * GOLD_CALIBRATION_BINS) - 1.0;
    const double last = GOLD_CALIBRATION_BINS - 1;

    calibration->n += 1.0;
    calibration->gap[(size_t)fmin(fmax(scaled, 0.0), last)] +=
        confidence - (is_right ? 1.0 : 0.0);
}

double gold_calibration_error(const gold_calibration *calibration)
{
    double sum = 0.0;

    for (size_t b = 0; b < GOLD_CALIBRATION_BINS; b++) {
        sum += fabs(calibration->gap[b]);
    }
    return sum / calibration->n;
}

gold_status gold_confusion_init(gold_confusion *confusion, size_t n_classes)
{
    *confusion = (gold_confusion){.a = NULL};
    return GOLD_ALLOC(n_classes * n_classes, &confusion->a);
}

void gold_confusion_fini(gold_confusion *confusion)
{
    gold_free(confusion->a);
    *confusion = (gold_confusion){.a = NULL};
}

void gold_confusion_add(gold_confusion *confusion, size_t n_classes,
                        const gold_softmax *softmax, uint8_t label)
{
    const double *p = softmax->p;

    gold_calibration_add(&confusion->train, p[softmax->top],
                         softmax->top == label);
    for (size_t k = 0; k < n_classes; k++) {
        const double gap = gold_softmax_residual(softmax, k, label);
        double *row = confusion->a + k * n_classes;

        confusion->brier += gap * gap;
        for (size_t m = 0; m < k; m++) {
            row[m] -= p[k] * p[m];
        }
        row[k] += p[k] * (k == softmax->top ? softmax->rest : 1.0 - p[k]);
    }
}

double gold_confusion_gamma(const gold_confusion *confusion, size_t n_classes)
{
    const double *a = confusion->a;
    double trace = 0.0;
    double sum = 0.0;

    for (size_t k = 0; k < n_classes; k++) {
        trace += a[k * n_classes + k];
    }
    /* relative to the trace: squares of small entries would be lost */
    for (size_t k = 0; k < n_classes && trace > 0.0; k++) {
        for (size_t m = 0; m <= k; m++) {
            const double entry = a[k * n_classes + m] / trace;

            sum += (m < k ? 2.0 : 1.0) * entry * entry;
        }
    }
    return trace > 0.0 ? 1.0 / sqrt(sum) : 0.0;
}
