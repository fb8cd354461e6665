/* SPDX-License-Identifier: MIT */
/* What is no error, but hardly what its user meant. */
#include "study/read.h"
#include "study/show.h"

/* `seed: 8` is number 8, not eight of them. */
static void note_seed(goldi_reader *reader)
{
    const goldi_node *seed = goldi_swept(reader, "seed");
    const goldi_scalar number = seed == NULL ? (goldi_scalar){.integer = 0}
                                             : goldi_scalar_of(seed->value);

    if (seed != NULL && seed->value->kind == GOLDI_SCALAR &&
        number.integer > 1) {
        goldi_note(&reader->report, seed->place,
                   "'seed: %s' is one seed, number %s; 'seed: {count: %s}' is "
                   "%s of them, from 0 on",
                   seed->value->text, seed->value->text, seed->value->text,
                   seed->value->text);
    }
}

/* Radii are rarely meant to be equally far apart. */
static void note_spacing(goldi_reader *reader, const goldi_key *key)
{
    const goldi_node *node = reader->swept[goldi_key_index(key)];
    goldi_text values = {0};
    size_t axis = 0;

    if (key->placement < 0 || node == NULL || node->value->kind != GOLDI_MAP ||
        goldi_node_key(node->value, "spacing") != NULL) {
        return;
    }
    const gold_axis_key *swept = goldi_axis_key_of(reader->study, key, &axis);

    goldi_show_values(&values, swept, reader->study->axes[axis].count);
    if (values.status == GOLD_OK) {
        goldi_note(&reader->report, node->place,
                   "'%s' is %s; 'spacing: log' makes ratios equal, 'spacing: "
                   "linear' says that differences are meant to be",
                   key->axis, values.data);
    }
    reader->report.status = reader->report.status == GOLD_OK
                                ? values.status
                                : reader->report.status;
    goldi_text_fini(&values);
}

static void note_batch(goldi_reader *reader)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN, "batch");
    const uint64_t n = reader->study->data.train;
    int64_t least = 0;
    int64_t most = 0;

    goldi_bounds_of(reader->study, key->axis, &least, &most);
    if (n > 0 && most > 0 && (uint64_t)most > n) {
        goldi_note(&reader->report, goldi_anywhere(reader, key)->place,
                   "batch %lld is more than the %llu training samples: such a "
                   "step takes all of them",
                   (long long)most, (unsigned long long)n);
    }
}

/* Note a key that another leaves without effect, or some of its values. */
static void note_need(goldi_reader *reader, const goldi_key *key,
                      goldi_need need)
{
    const gold_study *study = reader->study;
    const goldi_key *other = goldi_find_axis(need.axis);
    const goldi_node *node = goldi_anywhere(reader, key);
    const unsigned values = goldi_values_of(study, need.axis);
    const unsigned idle = values & ~need.values;
    size_t axis = 0;
    size_t others = 0;
    int64_t first = 0;

    while (idle != 0 && (idle >> first & 1U) == 0) {
        first++;
    }
    if (idle == values) {
        goldi_note(&reader->report, node->place,
                   "'%s' has no effect here, only %s", key->name, key->when);
    } else if (idle != 0 && study->excluded == NULL &&
               goldi_axis_key_of(study, key, &axis) != NULL &&
               goldi_axis_key_of(study, other, &others) != NULL &&
               axis != others && study->axes[axis].count > 1) {
        goldi_note(&reader->report, node->place,
                   "where '%s' is %s, '%s' has no effect: these points differ "
                   "in nothing; 'exclude' leaves some out",
                   other->name, goldi_value_word(other, first), key->name);
    }
}

void goldi_note_traps(goldi_reader *reader)
{
    note_seed(reader);
    note_batch(reader);
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_key *key = &goldi_keys[i];

        note_spacing(reader, key);
        if (goldi_anywhere(reader, key) == NULL) {
            continue;
        }
        if (key->kinds != 0) {
            note_need(reader, key, (goldi_need){"kind", key->kinds});
        }
        for (size_t k = 0; k < 2 && key->needs[k].axis != NULL; k++) {
            note_need(reader, key, key->needs[k]);
        }
    }
}
