/* SPDX-License-Identifier: MIT */
/*
 * A library to preload (LD_PRELOAD) that lets one call fail: of HDF5, of MPI's
 * input and output, of the system to write, and requests for memory.
 *
 * Calls are counted from 1 on in each process. GOLD_FAULT=k lets call k fail,
 * and it alone; 0, or nothing, none. In a job of several processes only rank
 * GOLD_FAULT_RANK (0) counts. GOLD_FAULT_LOG names a file that gets one line
 * for each call, its name.
 */
/* NOLINTBEGIN: the wrappers bear names, types and styles of what they wrap */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dlfcn.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <mpi.h>

static atomic_long n_calls;

static bool is_this_rank(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *wanted = getenv("GOLD_FAULT_RANK");

    return rank == NULL || strcmp(rank, wanted == NULL ? "0" : wanted) == 0;
}

/* Note a line without buffers, so that a crash loses none. */
static void note(const char *name)
{
    static int log_file = -2;
    char line[64];
    ssize_t (*real)(int, const void *, size_t) = NULL;

    *(void **)&real = dlsym(RTLD_NEXT, "write");
    if (log_file == -2) {
        int (*real_open)(const char *, int, ...) = NULL;

        *(void **)&real_open = dlsym(RTLD_NEXT, "open");
        const char *path = getenv("GOLD_FAULT_LOG");

        log_file = path == NULL
                       ? -1
                       : real_open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);
    }
    if (log_file >= 0) {
        const int n = snprintf(line, sizeof line, "%s\n", name);

        (void)!real(log_file, line, (size_t)n);
    }
}

static bool is_turn(const char *name)
{
    const char *fault = getenv("GOLD_FAULT");

    if (!is_this_rank()) {
        return false;
    }
    note(name);
    return atomic_fetch_add(&n_calls, 1) + 1 ==
           (fault == NULL ? 0 : strtol(fault, NULL, 10));
}

/* True for calls from the program and from HDF5; what MPI itself writes is
 * its own affair. */
static bool is_ours(const void *caller)
{
    Dl_info from;

    return dladdr(caller, &from) != 0 && from.dli_fname != NULL &&
           (strstr(from.dli_fname, "goldilocks") != NULL ||
            strstr(from.dli_fname, "hdf5") != NULL);
}

/* A function with the same name, that fails in its turn. */
#define WRAP(type, name, params, args, failed)                                 \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        if (real == NULL) {                                                    \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                         \
        }                                                                      \
        return is_ours(__builtin_return_address(0)) && is_turn(#name)          \
                   ? (failed)                                                  \
                   : real args;                                                \
    }

#define FAIL_WITH(code) (errno = (code), -1)

/* HDF5 fails with -1. Only calls from the program count: what HDF5 calls of its
 * own may not fail. */
static bool is_program(const void *caller)
{
    Dl_info from;

    return dladdr(caller, &from) != 0 && from.dli_fname != NULL &&
           strstr(from.dli_fname, "hdf5") == NULL;
}

#define WRAP_H5(type, name, params, args)                                      \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        if (real == NULL) {                                                    \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                         \
        }                                                                      \
        return is_program(__builtin_return_address(0)) && is_turn(#name)       \
                   ? -1                                                        \
                   : real args;                                                \
    }

WRAP_H5(hid_t, H5Screate, (H5S_class_t a), (a))
WRAP_H5(hid_t, H5Screate_simple, (int a, const hsize_t *b, const hsize_t *c),
        (a, b, c))
WRAP_H5(hssize_t, H5Sget_simple_extent_npoints, (hid_t a), (a))
WRAP_H5(int, H5Sget_simple_extent_ndims, (hid_t a), (a))
WRAP_H5(herr_t, H5Sselect_hyperslab,
        (hid_t a, H5S_seloper_t b, const hsize_t *c, const hsize_t *d,
         const hsize_t *e, const hsize_t *f),
        (a, b, c, d, e, f))
WRAP_H5(hid_t, H5Pcreate, (hid_t a), (a))
WRAP_H5(herr_t, H5Pset_link_creation_order, (hid_t a, unsigned b), (a, b))
WRAP_H5(herr_t, H5Pset_attr_creation_order, (hid_t a, unsigned b), (a, b))
WRAP_H5(herr_t, H5Pset_obj_track_times, (hid_t a, hbool_t b), (a, b))
WRAP_H5(herr_t, H5Pset_libver_bounds, (hid_t a, H5F_libver_t b, H5F_libver_t c),
        (a, b, c))
WRAP_H5(herr_t, H5Pset_layout, (hid_t a, H5D_layout_t b), (a, b))
WRAP_H5(herr_t, H5Pset_fill_value, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP_H5(herr_t, H5Pset_fill_time, (hid_t a, H5D_fill_time_t b), (a, b))
WRAP_H5(herr_t, H5Pset_alloc_time, (hid_t a, H5D_alloc_time_t b), (a, b))
WRAP_H5(herr_t, H5Pset_file_locking, (hid_t a, hbool_t b, hbool_t c), (a, b, c))
WRAP_H5(herr_t, H5Pset_fapl_mpio, (hid_t a, MPI_Comm b, MPI_Info c), (a, b, c))
WRAP_H5(herr_t, H5Pset_create_intermediate_group, (hid_t a, unsigned b), (a, b))
WRAP_H5(hid_t, H5Dcreate2,
        (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f, hid_t g),
        (a, b, c, d, e, f, g))
WRAP_H5(hid_t, H5Dopen2, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(hid_t, H5Dget_space, (hid_t a), (a))
WRAP_H5(herr_t, H5Dwrite,
        (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, const void *f),
        (a, b, c, d, e, f))
WRAP_H5(herr_t, H5Dread, (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, void *f),
        (a, b, c, d, e, f))
WRAP_H5(hid_t, H5Gcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e),
        (a, b, c, d, e))
WRAP_H5(hid_t, H5Gopen2, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(hid_t, H5Oopen, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(hid_t, H5Fcreate, (const char *a, unsigned b, hid_t c, hid_t d),
        (a, b, c, d))
WRAP_H5(hid_t, H5Fopen, (const char *a, unsigned b, hid_t c), (a, b, c))
WRAP_H5(herr_t, H5Fclose, (hid_t a), (a))
WRAP_H5(herr_t, H5Fget_vfd_handle, (hid_t a, hid_t b, void **c), (a, b, c))
WRAP_H5(hid_t, H5Acreate2,
        (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f),
        (a, b, c, d, e, f))
WRAP_H5(herr_t, H5Awrite, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP_H5(herr_t, H5Aread, (hid_t a, hid_t b, void *c), (a, b, c))
WRAP_H5(hid_t, H5Aopen, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(htri_t, H5Aexists, (hid_t a, const char *b), (a, b))
WRAP_H5(hid_t, H5Aget_type, (hid_t a), (a))
WRAP_H5(hid_t, H5Aget_space, (hid_t a), (a))
WRAP_H5(int, H5Aget_num_attrs, (hid_t a), (a))
WRAP_H5(hid_t, H5Tcopy, (hid_t a), (a))
WRAP_H5(herr_t, H5Tset_size, (hid_t a, size_t b), (a, b))
WRAP_H5(herr_t, H5Tset_cset, (hid_t a, H5T_cset_t b), (a, b))
WRAP_H5(herr_t, H5DSset_scale, (hid_t a, const char *b), (a, b))
WRAP_H5(herr_t, H5DSattach_scale, (hid_t a, hid_t b, unsigned c), (a, b, c))

WRAP(int, MPI_File_open,
     (MPI_Comm a, const char *b, int c, MPI_Info d, MPI_File *e),
     (a, b, c, d, e), MPI_ERR_IO)
WRAP(int, MPI_File_close, (MPI_File * a), (a), MPI_ERR_IO)
WRAP(int, MPI_File_get_size, (MPI_File a, MPI_Offset *b), (a, b), MPI_ERR_IO)
WRAP(int, MPI_File_set_size, (MPI_File a, MPI_Offset b), (a, b), MPI_ERR_IO)
WRAP(int, MPI_File_set_view,
     (MPI_File a, MPI_Offset b, MPI_Datatype c, MPI_Datatype d, const char *e,
      MPI_Info f),
     (a, b, c, d, e, f), MPI_ERR_IO)
WRAP(int, MPI_File_sync, (MPI_File a), (a), MPI_ERR_IO)
WRAP(int, MPI_File_read_at,
     (MPI_File a, MPI_Offset b, void *c, int d, MPI_Datatype e, MPI_Status *f),
     (a, b, c, d, e, f), MPI_ERR_IO)
WRAP(int, MPI_File_write_at,
     (MPI_File a, MPI_Offset b, const void *c, int d, MPI_Datatype e,
      MPI_Status *f),
     (a, b, c, d, e, f), MPI_ERR_IO)

WRAP(ssize_t, pwrite, (int a, const void *b, size_t c, off_t d), (a, b, c, d),
     FAIL_WITH(ENOSPC))
WRAP(ssize_t, write, (int a, const void *b, size_t c), (a, b, c),
     FAIL_WITH(ENOSPC))
WRAP(int, ftruncate, (int a, off_t b), (a, b), FAIL_WITH(EIO))
WRAP(int, fsync, (int a), (a), FAIL_WITH(EIO))
WRAP(int, rename, (const char *a, const char *b), (a, b), FAIL_WITH(EACCES))
WRAP(int, mkdir, (const char *a, mode_t b), (a, b), FAIL_WITH(EACCES))
WRAP(int, posix_fallocate, (int a, off_t b, off_t c), (a, b, c), ENOSPC)
WRAP(void *, aligned_alloc, (size_t a, size_t b), (a, b), NULL)
/* NOLINTEND */
