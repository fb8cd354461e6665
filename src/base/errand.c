/* SPDX-License-Identifier: MIT */
#include "base/errand.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <dirent.h>

/* Sanitizers hold terabytes of addresses. */
#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||           \
    HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer) ||         \
    HAS_FEATURE(memory_sanitizer)
#define CAN_LIMIT_MEMORY 0
#else
#define CAN_LIMIT_MEMORY 1
#endif

/* A process, from here; pid 0: none. */
typedef struct servant {
    pid_t pid;
    int line;    /* to it */
    char *where; /* [GOLD_ERRAND_WHERE] what it writes and this one reads */
} servant;

typedef struct order {
    gold_errand_fn *run; /* the same address in both processes */
    gold_errand_limits limits;
    _Alignas(max_align_t) unsigned char request[GOLD_ERRAND_BYTES];
} order;

/* Sent as long as its text is. */
typedef struct answer {
    gold_status status;
    uint64_t found;
    char text[4096];
} answer;

static servant waiting;
static char *where_here; /* in the process: what its parent reads */

/* Seconds of the processor that this process has taken. */
static double seconds_taken(void)
{
    struct rusage used;
    const double micro = 1e-6;

    (void)getrusage(RUSAGE_SELF, &used);
    return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           micro * (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
}

/* How many times slower than usual this program is, by what it took until its
 * first errand. */
static double slowness(void)
{
    static double factor;
    const double usual = 0.1;
    const double most = 64.0;

    if (factor < 1.0) {
        factor = fmin(fmax(seconds_taken() / usual, 1.0), most);
    }
    return factor;
}

/* ------------------------------------------------------------ in the process
 */

void gold_errand_at(const char *format, ...)
{
    va_list args;

    if (where_here != NULL) {
        va_start(args, format);
        (void)vsnprintf(where_here, GOLD_ERRAND_WHERE, format, args);
        va_end(args);
    }
}

static void send_answer(int line, gold_status status, uint64_t found)
{
    answer sent = {.status = status, .found = found};

    (void)snprintf(sent.text, sizeof sent.text, "%s", gold_fail_message());
    (void)send(line, &sent, offsetof(answer, text) + strlen(sent.text) + 1,
               MSG_NOSIGNAL);
}

static void limit_seconds(double seconds)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_CPU, &limit) == 0) {
        /* Whole ones, and the last may have begun. */
        limit.rlim_cur = (rlim_t)ceil(seconds_taken() + seconds);
        (void)setrlimit(RLIMIT_CPU, &limit);
    }
}

/* Bytes of addresses that this process has; 0: unknown. */
static double bytes_taken(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");

    if (file != NULL) {
        char text[64] = "";

        if (fgets(text, sizeof text, file) != NULL) {
            pages = strtoul(text, NULL, 10); /* of the program; then others */
        }
        (void)fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void limit_bytes(double bytes)
{
    const double taken = bytes_taken();
    struct rlimit limit;

    if (CAN_LIMIT_MEMORY && taken > 0.0 && getrlimit(RLIMIT_AS, &limit) == 0) {
        const rlim_t wanted = (rlim_t)(taken + bytes);

        if (limit.rlim_max == RLIM_INFINITY || wanted < limit.rlim_max) {
            limit.rlim_cur = wanted;
            (void)setrlimit(RLIMIT_AS, &limit);
        }
    }
}

/* Say nothing, leave nothing behind, and end with the parent alone: what ends a
 * job in good order is the parent's to hear. */
static void settle_down(pid_t parent)
{
    const int unheard[] = {SIGTERM, SIGINT,  SIGHUP, SIGUSR1,
                           SIGUSR2, SIGPIPE, SIGCONT};
    const int deadly[] = {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU};
    const struct rlimit no_core = {0, 0};
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(0);
    }
    for (size_t i = 0; i < sizeof unheard / sizeof *unheard; i++) {
        (void)signal(unheard[i], SIG_IGN);
    }
    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
        (void)signal(deadly[i], SIG_DFL);
    }
    (void)setrlimit(RLIMIT_CORE, &no_core);
    for (int standard = 0; standard < 3; standard++) {
        (void)dup2(nowhere, standard);
    }
}

/* Locks, connections and files are the parent's: a copy would hold them after
 * it let them go. */
static void close_others(int line)
{
    DIR *open_ones = opendir("/proc/self/fd");
    const struct dirent *entry = NULL;

    while (open_ones != NULL && (entry = readdir(open_ones)) != NULL) {
        const int descriptor = (int)strtol(entry->d_name, NULL, 10);

        if (descriptor > 2 && descriptor != line &&
            descriptor != dirfd(open_ones)) {
            (void)close(descriptor);
        }
    }
    if (open_ones != NULL) {
        (void)closedir(open_ones);
    }
}

static _Noreturn void serve(int line, pid_t parent)
{
    order got;

    settle_down(parent);
    close_others(line);
    while (recv(line, &got, sizeof got, 0) > 0) {
        limit_seconds(got.limits.seconds);
        limit_bytes(got.limits.bytes);
        gold_fail_clear();
        uint64_t found = 0;
        const gold_status status = got.run(got.request, &found);

        send_answer(line, status, found);
    }
    _exit(0);
}

/* ------------------------------------------------------------- in the parent
 */

/* Fork the process; false where the system refuses. */
static bool fork_servant(servant *made)
{
    const pid_t parent = getpid();
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0) {
        return false;
    }
    (void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    (void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    made->pid = fork();
    if (made->pid == 0) {
        (void)close(ends[0]);
        where_here = made->where;
        serve(ends[1], parent);
    }
    (void)close(ends[1]);
    made->line = ends[0];
    if (made->pid < 0) {
        (void)close(ends[0]);
        made->pid = 0;
    }
    return made->pid > 0;
}

static bool start(servant *made)
{
    void *shared = mmap(NULL, GOLD_ERRAND_WHERE, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    (void)slowness();
    if (shared == MAP_FAILED) {
        return false;
    }
    made->where = shared;
    if (!fork_servant(made)) {
        (void)munmap(shared, GOLD_ERRAND_WHERE);
        return false;
    }
    return true;
}

/* Let it go, and tell how it ended; 0 where nobody knows. */
static int stop(servant *gone)
{
    int how = 0;

    (void)close(gone->line);
    while (waitpid(gone->pid, &how, 0) < 0) {
        if (errno != EINTR) {
            how = 0; /* who ignores SIGCHLD hears nothing of its children */
            break;
        }
    }
    (void)munmap(gone->where, GOLD_ERRAND_WHERE);
    gone->pid = 0;
    return how;
}

/* Ask, and wait for the answer; false: there is none. */
static bool ask(const servant *asked, const order *sent,
                gold_errand_report *report, gold_status *status)
{
    answer got = {.status = GOLD_OK};
    ssize_t n = 0;

    if (send(asked->line, sent, sizeof *sent, MSG_NOSIGNAL) !=
        (ssize_t)sizeof *sent) {
        return false;
    }
    do {
        n = recv(asked->line, &got, sizeof got - 1, 0);
    } while (n < 0 && errno == EINTR);
    if (n <= (ssize_t)offsetof(answer, text)) {
        return false;
    }
    *status = got.status;
    report->found = got.found;
    if (got.status != GOLD_OK) {
        (void)gold_fail(got.status, "%s", got.text);
    }
    return true;
}

/* How it came to its end without an answer, and where it was. */
static void report_end(servant *gone, gold_errand_report *report)
{
    (void)snprintf(report->where, sizeof report->where, "%.*s",
                   GOLD_ERRAND_WHERE - 1, gone->where);
    const int how = stop(gone);

    report->ending = WIFSIGNALED(how) && WTERMSIG(how) == SIGXCPU
                         ? GOLD_ERRAND_ENDLESS
                         : GOLD_ERRAND_CRASHED;
}

void gold_errand_begin(void)
{
    if (waiting.pid == 0) {
        (void)start(&waiting);
    }
}

void gold_errand_end(void)
{
    if (waiting.pid > 0) {
        (void)stop(&waiting);
    }
}

gold_status gold_errand_run(gold_errand_fn *run, const void *request,
                            size_t n_bytes, const gold_errand_limits *limits,
                            gold_errand_report *report)
{
    gold_status status = GOLD_OK;
    order sent = {.run = run, .limits = *limits};

    GOLD_ASSERT(n_bytes <= sizeof sent.request);
    *report = (gold_errand_report){.ending = GOLD_ERRAND_DONE};
    if (waiting.pid == 0 && !start(&waiting)) {
        return run(request, &report->found);
    }
    sent.limits.seconds *= slowness();
    sent.limits.bytes *= slowness();
    memcpy(sent.request, request, n_bytes);
    if (!ask(&waiting, &sent, report, &status)) {
        report_end(&waiting, report);
    }
    return status;
}
