/* SPDX-License-Identifier: MIT */
/* What is no error, but hardly what its user meant. */
#include <float.h>
#include <math.h>

#include "goldilocks/graph.h"
#include "goldilocks/task.h"

#include "study/read.h"
#include "study/show.h"
#include "study/steps.h"

/* `seed: 8` is number 8, not eight of them. */
static void note_seed(goldi_reader *reader, const goldi_key *key)
{
    const goldi_node *seed =
        goldi_is_seed(key) ? reader->swept[goldi_key_index(key)] : NULL;
    const goldi_scalar number = seed == NULL ? (goldi_scalar){.integer = 0}
                                             : goldi_scalar_of(seed->value);

    if (seed != NULL && seed->value->kind == GOLDI_SCALAR &&
        number.integer > 1) {
        GOLDI_NOTE(reader, seed,
                   "'%s: %s' is one seed, number %s; '%s: {count: %s}' is %s "
                   "of them, from 0 on",
                   key->axis, seed->value->text, seed->value->text, key->axis,
                   seed->value->text, seed->value->text);
    }
}

static bool draws_directions(const gold_study *study)
{
    const gold_train_block *train = &study->train;

    return study->curvature.n_dims > 0 || gold_study_has_full(study) ||
           (study->has_train && (train->track[GOLD_TRACK_SHARPNESS] ||
                                 train->track[GOLD_TRACK_CURVATURE])) ||
           goldi_has_value(study, "constraint", GOLD_CONSTRAINT_SUBSPACE);
}

static bool draws_samples(const gold_study *study)
{
    return study->data.subset == GOLD_SUBSET_PER_SEED ||
           study->curvature.resample_data > 0;
}

static bool draws_batches(const gold_study *study)
{
    int64_t least = 0;
    int64_t batch = 0;
    int64_t shift = 0;

    goldi_bounds_of(study, "batch", &least, &batch);
    goldi_bounds_of(study, "augment_shift", &least, &shift);
    return batch > 0 || shift > 0 ||
           goldi_has_value(study, "augment_flip", true);
}

/* Seeds of what nothing is drawn of: their points differ in nothing. */
static void note_idle_seeds(goldi_reader *reader)
{
    static const struct {
        const char *axis;
        bool (*draws)(const gold_study *study);
        const char *of;
    } seeds[] = {
        {"direction_seed", draws_directions,
         "directions and random vectors of 'curvature:'"},
        {"data_seed", draws_samples,
         "samples of 'subset: {random: per-seed}' and halves of 'resample:'"},
        {"train_seed", draws_batches,
         "batches of 'batch:' and what 'augment:' does"},
    };

    for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
        const goldi_node *node =
            goldi_anywhere(reader, goldi_find_axis(seeds[i].axis));

        if (node != NULL && !seeds[i].draws(reader->study)) {
            GOLDI_NOTE(reader, node, "'%s' has no effect here: it is of %s",
                       node->text, seeds[i].of);
        }
    }
}

/* Radii are rarely meant to be equally far apart. */
static void note_spacing(goldi_reader *reader, const goldi_key *key)
{
    const goldi_node *node = reader->swept[goldi_key_index(key)];
    goldi_text values = {0};
    size_t axis = 0;

    if (key->placement < 0 || node == NULL || node->value->kind != GOLDI_MAP ||
        goldi_node_key(node->value, "spacing") != NULL) {
        return;
    }
    const gold_axis_key *swept = goldi_axis_key_of(reader->study, key, &axis);

    goldi_show_values(&values, swept, reader->study->axes[axis].count);
    if (values.status == GOLD_OK) {
        GOLDI_NOTE(reader, node,
                   "'%s' is %s; 'spacing: log' makes ratios equal, 'spacing: "
                   "linear' says that differences are meant to be",
                   key->axis, values.data);
    }
    reader->report.status = reader->report.status == GOLD_OK
                                ? values.status
                                : reader->report.status;
    goldi_text_fini(&values);
}

static void note_batch(goldi_reader *reader)
{
    const goldi_key *key = goldi_find_key(GOLDI_TRAIN, "batch");
    const uint64_t n = reader->study->data.train;
    int64_t least = 0;
    int64_t most = 0;

    goldi_bounds_of(reader->study, key->axis, &least, &most);
    if (n > 0 && most > 0 && (uint64_t)most > n) {
        GOLDI_NOTE(reader, goldi_anywhere(reader, key),
                   "batch %lld is more than the %llu training samples: such a "
                   "step takes all of them",
                   (long long)most, (unsigned long long)n);
    }
}

/* Parameters that were trained elsewhere were so on inputs of some kind. */
static void note_inputs(goldi_reader *reader)
{
    const goldi_key *init = goldi_find_axis("init");
    const goldi_key *normalize = goldi_find_key(GOLDI_DATA, "normalize");

    if (goldi_values_of(reader->study, "init") == 1U << GOLD_INIT_FILE &&
        goldi_anywhere(reader, normalize) == NULL) {
        GOLDI_NOTE(reader, goldi_anywhere(reader, init),
                   "the network gets inputs of mean 0 and deviation 1, since "
                   "'data:' has no 'normalize'; for parameters that were "
                   "trained on inputs as they are say 'normalize: none'");
    }
}

/* Note a key that another leaves without effect, or some of its values. */
static void note_need(goldi_reader *reader, const goldi_key *key,
                      goldi_need need)
{
    const gold_study *study = reader->study;
    const goldi_key *other = goldi_find_axis(need.axis);
    const goldi_node *node = goldi_anywhere(reader, key);
    const unsigned values = goldi_values_of(study, need.axis);
    const unsigned idle = values & ~need.values;
    size_t axis = 0;
    size_t others = 0;
    int64_t first = 0;

    while (idle != 0 && (idle >> first & 1U) == 0) {
        first++;
    }
    if (idle == values) {
        GOLDI_NOTE(reader, node, "'%s' has no effect here, only %s", key->name,
                   key->when);
    } else if (idle != 0 && study->excluded == NULL &&
               goldi_axis_key_of(study, key, &axis) != NULL &&
               goldi_axis_key_of(study, other, &others) != NULL &&
               axis != others && study->axes[axis].count > 1) {
        GOLDI_NOTE(reader, node,
                   "where '%s' is %s, '%s' has no effect: these points differ "
                   "in nothing; 'exclude' leaves some out",
                   other->name, goldi_value_word(other, first), key->name);
    }
}

/* A schedule that a training is too short for. */
static void note_schedule(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const goldi_node *warmup =
        goldi_anywhere(reader, goldi_find_axis("warmup"));
    const goldi_node *every =
        goldi_anywhere(reader, goldi_find_axis("decay_every"));
    const size_t n = study->data.train > 0 ? study->data.train : GOLDI_IN_FILES;
    int64_t rise = 0;
    int64_t pause = 0;
    int64_t most = 0;

    if (!study->has_train) {
        return;
    }
    const uint64_t steps = goldi_most_steps(study, n);

    goldi_bounds_of(study, "warmup", &rise, &most);
    goldi_bounds_of(study, "decay_every", &pause, &most);
    const uint64_t fall = (uint64_t)rise + (uint64_t)pause;

    if (warmup != NULL && (uint64_t)rise >= steps) {
        GOLDI_NOTE(reader, warmup,
                   "a warmup of %lld steps fills all %llu: the learning rate "
                   "only rises",
                   (long long)rise, (unsigned long long)steps);
    } else if (every != NULL &&
               goldi_values_of(study, "decay") == 1U << GOLD_DECAY_STEP &&
               fall >= steps) {
        GOLDI_NOTE(reader, every,
                   "the first fall, after %llu steps, is beyond all %llu: the "
                   "learning rate never falls",
                   (unsigned long long)fall, (unsigned long long)steps);
    }
}

/* A product with the sharpness that tells nothing. */
static void note_edge(goldi_reader *reader)
{
    const gold_study *study = reader->study;
    const unsigned optimizers = goldi_values_of(study, "optimizer");
    bool has_edge = false;

    for (unsigned i = 0; optimizers >> i != 0; i++) {
        has_edge = has_edge || ((optimizers >> i & 1U) != 0 &&
                                !gold_optimizer_is_adaptive((gold_optimizer)i));
    }
    if (study->has_train &&
        study->train.track[GOLD_TRACK_FINAL_SHARPNESS_TIMES_LR] && !has_edge) {
        GOLDI_NOTE(reader, goldi_given(reader, GOLDI_TRAIN, "track"),
                   "'final_sharpness_times_lr' has no numbers here: steps of "
                   "adam, adamw and rmsprop have no such edge of stability");
    }
}

/* The largest value that a term of a function can have on points of so many
 * features, none further from 0 than `x`. */
static double reach_of(const gold_ridge *ridge, double x, double n_features)
{
    const bool is_sum =
        ridge->n_slopes == 0 && ridge->kind != GOLD_RIDGE_CONSTANT;
    double most = 1.0;

    if (ridge->kind == GOLD_RIDGE_RELU) {
        most = fabs(ridge->shift);
        for (size_t j = 0; j < (is_sum ? 1 : ridge->n_slopes); j++) {
            most += fabs(ridge->slope[j]) * x;
        }
    }
    return fabs(ridge->factor) * most * (is_sum ? n_features : 1.0);
}

/* Values whose errors, or their squares, are beyond the arithmetic. */
static void note_target(goldi_reader *reader)
{
    const gold_data_block *data = &reader->study->data;
    const gold_precision precision = reader->study->run.precision;
    const goldi_node *target = goldi_given(reader, GOLDI_DATA, "target");
    const double x = fmax(fabs(data->function.from), fabs(data->function.to));
    const double range =
        precision == GOLD_FLOAT32 ? (double)FLT_MAX : sqrt(DBL_MAX);
    double most = x;

    for (size_t r = 0; r < data->function.n_ridges; r++) {
        most = fmax(most, reach_of(&data->function.ridges[r], x,
                                   (double)data->features));
    }
    if (target != NULL && !(most < range)) {
        GOLDI_NOTE(reader, target,
                   "points or values reach %.3g: errors beyond %.3g are out of "
                   "the range of %s",
                   most, range, gold_choice_text("precision", (int)precision));
    }
}

/* What some network of a study has. */
typedef struct effects {
    goldi_reader *reader;
    bool has_factor;  /* a factor on all deviations is seen in it */
    bool has_gains;   /* a factor for each layer */
    bool has_weights; /* only its weights are scaled */
    bool has_others;  /* and it has other parameters */
    bool is_uneven;   /* norms leave it no degree, and its rate goes by one */
} effects;

/* What a graph has, of a point with these settings. */
static void add_effects(effects *e, const gold_settings *settings,
                        const gold_graph *graph)
{
    const bool draws_biases = settings->bias_init == GOLD_BIAS_SAME ||
                              settings->init == GOLD_TORCH ||
                              settings->init == GOLD_INIT_FILE;
    const bool is_weights = settings->scaled == GOLD_SCALED_WEIGHTS;
    bool has_bias = false;
    bool has_gain = false;
    bool has_norm = false;

    for (size_t i = 0; i < graph->n_nodes; i++) {
        const gold_node *node = &graph->nodes[i];

        has_norm = has_norm || node->is_norm;
        has_gain = has_gain || (node->n_parameters > 0 && !node->is_drawn);
        has_bias =
            has_bias || (node->is_drawn &&
                         node->n_parameters > node->fan_in * node->fan_out);
    }
    e->has_factor = e->has_factor || settings->placement == GOLD_PLACE_SCALE ||
                    (is_weights ? has_bias && draws_biases : has_gain);
    e->has_gains = e->has_gains || settings->gains.n > 1;
    e->has_weights = e->has_weights || is_weights;
    e->has_others = e->has_others || has_bias || has_gain;
    e->is_uneven =
        e->is_uneven ||
        (has_norm && gold_graph_last(graph)->degree == GOLD_NO_DEGREE &&
         settings->train.scale_learning_rate == GOLD_RATE_HOMOGENEOUS);
}

static bool look(void *context, size_t point)
{
    effects *e = context;
    goldi_report *report = &e->reader->report;
    const gold_data_shape shape = gold_data_shape_of(&e->reader->study->data);
    gold_settings settings;
    gold_graph graph = {0};

    gold_study_point(e->reader->study, point, &settings);
    if (report->status == GOLD_OK) {
        report->status = gold_architecture_graph(
            &settings, gold_data_input(&shape), shape.n_classes, &graph, NULL);
    }
    if (report->status == GOLD_OK) {
        add_effects(e, &settings, &graph);
    }
    gold_graph_fini(&graph);
    return report->status == GOLD_OK;
}

/* What networks have no use for. */
static void note_networks(goldi_reader *reader)
{
    static const char *const names[] = {"init_std",
                                        "layer_gains",
                                        "scale_parameters",
                                        "scale_learning_rate",
                                        "bias",
                                        "bias_init",
                                        "init",
                                        NULL};
    const gold_study *study = reader->study;
    const char *place =
        gold_choice_text("placement", (int)study->base.placement);
    const goldi_node *nodes[4];
    effects e = {.reader = reader};

    for (size_t i = 0; i < 4; i++) {
        nodes[i] = goldi_anywhere(reader, goldi_find_axis(names[i]));
    }
    if (!gold_data_is_known(&study->data) ||
        (nodes[0] == NULL && nodes[1] == NULL && nodes[2] == NULL &&
         nodes[3] == NULL)) {
        return;
    }
    if (!goldi_has_value(study, "init", GOLD_NORMAL)) {
        nodes[0] = NULL; /* which a need says */
    }
    goldi_each_network(study, names, look, &e);
    for (size_t i = 0; i < 2; i++) {
        if (nodes[i] != NULL && !e.has_factor && (i == 0 || !e.has_gains)) {
            GOLDI_NOTE(reader, nodes[i],
                       "'%s' has no effect here: '%s' is the norm of all that "
                       "it is a factor on; 'scale' keeps it",
                       nodes[i]->text, place);
        }
    }
    if (nodes[2] != NULL && e.has_weights && !e.has_others) {
        GOLDI_NOTE(reader, nodes[2],
                   "'scale_parameters' has no effect here: there are no biases "
                   "and gains of norms, only weights");
    }
    if (nodes[3] != NULL && e.is_uneven) {
        GOLDI_NOTE(reader, nodes[3],
                   "'homogeneous' is of networks that are: one with a norm is "
                   "not, and its rate is hardly meant");
    }
}

void goldi_note_traps(goldi_reader *reader)
{
    note_idle_seeds(reader);
    note_batch(reader);
    note_inputs(reader);
    note_schedule(reader);
    note_target(reader);
    note_edge(reader);
    note_networks(reader);
    GOLDI_EACH_KEY(key) {
        note_seed(reader, key);
        note_spacing(reader, key);
        if (goldi_anywhere(reader, key) == NULL) {
            continue;
        }
        if (key->kinds != 0) {
            note_need(reader, key, (goldi_need){"kind", key->kinds});
        }
        for (size_t k = 0; k < 2 && key->needs[k].axis != NULL; k++) {
            note_need(reader, key, key->needs[k]);
        }
    }
}
