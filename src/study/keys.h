/* SPDX-License-Identifier: MIT */
/**
 * @file keys.h
 * The keys of a study: one table that drives reading, checking, axes, texts
 * and identity. A key that is not in it does not exist.
 */
#ifndef GOLD_STUDY_KEYS_H
#define GOLD_STUDY_KEYS_H

#include "goldilocks/study.h"

struct goldi_reader;
struct goldi_node;

typedef enum goldi_section {
    GOLDI_ROOT,
    GOLDI_GRID,
    GOLDI_DATA,
    GOLDI_NETWORK,
    GOLDI_CURVATURE,
    GOLDI_SUBSPACE,
    GOLDI_RESAMPLE,
    GOLDI_EXTREME,
    GOLDI_DENSITY,
    GOLDI_TRAIN,
    GOLDI_TRAIN_LOG,
    GOLDI_TRAIN_STOP,
    GOLDI_TRAIN_AUGMENT,
    GOLDI_TRAIN_SELECT,
    GOLDI_TRAIN_CONSTRAINT,
    GOLDI_TRAIN_SUBSPACE,
    GOLDI_RUN,
    GOLDI_N_SECTIONS
} goldi_section;

typedef enum goldi_type {
    GOLDI_UNSIGNED, /* whole number; a word may stand for one */
    GOLDI_REAL,
    GOLDI_GAINS, /* a real, or a list of them: gold_gains */
    GOLDI_BOOL,
    GOLDI_CHOICE,
    GOLDI_CHOICES, /* a list of words; a bool for each at its home */
    GOLDI_SIZE,    /* bytes: 2 GiB */
    GOLDI_SECTION, /* a mapping with keys of its own */
    GOLDI_SPECIAL  /* read by a function of its own */
} goldi_type;

/** One word of a choice. The first one of a value is its text; later ones are
 * other spellings. A refused word is known, but this version cannot do it. */
typedef struct goldi_word {
    const char *word; /* NULL ends the list */
    int value;
    const char *refusal;
} goldi_word;

typedef enum goldi_home {
    GOLDI_NOT_KEPT,
    GOLDI_IN_SETTINGS,
    GOLDI_IN_STUDY
} goldi_home;

typedef enum goldi_role {
    GOLDI_NO_AXIS,
    GOLDI_BASE_AXIS,
    GOLDI_LINE_AXIS
} goldi_role;

typedef struct goldi_key {
    goldi_section section;
    const char *name;
    goldi_type type;
    const goldi_word *words; /* of choices; of a whole number: a word
                                for one of them */
    double low;
    double high;
    bool is_open;    /* low itself is out of bounds */
    bool is_below;   /* high itself is out of bounds */
    double fallback; /* value when the file says nothing */
    goldi_home home; /* where it goes: */
    size_t offset;   /* in gold_settings or gold_study */
    goldi_role role;
    const char *axis;    /* its name as an axis */
    bool is_later;       /* identities are silent of its fallback, 0, as those
                            of files are that know nothing of it */
    int placement;       /* gold_placement it stands for, or -1 */
    goldi_section inner; /* of a section; of a choice: a mapping with these
                            keys stands for its last word */
    void (*read)(struct goldi_reader *reader, const struct goldi_node *value);
} goldi_key;

/** The table. Indices are the names of keys inside this module. */
extern const goldi_key goldi_keys[];
extern const size_t goldi_n_keys;

enum {
    GOLDI_KEYS_CAPACITY = 128 /* at least goldi_n_keys; a test looks */
};

/** How a section is called in messages: "network", "train.log". */
const char *goldi_section_label(goldi_section section);

/** The key of a section; NULL when there is none. */
const goldi_key *goldi_find_key(goldi_section section, const char *name);

/** The key that a grid means by "depth", "network.depth" or "data_scale", also
 * when it cannot be an axis; NULL when there is none. */
const goldi_key *goldi_find_axis(const char *name);

/** True when a key is of the train block, at any depth. */
bool goldi_is_of_training(const goldi_key *key);

/** True when a key means something to networks of kind cnn only. */
bool goldi_is_of_cnn(const goldi_key *key);

/** True when a point of the grid has a network of this kind. */
bool goldi_has_kind(const gold_study *study, gold_network_kind kind);

/** Position of a key in the table. */
size_t goldi_key_index(const goldi_key *key);

/** A value of any key. */
typedef struct goldi_value {
    int64_t integer; /* whole numbers; choices; booleans */
    double real;     /* reals; sizes */
    gold_gains gains;
} goldi_value;

/** Word of a choice's or boolean's value; NULL when it has none. Static. */
const char *goldi_value_word(const goldi_key *key, int64_t value);

/** How values of a key stand in an axis. */
gold_value_kind goldi_kind_of(const goldi_key *key);

/** Put a value where the key says; `study` may be NULL for settings. */
void goldi_put(const goldi_key *key, goldi_value value, gold_settings *settings,
               gold_study *study);

/** What stands there. */
goldi_value goldi_get(const goldi_key *key, const gold_settings *settings,
                      const gold_study *study);

/** The axis key that sweeps a key, `*axis` its axis; NULL: none does. */
const gold_axis_key *goldi_axis_key_of(const gold_study *study,
                                       const goldi_key *key, size_t *axis);

/** Value `i` of an axis's key. */
goldi_value goldi_axis_value(const gold_axis_key *axis, const goldi_key *key,
                             size_t i);

#endif
