/* SPDX-License-Identifier: MIT */
#include "app/parting.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "app/print.h"
#include "app/stopping.h"
#include "base/nearest.h"

/* What came through pipes is with mpirun by then. */
static const double moment = 0.5;
/* mpirun ends in good order at the first signal, and at once at a second one
 * within five seconds. */
static const double between = 3.0;

/* The mpirun that is our parent. */
typedef struct launcher {
    pid_t pid;
    int folder; /* in /proc: never that of another process with its number */
} launcher;

/* Is it there, and an mpirun? */
static bool is_mpirun(const launcher *l)
{
    static const char *const names[] = {"mpirun", "mpiexec", "orterun",
                                        "prterun", NULL};
    char name[32] = "";
    const int file = openat(l->folder, "comm", O_RDONLY | O_CLOEXEC);

    if (file < 0) {
        return false;
    }
    const bool is_read = read(file, name, sizeof name - 1) > 0;

    (void)close(file);
    return is_read && gold_begins_as(name, names);
}

int gold_parting_know(long pid)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/proc/%ld", pid);
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static bool lives(int known)
{
    return known >= 0 && faccessat(known, "comm", F_OK, 0) == 0;
}

/* False where it is none; otherwise its folder is open. */
static bool find(launcher *l)
{
    l->pid = getppid();
    l->folder = gold_parting_know(l->pid);
    if (l->folder < 0) {
        return false;
    }
    if (is_mpirun(l)) {
        return true;
    }
    (void)close(l->folder);
    return false;
}

static void rest(double seconds)
{
    const struct timespec time = {(time_t)seconds,
                                  (long)((seconds - floor(seconds)) * 1e9)};

    (void)nanosleep(&time, NULL);
}

/* Is it still there when the time is over? */
static bool outlasts(const launcher *l, double seconds)
{
    const double step = 0.05;

    const int n_steps = (int)ceil(seconds / step);

    for (int i = 0; i < n_steps && is_mpirun(l); i++) {
        rest(step);
    }
    return is_mpirun(l);
}

/* Out of reach of mpirun, which ends its children's sessions, and holding none
 * of their files: it waits for the end of what they say. */
static void detach(const launcher *l)
{
    const int most = 65536;
    struct rlimit limit = {.rlim_cur = 1024};

    (void)setsid();
    (void)getrlimit(RLIMIT_NOFILE, &limit);
    for (int file = 0; file < most && (rlim_t)file < limit.rlim_cur; file++) {
        if (file != l->folder) {
            (void)close(file);
        }
    }
}

/* In a process of its own, since it is to outlive this one. */
static void end_later(const launcher *l, double patience)
{
    if (fork() != 0) {
        return;
    }
    detach(l);
    if (outlasts(l, patience)) {
        (void)kill(l->pid, SIGTERM);
    }
    if (outlasts(l, between)) {
        (void)kill(l->pid, SIGTERM);
    }
    if (outlasts(l, 2.0 * between)) {
        (void)kill(l->pid, SIGKILL);
    }
    _exit(0);
}

/* Does it end with 0 whatever its processes end with? */
static bool hides_codes(void)
{
    const char *text = getenv("OMPI_MCA_orte_enable_recovery");

    return text != NULL && strcmp(text, "0") != 0 && strcmp(text, "false") != 0;
}

/* Stay until mpirun was told to end: when all have left it ends well. */
static void hold(const launcher *l, double patience)
{
    (void)outlasts(l, patience + between);
}

double gold_parting_patience(double lease)
{
    return fmax(5.0, fmin(20.0, lease));
}

void gold_parting_note(int code)
{
    const char *path = getenv("GOLDILOCKS_CODE");
    FILE *file = path != NULL && path[0] != '\0' ? fopen(path, "w") : NULL;

    if (file != NULL) {
        gold_say(file, "%d\n", code);
        (void)fclose(file);
    }
}

void gold_parting_leave(bool speaks, int code, double patience)
{
    launcher l;

    (void)fflush(stdout);
    gold_stopping_hush();
    if (speaks) {
        gold_parting_note(code);
    }
    if (find(&l)) {
        const bool is_hidden = code != 0 && hides_codes();
        const double wait = is_hidden && speaks ? moment : patience;

        end_later(&l, wait);
        if (is_hidden) {
            hold(&l, wait);
        }
    }
    _exit(speaks ? code : 0);
}

void gold_parting_tell(int code)
{
    launcher l;

    (void)fflush(stdout);
    gold_stopping_hush();
    gold_parting_note(code);
    if (code != 0 && hides_codes() && find(&l)) {
        end_later(&l, moment);
        hold(&l, moment);
        (void)close(l.folder);
    }
}

/* mpirun may wait for what is lost until it is ended. */
static void say_parting(const gold_parting *p)
{
    launcher l;

    if (find(&l)) {
        gold_say(stderr,
                 "goldilocks: a process is lost: if mpirun waits for it, "
                 "it is ended in %.0f s, with exit code 1; 'goldilocks "
                 "status %s' says what is done\n",
                 gold_parting_patience(p->lease), p->path);
        (void)close(l.folder);
    } else if (getenv("OMPI_MCA_orte_hnp_uri") != NULL) {
        gold_say(stderr,
                 "goldilocks: a process is lost: if mpirun, on another "
                 "node, waits for it, end it (Ctrl-C, twice); 'goldilocks "
                 "status %s' says what is done\n",
                 p->path);
    }
}

void gold_parting_end(const gold_parting *p)
{
    const bool speaks = p->rank == 0 || (p->rank == 1 && p->is_orphaned);
    const bool is_alone = p->is_orphaned && lives(p->first);

    if (p->status != GOLD_OK && speaks) {
        gold_say(stderr, "goldilocks: %s\n", gold_fail_message());
    }
    if (is_alone) {
        (void)fflush(stdout);
        _exit(0);
    }
    if (speaks) {
        say_parting(p);
    }
    gold_parting_leave(speaks, gold_status_exit_code(p->status),
                       gold_parting_patience(p->lease));
}
