/* SPDX-License-Identifier: MIT */
#include "app/ends.h"

#include <math.h>

#include "goldilocks/memory.h"

#include "app/words.h"
#include "base/text.h"

/* Is a point among those that are looked at, and trained? */
static bool is_looked_at(const goldi_survey *survey, size_t point)
{
    size_t index[GOLD_MAX_AXES];
    bool is = survey->states[GOLD_TASK_TRAIN][point] == GOLD_STATE_DONE;

    gold_study_unravel(survey->study, point, index);
    for (size_t a = 0; a < survey->study->n_axes; a++) {
        is = is &&
             (survey->at[a] == GOLD_ANY_VALUE || survey->at[a] == index[a]);
    }
    return is;
}

/* The mean of what is finite at phase i; NaN: nothing is. */
static double mean_at(const goldi_survey *survey, const double *values,
                      size_t i)
{
    const size_t n_phases = survey->schema->n_phases;
    double sum = 0.0;
    size_t n = 0;

    for (size_t point = 0; point < survey->study->n_points; point++) {
        const double value = values[point * n_phases + i];

        if (is_looked_at(survey, point) && isfinite(value)) {
            sum += value;
            n++;
        }
    }
    return n > 0 ? sum / (double)n : (double)NAN;
}

/* ", accuracy 0.43, 0.5": of each phase. */
static gold_status add_means(goldi_text *out, gold_archive *archive,
                             const goldi_survey *survey, gold_variable variable,
                             const char *name)
{
    gold_status status = GOLD_OK;
    const size_t n_phases = survey->schema->n_phases;
    double *values = NULL;

    if (survey->schema->count[variable] == 0) {
        return GOLD_OK;
    }
    GOLD_GOTO(GOLD_ALLOC(survey->study->n_points * n_phases, &values));
    GOLD_GOTO(gold_archive_variable(archive, variable, values));
    goldi_text_add(out, "; %s", name);
    for (size_t i = 0; i < n_phases; i++) {
        goldi_text_add(out, "%s %.4g", i == 0 ? "" : ",",
                       mean_at(survey, values, i));
    }
    status = out->status;

done:
    gold_free(values);
    return status;
}

gold_status goldi_print_ends(FILE *out, gold_archive *archive,
                             const goldi_survey *survey)
{
    gold_status status = GOLD_OK;
    goldi_text text = {0};

    if (survey->schema->n_phases == 0) {
        return GOLD_OK;
    }
    goldi_text_add(&text,
                   "means where each of the %zu ended, of its own "
                   "samples and labels",
                   survey->schema->n_phases);
    GOLD_GOTO(add_means(&text, archive, survey, GOLD_VAR_PHASE_STEP, "step"));
    GOLD_GOTO(add_means(&text, archive, survey, GOLD_VAR_PHASE_LOSS, "loss"));
    GOLD_GOTO(
        add_means(&text, archive, survey, GOLD_VAR_PHASE_ACCURACY, "accuracy"));
    GOLD_GOTO(add_means(&text, archive, survey, GOLD_VAR_PHASE_TEST_ACCURACY,
                        "test accuracy"));
    goldi_print_field(out, "phases", text.data);

done:
    goldi_text_fini(&text);
    return status;
}
