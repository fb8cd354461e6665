/* SPDX-License-Identifier: MIT */
/* What a file says of its samples before any of them is read. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "base/errand.h"
#include "base/utf8.h"
#include "store/h5.h"
#include "store/plain.h"
#include "store/samples_file.h"

enum {
    MOST_FEATURES = 1 << 20, /* of a sample */
    MOST_SAMPLES = 1 << 24   /* of a half */
};

static const char *const halves[] = {"train", "test"};

static const char what_is_needed[] =
    "a file of samples has 'train/inputs', and 'train/labels' or "
    "'train/targets', at its root or in a group 'data'";

char *goldi_scene_name(const goldi_scene *s, size_t half, const char *what,
                       char name[GOLDI_SAMPLES_PATH])
{
    (void)snprintf(name, GOLDI_SAMPLES_PATH, "%s%s/%s", s->samples.group,
                   halves[half], what);
    return name;
}

/* ------------------------------------------------------------------- shapes */

static gold_status find(const goldi_scene *s, size_t half, const char *what,
                        goldi_plain *found)
{
    char name[GOLDI_SAMPLES_PATH];

    gold_errand_at("'%s'", goldi_scene_name(s, half, what, name));
    return goldi_plain_check(s->file, name, GOLDI_ANY_NUMBER, found);
}

/* Find the group that samples are in. */
static gold_status find_group(goldi_scene *s, goldi_plain *inputs)
{
    static const char *const groups[] = {"", "data/"};

    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
        s->samples.group = groups[i];
        GOLD_TRY(find(s, 0, "inputs", inputs));
        if (inputs->is_there) {
            return GOLD_OK;
        }
    }
    return gold_fail(GOLD_ERR_FORMAT, "holds no samples: %s", what_is_needed);
}

static gold_status check_rows(const char *name, const goldi_plain *found)
{
    if (found->rank == 0 || found->sizes[0] == 0) {
        return gold_fail(GOLD_ERR_FORMAT, "'%s' is empty", name);
    }
    return found->sizes[0] <= MOST_SAMPLES
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT,
                           "'%s' has %" PRIuMAX " rows; at most %d are taken",
                           name, (uintmax_t)found->sizes[0], MOST_SAMPLES);
}

/* The shape of a sample. */
static gold_status take_shape(const char *name, const goldi_plain *inputs,
                              goldi_samples *shape)
{
    const hsize_t *sizes = inputs->sizes;
    double n_features = 1.0;

    GOLD_TRY(check_rows(name, inputs));
    if (inputs->rank > 4) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "'%s' has %d dimensions; they are [n, features], [n, "
                         "height, width] or [n, channels, height, width]",
                         name, inputs->rank);
    }
    for (int i = 1; i < inputs->rank; i++) {
        n_features *= (double)sizes[i];
    }
    if (!(n_features >= 1.0 && n_features <= MOST_FEATURES)) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "'%s' has %.0f numbers in a row; 1 to %d are taken",
                         name, n_features, MOST_FEATURES);
    }
    shape->n_features = (size_t)n_features;
    if (inputs->rank > 2) {
        shape->image[0] = inputs->rank == 4 ? (size_t)sizes[1] : 1;
        shape->image[1] = (size_t)sizes[inputs->rank - 2];
        shape->image[2] = (size_t)sizes[inputs->rank - 1];
    }
    return GOLD_OK;
}

/* Labels or targets: [n], or [n, k]; k is returned. */
static gold_status take_values(const char *name, const goldi_plain *values,
                               size_t n, size_t most, size_t *k)
{
    GOLD_TRY(check_rows(name, values));
    if (values->sizes[0] != n) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "'%s' has %" PRIuMAX " rows, but there are inputs of "
                         "%zu samples",
                         name, (uintmax_t)values->sizes[0], n);
    }
    *k = values->rank > 1 ? (size_t)values->sizes[1] : 1;
    if (values->rank > 2 || *k == 0 || *k > most) {
        return gold_fail(GOLD_ERR_FORMAT, "'%s' has rows of %zu numbers; %s",
                         name, *k,
                         most == 1 ? "a label is one, the number of its class"
                                   : "a target has 1 to 256");
    }
    return GOLD_OK;
}

static gold_status look_at_values(goldi_scene *s, size_t half,
                                  size_t *n_outputs)
{
    char label_name[GOLDI_SAMPLES_PATH];
    char target_name[GOLDI_SAMPLES_PATH];
    goldi_plain labels;
    goldi_plain targets;
    size_t one = 1;

    (void)goldi_scene_name(s, half, "labels", label_name);
    (void)goldi_scene_name(s, half, "targets", target_name);
    GOLD_TRY(find(s, half, "labels", &labels));
    GOLD_TRY(find(s, half, "targets", &targets));
    if (labels.is_there == targets.is_there) {
        return gold_fail(GOLD_ERR_FORMAT, "has %s '%s' %s '%s': %s",
                         labels.is_there ? "both" : "neither", label_name,
                         labels.is_there ? "and" : "nor", target_name,
                         labels.is_there
                             ? "samples have either a class or values"
                             : what_is_needed);
    }
    return labels.is_there
               ? take_values(label_name, &labels, s->samples.n[half], 1, &one)
               : take_values(target_name, &targets, s->samples.n[half],
                             GOLDI_SAMPLES_MOST_CLASSES, n_outputs);
}

/* Test samples are like training samples; point files have none as no rows. */
static gold_status look_at_test(goldi_scene *s)
{
    char name[GOLDI_SAMPLES_PATH];
    goldi_samples *samples = &s->samples;
    goldi_samples test = {.n_features = 0};
    goldi_plain inputs;
    size_t n_outputs = 0;

    GOLD_TRY(find(s, 1, "inputs", &inputs));
    if (!inputs.is_there || (inputs.rank > 0 && inputs.sizes[0] == 0)) {
        return GOLD_OK;
    }
    GOLD_TRY(
        take_shape(goldi_scene_name(s, 1, "inputs", name), &inputs, &test));
    if (test.n_features != samples->n_features ||
        memcmp(test.image, samples->image, sizeof test.image) != 0) {
        return gold_fail(GOLD_ERR_FORMAT,
                         "'%s' has samples of another shape than those to "
                         "train on",
                         name);
    }
    samples->n[1] = (size_t)inputs.sizes[0];
    samples->is_bytes = samples->is_bytes && inputs.is_byte;
    samples->is_chunked = samples->is_chunked || inputs.is_chunked;
    GOLD_TRY(look_at_values(s, 1, &n_outputs));
    return n_outputs == samples->n_outputs
               ? GOLD_OK
               : gold_fail(GOLD_ERR_FORMAT,
                           "test samples have %zu targets, those to train on "
                           "%zu",
                           n_outputs, samples->n_outputs);
}

gold_status goldi_scene_shapes(goldi_scene *s)
{
    char name[GOLDI_SAMPLES_PATH];
    goldi_plain inputs;

    GOLD_TRY(find_group(s, &inputs));
    GOLD_TRY(take_shape(goldi_scene_name(s, 0, "inputs", name), &inputs,
                        &s->samples));
    s->samples.n[0] = (size_t)inputs.sizes[0];
    s->samples.is_bytes = inputs.is_byte;
    s->samples.is_chunked = inputs.is_chunked;
    GOLD_TRY(look_at_values(s, 0, &s->samples.n_outputs));
    return look_at_test(s);
}

/* --------------------------------------------------------------- attributes */

/* One line of text, without what steers a terminal. */
static void keep_name(const char *text, char name[GOLDI_SAMPLES_NAME])
{
    gold_utf8_fill(name, GOLDI_SAMPLES_NAME, text);
    for (char *c = name; *c != '\0'; c++) {
        *c = (unsigned char)*c < ' ' || *c == '\x7f' ? ' ' : *c;
    }
}

/* How many class_names there are; what they are is not read. */
static gold_status count_names(hid_t group, int64_t *n)
{
    gold_status status = GOLD_OK;
    hid_t names = H5I_INVALID_HID;
    hid_t space = H5I_INVALID_HID;
    const htri_t exists = H5Aexists(group, "class_names");

    GOLDI_H5(exists, "attribute 'class_names' cannot be looked for");
    if (exists == 0) {
        goto done;
    }
    names = H5Aopen(group, "class_names", H5P_DEFAULT);
    GOLDI_H5(names, "attribute 'class_names' cannot be opened");
    space = H5Aget_space(names);
    GOLDI_H5(space, "attribute 'class_names' has no shape");
    *n = H5Sget_simple_extent_npoints(space);

done:
    goldi_h5_close(&space);
    goldi_h5_close(&names);
    return status;
}

static gold_status read_attributes(goldi_samples *samples, hid_t group)
{
    gold_status status = GOLD_OK;
    int64_t n_classes = 0;
    char *name = NULL;

    GOLD_GOTO(goldi_h5_get_text(group, "name", &name));
    keep_name(name == NULL ? "" : name, samples->name);
    GOLD_GOTO(count_names(group, &n_classes));
    GOLD_GOTO(goldi_h5_get_integer(group, "classes", &n_classes));
    if (n_classes < 0 || n_classes > GOLDI_SAMPLES_MOST_CLASSES) {
        GOLD_FAIL(GOLD_ERR_FORMAT,
                  "has %" PRId64 " classes; at most %d are possible", n_classes,
                  GOLDI_SAMPLES_MOST_CLASSES);
    }
    samples->n_classes = samples->n_outputs > 0 ? 0 : (size_t)n_classes;

done:
    gold_free(name);
    return status;
}

gold_status goldi_scene_attributes(goldi_scene *s)
{
    gold_status status = GOLD_OK;
    hid_t group = H5I_INVALID_HID;

    gold_errand_at("its attributes");
    group = H5Oopen(s->file, s->samples.group[0] == '\0' ? "/" : "data",
                    H5P_DEFAULT);
    GOLDI_H5(group, "the group of its samples cannot be opened");
    status = read_attributes(&s->samples, group);

done:
    goldi_h5_close(&group);
    return status;
}
