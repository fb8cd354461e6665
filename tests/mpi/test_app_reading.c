/* SPDX-License-Identifier: MIT */
/* The reading commands on a file with done, failed, pending and excluded
 * points: what they print, and that they survive every refused request for
 * memory. */
#include <math.h>

#include "app/commands.h"
#include "app/words.h"
#include "mpi/test_store_support.h"

enum {
    ROOM = 1 << 20
};

typedef struct sample {
    char folder[64];
    char path[128];
    char *text; /* [ROOM] what the last command printed */
} sample;

/* How the training of a point ended: far out it collapses, at the smallest
 * radius it diverges, between it converges. */
static double ending(double place)
{
    return place > 3.0   ? GOLD_COLLAPSED | GOLD_LAZY
           : place > 0.3 ? GOLD_CONVERGED
                         : GOLD_DIVERGED;
}

/* What training would leave in a record. */
static void fill_training(const gold_schema *schema,
                          const gold_settings *settings, double *record,
                          gold_verdict *verdict)
{
    const double outcome = ending(settings->place);

    record[schema->offset[GOLD_VAR_OUTCOME]] = outcome;
    record[schema->offset[GOLD_VAR_FINAL_ACCURACY]] =
        outcome == GOLD_CONVERGED ? 1.0 : 0.25;
    record[schema->offset[GOLD_VAR_FINAL_TEST_ACCURACY]] =
        (outcome == GOLD_CONVERGED ? 0.75 : 0.25) +
        (double)(settings->seed % 100) / 100.0;
    if (outcome == GOLD_DIVERGED && verdict->state == GOLD_STATE_DONE) {
        (void)snprintf(verdict->message, GOLD_MESSAGE_BYTES,
                       "diverged at step 5");
    }
}

/* Numbers as a run would leave them: a peak at radius 1. */
static void fill(const gold_schema *schema, const gold_study *study,
                 const gold_task *task, gold_outcome *outcome)
{
    store_outcome(schema, task, outcome);
    for (size_t k = 0; k < task->n_points; k++) {
        double *record = outcome->records + k * schema->record_length;
        gold_settings settings;

        gold_study_point(study, task->points[k], &settings);
        record[schema->offset[GOLD_VAR_NORM_OVER_REFERENCE]] = settings.place;
        record[schema->offset[GOLD_VAR_LOGIT_SPREAD]] = settings.place;
        record[schema->offset[GOLD_VAR_LOSS]] = (double)NAN;
        record[schema->offset[GOLD_VAR_ACCURACY]] = 0.125;
        if (schema->n_dims > 0) {
            record[schema->offset[GOLD_VAR_TRACE_OVER_NORM] + 1] =
                (settings.place < 3.0 && settings.place > 0.3 ? 4.0 : 0.0) +
                (double)(settings.seed % 100) / 10.0;
            record[schema->offset[GOLD_VAR_POSITIVE_FRACTION] + 1] = 0.5;
        }
        if (task->kind == GOLD_TASK_TRAIN) {
            fill_training(schema, &settings, record, &outcome->verdicts[k]);
        }
        if (outcome->verdicts[k].state == GOLD_STATE_FAILED) {
            (void)snprintf(outcome->verdicts[k].message, GOLD_MESSAGE_BYTES,
                           "a \"quoted\", comma");
        }
    }
}

/* Make a file and do its first so many tasks of each kind. */
static void make_of(sample *s, const char *grid, const char *blocks,
                    size_t n_measure, size_t n_train)
{
    gold_study *study = store_study_of(grid, blocks);
    gold_schema schema;
    gold_store *store = NULL;

    gold_schema_init(&schema, study, STORE_N_TRAIN);
    (void)snprintf(s->path, sizeof s->path, "%s/a.h5", s->folder);
    STORE_OK(
        store_open(s->path, true, study, &schema, &store_provenance, &store));
    for (size_t i = 0; i < n_measure + n_train; i++) {
        const size_t id =
            i < n_measure ? i : gold_n_measure_tasks(study) + i - n_measure;
        gold_task task = {.id = 0};
        gold_outcome outcome;

        STORE_OK(gold_task_init(study, id, &task));
        fill(&schema, study, &task, &outcome);
        STORE_OK(gold_store_commit(store, &task, &outcome));
        gold_outcome_fini(&outcome);
        gold_task_fini(&task);
    }
    STORE_OK(gold_store_close(&store));
    gold_study_destroy(&study);
}

static void make(sample *s, const char *grid, size_t n_tasks)
{
    make_of(s, grid, STORE_CURVATURE, n_tasks, 0);
}

/* 2 x 2 x 3 x 3 points, of them 9 excluded and (unless all tasks are done)
 * some pending; zipped keys. */
static const char mixed[] = "  activation: [relu, tanh]\n"
                            "  zip: {depth: [1, 2], width: [4, 5]}\n"
                            "  seed: {from: 100, count: 3}\n"
                            "  relative_radius: [0.1, 1, 10]\n"
                            "  exclude: [{activation: tanh, depth: 2}]\n";

static int set_up(void **state)
{
    static sample s;

    *state = &s;
    store_folder(s.folder);
    STORE_OK(GOLD_ALLOC(ROOM, &s.text));
    return 0;
}

static int tear_down(void **state)
{
    sample *s = *state;

    gold_free(s->text);
    (void)remove(s->path);
    assert_int_equal(rmdir(s->folder), 0);
    store_is_clean();
    return 0;
}

/* Run a command with its output caught. */
static gold_status caught(sample *s, gold_status (*command)(const gold_args *),
                          const gold_args *args)
{
    FILE *file = tmpfile();
    const int before = dup(STDOUT_FILENO);
    gold_status status = GOLD_OK;
    size_t n = 0;

    assert_non_null(file);
    (void)fflush(stdout);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    status = command(args);
    (void)fflush(stdout);
    assert_true(dup2(before, STDOUT_FILENO) >= 0);
    (void)close(before);
    rewind(file);
    n = fread(s->text, 1, ROOM - 1, file);
    s->text[n] = '\0';
    (void)fclose(file);
    return status;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text != '\0'; text++) {
        n += *text == '\n' ? 1 : 0;
    }
    return n;
}

static void assert_has(const sample *s, const char *part)
{
    if (strstr(s->text, part) == NULL) {
        fail_msg("'%s' is not in:\n%s", part, s->text);
    }
}

static void test_status(void **state)
{
    sample *s = *state;
    gold_args args = {.n_operands = 1, .operands = (const char *[]){s->path}};

    make(s, mixed, 7);
    STORE_OK(caught(s, gold_cmd_status, &args));
    assert_has(s, "18 of 27 done (66.6 %), 3 failed, 6 pending, 9 excluded");
    assert_has(s, "--failed lists");
    args.is_failed = true;
    STORE_OK(caught(s, gold_cmd_status, &args));
    assert_has(s, "  activation=relu, depth=1, width=4, seed=101, "
                  "relative_radius=0.1\n    a \"quoted\", comma\n");
    args.is_json = true;
    STORE_OK(caught(s, gold_cmd_status, &args));
    assert_int_equal(count_lines(s->text), 1);
    assert_has(s, "\"total\": 36, \"done\": 18, \"failed\": 3, \"pending\": 6, "
                  "\"excluded\": 9");
    assert_has(s, "\"message\": \"a \\\"quoted\\\", comma\"");
    assert_null(strstr(s->text, "nan"));
}

static void test_table(void **state)
{
    sample *s = *state;
    gold_args args = {.n_operands = 1, .operands = (const char *[]){s->path}};

    make(s, mixed, 7);
    STORE_OK(caught(s, gold_cmd_table, &args));
    assert_int_equal(count_lines(s->text), 37);
    assert_int_equal(strncmp(s->text,
                             "activation,depth,width,seed,relative_radius,"
                             "status_measure,parameters,",
                             70),
                     0);
    assert_has(s, ",trace_over_norm_d2,trace_over_norm_d3,");
    assert_has(s, "\nrelu,1,4,100,0.1,done,");
    assert_has(s, ",\"a \"\"quoted\"\", comma\"\n");
    assert_has(s, "\ntanh,2,5,100,1,excluded,,,");
    assert_null(strstr(s->text, "nan"));
    assert_null(strstr(s->text, "eigenvalues"));
    args.format = "jsonl";
    STORE_OK(caught(s, gold_cmd_table, &args));
    assert_int_equal(count_lines(s->text), 36);
    assert_has(s, "\"loss\": null");
    args.format = "xml";
    assert_int_equal(caught(s, gold_cmd_table, &args), GOLD_ERR_USAGE);
    assert_non_null(strstr(gold_fail_message(), "xml"));
}

/* All lines of the output fit a terminal. */
static void check_width(const sample *s)
{
    for (const char *line = s->text; *line != '\0';) {
        const size_t n = strcspn(line, "\n");
        char text[1024];

        assert_true(n < sizeof text);
        memcpy(text, line, n);
        text[n] = '\0';
        if (goldi_text_columns(text) > 80) {
            fail_msg("a wide line: %s", text);
        }
        line += n + (line[n] == '\n' ? 1 : 0);
    }
}

static void test_summary(void **state)
{
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){s->path}};

    make(s, mixed, 7);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "18 of 27 done (66.6 %), 3 failed, 6 pending, 9 excluded");
    assert_has(s, "== activation=relu, depth=1, width=4");
    assert_has(s, "Tr/|H| = 4.100 +- 0.100 (3 seeds) at relative_radius 1");
    assert_has(s, "relu, 1, 4 ");
    assert_has(s, "1 failed and 0 pending points of 9 are left out");
    assert_has(s, "(excluded)\n");
    make(s, mixed, 0);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    assert_has(s, "No point is done yet.");
}

/* Three places, one of them high: a look that seeds agree on, as far as they
 * are enough. With noise alone there is no zone, and a number that says so. */
static void test_zone(void **state)
{
    sample *s = *state;
    gold_args args = {.n_operands = 1, .operands = (const char *[]){s->path}};

    make(s, mixed, 9);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "zone       too few seeds for a claim, p = ");
    assert_has(s, "from 5 on it counts that they agree");
    make(s,
         "  activation: [relu, tanh]\n"
         "  zip: {depth: [1, 2], width: [4, 5]}\n"
         "  seed: {from: 100, count: 6}\n"
         "  relative_radius: [0.1, 1, 10]\n",
         18);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    assert_has(s, "p = 0.048\n");
    args.is_json = true;
    STORE_OK(caught(s, gold_cmd_summary, &args));
    assert_int_equal(count_lines(s->text), 1);
    assert_has(s, "{\"study\": \"store-test\", \"line\": \"relative_radius\", "
                  "\"subspace_dim\": 3, \"seeds\": 6, \"level\": 0.95, "
                  "\"zones\": [{\"at\": {\"activation\": \"relu\", "
                  "\"depth\": 1, \"width\": 4}, \"low\": ");
    assert_has(s, "\"noise\": false, \"first\": 0.1");
    assert_has(s, "\"last\": 10, \"places\": 3, \"p_value\": 0.04");
    assert_has(s, "\"p_value\": null, \"n_looks\": 0, \"n_seeds\": 0");
    assert_null(strstr(s->text, "nan"));
    make(s, "  seed: {count: 8}\n  relative_radius: [5, 7, 10, 20, 30]\n", 8);
    args.is_json = false;
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "none above the noise, p = ");
    assert_has(s, "highest    Tr/|H| = ");
    assert_null(strstr(s->text, "\npeak"));
}

/* 27 points trained but the last 7; of the first 20, numbers 3, 10, 17
 * failed. */
static void test_trained_status(void **state)
{
    sample *s = *state;
    gold_args args = {.n_operands = 1, .operands = (const char *[]){s->path}};

    make_of(s, mixed, STORE_CURVATURE STORE_TRAIN, 7, 20);
    STORE_OK(caught(s, gold_cmd_status, &args));
    check_width(s);
    assert_has(s, "measured   18 of 27 done (66.6 %), 3 failed, 6 pending");
    assert_has(s, "trained    17 of 27 done (62.9 %), 3 failed, 7 pending");
    assert_has(s, "tasks      30 of 39 finished");
    args.is_failed = true;
    STORE_OK(caught(s, gold_cmd_status, &args));
    assert_has(s, "  measure activation=relu, depth=1, width=4, seed=101, "
                  "relative_radius=0.1\n");
    assert_has(s, "  train activation=relu, depth=1, width=4, seed=101, "
                  "relative_radius=0.1\n");
    args.is_json = true;
    STORE_OK(caught(s, gold_cmd_status, &args));
    assert_has(s, "\"points\": {\"total\": 36, \"done\": 18, \"failed\": 3, "
                  "\"pending\": 6, \"excluded\": 9");
    assert_has(s, "\"trained_points\": {\"total\": 36, \"done\": 17, "
                  "\"failed\": 3, \"pending\": 7, \"excluded\": 9");
    assert_has(s, "\"kind\": \"train\", \"message\":");
    assert_has(s, "\"kind\": \"measure\", \"message\":");
}

static void test_trained_table(void **state)
{
    sample *s = *state;
    gold_args args = {.n_operands = 1, .operands = (const char *[]){s->path}};

    make_of(s, mixed, STORE_CURVATURE STORE_TRAIN, 7, 20);
    STORE_OK(caught(s, gold_cmd_table, &args));
    assert_int_equal(count_lines(s->text), 37);
    assert_has(s, ",status_measure,status_train,parameters,");
    assert_has(s, ",steps_to_loss_0.5,steps_to_loss_0.25,outcome,message,"
                  "message_train\n");
    assert_has(s, "\nrelu,1,4,100,0.1,done,done,");
    assert_has(s, ",4,,diverged at step 5\n");
    assert_has(s, ",24,,\n");
    assert_null(strstr(s->text, "trajectory"));
    assert_null(strstr(s->text, "nan"));
    args.format = "jsonl";
    STORE_OK(caught(s, gold_cmd_table, &args));
    assert_has(s, "\"status_train\": \"pending\"");
    assert_has(s, "\"outcome\": null");
}

static void test_trained_summary(void **state)
{
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){s->path}};

    make_of(s, mixed, STORE_CURVATURE STORE_TRAIN, 7, 20);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "training   sgd, learning rate 0.1, batch 10, epochs 2");
    assert_has(s, "trained    17 of 27 done");
    assert_has(s, "Tr/|H| = 4.100 +- 0.100 (3 seeds) at relative_radius 1");
    assert_has(s, "0.7600 +- 0.0100 at 1\n");
    assert_has(s, "1 failed and 0 pending trainings of 9 are left out");
    assert_has(s, "training accuracy, final");
    assert_has(s, "test accuracy, final");
    assert_has(s, "== by activation, depth, width\n");
    assert_has(s, "        8   37.5    25   37.5  37.5           2\n");
    /* Trained before measured: the job may take tasks in any order. */
    make_of(s, mixed, STORE_CURVATURE STORE_TRAIN, 0, 20);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "measured   0 of 27 done");
    assert_has(s, "0.7600 +- 0.0100");
    assert_null(strstr(s->text, "nan"));
}

/* Without curvature, and with no axis to draw curves along. */
static void test_only_trained(void **state)
{
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){s->path}};

    make_of(s, mixed, STORE_TRAIN, 12, 36);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "curvature  not measured");
    assert_null(strstr(s->text, "Tr/"));
    assert_has(s, "training accuracy, final");
    assert_has(s, "0.7600 +- 0.0100\n");
    make_of(s,
            "  weight_decay: [0, 0.01]\n  seed: {count: 3}\n"
            "  relative_radius: [2]\n",
            STORE_TRAIN, 3, 6);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "== by weight_decay");
    assert_has(s, "final accuracy     test accuracy");
}

/* A single radius: one line for each combination. */
static void test_no_line(void **state)
{
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){s->path}};

    make(s, "  width: [4, 5]\n  seed: {count: 3}\n  radius: [2]\n", 6);
    STORE_OK(caught(s, gold_cmd_summary, &args));
    check_width(s);
    assert_has(s, "== by width");
    assert_null(strstr(s->text, "zone"));
    assert_int_equal(count_lines(strstr(s->text, "== by")), 5);
    STORE_OK(caught(s, gold_cmd_summary,
                    &(const gold_args){.n_operands = 1,
                                       .operands = (const char *[]){s->path},
                                       .is_json = true}));
    assert_has(
        s,
        "\"line\": null, \"subspace_dim\": 3, \"seeds\": 3, "
        "\"level\": 0.95, \"zones\": [], \"groups\": [{\"at\": {\"width\": "
        "4, \"radius\": 2}, \"rows\": [{\"norm_over_reference\": {\"mean\": ");
}

static void test_wrong_files(void **state)
{
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){"/nowhere/a.h5"}};

    make(s, mixed, 0);
    assert_int_equal(caught(s, gold_cmd_status, &args), GOLD_ERR_IO);
    assert_int_equal(caught(s, gold_cmd_summary, &args), GOLD_ERR_IO);
    assert_int_equal(caught(s, gold_cmd_table, &args), GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "/nowhere/a.h5"));
}

/* Requests for memory are refused in turn: one in 7 under slow sanitizers. */
static void test_no_memory(void **state)
{
    const int64_t step = getenv("ASAN_OPTIONS") != NULL ? 7 : 1;
    static gold_status (*const commands[])(const gold_args *) = {
        gold_cmd_status, gold_cmd_summary, gold_cmd_table};
    sample *s = *state;
    const gold_args args = {.n_operands = 1,
                            .operands = (const char *[]){s->path}};

    make_of(s, mixed, STORE_CURVATURE STORE_TRAIN, 7, 20);
    for (size_t c = 0; c < 3; c++) {
        const int64_t live = gold_live_blocks();
        gold_status status = GOLD_ERR_MEMORY;
        int64_t k = 1;

        for (; status != GOLD_OK; k += step) {
            gold_refuse_after(k);
            status = caught(s, commands[c], &args);
            gold_refuse_after(0);
            assert_int_equal(gold_live_blocks(), live);
            assert_true(status == GOLD_OK || status == GOLD_ERR_MEMORY);
        }
        assert_true(k > 6 * step);
    }
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_summary, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_zone, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trained_status, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trained_table, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_trained_summary, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(test_only_trained, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_wrong_files, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_no_memory, set_up, tear_down),
    };

    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed != 0) {
        (void)MPI_Abort(MPI_COMM_WORLD, 1);
    }
    (void)MPI_Finalize();
    return failed;
}
