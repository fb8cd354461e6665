/* SPDX-License-Identifier: MIT */
#include "goldilocks/status.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MESSAGE_BYTES = 4096
};

static _Thread_local char message[MESSAGE_BYTES];

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

gold_status gold_fail(gold_status status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    (void)vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return status;
}

void gold_fail_context(const char *format, ...)
{
    char before[MESSAGE_BYTES];
    char after[MESSAGE_BYTES];
    va_list args;

    va_start(args, format);
    (void)vsnprintf(before, sizeof before, format, args);
    va_end(args);
    memcpy(after, message, sizeof after);
    (void)snprintf(message, sizeof message, "%.1000s: %.3000s", before, after);
}

const char *gold_fail_message(void)
{
    return message;
}

void gold_fail_clear(void)
{
    message[0] = '\0';
}

void gold_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: this should always hold: %s\n", file, line,
                  condition);
    abort();
}
