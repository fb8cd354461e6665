/* SPDX-License-Identifier: MIT */
/* Kill every process of a job before calls chosen by lot, again and again: the
 * file opens every time, every point marked done is right, and the job ends.
 *
 * Without arguments the program is the driver; "work FILE" is the job that it
 * starts by mpirun (GOLD_MPIRUN), with the library that stops a process before
 * a call (GOLD_MOMENTS, tests/moments). Ranks leave their process ids beside
 * the file, so that the driver can kill them and no one else. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

#include <poll.h>

#include "goldilocks/random.h"

#include "mpi/test_store_support.h"

enum {
    RANKS = 3,
    ROUNDS = 8,
    N_POINTS = 2 * 6000, /* of the grid below, measured and trained */
    /* Calls that a rank writes by. Making the file takes more than FEW of rank
     * 0, and no rank has done its share of the whole after ROUNDS * MANY. */
    FEW = 20,
    MANY = 8000,
    ENOUGH = 1000 /* for some task to be done */
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

/* The process is there and has not ended. */
static bool is_alive(pid_t pid)
{
    char text[64];
    char state = 'X';

    (void)snprintf(text, sizeof text, "/proc/%ld/stat", (long)pid);
    FILE *file = fopen(text, "r");

    if (file == NULL) {
        return false;
    }
    if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) { /* NOLINT: not ours */
        state = 'X';
    }
    (void)fclose(file);
    return state != 'X' && state != 'Z';
}

/* Start the job, which stops before that call; returns the process id of
 * mpirun. */
static pid_t start(const char *program, const char *path, const char *moment)
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
        (void)setenv("GOLD_MOMENT", moment, 1);
        (void)execlp(GOLD_MPIRUN, GOLD_MPIRUN, "--oversubscribe", "-n", ranks,
                     program, "work", path, (char *)NULL);
        _exit(127);
    }
    return child;
}

/* Forget what ranks told that are dead. */
static void drain(int events)
{
    char bytes[4096];

    while (read(events, bytes, sizeof bytes) > 0) {
    }
}

/* Wait until some rank is where it stops, and all have told who they are. */
static void wait_for_moment(int events, const char *path, pid_t mpirun)
{
    struct pollfd told = {.fd = events, .events = POLLIN};
    char line[4096];

    while (poll(&told, 1, 100) != 1) {
        assert_int_equal(waitpid(mpirun, NULL, WNOHANG), 0);
    }
    assert_true(read(events, line, sizeof line) > 0);
    assert_int_equal(strncmp(line, "moment ", 7), 0);
    for (int i = 0; i < RANKS; i++) {
        while (find_pid(path, i) == 0) {
            nap(1);
        }
    }
}

/* Kill mpirun and every rank, and see them go. Stopped first, mpirun keeps the
 * ids of its ranks from being used again meanwhile. */
static void kill_all(const char *path, pid_t mpirun)
{
    (void)kill(mpirun, SIGSTOP);
    for (int i = 0; i < RANKS; i++) {
        const pid_t pid = find_pid(path, i);

        (void)kill(pid, SIGKILL);
        while (is_alive(pid)) {
            nap(1);
        }
    }
    (void)kill(mpirun, SIGKILL);
    assert_int_equal(waitpid(mpirun, NULL, 0), mpirun);
}

static const char *program_path;

/* The files of the library, open both ways; returns `events`. */
static int make_pipes(const char *folder, char *const paths[3], int *go)
{
    static const char *const names[3] = {"events", "go", "clock"};
    const int64_t none = 0;

    for (int i = 0; i < 3; i++) {
        (void)snprintf(paths[i], 128, "%s/%s", folder, names[i]);
    }
    assert_int_equal(mkfifo(paths[0], 0600), 0);
    assert_int_equal(mkfifo(paths[1], 0600), 0);
    FILE *clock = fopen(paths[2], "wb");

    assert_non_null(clock);
    assert_int_equal(fwrite(&none, sizeof none, 1, clock), 1);
    assert_int_equal(fclose(clock), 0);
    *go = open(paths[1], O_RDWR | O_CLOEXEC);
    assert_int_equal(setenv("GOLD_MOMENT_FOLDER", folder, 1), 0);
    assert_int_equal(setenv("GOLD_MOMENT_PROGRAM", "test.mpi.store.kill", 1),
                     0);
    assert_int_equal(setenv("LD_PRELOAD", GOLD_MOMENTS, 1), 0);
    return open(paths[0], O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

/* The call before which a round ends: of the program, or of what writes its
 * file; returns how often it has come by then. */
static uint32_t choose(int round, char moment[64])
{
    const gold_stream stream = gold_stream_of(1, GOLD_PURPOSE_DATA, 0);
    uint32_t bits = 0;

    gold_random_bits(stream, (uint64_t)round, 1, &bits);
    const uint32_t k = 1 + bits % (round % 4 == 0 ? FEW : MANY);

    (void)snprintf(moment, 64, "%s:%u",
                   round % 2 == 0 ? "pwrite:a.h5" : "H5Dwrite:*", k);
    return k;
}

static void test_kill(void **state)
{
    char folder[64];
    char path[128];
    char text[256];
    char moment[64];
    char pipes[3][128];
    size_t n_done = 0;
    int status = 0;
    int go = -1;

    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/a.h5", folder);
    const int events =
        make_pipes(folder, (char *const[]){pipes[0], pipes[1], pipes[2]}, &go);

    for (int round = 0; round < ROUNDS; round++) {
        const uint32_t k = choose(round, moment);

        drain(events);
        const pid_t mpirun = start(program_path, path, moment);

        wait_for_moment(events, path, mpirun);
        kill_all(path, mpirun);
        const size_t now = store_check(path);

        print_message("round %d, %s: %zu halves of points done\n", round,
                      moment, now);
        assert_true(now >= n_done + (k > ENOUGH ? 1 : 0));
        n_done = now;
    }
    const pid_t last = start(program_path, path, "pwrite:a.h5:0");

    assert_true(waitpid(last, &status, 0) == last);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(store_check(path), N_POINTS);
    for (int i = 0; i < RANKS; i++) {
        pid_path(path, i, text);
        assert_int_equal(remove(text), 0);
    }
    for (int i = 0; i < 3; i++) {
        assert_int_equal(remove(pipes[i]), 0);
    }
    (void)close(events);
    (void)close(go);
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
