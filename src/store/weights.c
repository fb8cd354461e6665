/* SPDX-License-Identifier: MIT */
#include "store/weights.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "store/condition.h"
#include "store/examine.h"
#include "store/h5.h"
#include "store/plain.h"
#include "store/rows.h"

#define THETA  "parameters/theta"
#define SHAPES "parameters/shapes"
#define NAMES  "parameters/names"
#define POINTS "parameters/points"

enum {
    MOST_TENSORS = 8192,
    MOST_VECTORS = 1 << 20
};

/* 2^31 - 1, as of networks. */
static const double most_parameters = 2147483647.0;

/* An open file. */
typedef struct scene {
    hid_t file;
    goldi_weights weights;
    double *theta; /* where vectors go */
} scene;

/* Where names go: each so many bytes behind the last. */
typedef struct names_to {
    char *first;
    size_t stride;
} names_to;

/* ------------------------------------------------------------------- shapes */

static gold_status take_shape(const goldi_plain *found, goldi_weights *weights)
{
    const bool has_rows = found->rank == 2;

    if (!found->is_there) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "holds no parameters: a file of them has '" THETA
                         "', [parameters] or [points, parameters], as "
                         "gold.save_parameters writes it");
    }
    if (found->rank < 1 || found->rank > 2 || found->sizes[0] == 0 ||
        found->sizes[found->rank - 1] == 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "'" THETA "' is empty, or neither [parameters] nor "
                         "[points, parameters]");
    }
    weights->n = has_rows ? (size_t)found->sizes[0] : 1;
    weights->n_parameters = (size_t)found->sizes[found->rank - 1];
    weights->is_chunked = found->is_chunked;
    weights->is_flat = !has_rows;
    return weights->n <= MOST_VECTORS &&
                   (double)weights->n_parameters <= most_parameters
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT,
                           "'" THETA "' has %zu vectors of %zu numbers, which "
                           "is beyond all reason",
                           weights->n, weights->n_parameters);
}

/* A goldi_each_row: sizes of tensors. */
static gold_status take_sizes(void *context, size_t first, size_t n,
                              const void *values)
{
    scene *s = context;
    const int64_t *sizes = values;

    for (size_t i = 0; i < n * GOLD_TENSOR_RANK; i++) {
        gold_tensor *tensor = &s->weights.tensors[first + i / GOLD_TENSOR_RANK];

        if (sizes[i] < 0 || (double)sizes[i] > most_parameters) {
            return gold_fail(GOLD_ERR_FORMAT, "a size is %" PRId64, sizes[i]);
        }
        tensor->sizes[i % GOLD_TENSOR_RANK] = (size_t)sizes[i];
    }
    return GOLD_OK;
}

/* A goldi_each_row: texts of GOLD_NAME_BYTES. */
static gold_status take_names(void *context, size_t first, size_t n,
                              const void *values)
{
    const names_to *to = context;
    const char *names = values;

    for (size_t i = 0; i < n; i++) {
        char *name = to->first + (first + i) * to->stride;

        memcpy(name, names + i * GOLD_NAME_BYTES, GOLD_NAME_BYTES);
        name[GOLD_NAME_BYTES - 1] = '\0';
    }
    return GOLD_OK;
}

/* Names of all n of something, if there are any. */
static gold_status look_for_names(const scene *s, const char *dataset, size_t n,
                                  hid_t type, bool *is_there)
{
    goldi_plain names;

    gold_errand_at("'%s'", dataset);
    GOLD_TRY(goldi_plain_check(s->file, dataset, type, &names));
    *is_there = names.is_there;
    return !names.is_there || (names.rank == 1 && names.sizes[0] == n)
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT, "'%s' has not %zu names", dataset,
                           n);
}

static gold_status read_names(scene *s, hid_t type)
{
    goldi_weights *weights = &s->weights;
    names_to to = {.stride = sizeof *weights->tensors};
    bool is_there = false;

    if (weights->n_tensors > 0) {
        to.first = weights->tensors[0].name;
        GOLD_TRY(look_for_names(s, NAMES, weights->n_tensors, type, &is_there));
    }
    if (is_there) {
        GOLD_TRY(goldi_rows_read(s->file, NAMES, type, GOLDI_ALL_ROWS,
                                 take_names, &to));
    }
    GOLD_TRY(look_for_names(s, POINTS, weights->n, type, &is_there));
    if (is_there) {
        GOLD_TRY(GOLD_ALLOC(weights->n, &weights->names));
        to = (names_to){weights->names[0], GOLD_NAME_BYTES};
        GOLD_TRY(goldi_rows_read(s->file, POINTS, type, GOLDI_ALL_ROWS,
                                 take_names, &to));
    }
    return GOLD_OK;
}

static gold_status read_tensors(scene *s)
{
    goldi_plain shapes;

    gold_errand_at("'" SHAPES "'");
    GOLD_TRY(goldi_plain_check(s->file, SHAPES, GOLDI_ANY_NUMBER, &shapes));
    if (!shapes.is_there) {
        return GOLD_OK;
    }
    if (shapes.rank != 2 || shapes.sizes[0] == 0 ||
        shapes.sizes[0] > MOST_TENSORS || shapes.sizes[1] != GOLD_TENSOR_RANK) {
        return gold_fail(GOLD_ERR_FORMAT, "'" SHAPES "' is not [tensors, %d]",
                         GOLD_TENSOR_RANK);
    }
    s->weights.n_tensors = (size_t)shapes.sizes[0];
    GOLD_TRY(GOLD_ALLOC(s->weights.n_tensors, &s->weights.tensors));
    return goldi_rows_read(s->file, SHAPES, H5T_NATIVE_INT64, GOLDI_ALL_ROWS,
                           take_sizes, s);
}

static gold_status look_at(scene *s)
{
    gold_status status = GOLD_OK;
    hid_t type = H5I_INVALID_HID;
    goldi_plain theta;

    gold_errand_at("'" THETA "'");
    GOLD_GOTO(goldi_plain_check(s->file, THETA, GOLDI_ANY_NUMBER, &theta));
    GOLD_GOTO(take_shape(&theta, &s->weights));
    GOLD_GOTO(read_tensors(s));
    type = H5Tcopy(H5T_C_S1);
    GOLDI_H5(type, "no HDF5 text type");
    GOLDI_H5(H5Tset_size(type, GOLD_NAME_BYTES), "no HDF5 text of 64 bytes");
    status = read_names(s, type);

done:
    goldi_h5_close(&type);
    return status;
}

/* ------------------------------------------------------------------- vectors
 */

/* A goldi_each_row: vectors, or numbers of the only one. */
static gold_status take_theta(void *context, size_t first, size_t n,
                              const void *values)
{
    const scene *s = context;
    const double *numbers = values;
    const size_t row = s->weights.is_flat ? 1 : s->weights.n_parameters;

    for (size_t i = 0; i < n * row; i++) {
        if (!isfinite(numbers[i])) {
            const size_t at = first * row + i;

            return gold_fail(GOLD_ERR_FORMAT,
                             "parameter %zu of vector %zu (counted from 0) is "
                             "%g",
                             at % s->weights.n_parameters,
                             at / s->weights.n_parameters, numbers[i]);
        }
    }
    memcpy(s->theta + first * row, numbers, n * row * sizeof *numbers);
    return GOLD_OK;
}

/* ------------------------------------------------------------ in the process
 */

static gold_status open_scene(const char *path, scene *s)
{
    *s = (scene){.file = H5I_INVALID_HID};
    goldi_h5_quiet();
    gold_errand_at("its beginning");
    return goldi_condition_open(path, "an HDF5 file", &s->file);
}

static void close_scene(scene *s)
{
    goldi_weights_fini(&s->weights);
    goldi_h5_close(&s->file);
}

/* A gold_errand_fn: what a look at the file reads; then its vectors. */
static gold_status read_first(const void *request, uint64_t *unused)
{
    const goldi_question *asked = request;
    const size_t n_failed = goldi_h5_n_failed();
    scene s;

    (void)unused;
    GOLD_TRY(open_scene(asked->path, &s));
    gold_status status = look_at(&s);

    if (status == GOLD_OK && asked->what > 0) {
        gold_errand_at("the data of '" THETA "'");
        status = goldi_rows_read(s.file, THETA, H5T_NATIVE_DOUBLE,
                                 GOLDI_ALL_ROWS, NULL, NULL);
    }
    close_scene(&s);
    return goldi_examine_tell(status, asked->path, n_failed);
}

/* ------------------------------------------------------------------ from here
 */

gold_status goldi_weights_look(const char *path, goldi_weights *weights)
{
    uint64_t unused = 0;
    scene s;

    GOLD_TRY(goldi_condition_expect_hdf5(path));
    GOLD_TRY(goldi_examine_ask(read_first, path, 0, 0.0, &unused));
    GOLD_TRY(open_scene(path, &s));
    const gold_status status = gold_fail_context(look_at(&s), "%s", path);

    *weights = s.weights;
    s.weights = (goldi_weights){.n = 0};
    close_scene(&s);
    return status;
}

gold_status goldi_weights_read(const char *path, const goldi_weights *weights,
                               double *theta)
{
    const double bytes =
        (double)weights->n * (double)weights->n_parameters * sizeof(double);
    uint64_t unused = 0;
    scene s;

    if (weights->is_chunked) {
        GOLD_TRY(goldi_examine_ask(read_first, path, 1, bytes, &unused));
    }
    GOLD_TRY(open_scene(path, &s));
    gold_status status = look_at(&s);

    if (status == GOLD_OK && (s.weights.n != weights->n ||
                              s.weights.n_parameters != weights->n_parameters ||
                              s.weights.is_flat != weights->is_flat)) {
        status = gold_fail(GOLD_ERR_FORMAT, "changed while it was read");
    }
    if (status == GOLD_OK) {
        s.theta = theta;
        status = goldi_rows_read(s.file, THETA, H5T_NATIVE_DOUBLE,
                                 GOLDI_ALL_ROWS, take_theta, &s);
    }
    close_scene(&s);
    return gold_fail_context(status, "%s", path);
}

void goldi_weights_fini(goldi_weights *weights)
{
    gold_free(weights->tensors);
    gold_free(weights->names);
    *weights = (goldi_weights){.n = 0};
}
