/* SPDX-License-Identifier: MIT */
/**
 * @file limits.h
 * What ulimit, by hand or by a scheduler, leaves a process. MPI crashes where
 * it finds too little, and OpenBLAS waits for more, for ever.
 */
#ifndef GOLD_APP_LIMITS_H
#define GOLD_APP_LIMITS_H

#include <stdbool.h>
#include <stddef.h>

#include "goldilocks/status.h"

typedef enum gold_limit {
    GOLD_LIMIT_ADDRESSES, /* bytes of address space: -v */
    GOLD_LIMIT_DATA,      /* bytes that may be written to: -d */
    GOLD_LIMIT_STACK,     /* bytes: -s */
    GOLD_LIMIT_FILES,     /* that are open at a time: -n */
    GOLD_LIMIT_FILE_SIZE, /* bytes: -f */
    GOLD_LIMIT_CPU,       /* seconds: -t */
    GOLD_N_LIMITS
} gold_limit;

/** A number for each; infinite where there is no limit. */
typedef struct gold_limits {
    double of[GOLD_N_LIMITS];
} gold_limits;

/** The limits of this process, which it may not go beyond (soft ones). */
gold_limits gold_limits_read(void);

/** What there is to say of each limit. */
typedef struct gold_limit_about {
    const char *name;
    char option; /* of ulimit */
    bool is_bytes;
    bool is_fatal;   /* where it is too low a run fails */
    double least;    /* below that the program itself crashes; 0: never */
    double of_mpi;   /* below that MPI does not start; 0: it does */
    double wanted;   /* by MPI, HDF5 and OpenBLAS before there is a study */
    const char *why; /* "a process needs", and then how much */
    const char *way;
} gold_limit_about;

/** Static. */
const gold_limit_about *gold_limit_find(gold_limit kind);

/** "stack: ulimit -s is 64.0 KiB, and a process should have 1.0 MiB; raise it".
 * `needed` may be infinite. */
void gold_limit_say(gold_limit kind, double limit, double needed, char *text,
                    size_t n_bytes);

/** Is address space or data limited? */
bool gold_limits_are_on_memory(void);

/**
 * Is there enough of all to begin with? Ask before MPI starts, if it is to.
 *
 * @retval GOLD_ERR_MEMORY, GOLD_ERR_IO  there is not: says so, and what to do.
 */
GOLD_CHECKED gold_status gold_limits_check(bool needs_mpi);

#endif
