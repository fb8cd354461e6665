/* SPDX-License-Identifier: MIT */
#include "sched/sweep.h"

#include <math.h>
#include <stdio.h>

static const double tick_s = 0.5;
static const double forecast_period_s =
    0.2; /* looking at who runs takes a millisecond */

gold_status goldi_sweep_init(goldi_sweep *sweep, const gold_sched_job *job,
                             uint64_t n_workers)
{
    *sweep = (goldi_sweep){.job = job, .n_workers = n_workers};
    GOLD_TRY(goldi_queue_init(&sweep->queue, job->tasks, job->costs, job->kinds,
                              job->n_tasks));
    for (unsigned kind = 0; kind < GOLD_SCHED_KINDS; kind++) {
        goldi_queue_expect(&sweep->queue, kind, job->rates[kind]);
    }
    sweep->start_s = MPI_Wtime();
    sweep->told_s = sweep->start_s;
    sweep->forecast_s = -(double)INFINITY;
    return GOLD_OK;
}

void goldi_sweep_fini(goldi_sweep *sweep)
{
    goldi_queue_fini(&sweep->queue);
}

/* The last forecast as it looks now, or a new one. */
static goldi_forecast look_ahead(goldi_sweep *sweep, double now_s, bool is_last)
{
    const double age_s = now_s - sweep->forecast_s;
    goldi_forecast seen = sweep->forecast;

    if (is_last || !(age_s < forecast_period_s)) {
        seen = goldi_forecast_make(&sweep->queue, sweep->n_workers, now_s);
        sweep->forecast = seen;
        sweep->forecast_s = now_s;
    } else if (!isnan(seen.eta_s)) {
        seen.eta_s = fmax(0.0, seen.eta_s - age_s);
        seen.earliest_s = fmax(0.0, seen.earliest_s - age_s);
        seen.latest_s = fmax(0.0, seen.latest_s - age_s);
    }
    return seen;
}

static void tell_progress(goldi_sweep *sweep, bool is_last)
{
    const gold_sched_job *job = sweep->job;
    const double now_s = MPI_Wtime();

    sweep->told_s = now_s;
    if (job->progress == NULL) {
        return;
    }
    const goldi_forecast forecast = look_ahead(sweep, now_s, is_last);
    const gold_sched_progress progress = {
        .n_tasks = sweep->queue.n_tasks,
        .tasks_done = sweep->queue.n_done,
        .tasks_running = sweep->queue.n_running,
        .points_done = sweep->tally.points_done,
        .points_failed = sweep->tally.points_failed,
        .elapsed_s = now_s - sweep->start_s,
        .eta_s = forecast.eta_s,
        .earliest_s = forecast.earliest_s,
        .latest_s = forecast.latest_s,
        .is_last = is_last};

    job->progress(job->context, &progress);
}

bool goldi_sweep_has_more(const goldi_sweep *sweep)
{
    return sweep->status == GOLD_OK && !sweep->tally.was_stopped &&
           goldi_queue_has_waiting(&sweep->queue);
}

/* Would the next task end in time, as far as anybody knows? One that may pause
 * need not. */
static bool is_in_time(goldi_sweep *sweep)
{
    const gold_sched_job *job = sweep->job;
    const uint64_t slot = goldi_queue_peek(&sweep->queue);
    const unsigned kind = sweep->queue.slots[slot].kind;

    if (job->time_left == NULL || job->may_pause[kind]) {
        return true;
    }
    const double predicted_s = goldi_queue_predict(&sweep->queue, slot);
    const double slack = 1.0 + goldi_queue_spread(&sweep->queue, kind);

    return !(predicted_s * slack > job->time_left(job->context));
}

bool goldi_sweep_take(goldi_sweep *sweep, int worker, uint64_t *slot)
{
    const gold_sched_job *job = sweep->job;

    if (!goldi_sweep_has_more(sweep)) {
        return false;
    }
    if (job->should_stop != NULL && job->should_stop(job->context)) {
        sweep->tally.was_stopped = true;
        return false;
    }
    while (goldi_queue_has_waiting(&sweep->queue) && !is_in_time(sweep)) {
        goldi_queue_skip(&sweep->queue);
    }
    if (!goldi_queue_has_waiting(&sweep->queue)) {
        sweep->tally.was_stopped = true;
        return false;
    }
    *slot = goldi_queue_take(&sweep->queue, worker, MPI_Wtime());
    return true;
}

/* The first failure ends the sweep. */
static void fail(goldi_sweep *sweep, gold_status status, const char *message)
{
    if (sweep->status == GOLD_OK) {
        sweep->status = status;
        (void)snprintf(sweep->message, sizeof sweep->message, "%s", message);
    }
}

void goldi_sweep_end_task(goldi_sweep *sweep, uint64_t slot, double seconds,
                          gold_status status, const char *message,
                          const gold_sched_report *report)
{
    if (status == GOLD_ERR_MEMORY) {
        goldi_sweep_return_task(sweep, slot);
    } else if (status != GOLD_OK) {
        goldi_queue_drop(&sweep->queue, slot);
        fail(sweep, status, message);
    } else if (report->was_stopped) {
        goldi_queue_drop(&sweep->queue, slot);
        sweep->tally.was_stopped = true;
    } else if (goldi_queue_finish(&sweep->queue, slot, seconds)) {
        sweep->tally.points_done += report->points_done;
        sweep->tally.points_failed += report->points_failed;
        tell_progress(sweep, false);
    }
}

gold_sched_trouble goldi_sweep_trouble(const goldi_sweep *sweep, uint64_t slot)
{
    const goldi_slot *s = &sweep->queue.slots[slot];

    return (gold_sched_trouble){.task = s->task,
                                .rank = s->worker,
                                .n_tries = s->n_tries,
                                .seconds = MPI_Wtime() - s->start_s,
                                .predicted_s = s->predicted_s};
}

/* Mark a task as failed that nobody survives. */
static void give_up(goldi_sweep *sweep, uint64_t slot)
{
    const gold_sched_job *job = sweep->job;
    const gold_sched_trouble trouble = goldi_sweep_trouble(sweep, slot);
    gold_sched_report report = {0};

    if (job->give_up == NULL) {
        goldi_queue_drop(&sweep->queue, slot);
        fail(sweep, GOLD_ERR_MEMORY, "a task is more than its workers survive");
        return;
    }
    const gold_status status = job->give_up(job->context, &trouble, &report);

    goldi_sweep_end_task(sweep, slot, trouble.seconds,
                         status == GOLD_ERR_MEMORY ? GOLD_ERR_IO : status,
                         gold_fail_message(), &report);
}

void goldi_sweep_return_task(goldi_sweep *sweep, uint64_t slot)
{
    const goldi_slot *returned = &sweep->queue.slots[slot];

    if (returned->state != GOLDI_SLOT_RUNNING) {
        return;
    }
    if (returned->n_tries >= sweep->job->n_attempts) {
        give_up(sweep, slot);
    } else {
        goldi_queue_return(&sweep->queue, slot);
    }
}

void goldi_sweep_tick(goldi_sweep *sweep)
{
    if (MPI_Wtime() - sweep->told_s >= tick_s) {
        tell_progress(sweep, false);
    }
}

/* Work is left though nothing failed. */
static void stop(goldi_sweep *sweep, uint64_t n_left)
{
    char text[200];

    (void)snprintf(
        text, sizeof text,
        "%s, with %llu of %llu tasks to do: the same command goes "
        "on with them",
        sweep->tally.was_stopped ? "stopped as asked" : "no worker is left",
        (unsigned long long)n_left, (unsigned long long)sweep->queue.n_tasks);
    fail(sweep, GOLD_ERR_STOPPED, text);
}

void goldi_sweep_close(goldi_sweep *sweep)
{
    const uint64_t n_left = sweep->queue.n_tasks - sweep->queue.n_done;

    GOLD_ASSERT(sweep->queue.n_running == 0);
    sweep->tally.tasks_done = sweep->queue.n_done;
    sweep->tally.tasks_left = n_left;
    sweep->tally.errors = goldi_forecast_errors(&sweep->queue);
    tell_progress(sweep, true);
    if (n_left > 0) {
        stop(sweep, n_left);
    }
}
