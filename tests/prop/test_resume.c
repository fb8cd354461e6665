/* SPDX-License-Identifier: MIT */
/* A training that is stopped between any two steps and resumed, once or at
 * every step, is the uninterrupted one bit for bit; bytes of anything else do
 * not stand in its way. */
#include <math.h>
#include <string.h>

#include "prop/problem.h"
#include "train/state.h"
#include "train/training.h"

enum {
    N_STEPS = 17,
    N_LOG = 6,
    N_NUMBERS = 2
};

static const uint64_t log_steps[N_LOG] = {0, 1, 4, 5, 12, N_STEPS};

#define ADAM .optimizer = GOLD_ADAM, .betas = {0.9, 0.999}, .epsilon = 1e-8

/* How a training is done, and where it is expected to end. */
typedef struct manner {
    const char *name;
    gold_train_settings settings;
    bool wants_gradients;
    double stop_loss;       /* 0: no such rule */
    uint64_t stop_patience; /* the same */
    gold_train_end end;
} manner;

/* 20 samples: 7 is three batches an epoch, the last one short. */
static const manner manners[] = {
    {.name = "gd",
     .settings = {.optimizer = GOLD_GD, .learning_rate = 0.3},
     .wants_gradients = true},
    {.name = "gd without gradients",
     .settings = {.optimizer = GOLD_GD,
                  .learning_rate = 0.3,
                  .weight_decay = 0.01}},
    {.name = "momentum",
     .settings = {.optimizer = GOLD_MOMENTUM,
                  .learning_rate = 0.1,
                  .momentum = 0.9},
     .wants_gradients = true},
    {.name = "adam",
     .settings = {ADAM, .learning_rate = 0.01, .weight_decay = 0.1},
     .wants_gradients = true},
    {.name = "sgd",
     .settings = {.optimizer = GOLD_SGD, .learning_rate = 0.1, .batch = 7},
     .wants_gradients = true},
    {.name = "adam by batches",
     .settings = {ADAM, .learning_rate = 0.01, .batch = 7}},
    {.name = "augmented batches",
     .settings = {.optimizer = GOLD_SGD,
                  .learning_rate = 0.1,
                  .batch = 7,
                  .augment_flip = true}},
    {.name = "augmented, all samples",
     .settings = {.optimizer = GOLD_GD,
                  .learning_rate = 0.3,
                  .augment_flip = true,
                  .augment_shift = 1},
     .wants_gradients = true},
    {.name = "sphere",
     .settings = {.optimizer = GOLD_GD,
                  .learning_rate = 0.3,
                  .constraint = GOLD_CONSTRAINT_SPHERE},
     .wants_gradients = true},
    {.name = "sphere by batches",
     .settings = {.optimizer = GOLD_MOMENTUM,
                  .learning_rate = 0.1,
                  .momentum = 0.5,
                  .batch = 7,
                  .constraint = GOLD_CONSTRAINT_SPHERE}},
    {.name = "plane",
     .settings = {.optimizer = GOLD_MOMENTUM,
                  .learning_rate = 0.1,
                  .momentum = 0.9,
                  .constraint = GOLD_CONSTRAINT_SUBSPACE},
     .wants_gradients = true},
    {.name = "great sphere",
     .settings = {ADAM, .learning_rate = 0.1, .batch = 7,
                  .constraint = GOLD_CONSTRAINT_SUBSPACE,
                  .constraint_surface = GOLD_SPHERE}},
    {.name = "converging",
     .settings = {.optimizer = GOLD_GD, .learning_rate = 0.3},
     .wants_gradients = true,
     .stop_loss = 1.0,
     .end = GOLD_END_CONVERGED},
    {.name = "losing patience",
     .settings = {.optimizer = GOLD_GD, .learning_rate = -0.1},
     .wants_gradients = true,
     .stop_patience = 4,
     .end = GOLD_END_PATIENCE},
    {.name = "diverging",
     .settings = {.optimizer = GOLD_GD,
                  .learning_rate = 1e30,
                  .weight_decay = 1.0},
     .wants_gradients = true,
     .end = GOLD_END_DIVERGED},
};

/* Who saves and stops trainings. */
typedef struct guard {
    uint64_t asked;
    uint64_t stop_at; /* the question that is said yes to; 0: never */
    char *bytes;      /* saved last */
    size_t n_bytes;
    size_t n_saved;
} guard;

static bool should_stop(void *context)
{
    guard *g = context;

    return ++g->asked == g->stop_at;
}

static bool should_save(void *context)
{
    (void)context;
    return true;
}

static void save(void *context, const void *bytes, size_t n_bytes)
{
    guard *g = context;

    gold_free(g->bytes);
    assert_int_equal(GOLD_ALLOC(n_bytes, &g->bytes), GOLD_OK);
    memcpy(g->bytes, bytes, n_bytes);
    g->n_bytes = n_bytes;
    g->n_saved++;
}

/* What came of a training. */
typedef struct product {
    size_t n;
    real *theta;
    real *best;
    gold_log_entry log[N_LOG];
    double numbers[N_LOG * N_NUMBERS];
    gold_training_result result;
} product;

/* Numbers of a logged step that only who looks on knows. */
static double look_on(void *observer, const gold_logged *at)
{
    (void)observer;
    for (size_t i = 0; i < N_NUMBERS; i++) {
        at->numbers[i] = (double)at->theta[i] + at->entry->loss;
    }
    return 1.0;
}

static gold_training plan_of(const FN(problem) * problem, const manner *how)
{
    const problem_plan *plan = &problem->plan;

    return (gold_training){
        .network = &problem->network,
        .settings = &how->settings,
        .input_scale = 1.0,
        .temperature = 1.0,
        .learning_rate = how->settings.learning_rate,
        .seed = plan->settings.seed,
        .n_steps = N_STEPS,
        .directions = &problem->directions,
        .train = {plan->n, problem->inputs, problem->labels, NULL},
        .test = {plan->n_test, problem->inputs + plan->n * plan->n_in,
                 problem->labels + plan->n, NULL},
        .augmentation = {.channels = 1,
                         .height = 1,
                         .width = plan->n_in,
                         .seed = plan->settings.seed,
                         .flip = how->settings.augment_flip,
                         .shift = how->settings.augment_shift},
        .n_log = N_LOG,
        .log_steps = log_steps,
        .observe = look_on,
        .n_numbers = N_NUMBERS,
        .wants_gradients = how->wants_gradients,
        .stop_accuracy = (double)NAN,
        .stop_loss = how->stop_loss > 0.0 ? how->stop_loss : (double)NAN,
        .stop_patience = how->stop_patience,
    };
}

static void train(const FN(problem) * problem, const gold_training *plan,
                  product *made)
{
    gold_training whole = *plan;

    *made = (product){.n = problem->network.n_parameters};
    assert_int_equal(GOLD_ALLOC(made->n, &made->theta), GOLD_OK);
    assert_int_equal(GOLD_ALLOC(made->n, &made->best), GOLD_OK);
    whole.best = made->best;
    whole.numbers = made->numbers;
    memcpy(made->theta, problem->theta, made->n * sizeof(real));
    assert_int_equal(FN(train)(&whole, made->theta, made->log, &made->result),
                     GOLD_OK);
}

static void forget(product *made)
{
    gold_free(made->theta);
    gold_free(made->best);
}

static bool is_same_bits(const void *a, const void *b, size_t n_bytes)
{
    return memcmp(a, b, n_bytes) == 0;
}

/* Fails unless both are the same, bit for bit: NaNs too. */
static void assert_same(const char *name, const product *a, const product *b)
{
    const gold_training_result *ours = &a->result;
    const gold_training_result *theirs = &b->result;
    const bool is_same =
        a->n == b->n && is_same_bits(a->theta, b->theta, a->n * sizeof(real)) &&
        is_same_bits(a->best, b->best, a->n * sizeof(real)) &&
        is_same_bits(a->log, b->log, sizeof a->log) &&
        is_same_bits(a->numbers, b->numbers, sizeof a->numbers) &&
        ours->end == theirs->end && ours->final_step == theirs->final_step &&
        ours->n_logged == theirs->n_logged &&
        is_same_bits(&ours->final, &theirs->final, sizeof ours->final) &&
        is_same_bits(&ours->weight_change, &theirs->weight_change,
                     sizeof ours->weight_change) &&
        ours->flops == theirs->flops;

    if (!is_same) {
        fail_msg("%s: resumed at step %llu, not the same", name,
                 (unsigned long long)ours->first_step);
    }
}

/* Stop at each step, and go on once. */
static void check_once(const FN(problem) * problem, const manner *how,
                       const product *whole)
{
    const uint64_t last = whole->result.final_step;

    for (uint64_t k = 1; k <= last; k++) {
        guard g = {.stop_at = k};
        gold_training plan = plan_of(problem, how);
        product made;

        plan.should_stop = should_stop;
        plan.save = save;
        plan.context = &g;
        train(problem, &plan, &made);
        assert_int_equal(made.result.end, GOLD_END_STOPPED);
        assert_int_equal(made.result.final_step, k);
        assert_int_equal(g.n_saved, 1);
        forget(&made);
        plan.should_stop = NULL;
        plan.resume = g.bytes;
        plan.resume_bytes = g.n_bytes;
        train(problem, &plan, &made);
        assert_int_equal(made.result.first_step, k);
        assert_same(how->name, &made, whole);
        forget(&made);
        gold_free(g.bytes);
    }
}

/* Stop after every single step. */
static void check_always(const FN(problem) * problem, const manner *how,
                         const product *whole)
{
    guard g = {0};
    size_t n_sessions = 0;
    product made = {0};

    do {
        gold_training plan = plan_of(problem, how);

        forget(&made);
        g.asked = 0;
        g.stop_at = 1;
        plan.should_stop = should_stop;
        plan.save = save;
        plan.context = &g;
        char *resume = g.bytes;

        g.bytes = NULL;
        plan.resume = resume;
        plan.resume_bytes = g.n_bytes;
        train(problem, &plan, &made);
        assert_int_equal(made.result.first_step, n_sessions);
        gold_free(resume);
        n_sessions++;
    } while (made.result.end == GOLD_END_STOPPED);
    assert_same(how->name, &made, whole);
    forget(&made);
    gold_free(g.bytes);
}

/* Save at every step, without stopping: nothing else changes. */
static void check_saving(const FN(problem) * problem, const manner *how,
                         const product *whole)
{
    guard g = {0};
    gold_training plan = plan_of(problem, how);
    product made;

    plan.should_save = should_save;
    plan.save = save;
    plan.context = &g;
    train(problem, &plan, &made);
    assert_int_equal(g.n_saved, whole->result.final_step);
    assert_same(how->name, &made, whole);
    forget(&made);
    gold_free(g.bytes);
}

static FN(problem) small_problem(uint64_t seed)
{
    problem_plan plan =
        small_plan(seed % 2 == 0 ? GOLD_TANH : GOLD_RELU, seed % 4 < 2, seed);
    FN(problem) problem;

    plan.n_test = 9;
    FN(problem_init)(&problem, &plan);
    return problem;
}

static void test_resume(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof manners / sizeof *manners; i++) {
        const manner *how = &manners[i];
        FN(problem) problem = small_problem(i);
        const gold_training plan = plan_of(&problem, how);
        product whole;

        train(&problem, &plan, &whole);
        if (whole.result.end != how->end) {
            fail_msg("%s: ends by %d at step %llu", how->name,
                     (int)whole.result.end,
                     (unsigned long long)whole.result.final_step);
        }
        check_saving(&problem, how, &whole);
        check_once(&problem, how, &whole);
        check_always(&problem, how, &whole);
        forget(&whole);
        FN(problem_fini)(&problem);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

/* A training with these bytes starts at the beginning, and is what it was. */
static void check_ignored(const FN(problem) * problem, const manner *how,
                          const void *bytes, size_t n_bytes,
                          const product *whole)
{
    gold_training plan = plan_of(problem, how);
    product made;

    plan.resume = bytes;
    plan.resume_bytes = n_bytes;
    train(problem, &plan, &made);
    assert_int_equal(made.result.first_step, 0);
    assert_same(how->name, &made, whole);
    forget(&made);
}

/* A training of its own, stopped after 5 steps. */
static void leave(const FN(problem) * problem, const gold_training *like,
                  guard *g)
{
    gold_training plan = *like;
    product made;

    *g = (guard){.stop_at = 5};
    plan.should_stop = should_stop;
    plan.save = save;
    plan.context = g;
    train(problem, &plan, &made);
    assert_int_equal(g->n_saved, 1);
    forget(&made);
}

static void test_foreign(void **state)
{
    const manner *how = &manners[2];
    FN(problem) problem = small_problem(2);
    gold_training plan = plan_of(&problem, how);
    product whole;
    guard g;

    (void)state;
    train(&problem, &plan, &whole);
    leave(&problem, &plan, &g);
    for (size_t n = 0; n < g.n_bytes; n += 1 + n / 8) {
        check_ignored(&problem, how, g.bytes, n, &whole);
    }
    check_ignored(&problem, how, g.bytes, g.n_bytes - 1, &whole);
    /* magic, version, sizes: whatever is changed in the first 48 bytes */
    for (size_t i = 0; i < 48; i++) {
        g.bytes[i] ^= 1;
        check_ignored(&problem, how, g.bytes, g.n_bytes, &whole);
        g.bytes[i] ^= 1;
    }
    gold_free(g.bytes);

    plan.settings = &manners[0].settings; /* no buffer */
    leave(&problem, &plan, &g);
    check_ignored(&problem, how, g.bytes, g.n_bytes, &whole);
    gold_free(g.bytes);

    plan = plan_of(&problem, how);
    plan.n_steps = N_STEPS - 1;
    leave(&problem, &plan, &g);
    check_ignored(&problem, how, g.bytes, g.n_bytes, &whole);
    gold_free(g.bytes);

    plan = plan_of(&problem, how);
    plan.n_log = 2; /* one entry fewer before step 5 */
    leave(&problem, &plan, &g);
    check_ignored(&problem, how, g.bytes, g.n_bytes, &whole);
    gold_free(g.bytes);

    forget(&whole);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_memory(void **state)
{
    const manner *how = &manners[9];
    FN(problem) problem = small_problem(9);
    gold_training plan = plan_of(&problem, how);
    const int64_t before = gold_live_blocks();
    gold_status status = GOLD_ERR_MEMORY;
    real *theta = NULL;
    guard g = {0};

    (void)state;
    plan.save = save;
    plan.context = &g;
    assert_int_equal(GOLD_ALLOC(problem.network.n_parameters, &theta), GOLD_OK);
    for (int64_t k = 1; status != GOLD_OK; k++) {
        gold_log_entry log[N_LOG];
        double numbers[N_LOG * N_NUMBERS];
        gold_training_result result;

        plan.numbers = numbers;
        memcpy(theta, problem.theta,
               problem.network.n_parameters * sizeof(real));
        gold_refuse_after(k);
        status = FN(train)(&plan, theta, log, &result);
        gold_refuse_after(0);
        assert_true(status == GOLD_OK || status == GOLD_ERR_MEMORY);
        assert_int_equal(gold_live_blocks(), before + 1);
        assert_true(k < 100);
    }
    gold_free(theta);
    FN(problem_fini)(&problem);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_resume),
        cmocka_unit_test(test_foreign),
        cmocka_unit_test(test_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
