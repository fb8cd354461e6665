/* SPDX-License-Identifier: MIT */
/**
 * @file dataset.h
 * Samples with their labels or targets, ready to feed a network.
 *
 * Reading is a matter of one process: it plans the set (gold_dataset_plan: how
 * many bytes it will take), gets that much memory from wherever it likes (one
 * block per node in shared memory), and fills it. The block is position
 * independent: another process that maps the same bytes gets its own view of
 * them with gold_dataset_view. Labels are bytes; inputs are stored in the
 * precision of the study, one row a sample.
 *
 * `data.scale` is not applied here: it may be an axis, so it multiplies the
 * first layer's products instead.
 */
#ifndef GOLDILOCKS_DATASET_H
#define GOLDILOCKS_DATASET_H

#include "goldilocks/digest.h"
#include "goldilocks/study.h"
#include "goldilocks/task.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Files that go on after their gzip data, with bytes that were not read. */
enum {
    GOLD_IMAGES_GO_ON = 1,
    GOLD_LABELS_GO_ON = 2
};

/** Samples of one half, training or test; borrowed views into the block. */
typedef struct gold_samples {
    size_t n;              /* that a point uses */
    size_t n_kept;         /* that there are: n, or all in the files, where
                              each seed has a choice of its own */
    const void *inputs;    /* [n_kept][n_features] float or double */
    const uint8_t *labels; /* [n_kept], below n_classes; 0 of each where
                              there are targets */
    const double *targets; /* [n_kept][n_classes]; NULL: labels are meant */
    unsigned goes_on;      /* which of their files do; bits as above */
} gold_samples;

typedef struct gold_dataset {
    gold_precision precision;
    size_t n_features; /* channels * height * width */
    size_t channels;   /* 0 where samples are plain vectors */
    size_t height;
    size_t width;
    size_t n_classes; /* or numbers of a target: the outputs of a network */
    gold_subset subset;
    gold_samples train;
    gold_samples test;             /* n 0: there is none */
    size_t n_starts;               /* vectors that points begin from; 0: they
                                      are drawn */
    size_t n_parameters;           /* of each of them */
    const double *starts;          /* [n_starts][n_parameters] */
    char digest[GOLD_DIGEST_TEXT]; /* SHA-256 of what the samples were made
                                      from: bytes and labels as selected,
                                      before normalisation, and the way they
                                      are normalised, and the vectors that
                                      points begin from; the same for both
                                      precisions */
} gold_dataset;

/** What a plan knows before the samples are read; opaque. */
typedef struct gold_dataset_plan gold_dataset_plan;

/**
 * What a study leaves to the file of its samples to say: their shape, how many
 * classes or outputs there are, their name. As overrides, one a line, to read
 * the study with again after its own; "" where all is known.
 *
 * @param[out] overrides  owned by the caller, for gold_free.
 * Errors as gold_dataset_plan_create.
 */
GOLD_CHECKED gold_status gold_dataset_facts(const gold_study *study,
                                            char **overrides);

/**
 * Look at the files (or the built-in generator) of a study: sizes and shapes
 * are read and checked, samples not yet.
 *
 * Looks for files under the names of the official distributions: IDX files
 * ("train-images-idx3-ubyte", and the same with ".gz"), CIFAR-10's binary
 * batches ("data_batch_1.bin" and so on, "test_batch.bin"); samples of one's
 * own in HDF5 are found in their file. Every refusal names
 * the file and the reason: missing, of another format, wrong number of
 * dimensions, truncated, longer than its header says, images and labels that
 * differ in number, labels out of range, fewer samples than asked for, sizes
 * beyond all reason.
 *
 * @param[out] plan  for gold_dataset_plan_destroy.
 * @retval GOLD_ERR_IO      a file cannot be opened or read.
 * @retval GOLD_ERR_FORMAT  a file is not what it should be.
 * @retval GOLD_ERR_CONFIG  the study asks for what the data does not have.
 */
GOLD_CHECKED gold_status gold_dataset_plan_create(const gold_study *study,
                                                  gold_dataset_plan **plan);

/** Free a plan; NULL-safe, sets the pointer to NULL. */
void gold_dataset_plan_destroy(gold_dataset_plan **plan);

/** The vectors of parameters that points begin from, in a file. */
typedef struct gold_starts {
    const char *path; /* NULL: there is none */
    size_t n;
    size_t n_parameters;
    size_t n_tensors; /* 0: the file does not say */
    const gold_tensor *tensors;
    const char (*names)[GOLD_NAME_BYTES]; /* [n]; NULL: the file has none */
} gold_starts;

/** What is known of them; borrowed from the plan. */
gold_starts gold_dataset_starts(const gold_dataset_plan *plan);

/** Bytes of the block that gold_dataset_fill needs. */
size_t gold_dataset_bytes(const gold_dataset_plan *plan);

/** Sizes that decide costs. */
gold_data_shape gold_dataset_shape(const gold_dataset_plan *plan);

/**
 * Read, select, normalise; write header, inputs and labels into `block`.
 *
 * @param block  gold_dataset_bytes(plan) bytes, aligned to GOLD_ALIGNMENT.
 * Errors as gold_dataset_plan_create, and GOLD_ERR_MEMORY.
 */
GOLD_CHECKED gold_status gold_dataset_fill(const gold_dataset_plan *plan,
                                           void *block);

/** View of a filled block; valid while the block is. */
gold_dataset gold_dataset_view(const void *block);

/** The samples of one point. */
typedef struct gold_point_data {
    gold_dataset data;  /* n_kept is n */
    void *inputs[2];    /* of training and test samples, where they
                           were gathered; owned */
    uint8_t *labels[2]; /* owned */
    double *targets[2]; /* owned; NULL where samples have classes */
} gold_point_data;

/**
 * The samples that a point uses: as many training samples as it says; where
 * each seed has its own, those of its seed; with labels that are permuted as it
 * says. Ended by gold_point_data_fini, also on failure.
 *
 * @param data  borrowed, and to outlive the point's.
 */
GOLD_CHECKED gold_status gold_point_data_init(gold_point_data *of_point,
                                              const gold_dataset *data,
                                              const gold_settings *settings);

/** Free what it holds; zeroed ones are allowed. */
void gold_point_data_fini(gold_point_data *of_point);

/** The name of the data set whose first labels these are; NULL: none that is
 * known so. Its files may be there in the place of others. */
const char *gold_dataset_known(const gold_dataset *data);

/** Warnings worth telling a user about a filled block (a constant feature set,
 * a class without samples), each a line; "" if none; at most `n_bytes` with the
 * zero. */
void gold_dataset_remarks(const gold_dataset *data, char *text, size_t n_bytes);

#ifdef __cplusplus
}
#endif
#endif
