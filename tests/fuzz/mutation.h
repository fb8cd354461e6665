/* SPDX-License-Identifier: MIT */
/**
 * @file mutation.h
 * Files changed at random, as damage or malice would: the same number makes the
 * same change. HDF5's blocks of metadata bear checksums, behind which most of
 * its reader would never see a wrong byte: those are made right again, mostly.
 */
#ifndef GOLD_FUZZ_MUTATION_H
#define GOLD_FUZZ_MUTATION_H

#include <stddef.h>
#include <stdint.h>

#include "goldilocks/status.h"

/* A block of metadata; its checksum follows it. */
typedef struct block {
    size_t start;
    size_t length;
} block;

/* A healthy file. */
typedef struct original {
    unsigned char *bytes;
    size_t n_bytes;
    block *blocks;
    size_t n_blocks;
} original;

/* Read a file; ends the program where that cannot be. */
original original_read(const char *path);
void original_free(original *file);

/* Make mutation `number`: its bytes in `changed` [n_bytes]; returns how many of
 * them are left. */
size_t mutate(const original *file, uint64_t number, unsigned char *changed);

/* Read all of a file of samples and vectors, as a network gets them. */
gold_status read_samples(const char *path);

#endif
