/* SPDX-License-Identifier: MIT */
#include "study/report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum {
    MESSAGE_BYTES = 480,
    MAX_KEPT = 2000, /* bounds memory; sorting picks the first of these */
    MAX_SHOWN = 50
};

struct goldi_complaint {
    struct goldi_complaint *older;
    goldi_place place;
    size_t number; /* order of complaints at the same place */
    bool is_note;
    char message[MESSAGE_BYTES];
};

void *goldi_report_take(goldi_report *report, size_t bytes)
{
    void *piece = NULL;

    if (report->status == GOLD_OK) {
        report->status = goldi_pool_take(&report->pool, bytes, &piece);
    }
    return piece;
}

/* Is the same said at this place among those from `newest` back to number
 * `first`? */
static bool is_said(const struct goldi_complaint *newest, size_t first,
                    goldi_place place, const char *message)
{
    for (; newest != NULL && newest->number >= first; newest = newest->older) {
        if (newest->place.source == place.source &&
            newest->place.line == place.line &&
            newest->place.column == place.column &&
            strcmp(newest->message, message) == 0) {
            return true;
        }
    }
    return false;
}

static void keep(goldi_report *report, bool is_note, goldi_place place,
                 const char *format, va_list args) GOLD_PRINTF(4, 0);

/* An error that is said again is one. */
static void keep(goldi_report *report, bool is_note, goldi_place place,
                 const char *format, va_list args)
{
    struct goldi_complaint *complaint = NULL;
    char message[MESSAGE_BYTES];

    (void)vsnprintf(message, MESSAGE_BYTES, format, args);
    if (!is_note && is_said(report->newest, 0, place, message)) {
        report->n_again++;
        return;
    }
    if (report->n_kept == MAX_KEPT) {
        return;
    }
    complaint = goldi_report_take(report, sizeof *complaint);
    if (complaint == NULL) {
        return;
    }
    memcpy(complaint->message, message, MESSAGE_BYTES);
    complaint->is_note = is_note;
    complaint->place = place;
    complaint->number = report->n_kept++;
    complaint->older = report->newest;
    report->newest = complaint;
}

void goldi_complain(goldi_report *report, goldi_place place, const char *format,
                    ...)
{
    va_list args;

    report->n_complaints++;
    va_start(args, format);
    keep(report, false, place, format, args);
    va_end(args);
}

void goldi_note(goldi_report *report, goldi_place place, const char *format,
                ...)
{
    va_list args;

    va_start(args, format);
    keep(report, true, place, format, args);
    va_end(args);
}

void goldi_notes_agree(goldi_report *report, size_t n_kept)
{
    const struct goldi_complaint *newest = report->newest;
    struct goldi_complaint **link = &report->newest;

    while (*link != NULL && report->n_complaints == 0) {
        if ((*link)->number >= n_kept ||
            !is_said(newest, n_kept, (*link)->place, (*link)->message)) {
            *link = (*link)->older;
        } else {
            link = &(*link)->older;
        }
    }
}

/* What is sorted. */
typedef struct entry {
    const struct goldi_complaint *complaint;
} entry;

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

static int compare(const void *left, const void *right)
{
    const entry *a = left;
    const entry *b = right;
    const goldi_place p = a->complaint->place;
    const goldi_place q = b->complaint->place;
    int order = p.source - q.source;

    order = order != 0 ? order : compare_sizes(p.line, q.line);
    order = order != 0 ? order : compare_sizes(p.column, q.column);
    return order != 0
               ? order
               : compare_sizes(a->complaint->number, b->complaint->number);
}

static void show(goldi_text *out, const goldi_report *report,
                 const struct goldi_complaint *complaint)
{
    const goldi_place place = complaint->place;
    const goldi_source *source = &report->sources[place.source];

    goldi_text_add(out, "%s:%zu:%zu: %s%s\n", source->name, place.line + 1,
                   place.column + 1, complaint->is_note ? "note: " : "",
                   complaint->message);
    goldi_show_line(out, source, place);
}

gold_status goldi_report_format(goldi_report *report, char **text)
{
    goldi_text out = {0};
    entry *sorted =
        goldi_report_take(report, (report->n_kept + 1) * sizeof *sorted);
    size_t n = 0;

    if (sorted == NULL) {
        return report->status;
    }
    for (const struct goldi_complaint *complaint = report->newest;
         complaint != NULL; complaint = complaint->older) {
        if (complaint->is_note == (report->n_complaints == 0)) {
            sorted[n++].complaint = complaint;
        }
    }
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0; i < n && i < MAX_SHOWN; i++) {
        show(&out, report, sorted[i].complaint);
    }
    if (report->n_complaints - report->n_again > MAX_SHOWN) {
        goldi_text_add(&out, "%s: and %zu more errors\n",
                       report->sources[GOLDI_FROM_FILE].name,
                       report->n_complaints - report->n_again - MAX_SHOWN);
    }
    return goldi_text_give(&out, text);
}

void goldi_report_fini(goldi_report *report)
{
    goldi_pool_fini(&report->pool);
    report->newest = NULL;
}
