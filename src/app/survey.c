/* SPDX-License-Identifier: MIT */
#include "app/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

/* How a variable is shown: bits (goldi_shown_info). */
enum {
    PLAIN = 0,
    FIRST = 1,
    WITH_SD = 2,
    GENERAL = 4,
    RIGHT = 8, /* a share of right answers: none where a training diverged */
    LOST = 16, /* a loss: infinite there */
    EIGENVALUE = FIRST | WITH_SD | GENERAL
};

#define SHOWN(id, of, how, n_digits, above, below)                             \
    [GOLDI_##id] = {.variable = GOLD_VAR_##of,                                 \
                    .is_first = (FIRST & (how)) != 0,                          \
                    .has_deviation = (WITH_SD & (how)) != 0,                   \
                    .is_general = (GENERAL & (how)) != 0,                      \
                    .diverged = (RIGHT & (how)) != 0  ? 0.0                    \
                                : (LOST & (how)) != 0 ? (double)INFINITY       \
                                                      : (double)NAN,           \
                    .digits = (n_digits),                                      \
                    .head = {(above), (below)}}

static const goldi_shown_info table[GOLDI_N_SHOWN] = {
    SHOWN(RATIO, NORM_OVER_REFERENCE, PLAIN, 2, "log10", "(r/ref)^2"),
    SHOWN(SPREAD, LOGIT_SPREAD, GENERAL, 3, "logit", "spread z"),
    SHOWN(LOSS, LOSS, GENERAL, 4, "", "loss"),
    SHOWN(ACCURACY, ACCURACY, PLAIN, 4, "", "accuracy"),
    SHOWN(TRACE, TRACE_OVER_NORM, WITH_SD, 3, "Tr/|H|", "mean +- sd"),
    SHOWN(POSITIVE, POSITIVE_FRACTION, PLAIN, 4, "positive", "fraction"),
    SHOWN(FINAL, FINAL_ACCURACY, WITH_SD | RIGHT, 4, "final accuracy",
          "mean +- sd"),
    SHOWN(FINAL_TEST, FINAL_TEST_ACCURACY, WITH_SD | RIGHT, 4, "test accuracy",
          "mean +- sd"),
    SHOWN(FINAL_LOSS, FINAL_LOSS, GENERAL | LOST, 4, "final", "loss"),
    SHOWN(FINAL_TEST_LOSS, FINAL_TEST_LOSS, GENERAL | LOST, 4, "test", "loss"),
    SHOWN(FINAL_TRACE, FINAL_TRACE_OVER_NORM, WITH_SD, 3, "final Tr/|H|",
          "mean +- sd"),
    SHOWN(FINAL_POSITIVE, FINAL_POSITIVE_FRACTION, PLAIN, 4, "final",
          "positive"),
    SHOWN(FINAL_LARGEST, FINAL_FULL_LARGEST_EIGENVALUES, EIGENVALUE, 3, "final",
          "largest"),
    SHOWN(LARGEST, FULL_LARGEST_EIGENVALUES, EIGENVALUE, 3, "largest",
          "eigenvalue"),
    SHOWN(SMALLEST, FULL_SMALLEST_EIGENVALUES, EIGENVALUE, 3, "smallest",
          "eigenvalue"),
    SHOWN(PROBED_TRACE, FULL_TRACE, WITH_SD | GENERAL, 3, "trace", "by probes"),
    SHOWN(PROBED_NORM, FULL_FROBENIUS_NORM, WITH_SD | GENERAL, 3, "norm",
          "by probes"),
    SHOWN(DENSITY_TRACE, DENSITY_TRACE, WITH_SD | GENERAL, 3, "trace",
          "by density"),
    SHOWN(DENSITY_NORM, DENSITY_FROBENIUS_NORM, WITH_SD | GENERAL, 3, "norm",
          "by density"),
    SHOWN(DENSE_TRACE, DENSE_TRACE, WITH_SD | GENERAL, 3, "trace", "of all"),
    SHOWN(DENSE_NORM, DENSE_FROBENIUS_NORM, WITH_SD | GENERAL, 3, "norm",
          "of all"),
};

const goldi_shown_info *goldi_shown_about(goldi_shown shown)
{
    return &table[shown];
}

/* Where there are no subspaces, curvature is that of the whole Hessian. */
static gold_variable variable_of(const goldi_survey *survey, size_t shown)
{
    if (survey->schema->n_dims > 0) {
        return table[shown].variable;
    }
    switch (shown) {
    case GOLDI_TRACE:
        return GOLD_VAR_DENSE_TRACE_OVER_NORM;
    case GOLDI_POSITIVE:
        return GOLD_VAR_DENSE_POSITIVE_FRACTION;
    case GOLDI_FINAL_TRACE:
        return GOLD_VAR_FINAL_DENSE_TRACE_OVER_NORM;
    case GOLDI_FINAL_POSITIVE:
        return GOLD_VAR_FINAL_DENSE_POSITIVE_FRACTION;
    default:
        return table[shown].variable;
    }
}

/* Are losses at the end among what is shown? Accuracies tell better. */
static bool is_shown(const goldi_survey *survey, size_t shown)
{
    const bool has_accuracy =
        survey->schema->count[GOLD_VAR_FINAL_ACCURACY] > 0;

    return (shown != GOLDI_FINAL_LOSS && shown != GOLDI_FINAL_TEST_LOSS) ||
           !has_accuracy ||
           (shown == GOLDI_FINAL_LOSS && gold_study_has_end(survey->study));
}

/* ------------------------------------------------------------------------ axes
 */

/* Values of an axis that are looked at. */
static size_t count_of(const goldi_survey *survey, size_t a)
{
    return survey->at[a] == GOLD_ANY_VALUE ? survey->study->axes[a].count : 1;
}

static const gold_axis_key *find_key(const gold_axis *axis, const char *name)
{
    for (size_t k = 0; k < axis->n_keys; k++) {
        if (strcmp(axis->keys[k].name, name) == 0) {
            return &axis->keys[k];
        }
    }
    return strcmp(axis->name, name) == 0 ? &axis->keys[0] : NULL;
}

const gold_axis_key *goldi_line_key(const gold_axis *axis)
{
    static const char *const names[] = {"relative_radius", "radius", "scale",
                                        "temperature"};
    const gold_axis_key *key = NULL;

    for (size_t n = 0;
         axis->is_line && key == NULL && n < sizeof names / sizeof *names;
         n++) {
        key = find_key(axis, names[n]);
        key = key != NULL && key->kind == GOLD_VALUE_REAL ? key : NULL;
    }
    return key;
}

static gold_status refuse_by(const goldi_survey *survey, const char *by)
{
    gold_status status = GOLD_OK;
    goldi_text names = {0};

    for (size_t a = 0; a < survey->study->n_axes; a++) {
        const gold_axis *axis = &survey->study->axes[a];

        for (size_t k = 0; count_of(survey, a) > 1 && k < axis->n_keys; k++) {
            goldi_text_add(&names, "%s%s", names.length > 0 ? ", " : "",
                           axis->keys[k].name);
        }
    }
    GOLD_GOTO(names.status);
    GOLD_FAIL(GOLD_ERR_USAGE,
              "--by wants an axis that has several values here, and '%.60s' is "
              "none; such are: %s",
              by, names.length > 0 ? names.data : "none");

done:
    goldi_text_fini(&names);
    return status;
}

/* Take the axis that is asked for, or the longest line. */
static gold_status choose_axes(goldi_survey *survey, const char *by)
{
    const gold_study *study = survey->study;

    survey->x_axis = study->n_axes;
    survey->seed_axis = study->n_axes;
    survey->n_x = 1;
    survey->n_seeds = 1;
    survey->n_groups = 1;
    for (size_t a = 0; a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];
        const size_t count = count_of(survey, a);
        const gold_axis_key *key =
            by == NULL ? goldi_line_key(axis) : find_key(axis, by);

        if (key != NULL && count > survey->n_x) {
            survey->x_axis = a;
            survey->x_key = key;
            survey->is_line = goldi_line_key(axis) == key;
            survey->n_x = count;
        }
    }
    if (by != NULL && survey->x_key == NULL) {
        return refuse_by(survey, by);
    }
    for (size_t a = 0; a < study->n_axes; a++) {
        if (a == survey->x_axis) {
            continue;
        }
        if (strcmp(study->axes[a].name, "seed") == 0) {
            survey->seed_axis = a;
            survey->n_seeds = count_of(survey, a);
        } else {
            survey->n_groups *= count_of(survey, a);
        }
    }
    return GOLD_OK;
}

/* A value of an axis as a number. */
static double number_at(const gold_axis_key *key, size_t i)
{
    return key->kind == GOLD_VALUE_REAL      ? key->reals[i]
           : key->kind == GOLD_VALUE_INTEGER ? (double)key->integers[i]
                                             : (double)i;
}

double goldi_survey_x(const goldi_survey *survey, size_t i)
{
    return survey->x_key == NULL ? (double)NAN
                                 : number_at(survey->x_key, survey->order[i]);
}

static gold_status sort_axis(goldi_survey *survey)
{
    GOLD_TRY(GOLD_ALLOC(survey->n_x, &survey->order));
    for (size_t i = 0; survey->x_key != NULL && i < survey->n_x; i++) {
        size_t k = i;

        while (k > 0 && number_at(survey->x_key, survey->order[k - 1]) >
                            number_at(survey->x_key, i)) {
            survey->order[k] = survey->order[k - 1];
            k--;
        }
        survey->order[k] = i;
    }
    return GOLD_OK;
}

/* --------------------------------------------------------------------- reading
 */

/* Read a variable and keep one value of every point. */
static gold_status read_one(gold_archive *archive, gold_variable variable,
                            bool is_first, double **values)
{
    gold_status status = GOLD_OK;
    const size_t n_points = gold_archive_study(archive)->n_points;
    const size_t count = gold_archive_schema(archive)->count[variable];
    double *all = NULL;

    if (count == 0) {
        return GOLD_OK;
    }
    GOLD_GOTO(GOLD_ALLOC(n_points, values));
    GOLD_GOTO(GOLD_ALLOC(n_points * count, &all));
    GOLD_GOTO(gold_archive_variable(archive, variable, all));
    for (size_t point = 0; point < n_points; point++) {
        (*values)[point] = all[point * count + (is_first ? 0 : count - 1)];
    }

done:
    gold_free(all);
    return status;
}

gold_status goldi_survey_read(gold_archive *archive, const char *at,
                              const char *by, goldi_survey *survey)
{
    const gold_study *study = gold_archive_study(archive);

    *survey =
        (goldi_survey){.study = study,
                       .samples = gold_archive_text(archive, "data_samples"),
                       .schema = gold_archive_schema(archive)};
    GOLD_TRY(gold_study_match(study, at, survey->at));
    GOLD_TRY(choose_axes(survey, by));
    GOLD_TRY(sort_axis(survey));
    /* Before the values: what is read as done has them, also while a job
     * writes. */
    for (int kind = 0; kind <= (study->has_train ? GOLD_TASK_TRAIN : 0);
         kind++) {
        GOLD_TRY(GOLD_ALLOC(study->n_points, &survey->states[kind]));
        GOLD_TRY(gold_archive_states(archive, (gold_task_kind)kind,
                                     survey->states[kind]));
    }
    GOLD_TRY(read_one(archive, GOLD_VAR_OUTCOME, true, &survey->outcomes));
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        if (is_shown(survey, v)) {
            GOLD_TRY(read_one(archive, variable_of(survey, v),
                              table[v].is_first, &survey->values[v]));
        }
    }
    return GOLD_OK;
}

void goldi_survey_fini(goldi_survey *survey)
{
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        gold_free(survey->values[v]);
    }
    gold_free(survey->outcomes);
    gold_free(survey->states[GOLD_TASK_TRAIN]);
    gold_free(survey->states[GOLD_TASK_MEASURE]);
    gold_free(survey->order);
    *survey = (goldi_survey){0};
}

const char *goldi_survey_name(const goldi_survey *survey, goldi_shown shown)
{
    return gold_variable_about(variable_of(survey, shown))->name;
}

bool goldi_survey_has_zones(const goldi_survey *survey)
{
    return survey->is_line && survey->schema->n_dims > 0;
}

bool goldi_survey_has_training(const goldi_survey *survey)
{
    return survey->outcomes != NULL;
}

bool goldi_survey_has_curves(const goldi_survey *survey)
{
    return survey->x_key != NULL && survey->x_key->kind != GOLD_VALUE_TEXT;
}

size_t goldi_survey_dim(const goldi_survey *survey)
{
    return survey->schema->n_dims == 0
               ? 0
               : survey->schema->dims[survey->schema->n_dims - 1];
}

/* ---------------------------------------------------------------------- groups
 */

void goldi_group_index(const goldi_survey *survey, size_t group, size_t *index)
{
    for (size_t a = survey->study->n_axes; a-- > 0;) {
        const size_t count = count_of(survey, a);

        index[a] = survey->at[a] == GOLD_ANY_VALUE ? 0 : survey->at[a];
        if (a != survey->x_axis && a != survey->seed_axis && count > 1) {
            index[a] = group % count;
            group /= count;
        }
    }
}

/* The point of a seed at place `i` of a group. */
static size_t point_at(const goldi_survey *survey, size_t group, size_t i,
                       size_t seed)
{
    size_t index[GOLD_MAX_AXES];

    goldi_group_index(survey, group, index);
    if (survey->x_key != NULL) {
        index[survey->x_axis] = survey->order[i];
    }
    if (survey->n_seeds > 1) {
        index[survey->seed_axis] = seed;
    }
    return gold_study_ravel(survey->study, index);
}

/* Flags of how a training ended, one for each goldi_ending; 0: it did not. */
static unsigned flags_of(const goldi_survey *survey, size_t point)
{
    const uint8_t *trained = survey->states[GOLD_TASK_TRAIN];

    return survey->outcomes != NULL && trained != NULL &&
                   trained[point] == GOLD_STATE_DONE &&
                   survey->outcomes[point] >= 0.0
               ? (unsigned)survey->outcomes[point]
               : 0;
}

static double value_at(const goldi_survey *survey, goldi_shown shown,
                       size_t point)
{
    const double *all = survey->values[shown];
    const uint8_t *states =
        survey->states[gold_variable_task(variable_of(survey, shown))];
    const bool has_diverged =
        (flags_of(survey, point) >> GOLDI_ENDED_DIVERGED & 1U) != 0;

    return all == NULL || states[point] != GOLD_STATE_DONE ? (double)NAN
           : has_diverged && !isnan(table[shown].diverged)
               ? table[shown].diverged
               : all[point];
}

void goldi_survey_values(const goldi_survey *survey, size_t group,
                         goldi_shown shown, double *values)
{
    for (size_t i = 0; i < survey->n_x; i++) {
        for (size_t s = 0; s < survey->n_seeds; s++) {
            values[i * survey->n_seeds + s] =
                value_at(survey, shown, point_at(survey, group, i, s));
        }
    }
}

goldi_counts goldi_survey_count(const goldi_survey *survey, size_t group,
                                size_t i)
{
    goldi_counts counts = {.endings = {0}};

    for (size_t s = 0; s < survey->n_seeds; s++) {
        const size_t point = point_at(survey, group, i, s);

        for (int kind = 0; kind < 2; kind++) {
            if (survey->states[kind] != NULL) {
                counts.of[kind].of[survey->states[kind][point]]++;
            }
        }
        for (size_t k = 0; k < GOLDI_N_ENDINGS; k++) {
            counts.endings[k] += flags_of(survey, point) >> k & 1U;
        }
    }
    return counts;
}

/* ---------------------------------------------------------------------- labels
 */

/* Append as far as there is room. */
static void append(char text[GOLDI_LABEL_BYTES], const char *name,
                   const char *equals, const char *value)
{
    const size_t used = strlen(text);

    (void)snprintf(text + used, GOLDI_LABEL_BYTES - used, "%s%s%s%s",
                   used > 0 ? ", " : "", name, equals, value);
}

/* Does an axis tell groups apart? */
static bool is_group_axis(const goldi_survey *survey, size_t a, bool is_short)
{
    return a != survey->x_axis && a != survey->seed_axis &&
           !(is_short && count_of(survey, a) == 1);
}

char *goldi_group_label(const goldi_survey *survey, size_t group, bool is_short,
                        char text[GOLDI_LABEL_BYTES])
{
    size_t index[GOLD_MAX_AXES];
    char value[GOLD_NAME_BYTES];

    text[0] = '\0';
    goldi_group_index(survey, group, index);
    for (size_t a = 0; a < survey->study->n_axes; a++) {
        const gold_axis *axis = &survey->study->axes[a];

        for (size_t k = 0;
             is_group_axis(survey, a, is_short) && k < axis->n_keys; k++) {
            append(text, is_short ? "" : axis->keys[k].name,
                   is_short ? "" : "=",
                   gold_axis_text(&axis->keys[k], index[a], value));
        }
    }
    return text;
}

char *goldi_group_names(const goldi_survey *survey,
                        char text[GOLDI_LABEL_BYTES])
{
    text[0] = '\0';
    for (size_t a = 0; a < survey->study->n_axes; a++) {
        const gold_axis *axis = &survey->study->axes[a];

        for (size_t k = 0; is_group_axis(survey, a, true) && k < axis->n_keys;
             k++) {
            append(text, axis->keys[k].name, "", "");
        }
    }
    return text;
}
