/* SPDX-License-Identifier: MIT */
/* More values on the axes of a file that is there: a merge of it alone. */
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "store/archive_file.h"
#include "store/identity.h"
#include "store/output.h"

/* Fail unless a file's study is the whole, but for values on its axes. */
static gold_status check_study(const gold_study *whole,
                               const gold_archive *archive)
{
    gold_placing placing = {{NULL}};
    const gold_status status =
        gold_placing_init(&placing, whole, archive->study, archive->path);

    gold_placing_fini(&placing);
    return status;
}

/* Give a file's study the axes of the whole that it has one value of. */
static gold_status lift(gold_archive *archive, const gold_study *whole)
{
    gold_study *lifted = NULL;

    GOLD_TRY(gold_study_lift(whole, archive->study, archive->path, &lifted));
    if (lifted != NULL) {
        gold_study_destroy(&archive->study);
        archive->study = lifted;
    }
    return GOLD_OK;
}

static gold_status is_of(const gold_archive *archive, const gold_study *study,
                         bool *is_same)
{
    char *identity = NULL;

    GOLD_TRY(gold_study_identity(study, &identity));
    *is_same =
        strcmp(gold_archive_text(archive, GOLDI_STUDY_IDENTITY), identity) == 0;
    gold_free(identity);
    return GOLD_OK;
}

gold_status gold_extend(gold_output *output, const gold_study *whole,
                        const gold_provenance *provenance, size_t *n_before)
{
    gold_status status = GOLD_OK;
    gold_archive *archive = NULL;
    size_t n_overlaps = 0;
    bool is_same = false;

    *n_before = 0;
    if (output->is_new) {
        return GOLD_OK;
    }
    GOLD_GOTO(gold_archive_open(output->path, &archive));
    GOLD_GOTO(is_of(archive, whole, &is_same));
    if (is_same) {
        goto done;
    }
    GOLD_GOTO(goldi_identity_check_format(archive, false));
    GOLD_GOTO(lift(archive, whole));
    GOLD_GOTO(check_study(whole, archive));
    GOLD_GOTO(goldi_identity_check_data(archive, provenance->data_digest));
    output->is_new = true;
    status = gold_merge(output, whole, &archive, 1, provenance, &n_overlaps);
    output->is_new = false;
    *n_before = status == GOLD_OK ? archive->study->n_points : 0;

done:
    gold_archive_close(&archive);
    return status;
}
