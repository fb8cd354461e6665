/* SPDX-License-Identifier: MIT */
#include "engine/lesson.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "goldilocks/memory.h"

#include "engine/rates.h"
#include "engine/record.h"
#include "train/optimizer.h"
#include "train/state.h"

static void plan_training(gold_lesson *t)
{
    const gold_engine_job *job = &t->job;
    const gold_train_block *train = &job->study->train;

    t->training = (gold_training){
        .network = &t->start.network,
        .settings = &t->settings.train,
        .past = t->training.past,
        .initial = t->initial,
        .input_scale = t->settings.input_scale,
        .temperature = t->settings.temperature,
        .seed = t->settings.train_seed,
        .directions = &t->directions,
        .n_steps = gold_train_steps(&t->settings, job->data->train.n),
        .train = FN(samples)(&job->data->train),
        .augmentation = {.channels = job->data->channels,
                         .height = job->data->height,
                         .width = job->data->width,
                         .seed = t->settings.train_seed,
                         .flip = t->settings.train.augment_flip,
                         .shift = t->settings.train.augment_shift},
        .test = FN(samples)(&job->data->test),
        .n_log = job->schema->n_log,
        .log_steps = job->schema->log_steps,
        .wants_gradients = gold_logs_gradients(train),
        .stop_accuracy = train->stop_accuracy,
        .stop_loss = train->stop_loss,
        .stop_patience = train->stop_patience,
        .observe = FN(watch_entry),
        .observer = &t->watch,
        .n_numbers = t->watch.n_numbers,
        .numbers = t->numbers,
        .visit = FN(moments_visit),
        .visitor = &t->moments,
        .n_visits = job->schema->n_moments,
        .visits = job->schema->moments,
        .n_found = t->moments.n_found,
        .found = t->moments.found,
        .best = t->best,
    };
    if (job->interrupt != NULL) {
        t->training.should_stop = job->interrupt->should_stop;
        t->training.should_save = job->interrupt->should_save;
        t->training.save = job->interrupt->save;
        t->training.context = job->interrupt->context;
        t->training.resume = job->interrupt->resume;
        t->training.resume_bytes = job->interrupt->resume_bytes;
    }
}

/* The directions that training is held to: those of the seed's curvature, of
 * the constraint's own kind and number. */
static gold_status draw_subspace(gold_lesson *t)
{
    gold_settings own = t->settings;

    own.directions = own.train.constraint_directions;
    own.surface = own.train.constraint_surface;
    return FN(directions_init)(&t->directions, &t->start.network, &own,
                               (size_t)own.train.constraint_dim, t->theta);
}

gold_status FN(lesson_init)(gold_lesson *t, const gold_engine_job *job,
                            bool wants_best)
{
    size_t n = 0;

    *t = (gold_lesson){.whole = job, .job = *job};
    gold_study_point(job->study, job->task->points[0], &t->settings);
    GOLD_TRY(FN(start_init)(&t->start, &t->settings, job->data));
    t->alpha = FN(start_alpha)(&t->start, &t->settings);
    n = t->start.network.n_parameters;
    GOLD_TRY(GOLD_ALLOC(n, &t->theta));
    if (wants_best) {
        GOLD_TRY(GOLD_ALLOC(n, &t->best));
    }
    for (size_t i = 0; i < n; i++) {
        t->theta[i] = (real)(gold_scale_of(&t->start.network, i, t->alpha) *
                             (double)t->start.theta[i]);
        if (wants_best) {
            t->best[i] = (real)NAN;
        }
    }
    if (job->study->n_earlier > 0) {
        GOLD_TRY(GOLD_ALLOC(n, &t->initial));
        memcpy(t->initial, t->theta, n * sizeof *t->theta);
    }
    GOLD_TRY(FN(moments_init)(&t->moments, &t->job, &t->start));
    return GOLD_ALLOC(job->schema->n_log, &t->log);
}

/* Free what a phase had. */
static void leave(gold_lesson *t)
{
    FN(watch_fini)(&t->watch); /* while its network is there */
    FN(directions_fini)(&t->directions);
    gold_point_data_fini(&t->data);
}

void FN(lesson_fini)(gold_lesson *t)
{
    leave(t);
    FN(start_fini)(&t->start);
    gold_free(t->theta);
    gold_free(t->initial);
    gold_free(t->best);
    gold_free(t->log);
    gold_free(t->numbers);
    FN(moments_fini)(&t->moments);
}

/* Factor from the drawn parameters to those with which a phase begins, or the
 * last one before it that went on from none. */
static double scale_of(const gold_lesson *t, size_t phase)
{
    for (size_t i = phase; i > 0; i--) {
        const uint64_t of = gold_study_phase(t->whole->study, i)->norm_of_phase;

        if (of > 0) {
            return t->training.past.ends[of - 1].weight_norm /
                   hypot(t->start.norm, t->start.fixed_norm);
        }
    }
    return t->alpha;
}

/* Get ready for a phase, which begins at theta. */
static gold_status begin(gold_lesson *t, size_t phase)
{
    const gold_engine_job *whole = t->whole;

    leave(t);
    t->job.study = gold_study_phase(whole->study, phase);
    gold_study_point(t->job.study, whole->task->points[0], &t->settings);
    t->job.data = whole->data; /* which is of the last one */
    if (phase < whole->study->n_earlier) {
        GOLD_TRY(
            gold_point_data_init(&t->data, &whole->sets[phase], &t->settings));
        t->job.data = &t->data.data;
    }
    if (t->settings.train.constraint == GOLD_CONSTRAINT_SUBSPACE) {
        GOLD_TRY(draw_subspace(t));
    }
    GOLD_TRY(FN(watch_init)(&t->watch, &t->job, &t->settings, &t->start,
                            &t->training,
                            t->initial != NULL ? t->initial : t->theta));
    if (t->numbers == NULL) {
        GOLD_TRY(
            GOLD_ALLOC(t->job.schema->n_log * t->watch.n_numbers, &t->numbers));
    }
    plan_training(t);
    return GOLD_OK;
}

/* Nothing can be trained from here. */
static void refuse(gold_verdict *verdict, const char *why)
{
    verdict->state = GOLD_STATE_FAILED;
    (void)snprintf(verdict->message, sizeof verdict->message, "%s", why);
}

/* The learning rate of a phase, and what is tracked before the last one. A
 * point whose curvature gives none is one that failed. */
static gold_status settle_rate(gold_lesson *t, size_t phase,
                               gold_outcome *outcome)
{
    const gold_engine_job *job = &t->job;
    const gold_status status =
        FN(rate_applied)(job, &t->settings, &t->start, scale_of(t, phase),
                         t->theta, &t->training.learning_rate, &outcome->flops);

    if (status == GOLD_ERR_NUMERIC) {
        refuse(&outcome->verdicts[0], gold_fail_message());
        gold_fail_clear();
        return GOLD_OK;
    }
    GOLD_TRY(status);
    if (phase == t->whole->study->n_earlier) {
        GOLD_TRY(FN(watch_before)(&t->watch, t->theta, outcome->records));
        outcome->flops += t->watch.flops;
    }
    return GOLD_OK;
}

/* The phase in which a checkpoint was made, and theta where that began. */
static size_t resumed_phase(gold_lesson *t, gold_outcome *outcome)
{
    const gold_interrupt *interrupt = t->whole->interrupt;
    gold_past past;

    if (interrupt == NULL ||
        !FN(state_past)(interrupt->resume, interrupt->resume_bytes,
                        t->start.network.n_parameters,
                        t->whole->study->n_earlier + 1, &past, t->theta)) {
        return 0;
    }
    t->training.past = past;
    outcome->flops = past.flops;
    return (size_t)past.phase;
}

/* Flags of how a phase ended. */
static double outcome_of(const gold_lesson *t)
{
    const gold_training_result *result = &t->result;
    unsigned int flags = 0;

    flags |= result->end == GOLD_END_CONVERGED ? GOLD_CONVERGED : 0U;
    flags |= result->end == GOLD_END_PATIENCE ? GOLD_PATIENCE : 0U;
    flags |= result->end == GOLD_END_DIVERGED ? GOLD_DIVERGED : 0U;
    flags |= result->final.zero_logits == 1.0 ? GOLD_COLLAPSED : 0U;
    flags |= result->weight_change < t->job.study->train.lazy ? GOLD_LAZY : 0U;
    return (double)flags;
}

/* gold_phase_end.plain_rate of a phase. */
static double plain_rate(const gold_lesson *t)
{
    const gold_training *training = &t->training;
    const size_t n = t->result.n_logged;

    if (n <= training->past.n_logged ||
        gold_optimizer_is_adaptive(training->settings->optimizer)) {
        return (double)NAN;
    }
    const uint64_t s = training->log_steps[n - 1] - training->past.steps;

    return training->learning_rate * FN(rate_share)(training->settings,
                                                    s > 0 ? s - 1 : 0,
                                                    training->n_steps);
}

/* A phase is over: how it ended. */
static void note_end(gold_lesson *t, size_t phase)
{
    gold_past *past = &t->training.past;
    const gold_log_entry *final = &t->result.final;
    const bool goes_on = gold_study_phase(t->whole->study, phase)->goes_on;

    past->ends[phase] =
        (gold_phase_end){.step = t->result.final_step,
                         .loss = final->loss,
                         .accuracy = final->accuracy,
                         .test_loss = final->test_loss,
                         .test_accuracy = final->test_accuracy,
                         .weight_norm = final->weight_norm,
                         .learning_rate = t->training.learning_rate,
                         .outcome = outcome_of(t),
                         .first_entry = past->n_logged - (goes_on ? 1 : 0),
                         .n_logged = t->result.n_logged,
                         .plain_rate = plain_rate(t)};
}

/* What a phase that is over leaves to the next, and where that begins. */
static void go_on(gold_lesson *t, size_t phase, double flops)
{
    gold_past *past = &t->training.past;
    const uint64_t of =
        gold_study_phase(t->whole->study, phase + 1)->norm_of_phase;

    past->phase = phase + 1;
    past->steps = t->result.final_step;
    past->n_logged = t->result.n_logged;
    past->flops = flops;
    const double scale = scale_of(t, phase + 1);

    for (size_t i = 0; of > 0 && i < t->start.network.n_parameters; i++) {
        t->theta[i] = (real)(scale * (double)t->start.theta[i]);
    }
}

static gold_status train_phase(gold_lesson *t, size_t phase,
                               gold_outcome *outcome)
{
    const double scale = scale_of(t, phase);
    char why[GOLD_MESSAGE_BYTES];

    GOLD_TRY(begin(t, phase));
    if (!FN(start_fits)(&t->start, scale)) {
        (void)snprintf(why, sizeof why,
                       "parameters of weight norm %g are out of the range in "
                       "which " REAL_NAME " is precise",
                       scale * t->start.norm);
        refuse(&outcome->verdicts[0], why);
        return GOLD_OK;
    }
    GOLD_TRY(settle_rate(t, phase, outcome));
    if (outcome->verdicts[0].state == GOLD_STATE_FAILED) {
        return GOLD_OK;
    }
    GOLD_TRY(FN(train)(&t->training, t->theta, t->log, &t->result));
    outcome->flops += t->result.flops;
    GOLD_TRY(t->moments.status);
    return t->watch.status;
}

/* Where a phase begins. */
static gold_status inspect(const gold_lesson *t, gold_inspection *inspection)
{
    const size_t n = t->start.network.n_parameters;

    if (inspection->phase_theta == NULL) {
        GOLD_TRY(GOLD_ALLOC(n, &inspection->phase_theta));
    }
    for (size_t i = 0; i < n; i++) {
        inspection->phase_theta[i] = (double)t->theta[i];
    }
    return GOLD_OK;
}

gold_status FN(lesson_train)(gold_lesson *t, gold_outcome *outcome,
                             gold_inspection *inspection)
{
    const size_t last = t->whole->study->n_earlier;
    bool is_over = false;

    for (size_t phase = resumed_phase(t, outcome); !is_over; phase++) {
        if (inspection != NULL) {
            GOLD_TRY(inspect(t, inspection));
        }
        GOLD_TRY(train_phase(t, phase, outcome));
        note_end(t, phase);
        is_over = phase == last || t->result.end == GOLD_END_STOPPED ||
                  t->result.end == GOLD_END_DIVERGED ||
                  outcome->verdicts[0].state == GOLD_STATE_FAILED;
        if (!is_over) {
            go_on(t, phase, outcome->flops);
        }
    }
    return GOLD_OK;
}
