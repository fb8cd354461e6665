/* SPDX-License-Identifier: MIT */
/**
 * @file status.h
 * How every fallible function reports: a code to branch on, a message to read.
 *
 * The code is the return value. The message is kept per thread: the first
 * failure writes what went wrong, with the offending values; frames on the way
 * up may add what they were doing. Whoever handles the failure prints it once.
 *
 * Vocabulary: GOLD_FAIL starts a failure, GOLD_GOTO passes one on through the
 * function's single `done:` label, GOLD_TRY passes one on from a function that
 * holds nothing. All three need a local `gold_status status`, except GOLD_TRY.
 */
#ifndef GOLDILOCKS_STATUS_H
#define GOLDILOCKS_STATUS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* code, what it says, exit code of the program when it ends a command */
#define GOLD_STATUS_LIST(X)                                                    \
    X(OK, "no error", 0)                                                       \
    X(ERR_USAGE, "wrong use of the command line", 2)                           \
    X(ERR_CONFIG, "wrong study", 3)                                            \
    X(ERR_IO, "input or output failed", 4)                                     \
    X(ERR_FORMAT, "a file does not hold what it should", 4)                    \
    X(ERR_MISMATCH, "two things that must agree differ", 4)                    \
    X(ERR_MEMORY, "out of memory", 4)                                          \
    X(ERR_NUMERIC, "a number overflowed or is not a number", 5)                \
    X(ERR_TASKS, "finished, but some tasks failed", 5)                         \
    X(ERR_VERIFY, "verification failed", 6)                                    \
    X(ERR_STOPPED, "stopped in good order with work left", 75)

typedef enum gold_status {
#define GOLD_STATUS_ENUM(name, text, exit_code) GOLD_##name,
    GOLD_STATUS_LIST(GOLD_STATUS_ENUM)
#undef GOLD_STATUS_ENUM
} gold_status;

#define GOLD_CHECKED             __attribute__((warn_unused_result))
#define GOLD_PRINTF(text, first) __attribute__((format(printf, text, first)))

/** Text of a code: static, never NULL. */
const char *gold_status_text(gold_status status);

/** Exit code of the program for `status`: 0, 2, 3, 4, 5, 6 or 75, as
 * `goldilocks help` tells them. */
int gold_status_exit_code(gold_status status);

/**
 * Start a failure: remember the formatted message (up to 4095 bytes, replacing
 * any older one of this thread) and return `status`. Users call GOLD_FAIL.
 */
gold_status gold_fail(gold_status status, const char *format, ...)
    GOLD_PRINTF(2, 3);

/** Put "context: " before the message of the failure that is under way, if
 * `status` is one. Returns it. */
gold_status gold_fail_context(gold_status status, const char *format, ...)
    GOLD_PRINTF(2, 3);

/** Message of this thread's last failure; "" when there was none. */
const char *gold_fail_message(void);

/** Forget this thread's failure. */
void gold_fail_clear(void);

/** The latest failure of a thread, for others to look at. */
typedef struct gold_failure gold_failure;

/** That of this thread; lives as long as the thread does. */
const gold_failure *gold_failure_here(void);

/** How many failures the thread had so far. */
unsigned gold_failure_count(const gold_failure *failure);

/** Code of the latest one; GOLD_OK before the first. */
gold_status gold_failure_status(const gold_failure *failure);

/** Its message, "" when it was forgotten. Whole a moment after gold_fail. */
const char *gold_failure_message(const gold_failure *failure);

#define GOLD_FAIL(code, ...)                                                   \
    do {                                                                       \
        status = gold_fail((code), __VA_ARGS__);                               \
        goto done;                                                             \
    } while (0)

#define GOLD_GOTO(call)                                                        \
    do {                                                                       \
        status = (call);                                                       \
        if (status != GOLD_OK) {                                               \
            goto done;                                                         \
        }                                                                      \
    } while (0)

#define GOLD_TRY(call)                                                         \
    do {                                                                       \
        const gold_status gold_try_status = (call);                            \
        if (gold_try_status != GOLD_OK) {                                      \
            return gold_try_status;                                            \
        }                                                                      \
    } while (0)

/** A condition that only a bug of ours can break. Checked unless NDEBUG. */
#ifdef NDEBUG
#define GOLD_ASSERT(condition)                                                 \
    do {                                                                       \
        if (0) {                                                               \
            (void)(condition);                                                 \
        }                                                                      \
    } while (0)
#else
#define GOLD_ASSERT(condition)                                                 \
    do {                                                                       \
        if (!(condition)) {                                                    \
            gold_assert_failed(#condition, __FILE__, __LINE__);                \
        }                                                                      \
    } while (0)
#endif

/** Print the broken condition and abort. */
__attribute__((noreturn)) void gold_assert_failed(const char *condition,
                                                  const char *file, int line);

#ifdef __cplusplus
}
#endif
#endif
