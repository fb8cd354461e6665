/* SPDX-License-Identifier: MIT */
#include "store/create.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mpi.h>

#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/identity.h"
#include "store/layout.h"
#include "store/place.h"
#include "store/session.h"

/* Value of a control variable of the MPI library that is a text; "" when there
 * is none. The tool interface must be up. */
static void read_control(const char *name, char *text, size_t n_bytes)
{
    MPI_T_cvar_handle handle;
    char value[4096] = "";
    int index = 0;
    int count = 0;

    text[0] = '\0';
    if (MPI_T_cvar_get_index(name, &index) != MPI_SUCCESS ||
        MPI_T_cvar_handle_alloc(index, NULL, &handle, &count) != MPI_SUCCESS) {
        return;
    }
    if (count < (int)sizeof value &&
        MPI_T_cvar_read(handle, value) == MPI_SUCCESS) {
        (void)snprintf(text, n_bytes, "%.255s", value);
    }
    (void)MPI_T_cvar_handle_free(&handle);
}

/* The part of the MPI library that does its input and output. No standard call
 * tells: Open MPI says what it was asked for (parameter io), and has a default
 * that depends on the file system; MPICH and its kin know ROMIO only. */
static void mpi_io_name(char *text, size_t n_bytes)
{
    char library[MPI_MAX_LIBRARY_VERSION_STRING] = "";
    char asked[256] = "";
    int length = 0;
    int level = 0;

    (void)MPI_Get_library_version(library, &length);
    if (strstr(library, "MPICH") != NULL || strstr(library, "Intel") != NULL) {
        (void)snprintf(text, n_bytes, "romio");
        return;
    }
    if (strstr(library, "Open MPI") == NULL) {
        (void)snprintf(text, n_bytes, "unknown");
        return;
    }
    if (MPI_T_init_thread(MPI_THREAD_SINGLE, &level) == MPI_SUCCESS) {
        read_control("io", asked, sizeof asked);
        (void)MPI_T_finalize();
    }
    (void)snprintf(text, n_bytes, "%s",
                   asked[0] != '\0' ? asked
                                    : "default (ompio; on Lustre romio)");
}

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
    char mpi_io[256];
    char created[64];

    mpi_io_name(mpi_io, sizeof mpi_io);
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
        {"mpi_io", mpi_io},
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
                             const gold_provenance *provenance)
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
    GOLD_GOTO(goldi_h5_close_file(&file, path));

done:
    goldi_h5_close(&file);
    return status;
}

gold_status goldi_create(const char *path, const gold_study *study,
                         const gold_schema *schema,
                         const gold_provenance *provenance)
{
    gold_status status = GOLD_OK;
    char *temporary = NULL;

    GOLD_GOTO(goldi_place_make_parents(path));
    GOLD_GOTO(goldi_place_temporary(path, &temporary));
    GOLD_GOTO(fill_file(temporary, study, schema, provenance));
    GOLD_GOTO(goldi_place_rename(temporary, path));

done:
    if (status != GOLD_OK && temporary != NULL) {
        (void)unlink(temporary);
        gold_fail_context("%s cannot be made", path);
    }
    gold_free(temporary);
    return status;
}
