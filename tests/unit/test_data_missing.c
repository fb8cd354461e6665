/* SPDX-License-Identifier: MIT */
/* Files that are not there, or are no files: refused by name, with a way out.
 */
#include <sys/stat.h>

#include "test_data_support.h"

static int setup(void **state)
{
    static char folder[PATH_BYTES];

    folder_make(folder);
    write_good(folder);
    *state = folder;
    return 0;
}

static int teardown(void **state)
{
    folder_remove(*state);
    return 0;
}

static void test_missing_file(void **state)
{
    static const char *const names[] = {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES,
                                        TEST_LABELS};
    const gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);

    for (size_t i = 0; i < 4; i++) {
        char words[PATH_BYTES];

        write_good(*state);
        erase(*state, names[i]);
        (void)snprintf(words, sizeof words,
                       "%s|%s.gz|dataset-fashion-mnist|.idx", names[i],
                       names[i]);
        expect_refusal(&study, GOLD_ERR_IO, words);
    }
}

static void test_missing_folder(void **state)
{
    char path[PATH_BYTES];
    const gold_study study = study_of(GOLD_DATA_MNIST, path);

    path_in(*state, "nowhere", path);
    expect_refusal(&study, GOLD_ERR_IO, "nowhere|No such file|MNIST");
    path_in(*state, TRAIN_IMAGES, path);
    expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|not a folder");
    path[0] = '\0';
    expect_refusal(&study, GOLD_ERR_CONFIG, "data.path|mnist");
}

static void test_no_regular_file(void **state)
{
    const gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);
    char path[PATH_BYTES];

    path_in(*state, TRAIN_IMAGES, path);
    erase(*state, TRAIN_IMAGES);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|a folder");
    erase(*state, TRAIN_IMAGES);
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|not a regular file");
}

static void test_unreadable_file(void **state)
{
    const gold_study study = study_of(GOLD_DATA_FASHION_MNIST, *state);
    char path[PATH_BYTES];

    path_in(*state, TRAIN_IMAGES, path);
    erase(*state, TRAIN_IMAGES);
    assert_int_equal(symlink(TRAIN_IMAGES, path), 0);
    expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|cannot be read");
    erase(*state, TRAIN_IMAGES);
    /* a regular file by its looks, whose first byte cannot be read */
    if (access("/proc/self/mem", F_OK) == 0) {
        assert_int_equal(symlink("/proc/self/mem", path), 0);
        expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|cannot be read");
        erase(*state, TRAIN_IMAGES);
    }
    write_good(*state);
    if (geteuid() == 0) {
        print_message("root may read anything: permissions not tested\n");
        return;
    }
    assert_int_equal(chmod(path, 0), 0);
    expect_refusal(&study, GOLD_ERR_IO, TRAIN_IMAGES "|Permission denied");
}

/* Every spelling is found; where there are two, the plain one is read. */
static void test_spellings(void **state)
{
    const gold_study study = study_of(GOLD_DATA_MNIST, *state);
    unsigned char bytes[FILE_BYTES];
    const size_t n = read_plain(*state, TRAIN_IMAGES, bytes);

    write_plain(*state, TRAIN_IMAGES ".gz", "junk", 4);
    gold_free(loaded(&study));
    erase(*state, TRAIN_IMAGES ".gz");
    erase(*state, TRAIN_IMAGES);
    write_gzip(*state, TRAIN_IMAGES ".gz", bytes, n);
    gold_free(loaded(&study));
    erase(*state, TRAIN_IMAGES ".gz");
    write_gzip(*state, "train-images.idx3-ubyte.gz", bytes, n);
    gold_free(loaded(&study));
    write_plain(*state, "train-images.idx3-ubyte", bytes, n);
    erase(*state, "train-images.idx3-ubyte.gz");
    gold_free(loaded(&study));
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_missing_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_missing_folder, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_regular_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_unreadable_file, setup, teardown),
        cmocka_unit_test_setup_teardown(test_spellings, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
