/* SPDX-License-Identifier: MIT */
/* Words of the field: what they are called here, or what comes nearest. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "study/key_text.h"
#include "study/read.h"

/* Words are written in small letters and digits alone, spaces between them:
 * "batchsize" is also batch_size and Batch-Size. */
typedef struct jargon {
    const char *words;
    const char *called;  /* "train.learning_rate", "network.init=kaiming"; */
    const char *instead; /* or NULL, and what comes nearest */
} jargon;

#define SMOOTH                                                                 \
    "relu, leaky_relu, tanh, sigmoid and identity are; gelu, silu, softplus, " \
    "elu and erf as operations of 'layers'"
#define ADAPTIVE                                                               \
    "optimizers are gd, sgd, momentum, nesterov, rmsprop, adam and adamw"
#define BATCHED                                                                \
    "samples do not see each other; normalization is layer or rms of an mlp, " \
    "group of a resnet"
#define KINDS "networks are mlp, cnn, resnet, both LeNets, or lists of layers"
#define SETS                                                                   \
    "data sets are fashion-mnist, mnist, cifar10, circles, mixture, "          \
    "clusters, rings, moons, line, modular-addition, function and file"

static const jargon table[] = {
    {"lr lr0 eta stepsize learnrate baselr maxlr initiallr",
     "train.learning_rate", NULL},
    {"batchsize bs minibatch minibatchsize trainbatchsize", "train.batch",
     NULL},
    {"epoch nepochs numepochs maxepochs nepoch", "train.epochs", NULL},
    {"iterations iters niter niters maxiter nsteps numsteps maxsteps "
     "totalsteps trainsteps updates",
     "train.steps", NULL},
    {"wd l2 l2reg l2penalty l2regularization ridge lambda decay "
     "regularization",
     "train.weight_decay", NULL},
    {"mu momentumcoefficient", "train.momentum", NULL},
    {"clip gradclip clipgrad gradientclipping maxgradnorm clipgradnorm "
     "gradclipnorm clipvalue",
     "train.clip_norm", NULL},
    {"beta1 beta2 adambetas", "train.betas", NULL},
    {"eps adameps", "train.epsilon", NULL},
    {"earlystopping earlystop", "train.stop", NULL},
    {"lrwarmup warmupsteps warmupepochs nwarmup", "train.schedule.warmup",
     NULL},
    {"scheduler lrscheduler lrschedule lrpolicy learningrateschedule",
     "train.schedule", NULL},
    {"cosineannealing cosinelr cosineannealinglr cosinedecay",
     "train.schedule.decay=cosine", NULL},
    {"steplr multisteplr lrdecay stepdecay", "train.schedule.decay=step", NULL},
    {"linearlr lineardecay", "train.schedule.decay=linear", NULL},
    {"cosine", "train.schedule={decay: cosine}", NULL},
    {"linear", "train.schedule={decay: linear}", NULL},
    {"step", "train.schedule={decay: step}", NULL},
    {"warmup", "train.schedule={warmup: 100}", NULL},
    {"gamma lrgamma decayrate", "train.schedule.factor", NULL},
    {"opt optim solver algorithm", "train.optimizer", NULL},
    {"gradientdescent batchgd fullbatch", "train.optimizer=gd", NULL},
    {"stochasticgradientdescent", "train.optimizer=sgd", NULL},
    {"sgdm msgd sgdmomentum heavyball polyak", "train.optimizer=momentum",
     NULL},
    {"nag sgdnesterov nesterovmomentum", "train.optimizer=nesterov", NULL},
    {"lbfgs bfgs newton cg conjugategradient kfac shampoo soap sophia muon",
     NULL, "no optimizer uses second derivatives; " ADAPTIVE},
    {"adagrad adadelta adamax nadam radam amsgrad lamb lars lion adafactor",
     NULL, ADAPTIVE},
    {"sam swa ema lookahead entropysgd", NULL,
     "nothing is averaged or perturbed; " ADAPTIVE},
    {"metrics monitor logs", "train.track", NULL},
    {"loginterval logfreq logevery logsteps", "train.log.every", NULL},
    {"augmentation augmentations dataaugmentation transforms", "train.augment",
     NULL},
    {"hflip fliplr randomflip horizontalflip", "train.augment.flip", NULL},
    {"crop randomcrop translate", "train.augment.shift", NULL},
    {"mixup cutmix cutout randaugment", NULL,
     "images are changed by train.augment, flip and shift"},
    {"shuffle", NULL, "batches always take the samples in a random order"},
    {"hidden hiddensize hiddendim hiddenunits hiddenwidth nhidden units "
     "nunits neurons dmodel",
     "network.width", NULL},
    {"nlayers numlayers hiddenlayers nhiddenlayers", "network.depth", NULL},
    {"hiddensizes hiddenlayersizes layersizes hiddendims", "network.widths",
     NULL},
    {"nonlinearity act actfn activationfunction", "network.activation", NULL},
    {"usebias biases", "network.bias", NULL},
    {"initialization initializer weightinit kernelinitializer initscheme",
     "network.init", NULL},
    {"biasinitializer biasinitialization", "network.bias_init", NULL},
    {"gain gains initgain initscale", "network.layer_gains", NULL},
    {"norm normlayer normalisation", "network.normalization", NULL},
    {"layernorm ln layernormalization", "network.normalization=layer", NULL},
    {"rmsnorm", "network.normalization=rms", NULL},
    {"groupnorm gn", "network.normalization=group", NULL},
    {"batchnorm bn batchnorm1d batchnorm2d batchnormalization syncbatchnorm",
     NULL, BATCHED},
    {"instancenorm weightnorm spectralnorm", NULL, BATCHED},
    {"dropout droppath dropconnect stochasticdepth", NULL,
     "no unit is left out; train.weight_decay and train.stop regularise"},
    {"labelsmoothing", NULL,
     "labels are what they are; network.temperature softens the softmax"},
    {"skip skipconnection skipconnections residualconnections",
     "network.residual", NULL},
    {"kernelsize filtersize", "network.kernel", NULL},
    {"filters nfilters outchannels", "network.channels", NULL},
    {"pad zeropadding", "network.padding", NULL},
    {"poolsize poolingsize", "network.pool", NULL},
    {"maxpool maxpooling", "network.pooling=max", NULL},
    {"avgpool avg mean meanpool averagepooling", "network.pooling=average",
     NULL},
    {"tau softmaxtemperature", "network.temperature", NULL},
    {"model arch architecture net modelname", "network.kind", NULL},
    {"fc fcn dnn ffn ffnn feedforward multilayerperceptron perceptron "
     "fullyconnected",
     "network.kind=mlp", NULL},
    {"convnet convolutional vgg alexnet", "network.kind=cnn", NULL},
    {"resnet18 resnet20 resnet34 resnet50", "network.kind=resnet", NULL},
    {"attention selfattention multiheadattention mha transformer vit bert gpt "
     "embedding rnn lstm gru gnn unet densenet autoencoder",
     NULL, KINDS},
    {"criterion lossfn lossfunction objective costfunction", "network.loss",
     NULL},
    {"crossentropy ce xent nll nllloss logloss crossentropyloss "
     "categoricalcrossentropy "
     "softmaxcrossentropy sparsecategoricalcrossentropy",
     "network.loss=cross-entropy", NULL},
    {"mseloss meansquarederror squarederror l2loss quadratic",
     "network.loss=mse", NULL},
    {"hinge hingeloss huber mae l1 l1loss smoothl1 kldiv bce bceloss focal "
     "focalloss contrastive",
     NULL, "losses are cross-entropy and mse"},
    {"dense fc", "network.layers=linear", NULL},
    {"conv convolution", "network.layers=conv2d", NULL},
    {"maxpool maxpooling", "network.layers=max_pool2d", NULL},
    {"avgpool averagepooling", "network.layers=avg_pool2d", NULL},
    {"gap globalavgpool adaptiveavgpool2d", "network.layers=global_avg_pool2d",
     NULL},
    {"skip skipconnection", "network.layers=residual", NULL},
    {"softmax logsoftmax", NULL,
     "loss cross-entropy has the softmax in it: networks end in logits"},
    {"num n number npoints nvalues", "grid.range=count", NULL},
    {"start begin min low", "grid.range=from", NULL},
    {"stop end max high", "grid.range=to", NULL},
    {"lrelu", "network.activation=leaky_relu", NULL},
    {"logistic", "network.activation=sigmoid", NULL},
    {"linear none", "network.activation=identity", NULL},
    {"gelu silu swish mish elu selu celu softplus softsign hardtanh hardswish "
     "prelu relu6 glu swiglu sin",
     NULL, SMOOTH},
    {"he henormal heinit", "network.init=kaiming", NULL},
    {"heuniform", "network.init=kaiming-uniform", NULL},
    {"glorot glorotnormal", "network.init=xavier", NULL},
    {"glorotuniform", "network.init=xavier-uniform", NULL},
    {"orthonormal ortho", "network.init=orthogonal", NULL},
    {"gaussian randn", "network.init=normal", NULL},
    {"pytorch default", "network.init=torch", NULL},
    {"ntk mup meanfield", "network.init=width-power", NULL},
    {"lsuv fixup truncnormal truncatednormal zeros ones uniform", NULL,
     "init is one of 'goldilocks keys network.init'; layer_gains scales each "
     "layer"},
    {"randomseed randomstate rngseed", "network.seed", NULL},
    {"seeds nseeds repeats replicates trials", "network.seed", NULL},
    {"dataset datasets", "data.set", NULL},
    {"root datadir datapath folder", "data.path", NULL},
    {"ntrain numtrain trainsize trainsamples nsamples numsamples trainset",
     "data.train", NULL},
    {"ntest numtest testsize testsamples testset", "data.test", NULL},
    {"val valid validation valsize validationset holdout", NULL,
     "there are training and test samples; data.test says how many"},
    {"standardize standardise normalise preprocessing", "data.normalize", NULL},
    {"zscore standardscaler", "data.normalize=standard", NULL},
    {"minmax minmaxscaler", "data.normalize=unit", NULL},
    {"nclasses numclasses", "data.classes", NULL},
    {"nfeatures numfeatures inputdim inputsize ndim", "data.features", NULL},
    {"fmnist fashionmnist fashion", "data.set=fashion-mnist", NULL},
    {"cifar", "data.set=cifar10", NULL},
    {"blobs gaussians gmm gaussianmixture", "data.set=mixture", NULL},
    {"imagenet tinyimagenet svhn cifar100 kmnist emnist celeba stl10 spirals",
     NULL, SETS},
    {"twomoons halfmoons makemoons", "data.set=moons", NULL},
    {"makeblobs checkerboard", "data.set=clusters", NULL},
    {"labelnoise randomlabels shufflelabels noisylabels", "data.labels", NULL},
    {"sweep axes hyperparameters searchspace", "grid", NULL},
    {"experiment name runname", "study", NULL},
    {"description comment", "title", NULL},
    {"hessian", "curvature", NULL},
    {"eigenvalues topeigenvalues neigs numeigs nev lanczos",
     "curvature.extreme", NULL},
    {"hutchinson trace", "curvature.trace_probes", NULL},
    {"slq spectrum esd spectraldensity", "curvature.density", NULL},
    {"gaussnewton ggn fisher", "curvature.split", NULL},
    {"fullhessian exacthessian", "curvature.dense", NULL},
    {"boundary decisionboundary outlier outliers alignment margin",
     "curvature.boundary", NULL},
    {"final trained aftertraining", "curvature.at=end", NULL},
    {"dtype floattype", "run.precision", NULL},
    {"fp32 f32 single float", "run.precision=float32", NULL},
    {"fp64 f64 double", "run.precision=float64", NULL},
    {"half fp16 bf16 float16 bfloat16 amp mixedprecision", NULL,
     "run.precision is float32 or float64"},
    {"checkpoint saveevery checkpointinterval", "run.checkpoint_every", NULL},
    {"memory maxmemory ram", "run.memory_per_rank", NULL},
    {"gpu cuda device threads workers numworkers nworkers ranks", NULL,
     "'mpirun -n N goldilocks run' says how many processes compute"},
};

/* Is the text, but for capitals and what joins its parts, among the words? */
static bool has_word(const char *words, const char *text)
{
    char bare[40] = "";
    size_t n = 0;

    for (; *text != '\0' && n + 1 < sizeof bare; text++) {
        if (isalnum((unsigned char)*text) != 0) {
            bare[n++] = (char)tolower((unsigned char)*text);
        }
    }
    for (; n > 0 && *text == '\0' && *words != '\0';) {
        const size_t length = strcspn(words, " ");

        if (length == n && strncmp(words, bare, n) == 0) {
            return true;
        }
        words += length + strspn(words + length, " ");
    }
    return false;
}

/* The value in "network.init=kaiming" when it is one of the key; else NULL. */
static const char *value_of(const jargon *row, const goldi_key *key)
{
    char path[GOLDI_PATH_BYTES];
    const char *value = row->called == NULL ? NULL : strchr(row->called, '=');

    if (key == NULL || value == NULL) {
        return NULL;
    }
    const size_t n = (size_t)(value - row->called);

    (void)goldi_key_path(key, path);
    return strlen(path) == n && strncmp(row->called, path, n) == 0 ? value + 1
                                                                   : NULL;
}

/* The row of a word, that of the key's own values if there is one. */
static const jargon *find(const char *word, const goldi_key *key)
{
    const jargon *found = NULL;

    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        const jargon *row = &table[i];

        if (!has_word(row->words, word)) {
            continue;
        }
        if (value_of(row, key) != NULL) {
            return row;
        }
        if (found == NULL &&
            !(row->called != NULL && strncmp(row->called, "grid.", 5) == 0)) {
            found = row;
        }
    }
    return found;
}

goldi_answer goldi_explain(const char *word, goldi_section section,
                           const goldi_key *key)
{
    const jargon *row = find(word, key);
    const char *label = goldi_section_label(section);
    const size_t n = strlen(label);
    goldi_answer answer = {""};
    const char *shown = row == NULL ? NULL : row->called;

    if (row == NULL ||
        (key != NULL && shown != NULL && value_of(row, key) == NULL)) {
        return answer;
    }
    if (shown == NULL) {
        (void)snprintf(answer.text, sizeof answer.text, "is not supported: %s",
                       row->instead);
        return answer;
    }
    if (key != NULL) {
        shown = value_of(row, key);
    } else if (n > 0 && strncmp(shown, label, n) == 0 && shown[n] == '.') {
        shown += n + 1;
    }
    const char *value = strchr(shown, '=');

    (void)snprintf(answer.text, sizeof answer.text, "is called '%.*s%s%s' here",
                   (int)strcspn(shown, "="), shown, value == NULL ? "" : ": ",
                   value == NULL ? "" : value + 1);
    return answer;
}
