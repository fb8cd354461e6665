/* SPDX-License-Identifier: MIT */
/* The coordinator alone with workers that are made up: what a task costs it in
 * time and memory, and how many tasks are too short for it.
 *
 *   bench.fleet [TASKS WORKERS]
 *
 * It is the coordinator of the program; what it calls of MPI is here. Its clock
 * goes on while it computes and jumps when it sleeps, so that workers do wait
 * when it is slow. What takes the place of MPI costs about as much as MPI does
 * within one computer. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "goldilocks/memory.h"

#include "sched/members.h"

static const double latency_s = 2e-6; /* of a message */
static const double lease_s = 60.0;
static const double spread = 100.0; /* of the costs of tasks */

/* What a worker will say next: a report, a sign of life, or good-bye. */
typedef struct event {
    double time_s;
    int worker;
    int tag;
} event;

/* What a worker works on; NULL: nothing. */
typedef struct desk {
    const goldi_order *order;
} desk;

/* All workers. */
static struct fleet {
    int n;
    event *heap; /* [2 n + 1] the first event is the next */
    size_t n_events;
    desk *desks;         /* [n + 1] */
    double *took_s;      /* [n_tasks] by id */
    double began_s;      /* of the real clock */
    double skipped_s;    /* that the coordinator slept */
    double worked_s;     /* of all workers */
    uint64_t n_messages; /* to the coordinator */
} fleet;

static double real_s(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void swap(size_t a, size_t b)
{
    const event kept = fleet.heap[a];

    fleet.heap[a] = fleet.heap[b];
    fleet.heap[b] = kept;
}

static void add_event(double time_s, int worker, int tag)
{
    size_t i = fleet.n_events++;

    fleet.heap[i] = (event){time_s, worker, tag};
    while (i > 0 && fleet.heap[i].time_s < fleet.heap[(i - 1) / 2].time_s) {
        swap(i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static event take_event(void)
{
    const event first = fleet.heap[0];
    size_t i = 0;

    fleet.heap[0] = fleet.heap[--fleet.n_events];
    for (;;) {
        size_t least = i;

        for (size_t child = 2 * i + 1;
             child <= 2 * i + 2 && child < fleet.n_events; child++) {
            least = fleet.heap[child].time_s < fleet.heap[least].time_s ? child
                                                                        : least;
        }
        if (least == i) {
            return first;
        }
        swap(i, least);
        i = least;
    }
}

/* A worker got an order: when will it say what? */
static void obey(int worker, const goldi_order *order)
{
    double busy_s = latency_s;

    if (order->verb == GOLDI_LEAVE) {
        add_event(MPI_Wtime() + latency_s, worker, GOLDI_TAG_LEAVING);
        return;
    }
    for (uint64_t i = 0; i < order->n_tasks; i++) {
        busy_s += fleet.took_s[order->tasks[i].task];
    }
    if (order->verb == GOLDI_RUN) {
        fleet.desks[worker].order = order;
        fleet.worked_s += busy_s - latency_s;
        add_event(MPI_Wtime() + busy_s + latency_s, worker, GOLDI_TAG_REPORT);
    }
}

static void write_report(int worker, goldi_report *report)
{
    const goldi_order *order = fleet.desks[worker].order;

    report->message[0] = '\0';
    report->n_results = order == NULL ? 0 : order->n_tasks;
    for (uint64_t i = 0; i < report->n_results; i++) {
        report->results[i] =
            (goldi_result){.slot = order->tasks[i].slot,
                           .seconds = fleet.took_s[order->tasks[i].task],
                           .report = {.points_done = 1}};
    }
    fleet.desks[worker].order = NULL;
}

/* What follows takes the place of MPI and of sleep. */

double MPI_Wtime(void)
{
    return real_s() - fleet.began_s + fleet.skipped_s;
}

/* The names in the header are reserved ones. */
/* NOLINTNEXTLINE(readability-inconsistent-declaration-parameter-name) */
int nanosleep(const struct timespec *pause, struct timespec *left)
{
    (void)left;
    fleet.skipped_s += (double)pause->tv_sec + 1e-9 * (double)pause->tv_nsec;
    return 0;
}

int MPI_Query_thread(int *level)
{
    *level = MPI_THREAD_SERIALIZED;
    return MPI_SUCCESS;
}

int MPI_Comm_size(MPI_Comm comm, int *size)
{
    (void)comm;
    *size = fleet.n + 1;
    return MPI_SUCCESS;
}

int MPI_Iprobe(int source, int tag, MPI_Comm comm, int *is_there,
               MPI_Status *status)
{
    (void)source;
    (void)tag;
    (void)comm;
    *is_there = fleet.n_events > 0 && fleet.heap[0].time_s <= MPI_Wtime();
    if (*is_there) {
        status->MPI_SOURCE = fleet.heap[0].worker;
        status->MPI_TAG = fleet.heap[0].tag;
    }
    return MPI_SUCCESS;
}

/* Of the event that was just probed. */
int MPI_Recv(void *bytes, int n, MPI_Datatype type, int source, int tag,
             MPI_Comm comm, MPI_Status *status)
{
    const event heard = take_event();

    (void)n;
    (void)type;
    (void)source;
    (void)comm;
    (void)status;
    fleet.n_messages++;
    if (tag == GOLDI_TAG_REPORT) {
        write_report(heard.worker, bytes);
    } else if (tag == GOLDI_TAG_PULSE) {
        add_event(heard.time_s + lease_s / 8.0, heard.worker, GOLDI_TAG_PULSE);
    }
    return MPI_SUCCESS;
}

int MPI_Isend(const void *bytes, int n, MPI_Datatype type, int worker, int tag,
              MPI_Comm comm, MPI_Request *request)
{
    (void)n;
    (void)type;
    (void)comm;
    *request = MPI_REQUEST_NULL;
    if (tag == GOLDI_TAG_ORDER) {
        obey(worker, bytes);
    }
    return MPI_SUCCESS;
}

int MPI_Test(MPI_Request *request, int *is_over, MPI_Status *status)
{
    (void)request;
    (void)status;
    *is_over = 1;
    return MPI_SUCCESS;
}

int MPI_Wait(MPI_Request *request, MPI_Status *status)
{
    (void)request;
    (void)status;
    return MPI_SUCCESS;
}

static double peak_mib(void)
{
    struct rusage used;

    (void)getrusage(RUSAGE_SELF, &used);
    return (double)used.ru_maxrss / 1024.0;
}

/* Costs spread evenly over the logarithm, in a fixed disorder; the mean is 1.
 */
static void make_costs(uint64_t n_tasks, uint64_t *tasks, double *costs)
{
    double sum = 0.0;

    for (uint64_t i = 0; i < n_tasks; i++) {
        const double part = fmod((double)i * 0.6180339887498949, 1.0);

        tasks[i] = i;
        costs[i] = pow(spread, part);
        sum += costs[i];
    }
    for (uint64_t i = 0; i < n_tasks; i++) {
        costs[i] *= (double)n_tasks / sum;
    }
}

static void begin(double mean_s, uint64_t n_tasks, const double *costs)
{
    fleet.n_events = 0;
    fleet.skipped_s = 0.0;
    fleet.worked_s = 0.0;
    fleet.n_messages = 0;
    fleet.began_s = real_s();
    for (uint64_t i = 0; i < n_tasks; i++) {
        fleet.took_s[i] = mean_s * costs[i];
    }
    for (int worker = 1; worker <= fleet.n; worker++) {
        fleet.desks[worker].order = NULL;
        add_event(latency_s, worker, GOLDI_TAG_REPORT);
        add_event(lease_s / 8.0 * worker / fleet.n, worker, GOLDI_TAG_PULSE);
    }
}

static void progress(void *context, const gold_sched_progress *state)
{
    (void)context;
    (void)state;
}

/* One sweep with tasks of so many seconds; false: it went wrong. */
static bool sweep(double mean_s, const gold_sched_job *job,
                  goldi_member *members)
{
    goldi_sweep state = {0};
    goldi_ending ending = {0};

    memset(members, 0, ((size_t)fleet.n + 1) * sizeof *members);
    begin(mean_s, job->n_tasks, job->costs);
    const double before_s = real_s();

    if (goldi_sweep_init(&state, job, (uint64_t)fleet.n) != GOLD_OK) {
        return false;
    }
    const double ready_s = real_s();

    goldi_coordinate(MPI_COMM_WORLD, &state, members, &ending);
    const double busy_s = real_s() - ready_s;
    const double end_s = MPI_Wtime();
    const double n = (double)job->n_tasks;

    (void)printf("| %g s | %.2f | %.1f | %.2f | %.0f %% | %.0f %% | %.1f |\n",
                 mean_s, ready_s - before_s, end_s, 1e6 * busy_s / n,
                 100.0 * fleet.worked_s / end_s / fleet.n,
                 100.0 * busy_s / end_s, n / (double)fleet.n_messages);
    goldi_sweep_fini(&state);
    return ending.status == GOLD_OK && ending.tally.n_lost == 0 &&
           ending.tally.tasks_done == job->n_tasks;
}

static bool sweep_all(const gold_sched_job *job, goldi_member *members)
{
    static const double means_s[] = {10.0, 1.0, 0.1, 0.01, 0.001, 0.0001};
    bool is_good = true;

    (void)printf("\n| a task takes | sorting, s | sweep, s | coordinator, us a "
                 "task | workers busy | coordinator busy | tasks a message "
                 "|\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n");
    for (size_t i = 0; i < sizeof means_s / sizeof *means_s; i++) {
        is_good = sweep(means_s[i], job, members) && is_good;
    }
    return is_good;
}

int main(int argc, char **argv)
{
    const uint64_t n_tasks =
        argc > 2 ? strtoull(argv[1], NULL, 10) : UINT64_C(1000000);
    const double before_mib = peak_mib();
    uint64_t *tasks = NULL;
    double *costs = NULL;
    goldi_member *members = NULL;

    fleet.n = argc > 2 ? (int)strtol(argv[2], NULL, 10) : 10000;
    const size_t n_ranks = (size_t)fleet.n + 1;

    if (GOLD_ALLOC(n_tasks, &tasks) != GOLD_OK ||
        GOLD_ALLOC(n_tasks, &costs) != GOLD_OK ||
        GOLD_ALLOC(n_tasks, &fleet.took_s) != GOLD_OK ||
        GOLD_ALLOC(n_ranks, &fleet.desks) != GOLD_OK ||
        GOLD_ALLOC(2 * n_ranks, &fleet.heap) != GOLD_OK ||
        GOLD_ALLOC(n_ranks, &members) != GOLD_OK) {
        return 1;
    }
    make_costs(n_tasks, tasks, costs);
    const gold_sched_job job = {.tasks = tasks,
                                .costs = costs,
                                .n_tasks = n_tasks,
                                .lease_s = lease_s,
                                .n_attempts = 3,
                                .progress = progress};

    (void)printf("%llu tasks whose costs differ 100-fold, %d workers\n",
                 (unsigned long long)n_tasks, fleet.n);
    (void)printf("memory: %zu bytes a task, %zu a worker\n",
                 sizeof *tasks + sizeof *costs + sizeof(goldi_slot) +
                     sizeof(uint64_t),
                 sizeof *members);
    const bool is_good = sweep_all(&job, members);

    (void)printf("\nLargest resident memory: %.0f MiB, of which %.0f MiB are "
                 "not the coordinator's\n",
                 peak_mib(),
                 before_mib + ((double)n_tasks * sizeof *fleet.took_s +
                               (double)n_ranks * (sizeof *fleet.desks +
                                                  2.0 * sizeof(event))) /
                                  1048576.0);
    gold_free(members);
    gold_free(fleet.heap);
    gold_free(fleet.desks);
    gold_free(fleet.took_s);
    gold_free(costs);
    gold_free(tasks);
    return is_good ? 0 : 1;
}
