/* SPDX-License-Identifier: MIT */
/* The JSON Schema names the keys and words that the reader knows, no others,
 * and every reference in it leads somewhere. JSON is YAML: the reader's own
 * parser reads it. */
#include "goldilocks/keys.h"

#include "study/read.h"
#include "unit/test_study_support.h"

static char *text;
static goldi_report report;
static const goldi_node *schema;

/* The value that a path of keys leads to; "1" is the second of a list. */
static const goldi_node *at(const goldi_node *node, const char *path)
{
    char step[64];

    while (*path != '\0') {
        const size_t n = strcspn(path, "/");

        (void)snprintf(step, sizeof step, "%.*s", (int)n, path);
        if (node->kind == GOLDI_LIST) {
            node = step[0] == '1' ? node->first->next : node->first;
        } else {
            const goldi_node *key = goldi_node_key(node, step);

            assert_non_null(key);
            node = key->value;
        }
        path += n + (path[n] == '/' ? 1 : 0);
    }
    if (goldi_node_key(node, "$ref") != NULL) {
        const char *ref = goldi_node_key(node, "$ref")->value->text;

        assert_int_equal(strncmp(ref, "#/", 2), 0);
        return at(schema, ref + 2);
    }
    return node;
}

/* Properties of a section in the schema. */
static const goldi_node *properties_of(goldi_section section)
{
    const goldi_node *node = schema;

    for (size_t i = 0; section != GOLDI_ROOT && i < goldi_n_keys; i++) {
        const goldi_key *row = &goldi_keys[i];

        if (row->inner == section) {
            node = at(properties_of(row->section), row->name);
            node = row->type == GOLDI_CHOICE    ? at(node, "then")
                   : row->type == GOLDI_SPECIAL ? at(node, "items")
                   : row->words != NULL         ? at(node, "oneOf/1")
                                                : node;
        }
    }
    return at(node, "properties");
}

static void test_keys_are_there(void **state)
{
    (void)state;
    assert_true(goldi_n_keys > 50);
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        const bool is_there =
            goldi_node_key(properties_of(key->section), key->name) != NULL;

        if (!is_there) {
            print_error("key %s of %s\n", key->name,
                        goldi_section_label(key->section));
        }
        assert_true(is_there);
    }
}

static void test_no_other_keys(void **state)
{
    (void)state;
    for (int s = 0; s < GOLDI_N_SECTIONS; s++) {
        const goldi_node *properties = properties_of((goldi_section)s);

        assert_true(properties->n_children > 0);
        for (const goldi_node *name = properties->first; name != NULL;
             name = name->next) {
            const goldi_key *key = goldi_find_key((goldi_section)s, name->text);
            const goldi_key *axis = goldi_find_axis(name->text);

            if (s == GOLDI_GRID && key == NULL) {
                assert_non_null(axis);
                assert_int_not_equal(axis->role, GOLDI_NO_AXIS);
            } else if (s != GOLDI_TRAIN_PHASES ||
                       goldi_find_key(GOLDI_TRAIN, name->text) == NULL) {
                assert_non_null(key);
            }
        }
    }
}

static void test_axes(void **state)
{
    const goldi_node *grid = properties_of(GOLDI_GRID);
    char full[96];

    (void)state;
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];

        if (key->role == GOLDI_NO_AXIS) {
            continue;
        }
        (void)snprintf(full, sizeof full, "%s.%s",
                       goldi_section_label(key->section), key->name);
        assert_non_null(goldi_node_key(grid, key->axis));
        assert_non_null(goldi_node_key(grid, full));
        assert_ptr_equal(goldi_find_axis(full), key);
        assert_ptr_equal(goldi_find_axis(key->axis), key);
    }
}

static void test_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        const goldi_node *node = NULL;
        size_t n_words = 0;

        if (key->type != GOLDI_CHOICE && key->type != GOLDI_CHOICES) {
            continue;
        }
        node = at(properties_of(key->section), key->name);
        if (key->inner != GOLDI_ROOT) {
            node = at(node, "else"); /* a mapping may stand there, too */
        }
        node = at(node, key->type == GOLDI_CHOICE ? "enum"
                        : key->form != NULL       ? "items/oneOf/0/enum"
                                                  : "items/enum");
        for (const goldi_word *word = key->words; word->word != NULL; word++) {
            bool is_there = false;

            for (const goldi_node *item = node->first; item != NULL;
                 item = item->next) {
                is_there = is_there || goldi_node_is(item, word->word);
            }
            assert_true(is_there);
            n_words++;
        }
        assert_int_equal(node->n_children, n_words);
    }
}

/* Each row says what it means, in sentences. */
static void test_meanings(void **state)
{
    (void)state;
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];
        const char *means = key->means == NULL ? "" : key->means;
        const size_t length = strlen(means);
        const char last = length == 0 ? ' ' : means[length - 1];

        if (length < 9 || last != '.') {
            print_error("what is %s?\n", key->name);
        }
        assert_true(length >= 9);
        assert_int_equal(last, '.');
        assert_true(key->domain == GOLDI_OF_ALL || key->when != NULL);
        assert_true(key->type != GOLDI_SPECIAL || key->rule != NULL ||
                    key->form != NULL);
    }
}

/* References in a part of the schema; each leads to a mapping. */
static size_t count_references(const goldi_node *node)
{
    size_t n = 0;

    for (const goldi_node *child = node->first; child != NULL;
         child = child->next) {
        const goldi_node *value =
            node->kind == GOLDI_MAP ? child->value : child;

        if (goldi_node_is(child, "$ref")) {
            assert_int_equal(at(schema, value->text + 2)->kind, GOLDI_MAP);
            n++;
        }
        n += count_references(value);
    }
    return n;
}

static void test_references(void **state)
{
    (void)state;
    assert_true(count_references(schema) > 300);
}

static void test_choice_text(void **state)
{
    (void)state;
    assert_string_equal(gold_choice_text("activation", GOLD_LEAKY_RELU),
                        "leaky_relu");
    assert_string_equal(gold_choice_text("init", GOLD_LECUN_UNIFORM),
                        "lecun-uniform");
    assert_string_equal(gold_choice_text("set", GOLD_DATA_MIXTURE), "mixture");
    assert_string_equal(
        gold_choice_text("placement", GOLD_PLACE_RELATIVE_RADIUS),
        "relative_radius");
    assert_string_equal(gold_choice_text("constraint", GOLD_CONSTRAINT_NONE),
                        "none");
    assert_string_equal(gold_choice_text("constraint", GOLD_CONSTRAINT_SPHERE),
                        "sphere");
    assert_string_equal(
        gold_choice_text("constraint", GOLD_CONSTRAINT_SUBSPACE), "subspace");
    assert_null(gold_choice_text("activation", 99));
    assert_null(gold_choice_text("activation", -1));
    assert_null(gold_choice_text("kind", -1));
    assert_null(gold_choice_text("depth", 1));
    assert_null(gold_choice_text("nothing", 0));
}

/* Keys without a range have none; each word of lists of layers is told of, with
 * its example. */
static void test_descriptions(void **state)
{
    static const struct {
        const char *name;
        const char *told;
    } words[] = {
        {"data.from", "It is a number; default: -1."},
        {"repeat", "of: [linear: width, relu]}}"},
        {"repeat", "times, a whole number from 0 to 1000"},
        {"residual", "{residual: [linear: width, relu]}"},
        {"shortcut", "shortcut: [linear: width]}"},
        {"inputs", "{linear: {out: 3, inputs: [0]}}"},
        {"conv2d", "kernel, "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *told = NULL;

        assert_int_equal(
            gold_keys_describe(GOLD_KEYS_TEXT, &words[i].name, 1, &told),
            GOLD_OK);
        for (char *at = strstr(told, "\n    "); at != NULL;
             at = strstr(at, "\n    ")) {
            (void)memmove(at + 1, at + 5, strlen(at + 5) + 1);
            *at = ' ';
        }
        if (strstr(told, words[i].told) == NULL) {
            fail_msg("%s: no %s in %s", words[i].name, words[i].told, told);
        }
        gold_free(told);
    }
}

static int read_schema(void **state)
{
    (void)state;
    assert_int_equal(gold_keys_describe(GOLD_KEYS_SCHEMA, NULL, 0, &text),
                     GOLD_OK);
    report.sources[GOLDI_FROM_FILE] =
        (goldi_source){"schema", text, strlen(text)};
    schema = goldi_doc_parse(&report, (goldi_place){0}, text, strlen(text));
    assert_non_null(schema);
    return 0;
}

static int forget_schema(void **state)
{
    (void)state;
    goldi_report_fini(&report);
    gold_free(text);
    assert_int_equal(gold_live_blocks(), 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keys_are_there),
        cmocka_unit_test(test_no_other_keys),
        cmocka_unit_test(test_axes),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_meanings),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_choice_text),
        cmocka_unit_test(test_descriptions),
    };

    return cmocka_run_group_tests(tests, read_schema, forget_schema);
}
