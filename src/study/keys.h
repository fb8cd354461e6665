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
struct goldi_text;

typedef enum goldi_section {
    GOLDI_ROOT,
    GOLDI_GRID,
    GOLDI_DATA,
    GOLDI_DATA_LABELS,
    GOLDI_NETWORK,
    GOLDI_NETWORK_INIT,
    GOLDI_CURVATURE,
    GOLDI_SUBSPACE,
    GOLDI_RESAMPLE,
    GOLDI_EXTREME,
    GOLDI_DENSITY,
    GOLDI_BOUNDARY,
    GOLDI_BOUNDARY_GRID,
    GOLDI_TRAIN,
    GOLDI_TRAIN_PHASES,
    GOLDI_TRAIN_PHASES_START,
    GOLDI_TRAIN_LOG,
    GOLDI_TRAIN_STOP,
    GOLDI_TRAIN_SCHEDULE,
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
    GOLDI_TEXT,    /* at most `most` bytes */
    GOLDI_WHOLES,  /* a list of at most `most` whole numbers */
    GOLDI_REALS,   /* ... of reals */
    GOLDI_SECTION, /* a mapping with keys of its own */
    GOLDI_SPECIAL  /* of a form of its own */
} goldi_type;

/** One word of a choice. The first one of a value is its text; later ones are
 * other spellings. */
typedef struct goldi_word {
    const char *word; /* NULL ends the list */
    int value;
    const char *means; /* NULL where the word says it */
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

/** Where a key means something, beyond its section. */
typedef enum goldi_domain {
    GOLDI_OF_ALL,
    GOLDI_OF_FILES,    /* data sets in files */
    GOLDI_OF_BUILT_IN, /* the others */
    GOLDI_OF_SETS      /* the data sets of its row */
} goldi_domain;

/** Keys that say the same: one of a group is given. */
enum {
    GOLDI_GROUP_PLACE = 1,
    GOLDI_GROUP_LENGTH,
    GOLDI_GROUP_LOG
};

/** A key has an effect where another has one of these values. */
typedef struct goldi_need {
    const char *axis; /* the other's name as an axis; NULL: no such need */
    unsigned values;  /* a bit for each */
} goldi_need;

struct goldi_key;

typedef void goldi_read_key(struct goldi_reader *reader,
                            const struct goldi_key *key,
                            const struct goldi_node *value);

typedef void goldi_write_form(struct goldi_text *schema);

typedef struct goldi_key {
    goldi_section section;
    const char *name;
    goldi_type type;
    const char *means;   /* one or two sentences */
    const char *unit;    /* "seconds"; NULL: a number or a word */
    const char *when;    /* it has an effect: "of kind cnn"; NULL: always */
    const char *usual;   /* the default in words, where it is no fallback */
    goldi_domain domain; /* it is refused elsewhere */
    unsigned sets;       /* of domain sets, a bit for each gold_data_set */
    unsigned kinds; /* networks that know it, a bit for each gold_network_kind;
                       0: all do */
    goldi_need needs[2];     /* where it has no effect, a note says so */
    const goldi_word *words; /* of choices; of a whole number: a word
                                for one of them */
    double low;
    double high;
    size_t most;      /* bytes or entries */
    bool is_open;     /* low itself is out of bounds */
    bool is_below;    /* high itself is out of bounds */
    bool is_alone;    /* one entry may stand without a list */
    bool is_distinct; /* no entry stands twice; they are kept in order */
    bool is_falling;  /* from the largest on */
    bool is_required; /* in its section */
    bool is_free;     /* it decides no number: no part of the identity */
    bool is_inner;    /* the fallback is in force where the section stands */
    double fallback;  /* value when the file says nothing; there is none where
                         it is out of bounds; of lists of words: a bit for
                         each */
    goldi_home home;  /* where it goes: */
    size_t offset;    /* in gold_settings or gold_study */
    size_t count;     /* of lists of numbers: offset of how many there are */
    goldi_role role;
    const char *axis;    /* its name as an axis */
    bool is_later;       /* identities are silent of its fallback, as those of
                            files are that know nothing of it */
    int group;           /* GOLDI_GROUP_*; 0: none */
    int placement;       /* gold_placement it stands for, or -1 */
    goldi_section inner; /* of a section, in whose place its word may stand,
                            which says nothing; of a choice: a mapping with
                            these keys stands for its last word */
    const char *rule; /* what more its JSON Schema has, ' for ": what holds of
                         a section's keys together, the form of a special key */
    goldi_write_form *form; /* the same where another table says it; of lists
                               of words: what else may stand in them */
    goldi_read_key *read;   /* NULL: what all of the type have */
} goldi_key;

/** The table. Indices are the names of keys inside this module. */
extern const goldi_key goldi_keys[];
extern const size_t goldi_n_keys;

/** Go through the table. */
/* NOLINTBEGIN(bugprone-macro-parentheses): a name that is declared */
#define GOLDI_EACH_KEY(key)                                                    \
    for (const goldi_key *key = goldi_keys; (key) < goldi_keys + goldi_n_keys; \
         (key)++)
/* NOLINTEND(bugprone-macro-parentheses) */

/** Of a training. */
#define GOLDI_MOST_STEPS 1e12

/** Where the range of keys ends that are seeds, and of no others. */
#define GOLDI_MOST_SEEDS 0x1p63

/** Is a key what something is drawn from? */
bool goldi_is_seed(const goldi_key *key);

enum {
    GOLDI_KEYS_CAPACITY = 160, /* at least goldi_n_keys; a test looks */
    GOLDI_MOST_WORDS = 64,     /* of a key, that messages list */
    GOLDI_LIST_BYTES = 640
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

/** A value of any key. */
typedef struct goldi_value {
    int64_t integer; /* whole numbers; choices, of a list a bit for each;
                        booleans */
    double real;     /* reals; sizes */
    gold_gains gains;
} goldi_value;

/** Is it a value that a key with one value may have? */
bool goldi_is_possible(const goldi_key *key, goldi_value value);

/** Is the fallback of a key a value that it may have? */
bool goldi_has_fallback(const goldi_key *key);

/** The values of a choice or a boolean at the points of the grid, a bit for
 * each. */
unsigned goldi_values_of(const gold_study *study, const char *axis);

/** Is this one of them? */
bool goldi_has_value(const gold_study *study, const char *axis, int value);

/** True when a point of the grid has a network of this kind. */
bool goldi_has_kind(const gold_study *study, gold_network_kind kind);

/** Are labels permuted, at any point of the grid? */
bool goldi_permutes_labels(const gold_study *study);

/** Does a key mean something for a data set? */
bool goldi_suits(const goldi_key *key, gold_data_set set);

/** The least and the largest value of a whole number at the points. */
void goldi_bounds_of(const gold_study *study, const char *axis, int64_t *least,
                     int64_t *largest);

/** "mlp, cnn or resnet": the networks that know a key; returns `text`. */
char *goldi_list_kinds(const goldi_key *key, char text[GOLDI_LIST_BYTES]);

/** Position of a key in the table. */
size_t goldi_key_index(const goldi_key *key);

/** Word of a choice's or boolean's value; NULL when it has none. Static. */
const char *goldi_value_word(const goldi_key *key, int64_t value);

/** How values of a key stand in an axis. */
gold_value_kind goldi_kind_of(const goldi_key *key);

/** The fallback of a key, with all words of a list in `integer`. */
goldi_value goldi_fallback(const goldi_key *key);

/** Put a value where the key says; `study` may be NULL for settings. */
void goldi_put(const goldi_key *key, goldi_value value, gold_settings *settings,
               gold_study *study);

/** Number `i` of a list of a key's. */
double goldi_list_number(const goldi_key *key, const unsigned char *list,
                         size_t i);

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
