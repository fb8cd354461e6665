/* SPDX-License-Identifier: MIT */
/**
 * @file errand.h
 * Work that may crash, find no end or take all memory, since it is done by a
 * library on bytes of unknown origin: a process of its own does it first, and
 * its end becomes a message.
 *
 * The process is forked, not started anew: it begins in a millisecond, where
 * loading the program's libraries takes a hundred. Forking under MPI is better
 * avoided: networks that read a process's memory behind its back may find that
 * of the child. So a program that is about to start MPI has its process forked
 * before (gold_errand_begin), and it waits there for what it is asked to do.
 *
 * The process sees what its parent had at that moment, speaks to nobody else,
 * and ends with its parent, whatever ends that.
 */
#ifndef GOLD_BASE_ERRAND_H
#define GOLD_BASE_ERRAND_H

#include <stdint.h>

#include "goldilocks/status.h"

enum {
    GOLD_ERRAND_BYTES = 8192, /* of a request, at most */
    GOLD_ERRAND_WHERE = 128   /* of the words about how far it got */
};

/* The work; its failure becomes that of who asked, as does the number that it
 * may leave. In the process. */
typedef gold_status gold_errand_fn(const void *request, uint64_t *found);

/* What an errand may take. Time is that of the processor, and grows with how
 * slow this program is anyway, under valgrind for instance. */
typedef struct gold_errand_limits {
    double seconds;
    double bytes; /* more than the process has already */
} gold_errand_limits;

typedef enum gold_errand_ending {
    GOLD_ERRAND_DONE,    /* it came to its end, good or bad */
    GOLD_ERRAND_ENDLESS, /* it took too long */
    GOLD_ERRAND_CRASHED
} gold_errand_ending;

typedef struct gold_errand_report {
    gold_errand_ending ending;
    char where[GOLD_ERRAND_WHERE]; /* where it was then; "" */
    uint64_t found;                /* 0 unless it left another number */
} gold_errand_report;

/* Have a process that waits for errands, until gold_errand_end. */
void gold_errand_begin(void);

/* Let it go and wait for its end; none is allowed. Who ends without ends it as
 * well, and waits for nothing. */
void gold_errand_end(void);

/**
 * Do an errand in the process that waits; the first makes it where there is
 * none. Where the system refuses a new process the work is done in this one.
 *
 * @param request  `n_bytes` of it, of no pointers; at most GOLD_ERRAND_BYTES.
 * @return what `run` returned, with its message; GOLD_OK when it did not come
 *         to its end, which only `report` tells.
 */
GOLD_CHECKED gold_status gold_errand_run(gold_errand_fn *run,
                                         const void *request, size_t n_bytes,
                                         const gold_errand_limits *limits,
                                         gold_errand_report *report);

/* Say, in the process, what is done next; nothing in others. */
void gold_errand_at(const char *format, ...) GOLD_PRINTF(1, 2);

#endif
