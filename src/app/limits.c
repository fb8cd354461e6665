/* SPDX-License-Identifier: MIT */
#include "app/limits.h"

#include <math.h>
#include <sys/resource.h>

#include "goldilocks/memory.h"

#include "app/print.h"

static const double mebibyte = 1048576.0;

gold_limits gold_limits_read(void)
{
    gold_limits limits;

    for (int i = 0; i < GOLD_N_LIMITS; i++) {
        static const int resources[GOLD_N_LIMITS] = {
            RLIMIT_AS,    RLIMIT_DATA, RLIMIT_STACK,  RLIMIT_NOFILE,
            RLIMIT_FSIZE, RLIMIT_CPU,  RLIMIT_MEMLOCK};
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

gold_limits gold_limits_of_libraries(void)
{
    /* 128 MiB are the buffer of OpenBLAS. Below a third of the rest Open MPI
     * crashes as it starts; HDF5 comes later. Open MPI does not start below 30
     * files, or a stack of 200 KiB, or without files of 4 MiB that processes
     * share. */
    return (gold_limits){.of = {[GOLD_LIMIT_ADDRESSES] = 384.0 * mebibyte,
                                [GOLD_LIMIT_DATA] = 192.0 * mebibyte,
                                [GOLD_LIMIT_STACK] = mebibyte,
                                [GOLD_LIMIT_FILES] = 64.0,
                                [GOLD_LIMIT_FILE_SIZE] = 16.0 * mebibyte}};
}

gold_status gold_limits_check(void)
{
    const gold_limits needed = gold_limits_of_libraries();
    const double addresses = needed.of[GOLD_LIMIT_ADDRESSES];
    const double data = needed.of[GOLD_LIMIT_DATA];
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
