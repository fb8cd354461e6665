/* SPDX-License-Identifier: MIT */
/* A study with all its defaults is the same study, and says all of them. */
#include "goldilocks/keys.h"

#include "unit/test_study_support.h"

#define GRID "grid: {seed: {count: 2}, radius: {from: 1, to: 9, count: 3}}\n"

static const struct {
    const char *text;
    const char *overrides;
    const char *says[4]; /* lines of the result; NULL: fewer */
} cases[] = {
    {HEAD GRID WORK,
     "",
     {"  depth: 2\n", "  train: 2400\n", "  radius: {from: 1, to: 9, count: 3}",
      "  memory_per_rank: 2 GiB\n"}},
    {HEAD "title: 'a, b: c'\ngrid:\n  zip: {depth: [1, 2], width: [3, 4]}\n"
          "  exclude: [{depth: 1}]\n" WORK,
     "network.bias=true",
     {"title: \"a, b: c\"\n", "  exclude: [{depth: 1}]\n", "  bias: true\n",
      "  split: true\n"}},
    {HEAD GRID "network: {layers: [flatten, {linear: {out: width, bias: true}},"
               " relu, linear: classes]}\ntrain: {}\n",
     NULL,
     {"  layers: [flatten, {linear: {out: width, bias: true}}, relu, {linear: "
      "classes}]\n",
      "  width: 100\n", "  log: {count: 40, spacing: log}\n",
      "  steps: 1000\n"}},
    {"study: a\ndata: {set: mnist, path: here}\n" GRID
     "network: {kind: cnn, loss: mse, channels: [3, 4]}\n"
     "train: {epochs: 3, constraint: {subspace: {dim: 7}}, optimizer: adam}\n",
     "",
     {"  subset: first\n", "  epochs: 3\n", "  pooling: average\n",
      "  constraint: {subspace: {dim: 7, surface: plane, directions: "
      "gaussian}}\n"}},
};

static char *identity_of(const gold_study *study)
{
    char *identity = NULL;

    assert_int_equal(gold_study_identity(study, &identity), GOLD_OK);
    return identity;
}

static void test_resolve(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gold_study *study = parse_with(cases[i].text, cases[i].overrides);
        char *yaml = NULL;
        char *again = NULL;

        assert_int_equal(gold_study_resolve(study, &yaml), GOLD_OK);
        gold_study *other = parse(yaml);
        char *a = identity_of(study);
        char *b = identity_of(other);

        assert_string_equal(a, b);
        for (size_t s = 0; s < 4 && cases[i].says[s] != NULL; s++) {
            if (strstr(yaml, cases[i].says[s]) == NULL) {
                fail_msg("no %s in\n%s", cases[i].says[s], yaml);
            }
        }
        assert_int_equal(gold_study_resolve(other, &again), GOLD_OK);
        assert_string_equal(yaml, again);
        gold_free(again);
        gold_free(yaml);
        gold_free(a);
        gold_free(b);
        gold_study_destroy(&study);
        gold_study_destroy(&other);
        assert_int_equal(gold_live_blocks(), 0);
    }
}

/* Take the # of keys away, not that of words; returns how many. */
static size_t uncomment(char *text)
{
    size_t n = 0;
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        const bool is_key = *from == '#' && from[1] != ' ';

        n += is_key ? 1 : 0;
        if (!is_key) {
            *to++ = *from;
        }
    }
    *to = '\0';
    return n;
}

/* Templates are studies, and the same with all that is commented out. */
static void test_templates(void **state)
{
    static const char *const kinds[] = {"mlp", "cnn", "layers"};

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char *yaml = NULL;

        assert_int_equal(gold_keys_template(kinds[i], &yaml), GOLD_OK);
        gold_study *study = parse(yaml);
        char *a = identity_of(study);

        assert_null(study->notes);
        assert_true(uncomment(yaml) > 25);
        gold_study *other = parse(yaml);
        char *b = identity_of(other);

        assert_string_equal(a, b);
        gold_free(yaml);
        gold_free(a);
        gold_free(b);
        gold_study_destroy(&study);
        gold_study_destroy(&other);
    }
    char *none = NULL;

    assert_int_equal(gold_keys_template("rnn", &none), GOLD_ERR_USAGE);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_resolve),
                                       cmocka_unit_test(test_templates)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
