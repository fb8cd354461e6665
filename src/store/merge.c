/* SPDX-License-Identifier: MIT */
/* One file out of several, block by block of the grid. */
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "store/archive_file.h"
#include "store/create.h"
#include "store/h5.h"
#include "store/identity.h"
#include "store/lineage.h"
#include "store/page.h"
#include "store/session.h"

enum {
    PAGE_BYTES = 1 << 24, /* of a block, about */
    NOWHERE = -1
};

/* One of the files that are merged. */
typedef struct part {
    gold_archive *archive; /* borrowed */
    goldi_columns columns;
    int64_t *place[GOLD_MAX_AXES];  /* of the whole's values; NOWHERE */
    gold_record_map map;            /* of its records into the whole's */
    double *record;                 /* [its record_length] */
    uint8_t *states[GOLDI_N_KINDS]; /* [n_points], read before all values */
} part;

/* A merge under way. */
typedef struct merge {
    const gold_study *whole;
    gold_schema schema;
    bool has_joined_lines;
    size_t n_parts;
    part *parts;
    goldi_columns columns; /* of the new file */
    size_t n_fixed;        /* leading axes that a block has one value of */
    goldi_page into;
    double *theirs;     /* [record_length] of the part at hand */
    double *ours;       /* the same of what is there already */
    const char **owner; /* [cells of a block][kind] path; NULL: nobody */
    bool *is_shared;    /* [cells of a block] */
    size_t *n_overlaps;
} merge;

/* Where the values of the whole's axes stand in a part. */
static gold_status place_part(const gold_study *whole, part *p)
{
    gold_status status = GOLD_OK;
    const gold_study *study = p->archive->study;
    gold_placing placing = {{NULL}};

    GOLD_GOTO(gold_placing_init(&placing, whole, study, p->archive->path));
    for (size_t a = 0; a < whole->n_axes; a++) {
        GOLD_GOTO(GOLD_ALLOC(whole->axes[a].count, &p->place[a]));
        for (size_t i = 0; i < whole->axes[a].count; i++) {
            p->place[a][i] = NOWHERE;
        }
        for (size_t i = 0; i < study->axes[a].count; i++) {
            p->place[a][placing.index[a][i]] = (int64_t)i;
        }
    }

done:
    gold_placing_fini(&placing);
    return status;
}

/* Fail unless two files were computed from the same data. */
static gold_status check_data(const gold_archive *one, const gold_archive *two)
{
    const char *a = gold_archive_text(one, GOLDI_DATA_DIGEST);
    const char *b = gold_archive_text(two, GOLDI_DATA_DIGEST);

    if (strcmp(a, b) != 0 || one->schema.n_train != two->schema.n_train) {
        return gold_fail(GOLD_ERR_MISMATCH,
                         "%s: was computed from other data than %s: they have "
                         "data_sha256 %s and %s",
                         two->path, one->path, b, a);
    }
    if (one->study->has_train != two->study->has_train) {
        return gold_fail(GOLD_ERR_MISMATCH,
                         "%s: only one of this file and %s has trainings",
                         two->path, one->path);
    }
    return GOLD_OK;
}

/* Where the numbers of a part's records stand in the whole's: an axis value may
 * make for more layers, steps or parameters than the part knows of. */
static gold_status map_records(merge *m, part *p)
{
    const gold_archive *archive = p->archive;

    GOLD_TRY(gold_check_logs(archive->study, &archive->schema, &m->schema,
                             archive->path));
    GOLD_TRY(gold_record_map_init(&p->map, &archive->schema, &m->schema,
                                  archive->path));
    return GOLD_ALLOC(archive->schema.record_length, &p->record);
}

/* Get one file ready. Its states are known before any of its values is read: a
 * job that writes meanwhile writes values first. */
static gold_status open_part(merge *m, part *p)
{
    gold_archive *archive = p->archive;

    GOLD_TRY(check_data(m->parts[0].archive, archive));
    GOLD_TRY(place_part(m->whole, p));
    GOLD_TRY(map_records(m, p));
    for (int kind = 0; kind < goldi_n_kinds(archive->study); kind++) {
        GOLD_TRY(GOLD_ALLOC(archive->study->n_points, &p->states[kind]));
        GOLD_TRY(gold_archive_states(archive, (gold_task_kind)kind,
                                     p->states[kind]));
    }
    m->has_joined_lines =
        m->has_joined_lines ||
        !gold_study_has_lines_of(archive->study, m->whole) ||
        gold_archive_text(archive, GOLD_LINES_JOINED)[0] != '\0';
    return goldi_archive_columns(archive, &p->columns);
}

static void merge_destroy(merge **made)
{
    merge *m = *made;

    if (m == NULL) {
        return;
    }
    for (size_t i = 0; i < m->n_parts && m->parts != NULL; i++) {
        part *p = &m->parts[i];

        goldi_columns_close(&p->columns);
        gold_record_map_fini(&p->map);
        gold_free(p->record);
        for (size_t a = 0; a < GOLD_MAX_AXES; a++) {
            gold_free(p->place[a]);
        }
        for (int kind = 0; kind < GOLDI_N_KINDS; kind++) {
            gold_free(p->states[kind]);
        }
    }
    goldi_page_fini(&m->into);
    gold_free(m->theirs);
    gold_free(m->ours);
    gold_free(m->owner);
    gold_free(m->is_shared);
    gold_free(m->parts);
    gold_free(m);
    *made = NULL;
}

/* The records of the whole, without what one of the parts does not have. */
static void lay_out(merge *m)
{
    bool is_missing[GOLD_N_VARIABLES] = {false};

    for (size_t i = 0; i < m->n_parts; i++) {
        for (int v = 0; v < GOLD_N_VARIABLES; v++) {
            is_missing[v] = is_missing[v] ||
                            (gold_variable_about((gold_variable)v)->since > 0 &&
                             m->parts[i].archive->schema.count[v] == 0);
        }
    }
    gold_schema_init(&m->schema, m->whole, m->parts[0].archive->schema.n_train);
    gold_schema_drop(&m->schema, is_missing);
}

static gold_status merge_init(merge *m, gold_archive *const *archives, size_t n)
{
    GOLD_TRY(GOLD_ALLOC(n, &m->parts));
    m->n_parts = n;
    for (size_t i = 0; i < n; i++) {
        m->parts[i].archive = archives[i];
        goldi_columns_init(&m->parts[i].columns);
    }
    lay_out(m);
    for (size_t i = 0; i < n; i++) {
        GOLD_TRY(open_part(m, &m->parts[i]));
    }
    return GOLD_OK;
}

/* Choose blocks: as many trailing axes as a page may hold. Returns the cells of
 * one. */
static size_t choose_blocks(merge *m)
{
    size_t bytes = 0;
    size_t n_cells = 1;

    for (size_t i = 0; i < GOLDI_N_COLUMNS; i++) {
        bytes += m->columns.at[i].cell_bytes;
    }
    m->n_fixed = m->whole->n_axes;
    while (m->n_fixed > 0 && n_cells * m->whole->axes[m->n_fixed - 1].count <=
                                 PAGE_BYTES / bytes) {
        n_cells *= m->whole->axes[--m->n_fixed].count;
    }
    return n_cells;
}

/* Which block a part has of a block of the whole; false: none. */
static bool find_block(const merge *m, const part *p, const goldi_block *whole,
                       goldi_block *block)
{
    for (size_t a = 0; a < m->whole->n_axes; a++) {
        const bool is_fixed = a < m->n_fixed;
        const int64_t at = is_fixed ? p->place[a][whole->start[a]] : 0;

        if (at == NOWHERE) {
            return false;
        }
        block->start[a] = (hsize_t)at;
        block->count[a] = is_fixed ? 1 : p->archive->study->axes[a].count;
    }
    return true;
}

/* A cell of a block, in the whole and in a part. */
typedef struct spot {
    size_t point; /* of the whole */
    size_t cell;  /* in the block */
    size_t part_point;
    size_t part_cell;
} spot;

/* Cell `cell` of a block of the whole; false: the part has none there. */
static bool find_spot(const merge *m, const part *p, const goldi_block *block,
                      size_t cell, spot *found)
{
    const gold_study *study = p->archive->study;
    size_t stride = 1;
    size_t rest = cell;

    *found = (spot){.cell = cell};
    size_t index[GOLD_MAX_AXES] = {0};
    size_t part_index[GOLD_MAX_AXES] = {0};

    for (size_t a = m->whole->n_axes; a-- > 0;) {
        index[a] = (size_t)block->start[a] + rest % (size_t)block->count[a];
        rest /= (size_t)block->count[a];
        if (p->place[a][index[a]] == NOWHERE) {
            return false;
        }
        part_index[a] = (size_t)p->place[a][index[a]];
        if (a >= m->n_fixed) {
            found->part_cell += part_index[a] * stride;
            stride *= study->axes[a].count;
        }
    }
    found->point = gold_study_ravel(m->whole, index);
    found->part_point = gold_study_ravel(study, part_index);
    return true;
}

/* Compare a point that is done in two parts. */
static gold_status compare(merge *m, const part *p, const spot *at,
                           gold_task_kind kind, const char *owner)
{
    const gold_likeness rounded = gold_likeness_of(m->whole->run.precision);
    const bool may_round = kind == GOLD_TASK_MEASURE && m->has_joined_lines;
    gold_variable variable = (gold_variable)0;
    size_t item = 0;
    char place[512];

    goldi_page_record(&m->into, &m->schema, at->cell, m->ours);
    if (gold_record_is_like(&m->schema, kind,
                            may_round ? rounded : GOLD_LIKE_BITS, m->ours,
                            m->theirs, &variable, &item)) {
        *m->n_overlaps += m->is_shared[at->cell] ? 0 : 1;
        m->is_shared[at->cell] = true;
        return GOLD_OK;
    }
    return gold_fail(
        GOLD_ERR_MISMATCH,
        "%s and %s disagree at %s: %s (number %zu) is %.17g and %.17g; "
        "another build, kernel or processor gives other bits; of files of the "
        "same `goldilocks verify` tells which is wrong",
        owner, p->archive->path,
        gold_study_describe(m->whole, at->point, place, sizeof place),
        gold_variable_about(variable)->name, item,
        m->ours[m->schema.offset[variable] + item],
        m->theirs[m->schema.offset[variable] + item]);
}

/* Take one point's work of a kind from a part, whose results are m->theirs,
 * where it has more than is there already: done before failed before pending.
 */
static gold_status take(merge *m, const part *p, const goldi_page *from,
                        const spot *at, gold_task_kind kind)
{
    const uint8_t theirs = p->states[kind][at->part_point];
    const size_t column = goldi_work_at(kind, GOLDI_STATUS);
    uint8_t *ours = (uint8_t *)m->into.cells[column] + at->cell;
    const char **owner = &m->owner[at->cell * GOLDI_N_KINDS + (size_t)kind];

    if (theirs == GOLD_STATE_DONE && *ours == GOLD_STATE_DONE) {
        return compare(m, p, at, kind, *owner);
    }
    if (theirs == GOLD_STATE_DONE ||
        (theirs == GOLD_STATE_FAILED && *ours == GOLD_STATE_PENDING)) {
        goldi_page_put(&m->into, &m->schema, at->cell, kind, m->theirs);
        goldi_page_copy_work(&m->into, at->cell, from, at->part_cell, kind);
        *ours = theirs;
        *owner = p->archive->path;
    }
    return GOLD_OK;
}

/* Take what a part has of one point. */
static gold_status take_point(merge *m, part *p, const goldi_page *from,
                              const spot *at)
{
    goldi_page_record(from, p->map.part, at->part_cell, p->record);
    gold_record_map_put(&p->map, p->record, m->theirs);
    for (int kind = 0; kind < goldi_n_kinds(m->whole); kind++) {
        GOLD_TRY(take(m, p, from, at, (gold_task_kind)kind));
    }
    return GOLD_OK;
}

/* True when something was done, or failed, in a block of a part: its trailing
 * axes are whole, so that its points follow each other. */
static bool has_work(const part *p, const goldi_block *block)
{
    const gold_study *study = p->archive->study;
    size_t index[GOLD_MAX_AXES] = {0};
    size_t n = 1;

    for (size_t a = 0; a < study->n_axes; a++) {
        index[a] = (size_t)block->start[a];
        n *= (size_t)block->count[a];
    }
    const size_t first = gold_study_ravel(study, index);

    for (int kind = 0; kind < goldi_n_kinds(study); kind++) {
        for (size_t i = first; i < first + n; i++) {
            if (p->states[kind][i] == GOLD_STATE_DONE ||
                p->states[kind][i] == GOLD_STATE_FAILED) {
                return true;
            }
        }
    }
    return false;
}

/* Put what a part has into a block of the whole. */
static gold_status add_part(merge *m, part *p, const goldi_block *whole,
                            size_t n_cells)
{
    gold_status status = GOLD_OK;
    goldi_block block = {.start = {0}};
    goldi_page from = {{0}, {NULL}};
    spot at;

    if (!find_block(m, p, whole, &block) || !has_work(p, &block)) {
        return GOLD_OK;
    }
    GOLD_GOTO(goldi_page_init(&from, &p->columns, n_cells));
    GOLD_GOTO(goldi_page_read(&from, &p->columns, p->archive->study, &block));
    for (size_t cell = 0; cell < n_cells; cell++) {
        if (find_spot(m, p, whole, cell, &at)) {
            GOLD_GOTO(take_point(m, p, &from, &at));
        }
    }

done:
    goldi_page_fini(&from);
    return status;
}

/* Fill one block of the new file, whose first point is `first`. */
static gold_status fill_block(merge *m, size_t first, size_t n_cells)
{
    goldi_block block = goldi_block_of_point(m->whole, first);

    for (size_t a = m->n_fixed; a < m->whole->n_axes; a++) {
        block.count[a] = m->whole->axes[a].count;
    }
    memset(m->owner, 0, n_cells * GOLDI_N_KINDS * sizeof *m->owner);
    memset(m->is_shared, 0, n_cells * sizeof *m->is_shared);
    GOLD_TRY(goldi_page_read(&m->into, &m->columns, m->whole, &block));
    for (size_t i = 0; i < m->n_parts; i++) {
        GOLD_TRY(add_part(m, &m->parts[i], &block, n_cells));
    }
    return goldi_page_write(&m->into, &m->columns, m->whole, &block);
}

/* The sessions of all parts. */
static gold_status fill_sessions(const merge *m, hid_t file)
{
    gold_status status = GOLD_OK;
    hid_t *files = NULL;

    GOLD_TRY(GOLD_ALLOC(m->n_parts, &files));
    for (size_t i = 0; i < m->n_parts; i++) {
        files[i] = m->parts[i].archive->file;
    }
    status = goldi_sessions_unite(files, m->n_parts, file);
    gold_free(files);
    return status;
}

/* Fill the new file, whose columns are open. */
static gold_status fill_columns(merge *m)
{
    const size_t n_cells = choose_blocks(m);

    GOLD_TRY(goldi_page_init(&m->into, &m->columns, n_cells));
    GOLD_TRY(GOLD_ALLOC(m->schema.record_length, &m->theirs));
    GOLD_TRY(GOLD_ALLOC(m->schema.record_length, &m->ours));
    GOLD_TRY(GOLD_ALLOC(n_cells * GOLDI_N_KINDS, &m->owner));
    GOLD_TRY(GOLD_ALLOC(n_cells, &m->is_shared));
    for (size_t first = 0; first < m->whole->n_points; first += n_cells) {
        GOLD_TRY(fill_block(m, first, n_cells));
    }
    return GOLD_OK;
}

/* Choose anew what is trained: groups of candidates may lie across parts. Where
 * measurements are missing the run that makes them chooses. */
static gold_status choose(const merge *m)
{
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;

    if (m->schema.count[GOLD_VAR_SELECTED] == 0) {
        return GOLD_OK;
    }
    GOLD_GOTO(GOLD_ALLOC(m->whole->n_points, &states));
    GOLD_GOTO(goldi_states_read(
        &m->columns.at[goldi_work_at(GOLD_TASK_MEASURE, GOLDI_STATUS)],
        m->whole, states));
    if (memchr(states, GOLD_STATE_PENDING, m->whole->n_points) == NULL) {
        GOLD_GOTO(goldi_select(&m->columns, m->whole, &m->schema));
    }

done:
    gold_free(states);
    return status;
}

/* Fill the new file; of a goldi_filling. */
static gold_status fill(hid_t file, void *context)
{
    merge *m = context;
    gold_status status = GOLD_OK;

    GOLD_GOTO(goldi_columns_open(file, m->whole, &m->schema, &m->columns));
    GOLD_GOTO(fill_columns(m));
    GOLD_GOTO(choose(m));
    GOLD_GOTO(fill_sessions(m, file));
    if (m->has_joined_lines) {
        GOLD_GOTO(goldi_h5_set_text(file, GOLD_LINES_JOINED, "yes"));
    }

done:
    goldi_columns_close(&m->columns);
    return status;
}

gold_status gold_merge(gold_output *output, const gold_study *whole,
                       gold_archive *const *parts, size_t n_parts,
                       const gold_provenance *provenance, size_t *n_overlaps)
{
    gold_status status = GOLD_OK;
    merge *m = NULL;
    goldi_filling filling = {fill, NULL};
    goldi_lineage lineage = {{NULL}};
    gold_provenance joined = *provenance;

    goldi_h5_quiet();
    *n_overlaps = 0;
    GOLD_GOTO(GOLD_ALLOC(1, &m));
    filling.context = m;
    m->whole = whole;
    m->n_overlaps = n_overlaps;
    goldi_columns_init(&m->columns);
    GOLD_GOTO(merge_init(m, parts, n_parts));
    GOLD_GOTO(goldi_lineage_init(&lineage, parts, n_parts, &joined));
    GOLD_GOTO(goldi_create(output, whole, &m->schema, &joined, &filling));

done:
    goldi_lineage_fini(&lineage);
    merge_destroy(&m);
    return status;
}
