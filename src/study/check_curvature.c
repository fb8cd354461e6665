/* SPDX-License-Identifier: MIT */
/* What no key of `curvature:` can tell alone. */
#include "goldilocks/task.h"

#include "base/text.h"
#include "study/read.h"
#include "study/steps.h"

/* What is asked for, and in what subspace. */
static void check_subspace(goldi_reader *reader)
{
    const goldi_node *block = goldi_given(reader, GOLDI_ROOT, "curvature");
    const goldi_node *subspace =
        goldi_given(reader, GOLDI_CURVATURE, "subspace");
    const goldi_node *resample =
        goldi_given(reader, GOLDI_CURVATURE, "resample");

    if (block == NULL || block->value->kind != GOLDI_MAP ||
        !goldi_is_sure(reader, GOLDI_CURVATURE, "subspace")) {
        return;
    }
    if (subspace == NULL && goldi_needs_subspace(reader)) {
        GOLDI_COMPLAIN(reader, block,
                       "'curvature:' lacks 'subspace: {dim: 50}'");
    }
    if (resample != NULL && resample->value->kind == GOLDI_MAP &&
        resample->value->n_children == 0) {
        GOLDI_COMPLAIN(reader, resample,
                       "'resample:' lacks 'directions:' or 'data:'");
    }
}

/* One side of the grid of inputs. */
static void check_side(goldi_reader *reader, const char *name, size_t n)
{
    const goldi_node *key = goldi_given(reader, GOLDI_BOUNDARY_GRID, name);

    if (key != NULL && n == 1) {
        GOLDI_COMPLAIN(reader, key->value,
                       "'%s' is where the grid begins and ends: [-4, 4]", name);
    }
}

/* Shares of all eigenvectors need all of them, and more digits than float32
 * has. */
static void check_generalisation(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const goldi_node *key =
        goldi_given(reader, GOLDI_BOUNDARY, "generalisation");

    if (key == NULL || !study->curvature.generalisation) {
        return;
    }
    if (study->run.precision == GOLD_FLOAT32 &&
        goldi_is_sure(reader, GOLDI_RUN, "precision")) {
        GOLDI_COMPLAIN(reader, key->value,
                       "in float32 it counts rounding: alignments of 1e-6 are "
                       "noise there (0.84 of the eigenvectors have them where "
                       "float64 gives 0.43): run: {precision: float64}");
    }
    if (study->curvature.dense_limit == 0 &&
        goldi_is_sure(reader, GOLDI_CURVATURE, "dense")) {
        GOLDI_COMPLAIN(reader, key->value,
                       "'generalisation' is a share of all eigenvectors: "
                       "'dense: true' beside 'boundary' finds them");
    }
}

/* There is a grid where inputs are points of a line or a plane. */
static void check_grid(goldi_reader *reader)
{
    const gold_data_block *data = &reader->study->data;
    const goldi_node *key = goldi_given(reader, GOLDI_BOUNDARY, "grid");
    const size_t n = gold_data_shape_of(data).n_features;

    if (key != NULL && goldi_is_sure(reader, GOLDI_DATA, "set") &&
        gold_data_is_known(data) && n > 2) {
        GOLDI_COMPLAIN(reader, key,
                       "a grid is of inputs of 1 or 2 features, and these have "
                       "%zu: leave 'grid' out",
                       n);
    }
}

static void check_boundary(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const goldi_node *key = goldi_given(reader, GOLDI_CURVATURE, "boundary");

    if (key == NULL) {
        return;
    }
    check_generalisation(reader);
    check_side(reader, "x", study->curvature.n_grid_x);
    check_side(reader, "y", study->curvature.n_grid_y);
    check_grid(reader);
    if (goldi_is_sure(reader, GOLDI_DATA, "set") &&
        gold_data_has_targets(&study->data)) {
        GOLDI_COMPLAIN(reader, key,
                       "samples with values have no classes, nor a boundary "
                       "between them: leave 'boundary' out");
    }
}

/* The list of moments that was meant, the start before what was said. */
static void complain_of_start(goldi_reader *reader, const goldi_node *node)
{
    const gold_curvature_block *curvature = &reader->study->curvature;
    goldi_text list = {0};
    char *text = NULL;

    for (size_t i = 0; i < curvature->n_moments; i++) {
        goldi_text_add(&list, ", {step: %llu}",
                       (unsigned long long)curvature->moments[i]);
    }
    goldi_text_add(&list, "%s]", curvature->at[GOLD_AT_END] ? ", end" : "");
    const gold_status status = goldi_text_give(&list, &text);

    if (status != GOLD_OK) {
        reader->report.status = status;
    } else {
        GOLDI_COMPLAIN(
            reader, node,
            "curvature is always measured at the start: at: [start%s", text);
    }
    gold_free(text);
}

/* Curvature is measured at the start, and of what is trained at the end and on
 * the way. */
static void check_moments(goldi_reader *reader)
{
    const gold_curvature_block *curvature = &reader->study->curvature;
    const bool *at = curvature->at;
    const goldi_node *key = goldi_given(reader, GOLDI_CURVATURE, "at");

    if (key == NULL || !goldi_is_sure(reader, GOLDI_CURVATURE, "at")) {
        return;
    }
    if ((at[GOLD_AT_END] || curvature->n_moments > 0) &&
        goldi_given(reader, GOLDI_ROOT, "train") == NULL &&
        goldi_is_sure(reader, GOLDI_ROOT, "train")) {
        GOLDI_COMPLAIN(reader, key->value,
                       "'%s' is %s, but nothing is trained: add a 'train:' "
                       "block, or leave 'at' out",
                       at[GOLD_AT_END] ? "end" : "step",
                       at[GOLD_AT_END] ? "where training ended"
                                       : "one of training");
    } else if (!at[GOLD_AT_START]) {
        complain_of_start(reader, key->value);
    }
}

/* Does training come to every moment between? Of a study without errors. */
void goldi_check_steps_between(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const gold_curvature_block *curvature = &study->curvature;
    const uint64_t n_train = study->data.train;
    const goldi_node *key = goldi_given(reader, GOLDI_CURVATURE, "at");

    if (curvature->n_moments == 0) {
        return;
    }
    const unsigned long long asked =
        curvature->moments[curvature->n_moments - 1];
    const unsigned long long last =
        goldi_most_steps(study, n_train > 0 ? n_train : GOLDI_IN_FILES);

    if (study->n_earlier > 0) {
        GOLDI_COMPLAIN(reader, key->value,
                       "steps between are not measured in trainings of several "
                       "phases: 'start' and 'end' are");
    } else if (asked > last) {
        GOLDI_COMPLAIN(reader, key->value,
                       "step %llu is beyond the training's last, %llu", asked,
                       last);
    }
}

void goldi_check_curvature(goldi_reader *reader)
{
    check_subspace(reader);
    check_boundary(reader);
    check_moments(reader);
}
