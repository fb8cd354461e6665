/* SPDX-License-Identifier: MIT */
#include "goldilocks/study.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/foreign.h"
#include "base/regular.h"
#include "study/phases.h"

void gold_study_destroy(gold_study **study)
{
    gold_study *s = *study;

    if (s == NULL) {
        return;
    }
    for (size_t a = 0; a < GOLD_MAX_AXES; a++) {
        for (size_t k = 0; k < GOLD_MAX_ZIPPED; k++) {
            gold_free(s->axes[a].keys[k].integers);
            gold_free(s->axes[a].keys[k].reals);
            gold_free((void *)s->axes[a].keys[k].texts);
            gold_free(s->axes[a].keys[k].lists);
        }
    }
    for (size_t i = 0; i < s->n_earlier; i++) {
        gold_study_destroy(&s->earlier[i]);
    }
    gold_free(s->title);
    gold_free(s->text);
    gold_free(s->overrides);
    gold_free(s->notes);
    gold_free(s->excluded);
    gold_free(s->layers.entries);
    gold_free(s->init_path);
    gold_free(s->data.path);
    gold_free(s->data.name);
    gold_free(s);
    *study = NULL;
}

static void set_defaults(gold_study *study)
{
    GOLDI_EACH_KEY(key) {
        const bool is_placed = key->placement < 0 || goldi_has_fallback(key);

        if (is_placed && !key->is_inner) {
            goldi_put(key, goldi_fallback(key), &study->base, study);
        }
    }
    study->base.placement = GOLD_PLACE_SCALE;
    study->base.train.betas[0] = 0.9;
    study->base.train.betas[1] = 0.999;
}

goldi_node *goldi_read_tree(goldi_reader *reader)
{
    const goldi_source *file = &reader->report.sources[GOLDI_FROM_FILE];
    const size_t bom =
        file->n_bytes >= 3 && memcmp(file->text, "\xef\xbb\xbf", 3) == 0 ? 3
                                                                         : 0;
    goldi_node *root =
        goldi_doc_parse(&reader->report, (goldi_place){.width = 1},
                        file->text + bom, file->n_bytes - bom);

    if (root == NULL || !goldi_must_be_map(reader, root, "the study")) {
        return NULL;
    }
    goldi_apply_overrides(reader, root);
    return root;
}

/* Read the study that a phase is alone. */
static void read_alone(goldi_reader *reader, const goldi_phase *phase)
{
    set_defaults(reader->study);
    reader->study->norm_of_phase = phase->norm_of;
    goldi_read_section(reader, GOLDI_ROOT, phase->root);
    if (reader->report.status == GOLD_OK) {
        goldi_read_exclude(reader);
        goldi_check_study(reader, phase->root);
    }
}

/* Read an earlier phase, into the report of the last one. */
static gold_status read_earlier(goldi_reader *reader, const goldi_phase *phase,
                                bool has_own_data)
{
    gold_study *study = reader->study;
    goldi_reader *own = NULL;
    const size_t n_kept = reader->report.n_kept;

    GOLD_TRY(GOLD_ALLOC(1, &own));
    own->report.status = GOLD_ALLOC(1, &own->study);
    if (own->report.status == GOLD_OK) {
        study->earlier[study->n_earlier++] = own->study;
        own->report = reader->report;
        read_alone(own, phase);
        reader->report = own->report;
        own->study->has_own_data = has_own_data;
        gold_free(own->study->excluded); /* the last one has them */
        own->study->excluded = NULL;
        if (own->report.n_complaints == 0) {
            goldi_check_phase(reader, phase, own->study);
        }
        goldi_notes_agree(&reader->report, n_kept);
    }
    const gold_status status = own->report.status;

    gold_free(own);
    return status;
}

/* Read everything there is to read; what is wrong goes to the report. */
static void read_all(goldi_reader *reader)
{
    goldi_node *root = goldi_read_tree(reader);
    goldi_phase phases[GOLD_MAX_PHASES];
    const size_t n = root == NULL ? 0 : goldi_read_phases(reader, root, phases);
    gold_status *status = &reader->report.status;

    if (n == 0 || *status != GOLD_OK) {
        return;
    }
    read_alone(reader, &phases[n - 1]);
    for (size_t i = 0; i + 1 < n && *status == GOLD_OK; i++) {
        *status = read_earlier(reader, &phases[i],
                               phases[i].has_data || phases[n - 1].has_data);
    }
    if (*status == GOLD_OK && reader->report.n_complaints == 0) {
        *status = goldi_link_phases(reader->study);
        goldi_check_log_room(reader);
        goldi_check_steps_between(reader);
        goldi_note_phases(reader, root, phases, n);
    }
}

/* Keep the texts that were read with the study. */
static gold_status keep_sources(gold_study *study, const char *text,
                                size_t n_bytes, const char *overrides)
{
    GOLD_TRY(GOLD_ALLOC(n_bytes + 1, &study->text));
    if (n_bytes > 0) {
        memcpy(study->text, text, n_bytes);
    }
    GOLD_TRY(gold_copy_text(overrides, &study->overrides));
    if (study->title == NULL) {
        GOLD_TRY(gold_copy_text("", &study->title));
    }
    return GOLD_OK;
}

gold_status gold_study_parse(const char *name, const char *text, size_t n_bytes,
                             const char *overrides, gold_study **study,
                             char **report)
{
    gold_status status = GOLD_OK;
    goldi_reader *reader = NULL;

    overrides = overrides == NULL ? "" : overrides;
    text = text == NULL ? "" : text;
    *report = NULL;
    GOLD_TRY(GOLD_ALLOC(1, &reader));
    reader->report.sources[GOLDI_FROM_FILE] =
        (goldi_source){name, text, n_bytes};
    reader->report.sources[GOLDI_FROM_OVERRIDES] =
        (goldi_source){"--set", overrides, strlen(overrides)};
    GOLD_GOTO(GOLD_ALLOC(1, &reader->study));
    read_all(reader);
    GOLD_GOTO(reader->report.status);
    if (reader->report.n_complaints > 0) {
        GOLD_GOTO(goldi_report_format(&reader->report, report));
        GOLD_FAIL(GOLD_ERR_CONFIG, "%s", "");
    }
    GOLD_GOTO(keep_sources(reader->study, text, n_bytes, overrides));
    if (reader->report.newest != NULL) {
        GOLD_GOTO(goldi_report_format(&reader->report, &reader->study->notes));
    }
    *study = reader->study;
    reader->study = NULL;

done:
    gold_study_destroy(&reader->study);
    goldi_report_fini(&reader->report);
    gold_free(reader);
    return status;
}

/* Fail where a file begins as no text does, and it is known what does. */
static gold_status check_kind(const char *path, const unsigned char *bytes,
                              size_t n_bytes)
{
    const char *what = gold_foreign_known(bytes, n_bytes);

    return what == NULL || isprint(bytes[0])
               ? GOLD_OK
               : gold_fail(GOLD_ERR_CONFIG,
                           "%s is %s; a study is a text in YAML, and what a "
                           "result holds 'goldilocks status' tells",
                           path, what);
}

/* Read a file of at most GOLDI_MAX_BYTES and one byte more: the parser tells
 * the user when that is too much. */
static gold_status load(const char *path, char **text, size_t *n_bytes)
{
    gold_status status = GOLD_OK;
    char *block = NULL;
    const int descriptor = gold_regular_open(path, O_RDONLY);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "rb");

    if (file == NULL) {
        GOLD_FAIL(GOLD_ERR_IO, "cannot read %s: %s", path,
                  gold_regular_reason(errno));
    }
    GOLD_GOTO(GOLD_ALLOC((size_t)GOLDI_MAX_BYTES + 1, &block));
    errno = 0;
    *n_bytes = fread(block, 1, (size_t)GOLDI_MAX_BYTES + 1, file);
    if (ferror(file) != 0) {
        GOLD_FAIL(GOLD_ERR_IO, "cannot read %s: %s", path, strerror(errno));
    }
    GOLD_GOTO(check_kind(path, (unsigned char *)block, *n_bytes));
    *text = block;
    block = NULL;

done:
    gold_free(block);
    if (file != NULL) {
        (void)fclose(file);
    } else if (descriptor >= 0) {
        (void)close(descriptor);
    }
    return status;
}

gold_status gold_study_read(const char *path, const char *overrides,
                            gold_study **study, char **report)
{
    gold_status status = GOLD_OK;
    char *text = NULL;
    size_t n_bytes = 0;

    *report = NULL;
    GOLD_GOTO(load(path, &text, &n_bytes));
    GOLD_GOTO(gold_study_parse(path, text, n_bytes, overrides, study, report));

done:
    gold_free(text);
    return status;
}
