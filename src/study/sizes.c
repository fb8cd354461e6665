/* SPDX-License-Identifier: MIT */
/* Are the networks of a grid neither absurdly large nor smaller than the
 * subspace? Data sets in files are taken to be of the size they usually are.
 */
#include <math.h>

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
    int64_t narrowest = widths[0];
    int64_t widest = widths[0];

    for (size_t i = 0; wide != NULL && i < wide->count; i++) {
        narrowest = widths[i] < narrowest ? widths[i] : narrowest;
        widest = widths[i] > widest ? widths[i] : widest;
    }
    for (size_t i = 0; i < (deep == NULL ? 1 : deep->count); i++) {
        const bool is_zipped = deep != NULL && deep == wide;

        consider(e, &study->base, depths[i], is_zipped ? widths[i] : narrowest);
        consider(e, &study->base, depths[i], is_zipped ? widths[i] : widest);
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

void goldi_check_sizes(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const gold_data_block *data = &study->data;
    const gold_curvature_block *curvature = &study->curvature;
    const bool is_made =
        data->set == GOLD_DATA_CIRCLES || data->set == GOLD_DATA_MIXTURE;
    const bool has_colours = data->set == GOLD_DATA_CIFAR10;
    const gold_shape pixels =
        has_colours ? (gold_shape){3, 32, 32} : (gold_shape){1, 28, 28};
    extremes e = {.data = {.n_features = data->features,
                           .n_classes = is_made ? data->classes : 10,
                           .image = is_made ? (gold_shape){0} : pixels},
                  .fewest = HUGE_VAL};

    walk(study, &e);
    if (e.most >= 0x1p31) {
        goldi_complain(&reader->report, place_of(reader)->place,
                       "a network of depth %.0f and width %.0f has %.3g "
                       "parameters; at most 2147483647 are possible",
                       e.depth, e.width, e.most);
    }
    if (curvature->n_dims > 0 &&
        (double)curvature->dims[curvature->n_dims - 1] > e.fewest) {
        goldi_complain(&reader->report,
                       goldi_given(reader, GOLDI_SUBSPACE, "dim")->place,
                       "a subspace of dimension %zu in a network of %.0f "
                       "parameters: the dimension is at most that",
                       curvature->dims[curvature->n_dims - 1], e.fewest);
    }
}
