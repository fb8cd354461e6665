/* SPDX-License-Identifier: MIT */
/*
 * A library to preload (LD_PRELOAD) that lets one call fail: of HDF5, of MPI's
 * input and output, of the system to open or write files, and requests for
 * memory, those of libyaml too.
 *
 * Calls are counted from 1 on in each process. GOLD_FAULT=k lets call k fail,
 * and it alone; 0, or nothing, none. In a job of several processes only rank
 * GOLD_FAULT_RANK (0) counts, also in what they do together. What is closed or
 * given back is so all the same. GOLD_FAULT_KILL=NAME kills the process at the
 * first call of that name instead. GOLD_FAULT_LOG names a file that gets one
 * line for each call, its name; then "end", and a line "B O F": blocks of
 * memory, HDF5 objects and files of the working folder that are left.
 */
/* NOLINTBEGIN: the wrappers bear names, types and styles of what they wrap */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>
#include <hdf5.h>
#include <hdf5_hl.h>
#include <mpi.h>

#include "account.h"

/* A function with the same name that fails in its turn when one of the owners
 * calls it. */
#define WRAP_IF(type, name, params, args, condition, failed)                   \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        const void *const caller = __builtin_return_address(0);                \
        if (real == NULL) {                                                    \
            *(void **)&real = next(#name);                                     \
        }                                                                      \
        return (condition) && is_turn(#name) ? (failed) : real args;           \
    }

#define WRAP(type, name, params, args, failed)                                 \
    WRAP_IF(type, name, params, args, is_of(caller, PROGRAM | HDF5), failed)

/* HDF5 fails with a negative number. Only calls from the program count: what
 * HDF5 calls of its own may not fail. */
#define WRAP_H5(type, name, params, args)                                      \
    WRAP_IF(type, name, params, args, is_of(caller, PROGRAM), -1)

/* The same of one that hands out an id. */
#define WRAP_ID(name, params, args)                                            \
    hid_t name params                                                          \
    {                                                                          \
        static hid_t(*real) params;                                            \
        const void *const caller = __builtin_return_address(0);                \
        if (real == NULL) {                                                    \
            *(void **)&real = next(#name);                                     \
        }                                                                      \
        const bool is_ours = is_of(caller, PROGRAM);                           \
        if (is_ours && is_turn(#name)) {                                       \
            return H5I_INVALID_HID;                                            \
        }                                                                      \
        const hid_t id = real args;                                            \
        n_objects += is_ours && id >= 0;                                       \
        return id;                                                             \
    }

/* What closes something does so, and fails. */
#define WRAP_CLOSE(type, name, params, args, failed, is_closed)                \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        const void *const caller = __builtin_return_address(0);                \
        if (real == NULL) {                                                    \
            *(void **)&real = next(#name);                                     \
        }                                                                      \
        const type result = real args;                                         \
        is_closed;                                                             \
        return is_of(caller, PROGRAM | HDF5) && is_turn(#name) ? (failed)      \
                                                               : result;       \
    }

#define FAIL_WITH(code) (errno = (code), -1)

WRAP_ID(H5Screate, (H5S_class_t a), (a))
WRAP_ID(H5Screate_simple, (int a, const hsize_t *b, const hsize_t *c),
        (a, b, c))
WRAP_H5(hssize_t, H5Sget_simple_extent_npoints, (hid_t a), (a))
WRAP_H5(int, H5Sget_simple_extent_ndims, (hid_t a), (a))
WRAP_H5(herr_t, H5Sselect_hyperslab,
        (hid_t a, H5S_seloper_t b, const hsize_t *c, const hsize_t *d,
         const hsize_t *e, const hsize_t *f),
        (a, b, c, d, e, f))
WRAP_ID(H5Pcreate, (hid_t a), (a))
WRAP_H5(herr_t, H5Pset_link_creation_order, (hid_t a, unsigned b), (a, b))
WRAP_H5(herr_t, H5Pset_attr_creation_order, (hid_t a, unsigned b), (a, b))
WRAP_H5(herr_t, H5Pset_obj_track_times, (hid_t a, hbool_t b), (a, b))
WRAP_H5(herr_t, H5Pset_libver_bounds, (hid_t a, H5F_libver_t b, H5F_libver_t c),
        (a, b, c))
WRAP_H5(herr_t, H5Pset_layout, (hid_t a, H5D_layout_t b), (a, b))
WRAP_H5(herr_t, H5Pset_fill_value, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP_H5(herr_t, H5Pset_fill_time, (hid_t a, H5D_fill_time_t b), (a, b))
WRAP_H5(herr_t, H5Pset_alloc_time, (hid_t a, H5D_alloc_time_t b), (a, b))
WRAP_H5(herr_t, H5Pset_sieve_buf_size, (hid_t a, size_t b), (a, b))
WRAP_H5(herr_t, H5Pset_file_locking, (hid_t a, hbool_t b, hbool_t c), (a, b, c))
WRAP_H5(herr_t, H5Pset_fapl_mpio, (hid_t a, MPI_Comm b, MPI_Info c), (a, b, c))
WRAP_H5(herr_t, H5Pset_create_intermediate_group, (hid_t a, unsigned b), (a, b))
WRAP_ID(H5Dcreate2,
        (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f, hid_t g),
        (a, b, c, d, e, f, g))
WRAP_ID(H5Dopen2, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_ID(H5Dget_space, (hid_t a), (a))
WRAP_ID(H5Dget_create_plist, (hid_t a), (a))
WRAP_H5(H5D_layout_t, H5Pget_layout, (hid_t a), (a))
WRAP_IF(haddr_t, H5Dget_offset, (hid_t a), (a), is_of(caller, PROGRAM),
        HADDR_UNDEF)
WRAP_H5(int, H5Pget_external_count, (hid_t a), (a))
WRAP_H5(int, H5Pget_nfilters, (hid_t a), (a))
WRAP_H5(H5Z_filter_t, H5Pget_filter2,
        (hid_t a, unsigned b, unsigned *c, size_t *d, unsigned *e, size_t f,
         char *g, unsigned *h),
        (a, b, c, d, e, f, g, h))
WRAP_H5(int, H5Pget_chunk, (hid_t a, int b, hsize_t *c), (a, b, c))
WRAP_ID(H5Dget_type, (hid_t a), (a))
WRAP_H5(htri_t, H5Tcommitted, (hid_t a), (a))
WRAP_H5(H5T_class_t, H5Tget_class, (hid_t a), (a))
WRAP_H5(herr_t, H5Tset_order, (hid_t a, H5T_order_t b), (a, b))
WRAP_H5(H5T_order_t, H5Tget_order, (hid_t a), (a))
WRAP_H5(htri_t, H5Tequal, (hid_t a, hid_t b), (a, b))
WRAP_H5(herr_t, H5Lget_info, (hid_t a, const char *b, H5L_info_t *c, hid_t d),
        (a, b, c, d))
WRAP_H5(herr_t, H5Dwrite,
        (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, const void *f),
        (a, b, c, d, e, f))
WRAP_H5(herr_t, H5Dread, (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, void *f),
        (a, b, c, d, e, f))
WRAP_ID(H5Gcreate2, (hid_t a, const char *b, hid_t c, hid_t d, hid_t e),
        (a, b, c, d, e))
WRAP_H5(H5I_type_t, H5Iget_type, (hid_t a), (a))
WRAP_ID(H5Oopen, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_ID(H5Fcreate, (const char *a, unsigned b, hid_t c, hid_t d), (a, b, c, d))
WRAP_ID(H5Fopen, (const char *a, unsigned b, hid_t c), (a, b, c))
WRAP_CLOSE(herr_t, H5Fclose, (hid_t a), (a), -1,
           n_objects -= is_of(caller, PROGRAM))
WRAP_CLOSE(int, H5Idec_ref, (hid_t a), (a), -1,
           n_objects -= is_of(caller, PROGRAM))
WRAP_CLOSE(herr_t, H5free_memory, (void *a), (a), -1, (void)0)
WRAP_H5(herr_t, H5Fget_filesize, (hid_t a, hsize_t *b), (a, b))
WRAP_H5(herr_t, H5Fget_vfd_handle, (hid_t a, hid_t b, void **c), (a, b, c))
WRAP_ID(H5Acreate2,
        (hid_t a, const char *b, hid_t c, hid_t d, hid_t e, hid_t f),
        (a, b, c, d, e, f))
WRAP_H5(herr_t, H5Awrite, (hid_t a, hid_t b, const void *c), (a, b, c))
WRAP_H5(herr_t, H5Aread, (hid_t a, hid_t b, void *c), (a, b, c))
WRAP_ID(H5Aopen, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(htri_t, H5Aexists, (hid_t a, const char *b), (a, b))
WRAP_ID(H5Aget_type, (hid_t a), (a))
WRAP_ID(H5Aget_space, (hid_t a), (a))
WRAP_ID(H5Tcopy, (hid_t a), (a))
WRAP_H5(herr_t, H5Tset_size, (hid_t a, size_t b), (a, b))
WRAP_H5(herr_t, H5Tset_cset, (hid_t a, H5T_cset_t b), (a, b))
WRAP_H5(herr_t, H5DSset_scale, (hid_t a, const char *b), (a, b))
WRAP_H5(herr_t, H5DSattach_scale, (hid_t a, hid_t b, unsigned c), (a, b, c))

WRAP_H5(int, H5Sget_simple_extent_dims, (hid_t a, hsize_t *b, hsize_t *c),
        (a, b, c))
WRAP_H5(htri_t, H5Tis_variable_str, (hid_t a), (a))
WRAP_H5(herr_t, H5Literate,
        (hid_t a, H5_index_t b, H5_iter_order_t c, hsize_t *d, H5L_iterate_t e,
         void *f),
        (a, b, c, d, e, f))
WRAP_H5(htri_t, H5Lexists, (hid_t a, const char *b, hid_t c), (a, b, c))
WRAP_H5(herr_t, H5Eset_auto2, (hid_t a, H5E_auto2_t b, void *c), (a, b, c))
WRAP_H5(herr_t, H5Ewalk2, (hid_t a, H5E_direction_t b, H5E_walk2_t c, void *d),
        (a, b, c, d))
WRAP_IF(size_t, H5Tget_size, (hid_t a), (a), is_of(caller, PROGRAM), 0)

WRAP(int, MPI_File_open,
     (MPI_Comm a, const char *b, int c, MPI_Info d, MPI_File *e),
     (a, b, c, d, e), MPI_ERR_IO)
WRAP_CLOSE(int, MPI_File_close, (MPI_File * a), (a), MPI_ERR_IO, (void)0)
WRAP(int, MPI_File_get_info, (MPI_File a, MPI_Info *b), (a, b), MPI_ERR_IO)
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
WRAP(int, renameat, (int a, const char *b, int c, const char *d), (a, b, c, d),
     FAIL_WITH(EACCES))
WRAP(int, mkdir, (const char *a, mode_t b), (a, b), FAIL_WITH(EACCES))
WRAP(int, mkdirat, (int a, const char *b, mode_t c), (a, b, c),
     FAIL_WITH(EACCES))
WRAP(int, posix_fallocate, (int a, off_t b, off_t c), (a, b, c), ENOSPC)
WRAP(FILE *, fopen, (const char *a, const char *b), (a, b),
     (errno = EACCES, NULL))
WRAP(DIR *, opendir, (const char *a), (a), (errno = EACCES, NULL))
WRAP(DIR *, fdopendir, (int a), (a), (errno = EACCES, NULL))
WRAP_CLOSE(int, close, (int a), (a), FAIL_WITH(EIO), (void)0)
WRAP_CLOSE(int, fclose, (FILE * a), (a), FAIL_WITH(EIO), (void)0)

int open(const char *path, int how, ...)
{
    static int (*real)(const char *, int, ...);
    const void *const caller = __builtin_return_address(0);
    va_list more;

    if (real == NULL) {
        *(void **)&real = next("open");
    }
    va_start(more, how);
    const mode_t mode = (how & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;

    va_end(more);
    return is_of(caller, PROGRAM | HDF5) && is_turn("open")
               ? FAIL_WITH(EACCES)
               : real(path, how, mode);
}

int openat(int folder, const char *path, int how, ...)
{
    static int (*real)(int, const char *, int, ...);
    const void *const caller = __builtin_return_address(0);
    va_list more;

    if (real == NULL) {
        *(void **)&real = next("openat");
    }
    va_start(more, how);
    const mode_t mode = (how & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;

    va_end(more);
    return is_of(caller, PROGRAM) && is_turn("openat")
               ? FAIL_WITH(EACCES)
               : real(folder, path, how, mode);
}

WRAP(int, MPI_Win_allocate_shared,
     (MPI_Aint a, int b, MPI_Info c, MPI_Comm d, void *e, MPI_Win *f),
     (a, b, c, d, e, f), MPI_ERR_NO_MEM)

/* The C library's own names: looking up others may ask for memory. */
void *__libc_malloc(size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_memalign(size_t unit, size_t size);
void __libc_free(void *block);

void *aligned_alloc(size_t unit, size_t size)
{
    if (!is_of(__builtin_return_address(0), PROGRAM)) {
        return __libc_memalign(unit, size);
    }
    return is_turn("aligned_alloc") ? NULL : take(__libc_memalign(unit, size));
}

void *malloc(size_t size)
{
    if (!is_of(__builtin_return_address(0), PROGRAM | YAML)) {
        return __libc_malloc(size);
    }
    return is_turn("malloc") ? NULL : take(__libc_malloc(size));
}

void *realloc(void *block, size_t size)
{
    if (!is_of(__builtin_return_address(0), PROGRAM | YAML)) {
        return __libc_realloc(block, size);
    }
    if (is_turn("realloc")) {
        return NULL;
    }
    give_back(block);
    return take(__libc_realloc(block, size));
}

char *strdup(const char *text)
{
    const size_t n = strlen(text) + 1;
    const bool is_ours = is_of(__builtin_return_address(0), PROGRAM | YAML);

    if (is_ours && is_turn("strdup")) {
        return NULL;
    }
    char *copy = __libc_malloc(n);

    if (is_ours) {
        take(copy);
    }
    return copy == NULL ? NULL : memcpy(copy, text, n);
}

void free(void *block)
{
    if (block != NULL && is_of(__builtin_return_address(0), PROGRAM | YAML)) {
        give_back(block);
    }
    __libc_free(block);
}

/* Open MPI's tool interface opens whatever component it has, and that takes
 * three times as long as all the rest of a small run. */
int MPI_T_init_thread(int a, int *b)
{
    (void)a;
    (void)b;
    return MPI_ERR_OTHER;
}
/* NOLINTEND */
