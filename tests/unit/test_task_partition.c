/* SPDX-License-Identifier: MIT */
/* Tasks hold every point that is not excluded exactly once, whatever the
 * grid, and shards every task. */
#include <math.h>

#include "goldilocks/random.h"
#include "goldilocks/task.h"

#include "unit/test_study_support.h"

enum {
    N_DRAWS = 60
};

static uint32_t draw(uint32_t *position, uint32_t below)
{
    const gold_stream stream = gold_stream_of(7, GOLD_PURPOSE_PROBES, 0);
    uint32_t bits = 0;

    gold_random_bits(stream, (*position)++, 1, &bits);
    return bits % below;
}

/* A grid of some of eight axes in random order, with a random exclusion. */
static void draw_text(uint32_t *position, char *text, size_t n_bytes)
{
    static const char *const axes[] = {
        "depth",       "seed",       "width",         "radius",
        "temperature", "data.scale", "learning_rate", "zip"};
    char excluded[64] = "";
    uint32_t n_axes = 0;

    (void)snprintf(text, n_bytes, HEAD WORK "train: {}\ngrid:\n");
    const uint32_t first = draw(position, 8);

    for (uint32_t i = 0; i < 8; i++) {
        const char *axis = axes[(first + 3 * i) % 8];
        const uint32_t count = 1 + draw(position, 4);
        const size_t used = strlen(text);

        if (i > 0 && draw(position, 2) == 0) {
            continue;
        }
        n_axes++;
        if (strcmp(axis, "zip") == 0) {
            (void)snprintf(
                text + used, n_bytes - used,
                "  zip: {momentum: [0, 0.5], bias: [false, true]}\n");
            continue;
        }
        (void)snprintf(text + used, n_bytes - used,
                       "  %s: {from: 1, to: %u, count: %u}\n", axis, count,
                       count);
        if (draw(position, 2) == 0 && (n_axes > 1 || count > 1)) {
            (void)snprintf(excluded, sizeof excluded, "  exclude: {%s: %u}\n",
                           axis, count);
        }
    }
    if (n_axes > 2) {
        (void)strncat(text, excluded, n_bytes - strlen(text) - 1);
    }
}

/* One task's points: ascending, not excluded, of one base combination. */
static void check_task(const gold_study *study, size_t id, uint8_t *seen)
{
    gold_task task = {0};
    size_t n = 0;

    assert_int_equal(gold_task_init(study, id, &task), GOLD_OK);
    assert_int_equal(task.id, id);
    assert_int_equal(task.kind, GOLD_TASK_MEASURE);
    assert_int_equal(gold_task_kind_of(study, id), GOLD_TASK_MEASURE);
    for (size_t k = 0; k < gold_line_length(study); k++) {
        const size_t point = gold_task_point(study, id, k);

        assert_true(point < study->n_points);
        assert_int_equal(gold_task_of_point(study, point), id);
        seen[point]++;
        if (!gold_study_is_excluded(study, point)) {
            assert_true(n < task.n_points);
            assert_int_equal(task.points[n], point);
            assert_true(n == 0 || task.points[n - 1] < point);
            n++;
        }
    }
    assert_int_equal(n, task.n_points);
    gold_task_fini(&task);
}

static void check_train_task(const gold_study *study, size_t point)
{
    const size_t id = gold_n_measure_tasks(study) + point;
    gold_task task = {0};

    assert_int_equal(gold_task_kind_of(study, id), GOLD_TASK_TRAIN);
    assert_int_equal(gold_task_init(study, id, &task), GOLD_OK);
    assert_int_equal(task.kind, GOLD_TASK_TRAIN);
    assert_int_equal(task.id, id);
    assert_int_equal(task.n_points,
                     gold_study_is_excluded(study, point) ? 0 : 1);
    assert_true(task.n_points == 0 || task.points[0] == point);
    gold_task_fini(&task);
}

/* True when the grid could be read: an exclusion may leave nothing. */
static bool check_grid(const char *text)
{
    gold_study *study = NULL;
    char *report = NULL;
    uint8_t *seen = NULL;
    const bool is_study = gold_study_parse("test.yaml", text, strlen(text),
                                           NULL, &study, &report) == GOLD_OK;

    if (is_study) {
        const size_t n_measure = gold_n_measure_tasks(study);

        assert_int_equal(n_measure * gold_line_length(study), study->n_points);
        assert_int_equal(gold_n_tasks(study), n_measure + study->n_points);
        assert_int_equal(gold_alloc(study->n_points, 1, (void **)&seen),
                         GOLD_OK);
        for (size_t id = 0; id < n_measure; id++) {
            check_task(study, id, seen);
        }
        for (size_t point = 0; point < study->n_points; point++) {
            assert_int_equal(seen[point], 1);
            check_train_task(study, point);
        }
    } else if (strstr(report, "'exclude' leaves no point") == NULL) {
        print_error("%s\n%s", text, report);
        fail();
    }
    gold_free(seen);
    gold_free(report);
    gold_study_destroy(&study);
    return is_study;
}

static void test_random_grids(void **state)
{
    uint32_t position = 0;
    int n_checked = 0;

    (void)state;
    for (int i = 0; i < N_DRAWS; i++) {
        char text[2000];

        draw_text(&position, text, sizeof text);
        n_checked += check_grid(text) ? 1 : 0;
    }
    assert_true(n_checked > N_DRAWS / 2);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Lines that run through several axes, and one that is wholly excluded. */
static void test_empty_task(void **state)
{
    gold_study *study =
        parse(HEAD WORK "grid: {radius: [1, 2], depth: [1, 2, 3], temperature: "
                        "[1, 2], exclude: {depth: 2}}\n");
    gold_task task = {0};

    (void)state;
    assert_int_equal(gold_n_tasks(study), 3);
    assert_int_equal(gold_n_measure_tasks(study), 3);
    assert_int_equal(gold_line_length(study), 4);
    assert_int_equal(gold_task_init(study, 1, &task), GOLD_OK);
    assert_int_equal(task.n_points, 0);
    gold_task_fini(&task);
    assert_int_equal(gold_task_init(study, 2, &task), GOLD_OK);
    assert_int_equal(task.n_points, 4);
    assert_int_equal(task.points[0], 4);
    assert_int_equal(task.points[3], 11);
    gold_task_fini(&task);
    gold_study_destroy(&study);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Every run of n tasks from a multiple of n on has one task of each part, and
 * no part is tied to a place in the run. */
static void test_shards(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 13; n++) {
        size_t n_first = 0;

        for (size_t run = 0; run < 100; run++) {
            unsigned seen = 0;

            for (size_t k = 0; k < n; k++) {
                seen |= 1U << gold_task_shard(run * n + k, n);
            }
            assert_int_equal(seen, (1U << n) - 1U);
            n_first += gold_task_shard(run * n, n) == 0 ? 1 : 0;
        }
        /* 100 / n expected; 6 deviations of independent draws around it. */
        const double mean = 100.0 / (double)n;
        const double room = 6.0 * sqrt(mean * (1.0 - 1.0 / (double)n));

        assert_true(fabs((double)n_first - mean) <= room);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_grids),
        cmocka_unit_test(test_empty_task),
        cmocka_unit_test(test_shards),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
