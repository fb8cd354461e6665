/* SPDX-License-Identifier: MIT */
#include <math.h>

#include "sched/members.h"
#include "sched/nap.h"
#include "sched/roles.h"

/* Rank 0 at work. */
typedef struct coordinator {
    MPI_Comm comm;
    goldi_sweep *sweep;
    int size;
    goldi_member *members; /* [size] by rank; that of rank 0 is unused */
    double period_s;       /* of signs of life */
    double lease_s;
    double checked_s; /* when everybody's silence was looked at last */
    bool is_ending;   /* whoever comes back is sent home */
    uint64_t n_left;  /* who went */
    goldi_report report;
} coordinator;

/* Did what was sent last reach its worker? Only then its order may change. */
static bool is_reachable(goldi_member *member)
{
    int is_over = 0;

    MPI_Test(&member->sending, &is_over, MPI_STATUS_IGNORE);
    return is_over != 0;
}

/* Send a worker its order, and wait for nothing: it may be dead. */
static void send_order(const coordinator *c, int worker)
{
    goldi_member *member = &c->members[worker];
    const size_t bytes =
        offsetof(goldi_order, tasks) +
        (size_t)member->order.n_tasks * sizeof *member->order.tasks;

    MPI_Isend(&member->order, (int)bytes, MPI_BYTE, worker, GOLDI_TAG_ORDER,
              c->comm, &member->sending);
}

/* Order a worker that can be reached to do something without tasks. */
static void command(const coordinator *c, int worker, goldi_verb verb)
{
    goldi_member *member = &c->members[worker];

    member->order.verb = verb;
    member->order.n_tasks = 0;
    send_order(c, worker);
}

/* Give an idle worker something to do, if there is anything; one that cannot
 * be reached yet stays idle until everybody is looked at. */
static void feed(coordinator *c, int worker)
{
    goldi_member *member = &c->members[worker];

    if (!is_reachable(member)) {
        return;
    }
    if (c->is_ending) {
        member->is_idle = false;
        command(c, worker, GOLDI_LEAVE);
    } else if (goldi_member_feed(member, c->sweep, worker, MPI_Wtime())) {
        send_order(c, worker);
    }
}

/* A worker that was taken for dead is not. */
static void welcome(coordinator *c, goldi_member *member)
{
    if (member->is_lost) {
        member->is_lost = false;
        c->sweep->n_workers++;
    }
}

/* Take in a worker's report, and answer it. */
static void hear_report(coordinator *c, int worker)
{
    const goldi_report *report = &c->report;
    goldi_member *member = &c->members[worker];

    for (uint64_t i = 0; i < report->n_results; i++) {
        const goldi_result *result = &report->results[i];

        goldi_sweep_end_task(c->sweep, result->slot, result->seconds,
                             (gold_status)result->status, report->message,
                             &result->report);
    }
    goldi_member_release(member, c->sweep, worker);
    member->is_idle = true;
    feed(c, worker);
}

/* Receive what somebody said, if anybody did. */
static bool hear(coordinator *c)
{
    MPI_Status sender = {0};
    int is_there = 0;

    MPI_Iprobe(MPI_ANY_SOURCE, MPI_ANY_TAG, c->comm, &is_there, &sender);
    if (!is_there) {
        return false;
    }
    const int worker = sender.MPI_SOURCE;
    goldi_member *member = &c->members[worker];

    MPI_Recv(&c->report, (int)sizeof c->report, MPI_BYTE, worker,
             sender.MPI_TAG, c->comm, MPI_STATUS_IGNORE);
    member->heard_s = MPI_Wtime();
    welcome(c, member);
    if (sender.MPI_TAG == GOLDI_TAG_REPORT) {
        hear_report(c, worker);
    } else if (sender.MPI_TAG == GOLDI_TAG_LEAVING) {
        c->n_left += member->has_left ? 0 : 1;
        member->has_left = true;
    }
    return true;
}

/* A worker was silent for too long: others do what it held. */
static void lose(coordinator *c, int worker, double silence_s)
{
    const gold_sched_job *job = c->sweep->job;
    goldi_member *member = &c->members[worker];

    member->is_lost = true;
    c->sweep->n_workers--;
    if (job->say_lost != NULL) {
        job->say_lost(job->context, worker, silence_s, member->n_tasks);
    }
    goldi_member_release(member, c->sweep, worker);
}

static void complain(coordinator *c, goldi_member *member)
{
    const gold_sched_job *job = c->sweep->job;
    const gold_sched_trouble trouble =
        goldi_sweep_trouble(c->sweep, member->order.tasks[0].slot);

    member->was_late = true;
    if (job->say_late != NULL) {
        job->say_late(job->context, &trouble);
    }
}

/* Look at one worker: is it silent, late, or idle though there is work? Idle
 * ones are told that we live. */
static void check(coordinator *c, int worker, double now_s)
{
    goldi_member *member = &c->members[worker];

    if (member->is_lost) {
        return;
    }
    if (now_s - member->heard_s > c->lease_s) {
        lose(c, worker, now_s - member->heard_s);
    } else if (member->is_idle && goldi_sweep_has_more(c->sweep)) {
        feed(c, worker);
    } else if (member->is_idle && isfinite(c->lease_s) &&
               is_reachable(member)) {
        command(c, worker, GOLDI_STAY);
    } else if (goldi_member_is_late(member, now_s)) {
        complain(c, member);
    }
}

/* Now and then, look at everybody. What just came in is heard first: it was us
 * who were slow. */
static void check_all(coordinator *c)
{
    const double now_s = MPI_Wtime();
    const double period_s = fmin(c->period_s, 0.5);

    if (now_s - c->checked_s < period_s) {
        return;
    }
    /* We slept for long, not they. */
    if (now_s - c->checked_s > 0.5 * c->lease_s) {
        for (int worker = 1; worker < c->size; worker++) {
            c->members[worker].heard_s += now_s - c->checked_s;
        }
    }
    c->checked_s = now_s;
    for (int worker = 1; worker < c->size; worker++) {
        check(c, worker, now_s);
    }
}

/* Listen for a while: until nobody said anything. */
static void listen(coordinator *c, goldi_nap *nap)
{
    if (hear(c)) {
        *nap = (goldi_nap){0};
        return;
    }
    goldi_sweep_tick(c->sweep);
    check_all(c);
    goldi_nap_rest(nap);
}

/* Nobody runs anything that counts, and nobody will. */
static bool is_over(const coordinator *c)
{
    return c->sweep->queue.n_running == 0 &&
           (c->sweep->n_workers == 0 || !goldi_sweep_has_more(c->sweep));
}

static void feed_idle(coordinator *c)
{
    for (int worker = 1; worker < c->size; worker++) {
        if (c->members[worker].is_idle && !c->members[worker].is_lost) {
            feed(c, worker);
        }
    }
}

/* Find out who lives: those leave together. */
static void dismiss(coordinator *c)
{
    const double began_s = MPI_Wtime();
    goldi_nap nap = {0};

    c->is_ending = true;
    feed_idle(c);
    while (c->n_left < c->sweep->n_workers &&
           MPI_Wtime() - began_s <= c->lease_s) {
        if (!hear(c)) {
            feed_idle(c);
            goldi_nap_rest(&nap);
        }
    }
    for (int worker = 1; worker < c->size; worker++) {
        c->sweep->tally.n_lost += c->members[worker].has_left ? 0 : 1;
    }
}

/* Has everybody who left got what was sent last? */
static bool has_sent(const coordinator *c)
{
    for (int worker = 1; worker < c->size; worker++) {
        goldi_member *member = &c->members[worker];

        if (member->has_left && !is_reachable(member)) {
            return false;
        }
    }
    return true;
}

/* Tell those who left how it ended. One that dies now is not waited for. */
static void send_ending(const coordinator *c, const goldi_ending *ending)
{
    const double began_s = MPI_Wtime();
    goldi_nap nap = {0};

    for (int worker = 1; worker < c->size; worker++) {
        if (c->members[worker].has_left) {
            MPI_Wait(&c->members[worker].sending, MPI_STATUS_IGNORE);
            MPI_Isend(ending, (int)sizeof *ending, MPI_BYTE, worker,
                      GOLDI_TAG_OUTCOME, c->comm, &c->members[worker].sending);
        }
    }
    while (!has_sent(c) && MPI_Wtime() - began_s <= c->lease_s) {
        goldi_nap_rest(&nap);
    }
}

void goldi_coordinate(MPI_Comm comm, goldi_sweep *sweep, goldi_member *members,
                      goldi_ending *ending)
{
    goldi_nap nap = {0};
    coordinator c = {.comm = comm,
                     .sweep = sweep,
                     .members = members,
                     .period_s = goldi_pulse_period(sweep->job),
                     .checked_s = MPI_Wtime()};

    MPI_Comm_size(comm, &c.size);
    c.lease_s = isfinite(c.period_s) ? sweep->job->lease_s : (double)INFINITY;
    for (int worker = 1; worker < c.size; worker++) {
        members[worker].heard_s = c.checked_s;
        members[worker].sending = MPI_REQUEST_NULL;
    }
    while (!is_over(&c)) {
        listen(&c, &nap);
    }
    dismiss(&c);
    goldi_sweep_close(sweep);
    *ending = goldi_ending_of(sweep);
    send_ending(&c, ending);
}
