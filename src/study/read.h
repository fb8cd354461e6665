/* SPDX-License-Identifier: MIT */
/**
 * @file read.h
 * Reading a study from its tree: what is known while it goes on, and the
 * pieces that do it. All of them complain into the report and go on.
 */
#ifndef GOLD_STUDY_READ_H
#define GOLD_STUDY_READ_H

#include "study/doc.h"
#include "study/keys.h"

typedef struct goldi_reader {
    goldi_report report;
    gold_study *study; /* being filled; owned until it is handed out */
    const goldi_node *given[GOLDI_KEYS_CAPACITY]; /* keys seen in sections */
    const goldi_node *swept[GOLDI_KEYS_CAPACITY]; /* keys seen in the grid */
    bool is_unsure[GOLDI_KEYS_CAPACITY]; /* their values, which an error hides:
                                            nothing is judged by them */
    const goldi_node *exclude;           /* value of grid.exclude */
} goldi_reader;

/** Complain of what stands at a node of the study, or note it. */
#define GOLDI_COMPLAIN(reader, node, ...)                                      \
    goldi_complain(&(reader)->report, (node)->place, __VA_ARGS__)
#define GOLDI_NOTE(reader, node, ...)                                          \
    goldi_note(&(reader)->report, (node)->place, __VA_ARGS__)

/** Key node of a key in its section, or in the grid; NULL: not there. */
const goldi_node *goldi_given(const goldi_reader *reader, goldi_section section,
                              const char *name);
const goldi_node *goldi_swept(const goldi_reader *reader, const char *axis);

/** A key's node in its section or in the grid; NULL when it stands nowhere. */
const goldi_node *goldi_anywhere(const goldi_reader *reader,
                                 const goldi_key *key);
const goldi_node *goldi_said(const goldi_reader *reader, goldi_section section,
                             const char *name);

/** Is it known what a key is worth, or that it is not there? */
bool goldi_is_sure(const goldi_reader *reader, goldi_section section,
                   const char *name);

/** What a word of the field is called here, or what comes nearest: "is called
 * 'learning_rate' here"; "" where it is none. */
typedef struct goldi_answer {
    char text[200];
} goldi_answer;

/** Explain a word that stands as a key of `section`; or, when `key` is not
 * NULL, as one of its values. */
goldi_answer goldi_explain(const char *word, goldi_section section,
                           const goldi_key *key);

/** Mark what an unknown key of a section leaves unsure. */
void goldi_doubt(goldi_reader *reader, goldi_section section);

/** True when `node` is a mapping; else complains that `what` must be one. */
bool goldi_must_be_map(goldi_reader *reader, const goldi_node *node,
                       const char *what);

/** The tree of a study's text and overrides; NULL after a complaint or a
 * refused allocation. */
goldi_node *goldi_read_tree(goldi_reader *reader);

/** Read all keys of a section. */
void goldi_read_section(goldi_reader *reader, goldi_section section,
                        const goldi_node *node);

/** Read one value of a key; false after a complaint. */
bool goldi_read_value(goldi_reader *reader, const goldi_key *key,
                      const goldi_node *node, goldi_value *value);

/** Put a copy of a node at the end of another, with its value itself. */
void goldi_node_add_copy(goldi_report *report, goldi_node *parent,
                         const goldi_node *node);

/** A hint of what `node` was to be, a word or the one key of a mapping. */
goldi_hint goldi_node_hint(const goldi_node *node, const char *const *words);

/** Read a whole number from `low` to `high`; `what` names it in messages. */
bool goldi_read_whole(goldi_reader *reader, const goldi_node *node,
                      const char *what, double low, double high,
                      int64_t *value);

/** "a, b or c" of the words of a key that are no second spelling; returns
 * `text`. */
char *goldi_list_words(const goldi_key *key, char text[GOLDI_LIST_BYTES]);

/** Read a finite number. */
bool goldi_read_number(goldi_reader *reader, const goldi_node *node,
                       const char *what, double *value);

/** Is a name close to that of a key of a section? */
bool goldi_is_nearly_of(goldi_section section, const char *name);

/** Complain of a key that a section does not have. */
void goldi_complain_unknown(goldi_reader *reader, goldi_section section,
                            const goldi_node *key);

/** Read the values of one key along an axis, a scalar, list or range, into
 * `out` (arrays owned by the study); false after a complaint. */
bool goldi_read_axis_key(goldi_reader *reader, const goldi_key *key,
                         const goldi_node *node, gold_axis_key *out,
                         size_t *count);

/** Readers of keys whose values have a shape of their own, and the members of
 * its JSON Schema. */
goldi_read_key goldi_read_name;
goldi_read_key goldi_read_title;
goldi_read_key goldi_read_grid;
goldi_read_key goldi_read_path;
goldi_read_key goldi_read_data_name;
goldi_read_key goldi_read_init_file;
goldi_read_key goldi_read_subset;
goldi_read_key goldi_read_numbers;
goldi_read_key goldi_read_choices; /* of all lists of words */
goldi_read_key goldi_read_moments;
goldi_read_key goldi_read_dense;
goldi_read_key goldi_read_betas;
goldi_read_key goldi_read_layers;
goldi_read_key goldi_read_target;
goldi_read_key goldi_read_blobs;
goldi_read_key goldi_read_points;
goldi_read_key goldi_read_groups;
goldi_write_form goldi_form_phases;
goldi_write_form goldi_form_moment;
goldi_write_form goldi_form_dense;
goldi_write_form goldi_form_layers;
goldi_write_form goldi_form_target;
goldi_write_form goldi_form_blobs;
goldi_write_form goldi_form_points;
goldi_write_form goldi_form_groups;

/** The definitions of ranges. */
goldi_write_form goldi_form_ranges;

/** Where an entry of network.layers stands, counted with those within entries;
 * of one that is not there, all of it. */
goldi_place goldi_place_of_entry(const goldi_node *layers, size_t entry);

/** Does an entry leave a size to the network's, GOLD_SIZE_OF_WIDTH? */
bool goldi_layers_mean(const gold_operations *list, size_t word);

struct goldi_text;

/** What blobs, points, radii and p say of their data sets, and whether they are
 * there. */
void goldi_check_shapes(goldi_reader *reader);

/** The line of an identity for groups of classes, unless they are one. */
void goldi_add_groups(struct goldi_text *out, const gold_settings *settings);

/** The line of an identity for data.blobs or data.points. */
void goldi_add_blobs(struct goldi_text *out, const gold_data_block *data);

/** The line of an identity for data.target. */
void goldi_add_target(struct goldi_text *out, const gold_function *function);

/** A value as YAML in one line. */
void goldi_add_flow(struct goldi_text *out, const goldi_node *node);

/** The line of an identity for network.layers, unless it is empty. */
void goldi_add_layers(struct goldi_text *out, const gold_operations *list);

/** Drop what grid.exclude names; after the axes are complete. */
void goldi_read_exclude(goldi_reader *reader);

/** What no key can tell alone: rules between keys, defaults that depend on
 * others. */
void goldi_check_study(goldi_reader *reader, const goldi_node *root);

/** The same of `network:`. */
void goldi_check_network(goldi_reader *reader);

/** The same of `curvature:`. */
void goldi_check_curvature(goldi_reader *reader);

/** The same of `train:`. */
void goldi_check_train(goldi_reader *reader);

/** Is there room for every logged step? Of a study without errors. */
void goldi_check_log_room(goldi_reader *reader);

/** Does training come to every moment between? Of a study without errors. */
void goldi_check_steps_between(goldi_reader *reader);

/* Complain of a network in which no units condense, where that is tracked. Of
 * a study whose networks are well. */
void goldi_check_condensation(goldi_reader *reader);

/** Whether there are candidates for `train.select:` to choose from; what it
 * leaves out is filled in. */
void goldi_check_select(goldi_reader *reader);

/** Note what its user may not have meant; of a study without errors. */
void goldi_note_traps(goldi_reader *reader);

/** Whether the networks' layers fit and their sizes make sense; of a study
 * without errors. */
void goldi_check_sizes(goldi_reader *reader);

/** Gets the first point of a network; false: no more of them. */
typedef bool goldi_visit(void *context, size_t point);

/** Call `visit` with each network of a grid: with each combination of what
 * decides its layers and of `more` axes, NULL at the end. */
void goldi_each_network(const gold_study *study, const char *const *more,
                        goldi_visit *visit, void *context);

/** Does `curvature:` ask for what is about subspaces, or for nothing? */
bool goldi_needs_subspace(const goldi_reader *reader);

/** Put the lines of overrides into the tree. */
void goldi_apply_overrides(goldi_reader *reader, goldi_node *root);

/** Copy a text into gold_alloc'ed memory; refusals are remembered. */
void goldi_keep_text(goldi_reader *reader, const char *text, char **copy);

/** True when value `i` of an axis key is `value`: reals `within` that, relative
 * to it. `*distance` is how far off it is. */
bool goldi_matches(const gold_axis_key *axis, const goldi_key *key, size_t i,
                   goldi_value value, double within, double *distance);

#endif
