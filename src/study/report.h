/* SPDX-License-Identifier: MIT */
/**
 * @file report.h
 * Collects everything that is wrong with a study and shows it where it stands.
 *
 * Reading goes on after a complaint, so that one run of `validate` shows all
 * errors. A refused allocation is remembered in `status`; the reader looks at
 * it where it matters and at the end.
 */
#ifndef GOLD_STUDY_REPORT_H
#define GOLD_STUDY_REPORT_H

#include "study/pool.h"

enum {
    GOLDI_FROM_FILE,
    GOLDI_FROM_OVERRIDES,
    GOLDI_N_SOURCES
};

/** A stretch of one line; all counted from 0, columns and width in
 * characters. */
typedef struct goldi_place {
    int source;
    size_t line;
    size_t column;
    size_t width;
} goldi_place;

/** What is read; borrowed. */
typedef struct goldi_source {
    const char *name;
    const char *text;
    size_t n_bytes;
} goldi_source;

/** Value type: zero it, then set the sources; ended by goldi_report_fini. */
typedef struct goldi_report {
    goldi_source sources[GOLDI_N_SOURCES];
    goldi_pool pool;
    struct goldi_complaint *newest; /* in the pool */
    size_t n_complaints;            /* errors, */
    size_t n_again;                 /* those of them that were said before */
    size_t n_kept;                  /* with the notes, in the list */
    gold_status status;             /* GOLD_ERR_MEMORY once refused */
} goldi_report;

/** Note what is no error, but hardly meant. */
void goldi_note(goldi_report *report, goldi_place place, const char *format,
                ...) GOLD_PRINTF(3, 4);

/** Note an error. */
void goldi_complain(goldi_report *report, goldi_place place, const char *format,
                    ...) GOLD_PRINTF(3, 4);

/** Of a text that is read several times, keep the notes that the last reading
 * has made again, once: those are the first `n_kept`. */
void goldi_notes_agree(goldi_report *report, size_t n_kept);

/** A zeroed piece of the report's pool; NULL when refused, which is
 * remembered. */
void *goldi_report_take(goldi_report *report, size_t bytes);

/** All errors in order of place, for gold_free; where there are none, the
 * notes. */
GOLD_CHECKED gold_status goldi_report_format(goldi_report *report, char **text);

void goldi_report_fini(goldi_report *report);

enum {
    GOLDI_QUOTE_BYTES = 96
};

/** A piece of the user's text, fit to be shown inside a message. */
typedef struct goldi_quote {
    char text[GOLDI_QUOTE_BYTES];
} goldi_quote;

/** 'text', shortened, control characters made visible. */
goldi_quote goldi_quoted(const char *text, size_t length);

/** What was probably meant, or what there is, at the end of a message. */
typedef struct goldi_hint {
    char text[320];
} goldi_hint;

/** "; did you mean 'x'?", of `words` (NULL at the end); "" where none is near,
 * or where the text is one of them. */
goldi_hint goldi_hinted(const char *text, const char *const *words);

/** The same, but "; there are a, b and c" where none is near. */
goldi_hint goldi_hinted_or_listed(const char *text, const char *const *words);

/** Length in bytes of the line break at the start of `text`, as YAML 1.1
 * counts lines; 0 when there is none. */
size_t goldi_line_break(const char *text, size_t length);

/** Append the source line of a place and a caret line under it. */
struct goldi_text;
void goldi_show_line(struct goldi_text *out, const goldi_source *source,
                     goldi_place place);

#endif
