/* SPDX-License-Identifier: MIT */
#include "store/create.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "goldilocks/digest.h"
#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/identity.h"
#include "store/layout.h"
#include "store/output.h"
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

/* schema_version of a file with these variables. */
static void format_text(const gold_schema *schema, char *text, size_t n_bytes)
{
    const unsigned minor = gold_schema_minor(schema);
    const int used = snprintf(text, n_bytes, "%s", GOLD_SCHEMA_VERSION);

    if (minor > 0) {
        (void)snprintf(text + used, n_bytes - (size_t)used, ".%u", minor);
    }
}

/* Attributes of the root: what the file is, and how it came to be. */
static gold_status attributes_create(hid_t file, const gold_study *study,
                                     const gold_schema *schema,
                                     const gold_provenance *provenance)
{
    gold_status status = GOLD_OK;
    const gold_bytes config = {study->text, strlen(study->text)};
    char *identity = NULL;
    char config_digest[GOLD_DIGEST_TEXT];
    char created[64];
    char format[32];

    format_text(schema, format, sizeof format);
    date_text(created, sizeof created);
    GOLD_GOTO(gold_digest(&config, 1, config_digest));
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
        {"config_sha256", config_digest},
        {GOLDI_STUDY_IDENTITY, identity},
        {GOLDI_DATA_DIGEST, provenance->data_digest},
        {GOLDI_DATA_SAMPLES, provenance->data_samples},
        {GOLDI_SCHEMA_VERSION, format},
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

/* What a new file is of. */
typedef struct contents {
    const gold_study *study;
    const gold_schema *schema;
    const gold_provenance *provenance;
    const goldi_filling *filling;
} contents;

/* Write the file; a goldi_write_fn. */
static gold_status write_file(const char *path, void *context)
{
    gold_status status = GOLD_OK;
    const contents *c = context;
    const int64_t n_train = (int64_t)c->schema->n_train;
    hid_t file = H5I_INVALID_HID;

    GOLD_GOTO(
        goldi_h5_create(path, gold_store_bytes(c->study, c->schema), &file));
    GOLD_GOTO(attributes_create(file, c->study, c->schema, c->provenance));
    GOLD_GOTO(goldi_h5_set_numbers(file, GOLDI_N_TRAIN, H5T_NATIVE_INT64, 1,
                                   &n_train));
    GOLD_GOTO(goldi_layout_create(file, c->study, c->schema));
    GOLD_GOTO(goldi_sessions_create(file));
    if (c->filling != NULL) {
        GOLD_GOTO(c->filling->fill(file, c->filling->context));
    }
    GOLD_GOTO(goldi_h5_close_file(&file, path));

done:
    goldi_h5_close(&file);
    return status;
}

gold_status goldi_create(gold_output *output, const gold_study *study,
                         const gold_schema *schema,
                         const gold_provenance *provenance,
                         const goldi_filling *filling)
{
    contents c = {study, schema, provenance, filling};

    return goldi_output_make(output, write_file, &c);
}
