/* SPDX-License-Identifier: MIT */
/* Is a choice of candidates one that can be made? */
#include "study/read.h"

/* When no word of a list was given, all of them are meant. */
static void settle_words(bool *given, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (given[i]) {
            return;
        }
    }
    for (size_t i = 0; i < n; i++) {
        given[i] = true;
    }
}

/* Candidates are neighbours on an axis of seeds, and there is something to
 * choose them by. */
void goldi_check_select(goldi_reader *reader)
{
    gold_study *study = reader->study;
    gold_select_block *select = &study->train.select;
    const goldi_node *node = goldi_given(reader, GOLDI_TRAIN, "select");
    size_t axis = 0;

    if (node == NULL || node->value->kind != GOLDI_MAP) {
        return;
    }
    if (select->group == 0) {
        goldi_complain(&reader->report, node->place,
                       "'select:' lacks 'group: 10', the number of candidates "
                       "of which some are trained");
        return;
    }
    settle_words(select->take, GOLD_N_TAKES);
    settle_words(select->by, GOLD_N_CRITERIA);
    if ((select->by[GOLD_BY_TRACE_OVER_NORM] ||
         select->by[GOLD_BY_POSITIVE_FRACTION]) &&
        goldi_given(reader, GOLDI_ROOT, "curvature") == NULL) {
        goldi_complain(&reader->report, node->place,
                       "choosing by curvature needs a 'curvature:' block; "
                       "by: [loss] does without");
    }
    if (goldi_axis_key_of(study, goldi_find_key(GOLDI_NETWORK, "seed"),
                          &axis) == NULL ||
        study->axes[axis].n_keys != 1) {
        goldi_complain(&reader->report, node->place,
                       "candidates are seeds: give 'seed: {count: 100}' in "
                       "'grid:', outside any zip");
    } else if (study->n_points > 0 &&
               study->axes[axis].count % select->group != 0) {
        goldi_complain(&reader->report, node->place,
                       "%zu seeds do not make groups of %llu",
                       study->axes[axis].count,
                       (unsigned long long)select->group);
    }
}
