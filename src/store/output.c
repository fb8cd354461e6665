/* SPDX-License-Identifier: MIT */
#include "store/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/identity.h"
#include "store/place.h"

/* Fail when the existing file is one of those that the command reads. */
static gold_status check_inputs(const gold_output_request *request,
                                const char *path)
{
    struct stat made;
    struct stat read;

    if (stat(path, &made) != 0) {
        return GOLD_OK;
    }
    for (size_t i = 0; i < request->n_inputs; i++) {
        if (stat(request->inputs[i], &read) == 0 &&
            read.st_ino == made.st_ino && read.st_dev == made.st_dev) {
            return gold_fail(GOLD_ERR_USAGE,
                             "%s is to be made, but is also one of the files "
                             "that are read: name another file",
                             request->path);
        }
    }
    return GOLD_OK;
}

static const char *words_of(gold_file_kind kind)
{
    return kind == GOLD_FILE_POINT ? "a point file" : "a result file";
}

/* Fail when the existing file may not be replaced, or gone on with. */
static gold_status check_existing(const gold_output_request *request,
                                  const char *path)
{
    const bool is_replaced = request->is_overwrite || !request->is_resumed;
    gold_file_kind kind = GOLD_FILE_OTHER;
    const char *what = NULL;

    GOLD_TRY(goldi_identity_look(path, &kind, &what));
    if (kind != request->kind && (kind != GOLD_FILE_EMPTY || !is_replaced)) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "%s: is not %s: the file is %s; name another file, or "
                         "remove this one",
                         request->path, words_of(request->kind), what);
    }
    if (is_replaced && !request->is_overwrite) {
        return gold_fail(GOLD_ERR_IO,
                         "%s exists: name another file, or replace it "
                         "(--overwrite)",
                         request->path);
    }
    return GOLD_OK;
}

/* The rule; tells whether something is there. */
static gold_status check(const gold_output_request *request, const char *path,
                         bool *exists)
{
    GOLD_TRY(goldi_place_exists(path, exists));
    if (!*exists) {
        return GOLD_OK;
    }
    GOLD_TRY(check_inputs(request, path));
    return check_existing(request, path);
}

static gold_status make_folders(gold_output *output)
{
    return gold_fail_context(
        goldi_place_make_parents(output->path, &output->n_folders), "%s",
        output->path);
}

/* Lock the name, and what has it. The rule is asked twice: before, so that
 * nothing is made beside a file that it protects, and again for what another
 * command may have made until the lock was ours. */
static gold_status take(gold_output *output, const gold_output_request *request)
{
    bool exists = false;

    GOLD_TRY(goldi_place_check_name(output->path));
    GOLD_TRY(check(request, output->path, &exists));
    GOLD_TRY(make_folders(output));
    GOLD_TRY(goldi_lock_take(output->path, &output->lock));
    GOLD_TRY(check(request, output->path, &exists));
    if (exists) {
        GOLD_TRY(goldi_hold_take(output->path, output->path, &output->hold));
    }
    output->is_new = !exists || request->is_overwrite;
    return GOLD_OK;
}

gold_status gold_output_open(const gold_output_request *request,
                             gold_output **output)
{
    gold_status status = GOLD_OK;
    gold_output *made = NULL;

    goldi_h5_quiet();
    GOLD_GOTO(GOLD_ALLOC(1, &made));
    made->lock = GOLDI_NO_LOCK;
    made->hold = GOLDI_NO_HOLD;
    GOLD_GOTO(goldi_place_follow(request->path, &made->path));
    GOLD_GOTO(take(made, request));
    *output = made;
    made = NULL;

done:
    gold_output_close(&made);
    return status;
}

const char *gold_output_path(const gold_output *output)
{
    return output->path;
}

bool gold_output_is_locked(const gold_output *output)
{
    return output->lock.is_held;
}

void gold_output_close(gold_output **output)
{
    gold_output *open = *output;

    if (open == NULL) {
        return;
    }
    goldi_hold_release(&open->hold);
    goldi_lock_release(&open->lock);
    if (open->path != NULL) {
        goldi_place_remove_parents(open->path, open->n_folders);
    }
    gold_free(open->path);
    gold_free(open);
    *output = NULL;
}

/* Is nothing there, or what was there when the output was opened? */
static bool is_as_before(const gold_output *output)
{
    struct stat about;

    return (stat(output->path, &about) != 0 && errno == ENOENT) ||
           (output->hold.claimed >= 0 &&
            goldi_place_is_there(output->hold.claimed, output->path));
}

/* Give the finished file its name. */
static gold_status put(gold_output *output, const char *temporary)
{
    gold_status status = GOLD_OK;
    goldi_hold hold = GOLDI_NO_HOLD;

    GOLD_GOTO(goldi_hold_take(temporary, output->path, &hold));
    if (!is_as_before(output)) {
        GOLD_FAIL(GOLD_ERR_IO,
                  "%s: another program has put a file there meanwhile, which "
                  "is not replaced",
                  output->path);
    }
    GOLD_GOTO(goldi_place_rename(AT_FDCWD, temporary, output->path));
    goldi_hold_release(&output->hold);
    output->hold = hold;
    hold = GOLDI_NO_HOLD;
    output->is_new = false;
    output->n_folders = 0;

done:
    goldi_hold_release(&hold);
    return status;
}

gold_status goldi_output_make(gold_output *output, goldi_write_fn *write,
                              void *context)
{
    gold_status status = GOLD_OK;
    char *temporary = NULL;

    GOLD_ASSERT(output->is_new);
    GOLD_GOTO(goldi_place_temporary(AT_FDCWD, output->path, &temporary));
    GOLD_GOTO(write(temporary, context));
    GOLD_GOTO(put(output, temporary));

done:
    if (status != GOLD_OK && temporary != NULL) {
        (void)unlink(temporary);
    }
    gold_free(temporary);
    return gold_fail_context(status, "%s cannot be made", output->path);
}
