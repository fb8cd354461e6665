/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/json.h"
#include "app/print.h"
#include "app/words.h"

/* All that is flattened: [n_points][count] for each variable, NULL for those
 * left out. */
typedef struct table {
    gold_archive *archive;
    const gold_study *study;
    const gold_schema *schema;
    bool is_json;
    bool is_first; /* in its row */
    uint8_t *states;
    uint8_t *trained; /* NULL: the study does not train */
    double *values[GOLD_N_VARIABLES];
} table;

static bool is_shown(const table *t, int variable)
{
    const gold_extent extent =
        gold_variable_about((gold_variable)variable)->extent;

    return t->schema->count[variable] > 0 && extent != GOLD_EXTENT_SPECTRUM &&
           extent != GOLD_EXTENT_NODES && extent != GOLD_EXTENT_DENSE &&
           extent != GOLD_EXTENT_TRAJECTORY;
}

/* Name of item `i` of a variable: "trace_d10", "steps_to_loss_0.5". */
static char *column_name(const table *t, int variable, size_t i,
                         char name[GOLD_NAME_BYTES])
{
    const gold_variable_info *about =
        gold_variable_about((gold_variable)variable);

    if (about->extent == GOLD_EXTENT_SUBSPACE) {
        (void)snprintf(name, GOLD_NAME_BYTES, "%s_d%zu", about->name,
                       t->schema->dims[i]);
    } else if (about->extent == GOLD_EXTENT_LAYER) {
        (void)snprintf(name, GOLD_NAME_BYTES, "%s_l%zu_d%zu", about->name,
                       i / t->schema->n_dims,
                       t->schema->dims[i % t->schema->n_dims]);
    } else if (about->extent == GOLD_EXTENT_EXTREME) {
        (void)snprintf(name, GOLD_NAME_BYTES, "%s_%zu", about->name, i);
    } else if (about->extent == GOLD_EXTENT_REACH) {
        (void)snprintf(name, GOLD_NAME_BYTES, "%s_%.7g", about->name,
                       t->schema->reach[i]);
    } else {
        (void)snprintf(name, GOLD_NAME_BYTES, "%s", about->name);
    }
    return name;
}

/* Text as RFC 4180 wants it: in quotes where it holds a comma, a quote or a
 * line's end, quotes doubled. */
static void csv_text(const char *text)
{
    const bool is_quoted = strpbrk(text, ",\"\r\n") != NULL;

    if (!is_quoted) {
        gold_print(stdout, text);
        return;
    }
    gold_print(stdout, "\"");
    while (*text != '\0') {
        const size_t length = strcspn(text, "\"");

        gold_print_text(stdout, text, length);
        text += length;
        if (*text == '"') {
            gold_print(stdout, "\"\"");
            text++;
        }
    }
    gold_print(stdout, "\"");
}

/* What stands between the cells of a row, and in JSON the name. */
static void begin_cell(table *t, const char *name)
{
    if (!t->is_first) {
        gold_print(stdout, t->is_json ? ", " : ",");
    }
    t->is_first = false;
    if (t->is_json) {
        goldi_json_text(stdout, name);
        gold_print(stdout, ": ");
    }
}

static void text_cell(table *t, const char *name, const char *text)
{
    begin_cell(t, name);
    if (t->is_json) {
        goldi_json_text(stdout, text);
    } else {
        csv_text(text);
    }
}

static void number_cell(table *t, const char *name, double number)
{
    begin_cell(t, name);
    if (t->is_json) {
        goldi_json_number(stdout, number);
    } else if (!isnan(number)) {
        gold_say(stdout, "%.17g", number);
    }
}

static void integer_cell(table *t, const char *name, int64_t integer)
{
    begin_cell(t, name);
    gold_say(stdout, "%" PRId64, integer);
}

static void coordinate_cells(table *t, size_t point)
{
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(t->study, point, index);
    for (size_t a = 0; a < t->study->n_axes; a++) {
        for (size_t k = 0; k < t->study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &t->study->axes[a].keys[k];

            if (key->kind == GOLD_VALUE_TEXT) {
                text_cell(t, key->name, key->texts[index[a]]);
            } else if (key->kind == GOLD_VALUE_INTEGER) {
                integer_cell(t, key->name, key->integers[index[a]]);
            } else {
                number_cell(t, key->name, key->reals[index[a]]);
            }
        }
    }
}

static void value_cells(table *t, size_t point)
{
    char name[GOLD_NAME_BYTES];

    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const size_t count = t->schema->count[v];

        for (size_t i = 0; is_shown(t, v) && i < count; i++) {
            number_cell(t, t->is_json ? column_name(t, v, i, name) : "",
                        t->values[v][point * count + i]);
        }
    }
}

static const char *state_word(uint8_t state)
{
    static const char *const words[] = {"pending", "done", "failed",
                                        "excluded"};

    return words[state];
}

/* Is there a message about the training of a point: of a failure, or of how
 * it diverged? */
static bool has_train_message(const table *t, size_t point)
{
    const double outcome = t->values[GOLD_VAR_OUTCOME][point];

    return t->trained[point] == GOLD_STATE_FAILED ||
           (t->trained[point] == GOLD_STATE_DONE && outcome >= 0.0 &&
            ((unsigned)outcome & GOLD_DIVERGED) != 0);
}

static gold_status message_cells(table *t, size_t point)
{
    char message[GOLD_MESSAGE_BYTES] = "";

    if (t->states[point] == GOLD_STATE_FAILED) {
        GOLD_TRY(gold_archive_message(t->archive, GOLD_TASK_MEASURE, point,
                                      message));
    }
    text_cell(t, "message", message);
    if (t->trained == NULL) {
        return GOLD_OK;
    }
    message[0] = '\0';
    if (has_train_message(t, point)) {
        GOLD_TRY(
            gold_archive_message(t->archive, GOLD_TASK_TRAIN, point, message));
    }
    text_cell(t, "message_train", message);
    return GOLD_OK;
}

static gold_status print_point(table *t, size_t point)
{
    t->is_first = true;
    gold_print(stdout, t->is_json ? "{" : "");
    coordinate_cells(t, point);
    text_cell(t, "status_measure", state_word(t->states[point]));
    if (t->trained != NULL) {
        text_cell(t, "status_train", state_word(t->trained[point]));
    }
    value_cells(t, point);
    GOLD_TRY(message_cells(t, point));
    gold_print(stdout, t->is_json ? "}\n" : "\n");
    return GOLD_OK;
}

/* The first row of CSV: the columns' names. */
static void print_names(table *t)
{
    char name[GOLD_NAME_BYTES];

    t->is_first = true;
    for (size_t a = 0; a < t->study->n_axes; a++) {
        for (size_t k = 0; k < t->study->axes[a].n_keys; k++) {
            text_cell(t, "", t->study->axes[a].keys[k].name);
        }
    }
    text_cell(t, "", "status_measure");
    if (t->trained != NULL) {
        text_cell(t, "", "status_train");
    }
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        for (size_t i = 0; is_shown(t, v) && i < t->schema->count[v]; i++) {
            text_cell(t, "", column_name(t, v, i, name));
        }
    }
    text_cell(t, "", "message");
    if (t->trained != NULL) {
        text_cell(t, "", "message_train");
    }
    gold_print(stdout, "\n");
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
        print_names(&t);
    }
    for (size_t point = 0; point < t.study->n_points; point++) {
        GOLD_GOTO(print_point(&t, point));
    }
    GOLD_GOTO(goldi_flush(stdout));

done:
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        gold_free(t.values[v]);
    }
    gold_free(t.trained);
    gold_free(t.states);
    gold_archive_close(&t.archive);
    return status;
}
