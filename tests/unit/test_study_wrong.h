/* SPDX-License-Identifier: MIT */
/* Tables of studies that are refused. */
#ifndef GOLD_UNIT_TEST_STUDY_WRONG_H
#define GOLD_UNIT_TEST_STUDY_WRONG_H

#include "unit/test_study_support.h"

/* A text, and the place and a phrase of one complaint about it. */
typedef struct wrong {
    const char *text;
    const char *place; /* line:column */
    const char *phrase;
} wrong;

#define GRID               "grid: {seed: 0}\n"
#define WITH_NETWORK(line) "network: {" line "}\n" HEAD GRID WORK

/* True when one complaint stands at the place and holds the phrase. */
static inline bool is_told(const wrong *it, const char *report)
{
    char start[64];

    (void)snprintf(start, sizeof start, "test.yaml:%s: ", it->place);
    for (const char *at = strstr(report, start); at != NULL;
         at = strstr(at + 1, start)) {
        const char *phrase = strstr(at, it->phrase);

        if (phrase != NULL && phrase < strchr(at, '\n')) {
            return true;
        }
    }
    print_error("wanted %s...%s, got\n%s", start, it->phrase, report);
    return false;
}

static inline void check(const wrong *cases, size_t n)
{
    size_t n_told = 0;

    assert_true(n > 0);
    for (size_t i = 0; i < n; i++) {
        char *report = refusal(cases[i].text, strlen(cases[i].text), NULL);

        n_told += is_told(&cases[i], report) ? 1 : 0;
        gold_free(report);
        assert_int_equal(gold_live_blocks(), 0);
    }
    assert_int_equal(n_told, n);
}

#define CHECK_ALL(cases) check(cases, sizeof(cases) / sizeof *(cases))

#endif
