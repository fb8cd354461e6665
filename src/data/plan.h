/* SPDX-License-Identifier: MIT */
/**
 * @file plan.h
 * What is known of a data set before its samples are read.
 */
#ifndef GOLDILOCKS_DATA_PLAN_H
#define GOLDILOCKS_DATA_PLAN_H

#include "goldilocks/dataset.h"

#include "data/batches.h"
#include "data/images.h"
#include "store/samples.h"
#include "store/weights.h"

/** Of set file. */
typedef struct goldi_own {
    char *path; /* owned; NULL: of other sets */
    goldi_samples found;
    size_t n_drawn; /* training samples that are drawn as test samples */
} goldi_own;

struct gold_dataset_plan {
    gold_data_block data; /* copied; its path and name are not kept */
    gold_precision precision;
    goldi_images images[GOLDI_N_HALVES];   /* IDX files; zero for other sets */
    goldi_batches batches[GOLDI_N_HALVES]; /* CIFAR-10; zero for other sets */
    goldi_own own;                         /* set file */
    char *starts_path;                     /* owned; NULL: none */
    goldi_weights starts;                  /* that points begin from */
    bool is_bytes;                         /* inputs are read as bytes */
    size_t n_stored[GOLDI_N_HALVES];       /* samples in files */
    size_t n[GOLDI_N_HALVES];              /* samples that a point uses */
    size_t n_kept[GOLDI_N_HALVES];         /* samples in the block: n, or all,
                                              where each seed has its own */
    size_t n_features;
    size_t channels; /* 0 for plain vectors */
    size_t height;
    size_t width;
    size_t n_classes;
};

/** True when samples are read, false when they are drawn. */
bool goldi_plan_has_files(const gold_dataset_plan *plan);

/** Samples of a half that a point uses, of those in the files.
 *
 * @retval GOLD_ERR_CONFIG  there are fewer than asked for. */
GOLD_CHECKED gold_status goldi_choose_count(const gold_dataset_plan *plan,
                                            goldi_half half, size_t *n);

/** The file, or the first of the files, that a half's samples come from. */
const char *goldi_plan_path(const gold_dataset_plan *plan, goldi_half half);

/** Samples of one half as read or drawn, before normalisation. */
typedef struct goldi_raw {
    size_t n;
    unsigned char *bytes; /* [n][n_features], or NULL; owned */
    double *reals;        /* [n][n_features], or NULL; owned */
    uint8_t *labels;      /* [n], zero at first; owned */
    double *targets;      /* [n][n_classes], zero at first; NULL of sets with
                             classes; owned */
    unsigned goes_on;     /* bits of gold_samples */
} goldi_raw;

/** What a set does (goldi_set, sets.h). */
typedef gold_status goldi_plan_fn(const gold_data_block *data,
                                  gold_dataset_plan *plan);
typedef gold_status goldi_get_fn(const gold_dataset_plan *plan, goldi_half half,
                                 const size_t *slots, goldi_raw *raw);

#endif
