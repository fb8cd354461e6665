/* SPDX-License-Identifier: MIT */
/* Files of another kind under the right name: refused, saying what they are.
 */
#include "test_data_support.h"

static const struct {
    const char *words;
    const char *bytes;
    size_t n_bytes;
} foreign[] = {
    {"PNG", "\x89PNG\r\n\x1a\n and so on", 18},
    {"HDF5", "\x89HDF\r\n\x1a\n and so on", 18},
    {"JPEG", "\xff\xd8\xff\xe0 and so on", 14},
    {"zip", "PK\x03\x04 and so on", 14},
    {"NumPy", "\x93NUMPY\x01\x00 and so on", 18},
    {"pickle", "\x80\x02}q\x01 and so on", 16},
    {"xz", "\xfd\x37zXZ and so on", 15},
    {"text", "label,pixel1,pixel2\n5,0,0\n", 26},
    {"web page", "<!DOCTYPE html>\n<title>404</title>", 34},
    {"byte order", "\x03\x08\0\0\x28\0\0\0\x03\0\0\0\x02\0\0\0", 16},
    {"zeros", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
    {"empty", "", 0},
    {"unknown", "\x01\x02\x03", 3},
    {"32-bit integers|0x0c", "\0\0\x0c\x03\0\0\0\x28\0\0\0\x03\0\0\0\x02", 16},
    {"floats|0x0d", "\0\0\x0d\x03\0\0\0\x28\0\0\0\x03\0\0\0\x02", 16},
    {"2 dimensions", "\0\0\x08\x02\0\0\0\x28\0\0\0\x03\0\0\0\x02", 16},
    {"IDX file of labels|confused", "\0\0\x08\x01\0\0\0\x02\x01\x02", 10},
    {"header alone", "\0\0\x08\x03\0\0\0\x28\0\0\0\x03", 12},
    {"truncated|it has 26",
     "\0\0\x08\x03\0\0\0\x28\0\0\0\x03\0\0\0\x02 and so on", 26},
    {"no images", "\0\0\x08\x03\0\0\0\0\0\0\0\x03\0\0\0\x02", 16},
    {"16777217 images", "\0\0\x08\x03\x01\0\0\x01\0\0\0\x03\0\0\0\x02", 16},
    {"0 x 2", "\0\0\x08\x03\0\0\0\x28\0\0\0\0\0\0\0\x02", 16},
    {"3 x 0", "\0\0\x08\x03\0\0\0\x28\0\0\0\x03\0\0\0\0", 16},
    {"1048577", "\0\0\x08\x03\0\0\0\x28\0\0\0\x01\0\x10\0\x01", 16},
    {"4294967295 x 4294967295",
     "\0\0\x08\x03\0\0\0\x28\xff\xff\xff\xff\xff\xff\xff\xff", 16},
    {"64 GiB", "\0\0\x08\x03\x01\0\0\0\0\0\x04\0\0\0\x04\0", 16},
};

static void test_foreign_files(void **state)
{
    char folder[PATH_BYTES];
    const gold_study study = study_of(GOLD_DATA_FASHION_MNIST, folder);

    (void)state;
    folder_make(folder);
    write_good(folder);
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        char words[PATH_BYTES];

        (void)snprintf(words, sizeof words, "%s|" TRAIN_IMAGES,
                       foreign[i].words);
        write_plain(folder, TRAIN_IMAGES, foreign[i].bytes, foreign[i].n_bytes);
        expect_refusal(&study, GOLD_ERR_FORMAT, words);
    }
    folder_remove(folder);
}

/* The same when packed: the sizes that a header speaks of are weighed before
 * anything is read. */
static void test_absurd_sizes_in_gzip(void **state)
{
    char folder[PATH_BYTES];
    unsigned char bytes[FILE_BYTES];
    const gold_study study = study_of(GOLD_DATA_MNIST, folder);

    (void)state;
    folder_make(folder);
    write_good(folder);
    erase(folder, TRAIN_IMAGES);
    (void)put_header(bytes, 3, (const uint32_t[]){1 << 20, 2, 2});
    write_gzip(folder, TRAIN_IMAGES ".gz", bytes, 16);
    expect_refusal(&study, GOLD_ERR_FORMAT, TRAIN_IMAGES ".gz|truncated|hold");
    write_gzip(folder, TRAIN_IMAGES ".gz", "\x1f\x8b\x08 packed again", 16);
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TRAIN_IMAGES ".gz|must be unpacked");
    folder_remove(folder);
}

static void test_images_where_labels_belong(void **state)
{
    char folder[PATH_BYTES];
    unsigned char bytes[FILE_BYTES];
    const gold_study study = study_of(GOLD_DATA_MNIST, folder);

    (void)state;
    folder_make(folder);
    write_good(folder);
    write_plain(folder, TEST_LABELS, bytes,
                put_images(bytes, N_TEST, HEIGHT, WIDTH));
    expect_refusal(&study, GOLD_ERR_FORMAT,
                   TEST_LABELS "|IDX file of images, where labels belong");
    folder_remove(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_foreign_files),
        cmocka_unit_test(test_absurd_sizes_in_gzip),
        cmocka_unit_test(test_images_where_labels_belong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
