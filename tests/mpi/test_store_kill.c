/* SPDX-License-Identifier: MIT */
/* Kill every process of a job at random instants, again and again: the file
 * opens every time, every point marked done is right, and the job ends.
 *
 * Without arguments the program is the driver; "work FILE" is the job that it
 * starts by mpirun (GOLD_MPIRUN). Ranks leave their process ids beside the
 * file, so that the driver can kill them and no one else. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "goldilocks/random.h"

#include "mpi/test_store_support.h"

enum {
    RANKS = 3,
    ROUNDS = 8,
    N_POINTS = 2 * 6000 /* of the grid below, measured and trained */
};

#define GRID                                                                   \
    "  seed: {count: 750}\n  relative_radius: [0.5, 1, 2, 4]\n"                \
    "  activation: [relu, tanh]\n"

static void nap(long milliseconds)
{
    const struct timespec pause = {milliseconds / 1000,
                                   milliseconds % 1000 * 1000000};

    (void)nanosleep(&pause, NULL);
}

static void pid_path(const char *path, int rank, char text[256])
{
    (void)snprintf(text, 256, "%.200s.pid-%d", path, rank);
}

/* Leave this rank's process id, whole or not at all. */
static void leave_pid(const char *path, int rank)
{
    char text[256];
    char temporary[264];
    FILE *file = NULL;

    pid_path(path, rank, text);
    (void)snprintf(temporary, sizeof temporary, "%s.new", text);
    file = fopen(temporary, "w");
    assert_non_null(file);
    assert_true(fprintf(file, "%ld\n", (long)getpid()) > 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(rename(temporary, text), 0);
}

/* The id that a rank left; 0: none. */
static pid_t find_pid(const char *path, int rank)
{
    char text[256];
    long pid = 0;

    pid_path(path, rank, text);
    FILE *file = fopen(text, "r");

    if (file != NULL) {
        if (fscanf(file, "%ld", &pid) != 1) { /* NOLINT(cert-err34-c): ours */
            pid = 0;
        }
        (void)fclose(file);
    }
    return (pid_t)pid;
}

/* True when a point of the task is to be done: a kill may strike between the
 * states of its points. */
static bool is_left(const gold_study *study, uint8_t *const *states, size_t id)
{
    const gold_task_kind kind = gold_task_kind_of(study, id);
    gold_task task = {.id = 0};
    bool is_any = false;

    STORE_OK(gold_task_init(study, id, &task));
    for (size_t k = 0; k < task.n_points; k++) {
        is_any |= states[kind][task.points[k]] == GOLD_STATE_PENDING;
    }
    gold_task_fini(&task);
    return is_any;
}

/* The job: all points that are not done, each rank its share. */
static void work(const char *path)
{
    gold_study *study = store_study(GRID);
    gold_schema schema;
    gold_store *store = NULL;
    uint8_t *states[2] = {NULL, NULL};
    int rank = 0;

    (void)MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    leave_pid(path, rank);
    gold_schema_init(&schema, study, STORE_N_TRAIN);
    STORE_OK(
        store_open(path, false, study, &schema, &store_provenance, &store));
    for (int k = 0; k < 2; k++) {
        STORE_OK(GOLD_ALLOC(study->n_points, &states[k]));
        STORE_OK(gold_store_states(store, (gold_task_kind)k, states[k]));
    }
    for (size_t id = 0; id < gold_n_tasks(study); id++) {
        if ((int)(id % RANKS) == rank && is_left(study, states, id)) {
            store_commit(store, study, &schema, id);
        }
    }
    gold_free(states[1]);
    gold_free(states[0]);
    STORE_OK(gold_store_close(&store));
    gold_study_destroy(&study);
}

/* Start the job; returns the process id of mpirun. */
static pid_t start(const char *program, const char *path)
{
    char ranks[8];

    for (int i = 0; i < RANKS; i++) {
        char text[256];

        pid_path(path, i, text);
        (void)remove(text);
    }
    (void)snprintf(ranks, sizeof ranks, "%d", RANKS);
    const pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        (void)execlp(GOLD_MPIRUN, GOLD_MPIRUN, "--oversubscribe", "-n", ranks,
                     program, "work", path, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Kill mpirun and every rank that told its id. Stopped first, mpirun keeps the
 * ids of its ranks from being used again meanwhile. */
static void kill_all(const char *path, pid_t mpirun)
{
    int status = 0;

    (void)kill(mpirun, SIGSTOP);
    if (waitpid(mpirun, &status, WNOHANG) != 0) {
        return; /* it had ended */
    }
    for (int i = 0; i < RANKS; i++) {
        const pid_t pid = find_pid(path, i);

        if (pid > 0) {
            (void)kill(pid, SIGKILL);
        }
    }
    (void)kill(mpirun, SIGKILL);
    (void)waitpid(mpirun, &status, 0);
    nap(300); /* ranks that had not told yet lose mpirun and leave */
}

/* Points done, by a look at the states alone; 0 without a file. */
static size_t count_done(const char *path)
{
    gold_archive *archive = NULL;
    uint8_t *states = NULL;
    size_t n_done = 0;

    if (access(path, F_OK) != 0) {
        return 0;
    }
    STORE_OK(gold_archive_open(path, &archive));
    const size_t n_points = gold_archive_study(archive)->n_points;

    STORE_OK(GOLD_ALLOC(n_points, &states));
    for (int kind = 0; kind < 2; kind++) {
        STORE_OK(gold_archive_states(archive, (gold_task_kind)kind, states));
        for (size_t p = 0; p < n_points; p++) {
            n_done += states[p] != GOLD_STATE_PENDING;
        }
    }
    gold_free(states);
    gold_archive_close(&archive);
    return n_done;
}

/* Wait until the job has written something new, however slow the machine, or
 * has nothing left, or half a minute is over. */
static void wait_for_work(const char *path, size_t n_before)
{
    for (int i = 0; i < 1500; i++) {
        const size_t n = count_done(path);

        if (n > n_before || n == N_POINTS) {
            return;
        }
        nap(20);
    }
}

static const char *program_path;

static void test_kill(void **state)
{
    char folder[64];
    char path[128];
    char text[256];
    const gold_stream stream = gold_stream_of(1, GOLD_PURPOSE_DATA, 0);
    uint32_t bits = 0;
    size_t n_done = 0;
    size_t n_torn = 0;
    int status = 0;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    for (int round = 0; round < ROUNDS; round++) {
        const pid_t mpirun = start(program_path, path);

        if (round % 4 != 0) {
            wait_for_work(path, n_done);
        }
        gold_random_bits(stream, (uint64_t)round, 1, &bits);
        nap(bits % (round % 4 == 0 ? 1000 : 120));
        kill_all(path, mpirun);
        const size_t now = store_check(path);

        assert_true(now >= n_done);
        n_torn += now > n_done;
        n_done = now;
        print_message("round %d: %zu halves of points done\n", round, n_done);
    }
    assert_true(n_torn >= 1);
    const pid_t last = start(program_path, path);

    assert_true(waitpid(last, &status, 0) == last);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(store_check(path), N_POINTS);
    for (int i = 0; i < RANKS; i++) {
        pid_path(path, i, text);
        assert_int_equal(remove(text), 0);
    }
    (void)snprintf(text, sizeof text, "rm -f '%s'/*.tmp-* '%s'/*.lock", folder,
                   folder);
    /* NOLINTNEXTLINE(cert-env33-c): a fixed command in a folder of ours */
    assert_int_equal(system(text), 0);
    assert_int_equal(remove(path), 0);
    assert_int_equal(rmdir(folder), 0);
    store_is_clean();
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_kill)};

    program_path = argv[0];
    if (argc == 3 && strcmp(argv[1], "work") == 0) {
        (void)MPI_Init(&argc, &argv);
        work(argv[2]);
        (void)MPI_Finalize();
        return 0;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
