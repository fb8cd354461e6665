/* SPDX-License-Identifier: MIT */
#include "goldilocks/task.h"

#include "goldilocks/memory.h"

/* Product of the counts of the line axes, or of the others. */
static size_t product(const gold_study *study, bool is_line)
{
    size_t n = 1;

    for (size_t a = 0; a < study->n_axes; a++) {
        n *= study->axes[a].is_line == is_line ? study->axes[a].count : 1;
    }
    return n;
}

size_t gold_samples_used(const gold_settings *settings, size_t n_read)
{
    const bool is_all = settings->n_train == 0 || settings->n_train > n_read;

    return is_all ? n_read : (size_t)settings->n_train;
}

size_t gold_n_measure_tasks(const gold_study *study)
{
    return product(study, false);
}

size_t gold_n_tasks(const gold_study *study)
{
    return gold_n_measure_tasks(study) +
           (study->has_train ? study->n_points : 0);
}

gold_task_kind gold_task_kind_of(const gold_study *study, size_t id)
{
    return id < gold_n_measure_tasks(study) ? GOLD_TASK_MEASURE
                                            : GOLD_TASK_TRAIN;
}

size_t gold_line_length(const gold_study *study)
{
    return product(study, true);
}

size_t gold_task_point(const gold_study *study, size_t id, size_t k)
{
    size_t point = 0;
    size_t stride = 1;

    for (size_t a = study->n_axes; a-- > 0;) {
        const size_t count = study->axes[a].count;
        size_t *rest = study->axes[a].is_line ? &k : &id;

        point += *rest % count * stride;
        *rest /= count;
        stride *= count;
    }
    return point;
}

size_t gold_task_of_point(const gold_study *study, size_t point)
{
    size_t index[GOLD_MAX_AXES];
    size_t id = 0;

    gold_study_unravel(study, point, index);
    for (size_t a = 0; a < study->n_axes; a++) {
        if (!study->axes[a].is_line) {
            id = id * study->axes[a].count + index[a];
        }
    }
    return id;
}

size_t gold_task_shard(size_t id, size_t n_shards)
{
    const uint64_t turn = id / n_shards;
    /* The upper half of a product with 2^64 over the golden ratio (Knuth's
     * multiplicative hash): turns that follow each other are far apart. */
    const uint64_t mixed = (turn * UINT64_C(0x9e3779b97f4a7c15)) >> 32;

    return (size_t)((id + mixed) % n_shards);
}

gold_status gold_task_init(const gold_study *study, size_t id, gold_task *task)
{
    const gold_task_kind kind = gold_task_kind_of(study, id);
    const bool is_train = kind == GOLD_TASK_TRAIN;
    const size_t length = is_train ? 1 : gold_line_length(study);
    size_t *points = NULL;
    size_t n = 0;

    GOLD_TRY(GOLD_ALLOC(length, &points));
    for (size_t k = 0; k < length; k++) {
        const size_t point = is_train ? id - gold_n_measure_tasks(study)
                                      : gold_task_point(study, id, k);

        if (!gold_study_is_excluded(study, point)) {
            points[n++] = point;
        }
    }
    *task = (gold_task){kind, id, n, points};
    return GOLD_OK;
}

void gold_task_fini(gold_task *task)
{
    gold_free(task->points);
    *task = (gold_task){0};
}
