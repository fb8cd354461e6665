/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "goldilocks/memory.h"

#include "base/utf8.h"
#include "store/h5.h"
#include "store/place.h"
#include "store/store_file.h"

/* Points `first .. first + n - 1` of a task, that fill a block of the grid in
 * the same order. */
typedef struct span {
    size_t first;
    size_t n;
    goldi_block block;
} span;

static bool is_settled(const gold_outcome *outcome, size_t k)
{
    return outcome->verdicts[k].state != GOLD_STATE_PENDING;
}

/* The task as one block, when all of its line is there and settled. */
static bool take_line(const gold_study *study, const gold_task *task,
                      const gold_outcome *outcome, span *run)
{
    if (task->n_points != gold_line_length(study)) {
        return false;
    }
    for (size_t k = 0; k < task->n_points; k++) {
        if (!is_settled(outcome, k)) {
            return false;
        }
    }
    run->first = 0;
    run->n = task->n_points;
    run->block = goldi_block_of_point(study, task->points[0]);
    for (size_t i = 0; i < study->n_axes; i++) {
        if (study->axes[i].is_line) {
            run->block.start[i] = 0;
            run->block.count[i] = study->axes[i].count;
        }
    }
    return true;
}

/* The next neighbours along the last axis from point `k` of the task on;
 * false: no more. */
static bool take_run(const gold_study *study, const gold_task *task,
                     const gold_outcome *outcome, size_t k, span *run)
{
    const size_t last = study->n_axes - 1;
    const size_t row = study->axes[last].count;
    size_t end = 0;

    while (k < task->n_points && !is_settled(outcome, k)) {
        k++;
    }
    if (k == task->n_points) {
        return false;
    }
    end = k + 1;
    while (end < task->n_points && is_settled(outcome, end) &&
           task->points[end] == task->points[end - 1] + 1 &&
           task->points[end] % row != 0) {
        end++;
    }
    run->first = k;
    run->n = end - k;
    run->block = goldi_block_of_point(study, task->points[k]);
    run->block.count[last] = run->n;
    return true;
}

/* What is kept about the work on one point of an outcome. */
static void put_work(const gold_outcome *outcome, size_t k, goldi_work work,
                     char *cell, size_t bytes)
{
    const gold_verdict *verdict = &outcome->verdicts[k];
    const int32_t rank = outcome->rank;
    const int32_t attempts = outcome->attempts;
    const uint8_t state = (uint8_t)verdict->state;
    const void *const values[GOLDI_N_WORK] = {
        [GOLDI_SECONDS] = &outcome->seconds,
        [GOLDI_FLOPS] = &outcome->flops,
        [GOLDI_RANK] = &rank,
        [GOLDI_ATTEMPTS] = &attempts,
        [GOLDI_STATUS] = &state,
        [GOLDI_MESSAGE] = verdict->message,
    };

    GOLD_ASSERT(work < GOLDI_N_WORK);
    if (work == GOLDI_MESSAGE) {
        gold_utf8_fill(cell, bytes, verdict->message);
    } else {
        memcpy(cell, values[work], bytes);
    }
}

/* Write the cells of a run in one column. */
static gold_status write_run(gold_store *store, size_t at, goldi_work work,
                             const gold_outcome *outcome, const span *run)
{
    const goldi_column *column = &store->columns.at[at];
    const gold_schema *schema = store->schema;
    char *cell = store->scratch;

    for (size_t k = run->first; k < run->first + run->n; k++) {
        if (goldi_column_is_result(at)) {
            goldi_result_encode(at,
                                outcome->records + k * schema->record_length +
                                    schema->offset[at],
                                schema->count[at], cell);
        } else {
            put_work(outcome, k, work, cell, column->cell_bytes);
        }
        cell += column->cell_bytes;
    }
    return goldi_column_write(column, store->study, &run->block,
                              store->scratch);
}

/* Write all settled points of a task in one column, in as few blocks as
 * possible. */
static gold_status write_column(gold_store *store, size_t at, goldi_work work,
                                const gold_task *task,
                                const gold_outcome *outcome)
{
    span run;

    if (store->columns.at[at].dataset < 0 || task->n_points == 0) {
        return GOLD_OK;
    }
    if (take_line(store->study, task, outcome, &run)) {
        return write_run(store, at, work, outcome, &run);
    }
    for (size_t k = 0; take_run(store->study, task, outcome, k, &run);
         k = run.first + run.n) {
        GOLD_TRY(write_run(store, at, work, outcome, &run));
    }
    return GOLD_OK;
}

/* What is written into a file without a name is lost: better stop now. */
static gold_status check_not_removed(const gold_store *store)
{
    struct stat about;

    if (fstat(store->descriptor, &about) == 0 && about.st_nlink == 0) {
        return gold_fail(GOLD_ERR_IO, "the file was removed or replaced while "
                                      "this run wrote into it");
    }
    if (!goldi_place_is_whole(store->descriptor)) {
        return gold_fail(GOLD_ERR_IO, "another program emptied the file while "
                                      "this run wrote into it");
    }
    return GOLD_OK;
}

static void count_points(gold_store *store, const gold_outcome *outcome)
{
    store->n_tasks++;
    for (size_t k = 0; k < outcome->n_points; k++) {
        const gold_state state = outcome->verdicts[k].state;

        store->n_done += state == GOLD_STATE_DONE;
        store->n_failed += state == GOLD_STATE_FAILED;
    }
}

gold_status gold_store_commit(gold_store *store, const gold_task *task,
                              const gold_outcome *outcome)
{
    gold_status status = GOLD_OK;

    GOLD_ASSERT(task->n_points == outcome->n_points);
    GOLD_ASSERT((int)task->kind < goldi_n_kinds(store->study));
    goldi_h5_quiet();
    GOLD_GOTO(check_not_removed(store));
    /* Values, then states: whoever stops in between leaves points that are to
     * be done, never points that are marked and hold nothing. So all of the
     * task's values are written before its first state, the last of the columns
     * of a kind, and each write is with the system when it returns (h5.c: no
     * sieve buffer). */
    for (size_t i = 0; i < (size_t)GOLD_N_VARIABLES; i++) {
        if (goldi_column_kind(i) == task->kind) {
            GOLD_GOTO(write_column(store, i, GOLDI_N_WORK, task, outcome));
        }
    }
    for (int i = 0; i < GOLDI_N_WORK; i++) {
        const goldi_work work = (goldi_work)i;

        GOLD_GOTO(write_column(store, goldi_work_at(task->kind, work), work,
                               task, outcome));
    }
    count_points(store, outcome);

done:
    return gold_fail_context(status, "%s: task %zu", store->path, task->id);
}
