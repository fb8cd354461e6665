/* SPDX-License-Identifier: MIT */
/* Every default that is told is the one in force: a study that says it is the
 * same study as one that does not. */
#include "study/key_text.h"
#include "study/read.h"
#include "unit/test_study_support.h"

#define GRID "study: a\ngrid: {scale: [1, 2]}\n"

/* Studies that say nothing of what they leave to defaults. Of density there is
 * one: its keys make it. */
static const char *const studies[] = {
    GRID "data: {set: mixture}\nnetwork: {bias: true}\n"
         "curvature: {subspace: {dim: 2}, extreme: {count: 1}, density: {}}\n"
         "train: {constraint: {subspace: {dim: 2}}}\n",
    GRID "data: {set: mnist, path: here}\nnetwork: {kind: cnn}\n"
         "curvature: {subspace: {dim: 2}}\n"
         "train: {optimizer: momentum, log: {count: 9}}\n",
    GRID "data: {set: circles, labels: {permute: 3}}\ntrain: {}\n",
    GRID "data: {set: circles, labels: {share: 0.5}}\n"
         "network: {normalization: layer}\n"
         "train: {}\n",
    HEAD "grid: {seed: {count: 4}}\n" WORK "train: {select: {group: 2}}\n",
    GRID "data: {set: function, target: sin}\nnetwork: {loss: mse}\n"
         "train: {}\n",
    GRID "data: {set: rings}\ntrain: {}\n",
    GRID "data: {set: modular-addition}\ntrain: {}\n",
    GRID
    "data: {set: rings}\ncurvature: {boundary: {eigenvectors: 3}}\ntrain: {}\n",
};

enum {
    N_STUDIES = sizeof studies / sizeof *studies
};

/* Does the text of a study have a key of this name? */
static bool is_said(const char *text, const char *name)
{
    const size_t n = strlen(name);

    for (const char *at = strstr(text, name); at != NULL;
         at = strstr(at + 1, name)) {
        if (at[n] == ':' && strchr(" {\n", at[-1]) != NULL) {
            return true;
        }
    }
    return false;
}

/* The section of a key, as it is said. */
static const char *home_of(const goldi_key *key)
{
    const char *label = goldi_section_label(key->section);
    const char *dot = strrchr(label, '.');

    return dot == NULL ? label : dot + 1;
}

static char *identity_of(const gold_study *study)
{
    char *identity = NULL;

    assert_int_equal(gold_study_identity(study, &identity), GOLD_OK);
    return identity;
}

/* Both are one study, as far as the key goes too. */
static void expect_same(const goldi_key *key, const char *text,
                        const char *line)
{
    gold_study *without = parse(text);
    gold_study *with = parse_with(text, line);
    char *identity = identity_of(without);
    char *other = identity_of(with);

    if (strcmp(identity, other) != 0) {
        print_error("--set %s makes\n%sof\n%s", line, other, identity);
    }
    assert_string_equal(identity, other);
    if (key != NULL && key->home != GOLDI_NOT_KEPT) {
        const goldi_value a = goldi_get(key, &without->base, without);
        const goldi_value b = goldi_get(key, &with->base, with);

        assert_int_equal(a.integer, b.integer);
        assert_true(!(a.real < b.real || a.real > b.real));
    }
    gold_free(identity);
    gold_free(other);
    gold_study_destroy(&without);
    gold_study_destroy(&with);
}

/* True when the line makes a study of the text. */
static bool is_possible(const char *text, const char *line)
{
    gold_study *study = NULL;
    char *report = NULL;
    const gold_status status = gold_study_parse("test.yaml", text, strlen(text),
                                                line, &study, &report);

    gold_free(report);
    gold_study_destroy(&study);
    return status == GOLD_OK;
}

static void test_defaults(void **state)
{
    size_t n_keys = 0;
    char path[GOLDI_PATH_BYTES];

    (void)state;
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        goldi_text line = {0};
        size_t n = 0;

        goldi_text_add(&line, "%s=", goldi_key_path(key, path));
        const bool has_default = goldi_add_default(&line, key, "");

        for (size_t s = 0; has_default && s < N_STUDIES; s++) {
            if (!is_said(studies[s], key->name) &&
                (!key->is_inner || is_said(studies[s], home_of(key))) &&
                is_possible(studies[s], line.data)) {
                expect_same(key, studies[s], line.data);
                n++;
            }
        }
        if (has_default && n == 0) {
            print_error("in which study is %s?\n", line.data);
        }
        assert_true(!has_default || n > 0);
        n_keys += has_default ? 1 : 0;
        goldi_text_fini(&line);
    }
    assert_true(n_keys > 50);
}

/* Defaults in words; each row that has one is here. */
static void test_defaults_in_words(void **state)
{
#define WITH(data) GRID "data: {" data "}\ntrain: {steps: 1}\n"
#define VALUES     WITH("set: function, target: sin") "network: {loss: mse}\n"
    static const struct {
        const char *key;
        const char *text;
        const char *line;
    } cases[] = {
        {"path", WITH("set: fashion-mnist"),
         "data.path=" GOLD_FASHION_MNIST_FOLDER},
        {"train", WITH("set: circles"), "data.train=2400"},
        {"train", WITH("set: mixture"), "data.train=1000"},
        {"train", WITH("set: fashion-mnist"), "data.train=all"},
        {"test", WITH("set: circles"), "data.test=1364"},
        {"test", WITH("set: mixture"), "data.test=1000"},
        {"test", WITH("set: fashion-mnist"), "data.test=all"},
        {"train", VALUES, "data.train=100"},
        {"test", VALUES, "data.test=100"},
        {"features", VALUES, "data.features=1"},
        {"classes", WITH("set: mixture"), "data.classes=10"},
        {"features", WITH("set: mixture"), "data.features=50"},
        {"subset", WITH("set: fashion-mnist"), "data.subset=first"},
        {"radii", WITH("set: rings"), "data.radii=[1, 0.5]"},
        {"betas", WITH("set: circles"), "train.betas=[0.9, 0.999]"},
        {"schedule", WITH("set: circles"), "train.schedule=constant"},
        {"dense", HEAD "grid: {seed: 0}\n" WORK, "curvature.dense=false"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        expect_same(NULL, cases[i].text, cases[i].line);
    }
    for (size_t i = 0; i < goldi_n_keys; i++) {
        bool is_there = goldi_keys[i].usual == NULL;

        for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
            const char *number = strchr(cases[c].line, '=') + 1;

            if (strcmp(cases[c].key, goldi_keys[i].name) == 0 &&
                goldi_keys[i].usual != NULL) {
                assert_non_null(strstr(goldi_keys[i].usual, number));
                is_there = true;
            }
        }
        assert_true(is_there);
    }
}

static void test_default_path(void **state)
{
    gold_study *study = parse(WITH("set: fashion-mnist"));

    (void)state;
    assert_string_equal(study->data.path, GOLD_FASHION_MNIST_FOLDER);
    gold_study_destroy(&study);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_defaults_in_words),
        cmocka_unit_test(test_default_path),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
