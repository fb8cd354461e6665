/* SPDX-License-Identifier: MIT */
/* Is a choice of candidates one that can be made? */
#include "study/read.h"

/* An empty list is none. */
static void settle_words(gold_study *study, const char *name)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN_SELECT, name);

    if (goldi_get(key, &study->base, study).integer == 0) {
        goldi_put(key, goldi_fallback(key), &study->base, study);
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
        return; /* a complaint is made */
    }
    settle_words(study, "by");
    settle_words(study, "take");
    if ((select->by[GOLD_BY_TRACE_OVER_NORM] ||
         select->by[GOLD_BY_POSITIVE_FRACTION]) &&
        goldi_given(reader, GOLDI_ROOT, "curvature") == NULL &&
        goldi_is_sure(reader, GOLDI_ROOT, "curvature")) {
        GOLDI_COMPLAIN(reader, node,
                       "choosing by curvature needs a 'curvature:' block; by: "
                       "[loss] does without");
    }
    if (!goldi_is_sure(reader, GOLDI_NETWORK, "seed")) {
        return;
    }
    if (goldi_axis_key_of(study, goldi_find_key(GOLDI_NETWORK, "seed"),
                          &axis) == NULL ||
        study->axes[axis].n_keys != 1) {
        GOLDI_COMPLAIN(reader, node,
                       "candidates are seeds: give 'seed: {count: 100}' in "
                       "'grid:', outside any zip");
    } else if (study->n_points > 0 &&
               study->axes[axis].count % select->group != 0) {
        GOLDI_COMPLAIN(reader, node, "%zu seeds do not make groups of %llu",
                       study->axes[axis].count,
                       (unsigned long long)select->group);
    }
}
