/* SPDX-License-Identifier: MIT */
#include "app/stopping.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "goldilocks/status.h"

#include "app/clock.h"

static volatile sig_atomic_t is_asked;
static volatile sig_atomic_t n_interrupts;
static volatile sig_atomic_t code_at_once;
static double ends_at = (double)INFINITY;

/* Only what a signal handler may do. */
static void catch_signal(int number)
{
    static const char last_words[] =
        "\ngoldilocks: stopped at once; what is marked done is kept, and the "
        "same command goes on\n";

    is_asked = 1;
    if (number != SIGINT) {
        return;
    }
    n_interrupts = n_interrupts + 1;
    if (n_interrupts > 1) {
        (void)!write(STDERR_FILENO, last_words, sizeof last_words - 1);
        _exit(code_at_once);
    }
}

void gold_stopping_begin(double max_seconds)
{
    const int numbers[] = {SIGTERM, SIGUSR1, SIGINT};
    struct sigaction action;

    memset(&action, 0, sizeof action);
    action.sa_handler = catch_signal;
    action.sa_flags = SA_RESTART;
    ends_at = gold_clock() + max_seconds;
    code_at_once = gold_status_exit_code(GOLD_ERR_STOPPED);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        (void)sigaction(numbers[i], &action, NULL);
    }
}

bool gold_stopping_is_due(void)
{
    return is_asked != 0 || gold_stopping_time_left() < 0.0;
}

double gold_stopping_time_left(void)
{
    return ends_at - gold_clock();
}
