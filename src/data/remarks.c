/* SPDX-License-Identifier: MIT */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/dataset.h"

enum {
    MAX_LISTED = 10
};

static void append(char *text, size_t n_bytes, const char *format, ...)
    GOLD_PRINTF(3, 4);

static void append(char *text, size_t n_bytes, const char *format, ...)
{
    const size_t n = strlen(text);
    va_list args;

    va_start(args, format);
    (void)vsnprintf(text + n, n_bytes - n, format, args);
    va_end(args);
}

static double input_at(const gold_dataset *data, size_t i)
{
    return data->precision == GOLD_FLOAT32
               ? (double)((const float *)data->train.inputs)[i]
               : ((const double *)data->train.inputs)[i];
}

/* Inputs `first`, `first + step`, ... of the training samples are equal; stops
 * at the first that differs, which in real data is near. */
static bool is_constant(const gold_dataset *data, size_t first, size_t step)
{
    const size_t n = data->train.n_kept * data->n_features;

    for (size_t i = first; i < n; i += step) {
        if (input_at(data, i) > input_at(data, first) ||
            input_at(data, i) < input_at(data, first)) {
            return false;
        }
    }
    return n > 0;
}

/* Single pixels of images may well be constant: those of a margin are. */
static void remark_constant(const gold_dataset *data, char *text,
                            size_t n_bytes)
{
    if (is_constant(data, 0, 1)) {
        append(text, n_bytes,
               "all inputs of the training samples are equal (%g)\n",
               input_at(data, 0));
        return;
    }
    for (size_t j = 0; data->channels == 0 && j < data->n_features; j++) {
        if (is_constant(data, j, data->n_features)) {
            append(text, n_bytes, "feature %zu is %g in all training samples\n",
                   j, input_at(data, j));
        }
    }
}

static void remark_missing(const gold_dataset *data, char *text, size_t n_bytes)
{
    size_t counts[GOLD_MAX_CLASSES] = {0};
    size_t n_missing = 0;

    if (data->train.targets != NULL) {
        return;
    }
    for (size_t i = 0; i < data->train.n_kept; i++) {
        counts[data->train.labels[i]]++;
    }
    for (size_t k = 0; k < data->n_classes; k++) {
        if (counts[k] == 0) {
            n_missing++;
            if (n_missing <= MAX_LISTED) {
                append(text, n_bytes, "%s%zu",
                       n_missing == 1 ? "no training sample of class " : ", ",
                       k);
            }
        }
    }
    if (n_missing > MAX_LISTED) {
        append(text, n_bytes, " and %zu more", n_missing - MAX_LISTED);
    }
    if (n_missing > 0) {
        append(text, n_bytes, "\n");
    }
}

static void remark_goes_on(const gold_samples *samples, const char *half,
                           char *text, size_t n_bytes)
{
    const char *const files[] = {[GOLD_IMAGES_GO_ON] = "images",
                                 [GOLD_LABELS_GO_ON] = "labels",
                                 [GOLD_IMAGES_GO_ON | GOLD_LABELS_GO_ON] =
                                     "images and labels"};

    if (samples->goes_on != 0) {
        append(text, n_bytes,
               "the gzip data of the %s %s end before their file does; what "
               "follows them was not read\n",
               half, files[samples->goes_on]);
    }
}

/* The files of these sets have the same names: their labels tell them. */
static const struct {
    const char *name;
    uint8_t labels[20]; /* of the first training samples */
} known[] = {
    {"mnist", {5, 0, 4, 1, 9, 2, 1, 3, 1, 4, 3, 5, 3, 6, 1, 7, 2, 8, 6, 9}},
    {"fashion-mnist",
     {9, 0, 0, 3, 0, 2, 7, 2, 5, 5, 0, 9, 5, 5, 7, 9, 1, 0, 6, 4}},
};

const char *gold_dataset_known(const gold_dataset *data)
{
    const size_t n = sizeof known->labels;

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (data->subset == GOLD_SUBSET_FIRST && data->train.n_kept >= n &&
            memcmp(data->train.labels, known[i].labels, n) == 0) {
            return known[i].name;
        }
    }
    return NULL;
}

void gold_dataset_remarks(const gold_dataset *data, char *text, size_t n_bytes)
{
    if (n_bytes == 0) {
        return;
    }
    text[0] = '\0';
    remark_goes_on(&data->train, "training", text, n_bytes);
    remark_goes_on(&data->test, "test", text, n_bytes);
    remark_constant(data, text, n_bytes);
    remark_missing(data, text, n_bytes);
}
