/* SPDX-License-Identifier: MIT */
#include "train/training.h"

#include <math.h>
#include <string.h>

#include "goldilocks/memory.h"
#include "goldilocks/random.h"

#include "linalg/product.h"
#include "train/gradient.h"
#include "train/optimizer.h"
#include "train/state.h"
#include "train/subspace.h"

/* A training under way. */
typedef struct course {
    const gold_training *plan;
    size_t n; /* parameters */
    real *theta;
    real *start; /* where it begins */
    double start_norm;
    const real *initial; /* theta_0, of the first phase */
    real *gradient;      /* of the next step */
    FN(passes) passes;
    FN(subspace) subspace; /* zero unless training is held to one */
    FN(optimizer) optimizer;
    size_t batch;  /* samples; all of them: full */
    size_t *order; /* [train.n] of this epoch; NULL for full batches */
    real *inputs;  /* (batch, n_in) gathered; NULL where all samples are used
                      as they are */
    uint8_t *labels;
    double *targets; /* (batch, n_out); NULL where the set has none */
    bool has_order;
    void *bytes; /* room for the state; NULL when nobody saves it */
    double lowest_loss;
    uint64_t since_lowest; /* log entries */
    double flops;
} course;

static bool is_full(const course *c)
{
    return c->batch == c->plan->train.n;
}

/* True when a step uses all samples as they are. */
static bool is_direct(const course *c)
{
    return is_full(c) && !FN(augments)(&c->plan->augmentation);
}

static gold_status prepare(course *c, real *theta)
{
    const gold_training *plan = c->plan;
    const gold_train_settings *settings = plan->settings;
    const bool wants_all =
        settings->optimizer == GOLD_GD || settings->batch == 0;

    c->theta = theta;
    c->n = plan->network->n_parameters;
    c->batch = plan->train.n;
    if (!wants_all && settings->batch < plan->train.n) {
        c->batch = (size_t)settings->batch;
    }
    GOLD_TRY(GOLD_ALLOC(c->n, &c->start));
    memcpy(c->start, theta, c->n * sizeof *theta);
    c->start_norm = FN(norm)(c->n, theta);
    c->initial = plan->initial != NULL ? plan->initial : c->start;
    GOLD_TRY(GOLD_ALLOC(c->n, &c->gradient));
    GOLD_TRY(FN(passes_init)(&c->passes, plan->network, plan->input_scale,
                             plan->temperature, plan->train.n));
    if (settings->constraint == GOLD_CONSTRAINT_SUBSPACE) {
        GOLD_TRY(FN(subspace_init)(
            &c->subspace, plan->network, plan->directions, c->start,
            settings->constraint_surface == GOLD_SPHERE));
    }
    GOLD_TRY(FN(optimizer_init)(&c->optimizer, settings,
                                c->subspace.x != NULL ? c->subspace.n : c->n));
    if (is_direct(c)) {
        return GOLD_OK;
    }
    if (!is_full(c)) {
        GOLD_TRY(GOLD_ALLOC(plan->train.n, &c->order));
    }
    GOLD_TRY(GOLD_ALLOC(c->batch * plan->network->n_in, &c->inputs));
    if (plan->train.targets != NULL) {
        GOLD_TRY(GOLD_ALLOC(c->batch * plan->network->n_out, &c->targets));
    }
    return GOLD_ALLOC(c->batch, &c->labels);
}

static void clean_up(course *c)
{
    gold_free(c->start);
    gold_free(c->gradient);
    FN(passes_fini)(&c->passes);
    FN(optimizer_fini)(&c->optimizer);
    FN(subspace_fini)(&c->subspace);
    gold_free(c->order);
    gold_free(c->inputs);
    gold_free(c->labels);
    gold_free(c->targets);
    gold_free(c->bytes);
}

/* Matrix product flops of a forward pass over `n` samples; a gradient takes
 * three times as many but for the first layer's backward product. */
static double forward_flops(const course *c, size_t n)
{
    return 2.0 * (double)n * c->plan->network->products;
}

static double gradient_flops(const course *c, size_t n)
{
    const gold_layer *first = &c->plan->network->layers[0];

    return 3.0 * forward_flops(c, n) -
           2.0 * (double)n * (double)gold_layer_products(first);
}

/* Put a sample of the training set, as it is to be used in an epoch, into
 * place `i` of the batch. */
static void gather(course *c, uint64_t epoch, size_t from, size_t i)
{
    const gold_batch *all = &c->plan->train;
    const gold_augmentation *augmentation = &c->plan->augmentation;
    const size_t n_in = c->plan->network->n_in;
    const size_t n_out = c->plan->network->n_out;
    const real *input = all->inputs + from * n_in;
    real *place = c->inputs + i * n_in;

    if (FN(augments)(augmentation)) {
        FN(augment)
        (augmentation, FN(augment_draw)(augmentation, epoch, from), input,
         place);
    } else {
        memcpy(place, input, n_in * sizeof *place);
    }
    c->labels[i] = all->labels[from];
    if (c->targets != NULL) {
        memcpy(c->targets + i * n_out, all->targets + from * n_out,
               n_out * sizeof *c->targets);
    }
}

/* The batch of step s + 1. */
static gold_batch next_batch(course *c, uint64_t s)
{
    const gold_batch all = c->plan->train;
    const uint64_t per_epoch = (all.n + c->batch - 1) / c->batch;
    const size_t first = (size_t)(s % per_epoch) * c->batch;
    const size_t left = all.n - first;
    const size_t n = left < c->batch ? left : c->batch;

    if (c->order != NULL && (s % per_epoch == 0 || !c->has_order)) {
        gold_random_order(gold_stream_of(c->plan->seed, GOLD_PURPOSE_BATCHES,
                                         (uint32_t)(s / per_epoch)),
                          all.n, c->order);
        c->has_order = true;
    }
    for (size_t i = 0; i < n; i++) {
        gather(c, s / per_epoch,
               c->order != NULL ? c->order[first + i] : first + i, i);
    }
    return (gold_batch){n, c->inputs, c->labels, c->targets};
}

/* Have parameters and logits their numbers still? */
static bool is_finite(const gold_log_entry *entry)
{
    return isfinite(entry->loss) && isfinite(entry->weight_norm);
}

static void take_test(course *c, gold_log_entry *entry)
{
    const gold_batch test = c->plan->test;

    if (test.n > 0) {
        const gold_pass_sums sums = FN(evaluate)(&c->passes, c->theta, test);

        entry->test_loss = sums.loss / (double)test.n;
        if (is_finite(entry) && isfinite(sums.loss)) {
            entry->test_accuracy = sums.correct / (double)test.n;
        }
        c->flops += forward_flops(c, test.n);
    }
}

/* Nothing is known yet; all that it has are doubles. */
static gold_log_entry unknown_entry(void)
{
    const double number = (double)NAN;
    gold_log_entry entry;

    for (size_t i = 0; i < sizeof entry / sizeof number; i++) {
        memcpy((char *)&entry + i * sizeof number, &number, sizeof number);
    }
    return entry;
}

/* What is known at theta. Leaves the full gradient in c->gradient where it
 * was computed. */
static gold_log_entry observe(course *c, bool wants_gradient)
{
    const gold_batch train = c->plan->train;
    const double n = (double)train.n;
    const double n_classes = (double)c->plan->network->n_out;
    const gold_pass_sums sums =
        wants_gradient ? FN(gradient)(&c->passes, c->theta, train, c->gradient)
                       : FN(evaluate)(&c->passes, c->theta, train);
    gold_log_entry entry = unknown_entry();

    entry.loss = sums.loss / n;
    entry.accuracy = sums.correct / n;
    entry.weight_norm = FN(norm)(c->n, c->theta);
    entry.cosine_to_init = FN(cosine)(c->n, c->theta, c->initial);
    entry.zero_logits = sums.zero_logits / (n * n_classes);
    entry.entropy = sums.entropy / n;
    if (wants_gradient) {
        entry.gradient_norm = FN(norm)(c->n, c->gradient);
        entry.cosine_gradient = FN(cosine)(c->n, c->theta, c->gradient);
    }
    c->flops +=
        wants_gradient ? gradient_flops(c, train.n) : forward_flops(c, train.n);
    if (!is_finite(&entry)) { /* which class was the largest, is chance */
        entry.accuracy = (double)NAN;
        entry.zero_logits = (double)NAN;
    }
    take_test(c, &entry);
    return entry;
}

/* What only logged step `k` is asked for; the gradient there is in c->gradient
 * where it was wanted. */
static void observe_more(course *c, size_t k, const gold_log_entry *entry)
{
    const gold_training *plan = c->plan;

    if (plan->observe != NULL) {
        const gold_logged at = {
            .entry = entry,
            .theta = c->theta,
            .gradient = plan->wants_gradients ? c->gradient : NULL,
            .passes = &c->passes,
            .numbers = plan->numbers + k * plan->n_numbers,
        };

        c->flops += plan->observe(plan->observer, &at);
    }
}

/* Does a logged entry end the training? */
static gold_train_end judge(course *c, const gold_log_entry *entry)
{
    const gold_training *plan = c->plan;

    if (!is_finite(entry)) {
        return GOLD_END_DIVERGED;
    }
    if (entry->accuracy >= plan->stop_accuracy ||
        entry->loss <= plan->stop_loss) {
        return GOLD_END_CONVERGED;
    }
    c->since_lowest = entry->loss < c->lowest_loss ? 0 : c->since_lowest + 1;
    c->lowest_loss = fmin(c->lowest_loss, entry->loss);
    return plan->stop_patience > 0 && c->since_lowest >= plan->stop_patience
               ? GOLD_END_PATIENCE
               : GOLD_END_STEPS;
}

/* Move theta by c->gradient, as the constraint allows, in step s + 1. */
static void move(course *c, uint64_t s)
{
    const gold_training *plan = c->plan;
    FN(subspace) *subspace = &c->subspace;

    c->optimizer.rate =
        plan->learning_rate * FN(rate_share)(plan->settings, s, plan->n_steps);
    switch (c->plan->settings->constraint) {
    case GOLD_CONSTRAINT_NONE:
        FN(optimizer_step)(&c->optimizer, c->gradient, c->theta);
        break;
    case GOLD_CONSTRAINT_SPHERE:
        FN(optimizer_step_on_sphere)
        (&c->optimizer, c->n, c->start_norm, c->gradient, c->theta);
        break;
    case GOLD_CONSTRAINT_SUBSPACE:
        FN(subspace_reduce)(subspace, c->gradient);
        if (subspace->is_sphere) {
            FN(optimizer_step_on_sphere)
            (&c->optimizer, subspace->n, c->start_norm, subspace->gradient,
             subspace->x);
        } else {
            FN(optimizer_step)
            (&c->optimizer, subspace->gradient, subspace->x);
        }
        FN(subspace_expand)(subspace, c->theta);
        break;
    }
}

/* Step s + 1. `has_gradient`: the full one is there already. False when the
 * loss is not finite. */
static bool step(course *c, uint64_t s, bool has_gradient)
{
    if (!is_direct(c) || !has_gradient) {
        const gold_batch batch =
            is_direct(c) ? c->plan->train : next_batch(c, s);
        const gold_pass_sums sums =
            FN(gradient)(&c->passes, c->theta, batch, c->gradient);

        c->flops += gradient_flops(c, batch.n);
        if (!isfinite(sums.loss)) {
            return false;
        }
    }
    move(c, s);
    return true;
}

/* The state after s steps, before what is logged there. */
static gold_train_state state_of(const course *c, uint64_t s, size_t n_logged,
                                 gold_log_entry *log)
{
    const FN(optimizer) *optimizer = &c->optimizer;
    const size_t n_first = optimizer->first != NULL ? optimizer->n : 0;
    const size_t n_second = optimizer->second != NULL ? optimizer->n : 0;

    return (gold_train_state){
        .plan = c->plan,
        .step = s,
        .optimizer_step = optimizer->step,
        .n_logged = n_logged,
        .since_lowest = c->since_lowest,
        .lowest_loss = c->lowest_loss,
        .flops = c->flops,
        .vectors = {{c->n, c->theta},
                    {c->subspace.n, c->subspace.x},
                    {n_first, optimizer->first},
                    {n_second, optimizer->second},
                    {c->plan->best != NULL ? c->n : 0, c->plan->best},
                    {c->plan->past.phase > 0 ? c->n : 0, c->start}},
        .log = log,
    };
}

/* Go back to where a training was saved, if it was. */
static gold_status resume(course *c, gold_log_entry *log,
                          gold_training_result *result)
{
    const gold_training *plan = c->plan;
    gold_train_state state = state_of(c, 0, 0, log);

    result->first_step = plan->past.steps;
    result->n_logged = (size_t)plan->past.n_logged;

    if (plan->save != NULL) {
        GOLD_TRY(gold_alloc(FN(state_room)(&state), 1, &c->bytes));
    }
    if (plan->resume == NULL ||
        !FN(state_restore)(&state, plan->resume, plan->resume_bytes)) {
        return GOLD_OK;
    }
    c->optimizer.step = state.optimizer_step;
    c->since_lowest = state.since_lowest;
    c->lowest_loss = state.lowest_loss;
    c->flops = state.flops;
    result->first_step += state.step;
    result->n_logged = (size_t)state.n_logged;
    if (result->n_logged > 0) {
        result->final = log[result->n_logged - 1];
    }
    return GOLD_OK;
}

/* Save the state after s steps for who wants it. */
static void save(const course *c, uint64_t s, size_t n_logged,
                 gold_log_entry *log)
{
    const gold_training *plan = c->plan;

    if (plan->save != NULL) {
        const gold_train_state state = state_of(c, s, n_logged, log);

        plan->save(plan->context, c->bytes, FN(state_save)(&state, c->bytes));
    }
}

/* Save the state after s steps if it is time to; true to stop there. */
static bool is_stopped(const course *c, uint64_t s, size_t n_logged,
                       gold_log_entry *log)
{
    const gold_training *plan = c->plan;
    const bool stops =
        plan->should_stop != NULL && plan->should_stop(plan->context);

    if (stops ||
        (plan->should_save != NULL && plan->should_save(plan->context))) {
        save(c, s, n_logged, log);
    }
    return stops;
}

/* Look at theta after s steps, where that is wanted; false: it was not to the
 * end, and the training is to go on from there. */
static bool visit(course *c, uint64_t s)
{
    const gold_training *plan = c->plan;
    bool is_over = true;

    for (size_t i = 0; i < plan->n_visits; i++) {
        if (plan->visits[i] == plan->past.steps + s) {
            is_over = plan->visit(plan->visitor, i, c->theta, &c->flops);
        }
    }
    return is_over;
}

/* All steps, with their log. */
static gold_train_end follow(course *c, gold_log_entry *log,
                             gold_training_result *result)
{
    const gold_training *plan = c->plan;
    const uint64_t before = plan->past.steps;
    size_t next = result->n_logged;

    for (uint64_t s = result->first_step - before;; s++) {
        bool has_gradient = false;

        result->final_step = before + s;
        if (before + s > result->first_step && is_stopped(c, s, next, log)) {
            return GOLD_END_STOPPED;
        }
        if (!visit(c, s)) {
            save(c, s, next, log);
            return GOLD_END_STOPPED;
        }
        if (next < plan->n_log && plan->log_steps[next] == before + s) {
            has_gradient = plan->wants_gradients;
            log[next] = observe(c, has_gradient);
            observe_more(c, next, &log[next]);
            result->n_logged = ++next;
            result->final = log[next - 1];
            if (plan->best != NULL &&
                FN(best_entry)(plan, log, next) == next - 1) {
                memcpy(plan->best, c->theta, c->n * sizeof *plan->best);
            }
            const gold_train_end end = judge(c, &log[next - 1]);

            if (end != GOLD_END_STEPS) {
                return end;
            }
        } else if (s == plan->n_steps) {
            result->final = observe(c, plan->wants_gradients);
            return is_finite(&result->final) ? GOLD_END_STEPS
                                             : GOLD_END_DIVERGED;
        }
        if (s == plan->n_steps) {
            return GOLD_END_STEPS;
        }
        if (!step(c, s, has_gradient)) {
            /* Not what was logged last, when all may have been well. */
            result->final = observe(c, plan->wants_gradients);
            return GOLD_END_DIVERGED;
        }
    }
}

gold_status FN(train)(const gold_training *training, real *theta,
                      gold_log_entry *log, gold_training_result *result)
{
    gold_status status = GOLD_OK;
    course c = {.plan = training, .lowest_loss = (double)INFINITY};

    *result = (gold_training_result){0};
    GOLD_GOTO(prepare(&c, theta));
    GOLD_GOTO(resume(&c, log, result));
    result->end = follow(&c, log, result);
    if (result->end == GOLD_END_DIVERGED) {
        result->final.loss = (double)NAN;
        result->final.test_loss = (double)NAN;
    }
    result->weight_change =
        FN(distance)(c.n, c.theta, c.initial) / FN(norm)(c.n, c.initial);
    result->flops = c.flops;

done:
    clean_up(&c);
    return status;
}
