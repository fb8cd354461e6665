/* SPDX-License-Identifier: MIT */
#include "store/lineage.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

static const struct {
    const char *name; /* of the attribute */
    size_t offset;    /* in a provenance */
} inherited[GOLDI_N_INHERITED] = {
    {"program_version", offsetof(gold_provenance, program_version)},
    {"git_commit", offsetof(gold_provenance, git_commit)},
    {"compiler", offsetof(gold_provenance, compiler)},
    {"libraries", offsetof(gold_provenance, libraries)},
    {"blas_core", offsetof(gold_provenance, blas_core)},
    {"mpi_io", offsetof(gold_provenance, mpi_io)},
};

/* The text of part i, or, behind the last, of who goes on. */
static const char *text_of(gold_archive *const *parts, size_t n, size_t i,
                           const char *name, const char *own)
{
    return i < n ? gold_archive_text(parts[i], name) : own;
}

static gold_status join(gold_archive *const *parts, size_t n, const char *name,
                        const char *own, char **joined)
{
    const size_t count = own == NULL ? n : n + 1;
    size_t room = 1;
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        room += strlen(text_of(parts, n, i, name, own)) + 2;
    }
    GOLD_TRY(GOLD_ALLOC(room, joined));
    for (size_t i = 0; i < count; i++) {
        const char *text = text_of(parts, n, i, name, own);
        size_t before = 0;

        while (strcmp(text_of(parts, n, before, name, own), text) != 0) {
            before++;
        }
        if (before == i) {
            used += (size_t)snprintf(*joined + used, room - used, "%s%s",
                                     used > 0 ? "; " : "", text);
        }
    }
    return GOLD_OK;
}

gold_status goldi_lineage_init(goldi_lineage *lineage,
                               gold_archive *const *parts, size_t n,
                               gold_provenance *provenance)
{
    *lineage = (goldi_lineage){{NULL}};
    for (size_t i = 0; i < GOLDI_N_INHERITED; i++) {
        const char **text =
            (const char **)((char *)provenance + inherited[i].offset);

        GOLD_TRY(join(parts, n, inherited[i].name, *text, &lineage->texts[i]));
        *text = lineage->texts[i];
    }
    return GOLD_OK;
}

void goldi_lineage_fini(goldi_lineage *lineage)
{
    for (size_t i = 0; i < GOLDI_N_INHERITED; i++) {
        gold_free(lineage->texts[i]);
    }
}
