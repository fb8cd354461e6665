/* SPDX-License-Identifier: MIT */
/* A study with all its defaults: the tree of its text, into which goes what a
 * key is worth, key by key, wherever that leaves the study what it is. So what
 * means nothing in a study is left out by the rules that read studies. */
#include <stdio.h>
#include <string.h>

#include "goldilocks/keys.h"

#include "base/json.h"
#include "study/key_text.h"
#include "study/phases.h"

typedef struct resolution {
    const gold_study *study;
    char *identity;   /* of the study */
    goldi_text lines; /* overrides that leave it as it is */
} resolution;

static size_t count_notes(const gold_study *study)
{
    static const char note[] = "note: ";
    const char *at = study->notes == NULL ? "" : study->notes;
    size_t n = 0;

    while ((at = strstr(at, note)) != NULL) {
        at += sizeof note - 1;
        n++;
    }
    return n;
}

/* Is the study the same with one override more, none that is idle? */
static gold_status try_line(const resolution *r, const char *lines,
                            bool *is_same)
{
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    char *report = NULL;
    char *identity = NULL;

    *is_same = false;
    status = gold_study_parse(r->study->name, r->study->text,
                              strlen(r->study->text), lines, &study, &report);
    if (status == GOLD_ERR_CONFIG) {
        status = GOLD_OK;
        goto done;
    }
    GOLD_GOTO(status);
    GOLD_GOTO(gold_study_identity(study, &identity));
    *is_same = strcmp(identity, r->identity) == 0 &&
               count_notes(study) == count_notes(r->study);

done:
    gold_free(identity);
    gold_free(report);
    gold_study_destroy(&study);
    return status;
}

/* Is it of a block that the study does without? */
static bool is_absent(const gold_study *study, const goldi_key *key)
{
    const bool is_curvature =
        key->section >= GOLDI_CURVATURE && key->section <= GOLDI_DENSITY;

    return (goldi_is_of_training(key) && !study->has_train) ||
           (key->section == GOLDI_DATA_LABELS &&
            !goldi_permutes_labels(study)) ||
           (is_curvature && study->curvature.n_dims == 0 &&
            !gold_study_has_full(study));
}

/* Append the value that a key has; false: none that one line says. */
static bool add_value(goldi_text *out, const goldi_key *key,
                      const gold_study *study)
{
    if (key->type == GOLDI_SPECIAL && key->usual != NULL) {
        goldi_text_add(out, "%s", key->usual);
        return true;
    }
    if (key->home == GOLDI_NOT_KEPT) {
        return goldi_add_default(out, key, "");
    }
    return goldi_add_setting(out, key, goldi_get(key, &study->base, study), "");
}

static gold_status add_key(resolution *r, const goldi_key *key)
{
    gold_status status = GOLD_OK;
    goldi_text lines = {0};
    char path[GOLDI_PATH_BYTES];
    bool is_same = false;

    goldi_text_append(&lines, r->lines.data, r->lines.length);
    goldi_text_add(&lines, "\n%s=", goldi_key_path(key, path));
    if (add_value(&lines, key, r->study)) {
        GOLD_GOTO(lines.status);
        GOLD_GOTO(try_line(r, lines.data, &is_same));
    }
    if (is_same) {
        goldi_text_fini(&r->lines);
        r->lines = lines;
        lines = (goldi_text){0};
    }

done:
    goldi_text_fini(&lines);
    return status;
}

static void write_scalar(goldi_text *out, const goldi_node *node)
{
    const bool is_bare = node->is_plain &&
                         strcspn(node->text, ",[]{}#\n") == node->length &&
                         strstr(node->text, ": ") == NULL;

    if (is_bare) {
        goldi_text_append(out, node->text, node->length);
    } else {
        goldi_json_quote(out, node->text);
    }
}

void goldi_add_flow(goldi_text *out, const goldi_node *node)
{
    if (node->kind == GOLDI_SCALAR) {
        write_scalar(out, node);
        return;
    }
    goldi_text_add(out, node->kind == GOLDI_LIST ? "[" : "{");
    GOLDI_EACH(child, node) {
        goldi_text_add(out, "%s", child == node->first ? "" : ", ");
        goldi_add_flow(out, child);
        if (node->kind == GOLDI_MAP) {
            goldi_text_add(out, ": ");
            goldi_add_flow(out, child->value);
        }
    }
    goldi_text_add(out, node->kind == GOLDI_LIST ? "]" : "}");
}

/* What a key means, as comments above it. */
static void write_comment(goldi_text *out, const goldi_key *row, int indent)
{
    goldi_text meaning = {0};
    char prefix[8];

    (void)snprintf(prefix, sizeof prefix, "%*s# ", indent, "");
    goldi_add_meaning(&meaning, row);
    out->status = out->status == GOLD_OK ? meaning.status : out->status;
    if (out->status == GOLD_OK) {
        goldi_add_lines(out, prefix, meaning.data);
    }
    goldi_text_fini(&meaning);
}

/* The keys of a block, those of blocks in it below them. With `own`, the block
 * as it was, keys that it does not have are comments, and all get one. */
static void write_block(goldi_text *out, const goldi_node *map,
                        goldi_section section, const goldi_node *own)
{
    const int indent = section == GOLDI_ROOT ? 0 : 2;

    GOLDI_EACH(key, map) {
        const bool is_block =
            indent == 0 && key->value->kind == GOLDI_MAP && key->value->first;
        const goldi_node *was = goldi_node_key(own, key->text);
        const goldi_key *row = section == GOLDI_GRID
                                   ? goldi_find_axis(key->text)
                                   : goldi_find_key(section, key->text);

        if (own != NULL && row != NULL) {
            goldi_text_add(out, "%s",
                           indent == 0 && key != map->first ? "\n" : "");
            write_comment(out, row, indent);
        }
        goldi_text_add(out, "%*s%s", indent, "",
                       own != NULL && was == NULL ? "#" : "");
        write_scalar(out, key);
        goldi_text_add(out, is_block ? ":\n" : ": ");
        if (is_block) {
            write_block(out, key->value, row == NULL ? GOLDI_GRID : row->inner,
                        own == NULL   ? NULL
                        : was != NULL ? was->value
                                      : own);
        } else {
            goldi_add_flow(out, key->value);
            goldi_text_add(out, "\n");
        }
    }
}

/* The text of a study with overrides put in. */
static gold_status write_study(const gold_study *study, const char *lines,
                               bool is_commented, char **yaml)
{
    gold_status status = GOLD_OK;
    goldi_reader *reader = NULL;
    goldi_node *root = NULL;
    const goldi_node *own = NULL;
    goldi_text text = {0};

    GOLD_TRY(GOLD_ALLOC(1, &reader));
    reader->report.sources[GOLDI_FROM_FILE] =
        (goldi_source){study->name, study->text, strlen(study->text)};
    reader->report.sources[GOLDI_FROM_OVERRIDES] =
        (goldi_source){"--set", lines, strlen(lines)};
    root = goldi_read_tree(reader);
    GOLD_GOTO(reader->report.status);
    goldi_drop_idle(reader, root);
    GOLD_GOTO(reader->report.status);
    if (is_commented) {
        own = goldi_doc_parse(&reader->report, root->place, study->text,
                              strlen(study->text));
        GOLD_GOTO(reader->report.status);
    }
    write_block(&text, root, GOLDI_ROOT, own);
    GOLD_GOTO(goldi_text_give(&text, yaml));

done:
    goldi_text_fini(&text);
    goldi_report_fini(&reader->report);
    gold_free(reader);
    return status;
}

static gold_status resolve(const gold_study *study, bool is_commented,
                           char **yaml)
{
    gold_status status = GOLD_OK;
    resolution r = {.study = study};

    goldi_text_add(&r.lines, "%s", study->overrides);
    GOLD_GOTO(gold_study_identity(study, &r.identity));
    GOLDI_EACH_KEY(key) {
        if (!is_absent(study, key)) {
            GOLD_GOTO(add_key(&r, key));
        }
    }
    GOLD_GOTO(r.lines.status);
    GOLD_GOTO(write_study(study, r.lines.data == NULL ? "" : r.lines.data,
                          is_commented, yaml));

done:
    gold_free(r.identity);
    goldi_text_fini(&r.lines);
    return status;
}

gold_status gold_study_resolve(const gold_study *study, char **yaml)
{
    return resolve(study, false, yaml);
}

gold_status gold_keys_template(const char *kind, char **yaml)
{
#define GRID                                                                   \
    "study: my-study\ngrid:\n  seed: {count: 4}\n  relative_radius: {from: "   \
    "0.1, to: 10, count: 9, spacing: log}\n"
#define WORK                                                                   \
    "curvature:\n  subspace: {dim: [5, 10]}\ntrain:\n  optimizer: sgd\n  "     \
    "learning_rate: 0.1\n  batch: 32\n  epochs: 10\n"
    static const struct {
        const char *kind;
        const char *text;
    } templates[] = {
        {"mlp", GRID "data:\n  set: mixture\nnetwork:\n  kind: mlp\n  depth: "
                     "2\n  width: 100\n" WORK},
        {"cnn", GRID "data:\n  set: fashion-mnist\n  train: 1000\nnetwork:\n  "
                     "kind: cnn\n  depth: 2\n  width: 8\n  head: [32]\n" WORK},
        {"layers",
         GRID "data:\n  set: mixture\nnetwork:\n  width: 100\n  "
              "layers: [linear: width, relu, linear: classes]\n" WORK},
    };
    gold_status status = GOLD_OK;
    gold_study *study = NULL;
    char *report = NULL;

    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        if (strcmp(kind, templates[i].kind) == 0) {
            GOLD_GOTO(gold_study_parse(kind, templates[i].text,
                                       strlen(templates[i].text), NULL, &study,
                                       &report));
            GOLD_GOTO(resolve(study, true, yaml));
            goto done;
        }
    }
    status =
        gold_fail(GOLD_ERR_USAGE,
                  "templates are of mlp, cnn and layers, not '%.60s'", kind);

done:
    gold_free(report);
    gold_study_destroy(&study);
    return status;
}
