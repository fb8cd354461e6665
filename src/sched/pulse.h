/* SPDX-License-Identifier: MIT */
/**
 * @file pulse.h
 * Signs of life from a worker that computes: a thread sends them, so that one
 * that is slow can be told from one that is dead. Only one of the two threads
 * calls MPI at a time (MPI_THREAD_SERIALIZED): the main one lets the other
 * while it computes, and takes that back before it calls MPI itself.
 */
#ifndef GOLD_SCHED_PULSE_H
#define GOLD_SCHED_PULSE_H

#include <mpi.h>

#include "goldilocks/sched.h"

#include "base/ticker.h"

/** What ranks of a sweep say to each other. */
enum {
    GOLDI_TAG_REPORT = 1,
    GOLDI_TAG_ORDER,
    GOLDI_TAG_PULSE,   /* a sign of life */
    GOLDI_TAG_LEAVING, /* answers the order to leave */
    GOLDI_TAG_OUTCOME
};

/** Zero it or call goldi_pulse_start. */
typedef struct goldi_pulse {
    MPI_Comm comm;
    gold_ticker ticker; /* its lock is held by whoever calls MPI */
    bool is_allowed;    /* to call MPI */
} goldi_pulse;

/** How often a sign of life is due; infinity: nobody asks for them. */
double goldi_pulse_period(const gold_sched_job *job);

/** Start the thread, which may not send yet; a period that is not finite needs
 * none. The pulse must not move until its ticker is stopped. */
GOLD_CHECKED gold_status goldi_pulse_start(goldi_pulse *pulse, MPI_Comm comm,
                                           double period_s);

/** Let the thread call MPI, and the caller must not; or the other way round. */
void goldi_pulse_allow(goldi_pulse *pulse, bool is_allowed);

/** Tell rank 0 that we live. */
void goldi_pulse_send(MPI_Comm comm);

#endif
