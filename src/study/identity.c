/* SPDX-License-Identifier: MIT */
/* What makes two studies one: a line for everything that decides a result. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/digest.h"

#include "study/phases.h"
#include "study/show.h"

enum {
    FEW = 16,         /* values written out */
    SHORT_DIGEST = 16 /* digits of the digest of more of them */
};

/* Append the first digits of the digest of some bytes. */
static void add_digest(goldi_text *out, const void *data, size_t bytes)
{
    char digest[GOLD_DIGEST_TEXT];
    const gold_bytes piece = {data, bytes};

    if (out->status == GOLD_OK) {
        out->status = gold_digest(&piece, 1, digest);
    }
    if (out->status == GOLD_OK) {
        goldi_text_append(out, digest, SHORT_DIGEST);
    }
}

static void add_values(goldi_text *out, const gold_axis_key *key, size_t count)
{
    goldi_text all = {0};

    for (size_t i = 0; i < count; i++) {
        goldi_text_add(&all, "%s", i > 0 ? ", " : "");
        goldi_add_value(&all, key, i);
    }
    if (count <= FEW) {
        goldi_text_append(out, all.data, all.length);
    } else {
        goldi_show_values(out, key, count);
        goldi_text_add(out, " ");
        add_digest(out, all.data, all.length);
    }
    out->status = out->status == GOLD_OK ? all.status : out->status;
    goldi_text_fini(&all);
}

static void add_grid(goldi_text *out, const gold_study *study)
{
    size_t n_excluded = 0;

    goldi_text_add(out, "grid = ");
    for (size_t a = 0; a < study->n_axes; a++) {
        goldi_text_add(out, "%s%s", a > 0 ? ", " : "", study->axes[a].name);
    }
    goldi_text_add(out, "\n");
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const gold_axis_key *key = &study->axes[a].keys[k];

            goldi_text_add(out, "grid.%s = ", key->name);
            add_values(out, key, study->axes[a].count);
            goldi_text_add(out, "\n");
        }
    }
    for (size_t i = 0; study->excluded != NULL && i < study->n_points; i++) {
        n_excluded += study->excluded[i];
    }
    goldi_text_add(out, "grid.exclude = %zu points", n_excluded);
    if (n_excluded > 0) {
        goldi_text_add(out, " ");
        add_digest(out, study->excluded, study->n_points);
    }
    goldi_text_add(out, "\n");
}

static bool is_swept(const gold_study *study, const goldi_key *key)
{
    for (size_t a = 0; a < study->n_axes; a++) {
        for (size_t k = 0; k < study->axes[a].n_keys; k++) {
            const goldi_key *swept =
                goldi_find_axis(study->axes[a].keys[k].name);

            if (swept == key ||
                (swept->placement >= 0 && key->placement >= 0)) {
                return true;
            }
        }
    }
    return false;
}

/* True for keys that decide nothing in this study, or have lines elsewhere. */
static bool is_idle(const gold_study *study, const goldi_key *key)
{
    const gold_curvature_block *curvature = &study->curvature;

    if (key->home == GOLDI_NOT_KEPT) {
        return true;
    }
    const goldi_value value = goldi_get(key, &study->base, study);
    const goldi_value usual = goldi_fallback(key);
    const bool is_unmeasured =
        ((key->section == GOLDI_SUBSPACE || key->section == GOLDI_RESAMPLE) &&
         curvature->n_dims == 0) ||
        (key->section == GOLDI_CURVATURE && curvature->n_dims == 0 &&
         !gold_study_has_full(study)) ||
        (key->section == GOLDI_EXTREME && curvature->extreme_count == 0) ||
        (key->section == GOLDI_DENSITY && curvature->density_probes == 0) ||
        ((key->section == GOLDI_BOUNDARY ||
          key->section == GOLDI_BOUNDARY_GRID) &&
         curvature->boundary_vectors == 0);
    const bool is_train = goldi_is_of_training(key);
    /* Nothing is asked for; so says the absence of the line. */
    const bool is_unasked =
        ((key->section == GOLDI_CURVATURE && key->home == GOLDI_IN_STUDY &&
          key->type != GOLDI_BOOL) ||
         key->section == GOLDI_RESAMPLE ||
         key->section == GOLDI_TRAIN_AUGMENT) &&
        value.integer == 0;
    const bool is_clean =
        key->section == GOLDI_DATA_LABELS && !goldi_permutes_labels(study);
    const bool is_usual = key->is_later && value.integer == usual.integer &&
                          !(value.real < usual.real || value.real > usual.real);
    const bool is_foreign = key->kinds == 1U << GOLD_NETWORK_CNN &&
                            !goldi_has_kind(study, GOLD_NETWORK_CNN);

    /* The outputs are those of the targets. */
    const bool is_twin =
        study->data.outputs > 0 && key == goldi_find_key(GOLDI_DATA, "classes");

    return is_twin || is_clean || key->is_free || is_unasked || is_usual ||
           is_foreign || key->type == GOLDI_CHOICES ||
           key->type == GOLDI_GAINS || key->count != 0 ||
           (is_train && !study->has_train) || is_unmeasured ||
           (key->placement >= 0 &&
            key->placement != (int)study->base.placement) ||
           is_swept(study, key);
}

static void add_key(goldi_text *out, const gold_study *study,
                    const goldi_key *key)
{
    const goldi_value value = goldi_get(key, &study->base, study);
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(out, "%s.%s = ", goldi_section_label(key->section),
                   key->name);
    switch (goldi_kind_of(key)) {
    case GOLD_VALUE_INTEGER:
        goldi_text_add(out, "%lld\n", (long long)value.integer);
        break;
    case GOLD_VALUE_REAL:
        goldi_text_add(out, "%s\n",
                       isnan(value.real) ? "none"
                                         : goldi_real_text(value.real, real));
        break;
    case GOLD_VALUE_TEXT:
        goldi_text_add(out, "%s\n", goldi_value_word(key, value.integer));
        break;
    }
}

/* The words of a list that are given. */
static void add_words(goldi_text *out, goldi_section section, const char *name,
                      size_t n, const bool *is_given)
{
    const goldi_key *key = goldi_find_key(section, name);
    const char *join = "";

    goldi_text_add(out, "%s.%s = ", goldi_section_label(section), name);
    for (size_t i = 0; i < n; i++) {
        if (is_given[i]) {
            goldi_text_add(out, "%s%s", join,
                           goldi_value_word(key, (int64_t)i));
            join = ", ";
        }
    }
    goldi_text_add(out, "\n");
}

/* A list of reals. */
static void add_reals(goldi_text *out, const char *name, const double *values,
                      size_t n)
{
    char real[GOLDI_REAL_BYTES];

    goldi_text_add(out, "%s = ", name);
    for (size_t i = 0; i < n; i++) {
        goldi_text_add(out, "%s%s", i > 0 ? ", " : "",
                       goldi_real_text(values[i], real));
    }
    goldi_text_add(out, "\n");
}

/* A list of numbers of a key's; nothing where it is empty and need not be
 * said. */
static void add_numbers(goldi_text *out, const gold_study *study,
                        goldi_section section, const char *name, bool is_said)
{
    const goldi_key *key = goldi_find_key(section, name);
    const unsigned char *home = key->home == GOLDI_IN_SETTINGS
                                    ? (const void *)&study->base
                                    : (const void *)study;
    const size_t n = *(const size_t *)(const void *)(home + key->count);

    if (n == 0 && !is_said) {
        return;
    }
    goldi_text_add(out, "%s.%s = ", goldi_section_label(key->section),
                   key->name);
    for (size_t i = 0; i < n; i++) {
        const double number = goldi_list_number(key, home + key->offset, i);
        char real[GOLDI_REAL_BYTES];

        (void)snprintf(real, sizeof real, "%.0f", number);
        goldi_text_add(
            out, "%s%s", i > 0 ? ", " : "",
            key->type == GOLDI_WHOLES ? real : goldi_real_text(number, real));
    }
    goldi_text_add(out, "\n");
}

/* What of `train:` is no value of one key. */
static void add_train(goldi_text *out, const gold_study *study)
{
    const gold_train_block *train = &study->train;
    const double *betas = study->base.train.betas;

    goldi_text_add(out, "train.log.spacing = %s\n",
                   train->is_log_spaced ? "log" : "linear");
    add_words(out, GOLDI_TRAIN, "track", GOLD_N_TRACKS, train->track);
    if (gold_study_n_kept(study) > 0) {
        add_words(out, GOLDI_TRAIN, "keep", GOLD_N_KEEPS, train->keep);
    }
    if (train->select.group > 0) {
        add_words(out, GOLDI_TRAIN_SELECT, "by", GOLD_N_CRITERIA,
                  train->select.by);
        add_words(out, GOLDI_TRAIN_SELECT, "take", GOLD_N_TAKES,
                  train->select.take);
    }
    add_numbers(out, study, GOLDI_TRAIN, "reach", true);
    if (betas[0] < 0.9 || betas[0] > 0.9 || betas[1] < 0.999 ||
        betas[1] > 0.999) {
        add_reals(out, "train.betas", betas, 2);
    }
}

static void add_subset(goldi_text *out, const gold_data_block *data)
{
    switch (data->subset) {
    case GOLD_SUBSET_FIRST:
        goldi_text_add(out, "data.subset = first\n");
        break;
    case GOLD_SUBSET_RANDOM:
        goldi_text_add(out, "data.subset = random %llu\n",
                       (unsigned long long)data->subset_seed);
        break;
    case GOLD_SUBSET_PER_SEED:
        goldi_text_add(out, "data.subset = random per-seed\n");
        break;
    }
}

/* When curvature is measured beside the start. */
static void add_moments(goldi_text *out, const gold_curvature_block *curvature)
{
    if (curvature->at[GOLD_AT_END]) {
        add_words(out, GOLDI_CURVATURE, "at", GOLD_N_MOMENTS, curvature->at);
    }
    for (size_t i = 0; i < curvature->n_moments; i++) {
        goldi_text_add(out, "%s%llu%s", i > 0 ? ", " : "curvature.at.step = ",
                       (unsigned long long)curvature->moments[i],
                       i + 1 < curvature->n_moments ? "" : "\n");
    }
}

static void add_blocks(goldi_text *out, const gold_study *study)
{
    const gold_curvature_block *curvature = &study->curvature;

    add_numbers(out, study, GOLDI_NETWORK, "channels", false);
    add_numbers(out, study, GOLDI_NETWORK, "widths", false);
    add_numbers(out, study, GOLDI_NETWORK, "head", false);
    goldi_add_layers(out, &study->layers);
    if (study->base.gains.n > 0) {
        add_reals(out, "network.layer_gains", study->base.gains.of,
                  study->base.gains.n);
    }

    add_subset(out, &study->data);
    add_numbers(out, study, GOLDI_DATA, "shape", false);
    if (study->data.name != NULL) {
        goldi_text_add(out, "data.name = %s\n", study->data.name);
    }
    if (study->data.function.n_ridges > 0) {
        goldi_add_target(out, &study->data.function);
    }
    if (study->data.n_blobs > 0) {
        goldi_add_blobs(out, &study->data);
    }
    if (goldi_permutes_labels(study)) {
        goldi_add_groups(out, &study->base);
    }
    add_numbers(out, study, GOLDI_DATA, "radii", false);
    goldi_text_add(out, "curvature = %s\n",
                   curvature->n_dims > 0 || gold_study_has_full(study) ? "yes"
                                                                       : "no");
    if (curvature->dense_limit > 0) {
        goldi_text_add(out, "curvature.dense.limit = %llu\n",
                       (unsigned long long)curvature->dense_limit);
    }
    add_numbers(out, study, GOLDI_SUBSPACE, "dim", false);
    if (curvature->boundary_vectors > 0) {
        add_numbers(out, study, GOLDI_BOUNDARY_GRID, "x", false);
        add_numbers(out, study, GOLDI_BOUNDARY_GRID, "y", false);
    }
    add_moments(out, curvature);
    goldi_text_add(out, "train = %s\n", study->has_train ? "yes" : "no");
    if (study->has_train) {
        add_train(out, study);
    }
    if (study->norm_of_phase > 0) {
        goldi_text_add(out, "train.start = norm of phase %llu\n",
                       (unsigned long long)study->norm_of_phase);
    }
    for (size_t i = 0; i < study->n_earlier; i++) {
        goldi_add_phase(out, study->earlier[i], i);
    }
}

gold_status gold_study_identity(const gold_study *study, char **identity)
{
    goldi_text out = {0};

    goldi_text_add(&out, "study = %s\n", study->name);
    add_grid(&out, study);
    GOLDI_EACH_KEY(key) {
        if (!is_idle(study, key)) {
            add_key(&out, study, key);
        }
    }
    add_blocks(&out, study);
    return goldi_text_give(&out, identity);
}
