/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "base/regular.h"
#include "store/place.h"

/* Where no file has data, and no library locks any. */
static const off_t claimed_byte = (off_t)1 << 62;

static gold_status refuse_second(const char *name)
{
    return gold_fail(GOLD_ERR_IO,
                     "%s: another run is writing this file; wait for it, or "
                     "name another file (-o)",
                     name);
}

static gold_status name_lock(const char *path, char **name)
{
    const size_t bytes = strlen(path) + sizeof ".lock";

    GOLD_TRY(GOLD_ALLOC(bytes, name));
    (void)snprintf(*name, bytes, "%s.lock", path);
    return GOLD_OK;
}

/* Open the file of a lock, which is empty: what is not is no lock, and not ours
 * to remove. */
static gold_status open_lock(goldi_lock *lock)
{
    struct stat about;

    lock->descriptor =
        open(lock->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (lock->descriptor < 0 && errno == EACCES) {
        /* What another user's killed run has left can be locked all the same.
         */
        lock->descriptor = open(lock->path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        errno = errno == ENOENT ? EACCES : errno;
    }
    if (lock->descriptor < 0 && errno != ELOOP) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be made: %s", lock->path,
                         strerror(errno));
    }
    if (lock->descriptor < 0 || fstat(lock->descriptor, &about) != 0 ||
        !S_ISREG(about.st_mode) || about.st_size > 0) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: is not empty, so it is not the lock that this "
                         "name is for: give that file another name",
                         lock->path);
    }
    return GOLD_OK;
}

static void close_lock(goldi_lock *lock)
{
    if (lock->descriptor >= 0) {
        (void)close(lock->descriptor);
        lock->descriptor = -1;
    }
}

gold_status goldi_lock_take(const char *path, goldi_lock *lock)
{
    gold_status status = GOLD_OK;
    goldi_lock taken = GOLDI_NO_LOCK;

    GOLD_GOTO(name_lock(path, &taken.path));
    do {
        close_lock(&taken);
        GOLD_GOTO(open_lock(&taken));
        taken.is_held = flock(taken.descriptor, LOCK_EX | LOCK_NB) == 0;
        if (!taken.is_held && errno == EWOULDBLOCK) {
            status = refuse_second(path);
            goto done;
        }
        /* The last holder may have removed it in between. */
    } while (!goldi_place_is_there(taken.descriptor, taken.path));
    *lock = taken;
    taken = GOLDI_NO_LOCK;

done:
    close_lock(&taken);
    gold_free(taken.path);
    return status;
}

void goldi_lock_release(goldi_lock *lock)
{
    if (lock->descriptor >= 0 &&
        goldi_place_is_there(lock->descriptor, lock->path)) {
        (void)unlink(lock->path);
    }
    close_lock(lock);
    gold_free(lock->path);
    *lock = GOLDI_NO_LOCK;
}

gold_status goldi_lock_share(int descriptor, const char *name)
{
    if (flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return gold_fail(GOLD_ERR_IO,
                         "%s: another program has this file open for writing: "
                         "close it there first",
                         name);
    }
    return GOLD_OK;
}

gold_status goldi_lock_ask(const char *path)
{
    const int descriptor = gold_regular_open(path, O_RDONLY);
    gold_status status = GOLD_OK;

    if (descriptor >= 0) {
        status = goldi_lock_share(descriptor, path);
        (void)close(descriptor);
    }
    return status;
}

/* Take the byte that only we lock, unless the shared lock of the same file is
 * in the way. */
static gold_status claim(int descriptor, const char *name)
{
    struct flock other;

    do {
        const struct flock wanted = {.l_type = F_WRLCK,
                                     .l_whence = SEEK_SET,
                                     .l_start = claimed_byte,
                                     .l_len = 1};

        if (fcntl(descriptor, F_OFD_SETLK, &wanted) == 0) {
            return GOLD_OK;
        }
        other = wanted;
        if ((errno != EAGAIN && errno != EACCES) ||
            fcntl(descriptor, F_OFD_GETLK, &other) != 0) {
            return GOLD_OK; /* this file system has no such locks */
        }
    } while (other.l_type == F_UNLCK);
    return other.l_type == F_WRLCK && other.l_start == claimed_byte
               ? refuse_second(name)
               : GOLD_OK;
}

gold_status goldi_hold_take(const char *path, const char *name,
                            goldi_hold *hold)
{
    gold_status status = GOLD_OK;
    goldi_hold taken = GOLDI_NO_HOLD;

    taken.claimed = gold_regular_open(path, O_RDWR);
    if (taken.claimed < 0) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: may not be written: %s", name,
                  gold_regular_reason(errno));
    }
    taken.shared = gold_regular_open(path, O_RDONLY);
    if (taken.shared < 0) {
        GOLD_FAIL(GOLD_ERR_IO, "%s: may not be read: %s", name,
                  gold_regular_reason(errno));
    }
    GOLD_GOTO(goldi_lock_share(taken.shared, name));
    GOLD_GOTO(claim(taken.claimed, name));
    *hold = taken;
    taken = GOLDI_NO_HOLD;

done:
    goldi_hold_release(&taken);
    return status;
}

void goldi_hold_release(goldi_hold *hold)
{
    if (hold->shared >= 0) {
        (void)close(hold->shared);
    }
    if (hold->claimed >= 0) {
        (void)close(hold->claimed);
    }
    *hold = GOLDI_NO_HOLD;
}
