/* SPDX-License-Identifier: MIT */
/* Any bytes at all, read as a study and, behind the first zero, as overrides:
 * either a report, or a study whose parts agree with each other. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/schema.h"
#include "goldilocks/study.h"
#include "goldilocks/task.h"

enum {
    MAX_OVERRIDES = 1024,
    MAX_POINTS = 2000
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

static void require(bool condition)
{
    if (!condition) {
        abort();
    }
}

/* Every point belongs to the task that holds it, and can be told apart. */
static void check_points(const gold_study *study)
{
    const gold_data_shape shape = {100, 10, 784, 10, {0}};
    const size_t line = gold_line_length(study);

    require(gold_n_measure_tasks(study) * line == study->n_points);
    for (size_t id = gold_n_measure_tasks(study); id < gold_n_tasks(study);
         id++) {
        require(gold_task_kind_of(study, id) == GOLD_TASK_TRAIN);
        require(gold_task_flops(study, id, &shape) >= 0.0);
    }
    for (size_t id = 0; id < gold_n_measure_tasks(study); id++) {
        require(gold_task_flops(study, id, &shape) >= 0.0);
        for (size_t k = 0; k < line; k++) {
            const size_t point = gold_task_point(study, id, k);
            gold_settings settings;
            char text[4096];

            require(gold_task_of_point(study, point) == id);
            gold_study_point(study, point, &settings);
            require(settings.place > 0.0 && settings.temperature > 0.0);
            (void)gold_study_describe(study, point, text, sizeof text);
        }
    }
}

/* Steps to log ascend from 0 to an end that no point goes beyond. */
static void check_log(const gold_study *study, const gold_schema *schema)
{
    gold_settings settings;

    require(study->has_train == (schema->n_log > 0));
    for (size_t i = 1; i < schema->n_log; i++) {
        require(schema->log_steps[i - 1] < schema->log_steps[i]);
    }
    gold_study_point(study, study->n_points - 1, &settings);
    if (schema->n_log > 0) {
        require(schema->n_log <= GOLD_MAX_LOG && schema->log_steps[0] == 0);
        require(gold_train_steps(&settings, schema->n_train) <=
                schema->log_steps[schema->n_log - 1]);
    }
}

static void check_study(const gold_study *study)
{
    char *identity = NULL;
    char *difference = NULL;
    gold_schema schema;

    require(study->n_axes > 0 && study->n_points > 0);
    gold_schema_init(&schema, study, 100);
    require(schema.record_length > 0);
    check_log(study, &schema);
    require(gold_study_identity(study, &identity) == GOLD_OK);
    require(gold_identity_difference(identity, study->text, &difference) ==
            GOLD_OK);
    if (study->n_points <= MAX_POINTS) {
        check_points(study);
    }
    gold_free(difference);
    gold_free(identity);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes)
{
    const uint8_t *zero = n_bytes == 0 ? NULL : memchr(bytes, 0, n_bytes);
    const size_t n_text = zero == NULL ? n_bytes : (size_t)(zero - bytes);
    const size_t n_rest = zero == NULL ? 0 : n_bytes - n_text - 1;
    const size_t n = n_rest < MAX_OVERRIDES ? n_rest : MAX_OVERRIDES;
    char overrides[MAX_OVERRIDES + 1] = "";
    gold_study *study = NULL;
    char *report = NULL;

    if (n > 0) {
        memcpy(overrides, zero + 1, n);
    }
    const gold_status status = gold_study_parse(
        "fuzz.yaml", (const char *)bytes, n_text, overrides, &study, &report);

    require(status == GOLD_OK || status == GOLD_ERR_CONFIG);
    require((status == GOLD_OK) == (study != NULL));
    require((status == GOLD_OK) == (report == NULL));
    if (study != NULL) {
        check_study(study);
    } else {
        require(strstr(report, ":") != NULL);
    }
    gold_free(report);
    gold_study_destroy(&study);
    require(gold_live_blocks() == 0);
    return 0;
}
