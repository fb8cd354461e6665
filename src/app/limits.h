/* SPDX-License-Identifier: MIT */
/**
 * @file limits.h
 * What ulimit, by hand or by a scheduler, leaves a process. MPI crashes where
 * it finds too little, and OpenBLAS waits for more, for ever.
 */
#ifndef GOLD_APP_LIMITS_H
#define GOLD_APP_LIMITS_H

#include "goldilocks/status.h"

typedef enum gold_limit {
    GOLD_LIMIT_ADDRESSES, /* bytes of address space: -v */
    GOLD_LIMIT_DATA,      /* bytes that may be written to: -d */
    GOLD_LIMIT_STACK,     /* bytes: -s */
    GOLD_LIMIT_FILES,     /* that are open at a time: -n */
    GOLD_LIMIT_FILE_SIZE, /* bytes: -f */
    GOLD_LIMIT_CPU,       /* seconds: -t */
    GOLD_LIMIT_LOCKED,    /* bytes that stay in memory: -l */
    GOLD_N_LIMITS
} gold_limit;

/** A number for each; infinite where there is no limit. */
typedef struct gold_limits {
    double of[GOLD_N_LIMITS];
} gold_limits;

/** The limits of this process, which it may not go beyond (soft ones). */
gold_limits gold_limits_read(void);

/** Is address space or data limited? */
bool gold_limits_are_on_memory(void);

/** What MPI, HDF5 and OpenBLAS take of each limit before there is a study; 0
 * where they take none to speak of. */
gold_limits gold_limits_of_libraries(void);

/**
 * Is there room for the libraries? Ask before MPI starts.
 *
 * @retval GOLD_ERR_MEMORY  there is not: says so, and what to do.
 */
GOLD_CHECKED gold_status gold_limits_check(void);

#endif
