/* SPDX-License-Identifier: MIT */
#include "app/worklist.h"

#include <math.h>

#include "goldilocks/memory.h"

/* What the file says of all points, by kind of task. */
typedef struct past {
    uint8_t *states[2];
    double *seconds[2];
} past;

/* Kinds of tasks that the study has: measure, and maybe train. */
static int n_kinds(const gold_study *study)
{
    return study->has_train ? 2 : 1;
}

size_t gold_census_count(const gold_census *census, gold_state state)
{
    return census->of[GOLD_TASK_MEASURE].of[state] +
           census->of[GOLD_TASK_TRAIN].of[state];
}

/* True when a task is in the part of the study that a run is about. */
static bool is_in(const gold_part *part, size_t id)
{
    return part->n_shards == 0 ||
           gold_task_shard(id, part->n_shards) + 1 == part->shard;
}

/* Read the states of all points of a kind, and count those of a part. */
static gold_status count_kind(gold_store *store, const gold_study *study,
                              const gold_part *part, gold_task_kind kind,
                              uint8_t *states, gold_census *census)
{
    const size_t n_measure = gold_n_measure_tasks(study);

    GOLD_TRY(gold_store_states(store, kind, states));
    for (size_t p = 0; p < study->n_points; p++) {
        const size_t id = kind == GOLD_TASK_MEASURE
                              ? gold_task_of_point(study, p)
                              : n_measure + p;

        if (is_in(part, id)) {
            census->of[kind].of[states[p]]++;
        }
    }
    return GOLD_OK;
}

gold_status gold_census_take(gold_store *store, const gold_study *study,
                             const gold_part *part, gold_census *census)
{
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;

    *census = (gold_census){0};
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    for (int kind = 0; kind < n_kinds(study); kind++) {
        GOLD_GOTO(count_kind(store, study, part, (gold_task_kind)kind, states,
                             census));
    }

done:
    gold_free(states);
    return status;
}

static gold_status past_read(past *p, gold_store *store,
                             const gold_study *study, const gold_part *part,
                             gold_census *census)
{
    for (int k = 0; k < n_kinds(study); k++) {
        const gold_task_kind kind = (gold_task_kind)k;

        GOLD_TRY(GOLD_ALLOC(study->n_points, &p->states[kind]));
        GOLD_TRY(GOLD_ALLOC(study->n_points, &p->seconds[kind]));
        GOLD_TRY(count_kind(store, study, part, kind, p->states[kind], census));
        GOLD_TRY(gold_store_seconds(store, kind, p->seconds[kind]));
    }
    return GOLD_OK;
}

static void past_fini(past *p)
{
    for (int kind = 0; kind < 2; kind++) {
        gold_free(p->states[kind]);
        gold_free(p->seconds[kind]);
    }
}

/* What is known of one task. */
typedef struct record {
    bool is_open;
    double seconds; /* NaN: it never came to an end */
} record;

static void look_at(record *found, const past *p, gold_task_kind kind,
                    size_t point, bool is_retry_failed)
{
    const uint8_t state = p->states[kind][point];

    found->is_open |= state == GOLD_STATE_PENDING ||
                      (state == GOLD_STATE_FAILED && is_retry_failed);
    if (state == GOLD_STATE_DONE) {
        found->seconds = p->seconds[kind][point];
    }
}

static record find_task(const past *p, const gold_study *study, size_t id,
                        bool is_retry_failed)
{
    const size_t n_measure = gold_n_measure_tasks(study);
    const size_t length = gold_line_length(study);
    record found = {.seconds = (double)NAN};

    if (id >= n_measure) {
        look_at(&found, p, GOLD_TASK_TRAIN, id - n_measure, is_retry_failed);
        return found;
    }
    for (size_t k = 0; k < length; k++) {
        look_at(&found, p, GOLD_TASK_MEASURE, gold_task_point(study, id, k),
                is_retry_failed);
    }
    return found;
}

gold_status gold_worklist_init(gold_worklist *list, gold_store *store,
                               const gold_study *study,
                               const gold_data_shape *shape,
                               const gold_part *part, gold_census *census)
{
    gold_status status = GOLD_OK;
    const size_t n_all = gold_n_tasks(study);
    double flops[2] = {0.0, 0.0};
    double seconds[2] = {0.0, 0.0};
    past p = {{NULL}, {NULL}};

    *list = (gold_worklist){0};
    *census = (gold_census){0};
    GOLD_GOTO(past_read(&p, store, study, part, census));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->tasks));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->costs));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->kinds));
    for (size_t id = 0; id < n_all; id++) {
        const record found = find_task(&p, study, id, part->is_retry_failed);
        const gold_task_kind kind = gold_task_kind_of(study, id);
        const double cost = gold_task_flops(study, id, shape);

        const bool is_later = part->is_measured_only && kind == GOLD_TASK_TRAIN;

        if (found.is_open && is_in(part, id) && !is_later) {
            list->tasks[list->n_tasks] = id;
            list->costs[list->n_tasks] = cost;
            list->kinds[list->n_tasks++] = (uint8_t)kind;
        } else if (found.seconds > 0.0) {
            flops[kind] += cost;
            seconds[kind] += found.seconds;
        }
    }
    for (int kind = 0; kind < 2; kind++) {
        list->rates[kind] = flops[kind] > 0.0 ? seconds[kind] / flops[kind] : 0;
    }

done:
    past_fini(&p);
    return status;
}

void gold_worklist_fini(gold_worklist *list)
{
    gold_free(list->tasks);
    gold_free(list->costs);
    gold_free(list->kinds);
    *list = (gold_worklist){0};
}
