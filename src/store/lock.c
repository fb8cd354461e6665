/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "store/place.h"

static gold_status name_lock(const char *path, char **name)
{
    const size_t bytes = strlen(path) + sizeof ".lock";

    GOLD_TRY(GOLD_ALLOC(bytes, name));
    (void)snprintf(*name, bytes, "%s.lock", path);
    return GOLD_OK;
}

gold_status goldi_lock_take(const char *path, goldi_lock *lock)
{
    gold_status status = GOLD_OK;
    goldi_lock taken = GOLDI_NO_LOCK;

    GOLD_GOTO(name_lock(path, &taken.path));
    do {
        if (taken.descriptor >= 0) {
            (void)close(taken.descriptor);
        }
        taken.descriptor = open(taken.path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (taken.descriptor < 0) {
            GOLD_FAIL(GOLD_ERR_IO, "%s: cannot be made: %s", taken.path,
                      strerror(errno));
        }
        if (flock(taken.descriptor, LOCK_EX | LOCK_NB) != 0 &&
            errno == EWOULDBLOCK) {
            GOLD_FAIL(GOLD_ERR_IO,
                      "%s: another run is writing this file; wait for it, or "
                      "name another file (-o)",
                      path);
        }
        /* The last holder may have removed it in between. */
    } while (!goldi_place_is_there(taken.descriptor, taken.path));
    *lock = taken;
    taken = GOLDI_NO_LOCK;

done:
    if (taken.descriptor >= 0) {
        (void)close(taken.descriptor);
    }
    gold_free(taken.path);
    return status;
}

void goldi_lock_release(goldi_lock *lock)
{
    if (lock->descriptor >= 0) {
        (void)unlink(lock->path);
        (void)close(lock->descriptor);
    }
    gold_free(lock->path);
    *lock = GOLDI_NO_LOCK;
}
