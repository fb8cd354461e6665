/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <sys/stat.h>

#include "goldilocks/memory.h"

#include "store/h5.h"
#include "store/outcome.h"
#include "store/place.h"
#include "store/store_file.h"
#include "store/utf8.h"

/* Points `first .. first + n - 1` of a task, that fill a block of the grid in
 * the same order. */
typedef struct span {
    size_t first;
    size_t n;
    goldi_block block;
} span;

/* Writes the cells of one run. */
typedef gold_status (*write_fn)(gold_store *store, gold_task_kind kind,
                                const gold_outcome *outcome, const span *run);

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

/* Write with `write` all settled points of a task, in as few blocks as
 * possible. */
static gold_status for_runs(gold_store *store, const gold_task *task,
                            const gold_outcome *outcome, write_fn write)
{
    span run;

    if (task->n_points == 0) {
        return GOLD_OK;
    }
    if (take_line(store->study, task, outcome, &run)) {
        return write(store, task->kind, outcome, &run);
    }
    for (size_t k = 0; take_run(store->study, task, outcome, k, &run);
         k = run.first + run.n) {
        GOLD_TRY(write(store, task->kind, outcome, &run));
    }
    return GOLD_OK;
}

/* Write flags of a run, whose bytes stand in the file. */
static gold_status write_flags(gold_store *store, const gold_outcome *outcome,
                               const span *run, int variable)
{
    const size_t length = store->schema->record_length;
    const double *from = outcome->records + run->first * length +
                         store->schema->offset[variable];
    uint8_t *bytes = store->scratch;

    for (size_t k = 0; k < run->n; k++) {
        bytes[k] = goldi_flags_encode(from[k * length]);
    }
    return goldi_column_write(
        goldi_result_column(&store->columns, (gold_variable)variable),
        store->study, &run->block, bytes);
}

/* Write one variable of a run. */
static gold_status write_variable(gold_store *store,
                                  const gold_outcome *outcome, const span *run,
                                  int variable)
{
    const size_t count = store->schema->count[variable];
    const size_t length = store->schema->record_length;
    const double *from = outcome->records + run->first * length +
                         store->schema->offset[variable];
    double *values = store->scratch;

    for (size_t k = 0; k < run->n; k++) {
        memcpy(values + k * count, from + k * length, count * sizeof *values);
    }
    return goldi_column_write(
        goldi_result_column(&store->columns, (gold_variable)variable),
        store->study, &run->block, values);
}

/* Write the results of a run that tasks of this kind compute. */
static gold_status write_results(gold_store *store, gold_task_kind kind,
                                 const gold_outcome *outcome, const span *run)
{
    gold_status status = GOLD_OK;

    for (int i = 0; i < GOLD_N_VARIABLES && status == GOLD_OK; i++) {
        if (store->schema->count[i] == 0 ||
            gold_variable_task((gold_variable)i) != kind) {
            continue;
        }
        status = goldi_is_flags((gold_variable)i)
                     ? write_flags(store, outcome, run, i)
                     : write_variable(store, outcome, run, i);
    }
    return status;
}

/* Write one value to all cells of a run. */
static gold_status write_same(gold_store *store, gold_task_kind kind,
                              goldi_work work, const span *run,
                              const void *value)
{
    const size_t bytes = goldi_work_bytes(work);
    char *values = store->scratch;

    for (size_t k = 0; k < run->n; k++) {
        memcpy(values + k * bytes, value, bytes);
    }
    return goldi_column_write(goldi_work_column(&store->columns, kind, work),
                              store->study, &run->block, values);
}

/* Write what is known about the work, and the messages, of a run. */
static gold_status write_work(gold_store *store, gold_task_kind kind,
                              const gold_outcome *outcome, const span *run)
{
    const int32_t rank = outcome->rank;
    const int32_t attempts = outcome->attempts;
    char *texts = store->scratch;

    GOLD_TRY(write_same(store, kind, GOLDI_SECONDS, run, &outcome->seconds));
    GOLD_TRY(write_same(store, kind, GOLDI_FLOPS, run, &outcome->flops));
    GOLD_TRY(write_same(store, kind, GOLDI_RANK, run, &rank));
    GOLD_TRY(write_same(store, kind, GOLDI_ATTEMPTS, run, &attempts));
    for (size_t k = 0; k < run->n; k++) {
        goldi_utf8_fill(texts + k * GOLD_MESSAGE_BYTES, GOLD_MESSAGE_BYTES,
                        outcome->verdicts[run->first + k].message);
    }
    return goldi_column_write(
        goldi_work_column(&store->columns, kind, GOLDI_MESSAGE), store->study,
        &run->block, texts);
}

/* Write the states of a run. */
static gold_status write_states(gold_store *store, gold_task_kind kind,
                                const gold_outcome *outcome, const span *run)
{
    uint8_t *states = store->scratch;

    for (size_t k = 0; k < run->n; k++) {
        states[k] = (uint8_t)outcome->verdicts[run->first + k].state;
    }
    return goldi_column_write(
        goldi_work_column(&store->columns, kind, GOLDI_STATUS), store->study,
        &run->block, states);
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
    store->counts.tasks++;
    for (size_t k = 0; k < outcome->n_points; k++) {
        const gold_state state = outcome->verdicts[k].state;

        store->counts.points_done += state == GOLD_STATE_DONE;
        store->counts.points_failed += state == GOLD_STATE_FAILED;
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
     * task's values are written before its first state, and each write is with
     * the system when it returns (h5.c: no sieve buffer). */
    GOLD_GOTO(for_runs(store, task, outcome, write_results));
    GOLD_GOTO(for_runs(store, task, outcome, write_work));
    GOLD_GOTO(for_runs(store, task, outcome, write_states));
    count_points(store, outcome);

done:
    if (status != GOLD_OK) {
        gold_fail_context("%s: task %zu", store->path, task->id);
    }
    return status;
}
