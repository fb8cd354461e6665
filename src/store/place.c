/* SPDX-License-Identifier: MIT */
#include "store/place.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "goldilocks/memory.h"

static const double mebibyte = 1048576.0;

/* Have room on disk for an open file of that size. */
static gold_status take_room(int descriptor, off_t size)
{
    const int error = posix_fallocate(descriptor, 0, size);

    if (error == ENOSPC || error == EDQUOT || error == EFBIG || error == EIO) {
        return gold_fail(GOLD_ERR_IO, "%.1f MiB are needed: %s",
                         (double)size / mebibyte, strerror(error));
    }
    /* Other errors say that this file system cannot reserve. */
    return GOLD_OK;
}

gold_status goldi_place_exists(const char *path, bool *exists)
{
    struct stat about;

    if (path[0] == '\0') {
        return gold_fail(GOLD_ERR_IO, "the name of the file is empty");
    }
    if (stat(path, &about) != 0) {
        if (errno != ENOENT) {
            return gold_fail(GOLD_ERR_IO, "%s: %s", path, strerror(errno));
        }
        *exists = false;
        return GOLD_OK;
    }
    if (S_ISDIR(about.st_mode)) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: is a folder; name a file in it, such as "
                         "%s/result.h5",
                         path, path);
    }
    if (!S_ISREG(about.st_mode)) {
        return gold_fail(GOLD_ERR_IO, "%s: is a device or pipe, not a file",
                         path);
    }
    *exists = true;
    return GOLD_OK;
}

/* Take the room that an open file has not on disk, as a copy may that left out
 * the zeros: later there may be none. */
static gold_status fill_holes(int descriptor)
{
    const off_t unit = 512; /* of st_blocks */
    struct stat about;
    struct rlimit limit;

    if (fstat(descriptor, &about) != 0) {
        return gold_fail(GOLD_ERR_IO, "%s", strerror(errno));
    }
    if (getrlimit(RLIMIT_FSIZE, &limit) == 0 &&
        limit.rlim_cur != RLIM_INFINITY &&
        (rlim_t)about.st_size > limit.rlim_cur) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: the limit here is %.1f MiB (ulimit -f)",
                         strerror(EFBIG), (double)limit.rlim_cur / mebibyte);
    }
    return (off_t)about.st_blocks * unit >= about.st_size
               ? GOLD_OK
               : take_room(descriptor, about.st_size);
}

gold_status goldi_place_claim(const char *path)
{
    gold_status status = GOLD_OK;
    const int descriptor = open(path, O_RDWR | O_CLOEXEC);

    if (descriptor < 0) {
        return gold_fail(GOLD_ERR_IO, "%s: may not be written: %s", path,
                         strerror(errno));
    }
    status = fill_holes(descriptor);
    if (status != GOLD_OK) {
        gold_fail_context("%s: may not be written", path);
    }
    (void)close(descriptor);
    return status;
}

bool goldi_place_is_there(int descriptor, const char *path)
{
    struct stat opened;
    struct stat named;

    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

/* Make one folder unless it is there. */
static gold_status make_folder(const char *path)
{
    struct stat about;

    if (mkdir(path, 0777) == 0) {
        return GOLD_OK;
    }
    const int error = errno;

    if (stat(path, &about) == 0) {
        if (S_ISDIR(about.st_mode)) {
            return GOLD_OK;
        }
        return gold_fail(GOLD_ERR_IO, "%s: is a file, so nothing can lie in it",
                         path);
    }
    return gold_fail(GOLD_ERR_IO, "folder %s cannot be made: %s", path,
                     strerror(error));
}

gold_status goldi_place_make_parents(const char *path)
{
    gold_status status = GOLD_OK;
    char *folder = NULL;

    GOLD_GOTO(gold_copy_text(path, &folder));
    for (char *slash = folder; (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        GOLD_GOTO(make_folder(folder));
        *slash = '/';
    }

done:
    gold_free(folder);
    return status;
}

gold_status goldi_place_reserve(int descriptor, double bytes)
{
    const off_t size = (off_t)bytes;
    const off_t spare = (off_t)1 << 22; /* for all that is not data */

    GOLD_TRY(take_room(descriptor, size + spare));
    if (ftruncate(descriptor, size) != 0) {
        return gold_fail(GOLD_ERR_IO, "room cannot be given back: %s",
                         strerror(errno));
    }
    return GOLD_OK;
}

gold_status goldi_place_create(const char *path)
{
    gold_status status = GOLD_OK;
    const int descriptor =
        open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    if (descriptor < 0) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: %s", path, strerror(errno));
    }
    GOLD_GOTO(goldi_place_reserve(descriptor, 0.0));

done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}

gold_status goldi_place_temporary(const char *path, char **name)
{
    const size_t n_bytes = strlen(path) + 32;
    char *text = NULL;

    GOLD_TRY(GOLD_ALLOC(n_bytes, &text));
    (void)snprintf(text, n_bytes, "%s.tmp-%ld", path, (long)getpid());
    *name = text;
    return GOLD_OK;
}

gold_status goldi_place_rename(const char *from, const char *to)
{
    if (rename(from, to) != 0) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be put in place: %s", to,
                         strerror(errno));
    }
    return GOLD_OK;
}

const char goldi_place_hdf5[] = "an HDF5 file";

static const struct {
    size_t n_bytes;
    const char *bytes;
    const char *what;
} signatures[] = {
    {8, "\211HDF\r\n\032\n", goldi_place_hdf5},
    {8, "\211PNG\r\n\032\n", "a PNG image"},
    {3, "\377\330\377", "a JPEG image"},
    {4, "GIF8", "a GIF image"},
    {5, "%PDF-", "a PDF document"},
    {4, "\177ELF", "a program"},
    {3, "CDF", "a netCDF file of the classic format, not netCDF-4"},
    {2, "\037\213", "a gzip file"},
    {4, "PK\003\004", "a zip archive (or .npz, .pt)"},
    {6, "\223NUMPY", "a NumPy array"},
    {3, "BZh", "a bzip2 file"},
    {6, "\3757zXZ", "an xz file"},
    {2, "#!", "a script"},
    {15, "SQLite format 3", "an SQLite database"},
};

static bool is_printable(const unsigned char *bytes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] < 0x80 && !isprint(bytes[i]) && !isspace(bytes[i])) {
            return false;
        }
    }
    return true;
}

const char *goldi_place_guess(const char *path)
{
    unsigned char head[64] = {0};
    const size_t n_signatures = sizeof signatures / sizeof *signatures;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        return "unreadable";
    }
    const size_t n = fread(head, 1, sizeof head, file);

    (void)fclose(file);
    if (n == 0) {
        return "empty";
    }
    for (size_t i = 0; i < n_signatures; i++) {
        if (n >= signatures[i].n_bytes &&
            memcmp(head, signatures[i].bytes, signatures[i].n_bytes) == 0) {
            return signatures[i].what;
        }
    }
    return is_printable(head, n) ? "plain text" : "of an unknown kind";
}
