/* SPDX-License-Identifier: MIT */
#include "app/doctor.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/store.h"

#include "app/print.h"

static GOLD_PRINTF(2, 3) gold_finding
    finding(gold_severity severity, const char *format, ...)
{
    gold_finding found = {.severity = severity};
    va_list values;

    va_start(values, format);
    (void)vsnprintf(found.text, sizeof found.text, format, values);
    va_end(values);
    return found;
}

gold_finding gold_find_launch(const gold_launch *launch, int size)
{
    if (gold_launch_is_alone_by_mistake(launch, size)) {
        return finding(GOLD_FINDING_PROBLEM,
                       "launch: %s started %d processes, but each believes to "
                       "be alone and would do all of the work; start them "
                       "with srun --mpi=pmix, or with the mpirun of the MPI "
                       "that Goldilocks was built with",
                       launch->launcher, launch->n_started);
    }
    if (size == 1 && launch->n_granted > 1) {
        return finding(GOLD_FINDING_WARNING,
                       "launch: the SLURM job has %d tasks, but this is one "
                       "process alone; start it with srun --mpi=pmix or "
                       "mpirun",
                       launch->n_granted);
    }
    if (size == 1) {
        return finding(GOLD_FINDING_OK,
                       "launch: one process alone; start doctor with srun "
                       "--mpi=pmix or mpirun to see whether that works");
    }
    return finding(
        GOLD_FINDING_OK, "launch: %d processes as one MPI job, by %s", size,
        launch->launcher != NULL ? launch->launcher : "an unknown launcher");
}

gold_finding gold_find_cores(gold_crowd crowd)
{
    const int n = crowd.n_processes;
    const int n_cores = crowd.n_cores;

    /* The coordinator sleeps most of the time. */
    if (n > n_cores + 1) {
        return finding(GOLD_FINDING_WARNING,
                       "cores: %d processes share %s of a node; start "
                       "at most %d, or let them use more cores (SLURM: "
                       "--cpus-per-task=1 for each task; mpirun: --bind-to "
                       "none)",
                       n, GOLD_COUNTED(n_cores, "core"), n_cores + 1);
    }
    return finding(GOLD_FINDING_OK, "cores: %d for %s on a node", n_cores,
                   GOLD_COUNTED(n, "process"));
}

gold_finding gold_find_threads(gold_crowd crowd, const char *setting)
{
    const long n_threads = setting != NULL ? strtol(setting, NULL, 10) : 0;

    if (n_threads == 1 || crowd.n_processes == 1) {
        return finding(GOLD_FINDING_OK,
                       "BLAS threads: one for each process is used");
    }
    return finding(GOLD_FINDING_WARNING,
                   "BLAS threads: OPENBLAS_NUM_THREADS is %.40s, so each of "
                   "%d processes here starts threads that it never uses, and "
                   "may find that it must not start so many; export "
                   "OPENBLAS_NUM_THREADS=1",
                   setting != NULL ? setting : "not set", crowd.n_processes);
}

gold_finding gold_find_kernel(const char *core, const char *other,
                              const char *better)
{
    if (other != NULL) {
        return finding(GOLD_FINDING_WARNING,
                       "BLAS kernel: %s here, %s on another node, so results "
                       "depend on who computed them, in the last bits; export "
                       "OPENBLAS_CORETYPE=%s, or the older of the two, on all",
                       core, other, core);
    }
    if (better != NULL) {
        return finding(GOLD_FINDING_WARNING,
                       "BLAS kernel: %s, for old processors, is several times "
                       "slower here than %s; unset OPENBLAS_CORETYPE",
                       core, better);
    }
    if (strcmp(core, "unknown") == 0) {
        return finding(GOLD_FINDING_OK,
                       "BLAS kernel: not OpenBLAS, which alone tells it; that "
                       "all nodes give the same bits is not known");
    }
    return finding(GOLD_FINDING_OK, "BLAS kernel: %s on all nodes", core);
}

gold_finding gold_find_relu_kernel(const char *kernel, const char *other)
{
    if (other != NULL) {
        return finding(GOLD_FINDING_WARNING,
                       "relu kernel: %s here, %s on another node, so results "
                       "depend on who computed them, in the last bits; export "
                       "GOLD_KERNEL=plain, which every processor has, on all",
                       kernel, other);
    }
    if (strcmp(kernel, "blas") == 0) {
        return finding(GOLD_FINDING_OK,
                       "relu kernel: blas, so what relu switches off is "
                       "computed too");
    }
    return finding(GOLD_FINDING_OK,
                   "relu kernel: %s, so what relu switches off is not "
                   "computed where that pays",
                   kernel);
}

gold_finding gold_find_hdf5(const char *version)
{
    const bool is_1_10 = strncmp(version, "1.10.", 5) == 0;
    const long release = is_1_10 ? strtol(version + 5, NULL, 10) : 0;
    /* HDFFV-11260; older releases cannot even write our files. */
    const bool is_bad = release >= 5 && release <= 8;

    return finding(GOLD_FINDING_OK, "HDF5: %s%s", version,
                   is_bad ? ", whose collective reading of metadata is broken "
                            "(HDFFV-11260); Goldilocks does not use it"
                          : "");
}

gold_finding gold_find_mpi_io(const char *error)
{
    if (error[0] != '\0') {
        return finding(GOLD_FINDING_PROBLEM,
                       "MPI-IO: no file can be written: %.300s; another "
                       "folder (-o), or another component, such as export "
                       "OMPI_MCA_io=romio321, may do",
                       error);
    }
    return finding(GOLD_FINDING_OK, "MPI-IO: all processes can write a file");
}

gold_finding gold_find_locks(const char *folder, int error)
{
    if (error != 0) {
        return finding(GOLD_FINDING_WARNING,
                       "locks: %.200s has none (%s): never start two runs "
                       "into one file there, and for tools that open one "
                       "export HDF5_USE_FILE_LOCKING=FALSE",
                       folder, strerror(error));
    }
    return finding(GOLD_FINDING_OK, "locks: %.300s has them", folder);
}

gold_finding gold_find_folder(const char *folder, int error)
{
    return finding(GOLD_FINDING_PROBLEM,
                   "folder: %.200s: no file can be made there: %s; choose "
                   "another place (-o)",
                   folder, strerror(error));
}

gold_finding gold_find_space(const char *folder, double file_bytes, double free)
{
    const double needed = file_bytes + (double)GOLD_SPARE_BYTES;
    char need[GOLD_PRINT_BYTES];
    char have[GOLD_PRINT_BYTES];

    (void)gold_print_bytes(needed, need);
    (void)gold_print_bytes(free, have);
    return needed <= free
               ? finding(GOLD_FINDING_OK,
                         "space: %s in %.200s, the file needs %s%s", have,
                         folder, need,
                         file_bytes > 0.0 ? "" : " and what its study asks for")
               : finding(GOLD_FINDING_PROBLEM,
                         "space: the file needs %s, but %.200s has %s; choose "
                         "another place (-o) or a smaller study",
                         need, folder, have);
}

gold_finding gold_find_memory(double needed, double available)
{
    char need[GOLD_PRINT_BYTES];
    char have[GOLD_PRINT_BYTES];

    (void)gold_print_bytes(needed, need);
    (void)gold_print_bytes(available, have);
    return needed <= available
               ? finding(GOLD_FINDING_OK,
                         "memory: %s for each process, each needs %s", have,
                         needed > 0.0 ? need : "what its study asks for")
               : finding(GOLD_FINDING_PROBLEM,
                         "memory: a process needs %s, but there is %s for "
                         "each; start fewer on a node, or ask for more (SLURM: "
                         "--mem-per-cpu)",
                         need, have);
}

gold_finding gold_find_limit(gold_limit kind, double limit, double needed)
{
    gold_finding found = {.severity = gold_limit_find(kind)->is_fatal
                                          ? GOLD_FINDING_PROBLEM
                                          : GOLD_FINDING_WARNING};

    gold_limit_say(kind, limit, needed, found.text, sizeof found.text);
    return found;
}

gold_finding gold_find_limits(int n)
{
    if (n > 0) {
        return finding(GOLD_FINDING_WARNING, "limits: %d too low, see above",
                       n);
    }
    return finding(GOLD_FINDING_OK, "limits: none of ulimit is in the way");
}
