/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "store/condition.h"
#include "store/examine.h"
#include "store/h5.h"
#include "store/rows.h"
#include "store/samples.h"
#include "store/samples_file.h"

/* What the process reads: the inputs of a half, their first rows where a number
 * of them goes with it; or all labels. */
enum {
    ALL_LABELS = GOLDI_SAMPLES_HALVES,
    N_ASKED
};

/* ------------------------------------------------------------------- values */

static gold_status bad_row(size_t row, double value, const char *what)
{
    return gold_fail(GOLD_ERR_FORMAT, "row %zu (counted from 0) has %.17g; %s",
                     row, value, what);
}

/* A goldi_each_row: labels, as doubles. */
static gold_status take_labels(void *context, size_t first, size_t n,
                               const void *values)
{
    goldi_scene *s = context;
    const double *labels = values;

    for (size_t i = 0; i < n; i++) {
        const size_t row = first + i;

        if (!(labels[i] >= 0.0 && labels[i] < GOLDI_SAMPLES_MOST_CLASSES &&
              floor(labels[i]) >= labels[i])) {
            return bad_row(row, labels[i],
                           "labels are whole numbers from 0 to 255, the "
                           "numbers of classes");
        }
        const size_t label = (size_t)labels[i];

        s->most_label = label > s->most_label ? label : s->most_label;
        if (s->room != NULL) {
            const size_t slot =
                s->room->slots == NULL ? row : s->room->slots[row];

            if (slot < s->room->n) {
                s->room->labels[slot] = (uint8_t)label;
            }
        }
    }
    return GOLD_OK;
}

/* Has a size a square that can be summed? */
static bool is_plain(double size)
{
    return size >= 1e-100 && size <= 1e100;
}

/* Rows of doubles; NULL: they are checked only. */
static gold_status take_reals(const goldi_scene *s, size_t first, size_t n,
                              size_t k, const double *values, double *kept)
{
    for (size_t i = 0; i < n; i++) {
        const double *row = values + i * k;
        const size_t *slots = s->room == NULL ? NULL : s->room->slots;
        const size_t slot = slots == NULL ? first + i : slots[first + i];

        for (size_t j = 0; j < k; j++) {
            if (!isfinite(row[j])) {
                return bad_row(first + i, row[j],
                               "only finite numbers are taken");
            }
            if (row[j] != 0.0 && !is_plain(fabs(row[j]))) {
                return bad_row(first + i, row[j],
                               "numbers lie between 1e-100 and 1e100, whose "
                               "squares are in range: take another unit");
            }
        }
        if (kept != NULL && slot < s->room->n) {
            memcpy(kept + slot * k, row, k * sizeof *row);
        }
    }
    return GOLD_OK;
}

/* A goldi_each_row. */
static gold_status take_targets(void *context, size_t first, size_t n,
                                const void *values)
{
    const goldi_scene *s = context;

    return take_reals(s, first, n, s->samples.n_outputs, values,
                      s->room == NULL ? NULL : s->room->targets);
}

/* A goldi_each_row. */
static gold_status take_inputs(void *context, size_t first, size_t n,
                               const void *values)
{
    const goldi_scene *s = context;
    const size_t k = s->samples.n_features;
    const unsigned char *bytes = values;

    if (s->room->reals != NULL) {
        return take_reals(s, first, n, k, values, s->room->reals);
    }
    for (size_t i = 0; i < n; i++) {
        const size_t *slots = s->room->slots;
        const size_t slot = slots == NULL ? first + i : slots[first + i];

        if (slot < s->room->n) {
            memcpy(s->room->bytes + slot * k, bytes + i * k, k);
        }
    }
    return GOLD_OK;
}

/* Read and check the labels or targets of a half. */
static gold_status read_values(goldi_scene *s, size_t half, size_t most)
{
    const bool has_targets = s->samples.n_outputs > 0;
    char name[GOLDI_SAMPLES_PATH];

    (void)goldi_scene_name(s, half, has_targets ? "targets" : "labels", name);
    gold_errand_at("the data of '%s'", name);
    return goldi_rows_read(s->file, name, H5T_NATIVE_DOUBLE, most,
                           has_targets ? take_targets : take_labels, s);
}

/* All labels decide how many classes there are. */
static gold_status look_at_values_of_all(goldi_scene *s)
{
    size_t *n_classes = &s->samples.n_classes;

    for (size_t half = 0; half < GOLDI_SAMPLES_HALVES; half++) {
        if (s->samples.n[half] > 0) {
            GOLD_TRY(read_values(s, half, GOLDI_ALL_ROWS));
        }
    }
    if (s->samples.n_outputs > 0) {
        return GOLD_OK;
    }
    if (*n_classes > 0 && s->most_label >= *n_classes) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "has a label %zu, but says that there are %zu classes",
                         s->most_label, *n_classes);
    }
    *n_classes = *n_classes > 0 ? *n_classes : s->most_label + 1;
    return *n_classes > 1 ? GOLD_OK
                          : gold_fail(GOLD_ERR_FORMAT,
                                      "has one class only: all labels are 0");
}

/* ------------------------------------------------------------ in the process
 */

/* Bytes of labels and targets. */
static uint64_t value_bytes(const goldi_samples *samples)
{
    const size_t k = samples->n_outputs > 0 ? samples->n_outputs : 1;

    return (samples->n[0] + samples->n[1]) * k * sizeof(double);
}

static gold_status open_scene(const char *path, goldi_scene *s)
{
    *s = (goldi_scene){.file = H5I_INVALID_HID};
    goldi_h5_quiet();
    gold_errand_at("its beginning");
    return goldi_condition_open(path, "an HDF5 file", &s->file);
}

/* A gold_errand_fn: what a look at the file reads, labels not yet. */
static gold_status look_first(const void *request, uint64_t *bytes)
{
    const goldi_question *asked = request;
    const size_t n_failed = goldi_h5_n_failed();
    goldi_scene s;

    GOLD_TRY(open_scene(asked->path, &s));
    gold_status status = goldi_scene_shapes(&s);

    status = status == GOLD_OK ? goldi_scene_attributes(&s) : status;
    *bytes = value_bytes(&s.samples);
    goldi_h5_close(&s.file);
    return goldi_examine_tell(status, asked->path, n_failed);
}

static gold_status read_data(goldi_scene *s, size_t what)
{
    const size_t asked = what % N_ASKED;
    char name[GOLDI_SAMPLES_PATH];

    GOLD_TRY(goldi_scene_shapes(s));
    for (size_t half = 0; half < GOLDI_SAMPLES_HALVES; half++) {
        if (asked == ALL_LABELS && s->samples.n[half] > 0) {
            GOLD_TRY(read_values(s, half, GOLDI_ALL_ROWS));
        } else if (asked == half) {
            gold_errand_at("the data of '%s'",
                           goldi_scene_name(s, half, "inputs", name));
            GOLD_TRY(goldi_rows_read(s->file, name, H5T_NATIVE_DOUBLE,
                                     what / N_ASKED, NULL, NULL));
        }
    }
    return GOLD_OK;
}

/* A gold_errand_fn: the inputs of a half, or all labels. */
static gold_status read_first(const void *request, uint64_t *unused)
{
    const goldi_question *asked = request;
    const size_t n_failed = goldi_h5_n_failed();
    goldi_scene s;

    (void)unused;
    GOLD_TRY(open_scene(asked->path, &s));
    const gold_status status = read_data(&s, asked->what);

    goldi_h5_close(&s.file);
    return goldi_examine_tell(status, asked->path, n_failed);
}

/* ------------------------------------------------------------------ from here
 */

gold_status goldi_samples_look(const char *path, goldi_samples *samples)
{
    goldi_scene s;
    uint64_t bytes = 0;

    GOLD_TRY(goldi_condition_expect_hdf5(path));
    GOLD_TRY(goldi_examine_ask(look_first, path, 0, 0.0, &bytes));
    GOLD_TRY(
        goldi_examine_ask(read_first, path, ALL_LABELS, (double)bytes, &bytes));
    GOLD_TRY(open_scene(path, &s));
    gold_status status = goldi_scene_shapes(&s);

    status = status == GOLD_OK ? goldi_scene_attributes(&s) : status;
    status = status == GOLD_OK ? look_at_values_of_all(&s) : status;
    goldi_h5_close(&s.file);
    *samples = s.samples;
    return gold_fail_context(status, "%s", path);
}

/* Is it what it was when it was looked at? */
static bool is_same(const goldi_samples *a, const goldi_samples *b, size_t half)
{
    return a->group == b->group && a->n[half] == b->n[half] &&
           a->n_features == b->n_features && a->n_outputs == b->n_outputs &&
           a->is_bytes == b->is_bytes;
}

static gold_status read_half(goldi_scene *s, const goldi_samples *planned)
{
    const goldi_samples_room *room = s->room;
    const size_t most = room->slots == NULL ? room->n : GOLDI_ALL_ROWS;
    char name[GOLDI_SAMPLES_PATH];

    GOLD_TRY(goldi_scene_shapes(s));
    if (!is_same(&s->samples, planned, s->half)) {
        return gold_fail(GOLD_ERR_FORMAT, "changed while it was read");
    }
    GOLD_TRY(read_values(s, s->half, most));
    return goldi_rows_read(
        s->file, goldi_scene_name(s, s->half, "inputs", name),
        room->reals != NULL ? H5T_NATIVE_DOUBLE : H5T_NATIVE_UINT8, most,
        take_inputs, s);
}

gold_status goldi_samples_read(const char *path, const goldi_samples *samples,
                               size_t half, const goldi_samples_room *room)
{
    const size_t most = room->slots == NULL ? room->n : GOLDI_ALL_ROWS;
    const size_t n = room->slots == NULL ? room->n : samples->n[half];
    const double bytes =
        (double)n * (double)samples->n_features * sizeof(double);
    uint64_t unused = 0;
    goldi_scene s;

    if (room->n == 0) {
        return GOLD_OK;
    }
    if (samples->is_chunked) {
        GOLD_TRY(goldi_examine_ask(read_first, path, most * N_ASKED + half,
                                   bytes, &unused));
    }
    GOLD_TRY(open_scene(path, &s));
    s.half = half;
    s.room = room;
    const gold_status status = read_half(&s, samples);

    goldi_h5_close(&s.file);
    return gold_fail_context(status, "%s", path);
}
