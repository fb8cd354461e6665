/* SPDX-License-Identifier: MIT */
#include "store/create.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/identity.h"
#include "store/layout.h"
#include "store/place.h"
#include "store/session.h"

/* Now, as "2024-05-01T12:00:00Z". */
static void date_text(char *text, size_t n_bytes)
{
    const time_t now = time(NULL);
    struct tm parts;

    if (gmtime_r(&now, &parts) == NULL ||
        strftime(text, n_bytes, "%Y-%m-%dT%H:%M:%SZ", &parts) == 0) {
        (void)snprintf(text, n_bytes, "unknown");
    }
}

/* Attributes of the root: what the file is, and how it came to be. */
static gold_status attributes_create(hid_t file, const gold_study *study,
                                     const gold_provenance *provenance)
{
    gold_status status = GOLD_OK;
    char *identity = NULL;
    char created[64];

    date_text(created, sizeof created);
    GOLD_GOTO(gold_study_identity(study, &identity));
    const struct {
        const char *name;
        const char *text;
    } texts[] = {
        {"Conventions", "CF-1.10"},
        {"title", study->title},
        {"study", study->name},
        {GOLDI_CONFIG, study->text},
        {GOLDI_OVERRIDES, study->overrides},
        {"config_sha256", study->text_digest},
        {GOLDI_STUDY_IDENTITY, identity},
        {GOLDI_DATA_DIGEST, provenance->data_digest},
        {GOLDI_SCHEMA_VERSION, GOLD_SCHEMA_VERSION},
        {GOLDI_PROGRAM_VERSION, provenance->program_version},
        {"git_commit", provenance->git_commit},
        {"compiler", provenance->compiler},
        {"libraries", provenance->libraries},
        {"blas_core", provenance->blas_core},
        {"mpi_io", provenance->mpi_io},
        {"command_line", provenance->command},
        {"created", created},
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        GOLD_GOTO(goldi_h5_set_text(file, texts[i].name, texts[i].text));
    }

done:
    gold_free(identity);
    return status;
}

/* Make the file under its temporary name. */
static gold_status fill_file(const char *path, const gold_study *study,
                             const gold_schema *schema,
                             const gold_provenance *provenance,
                             const goldi_filling *filling)
{
    gold_status status = GOLD_OK;
    const int64_t n_train = (int64_t)schema->n_train;
    hid_t file = H5I_INVALID_HID;

    GOLD_GOTO(goldi_h5_create(path, goldi_layout_bytes(study, schema), &file));
    GOLD_GOTO(attributes_create(file, study, provenance));
    GOLD_GOTO(goldi_h5_set_numbers(file, GOLDI_N_TRAIN, H5T_NATIVE_INT64, 1,
                                   &n_train));
    GOLD_GOTO(goldi_layout_create(file, study, schema));
    GOLD_GOTO(goldi_sessions_create(file));
    if (filling != NULL) {
        GOLD_GOTO(filling->fill(file, filling->context));
    }
    GOLD_GOTO(goldi_h5_close_file(&file, path));

done:
    goldi_h5_close(&file);
    return status;
}

gold_status goldi_create(const char *path, const gold_study *study,
                         const gold_schema *schema,
                         const gold_provenance *provenance,
                         const goldi_filling *filling)
{
    gold_status status = GOLD_OK;
    char *temporary = NULL;

    GOLD_GOTO(goldi_place_make_parents(path));
    GOLD_GOTO(goldi_place_temporary(path, &temporary));
    GOLD_GOTO(fill_file(temporary, study, schema, provenance, filling));
    GOLD_GOTO(goldi_place_rename(temporary, path));

done:
    if (status != GOLD_OK && temporary != NULL) {
        (void)unlink(temporary);
        gold_fail_context("%s cannot be made", path);
    }
    gold_free(temporary);
    return status;
}
