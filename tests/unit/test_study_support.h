/* SPDX-License-Identifier: MIT */
/* What the tests of studies share. Included by one source each. */
#ifndef GOLD_TEST_STUDY_SUPPORT_H
#define GOLD_TEST_STUDY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "goldilocks/memory.h"
#include "goldilocks/study.h"

/* The smallest study: a grid and something to do come after it. */
#define HEAD "study: test\ndata: {set: circles}\n"
#define WORK "curvature: {subspace: {dim: 5}}\n"

/* Parse a text that must be a study. */
static inline gold_study *parse_with(const char *text, const char *overrides)
{
    gold_study *study = NULL;
    char *report = NULL;
    const gold_status status = gold_study_parse("test.yaml", text, strlen(text),
                                                overrides, &study, &report);

    if (status != GOLD_OK) {
        print_error("%s", report != NULL ? report : gold_fail_message());
    }
    assert_int_equal(status, GOLD_OK);
    assert_null(report);
    return study;
}

static inline gold_study *parse(const char *text)
{
    return parse_with(text, NULL);
}

/* Parse a text that must not be a study; the report, for gold_free. Not
 * inlined: gcc 12 would take the report for a pointer into this function. */
__attribute__((noinline, unused)) static char *
refusal(const char *text, size_t n_bytes, const char *overrides)
{
    gold_study *study = NULL;
    char *report = NULL;
    const gold_status status = gold_study_parse("test.yaml", text, n_bytes,
                                                overrides, &study, &report);

    assert_int_equal(status, GOLD_ERR_CONFIG);
    assert_null(study);
    assert_non_null(report);
    assert_string_equal(gold_fail_message(), "");
    return report;
}

#endif
