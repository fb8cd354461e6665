/* SPDX-License-Identifier: MIT */
/* What a command may write, by what is there: of each kind, under each name. */
#include <sys/stat.h>

#include "mpi/test_store_support.h"
#include "store/output.h"

enum {
    RESULT = GOLD_FILE_RESULT,
    POINT = GOLD_FILE_POINT,
    EMPTY,
    TEXT,
    DAMAGED,
    FOREIGN, /* HDF5 */
    NOTHING,
    N_THINGS
};

static const gold_point_attribute result_notes[] = {
    {"/", "schema_version", "1", 0.0},
    {"/", "program_version", "0.1", 0.0},
};
static const gold_point_attribute point_notes[] = {
    {"/point", "a", "", 0.0},
    {"/network", "b", "", 0.0},
};

static char folder[64];
static char path[128];

static int make_folder(void **state)
{
    (void)state;
    store_folder(folder);
    (void)snprintf(path, sizeof path, "%s/x.h5", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder); /* nothing is left in it */
}

static void put_bytes(const char *name, const char *bytes)
{
    FILE *file = fopen(name, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, strlen(bytes), file), strlen(bytes));
    assert_int_equal(fclose(file), 0);
}

/* Let this, and nothing else, be at `name`. */
static void put_thing(const char *name, int thing)
{
    gold_output *output = NULL;

    (void)remove(name);
    if (thing == EMPTY || thing == TEXT || thing == DAMAGED) {
        put_bytes(name, thing == EMPTY  ? ""
                        : thing == TEXT ? "study: x\n"
                                        : "\211HDF\r\n\032\n and so on");
    } else if (thing != NOTHING) {
        output = store_output(name, GOLD_FILE_POINT);
        STORE_OK(gold_point_write(output, NULL, 0,
                                  thing == RESULT ? result_notes : point_notes,
                                  thing == FOREIGN ? 0 : 2));
        gold_output_close(&output);
    }
}

static gold_status ask(const char *name, gold_file_kind kind, bool is_overwrite,
                       bool is_resumed, gold_output **output)
{
    gold_fail_clear();
    return gold_output_open(&(gold_output_request){.path = name,
                                                   .kind = kind,
                                                   .is_overwrite = is_overwrite,
                                                   .is_resumed = is_resumed},
                            output);
}

static gold_status expected(gold_file_kind kind, int thing, bool is_overwrite,
                            bool is_resumed)
{
    if (thing == NOTHING || (thing == (int)kind && is_resumed) ||
        ((thing == (int)kind || thing == EMPTY) && is_overwrite)) {
        return GOLD_OK;
    }
    return thing == (int)kind || (thing == EMPTY && !is_resumed)
               ? GOLD_ERR_IO
               : GOLD_ERR_FORMAT;
}

static void test_kinds(void **state)
{
    gold_output *output = NULL;

    (void)state;
    for (int i = 0; i < 2 * 2 * 2 * N_THINGS; i++) {
        const gold_file_kind kind = i & 1 ? GOLD_FILE_POINT : GOLD_FILE_RESULT;
        const bool is_overwrite = (i & 2) != 0;
        const bool is_resumed = (i & 4) != 0;
        const int thing = i / 8;

        put_thing(path, thing);
        const gold_status status =
            ask(path, kind, is_overwrite, is_resumed, &output);

        assert_int_equal(status,
                         expected(kind, thing, is_overwrite, is_resumed));
        assert_int_equal(output != NULL, status == GOLD_OK);
        assert_true(status == GOLD_OK ||
                    strstr(gold_fail_message(), "x.h5") != NULL);
        assert_true(output == NULL ||
                    output->is_new == (thing == NOTHING || is_overwrite));
        gold_output_close(&output);
        assert_int_equal(access(path, F_OK) == 0, thing != NOTHING);
    }
    (void)remove(path);
    store_is_clean();
}

/* The same file by another name is an input all the same. */
static void test_inputs(void **state)
{
    char other[128];
    const char *const inputs[] = {"no such file", other};
    const gold_output_request request = {.path = path,
                                         .kind = GOLD_FILE_RESULT,
                                         .inputs = inputs,
                                         .n_inputs = 2,
                                         .is_overwrite = true,
                                         .is_resumed = true};
    gold_output *output = NULL;

    (void)state;
    (void)snprintf(other, sizeof other, "%s/other.h5", folder);
    put_thing(path, RESULT);
    for (int way = 0; way < 2; way++) {
        assert_int_equal(way == 0 ? link(path, other) : symlink(path, other),
                         0);
        assert_int_equal(gold_output_open(&request, &output), GOLD_ERR_USAGE);
        assert_non_null(strstr(gold_fail_message(), "also one of the files"));
        assert_int_equal(unlink(other), 0);
    }
    STORE_OK(gold_output_open(&request, &output));
    gold_output_close(&output);
    assert_int_equal(unlink(path), 0);
    store_is_clean();
}

/* One holder, by whatever name the others come. */
static void test_held(void **state)
{
    static const char *const names[] = {"x.h5", "soft.h5", "softer.h5",
                                        "hard.h5"};
    char paths[4][128];
    gold_output *output = NULL;
    gold_output *second = NULL;

    (void)state;
    put_thing(path, RESULT);
    for (int i = 0; i < 4; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "%s/%s", folder, names[i]);
    }
    assert_int_equal(symlink("x.h5", paths[1]), 0);
    assert_int_equal(symlink(paths[1], paths[2]), 0);
    assert_int_equal(link(path, paths[3]), 0);
    for (int i = 0; i < 4 * 4 * 2; i++) {
        const bool is_overwrite = (i & 1) != 0;

        STORE_OK(ask(paths[i / 8], GOLD_FILE_RESULT, false, true, &output));
        assert_int_equal(ask(paths[i / 2 % 4], GOLD_FILE_RESULT, is_overwrite,
                             true, &second),
                         GOLD_ERR_IO);
        assert_non_null(strstr(gold_fail_message(), "another run"));
        gold_output_close(&output);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(unlink(paths[i]), 0);
    }
    store_is_clean();
}

/* Write through a link that leads to nothing yet, and then to something. */
static void test_links(void **state)
{
    char soft[128];
    char target[128];
    struct stat about;
    gold_output *output = NULL;
    gold_output *second = NULL;

    (void)state;
    (void)snprintf(soft, sizeof soft, "%s/soft.h5", folder);
    (void)snprintf(target, sizeof target, "%s/new/deep/x.h5", folder);
    assert_int_equal(symlink("new/deep/x.h5", soft), 0);
    for (int i = 0; i < 2; i++) {
        STORE_OK(ask(soft, GOLD_FILE_POINT, i > 0, false, &output));
        assert_string_equal(gold_output_path(output), target);
        assert_int_equal(ask(target, GOLD_FILE_POINT, true, false, &second),
                         GOLD_ERR_IO);
        STORE_OK(gold_point_write(output, NULL, 0, point_notes, 2));
        gold_output_close(&output);
        assert_int_equal(lstat(soft, &about), 0);
        assert_true(S_ISLNK(about.st_mode));
        assert_int_equal(lstat(target, &about), 0);
        assert_true(S_ISREG(about.st_mode));
    }
    assert_int_equal(unlink(target), 0);
    for (int i = 0; i < 2; i++) { /* deep, and new */
        *strrchr(target, '/') = '\0';
        assert_int_equal(rmdir(target), 0);
    }
    assert_int_equal(unlink(soft), 0);
    assert_int_equal(symlink("soft.h5", soft), 0);
    assert_int_equal(ask(soft, GOLD_FILE_POINT, true, false, &output),
                     GOLD_ERR_IO);
    assert_int_equal(unlink(soft), 0);
    store_is_clean();
}

/* A folder is no file, whether it is there or not. */
static void test_folders(void **state)
{
    char name[128];
    gold_output *output = NULL;

    (void)state;
    assert_int_equal(ask(folder, GOLD_FILE_RESULT, true, true, &output),
                     GOLD_ERR_IO);
    (void)snprintf(name, sizeof name, "%s/new/", folder);
    assert_int_equal(ask(name, GOLD_FILE_RESULT, true, true, &output),
                     GOLD_ERR_IO);
    assert_non_null(strstr(gold_fail_message(), "new/result.h5"));
    assert_int_not_equal(access(name, F_OK), 0);
    /* Those that were made for nothing go again. */
    (void)snprintf(name, sizeof name, "%s/new/deep/x.h5", folder);
    STORE_OK(ask(name, GOLD_FILE_RESULT, true, true, &output));
    gold_output_close(&output);
    (void)snprintf(name, sizeof name, "%s/new", folder);
    assert_int_not_equal(access(name, F_OK), 0);
    store_is_clean();
}

/* What another program puts there while the command works stays. */
static void test_meanwhile(void **state)
{
    gold_output *output = NULL;
    struct stat about;

    (void)state;
    for (int before = 0; before < 2; before++) {
        put_thing(path, before == 0 ? NOTHING : POINT);
        STORE_OK(ask(path, GOLD_FILE_POINT, true, false, &output));
        put_thing(path, TEXT);
        assert_int_equal(gold_point_write(output, NULL, 0, point_notes, 2),
                         GOLD_ERR_IO);
        assert_non_null(strstr(gold_fail_message(), "meanwhile"));
        gold_output_close(&output);
        assert_int_equal(stat(path, &about), 0);
        assert_int_equal(about.st_size, strlen("study: x\n"));
        assert_int_equal(unlink(path), 0);
    }
    store_is_clean();
}

/* A file of the temporary name is somebody's, and stays. */
static void test_temporary(void **state)
{
    char name[160];
    struct stat about;
    gold_output *output = NULL;

    (void)state;
    (void)snprintf(name, sizeof name, "%s.tmp-%ld", path, (long)getpid());
    put_bytes(name, "notes");
    STORE_OK(ask(path, GOLD_FILE_POINT, false, false, &output));
    STORE_OK(gold_point_write(output, NULL, 0, point_notes, 2));
    gold_output_close(&output);
    assert_int_equal(stat(name, &about), 0);
    assert_int_equal(about.st_size, 5);
    assert_int_equal(unlink(name), 0);
    assert_int_equal(unlink(path), 0);
    store_is_clean();
}

static void test_memory(void **state)
{
    char soft[128];
    gold_output *output = NULL;
    gold_status status = GOLD_ERR_MEMORY;

    (void)state;
    (void)snprintf(soft, sizeof soft, "%s/soft.h5", folder);
    put_thing(path, RESULT);
    assert_int_equal(symlink("x.h5", soft), 0);
    for (int64_t k = 1; status != GOLD_OK; k++) {
        assert_int_equal(status, GOLD_ERR_MEMORY);
        gold_refuse_after(k);
        status = ask(soft, GOLD_FILE_RESULT, false, true, &output);
        gold_refuse_after(0);
        assert_true(status == GOLD_OK || gold_live_blocks() == 0);
    }
    gold_output_close(&output);
    assert_int_equal(unlink(soft), 0);
    assert_int_equal(unlink(path), 0);
    store_is_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds),     cmocka_unit_test(test_inputs),
        cmocka_unit_test(test_held),      cmocka_unit_test(test_links),
        cmocka_unit_test(test_folders),   cmocka_unit_test(test_meanwhile),
        cmocka_unit_test(test_temporary), cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
