/* SPDX-License-Identifier: MIT */
/*
 * Files changed at random, given to what reads them:
 *
 *     mutated_files result|point|data|checkpoint FILE NUMBER COUNT SECONDS
 *
 * makes mutations NUMBER .. NUMBER + COUNT - 1 of FILE in the working folder,
 * and more of them until SECONDS are over. Each command on each of them, in a
 * forked process, has to come to its end, with a message unless all is well,
 * and with room and time to spare. Where the table of a result still prints,
 * but other numbers of a point that is done, `verify` has to find that. What
 * breaks the rule stays there; the exit code is then 1. Some files that are
 * read without complaint are kept ("read-N.h5").
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "goldilocks/memory.h"
#include "goldilocks/output.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "mutation.h"

enum {
    MOST_SECONDS = 60, /* of the processor; what takes as long hangs */
    MOST_KEPT = 8,
    TABLE_BYTES = 1 << 20,
    MUTE = 70 /* exit code of a failure that says nothing */
};

/* What became of one command. */
typedef struct ending {
    int how; /* as of wait */
    long kib;
} ending;

typedef int command_fn(const char *path);

static struct {
    const char *kind;
    const char *original;
    char *table; /* of the original */
    size_t n_refused;
    size_t n_alike;
    size_t n_found; /* other numbers, which verify finds */
    size_t n_kept;
    size_t n_broken;
    long most_kib;
    double seconds;
} all;

/* ------------------------------------------------------------------- commands
 */

static int end_of(gold_status status)
{
    const int code = gold_status_exit_code(status);

    return code != 0 && gold_fail_message()[0] == '\0' ? MUTE : code;
}

static int run_words(int n, const char *const *words)
{
    gold_args args = {0};
    char *argv[8] = {NULL}; /* the reader of arguments changes none */
    gold_status status = GOLD_OK;

    memcpy(argv, words, (size_t)n * sizeof *argv);
    status = gold_args_read(n, argv, gold_commands, &args);
    if (status == GOLD_OK) {
        status = args.command->run(&args);
    }
    (void)fflush(stdout);
    return end_of(status);
}

static int run_one(const char *name, const char *path)
{
    const char *const words[] = {"goldilocks", name, path};

    return run_words(3, words);
}

static int run_status(const char *path)
{
    return run_one("status", path);
}

static int run_summary(const char *path)
{
    return run_one("summary", path);
}

static int run_table(const char *path)
{
    return run_one("table", path);
}

static int run_verify(const char *path)
{
    return run_one("verify", path);
}

static int run_merge(const char *path)
{
    const char *const words[] = {"goldilocks", "merge",      "merged.h5",
                                 path,         all.original, "--overwrite"};

    return run_words(6, words);
}

/* Replace a point file, as --overwrite does. */
static int replace_point(const char *path)
{
    const gold_output_request request = {
        .path = path, .kind = GOLD_FILE_POINT, .is_overwrite = true};
    gold_output *output = NULL;
    const gold_status status = gold_output_open(&request, &output);

    gold_output_close(&output);
    return end_of(status);
}

/* Do what a command does in a process of its own; what it prints goes to
 * "printed". */
static ending carry_out(command_fn *run, const char *path)
{
    struct rusage before;
    struct rusage after;
    ending it = {0, 0};

    (void)fflush(NULL);
    (void)getrusage(RUSAGE_CHILDREN, &before);
    const pid_t child = fork();

    if (child == 0) {
        const struct rlimit limit = {MOST_SECONDS, MOST_SECONDS};
        const int out = open("printed", O_RDWR | O_CREAT | O_TRUNC, 0666);
        const int nowhere = open("/dev/null", O_RDWR);

        (void)setrlimit(RLIMIT_CPU, &limit);
        (void)dup2(out, STDOUT_FILENO);
        if (getenv("MUTATED_FILES_SPEAK") == NULL) {
            (void)dup2(nowhere, STDERR_FILENO);
        }
        _exit(run(path));
    }
    (void)waitpid(child, &it.how, 0);
    (void)getrusage(RUSAGE_CHILDREN, &after);
    it.kib = after.ru_maxrss;
    all.most_kib = it.kib;
    all.seconds +=
        (double)(after.ru_utime.tv_sec - before.ru_utime.tv_sec) +
        1e-6 * (double)(after.ru_utime.tv_usec - before.ru_utime.tv_usec);
    return it;
}

/* --------------------------------------------------------------------- tables
 */

static char *read_printed(void)
{
    FILE *file = fopen("printed", "rb");
    char *text = calloc(TABLE_BYTES + 1, 1);

    if (file == NULL || text == NULL) {
        exit(2);
    }
    (void)!fread(text, 1, TABLE_BYTES, file);
    (void)fclose(file);
    return text;
}

/* The next field of a line of a table: moves on, and returns its bytes. */
static size_t take_field(const char **at)
{
    const size_t n = strcspn(*at, ",\n");

    *at += n + ((*at)[n] == ',');
    return n;
}

/* Are two lines equal, as far as they are numbers of a point that is done? The
 * third field is its state, the last a message. */
static bool is_line_alike(const char *line, const char *other, size_t n_fields)
{
    for (size_t i = 0; i + 1 < n_fields; i++) {
        const char *field = line;
        const char *as_before = other;
        const size_t n = take_field(&line);
        const size_t n_before = take_field(&other);

        if (i == 2) {
            if (n != 4 || strncmp(field, "done", 4) != 0) {
                return true;
            }
        } else if (n != n_before || strncmp(field, as_before, n) != 0) {
            return false;
        }
    }
    return true;
}

static size_t count_fields(const char *line)
{
    size_t n = 1;

    for (; *line != '\n' && *line != '\0'; line++) {
        n += *line == ',';
    }
    return n;
}

static bool is_table_alike(const char *table, const char *as_before)
{
    const size_t n = count_fields(as_before);

    while (*table != '\0' && *as_before != '\0') {
        if (count_fields(table) != n || !is_line_alike(table, as_before, n)) {
            return false;
        }
        table += strcspn(table, "\n");
        as_before += strcspn(as_before, "\n");
        table += *table == '\n';
        as_before += *as_before == '\n';
    }
    return *table == *as_before;
}

/* -------------------------------------------------------------------- judging
 */

static void keep(const char *path, const char *as)
{
    (void)rename(path, as);
}

static void complain(const char *what, uint64_t number, ending it)
{
    all.n_broken++;
    (void)printf("%s %s: mutation %llu: %s (code %d, signal %d, %ld KiB)\n",
                 all.kind, all.original, (unsigned long long)number, what,
                 WIFEXITED(it.how) ? WEXITSTATUS(it.how) : -1,
                 WIFSIGNALED(it.how) ? WTERMSIG(it.how) : 0, it.kib);
}

/* The exit code of a command, unless it did not end as one does: -1. */
static int judge(const char *name, uint64_t number, ending it)
{
    static const int allowed[] = {0, 3, 4, 6};

    if (WIFEXITED(it.how)) {
        for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
            if (WEXITSTATUS(it.how) == allowed[i]) {
                return allowed[i];
            }
        }
    }
    complain(name, number, it);
    return -1;
}

/* A table that was printed: are its numbers right, or found wrong? */
static void judge_table(const char *path, uint64_t number)
{
    char *table = read_printed();
    char name[64];

    if (is_table_alike(table, all.table)) {
        all.n_alike++;
    } else {
        const ending it = carry_out(run_verify, path);

        if (judge("verify", number, it) == 0) {
            complain("verify finds nothing", number, it);
        }
        all.n_found++;
    }
    free(table);
    if (all.n_kept < MOST_KEPT) {
        (void)snprintf(name, sizeof name, "read-%zu.h5", all.n_kept++);
        keep(path, name);
    }
}

static void try_result(const char *path, uint64_t number)
{
    static const struct {
        const char *name;
        command_fn *run;
        unsigned every;
    } commands[] = {{"status", run_status, 1},
                    {"summary", run_summary, 4},
                    {"merge", run_merge, 4},
                    {"table", run_table, 1}};
    int code = 0;

    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (number % commands[i].every == 0) {
            code = judge(commands[i].name, number,
                         carry_out(commands[i].run, path));
        }
    }
    if (code == 0) {
        judge_table(path, number);
    } else {
        all.n_refused++;
    }
}

static void try_point(const char *path, uint64_t number)
{
    if (judge("replace", number, carry_out(replace_point, path)) == 0) {
        all.n_alike++;
    } else {
        all.n_refused++;
    }
    if (judge("status", number, carry_out(run_status, path)) == 0) {
        complain("a point is no result", number, (ending){0, 0});
    }
}

/* --------------------------------------------------------------------- samples
 */

static int run_samples(const char *path)
{
    return end_of(read_samples(path));
}

static void try_samples(const char *path, uint64_t number)
{
    if (judge("samples", number, carry_out(run_samples, path)) == 0) {
        all.n_alike++;
    } else {
        all.n_refused++;
    }
}

/* ---------------------------------------------------------------- checkpoints
 */

/* The study to which a checkpoint belongs is any. */
static const char study_text[] =
    "study: mutated\ngrid: {seed: {count: 2}, scale: [0.5, 2]}\n"
    "data: {set: circles, train: 20, test: 10}\n"
    "network: {width: 3, depth: 1}\n"
    "train: {steps: 4, learning_rate: 0.1, log: {every: 2}, track: [loss]}\n";

static gold_checkpoints *open_checkpoints(void)
{
    gold_study *study = NULL;
    gold_checkpoints *opened = NULL;
    char *report = NULL;

    if (gold_study_parse("study", study_text, strlen(study_text), "", &study,
                         &report) != GOLD_OK ||
        gold_checkpoints_open("mutated.h5", study, "digest", &opened) !=
            GOLD_OK) {
        exit(2);
    }
    gold_study_destroy(&study);
    return opened;
}

/* Make the checkpoint of task 0 that the mutations begin with. */
static void make_checkpoint(void)
{
    gold_checkpoints *opened = open_checkpoints();
    unsigned char bytes[1000];

    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)(i * i);
    }
    if (gold_checkpoint_write(opened, 0, 1.5, bytes, sizeof bytes) != GOLD_OK) {
        exit(2);
    }
    gold_checkpoints_close(&opened);
}

/* Go on with it: 0 where its bytes are as they were, 4 where there is none. */
static int read_checkpoint(const char *path)
{
    gold_checkpoints *opened = open_checkpoints();
    void *bytes = NULL;
    size_t n_bytes = 0;
    double seconds = 0.0;
    bool is_right = true;

    (void)path;
    if (gold_checkpoint_read(opened, 0, &seconds, &bytes, &n_bytes) !=
        GOLD_OK) {
        return 1;
    }
    if (bytes == NULL) {
        return 4;
    }
    is_right = n_bytes == 1000 && seconds > 1.4 && seconds < 1.6;
    for (size_t i = 0; i < n_bytes && is_right; i++) {
        is_right = ((unsigned char *)bytes)[i] == (unsigned char)(i * i);
    }
    return is_right ? 0 : 1;
}

static void try_checkpoint(const char *path, uint64_t number)
{
    if (judge("checkpoint", number, carry_out(read_checkpoint, path)) == 0) {
        all.n_alike++;
    } else {
        all.n_refused++;
    }
}

/* ------------------------------------------------------------------------ all
 */

static void write_file(const char *path, const unsigned char *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");

    if (file == NULL || fwrite(bytes, 1, n, file) != n || fclose(file) != 0) {
        exit(2);
    }
}

/* How many were tried. */
static uint64_t try_all(uint64_t first, uint64_t count, double seconds,
                        void (*try)(const char *, uint64_t), const char *path)
{
    const time_t began = time(NULL);
    uint64_t i = first;
    original file = original_read(all.original);
    unsigned char *changed = malloc(file.n_bytes);
    char name[64];

    if (changed == NULL) {
        exit(2);
    }
    for (; i < first + count || difftime(time(NULL), began) < seconds; i++) {
        const size_t before = all.n_broken;
        const size_t n = mutate(&file, i, changed);

        write_file(path, changed, n);
        try(path, i);
        if (all.n_broken > before) {
            (void)snprintf(name, sizeof name, "broken-%llu.h5",
                           (unsigned long long)i);
            write_file(name, changed, n);
        }
    }
    free(changed);
    original_free(&file);
    return i - first;
}

int main(int argc, char **argv)
{
    if (argc != 6) {
        return 2;
    }
    all.kind = argv[1];
    all.original = argv[2];
    const uint64_t first = strtoull(argv[3], NULL, 10);
    const double seconds = strtod(argv[5], NULL);
    uint64_t count = strtoull(argv[4], NULL, 10);

    gold_store_prepare();
    if (strcmp(all.kind, "result") == 0) {
        (void)carry_out(run_table, all.original);
        all.table = read_printed();
        count = try_all(first, count, seconds, try_result, "mutated.h5");
    } else if (strcmp(all.kind, "point") == 0) {
        count = try_all(first, count, seconds, try_point, "mutated.h5");
    } else if (strcmp(all.kind, "data") == 0) {
        count = try_all(first, count, seconds, try_samples, "mutated.h5");
    } else {
        make_checkpoint();
        all.original = "original";
        (void)rename("mutated.h5.checkpoints/task-0", all.original);
        count = try_all(first, count, seconds, try_checkpoint,
                        "mutated.h5.checkpoints/task-0");
    }
    (void)printf("%s: %llu mutations: %zu refused, %zu read as before, %zu "
                 "found by verify, %zu broke a rule; at most %ld KiB, %.2f s "
                 "in all\n",
                 all.kind, (unsigned long long)count, all.n_refused,
                 all.n_alike, all.n_found, all.n_broken, all.most_kib,
                 all.seconds);
    free(all.table);
    return all.n_broken > 0 ? 1 : 0;
}
