/* SPDX-License-Identifier: MIT */
/**
 * @file place.h
 * Where a file goes: folders, temporary names, room, and what stands there
 * already. One process; no HDF5.
 */
#ifndef GOLD_STORE_PLACE_H
#define GOLD_STORE_PLACE_H

#include "goldilocks/status.h"

/* Tell whether a regular file is there. Fails for anything else of that name,
 * or when nobody may look. */
GOLD_CHECKED gold_status goldi_place_exists(const char *path, bool *exists);

/* Fail unless the existing file may be written, all of it: its room is taken
 * where it has holes. */
GOLD_CHECKED gold_status goldi_place_claim(const char *path);

/* True while the open file is still the one of that name. */
bool goldi_place_is_there(int descriptor, const char *path);

/* Make the folders above `path`. */
GOLD_CHECKED gold_status goldi_place_make_parents(const char *path);

/* Take the room for `bytes` of an open file now, and fail when there is not so
 * much: no space, no quota, a limit. */
GOLD_CHECKED gold_status goldi_place_reserve(int descriptor, double bytes);

/* Create an empty file, or empty it, where a little room is. What has none is
 * not begun: HDF5 cannot let go of a file that it cannot finish, and crashes
 * at exit. */
GOLD_CHECKED gold_status goldi_place_create(const char *path);

/* "PATH.tmp-PID", owned by the caller. */
GOLD_CHECKED gold_status goldi_place_temporary(const char *path, char **name);

/* Give a finished file its name, replacing what has it. */
GOLD_CHECKED gold_status goldi_place_rename(const char *from, const char *to);

/* What the first bytes of a file say that it is: "a PNG image". Static. */
const char *goldi_place_guess(const char *path);

/* What goldi_place_guess says of HDF5 files. */
extern const char goldi_place_hdf5[];

#endif
