/* SPDX-License-Identifier: MIT */
/* For libraries to preload: who calls, and the function that was replaced. */
#ifndef GOLD_TESTS_FAULTS_PLACES_H
#define GOLD_TESTS_FAULTS_PLACES_H

#include <stdbool.h>

/* Names of our own are nobody else's: the library stands before all others. */
#pragma GCC visibility push(hidden)

/* Whose calls count: what others do, MPI above all, is their own affair. */
enum {
    PROGRAM = 1,
    HDF5 = 2,
    YAML = 4
};

/* Find out where their code lies; false: this process is another program. A
 * launcher gets such a library too. */
bool find_places(const char *program);

/* Does the code at that address belong to one of them? No, until places were
 * found. */
bool is_of(const void *caller, int owners);

/* The next function of that name. */
void *next(const char *name);

#pragma GCC visibility pop

#endif
