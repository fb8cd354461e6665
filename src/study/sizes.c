/* SPDX-License-Identifier: MIT */
/* Do the layers of every network of a grid fit, and are the networks neither
 * absurdly large nor smaller than the subspace? Data sets in files are taken to
 * be of the size they usually are.
 */
#include <math.h>
#include <string.h>

#include "goldilocks/task.h"

#include "study/read.h"

typedef struct extremes {
    gold_data_shape data;
    double fewest; /* parameters of the smallest network */
    double most;   /* of the largest */
    double depth;  /* of the largest */
    double width;
} extremes;

static void consider(extremes *e, const gold_settings *base, int64_t depth,
                     int64_t width)
{
    gold_settings settings = *base;

    settings.depth = (uint64_t)depth;
    settings.width = (uint64_t)width;
    const double n = gold_n_parameters(&settings, &e->data);

    e->fewest = fmin(e->fewest, n);
    if (n > e->most) {
        e->most = n;
        e->depth = (double)depth;
        e->width = (double)width;
    }
}

/* The axis that sweeps a key, with that key's values; NULL: none. */
static const gold_axis *axis_of(const gold_study *study, const char *name,
                                const int64_t **values)
{
    size_t axis = 0;
    const gold_axis_key *swept =
        goldi_axis_key_of(study, goldi_find_axis(name), &axis);

    if (swept == NULL) {
        return NULL;
    }
    *values = swept->integers;
    return &study->axes[axis];
}

/* With the depth given, the number of parameters grows with the width: the
 * narrowest and the widest network tell. */
static void walk(const gold_study *study, extremes *e)
{
    const int64_t base_depth = (int64_t)study->base.depth;
    const int64_t base_width = (int64_t)study->base.width;
    const int64_t *depths = &base_depth;
    const int64_t *widths = &base_width;
    const gold_axis *deep = axis_of(study, "depth", &depths);
    const gold_axis *wide = axis_of(study, "width", &widths);
    gold_settings base = study->base;
    int64_t narrowest = widths[0];
    int64_t widest = widths[0];

    for (size_t i = 0; wide != NULL && i < wide->count; i++) {
        narrowest = widths[i] < narrowest ? widths[i] : narrowest;
        widest = widths[i] > widest ? widths[i] : widest;
    }
    base.kind = GOLD_NETWORK_MLP;
    for (size_t i = 0; i < (deep == NULL ? 1 : deep->count); i++) {
        const bool is_zipped = deep != NULL && deep == wide;

        consider(e, &base, depths[i], is_zipped ? widths[i] : narrowest);
        consider(e, &base, depths[i], is_zipped ? widths[i] : widest);
    }
}

/* Where the size of the networks is said. */
static const goldi_node *place_of(const goldi_reader *reader)
{
    const goldi_node *swept = goldi_swept(reader, "width");
    const goldi_node *given = goldi_given(reader, GOLDI_NETWORK, "width");

    if (swept != NULL || given != NULL) {
        return swept != NULL ? swept : given;
    }
    swept = goldi_swept(reader, "depth");
    given = goldi_given(reader, GOLDI_NETWORK, "depth");
    if (swept != NULL || given != NULL) {
        return swept != NULL ? swept : given;
    }
    return goldi_given(reader, GOLDI_ROOT, "data");
}

/* Which axes decide the layers. */
static void find_shaping(const gold_study *study,
                         bool is_shaping[GOLD_MAX_AXES])
{
    GOLDI_EACH_KEY(key) {
        const bool is_shape =
            key->section == GOLDI_NETWORK &&
            (key->kinds != 0 || strcmp(key->name, "kind") == 0);
        size_t axis = 0;

        if (is_shape && goldi_axis_key_of(study, key, &axis) != NULL) {
            is_shaping[axis] = true;
        }
    }
}

/* The next cell along the axes that are, or are not, shaping; false after the
 * last one, which leaves these at 0. */
static bool next_cell(const gold_study *study, const bool *is_shaping,
                      bool which, size_t *index)
{
    for (size_t a = study->n_axes; a-- > 0;) {
        if (is_shaping[a] != which) {
            continue;
        }
        if (++index[a] < study->axes[a].count) {
            return true;
        }
        index[a] = 0;
    }
    return false;
}

/* The first point with these layers that is not excluded; false: none. */
static bool find_point(const gold_study *study, const bool *is_shaping,
                       size_t *index, size_t *point)
{
    bool is_found = false;
    bool has_more = true;

    while (has_more && !is_found) {
        *point = gold_study_ravel(study, index);
        is_found = !gold_study_is_excluded(study, *point);
        has_more = next_cell(study, is_shaping, false, index);
    }
    for (size_t a = 0; a < study->n_axes; a++) {
        index[a] = is_shaping[a] ? index[a] : 0;
    }
    return is_found;
}

/* Value `i` of a key's axis in the grid, or all of it where no one place is
 * its own. */
static goldi_place place_of_value(const goldi_node *key, size_t i)
{
    const goldi_node *item =
        key->value->kind == GOLDI_LIST ? key->value->first : NULL;

    for (; item != NULL && i > 0; i--) {
        item = item->next;
    }
    return item != NULL ? item->place : key->value->place;
}

/* Where the key is said that keeps the layers of a point from fitting; if it is
 * nowhere, the next that has to do with it. */
static goldi_place place_of_fault(const goldi_reader *reader, const char *fault,
                                  size_t point)
{
    const char *const names[] = {fault, "depth", "channels", "width", "kind"};
    size_t index[GOLD_MAX_AXES];

    gold_study_unravel(reader->study, point, index);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const goldi_key *key =
            names[i] == NULL ? NULL : goldi_find_key(GOLDI_NETWORK, names[i]);
        size_t axis = 0;

        if (key == NULL || goldi_anywhere(reader, key) == NULL) {
            continue;
        }
        if (goldi_axis_key_of(reader->study, key, &axis) == NULL) {
            return goldi_anywhere(reader, key)->value->place;
        }
        return place_of_value(goldi_anywhere(reader, key), index[axis]);
    }
    return goldi_given(reader, GOLDI_ROOT, "data")->place;
}

static void complain_of_layers(goldi_reader *reader,
                               const gold_settings *settings,
                               const gold_graph_fault *fault, size_t point)
{
    const goldi_node *layers = goldi_given(reader, GOLDI_NETWORK, "layers");
    const goldi_place place =
        settings->kind == GOLD_NETWORK_LAYERS
            ? goldi_place_of_entry(layers->value, fault->entry)
            : place_of_fault(reader, gold_fault_key(settings, fault), point);
    char where[512];

    goldi_complain(
        &reader->report, place, "%s%s%s", gold_fail_message(),
        reader->study->n_points > 1 ? "; so at " : "",
        reader->study->n_points > 1
            ? gold_study_describe(reader->study, point, where, sizeof where)
            : "");
    gold_fail_clear();
}

/* Is every mlp a row of layers of one width, so that its ends tell? */
static bool has_rows_only(const goldi_reader *reader)
{
    static const char *const names[] = {"widths", "normalization", "residual"};
    bool is_said = false;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        is_said =
            is_said || goldi_said(reader, GOLDI_NETWORK, names[i]) != NULL;
    }
    return !is_said;
}

/* Look at every network, of mlps only if these are no rows; false after a
 * complaint. */
static bool survey(goldi_reader *reader, bool has_rows, extremes *e)
{
    const gold_study *study = reader->study;
    bool is_shaping[GOLD_MAX_AXES] = {false};
    size_t index[GOLD_MAX_AXES] = {0};

    find_shaping(study, is_shaping);
    do {
        gold_settings settings;
        gold_graph_fault fault = {0};
        size_t point = 0;

        if (!find_point(study, is_shaping, index, &point)) {
            continue;
        }
        gold_study_point(study, point, &settings);
        if (has_rows && settings.kind == GOLD_NETWORK_MLP) {
            continue;
        }
        if (gold_architecture_visit(&settings, gold_data_input(&e->data),
                                    e->data.n_classes, NULL, NULL,
                                    &fault) != GOLD_OK) {
            complain_of_layers(reader, &settings, &fault, point);
            return false;
        }
        consider(e, &settings, (int64_t)settings.depth,
                 (int64_t)settings.width);
    } while (next_cell(study, is_shaping, true, index));
    return true;
}

/* Decades that runs of layers' factors may span together: squares of what
 * passes through them have to be within the range of the arithmetic. */
static double decades_of(gold_precision precision)
{
    return precision == GOLD_FLOAT32 ? 12.0 : 100.0;
}

/* How many decades the product of the factors of a run of layers is from 1, at
 * most. */
static double spread_of(const gold_gains *gains, size_t n_layers)
{
    double up = 0.0;
    double down = 0.0;
    double most = 0.0;

    for (size_t l = 0; l < n_layers; l++) {
        const double step = log10(gains->of[gains->n > 1 ? l : 0]);

        up = fmax(up + step, 0.0);
        down = fmax(down - step, 0.0);
        most = fmax(most, fmax(up, down));
    }
    return most;
}

/* Where the gains of a point are said. */
static goldi_place place_of_gains(const goldi_reader *reader, size_t point)
{
    const goldi_key *key = goldi_find_key(GOLDI_NETWORK, "layer_gains");
    const goldi_node *node = goldi_anywhere(reader, key);
    size_t index[GOLD_MAX_AXES];
    size_t axis = 0;

    gold_study_unravel(reader->study, point, index);
    return goldi_axis_key_of(reader->study, key, &axis) != NULL
               ? place_of_value(node, index[axis])
               : node->value->place;
}

void goldi_each_network(const gold_study *study, const char *const *more,
                        goldi_visit *visit, void *context)
{
    bool is_shaping[GOLD_MAX_AXES] = {false};
    size_t index[GOLD_MAX_AXES] = {0};
    size_t axis = 0;
    size_t point = 0;

    find_shaping(study, is_shaping);
    for (; *more != NULL; more++) {
        if (goldi_axis_key_of(study, goldi_find_axis(*more), &axis) != NULL) {
            is_shaping[axis] = true;
        }
    }
    do {
        if (find_point(study, is_shaping, index, &point) &&
            !visit(context, point)) {
            return;
        }
    } while (next_cell(study, is_shaping, true, index));
}

/* A list has a number for every layer of the network, and the arithmetic the
 * range for them; false after a complaint. */
static bool check_gains_at(void *context, size_t point)
{
    goldi_reader *reader = context;
    const gold_study *study = reader->study;
    const double decades = decades_of(study->run.precision);
    gold_settings settings;
    char where[512];

    gold_study_point(study, point, &settings);
    const gold_gains *gains = &settings.gains;
    const size_t n_layers = gold_architecture_length(&settings);

    if (gains->n > 1 && gains->n != n_layers) {
        goldi_complain(&reader->report, place_of_gains(reader, point),
                       "'layer_gains' has %zu numbers, but the network at %s "
                       "has %zu layers: give one for each, or one number for "
                       "all",
                       gains->n,
                       gold_study_describe(study, point, where, sizeof where),
                       n_layers);
        return false;
    }
    if (spread_of(gains, n_layers) > decades) {
        goldi_complain(
            &reader->report, place_of_gains(reader, point),
            "the gains of layers that follow each other multiply to "
            "less than 1e-%.0f or more than 1e%.0f, which is too far "
            "for %s: 'radius' and 'scale' place the network as a "
            "whole",
            decades, decades,
            gold_choice_text("precision", (int)study->run.precision));
        return false;
    }
    return true;
}

static void check_gains(goldi_reader *reader)
{
    static const char *const more[] = {"layer_gains", NULL};
    const goldi_key *key = goldi_find_key(GOLDI_NETWORK, more[0]);

    if (goldi_anywhere(reader, key) != NULL) {
        goldi_each_network(reader->study, more, check_gains_at, reader);
    }
}

void goldi_check_sizes(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const gold_curvature_block *curvature = &study->curvature;
    extremes e = {.data = gold_data_shape_of(&study->data), .fewest = HUGE_VAL};

    check_gains(reader);
    const bool has_rows = has_rows_only(reader);

    if (has_rows && goldi_has_kind(study, GOLD_NETWORK_MLP)) {
        walk(study, &e);
    }
    if ((!has_rows || study->base.kind != GOLD_NETWORK_MLP ||
         goldi_said(reader, GOLDI_NETWORK, "kind")) &&
        !survey(reader, has_rows, &e)) {
        return;
    }
    if (e.most >= 0x1p31) {
        GOLDI_COMPLAIN(reader, place_of(reader),
                       "a network of depth %.0f and width %.0f has %.3g "
                       "parameters; at most 2147483647 are possible",
                       e.depth, e.width, e.most);
    }
    if (curvature->n_dims > 0 &&
        (double)curvature->dims[curvature->n_dims - 1] > e.fewest) {
        GOLDI_COMPLAIN(reader, goldi_given(reader, GOLDI_SUBSPACE, "dim"),
                       "a subspace of dimension %zu in a network of %.0f "
                       "parameters: the dimension is at most that",
                       curvature->dims[curvature->n_dims - 1], e.fewest);
    }
}
