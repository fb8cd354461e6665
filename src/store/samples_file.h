/* SPDX-License-Identifier: MIT */
/** @file samples_file.h A file of samples that is open. */
#ifndef GOLD_STORE_SAMPLES_FILE_H
#define GOLD_STORE_SAMPLES_FILE_H

#include <hdf5.h>

#include "store/samples.h"

enum {
    GOLDI_SAMPLES_PATH = 32,         /* "data/train/targets" and the zero */
    GOLDI_SAMPLES_MOST_CLASSES = 256 /* labels are kept as bytes */
};

/* What is read of it. */
typedef struct goldi_scene {
    hid_t file;
    goldi_samples samples;
    size_t most_label;
    size_t half; /* that is being read */
    const goldi_samples_room *room;
} goldi_scene;

/* "data/train/inputs"; returns `name`. */
char *goldi_scene_name(const goldi_scene *s, size_t half, const char *what,
                       char name[GOLDI_SAMPLES_PATH]);

/* Find samples and take down their shapes; nothing of them is read.
 *
 * @retval GOLD_ERR_FORMAT  there are none, or not of one shape. */
GOLD_CHECKED gold_status goldi_scene_shapes(goldi_scene *s);

/* Their name and number of classes, where the file says it. */
GOLD_CHECKED gold_status goldi_scene_attributes(goldi_scene *s);

#endif
