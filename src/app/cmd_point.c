/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/store.h"

#include "app/commands.h"
#include "app/local.h"
#include "app/print.h"
#include "app/target.h"

enum {
    MOST_ARRAYS = GOLD_N_VARIABLES + 40,
    MOST_ATTRIBUTES = 48,
    PATH_BYTES = 96,
};

/* A point file being put together; arrays point into what is inspected. */
typedef struct contents {
    const char *moment; /* what groups of arrays are in: "", "/end", or
                           "/moments" */
    gold_point_array arrays[MOST_ARRAYS];
    char paths[MOST_ARRAYS][PATH_BYTES];
    size_t n;
    gold_point_attribute attributes[MOST_ATTRIBUTES];
    size_t n_attributes;
} contents;

static void add_array(contents *c, const char *group, const char *name,
                      gold_point_array array)
{
    (void)snprintf(c->paths[c->n], PATH_BYTES, "%s%s/%s", c->moment, group,
                   name);
    c->arrays[c->n] = array;
    c->arrays[c->n].path = c->paths[c->n];
    c->n++;
}

static gold_point_array vector(const double *data, size_t n)
{
    return (gold_point_array){
        .type = 'd', .n_dims = 1, .dims = {n}, .data = data};
}

static gold_point_array matrix(const double *data, size_t rows, size_t columns)
{
    return (gold_point_array){
        .type = 'd', .n_dims = 2, .dims = {rows, columns}, .data = data};
}

/* Inputs and labels or targets of one half; images keep their shape. */
static void add_samples(contents *c, const char *group,
                        const gold_dataset *data, const gold_samples *samples,
                        const double *inputs)
{
    gold_point_array array = matrix(inputs, samples->n, data->n_features);

    if (data->channels > 0) {
        array.n_dims = 4;
        array.dims[1] = data->channels;
        array.dims[2] = data->height;
        array.dims[3] = data->width;
    }
    add_array(c, group, "inputs", array);
    if (samples->targets != NULL) {
        add_array(c, group, "targets",
                  matrix(samples->targets, samples->n, data->n_classes));
        return;
    }
    add_array(c, group, "labels",
              (gold_point_array){.type = 'b',
                                 .n_dims = 1,
                                 .dims = {samples->n},
                                 .data = samples->labels});
}

/* Where a number of the point goes. */
static const char *group_of(gold_variable variable)
{
    const unsigned condition = gold_variable_about(variable)->condition;

    return (condition & GOLD_WHEN_TRAIN) != 0      ? "/train"
           : (condition & GOLD_WITH_BOUNDARY) != 0 ? "/boundary"
           : (condition & GOLD_WHEN_FULL) != 0     ? "/full"
                                                   : "/point";
}

/* Vectors and matrices of all parameters. */
static void add_full(contents *c, const gold_inspection *inspection)
{
    const size_t n = inspection->n_parameters;
    const size_t k = inspection->n_extreme;
    const gold_full_matrices *dense = &inspection->dense;

    if (inspection->extreme_vectors != NULL) {
        add_array(c, "/full", "largest_eigenvectors",
                  matrix(inspection->extreme_vectors, k, n));
        add_array(c, "/full", "smallest_eigenvectors",
                  matrix(inspection->extreme_vectors + k * n, k, n));
    }
    if (dense->hessian != NULL) {
        add_array(c, "/full", "hessian", matrix(dense->hessian, n, n));
    }
    if (dense->g_term != NULL) {
        add_array(c, "/full", "g_term", matrix(dense->g_term, n, n));
    }
}

/* Of the decision boundary. */
static void add_boundary(contents *c, const gold_inspection *inspection)
{
    const gold_boundary_arrays *b = &inspection->boundary;
    gold_point_array plane = {
        .type = 'b', .n_dims = 2, .dims = {b->n_y, b->n_x}, .data = b->classes};

    if (b->n_vectors == 0) {
        return;
    }
    add_array(c, "/boundary", "eigenvectors",
              matrix(b->vectors, b->n_vectors, inspection->n_parameters));
    add_array(c, "/boundary", "alignments",
              matrix(b->alignments, b->n_vectors, b->n_samples));
    add_array(c, "/boundary", "margins", vector(b->margins, b->n_samples));
    if (b->n_x == 0) {
        return;
    }
    add_array(c, "/boundary/grid", "x", vector(b->x, b->n_x));
    add_array(c, "/boundary/grid", "y", vector(b->y, b->n_y));
    add_array(c, "/boundary/grid", "class", plane);
    add_array(c, "/boundary/grid", "confidence",
              matrix(b->confidence, b->n_y, b->n_x));
    plane = (gold_point_array){.type = 'd',
                               .n_dims = 3,
                               .dims = {b->n_vectors, b->n_y, b->n_x},
                               .data = b->grid_alignments};
    add_array(c, "/boundary/grid", "alignments", plane);
}

/* A variable of the record: of layers and moments whole, else at the largest
 * subspace dimension. Those of where training ended or came to are called what
 * they are at the start. */
static void add_variable(contents *c, const gold_schema *schema,
                         gold_variable v, const double *at)
{
    const gold_variable at_start = gold_variable_at_start(v);
    const bool is_later = at_start < GOLD_N_VARIABLES;
    const gold_variable named = is_later ? at_start : v;
    const gold_variable_info *about = gold_variable_about(named);
    gold_point_array array = {.type = 'd', .data = at};
    gold_dimension of[GOLD_MOST_DIMENSIONS];
    const size_t n = gold_variable_dimensions(v, of);
    bool is_projected = false;

    for (size_t k = 0; k < n; k++) {
        const size_t size = gold_dimension_size(schema, of[k]);

        is_projected = is_projected || of[k] == GOLD_DIM_SUBSPACE;
        if (of[k] == GOLD_DIM_SUBSPACE && k == 0) {
            array.data = at + schema->count[v] / size * (size - 1);
        } else {
            array.dims[array.n_dims++] = size;
        }
    }
    c->moment = !is_later                             ? ""
                : gold_variable_at_end(at_start) == v ? "/end"
                                                      : "/moments";
    add_array(c, is_projected ? "/curvature" : group_of(named),
              about->name +
                  (n > 0 && of[0] == GOLD_DIM_STEP ? strlen("trajectory_") : 0),
              array);
    c->moment = "";
}

/* Parameters a point has as initial_theta, final_theta and best_theta. */
static void add_record(contents *c, const gold_schema *schema,
                       const double *record)
{
    for (int v = 0; v < GOLD_N_VARIABLES; v++) {
        const gold_extent extent =
            gold_variable_about((gold_variable)v)->extent;

        if (schema->count[v] > 0 && extent != GOLD_EXTENT_PARAMETERS) {
            add_variable(c, schema, (gold_variable)v,
                         record + schema->offset[v]);
        }
    }
}

static void add_directions(contents *c, const gold_inspection *inspection)
{
    if (inspection->n_directions > 0) {
        add_array(c, "/subspace", "directions",
                  matrix(inspection->directions, inspection->n_directions,
                         inspection->n_parameters));
    }
}

static void add_matrices(contents *c, const gold_inspection *inspection)
{
    const size_t d = inspection->n_directions;

    if (d == 0) {
        return;
    }
    add_array(c, "/curvature", "hessian", matrix(inspection->hessian, d, d));
    add_array(c, "/curvature", "g_term", matrix(inspection->g_term, d, d));
    add_array(c, "/curvature", "h_term", matrix(inspection->h_term, d, d));
}

/* What there is of where training ended. Its parameters are with the training,
 * and the plane's directions are those of the start. */
static void add_end(contents *c, const gold_inspection *end, bool is_sphere)
{
    if (end == NULL || end->n_parameters == 0) {
        return;
    }
    c->moment = "/end";
    if (is_sphere) {
        add_directions(c, end);
    }
    add_matrices(c, end);
    add_full(c, end);
    add_boundary(c, end);
    c->moment = "";
}

/* Steps along a dimension, put into `steps`; nothing where it has none. */
static void add_labels(contents *c, const gold_schema *schema,
                       gold_dimension dimension, const char *group,
                       double *steps)
{
    const size_t n = gold_dimension_size(schema, dimension);

    for (size_t i = 0; i < n; i++) {
        steps[i] = gold_dimension_label(schema, dimension, i);
    }
    if (n > 0) {
        add_array(c, group, "step", vector(steps, n));
    }
}

/* Both ends of a training, the steps of its log, and its batches. */
static void add_training(contents *c, const gold_schema *schema,
                         const gold_inspection *inspection, double *steps)
{
    const size_t n = inspection->n_parameters;

    if (inspection->final_theta == NULL) {
        return;
    }
    add_array(c, "/train", "initial_theta", vector(inspection->theta, n));
    add_array(c, "/train", "final_theta", vector(inspection->final_theta, n));
    add_array(c, "/train", "best_theta", vector(inspection->best_theta, n));
    add_labels(c, schema, GOLD_DIM_STEP, "/train", steps);
    if (inspection->n_earlier > 0) {
        add_array(c, "/train", "phase_theta",
                  vector(inspection->phase_theta, n));
        add_array(c, "/train/earlier", "final_step",
                  vector(inspection->earlier_steps, inspection->n_earlier));
        add_array(c, "/train/earlier", "final_weight_norm",
                  vector(inspection->earlier_norms, inspection->n_earlier));
        add_array(c, "/train/earlier", "learning_rate",
                  vector(inspection->earlier_rates, inspection->n_earlier));
    }
    if (inspection->n_constraint > 0) {
        add_array(c, "/train", "directions",
                  matrix(inspection->constraint_directions,
                         inspection->n_constraint, n));
    }
    if (inspection->augmentation != NULL) {
        add_array(c, "/train", "augmentation",
                  (gold_point_array){.type = 'd',
                                     .n_dims = 3,
                                     .dims = {inspection->n_epochs,
                                              inspection->n_samples,
                                              GOLD_JITTER_NUMBERS},
                                     .data = inspection->augmentation});
    }
    if (inspection->batch_order != NULL) {
        add_array(c, "/train", "batch_order",
                  matrix(inspection->batch_order, inspection->n_epochs,
                         inspection->n_samples));
    }
}

/* Note attributes of the file's objects. */
static void describe(contents *c, const gold_point_attribute *attributes,
                     size_t n)
{
    memcpy(c->attributes + c->n_attributes, attributes, n * sizeof *attributes);
    c->n_attributes += n;
}

static void describe_point(contents *c, const gold_study *study,
                           const gold_settings *settings, const char *place,
                           const gold_inspection *inspection)
{
    const gold_point_attribute attributes[] = {
        {"/", "study", study->name, 0.0},
        {"/", "config", study->text, 0.0},
        {"/", "config_overrides", study->overrides, 0.0},
        {"/", "coordinates", place, 0.0},
        {"/", "precision",
         gold_choice_text("precision", (int)study->run.precision), 0.0},
        {"/network", "layers", inspection->layers, 0.0},
        {"/network", "loss", gold_choice_text("loss", (int)settings->loss),
         0.0},
        {"/network", "temperature", NULL, settings->temperature},
        {"/network", "input_scale", NULL, settings->input_scale},
        {"/point", "logit_gradient_samples", NULL,
         (double)study->curvature.logit_gradients},
        {"/subspace", "directions",
         gold_choice_text("directions", (int)settings->directions), 0.0},
        {"/subspace", "surface",
         gold_choice_text("surface", (int)settings->surface), 0.0},
    };

    describe(c, attributes, sizeof attributes / sizeof *attributes);
}

static void describe_training(contents *c, const gold_train_settings *rules,
                              const gold_inspection *inspection)
{
    const gold_point_attribute attributes[] = {
        {"/train", "optimizer",
         gold_choice_text("optimizer", (int)rules->optimizer), 0.0},
        {"/train", "constraint",
         gold_choice_text("constraint", (int)rules->constraint), 0.0},
        {"/train", "constraint_surface",
         gold_choice_text("surface", (int)rules->constraint_surface), 0.0},
        {"/train", "learning_rate", NULL, inspection->learning_rate},
        {"/train", "momentum", NULL, rules->momentum},
        {"/train", "weight_decay", NULL, rules->weight_decay},
        {"/train", "beta_1", NULL, rules->betas[0]},
        {"/train", "beta_2", NULL, rules->betas[1]},
        {"/train", "smoothing", NULL, rules->smoothing},
        {"/train", "epsilon", NULL, rules->epsilon},
        {"/train", "clip_norm", NULL, rules->clip_norm},
        {"/train", "warmup", NULL, (double)rules->warmup},
        {"/train", "decay", gold_choice_text("decay", (int)rules->decay), 0.0},
        {"/train", "decay_floor", NULL, rules->decay_floor},
        {"/train", "decay_every", NULL, (double)rules->decay_every},
        {"/train", "decay_factor", NULL, rules->decay_factor},
        {"/train", "batch", NULL, (double)rules->batch},
        {"/train", "steps", NULL, (double)inspection->steps},
    };

    describe(c, attributes, sizeof attributes / sizeof *attributes);
}

static gold_status write_point(const gold_local *local, gold_output *output,
                               size_t point, const gold_inspection *inspection)
{
    gold_status status = GOLD_OK;
    gold_point_data own = {0};
    const gold_dataset *data = &own.data;
    gold_settings settings;
    double *train = NULL;
    double *test = NULL;
    contents *c = NULL;
    double *steps = NULL;
    char place[512];

    gold_study_point(local->study, point, &settings);
    GOLD_GOTO(gold_point_data_init(&own, &local->data, &settings));
    GOLD_GOTO(GOLD_ALLOC(1, &c));
    GOLD_GOTO(gold_samples_as_double(data, &data->train, settings.input_scale,
                                     &train));
    GOLD_GOTO(
        gold_samples_as_double(data, &data->test, settings.input_scale, &test));
    c->moment = "";
    add_array(c, "/parameters", "theta",
              vector(inspection->theta, inspection->n_parameters));
    add_directions(c, inspection);
    add_matrices(c, inspection);
    add_samples(c, "/data/train", data, &data->train, train);
    add_samples(c, "/data/test", data, &data->test, test);
    add_record(c, local->schema, inspection->record);
    add_full(c, inspection);
    add_boundary(c, inspection);
    add_end(c, inspection->end, settings.surface == GOLD_SPHERE);
    GOLD_GOTO(
        GOLD_ALLOC(local->schema->n_log + local->schema->n_moments, &steps));
    add_training(c, local->schema, inspection, steps);
    add_labels(c, local->schema, GOLD_DIM_MOMENT, "/moments",
               steps + local->schema->n_log);
    gold_study_describe(local->study, point, place, sizeof place);
    describe_point(c, local->study, &settings, place, inspection);
    if (local->study->has_train) {
        gold_study_point(gold_study_phase(local->study, inspection->n_earlier),
                         point, &settings);
        describe_training(c, &settings.train, inspection);
    }
    GOLD_GOTO(gold_point_write(output, c->arrays, c->n, c->attributes,
                               c->n_attributes));
    gold_say(stdout, "%s: %s\n", gold_output_path(output), place);

done:
    gold_free(c);
    gold_free(steps);
    gold_free(test);
    gold_free(train);
    gold_point_data_fini(&own);
    return status;
}

/* Which point is meant; a study of one point needs no --at. */
static gold_status find_point(const gold_local *local, const gold_args *args,
                              size_t *point)
{
    GOLD_TRY(gold_study_find(local->study, args->at, point));
    if (gold_study_is_excluded(local->study, *point)) {
        return gold_fail(GOLD_ERR_USAGE,
                         "the point at %.200s is excluded from the study",
                         args->at != NULL ? args->at : "the origin");
    }
    return GOLD_OK;
}

gold_status gold_cmd_point(const gold_args *args)
{
    gold_status status = GOLD_OK;
    gold_local local = {0};
    gold_engine *engine = NULL;
    gold_output *output = NULL;
    gold_inspection inspection = {0};
    size_t point = 0;

    GOLD_GOTO(gold_local_open(&local, args->operands[0], args->overrides));
    GOLD_GOTO(find_point(&local, args, &point));
    GOLD_GOTO(gold_target_open(args, local.study,
                               args->output != NULL ? args->output : "point.h5",
                               GOLD_FILE_POINT, false, &output));
    GOLD_GOTO(
        gold_engine_create(local.study, local.schema, &local.data, &engine));
    GOLD_GOTO(gold_engine_inspect(engine, point, &inspection));
    GOLD_GOTO(write_point(&local, output, point, &inspection));
    if (inspection.verdict.state != GOLD_STATE_DONE) {
        GOLD_FAIL(GOLD_ERR_TASKS, "the point failed: %s",
                  inspection.verdict.message);
    }

done:
    gold_output_close(&output);
    gold_inspection_fini(&inspection);
    gold_engine_destroy(&engine);
    gold_local_close(&local);
    return status;
}
