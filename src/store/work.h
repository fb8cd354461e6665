/* SPDX-License-Identifier: MIT */
/**
 * @file work.h
 * What is stored about the work on each point, beside the results: the same
 * set of variables for each kind of task.
 */
#ifndef GOLD_STORE_WORK_H
#define GOLD_STORE_WORK_H

#include <hdf5.h>

#include "goldilocks/store.h"

#include "store/grid.h"

enum {
    GOLDI_N_KINDS = GOLD_TASK_TRAIN + 1
};

typedef enum goldi_work {
    GOLDI_SECONDS,
    GOLDI_FLOPS,
    GOLDI_RANK,
    GOLDI_ATTEMPTS,
    GOLDI_MESSAGE, /* GOLD_MESSAGE_BYTES characters a point */
    GOLDI_STATUS,  /* last, as it is written last */
    GOLDI_N_WORK
} goldi_work;

/* Kinds of task that a study has; all kinds from 0 on. */
int goldi_n_kinds(const gold_study *study);

/* Name of the dataset; static. */
const char *goldi_work_name(gold_task_kind kind, goldi_work work);

/* Type of the dataset, in the file as in memory; the library's. */
hid_t goldi_work_type(goldi_work work);

/* Bytes of one point in a dataset of work. */
size_t goldi_work_bytes(goldi_work work);

/* Fail unless all of the states read are known ones: [n_points].
 *
 * GOLD_ERR_FORMAT: says where one is not. */
GOLD_CHECKED gold_status goldi_states_check(const gold_study *study,
                                            gold_task_kind kind,
                                            const uint8_t *states);

/* Make all of them, excluded points marked. `character` is the dimension of
 * messages. */
GOLD_CHECKED gold_status goldi_work_create(hid_t file, const gold_study *study,
                                           const goldi_grid *grid,
                                           hid_t character);

#endif
