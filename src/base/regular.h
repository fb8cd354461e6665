/* SPDX-License-Identifier: MIT */
/** @file regular.h Opening what is a file, and nothing that makes one wait. */
#ifndef GOLD_BASE_REGULAR_H
#define GOLD_BASE_REGULAR_H

/* Open a regular file as open(2) does: O_RDONLY, O_RDWR. Pipes, devices and
 * folders, which could keep the opening or the reading waiting for ever, are
 * refused. Returns -1 on failure, with errno set. */
int gold_regular_open(const char *path, int how);

/* The same for a path below an open folder, as openat(2). */
int gold_regular_open_at(int folder, const char *path, int how);

/* Why gold_regular_open has set `error`. */
const char *gold_regular_reason(int error);

#endif
