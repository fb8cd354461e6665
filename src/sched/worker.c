/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdio.h>

#include "sched/nap.h"
#include "sched/pulse.h"
#include "sched/roles.h"

/* A worker and what it has to say. */
typedef struct worker {
    MPI_Comm comm;
    const gold_sched_job *job;
    double period_s; /* between signs of life */
    double lease_s;  /* silence of a coordinator that is dead */
    goldi_pulse *pulse;
    goldi_report report;
} worker;

/* Nobody told what to do for so long that nobody will. */
static gold_status orphaned(const worker *w)
{
    return gold_fail(GOLD_ERR_STOPPED,
                     "the coordinating process was silent for %.0f s: it must "
                     "be dead; what is marked done is kept, and the same "
                     "command goes on",
                     w->lease_s);
}

gold_status goldi_run_task(const gold_sched_job *job, goldi_pulse *pulse,
                           uint64_t task, unsigned n_tries,
                           gold_sched_report *report)
{
    goldi_pulse_allow(pulse, true);
    const gold_status status = job->run(job->context, task, n_tries, report);

    goldi_pulse_allow(pulse, false);
    if (status != GOLD_OK || report->was_stopped || job->commit == NULL) {
        return status;
    }
    return job->commit(job->context, task, report);
}

/* Wait for a message of rank 0, showing signs of life. */
static gold_status await(const worker *w, MPI_Request request)
{
    const double began_s = MPI_Wtime();
    double next_s = began_s + w->period_s;
    goldi_nap nap = {0};
    int is_there = 0;

    MPI_Request_get_status(request, &is_there, MPI_STATUS_IGNORE);
    while (!is_there) {
        const double now_s = MPI_Wtime();

        if (now_s > next_s) {
            goldi_pulse_send(w->comm);
            next_s = now_s + w->period_s;
        }
        if (now_s - began_s > w->lease_s) {
            return orphaned(w);
        }
        goldi_nap_rest(&nap);
        MPI_Request_get_status(request, &is_there, MPI_STATUS_IGNORE);
    }
    return GOLD_OK;
}

/* Receive from rank 0. A request that nothing will complete stays as it is:
 * the process is about to end. */
static gold_status receive(const worker *w, int tag, void *bytes, size_t n)
{
    MPI_Request request = MPI_REQUEST_NULL;

    MPI_Irecv(bytes, (int)n, MPI_BYTE, 0, tag, w->comm, &request);
    GOLD_TRY(await(w, request));
    MPI_Wait(&request, MPI_STATUS_IGNORE);
    return GOLD_OK;
}

/* Tell rank 0 what came of the last order, and get the next one. */
static gold_status exchange(const worker *w, goldi_order *order)
{
    MPI_Request sending = MPI_REQUEST_NULL;
    const size_t bytes =
        offsetof(goldi_report, results) +
        (size_t)w->report.n_results * sizeof *w->report.results;

    MPI_Isend(&w->report, (int)bytes, MPI_BYTE, 0, GOLDI_TAG_REPORT, w->comm,
              &sending);
    GOLD_TRY(receive(w, GOLDI_TAG_ORDER, order, sizeof *order));
    while (order->verb == GOLDI_STAY) {
        goldi_pulse_send(w->comm);
        GOLD_TRY(receive(w, GOLDI_TAG_ORDER, order, sizeof *order));
    }
    MPI_Wait(&sending, MPI_STATUS_IGNORE);
    return GOLD_OK;
}

/* Run the tasks of an order, up to one that ends the sweep. */
static void run_batch(worker *w, const goldi_order *order)
{
    gold_status status = GOLD_OK;

    w->report.n_results = 0;
    w->report.message[0] = '\0';
    for (uint64_t i = 0; i < order->n_tasks && status == GOLD_OK; i++) {
        goldi_result *result = &w->report.results[w->report.n_results++];
        const double began = MPI_Wtime();

        *result = (goldi_result){.slot = order->tasks[i].slot};
        status =
            goldi_run_task(w->job, w->pulse, order->tasks[i].task,
                           (unsigned)order->tasks[i].n_tries, &result->report);
        result->seconds = MPI_Wtime() - began;
        result->status = (uint64_t)status;
        if (status == GOLD_ERR_MEMORY) {
            status = GOLD_OK;
        }
    }
    if (status != GOLD_OK) {
        (void)snprintf(w->report.message, sizeof w->report.message, "%s",
                       gold_fail_message());
    }
}

gold_status goldi_work(MPI_Comm comm, const gold_sched_job *job,
                       goldi_pulse *pulse, goldi_ending *ending)
{
    goldi_order order = {0};
    worker w = {.comm = comm,
                .job = job,
                .period_s = goldi_pulse_period(job),
                .pulse = pulse};

    w.lease_s = isfinite(w.period_s) ? job->lease_s : (double)INFINITY;
    GOLD_TRY(exchange(&w, &order));
    while (order.verb == GOLDI_RUN) {
        run_batch(&w, &order);
        GOLD_TRY(exchange(&w, &order));
    }
    MPI_Request leaving = MPI_REQUEST_NULL;

    MPI_Isend(NULL, 0, MPI_BYTE, 0, GOLDI_TAG_LEAVING, comm, &leaving);
    MPI_Request_free(&leaving);
    return receive(&w, GOLDI_TAG_OUTCOME, ending, sizeof *ending);
}
