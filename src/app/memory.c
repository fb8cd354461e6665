/* SPDX-License-Identifier: MIT */
/* What a process needs. The arrays are those of line_arrays.c and classes.c in
 * curv and lanczos.c in linalg, those of graphs what graph/run.h counts, and
 * how much of them is worked on at a time is what base/blocks.h says; the
 * program tests/bench/memory.py compares the sum with what runs take. */
#include <math.h>

#include "app/sizes.h"
#include "base/blocks.h"
#include "base/nearest.h"

/* And what large pages round up of some dozen blocks (base/memory.c). */
static const double library_bytes = 56.0 * 1024 * 1024;
static const double margin = 1.08; /* small arrays, and gaps between them */

/* Sizes of a network as far as memory depends on them. */
typedef struct extent {
    double parameters;
    double inputs;
    double outputs;
    gold_graph graph; /* without nodes where it does not fit */
    bool is_homogeneous;
} extent;

/* Reals of a run of a graph on a block of n samples: as many as it is cut into
 * for `bytes`, with `beside` reals a sample. */
static double run_reals(const extent *e, gold_run_plan plan, size_t bytes,
                        size_t beside, double n, double word)
{
    if (e->graph.n_nodes == 0) {
        return 0.0;
    }
    plan.graph = &e->graph;
    plan.n = gold_graph_samples(bytes, gold_graph_sample_reals(&plan) + beside,
                                (size_t)word,
                                gold_graph_has_positions(&e->graph), (size_t)n);
    return (double)gold_graph_reals(&plan) + (double)(plan.n * beside);
}

/* A graph that does not fit is refused elsewhere, and left without nodes. */
static extent extent_of(const gold_settings *settings,
                        const gold_data_shape *shape)
{
    extent e = {.parameters = 0.0};

    if (gold_architecture_graph(settings, gold_data_input(shape),
                                shape->n_classes, &e.graph, NULL) != GOLD_OK) {
        gold_graph_fini(&e.graph);
        return e;
    }
    const gold_node *last = gold_graph_last(&e.graph);

    e.parameters = (double)e.graph.n_parameters;
    e.inputs = (double)gold_shape_units(e.graph.nodes[0].y);
    e.outputs = (double)gold_shape_units(last->y);
    e.is_homogeneous =
        last->degree != GOLD_NO_DEGREE && settings->scaled == GOLD_SCALED_ALL;
    return e;
}

/* A line to be measured. */
typedef struct measuring {
    const extent *of;
    double d;
    double n_points; /* measured together, */
    double most;     /* of which so many share a forward pass */
    double n_train;
    double word;
    bool is_sparse;
} measuring;

/* May it be of a chain that is computed without what relu switches off? */
static bool is_of_chain(const gold_node *node)
{
    static const char *const names[] = {"linear", "relu", "flatten", NULL};

    return gold_is_among(gold_node_name(node), names) && node->n_inputs == 1;
}

/* Units of the linear layers of a network that may be such a chain; 0: it is
 * none. */
static size_t chain_units(const gold_graph *graph)
{
    size_t sum = 0;

    for (size_t q = 1; q < graph->n_nodes; q++) {
        const gold_node *node = &graph->nodes[q];

        if (!is_of_chain(node) || node->inputs[0] != q - 1) {
            return 0;
        }
        sum += node->fan_out;
    }
    return gold_graph_has_positions(graph) ? 0 : sum;
}

/* Reals of the arrays of a block, in the one of the ways of curv/ways.c that
 * takes more: which it will be depends on the processor. */
static double block_reals(const measuring *m)
{
    const size_t d = (size_t)m->d;
    const size_t outputs = (size_t)m->of->outputs;
    const size_t most = (size_t)m->most;
    const size_t k = most + 1 > outputs ? outputs - 1 : 0;
    const gold_run_plan products = {.d = d,
                                    .m = most,
                                    .k = k,
                                    .has_second = d > 0,
                                    .has_again = m->most < m->n_points};
    const size_t beside = gold_line_beside(d, outputs, (size_t)m->word);
    const size_t units =
        d > 0 && !m->is_sparse ? chain_units(&m->of->graph) : 0;
    const size_t masked =
        beside + gold_masked_beside(units, outputs, d, k > 0 ? k : most, most,
                                    (size_t)m->word);
    const double by_products = run_reals(m->of, products, GOLD_PRODUCT_BYTES,
                                         beside, m->n_train, m->word);

    return units == 0
               ? by_products
               : fmax(by_products, run_reals(m->of, (gold_run_plan){.m = 0},
                                             GOLD_MASKED_BYTES, masked,
                                             m->n_train, m->word));
}

/* Reals of directions, and of the parameters at a point's scale. */
static double direction_reals(const measuring *m)
{
    const double parameters = m->of->parameters;

    return parameters +
           (m->is_sparse ? 16.0 * m->d * sqrt(parameters) : m->d * parameters);
}

static double line_bytes(const measuring *m)
{
    return m->word * (block_reals(m) + direction_reals(m) +
                      m->n_points * m->of->parameters) +
           5.0 * 8.0 * m->n_points * m->d * m->d;
}

/* Vectors of Lanczos' basis of so many steps; 0 without. */
static double basis_vectors(double n, double steps)
{
    const size_t most = (size_t)fmin(steps, n);

    if (most == 0) {
        return 0.0;
    }
    const size_t part = gold_lanczos_part((size_t)n, most);
    const size_t n_parts = most / part + 1;

    return (double)(n_parts * part);
}

/* Products with the Hessian: a run with as many bases as are kept. */
static double product_bytes(const gold_study *study, const extent *e,
                            double directions, double n_train, double word)
{
    const size_t block = gold_hvp_samples(e->graph.most_units,
                                          gold_graph_has_positions(&e->graph),
                                          (size_t)directions, (size_t)n_train);
    gold_run_plan plan = {.graph = &e->graph,
                          .n = block,
                          .d = (size_t)directions,
                          .m = 1,
                          .has_products = true,
                          .has_packed = true,
                          .n_bases = 1};
    const double one = (double)gold_graph_reals(&plan);

    plan.n_bases = 2;
    const double base = word * ((double)gold_graph_reals(&plan) - one) +
                        8.0 * (double)block * e->outputs;
    const size_t n_bases = gold_hvp_bases(
        base, gold_kept_bytes(study), (size_t)ceil(n_train / (double)block));

    return word * one + (double)(n_bases - 1) * base;
}

/* Arrays of a run over blocks of samples. */
static double block_bytes(gold_run_plan plan, double word)
{
    plan.n = 1;
    plan.n = gold_logit_samples(gold_graph_sample_reals(&plan), (size_t)word);
    return word * (double)gold_graph_reals(&plan);
}

/* The decision boundary: eigenvectors in both precisions and sums of classes;
 * alignments of samples, or of the points of a grid; a run for these, then one
 * for margins. */
static double boundary_bytes(const gold_study *study, const extent *e,
                             double n_train, double word)
{
    const gold_curvature_block *curvature = &study->curvature;
    const double k = (double)curvature->boundary_vectors;
    const double count = (double)curvature->grid_count;
    const double n =
        e->inputs > 2.0 ? n_train : fmax(n_train, pow(count, e->inputs));
    const gold_run_plan align = {
        .graph = &e->graph, .d = (size_t)k, .m = 1, .has_squares = true};
    const gold_run_plan lead = {.graph = &e->graph, .m = (size_t)e->outputs};

    if (curvature->boundary_vectors == 0) {
        return 0.0;
    }
    return e->parameters * (k * (8.0 + word) + e->outputs * word) +
           8.0 * n * (k + 4.0) +
           fmax(block_bytes(align, word), block_bytes(lead, word));
}

/* What concerns all parameters together: Lanczos' basis in double, blocks of
 * eight products with two terms, what products need, and entries of three
 * matrices. */
static double full_bytes(const gold_study *study, const extent *e,
                         double n_train, double word)
{
    const gold_curvature_block *curvature = &study->curvature;
    const double directions =
        curvature->trace_probes > 0 || curvature->dense_limit > 0
            ? GOLD_FULL_DIRECTIONS
            : 1.0;
    const double n = e->parameters;
    const double steps = fmax(
        curvature->extreme_count > 0 ? (double)curvature->extreme_steps : 0.0,
        fmax(curvature->density_probes > 0 ? (double)curvature->density_steps
                                           : 0.0,
             curvature->boundary_vectors > 0 ? (double)curvature->boundary_steps
                                             : 0.0));
    const double order = n <= (double)curvature->dense_limit ? n : 0.0;
    const double terms = curvature->split ? 4.0 : 2.0; /* and the vectors */

    if (!gold_study_has_full(study) || e->graph.n_nodes == 0) {
        return 0.0;
    }
    return boundary_bytes(study, e, n_train, word) +
           8.0 * n * (basis_vectors(n, steps) + 2.0) +
           word * (terms * directions + 1.0) * n +
           product_bytes(study, e, directions, n_train, word) +
           (curvature->generalisation ? 4.0 : 3.0) * 8.0 * order * order;
}

/* Vectors of all parameters that a training holds: the drawn ones, those that
 * move, where they began, the gradient, the optimizer's and the best; what
 * moves, the optimizer's and the best again in the state that is saved, and in
 * one that is resumed; of several phases where the first one began, and in the
 * states where theirs did. */
static double training_vectors(const gold_study *study,
                               gold_optimizer optimizer)
{
    const double others = (double)gold_optimizer_vectors(optimizer) +
                          (study->train.keep[GOLD_KEEP_BEST] ? 1.0 : 0.0);

    return 4.0 + others + 2.0 * (1.0 + others) +
           (study->n_earlier > 0 ? 3.0 : 0.0);
}

/* Directions that a training is held to. */
static double constraint_reals(const gold_settings *settings, const extent *e)
{
    return settings->train.constraint == GOLD_CONSTRAINT_SUBSPACE
               ? (double)settings->train.constraint_dim * e->parameters
               : 0.0;
}

/* Of a training: its vectors, arrays of a block and of a batch, Lanczos'
 * basis. */
static double training_bytes(const gold_study *study,
                             const gold_settings *settings, const extent *e,
                             double n_train, double word)
{
    const double vectors = training_vectors(study, settings->train.optimizer);
    const double sharpness =
        study->train.track[GOLD_TRACK_SHARPNESS] ||
                settings->train.scale_learning_rate == GOLD_RATE_SHARPNESS
            ? basis_vectors(e->parameters, GOLD_SHARPNESS_STEPS) + 4.0
            : 0.0;
    const double batch = settings->train.batch == 0
                             ? n_train
                             : fmin((double)settings->train.batch, n_train);

    if (!study->has_train || e->graph.n_nodes == 0) {
        return 0.0;
    }
    const double products =
        sharpness > 0.0 ? product_bytes(study, e, 1.0, n_train, word) : 0.0;
    const double block = (double)gold_pass_samples(
        e->graph.most_units, gold_graph_has_positions(&e->graph),
        (size_t)n_train);
    const double sample = (double)gold_graph_sample_reals(
        &(gold_run_plan){.graph = &e->graph, .n = 1, .m = 1});

    return word * (vectors * e->parameters + constraint_reals(settings, e) +
                   block * sample + batch * e->inputs) +
           8.0 * e->parameters * sharpness + products;
}

/* Of the phase that needs most. */
static double phases_bytes(const gold_study *study, size_t point,
                           const extent *e, double n_train, double word)
{
    double most = 0.0;

    for (size_t i = 0; i <= study->n_earlier; i++) {
        gold_settings settings;

        gold_study_point(gold_study_phase(study, i), point, &settings);
        most = fmax(most, training_bytes(study, &settings, e, n_train, word));
    }
    return most;
}

/* Logit gradients: a run, sums of the classes of a sweep, and the point. */
static double logit_bytes(const measuring *m)
{
    const size_t word = (size_t)m->word;
    gold_run_plan plan = {.graph = &m->of->graph,
                          .n = 1,
                          .m = gold_logit_classes(m->of->graph.n_parameters,
                                                  (size_t)m->of->outputs, word),
                          .has_squares = true};

    if (m->of->graph.n_nodes == 0) {
        return 0.0;
    }
    plan.n = gold_logit_samples(gold_graph_sample_reals(&plan), word);
    return m->word *
           ((double)gold_graph_reals(&plan) +
            (double)plan.n * (m->of->inputs + 2.0 * (double)plan.m) +
            (double)(GOLD_LOGIT_SUMS * plan.m + 1) * m->of->parameters);
}

/* What statistics that a study may ask for add: a basis of a layer or another
 * one of all parameters, half of the samples, sums of logit gradients. */
static double optional_bytes(const gold_study *study, const measuring *m)
{
    const gold_curvature_block *curvature = &study->curvature;
    const bool has_bases = curvature->layers == GOLD_LAYERS_EACH ||
                           curvature->resample_directions > 0;
    const double half = 0.5 * m->n_train * m->of->inputs;

    return (has_bases ? m->word * m->d * m->of->parameters : 0.0) +
           (curvature->resample_data > 0 ? m->word * half : 0.0) +
           (curvature->logit_gradients > 0 ? logit_bytes(m) : 0.0);
}

/* Records of a line have room for what trainings keep, too. */
static double kept_bytes(const gold_study *study, double n_parameters)
{
    return (double)(gold_line_length(study) * gold_study_n_kept(study)) *
           n_parameters * sizeof(double);
}

/* Of the network of one task: a line, then what concerns all parameters while
 * the directions stay; or a training; or all of this at once. */
static double task_bytes(const gold_study *study, size_t id,
                         const gold_data_shape *shape)
{
    const size_t n_dims = study->curvature.n_dims;
    const double word = study->run.precision == GOLD_FLOAT32 ? 4.0 : 8.0;
    gold_settings settings;

    gold_study_point(study, gold_task_point(study, id, 0), &settings);
    extent e = extent_of(&settings, shape);
    const double n_points =
        fmin((double)gold_line_length(study), GOLD_LINE_POINTS);
    const measuring m = {
        .of = &e,
        .d = n_dims > 0 ? (double)study->curvature.dims[n_dims - 1] : 0.0,
        .n_points = n_points,
        .most = e.is_homogeneous ? n_points : 1.0,
        .n_train = (double)gold_samples_used(&settings, shape->n_train),
        .word = word,
        .is_sparse = settings.directions == GOLD_SPARSE_SIGN};
    const double directions = m.is_sparse ? 0.0 : word * m.d * e.parameters;
    /* drawn and trained parameters beside what is measured at the end, or
     * those beside a training that goes on */
    const double held =
        gold_study_n_measured(study, UINT64_MAX) > 0
            ? word * (2.0 * e.parameters + constraint_reals(&settings, &e))
            : 0.0;
    const double measured =
        held + fmax(line_bytes(&m) + optional_bytes(study, &m),
                    directions + full_bytes(study, &e, m.n_train, word));
    const double trained =
        phases_bytes(study, gold_task_point(study, id, 0), &e, m.n_train, word);
    const double gathered =
        study->data.subset == GOLD_SUBSET_PER_SEED
            ? word * e.inputs * (m.n_train + (double)shape->n_test)
            : 0.0;

    const double bytes =
        gathered + kept_bytes(study, e.parameters) +
        (study->curvature.n_moments > 0 ? measured + trained
                                        : fmax(measured, trained));

    gold_graph_fini(&e.graph);
    return bytes;
}

double gold_memory_per_rank(const gold_study *study,
                            const gold_data_shape *shape)
{
    double most = 0.0;

    for (size_t id = 0; id < gold_n_measure_tasks(study); id++) {
        most = fmax(most, task_bytes(study, id, shape));
    }
    return library_bytes + margin * most;
}
