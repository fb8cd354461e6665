/* SPDX-License-Identifier: MIT */
#include "app/worklist.h"

#include <math.h>

#include "goldilocks/memory.h"

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

/* What is known of all tasks, `past` [gold_n_tasks]; and the census. */
static gold_status read_past(gold_store *store, const gold_study *study,
                             const gold_part *part, gold_census *census,
                             goldi_past *past)
{
    gold_status status = GOLD_OK;
    uint8_t *states = NULL;
    double *seconds = NULL;

    GOLD_GOTO(GOLD_ALLOC(study->n_points, &states));
    GOLD_GOTO(GOLD_ALLOC(study->n_points, &seconds));
    for (int k = 0; k < n_kinds(study); k++) {
        const gold_task_kind kind = (gold_task_kind)k;

        GOLD_GOTO(count_kind(store, study, part, kind, states, census));
        GOLD_GOTO(gold_store_seconds(store, kind, seconds));
        goldi_past_of(study, kind, states, seconds, past);
        past += goldi_n_tasks(study, kind);
    }

done:
    gold_free(seconds);
    gold_free(states);
    return status;
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
    goldi_past *past = NULL;

    *list = (gold_worklist){0};
    *census = (gold_census){0};
    GOLD_GOTO(GOLD_ALLOC(n_all, &past));
    GOLD_GOTO(read_past(store, study, part, census, past));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->tasks));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->costs));
    GOLD_GOTO(GOLD_ALLOC(n_all, &list->kinds));
    for (size_t id = 0; id < n_all; id++) {
        const bool *has = past[id].has;
        const gold_task_kind kind = gold_task_kind_of(study, id);
        const double cost = gold_task_flops(study, id, shape);
        const bool is_open = has[GOLD_STATE_PENDING] ||
                             (has[GOLD_STATE_FAILED] && part->is_retry_failed);
        const bool is_later = part->is_measured_only && kind == GOLD_TASK_TRAIN;

        if (is_open && is_in(part, id) && !is_later) {
            list->tasks[list->n_tasks] = id;
            list->costs[list->n_tasks] = cost;
            list->kinds[list->n_tasks++] = (uint8_t)kind;
        } else if (has[GOLD_STATE_DONE] && past[id].seconds > 0.0) {
            flops[kind] += cost;
            seconds[kind] += past[id].seconds;
        }
    }
    for (int kind = 0; kind < 2; kind++) {
        list->rates[kind] = flops[kind] > 0.0 ? seconds[kind] / flops[kind] : 0;
    }

done:
    gold_free(past);
    return status;
}

void gold_worklist_fini(gold_worklist *list)
{
    gold_free(list->tasks);
    gold_free(list->costs);
    gold_free(list->kinds);
    *list = (gold_worklist){0};
}
