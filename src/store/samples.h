/* SPDX-License-Identifier: MIT */
/**
 * @file samples.h
 * Samples in a file that somebody made, in the layout of point files: datasets
 * train/inputs and train/labels or train/targets, and perhaps the same of
 * test, at the file's root or in its group "data".
 *
 * Inputs are numbers of any type, [n], [n, features], [n, height, width] or
 * [n, channels, height, width]. Labels are whole numbers from 0 on, [n];
 * targets are reals, [n] or [n, outputs]. That root or group may have the
 * attributes "name", a text; "classes", a number, and "class_names", a list, of
 * which either says how many classes there are, where labels do not have all.
 *
 * The file is of unknown origin: it is examined as result files are
 * (examine.h), and each function here does so first. One process.
 */
#ifndef GOLD_STORE_SAMPLES_H
#define GOLD_STORE_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

#include "goldilocks/status.h"

enum {
    GOLDI_SAMPLES_NAME = 64, /* bytes of a name, with the zero */
    GOLDI_SAMPLES_HALVES = 2 /* training, test */
};

/** What is known of them before they are read. */
typedef struct goldi_samples {
    const char *group;              /* where they are: "" or "data/" */
    size_t n[GOLDI_SAMPLES_HALVES]; /* no training samples: none are there */
    size_t n_features;
    size_t image[3];  /* channels, height, width; no channels: vectors */
    size_t n_classes; /* 0: there are targets */
    size_t n_outputs; /* 0: there are labels */
    bool is_bytes;    /* all inputs are unsigned bytes */
    bool is_chunked;  /* inputs, of one half at least */
    char name[GOLDI_SAMPLES_NAME]; /* "": it has none */
} goldi_samples;

/** Where samples of a half go. */
typedef struct goldi_samples_room {
    size_t n;             /* samples that there is room for */
    const size_t *slots;  /* [rows of the half] where each goes, those not below
                             n nowhere; NULL: the first n rows in their order */
    unsigned char *bytes; /* [n][n_features]; NULL: */
    double *reals;        /* [n][n_features] */
    uint8_t *labels;      /* [n] */
    double *targets;      /* [n][n_outputs] */
} goldi_samples_room;

/**
 * Look at a file; labels and targets are read and checked, inputs are not.
 *
 * @retval GOLD_ERR_IO      it cannot be opened.
 * @retval GOLD_ERR_FORMAT  it is no such file, or damaged; the message says
 *                          what is wrong and in which row.
 */
GOLD_CHECKED gold_status goldi_samples_look(const char *path,
                                            goldi_samples *samples);

/**
 * Read samples of a half, a few at a time.
 *
 * @param samples  as goldi_samples_look found them.
 * @retval GOLD_ERR_FORMAT  an input is no finite number: says which row; or the
 *                          file has changed.
 */
GOLD_CHECKED gold_status goldi_samples_read(const char *path,
                                            const goldi_samples *samples,
                                            size_t half,
                                            const goldi_samples_room *room);

#endif
