/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/print.h"
#include "app/tally.h"
#include "app/target.h"
#include "app/words.h"

/* A merge under way. */
typedef struct merge {
    const gold_args *args;
    size_t n;
    gold_archive **parts;       /* [n] */
    const gold_study **studies; /* [n] */
    gold_study *whole;
    gold_output *output;
    size_t n_overlaps;
} merge;

static gold_status open_parts(merge *m)
{
    const char *const *paths = m->args->operands + 1;

    /* NOLINTBEGIN(bugprone-sizeof-expression): arrays of pointers they are */
    GOLD_TRY(GOLD_ALLOC(m->n, &m->parts));
    GOLD_TRY(GOLD_ALLOC(m->n, &m->studies));
    /* NOLINTEND(bugprone-sizeof-expression) */
    for (size_t i = 0; i < m->n; i++) {
        GOLD_TRY(gold_archive_open(paths[i], &m->parts[i]));
        m->studies[i] = gold_archive_study(m->parts[i]);
    }
    return gold_study_unite(m->studies, paths, m->n, &m->whole);
}

/* Write the file. */
static gold_status write_whole(merge *m)
{
    const char *samples = gold_archive_text(m->parts[0], "data_samples");
    const gold_provenance provenance = {
        .command = m->args->line,
        .hosts = "",
        .slurm_job = "",
        .data_digest = gold_archive_text(m->parts[0], "data_sha256"),
        .data_samples = samples[0] != '\0' ? samples : NULL,
    };

    return gold_merge(m->output, m->whole, m->parts, m->n, &provenance,
                      &m->n_overlaps);
}

static int compare_reals(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

/* Values a hair apart are most likely one, once typed with fewer digits. They
 * stay two: points computed at the one are, to the bit, none of the other. */
static gold_status say_twins_on(const gold_axis_key *key, size_t count)
{
    const double hair = 1e-6;
    double *sorted = NULL;
    char low[GOLDI_REAL_BYTES];
    char high[GOLDI_REAL_BYTES];

    GOLD_TRY(GOLD_ALLOC(count, &sorted));
    memcpy(sorted, key->reals, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_reals);
    for (size_t i = 1; i < count; i++) {
        const double gap = sorted[i] - sorted[i - 1];

        if (gap > 0.0 && gap <= hair * fabs(sorted[i])) {
            gold_say(stdout,
                     "note: %s has %s and %s: if they are meant to be one "
                     "value, do not merge them, since they count as two\n",
                     key->name, goldi_real_text(sorted[i - 1], low),
                     goldi_real_text(sorted[i], high));
        }
    }
    gold_free(sorted);
    return GOLD_OK;
}

static gold_status say_twins(const gold_study *study)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        const gold_axis *axis = &study->axes[a];

        for (size_t k = 0; k < axis->n_keys; k++) {
            if (axis->keys[k].kind == GOLD_VALUE_REAL) {
                GOLD_TRY(say_twins_on(&axis->keys[k], axis->count));
            }
        }
    }
    return GOLD_OK;
}

/* How the study of the first file goes on in the new one, if it has other axes
 * or settings there than in its text. */
static gold_status say_how_to_go_on(const merge *m)
{
    char *options = NULL;

    GOLD_TRY(gold_overrides_typed(m->whole->overrides, &options));
    if (options[0] != '\0') {
        gold_say(stdout, "to go on: goldilocks run CONFIG -o %s",
                 m->args->operands[0]);
        gold_print(stdout, options);
        gold_print(stdout, "\n");
    }
    gold_free(options);
    return GOLD_OK;
}

/* "out.h5: 3 files, 1,000 points; measured: 990 of 1,000 done ...". */
static gold_status say(const merge *m)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    uint8_t *states = NULL;
    const char *path = m->args->operands[0];
    char words[160];

    GOLD_GOTO(gold_archive_open(path, &archive));
    GOLD_GOTO(GOLD_ALLOC(m->whole->n_points, &states));
    gold_say(stdout, "%s: %s, %s, %zu in more than one and equal\n", path,
             GOLD_COUNTED(m->n, "file"),
             GOLD_COUNTED(m->whole->n_points, "point"), m->n_overlaps);
    goldi_print_dropped(m->whole, gold_archive_schema(archive));
    for (int kind = 0; kind < (m->whole->has_train ? 2 : 1); kind++) {
        goldi_tally tally = {0};

        GOLD_GOTO(gold_archive_states(archive, (gold_task_kind)kind, states));
        GOLD_GOTO(goldi_tally_count(m->whole, (gold_task_kind)kind, states,
                                    NULL, &tally));
        gold_say(stdout, "%s: %s\n",
                 kind == GOLD_TASK_MEASURE ? "measured" : "trained",
                 goldi_tally_words(&tally, words));
    }
    GOLD_GOTO(say_twins(m->whole));
    status = say_how_to_go_on(m);

done:
    gold_free(states);
    gold_archive_close(&archive);
    return status;
}

gold_status gold_cmd_merge(const gold_args *args)
{
    gold_status status = GOLD_OK;
    merge m = {.args = args, .n = args->n_operands - 1};

    GOLD_GOTO(gold_target_open(args, NULL, args->operands[0], GOLD_FILE_RESULT,
                               false, &m.output));
    GOLD_GOTO(open_parts(&m));
    GOLD_GOTO(write_whole(&m));
    GOLD_GOTO(say(&m));

done:
    for (size_t i = 0; m.parts != NULL && i < m.n; i++) {
        gold_archive_close(&m.parts[i]);
    }
    gold_output_close(&m.output);
    gold_study_destroy(&m.whole);
    gold_free(m.studies);
    gold_free(m.parts);
    return status;
}
