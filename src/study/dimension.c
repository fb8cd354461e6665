/* SPDX-License-Identifier: MIT */
/* Dimensions of variables: their sizes and labels in a study, and where those
 * of one study stand in a larger one. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/schema.h"

#define DIMENSION(id, count, ...)                                              \
    [GOLD_DIM_##id] = {{__VA_ARGS__}, offsetof(gold_schema, count)}

/* How many places, and where their labels are. */
static const struct {
    gold_dimension_info about;
    size_t size; /* offset of a size_t in gold_schema */
} dimensions[GOLD_N_DIMENSIONS] = {
    DIMENSION(SUBSPACE, n_dims, .name = "subspace_dim", .letter = "d"),
    DIMENSION(EIGEN, n_eigen, .name = "eigen"),
    DIMENSION(LAYER, n_layers, .name = "layer",
              .long_name = "layer with weights, from the input on",
              .letter = "l"),
    DIMENSION(EXTREME, n_extreme, .name = "extreme",
              .long_name = "eigenvalue, from the end of the spectrum on",
              .letter = ""),
    DIMENSION(PROBE, n_probes, .name = "probe",
              .long_name = "random vector of the density"),
    DIMENSION(NODE, n_nodes, .name = "node",
              .long_name = "node of a probe's quadrature"),
    DIMENSION(
        EIGENVECTOR, n_vectors, .name = "eigenvector",
        .long_name =
            "eigenvector of all parameters, from the largest eigenvalue on",
        .letter = ""),
    DIMENSION(CLASS, n_classes, .name = "class", .letter = "c"),
    DIMENSION(THRESHOLD, n_thresholds, .name = "threshold",
              .long_name = "alignment that counts", .units = "1",
              .is_real = true, .letter = ""),
    DIMENSION(FULL_EIGEN, n_dense, .name = "full_eigen",
              .long_name = "eigenvalue of all parameters"),
    DIMENSION(STEP, n_log, .name = "trajectory_step",
              .long_name = "optimizer steps done when it was logged",
              .units = "1"),
    DIMENSION(REACH, n_reach, .name = "reached_loss",
              .long_name = "training loss to reach", .units = "nat",
              .is_real = true, .letter = ""),
    DIMENSION(PLATEAU, n_plateaus, .name = "plateau",
              .long_name = "plateau of the loss, in order"),
    DIMENSION(PHASE, n_phases, .name = "phase",
              .long_name = "phase of training, from 1 on", .letter = ""),
    DIMENSION(MOMENT, n_moments, .name = "moment",
              .long_name = "optimizer steps done when it was measured",
              .units = "1", .letter = "s"),
    DIMENSION(PARAMETER, n_kept, .name = "parameter",
              .long_name = "parameter, in PyTorch's order"),
};

static const struct {
    size_t n;
    gold_dimension of[2];
} extents[] = {
    [GOLD_EXTENT_POINT] = {0, {GOLD_DIM_SUBSPACE}},
    [GOLD_EXTENT_SUBSPACE] = {1, {GOLD_DIM_SUBSPACE}},
    [GOLD_EXTENT_SPECTRUM] = {2, {GOLD_DIM_SUBSPACE, GOLD_DIM_EIGEN}},
    [GOLD_EXTENT_LAYER] = {2, {GOLD_DIM_LAYER, GOLD_DIM_SUBSPACE}},
    [GOLD_EXTENT_EXTREME] = {1, {GOLD_DIM_EXTREME}},
    [GOLD_EXTENT_NODES] = {2, {GOLD_DIM_PROBE, GOLD_DIM_NODE}},
    [GOLD_EXTENT_VECTORS] = {1, {GOLD_DIM_EIGENVECTOR}},
    [GOLD_EXTENT_VECTORS_CLASSES] = {2, {GOLD_DIM_EIGENVECTOR, GOLD_DIM_CLASS}},
    [GOLD_EXTENT_THRESHOLDS] = {1, {GOLD_DIM_THRESHOLD}},
    [GOLD_EXTENT_DENSE] = {1, {GOLD_DIM_FULL_EIGEN}},
    [GOLD_EXTENT_TRAJECTORY] = {1, {GOLD_DIM_STEP}},
    [GOLD_EXTENT_TRAJECTORY_LAYER] = {2, {GOLD_DIM_STEP, GOLD_DIM_LAYER}},
    [GOLD_EXTENT_REACH] = {1, {GOLD_DIM_REACH}},
    [GOLD_EXTENT_PARAMETERS] = {1, {GOLD_DIM_PARAMETER}},
    [GOLD_EXTENT_PLATEAU] = {1, {GOLD_DIM_PLATEAU}},
    [GOLD_EXTENT_PHASES] = {1, {GOLD_DIM_PHASE}},
};

const gold_dimension_info *gold_dimension_about(gold_dimension dimension)
{
    return &dimensions[dimension].about;
}

size_t gold_dimension_size(const gold_schema *schema, gold_dimension dimension)
{
    const char *start = (const char *)schema;

    return *(const size_t *)(const void *)(start + dimensions[dimension].size);
}

double gold_dimension_label(const gold_schema *schema, gold_dimension dimension,
                            size_t i)
{
    switch (dimension) {
    case GOLD_DIM_SUBSPACE:
        return (double)schema->dims[i];
    case GOLD_DIM_STEP:
        return (double)schema->log_steps[i];
    case GOLD_DIM_THRESHOLD:
        return gold_alignment_threshold(i);
    case GOLD_DIM_REACH:
        return schema->reach[i];
    case GOLD_DIM_MOMENT:
        return (double)schema->moments[i];
    case GOLD_DIM_PHASE:
        return (double)(i + 1);
    default:
        return (double)i;
    }
}

size_t gold_variable_dimensions(gold_variable variable,
                                gold_dimension of[GOLD_MOST_DIMENSIONS])
{
    const gold_variable_info *about = gold_variable_about(variable);
    size_t n = 0;

    if ((about->condition & GOLD_WITH_MOMENTS) != 0) {
        of[n++] = GOLD_DIM_MOMENT;
    }
    for (size_t i = 0; i < extents[about->extent].n; i++) {
        of[n++] = extents[about->extent].of[i];
    }
    return n;
}

char *gold_item_name(const gold_schema *schema, gold_variable variable,
                     size_t i, char name[GOLD_NAME_BYTES])
{
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    const size_t n_dims = gold_variable_dimensions(variable, of);
    double labels[GOLD_MOST_DIMENSIONS] = {0.0};
    size_t used = (size_t)snprintf(name, GOLD_NAME_BYTES, "%s",
                                   gold_variable_about(variable)->name);

    for (size_t k = n_dims; k-- > 0;) {
        const size_t n = gold_dimension_size(schema, of[k]);

        labels[k] = gold_dimension_label(schema, of[k], i % n);
        i /= n;
    }
    for (size_t k = 0; k < n_dims; k++) {
        const char *letter = dimensions[of[k]].about.letter;

        if (letter == NULL) {
            return NULL;
        }
        if (used < GOLD_NAME_BYTES) {
            used += (size_t)snprintf(name + used, GOLD_NAME_BYTES - used,
                                     "_%s%.7g", letter, labels[k]);
        }
    }
    return name;
}

/* Place of a label, or the number of places where there is none such. Labels
 * are compared as bits would be: both come from the same text. */
static size_t find(const gold_schema *schema, gold_dimension dimension,
                   double label)
{
    const size_t n = gold_dimension_size(schema, dimension);
    size_t i = 0;

    while (i < n && (gold_dimension_label(schema, dimension, i) < label ||
                     gold_dimension_label(schema, dimension, i) > label)) {
        i++;
    }
    return i;
}

gold_status gold_record_map_init(gold_record_map *map, const gold_schema *part,
                                 const gold_schema *whole, const char *name)
{
    map->part = part;
    map->whole = whole;
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        const gold_dimension dimension = (gold_dimension)d;
        const size_t n = gold_dimension_size(part, dimension);

        GOLD_TRY(GOLD_ALLOC(n, &map->place[d]));
        for (size_t i = 0; i < n; i++) {
            const double label = gold_dimension_label(part, dimension, i);

            map->place[d][i] = find(whole, dimension, label);
            if (map->place[d][i] == gold_dimension_size(whole, dimension)) {
                return gold_fail(GOLD_ERR_MISMATCH,
                                 "%s: has values at %s %.17g, for which the "
                                 "united study has no place",
                                 name, dimensions[d].about.name, label);
            }
        }
    }
    return GOLD_OK;
}

void gold_record_map_fini(gold_record_map *map)
{
    for (int d = 0; d < GOLD_N_DIMENSIONS; d++) {
        gold_free(map->place[d]);
    }
    *map = (gold_record_map){0};
}

/* Where item `i` of a variable of the part stands among those of the whole. */
static size_t place_item(const gold_record_map *map, gold_variable variable,
                         size_t i)
{
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    size_t stride = 1;
    size_t at = 0;

    for (size_t k = gold_variable_dimensions(variable, of); k-- > 0;) {
        const size_t n = gold_dimension_size(map->part, of[k]);

        at += stride * map->place[of[k]][i % n];
        i /= n;
        stride *= gold_dimension_size(map->whole, of[k]);
    }
    return at;
}

void gold_record_map_put(const gold_record_map *map, const double *from,
                         double *to)
{
    gold_record_clear(map->whole, to, 1);
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const size_t n = map->whole->count[v] > 0 ? map->part->count[v] : 0;

        for (size_t i = 0; i < n; i++) {
            to[map->whole->offset[v] + place_item(map, (gold_variable)v, i)] =
                from[map->part->offset[v] + i];
        }
    }
}

/* Logged steps up to the end of a training of that many steps. */
static size_t n_logged(const gold_schema *schema, uint64_t n_steps)
{
    size_t n = 0;

    while (n < schema->n_log && schema->log_steps[n] <= n_steps) {
        n++;
    }
    return n;
}

/* Fail unless trainings of that many steps are logged alike. */
static gold_status check_log(uint64_t n_steps, const gold_schema *of_part,
                             const gold_schema *of_whole, const char *name)
{
    const size_t n_part = n_logged(of_part, n_steps);
    const size_t n_whole = n_logged(of_whole, n_steps);
    size_t k = 0;

    while (k < n_part && k < n_whole &&
           of_part->log_steps[k] == of_whole->log_steps[k]) {
        k++;
    }
    if (k == n_part && k == n_whole) {
        return GOLD_OK;
    }
    const bool is_extra =
        k < n_part &&
        (k == n_whole || of_part->log_steps[k] < of_whole->log_steps[k]);
    const uint64_t step =
        is_extra ? of_part->log_steps[k] : of_whole->log_steps[k];

    return gold_fail(
        GOLD_ERR_MISMATCH,
        "%s: its trainings of %" PRIu64 " steps are logged at other steps than "
        "in the united study: %s step %" PRIu64 ". Which steps are logged "
        "follows the longest training: run these as one study, or all of them "
        "with `train: {log: {every: N}}`, N a divisor of every length",
        name, n_steps, is_extra ? "only here at" : "only there at", step);
}

gold_status gold_check_logs(const gold_study *part, const gold_schema *of_part,
                            const gold_schema *of_whole, const char *name)
{
    const bool is_equal =
        of_part->n_log == of_whole->n_log &&
        memcmp(of_part->log_steps, of_whole->log_steps,
               of_part->n_log * sizeof *of_part->log_steps) == 0;

    for (size_t p = 0; p < part->n_points && !is_equal; p++) {
        GOLD_TRY(check_log(gold_study_steps(part, p, of_part->n_train), of_part,
                           of_whole, name));
    }
    return GOLD_OK;
}
