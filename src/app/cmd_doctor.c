/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <libgen.h>
#include <mpi.h>
#include <sched.h>

#include "goldilocks/dataset.h"
#include "goldilocks/engine.h"
#include "goldilocks/memory.h"
#include "goldilocks/sched.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/doctor.h"
#include "app/kernel.h"
#include "app/print.h"
#include "app/share.h"
#include "app/sizes.h"

enum {
    CORE_BYTES = 32, /* of the name of a BLAS kernel */
    PATH_BYTES = 4096,
};

/* What the study asks for, known on rank 0; zeros without one. */
typedef struct needs {
    double memory_bytes; /* of a process */
    double data_bytes;   /* of a node */
    double file_bytes;
} needs;

typedef struct examination {
    int rank;
    int size;
    MPI_Comm node;
    gold_crowd crowd; /* of the node that is worst off */
    needs needs;
    char folder[PATH_BYTES]; /* that exists, where the result file goes */
    int n_problems;
} examination;

static void tell(examination *e, gold_finding found)
{
    static const char *const words[] = {"ok", "warning", "problem"};

    e->n_problems += found.severity == GOLD_FINDING_PROBLEM ? 1 : 0;
    if (e->rank == 0) {
        gold_say(stdout, "%-8s %s\n", words[found.severity], found.text);
    }
}

/* Cores that the processes of this node may use, all together. */
static int count_cores(MPI_Comm node)
{
    cpu_set_t mine;
    cpu_set_t all;

    CPU_ZERO(&mine);
    (void)sched_getaffinity(0, sizeof mine, &mine);
    MPI_Allreduce(&mine, &all, sizeof mine, MPI_BYTE, MPI_BOR, node);
    const int n = CPU_COUNT(&all);

    return n > 0 ? n : (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* The node that has the fewest cores for its processes. */
static void find_crowd(examination *e)
{
    struct {
        int excess; /* of processes over cores */
        int rank;
    } worst = {0, 0};

    MPI_Comm_size(e->node, &e->crowd.n_processes);
    e->crowd.n_cores = count_cores(e->node);
    worst.excess = e->crowd.n_processes - e->crowd.n_cores;
    worst.rank = e->rank;
    MPI_Allreduce(MPI_IN_PLACE, &worst, 1, MPI_2INT, MPI_MAXLOC,
                  MPI_COMM_WORLD);
    int both[2] = {e->crowd.n_processes, e->crowd.n_cores};

    MPI_Bcast(both, 2, MPI_INT, worst.rank, MPI_COMM_WORLD);
    e->crowd = (gold_crowd){both[0], both[1]};
}

static void examine_processes(examination *e)
{
    const gold_launch launch = gold_launch_read();
    const char *setting = getenv("OPENBLAS_NUM_THREADS");

    tell(e, gold_find_launch(&launch, e->size));
    find_crowd(e);
    tell(e, gold_find_cores(e->crowd));
    setting = setting != NULL ? setting : getenv("OMP_NUM_THREADS");
    tell(e, gold_find_threads(e->crowd, setting));
}

/* Make a text that of the first process; true: that of another one differs,
 * and is in `other`. */
static bool find_other(const examination *e, char text[CORE_BYTES],
                       char other[CORE_BYTES])
{
    struct {
        int differs;
        int rank;
    } odd = {0, e->rank};

    memcpy(other, text, CORE_BYTES);
    MPI_Bcast(text, CORE_BYTES, MPI_CHAR, 0, MPI_COMM_WORLD);
    odd.differs = strcmp(text, other) != 0 ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &odd, 1, MPI_2INT, MPI_MAXLOC, MPI_COMM_WORLD);
    MPI_Bcast(other, CORE_BYTES, MPI_CHAR, odd.rank, MPI_COMM_WORLD);
    return odd.differs != 0;
}

/* Compare the kernels of all processes, those of BLAS and those of relu. */
static void examine_kernels(examination *e)
{
    char first[CORE_BYTES] = "";
    char other[CORE_BYTES];

    (void)snprintf(first, sizeof first, "%s", gold_engine_blas_core());
    const bool differs = find_other(e, first, other);

    tell(e, gold_find_kernel(first, differs ? other : NULL,
                             gold_better_kernel(first, gold_processor_here())));
    (void)snprintf(first, sizeof first, "%s", gold_engine_kernel());
    tell(e, gold_find_relu_kernel(first,
                                  find_other(e, first, other) ? other : NULL));
}

/* What the study on rank 0 needs. */
static gold_status plan_needs(const gold_args *args, gold_study **study,
                              needs *needed)
{
    gold_status status = GOLD_OK;
    gold_dataset_plan *plan = NULL;
    gold_schema *schema = NULL;

    GOLD_GOTO(gold_load_study(args->operands[0], args->overrides, true, study));
    GOLD_GOTO(gold_dataset_plan_create(*study, &plan));
    const gold_data_shape shape = gold_dataset_shape(plan);

    GOLD_GOTO(GOLD_ALLOC(1, &schema));
    gold_schema_init(schema, *study, shape.n_train);
    needed->memory_bytes = gold_memory_per_rank(*study, &shape);
    needed->data_bytes = (double)gold_dataset_bytes(plan);
    needed->file_bytes = gold_file_bytes(*study, schema);

done:
    gold_free(schema);
    gold_dataset_plan_destroy(&plan);
    return status;
}

/* Cut a path to the folder in it that exists already. */
static void find_folder(char *path)
{
    struct stat about;

    do {
        char *parent = dirname(path);

        if (parent != path) {
            (void)memmove(path, parent, strlen(parent) + 1);
        }
    } while (stat(path, &about) != 0 && strcmp(path, ".") != 0 &&
             strcmp(path, "/") != 0);
}

/* The study's needs and the folder of its result, on all ranks. */
static gold_status read_study(const gold_args *args, examination *e)
{
    gold_status status = GOLD_OK;
    gold_study *study = NULL;

    if (e->rank == 0 && args->n_operands > 0) {
        status = plan_needs(args, &study, &e->needs);
    }
    if (args->output != NULL) {
        (void)snprintf(e->folder, sizeof e->folder, "%s", args->output);
    } else {
        (void)snprintf(e->folder, sizeof e->folder, "results/%s.h5",
                       study != NULL ? study->name : "any");
    }
    gold_study_destroy(&study);
    find_folder(e->folder);
    GOLD_TRY(gold_agree(MPI_COMM_WORLD, status));
    MPI_Bcast(&e->needs, (int)(sizeof e->needs / sizeof(double)), MPI_DOUBLE, 0,
              MPI_COMM_WORLD);
    return GOLD_OK;
}

/* Bytes that programs of this computer may still take. */
static double available_bytes(void)
{
    FILE *file = fopen("/proc/meminfo", "r");
    char line[256];
    double kibibytes = 0.0;

    while (file != NULL && kibibytes <= 0.0 &&
           fgets(line, (int)sizeof line, file) != NULL) {
        if (strncmp(line, "MemAvailable:", 13) == 0) {
            kibibytes = strtod(line + 13, NULL);
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return kibibytes > 0.0 ? 1024.0 * kibibytes
                           : (double)sysconf(_SC_PHYS_PAGES) *
                                 (double)sysconf(_SC_PAGESIZE);
}

/* A number above 0 in the environment, or else this one. */
static double setting_of(const char *name, double otherwise)
{
    const char *text = getenv(name);
    const double number = text != NULL ? strtod(text, NULL) : 0.0;

    return number > 0.0 ? number : otherwise;
}

/* Bytes that are free for each process of this node. */
static double memory_per_process(MPI_Comm node, double data_bytes)
{
    const double mebibyte = 1048576.0;
    int n = 1;

    MPI_Comm_size(node, &n);
    return fmax(
        0.0, fmin((available_bytes() - data_bytes) / n,
                  mebibyte * setting_of("SLURM_MEM_PER_CPU", (double)INFINITY) *
                      setting_of("SLURM_CPUS_PER_TASK", 1.0)));
}

static void examine_memory(examination *e)
{
    double least = memory_per_process(e->node, e->needs.data_bytes);

    MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_DOUBLE, MPI_MIN, MPI_COMM_WORLD);
    tell(e, gold_find_memory(e->needs.memory_bytes, least));
}

/* What a process here needs of each limit; 0: nothing to speak of. */
static gold_limits find_needed_limits(const examination *e)
{
    gold_limits needed;

    for (int i = 0; i < GOLD_N_LIMITS; i++) {
        needed.of[i] = gold_limit_find((gold_limit)i)->wanted;
    }
    needed.of[GOLD_LIMIT_ADDRESSES] += e->needs.memory_bytes;
    needed.of[GOLD_LIMIT_DATA] += e->needs.memory_bytes;
    needed.of[GOLD_LIMIT_FILES] += 2.0 * e->size;
    needed.of[GOLD_LIMIT_FILE_SIZE] =
        fmax(needed.of[GOLD_LIMIT_FILE_SIZE], e->needs.file_bytes);
    needed.of[GOLD_LIMIT_CPU] = (double)INFINITY;
    return needed;
}

/* The lowest limits of all processes, which may have been set by node. */
static void examine_limits(examination *e)
{
    const gold_limits needed = find_needed_limits(e);
    gold_limits least = gold_limits_read();
    int n_low = 0;

    MPI_Allreduce(MPI_IN_PLACE, least.of, GOLD_N_LIMITS, MPI_DOUBLE, MPI_MIN,
                  MPI_COMM_WORLD);
    for (int i = 0; i < GOLD_N_LIMITS; i++) {
        if (least.of[i] < needed.of[i]) {
            tell(e, gold_find_limit((gold_limit)i, least.of[i], needed.of[i]));
            n_low++;
        }
    }
    tell(e, gold_find_limits(n_low));
}

/* Write a file in the folder, with all ranks. Collective. */
static void examine_mpi_io(examination *e, const char *path)
{
    const char byte = 1;
    char error[MPI_MAX_ERROR_STRING] = "";
    int length = 0;
    MPI_File file = MPI_FILE_NULL;
    int code = MPI_File_open(MPI_COMM_WORLD, path, MPI_MODE_RDWR, MPI_INFO_NULL,
                             &file);

    if (code == MPI_SUCCESS) {
        code = MPI_File_write_at(file, e->rank, &byte, 1, MPI_BYTE,
                                 MPI_STATUS_IGNORE);
        const int closed = MPI_File_close(&file);

        code = code == MPI_SUCCESS ? closed : code;
    }
    if (code != MPI_SUCCESS) {
        MPI_Error_string(code, error, &length);
    }
    tell(e, gold_find_mpi_io(error));
}

/* A file there, locked and written by all: how far that goes. Collective. */
static void examine_file(examination *e)
{
    char path[PATH_BYTES + 64];
    int descriptor = -1;
    int errors[2] = {0, 0}; /* of making it, of its lock */

    (void)snprintf(path, sizeof path, "%s/.goldilocks-doctor-XXXXXX",
                   e->folder);
    if (e->rank == 0) {
        descriptor = mkstemp(path);
        errors[0] = descriptor < 0 ? errno : 0;
        errors[1] = descriptor < 0 || flock(descriptor, LOCK_EX | LOCK_NB) == 0
                        ? 0
                        : errno;
    }
    MPI_Bcast(errors, 2, MPI_INT, 0, MPI_COMM_WORLD);
    MPI_Bcast(path, (int)sizeof path, MPI_CHAR, 0, MPI_COMM_WORLD);
    if (errors[0] != 0) {
        tell(e, gold_find_folder(e->folder, errors[0]));
        return;
    }
    tell(e, gold_find_locks(e->folder, errors[1]));
    examine_mpi_io(e, path);
    if (e->rank == 0) {
        (void)close(descriptor);
        (void)unlink(path);
    }
}

/* The folder of the result. Collective. */
static void examine_folder(examination *e)
{
    struct statvfs room;

    examine_file(e);
    if (e->rank == 0 && statvfs(e->folder, &room) == 0) {
        tell(e, gold_find_space(e->folder, e->needs.file_bytes,
                                (double)room.f_bavail * (double)room.f_frsize));
    }
}

gold_status gold_cmd_doctor(const gold_args *args)
{
    gold_status status = GOLD_OK;
    examination e = {.node = MPI_COMM_NULL};

    MPI_Comm_rank(MPI_COMM_WORLD, &e.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &e.size);
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL,
                        &e.node);
    examine_processes(&e);
    examine_kernels(&e);
    tell(&e, gold_find_hdf5(gold_hdf5_version()));
    GOLD_GOTO(read_study(args, &e));
    examine_memory(&e);
    examine_limits(&e);
    examine_folder(&e);
    if (e.n_problems > 0) {
        status = gold_fail(GOLD_ERR_MISMATCH, "%s: see above",
                           GOLD_COUNTED(e.n_problems, "problem"));
    }
    status = gold_agree(MPI_COMM_WORLD, status);

done:
    MPI_Comm_free(&e.node);
    return status;
}
