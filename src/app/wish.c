/* SPDX-License-Identifier: MIT */
#include "app/wish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/student.h"

static const double most_seeds = 1e7;

/* A number of per cent, or a share. */
static bool read_width(const char *text, double *width)
{
    char *end = NULL;
    const double number = strtod(text, &end);
    const bool is_percent = strcmp(end, "%") == 0;

    *width = is_percent ? number / 100.0 : number;
    return end != text && (is_percent || *end == '\0') && *width > 0.0 &&
           isfinite(*width);
}

gold_status goldi_wish_read(const char *of, const char *width, goldi_wish *wish)
{
    size_t k = 0;

    while (k < GOLDI_N_TOLD &&
           strcmp(goldi_told_name((goldi_told)k), of) != 0) {
        k++;
    }
    if (k == GOLDI_N_TOLD) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'%s' has no interval; low, high, height, peak and "
                         "spread of a zone have",
                         of);
    }
    wish->of = (goldi_told)k;
    if (!read_width(width, &wish->width)) {
        return gold_fail(GOLD_ERR_USAGE,
                         "'%s' is no width of an interval, such as 5%% or 0.05",
                         width);
    }
    return GOLD_OK;
}

/* Half an interval of n seeds over the deviation of one. */
static double reach(double n)
{
    return goldi_student_quantile(0.025, n - 1.0) / sqrt(n);
}

/* A width on the scale where an interval is even. */
static double even(const goldi_wish *wish, double width)
{
    return wish->of == GOLDI_TOLD_HEIGHT ? width : log1p(width);
}

/* The smallest number of seeds whose reach is at most `most`: doubled, then
 * halved. */
static double first_within(double most)
{
    double high = 2.0;
    double low = 2.0;

    while (reach(high) > most) {
        if (high > most_seeds) {
            return (double)INFINITY;
        }
        low = high + 1.0;
        high *= 2.0;
    }
    while (low < high) {
        const double middle = floor((low + high) / 2.0);

        if (reach(middle) <= most) {
            high = middle;
        } else {
            low = middle + 1.0;
        }
    }
    return high;
}

goldi_need goldi_need_of(const goldi_wish *wish, const goldi_claim *claim)
{
    const goldi_interval *of = &claim->of[wish->of];
    goldi_need need = {.n = claim->n,
                       .width = wish->of == GOLDI_TOLD_HEIGHT
                                    ? (of->upper - of->lower) / of->value
                                    : of->upper / of->lower - 1.0,
                       .seeds = (double)NAN};

    if (!(need.width >= 0.0 && isfinite(need.width)) || need.n < 2) {
        need.width = (double)NAN;
        return need;
    }
    need.seeds = first_within(reach((double)need.n) * (even(wish, wish->width) /
                                                       even(wish, need.width)));
    return need;
}

gold_status goldi_needs_each(const char *path, const char *at,
                             const goldi_wish *wish, goldi_need_fn *tell,
                             void *context)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    goldi_survey survey = {.study = NULL};
    goldi_sheet sheet = {.survey = NULL};

    GOLD_GOTO(gold_archive_open(path, &archive));
    GOLD_GOTO(goldi_survey_read(archive, at, NULL, &survey));
    if (!goldi_survey_has_zones(&survey)) {
        status = gold_fail(GOLD_ERR_USAGE,
                           "%s has no zones: no curvature in subspaces along a "
                           "line of radii",
                           path);
        goto done;
    }
    GOLD_GOTO(goldi_sheet_init(&survey, &sheet));
    for (size_t group = 0; group < survey.n_groups; group++) {
        goldi_sheet_turn(&sheet, group);
        const goldi_need need = goldi_need_of(wish, &sheet.claim);

        tell(context, &sheet, &need);
    }

done:
    goldi_sheet_fini(&sheet);
    goldi_survey_fini(&survey);
    gold_archive_close(&archive);
    return status;
}
