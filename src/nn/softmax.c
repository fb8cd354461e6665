/* SPDX-License-Identifier: MIT */
#include "nn/softmax.h"

#include <math.h>

void gold_softmax_of(size_t n_classes, const double *logits, size_t label,
                     gold_softmax *softmax)
{
    double *p = softmax->p;
    size_t top = 0;
    double others = 0.0;
    double mean_gap = 0.0;

    for (size_t k = 1; k < n_classes; k++) {
        top = logits[k] > logits[top] ? k : top;
    }
    for (size_t k = 0; k < n_classes; k++) {
        const double gap = logits[k] - logits[top];

        p[k] = exp(gap);
        if (k != top) {
            others += p[k];
            mean_gap += p[k] > 0.0 ? p[k] * gap : 0.0;
        }
    }
    const double sum = 1.0 + others;

    for (size_t k = 0; k < n_classes; k++) {
        p[k] /= sum;
    }
    softmax->top = top;
    softmax->rest = others / sum;
    softmax->loss = log1p(others) - (logits[label] - logits[top]);
    softmax->entropy = log1p(others) - mean_gap / sum;
    softmax->residual = top == label ? softmax->rest : 1.0 - p[label];
}

double gold_softmax_residual(const gold_softmax *softmax, size_t k,
                             size_t label)
{
    if (k != label) {
        return softmax->p[k];
    }
    return k == softmax->top ? -softmax->rest : softmax->p[k] - 1.0;
}
