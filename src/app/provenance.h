/* SPDX-License-Identifier: MIT */
/** @file provenance.h Where a result file comes from. */
#ifndef GOLD_APP_PROVENANCE_H
#define GOLD_APP_PROVENANCE_H

#include "goldilocks/dataset.h"
#include "goldilocks/store.h"

/** Text that a provenance points into. */
typedef struct gold_provenance_text {
    char libraries[640];
    char hosts[1024];
    char samples[80];
} gold_provenance_text;

/**
 * Fill in what this build and this job are. Collective on `comm`; hosts are
 * known on rank 0 only.
 *
 * @param text  where composed texts are kept; must outlive `provenance`.
 */
void gold_provenance_collect(MPI_Comm comm, const char *command,
                             const gold_dataset *data,
                             gold_provenance_text *text,
                             gold_provenance *provenance);

#endif
