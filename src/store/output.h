/* SPDX-License-Identifier: MIT */
/** @file output.h How the store makes the files that were asked for. */
#ifndef GOLD_STORE_OUTPUT_H
#define GOLD_STORE_OUTPUT_H

#include "goldilocks/output.h"

#include "store/lock.h"

struct gold_output {
    char *path;       /* links followed */
    bool is_new;      /* it is to be made, whether something is there or not */
    size_t n_folders; /* that were made for it, and are of no use yet */
    goldi_lock lock;  /* of its name */
    goldi_hold hold;  /* of what is there now */
};

/* Writes a whole file of that name. */
typedef gold_status goldi_write_fn(const char *path, void *context);

/* Make the file under a temporary name and rename it, replacing what was there
 * when the output was opened; it is held from before it has its name. On
 * failure nothing is left behind, and what was there is as before. */
GOLD_CHECKED gold_status goldi_output_make(gold_output *output,
                                           goldi_write_fn *write,
                                           void *context);

#endif
