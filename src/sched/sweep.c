/* SPDX-License-Identifier: MIT */
#include "sched/sweep.h"

static const double tick_s = 0.5;

gold_status goldi_sweep_init(goldi_sweep *sweep, const gold_sched_job *job,
                             uint64_t n_workers)
{
    goldi_sweep made = {.job = job, .n_workers = n_workers};

    GOLD_TRY(
        goldi_queue_init(&made.queue, job->tasks, job->costs, job->n_tasks));
    made.start_s = MPI_Wtime();
    made.told_s = made.start_s;
    *sweep = made;
    return GOLD_OK;
}

void goldi_sweep_fini(goldi_sweep *sweep)
{
    goldi_queue_fini(&sweep->queue);
}

static void tell_progress(goldi_sweep *sweep, bool is_last)
{
    const gold_sched_job *job = sweep->job;
    const double now_s = MPI_Wtime();

    sweep->told_s = now_s;
    if (job->progress == NULL) {
        return;
    }
    const gold_sched_progress progress = {
        .n_tasks = sweep->queue.n_tasks,
        .tasks_done = sweep->queue.n_done,
        .tasks_running = sweep->queue.n_running,
        .points_done = sweep->tally.points_done,
        .points_failed = sweep->tally.points_failed,
        .elapsed_s = now_s - sweep->start_s,
        .eta_s = goldi_queue_eta(&sweep->queue, sweep->n_workers, now_s),
        .is_last = is_last};

    job->progress(job->context, &progress);
}

bool goldi_sweep_take(goldi_sweep *sweep, uint64_t *slot)
{
    const gold_sched_job *job = sweep->job;

    if (sweep->status != GOLD_OK || sweep->tally.was_stopped ||
        !goldi_queue_has_waiting(&sweep->queue)) {
        return false;
    }
    if (job->should_stop != NULL && job->should_stop(job->context)) {
        sweep->tally.was_stopped = true;
        return false;
    }
    *slot = goldi_queue_take(&sweep->queue, MPI_Wtime());
    return true;
}

void goldi_sweep_end_task(goldi_sweep *sweep, uint64_t slot, int rank,
                          gold_status status, const gold_sched_report *report)
{
    if (status == GOLD_OK) {
        goldi_queue_finish(&sweep->queue, slot, MPI_Wtime());
        sweep->tally.points_done += report->points_done;
        sweep->tally.points_failed += report->points_failed;
        tell_progress(sweep, false);
        return;
    }
    goldi_queue_drop(&sweep->queue, slot);
    if (sweep->status == GOLD_OK) {
        sweep->status = status;
        sweep->failed_rank = rank;
    }
}

void goldi_sweep_tick(goldi_sweep *sweep)
{
    if (MPI_Wtime() - sweep->told_s >= tick_s) {
        tell_progress(sweep, false);
    }
}

void goldi_sweep_close(goldi_sweep *sweep)
{
    const uint64_t n_tasks = sweep->queue.n_tasks;
    const uint64_t n_left = n_tasks - sweep->queue.n_done;

    GOLD_ASSERT(sweep->queue.n_running == 0);
    sweep->tally.tasks_done = sweep->queue.n_done;
    sweep->tally.tasks_left = n_left;
    tell_progress(sweep, true);
    if (sweep->status == GOLD_OK && sweep->tally.was_stopped) {
        sweep->failed_rank = 0;
        sweep->status =
            gold_fail(GOLD_ERR_STOPPED,
                      "stopped as asked, with %llu of %llu tasks left: the "
                      "same command goes on with them",
                      (unsigned long long)n_left, (unsigned long long)n_tasks);
    }
}
