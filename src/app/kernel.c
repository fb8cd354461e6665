/* SPDX-License-Identifier: MIT */
#include "app/kernel.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/engine.h"

gold_processor gold_processor_here(void)
{
#ifdef __x86_64__
    return (gold_processor){.has_avx2 = __builtin_cpu_supports("avx2") &&
                                        __builtin_cpu_supports("fma"),
                            .has_avx512 = __builtin_cpu_supports("avx512f") &&
                                          __builtin_cpu_supports("avx512bw") &&
                                          __builtin_cpu_supports("avx512dq") &&
                                          __builtin_cpu_supports("avx512vl")};
#else
    return (gold_processor){false, false};
#endif
}

const char *gold_better_kernel(const char *core, gold_processor processor)
{
    static const char *const old[] = {
        "Katmai",  "Coppermine",   "Northwood",  "Prescott", "Banias", "Atom",
        "Core2",   "Penryn",       "Dunnington", "Nehalem",  "Nano",   "Athlon",
        "Opteron", "Opteron_SSE3", "Barcelona",  "Bobcat"};

    for (size_t i = 0; i < sizeof old / sizeof *old; i++) {
        if (strcmp(core, old[i]) == 0) {
            return processor.has_avx512 ? "SkylakeX"
                   : processor.has_avx2 ? "Haswell"
                                        : NULL;
        }
    }
    return NULL;
}

void gold_ensure_kernel(char **argv)
{
    static const char name[] = "OPENBLAS_CORETYPE";
    const char *wanted = getenv(name);
    const char *better =
        gold_better_kernel(gold_engine_blas_core(), gold_processor_here());

    if (better == NULL || (wanted != NULL && wanted[0] != '\0') ||
        setenv(name, better, 1) != 0) {
        return;
    }
    /* Where that fails it goes on as it is: slowly. */
    (void)execv("/proc/self/exe", argv);
}
