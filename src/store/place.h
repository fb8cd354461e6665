/* SPDX-License-Identifier: MIT */
/**
 * @file place.h
 * Where a file goes: folders, temporary names, room, and what stands there
 * already. One process; no HDF5.
 */
#ifndef GOLD_STORE_PLACE_H
#define GOLD_STORE_PLACE_H

#include "goldilocks/status.h"

/* Where a file is whose name may be a symbolic link, or a link to one, also to
 * what is not there yet; owned by the caller. */
GOLD_CHECKED gold_status goldi_place_follow(const char *path, char **real);

/* Tell whether a regular file is there. Fails for anything else of that name,
 * for the name of a folder ("x/"), or when nobody may look. */
GOLD_CHECKED gold_status goldi_place_exists(const char *path, bool *exists);

/* Fail where the name is so long that what stands beside the file while it is
 * written (a lock, a temporary file, trainings under way) can have none. */
GOLD_CHECKED gold_status goldi_place_check_name(const char *path);

/* Fail unless the existing file may be written, all of it: its room is taken
 * where it has holes. */
GOLD_CHECKED gold_status goldi_place_claim(const char *path);

/* True while the open file is still the one of that name. */
bool goldi_place_is_there(int descriptor, const char *path);

/* True while the open file begins as HDF5 files do: a program that opens it to
 * write it anew empties it before it asks for any lock. */
bool goldi_place_is_whole(int descriptor);

/* Make the folders above `path`, `n_made` of them; on failure none stays. */
GOLD_CHECKED gold_status goldi_place_make_parents(const char *path,
                                                  size_t *n_made);

/* Remove the last `n` folders above `path`, which is cut short by their names,
 * as far as they are empty. */
void goldi_place_remove_parents(char *path, size_t n);

/* Take the room for `bytes` of an open file now, and fail when there is not so
 * much: no space, no quota, a limit. */
GOLD_CHECKED gold_status goldi_place_reserve(int descriptor, double bytes);

/* Create an empty file, or empty it, where a little room is. What has none is
 * not begun: HDF5 cannot let go of a file that it cannot finish, and crashes
 * at exit. */
GOLD_CHECKED gold_status goldi_place_create(const char *path);

/* Make an empty file "PATH.tmp-PID", or of a name like it that nobody has;
 * its name is owned by the caller. Paths are relative to an open folder, or
 * AT_FDCWD, here and in the next. */
GOLD_CHECKED gold_status goldi_place_temporary(int folder, const char *path,
                                               char **name);

/* Give a finished file its name, replacing what has it. */
GOLD_CHECKED gold_status goldi_place_rename(int folder, const char *from,
                                            const char *to);

/* Tell what the first bytes of a file say that it is (gold_foreign_guess);
 * fails where they cannot be read: no permission, too many open files. */
GOLD_CHECKED gold_status goldi_place_guess(const char *path, const char **what);

#endif
