/* SPDX-License-Identifier: MIT */
/* What ranks commit, each its own lines, is what a reader finds, wherever the
 * line axes stand; and nothing else is touched. */
#include <math.h>

#include "mpi/test_store_support.h"

#define R "  relative_radius: [0.5, 1, 2, 4]\n"
#define S "  seed: [3, 5, 8]\n"
#define A "  activation: [relu, tanh]\n"
#define T "  temperature: [1, 2]\n"

static const char *const grids[] = {
    A S R,   /* line axis fastest */
    A R S,   /* middle */
    R A S,   /* slowest */
    T A R S, /* two line axes, apart */
    A S R T, /* two line axes, together */
    S,       /* none */
    R,       /* nothing else */
    "  zip: {depth: [1, 2, 3], width: [4, 5, 6]}\n" A R,
    A S R "  exclude: [{activation: tanh, relative_radius: 1}]\n",
    R A S "  exclude: [{activation: tanh, relative_radius: 4, seed: 5}]\n",
};

/* Every third task is not done. */
static bool is_left_out(size_t id)
{
    return id % 3 == 1;
}

static void check_values(gold_archive *archive, const gold_study *study,
                         const uint8_t *states, int variable)
{
    const size_t count = gold_archive_schema(archive)->count[variable];
    double *values = NULL;

    if (count == 0) {
        return; /* not in this study */
    }
    STORE_OK(GOLD_ALLOC(study->n_points * count, &values));
    STORE_OK(gold_archive_variable(archive, (gold_variable)variable, values));
    for (size_t j = 0; j < study->n_points * count; j++) {
        const double value = store_value(j / count, variable, j % count);
        const uint8_t state = states[j / count];

        if (state == GOLD_STATE_DONE || state == GOLD_STATE_FAILED) {
            assert_true(values[j] == value);
        } else {
            assert_true(isnan(values[j]));
        }
    }
    gold_free(values);
}

/* The task of a kind that a point belongs to. */
static size_t task_of(const gold_study *study, gold_task_kind kind,
                      size_t point)
{
    return kind == GOLD_TASK_TRAIN ? gold_n_measure_tasks(study) + point
                                   : gold_task_of_point(study, point);
}

static void check_points(gold_archive *archive, const gold_study *study,
                         gold_task_kind kind, const uint8_t *states)
{
    char message[GOLD_MESSAGE_BYTES];
    double *seconds = NULL;

    STORE_OK(GOLD_ALLOC(study->n_points, &seconds));
    STORE_OK(gold_archive_seconds(archive, kind, seconds));
    for (size_t p = 0; p < study->n_points; p++) {
        const size_t id = task_of(study, kind, p);
        const bool is_there =
            !gold_study_is_excluded(study, p) && !is_left_out(id);
        uint8_t expected = GOLD_STATE_PENDING;

        if (gold_study_is_excluded(study, p)) {
            expected = GOLD_STATE_EXCLUDED;
        } else if (is_there) {
            expected = store_fails(p) ? GOLD_STATE_FAILED : GOLD_STATE_DONE;
        }
        assert_int_equal(states[p], expected);
        assert_true(is_there ? seconds[p] == 0.5 * (double)id
                             : isnan(seconds[p]));
        STORE_OK(gold_archive_message(archive, kind, p, message));
        assert_string_equal(
            message, is_there && store_fails(p) ? "Größe läuft über" : "");
    }
    gold_free(seconds);
}

static void check_file(const char *path, const gold_study *study)
{
    gold_archive *archive = NULL;
    gold_session sessions[GOLD_MAX_SESSIONS];
    size_t n_sessions = 0;
    uint8_t *states[2] = {NULL, NULL};
    int size = 0;

    STORE_OK(gold_archive_open(path, &archive));
    assert_int_equal(gold_archive_schema(archive)->n_train, STORE_N_TRAIN);
    for (int k = 0; k < 2; k++) {
        const gold_task_kind kind = (gold_task_kind)k;

        STORE_OK(GOLD_ALLOC(study->n_points, &states[k]));
        STORE_OK(gold_archive_states(archive, kind, states[k]));
        check_points(archive, study, kind, states[k]);
    }
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        check_values(archive, study,
                     states[gold_variable_task((gold_variable)v)], v);
    }
    (void)MPI_Comm_size(MPI_COMM_WORLD, &size);
    STORE_OK(gold_archive_sessions(archive, sessions, &n_sessions));
    assert_int_equal(n_sessions, 2);
    for (size_t i = 0; i < n_sessions; i++) {
        assert_int_equal(sessions[i].ranks, size);
        assert_string_equal(sessions[i].hosts, "here,there");
        assert_true(sessions[i].start > 1.6e9);
        assert_true(sessions[i].end >= sessions[i].start);
    }
    gold_free(states[1]);
    gold_free(states[0]);
    gold_archive_close(&archive);
}

/* The even tasks, of the first session, were tried once by the second. */
static void check_attempts(gold_store *store, const gold_study *study,
                           gold_task_kind kind, size_t parity)
{
    for (size_t p = 0; p < study->n_points; p++) {
        const size_t id = task_of(study, kind, p);
        int32_t attempts = -1;

        STORE_OK(gold_store_attempts(store, kind, p, &attempts));
        assert_true(gold_study_is_excluded(study, p) ||
                    attempts ==
                        (parity == 1 && !is_left_out(id) && id % 2 == 0));
    }
}

/* One session: open, commit every task of this rank whose number is even or
 * odd, close. Twice, and all is done. */
static void run_session(const char *path, const gold_study *study,
                        size_t parity)
{
    gold_schema schema;
    gold_store *store = NULL;
    int rank = 0;
    int size = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    (void)MPI_Comm_size(MPI_COMM_WORLD, &size);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(
        store_open(path, false, study, &schema, &store_provenance, &store));
    check_attempts(store, study, GOLD_TASK_MEASURE, parity);
    check_attempts(store, study, GOLD_TASK_TRAIN, parity);
    /* Nobody commits before everybody has looked. */
    (void)MPI_Barrier(MPI_COMM_WORLD);
    for (size_t id = parity; id < gold_n_tasks(study); id += 2) {
        if (!is_left_out(id) && (int)(id / 2) % size == rank) {
            store_commit(store, study, &schema, id);
        }
    }
    STORE_OK(gold_store_sync(store));
    STORE_OK(gold_store_close(&store));
    assert_null(store);
}

static void test_grids(void **state)
{
    char folder[64];
    char path[128];
    int rank = 0;

    (void)state;
    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    store_folder(folder);
    for (size_t g = 0; g < sizeof grids / sizeof *grids; g++) {
        gold_study *study = store_study(grids[g]);

        (void)snprintf(path, sizeof path, "%s/new/%zu.h5", folder, g);
        run_session(path, study, 0);
        run_session(path, study, 1);
        check_file(path, study);
        (void)MPI_Barrier(MPI_COMM_WORLD);
        if (rank == 0) {
            assert_int_equal(remove(path), 0);
        }
        gold_study_destroy(&study);
    }
    if (rank == 0) {
        (void)snprintf(path, sizeof path, "%s/new", folder);
        assert_int_equal(rmdir(path), 0);
        assert_int_equal(rmdir(folder), 0);
    }
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_grids)};

    (void)MPI_Init(&argc, &argv);
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);

    if (failed != 0) {
        (void)MPI_Abort(MPI_COMM_WORLD, 1);
    }
    (void)MPI_Finalize();
    return failed;
}
