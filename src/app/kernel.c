/* SPDX-License-Identifier: MIT */
#include "app/kernel.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/engine.h"

#include "app/limits.h"
#include "base/nearest.h"

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
        "Opteron", "Opteron_SSE3", "Barcelona",  "Bobcat",   NULL};

    return !gold_is_among(core, old) ? NULL
           : processor.has_avx512    ? "SkylakeX"
           : processor.has_avx2      ? "Haswell"
                                     : NULL;
}

static bool is_set(const char *name)
{
    const char *value = getenv(name);

    return value != NULL && value[0] != '\0';
}

/* Ask for a kernel that OpenBLAS would not have taken; false: no need to. */
static bool ask_for_kernel(void)
{
    static const char name[] = "OPENBLAS_CORETYPE";
    const char *better =
        gold_better_kernel(gold_engine_blas_core(), gold_processor_here());

    return better != NULL && !is_set(name) && setenv(name, better, 1) == 0;
}

/* Ask for one thread alone; false: no need to, or in vain. Others than OpenBLAS
 * cannot be told later. */
static bool ask_for_one_thread(void)
{
    static const char name[] = "OPENBLAS_NUM_THREADS";
    const char *setting = getenv(name);

    if (gold_engine_blas_threads() == 0) {
        return !is_set("OMP_NUM_THREADS") &&
               setenv("OMP_NUM_THREADS", "1", 1) == 0;
    }
    return gold_engine_blas_threads() > 1 && gold_limits_are_on_memory() &&
           (setting == NULL || strcmp(setting, "1") != 0) &&
           setenv(name, "1", 1) == 0;
}

void gold_ensure_blas(char **argv)
{
    const bool has_kernel = ask_for_kernel();

    if (ask_for_one_thread() || has_kernel) {
        /* Where that fails it goes on as it is: slowly. */
        (void)execv("/proc/self/exe", argv);
    }
}
