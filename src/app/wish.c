/* SPDX-License-Identifier: MIT */
#include "app/wish.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "app/student.h"

static const double most_seeds = 1e7;
/* Excess kurtosis as it were: the highest of few is too sharp. */
static const double of_peaks = 9.0;
static const double by_grid = 0.5; /* of a width, and the grid limits */

/* A number of per cent, or a share, which is below 1. */
static bool read_width(const char *text, double *width)
{
    char *end = NULL;
    const double number = strtod(text, &end);
    const bool is_percent = strcmp(end, "%") == 0;

    *width = is_percent ? number / 100.0 : number;
    return end != text && (is_percent || (*end == '\0' && number < 1.0)) &&
           *width > 0.0 && isfinite(*width);
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
                         "'%s' is no width of an interval, such as 5%% or, as "
                         "a share below 1, 0.05",
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

/* An interval of a pilot, on the scale where the part of seeds is even. */
typedef struct part {
    double n;
    double seeds; /* that part of its width */
    double grid;  /* the other */
    double error; /* standard error of that */
    double finer; /* times that, without scatter, on the line that is planned */
    double tails;
} part;

/* The line of a study; n is 0 where there is none. */
typedef struct study_line {
    const char *name;
    size_t n;
    double step; /* of the logarithm, on average */
} study_line;

static double step_of(double first, double last, size_t n)
{
    return log(last / first) / (double)(n - 1);
}

/* The longest of a study. */
static study_line line_of(const gold_study *study)
{
    study_line found = {.n = 0};

    for (size_t a = 0; study != NULL && a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];
        const gold_axis_key *key = goldi_line_key(axis);

        if (key == NULL || axis->count <= found.n || axis->count < 2) {
            continue;
        }
        double first = key->reals[0];
        double last = first;

        for (size_t i = 1; i < axis->count; i++) {
            first = fmin(first, key->reals[i]);
            last = fmax(last, key->reals[i]);
        }
        found = (study_line){key->name, axis->count,
                             step_of(first, last, axis->count)};
    }
    return found;
}

gold_status goldi_check_line(const gold_study *study, const char *at)
{
    size_t chosen[GOLD_MAX_AXES];
    bool has_line = false;

    GOLD_TRY(gold_study_match(study, at, chosen));
    for (size_t a = 0; a < study->n_axes; a++) {
        has_line = has_line ||
                   (chosen[a] == GOLD_ANY_VALUE && study->axes[a].count > 1 &&
                    goldi_line_key(&study->axes[a]) != NULL);
    }
    if (study->curvature.n_dims == 0 || !has_line) {
        return gold_fail(
            GOLD_ERR_USAGE,
            "no number of seeds shows a zone: that takes curvature "
            "in subspaces along an axis of several radii%s",
            at != NULL ? ", which --at may not hold" : "");
    }
    return GOLD_OK;
}

/* How much the deviation of so few seeds mostly falls short. */
static double too_small(const part *pilot, double n)
{
    return exp((2.0 / (n - 1.0) + pilot->tails / n) / 4.0);
}

/* Mean size of a normal number, its sign left out. */
static double mean_size(double mean, double deviation)
{
    const double t = mean / deviation;

    return deviation > 0.0
               ? deviation * sqrt(2.0 / acos(-1.0)) * exp(-t * t / 2.0) +
                     mean * erf(t / sqrt(2.0))
               : mean;
}

/* The grid's part without what seeds do to it, and with n seeds. */
static double grid_at(const part *pilot, double n)
{
    const double square =
        pilot->grid * pilot->grid - pilot->error * pilot->error;

    return mean_size(pilot->finer * sqrt(fmax(square, 0.0)),
                     pilot->error * sqrt(pilot->n / n));
}

static double foreseen(const part *pilot, double n)
{
    return pilot->seeds * reach(n) / reach(pilot->n) *
               too_small(pilot, pilot->n) / too_small(pilot, n) +
           grid_at(pilot, n);
}

/* The smallest number of seeds of that width: doubled, then halved. */
static double first_within(const part *pilot, double width)
{
    double high = 2.0;
    double low = 2.0;

    while (foreseen(pilot, high) > width) {
        if (high > most_seeds) {
            return (double)INFINITY;
        }
        low = high + 1.0;
        high *= 2.0;
    }
    while (low < high) {
        const double middle = floor((low + high) / 2.0);

        if (foreseen(pilot, middle) <= width) {
            high = middle;
        } else {
            low = middle + 1.0;
        }
    }
    return high;
}

/* Places between the same ends of which the grid's part, which goes by the
 * square of their distance, is by_grid of the width; 0: that does not limit. */
static size_t places_for(const part *pilot, double width, size_t n_places)
{
    const double times = grid_at(pilot, (double)INFINITY) / (by_grid * width);

    return times <= 1.0 || n_places < 2
               ? 0
               : 1 + (size_t)ceil((double)(n_places - 1) * sqrt(times));
}

/* What the grid's part is surely, by its seeds. */
static double least_of_grid(const part *pilot)
{
    return pilot->finer *
           (pilot->grid -
            goldi_student_quantile(0.025, pilot->n - 1.0) * pilot->error);
}

/* Does an interval of a place go further than places are apart? */
static bool is_rough(const goldi_wish *wish, const part *pilot, double step)
{
    return wish->of != GOLDI_TOLD_HEIGHT && wish->of != GOLDI_TOLD_SPREAD &&
           pilot->seeds / 2.0 > step;
}

/* What a claim says of a wish, on a line that is planned. */
static goldi_need need_of(const goldi_wish *wish, const goldi_claim *claim,
                          const study_line *planned)
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
    const double step = step_of(claim->first, claim->last, claim->n_places);
    const double times = planned->n > 0 ? planned->step / step : 1.0;
    const double unit = wish->of == GOLDI_TOLD_HEIGHT ? of->value : 1.0;
    const double n = (double)need.n;
    const bool is_of_peak =
        wish->of == GOLDI_TOLD_PEAK || wish->of == GOLDI_TOLD_SPREAD;
    const part pilot = {.n = n,
                        .seeds = 2.0 * goldi_student_quantile(0.025, n - 1.0) *
                                 of->error / unit,
                        .grid = of->grid / unit,
                        .error = of->grid_error / unit,
                        .finer = times * times,
                        .tails = is_of_peak ? of_peaks : 0.0};
    const double wanted = even(wish, wish->width);

    need.seeds = first_within(&pilot, wanted);
    need.line = planned->name;
    need.n_places = planned->n > 0 ? planned->n : claim->n_places;
    need.places = places_for(&pilot, wanted, need.n_places);
    need.is_rough = is_rough(wish, &pilot, step);
    if (isinf(need.seeds) &&
        (need.is_rough || least_of_grid(&pilot) < wanted)) {
        need.seeds = (double)NAN; /* the grid's part is a guess as well */
        need.is_rough = true;
    }
    return need;
}

/* Lines of an identity that a pilot may have otherwise: its name, seeds and
 * places on the line, what training does and how numbers are held. */
static bool is_free(const char *line)
{
    static const char *const free[] = {
        "study = ",
        "grid = ",
        "grid.exclude = ",
        "grid.seed = ",
        "grid.data_seed = ",
        "grid.direction_seed = ",
        "grid.train_seed = ",
        "grid.radius = ",
        "grid.relative_radius = ",
        "grid.scale = ",
        "grid.temperature = ",
        "train",
        "run.",
    };
    size_t i = 0;

    while (i < sizeof free / sizeof *free &&
           strncmp(line, free[i], strlen(free[i])) != 0) {
        i++;
    }
    return i < sizeof free / sizeof *free;
}

/* Fail unless the pilot is of these networks and data. */
static gold_status check_pilot(const char *path, const gold_study *of_file,
                               const gold_study *study)
{
    gold_status status = GOLD_OK;
    char *difference = NULL;

    GOLD_GOTO(gold_study_difference(of_file, study, is_free, &difference));
    if (difference[0] != '\0') {
        GOLD_FAIL(GOLD_ERR_MISMATCH,
                  "%s: is no pilot of this study; networks or data differ "
                  "in\n%sA pilot may have other seeds, radii and training: "
                  "--set makes the study that of the file",
                  path, difference);
    }

done:
    gold_free(difference);
    return status;
}

gold_status goldi_needs_each(const char *path, const char *at,
                             const gold_study *study, const goldi_wish *wish,
                             goldi_need_fn *tell, void *context)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    goldi_survey survey = {.study = NULL};
    goldi_sheet sheet = {.survey = NULL};
    const study_line planned = line_of(study);

    if (study != NULL && planned.n == 0) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "a zone wants several radii: the study has no line of "
                         "them, so no number of seeds shows one");
    }
    GOLD_GOTO(gold_archive_open(path, &archive));
    if (study != NULL) {
        GOLD_GOTO(check_pilot(path, gold_archive_study(archive), study));
    }
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
        const goldi_need need = need_of(wish, &sheet.claim, &planned);

        tell(context, &sheet, &need);
    }

done:
    goldi_sheet_fini(&sheet);
    goldi_survey_fini(&survey);
    gold_archive_close(&archive);
    return status;
}
