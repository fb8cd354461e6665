/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <dirent.h>

#include "goldilocks/digest.h"
#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "base/regular.h"
#include "store/place.h"

/* Raised whenever what a file holds changes, or bits of a training do: one that
 * went on with others would not be what it is without a pause. */
enum {
    VERSION = 2
};

static const char checkpoint_magic[8] = "GOLDCKP";
static const char file_prefix[] = "task-";

/* The folder that has the result file is held open, so that it is the same one
 * whatever it is called later, and not another of its name. */
struct gold_checkpoints {
    int parent;
    char *folder;                 /* its name in there */
    char owner[GOLD_DIGEST_TEXT]; /* of the study and its data */
};

/* What a file begins with; then the bytes. */
typedef struct header {
    char magic[sizeof checkpoint_magic];
    uint64_t version;
    uint64_t n_bytes;
    double seconds;
    char owner[GOLD_DIGEST_TEXT + 7];  /* of study, data and task */
    char digest[GOLD_DIGEST_TEXT + 7]; /* of seconds and the bytes */
} header;

/* The folder beside a result file, however the file is named; owned by the
 * caller. */
static gold_status folder_of(const char *path, char **folder)
{
    gold_status status = GOLD_OK;
    char *real = NULL;
    size_t room = 0;

    GOLD_GOTO(goldi_place_follow(path, &real));
    room = strlen(real) + 16;
    GOLD_GOTO(GOLD_ALLOC(room, folder));
    (void)snprintf(*folder, room, "%s.checkpoints", real);

done:
    gold_free(real);
    return status;
}

/* Open the folder that ours is in, and keep the name of ours alone. */
static gold_status hold_parent(gold_checkpoints *checkpoints)
{
    char *path = checkpoints->folder;
    char *slash = strrchr(path, '/');
    char *name = slash != NULL ? slash + 1 : path;
    const char *parent = slash == NULL ? "." : slash == path ? "/" : path;

    if (slash != NULL && slash != path) {
        *slash = '\0';
    }
    checkpoints->parent = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (checkpoints->parent < 0) {
        return gold_fail(GOLD_ERR_IO, "folder %s: %s", parent, strerror(errno));
    }
    memmove(path, name, strlen(name) + 1);
    return GOLD_OK;
}

gold_status gold_checkpoints_open(const char *path, const gold_study *study,
                                  const char *data_digest,
                                  gold_checkpoints **checkpoints)
{
    gold_status status = GOLD_OK;
    gold_checkpoints *made = NULL;
    char *identity = NULL;

    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->parent = -1;
    GOLD_GOTO(folder_of(path, &made->folder));
    GOLD_GOTO(hold_parent(made));
    GOLD_GOTO(gold_study_identity(study, &identity));
    const gold_bytes pieces[] = {{identity, strlen(identity) + 1},
                                 {data_digest, strlen(data_digest)}};

    GOLD_GOTO(gold_digest(pieces, 2, made->owner));
    *checkpoints = made;
    made = NULL;

done:
    gold_checkpoints_close(&made);
    gold_free(identity);
    return status;
}

/* Refused by the system unless it is empty. */
static void remove_folder(const gold_checkpoints *checkpoints)
{
    (void)unlinkat(checkpoints->parent, checkpoints->folder, AT_REMOVEDIR);
}

void gold_checkpoints_close(gold_checkpoints **checkpoints)
{
    gold_checkpoints *open = *checkpoints;

    if (open == NULL) {
        return;
    }
    if (open->parent >= 0) {
        remove_folder(open);
        (void)close(open->parent);
    }
    gold_free(open->folder);
    gold_free(open);
    *checkpoints = NULL;
}

/* "FOLDER/NAME" in the parent, owned by the caller. */
static gold_status path_in(const gold_checkpoints *checkpoints,
                           const char *name, char **path)
{
    const size_t room = strlen(checkpoints->folder) + strlen(name) + 2;

    GOLD_TRY(GOLD_ALLOC(room, path));
    (void)snprintf(*path, room, "%s/%s", checkpoints->folder, name);
    return GOLD_OK;
}

static gold_status path_of(const gold_checkpoints *checkpoints, size_t task,
                           char **path)
{
    char name[48];

    (void)snprintf(name, sizeof name, "%s%zu", file_prefix, task);
    return path_in(checkpoints, name, path);
}

/* The header of a task's file with these bytes. */
static gold_status describe(const gold_checkpoints *checkpoints, size_t task,
                            double seconds, gold_bytes bytes, header *made)
{
    const uint64_t id = task;
    const gold_bytes owner[] = {{checkpoints->owner, sizeof checkpoints->owner},
                                {&id, sizeof id}};
    const gold_bytes content[] = {{&seconds, sizeof seconds}, bytes};

    *made = (header){
        .version = VERSION, .n_bytes = bytes.bytes, .seconds = seconds};
    memcpy(made->magic, checkpoint_magic, sizeof checkpoint_magic);
    GOLD_TRY(gold_digest(owner, 2, made->owner));
    return gold_digest(content, 2, made->digest);
}

/* Write all bytes; false with errno set when that cannot be. */
static bool write_all(int descriptor, gold_bytes bytes)
{
    const char *at = bytes.data;
    size_t left = bytes.bytes;

    while (left > 0) {
        const ssize_t n = write(descriptor, at, left);

        if (n < 0 && errno != EINTR) {
            return false;
        }
        if (n > 0) {
            at += n;
            left -= (size_t)n;
        }
    }
    return true;
}

/* Make a file of the pieces, on disk when this returns; nothing is left of one
 * that cannot be made. */
static gold_status write_file(int parent, const char *path,
                              const gold_bytes pieces[2])
{
    const int descriptor = openat(parent, path, O_WRONLY | O_TRUNC | O_CLOEXEC);
    bool is_good = descriptor >= 0 && write_all(descriptor, pieces[0]) &&
                   write_all(descriptor, pieces[1]) && fsync(descriptor) == 0;
    const int error = errno;

    if (descriptor >= 0) {
        is_good = close(descriptor) == 0 && is_good;
    }
    if (!is_good) {
        (void)unlinkat(parent, path, 0);
        return gold_fail(GOLD_ERR_IO, "%s: %s", path, strerror(error));
    }
    return GOLD_OK;
}

/* Is something there that no checkpoint begins like? An empty file is none's,
 * but nobody misses it. */
static bool is_strange(int parent, const char *path)
{
    char magic[sizeof checkpoint_magic];
    const int descriptor = gold_regular_open_at(parent, path, O_RDONLY);
    ssize_t n = -1;

    if (descriptor < 0) {
        return errno != ENOENT && errno != ENOTDIR;
    }
    n = read(descriptor, magic, sizeof magic);
    (void)close(descriptor);
    return n != 0 && (n != (ssize_t)sizeof magic ||
                      memcmp(magic, checkpoint_magic, sizeof magic) != 0);
}

gold_status gold_checkpoint_write(const gold_checkpoints *checkpoints,
                                  size_t task, double seconds,
                                  const void *bytes, size_t n_bytes)
{
    gold_status status = GOLD_OK;
    const gold_bytes content = {bytes, n_bytes};
    char *path = NULL;
    char *temporary = NULL;
    const int parent = checkpoints->parent;
    header head;

    GOLD_GOTO(describe(checkpoints, task, seconds, content, &head));
    GOLD_GOTO(path_of(checkpoints, task, &path));
    if (is_strange(checkpoints->parent, path)) {
        GOLD_FAIL(GOLD_ERR_IO,
                  "%s: is not a training under way, so it is not replaced",
                  path);
    }
    /* What else is wrong shows when a file is to be made in it. */
    (void)mkdirat(parent, checkpoints->folder, 0777);
    GOLD_GOTO(goldi_place_temporary(parent, path, &temporary));
    const gold_bytes pieces[2] = {{&head, sizeof head}, content};

    GOLD_GOTO(write_file(parent, temporary, pieces));
    status = goldi_place_rename(parent, temporary, path);
    if (status != GOLD_OK) {
        (void)unlinkat(parent, temporary, 0);
    }

done:
    gold_free(path);
    gold_free(temporary);
    return status;
}

/* Read a whole file: its header and what follows, owned by the caller. NULL
 * when there is none, or not even a header. */
static gold_status read_file(int parent, const char *path, header *head,
                             void **bytes, size_t *n_bytes)
{
    gold_status status = GOLD_OK;
    const int descriptor = gold_regular_open_at(parent, path, O_RDONLY);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "rb");
    struct stat about;
    void *read = NULL;

    *bytes = NULL;
    if (file == NULL || fstat(descriptor, &about) != 0 ||
        fread(head, sizeof *head, 1, file) != 1 ||
        head->n_bytes != (uint64_t)about.st_size - sizeof *head) {
        goto done;
    }
    *n_bytes = (size_t)head->n_bytes;
    GOLD_GOTO(gold_alloc(*n_bytes, 1, &read));
    if (fread(read, 1, *n_bytes, file) == *n_bytes) {
        *bytes = read;
        read = NULL;
    }

done:
    if (file != NULL) {
        (void)fclose(file);
    } else if (descriptor >= 0) {
        (void)close(descriptor);
    }
    gold_free(read);
    return status;
}

gold_status gold_checkpoint_read(const gold_checkpoints *checkpoints,
                                 size_t task, double *seconds, void **bytes,
                                 size_t *n_bytes)
{
    gold_status status = GOLD_OK;
    char *path = NULL;
    void *found = NULL;
    size_t n_found = 0;
    header head;
    header expected;

    *seconds = 0.0;
    *bytes = NULL;
    *n_bytes = 0;
    GOLD_GOTO(path_of(checkpoints, task, &path));
    GOLD_GOTO(read_file(checkpoints->parent, path, &head, &found, &n_found));
    if (found == NULL) {
        goto done;
    }
    GOLD_GOTO(describe(checkpoints, task, head.seconds,
                       (gold_bytes){found, n_found}, &expected));
    /* NOLINTNEXTLINE(*-comparison,*-exp42-c,*-flp37-c): the bits count */
    if (memcmp(&head, &expected, sizeof head) == 0) {
        *seconds = head.seconds;
        *bytes = found;
        *n_bytes = n_found;
        found = NULL;
    }

done:
    gold_free(path);
    gold_free(found);
    return status;
}

/* Remove one file of the folder, if it is ours and memory allows. */
static void remove_name(const gold_checkpoints *checkpoints, const char *name)
{
    char *path = NULL;

    if (path_in(checkpoints, name, &path) == GOLD_OK &&
        !is_strange(checkpoints->parent, path)) {
        (void)unlinkat(checkpoints->parent, path, 0);
    }
    gold_free(path);
}

void gold_checkpoint_remove(const gold_checkpoints *checkpoints, size_t task)
{
    char name[48];

    (void)snprintf(name, sizeof name, "%s%zu", file_prefix, task);
    remove_name(checkpoints, name);
}

/* "task-7", and "task-7.tmp-99" that a kill has left. */
static bool is_name_of_task(const char *name)
{
    const char *number = name + sizeof file_prefix - 1;

    if (strncmp(name, file_prefix, sizeof file_prefix - 1) != 0) {
        return false;
    }
    const size_t n_digits = strspn(number, "0123456789");
    const char *rest = number + n_digits;

    return n_digits > 0 && (rest[0] == '\0' || strncmp(rest, ".tmp-", 5) == 0);
}

void gold_checkpoints_clear(const gold_checkpoints *checkpoints)
{
    const int descriptor = openat(checkpoints->parent, checkpoints->folder,
                                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = descriptor < 0 ? NULL : fdopendir(descriptor);
    const struct dirent *entry = NULL;

    if (folder == NULL) {
        if (descriptor >= 0) {
            (void)close(descriptor);
        }
        return;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (is_name_of_task(entry->d_name)) {
            remove_name(checkpoints, entry->d_name);
        }
    }
    (void)closedir(folder);
    remove_folder(checkpoints);
}

size_t gold_checkpoints_count(const char *path)
{
    const struct dirent *entry = NULL;
    DIR *folder = NULL;
    char *name = NULL;
    size_t n = 0;

    if (folder_of(path, &name) != GOLD_OK) {
        gold_fail_clear();
        return 0;
    }
    folder = opendir(name);
    gold_free(name);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        n += strncmp(entry->d_name, file_prefix, sizeof file_prefix - 1) == 0 &&
             strchr(entry->d_name, '.') == NULL;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return n;
}
