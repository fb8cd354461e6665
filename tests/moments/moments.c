/* SPDX-License-Identifier: MIT */
/*
 * A library to preload (LD_PRELOAD) that makes moments happen: a process stops
 * where a test wants it and goes on when the test says so, tells of signals
 * once they were caught, and has the time that the test sets.
 *
 * GOLD_MOMENT_FOLDER holds the pipes `events` and `go`, which the test keeps
 * open both ways, and the file `clock`, eight bytes. GOLD_MOMENT=NAME:TEXT:K
 * is the K-th call, in each process, of that name whose file or data set has
 * TEXT in its name; "*" for either: any. Before this call the process writes a
 * line "moment RANK PID NAME" to `events`, and waits for a byte of `go`. Ranks
 * below GOLD_MOMENT_FROM do not stop. A process ends when the test is gone.
 *
 * "signal RANK PID NUMBER" follows whenever the program's handler of a signal
 * has returned, and "end RANK PID N" after so many calls that GOLD_MOMENT might
 * have meant. `clock` holds the nanoseconds by which the program's main thread
 * finds its steady clock ahead; MPI's clock, and so how long a process is
 * silent, is not changed. GOLD_MOMENT_PROGRAM is the program (goldilocks).
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include <hdf5.h>
#include <mpi.h>
#include <poll.h>

#include "faults/places.h"

/* NOLINTBEGIN: the wrappers bear names, types and styles of what they wrap */
enum {
    TEXT_BYTES = 1024
};

static const char *folder;    /* NULL: this process is nobody's */
static char wanted_name[64];  /* of the call; "": any */
static char wanted_text[256]; /* in the name of what it is about */
static long wanted_k;         /* 0: no call */
static atomic_long n_calls;
static int events = -1;
static const int64_t *ahead_ns;

static int rank(void)
{
    const char *text = getenv("OMPI_COMM_WORLD_RANK");

    text = text == NULL ? getenv("PMIX_RANK") : text;
    return text == NULL ? 0 : atoi(text);
}

/* Open a file of the folder; no function of ours stands in between. */
static int open_in_folder(const char *name, int how)
{
    char path[TEXT_BYTES];

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    return (int)syscall(SYS_openat, AT_FDCWD, path, how | O_CLOEXEC, 0);
}

/* One line, whole; also from a signal handler. */
static void tell(const char *what, const char *more)
{
    char line[128];
    const int n = snprintf(line, sizeof line, "%s %d %ld %s\n", what, rank(),
                           (long)getpid(), more);

    (void)syscall(SYS_write, events, line, (size_t)n);
}

static void tell_number(const char *what, long number)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%ld", number);
    tell(what, text);
}

/* A test that keeps `events` open can be told something. */
static int is_test_alive(void)
{
    const int probe = open_in_folder("events", O_WRONLY | O_NONBLOCK);

    if (probe >= 0) {
        (void)syscall(SYS_close, probe);
    }
    return probe >= 0;
}

/* Wait for a byte. */
static void wait_for_go(void)
{
    struct pollfd go = {.fd = open_in_folder("go", O_RDONLY | O_NONBLOCK),
                        .events = POLLIN};
    char byte = 0;

    while (syscall(SYS_read, go.fd, &byte, 1) != 1) {
        if ((poll(&go, 1, 1000) != 1 || (go.revents & POLLIN) == 0) &&
            !is_test_alive()) {
            _exit(99);
        }
    }
    (void)syscall(SYS_close, go.fd);
}

/* A call of that name, about that file or data set. */
static void meet(const char *name, const char *text)
{
    if (folder == NULL ||
        (wanted_name[0] != '\0' && strcmp(name, wanted_name) != 0) ||
        strstr(text, wanted_text) == NULL) {
        return;
    }
    if (atomic_fetch_add(&n_calls, 1) + 1 == wanted_k) {
        tell("moment", name);
        wait_for_go();
    }
}

/* A call that counts where its name was asked for alone. */
static void meet_named(const char *name)
{
    if (wanted_name[0] != '\0') {
        meet(name, "");
    }
}

/* The same of an open file. */
static void meet_file(const char *name, int file)
{
    char link[64];
    char path[TEXT_BYTES] = "";

    if (folder != NULL && wanted_text[0] != '\0') {
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", file);
        (void)!readlink(link, path, sizeof path - 1);
    }
    meet(name, path);
}

__attribute__((constructor)) static void begin(void)
{
    const char *moment = getenv("GOLD_MOMENT");
    const char *program = getenv("GOLD_MOMENT_PROGRAM");
    const char *place = getenv("GOLD_MOMENT_FOLDER");
    const char *from = getenv("GOLD_MOMENT_FROM");

    if (!find_places(program == NULL ? "goldilocks" : program) ||
        place == NULL) {
        return;
    }
    folder = place;
    events = open_in_folder("events", O_WRONLY | O_NONBLOCK);
    const int clock_file = open_in_folder("clock", O_RDONLY);

    ahead_ns =
        mmap(NULL, sizeof *ahead_ns, PROT_READ, MAP_SHARED, clock_file, 0);
    if (events < 0 || ahead_ns == MAP_FAILED ||
        (moment != NULL && sscanf(moment, "%63[^:]:%255[^:]:%ld", wanted_name,
                                  wanted_text, &wanted_k) != 3)) {
        (void)fprintf(stderr, "GOLD_MOMENT: not understood, or no test\n");
        _exit(98);
    }
    /* scanf finds nothing empty. */
    wanted_name[0] = strcmp(wanted_name, "*") == 0 ? '\0' : wanted_name[0];
    wanted_text[0] = strcmp(wanted_text, "*") == 0 ? '\0' : wanted_text[0];
    wanted_k = from != NULL && rank() < atoi(from) ? 0 : wanted_k;
    (void)syscall(SYS_close, clock_file);
}

__attribute__((destructor)) static void end(void)
{
    if (folder != NULL) {
        tell_number("end", atomic_load(&n_calls));
    }
}

/* A function of the same name that is a moment when one of the owners calls
 * it. */
#define WRAP(type, name, params, args, owners, about)                          \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        const void *const caller = __builtin_return_address(0);                \
        if (real == NULL) {                                                    \
            *(void **)&real = next(#name);                                     \
        }                                                                      \
        if (is_of(caller, owners)) {                                           \
            about;                                                             \
        }                                                                      \
        return real args;                                                      \
    }

/* The same, whoever calls it: MPI writes the result file. */
#define WRAP_ANY(type, name, params, args)                                     \
    type name params                                                           \
    {                                                                          \
        static type(*real) params;                                             \
        if (real == NULL) {                                                    \
            *(void **)&real = next(#name);                                     \
        }                                                                      \
        meet_file(#name, a);                                                   \
        return real args;                                                      \
    }

/* Also moments, where their names are asked for: before MPI starts, and inside
 * of that. */
static int is_starting;

int MPI_Init_thread(int *argc, char ***argv, int wanted, int *given)
{
    static int (*real)(int *, char ***, int, int *);

    if (real == NULL) {
        *(void **)&real = next("MPI_Init_thread");
    }
    meet_named("MPI_Init_thread");
    is_starting = 1;
    const int code = real(argc, argv, wanted, given);

    is_starting = 0;
    return code;
}

int gethostname(char *name, size_t n_bytes)
{
    static int (*real)(char *, size_t);

    if (real == NULL) {
        *(void **)&real = next("gethostname");
    }
    if (is_starting != 0) {
        meet_named("gethostname");
    }
    return real(name, n_bytes);
}

static void meet_dataset(hid_t dataset)
{
    char name[TEXT_BYTES] = "";

    (void)H5Iget_name(dataset, name, sizeof name);
    meet("H5Dwrite", name);
}

WRAP(herr_t, H5Dwrite,
     (hid_t a, hid_t b, hid_t c, hid_t d, hid_t e, const void *f),
     (a, b, c, d, e, f), PROGRAM, meet_dataset(a))
WRAP(herr_t, H5Fclose, (hid_t a), (a), PROGRAM, meet("H5Fclose", ""))
WRAP(ssize_t, write, (int a, const void *b, size_t c), (a, b, c),
     PROGRAM | HDF5, meet_file("write", a))
WRAP(int, fsync, (int a), (a), PROGRAM, meet_file("fsync", a))
WRAP(int, ftruncate, (int a, off_t b), (a, b), PROGRAM | HDF5,
     meet_file("ftruncate", a))
WRAP(int, renameat, (int a, const char *b, int c, const char *d), (a, b, c, d),
     PROGRAM, meet("renameat", d))
WRAP(int, unlink, (const char *a), (a), PROGRAM, meet("unlink", a))
WRAP(int, unlinkat, (int a, const char *b, int c), (a, b, c), PROGRAM,
     meet("unlinkat", b))
WRAP(int, mkdir, (const char *a, mode_t b), (a, b), PROGRAM, meet("mkdir", a))
WRAP(int, rmdir, (const char *a), (a), PROGRAM, meet("rmdir", a))

WRAP_ANY(ssize_t, pwrite, (int a, const void *b, size_t c, off_t d),
         (a, b, c, d))
WRAP_ANY(ssize_t, pwritev, (int a, const struct iovec *b, int c, off_t d),
         (a, b, c, d))

int open(const char *path, int how, ...)
{
    static int (*real)(const char *, int, ...);
    const void *const caller = __builtin_return_address(0);
    va_list more;

    if (real == NULL) {
        *(void **)&real = next("open");
    }
    va_start(more, how);
    const mode_t mode = (how & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;

    va_end(more);
    if (is_of(caller, PROGRAM | HDF5)) {
        meet("open", path);
    }
    return real(path, how, mode);
}

int openat(int folder, const char *path, int how, ...)
{
    static int (*real)(int, const char *, int, ...);
    const void *const caller = __builtin_return_address(0);
    va_list more;

    if (real == NULL) {
        *(void **)&real = next("openat");
    }
    va_start(more, how);
    const mode_t mode = (how & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;

    va_end(more);
    if (is_of(caller, PROGRAM)) {
        meet("openat", path);
    }
    return real(folder, path, how, mode);
}

/* The program's handlers, which ours calls. */
static struct sigaction handlers[NSIG];

static void caught(int number, siginfo_t *from, void *context)
{
    const int error = errno;

    if ((handlers[number].sa_flags & SA_SIGINFO) != 0) {
        handlers[number].sa_sigaction(number, from, context);
    } else {
        handlers[number].sa_handler(number);
    }
    tell_number("signal", number);
    errno = error;
}

int sigaction(int number, const struct sigaction *action,
              struct sigaction *before)
{
    static int (*real)(int, const struct sigaction *, struct sigaction *);
    struct sigaction ours;

    if (real == NULL) {
        *(void **)&real = next("sigaction");
    }
    if (folder == NULL || action == NULL ||
        !is_of(__builtin_return_address(0), PROGRAM) ||
        action->sa_handler == SIG_DFL || action->sa_handler == SIG_IGN) {
        return real(number, action, before);
    }
    handlers[number] = *action;
    ours = *action;
    ours.sa_flags |= SA_SIGINFO;
    ours.sa_sigaction = caught;
    return real(number, &ours, before);
}

int clock_gettime(clockid_t which, struct timespec *time)
{
    static int (*real)(clockid_t, struct timespec *);

    if (real == NULL) {
        *(void **)&real = next("clock_gettime");
    }
    const int failed = real(which, time);

    if (failed == 0 && folder != NULL && which == CLOCK_MONOTONIC &&
        is_of(__builtin_return_address(0), PROGRAM) &&
        syscall(SYS_gettid) == getpid()) {
        const int64_t sum = time->tv_nsec + *(const volatile int64_t *)ahead_ns;

        time->tv_sec += sum / 1000000000;
        time->tv_nsec = sum % 1000000000;
    }
    return failed;
}
/* NOLINTEND */
