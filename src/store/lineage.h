/* SPDX-License-Identifier: MIT */
/** @file lineage.h Who computed what files hold that become one. */
#ifndef GOLD_STORE_LINEAGE_H
#define GOLD_STORE_LINEAGE_H

#include "goldilocks/store.h"

enum {
    GOLDI_N_INHERITED = 6
};

/** The texts that a provenance inherits; owned. */
typedef struct goldi_lineage {
    char *texts[GOLDI_N_INHERITED];
} goldi_lineage;

/** Join what the parts say of who computed them, and what `provenance` says of
 * who goes on, if anything: each text once, "; " between them. They become
 * those of `provenance`. Ended by goldi_lineage_fini, also on failure. */
GOLD_CHECKED gold_status goldi_lineage_init(goldi_lineage *lineage,
                                            gold_archive *const *parts,
                                            size_t n,
                                            gold_provenance *provenance);

/** Free the texts. */
void goldi_lineage_fini(goldi_lineage *lineage);

#endif
