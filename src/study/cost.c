/* SPDX-License-Identifier: MIT */
/* What a task costs, in flops. Only ratios between tasks matter much. */
#include <math.h>

#include "goldilocks/task.h"

#include "base/blocks.h"
#include "study/keys.h"

/* Sizes of a network as far as costs depend on them. Multiplications of a
 * forward pass of one sample stand for weights: a convolution uses each of its
 * weights at every position. */
typedef struct network_size {
    double parameters;
    double first; /* multiplications of the first layer */
    double rest;  /* of the others */
    double units; /* hidden units in all */
} network_size;

static void add_layer(void *context, const gold_layer *layer)
{
    network_size *size = context;
    const double biases = layer->has_bias ? (double)layer->out : 0.0;
    const double n = (double)gold_layer_products(layer) +
                     biases * (double)gold_layer_positions(layer);

    if (size->first > 0.0) {
        size->rest += n;
    } else {
        size->first = n;
    }
    size->parameters += (double)gold_layer_weights(layer) + biases;
    size->units +=
        layer->has_activation ? (double)gold_shape_units(layer->output) : 0.0;
}

gold_shape gold_data_input(const gold_data_shape *shape)
{
    return shape->image.channels > 0 ? shape->image
                                     : gold_vector_shape(shape->n_features);
}

/* Layers that do not fit are left out: such a network is refused elsewhere. */
static network_size size_of(const gold_settings *settings,
                            const gold_data_shape *shape)
{
    network_size size = {0};

    const gold_status status =
        gold_architecture_visit(settings, gold_data_input(shape),
                                shape->n_classes, add_layer, &size, NULL);

    (void)status;
    return size;
}

double gold_n_parameters(const gold_settings *settings,
                         const gold_data_shape *shape)
{
    return size_of(settings, shape).parameters;
}

static bool is_smooth(const gold_settings *settings)
{
    return settings->activation == GOLD_TANH ||
           settings->activation == GOLD_SIGMOID;
}

/* Do points of a line share passes, as a factor on all parameters is one on
 * the logits? Lists of layers are taken for such. */
static bool is_homogeneous(const gold_settings *settings)
{
    return !is_smooth(settings) && !settings->bias && !settings->residual &&
           settings->norm == GOLD_NORM_NONE &&
           settings->kind != GOLD_NETWORK_RESNET &&
           settings->scaled == GOLD_SCALED_ALL;
}

/* Points of the task that differ in more than training: those that are
 * measured. */
static double n_measured(const gold_study *study, size_t id)
{
    const size_t length = gold_line_length(study);
    double n = 0.0;

    for (size_t k = 0; k < length; k++) {
        const size_t point = gold_task_point(study, id, k);

        n += gold_study_is_excluded(study, point) ? 0.0 : 1.0;
    }
    for (size_t a = 0; a < study->n_axes; a++) {
        bool is_moving = !study->axes[a].is_line;

        for (size_t key = 0; key < study->axes[a].n_keys; key++) {
            const char *name = study->axes[a].keys[key].name;

            is_moving =
                is_moving || !goldi_is_of_training(goldi_find_axis(name));
        }
        n /= is_moving ? 1.0 : (double)study->axes[a].count;
    }
    return n > 0.0 ? fmax(n, 1.0) : 0.0;
}

static bool is_chain(const gold_settings *settings)
{
    return settings->kind == GOLD_NETWORK_MLP ||
           settings->kind == GOLD_NETWORK_LENET_300_100;
}

/* The share of hidden units whose derivatives are computed: what relu switches
 * off is left out of fully connected networks, if the processor is one of
 * today (linalg/kernel.h). */
static double share_on(const gold_settings *settings)
{
    const bool leaves_out =
        is_chain(settings) && settings->activation == GOLD_RELU &&
        settings->directions == GOLD_GAUSSIAN && !settings->residual &&
        settings->norm == GOLD_NORM_NONE;

    return leaves_out ? 0.5 : 1.0;
}

/* What enters the layers, contracted with the curvature of each point; or,
 * where that is less, with the residual of each class for all points. */
static double contraction_flops(const gold_settings *settings,
                                network_size size, double n_points, double d,
                                double n_classes)
{
    const double on = share_on(settings);
    const double layers = (double)gold_architecture_length(settings) - 1.0;
    const double each = 2.0 * n_points * d * size.rest;
    const double classes =
        2.0 * (n_classes - 1.0) * d *
        (on * on * size.rest + d * (on * size.units + n_points * layers));

    return is_chain(settings) ? fmin(each, classes) : each;
}

/* Flops of one sample for one line. */
static double sample_flops(const gold_settings *settings, network_size size,
                           double n_points, double d, double n_classes)
{
    const double on = share_on(settings);
    const double m = size.first + size.rest;
    /* share of its weights that a sparse direction has */
    const double density = 1.0 / sqrt(size.parameters);
    const bool is_sparse = settings->directions == GOLD_SPARSE_SIGN;
    const double first = 2.0 * d * size.first * (is_sparse ? density : 1.0);
    const double bilinear = d * d * n_classes;
    const double contraction =
        is_sparse ? 2.0 * n_points * d * d * size.rest * density
                  : contraction_flops(settings, size, n_points, d, n_classes);

    if (is_homogeneous(settings)) {
        return 2.0 * m + on * first + 2.0 * d * (on + on * on) * size.rest +
               contraction + n_points * (4.0 * on * m + bilinear);
    }
    return first + contraction +
           n_points * (8.0 * m + 6.0 * d * on * size.rest + bilinear +
                       (is_smooth(settings) ? 2.0 * d * d * size.units : 0.0));
}

/* Of statistics of logit gradients: for each sample a forward pass, for each
 * class a backward pass and two gradients. A homogeneous network is looked at
 * once for all points, others at most once for each. */
static double logit_flops(const gold_study *study,
                          const gold_settings *settings, network_size size,
                          double n_points, const gold_data_shape *shape)
{
    const double n =
        fmin((double)study->curvature.logit_gradients, (double)shape->n_train);
    const double m = size.first + size.rest;
    const double classes = (double)shape->n_classes;
    const bool is_shared = is_homogeneous(settings);

    return (is_shared ? 1.0 : n_points) * n *
           (2.0 * m + classes * (4.0 * m + 2.0 * size.rest));
}

/* Of all parameters together, at one point: products with the Hessian, or with
 * both of its terms. How many of them extreme eigenvalues take is not known. */
static double full_flops(const gold_study *study, network_size size, double n)
{
    const gold_curvature_block *curvature = &study->curvature;
    const double terms = curvature->split ? 2.0 : 1.0;
    const double once = n * (4.0 * size.first + 12.0 * size.rest);
    const double expected = 25.0 + 5.0 * (double)curvature->extreme_count;
    const double extreme =
        curvature->extreme_count > 0
            ? fmin(expected, (double)curvature->extreme_steps) *
                  (curvature->split ? 3.0 : 1.0)
            : 0.0;
    const double density =
        (double)curvature->density_probes *
        fmin((double)curvature->density_steps, size.parameters);
    const double dense = size.parameters <= (double)curvature->dense_limit
                             ? size.parameters
                             : 0.0;

    return once * (extreme + density +
                   0.75 * terms * ((double)curvature->trace_probes + dense));
}

/* Products with the Hessian that k eigenvectors take, often: fewer where
 * training ended, when some eigenvalues stand out. */
static double lanczos_products(double k, bool is_end)
{
    return is_end ? 6.0 + 3.0 * k : 25.0 + 5.0 * k;
}

/* Of the decision boundary at one point: eigenvectors of one term, then
 * tangents along them and gradients of each sample, and those of the leads; a
 * forward pass of each point on a grid. */
static double boundary_flops(const gold_study *study, network_size size,
                             double n, const gold_data_shape *shape,
                             bool is_end)
{
    const gold_curvature_block *curvature = &study->curvature;
    const double k = (double)curvature->boundary_vectors;
    const double m = size.first + size.rest;
    const double products =
        fmin(lanczos_products(k, is_end),
             fmin((double)curvature->boundary_steps, size.parameters));
    const double count = (double)curvature->grid_count;
    const double dense =
        curvature->generalisation &&
                size.parameters <= (double)curvature->dense_limit
            ? size.parameters *
                  (4.0 * n * m + 9.0 * size.parameters * size.parameters)
            : 0.0;
    const double grid =
        shape->n_features > 2 ? 0.0 : pow(count, (double)shape->n_features);

    if (curvature->boundary_vectors == 0) {
        return 0.0;
    }
    return n * (products * (4.0 * size.first + 12.0 * size.rest) +
                (8.0 + 4.0 * k + 2.0 * (double)shape->n_classes) * m) +
           dense + grid * 2.0 * m;
}

/* Products with the Hessian: at most 30; often about so many. */
static double sharpness_flops(network_size size, double n_train)
{
    const double n_products = 15.0;

    return n_products * n_train * (6.0 * size.first + 16.0 * size.rest);
}

/* Of one log entry, what is tracked beside losses and gradients: products with
 * the Hessian, and a line of one point. */
static double tracked_flops(const gold_study *study,
                            const gold_settings *settings, network_size size,
                            double n_train, double n_classes)
{
    /* of a critical sharpness, often; some 6 where the loss is a parabola */
    const double n_passes = 75.0;
    const gold_curvature_block *curvature = &study->curvature;
    double flops = 0.0;

    if (study->train.track[GOLD_TRACK_SHARPNESS]) {
        flops += sharpness_flops(size, n_train);
    }
    if (study->train.track[GOLD_TRACK_CURVATURE] && curvature->n_dims > 0) {
        flops += n_train *
                 sample_flops(settings, size, 1.0,
                              (double)curvature->dims[curvature->n_dims - 1],
                              n_classes);
    }
    if (study->train.track[GOLD_TRACK_CRITICAL_SHARPNESS]) {
        flops += n_passes * n_train * 2.0 * (size.first + size.rest);
    }
    return flops;
}

/* Going between theta and a subspace's coordinates at every step: that much
 * memory is read twice, at the time of some ten flops a number. */
static double constraint_flops(const gold_settings *settings, double m)
{
    const double d = (double)settings->train.constraint_dim;
    const bool is_dense =
        settings->train.constraint_directions == GOLD_GAUSSIAN;

    if (settings->train.constraint != GOLD_CONSTRAINT_SUBSPACE) {
        return 0.0;
    }
    return 20.0 * d * (is_dense ? m : sqrt(m));
}

bool gold_logs_gradients(const gold_train_block *train)
{
    const unsigned of_gradient = GOLD_TRACKS_WITH(OF_GRADIENT);

    for (size_t i = 0; i < GOLD_N_TRACKS; i++) {
        if (train->track[i] && (of_gradient >> i & 1U) != 0) {
            return true;
        }
    }
    return false;
}

bool gold_study_iterates(const gold_study *study)
{
    return study->curvature.extreme_count > 0 ||
           study->curvature.boundary_vectors > 0 ||
           (study->has_train && study->train.track[GOLD_TRACK_SHARPNESS]);
}

/* Of one sample, the same line in a subspace of each layer in turn: tangents
 * begin at the layer, and nothing is contracted. */
static double layer_flops(const gold_study *study,
                          const gold_settings *settings, network_size size,
                          double n_points, double d, double n_classes)
{
    const double layers = (double)gold_architecture_length(settings);
    const double m = size.first + size.rest;
    const bool is_shared = is_homogeneous(settings);
    const double tangents = 2.0 * d * m + layers * d * size.rest;
    const double bent = is_smooth(settings) ? d * d * size.units : 0.0;

    if (study->curvature.layers != GOLD_LAYERS_EACH) {
        return 0.0;
    }
    return (is_shared ? 1.0 : n_points) * tangents +
           layers * n_points * (6.0 * m + d * d * n_classes + bent);
}

/* Lines measured again in other bases, or with half of the samples. */
static double repeated_flops(const gold_study *study, double basis,
                             double samples)
{
    const gold_curvature_block *curvature = &study->curvature;

    return (double)curvature->resample_directions * (basis + samples) +
           0.5 * (double)curvature->resample_data * samples;
}

/* Of so many points of a line, where training begins or ends. */
static double line_flops(const gold_study *study, const gold_settings *settings,
                         double n_points, const gold_data_shape *shape,
                         bool is_end)
{
    const gold_curvature_block *curvature = &study->curvature;
    const double d = curvature->n_dims == 0
                         ? 0.0
                         : (double)curvature->dims[curvature->n_dims - 1];
    const size_t n_train = gold_samples_used(settings, shape->n_train);
    const network_size size = size_of(settings, shape);
    const double n = size.parameters;
    const double basis =
        (curvature->layers == GOLD_LAYERS_EACH ? 2.0 : 1.0) *
        (settings->directions == GOLD_GAUSSIAN ? 2.0 * d * d * n : d * sqrt(n));
    const double test =
        n_points * 2.0 * (size.first + size.rest) * (double)shape->n_test;

    const double samples =
        (double)n_train *
        sample_flops(settings, size, n_points, d, (double)shape->n_classes);

    return basis + test +
           n_points *
               (full_flops(study, size, (double)n_train) +
                boundary_flops(study, size, (double)n_train, shape, is_end)) +
           samples + repeated_flops(study, basis, samples) +
           logit_flops(study, settings, size, n_points, shape) +
           (double)n_train * layer_flops(study, settings, size, n_points, d,
                                         (double)shape->n_classes);
}

double gold_measure_flops(const gold_study *study, size_t id,
                          const gold_data_shape *shape, double share)
{
    const double n_all = n_measured(study, id);
    const double n_points = fmax(n_all * share, fmin(n_all, 1.0));
    gold_settings settings;

    if (!(n_points > 0.0)) {
        return 0.0;
    }
    gold_study_point(study, gold_task_point(study, id, 0), &settings);
    return line_flops(study, &settings, n_points, shape, false);
}

/* Before a training begins, what sets its learning rate, and says how large it
 * might be. */
static double rate_flops(const gold_train_block *train,
                         const gold_settings *settings, network_size size,
                         double n_train, double step)
{
    const double n_trials = 25.0;
    const double all = n_trials * (double)GOLD_STABLE_STEPS * step;

    return (train->track[GOLD_TRACK_MAX_STABLE_LEARNING_RATE] ? all : 0.0) +
           (settings->train.scale_learning_rate == GOLD_RATE_SHARPNESS
                ? sharpness_flops(size, n_train)
                : 0.0);
}

/* Forward and backward pass of every step of a phase, and before them of what
 * is asked for there; the stable rate is looked for in the last one alone. */
static double phase_flops(const gold_study *phase, size_t point,
                          const gold_data_shape *shape, bool is_last)
{
    gold_train_block train = phase->train;
    gold_settings settings;

    train.track[GOLD_TRACK_MAX_STABLE_LEARNING_RATE] &= is_last;
    gold_study_point(phase, point, &settings);
    const size_t used = gold_samples_used(&settings, shape->n_train);
    const double n_train = (double)used;
    const network_size size = size_of(&settings, shape);
    const double both = 6.0 * (size.first + size.rest) -
                        2.0 * size.first; /* inputs need no gradient */
    const double batch = settings.train.batch == 0
                             ? n_train
                             : fmin((double)settings.train.batch, n_train);
    const double step =
        batch * both + constraint_flops(&settings, size.parameters);

    return (double)gold_train_steps(&settings, used) * step +
           rate_flops(&train, &settings, size, n_train, step);
}

/* All phases; over all samples at logged steps, a backward pass only where a
 * gradient is logged; and a line of one point whenever curvature is measured
 * after the start. */
static double training_flops(const gold_study *study, size_t point,
                             const gold_data_shape *shape)
{
    const gold_train_block *train = &study->train;
    double flops = 0.0;
    gold_settings settings;

    if (gold_study_is_excluded(study, point)) {
        return 0.0;
    }
    gold_study_point(study, point, &settings);

    const size_t used = gold_samples_used(&settings, shape->n_train);
    const double n_train = (double)used;
    const network_size size = size_of(&settings, shape);
    const double m = size.first + size.rest;
    const uint64_t n_steps = gold_study_steps(study, point, shape->n_train);
    const double steps = (double)n_steps;
    const double observed =
        gold_logs_gradients(train) ? 6.0 * m - 2.0 * size.first : 2.0 * m;
    const double measured = (double)gold_study_n_measured(study, n_steps) *
                            line_flops(study, &settings, 1.0, shape, true);
    const double spaced = train->log_every > 0
                              ? ceil(steps / (double)train->log_every) + 1.0
                              : fmin((double)train->log_count, steps + 1.0);
    const double logged = fmin(spaced + (double)study->n_earlier, steps + 1.0);

    for (size_t i = 0; i <= study->n_earlier; i++) {
        flops += phase_flops(gold_study_phase(study, i), point, shape,
                             i == study->n_earlier);
    }
    return flops + measured +
           logged * (n_train * observed + (double)shape->n_test * 2.0 * m +
                     tracked_flops(study, &settings, size, n_train,
                                   (double)shape->n_classes));
}

double gold_task_flops(const gold_study *study, size_t id,
                       const gold_data_shape *shape)
{
    return gold_task_kind_of(study, id) == GOLD_TASK_TRAIN
               ? training_flops(study, id - gold_n_measure_tasks(study), shape)
               : gold_measure_flops(study, id, shape, 1.0);
}

double gold_kept_bytes(const gold_study *study)
{
    return (double)study->run.memory_per_rank / 4.0;
}
