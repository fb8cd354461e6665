/* SPDX-License-Identifier: MIT */
/* Phases of a training. Each is read as the study that it would be alone: the
 * text's, with what the phase says in the place of what its blocks say. So all
 * that holds of a training holds of each of them. */
#include "study/phases.h"

#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "study/key_text.h"
#include "study/words.h"

#define FORM "[{labels: random, epochs: 200}, {labels: true, epochs: 100}]"

/* What of `train:` is of all phases together. */
static const char *const of_all[] = {"phases", "log",    "track", "keep",
                                     "reach",  "select", "lazy",  NULL};

bool goldi_is_of_phases(const char *name)
{
    return !gold_is_among(name, of_all);
}

static const goldi_node *block_of(const goldi_node *root, const char *name)
{
    const goldi_node *key = goldi_node_key(root, name);

    return key == NULL ? NULL : key->value;
}

/* The list of phases; NULL where there is none. */
static const goldi_node *list_of(const goldi_node *root)
{
    return block_of(block_of(root, "train"), "phases");
}

/* Does the data set that a phase has instead know a key? */
static bool suits_set(const goldi_node *data, const goldi_key *key)
{
    const goldi_node *set = block_of(data, "set");

    for (const goldi_word *word = goldi_data_sets;
         set != NULL && key != NULL && word->word != NULL; word++) {
        if (goldi_node_is(set, word->word)) {
            return goldi_suits(key, (gold_data_set)word->value);
        }
    }
    return true;
}

/* Does a phase do without a key of the section as the block has it: does it say
 * it itself, or another that says the same, or a data set that has it not? */
static bool is_replaced(const goldi_node *part, const goldi_node *key,
                        goldi_section section)
{
    const goldi_key *row = goldi_find_key(section, key->text);
    const int group = row == NULL ? 0 : row->group;

    GOLDI_EACH(other, part) {
        const goldi_key *of = goldi_find_key(section, other->text);

        if (goldi_node_is(other, key->text) ||
            (group != 0 && of != NULL && of->group == group)) {
            return true;
        }
    }
    return section == GOLDI_DATA && !suits_set(part, row);
}

/* What a phase says, by the block that it is of. */
typedef struct parts {
    goldi_node *train;
    goldi_node *data;
    uint64_t norm_of;
} parts;

/* A block with what a phase says of it. */
static goldi_node *merge(goldi_report *report, goldi_node *block,
                         const goldi_node *part, goldi_section section)
{
    goldi_node *merged = goldi_node_create(report, GOLDI_MAP, block->place);

    if (merged == NULL || block->kind != GOLDI_MAP) {
        return block;
    }
    GOLDI_EACH(key, block) {
        if (!is_replaced(part, key, section) && !goldi_node_is(key, "phases")) {
            goldi_node_add_copy(report, merged, key);
        }
    }
    GOLDI_EACH(key, part) {
        goldi_node_add_copy(report, merged, key);
    }
    return merged;
}

/* A key of a phase's data. */
static void add_data(goldi_report *report, goldi_node *data,
                     const goldi_node *key)
{
    const goldi_node *twin = goldi_node_key(data, key->text);

    if (twin != NULL) {
        goldi_complain(report, key->place,
                       "'%s' is given twice: first at line %zu, column %zu",
                       key->text, twin->place.line + 1, twin->place.column + 1);
        return;
    }
    goldi_node_add_copy(report, data, key);
}

/* `random` and `true` are short for what data.labels has. */
static void add_labels(goldi_reader *reader, const goldi_node *key,
                       goldi_node *data)
{
    static const char *const words[] = {"random", "true", NULL};
    const char *text = goldi_node_is(key->value, "random") ? "{}"
                       : goldi_node_is(key->value, "true") ? "{share: 0}"
                                                           : NULL;
    goldi_node labels = *key;

    if (text == NULL && key->value->kind != GOLDI_MAP) {
        GOLDI_COMPLAIN(reader, key->value,
                       "'labels' of a phase are random, true, or as in "
                       "'data:', {permute: SEED, share: 0.5}%s",
                       goldi_node_hint(key->value, words).text);
        return;
    }
    if (text != NULL) {
        labels.value = goldi_doc_parse(&reader->report, key->value->place, text,
                                       strlen(text));
    }
    if (labels.value != NULL) {
        add_data(&reader->report, data, &labels);
    }
}

static void read_start(goldi_reader *reader, const goldi_node *node, size_t i,
                       uint64_t *norm_of)
{
    const goldi_node *of = goldi_node_key(node, "norm_of_phase");
    int64_t value = 0;

    if (of == NULL || node->n_children != 1) {
        GOLDI_COMPLAIN(reader, node,
                       "'start' is {norm_of_phase: 1}: the drawn parameters, "
                       "of the norm with which that phase ended; without it a "
                       "phase goes on from the one before");
    } else if (i == 0) {
        GOLDI_COMPLAIN(
            reader, node,
            "the first phase begins at the point, no phase is before it");
    } else if (goldi_read_whole(reader, of->value, of->text, 1, (double)i,
                                &value)) {
        *norm_of = (uint64_t)value;
    }
}

/* One key of phase i. */
static void read_part(goldi_reader *reader, const goldi_node *key, size_t i,
                      parts *p)
{
    goldi_report *report = &reader->report;

    if (!goldi_is_of_phases(key->text)) {
        goldi_complain(report, key->place,
                       "'%s' is of all phases together: give it under 'train:' "
                       "beside 'phases:'",
                       key->text);
    } else if (goldi_node_is(key, "labels")) {
        add_labels(reader, key, p->data);
    } else if (goldi_node_is(key, "start")) {
        read_start(reader, key->value, i, &p->norm_of);
    } else if (goldi_find_key(GOLDI_TRAIN, key->text) == NULL &&
               !goldi_node_is(key, "data") &&
               goldi_is_nearly_of(GOLDI_TRAIN_PHASES, key->text)) {
        goldi_complain_unknown(reader, GOLDI_TRAIN_PHASES, key);
    } else if (!goldi_node_is(key, "data")) {
        goldi_node_add_copy(report, p->train, key);
    } else if (goldi_must_be_map(reader, key->value, "data")) {
        for (key = key->value->first; key != NULL; key = key->next) {
            add_data(report, p->data, key);
        }
    }
}

/* The tree of the study that a phase is alone. */
static void read_phase(goldi_reader *reader, const goldi_node *root,
                       const goldi_node *item, size_t i, goldi_phase *phase)
{
    goldi_report *report = &reader->report;
    goldi_node *tree = goldi_node_create(report, GOLDI_MAP, root->place);
    parts p = {goldi_node_create(report, GOLDI_MAP, root->place),
               goldi_node_create(report, GOLDI_MAP, root->place), 0};

    if (report->status != GOLD_OK) {
        return;
    }
    if (item != NULL && goldi_must_be_map(reader, item, "a phase")) {
        GOLDI_EACH(key, item) {
            read_part(reader, key, i, &p);
        }
    }
    GOLDI_EACH(key, root) {
        const bool is_train = goldi_node_is(key, "train");
        goldi_node block = *key;

        if (is_train || goldi_node_is(key, "data")) {
            block.value = merge(report, key->value, is_train ? p.train : p.data,
                                is_train ? GOLDI_TRAIN : GOLDI_DATA);
        }
        goldi_node_add_copy(report, tree, &block);
    }
    phase->root = tree;
    phase->train = p.train;
    phase->data = p.data;
    phase->norm_of = p.norm_of;
    phase->place = item == NULL ? root->place : item->place;
    phase->has_data =
        p.data->n_children > (goldi_node_key(p.data, "labels") != NULL);
}

size_t goldi_read_phases(goldi_reader *reader, goldi_node *root,
                         goldi_phase phases[GOLD_MAX_PHASES])
{
    const goldi_node *list = list_of(root);
    size_t n = 0;

    phases[0] = (goldi_phase){.root = root};
    if (list == NULL) {
        return 1;
    }
    if (list->kind != GOLDI_LIST || list->n_children == 0 ||
        list->n_children > GOLD_MAX_PHASES) {
        GOLDI_COMPLAIN(reader, list,
                       "'phases' must be a list of 1 to %d mappings: " FORM,
                       GOLD_MAX_PHASES);
        read_phase(reader, root, NULL, 0, &phases[0]);
        return 1;
    }
    for (const goldi_node *item = list->first; item != NULL;
         item = item->next, n++) {
        read_phase(reader, root, item, n, &phases[n]);
    }
    return n;
}

/* Does no phase take from a block what its key says? One that has to stand
 * there is no matter. */
static bool is_idle(const goldi_node *key, goldi_section section,
                    const goldi_phase *phases, size_t n)
{
    const goldi_key *row = goldi_find_key(section, key->text);
    bool is_replaced_by_all = row != NULL && !row->is_required;

    for (size_t i = 0; is_replaced_by_all && i < n; i++) {
        is_replaced_by_all = is_replaced(
            section == GOLDI_TRAIN ? phases[i].train : phases[i].data, key,
            section);
    }
    return is_replaced_by_all;
}

/* The blocks that phases take from. */
static const struct {
    const char *name;
    goldi_section section;
} blocks[] = {{"train", GOLDI_TRAIN}, {"data", GOLDI_DATA}};

enum {
    N_BLOCKS = sizeof blocks / sizeof *blocks
};

/* The first key of one; NULL: none, or there are no phases. */
static goldi_node **first_of(const goldi_node *root, size_t i)
{
    goldi_node *key = goldi_node_key(root, blocks[i].name);
    const bool has_any =
        list_of(root) != NULL && key != NULL && key->value->kind == GOLDI_MAP;

    return has_any ? &key->value->first : NULL;
}

void goldi_note_phases(goldi_reader *reader, const goldi_node *root,
                       const goldi_phase *phases, size_t n)
{
    for (size_t i = 0; i < N_BLOCKS; i++) {
        goldi_node **first = first_of(root, i);

        for (const goldi_node *key = first == NULL ? NULL : *first; key != NULL;
             key = key->next) {
            if (is_idle(key, blocks[i].section, phases, n)) {
                GOLDI_NOTE(
                    reader, key,
                    "'%s' has no effect: every phase has its own%s", key->text,
                    goldi_find_key(blocks[i].section, key->text)->domain ==
                            GOLDI_OF_ALL
                        ? ""
                        : ", or a data set without it");
            }
        }
    }
}

void goldi_drop_idle(goldi_reader *reader, goldi_node *root)
{
    goldi_phase phases[GOLD_MAX_PHASES];
    const size_t n = goldi_read_phases(reader, root, phases);

    for (size_t i = 0; reader->report.status == GOLD_OK && i < N_BLOCKS; i++) {
        goldi_node **link = first_of(root, i);

        while (link != NULL && *link != NULL) {
            if (is_idle(*link, blocks[i].section, phases, n)) {
                *link = (*link)->next;
            } else {
                link = &(*link)->next;
            }
        }
    }
}

void goldi_check_phase(goldi_reader *reader, const goldi_phase *phase,
                       const gold_study *earlier)
{
    const gold_data_block *data = &reader->study->data;
    const gold_data_block *own = &earlier->data;

    if (!earlier->has_own_data) {
        return;
    }
    if (gold_set_of(own->set)->files != NULL ||
        gold_set_of(data->set)->files != NULL) {
        GOLDI_COMPLAIN(reader, phase,
                       "'data' of a phase are of built-in data sets, not of "
                       "those in files");
    } else if (own->features != data->features ||
               own->classes != data->classes || own->train != data->train ||
               gold_data_has_targets(own) != gold_data_has_targets(data)) {
        GOLDI_COMPLAIN(reader, phase,
                       "all phases have as many features, classes and training "
                       "samples as the last one");
    }
}

/* Append lines of a phase's identity, each after `before`: those of its data,
 * and of its training if that is wanted. */
static void add_lines(goldi_text *out, const gold_study *phase,
                      bool wants_train, const char *before)
{
    static const char train[] = "train.";
    char *identity = NULL;

    if (out->status == GOLD_OK) {
        out->status = gold_study_identity(phase, &identity);
    }
    for (const char *line = identity; line != NULL && *line != '\0';) {
        const size_t n = strcspn(line, "\n") + 1;
        const bool is_train = strncmp(line, train, sizeof train - 1) == 0;
        const size_t skipped = is_train ? sizeof train - 1 : 0;

        if ((is_train && wants_train) ||
            strncmp(line, "data.", strlen("data.")) == 0) {
            goldi_text_add(out, "%s", before);
            goldi_text_append(out, line + skipped, n - skipped);
        }
        line += n;
    }
    gold_free(identity);
}

void goldi_add_phase(goldi_text *out, const gold_study *phase, size_t i)
{
    char before[GOLD_NAME_BYTES];

    (void)snprintf(before, sizeof before, "train.phases.%zu.", i + 1);
    add_lines(out, phase, true, before);
}

gold_status goldi_link_phases(gold_study *study)
{
    goldi_text last = {0};

    for (size_t i = 0; i <= study->n_earlier && last.status == GOLD_OK; i++) {
        gold_study *phase = i < study->n_earlier ? study->earlier[i] : study;
        goldi_text here = {0};

        add_lines(&here, phase, false, "");
        phase->goes_on = i > 0 && phase->norm_of_phase == 0 &&
                         here.data != NULL && last.data != NULL &&
                         strcmp(here.data, last.data) == 0;
        goldi_text_fini(&last);
        last = here;
    }
    const gold_status status = last.status;

    goldi_text_fini(&last);
    return status;
}
