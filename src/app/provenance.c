/* SPDX-License-Identifier: MIT */
#include "app/provenance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/engine.h"
#include "goldilocks/memory.h"

#include "app/version.h"

/* Add a host to a comma-separated list unless it is there or the list full. */
static void add_host(char *list, size_t bytes, const char *host)
{
    const size_t used = strlen(list);
    const size_t length = strlen(host);

    for (const char *at = list; (at = strstr(at, host)) != NULL; at++) {
        const bool begins = at == list || at[-1] == ',';

        if (begins && (at[length] == ',' || at[length] == '\0')) {
            return;
        }
    }
    if (used + length + 2 <= bytes) {
        (void)snprintf(list + used, bytes - used, "%s%s", used > 0 ? "," : "",
                       host);
    }
}

/* Hosts of all ranks, on rank 0. */
static void collect_hosts(MPI_Comm comm, char *list, size_t bytes)
{
    char host[MPI_MAX_PROCESSOR_NAME] = "";
    char *all = NULL;
    int length = 0;
    int rank = 0;
    int size = 0;

    MPI_Comm_rank(comm, &rank);
    MPI_Comm_size(comm, &size);
    MPI_Get_processor_name(host, &length);
    if (rank == 0 &&
        GOLD_ALLOC((size_t)size * MPI_MAX_PROCESSOR_NAME, &all) != GOLD_OK) {
        all = NULL;
    }
    /* Without memory for the list, rank 0 still takes part. */
    int is_possible = rank != 0 || all != NULL;

    MPI_Bcast(&is_possible, 1, MPI_INT, 0, comm);
    list[0] = '\0';
    if (is_possible) {
        MPI_Gather(host, MPI_MAX_PROCESSOR_NAME, MPI_CHAR, all,
                   MPI_MAX_PROCESSOR_NAME, MPI_CHAR, 0, comm);
    }
    for (int i = 0; all != NULL && i < size; i++) {
        add_host(list, bytes, all + (size_t)i * MPI_MAX_PROCESSOR_NAME);
    }
    gold_free(all);
}

/* The part of the MPI library that does its input and output. No standard call
 * tells. MPICH and its kin know ROMIO only; Open MPI has what it was asked for,
 * which mpirun hands on, or a default that depends on the file system. */
static const char *mpi_io_name(void)
{
    const char *asked = getenv("OMPI_MCA_io");
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;

    (void)MPI_Get_library_version(library, &length);
    if (strstr(library, "MPICH") != NULL || strstr(library, "Intel") != NULL) {
        return "romio";
    }
    if (strstr(library, "Open MPI") == NULL) {
        return "unknown";
    }
    return asked != NULL && asked[0] != '\0'
               ? asked
               : "default (ompio; on Lustre romio)";
}

void gold_provenance_collect(MPI_Comm comm, const char *command,
                             const gold_dataset *data,
                             gold_provenance_text *text,
                             gold_provenance *provenance)
{
    char mpi[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    int length = 0;
    const char *job = getenv("SLURM_JOB_ID");

    MPI_Get_library_version(mpi, &length);
    mpi[strcspn(mpi, ",\n")] = '\0';
    (void)snprintf(text->libraries, sizeof text->libraries,
                   "%.200s; HDF5 %s; %.200s; %s", mpi, gold_hdf5_version(),
                   gold_engine_blas_version(), GOLD_LIBRARIES);
    (void)snprintf(text->samples, sizeof text->samples,
                   "%zu training and %zu test", data->train.n, data->test.n);
    collect_hosts(comm, text->hosts, sizeof text->hosts);
    *provenance = (gold_provenance){
        .program_version = GOLD_VERSION,
        .git_commit = GOLD_GIT_COMMIT,
        .compiler = GOLD_COMPILER,
        .libraries = text->libraries,
        .blas_core = gold_engine_kernels(),
        .mpi_io = mpi_io_name(),
        .command = command,
        .hosts = text->hosts,
        .slurm_job = job != NULL ? job : "",
        .data_digest = data->digest,
        .data_samples = text->samples,
    };
}
