/* SPDX-License-Identifier: MIT */
#include "app/stopping.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include <poll.h>

#include "goldilocks/status.h"

#include "app/clock.h"
#include "app/launch.h"

/* Seconds between SIGCONT and SIGTERM of who kills in steps. mpirun takes whole
 * ones; Slurm sends both at once, and its SIGKILL is far. */
static const double shortest_step = 0.3;
static const double longest_step = 600.0;
/* What of the last step others may take to come to their ends. */
static const double share_of_others = 0.3;

/* Seconds that MPI has to come through, and who reads what is said to take it,
 * once the end is wanted. */
static const unsigned patience = 5;

const char gold_stopping_before_work[] =
    "stopped in good order before anything was begun: the same command goes on";

static volatile sig_atomic_t is_asked;
static volatile sig_atomic_t is_starting; /* MPI */
static volatile sig_atomic_t n_interrupts;
static volatile sig_atomic_t code_at_once;
static volatile sig_atomic_t may_speak;
static volatile sig_atomic_t continued_by; /* process that sent SIGCONT */
/* On gold_clock; so is the next. */
static _Atomic double continued_at = -(double)INFINITY;
static _Atomic double urgent_at = (double)INFINITY;
static double ends_at = (double)INFINITY;

/* From here to catch_signal only what a signal handler may do. */

/* Does it wait for somebody who reads? */
static bool is_stuck(int descriptor)
{
    struct pollfd asked = {.fd = descriptor, .events = POLLOUT};

    return poll(&asked, 1, 0) == 0;
}

static void say(const char *words)
{
    if (!is_stuck(STDERR_FILENO)) {
        (void)!write(STDERR_FILENO, words, strlen(words));
    }
}

/* What is stuck there goes on, and what is said is lost. */
static void free_output(int descriptor)
{
    if (is_stuck(descriptor)) {
        const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);

        (void)dup2(nowhere, descriptor);
        (void)close(nowhere);
    }
}

static void interrupt_again(void)
{
    say("\ngoldilocks: stopped at once; what is marked done is kept, and the "
        "same command goes on\n");
    _exit(code_at_once);
}

static void hear_interrupt(void)
{
    n_interrupts = n_interrupts + 1;
    if (n_interrupts > 1) {
        interrupt_again();
    }
    if (may_speak != 0) {
        say("\ngoldilocks: stopping in good order; Ctrl-C once more stops at "
            "once\n");
    }
}

/* MPI waits for what does not come. */
static void give_up_start(void)
{
    if (may_speak != 0) {
        say("goldilocks: ");
        say(gold_stopping_before_work);
        say("\n");
    }
    _exit(code_at_once);
}

/* SIGALRM, some seconds after the end was asked for, and again. */
static void lose_patience(int unused)
{
    (void)unused;
    if (is_starting != 0) {
        give_up_start();
    }
    free_output(STDOUT_FILENO);
    free_output(STDERR_FILENO);
    (void)alarm(patience);
}

/* SIGTERM: is it mpirun's, on its way to SIGKILL? */
static void hear_end(const siginfo_t *from)
{
    const double now = gold_clock();
    const double step = now - atomic_load(&continued_at);

    if (from->si_pid != continued_by || step < shortest_step ||
        step > longest_step) {
        return;
    }
    atomic_store(&urgent_at, now + share_of_others * step);
    if (may_speak != 0) {
        say("\ngoldilocks: mpirun is about to kill all processes: trainings "
            "are kept where they are, measurements under way are lost; what is "
            "marked done is kept, and the same command goes on\n");
    }
}

static void catch_signal(int number, siginfo_t *from, void *unused)
{
    (void)unused;
    if (number == SIGCONT) {
        continued_by = from->si_pid;
        atomic_store(&continued_at, gold_clock());
        return;
    }
    if (is_asked == 0) {
        (void)alarm(patience);
    }
    is_asked = 1;
    if (number == SIGINT) {
        hear_interrupt();
    } else if (number == SIGTERM) {
        hear_end(from);
    }
}

/* Who starts a program with nohup wants SIGHUP ignored. */
static bool is_unwanted(int number)
{
    struct sigaction before;

    return number == SIGHUP && sigaction(number, NULL, &before) == 0 &&
           before.sa_handler == SIG_IGN;
}

/* Others than mpirun send SIGCONT to go on, and SIGTERM for good order. */
static bool may_be_killed(void)
{
    const gold_launch launch = gold_launch_read();

    return launch.launcher != NULL && strcmp(launch.launcher, "mpirun") == 0;
}

static void listen(void)
{
    const int numbers[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGXCPU, SIGHUP};
    struct sigaction action;

    /* Nobody listens any more: that ends no work. */
    (void)signal(SIGPIPE, SIG_IGN);
    memset(&action, 0, sizeof action);
    action.sa_sigaction = catch_signal;
    action.sa_flags = SA_RESTART | SA_SIGINFO;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        if (!is_unwanted(numbers[i])) {
            (void)sigaction(numbers[i], &action, NULL);
        }
    }
    if (may_be_killed()) {
        (void)sigaction(SIGCONT, &action, NULL);
    }
    /* Not by signal(), after which the second would end the process. What
     * waits for who reads is to return: no SA_RESTART. */
    memset(&action, 0, sizeof action);
    action.sa_handler = lose_patience;
    (void)sigaction(SIGALRM, &action, NULL);
}

void gold_stopping_begin(double max_seconds)
{
    ends_at = gold_clock() + max_seconds;
    code_at_once = gold_status_exit_code(GOLD_ERR_STOPPED);
    may_speak = gold_launch_read().rank == 0 ? 1 : 0;
    is_starting = 1;
    listen();
}

void gold_stopping_started(bool is_speaker)
{
    is_starting = 0;
    (void)signal(SIGALRM, lose_patience);
    may_speak = is_speaker ? 1 : 0;
    listen();
}

void gold_stopping_hush(void)
{
    may_speak = 0;
}

bool gold_stopping_is_asked(void)
{
    return is_asked != 0;
}

bool gold_stopping_is_due(void)
{
    return gold_stopping_is_asked() || gold_stopping_time_left() < 0.0;
}

bool gold_stopping_is_urgent(void)
{
    return gold_clock() >= atomic_load(&urgent_at);
}

double gold_stopping_time_left(void)
{
    return ends_at - gold_clock();
}
