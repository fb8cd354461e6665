/* SPDX-License-Identifier: MIT */
#include "store/place.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "base/foreign.h"
#include "base/regular.h"

enum {
    MOST_LINKS = 40,  /* one after the other, as the system has it */
    MOST_LEFT = 1000, /* temporary files of one name that kills left */
    SUFFIX_BYTES = 16 /* of "NAME.tmp-4194304-999", the longest */
};

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

/* Bytes of `path` up to its last name. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? 0 : (size_t)(slash - path) + 1;
}

/* Where the link at `path` leads to; unchanged for what is no link. Longer
 * targets than systems have are cut, and then lead nowhere. */
static gold_status follow_once(char **path, bool *is_link)
{
    char target[PATH_MAX];
    const ssize_t n = readlink(*path, target, sizeof target - 1);
    char *joined = NULL;

    *is_link = n > 0;
    if (!*is_link) {
        return GOLD_OK;
    }
    target[n] = '\0';
    const int length = target[0] == '/' ? 0 : (int)folder_length(*path);
    const size_t room = (size_t)length + (size_t)n + 1;

    GOLD_TRY(GOLD_ALLOC(room, &joined));
    (void)snprintf(joined, room, "%.*s%s", length, *path, target);
    gold_free(*path);
    *path = joined;
    return GOLD_OK;
}

gold_status goldi_place_follow(const char *path, char **real)
{
    gold_status status = GOLD_OK;
    char *at = NULL;
    bool is_link = true;

    GOLD_GOTO(gold_copy_text(path, &at));
    for (int i = 0; is_link; i++) {
        if (i == MOST_LINKS) {
            GOLD_FAIL(GOLD_ERR_IO, "%s: %s", path, strerror(ELOOP));
        }
        GOLD_GOTO(follow_once(&at, &is_link));
    }
    *real = at;
    at = NULL;

done:
    gold_free(at);
    return status;
}

/* Bytes that a name may have where the path leads. */
static size_t longest_name(const char *path)
{
    const size_t folder = folder_length(path);
    char text[PATH_MAX] = ".";

    if (folder > 0) {
        (void)snprintf(text, sizeof text, "%.*s", (int)folder, path);
    }
    const long found = pathconf(text, _PC_NAME_MAX);

    return found > 0 ? (size_t)found : NAME_MAX;
}

gold_status goldi_place_check_name(const char *path)
{
    const size_t n_bytes = strlen(path + folder_length(path));
    const size_t most = longest_name(path) - SUFFIX_BYTES;

    if (n_bytes > most) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: its name has %zu bytes, and may have %zu: other "
                         "files with longer names stand beside it while it is "
                         "written; choose a shorter one",
                         path, n_bytes, most);
    }
    return GOLD_OK;
}

static gold_status refuse_folder(const char *path)
{
    const bool has_slash = path[strlen(path) - 1] == '/';
    struct stat about;

    if (stat(path, &about) != 0 && errno == ENOENT) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: is the name of a folder, which is not there "
                         "either; name a file, such as %sresult.h5, and the "
                         "folder is made",
                         path, path);
    }
    return gold_fail(GOLD_ERR_IO,
                     "%s: is a folder; name a file in it, such as "
                     "%s%sresult.h5",
                     path, path, has_slash ? "" : "/");
}

gold_status goldi_place_exists(const char *path, bool *exists)
{
    struct stat about;

    if (path[0] == '\0') {
        return gold_fail(GOLD_ERR_IO, "the name of the file is empty");
    }
    if (path[strlen(path) - 1] == '/') {
        return refuse_folder(path);
    }
    if (stat(path, &about) != 0) {
        if (errno != ENOENT && errno != ENOTDIR) {
            return gold_fail(GOLD_ERR_IO, "%s: %s", path, strerror(errno));
        }
        *exists = false;
        return GOLD_OK;
    }
    if (S_ISDIR(about.st_mode)) {
        return refuse_folder(path);
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
    (void)close(descriptor);
    return gold_fail_context(status, "%s: may not be written", path);
}

bool goldi_place_is_there(int descriptor, const char *path)
{
    struct stat opened;
    struct stat named;

    return fstat(descriptor, &opened) == 0 && stat(path, &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

bool goldi_place_is_whole(int descriptor)
{
    unsigned char head[GOLD_FOREIGN_BYTES];
    const ssize_t n = pread(descriptor, head, sizeof head, 0);

    return n > 0 && gold_foreign_guess(head, (size_t)n) == gold_foreign_hdf5;
}

/* Make one folder unless it is there. */
static gold_status make_folder(const char *path, size_t *n_made)
{
    struct stat about;

    if (mkdir(path, 0777) == 0) {
        *n_made += 1;
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

gold_status goldi_place_make_parents(const char *path, size_t *n_made)
{
    gold_status status = GOLD_OK;
    char *folder = NULL;

    *n_made = 0;
    GOLD_GOTO(gold_copy_text(path, &folder));
    for (char *slash = folder; (slash = strchr(slash + 1, '/')) != NULL;) {
        *slash = '\0';
        GOLD_GOTO(make_folder(folder, n_made));
        *slash = '/';
    }

done:
    if (status != GOLD_OK && folder != NULL) {
        goldi_place_remove_parents(folder, *n_made);
        *n_made = 0;
    }
    gold_free(folder);
    return status;
}

void goldi_place_remove_parents(char *path, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        path[folder_length(path) - 1] = '\0';
        (void)rmdir(path);
    }
}

gold_status goldi_place_reserve(int descriptor, double bytes)
{
    const off_t size = (off_t)bytes;

    GOLD_TRY(take_room(descriptor, size + GOLD_SPARE_BYTES));
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

/* The i-th name for a temporary file of this process. */
static void temporary_name(const char *path, int i, char *text, size_t n_bytes)
{
    const int n = snprintf(text, n_bytes, "%s.tmp-%ld", path, (long)getpid());

    if (i > 0) {
        (void)snprintf(text + n, n_bytes - (size_t)n, "-%d", i);
    }
}

gold_status goldi_place_temporary(int folder, const char *path, char **name)
{
    const size_t n_bytes = strlen(path) + 48;
    int descriptor = -1;
    int error = EEXIST;
    char *text = NULL;

    GOLD_TRY(GOLD_ALLOC(n_bytes, &text));
    for (int i = 0; i < MOST_LEFT && error == EEXIST; i++) {
        temporary_name(path, i, text, n_bytes);
        descriptor =
            openat(folder, text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        error = descriptor < 0 ? errno : 0;
    }
    if (error != 0) {
        const gold_status status =
            gold_fail(GOLD_ERR_IO, "%s: %s", text, strerror(error));

        gold_free(text);
        return status;
    }
    (void)close(descriptor);
    *name = text;
    return GOLD_OK;
}

gold_status goldi_place_rename(int folder, const char *from, const char *to)
{
    if (renameat(folder, from, folder, to) != 0) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be put in place: %s", to,
                         strerror(errno));
    }
    return GOLD_OK;
}

gold_status goldi_place_guess(const char *path, const char **what)
{
    gold_status status = GOLD_OK;
    unsigned char head[GOLD_FOREIGN_BYTES] = {0};
    const int descriptor = gold_regular_open(path, O_RDONLY);
    const ssize_t n = descriptor < 0 ? -1 : read(descriptor, head, sizeof head);

    if (n < 0) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: %s", path, gold_regular_reason(errno));
    }
    *what = gold_foreign_guess(head, (size_t)n);

done:
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}
