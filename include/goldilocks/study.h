/* SPDX-License-Identifier: MIT */
/**
 * @file study.h
 * A study: the YAML file, read, checked and resolved to plain values.
 *
 * The grid is a product of axes, slowest first. An axis sweeps one key or, when
 * zipped, several keys together. A *point* is one cell of the grid, named by
 * its flat index (row major, last axis fastest).
 *
 * The axes whose keys only move or cool the same drawn network (radius,
 * relative_radius, scale, temperature) or only concern training are *line*
 * axes: all points that differ in nothing else share one draw, one basis and
 * most of the work, and are measured by one task. The other axes are *base*
 * axes.
 *
 * Nothing here knows MPI, HDF5 or clocks. Not thread-safe, never collective.
 */
#ifndef GOLDILOCKS_STUDY_H
#define GOLDILOCKS_STUDY_H

#include "goldilocks/data_sets.h"
#include "goldilocks/graph.h"
#include "goldilocks/settings.h"
#include "goldilocks/status.h"
#include "goldilocks/tracks.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
    GOLD_MAX_AXES = 16,          /* axes of a grid */
    GOLD_MAX_ZIPPED = 8,         /* keys of one axis */
    GOLD_MAX_AXIS = 1000000,     /* values of one axis */
    GOLD_MAX_DIMS = 16,          /* subspace dimensions of one study */
    GOLD_MAX_DIM = 4096,         /* the largest of them */
    GOLD_MAX_POINTS = 100000000, /* points of a grid */
    GOLD_MAX_LOG = 2048,         /* logged steps of a training */
    GOLD_MAX_MOMENTS = 64,       /* steps at which curvature is measured */
    GOLD_MAX_REACH = 16          /* losses whose first step is noted */
};

typedef enum gold_value_kind {
    GOLD_VALUE_INTEGER,
    GOLD_VALUE_REAL,
    GOLD_VALUE_TEXT, /* a choice or a boolean, by its YAML word; a list of
                        numbers as YAML: [1, 2, 0.5] */
} gold_value_kind;

/** Values of one key along one axis. */
typedef struct gold_axis_key {
    char name[GOLD_NAME_BYTES]; /* the key: "depth", "relative_radius" */
    gold_value_kind kind;
    int64_t *integers;  /* [count], when INTEGER; owned by the study */
    double *reals;      /* [count], when REAL; owned by the study */
    const char **texts; /* [count], when TEXT; the array is owned, words are
                           static */
    char *lists;        /* of lists: the texts; owned; NULL: words */
} gold_axis_key;

/** One axis. An unzipped one has one key and bears its name; a zipped one is
 * named by its keys joined with "_". */
typedef struct gold_axis {
    char name[GOLD_NAME_BYTES];
    size_t count;
    bool is_line;
    bool is_implied; /* of one value, and files do not have it: gold_study_lift
                      */
    size_t n_keys;
    gold_axis_key keys[GOLD_MAX_ZIPPED];
} gold_axis;

typedef enum gold_normalize {
    GOLD_NORMALIZE_STANDARD,  /* standard: mean 0, deviation 1 over the training
                                 set, by channel */
    GOLD_NORMALIZE_PUBLISHED, /* published: the means and deviations used by
                                the papers' code, of values in 0..1 */
    GOLD_NORMALIZE_UNIT,      /* unit: bytes over 255; built-in sets as drawn */
    GOLD_NORMALIZE_NONE,      /* none: bytes 0..255; built-in sets as drawn */
    GOLD_NORMALIZE_PER_PIXEL, /* per-pixel: mean 0, deviation 1 of each pixel
                                 over the training set; pixels that are
                                 constant there are 0 */
    GOLD_NORMALIZE_PER_IMAGE, /* per-image: mean 0, deviation 1 of each image
                                 over its pixels, all channels together */
} gold_normalize;

/** Which samples of those in files. */
typedef enum gold_subset {
    GOLD_SUBSET_FIRST,
    GOLD_SUBSET_RANDOM,   /* {random: SEED}: the same for all points */
    GOLD_SUBSET_PER_SEED, /* {random: per-seed}: those of {random: SEED} with
                             data_seed of the point; all are kept, and what is
                             taken from the training set is from all of it */
} gold_subset;

/** `data:`, without what axes may take over. */
typedef struct gold_data_block {
    gold_data_set set;
    char *path;     /* folder of the files; of set file the file; "" for
                       built-in sets; owned */
    uint64_t train; /* samples read, the most that a point uses; 0: all */
    uint64_t test;  /* samples; 0: all (built-in: their default) */
    gold_subset subset;
    uint64_t subset_seed; /* of {random: SEED} */
    gold_normalize normalize;
    uint64_t seed;     /* built-in sets: what their samples are drawn from */
    uint64_t classes;  /* of built-in sets and set file, of which 0: unknown;
                          numbers of a target */
    uint64_t features; /* of built-in sets: dimension */
    double separation; /* mixture: deviation of the class centres; noise is 1 */
    gold_function function; /* of set function */
    size_t n_shape;         /* of set file, of which 0: unknown: */
    uint64_t shape[3];      /* features; or channels, height, width */
    uint64_t outputs;       /* of set file: numbers of a target; 0: samples
                               have classes */
    double test_share;      /* of set file: of its training samples that are
                               the test samples; 0: it has them */
    char *name;             /* of set file; NULL: it has none; owned */
    size_t n_blobs;
    gold_blob blobs[GOLD_MAX_BLOBS]; /* of set clusters; of line its points,
                                        whose deviation is 0 */
    size_t n_radii;
    double radii[GOLD_MAX_RADII]; /* of set rings, a class each */
    double noise;                 /* deviation of rings and moons */
    uint64_t modulus;             /* of set modular-addition: p, and */
    double share;                 /* of its pairs that are trained on */
} gold_data_block;

/** Does a study say what its samples are like? Where it leaves that to their
 * file, gold_dataset_facts tells, and the study is read again with it. */
bool gold_data_is_known(const gold_data_block *data);

/** Do samples have values, in the place of a class? */
bool gold_data_has_targets(const gold_data_block *data);

typedef enum gold_layer_choice {
    GOLD_LAYERS_ALL,  /* all: subspaces of all parameters together only */
    GOLD_LAYERS_EACH, /* each: of every layer too */
} gold_layer_choice;

/** When curvature is measured: the words of `at:`. */
typedef enum gold_moment {
    GOLD_AT_START, /* always */
    GOLD_AT_END,   /* where training ended */
    GOLD_N_MOMENTS
} gold_moment;

/** `curvature:` without what axes may take over; n_dims 0: not measured. */
typedef struct gold_curvature_block {
    size_t n_dims;
    size_t dims[GOLD_MAX_DIMS]; /* ascending, distinct */
    bool split;                 /* G-term and H-term too */
    uint64_t logit_gradients;   /* samples whose logits' gradients are looked
                                   at, at most; 0: none */
    gold_layer_choice layers;
    uint64_t resample_directions; /* further bases; 0: none */
    uint64_t resample_data;       /* random halves of the samples; 0: none */
    uint64_t extreme_count;       /* eigenvalues at each end, of all parameters;
                                     0: none */
    uint64_t extreme_steps;       /* products for them, at most */
    double extreme_tolerance;     /* of residuals over the spectral norm */
    uint64_t trace_probes;        /* random vectors for traces; 0: none */
    uint64_t density_probes;      /* for the spectral density; 0: none */
    uint64_t density_steps;       /* nodes of each of them */
    uint64_t dense_limit; /* all entries where parameters are at most that; 0:
                             nowhere */
    uint64_t boundary_vectors; /* eigenvectors that gradients are held against;
                                  0: none */
    uint64_t boundary_steps;   /* products for them, at most */
    double boundary_tolerance; /* of residuals over the spectral norm */
    double boundary_tau;       /* outliers: over the largest eigenvalue */
    bool generalisation;       /* shares of all eigenvectors, too */
    uint64_t grid_count; /* points along each side of the grid of inputs */
    size_t n_grid_x;     /* 2; 0: as far as the training samples go */
    double grid_x[2];
    size_t n_grid_y;
    double grid_y[2];
    bool at[GOLD_N_MOMENTS];
    size_t n_moments;                   /* between them: */
    uint64_t moments[GOLD_MAX_MOMENTS]; /* steps of training, ascending, above
                                           0 */
} gold_curvature_block;

/** Parameters that a result file keeps of a training: the words of `keep:`. */
typedef enum gold_keep {
    GOLD_KEEP_INITIAL,
    GOLD_KEEP_FINAL,
    GOLD_KEEP_BEST,
    GOLD_N_KEEPS
} gold_keep;

/** What candidates are chosen by: the words of `by:`. */
typedef enum gold_criterion {
    GOLD_BY_TRACE_OVER_NORM,
    GOLD_BY_POSITIVE_FRACTION,
    GOLD_BY_LOSS,
    GOLD_N_CRITERIA
} gold_criterion;

/** Which of them: the words of `take:`. */
typedef enum gold_take {
    GOLD_TAKE_HIGHEST,
    GOLD_TAKE_LOWEST,
    GOLD_TAKE_RANDOM, /* whatever the criteria say */
    GOLD_N_TAKES
} gold_take;

/** `train.select:`, see select.h. */
typedef struct gold_select_block {
    uint64_t group; /* candidates of a group; 0: every point is trained */
    bool by[GOLD_N_CRITERIA];
    bool take[GOLD_N_TAKES];
} gold_select_block;

/** `train:`, without what axes may take over. */
typedef struct gold_train_block {
    uint64_t log_every; /* steps between log entries; 0: log_count entries */
    uint64_t log_count; /* entries from step 0 to the last */
    bool is_log_spaced; /* those evenly in log(1 + step), else in step */
    bool track[GOLD_N_TRACKS];
    bool keep[GOLD_N_KEEPS];
    double stop_accuracy;   /* stop when training accuracy is this; NaN: no */
    double stop_loss;       /* stop when training loss is below; NaN: no */
    uint64_t stop_patience; /* stop after so many log entries without a new
                               lowest loss; 0: no */
    size_t n_reach;
    double reach[GOLD_MAX_REACH]; /* descending: note the first logged step
                                     with a training loss at most this */
    double lazy; /* a training that moved the weights by less than this share
                    of their norm is lazy */
    gold_select_block select;
} gold_train_block;

/** `run:`. */
typedef struct gold_run_block {
    gold_precision precision;
    uint64_t memory_per_rank; /* bytes; tasks that need more are refused */
    double checkpoint_every;  /* seconds of a training between checkpoints */
    double lease;             /* seconds of silence of a dead process */
    uint64_t attempts; /* how often a task is handed out that kills processes */
} gold_run_block;

typedef struct gold_study {
    char name[GOLD_NAME_BYTES]; /* study: */
    char *title;                /* owned; "" when absent */
    char *text;                 /* the YAML as read; owned */
    char *overrides; /* those applied, one a line; "" for none; owned */
    char *notes; /* what its user may not have meant, told like errors; owned;
                    NULL: nothing */
    size_t n_axes;
    gold_axis axes[GOLD_MAX_AXES]; /* slowest first */
    size_t n_points;               /* product of the axes' counts */
    gold_operations layers;        /* network.layers; entries owned */
    char *init_path;               /* network.init.file; NULL: none; owned */
    uint8_t *excluded;  /* [n_points] 1 where excluded; NULL: none; owned */
    gold_settings base; /* values of keys that no axis sweeps */
    gold_data_block data;
    gold_curvature_block curvature;
    bool has_train; /* a `train:` block was given */
    gold_train_block train;
    gold_run_block run;
    size_t n_earlier; /* phases of training before the last, which `train` and
                         `data` are of */
    struct gold_study *earlier[GOLD_MAX_PHASES]; /* each as the study that it
                                                    would be alone; owned */
    bool has_own_data;      /* of an earlier phase: its samples are others */
    bool goes_on;           /* it begins where the phase before it ended, on the
                               same samples and labels */
    uint64_t norm_of_phase; /* it begins at the drawn parameters, all times a
                               factor, of the norm with which that phase ended,
                               counted from 1; 0: where the one before ended */
} gold_study;

/** Phase i of a study's trainings, of which there are n_earlier + 1: the study
 * that it would be alone. The last is the study itself. */
const gold_study *gold_study_phase(const gold_study *study, size_t i);

/**
 * Read a study from memory.
 *
 * Reports every error at once: on failure gold_fail_message() is empty of
 * detail and `*report` (owned by the caller, gold_free) holds one paragraph an
 * error: `name:line:column: message`, the source line, a caret, and where one
 * is near enough the word that was probably meant.
 *
 * @param name       what to call the text in messages: its path.
 * @param text       YAML, `n_bytes` long, any bytes at all.
 * @param overrides  "network.bias=true" and the like, one a line, NULL or ""
 * for none: put in after parsing, checked like the file's own values; an error
 * in line n is placed as `--set:n:column`. The value is YAML, flow style:
 * "grid.depth=[1, 2]"; "~" takes the key away. A key takes the place of another
 * that says the same, as train.steps that of train.epochs.
 * @param[out] study  on success, for gold_study_destroy.
 * @param[out] report on failure, the errors; NULL on success.
 * @retval GOLD_ERR_CONFIG  the text is not a study; see *report.
 * @retval GOLD_ERR_MEMORY  no memory.
 */
GOLD_CHECKED gold_status gold_study_parse(const char *name, const char *text,
                                          size_t n_bytes, const char *overrides,
                                          gold_study **study, char **report);

/**
 * The same from a file.
 *
 * @retval GOLD_ERR_IO  the file cannot be read (message set, *report NULL).
 */
GOLD_CHECKED gold_status gold_study_read(const char *path,
                                         const char *overrides,
                                         gold_study **study, char **report);

/**
 * The study as YAML, with every default that means something in it filled in:
 * the same study.
 *
 * @param[out] yaml  owned by the caller, for gold_free.
 */
GOLD_CHECKED gold_status gold_study_resolve(const gold_study *study,
                                            char **yaml);

/** Free a study; NULL-safe, sets the pointer to NULL. */
void gold_study_destroy(gold_study **study);

/** Is anything asked for of all parameters together? */
bool gold_study_has_full(const gold_study *study);

/** Is curvature measured where training ended, too? */
bool gold_study_has_end(const gold_study *study);

/** How often it is measured after the start of a training of so many steps. */
size_t gold_study_n_measured(const gold_study *study, uint64_t n_steps);

/** Vectors of parameters that are kept of each training. */
size_t gold_study_n_kept(const gold_study *study);

/** Settings of a point: the base with every axis's value put in. */
void gold_study_point(const gold_study *study, size_t point,
                      gold_settings *settings);

/** Steps that a point trains for: its steps, or its epochs in steps, given the
 * number of training samples. */
uint64_t gold_train_steps(const gold_settings *settings, size_t n_train);

/** The same of all phases of a point, which early ends make fewer. */
uint64_t gold_study_steps(const gold_study *study, size_t point,
                          size_t n_train);

/**
 * The steps that a study logs, ascending from 0 to the most steps of any of
 * its points: at most GOLD_MAX_LOG.
 *
 * @param has_ends  the longest phases' ends are among them, if there is room;
 *                  those of files of format 2.3 are not.
 * @param steps     [GOLD_MAX_LOG], filled.
 * @return       how many there are; 0 without training.
 */
size_t gold_log_steps(const gold_study *study, size_t n_train, bool has_ends,
                      uint64_t steps[GOLD_MAX_LOG]);

/** Index along every axis of a point; `index` has n_axes entries. */
void gold_study_unravel(const gold_study *study, size_t point, size_t *index);

/** Flat index of the cell with these indices. */
size_t gold_study_ravel(const gold_study *study, const size_t *index);

/** Value `i` of an axis key for people: reals to 7 digits, which is enough for
 * gold_study_find; ".." at the end of a list that is longer than the room.
 * Returns `text`. */
char *gold_axis_text(const gold_axis_key *key, size_t i,
                     char text[GOLD_NAME_BYTES]);

/** True when the point was excluded. */
bool gold_study_is_excluded(const gold_study *study, size_t point);

/**
 * Find the point that `at` names: "depth=2,width=100,seed=0,radius=3.5"; axes
 * of one value may be left out. Reals match the nearest grid value within a
 * relative 1e-3, so that what somebody read off a plot finds its point. Lists
 * stand in brackets, as in YAML: "layer_gains=[1, 2, 1],seed=0". NULL names
 * nothing.
 *
 * @retval GOLD_ERR_USAGE  not one point: the message says which axis, and what
 *                         values it has.
 */
GOLD_CHECKED gold_status gold_study_find(const gold_study *study,
                                         const char *at, size_t *point);

enum {
    GOLD_ANY_VALUE = INT32_MAX /* of an axis */
};

/** The same of a part of the grid: `index` [n_axes] receives the value of each
 * axis that is named, GOLD_ANY_VALUE for others. */
GOLD_CHECKED gold_status gold_study_match(const gold_study *study,
                                          const char *at, size_t *index);

/**
 * "depth=2, width=100, seed=0": the point's coordinates for messages, at most
 * `n_bytes` with the zero; returns `text`.
 */
char *gold_study_describe(const gold_study *study, size_t point, char *text,
                          size_t n_bytes);

/**
 * The study's identity: one "key = value" line for everything that decides a
 * result or its place (not title, data.path, comments or layout), in a fixed
 * order. Two files of one study have equal identities. Owned by the caller.
 */
GOLD_CHECKED gold_status gold_study_identity(const gold_study *study,
                                             char **identity);

/**
 * Lines that differ between two identities, one "  key: file has A, study has
 * B" each, the first five and "  and N more"; "" when they are equal. Owned by
 * the caller.
 */
GOLD_CHECKED gold_status gold_identity_difference(const char *of_file,
                                                  const char *of_study,
                                                  char **difference);

/** The same of two studies, without the lines that `is_free` says may be
 * otherwise; NULL: none may. */
GOLD_CHECKED gold_status
gold_study_difference(const gold_study *of_file, const gold_study *study,
                      bool (*is_free)(const char *line), char **difference);

/**
 * The study whose grid holds the grids of others that are equal to it in all
 * but the values of their axes: more seeds, more radii.
 *
 * Its text is that of the first, with the axes put in as overrides. Values
 * stand as in the text of a part that has them all, whose axes overrides made
 * smaller. Else they ascend where they do so in every part, or stand as in the
 * first part, and what the others have more comes after them.
 *
 * @param parts  [n], n > 0; borrowed.
 * @param names  [n] what to call them in messages.
 * @retval GOLD_ERR_MISMATCH  they differ in more: says which, and in what.
 */
GOLD_CHECKED gold_status gold_study_unite(const gold_study *const *parts,
                                          const char *const *names, size_t n,
                                          gold_study **whole);

/**
 * Read a study with the axes of a larger one, of which it has one value by
 * itself: what the one has as a key and the other in its grid. Points stay as
 * they are, in their order; these axes are marked as implied.
 *
 * @param name  of the part, for messages.
 * @param[out] lifted  owned by the caller; NULL where that is not so, or not
 * all that is missing.
 */
GOLD_CHECKED gold_status gold_study_lift(const gold_study *whole,
                                         const gold_study *part,
                                         const char *name, gold_study **lifted);

/** Where the values of a study's axes stand in a larger study: for each axis
 * `a`, [its count] indices; owned. Zero it before use. */
typedef struct gold_placing {
    size_t *index[GOLD_MAX_AXES];
} gold_placing;

/**
 * Place a study in one of the same kind whose grid holds all of its own. Ended
 * by gold_placing_fini, also on failure.
 *
 * @param name  of the part, for the message.
 * @retval GOLD_ERR_MISMATCH  the studies differ in more than values of axes, or
 *                            a value is missing: says what.
 */
GOLD_CHECKED gold_status gold_placing_init(gold_placing *placing,
                                           const gold_study *whole,
                                           const gold_study *part,
                                           const char *name);

/** Free what a placing holds; zeroed ones are allowed. */
void gold_placing_fini(gold_placing *placing);

/**
 * The overrides, one a line, that give a study the axes of a larger one, in
 * which it can be placed; "" where it cannot.
 *
 * @param[out] lines  owned by the caller.
 */
GOLD_CHECKED gold_status gold_study_growth(const gold_study *whole,
                                           const gold_study *part,
                                           char **lines);

/**
 * Overrides as one types them: " --set 'grid.seed=[0, 1]'" for each line whose
 * key no later line sets.
 *
 * @param[out] options  owned by the caller.
 */
GOLD_CHECKED gold_status gold_overrides_typed(const char *lines,
                                              char **options);

/** True when both studies have the same values, in the same order, on all of
 * their line axes: then a line's points are computed together in both. The axes
 * are the same but for their values. */
bool gold_study_has_lines_of(const gold_study *study, const gold_study *other);

/** YAML word of a value of one of the enumerations of settings.h and here:
 * `key` is the YAML key ("activation", "init", "set"). Static; NULL when the
 * key is no choice or the value is out of range. */
const char *gold_choice_text(const char *key, int value);

#ifdef __cplusplus
}
#endif
#endif
