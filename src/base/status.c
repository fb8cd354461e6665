/* SPDX-License-Identifier: MIT */
#include "goldilocks/status.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

enum {
    MESSAGE_BYTES = 4096
};

struct gold_failure {
    atomic_uint count;
    _Atomic(gold_status) status;
    char message[MESSAGE_BYTES];
};

static _Thread_local gold_failure latest;

static const struct {
    const char *text;
    int exit_code;
} codes[] = {
#define GOLD_STATUS_ROW(name, text, exit_code) {text, exit_code},
    GOLD_STATUS_LIST(GOLD_STATUS_ROW)
#undef GOLD_STATUS_ROW
};

const char *gold_status_text(gold_status status)
{
    return codes[status].text;
}

int gold_status_exit_code(gold_status status)
{
    return codes[status].exit_code;
}

/* Messages quote files, and names of files, that may steer a terminal: they are
 * made harmless here, whoever shows them. */
gold_status gold_fail(gold_status status, const char *format, ...)
{
    char raw[MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    gold_utf8_show(raw, latest.message, sizeof latest.message);
    latest.status = status;
    latest.count++;
    return status;
}

gold_status gold_fail_context(gold_status status, const char *format, ...)
{
    char raw[MESSAGE_BYTES];
    char before[MESSAGE_BYTES];
    char after[MESSAGE_BYTES];
    va_list args;

    if (status == GOLD_OK) {
        return status;
    }
    va_start(args, format);
    (void)vsnprintf(raw, sizeof raw, format, args);
    va_end(args);
    gold_utf8_show(raw, before, sizeof before);
    memcpy(after, latest.message, sizeof after);
    (void)snprintf(latest.message, sizeof latest.message, "%.1000s: %.3000s",
                   before, after);
    return status;
}

const char *gold_fail_message(void)
{
    return latest.message;
}

void gold_fail_clear(void)
{
    latest.message[0] = '\0';
}

const gold_failure *gold_failure_here(void)
{
    return &latest;
}

unsigned gold_failure_count(const gold_failure *failure)
{
    return failure->count;
}

gold_status gold_failure_status(const gold_failure *failure)
{
    return failure->status;
}

const char *gold_failure_message(const gold_failure *failure)
{
    return failure->message;
}

void gold_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: this should always hold: %s\n", file, line,
                  condition);
    abort();
}
