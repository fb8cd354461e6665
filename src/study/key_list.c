/* SPDX-License-Identifier: MIT */
/* Lists of keys, for terminals, programs and pages. */
#include <string.h>

#include "goldilocks/keys.h"

#include "base/json.h"
#include "base/nearest.h"
#include "study/key_text.h"
#include "study/layers.h"

enum {
    PATH_COLUMN = 38
};

/* Is the key, or the block that it is in, called so? */
static bool is_called(const goldi_key *key, const char *name)
{
    char path[GOLDI_PATH_BYTES];
    const size_t n = strlen(name);

    (void)goldi_key_path(key, path);
    return strcmp(key->name, name) == 0 ||
           (key->role != GOLDI_NO_AXIS && strcmp(key->axis, name) == 0) ||
           (strncmp(path, name, n) == 0 && (path[n] == '\0' || path[n] == '.'));
}

static bool is_key(const char *name)
{
    bool is = false;

    GOLDI_EACH_KEY(key) {
        is = is || is_called(key, name);
    }
    return is;
}

/* A word of a key's; NULL: it has none such. */
static const goldi_word *word_of(const goldi_key *key, const char *name)
{
    const goldi_word *word = key->words;

    while (word != NULL && word->word != NULL &&
           strcmp(word->word, name) != 0) {
        word++;
    }
    return word == NULL || word->word == NULL ? NULL : word;
}

/* What is no key may be a word of one. */
static bool is_asked(const goldi_key *key, const char *const *names, size_t n)
{
    bool is_found = n == 0;

    for (size_t i = 0; i < n; i++) {
        is_found = is_found || is_called(key, names[i]) ||
                   (word_of(key, names[i]) != NULL && !is_key(names[i]));
    }
    return is_found;
}

/* Name i of what stands in network.layers: operations, then other words, which
 * `*word` is one of; NULL beyond the last. */
static const char *entry_word(size_t i, const goldi_entry_word **word)
{
    const char *name = gold_operation_name(i);
    size_t n = i;

    while (n > 0 && gold_operation_name(n - 1) == NULL) {
        n--;
    }
    *word = name == NULL && i - n < GOLDI_N_ENTRY_WORDS
                ? &goldi_entry_words[i - n]
                : NULL;
    return *word != NULL ? (*word)->word : name;
}

static const char *entry_name(size_t i)
{
    const goldi_entry_word *word = NULL;

    return entry_word(i, &word);
}

static gold_status check_name(const char *name)
{
    const char *known[2 * GOLDI_KEYS_CAPACITY + 1] = {NULL};
    const char *near = NULL;
    size_t n = 0;

    GOLDI_EACH_KEY(key) {
        if (is_called(key, name) || word_of(key, name) != NULL) {
            return GOLD_OK;
        }
        known[n++] = key->name;
        if (key->role != GOLDI_NO_AXIS) {
            known[n++] = key->axis;
        }
    }
    for (size_t i = 0; entry_name(i) != NULL; i++) {
        if (strcmp(entry_name(i), name) == 0) {
            return GOLD_OK;
        }
    }
    const goldi_answer answer = goldi_explain(name, GOLDI_ROOT, NULL);

    if (answer.text[0] != '\0') {
        return gold_fail(GOLD_ERR_USAGE, "'%.60s' %s", name, answer.text);
    }
    near = gold_nearest(name, known);
    return gold_fail(GOLD_ERR_USAGE,
                     "there is no key '%.60s'%s%s%s 'goldilocks keys' lists "
                     "them",
                     name, near != NULL ? "; did you mean '" : ";",
                     near != NULL ? near : "", near != NULL ? "'?" : "");
}

static void add_default(goldi_text *out, const goldi_key *key)
{
    if (key->is_required) {
        goldi_text_add(out, "required");
    } else if (key->usual != NULL) {
        goldi_text_add(out, "%s", key->usual);
    } else if (!goldi_add_default(out, key, "")) {
        goldi_text_add(out, "none");
    }
}

static void add_short(goldi_text *out, const goldi_key *key)
{
    char path[GOLDI_PATH_BYTES];

    goldi_text_add(out, "%-*s ", PATH_COLUMN, goldi_key_path(key, path));
    add_default(out, key);
    goldi_text_add(out, "\n");
}

static void add_name(goldi_text *out, const goldi_key *key)
{
    char path[GOLDI_PATH_BYTES];

    goldi_text_add(out, "%s\n", goldi_key_path(key, path));
}

/* All that there is to say, in sentences. */
static void add_all(goldi_text *out, const goldi_key *key)
{
    goldi_add_meaning(out, key);
    goldi_text_add(out, " It is ");
    goldi_add_type(out, key);
    if (key->type != GOLDI_SECTION) {
        goldi_text_add(out, key->is_required ? "; " : "; default: ");
        add_default(out, key);
    }
    goldi_text_add(out, ".");
    if (key->role != GOLDI_NO_AXIS) {
        goldi_text_add(out, " May be an axis of the grid: %s.", key->axis);
    }
    if (key->is_free) {
        goldi_text_add(out, " It may change while a study runs.");
    }
}

static void add_long(goldi_text *out, const goldi_key *key)
{
    goldi_text all = {0};
    char path[GOLDI_PATH_BYTES];

    add_all(&all, key);
    goldi_text_add(out, "%s%s", out->length > 0 ? "\n" : "",
                   goldi_key_path(key, path));
    out->status = out->status == GOLD_OK ? all.status : out->status;
    if (out->status == GOLD_OK) {
        goldi_text_add(out, "\n");
        goldi_add_lines(out, "    ", all.data);
    }
    goldi_text_fini(&all);
}

/* What a key says of its words that are asked for, and no keys; all of it where
 * it is asked for itself. */
static void add_asked(goldi_text *out, const goldi_key *key,
                      const char *const *names, size_t n)
{
    bool is_whole = true;
    char path[GOLDI_PATH_BYTES];

    for (size_t i = 0; i < n; i++) {
        const goldi_word *word =
            is_key(names[i]) ? NULL : word_of(key, names[i]);

        if (word != NULL && !is_called(key, names[i])) {
            is_whole = false;
            goldi_text_add(out, "%s%s: %s\n", out->length > 0 ? "\n" : "",
                           goldi_key_path(key, path), word->word);
            goldi_add_lines(out, "    ",
                            word->means != NULL ? word->means : key->means);
        }
    }
    if (is_whole) {
        add_long(out, key);
    }
}

/* A paragraph of a manual page, in which a bare - would be a hyphen. */
static void add_paragraph(goldi_text *out, const goldi_key *key)
{
    goldi_text all = {0};
    char path[GOLDI_PATH_BYTES];

    goldi_text_add(out, ".TP\n.B %s\n", goldi_key_path(key, path));
    add_all(&all, key);
    out->status = out->status == GOLD_OK ? all.status : out->status;
    for (size_t i = 0; out->status == GOLD_OK && i < all.length; i++) {
        goldi_text_add(out, "%s%c", all.data[i] == '-' ? "\\" : "",
                       all.data[i]);
    }
    goldi_text_add(out, "\n");
    goldi_text_fini(&all);
}

static void add_json(goldi_text *out, const goldi_key *key)
{
    goldi_text type = {0};
    goldi_text when = {0};
    char path[GOLDI_PATH_BYTES];

    goldi_add_type(&type, key);
    if (key->kinds != 0 || key->when != NULL) {
        goldi_add_when(&when, key);
    }
    goldi_json_open(out, NULL, '{');
    goldi_json_text(out, "key", goldi_key_path(key, path));
    goldi_json_text(out, "means", key->means);
    goldi_json_text(out, "values", type.data);
    goldi_json_text(out, "unit", key->unit);
    goldi_json_text(out, "when", when.data);
    goldi_json_text(out, "usual", key->usual);
    goldi_json_text(out, "axis", key->axis);
    goldi_text_add(out, ", 'default': ");
    if (!goldi_add_default(out, key, "'")) {
        goldi_text_add(out, "null");
    }
    goldi_json_bool(out, "required", key->is_required);
    goldi_json_bool(out, "identity", !key->is_free);
    goldi_json_open(out, "words", '{');
    for (const goldi_word *word = key->words;
         word != NULL && word->word != NULL; word++) {
        goldi_json_text(out, word->word,
                        word->means == NULL ? "" : word->means);
    }
    goldi_json_close(out, '}');
    goldi_json_close(out, '}');
    out->status = out->status == GOLD_OK ? type.status : out->status;
    out->status = out->status == GOLD_OK ? when.status : out->status;
    goldi_text_fini(&type);
    goldi_text_fini(&when);
}

static void add_row(goldi_text *out, const goldi_key *key)
{
    char path[GOLDI_PATH_BYTES];

    goldi_text_add(out, "| `%s` | ", goldi_key_path(key, path));
    goldi_add_type(out, key);
    goldi_text_add(out, " | ");
    if (key->type != GOLDI_SECTION) {
        add_default(out, key);
    }
    goldi_text_add(out, " | %s | ",
                   key->role != GOLDI_NO_AXIS ? key->axis : "");
    goldi_add_meaning(out, key);
    goldi_text_add(out, " |\n");
}

/* What network.layers may have, in the form of a format for people. */
static void add_operation(goldi_text *out, gold_keys_format format, size_t i)
{
    goldi_text keys = {0};
    gold_operation operation;
    const goldi_entry_word *word = NULL;
    const char *name = entry_word(i, &word);

    if (word != NULL) {
        goldi_add_entry_word(&keys, word);
    } else if (gold_find_operation(name, &operation)) {
        goldi_add_operation(&keys, &operation);
    }
    out->status = out->status == GOLD_OK ? keys.status : out->status;
    if (out->status != GOLD_OK) {
        goldi_text_fini(&keys);
        return;
    }
    if (format == GOLD_KEYS_MARKDOWN) {
        goldi_text_add(out, "| `%s` | %s |\n", name, keys.data);
    } else if (format == GOLD_KEYS_MANUAL) {
        goldi_text_add(out, ".TP\n.B %s\n%s\n", name, keys.data);
    } else {
        goldi_text_add(out, "%s%s\n", out->length > 0 ? "\n" : "", name);
        goldi_add_lines(out, "    ", keys.data);
    }
    goldi_text_fini(&keys);
}

static void add_operations(goldi_text *out, gold_keys_format format,
                           const char *const *names, size_t n)
{
    const char *name = NULL;

    goldi_text_add(out, "%s",
                   format == GOLD_KEYS_MARKDOWN
                       ? "\n## Operations of network.layers\n\n| operation "
                         "| keys |\n| --- | --- |\n"
                   : format == GOLD_KEYS_MANUAL
                       ? ".SH OPERATIONS OF NETWORK.LAYERS\n"
                       : "");
    for (size_t i = 0; (name = entry_name(i)) != NULL; i++) {
        bool is_named = format != GOLD_KEYS_TEXT;

        for (size_t k = 0; k < n; k++) {
            is_named = is_named || strcmp(names[k], name) == 0;
        }
        if (is_named) {
            add_operation(out, format, i);
        }
    }
}

static void add_head(goldi_text *out, gold_keys_format format)
{
    static const char manual[] =
        ".TH GOLDILOCKS\\-STUDY 5\n.SH NAME\ngoldilocks\\-study \\- the YAML "
        "file that goldilocks run reads\n.SH DESCRIPTION\nA mapping of blocks; "
        "a key with an axis may move into the block grid under that name. All "
        "but study, grid and data.set may be left out, as long as there is "
        "curvature or train.\n.SH KEYS\n";
    static const char page[] =
        "# The keys of a study\n\nAll keys of the YAML file that `goldilocks "
        "run` reads. This page is what `goldilocks keys --format markdown` "
        "prints; `goldilocks keys KEY` says the same of one key on a "
        "terminal. A key with an axis may move into `grid:` under that "
        "name.\n\n| key | value | default | axis | what it means |\n| --- | "
        "--- | --- | --- | --- |\n";

    goldi_text_add(out, "%s",
                   format == GOLD_KEYS_MARKDOWN ? page
                   : format == GOLD_KEYS_MANUAL ? manual
                   : format == GOLD_KEYS_JSON   ? "["
                                                : "");
}

gold_status gold_keys_describe(gold_keys_format format,
                               const char *const *names, size_t n, char **text)
{
    static void (*const adders[])(goldi_text * out, const goldi_key *key) = {
        [GOLD_KEYS_TEXT] = add_short,   [GOLD_KEYS_JSON] = add_json,
        [GOLD_KEYS_MARKDOWN] = add_row, [GOLD_KEYS_MANUAL] = add_paragraph,
        [GOLD_KEYS_NAMES] = add_name,
    };
    gold_status status = GOLD_OK;
    goldi_text out = {0};
    goldi_text json = {0};
    const bool is_short = format == GOLD_KEYS_TEXT && n == 0;

    for (size_t i = 0; i < n; i++) {
        GOLD_GOTO(check_name(names[i]));
    }
    if (format == GOLD_KEYS_SCHEMA) {
        GOLD_GOTO(goldi_write_schema(&out));
    }
    add_head(&out, format);
    for (size_t i = 0; format != GOLD_KEYS_SCHEMA && i < goldi_n_keys; i++) {
        if (!is_asked(&goldi_keys[i], names, n)) {
            continue;
        }
        if (format == GOLD_KEYS_TEXT && n > 0) {
            add_asked(&out, &goldi_keys[i], names, n);
        } else {
            adders[format](&out, &goldi_keys[i]);
        }
    }
    if (format == GOLD_KEYS_TEXT || format == GOLD_KEYS_MARKDOWN ||
        format == GOLD_KEYS_MANUAL) {
        add_operations(&out, format, names, n);
    }
    if (format == GOLD_KEYS_JSON) {
        goldi_text_add(&out, "]");
        GOLD_GOTO(out.status);
        goldi_json_lay_out(&json, out.data);
        goldi_text_fini(&out);
        out = json;
        json = (goldi_text){0};
    }
    if (is_short) {
        goldi_text_add(&out, "\nKeys and their defaults; 'goldilocks keys KEY' "
                             "says what they mean.\n");
    }
    GOLD_GOTO(goldi_text_give(&out, text));

done:
    goldi_text_fini(&out);
    return status;
}
