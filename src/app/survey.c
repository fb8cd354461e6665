/* SPDX-License-Identifier: MIT */
#include "app/survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"

static const gold_variable variables[GOLDI_N_SHOWN] = {
    [GOLDI_RATIO] = GOLD_VAR_NORM_OVER_REFERENCE,
    [GOLDI_SPREAD] = GOLD_VAR_LOGIT_SPREAD,
    [GOLDI_LOSS] = GOLD_VAR_LOSS,
    [GOLDI_ACCURACY] = GOLD_VAR_ACCURACY,
    [GOLDI_TRACE] = GOLD_VAR_TRACE_OVER_NORM,
    [GOLDI_POSITIVE] = GOLD_VAR_POSITIVE_FRACTION,
    [GOLDI_FINAL] = GOLD_VAR_FINAL_ACCURACY,
    [GOLDI_FINAL_TEST] = GOLD_VAR_FINAL_TEST_ACCURACY,
};

/* Where there are no subspaces, curvature is that of the whole Hessian. */
static gold_variable variable_of(const goldi_survey *survey, size_t shown)
{
    if (survey->schema->n_dims > 0) {
        return variables[shown];
    }
    return shown == GOLDI_TRACE      ? GOLD_VAR_DENSE_TRACE_OVER_NORM
           : shown == GOLDI_POSITIVE ? GOLD_VAR_DENSE_POSITIVE_FRACTION
                                     : variables[shown];
}

/* The key of an axis along which curves are drawn; NULL: none. */
static const gold_axis_key *curve_key(const gold_axis *axis)
{
    static const char *const names[] = {"relative_radius", "radius", "scale",
                                        "temperature"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        for (size_t k = 0; axis->is_line && k < axis->n_keys; k++) {
            if (axis->keys[k].kind == GOLD_VALUE_REAL &&
                strcmp(axis->keys[k].name, names[n]) == 0) {
                return &axis->keys[k];
            }
        }
    }
    return NULL;
}

static void choose_axes(goldi_survey *survey)
{
    const gold_study *study = survey->study;

    survey->x_axis = study->n_axes;
    survey->seed_axis = study->n_axes;
    survey->n_x = 1;
    survey->n_seeds = 1;
    for (size_t a = 0; a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];

        if (axis->count > survey->n_x && curve_key(axis) != NULL) {
            survey->x_axis = a;
            survey->x_key = curve_key(axis);
            survey->n_x = axis->count;
        }
        if (strcmp(axis->name, "seed") == 0) {
            survey->seed_axis = a;
            survey->n_seeds = axis->count;
        }
    }
    survey->n_groups = study->n_points / survey->n_x / survey->n_seeds;
}

typedef struct place {
    double x;
    size_t index;
} place;

static int compare_places(const void *a, const void *b)
{
    const place *left = a;
    const place *right = b;

    return (left->x > right->x) - (left->x < right->x);
}

static gold_status sort_axis(goldi_survey *survey)
{
    place *places = NULL;

    GOLD_TRY(GOLD_ALLOC(survey->n_x, &survey->order));
    if (survey->x_key == NULL) {
        return GOLD_OK;
    }
    GOLD_TRY(GOLD_ALLOC(survey->n_x, &places));
    for (size_t i = 0; i < survey->n_x; i++) {
        places[i] = (place){survey->x_key->reals[i], i};
    }
    qsort(places, survey->n_x, sizeof *places, compare_places);
    for (size_t i = 0; i < survey->n_x; i++) {
        survey->order[i] = places[i].index;
    }
    gold_free(places);
    return GOLD_OK;
}

/* Read a variable and keep its last value of every point. */
static gold_status read_last(gold_archive *archive, gold_variable variable,
                             double **values)
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
        (*values)[point] = all[point * count + count - 1];
    }

done:
    gold_free(all);
    return status;
}

gold_status goldi_survey_read(gold_archive *archive, goldi_survey *survey)
{
    *survey = (goldi_survey){.study = gold_archive_study(archive),
                             .schema = gold_archive_schema(archive)};
    choose_axes(survey);
    GOLD_TRY(sort_axis(survey));
    /* Before the values: what is read as done has them, also while a job
     * writes. */
    GOLD_TRY(GOLD_ALLOC(survey->study->n_points, &survey->states));
    GOLD_TRY(gold_archive_states(archive, GOLD_TASK_MEASURE, survey->states));
    if (survey->study->has_train) {
        GOLD_TRY(GOLD_ALLOC(survey->study->n_points, &survey->trained));
        GOLD_TRY(
            gold_archive_states(archive, GOLD_TASK_TRAIN, survey->trained));
        GOLD_TRY(read_last(archive, GOLD_VAR_OUTCOME, &survey->outcomes));
    }
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        GOLD_TRY(
            read_last(archive, variable_of(survey, v), &survey->values[v]));
    }
    return GOLD_OK;
}

void goldi_survey_fini(goldi_survey *survey)
{
    for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
        gold_free(survey->values[v]);
    }
    gold_free(survey->outcomes);
    gold_free(survey->trained);
    gold_free(survey->states);
    gold_free(survey->order);
    *survey = (goldi_survey){0};
}

bool goldi_survey_has_curvature(const goldi_survey *survey)
{
    return survey->schema->count[variable_of(survey, GOLDI_TRACE)] > 0;
}

bool goldi_survey_has_zones(const goldi_survey *survey)
{
    return survey->x_key != NULL && survey->schema->n_dims > 0;
}

size_t goldi_survey_dim(const goldi_survey *survey)
{
    return survey->schema->n_dims == 0
               ? 0
               : survey->schema->dims[survey->schema->n_dims - 1];
}

bool goldi_survey_has_training(const goldi_survey *survey)
{
    return survey->trained != NULL;
}

void goldi_group_index(const goldi_survey *survey, size_t group, size_t *index)
{
    for (size_t a = survey->study->n_axes; a-- > 0;) {
        const size_t count = survey->study->axes[a].count;

        index[a] = 0;
        if (a != survey->x_axis && a != survey->seed_axis) {
            index[a] = group % count;
            group /= count;
        }
    }
}

/* The states of what a variable comes of. */
static const uint8_t *states_of(const goldi_survey *survey, size_t shown)
{
    return gold_variable_task(variable_of(survey, shown)) == GOLD_TASK_TRAIN
               ? survey->trained
               : survey->states;
}

/* Mean and deviation over the points that are done, in two passes: the
 * deviation must not suffer where the mean is large. */
static goldi_stat statistics(const goldi_survey *survey, size_t shown,
                             size_t first, size_t stride)
{
    const double *values = survey->values[shown];
    const uint8_t *states = states_of(survey, shown);
    goldi_stat stat = {0, (double)NAN, (double)NAN};

    for (int pass = 0; pass < 2 && values != NULL; pass++) {
        double sum = 0.0;

        stat.n = 0;
        for (size_t s = 0; s < survey->n_seeds; s++) {
            const size_t point = first + s * stride;
            const double off = pass == 0 ? 0.0 : stat.mean;

            if (states[point] == GOLD_STATE_DONE && !isnan(values[point])) {
                sum += pass == 0
                           ? values[point]
                           : (values[point] - off) * (values[point] - off);
                stat.n++;
            }
        }
        if (pass == 0 && stat.n > 0) {
            stat.mean = sum / (double)stat.n;
        } else if (stat.n > 1) {
            stat.sd = sqrt(sum / (double)(stat.n - 1));
        }
    }
    return stat;
}

/* How far the points of neighbouring seeds are apart. */
static size_t seed_stride(const goldi_survey *survey)
{
    size_t stride = 1;

    for (size_t a = survey->study->n_axes; a-- > survey->seed_axis + 1;) {
        stride *= survey->study->axes[a].count;
    }
    return stride;
}

/* Count one point. */
static void count_point(const goldi_survey *survey, size_t point,
                        goldi_counts *counts)
{
    counts->points[survey->states[point]]++;
    if (!goldi_survey_has_training(survey)) {
        return;
    }
    counts->trained[survey->trained[point]]++;
    if (survey->trained[point] == GOLD_STATE_DONE &&
        survey->outcomes[point] >= 0.0) {
        const unsigned flags = (unsigned)survey->outcomes[point];

        for (size_t i = 0; i < GOLDI_N_ENDINGS; i++) {
            counts->endings[i] += flags >> i & 1U;
        }
    }
}

void goldi_survey_rows(const goldi_survey *survey, size_t group,
                       goldi_row *rows)
{
    const size_t stride = seed_stride(survey);
    size_t index[GOLD_MAX_AXES];

    goldi_group_index(survey, group, index);
    for (size_t i = 0; i < survey->n_x; i++) {
        goldi_row *row = &rows[i];

        *row = (goldi_row){.x = (double)NAN};
        if (survey->x_key != NULL) {
            index[survey->x_axis] = survey->order[i];
            row->x = survey->x_key->reals[survey->order[i]];
        }
        const size_t first = gold_study_ravel(survey->study, index);

        for (size_t s = 0; s < survey->n_seeds; s++) {
            count_point(survey, first + s * stride, &row->counts);
        }
        for (size_t v = 0; v < GOLDI_N_SHOWN; v++) {
            row->of[v] = statistics(survey, v, first, stride);
        }
    }
}

void goldi_survey_values(const goldi_survey *survey, size_t group,
                         goldi_shown shown, double *values)
{
    const double *all = survey->values[shown];
    const uint8_t *states = states_of(survey, shown);
    const size_t stride = seed_stride(survey);
    size_t index[GOLD_MAX_AXES];

    goldi_group_index(survey, group, index);
    for (size_t i = 0; i < survey->n_x; i++) {
        if (survey->x_key != NULL) {
            index[survey->x_axis] = survey->order[i];
        }
        const size_t first = gold_study_ravel(survey->study, index);

        for (size_t s = 0; s < survey->n_seeds; s++) {
            const size_t point = first + s * stride;

            values[i * survey->n_seeds + s] =
                all != NULL && states[point] == GOLD_STATE_DONE ? all[point]
                                                                : (double)NAN;
        }
    }
}

goldi_counts goldi_counts_of(const goldi_row *rows, size_t n_rows)
{
    goldi_counts counts = {.points = {0}};

    for (size_t i = 0; i < n_rows; i++) {
        for (size_t state = 0; state <= GOLD_STATE_EXCLUDED; state++) {
            counts.points[state] += rows[i].counts.points[state];
            counts.trained[state] += rows[i].counts.trained[state];
        }
        for (size_t k = 0; k < GOLDI_N_ENDINGS; k++) {
            counts.endings[k] += rows[i].counts.endings[k];
        }
    }
    return counts;
}

bool goldi_is_any_done(const goldi_counts *counts)
{
    return counts->points[GOLD_STATE_DONE] > 0 ||
           counts->trained[GOLD_STATE_DONE] > 0;
}

size_t goldi_missing(const size_t points[GOLD_STATE_EXCLUDED + 1])
{
    return points[GOLD_STATE_FAILED] + points[GOLD_STATE_PENDING];
}

/* Append to a label as far as there is room. */
static void append(char text[GOLDI_LABEL_BYTES], const char *separator,
                   const char *name, const char *equals, const char *value)
{
    const size_t used = strlen(text);

    (void)snprintf(text + used, GOLDI_LABEL_BYTES - used, "%s%s%s%s",
                   used == 0 ? "" : separator, name, equals, value);
}

/* Does the axis tell groups from each other? */
static bool is_group_axis(const goldi_survey *survey, size_t a, bool is_short)
{
    return a != survey->x_axis && a != survey->seed_axis &&
           (!is_short || survey->study->axes[a].count > 1);
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
            append(text, ", ", is_short ? "" : axis->keys[k].name,
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
            append(text, ", ", axis->keys[k].name, "", "");
        }
    }
    return text;
}
