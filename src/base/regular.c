/* SPDX-License-Identifier: MIT */
#include "base/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* No opening of ours fails with it otherwise. */
enum {
    NO_FILE = ESPIPE
};

int gold_regular_open(const char *path, int how)
{
    return gold_regular_open_at(AT_FDCWD, path, how);
}

int gold_regular_open_at(int folder, const char *path, int how)
{
    const int descriptor = openat(folder, path, how | O_NONBLOCK | O_CLOEXEC);
    struct stat about;
    int error = 0;

    if (descriptor < 0) {
        /* What opens a socket, or a pipe that nobody reads. */
        errno = errno == ENXIO ? NO_FILE : errno;
        return -1;
    }
    if (fstat(descriptor, &about) != 0) {
        error = errno;
    } else if (!S_ISREG(about.st_mode)) {
        error = S_ISDIR(about.st_mode) ? EISDIR : NO_FILE;
    }
    if (error != 0) {
        (void)close(descriptor);
        errno = error;
        return -1;
    }
    return descriptor;
}

const char *gold_regular_reason(int error)
{
    return error == NO_FILE ? "is a device or pipe, not a file"
                            : strerror(error);
}
