/* SPDX-License-Identifier: MIT */
/* One study has one identity, however it is written; another has another. */
#include "unit/test_study_support.h"

static char *identity_of(const char *text)
{
    gold_study *study = parse(text);
    char *identity = NULL;

    assert_int_equal(gold_study_identity(study, &identity), GOLD_OK);
    gold_study_destroy(&study);
    return identity;
}

static char *difference_of(const char *a, const char *b)
{
    char *of_a = identity_of(a);
    char *of_b = identity_of(b);
    char *difference = NULL;

    assert_int_equal(gold_identity_difference(of_a, of_b, &difference),
                     GOLD_OK);
    assert_int_equal(strcmp(of_a, of_b) == 0, strlen(difference) == 0);
    gold_free(of_a);
    gold_free(of_b);
    return difference;
}

static void expect(const char *a, const char *b, const char *expected)
{
    char *difference = difference_of(a, b);

    assert_string_equal(difference, expected);
    gold_free(difference);
    assert_int_equal(gold_live_blocks(), 0);
}

#define FASHION "study: test\ngrid: {seed: {count: 3}}\n" WORK

static void test_equal(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {seed: {count: 3}, radius: [1, 2]}\n",
           "# another layout\n"
           "grid:\n  network.seed: [0, 1, 2]\n  radius: [1.0, 2e0]\n"
           "title: named\n"
           "network: {depth: 2, init: xavier}\n"
           "curvature:\n  subspace: {dim: [5], surface: plane}\n"
           "data: {set: circles, train: 2400, normalize: standard}\n"
           "run: {memory_per_rank: 1 GiB, checkpoint_every: 7}\n"
           "study: test\n",
           "");
    expect(FASHION "data: {set: fashion-mnist}\n",
           FASHION "data: {set: fashion-mnist, path: /elsewhere}\n", "");
}

static void test_different(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {seed: {count: 3}}\n",
           HEAD WORK "grid: {seed: {count: 2}}\n",
           "  grid.seed: file has 0, 1, 2, study has 0, 1\n");
    expect(HEAD WORK "grid: {seed: 0}\nnetwork: {scale: 0.5}\n",
           HEAD WORK "grid: {seed: 0, scale: [0.5]}\n",
           "  grid: file has seed, study has seed, scale\n"
           "  network.scale: file has 0.5, study has an axis of it\n"
           "  grid.scale: file has none, study has 0.5\n");
    expect(HEAD WORK "grid: {seed: 0}\nnetwork: {bias: true, radius: 1}\n",
           HEAD WORK "grid: {seed: 0}\nnetwork: {scale: 2}\n",
           "  network.bias: file has true, study has false\n"
           "  network.radius: file has 1, study has none\n"
           "  network.scale: file has none, study has 2\n");
}

static void test_gains(void **state)
{
    (void)state;
    expect(HEAD WORK "grid: {seed: 0}\nnetwork: {layer_gains: [0.5, 1, 3]}\n",
           HEAD WORK "grid: {seed: 0}\nnetwork: {layer_gains: 2}\n",
           "  network.layer_gains: file has 0.5, 1, 3, study has 2\n");
    expect(HEAD WORK "grid: {seed: 0}\nnetwork: {layer_gains: 2}\n",
           HEAD WORK "grid: {seed: 0}\nnetwork: {init: equal-norm}\n",
           "  network.init: file has xavier-normal, study has equal-norm\n"
           "  network.layer_gains: file has 2, study has none\n");
    expect(HEAD WORK "grid: {layer_gains: [1, [1, 2.0, 1]]}\n",
           HEAD WORK "grid: {layer_gains: [[1, 0.5, 1], 2]}\n",
           "  grid.layer_gains: file has 1, [1, 2, 1], study has "
           "[1, 0.5, 1], 2\n");
}

static void test_subset(void **state)
{
    (void)state;
    expect(FASHION "data: {set: fashion-mnist, train: 9, subset: first}\n",
           FASHION "data: {set: fashion-mnist, train: 9, subset: {random: "
                   "per-seed}}\n",
           "  data.subset: file has first, study has random per-seed\n");
    expect(FASHION
           "data: {set: fashion-mnist, train: 9, subset: {random: 7}}\n",
           FASHION "data: {set: fashion-mnist, train: 9, subset: {random: "
                   "per-seed}}\n",
           "  data.subset: file has random 7, study has random per-seed\n");
}

/* What is not asked for is not mentioned: files of before it could be. */
static void test_asked_for(void **state)
{
    char *plain = identity_of(HEAD WORK "grid: {seed: 0}\n");

    (void)state;
    assert_null(strstr(plain, "logit_gradients"));
    assert_null(strstr(plain, "layer"));
    gold_free(plain);
    expect(HEAD "curvature: {logit_gradients: all, subspace: {dim: 5}}\n"
                "grid: {seed: 0}\n",
           HEAD WORK "grid: {seed: 0}\n",
           "  curvature.logit_gradients: file has all, study has none\n");
}

/* A default that identities are silent of is told where it is in force. */
static void test_defaults(void **state)
{
#define BEGIN     "study: test\ngrid: {seed: 0}\n"
#define POWER(of) HEAD WORK "grid: {seed: 0}\nnetwork: {" of "}\n"
#define FROM(of)                                                               \
    BEGIN WORK "network: {loss: mse}\ndata: {set: function, target: sin" of    \
               "}\n"
#define TRAIN(of)   HEAD BEGIN_TRAIN of "}\n"
#define BEGIN_TRAIN "grid: {seed: 0}\ntrain: {optimizer: adam"

    (void)state;
    expect(POWER("init: width-power, power: 0.4"), POWER("init: width-power"),
           "  network.power: file has 0.4, study has 0.5\n");
    expect(POWER("init: width-power"), POWER("init: width-power, power: 0.4"),
           "  network.power: file has 0.5, study has 0.4\n");
    expect(POWER("init: width-power, power: 0.4"), POWER("init: orthogonal"),
           "  network.init: file has width-power, study has orthogonal\n"
           "  network.power: file has 0.4, study has none\n");
    expect(POWER("scale_parameters: weights"), POWER(""),
           "  network.scale_parameters: file has weights, study has all\n");
    expect(FROM(", from: -2"), FROM(""),
           "  data.from: file has -2, study has -1\n");
    expect(TRAIN(", betas: [0.8, 0.9]"), TRAIN(""),
           "  train.betas: file has 0.8, 0.9, study has [0.9, 0.999]\n");
    expect(TRAIN(", epsilon: 1e-6"), TRAIN(""),
           "  train.epsilon: file has 1e-06, study has 1e-08\n");
    expect(TRAIN(", steps: 5"), TRAIN(", epochs: 7"),
           "  train.steps: file has 5, study has none\n"
           "  train.epochs: file has none, study has 7\n");
    expect(TRAIN(", batch: 5"), TRAIN(""),
           "  train.batch: file has 5, study has full\n");
}

static void test_layers(void **state)
{
    (void)state;
    expect(HEAD "curvature: {layers: each, subspace: {dim: 5}}\n"
                "grid: {seed: 0}\n",
           HEAD "curvature: {layers: all, subspace: {dim: 5}}\n"
                "grid: {seed: 0}\n",
           "  curvature.layers: file has each, study has none\n");
    expect(HEAD "curvature: {resample: {data: 3}, subspace: {dim: 5}}\n"
                "grid: {seed: 0}\n",
           HEAD "curvature: {resample: {directions: 3}, subspace: {dim: 5}}\n"
                "grid: {seed: 0}\n",
           "  curvature.resample.data: file has 3, study has none\n"
           "  curvature.resample.directions: file has none, study has 3\n");
}

/* Of studies that have nothing in common the first few lines say enough. */
static void test_quite_different(void **state)
{
    const char *lines = NULL;
    size_t n = 0;
    char *difference = difference_of(
        HEAD WORK "grid: {seed: {count: 3}}\n",
        "study: x\ngrid: {depth: [1, 3]}\ndata: {set: mixture, classes: 3}\n"
        "train: {steps: 10}\n");

    (void)state;
    assert_ptr_equal(
        strstr(difference, "  study: file has test, study has x\n"),
        difference);
    for (lines = difference; (lines = strchr(lines, '\n')) != NULL; lines++) {
        n++;
    }
    assert_int_equal(n, 6);
    assert_non_null(strstr(difference, "\n  and "));
    assert_non_null(strstr(difference, " more\n"));
    gold_free(difference);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Long axes and exclusions are told apart by digests. */
static void test_digests(void **state)
{
    char *difference =
        difference_of(HEAD WORK "grid: {radius: {from: 1, to: 2, count: 50}}\n",
                      HEAD WORK "grid: {radius: {from: 1, to: 2, count: 50, "
                                "spacing: log}}\n");

    (void)state;
    assert_non_null(strstr(difference, "  grid.radius: file has 1, "));
    gold_free(difference);
    difference = difference_of(
        HEAD WORK "grid: {seed: {count: 9}, exclude: {seed: 1}}\n",
        HEAD WORK "grid: {seed: {count: 9}, exclude: {seed: 2}}\n");
    assert_non_null(strstr(difference, "  grid.exclude: file has 1 points "));
    gold_free(difference);
    assert_int_equal(gold_live_blocks(), 0);
}

/* Assert that an override makes another study. */
static void tell_apart(const char *text, const char *line)
{
    gold_study *a = parse(text);
    gold_study *b = parse_with(text, line);
    char *of_a = NULL;
    char *of_b = NULL;

    assert_int_equal(gold_study_identity(a, &of_a), GOLD_OK);
    assert_int_equal(gold_study_identity(b, &of_b), GOLD_OK);
    if (strcmp(of_a, of_b) == 0) {
        print_error("%s makes no difference\n", line);
    }
    assert_string_not_equal(of_a, of_b);
    gold_free(of_a);
    gold_free(of_b);
    gold_study_destroy(&a);
    gold_study_destroy(&b);
}

/* Every key that decides a result tells two studies apart. */
static void test_every_key(void **state)
{
    static const char *const lines[] = {
        "network.kind=lenet-300-100",
        "network.activation=tanh",
        "network.depth=3",
        "network.width=101",
        "network.bias=true",
        "network.init=lecun",
        "network.bias_init=same",
        "network.reference=lecun",
        "network.seed=1",
        "network.scale=2",
        "network.radius=1",
        "network.relative_radius=1",
        "network.temperature=2",
        "data.set=mixture",
        "data.train=10",
        "data.test=10",
        "data.normalize=none",
        "data.scale=2",
        "data.seed=1",
        "curvature.subspace.dim=6",
        "curvature.subspace.directions=sparse-sign",
        "curvature.subspace.surface=sphere",
        "curvature.split=false",
        "run.precision=float64",
        "study=other",
    };
    const char *text = HEAD WORK "grid: {temperature: [1]}\n";
    const char *other = HEAD WORK "grid: {seed: [0]}\n";

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const bool is_swept = strncmp(lines[i], "network.temperature", 19) == 0;

        tell_apart(is_swept ? other : text, lines[i]);
    }
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_every_train_key(void **state)
{
    static const char *const lines[] = {
        "train.steps=5",           "train.optimizer=adam",
        "train.learning_rate=1",   "train.scale_learning_rate=homogeneous",
        "train.momentum=0.5",      "train.weight_decay=0.5",
        "train.batch=9",           "train.log.count=9",
        "train.log.every=9",       "train.log={count: 40, spacing: linear}",
        "train.track=[]",          "train.track=[loss, cosine_gradient]",
        "train.reach=[1]",         "train.lazy=0.5",
        "train.constraint=sphere", "train.stop.accuracy=1",
        "train.stop.loss=0.5",     "train.stop.patience=9",
        "train.augment.flip=true", "train.augment.shift=1",
    };
    const char *text = HEAD "grid: {seed: 0}\ntrain: {optimizer: sgd}\n";
    const char *images = "study: test\ngrid: {seed: 0}\ntrain: {}\n"
                         "data: {set: fashion-mnist}\n";

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const bool is_augmented = strstr(lines[i], "augment") != NULL;

        tell_apart(is_augmented ? images : text, lines[i]);
    }
    tell_apart(HEAD WORK "grid: {seed: 0}\n", "train.steps=1000");
    tell_apart(HEAD WORK "grid: {seed: 0}\ntrain: {}\n",
               "curvature.at=[start, end]");
    tell_apart(HEAD WORK "grid: {seed: 0}\ntrain: {}\n",
               "curvature.at=[start, {step: 9}]");
    expect(HEAD WORK "grid: {seed: 0}\n",
           HEAD "grid: {seed: 0}\n"
                "curvature: {at: [start], subspace: {dim: 5}}\n",
           "");
    assert_int_equal(gold_live_blocks(), 0);
}

#define CLOUDS(first, second)                                                  \
    "set: clusters, blobs: [{label: " first "}, {label: " second               \
    ", mean: [1, 2], deviation: 3}]"

/* All that a list of shapes says is told apart. */
static void test_shapes(void **state)
{
    static const char *const sets[] = {
        CLOUDS("0, mean: [1, 2], deviation: 3", "1"),
        CLOUDS("1, mean: [1, 2], deviation: 3", "0"),
        CLOUDS("0, mean: [1, 3], deviation: 3", "1"),
        CLOUDS("0, mean: [1, 2], deviation: [3, 2]", "1"),
        "set: line, points: [[1, 0], [2, 1]]",
        "set: line, points: [[1, 0], [3, 1]]",
        "set: line, points: [[1, 1], [2, 0]]",
        "set: rings",
        "set: rings, radii: [1, 0.75]",
        "set: rings, noise: 0.2",
        "set: moons",
        "set: moons, noise: 0.2",
        "set: moons, labels: {}",
        "set: moons, labels: {permute: 1}",
        "set: mixture, classes: 4, labels: {within: [[0, 1]]}",
        "set: mixture, classes: 4, labels: {within: [[0, 1], [2, 3]]}",
        "set: mixture, classes: 4, labels: {within: [[0, 1, 2, 3]]}",
        "set: moons, labels: {share: 0.5}",
        "set: modular-addition",
        "set: modular-addition, p: 7",
        "set: modular-addition, share: 0.3",
    };
    enum {
        N = sizeof sets / sizeof *sets
    };
    char *found[N];

    (void)state;
    for (size_t i = 0; i < N; i++) {
        char text[300];

        (void)snprintf(text, sizeof text,
                       "study: test\ngrid: {seed: 0}\n" WORK "data: {%s}\n",
                       sets[i]);
        found[i] = identity_of(text);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(found[i], found[k]);
        }
    }
    for (size_t i = 0; i < N; i++) {
        gold_free(found[i]);
    }
    expect("study: test\ngrid: {seed: 0}\n" WORK "data: {set: rings}\n",
           "study: test\ngrid: {seed: 0}\n" WORK
           "data: {set: rings, radii: [1, 0.5], noise: 0.1}\n",
           "");
    expect(HEAD WORK "grid: {seed: 0}\n",
           "study: test\ngrid: {seed: 0}\n" WORK
           "data: {set: circles, labels: {permute: 2, share: 0}}\n",
           "");
    assert_int_equal(gold_live_blocks(), 0);
}

/* What only cnn has is said of cnn only. */
static void test_every_cnn_key(void **state)
{
    static const char *const lines[] = {
        "network.kernel=5",       "network.stride=2",
        "network.padding=1",      "network.pooling=max",
        "network.pool=3",         "network.growth=1",
        "network.channels=[4]",   "network.channels=[100, 201]",
        "network.head=[7]",       "network.kind=lenet5",
        "network.head=[7, 8, 9]",
    };
    const char *text = FASHION "data: {set: fashion-mnist}\n"
                               "network: {kind: cnn}\n";
    char *plain = identity_of(FASHION "data: {set: fashion-mnist}\n");

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        tell_apart(text, lines[i]);
    }
    assert_null(strstr(plain, "kernel"));
    gold_free(plain);
    expect(text,
           FASHION "data: {set: fashion-mnist}\nnetwork: {kind: cnn, depth: 2,"
                   " kernel: 3, stride: 1, padding: 0, pooling: average,"
                   " pool: 2, growth: 2}\n",
           "");
    expect(text,
           FASHION "data: {set: fashion-mnist}\nnetwork: {kind: cnn, "
                   "head: [30, 20]}\n",
           "  network.head: file has none, study has 30, 20\n");
}

/* What a train block says without saying it; no lines of one without. */
static void test_train_lines(void **state)
{
    char *measured = identity_of(HEAD WORK "grid: {seed: 0}\n");

    (void)state;
    assert_null(strstr(measured, "train."));
    gold_free(measured);
    expect(HEAD "grid: {seed: 0}\ntrain: {}\n",
           HEAD "grid: {seed: 0}\n"
                "train: {steps: 1000, log: {count: 40}, lazy: 1e-2,\n"
                "  track: [accuracy, loss, test_loss, test_accuracy,\n"
                "    weight_norm, gradient_norm, cosine_to_init, zero_logits]}"
                "\n",
           "");
    expect(HEAD "grid: {seed: 0}\ntrain: {reach: [0.5, 1]}\n",
           HEAD "grid: {seed: 0}\ntrain: {stop: {loss: 0.25}, reach: [1]}\n",
           "  train.stop.loss: file has none, study has 0.25\n"
           "  train.reach: file has 1, 0.5, study has 1\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gains),
        cmocka_unit_test(test_subset),
        cmocka_unit_test(test_asked_for),
        cmocka_unit_test(test_layers),
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_equal),
        cmocka_unit_test(test_different),
        cmocka_unit_test(test_quite_different),
        cmocka_unit_test(test_digests),
        cmocka_unit_test(test_every_key),
        cmocka_unit_test(test_every_train_key),
        cmocka_unit_test(test_every_cnn_key),
        cmocka_unit_test(test_shapes),
        cmocka_unit_test(test_train_lines),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
