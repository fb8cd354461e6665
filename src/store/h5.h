/* SPDX-License-Identifier: MIT */
/**
 * @file h5.h
 * HDF5 with our manner: reasons in our messages instead of printed stacks, ids
 * that close in one way, and attributes that h5py, netCDF and xarray all read.
 */
#ifndef GOLD_STORE_H5_H
#define GOLD_STORE_H5_H

#include <stdbool.h>

#include <hdf5.h>

#include "goldilocks/status.h"

/* Stop HDF5 from printing; at every entry of the module, as the setting is the
 * library's and somebody else may have changed it. */
void goldi_h5_quiet(void);

/* Fail with the formatted message, ": " and HDF5's innermost reason. */
gold_status goldi_h5_fail(gold_status status, const char *format, ...)
    GOLD_PRINTF(2, 3);

/* How often it has: HDF5 found in a file, or about the system, what it cannot
 * go on with. */
size_t goldi_h5_n_failed(void);

#define GOLDI_H5_FAIL(code, ...)                                               \
    do {                                                                       \
        status = goldi_h5_fail((code), __VA_ARGS__);                           \
        goto done;                                                             \
    } while (0)

/* Evaluate a call of HDF5 and fail when it does. */
#define GOLDI_H5(call, ...)                                                    \
    do {                                                                       \
        if ((call) < 0) {                                                      \
            status = goldi_h5_fail(GOLD_ERR_IO, __VA_ARGS__);                  \
            goto done;                                                         \
        }                                                                      \
    } while (0)

/* Close whatever the id is; H5I_INVALID_HID is allowed. */
void goldi_h5_close(hid_t *id);

/* Is nothing of the file open but this? Also true after something could not be
 * closed, which goldi_h5_close_file tells. */
bool goldi_h5_is_last(hid_t file);

/* Close a file, whose last bytes may be refused only now. Fails too when
 * goldi_h5_close could not close something since the last file was closed. */
GOLD_CHECKED gold_status goldi_h5_close_file(hid_t *file, const char *path);

/* Create (replacing) by one process, with room for `bytes` of data. */
GOLD_CHECKED gold_status goldi_h5_create(const char *path, double bytes,
                                         hid_t *file);

/* Open for reading by one process, without locks: a job may be writing. */
GOLD_CHECKED gold_status goldi_h5_open(const char *path, hid_t *file);

/* File access: the format that needs no "open for writing" mark with MPI-IO
 * and keeps large attributes, no insisting on locks, and no sieve buffer. That
 * one would keep small writes back, each dataset's for itself, and so let a
 * point's status reach the file before its values do; today's MPI-IO driver
 * has none, but that is the driver's own affair. */
GOLD_CHECKED gold_status goldi_h5_access(hid_t *access);

/* The type of text attributes and axis labels: variable length UTF-8, what
 * netCDF-4 calls a string, and what h5py gives back as str. */
GOLD_CHECKED gold_status goldi_h5_text_type(hid_t *type);

/* Attach a text, "" too; NULL is none. */
GOLD_CHECKED gold_status goldi_h5_set_text(hid_t object, const char *name,
                                           const char *text);

/* Attach `n` numbers of an HDF5 type, as netCDF does: one dimension; 0: one
 * number, of none. */
GOLD_CHECKED gold_status goldi_h5_set_numbers(hid_t object, const char *name,
                                              hid_t type, size_t n,
                                              const void *numbers);

/* Does a file, or group, have something of that name? */
GOLD_CHECKED gold_status goldi_h5_look(hid_t file, const char *name,
                                       bool *exists);

/* Read an attribute that is one number; it stays what it was when there is
 * none. */
GOLD_CHECKED gold_status goldi_h5_get_integer(hid_t object, const char *name,
                                              int64_t *number);

/* Read a text attribute, NULL when there is none; owned by the caller. */
GOLD_CHECKED gold_status goldi_h5_get_text(hid_t object, const char *name,
                                           char **text);

#endif
