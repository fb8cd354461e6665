/* SPDX-License-Identifier: MIT */
/* What the tests of the data module share: folders of small IDX files, good
 * ones to be spoilt, and studies written by hand. */
#ifndef GOLDILOCKS_TEST_DATA_SUPPORT_H
#define GOLDILOCKS_TEST_DATA_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <dirent.h>
#include <zlib.h>

#include "goldilocks/dataset.h"
#include "goldilocks/memory.h"

enum {
    PATH_BYTES = 512,
    FILE_BYTES = 4096, /* no small file is larger */
    N_TRAIN = 40,
    N_TEST = 20,
    HEIGHT = 3,
    WIDTH = 2
};

#define TRAIN_IMAGES "train-images-idx3-ubyte"
#define TRAIN_LABELS "train-labels-idx1-ubyte"
#define TEST_IMAGES  "t10k-images-idx3-ubyte"
#define TEST_LABELS  "t10k-labels-idx1-ubyte"

/* An empty folder of its own for every test. */
static inline void folder_make(char folder[PATH_BYTES])
{
    const char *parent = getenv("TMPDIR");

    (void)snprintf(folder, PATH_BYTES, "%s/gold-data-XXXXXX",
                   parent == NULL ? "/tmp" : parent);
    assert_non_null(mkdtemp(folder));
}

static inline void path_in(const char *folder, const char *name,
                           char path[PATH_BYTES])
{
    assert_true(snprintf(path, PATH_BYTES, "%s/%s", folder, name) < PATH_BYTES);
}

static inline void erase(const char *folder, const char *name)
{
    char path[PATH_BYTES];

    path_in(folder, name, path);
    assert_int_equal(remove(path), 0);
}

static inline void folder_remove(const char *folder)
{
    DIR *listing = opendir(folder);
    const struct dirent *entry = NULL;

    assert_non_null(listing);
    while ((entry = readdir(listing)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 &&
            strcmp(entry->d_name, "..") != 0) {
            erase(folder, entry->d_name);
        }
    }
    (void)closedir(listing);
    assert_int_equal(rmdir(folder), 0);
}

static inline void write_plain(const char *folder, const char *name,
                               const void *bytes, size_t n_bytes)
{
    char path[PATH_BYTES];

    path_in(folder, name, path);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, n_bytes, file), n_bytes);
    assert_int_equal(fclose(file), 0);
}

static inline void write_gzip(const char *folder, const char *name,
                              const void *bytes, size_t n_bytes)
{
    char path[PATH_BYTES];

    path_in(folder, name, path);
    gzFile file = gzopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(gzwrite(file, bytes, (unsigned)n_bytes), n_bytes);
    assert_int_equal(gzclose(file), Z_OK);
}

static inline size_t read_plain(const char *folder, const char *name,
                                unsigned char bytes[FILE_BYTES])
{
    char path[PATH_BYTES];

    path_in(folder, name, path);
    FILE *file = fopen(path, "rb");

    assert_non_null(file);
    const size_t n = fread(bytes, 1, FILE_BYTES, file);

    (void)fclose(file);
    return n;
}

/* Magic number of `n_dims` dimensions, then the dimensions. */
static inline size_t put_header(unsigned char *bytes, size_t n_dims,
                                const uint32_t *dims)
{
    const unsigned char magic[4] = {0, 0, 8, (unsigned char)n_dims};

    memcpy(bytes, magic, sizeof magic);
    for (size_t i = 0; i < n_dims; i++) {
        for (size_t j = 0; j < 4; j++) {
            bytes[4 + 4 * i + j] = (unsigned char)(dims[i] >> (24 - 8 * j));
        }
    }
    return 4 + 4 * n_dims;
}

/* Pixel `j` of image `i`, different from image to image. */
static inline unsigned char pixel(size_t i, size_t j)
{
    return (unsigned char)((37 * i + 11 * j + 5) % 251);
}

static inline size_t put_images(unsigned char bytes[FILE_BYTES], uint32_t n,
                                uint32_t height, uint32_t width)
{
    const size_t start =
        put_header(bytes, 3, (const uint32_t[]){n, height, width});
    const size_t n_pixels = (size_t)height * width;

    assert_true(start + n * n_pixels <= FILE_BYTES);
    for (size_t i = 0; i < n * n_pixels; i++) {
        bytes[start + i] = pixel(i / n_pixels, i % n_pixels);
    }
    return start + n * n_pixels;
}

static inline size_t put_labels(unsigned char bytes[FILE_BYTES], uint32_t n)
{
    const size_t start = put_header(bytes, 1, &n);

    for (size_t i = 0; i < n; i++) {
        bytes[start + i] = (unsigned char)(i % 10);
    }
    return start + n;
}

/* The four files of a small set, all plain and all as they should be. */
static inline void write_good(const char *folder)
{
    unsigned char bytes[FILE_BYTES];

    write_plain(folder, TRAIN_IMAGES, bytes,
                put_images(bytes, N_TRAIN, HEIGHT, WIDTH));
    write_plain(folder, TRAIN_LABELS, bytes, put_labels(bytes, N_TRAIN));
    write_plain(folder, TEST_IMAGES, bytes,
                put_images(bytes, N_TEST, HEIGHT, WIDTH));
    write_plain(folder, TEST_LABELS, bytes, put_labels(bytes, N_TEST));
}

static inline gold_study study_of(gold_data_set set, char *path)
{
    gold_study study = {0};

    study.data.set = set;
    study.data.path = path;
    study.data.normalize = GOLD_NORMALIZE_NONE;
    study.data.classes = 4;
    study.data.features = 5;
    study.data.separation = 3.0;
    study.run.precision = GOLD_FLOAT64;
    return study;
}

/* Plan and fill; on success *block is for gold_free. */
static inline gold_status load(const gold_study *study, void **block)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;
    void *filled = NULL;

    GOLD_GOTO(gold_dataset_plan_create(study, &plan));
    GOLD_GOTO(gold_alloc(gold_dataset_bytes(plan), 1, &filled));
    GOLD_GOTO(gold_dataset_fill(plan, filled));
    *block = filled;
    filled = NULL;

done:
    gold_free(filled);
    gold_dataset_plan_destroy(&plan);
    return status;
}

/* The same where it must succeed. */
static inline void *loaded(const gold_study *study)
{
    void *block = NULL;
    const gold_status status = load(study, &block);

    if (status != GOLD_OK) {
        fail_msg("%s", gold_fail_message());
    }
    return block;
}

/* Loading fails with this code, and the message holds all of the words, which
 * are separated by "|". */
static inline void expect_refusal(const gold_study *study, gold_status code,
                                  const char *words)
{
    char list[PATH_BYTES];
    char *rest = NULL;
    void *block = NULL;

    gold_fail_clear();
    if (load(study, &block) != code) {
        fail_msg("status is not \"%s\": \"%s\"", gold_status_text(code),
                 gold_fail_message());
    }
    (void)snprintf(list, sizeof list, "%s", words);
    for (char *word = strtok_r(list, "|", &rest); word != NULL;
         word = strtok_r(NULL, "|", &rest)) {
        if (strstr(gold_fail_message(), word) == NULL) {
            fail_msg("no \"%s\" in \"%s\"", word, gold_fail_message());
        }
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static inline double input(const gold_dataset *data,
                           const gold_samples *samples, size_t i, size_t j)
{
    const size_t place = i * data->n_features + j;

    return data->precision == GOLD_FLOAT32
               ? (double)((const float *)samples->inputs)[place]
               : ((const double *)samples->inputs)[place];
}

#endif
