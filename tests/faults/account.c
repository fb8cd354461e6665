/* SPDX-License-Identifier: MIT */
#include "account.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <dirent.h>
#include <pthread.h>

/* NOLINTBEGIN: a library that others are loaded behind goes its own ways */
static atomic_long n_calls;

/* What was handed out and not given back. */
static pthread_mutex_t blocks_lock = PTHREAD_MUTEX_INITIALIZER;
static const void *blocks[1 << 16];
static size_t n_blocks;

atomic_long n_objects;

static bool is_program; /* and not its launcher */

/* Files of the working folder that were open at the beginning. */
static int n_files_first;

static bool is_this_rank(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");
    const char *wanted = getenv("GOLD_FAULT_RANK");

    return rank == NULL || strcmp(rank, wanted == NULL ? "0" : wanted) == 0;
}

/* Note a line without buffers, so that a crash loses none. A process that was
 * forked may have closed what it did not open. */
static void note(const char *text)
{
    const char *path = getenv("GOLD_FAULT_LOG");
    int (*real_open)(const char *, int, ...) = NULL;
    ssize_t (*real_write)(int, const void *, size_t) = NULL;
    int (*real_close)(int) = NULL;
    char line[64];

    *(void **)&real_open = next("open");
    *(void **)&real_write = next("write");
    *(void **)&real_close = next("close");
    const int log_file =
        path == NULL ? -1
                     : real_open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);

    if (log_file >= 0) {
        const int n = snprintf(line, sizeof line, "%s\n", text);

        (void)!real_write(log_file, line, (size_t)n);
        (void)real_close(log_file);
    }
}

bool is_turn(const char *name)
{
    const char *fault = getenv("GOLD_FAULT");
    const char *deadly = getenv("GOLD_FAULT_KILL");

    if (!is_this_rank()) {
        return false;
    }
    note(name);
    if (deadly != NULL && strcmp(deadly, name) == 0) {
        (void)raise(SIGKILL);
    }
    return atomic_fetch_add(&n_calls, 1) + 1 ==
           (fault == NULL ? 0 : strtol(fault, NULL, 10));
}

void *take(void *block)
{
    pthread_mutex_lock(&blocks_lock);
    if (block != NULL && n_blocks < sizeof blocks / sizeof *blocks) {
        blocks[n_blocks++] = block;
    }
    pthread_mutex_unlock(&blocks_lock);
    return block;
}

void give_back(const void *block)
{
    size_t i = 0;

    pthread_mutex_lock(&blocks_lock);
    for (i = n_blocks; i > 0 && blocks[i - 1] != block; i--) {
    }
    if (i > 0) {
        blocks[i - 1] = blocks[--n_blocks];
    }
    pthread_mutex_unlock(&blocks_lock);
}

/* Open files below the working folder. */
static int count_files(void)
{
    char here[4096] = "";
    char target[4096];
    int n = 0;
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry = NULL;

    (void)!getcwd(here, sizeof here);
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        const ssize_t length =
            readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);

        target[length < 0 ? 0 : length] = '\0';
        n += strncmp(target, here, strlen(here)) == 0;
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return n;
}

__attribute__((constructor)) static void begin(void)
{
    is_program = find_places("goldilocks");
    if (is_program) {
        n_files_first = count_files();
    }
}

__attribute__((destructor)) static void end(void)
{
    char text[64];

    if (is_program && is_this_rank()) {
        note("end");
        snprintf(text, sizeof text, "%zu %ld %d", n_blocks,
                 atomic_load(&n_objects), count_files() - n_files_first);
        note(text);
    }
}
/* NOLINTEND */
