/* SPDX-License-Identifier: MIT */
#include "app/starts.h"

#include "goldilocks/task.h"

#include "base/text.h"

enum {
    MOST_TOLD = 5
};

/* A network next to the tensors of the file. */
typedef struct comparison {
    const gold_starts *starts;
    size_t n_seen; /* tensors of the network */
    size_t n_parameters;
    size_t n_differing;
    goldi_text differences;
} comparison;

static void add_sizes(goldi_text *out, const size_t sizes[GOLD_TENSOR_RANK])
{
    goldi_text_add(out, "[");
    for (size_t i = 0; i < GOLD_TENSOR_RANK && sizes[i] > 0; i++) {
        goldi_text_add(out, "%s%zu", i > 0 ? ", " : "", sizes[i]);
    }
    goldi_text_add(out, "]");
}

static size_t count(const size_t sizes[GOLD_TENSOR_RANK])
{
    size_t n = 1;

    for (size_t i = 0; i < GOLD_TENSOR_RANK && sizes[i] > 0; i++) {
        n *= sizes[i];
    }
    return n;
}

static bool is_same(const size_t a[GOLD_TENSOR_RANK],
                    const size_t b[GOLD_TENSOR_RANK])
{
    bool is = true;

    for (size_t i = 0; i < GOLD_TENSOR_RANK; i++) {
        is = is && a[i] == b[i];
    }
    return is;
}

/* The next tensor of the network; of norms only how many numbers it has. */
static void compare(comparison *c, bool has_shape,
                    const size_t wanted[GOLD_TENSOR_RANK])
{
    static const gold_tensor none;
    const size_t i = c->n_seen++;
    const bool is_there = i < c->starts->n_tensors;
    const gold_tensor *found = is_there ? &c->starts->tensors[i] : &none;

    c->n_parameters += count(wanted);
    if (c->starts->n_tensors == 0 ||
        (is_there && (has_shape ? is_same(found->sizes, wanted)
                                : count(found->sizes) == count(wanted)))) {
        return;
    }
    if (c->n_differing++ < MOST_TOLD) {
        goldi_text_add(&c->differences, "\n  tensor %zu%s%s: file has ", i,
                       found->name[0] == '\0' ? "" : ", ", found->name);
        if (is_there) {
            add_sizes(&c->differences, found->sizes);
        } else {
            goldi_text_add(&c->differences, "none");
        }
        goldi_text_add(&c->differences, ", network has ");
        add_sizes(&c->differences, wanted);
    }
}

/* A gold_layer_fn. */
static void see_layer(void *context, const gold_layer *layer)
{
    const size_t area = layer->kernel * layer->kernel;
    const bool is_kernel = layer->kind == GOLD_LAYER_CONV2D;
    const size_t matrix[GOLD_TENSOR_RANK] = {
        layer->out, is_kernel ? layer->in / area : layer->in,
        is_kernel ? layer->kernel : 0, is_kernel ? layer->kernel : 0};
    const size_t gain[GOLD_TENSOR_RANK] = {gold_layer_weights(layer)};
    const size_t bias[GOLD_TENSOR_RANK] = {layer->out};

    compare(context, layer->is_drawn, layer->is_drawn ? matrix : gain);
    if (layer->has_bias) {
        compare(context, layer->is_drawn, bias);
    }
}

/* What is wrong at a point; "" for nothing. */
static gold_status compare_at(const gold_starts *starts,
                              const gold_settings *settings, gold_shape input,
                              size_t n_classes, char **differences)
{
    comparison c = {.starts = starts};
    const gold_status status = gold_architecture_visit(
        settings, input, n_classes, see_layer, &c, NULL);

    if (status != GOLD_OK) {
        goldi_text_fini(&c.differences);
        return status;
    }
    if (starts->n_tensors > c.n_seen) {
        goldi_text_add(&c.differences, "\n  file has %zu tensors, network %zu",
                       starts->n_tensors, c.n_seen);
    }
    if (c.n_differing > MOST_TOLD) {
        goldi_text_add(&c.differences, "\n  and %zu more",
                       c.n_differing - MOST_TOLD);
    }
    if (c.differences.length == 0 && c.n_parameters != starts->n_parameters) {
        goldi_text_add(&c.differences,
                       "\n  file has %zu parameters, network %zu",
                       starts->n_parameters, c.n_parameters);
    }
    return goldi_text_give(&c.differences, differences);
}

static gold_status check_point(const gold_study *study,
                               const gold_starts *starts, size_t point,
                               const gold_data_shape *shape)
{
    gold_status status = GOLD_OK;
    gold_settings settings;
    char *differences = NULL;
    char place[256];

    gold_study_point(study, point, &settings);
    if (settings.init != GOLD_INIT_FILE) {
        return GOLD_OK;
    }
    (void)gold_study_describe(study, point, place, sizeof place);
    if (settings.point >= starts->n) {
        return gold_fail(GOLD_ERR_CONFIG,
                         "network.point is %llu at %s, but %s has %zu "
                         "vectors, counted from 0",
                         (unsigned long long)settings.point, place,
                         starts->path, starts->n);
    }
    GOLD_TRY(compare_at(starts, &settings, gold_data_input(shape),
                        shape->n_classes, &differences));
    if (differences[0] != '\0') {
        status = gold_fail(GOLD_ERR_CONFIG,
                           "the parameters in %s are not those of the network "
                           "at %s:%s",
                           starts->path, place, differences);
    }
    gold_free(differences);
    return status;
}

gold_status gold_check_starts(const gold_study *study,
                              const gold_dataset_plan *plan)
{
    const gold_starts starts = gold_dataset_starts(plan);
    const gold_data_shape shape = gold_dataset_shape(plan);

    for (size_t id = 0; starts.path != NULL && id < gold_n_measure_tasks(study);
         id++) {
        GOLD_TRY(
            check_point(study, &starts, gold_task_point(study, id, 0), &shape));
    }
    return GOLD_OK;
}
