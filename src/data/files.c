/* SPDX-License-Identifier: MIT */
#include "data/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "goldilocks/memory.h"

enum {
    NAME_BYTES = 32 /* "train-images-idx3-ubyte.gz" and the zero fit */
};

/* Separator before "idx" and ending, in order of preference. */
static const char *const spellings[][2] = {
    {"-", ""}, {".", ""}, {"-", ".gz"}, {".", ".gz"}};

enum {
    N_SPELLINGS = sizeof spellings / sizeof *spellings
};

gold_status goldi_folder_check(const gold_data_block *data)
{
    struct stat found;

    if (data->path == NULL || data->path[0] == '\0') {
        return gold_fail(GOLD_ERR_CONFIG,
                         "data.path is not given: %s needs the folder of its "
                         "files; %s",
                         gold_choice_text("set", (int)data->set),
                         gold_set_of(data->set)->source);
    }
    if (stat(data->path, &found) != 0) {
        return gold_fail(GOLD_ERR_IO, "data.path %s: %s; %s", data->path,
                         strerror(errno), gold_set_of(data->set)->source);
    }
    if (!S_ISDIR(found.st_mode)) {
        return gold_fail(GOLD_ERR_IO,
                         "data.path %s: not a folder; name the folder that "
                         "holds the files",
                         data->path);
    }
    return GOLD_OK;
}

/* True when the path exists, as far as the system lets us see. */
static bool is_there(const char *path, struct stat *found, int *trouble)
{
    *trouble = 0;
    if (stat(path, found) == 0) {
        return true;
    }
    if (errno != ENOENT) {
        *trouble = errno;
    }
    return *trouble != 0;
}

static gold_status check_file(const char *path, const struct stat *found,
                              int trouble)
{
    if (trouble != 0) {
        return gold_fail(GOLD_ERR_IO, "%s: cannot be read: %s", path,
                         strerror(trouble));
    }
    if (S_ISDIR(found->st_mode)) {
        return gold_fail(GOLD_ERR_IO, "%s: a folder, where a file belongs",
                         path);
    }
    if (!S_ISREG(found->st_mode)) {
        return gold_fail(GOLD_ERR_IO, "%s: not a regular file", path);
    }
    return GOLD_OK;
}

gold_status goldi_file_look(const gold_data_block *data, const char *name,
                            char **path, size_t *bytes)
{
    gold_status status = GOLD_OK;
    const size_t n_tried = strlen(data->path) + 1 + strlen(name) + 1;
    char *tried = NULL;
    struct stat found;
    int trouble = 0;

    *path = NULL;
    GOLD_GOTO(GOLD_ALLOC(n_tried, &tried));
    (void)snprintf(tried, n_tried, "%s/%s", data->path, name);
    if (is_there(tried, &found, &trouble)) {
        GOLD_GOTO(check_file(tried, &found, trouble));
        *bytes = (size_t)found.st_size;
        *path = tried;
        tried = NULL;
    }

done:
    gold_free(tried);
    return status;
}

gold_status goldi_file_find(const gold_data_block *data, goldi_half half,
                            int n_dims, char **path, size_t *bytes)
{
    char names[N_SPELLINGS][NAME_BYTES];
    char *found = NULL;

    GOLD_TRY(goldi_folder_check(data));
    for (size_t i = 0; i < N_SPELLINGS && found == NULL; i++) {
        (void)snprintf(names[i], NAME_BYTES, "%s-%s%sidx%d-ubyte%s",
                       half == GOLDI_TRAIN ? "train" : "t10k",
                       n_dims == 1 ? "labels" : "images", spellings[i][0],
                       n_dims, spellings[i][1]);
        GOLD_TRY(goldi_file_look(data, names[i], &found, bytes));
    }
    if (found == NULL) {
        return gold_fail(GOLD_ERR_IO, "%s: has none of %s, %s, %s, %s; %s",
                         data->path, names[0], names[1], names[2], names[3],
                         gold_set_of(data->set)->source);
    }
    *path = found;
    return GOLD_OK;
}
