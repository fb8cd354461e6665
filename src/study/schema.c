/* SPDX-License-Identifier: MIT */
#include "goldilocks/schema.h"

#include <math.h>
#include <string.h>

#include "goldilocks/architecture.h"
#include "goldilocks/memory.h"

#define VARIABLE(id, called, of, when, in, ...)                                \
    {.name = (called),                                                         \
     .extent = GOLD_EXTENT_##of,                                               \
     .condition = GOLD_WHEN_##when,                                            \
     .units = (in),                                                            \
     .title = __VA_ARGS__},
#define VARIABLE_AT_END(id, called, of, when, in, ...)                         \
    VARIABLE(id, "final_" called, of, when | GOLD_WHEN_END, in,                \
             "where training ended: " __VA_ARGS__)
#define FIRST(first, ...) first
#define VARIABLE_BETWEEN(id, called, of, when, in, ...)                        \
    VARIABLE(id, "moment_" called, of, when | GOLD_WHEN_MOMENTS, in,           \
             "at steps of training: " FIRST(__VA_ARGS__, 0), .since = 4)
#define FAMILY(id, called, of, when, in, ...)                                  \
    {GOLD_VAR_##id, GOLD_VAR_FINAL_##id, GOLD_VAR_MOMENT_##id},
#define FAMILY_LEFT(id, ...)                                                   \
    {GOLD_VAR_##id, GOLD_N_VARIABLES, GOLD_VAR_MOMENT_##id},

static const gold_variable_info variables[] = {
    GOLD_VARIABLE_LIST(VARIABLE) GOLD_MOMENT_VARIABLES(VARIABLE_AT_END)
        GOLD_LEFT_VARIABLES(VARIABLE_BETWEEN)
            GOLD_MOMENT_VARIABLES(VARIABLE_BETWEEN)};

/* The same at all moments: the start, the end where it is measured, and
 * between. */
static const gold_variable families[][GOLD_N_MOMENTS + 1] = {
    GOLD_LEFT_VARIABLES(FAMILY_LEFT) GOLD_MOMENT_VARIABLES(FAMILY)};

enum {
    BETWEEN = GOLD_N_MOMENTS,
    N_FAMILIES = sizeof families / sizeof *families
};

const gold_variable_info *gold_variable_about(gold_variable variable)
{
    return &variables[variable];
}

/* The variable of the same family at another moment. */
static gold_variable partner_of(gold_variable variable, int from, int to)
{
    for (size_t i = 0; i < N_FAMILIES; i++) {
        if (families[i][from] == variable) {
            return families[i][to];
        }
    }
    return GOLD_N_VARIABLES;
}

gold_variable gold_variable_at_end(gold_variable variable)
{
    return partner_of(variable, GOLD_AT_START, GOLD_AT_END);
}

gold_variable gold_variable_at_moments(gold_variable variable)
{
    return partner_of(variable, GOLD_AT_START, BETWEEN);
}

gold_variable gold_variable_at_start(gold_variable variable)
{
    const gold_variable of_end =
        partner_of(variable, GOLD_AT_END, GOLD_AT_START);

    return of_end < GOLD_N_VARIABLES
               ? of_end
               : partner_of(variable, BETWEEN, GOLD_AT_START);
}

const char *gold_variable_units(const gold_schema *schema,
                                gold_variable variable)
{
    const char *units = variables[variable].units;
    const bool has_entropy = schema->count[GOLD_VAR_ENTROPY] > 0;

    return !has_entropy && strcmp(units, "nat") == 0 ? "1" : units;
}

gold_task_kind gold_variable_task(gold_variable variable)
{
    return (variables[variable].condition & GOLD_WHEN_TRAIN) != 0
               ? GOLD_TASK_TRAIN
               : GOLD_TASK_MEASURE;
}

/* What the study has. */
static unsigned conditions_of(const gold_study *study)
{
    const gold_curvature_block *curvature = &study->curvature;
    const bool has_train = study->has_train;
    const struct {
        bool is_there;
        unsigned condition;
    } all[] = {
        {study->base.loss == GOLD_CROSS_ENTROPY, GOLD_WHEN_SOFTMAX},
        {!gold_data_has_targets(&study->data), GOLD_WHEN_CLASSES},
        {curvature->split, GOLD_WITH_SPLIT},
        {curvature->layers == GOLD_LAYERS_EACH, GOLD_WHEN_LAYERS},
        {curvature->resample_directions > 0, GOLD_WHEN_DIRECTIONS},
        {curvature->resample_data > 0, GOLD_WHEN_HALVES},
        {curvature->logit_gradients > 0, GOLD_WHEN_LOGITS},
        {gold_study_has_full(study), GOLD_WHEN_FULL},
        {curvature->extreme_count > 0, GOLD_WITH_EXTREME},
        {curvature->trace_probes > 0, GOLD_WITH_PROBES},
        {curvature->density_probes > 0, GOLD_WITH_DENSITY},
        {curvature->dense_limit > 0, GOLD_WITH_DENSE},
        {curvature->boundary_vectors > 0, GOLD_WITH_BOUNDARY},
        {gold_data_shape_of(&study->data).n_features <= 2, GOLD_WITH_GRID},
        {has_train && study->train.select.group > 0, GOLD_WHEN_SELECT},
        {has_train, GOLD_WHEN_TRAIN},
        {gold_study_has_end(study), GOLD_WITH_END},
        {study->n_earlier > 0, GOLD_WITH_PHASES},
        {has_train && curvature->n_moments > 0, GOLD_WITH_MOMENTS},
    };
    unsigned conditions = 0;

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        conditions |= all[i].is_there ? all[i].condition : 0;
    }
    return conditions;
}

/* Does a study that fulfils these conditions have a variable? */
static bool has_variable(const gold_study *study, unsigned conditions,
                         gold_variable variable)
{
    const unsigned wanted = variables[variable].condition;
    const unsigned track = (wanted & GOLD_TRACK_MASK) / GOLD_TRACK_UNIT;
    const unsigned keep = wanted / GOLD_KEEP_UNIT;
    const unsigned flags = wanted & (GOLD_TRACK_UNIT - 1U);

    return (flags & ~conditions) == 0 &&
           (track == 0 || study->train.track[track - 1]) &&
           (keep == 0 || study->train.keep[keep - 1]);
}

/* Does it have any along a dimension? */
static bool has_dimension(const gold_study *study, unsigned conditions,
                          gold_dimension dimension)
{
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        gold_dimension of[GOLD_MOST_DIMENSIONS];
        const size_t n = gold_variable_dimensions((gold_variable)v, of);

        for (size_t i = 0; i < n; i++) {
            if (of[i] == dimension &&
                has_variable(study, conditions, (gold_variable)v)) {
                return true;
            }
        }
    }
    return false;
}

static size_t doubles_of(gold_variable variable, const gold_schema *schema)
{
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    const size_t n = gold_variable_dimensions(variable, of);
    size_t doubles = 1;

    for (size_t i = 0; i < n; i++) {
        doubles *= gold_dimension_size(schema, of[i]);
    }
    return doubles;
}

/* Layers of the deepest network of a study. */
static size_t most_layers(const gold_study *study)
{
    size_t most = 0;

    for (size_t id = 0; id < gold_n_measure_tasks(study); id++) {
        gold_settings settings;

        gold_study_point(study, gold_task_point(study, id, 0), &settings);
        const size_t length = gold_architecture_length(&settings);

        most = length > most ? length : most;
    }
    return most;
}

/* Parameters of the largest network that has no more than a limit. */
static size_t largest_within(const gold_study *study, double limit)
{
    const gold_data_shape shape = gold_data_shape_of(&study->data);
    double most = 0.0;

    for (size_t id = 0; limit > 0.0 && id < gold_n_measure_tasks(study); id++) {
        gold_settings settings;

        gold_study_point(study, gold_task_point(study, id, 0), &settings);
        const double n = gold_n_parameters(&settings, &shape);

        most = n <= limit ? fmax(most, n) : most;
    }
    return (size_t)most;
}

static void add_training(gold_schema *schema, const gold_study *study)
{
    schema->n_log =
        gold_log_steps(study, schema->n_train, true, schema->log_steps);
    schema->n_reach = study->has_train ? study->train.n_reach : 0;
    for (size_t i = 0; i < schema->n_reach; i++) {
        schema->reach[i] = study->train.reach[i];
    }
    schema->n_phases = study->n_earlier > 0 ? study->n_earlier + 1 : 0;
    schema->n_moments = study->has_train ? study->curvature.n_moments : 0;
    for (size_t i = 0; i < schema->n_moments; i++) {
        schema->moments[i] = study->curvature.moments[i];
    }
    if (gold_study_n_kept(study) > 0) {
        schema->n_kept = largest_within(study, HUGE_VAL);
    }
}

/* Those of published code, and one that rounding does not reach. */
static const double thresholds[] = {1e-6, 1e-3, 0.04727759};

enum {
    N_THRESHOLDS = sizeof thresholds / sizeof *thresholds
};

double gold_alignment_threshold(size_t i)
{
    return thresholds[i];
}

static void add_full(gold_schema *schema, const gold_study *study)
{
    const gold_curvature_block *curvature = &study->curvature;

    schema->n_extreme = (size_t)curvature->extreme_count;
    schema->n_vectors = (size_t)curvature->boundary_vectors;
    schema->n_classes =
        schema->n_vectors > 0 ? gold_data_shape_of(&study->data).n_classes : 0;
    schema->n_thresholds = curvature->generalisation ? N_THRESHOLDS : 0;
    schema->n_probes = (size_t)curvature->density_probes;
    schema->n_nodes = (size_t)curvature->density_steps;
    schema->n_dense = largest_within(study, (double)curvature->dense_limit);
}

/* Where the variables stand, one after another. */
static void place_variables(gold_schema *schema)
{
    schema->record_length = 0;
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        schema->offset[v] = schema->record_length;
        schema->record_length += schema->count[v];
    }
}

void gold_schema_init(gold_schema *schema, const gold_study *study,
                      size_t n_train)
{
    const gold_curvature_block *curvature = &study->curvature;
    const unsigned conditions = conditions_of(study);

    *schema = (gold_schema){.n_dims = curvature->n_dims, .n_train = n_train};
    add_training(schema, study);
    if (has_dimension(study, conditions, GOLD_DIM_LAYER)) {
        schema->n_layers = most_layers(study);
    }
    if (has_dimension(study, conditions, GOLD_DIM_PLATEAU)) {
        schema->n_plateaus = GOLD_MAX_PLATEAUS;
    }
    add_full(schema, study);
    for (size_t i = 0; i < curvature->n_dims; i++) {
        schema->dims[i] = curvature->dims[i];
        schema->n_eigen = curvature->dims[i];
    }
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        if (has_variable(study, conditions, (gold_variable)v)) {
            schema->count[v] = doubles_of((gold_variable)v, schema);
        }
    }
    place_variables(schema);
}

/* Records in which what is measured at the start stands in share `i` of `n` of
 * the places that the same of another moment has. */
static void move(const gold_schema *schema, int to, size_t i, size_t n,
                 gold_schema *moved)
{
    *moved = *schema;
    memset(moved->count, 0, sizeof moved->count);
    for (size_t k = 0; k < N_FAMILIES; k++) {
        const gold_variable at_start = families[k][GOLD_AT_START];
        const gold_variable there = families[k][to];

        if (there < GOLD_N_VARIABLES) {
            moved->count[at_start] = schema->count[there] / n;
            moved->offset[at_start] =
                schema->offset[there] + i * moved->count[at_start];
        }
    }
}

size_t gold_schema_first_of_moments(const gold_schema *schema)
{
    return schema->offset[GOLD_N_VARIABLES - N_FAMILIES];
}

void gold_schema_at_end(const gold_schema *schema, gold_schema *end)
{
    move(schema, GOLD_AT_END, 0, 1, end);
}

void gold_schema_at_moment(const gold_schema *schema, size_t i,
                           gold_schema *moment)
{
    move(schema, BETWEEN, i, schema->n_moments, moment);
}

void gold_schema_drop(gold_schema *schema,
                      const bool is_missing[GOLD_N_VARIABLES])
{
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        schema->count[v] = is_missing[v] ? 0 : schema->count[v];
    }
    place_variables(schema);
}

void gold_schema_forget_ends(gold_schema *schema, const gold_study *study)
{
    schema->n_log =
        gold_log_steps(study, schema->n_train, false, schema->log_steps);
    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        if (schema->count[v] > 0) {
            schema->count[v] = doubles_of((gold_variable)v, schema);
        }
    }
    place_variables(schema);
}

unsigned gold_schema_minor(const gold_schema *schema)
{
    unsigned minor = 0;

    for (size_t v = 0; v < GOLD_N_VARIABLES; v++) {
        if (schema->count[v] > 0 && variables[v].since > minor) {
            minor = variables[v].since;
        }
    }
    return minor;
}

void gold_record_clear(const gold_schema *schema, double *records, size_t n)
{
    for (size_t i = 0; i < n * schema->record_length; i++) {
        records[i] = (double)NAN;
    }
}

gold_status gold_outcome_init(gold_outcome *outcome, const gold_schema *schema,
                              size_t n_points)
{
    gold_status status = GOLD_OK;
    double *records = NULL;
    gold_verdict *verdicts = NULL;

    if (schema->record_length != 0 &&
        n_points > SIZE_MAX / schema->record_length) {
        GOLD_FAIL(GOLD_ERR_MEMORY, "no memory for %zu records of %zu numbers",
                  n_points, schema->record_length);
    }
    GOLD_GOTO(GOLD_ALLOC(n_points * schema->record_length, &records));
    GOLD_GOTO(GOLD_ALLOC(n_points, &verdicts));
    gold_record_clear(schema, records, n_points);
    *outcome = (gold_outcome){
        .n_points = n_points, .records = records, .verdicts = verdicts};
    records = NULL;

done:
    gold_free(records);
    return status;
}

void gold_outcome_fini(gold_outcome *outcome)
{
    gold_free(outcome->verdicts);
    gold_free(outcome->records);
    *outcome = (gold_outcome){0};
}
