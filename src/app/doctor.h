/* SPDX-License-Identifier: MIT */
/** @file doctor.h What facts about a machine mean for a run. No MPI here. */
#ifndef GOLD_APP_DOCTOR_H
#define GOLD_APP_DOCTOR_H

#include "app/launch.h"
#include "app/limits.h"

typedef enum gold_severity {
    GOLD_FINDING_OK,
    GOLD_FINDING_WARNING, /* slower, or a risk */
    GOLD_FINDING_PROBLEM, /* a run fails, or does the work several times */
} gold_severity;

typedef struct gold_finding {
    gold_severity severity;
    char text[512]; /* "subject: what is so; what to do" */
} gold_finding;

/** Processes and the cores of a node. */
typedef struct gold_crowd {
    int n_processes; /* of the job on this node */
    int n_cores;     /* that any of them may use */
} gold_crowd;

/** @param size  processes that MPI knows of */
gold_finding gold_find_launch(const gold_launch *launch, int size);

gold_finding gold_find_cores(gold_crowd crowd);

/** @param setting  of OPENBLAS_NUM_THREADS or what stands for it; or NULL */
gold_finding gold_find_threads(gold_crowd crowd, const char *setting);

/** @param core     kernel of the first process
 * @param other   one that differs on another node; or NULL
 * @param better  one that would suit the processor of the first; or NULL */
gold_finding gold_find_kernel(const char *core, const char *other,
                              const char *better);

/** @param kernel  of gold_engine_kernel, in the first process
 * @param other   one that differs on another node; or NULL */
gold_finding gold_find_relu_kernel(const char *kernel, const char *other);

/** @param version  such as "1.10.8" */
gold_finding gold_find_hdf5(const char *version);

/** @param error  MPI's message about a trial in the folder; "" for none */
gold_finding gold_find_mpi_io(const char *error);

/** @param error  errno of taking a lock there; 0 for none */
gold_finding gold_find_locks(const char *folder, int error);

/** @param error  errno of making a file there */
gold_finding gold_find_folder(const char *folder, int error);

/** The rule of a run: the file's data and GOLD_SPARE_BYTES have to be free.
 *
 * @param file_bytes  of its data; 0: not known */
gold_finding gold_find_space(const char *folder, double file_bytes,
                             double free);

/** What a limit is about that is lower than `needed`, which may be infinite. */
gold_finding gold_find_limit(gold_limit kind, double limit, double needed);

/** @param n  limits that are too low, each found before */
gold_finding gold_find_limits(int n);

/** @param needed     bytes of a process; 0: not known
 * @param available  bytes for each process of the node */
gold_finding gold_find_memory(double needed, double available);

#endif
