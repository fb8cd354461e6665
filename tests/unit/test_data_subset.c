/* SPDX-License-Identifier: MIT */
/* Subsets: the first samples of the file, or of a random order that depends on
 * the seed alone. More samples never change those that were there. */
#include "goldilocks/random.h"

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

/* Samples of a half are those of the file in this order. */
static void assert_order(const gold_dataset *data, const gold_samples *samples,
                         const size_t *order)
{
    for (size_t i = 0; i < samples->n; i++) {
        assert_int_equal(samples->labels[i], order[i] % 10);
        for (size_t j = 0; j < data->n_features; j++) {
            assert_int_equal((int)input(data, samples, i, j),
                             pixel(order[i], j));
        }
    }
}

static void test_first(void **state)
{
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    size_t order[N_TRAIN];

    for (size_t i = 0; i < N_TRAIN; i++) {
        order[i] = i;
    }
    for (study.data.train = 0; study.data.train <= N_TRAIN;
         study.data.train += N_TRAIN / 4) {
        void *block = loaded(&study);
        const gold_dataset data = gold_dataset_view(block);

        assert_int_equal(data.train.n,
                         study.data.train == 0 ? N_TRAIN : study.data.train);
        assert_order(&data, &data.train, order);
        assert_order(&data, &data.test, order);
        gold_free(block);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_random(void **state)
{
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    size_t train[N_TRAIN];
    size_t test[N_TEST];

    study.data.subset = GOLD_SUBSET_RANDOM;
    study.data.subset_seed = 11;
    gold_random_order(gold_stream_of(11, GOLD_PURPOSE_SUBSET, 0), N_TRAIN,
                      train);
    gold_random_order(gold_stream_of(11, GOLD_PURPOSE_SUBSET, 1), N_TEST, test);
    for (size_t n = 1; n <= N_TEST; n++) {
        study.data.train = 2 * n;
        study.data.test = n;
        void *block = loaded(&study);
        const gold_dataset data = gold_dataset_view(block);

        assert_order(&data, &data.train, train);
        assert_order(&data, &data.test, test);
        gold_free(block);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* With a seed of its own a point has the samples, to the bit, that all points
 * have with that seed given; whatever else is in the block. */
static void test_per_seed(void **state)
{
    gold_study study = study_of(GOLD_DATA_MNIST, *state);
    gold_settings settings = {.n_train = N_TRAIN - 9};

    for (int normalize = GOLD_NORMALIZE_STANDARD;
         normalize <= GOLD_NORMALIZE_PER_IMAGE; normalize++) {
        if (normalize == GOLD_NORMALIZE_STANDARD ||
            normalize == GOLD_NORMALIZE_PER_PIXEL) {
            continue; /* of all training samples here, of those used there */
        }
        study.data = (gold_data_block){.set = GOLD_DATA_MNIST,
                                       .path = *state,
                                       .train = N_TRAIN - 5,
                                       .test = N_TEST - 7,
                                       .subset = GOLD_SUBSET_PER_SEED,
                                       .normalize = (gold_normalize)normalize};
        void *kept = loaded(&study);
        const gold_dataset all = gold_dataset_view(kept);

        assert_int_equal(all.train.n, N_TRAIN - 5);
        assert_int_equal(all.train.n_kept, N_TRAIN);
        for (settings.data_seed = 3; settings.data_seed < 5;
             settings.data_seed++) {
            gold_point_data own;

            study.data.subset = GOLD_SUBSET_RANDOM;
            study.data.subset_seed = settings.data_seed;
            void *block = loaded(&study);
            const gold_dataset given = gold_dataset_view(block);

            assert_int_equal(gold_point_data_init(&own, &all, &settings),
                             GOLD_OK);
            assert_int_equal(own.data.train.n, N_TRAIN - 9);
            assert_int_equal(own.data.test.n, N_TEST - 7);
            assert_memory_equal(own.data.train.inputs, given.train.inputs,
                                own.data.train.n * HEIGHT * WIDTH *
                                    sizeof(double));
            assert_memory_equal(own.data.train.labels, given.train.labels,
                                own.data.train.n);
            assert_memory_equal(own.data.test.inputs, given.test.inputs,
                                own.data.test.n * HEIGHT * WIDTH *
                                    sizeof(double));
            gold_point_data_fini(&own);
            gold_free(block);
        }
        gold_free(kept);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void digest_of(const gold_study *study, char digest[GOLD_DIGEST_TEXT])
{
    void *block = loaded(study);

    (void)snprintf(digest, GOLD_DIGEST_TEXT, "%s",
                   gold_dataset_view(block).digest);
    gold_free(block);
}

/* The digest changes with everything that changes the samples, and not with
 * where they are or how precisely they are stored. */
static void test_digest(void **state)
{
    const gold_study plain = study_of(GOLD_DATA_MNIST, *state);
    gold_study variants[9];
    char expected[GOLD_DIGEST_TEXT];
    char found[GOLD_DIGEST_TEXT];
    unsigned char bytes[FILE_BYTES];

    for (size_t i = 0; i < 9; i++) {
        variants[i] = plain;
    }
    variants[0].data.train = N_TRAIN - 1;
    variants[1].data.test = N_TEST - 1;
    variants[2].data.normalize = GOLD_NORMALIZE_UNIT;
    variants[3].data.normalize = GOLD_NORMALIZE_STANDARD;
    variants[4].data.subset = GOLD_SUBSET_RANDOM;
    variants[5].data.subset = GOLD_SUBSET_RANDOM;
    variants[5].data.subset_seed = 1;
    variants[6].data.set = GOLD_DATA_FASHION_MNIST;
    variants[7].data.subset = GOLD_SUBSET_PER_SEED;
    variants[8].data.normalize = GOLD_NORMALIZE_PER_IMAGE;
    digest_of(&plain, expected);
    for (size_t i = 0; i < 9; i++) {
        digest_of(&variants[i], found);
        assert_string_not_equal(expected, found);
    }
    variants[0] = plain;
    variants[0].data.train = N_TRAIN;
    variants[0].run.precision = GOLD_FLOAT32;
    write_gzip(*state, TRAIN_IMAGES ".gz", bytes,
               put_images(bytes, N_TRAIN, HEIGHT, WIDTH));
    erase(*state, TRAIN_IMAGES);
    digest_of(&variants[0], found);
    assert_string_equal(expected, found);
    bytes[put_labels(bytes, N_TEST) - 1] = 0;
    write_plain(*state, TEST_LABELS, bytes,
                put_header(bytes, 1, (const uint32_t[]){N_TEST}) + N_TEST);
    digest_of(&plain, found);
    assert_string_not_equal(expected, found);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_first, setup, teardown),
        cmocka_unit_test_setup_teardown(test_random, setup, teardown),
        cmocka_unit_test_setup_teardown(test_per_seed, setup, teardown),
        cmocka_unit_test_setup_teardown(test_digest, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
