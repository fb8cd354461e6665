/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/tally.h"
#include "app/words.h"

/* All that is flattened: [n_points][count] for each variable, NULL for those
 * left out. */
typedef struct table {
    gold_archive *archive;
    const gold_study *study;
    const gold_schema *schema;
    bool is_json;
    bool is_head; /* names of columns stand for what is in them */
    goldi_text row;
    uint8_t *states;
    uint8_t *trained; /* NULL: the study does not train */
    double *values[GOLD_N_VARIABLES];
} table;

static bool is_shown(const table *t, int variable)
{
    char name[GOLD_NAME_BYTES];

    return t->schema->count[variable] > 0 &&
           gold_item_name(t->schema, (gold_variable)variable, 0, name) != NULL;
}

/* Text as RFC 4180 wants it: in quotes where it holds a comma, a quote or a
 * line's end, quotes doubled. */
static void put_csv(goldi_text *row, const char *text)
{
    const char *quote = strpbrk(text, ",\"\r\n") != NULL ? "\"" : "";

    goldi_text_add(row, "%s%s", row->length > 0 ? "," : "", quote);
    while (*text != '\0') {
        const size_t n = strcspn(text, "\"");

        goldi_text_append(row, text, n);
        text += n;
        if (*text == '"') {
            goldi_text_add(row, "\"\"");
            text++;
        }
    }
    goldi_text_add(row, "%s", quote);
}

static void put_text(table *t, const char *name, const char *text)
{
    if (t->is_json) {
        goldi_json_text(&t->row, name, text);
    } else {
        put_csv(&t->row, t->is_head ? name : text);
    }
}

static void put_number(table *t, const char *name, double number)
{
    char text[GOLDI_REAL_BYTES];

    if (t->is_json) {
        goldi_json_number(&t->row, name, number);
    } else {
        put_text(t, name, isnan(number) ? "" : goldi_number_text(number, text));
    }
}

static void put_whole(table *t, const char *name, int64_t number)
{
    char text[GOLDI_REAL_BYTES];

    (void)snprintf(text, sizeof text, "%lld", (long long)number);
    if (t->is_json) {
        goldi_json_whole(&t->row, name, number);
    } else {
        put_text(t, name, text);
    }
}

static void put_coordinates(table *t, size_t point)
{
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(t->study, point, index);
    for (size_t a = 0; a < t->study->n_axes; a++) {
        for (size_t k = 0; k < t->study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &t->study->axes[a].keys[k];

            if (key->kind == GOLD_VALUE_TEXT) {
                put_text(t, key->name, key->texts[index[a]]);
            } else if (key->kind == GOLD_VALUE_REAL) {
                put_number(t, key->name, key->reals[index[a]]);
            } else {
                put_whole(t, key->name, key->integers[index[a]]);
            }
        }
    }
}

static void put_values(table *t, size_t point)
{
    char name[GOLD_NAME_BYTES];

    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const size_t count = t->schema->count[v];

        for (size_t i = 0; is_shown(t, v) && i < count; i++) {
            put_number(t, gold_item_name(t->schema, (gold_variable)v, i, name),
                       t->values[v][point * count + i]);
        }
    }
}

/* Is there a message about the training of a point: of a failure, of how it
 * diverged, or perhaps of its end? */
static bool has_train_message(const table *t, size_t point)
{
    const double outcome = t->values[GOLD_VAR_OUTCOME][point];

    return t->trained[point] == GOLD_STATE_FAILED ||
           (t->trained[point] == GOLD_STATE_DONE && outcome >= 0.0 &&
            (((unsigned)outcome & GOLD_DIVERGED) != 0 ||
             gold_study_n_measured(t->study, UINT64_MAX) > 0));
}

/* The message of a task, where there is one and rows are what is wanted. */
static gold_status put_message(table *t, const char *name, bool is_there,
                               gold_task_kind kind, size_t point)
{
    char message[GOLD_MESSAGE_BYTES] = "";

    if (is_there && !t->is_head) {
        GOLD_TRY(gold_archive_message(t->archive, kind, point, message));
    }
    put_text(t, name, message);
    return GOLD_OK;
}

static gold_status print_point(table *t, size_t point)
{
    if (t->is_json) {
        goldi_json_open(&t->row, NULL, '{');
    }
    put_coordinates(t, point);
    put_text(t, "status_measure", goldi_state_word(t->states[point]));
    if (t->trained != NULL) {
        put_text(t, "status_train", goldi_state_word(t->trained[point]));
    }
    put_values(t, point);
    GOLD_TRY(put_message(t, "message", t->states[point] == GOLD_STATE_FAILED,
                         GOLD_TASK_MEASURE, point));
    if (t->trained != NULL) {
        GOLD_TRY(put_message(t, "message_train", has_train_message(t, point),
                             GOLD_TASK_TRAIN, point));
    }
    goldi_text_add(&t->row, t->is_json ? "}\n" : "\n");
    return goldi_print_whole(stdout, &t->row);
}

/* States before values: a job that writes meanwhile writes values first, so
 * whatever is read as done has its values. */
static gold_status read_table(table *t)
{
    const size_t n_points = t->study->n_points;

    GOLD_TRY(GOLD_ALLOC(n_points, &t->states));
    GOLD_TRY(gold_archive_states(t->archive, GOLD_TASK_MEASURE, t->states));
    if (t->study->has_train) {
        GOLD_TRY(GOLD_ALLOC(n_points, &t->trained));
        GOLD_TRY(gold_archive_states(t->archive, GOLD_TASK_TRAIN, t->trained));
    }
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        if (is_shown(t, v)) {
            GOLD_TRY(GOLD_ALLOC(n_points * t->schema->count[v], &t->values[v]));
            GOLD_TRY(gold_archive_variable(t->archive, (gold_variable)v,
                                           t->values[v]));
        }
    }
    return GOLD_OK;
}

gold_status gold_cmd_table(const gold_args *args)
{
    gold_status status = GOLD_OK;
    table t = {.is_json =
                   args->format != NULL && strcmp(args->format, "jsonl") == 0};

    if (args->format != NULL && !t.is_json &&
        strcmp(args->format, "csv") != 0) {
        GOLD_FAIL(GOLD_ERR_USAGE, "--format is csv or jsonl, not '%s'",
                  args->format);
    }
    GOLD_GOTO(gold_archive_open(args->operands[0], &t.archive));
    t.study = gold_archive_study(t.archive);
    t.schema = gold_archive_schema(t.archive);
    GOLD_GOTO(read_table(&t));
    if (!t.is_json) {
        t.is_head = true;
        GOLD_GOTO(print_point(&t, 0));
        t.is_head = false;
    }
    for (size_t point = 0; point < t.study->n_points; point++) {
        GOLD_GOTO(print_point(&t, point));
    }
    GOLD_GOTO(goldi_flush(stdout));

done:
    goldi_text_fini(&t.row);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        gold_free(t.values[v]);
    }
    gold_free(t.trained);
    gold_free(t.states);
    gold_archive_close(&t.archive);
    return status;
}
