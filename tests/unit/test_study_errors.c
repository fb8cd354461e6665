/* SPDX-License-Identifier: MIT */
/* Every wrong input is refused at its place, in words that help. */
#include "study/keys.h"
#include "unit/test_study_wrong.h"

/* Line 1 is the case's own in these: */
#define CNN(line)                                                              \
    "network: {kind: cnn, " line "}\nstudy: test\n" GRID WORK                  \
    "data: {set: fashion-mnist}\n"
#define CNN_GRID(line)                                                         \
    line "\nstudy: test\n" WORK                                                \
         "data: {set: cifar10, path: x}\nnetwork: {kind: cnn}\n"
#define WITH_GRID(line) line "\n" HEAD WORK
#define WITH_DATA(line) "data: {" line "}\nstudy: test\n" GRID WORK
#define WITH_VALUES(line)                                                      \
    WITH_DATA("set: function, " line) "network: {loss: mse}\n"
#define WITH_CURV(line)  "curvature: {" line "}\n" HEAD GRID
#define WITH_TRAIN(line) "train: {" line "}\n" HEAD GRID
#define WITH_RUN(line)   "run: {" line "}\n" HEAD GRID WORK

static const wrong yaml_errors[] = {
    {"", "1:1", "nothing is written"},
    {"# only a comment\n", "2:1", "nothing is written"},
    {"a: b: c\n", "1:5", "mapping values are not allowed"},
    {"a: [1, 2\n", "2:1", "not YAML"},
    {"a:\n\tb: 1\n", "2:1", "not with tabs"},
    {"just words\n", "1:1", "must be a mapping"},
    {"- 1\n", "1:1", "must be a mapping"},
    {HEAD GRID WORK "---\nstudy: b\n", "5:1", "second document"},
    {HEAD GRID WORK "study: b\n", "5:1", "first at line 1, column 1"},
    {HEAD GRID WORK "run: {precision: float32, precision: float64}\n", "5:27",
     "'precision' is given twice"},
    {"a: *b\n", "1:4", "no anchor 'b'"},
    {"a: &a [*a]\n", "1:8", "inside itself"},
    {"a: !!str b\n", "1:4", "tags"},
    {"? [a]\n: b\n", "1:3", "a key must be a single word"},
    {"a: \x01\n", "1:4", "control character 0x01"},
    {"a: \xff\n", "1:4", "0xff is not UTF-8"},
};

static const wrong section_errors[] = {
    {"data: {set: circles}\n" GRID WORK, "1:1", "'study:' is missing"},
    {HEAD WORK, "1:1", "'grid:' is missing"},
    {"study: a\n" GRID WORK, "1:1", "'data:' is missing"},
    {HEAD GRID, "1:1", "nothing to do"},
    {HEAD GRID WORK "depth: 3\n", "5:1", "it belongs under 'network:'"},
    {HEAD GRID WORK "curvatur: 3\n", "5:1", "did you mean 'curvature'?"},
    {HEAD GRID WORK "zzzzzzzzzzzz: 3\n", "5:1", "unknown key 'zzzzzzzzzzzz'"},
    {HEAD GRID WORK "network: 3\n", "5:10", "'network' must be a mapping"},
    {"study: A B\ndata: {set: circles}\n" GRID WORK, "1:8", "study is 'A B'"},
    {"study: [a]\ndata: {set: circles}\n" GRID WORK, "1:8", "must be a text"},
    {WITH_NETWORK("dept: 3"), "1:11", "did you mean 'depth'?"},
    {WITH_NETWORK("depth: 1001"), "1:18", "at least 0 and at most 1000"},
    {WITH_NETWORK("depth: 2.5"), "1:18", "a whole number, not '2.5'"},
    {WITH_NETWORK("depth: '2'"), "1:18", "leave out the quotes"},
    {WITH_NETWORK("depth: ~"), "1:18", "'depth' has no value"},
    {WITH_NETWORK("depth: [1, 2]"), "1:18", "not a list"},
    {WITH_NETWORK("width: 1000001"), "1:18", "at most 1000000"},
    {WITH_NETWORK("width: 60000"), "1:11", "parameters; at most 2147483647"},
    {WITH_NETWORK("width: 99999999999999999999"), "1:18", "at most 1000000"},
    {WITH_NETWORK("activation: rleu"), "1:23", "did you mean 'relu'?"},
    {WITH_NETWORK("bias: yes"), "1:17", "true or false"},
    {WITH_NETWORK("bias: ture"), "1:17", "did you mean 'true'?"},
    {WITH_NETWORK("kind: lenet5"), "1:11", "convolutions need images"},
    {WITH_NETWORK("kind: cnn"), "1:11", "the samples of circles are points"},
    {WITH_NETWORK("kind: lenet"), "1:17",
     "lenet-300-100, lenet5, cnn, layers or resnet"},
    {WITH_NETWORK("loss: mse, temperature: 2"), "1:22",
     "which loss mse has not"},
    {WITH_NETWORK("loss: mes"), "1:17", "did you mean 'mse'?"},
    {"train: {track: [entropy], steps: 3}\nnetwork: {loss: mse}\n" HEAD GRID,
     "1:9", "leave it out of 'track'"},
    {WITH_NETWORK("kernel: 3"), "1:11", "for networks of kind cnn"},
    {WITH_NETWORK("head: [10]"), "1:11", "for networks of kind cnn"},
    {WITH_NETWORK("kind: lenet5, width: 10"), "1:25",
     "'width' is for networks of kind mlp, cnn or layers"},
    {CNN("width: 0"), "1:29", "at least 1"},
    {CNN("channels: [8, 0]"), "1:36", "at least 1"},
    {CNN("channels: []"), "1:32", "a list of 1 to 32 numbers"},
    {CNN("channels: 8"), "1:32", "a list of 1 to 32 numbers"},
    {CNN("head: [0]"), "1:29", "at least 1"},
    {CNN("channels: [8], depth: 2"), "1:37", "'depth' beside 'channels'"},
    {CNN("channels: [8], growth: 2"), "1:37", "'growth' beside 'channels'"},
    {CNN("pooling: mean"), "1:31", "'mean' is called 'average' here"},
    {CNN("stride: 0"), "1:30", "at least 1"},
    {CNN("pool: 0"), "1:28", "at least 1"},
    {CNN("kernel: 29"), "1:30",
     "kernel: 29, stride: 1, padding: 0} on 1 x 28 x 28: its kernel"},
    {CNN("kernel: 3, padding: 3"), "1:42",
     "its padding must be less than its kernel"},
    {CNN("pool: 27"), "1:28", "26 x 26: its window leaves nothing"},
    {CNN("depth: 4"), "1:29", " units: its kernel does not fit"},
    {CNN("channels: [4, 4, 4, 4]"), "1:32", " units: its kernel does not fit"},
    {CNN("width: 400000, head: [4000]"), "1:22", "parameters; at most"},
    {WITH_NETWORK("kind: lenet-300-100, depth: 2"), "1:32",
     "'depth' is for networks of"},
    {WITH_NETWORK("layer_gains: 0"), "1:24", "must be above 0"},
    {WITH_NETWORK("layer_gains: [1, -1, 1]"), "1:28", "must be above 0"},
    {WITH_NETWORK("layer_gains: [1, .nan, 1]"), "1:28", "finite number"},
    {WITH_NETWORK("layer_gains: [[1, 2, 1]]"), "1:25", "not a list"},
    {WITH_NETWORK("layer_gains: 1e5"), "1:24",
     "less than 1e-12 or more than 1e12, which is too far for float32"},
    {WITH_NETWORK("layer_gains: [1e-7, 1e-7, 1e20]"), "1:24", "too far"},
    {"run: {precision: float64}\nnetwork: {layer_gains: [1, 1e60, 1e60]}\n" HEAD
         WORK "grid: {seed: 0}\n",
     "2:24", "too far for float64"},
    {WITH_NETWORK("layer_gains: []"), "1:24", "a number for all layers"},
    {WITH_NETWORK("layer_gains: [2, 3]"), "1:24",
     "has 2 numbers, but the network at seed=0 has 3 layers"},
    {"network: {layer_gains: [2, 3]}\n" HEAD WORK
     "grid: {depth: [1, 4], seed: 0}\n",
     "1:24", "at depth=4, seed=0 has 5 layers"},
    {WITH_GRID("grid: {layer_gains: [1, 2, 1]}"), "1:21",
     "the same value twice: its values 1 and 3"},
    {WITH_GRID("grid: {layer_gains: [[1, 2, 1], [1, 2]]}"), "1:33",
     "has 2 numbers, but the network at layer_gains=[1, 2] has 3 layers"},
    {WITH_GRID("grid: {depth: [2, 3], layer_gains: [[1, 2, 1]]}"), "1:37",
     "at depth=3, layer_gains=[1, 2, 1] has 4 layers"},
    {WITH_GRID("grid: {layer_gains: [1, [1, 0, 1]]}"), "1:29",
     "must be above 0"},
    {WITH_GRID("grid: {layer_gains: {from: 1, to: 2, count: 2}}"), "1:21",
     "has no ranges"},
    {WITH_GRID("grid: {layer_gains: [[1, 2, 1], 3], exclude: {layer_gains: "
               "[[1, 2, 3]]}}"),
     "1:61", "this is no value of axis 'layer_gains'"},
    {WITH_NETWORK("temperature: 0"), "1:24", "above 0"},
    {WITH_NETWORK("temperature: .nan"), "1:24", "finite number"},
    {WITH_NETWORK("scale: 1e999"), "1:18", "finite number"},
    {WITH_NETWORK("scale: 1, radius: 2"), "1:21", "'radius' beside 'scale'"},
    {WITH_NETWORK("seed: 1"), "1:11", "is an axis of the grid (line 4) too"},
    {WITH_DATA("train: 10"), "1:1",
     "'data:' lacks 'set:', fashion-mnist, mnist, circles, mixture, cifar10, "
     "function, file, clusters"},
    {WITH_DATA("set: cifar10"), "1:8", "cifar10 needs 'path:'"},
    {WITH_DATA("set: cirkles"), "1:13", "did you mean 'circles'?"},
    {WITH_DATA("set: mnist"), "1:8", "mnist needs 'path:'"},
    {WITH_DATA("set: circles, path: x"), "1:22", "in files only"},
    {WITH_DATA("set: circles, classes: 4"), "1:22",
     "is of mixture and "
     "file only"},
    {WITH_DATA("set: circles, normalize: published"), "1:22", "published"},
    {WITH_DATA("set: fashion-mnist, seed: 4"), "1:28", "built-in data sets"},
    {WITH_DATA("set: circles, train: 0"), "1:29", "at least 1"},
    {WITH_DATA("set: circles, test: al"), "1:28",
     "whole number or 'all', not 'al'; did you mean 'all'?"},
    {WITH_DATA("set: circles, target: sin"), "1:22", "of function only"},
    {WITH_DATA("set: function, target: sin, classes: 3"), "1:36",
     "of mixture and file only"},
    {WITH_NETWORK("init: file"), "1:17", "init: {file: weights.h5}"},
    {WITH_NETWORK("init: {path: x}"), "1:18", "'path'"},
    {WITH_NETWORK("init: {}"), "1:11", "lacks 'file:'"},
    {WITH_NETWORK("init: {file: x}, layer_gains: 2"), "1:28",
     "'layer_gains' are of what is drawn"},
    {WITH_DATA("set: file"), "1:8", "file needs 'path:', your HDF5 file"},
    {WITH_DATA("set: circles, outputs: 2"), "1:22", "is of file only"},
    {WITH_DATA("set: file, path: x, outputs: 2, classes: 3"), "1:40",
     "either a class or values"},
    {WITH_DATA("set: file, path: x, shape: [2, 3]"), "1:35",
     "[channels, height, width]"},
    {WITH_DATA("set: file, path: x, test_share: 1"), "1:40", "below 1"},
    {WITH_DATA("set: file, path: x, normalize: published"), "1:28",
     "published"},
    {WITH_DATA("set: file, path: x, shape: [5], outputs: 2"), "1:8",
     "say 'loss: mse'"},
    {WITH_DATA("set: function"), "1:8", "function needs 'target:'"},
    {WITH_VALUES("target: sin, labels: {share: 0.5}"), "1:36",
     "no labels to permute"},
    {WITH_DATA("set: circles, labels: {share: 1.5}"), "1:38", "at most 1"},
    {WITH_DATA("set: circles, labels: {part: 1}"), "1:31", "unknown key"},
    {WITH_DATA("set: clusters"), "1:8", "clusters needs 'blobs:'"},
    {WITH_DATA("set: clusters, blobs: []"), "1:30", "must be a list: [{label"},
    {WITH_DATA("set: clusters, blobs: [3]"), "1:31", "has no 'label'"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1}]"), "1:31",
     "has no 'deviation'"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1, deviation: -1}, "
               "{label: 1, mean: 2, deviation: 1}]"),
     "1:62", "a deviation is 0 or more"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1, deviation: 1, sd: "
               "1}, {label: 1, mean: 2, deviation: 1}]"),
     "1:65", "no 'sd'"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1, deviation: 1}, "
               "{label: 1, mean: [2, 3], deviation: 1}]"),
     "1:66", "all means have as many numbers"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1, deviation: 1}]"),
     "1:23", "nothing has the label 1"},
    {WITH_DATA("set: clusters, blobs: [{label: 0, mean: 1, deviation: 1}, "
               "{label: 2, mean: 2, deviation: 1}]"),
     "1:23", "nothing has the label 1"},
    {WITH_DATA("set: clusters, blobs: [{label: -1, mean: 1, deviation: 1}]"),
     "1:39", "label is '-1'; it must be at least 0"},
    {WITH_DATA("set: moons, labels: {within: [[2, 0], [1, 2]]}"), "1:50",
     "class 2 stands in a group already"},
    {WITH_DATA("set: circles, noise: 1"), "1:22", "of rings and moons only"},
    {WITH_DATA("set: rings, radii: [1]"), "1:20", "two or more"},
    {WITH_DATA("set: rings, radii: [1, 0]"), "1:31", "must be above 0"},
    {WITH_DATA("set: modular-addition, p: 2, share: 0.1"), "1:8",
     "of 4 pairs 0 cannot be trained on and 4 others"},
    {WITH_DATA("set: line"), "1:8", "line needs 'points:'"},
    {WITH_DATA("set: line, points: [[1, 0], [2, 1, 1]]"), "1:36",
     "a point of a line is [x, label]"},
    {WITH_DATA("set: line, points: [[1, 0], [2, 0.5]]"), "1:40",
     "must be a whole number"},
    {WITH_DATA("set: line, points: [[1, 0], [2, 1]], test: 9"), "1:45",
     "its points, in training and in test: leave 'test' out"},
    {WITH_DATA("set: function, target: sin"), "1:8", "say 'loss: mse'"},
    {WITH_VALUES("target: sine"), "1:31", "did you mean 'sin'?"},
    {WITH_VALUES("target: {relo: [[1, 2, 3]]}"), "1:32",
     "did you mean 'relu'?"},
    {WITH_VALUES("target: {cos: [[1, 2, 3]]}"), "1:32",
     "'cos' is no function of a target; there are sin, relu, tanh and "
     "constant"},
    {WITH_VALUES("target: {relu: [1, 2, 3]}"), "1:39",
     "[factor, slope, shift]"},
    {WITH_VALUES("target: {relu: [[1, x, 3]]}"), "1:43", "slope"},
    {WITH_VALUES("target: {tanh: [[1, [1, 2], 3]]}"), "1:23",
     "has 2 numbers, a sample 1 features"},
    {WITH_VALUES("target: []"), "1:31", "a list of such"},
    {WITH_VALUES("target: {constant: a}"), "1:42", "constant"},
    {WITH_VALUES("target: sin, from: 1"), "1:8", "between 'from' and 'to'"},
    {WITH_VALUES("target: sin, features: 2"), "1:8", "spacing: random"},
    {WITH_VALUES("target: sin") "train: {track: [loss, accuracy]}\n", "6:9",
     "leave 'accuracy' out"},
    {WITH_VALUES("target: sin") "train: {stop: {accuracy: 0.9}}\n", "6:16",
     "no accuracy"},
    {WITH_DATA("set: circles, normalize: per-pixel"), "1:22", "no images"},
    {WITH_DATA("set: circles, normalize: per-image"), "1:22", "no images"},
    {HEAD "grid: {seed: [0], radius: [1], data_seed: [0]}\n" WORK, "3:32",
     "'data_seed' is of data sets in files only, not of circles"},
    {WITH_DATA("set: fashion-mnist, subset: last"), "1:36", "{random: SEED}"},
    {WITH_DATA("set: fashion-mnist, subset: frist"), "1:36",
     "did you mean 'first'?"},
    {WITH_DATA("set: fashion-mnist, subset: {radnom: 3}"), "1:36",
     "did you mean 'random'?"},
    {WITH_DATA("set: fashion-mnist, subset: {random: seed}"), "1:45",
     "a whole number or 'per-seed', not 'seed'"},
    {WITH_DATA("set: fashion-mnist, subset: {random: per-sead}"), "1:45",
     "did you mean 'per-seed'?"},
    {WITH_DATA("set: fashion-mnist, subset: {random: -1}"), "1:45",
     "random is '-1'; it must be at least 0"},
    {WITH_DATA("set: fashion-mnist, subset: {random: per-seed}"), "1:36",
     "all of them are asked for"},
    {WITH_RUN("precision: dooble"), "1:18", "float32 or float64"},
    {WITH_RUN("memory_per_rank: 1 MiB"), "1:24", "at least 64 MiB"},
    {WITH_RUN("memory_per_rank: much"), "1:24", "such as 2 GiB"},
};

static const wrong work_errors[] = {
    {WITH_CURV(""), "1:1", "lacks 'subspace"},
    {WITH_CURV("subspace: {surface: plane}"), "1:13", "lacks 'dim:'"},
    {WITH_CURV("subspace: {dim: 0}"), "1:29", "at least 1"},
    {WITH_CURV("subspace: {dim: 4097}"), "1:29", "at most 4096"},
    {WITH_CURV("subspace: {dim: []}"), "1:29",
     "a number, or a list of 1 to 16 numbers"},
    {WITH_CURV("subspace: {dim: [5, 5]}"), "1:33", "'5' is given twice"},
    {WITH_CURV("subspace: {dim: 5}, extreme: {steps: 9}"), "1:33",
     "'extreme:' lacks 'count:', number of eigenvalues at each end"},
    {WITH_CURV("trace_probes: 1"), "1:27",
     "trace_probes is '1'; it must be at least 2"},
    {WITH_CURV("dense: few"), "1:20",
     "'dense' must be true, false or {limit: 4000}"},
    {WITH_CURV("dense: treu"), "1:20", "did you mean 'true'?"},
    {WITH_CURV("dense: {limt: 3}"), "1:20", "did you mean 'limit'?"},
    {WITH_CURV("subspace: {dim: 5}, logit_gradients: 0"), "1:50",
     "logit_gradients is '0'; it must be at least 1"},
    {WITH_CURV("subspace: {dim: 5}, logit_gradients: every"), "1:50",
     "must be a whole number or 'all'"},
    {WITH_CURV("subspace: {dim: 5}, resample: {}"), "1:33",
     "lacks 'directions:' or 'data:'"},
    {WITH_CURV("subspace: {dim: 5}, resample: {data: 1}"), "1:50",
     "data is '1'; it must be at least 2"},
    {WITH_CURV("subspace: {dim: 5}, resample: {probes: 3}"), "1:44",
     "unknown key 'probes'"},
    {WITH_CURV("subspace: {dim: 5}, layers: every"), "1:41", "'every'"},
    {"network: {width: 2, depth: 1}\n" HEAD GRID
     "curvature: {subspace: {dim: 11}}\n",
     "5:24", "network of 10 parameters"},
    {WITH_TRAIN("learning_rate: 0"), "1:24", "above 0"},
    {WITH_TRAIN("momentum: 1"), "1:19", "below 1"},
    {WITH_TRAIN("steps: 1, epochs: 1"), "1:19", "give one of them"},
    {WITH_TRAIN("batch: 32"), "1:9", "gd takes the full batch"},
    {WITH_TRAIN("log: {}"), "1:9", "every or count"},
    {WITH_TRAIN("log: {every: 1, spacing: log}"), "1:25", "with count"},
    {WITH_TRAIN("track: [loss, los]"), "1:23", "did you mean 'loss'?"},
    {WITH_TRAIN("track: [loss, loss]"), "1:23", "listed twice"},
    {WITH_TRAIN("track: loss"), "1:16", "a short list of words"},
    {WITH_TRAIN("track: [loss, sharpnes]"), "1:23",
     "did you mean 'sharpness'?"},
    {WITH_CURV("dense: true, boundary: {eigenvectors: 3, "
               "generalisation: true}"),
     "1:70", "counts rounding"},
    {WITH_CURV("boundary: {eigenvectors: 3, grid: {x: [2]}}"), "1:51",
     "begins and ends"},
    {"curvature: {boundary: {eigenvectors: 3, grid: {count: 9}}}\nstudy: test\n"
     "data: {set: mixture}\n" GRID,
     "1:41",
     "of 1 or 2 features, and these have "
     "50"},
    {WITH_TRAIN("track: [loss, curvature]"), "1:23",
     "curvature: needs a 'curvature:' block"},
    {WITH_TRAIN("keep: [last]"), "1:16", "'last'"},
    {WITH_TRAIN("keep: final"), "1:15", "[initial, final]"},
    {WITH_TRAIN("constraint: spher"), "1:21", "did you mean 'sphere'?"},
    {WITH_TRAIN("constraint: subspace"), "1:9", "a subspace has a dimension"},
    {WITH_TRAIN("constraint: {subspace: {dim: 0}}"), "1:38", "at least 1"},
    {WITH_TRAIN("constraint: {subspace: {dims: 9}}"), "1:33", "'dim'"},
    {WITH_GRID("train: {}\ngrid: {constraint_dim: [2, 3]}"), "2:8",
     "goes with constraint: subspace"},
    {WITH_TRAIN("constraint: {sphere: {}}"), "1:22", "unknown key 'sphere'"},
    {WITH_TRAIN("constraint: [sphere]"), "1:21",
     "must be none, sphere or subspace"},
    {WITH_TRAIN("log: {count: 1}"), "1:22", "at least 2"},
    {WITH_TRAIN("log: {count: 2049}"), "1:22", "at most 2048"},
    {WITH_TRAIN("log: {every: 0}"), "1:22", "at least 1"},
    {WITH_TRAIN("log: {count: 9, spacing: cubic}"), "1:34", "linear or log"},
    {WITH_TRAIN("steps: 2048, log: {every: 1}"), "1:35",
     "every 1 of 2048 steps makes more than 2048 log entries: take 2 or"},
    {WITH_TRAIN("optimizer: sgd, batch: 100, epochs: 100, log: {every: 1}"),
     "1:63", "of 2400 steps"},
    {WITH_TRAIN("stop: {accuracy: 1.5}"), "1:26", "at most 1"},
    {WITH_TRAIN("stop: {accuracy: 0}"), "1:26", "above 0"},
    {WITH_TRAIN("stop: {loss: 0}"), "1:22", "above 0"},
    {WITH_TRAIN("stop: {patience: 0}"), "1:26", "at least 1"},
    {WITH_TRAIN("reach: 0.5"), "1:16", "a list of 1 to 16 numbers"},
    {WITH_TRAIN("reach: []"), "1:16", "a list of 1 to 16 numbers"},
    {WITH_TRAIN("reach: [1, 0.5, 1.0]"), "1:25", "'1.0' is given twice"},
    {WITH_TRAIN("reach: [1, 0]"), "1:20", "must be above 0"},
    {WITH_TRAIN("reach: [low]"), "1:17", "a number, not 'low'"},
    {WITH_TRAIN("lazy: -1"), "1:15", "at least 0"},
    {WITH_TRAIN("augment: true"), "1:18", "must be a mapping"},
    {WITH_TRAIN("augment: {flop: true}"), "1:19", "did you mean 'flip'?"},
    {WITH_TRAIN("augment: {flip: 1}"), "1:25", "true or false"},
    {WITH_TRAIN("augment: {shift: -1}"), "1:26", "at least 0"},
    {WITH_TRAIN("augment: {flip: true}"), "1:19",
     "the samples of circles are points"},
    {"train: {steps: 1, augment: {shift: 28}}\nstudy: test\n" GRID
     "data: {set: fashion-mnist}\n",
     "1:29", "images of 28 pixels a side would be moved by up to 28"},
    {"grid: {augment_shift: [0, 40]}\nstudy: test\ntrain: {steps: 1}\n"
     "data: {set: cifar10, path: x}\n",
     "1:8", "images of 32 pixels a side would be moved by up to 40"},
    {WITH_GRID("grid: {augment_flip: [true]}"), "1:8",
     "axis 'augment_flip' needs a 'train:' block"},
};

static const wrong grid_errors[] = {
    {WITH_GRID("grid: {}"), "1:7", "no axis"},
    {WITH_GRID("grid: {seed: []}"), "1:14", "empty list"},
    {WITH_GRID("grid: {seed: [1, 1]}"), "1:14", "values 1 and 2"},
    {WITH_GRID("grid: {radius: [1, 0]}"), "1:20", "above 0"},
    {WITH_GRID("grid: {radius: [.inf]}"), "1:17", "finite"},
    {WITH_GRID("grid: {radius: {from: 1, to: 2}}"), "1:16", "count"},
    {WITH_GRID("grid: {radius: {from: 0, to: 2, count: 3}}"), "1:16",
     "above 0"},
    {WITH_GRID("grid: {radius: {form: 1}}"), "1:17", "did you mean 'from'?"},
    {WITH_GRID("grid: {radius: {from: 1, to: 2, count: 3, spacing: lgo}}"),
     "1:52", "did you mean 'log'?"},
    {WITH_GRID("grid: {seed: {count: 1000001}}"), "1:22", "at most 1000000"},
    {WITH_GRID("grid: {seed: {count: 0}}"), "1:22", "at least 1"},
    {WITH_GRID("grid: {seed: {from: 5, to: 2}}"), "1:14", "ends before"},
    {WITH_GRID("grid: {depth: {from: 990, count: 20}}"), "1:15",
     "depth becomes 1001"},
    {WITH_GRID("grid: {seed: {count: 100000}, data.scale: {from: 1, to: 2, "
               "count: 100000}}"),
     "1:7", "1e+10 points"},
    {WITH_GRID("grid: {set: [circles]}"), "1:8", "belongs under 'data:'"},
    {WITH_GRID("grid: {data.set: [circles]}"), "1:8", "cannot be an axis"},
    {WITH_GRID("grid: {sed: 1}"), "1:8", "did you mean 'seed'?"},
    {WITH_GRID("grid: {depth: 1, network.depth: 2}"), "1:18",
     "an axis already: first at line 1, column 8"},
    {WITH_GRID("grid: {activation: {count: 2}}"), "1:20", "no ranges"},
    {WITH_GRID("grid: {radius: 1, scale: 1}"), "1:8", "beside 'scale'"},
    {WITH_GRID("grid: {learning_rate: 1}"), "1:8", "needs a 'train:' block"},
    {WITH_GRID("train: {}\ngrid: {batch: [full, 9]}"), "2:8",
     "gd takes the full batch"},
    {WITH_GRID("train: {}\ngrid: {constraint: [none, {subspace: {dim: 9}}]}"),
     "2:27", "must be none, sphere or subspace"},
    {WITH_GRID("train: {log: {every: 1}}\ngrid: {steps: [9, 9000]}"), "1:22",
     "of 9000 steps"},
    {WITH_GRID("grid: {constraint: none}"), "1:8", "needs a 'train:' block"},
    {WITH_GRID("grid: {zip: {depth: [1, 2], width: [3]}}"), "1:36",
     "'width' has 1 values, but 'depth' has 2"},
    {WITH_GRID("grid: {zip: {depth: [1, 1], width: [3, 3]}}"), "1:13",
     "same value twice"},
    {WITH_GRID("grid: {zip: {depth: [1, 2], kind: [mlp, cnn]}}"), "1:29",
     "convolutions need images"},
    /* one cell of a grid is enough, unless it is excluded */
    {CNN_GRID("grid: {depth: [1, 2, 3, 4, 5], seed: [0, 1]}"), "1:25",
     "that make images smaller; so at depth=4, seed=0"},
    {CNN_GRID("grid: {kernel: [2, 3, 40], stride: [1, 2]}"), "1:23",
     "so at kernel=40, stride=1"},
    {CNN_GRID("grid: {kernel: [2, 40], exclude: {kernel: 40, seed: 0}, "
              "seed: [0, 1]}"),
     "1:20", "so at kernel=40, seed=1"},
    {CNN_GRID("grid: {zip: {kernel: [3, 5], padding: [0, 5]}}"), "1:43",
     "its padding must be less than its kernel; so at kernel=5, padding=5"},
    {CNN_GRID("grid: {width: {from: 1, to: 1000001, step: 1000000}}"), "1:15",
     "at most 1000000"},
    {CNN_GRID("grid: {kernel: {from: 1, to: 40, step: 39}}"), "1:16",
     "so at kernel=40"},
    {CNN_GRID("grid: {channels: [8, 16]}"), "1:8",
     "it belongs under 'network:'"},
    {WITH_GRID("grid: {zip: {depth: [1, 2], kind: [mlp]}}"), "1:35",
     "'kind' has 1 values"},
    {WITH_GRID("grid: {zip: {}}"), "1:13", "from 1 to 8 keys"},
    {WITH_GRID("grid: {seed: 1, exclude: {depth: 1}}"), "1:27", "no axis of"},
    {WITH_GRID("grid: {seed: 1, exclude: {seed: 2}}"), "1:33", "no value of"},
    {WITH_GRID("grid: {seed: 1, exclude: {seed: 1}}"), "1:26", "no point"},
    {WITH_GRID("grid: {seed: 1, exclude: 3}"), "1:26", "mapping"},
};

static void test_yaml(void **state)
{
    (void)state;
    CHECK_ALL(yaml_errors);
}

static void test_sections(void **state)
{
    (void)state;
    CHECK_ALL(section_errors);
}

static void test_work(void **state)
{
    (void)state;
    CHECK_ALL(work_errors);
}

static void test_grid(void **state)
{
    (void)state;
    CHECK_ALL(grid_errors);
}

/* A word whose last letter is there twice: is it told which was meant? */
static void check_hint(const goldi_key *key, const char *word)
{
    static const char base[] = HEAD GRID WORK;
    const bool is_list = key->type == GOLDI_CHOICES;
    char line[200];
    char hint[80];
    char *report = NULL;

    (void)snprintf(line, sizeof line, "%s.%s=%s%s%c%s\n",
                   goldi_section_label(key->section), key->name,
                   is_list ? "[" : "", word, word[strlen(word) - 1],
                   is_list ? "]" : "");
    (void)snprintf(hint, sizeof hint, "; did you mean '%s'?", word);
    report = refusal(base, strlen(base), line);
    if (strstr(report, hint) == NULL &&
        strstr(report, "' is not supported: ") == NULL) {
        fail_msg("no hint of '%s' for %s\n%s", word, line, report);
    }
    gold_free(report);
}

/* Each word of each key, also of those that are numbers or true or false. */
static void test_hints(void **state)
{
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < goldi_n_keys; i++) {
        const goldi_word *word = goldi_keys[i].words;

        for (; word != NULL && word->word != NULL; word++) {
            check_hint(&goldi_keys[i], word->word);
            n++;
        }
    }
    assert_true(n > 60);
    assert_int_equal(gold_live_blocks(), 0);
}

static void test_zero_byte(void **state)
{
    char *report = refusal("a: b\n\0: c", 9, NULL);

    (void)state;
    assert_non_null(strstr(report, "test.yaml:2:1: control character 0x00"));
    gold_free(report);
    assert_int_equal(gold_live_blocks(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_yaml),  cmocka_unit_test(test_sections),
        cmocka_unit_test(test_work),  cmocka_unit_test(test_grid),
        cmocka_unit_test(test_hints), cmocka_unit_test(test_zero_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
