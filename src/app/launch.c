/* SPDX-License-Identifier: MIT */
#include "app/launch.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/print.h"
#include "base/nearest.h"

/* A count in the environment; 0 where there is none. */
static int count_of(const char *name)
{
    const char *text = getenv(name);
    const long count = text != NULL ? strtol(text, NULL, 10) : 0;

    return count > 0 && count < 1 << 30 ? (int)count : 0;
}

gold_launch gold_launch_read(void)
{
    /* Under mpirun in a SLURM job the last one counts mpirun's own helpers. */
    static const struct {
        const char *size;
        const char *rank;
        const char *launcher;
    } known[] = {
        {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "mpirun"},
        {"PMI_SIZE", "PMI_RANK", "mpiexec (PMI)"},
        {"SLURM_STEP_NUM_TASKS", "SLURM_PROCID", "srun"},
    };
    gold_launch launch = {.n_started = 1,
                          .n_granted = count_of("SLURM_NTASKS")};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const int count = count_of(known[i].size);

        if (count > 0) {
            launch.launcher = known[i].launcher;
            launch.n_started = count;
            launch.rank = count_of(known[i].rank);
            break;
        }
    }
    return launch;
}

/* By variables that begin so MPI believes in a launcher. */
static const char *const of_launcher[] = {
    "PMIX_",         "PMI_",           "OMPI_COMM_", "SLURM_STEP",
    "SLURM_PROCID",  "OMPI_MCA_orte_", "ORTE_",      "PRTE_",
    "OMPI_MCA_ess=", "OMPI_MCA_pmix=", NULL};

void gold_launch_forget(void)
{
    char name[256];

    for (size_t i = 0; environ[i] != NULL;) {
        const size_t length = strcspn(environ[i], "=");

        if (!gold_begins_as(environ[i], of_launcher) || length >= sizeof name) {
            i++;
            continue;
        }
        memcpy(name, environ[i], length);
        name[length] = '\0';
        (void)unsetenv(name); /* and another takes its place */
    }
}

void gold_launch_isolate(void)
{
    if (gold_launch_read().launcher == NULL) {
        (void)setenv("OMPI_MCA_plm", "isolated", 0);
    }
}

bool gold_launch_is_alone_by_mistake(const gold_launch *launch, int size)
{
    return size == 1 && launch->n_started > 1;
}

void gold_launch_warn(int size)
{
    const gold_launch launch = gold_launch_read();

    if (gold_launch_is_alone_by_mistake(&launch, size)) {
        gold_say(stderr,
                 "goldilocks: warning: %s started %d processes, but this "
                 "one believes to be alone and does all of the work; "
                 "'goldilocks doctor' says more\n",
                 launch.launcher, launch.n_started);
    }
}
