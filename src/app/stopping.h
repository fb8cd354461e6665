/* SPDX-License-Identifier: MIT */
/**
 * @file stopping.h
 * When a run has to come to its end: signals and time.
 *
 * Good order means: nothing more is begun, measurements under way are finished,
 * trainings are kept where they are. There may be no time for it: mpirun
 * answers Ctrl-C, SIGTERM and SIGHUP of its own by killing its processes, with
 * SIGCONT, SIGTERM and SIGKILL and a second (odls_base_sigkill_timeout) after
 * each of the first two. By that SIGCONT a process can tell it from other
 * SIGTERMs.
 */
#ifndef GOLD_APP_STOPPING_H
#define GOLD_APP_STOPPING_H

#include <stdbool.h>

/** What is said of an end that came before there was work. */
extern const char gold_stopping_before_work[];

/**
 * From now on SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU and SIGHUP, unless
 * that was ignored (nohup), ask for the end in good order. A second SIGINT ends
 * the process at once, with the exit code of a run that was stopped: what is
 * marked done in the file is whole at any instant. Call it before MPI starts,
 * which takes its time; if it does not come through within some seconds of the
 * first signal, this process ends, with words and that code.
 *
 * SIGPIPE is ignored: who reads what is said may leave. Who neither reads nor
 * leaves holds up the work, but not its end: some seconds after the first
 * signal what is said is lost.
 *
 * @param max_seconds  until the end is wanted anyway; may be infinite.
 */
void gold_stopping_begin(double max_seconds);

/**
 * MPI has started. What it may have done to the signals is undone.
 *
 * @param is_speaker  say on stderr what Ctrl-C and mpirun are about to do;
 *                    before, whoever its launcher calls the first one did.
 */
void gold_stopping_started(bool is_speaker);

/** Say nothing more: the end has been spoken of, and mpirun is told to end. */
void gold_stopping_hush(void);

/** Is the end wanted? */
bool gold_stopping_is_due(void);

/** Is it, by a signal? */
bool gold_stopping_is_asked(void);

/** Is it time for the last words, since mpirun is about to kill all? Before, it
 * leaves the others some time to come to their ends. */
bool gold_stopping_is_urgent(void);

/** Seconds until the end is wanted; may be infinite, or below 0. */
double gold_stopping_time_left(void);

#endif
