# SPDX-License-Identifier: MIT
"""What is to be added is added in one place: an activation, an operation, a loss,
a data set and, under long, a tracked statistic, each in a copy of the sources as a stranger would, and nothing
else is touched. The changed files are compiled anew and linked with what this
build has; what comes out agrees with differences of a loss written in numpy."""
import os
import pathlib
import re
import shlex
import shutil
import subprocess

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

BUILD = pathlib.Path(support.GOLDILOCKS).resolve().parent
if not (BUILD / "build.ninja").exists() or not shutil.which("ninja"):
    pytest.skip("the program has no build beside it", allow_module_level=True)

IS_FULL = os.environ.get("GOLDILOCKS_ONE_PLACE") == "full"
CUBE = """/* SPDX-License-Identifier: MIT */
/* x^3 of each unit. */
#include "graph/op.h"

static int degree(const gold_node *node, const int *in)
{
    (void)node;
    return in[0] >= 0 ? 3 * in[0] : GOLD_NO_DEGREE;
}

/* z (n, d, units) += or = factor x^power y, y (n, d, units). */
static void powers(const gold_site *s, size_t d, double factor, int power,
                   const real *y, bool adds, real *z)
{
    for (size_t q = 0; q < s->n * d * s->out; q++) {
        const real x = s->x[0][q / (d * s->out) * s->out + q % s->out];
        const real slope = (real)factor * (power == 2 ? x * x : x);

        z[q] = (adds ? z[q] : (real)0) + slope * y[q];
    }
}

static void forward(const gold_site *s)
{
    powers(s, 1, 1.0, 2, s->x[0], false, s->y);
}

static void tangent(const gold_site *s, const gold_motion *by, real *dy)
{
    powers(s, by->d, 3.0, 2, by->dx[0], false, dy);
}

static void pull(const gold_site *s, size_t m, const real *delta,
                 const gold_pulled *to)
{
    powers(s, m, 3.0, 2, delta, true, to->x[0]);
}

static void bend(const gold_site *s, const gold_motion *by, const real *delta,
                 const gold_pulled *to)
{
    for (size_t q = 0; q < s->n * by->d * s->out; q++) {
        const size_t at = q / (by->d * s->out) * s->out + q % s->out;

        to->x[0][q] += (real)(6.0 * by->scale) * s->x[0][at] * delta[at] *
                       by->dx[0][q];
    }
}

const gold_op FN(op_cube) = {.name = "cube",
                             .n_inputs = 1,
                             .most_inputs = 1,
                             .shape = FN(same_shape),
                             .degree = degree,
                             .forward = forward,
                             .tangent = tangent,
                             .pull = pull,
                             .bend = bend};
"""
HUBER = """
/* ---- Pseudo-Huber: the mean over outputs of sqrt(1 + gap^2) - 1 --------- */

static void huber_slope(size_t k, const double *z, gold_aim aim,
                        const gold_softmax *softmax, double *residual)
{
    (void)softmax;
    for (size_t i = 0; i < k; i++) {
        const double gap = gap_of(z, aim, i);

        residual[i] = gap / sqrt(1.0 + gap * gap) / (double)k;
    }
}

static void huber_predict(size_t k, const double *z, gold_aim aim,
                          gold_softmax *softmax)
{
    square_predict(k, z, aim, softmax);
    softmax->loss = 0.0;
    for (size_t i = 0; i < k; i++) {
        const double root = sqrt(1.0 + pow(gap_of(z, aim, i), 2));

        softmax->loss += (root - 1.0) / (double)k;
        softmax->p[i] = pow(root, -3) / (double)k;
    }
}

static double huber_residual(size_t k, const double *z, gold_aim aim,
                             double *weights, double *residual)
{
    gold_softmax softmax = {.p = weights};

    huber_predict(k, z, aim, &softmax);
    huber_slope(k, z, aim, &softmax, residual);
    return softmax.loss;
}

static const gold_loss huber = {
    "huber", false, huber_predict, huber_slope, huber_residual,
    square_rows, square_curve};

const gold_loss *gold_loss_of("""
RAMP = """/* SPDX-License-Identifier: MIT */
#include "data/generate.h"

gold_status goldi_ramp(const gold_dataset_plan *plan, goldi_half half,
                       const size_t *slots, goldi_raw *raw)
{
    (void)plan;
    (void)half;
    (void)slots;
    for (size_t i = 0; i < raw->n; i++) {
        raw->reals[i] = (double)i - 2.5;
        raw->labels[i] = i > 2 ? 1 : 0;
    }
    return GOLD_OK;
}
"""
LARGEST = """
static gold_status take_largest(gold_watch *watch, void *state,
                                const gold_logged *at)
{
    double most = 0.0;

    (void)state;
    for (size_t i = 0; i < watch->start->network.n_parameters; i++) {
        most = fmax(most, fabs((double)at->theta[i]));
    }
    FN(watch_put)(watch, at, GOLD_VAR_TRAJECTORY_LARGEST_WEIGHT, 0, most);
    return GOLD_OK;
}

const gold_tracker FN(track_largest_weight) = {.take = take_largest};

/* ---- Norms ---"""
# What a stranger does: new files, and (file, before, after) in others.
CHANGES = {
    "activation": ({}, [
        ("src/graph/phi.c", "#define ROW(word)",
         "JET(sine)\n{\n    return (gold_jet){sin(z), cos(z), -sin(z)};\n}\n\n"
         "#define ROW(word)"),
        ("src/graph/phi.c", "const gold_phi gold_phis[] = {",
         "const gold_phi gold_phis[] = {\n"
         "    {ROW(sine)},")]),
    "operation": ({"src/graph/cube.c": CUBE}, [
        ("src/graph/CMakeLists.txt", "conv2d.c", "conv2d.c cube.c"),
        ("src/graph/op.h", "extern const gold_op FN(op_flatten);",
         "extern const gold_op FN(op_cube);\n"
         "extern const gold_op FN(op_flatten);"),
        ("src/graph/ops.c", "    NULL,\n", "    &FN(op_cube),\n    NULL,\n")]),
    "loss": ({}, [
        ("include/goldilocks/settings.h", "#define GOLD_LOSS_LIST(X)",
         "#define GOLD_LOSS_LIST(X) LOSSES(X) X(HUBER, \"huber\", \"new\")\n"
         "#define LOSSES(X)"),
        ("src/nn/loss.c", "\nconst gold_loss *gold_loss_of(", HUBER),
        ("src/nn/loss.c", "[GOLD_MEAN_SQUARE] = &gold_mean_square,",
         "[GOLD_MEAN_SQUARE] = &gold_mean_square, [GOLD_HUBER] = &huber,")]),
    "data set": ({"src/data/ramp.c": RAMP}, [
        ("src/data/CMakeLists.txt", "circles.c", "circles.c ramp.c"),
        ("include/goldilocks/data_sets.h", "#define GOLD_DATA_SET_LIST(X)",
         "#define GOLD_DATA_SET_LIST(X) SETS(X) X(RAMP, \"ramp\", \"new\", "
         ".n_features = 1, .n_classes = 2, .n_train = 6, .n_test = 6)\n"
         "#define SETS(X)"),
        ("src/data/generate.h", "goldi_get_fn goldi_circles;",
         "goldi_get_fn goldi_ramp;\ngoldi_get_fn goldi_circles;"),
        ("src/data/sets.c", "    [GOLD_DATA_CIRCLES]",
         "    [GOLD_DATA_RAMP] = {NULL, goldi_ramp},\n"
         "    [GOLD_DATA_CIRCLES]")]),
}
if IS_FULL:
    CHANGES["statistic"] = ({}, [
        ("include/goldilocks/tracks.h", "#define GOLD_TRACK_OTHERS(T, X)",
         "#define GOLD_TRACK_OTHERS(T, X) OTHERS(T, X) "
         "T(LARGEST_WEIGHT, largest_weight, 0, NULL) "
         "X(TRAJECTORY_LARGEST_WEIGHT, \"trajectory_largest_weight\", "
         "TRAJECTORY, TRACK_LARGEST_WEIGHT, \"1\", \"largest size\")\n"
         "#define OTHERS(T, X)"),
        ("src/engine/track_layers.c", "\n/* ---- Norms ---", LARGEST)])
# Sources that are compiled from what is changed in a header.
BEHIND = {"include/goldilocks/settings.h": ["src/study/words.c"],
          "include/goldilocks/data_sets.h": ["src/study/sets.c",
                                             "src/study/blobs.c"]}


def commands():
    """[(compiler and flags, source)] of the program's objects, and its link."""
    lines = subprocess.run(["ninja", "-t", "commands", "goldilocks"], cwd=BUILD,
                           stdout=subprocess.PIPE, text=True,
                           check=True).stdout.splitlines()
    link = next(line for line in lines if " -o goldilocks " in line)
    link = link.split("&&")[1].strip()
    return ([line for line in lines if re.search(r" -c \S+$", line)],
            shlex.split(link))


def changed(top, copy):
    """Make all changes in a copy; {name of the change: files it touched}."""
    for folder in ("src", "include"):
        shutil.copytree(top / folder, copy / folder)
    touched = {}
    for name, (files, edits) in CHANGES.items():
        for path, text in files.items():
            (copy / path).write_text(text)
        for path, before, after in edits:
            text = (copy / path).read_text()
            assert text.count(before) == 1, (path, before)
            (copy / path).write_text(text.replace(before, after))
        touched[name] = sorted({*files, *(path for path, *_ in edits)})
    return touched


def built_from(header, lines):
    """Sources of objects that this build made from a header."""
    found, objects = set(), set()
    for line in subprocess.run(
            ["ninja", "-t", "deps"], cwd=BUILD, stdout=subprocess.PIPE,
            text=True, check=True).stdout.splitlines():
        if ": #deps" in line:
            made = line.split(":")[0]
        elif line.strip().endswith("/" + header):
            objects.add(made)
    for line in lines:
        words = shlex.split(line)
        if words[words.index("-o") + 1] in objects:
            found.add(str(pathlib.Path(words[-1]).relative_to(support.TOP)))
    assert len(found) > 20
    return found


def compile_anew(copy, sources, lines):
    """Objects of the sources in the copy, by the commands that this build has
    for them, or for a neighbour of a new file."""
    objects = []
    for source in sources:
        like = (source if (support.TOP / source).exists()
                else {"graph": "src/graph/add.c", "data": "src/data/circles.c"}
                [source.split("/")[1]])
        found = [line for line in lines if line.endswith("/" + like)]
        assert found, source
        for line in found:
            words = shlex.split(line.replace(str(support.TOP / like),
                                             str(copy / source)))
            words = [word.replace(f"-I{support.TOP}/", f"-I{copy}/")
                     if "generated" not in word else word for word in words]
            at = words.index("-o") + 1
            words[at] = str(copy / f"{len(objects)}.o")
            for flag in ("-MT", "-MF"):
                where = words.index(flag)
                del words[where:where + 2]
            if IS_FULL:
                words.append("-O0")
            subprocess.run([word for word in words if word != "-MD"],
                           cwd=BUILD, check=True)
            objects.append(words[words.index("-o") + 1])
    return objects


@pytest.fixture(name="program", scope="module")
def fixture_program(tmp_path_factory):
    copy = tmp_path_factory.mktemp("copy")
    touched = changed(support.TOP, copy)
    lines, link = commands()
    sources = {path for paths in touched.values() for path in paths}
    sources |= {behind for path in sources for behind in BEHIND.get(path, [])}
    if IS_FULL:
        sources |= built_from("include/goldilocks/tracks.h", lines)
        link = [word for word in link if not word.endswith("/main.c.o")]
        sources.add("src/app/main.c")
    objects = compile_anew(copy, sorted(
        path for path in sources if path.endswith(".c")), lines)
    link[link.index("-o") + 1] = str(copy / "goldilocks")
    where = link.index("src/libgoldilocks.a")
    subprocess.run(link[:where] + objects + link[where:], cwd=BUILD, check=True)
    return copy / "goldilocks", touched


STUDY = """
study: one-place
grid: {{seed: [3], scale: [1.5]}}
data: {{set: {data}, train: 6, test: 6, normalize: none}}
network: {{layers: [linear: 4, {phi}, linear: classes],
          bias: true, bias_init: same, loss: {loss}}}
curvature: {{dense: true}}
run: {{precision: float64}}
"""


def point(program, folder, **words):
    words = {"data": "circles", "phi": "tanh",
             "loss": "cross-entropy"} | words
    study = support.write(folder / "study.yaml", STUDY.format(**words))
    subprocess.run([program, "point", study, "-o", folder / "point.h5"],
                   env=support.environment(), check=True,
                   stdout=subprocess.DEVNULL)
    with h5py.File(folder / "point.h5") as file:
        return {name: file[name][()] for name in (
            "parameters/theta", "data/train/inputs", "data/train/labels",
            "full/hessian", "point/loss", "point/gradient_norm")}


PHIS = {"tanh": np.tanh, "sine": np.sin, "cube": lambda z: z ** 3}


def loss_at(theta, found, phi, loss):
    x, labels = found["data/train/inputs"], found["data/train/labels"]
    n_in = x.shape[1]
    w1, b1, w2, b2 = np.split(theta, np.cumsum([
        4 * n_in, 4, (len(theta) - 4 * n_in - 4) * 4 // 5]))
    z = PHIS[phi](x @ w1.reshape(4, -1).T + b1) @ w2.reshape(-1, 4).T + b2
    one_hot = np.eye(len(b2))[labels]
    if loss == "huber":
        return np.mean(np.sqrt(1 + (z - one_hot) ** 2) - 1)
    return np.mean(np.log(np.exp(z).sum(1)) - (z * one_hot).sum(1))


def differences(f, theta, h):
    """Gradient and Hessian of f."""
    steps = h * np.eye(len(theta))
    gradient = np.array([f(theta + s) - f(theta - s) for s in steps]) / (2 * h)
    hessian = np.array([[
        f(theta + s + t) - f(theta + s - t) - f(theta - s + t) + f(theta - s - t)
        for t in steps] for s in steps]) / (4 * h * h)
    return gradient, hessian


CASES = {"activation": {"phi": "sine"}, "operation": {"phi": "cube"},
         "loss": {"loss": "huber"}, "data set": {"data": "ramp"}}
# Files that each takes: those of its own, and lines in tables.
MOST = {"activation": 1, "operation": 4, "loss": 2, "data set": 5,
        "statistic": 2}


@pytest.mark.parametrize("case", CASES)
def test_one_place(case, program, tmp_path):
    path, touched = program
    assert len(touched[case]) == MOST[case]
    words = CASES[case]
    found = point(path, tmp_path, **words)
    if case == "data set":
        np.testing.assert_array_equal(found["data/train/inputs"][:, 0],
                                      np.arange(6) - 2.5)
        np.testing.assert_array_equal(found["data/train/labels"],
                                      [0, 0, 0, 1, 1, 1])

    def loss(theta):
        return loss_at(theta, found, words.get("phi", "tanh"),
                       words.get("loss", "cross-entropy"))

    theta, hessian = found["parameters/theta"], found["full/hessian"]
    assert found["point/loss"] == pytest.approx(loss(theta), rel=1e-12)
    errors = []
    for h in (4e-3, 2e-3):
        gradient, near = differences(loss, theta, h)
        assert found["point/gradient_norm"] == pytest.approx(
            np.linalg.norm(gradient), rel=1e-4)
        errors.append(np.abs(near - hessian).max() / np.abs(hessian).max())
    assert errors[1] < 1e-4 and errors[0] / errors[1] == pytest.approx(4, abs=.5)


@pytest.mark.skipif(not IS_FULL, reason="most of the program is compiled anew")
def test_statistic(program, tmp_path):
    path, touched = program
    assert len(touched["statistic"]) == MOST["statistic"]
    study = support.write(tmp_path / "study.yaml", """
study: largest
grid: {seed: [0, 1]}
data: {set: circles, train: 20, test: 5}
train: {steps: 6, log: {every: 2}, track: [loss, largest_weight, layer_norms],
        keep: [initial, final]}
run: {precision: float64}
""")
    subprocess.run([path, "run", study, "-o", tmp_path / "out.h5", "--quiet"],
                   env=support.environment(), check=True)
    with h5py.File(tmp_path / "out.h5") as file:
        found = file["trajectory_largest_weight"][()]
        assert found.shape == (2, 4)
        for when, k in (("initial", 0), ("final", -1)):
            np.testing.assert_array_equal(found[:, k], np.abs(
                file[f"{when}_parameters"][()]).max(axis=1))
