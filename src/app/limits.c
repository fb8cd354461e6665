/* SPDX-License-Identifier: MIT */
#include "app/limits.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>

#include "goldilocks/memory.h"

#include "app/print.h"

#define KIBIBYTE 1024.0
#define MEBIBYTE (1024.0 * KIBIBYTE)

gold_limits gold_limits_read(void)
{
    gold_limits limits;

    for (int i = 0; i < GOLD_N_LIMITS; i++) {
        static const int resources[GOLD_N_LIMITS] = {
            RLIMIT_AS,     RLIMIT_DATA,  RLIMIT_STACK,
            RLIMIT_NOFILE, RLIMIT_FSIZE, RLIMIT_CPU};
        struct rlimit found;

        limits.of[i] = (double)INFINITY;
        if (getrlimit(resources[i], &found) == 0 &&
            found.rlim_cur != RLIM_INFINITY) {
            limits.of[i] = (double)found.rlim_cur;
        }
    }
    return limits;
}

bool gold_limits_are_on_memory(void)
{
    const gold_limits limits = gold_limits_read();

    return isfinite(limits.of[GOLD_LIMIT_ADDRESSES]) ||
           isfinite(limits.of[GOLD_LIMIT_DATA]);
}

const gold_limit_about *gold_limit_find(gold_limit kind)
{
    /* 128 MiB are the buffer of OpenBLAS. Below a third of the rest Open MPI
     * crashes as it starts; HDF5 comes later. A process that nobody launched
     * starts another one for Open MPI, for which 25 files and a stack of 200
     * KiB are too few. On one computer processes share files of 8 MiB. */
    static const char about[] = "a process needs about";
    static const char more[] = "raise it, or ask the scheduler for more memory";
    static const gold_limit_about all[GOLD_N_LIMITS] = {
        [GOLD_LIMIT_ADDRESSES] = {"address space", 'v', true, true, 0.0, 0.0,
                                  384.0 * MEBIBYTE, about, more},
        [GOLD_LIMIT_DATA] = {"data", 'd', true, true, 0.0, 0.0,
                             192.0 * MEBIBYTE, about, more},
        [GOLD_LIMIT_STACK] = {"stack", 's', true, false, 64.0 * KIBIBYTE,
                              256.0 * KIBIBYTE, MEBIBYTE,
                              "a process should have", "raise it"},
        [GOLD_LIMIT_FILES] = {"open files", 'n', false, false, 0.0, 32.0, 64.0,
                              "a process may open, connections to others "
                              "included,",
                              "raise it"},
        [GOLD_LIMIT_FILE_SIZE] = {"file size", 'f', true, true, 0.0,
                                  9.0 * MEBIBYTE, 16.0 * MEBIBYTE,
                                  "a file may have", "raise it"},
        [GOLD_LIMIT_CPU] = {"CPU time", 't', false, false, 0.0, 0.0, 0.0,
                            "then a run stops, in good order where ulimit -H "
                            "-t is higher",
                            "the same command goes on"},
    };

    return &all[kind];
}

/* A limit or a need, as people write it. */
static void print_amount(gold_limit kind, double amount,
                         char text[GOLD_PRINT_BYTES])
{
    if (gold_limit_find(kind)->is_bytes) {
        (void)gold_print_bytes(amount, text);
    } else if (kind == GOLD_LIMIT_CPU) {
        (void)gold_print_duration(amount, text);
    } else {
        (void)gold_print_count(amount, text);
    }
}

void gold_limit_say(gold_limit kind, double limit, double needed, char *text,
                    size_t n_bytes)
{
    const gold_limit_about *about = gold_limit_find(kind);
    char have[GOLD_PRINT_BYTES];
    char need[GOLD_PRINT_BYTES] = "";

    print_amount(kind, limit, have);
    if (isfinite(needed)) {
        print_amount(kind, needed, need);
    }
    (void)snprintf(text, n_bytes, "%s: ulimit -%c is %s, and %s%s%s; %s",
                   about->name, about->option, have, about->why,
                   need[0] != '\0' ? " " : "", need, about->way);
}

/* Room that is limited may be taken already, so it is tried. */
static gold_status check_memory(void)
{
    const double addresses = gold_limit_find(GOLD_LIMIT_ADDRESSES)->wanted;
    const double data = gold_limit_find(GOLD_LIMIT_DATA)->wanted;
    const bool has_addresses = gold_has_room((size_t)addresses, false);
    char bytes[GOLD_PRINT_BYTES];

    if (!gold_limits_are_on_memory() ||
        (has_addresses && gold_has_room((size_t)data, true))) {
        return GOLD_OK;
    }
    return gold_fail(
        GOLD_ERR_MEMORY,
        "there is no room for the %s that OpenBLAS, MPI and HDF5 take before a "
        "study takes any: raise ulimit -%c, or ask the scheduler for more "
        "memory",
        gold_print_bytes(has_addresses ? data : addresses, bytes),
        has_addresses ? 'd' : 'v');
}

gold_status gold_limits_check(bool needs_mpi)
{
    const gold_limits limits = gold_limits_read();

    for (int i = 0; i < GOLD_N_LIMITS; i++) {
        const gold_limit kind = (gold_limit)i;
        const gold_limit_about *about = gold_limit_find(kind);
        const double needed =
            needs_mpi ? fmax(about->least, about->of_mpi) : about->least;

        if (limits.of[i] < needed) {
            char text[256];

            gold_limit_say(kind, limits.of[i], about->wanted, text,
                           sizeof text);
            return gold_fail(GOLD_ERR_IO, "%s", text);
        }
    }
    return needs_mpi ? check_memory() : GOLD_OK;
}
