/* SPDX-License-Identifier: MIT */
/* Whose turn it is to fail, and what is left at the end. */
#ifndef GOLD_TESTS_FAULTS_ACCOUNT_H
#define GOLD_TESTS_FAULTS_ACCOUNT_H

#include <stdatomic.h>
#include <stdbool.h>

#include "places.h"

/* Names of our own are nobody else's: the library stands before all others. */
#pragma GCC visibility push(hidden)

/* Count a call of that name: is it to fail? */
bool is_turn(const char *name);

/* Keep account of memory that was handed out, and given back. */
void *take(void *block);
void give_back(const void *block);

/* Ids that HDF5 handed out and has not closed. */
extern atomic_long n_objects;

#pragma GCC visibility pop

#endif
