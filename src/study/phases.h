/* SPDX-License-Identifier: MIT */
/** @file phases.h Phases of a training, as studies of their own. */
#ifndef GOLD_STUDY_PHASES_H
#define GOLD_STUDY_PHASES_H

#include "base/text.h"
#include "study/read.h"

/** One phase of a text; in the report's pool. */
typedef struct goldi_phase {
    goldi_node *root;  /* of the study that it is alone; NULL: memory refused */
    goldi_node *train; /* what it says of that block itself, */
    goldi_node *data;  /* and of this one */
    uint64_t norm_of;  /* gold_study.norm_of_phase */
    bool has_data;     /* it says what its samples are */
    goldi_place place;
} goldi_phase;

/** May a key of `train:` stand in a phase? */
bool goldi_is_of_phases(const char *name);

/** Take the phases of a study's tree apart; a study without is one phase.
 * Returns how many there are, at least 1. */
size_t goldi_read_phases(goldi_reader *reader, goldi_node *root,
                         goldi_phase phases[GOLD_MAX_PHASES]);

/** Note what a block of a study without errors says and no phase takes from
 * it. */
void goldi_note_phases(goldi_reader *reader, const goldi_node *root,
                       const goldi_phase *phases, size_t n);

/** Drop that from the tree of a study without errors. */
void goldi_drop_idle(goldi_reader *reader, goldi_node *root);

/** Complain of an earlier phase whose samples are not like the last one's. */
void goldi_check_phase(goldi_reader *reader, const goldi_phase *phase,
                       const gold_study *earlier);

/** The lines of an identity for phase i, an earlier one. */
void goldi_add_phase(goldi_text *out, const gold_study *phase, size_t i);

/** Find out which phases of a study without errors go on (gold_study.goes_on).
 */
GOLD_CHECKED gold_status goldi_link_phases(gold_study *study);

#endif
