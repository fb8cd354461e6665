/* SPDX-License-Identifier: MIT */
/**
 * @file store_file.h
 * The inside of an open result file, shared by opening and committing.
 */
#ifndef GOLD_STORE_STORE_FILE_H
#define GOLD_STORE_STORE_FILE_H

#include <mpi.h>

#include "goldilocks/store.h"

#include "store/columns.h"
#include "store/output.h"
#include "store/session.h"

struct gold_store {
    MPI_Comm comm; /* borrowed */
    int rank;
    const gold_study *study;   /* borrowed */
    const gold_schema *schema; /* borrowed */
    char *path;
    hid_t file;
    int descriptor; /* of the same file, for fsync; holds its shared lock */
    gold_output *output; /* rank 0 */
    goldi_columns columns;
    void *scratch;        /* room for one variable of a whole line */
    gold_session session; /* rank 0 */
    size_t row;           /* of the session */
    int64_t n_tasks;      /* that this rank wrote in this session, */
    int64_t n_done;       /* points of them that are done, */
    int64_t n_failed;     /* and that failed */
};

#endif
