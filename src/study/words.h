/* SPDX-License-Identifier: MIT */
/**
 * @file words.h
 * The words that keys take. The first of several with one value is its text in
 * result files and identities; the others are further spellings.
 */
#ifndef GOLD_STUDY_WORDS_H
#define GOLD_STUDY_WORDS_H

#include "study/keys.h"

enum {
    GOLDI_EVERY_SAMPLE = 1000000000 /* more than any data set has */
};

/** Each list ends with a word NULL. */
extern const goldi_word goldi_activations[];
extern const goldi_word goldi_kinds[];
extern const goldi_word goldi_norms[];
extern const goldi_word goldi_norm_positions[];
extern const goldi_word goldi_scaled[];
extern const goldi_word goldi_losses[];
extern const goldi_word goldi_poolings[];
extern const goldi_word goldi_inits[];
extern const goldi_word goldi_bias_inits[];
extern const goldi_word goldi_references[];
extern const goldi_word goldi_directions[];
extern const goldi_word goldi_surfaces[];
extern const goldi_word goldi_optimizers[];
extern const goldi_word goldi_decays[];
extern const goldi_word goldi_constant_word[];
extern const goldi_word goldi_rate_rules[];
extern const goldi_word goldi_constraints[];
extern const goldi_word goldi_data_sets[];
extern const goldi_word goldi_point_spacings[];
extern const goldi_word goldi_normalizations[];
extern const goldi_word goldi_precisions[];
extern const goldi_word goldi_layer_words[];
extern const goldi_word goldi_moments[];
extern const goldi_word goldi_tracks[];
extern const goldi_word goldi_keeps[];
extern const goldi_word goldi_criteria[];
extern const goldi_word goldi_takes[];
extern const goldi_word goldi_spacings[];
extern const goldi_word goldi_all_word[];
extern const goldi_word goldi_every_word[];
extern const goldi_word goldi_seed_word[];
extern const goldi_word goldi_full_word[];
extern const goldi_word goldi_booleans[];
extern const goldi_word goldi_placements[];

#endif
