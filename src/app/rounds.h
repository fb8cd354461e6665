/* SPDX-License-Identifier: MIT */
/**
 * @file rounds.h
 * A study run with more and more seeds, in one file, until something is known.
 *
 * A round is a run of the study with so many seeds that it has, into the file
 * of the round before (--extend). When one has ended the file is looked at, and
 * by what is in it and in nothing else decided whether that is enough, or how
 * many seeds the next has. So the last file is, bit by bit, that of a plain run
 * with the last number of seeds, and a run that was stopped goes on where it
 * was: the round that is under way is the one whose seeds the file has.
 *
 * A width is asked for again and again without harm to speak of. A test is not:
 * each look has a part of 0.05, by the function of Lan and DeMets that spends
 * 0.05 log(1 + (e - 1) t) up to the share t of the most seeds, and looks come
 * at fixed numbers of seeds. That all looks together find nothing where there
 * is nothing, but for 0.05, then follows whatever they have in common.
 */
#ifndef GOLD_APP_ROUNDS_H
#define GOLD_APP_ROUNDS_H

#include "app/args.h"

/** What `run` does without --until. Collective on MPI_COMM_WORLD. */
GOLD_CHECKED gold_status goldi_run_once(const gold_args *args);

/** The largest p-value that is enough at `n` seeds, of looks at `first` seeds
 * and each half as many further ones, up to `most`. */
double goldi_rounds_alpha(double n, double first, double most);

#endif
