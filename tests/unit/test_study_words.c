/* SPDX-License-Identifier: MIT */
/* Words that people of the field use: each gets one error, with what it is
 * called here or that it is not supported. */
#include "unit/test_study_support.h"

/* Words that stand as keys of a block or, behind "=", as values of a key, and
 * what each is told. */
typedef struct words {
    const char *at;
    const char *words; /* spaces between them */
    const char *told;
} words;

static const words keys[] = {
    {"train", "lr eta step_size base_lr learnrate", "called 'learning_rate'"},
    {"train", "batch_size batchSize minibatch bs", "called 'batch'"},
    {"train", "epoch n_epochs num_epochs max_epochs", "called 'epochs'"},
    {"train", "iterations n_iter max_iter num_steps max_steps updates",
     "called 'steps'"},
    {"train", "l2 wd l2_penalty weightdecay weight-decay lambda",
     "weight_decay'"},
    {"train", "mu momentumm", "'momentum'"},
    {"train", "clip grad_clip gradient_clipping max_grad_norm",
     "called 'clip_norm'"},
    {"train", "beta1 beta2 beta_1", "called 'betas'"},
    {"train", "eps", "called 'epsilon'"},
    {"train", "early_stopping EarlyStopping", "called 'stop'"},
    {"train", "warmup_steps lr_warmup", "called 'schedule.warmup'"},
    {"train", "lr_scheduler scheduler", "called 'schedule'"},
    {"train", "cosine_annealing CosineAnnealingLR",
     "called 'schedule.decay: cosine'"},
    {"train", "step_lr StepLR", "called 'schedule.decay: step'"},
    {"train", "gamma lr_gamma", "called 'schedule.factor'"},
    {"train", "opt solver optim", "called 'optimizer'"},
    {"train", "metrics", "called 'track'"},
    {"train", "log_every log_interval", "called 'log.every'"},
    {"train", "data_augmentation transforms", "called 'augment'"},
    {"train", "horizontal_flip", "called 'augment.flip'"},
    {"train", "random_crop", "called 'augment.shift'"},
    {"train", "mixup cutout", "not supported: images are changed by"},
    {"train", "shuffle", "not supported: batches always"},
    {"train", "dtype", "called 'run.precision'"},
    {"train", "label_smoothing LabelSmoothing",
     "not supported: labels are what they are; network.temperature"},
    {"train", "dropout", "not supported: no unit is left out"},
    {"train", "seed", "belongs under 'network:'"},
    {"train", "gpu device num_workers", "not supported: 'mpirun -n N"},
    {"network", "hidden_size hidden_dim units neurons n_hidden",
     "called 'width'"},
    {"network", "num_layers n_layers hidden_layers", "called 'depth'"},
    {"network", "hidden_sizes hidden_layer_sizes layer_sizes",
     "called 'widths'"},
    {"network", "nonlinearity act activation_function", "called 'activation'"},
    {"network", "use_bias biases", "called 'bias'"},
    {"network", "initializer weight_init initialization", "called 'init'"},
    {"network", "gain", "called 'layer_gains'"},
    {"network", "norm norm_layer", "called 'normalization'"},
    {"network", "layer_norm LayerNorm", "called 'normalization: layer'"},
    {"network", "rms_norm", "called 'normalization: rms'"},
    {"network", "group_norm", "called 'normalization: group'"},
    {"network", "batch_norm batchnorm BatchNorm1d bn",
     "not supported: samples do not see each other"},
    {"network", "dropout drop_path", "not supported: no unit is left out"},
    {"network", "skip_connections skip", "called 'residual'"},
    {"network", "kernel_size", "called 'kernel'"},
    {"network", "filters out_channels", "called 'channels'"},
    {"network", "max_pool", "called 'pooling: max'"},
    {"network", "attention transformer self_attention lstm embedding",
     "not supported: networks are mlp, cnn, resnet"},
    {"network", "model architecture arch", "called 'kind'"},
    {"network", "criterion loss_fn", "called 'loss'"},
    {"network", "cross_entropy", "called 'loss: cross-entropy'"},
    {"network", "tau", "called 'temperature'"},
    {"network", "random_seed", "called 'seed'"},
    {"network", "name", "called 'study'"},
    {"network", "lr", "called 'train.learning_rate'"},
    {"network", "he", "called 'init: kaiming'"},
    {"data", "dataset", "called 'set'"},
    {"data", "root data_dir folder", "called 'path'"},
    {"data", "n_train train_size n_samples", "called 'train'"},
    {"data", "n_test", "called 'test'"},
    {"data", "val validation", "not supported: there are training and test"},
    {"data", "standardize preprocessing", "called 'normalize'"},
    {"data", "num_classes n_classes", "called 'classes'"},
    {"data", "n_features input_dim", "called 'features'"},
    {"data", "batch_size", "called 'train.batch'"},
    {"data", "label_noise", "called 'labels' here"},
    {"curvature", "eigenvalues lanczos", "called 'extreme'"},
    {"curvature", "hutchinson trace", "called 'trace_probes'"},
    {"curvature", "spectrum spectral_density", "called 'density'"},
    {"curvature", "full_hessian", "called 'dense'"},
    {"curvature", "ggn fisher", "called 'split'"},
    {"run", "checkpoint", "called 'checkpoint_every'"},
    {"run", "memory", "called 'memory_per_rank'"},
    {"run", "threads", "not supported: 'mpirun -n N"},
    {"grid", "lr", "called 'train.learning_rate'"},
    {"grid", "batch_size", "called 'train.batch'"},
    {"grid", "hidden_size", "called 'network.width'"},
};

static const words values[] = {
    {"network.init", "he he_normal", "called 'kaiming'"},
    {"network.init", "glorot glorot_normal", "called 'xavier'"},
    {"network.init", "glorot_uniform", "called 'xavier-uniform'"},
    {"network.init", "zeros truncated_normal", "not supported: init is"},
    {"network.init", "mup", "called 'width-power'"},
    {"network.activation", "gelu GELU swish silu elu selu softplus",
     "not supported: relu, leaky_relu, tanh"},
    {"network.activation", "logistic", "called 'sigmoid'"},
    {"network.activation", "linear", "called 'identity'"},
    {"network.activation", "lrelu leaky-relu", "leaky_relu'"},
    {"network.activation", "ReLU", "did you mean"},
    {"network.kind", "fcn fully_connected", "called 'mlp'"},
    {"network.kind", "vgg", "called 'cnn'"},
    {"network.kind", "resnet18", "called 'resnet'"},
    {"network.kind", "transformer ViT", "not supported: networks are"},
    {"network.loss", "cross_entropy ce nll CrossEntropyLoss", "cross-entropy'"},
    {"network.loss", "MSELoss mean_squared_error", "called 'mse'"},
    {"network.loss", "hinge l1 huber bce", "not supported: losses are"},
    {"network.normalization", "batch_norm", "not supported: samples do not"},
    {"network.normalization", "layer_norm", "called 'layer'"},
    {"train.optimizer", "lbfgs L-BFGS newton", "not supported: no optimizer"},
    {"train.optimizer", "adagrad adadelta nadam lamb", "not supported: "},
    {"train.optimizer", "heavy_ball sgd_momentum", "called 'momentum'"},
    {"train.optimizer", "gradient_descent", "called 'gd'"},
    {"train.optimizer", "Adam", "did you mean 'adam'?"},
    {"train.schedule", "cosine", "called '{decay: cosine}' here"},
    {"data.set", "fmnist fashion_mnist FashionMNIST", "fashion-mnist'"},
    {"data.set", "cifar cifar-10", "cifar10'"},
    {"data.set", "imagenet cifar100 svhn", "not supported: data sets are"},
    {"data.set", "two-moons half_moons", "called 'moons' here"},
    {"data.set", "blobs", "called 'mixture'"},
    {"data.normalize", "zscore", "called 'standard'"},
    {"run.precision", "double fp64", "called 'float64'"},
    {"run.precision", "fp32", "called 'float32'"},
    {"run.precision", "fp16 bfloat16", "not supported: run.precision is"},
};

static size_t count(const char *text, const char *what)
{
    size_t n = 0;

    for (const char *at = strstr(text, what); at != NULL;
         at = strstr(at + 1, what)) {
        n++;
    }
    return n;
}

static const char study[] =
    "study: test\ndata: {set: circles}\nnetwork: {depth: 1}\n"
    "grid: {seed: [0]}\ncurvature: {subspace: {dim: 5}}\n"
    "train: {steps: 3}\nrun: {precision: float64}\n";

/* One error, which says this. */
static bool is_told(const char *line, const char *told)
{
    char *report = refusal(study, strlen(study), line);
    const size_t n = count(report, "--set:") + count(report, "test.yaml:");
    const bool is_good = n == 1 && strstr(report, told) != NULL;

    if (!is_good) {
        print_error("%s: %zu errors, wanted %s\n%s", line, n, told, report);
    }
    gold_free(report);
    return is_good;
}

/* A row's words, each a key or a value. */
static size_t check(const words *row, bool is_key, size_t *n_told)
{
    const char *at = row->words;
    size_t n = 0;

    for (; *at != '\0'; n++) {
        const size_t length = strcspn(at, " ");
        char line[128];
        char word[64];

        (void)snprintf(word, sizeof word, "%.*s", (int)length, at);
        (void)snprintf(line, sizeof line, "%s%s%s%s", row->at,
                       is_key ? "." : "=", word, is_key ? "=1" : "");
        *n_told += is_told(line, row->told) ? 1 : 0;
        at += length + strspn(at + length, " ");
    }
    return n;
}

static void test_words(void **state)
{
    size_t n = 0;
    size_t n_told = 0;

    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        n += check(&keys[i], true, &n_told);
    }
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        n += check(&values[i], false, &n_told);
    }
    assert_true(n >= 150);
    assert_int_equal(n_told, n);
    assert_int_equal(gold_live_blocks(), 0);
}

/* What depends on a wrong word is not judged by a default. */
static void test_one_error(void **state)
{
    static const struct {
        const char *lines;
        const char *told;
    } cases[] = {
        {"train.optimizer=adamm\ntrain.batch=32", "did you mean 'adam'?"},
        {"trian.steps=3\ngrid.learning_rate=[1, 2]\ntrain=~",
         "did you mean 'train'?"},
        {"curvatur.subspace=3\ncurvature=~\ntrain=~", "did you mean"},
        {"data.sett=mnist\ndata.set=~", "did you mean 'set'?"},
        {"data.set=cirkles\nnetwork.kind=cnn", "did you mean 'circles'?"},
        {"network.kindd=cnn\nnetwork.kernel=3", "did you mean 'kind'?"},
        {"network.loss=mes\nnetwork.temperature=2", "did you mean 'mse'?"},
        {"network.normalization=layr\nnetwork.norm_position=after",
         "did you mean 'layer'?"},
        {"train.constraint=subspce\ngrid.constraint_dim=[2, 3]",
         "did you mean 'subspace'?"},
        {"grid.radius={from: 1, to: 10, num: 5}", "'num' is called 'count'"},
        {"network.layers=[dense: 3]", "'dense' is called 'linear' here"},
        {"network.layers=[batchnorm]", "not supported: samples do not"},
        {"network.nam=3", "unknown key 'nam' in 'network:'"},
    };
    size_t n_told = 0;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        n_told += is_told(cases[i].lines, cases[i].told) ? 1 : 0;
    }
    assert_int_equal(n_told, sizeof cases / sizeof *cases);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_one_error),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
