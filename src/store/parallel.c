/* SPDX-License-Identifier: MIT */
#include "store/parallel.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>

#include "goldilocks/memory.h"
#include "goldilocks/sched.h"

#include "store/h5.h"

/* Where Linux lists a process's own open files, each by its number, which opens
 * the very file again, whatever its name is. */
#define OPEN_FILES "/proc/self/fd"

static bool has_colon(const char *path)
{
    return strchr(path, ':') != NULL;
}

gold_status goldi_parallel_check(const char *path)
{
    if (has_colon(path) && access(OPEN_FILES, X_OK) != 0) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: MPI may take what stands before a colon for a "
                         "kind of file system: name it without one",
                         path);
    }
    return GOLD_OK;
}

/* The path as MPI-IO cannot misread it; owned by the caller. */
static gold_status name_file(const char *path, int descriptor, char **name)
{
    const size_t bytes = strlen(path) + sizeof OPEN_FILES + 16;

    GOLD_TRY(GOLD_ALLOC(bytes, name));
    if (has_colon(path)) {
        (void)snprintf(*name, bytes, OPEN_FILES "/%d", descriptor);
    } else {
        (void)snprintf(*name, bytes, "%s%s",
                       strchr(path, '/') == NULL ? "./" : "", path);
    }
    return GOLD_OK;
}

/* Files that this process may write to. */
typedef struct writers {
    size_t n;      /* descriptors of files */
    size_t n_same; /* of the file that is meant */
} writers;

static void count_writer(const struct stat *meant, int descriptor,
                         writers *found)
{
    const int how = fcntl(descriptor, F_GETFL);
    struct stat about;

    if (how < 0 || (how & O_ACCMODE) == O_RDONLY ||
        fstat(descriptor, &about) != 0 || !S_ISREG(about.st_mode)) {
        return;
    }
    found->n++;
    found->n_same +=
        about.st_ino == meant->st_ino && about.st_dev == meant->st_dev;
}

/* None where the system does not tell. */
static writers count_writers(int descriptor)
{
    writers found = {0, 0};
    struct stat meant;
    DIR *list = opendir(OPEN_FILES);

    if (list == NULL || fstat(descriptor, &meant) != 0) {
        goto done;
    }
    for (const struct dirent *entry = readdir(list); entry != NULL;
         entry = readdir(list)) {
        char *end = NULL;
        const long number = strtol(entry->d_name, &end, 10);

        if (end != entry->d_name && *end == '\0') {
            count_writer(&meant, (int)number, &found);
        }
    }

done:
    if (list != NULL) {
        (void)closedir(list);
    }
    return found;
}

/* Of what was opened since `before`, one has to be the file that is meant;
 * unless nothing was, as with drivers that do without the system. */
static gold_status check_opened(const char *path, int descriptor,
                                const writers *before)
{
    const writers now = count_writers(descriptor);

    if (now.n > before->n && now.n_same == before->n_same) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: MPI opened another file instead; nothing was "
                         "written into it. Name the file in another way",
                         path);
    }
    return GOLD_OK;
}

static gold_status open_named(MPI_Comm comm, const char *path, const char *name,
                              hid_t access, hid_t *file)
{
    gold_status status = GOLD_OK;

    GOLDI_H5(H5Pset_fapl_mpio(access, comm, MPI_INFO_NULL),
             "this HDF5 has no parallel input and output");
    *file = H5Fopen(name, H5F_ACC_RDWR, access);
    GOLDI_H5(*file, "%s: cannot be opened for writing", path);

done:
    return status;
}

gold_status goldi_parallel_open(MPI_Comm comm, const char *path, int descriptor,
                                hid_t *file)
{
    gold_status status = GOLD_OK;
    hid_t access = H5I_INVALID_HID;
    char *name = NULL;
    const writers before = count_writers(descriptor);

    status = goldi_h5_access(&access);
    status = status == GOLD_OK ? name_file(path, descriptor, &name) : status;
    /* From here on all do the same, or the others would wait for one. */
    GOLD_GOTO(gold_agree(comm, status));
    status = open_named(comm, path, name, access, file);
    GOLD_GOTO(gold_agree(comm, status));
    status = check_opened(path, descriptor, &before);
    status = gold_agree(comm, status);
    if (status != GOLD_OK) {
        goldi_h5_close(file);
    }

done:
    gold_free(name);
    goldi_h5_close(&access);
    return status;
}
