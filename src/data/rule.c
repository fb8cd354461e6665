/* SPDX-License-Identifier: MIT */
#include "data/rule.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

enum {
    BYTE_VALUES = 256
};

typedef struct moments {
    double mean;
    double deviation;
} moments;

/* From how often each byte occurs: exact sums, whatever the order. */
static moments moments_of_bytes(const goldi_raw *raw, size_t n_features,
                                size_t first, size_t n_plane)
{
    uint64_t counts[BYTE_VALUES] = {0};
    const double n = (double)raw->n * (double)n_plane;
    uint64_t sum = 0;
    double squares = 0.0;

    for (size_t i = 0; i < raw->n; i++) {
        const unsigned char *plane = raw->bytes + i * n_features + first;

        for (size_t j = 0; j < n_plane; j++) {
            counts[plane[j]]++;
        }
    }
    for (size_t value = 0; value < BYTE_VALUES; value++) {
        sum += counts[value] * value;
    }
    const double mean = (double)sum / n;

    for (size_t value = 0; value < BYTE_VALUES; value++) {
        const double d = (double)value - mean;

        squares += (double)counts[value] * d * d;
    }
    return (moments){mean, sqrt(squares / n)};
}

/* Relative to the first value, so that equal ones give exactly 0. */
static moments moments_of_reals(const goldi_raw *raw, size_t n_features,
                                size_t first, size_t n_plane)
{
    const double *x = raw->reals + first;
    const double n = (double)raw->n * (double)n_plane;
    double sum = 0.0;
    double squares = 0.0;

    GOLD_ASSERT(raw->reals != NULL);
    for (size_t i = 0; i < raw->n; i++) {
        for (size_t j = 0; j < n_plane; j++) {
            sum += x[i * n_features + j] - x[0];
        }
    }
    const double mean = x[0] + sum / n;

    for (size_t i = 0; i < raw->n; i++) {
        for (size_t j = 0; j < n_plane; j++) {
            const double d = x[i * n_features + j] - mean;

            squares += d * d;
        }
    }
    return (moments){mean, sqrt(squares / n)};
}

static moments moments_of(const goldi_raw *raw, size_t n_features, size_t first,
                          size_t n_plane)
{
    return raw->bytes == NULL
               ? moments_of_reals(raw, n_features, first, n_plane)
               : moments_of_bytes(raw, n_features, first, n_plane);
}

static gold_status no_variation(const gold_dataset_plan *plan, size_t channel,
                                double mean)
{
    if (goldi_plan_has_files(plan)) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.normalize: standard: all pixels of the %zu "
                         "training samples of %s are %g: their deviation is 0; "
                         "choose unit or none, or other samples",
                         plan->n_kept[GOLDI_TRAIN],
                         goldi_plan_path(plan, GOLDI_TRAIN), mean);
    }
    return gold_fail(GOLD_ERR_CONFIG,
                     "data.normalize: standard: feature %zu of the %zu "
                     "training samples of %s is always %g: its deviation is "
                     "0; choose none, or more samples",
                     channel, plan->n_kept[GOLDI_TRAIN],
                     gold_choice_text("set", (int)plan->data.set), mean);
}

/* Among data of one's own some features may well be constant; then they are
 * 0. */
static gold_status measure(const gold_dataset_plan *plan,
                           const goldi_raw *train, goldi_rule *rule)
{
    const bool may_rest = gold_set_of(plan->data.set)->is_own;
    const size_t n_plane = rule->n_features / rule->n_channels;

    for (size_t c = 0; c < rule->n_channels; c++) {
        const moments found =
            moments_of(train, rule->n_features, c * n_plane, n_plane);

        if (!(found.deviation > 0.0) && !may_rest) {
            return no_variation(plan, c, found.mean);
        }
        rule->shift[c] = found.mean;
        rule->divisor[c] = found.deviation;
    }
    return GOLD_OK;
}

/* Of each pixel, sample after sample, as they lie in memory. A constant pixel
 * has an exact mean and a deviation of exactly 0. */
static void measure_pixels(const goldi_raw *train, goldi_rule *rule)
{
    const double n = (double)train->n;

    GOLD_ASSERT(train->bytes != NULL);
    for (size_t i = 0; i < train->n; i++) {
        for (size_t j = 0; j < rule->n_features; j++) {
            rule->shift[j] += train->bytes[i * rule->n_features + j];
        }
    }
    for (size_t j = 0; j < rule->n_features; j++) {
        rule->shift[j] /= n;
    }
    for (size_t i = 0; i < train->n; i++) {
        for (size_t j = 0; j < rule->n_features; j++) {
            const double d =
                train->bytes[i * rule->n_features + j] - rule->shift[j];

            rule->divisor[j] += d * d;
        }
    }
    for (size_t j = 0; j < rule->n_features; j++) {
        rule->divisor[j] = sqrt(rule->divisor[j] / n);
    }
}

static bool has_deviation(const goldi_rule *rule)
{
    for (size_t j = 0; j < rule->n_channels; j++) {
        if (rule->divisor[j] > 0.0) {
            return true;
        }
    }
    return false;
}

/* Does one of the images have pixels that differ? */
static bool has_varied_image(const goldi_raw *train, size_t n_features)
{
    const size_t item = train->bytes == NULL ? sizeof *train->reals : 1;
    const unsigned char *all =
        train->bytes == NULL ? (const void *)train->reals : train->bytes;

    for (size_t i = 0; i < train->n; i++) {
        const unsigned char *image = all + i * n_features * item;

        if (memcmp(image, image + item, (n_features - 1) * item) != 0) {
            return true;
        }
    }
    return false;
}

/* Fail for a rule by which all inputs would be 0. */
static gold_status check_variation(const gold_dataset_plan *plan,
                                   const goldi_raw *train,
                                   const goldi_rule *rule)
{
    const bool varies = rule->is_by_image
                            ? has_varied_image(train, rule->n_features)
                            : has_deviation(rule);

    if (varies) {
        return GOLD_OK;
    }
    return gold_fail(GOLD_ERR_CONFIG,
                     "data.normalize: %s: %s of the %zu training samples of "
                     "%s: all inputs would be 0; choose unit or none, or more "
                     "samples",
                     gold_choice_text("normalize", (int)plan->data.normalize),
                     rule->is_by_image ? "no two pixels differ in any"
                                       : "no pixel differs between any two",
                     plan->n_kept[GOLDI_TRAIN],
                     goldi_plan_path(plan, GOLDI_TRAIN));
}

gold_status goldi_rule_init(const gold_dataset_plan *plan,
                            const goldi_raw *train, goldi_rule *rule)
{
    const gold_normalize kind = plan->data.normalize;
    const gold_set_about *about = gold_set_of(plan->data.set);
    const bool is_unit = kind == GOLD_NORMALIZE_PUBLISHED ||
                         (kind == GOLD_NORMALIZE_UNIT && plan->is_bytes);

    rule->unit = is_unit ? 255.0 : 1.0;
    rule->n_features = plan->n_features;
    rule->n_channels = plan->channels > 0 && kind != GOLD_NORMALIZE_PER_PIXEL
                           ? plan->channels
                           : plan->n_features;
    rule->is_by_image = kind == GOLD_NORMALIZE_PER_IMAGE;
    GOLD_TRY(GOLD_ALLOC(rule->n_channels, &rule->shift));
    GOLD_TRY(GOLD_ALLOC(rule->n_channels, &rule->divisor));
    if (kind == GOLD_NORMALIZE_PER_PIXEL && plan->is_bytes) {
        measure_pixels(train, rule);
        return check_variation(plan, train, rule);
    }
    if (kind == GOLD_NORMALIZE_STANDARD || kind == GOLD_NORMALIZE_PER_PIXEL) {
        GOLD_TRY(measure(plan, train, rule));
        return check_variation(plan, train, rule);
    }
    if (rule->is_by_image) {
        GOLD_TRY(check_variation(plan, train, rule));
    }
    for (size_t c = 0; c < rule->n_channels; c++) {
        const bool is_fixed = kind == GOLD_NORMALIZE_PUBLISHED;

        rule->shift[c] = is_fixed ? about->mean[c] : 0.0;
        rule->divisor[c] = is_fixed ? about->deviation[c] : 1.0;
    }
    return GOLD_OK;
}

void goldi_rule_fini(goldi_rule *rule)
{
    gold_free(rule->shift);
    gold_free(rule->divisor);
    *rule = (goldi_rule){0};
}

static double normalised(const goldi_rule *rule, size_t channel, double x)
{
    const double divisor = rule->divisor[channel];

    return divisor > 0.0 ? (x / rule->unit - rule->shift[channel]) / divisor
                         : 0.0;
}

static void store(gold_precision precision, void *inputs, size_t i,
                  double value)
{
    if (precision == GOLD_FLOAT32) {
        ((float *)inputs)[i] = (float)value;
    } else {
        ((double *)inputs)[i] = value;
    }
}

/* Bytes have few values: each is normalised once. */
static void apply_to_bytes(const goldi_rule *rule, size_t channel,
                           const goldi_raw *raw, gold_precision precision,
                           void *inputs)
{
    const size_t n_plane = rule->n_features / rule->n_channels;
    double table[BYTE_VALUES];

    for (size_t value = 0; value < BYTE_VALUES; value++) {
        table[value] = normalised(rule, channel, (double)value);
    }
    for (size_t i = 0; i < raw->n; i++) {
        const size_t first = i * rule->n_features + channel * n_plane;

        for (size_t j = first; j < first + n_plane; j++) {
            store(precision, inputs, j, table[raw->bytes[j]]);
        }
    }
}

static double value_at(const goldi_raw *raw, size_t i)
{
    return raw->bytes == NULL ? raw->reals[i] : raw->bytes[i];
}

/* Reals, and bytes that are channels of their own. */
static void apply_to_each(const goldi_rule *rule, const goldi_raw *raw,
                          gold_precision precision, void *inputs)
{
    const size_t n_plane = rule->n_features / rule->n_channels;

    for (size_t i = 0; i < raw->n * rule->n_features; i++) {
        const size_t channel = i % rule->n_features / n_plane;

        store(precision, inputs, i,
              normalised(rule, channel, value_at(raw, i)));
    }
}

/* The features of a sample, by their own mean and deviation. */
static void apply_by_image(const goldi_rule *rule, const goldi_raw *raw,
                           gold_precision precision, void *inputs)
{
    const size_t n = rule->n_features;

    for (size_t i = 0; i < raw->n; i++) {
        const goldi_raw image = {
            .n = 1,
            .bytes = raw->bytes == NULL ? NULL : raw->bytes + i * n,
            .reals = raw->reals == NULL ? NULL : raw->reals + i * n};
        const moments found = moments_of(&image, n, 0, n);

        for (size_t j = 0; j < n; j++) {
            store(precision, inputs, i * n + j,
                  found.deviation > 0.0
                      ? (value_at(&image, j) - found.mean) / found.deviation
                      : 0.0);
        }
    }
}

void goldi_rule_apply(const goldi_rule *rule, const goldi_raw *raw,
                      gold_precision precision, void *inputs)
{
    if (rule->is_by_image) {
        apply_by_image(rule, raw, precision, inputs);
        return;
    }
    if (raw->bytes == NULL || rule->n_channels == rule->n_features) {
        apply_to_each(rule, raw, precision, inputs);
        return;
    }
    for (size_t c = 0; c < rule->n_channels; c++) {
        apply_to_bytes(rule, c, raw, precision, inputs);
    }
}
