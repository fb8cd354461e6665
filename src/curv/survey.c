/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "curv/block.h"
#include "nn/softmax.h"

static double larger(double x, double y)
{
    return x > y ? x : y;
}

/* Population variance over classes of the logits of sample `i` times `unit`,
 * before the member's factor: its square may overflow where the spread does
 * not. */
static double variance(const FN(work) * work, size_t i, double unit)
{
    const size_t n_classes = work->network->n_out;
    const real *logits = work->outputs + i * n_classes;
    double mean = 0.0;
    double sum = 0.0;

    for (size_t k = 0; k < n_classes; k++) {
        mean += (double)logits[k] / (double)n_classes;
    }
    for (size_t k = 0; k < n_classes; k++) {
        const double gap = ((double)logits[k] - mean) * unit;

        sum += gap * gap;
    }
    return sum / (double)n_classes;
}

/* Enter one training sample into a member's sums. */
static void add_sample(FN(work) * work, gold_member *member, gold_aim aim,
                       gold_line_result *result)
{
    const size_t n_classes = work->network->n_out;
    double *mean_p = work->mean_p + member->point * n_classes;
    gold_softmax softmax = {.p = work->p};

    work->network->loss->predict(n_classes, work->logits, aim, &softmax);
    result->loss += softmax.loss;
    result->entropy += softmax.entropy;
    result->confidence += softmax.p[softmax.top];
    result->accuracy += softmax.top == aim.label ? 1.0 : 0.0;
    if (work->confusion != NULL) {
        gold_confusion_add(&work->confusion[member->point], n_classes, &softmax,
                           aim.label);
    }
    for (size_t k = 0; k < n_classes; k++) {
        mean_p[k] += softmax.p[k];
        if (k != softmax.top) {
            member->weight_scale =
                larger(member->weight_scale, sqrt(softmax.p[k]));
        }
    }
    member->residual_scale = larger(member->residual_scale, softmax.residual);
}

/* Logits of sample i for a member, in double. */
static size_t take_logits(FN(work) * work, size_t i, double factor)
{
    size_t zeros = 0;

    for (size_t k = 0; k < work->network->n_out; k++) {
        const real logit = work->outputs[i * work->network->n_out + k];

        zeros += logit == R(0.0) ? 1 : 0;
        work->logits[k] = factor * (double)logit;
    }
    return zeros;
}

static void survey_train(FN(work) * work, const gold_group *group,
                         const gold_batch *block, gold_line_result *results)
{
    FN(block_evaluate)(work, group, block, false);
    for (size_t r = 0; r < group->count; r++) {
        gold_member *member = &work->members[group->first + r];
        gold_line_result *result = &results[member->point];

        for (size_t i = 0; i < block->n; i++) {
            const size_t zeros = take_logits(work, i, member->logit_factor);

            result->zero_logits += (double)zeros;
            result->logit_spread += variance(work, i, member->spread_unit);
            add_sample(work, member, FN(aim_of)(work->network, block, i),
                       result);
        }
    }
}

static void survey_test(FN(work) * work, const gold_group *group,
                        const gold_batch *block, gold_line_result *results)
{
    gold_softmax softmax = {.p = work->p};

    FN(block_evaluate)(work, group, block, false);
    for (size_t r = 0; r < group->count; r++) {
        const gold_member *member = &work->members[group->first + r];
        gold_line_result *result = &results[member->point];

        for (size_t i = 0; i < block->n; i++) {
            const gold_aim aim = FN(aim_of)(work->network, block, i);

            (void)take_logits(work, i, member->logit_factor);
            work->network->loss->predict(work->network->n_out, work->logits,
                                         aim, &softmax);
            result->test_loss += softmax.loss;
            result->test_accuracy += softmax.top == aim.label ? 1.0 : 0.0;
            if (work->confusion != NULL) {
                gold_calibration_add(&work->confusion[member->point].test,
                                     softmax.p[softmax.top],
                                     softmax.top == aim.label);
            }
        }
    }
}

/* Sums become means. */
static void finish(const FN(work) * work, size_t point,
                   gold_line_result *result)
{
    const FN(line) *line = work->line;
    const size_t n_classes = work->network->n_out;
    const double n = (double)line->train.n;
    const double n_test = (double)line->test.n;
    double mismatch = 0.0;

    result->loss /= n;
    result->entropy /= n;
    result->confidence /= n;
    result->accuracy /= n;
    result->logit_spread =
        work->members[point].logit_factor *
        (sqrt(result->logit_spread / n) / work->members[point].spread_unit);
    result->zero_logits /= n * (double)n_classes;
    result->test_loss = n_test > 0.0 ? result->test_loss / n_test : (double)NAN;
    result->test_accuracy =
        n_test > 0.0 ? result->test_accuracy / n_test : (double)NAN;
    for (size_t k = 0; k < n_classes; k++) {
        size_t count = 0;

        for (size_t i = 0; i < line->train.n; i++) {
            count += line->train.labels[i] == k ? 1 : 0;
        }
        const double gap =
            work->mean_p[point * n_classes + k] / n - (double)count / n;

        mismatch += gap * gap;
    }
    result->prior_mismatch = sqrt(mismatch);
}

/* Calibration and Gamma(P) of a point. */
static void take_confusion(const FN(work) * work, size_t point,
                           gold_line_result *result)
{
    const gold_confusion *confusion = &work->confusion[point];

    result->calibration_error = gold_calibration_error(&confusion->train);
    result->test_calibration_error = gold_calibration_error(&confusion->test);
    result->brier_score = confusion->brier / (double)work->line->train.n;
    result->gamma = gold_confusion_gamma(confusion, work->network->n_out);
}

/* Keep only members whose loss is a number, in their order. */
static void drop_overflowed(FN(work) * work, const gold_line_result *results)
{
    size_t kept = 0;

    for (size_t g = 0; g < work->n_groups; g++) {
        gold_group *group = &work->groups[g];
        const size_t first = kept;

        for (size_t r = 0; r < group->count; r++) {
            const gold_member member = work->members[group->first + r];

            if (isfinite(results[member.point].loss)) {
                work->members[kept++] = member;
            }
        }
        group->first = first;
        group->count = kept - first;
    }
    work->n_members = kept;
}

void FN(survey)(FN(work) * work, gold_line_result *results)
{
    const FN(line) *line = work->line;

    memset(work->mean_p, 0,
           line->n_points * work->network->n_out * sizeof *work->mean_p);
    for (size_t g = 0; g < work->n_groups; g++) {
        const gold_group *group = &work->groups[g];

        for (size_t i = 0; i < line->train.n; i += work->block) {
            const gold_batch block = FN(work_block)(work, line->train, i);

            survey_train(work, group, &block, results);
        }
        for (size_t i = 0; i < line->test.n; i += work->block) {
            const gold_batch block = FN(work_block)(work, line->test, i);

            survey_test(work, group, &block, results);
        }
    }
    for (size_t p = 0; p < line->n_points; p++) {
        finish(work, p, &results[p]);
        if (work->confusion != NULL) {
            take_confusion(work, p, &results[p]);
        }
    }
    drop_overflowed(work, results);
}
