# SPDX-License-Identifier: MIT
"""At the ends of the range of numbers results are right, or the point failed
and says why: held against a network written out in extended precision, whose
exponents go to 4932."""
import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

REAL = np.longdouble
pytestmark = pytest.mark.skipif(np.finfo(REAL).max < REAL(10) ** 4000,
                                reason="no extended precision here")
SCALES = [1e-300, 1e-160, 1e-100, 1e-60, 1e-40, 1e-25, 1e-16, 1e-12, 1e-7,
          1e-3, 1, 30, 1e12, 1e25, 1e38, 1e40, 1e100, 1e160, 1e300]
RATE = 1e-3
STUDY = """
study: range
grid: {{scale: {scales}}}
data: {{set: mixture, train: 30, test: 10, features: 4, classes: 3}}
network: {{depth: 2, width: 5, activation: {activation}, layer_gains: {gains}}}
curvature: {{subspace: {{dim: [4]}}}}
train: {{steps: 1, learning_rate: {rate}, log: {{every: 1}}}}
run: {{precision: {precision}}}
"""
CASES = [(activation, precision, "1") for activation in ("relu", "tanh")
         for precision in ("float32", "float64")]
# The layers' scales as far apart as studies may have them.
CASES += [("relu", "float32", "[1e-12, 1, 1]"),
          ("tanh", "float32", "[1e-12, 1, 1]"),
          ("tanh", "float32", "[1, 1e12, 1e-12]"),
          ("tanh", "float64", "[1e-90, 1, 1]")]


def phi(activation, z):
    """Value, first and second derivative."""
    if activation == "relu":
        return np.where(z > 0, z, 0), (z > 0).astype(REAL), 0 * z
    a, e = np.tanh(z), np.exp(-abs(z))
    slope = (2 * e / (1 + e * e)) ** 2  # not 1 - a^2, which is 0 where a is 1
    return a, slope, -2 * a * slope


def split(theta, shapes):
    parts, at = [], 0
    for out, inner in shapes:
        parts.append(theta[at:at + out * inner].reshape(out, inner))
        at += out * inner
    return parts


class Reference:
    """Loss, gradient and products with the Hessian and its G-term."""

    def __init__(self, activation, theta, shapes, x, y):
        self.shapes, self.weights = shapes, split(theta, shapes)
        self.a, self.d1, self.d2 = [x.T], [], []
        for l, w in enumerate(self.weights):
            z = w @ self.a[-1]
            if l + 1 < len(shapes):
                value, first, second = phi(activation, z)
                self.a.append(value)
                self.d1.append(first)
                self.d2.append(second)
        top = z.max(axis=0)
        e = np.exp(z - top)
        self.logits, self.p, self.n = z, e / e.sum(axis=0), len(y)
        hot = np.zeros_like(z)
        hot[y, np.arange(len(y))] = 1
        self.loss = (top + np.log(e.sum(axis=0))
                     - (hot * z).sum(axis=0)).mean()
        self.delta = [(self.p - hot) / self.n]
        for l in range(len(shapes) - 1, 0, -1):
            self.delta.insert(
                0, (self.weights[l].T @ self.delta[0]) * self.d1[l - 1])
        self.gradient = np.concatenate([
            (d @ a.T).ravel() for d, a in zip(self.delta, self.a)])

    def product(self, v, is_g):
        """H v, or G v."""
        parts = split(v, self.shapes)
        da, dz = [0 * self.a[0]], []
        for l, (w, part) in enumerate(zip(self.weights, parts)):
            dz.append(part @ self.a[l] + w @ da[-1])
            if l + 1 < len(parts):
                da.append(self.d1[l] * dz[-1])
        top = self.p * dz[-1]
        delta = (top - self.p * top.sum(axis=0)) / self.n
        rows = []
        for l in range(len(parts) - 1, -1, -1):
            rows.insert(0, delta @ self.a[l].T
                        + (0 if is_g else self.delta[l] @ da[l].T))
            if l > 0:
                below = self.weights[l].T @ delta
                delta = below * self.d1[l - 1]
                if not is_g:
                    delta += (parts[l].T @ self.delta[l]) * self.d1[l - 1]
                    delta += ((self.weights[l].T @ self.delta[l])
                              * self.d2[l - 1] * dz[l - 1])
        return np.concatenate([row.ravel() for row in rows])


def trace_over_norm(reference, directions, is_g):
    m = np.array([[v @ reference.product(u, is_g) for u in directions]
                  for v in directions])
    norm = np.sqrt((m * m).sum())
    return norm, np.trace(m) / norm if norm > 0 else REAL(0)


def spread(logits):
    return np.sqrt(logits.var(axis=0).mean())


def length(x):
    return np.sqrt((x * x).sum())


def near(value, wanted, tolerance):
    """False for what is not a number."""
    return abs(REAL(value) - wanted) <= tolerance * abs(wanted)


@pytest.fixture(scope="module", params=CASES, ids=lambda case: "-".join(case))
def results(request, tmp_path_factory):
    activation, precision, gains = request.param
    folder = tmp_path_factory.mktemp("range")
    study = support.write(folder / "range.yaml", STUDY.format(
        activation=activation, precision=precision, rate=RATE, gains=gains,
        scales=SCALES))
    path = folder / "range.h5"
    assert support.run("run", study, "-o", path, "--quiet").code in (0, 5)
    point = folder / "point.h5"
    support.succeed("point", study, "--at", "scale=1", "-o", point)
    with h5py.File(path) as file, h5py.File(point) as one:
        rows = {name: file[name][()] for name in file
                if getattr(file[name], "shape", ())[:1] == (len(SCALES),)}
        drawn = {name: one[place][()] for name, place in (
            ("theta", "parameters/theta"), ("x", "data/train/inputs"),
            ("v", "subspace/directions"), ("y", "data/train/labels"))}
    return request.param, precision, rows, drawn


def reference_at(results, scale):
    (activation, _, _), _, _, drawn = results
    theta = REAL(scale) * drawn["theta"].astype(REAL)
    return theta, Reference(activation, theta, [(5, 4), (5, 5), (3, 5)],
                            drawn["x"].astype(REAL), drawn["y"])


@pytest.mark.parametrize("i", range(len(SCALES)), ids=map(str, SCALES))
def test_measured(results, i):
    _, precision, rows, drawn = results
    if rows["status_measure"][i] == 2:
        message = b"".join(rows["message_measure"][i]).decode()
        assert "range of" in message or "not a finite" in message, message
        return
    assert rows["status_measure"][i] == 1
    theta, reference = reference_at(results, SCALES[i])
    tolerance = 1e-9 if precision == "float64" else 1e-4
    for name, wanted in (("weight_norm", length(theta)),
                         ("loss", reference.loss),
                         ("logit_spread", spread(reference.logits)),
                         ("gradient_norm", length(reference.gradient))):
        assert near(rows[name][i], wanted, tolerance), (name, wanted)
    v = drawn["v"].astype(REAL)
    for name, is_g in (("trace_over_norm", False), ("g_trace_over_norm", True)):
        norm, wanted = trace_over_norm(reference, v, is_g)
        uncertain = rows[name.replace("trace_over_norm",
                                      "uncertain_fraction")][i, 0]
        if norm > 1e-290 and uncertain == 0:
            assert abs(rows[name][i, 0] - wanted) <= 10 * tolerance, \
                (name, wanted)


@pytest.mark.parametrize("i", range(len(SCALES)), ids=map(str, SCALES))
def test_trained(results, i):
    _, precision, rows, _ = results
    if rows["status_train"][i] == 2:
        message = b"".join(rows["message_train"][i]).decode()
        assert "out of the range in which" in message, message
        return
    assert rows["status_train"][i] == 1
    if int(rows["outcome"][i]) & 4:
        assert b"overflow" in b"".join(rows["message_train"][i])
        return
    theta, reference = reference_at(results, SCALES[i])
    final = theta - REAL(RATE) * reference.gradient
    tolerance = 1e-12 if precision == "float64" else 1e-5
    assert near(rows["final_weight_norm"][i], length(final), tolerance)
    cosine = (final / length(final)) @ (theta / length(theta))
    assert near(rows["final_cosine_to_init"][i], cosine, tolerance)
    assert abs(rows["weight_change"][i] - length(final - theta)
               / length(theta)) <= tolerance * max(1, rows["weight_change"][i])


def test_what_is_usual_is_measured(results):
    """The checks above have something to look at."""
    _, precision, rows, _ = results
    done = [scale for scale, state in zip(SCALES, rows["status_measure"])
            if state == 1]
    assert {1e-7, 1e-3, 1, 30} <= set(done), done
    if precision == "float64":
        assert {1e-25, 1e-12, 1e12} <= set(done), done


SATURATED = """
study: saturated
grid: {{scale: [1, 100, 1e4, 1e5, 1e6]}}
data: {{set: mixture, train: 30, test: 10, features: 4, classes: 3}}
network: {{depth: 2, width: 5, activation: tanh}}
curvature: {{subspace: {{dim: 4}}}}
run: {{precision: {precision}}}
"""


@pytest.mark.parametrize("precision", ["float32", "float64"])
def test_saturated(tmp_path, precision):
    """Slopes of units that are 1 underflow where the loss and its gradient do
    not: curvature is then within 1 %, or all of it is uncertain and the message
    says so."""
    study = support.write(tmp_path / "study.yaml",
                          SATURATED.format(precision=precision))
    path, point = tmp_path / "out.h5", tmp_path / "point.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    support.succeed("point", study, "--at", "scale=1", "-o", point)
    with h5py.File(path) as file, h5py.File(point) as one:
        rows = {name: file[name][()] for name in file
                if getattr(file[name], "shape", ())[:1] == (5,)}
        theta, x, v, y = (one[place][()] for place in (
            "parameters/theta", "data/train/inputs", "subspace/directions",
            "data/train/labels"))
    states = []
    for i, scale in enumerate([1, 100, 1e4, 1e5, 1e6]):
        reference = Reference("tanh", REAL(scale) * theta.astype(REAL),
                              [(5, 4), (5, 5), (3, 5)], x.astype(REAL), y)
        norm, ratio = trace_over_norm(reference, v.astype(REAL), False)
        message = b"".join(rows["message_measure"][i])
        is_told = b"curvature is smaller than" in message
        assert rows["status_measure"][i] == 1
        assert is_told == (rows["uncertain_fraction"][i, 0] == 1), message
        assert is_told or (near(rows["frobenius_norm"][i, 0], norm, 0.01) and
                           abs(rows["trace_over_norm"][i, 0] - ratio) < 0.01)
        states.append(is_told)
    assert not states[0] and states[-1], states


FLED = """
study: fled
grid: {learning_rate: [0.1, 1e4], seed: {count: 2}}
data: {set: circles, train: 40, test: 20}
network: {depth: 2, width: 6, bias: true}
curvature: {at: [start, {step: 30}AT_END], subspace: {dim: [3, 6]}}
train: {optimizer: sgd, batch: 10, steps: 30, log: {every: 3}, track: [loss]}
"""


@pytest.mark.parametrize("at_end, prefix, where", [
    ("", "moment_", "at step 30"), (", end", "final_", "where training ended")])
def test_unresolved_later(tmp_path, at_end, prefix, where):
    """Steps of 1e4 lead to where no eigenvalue is known; the message of the
    training says so, as that of the start does."""
    study = FLED.replace("AT_END", at_end)
    if at_end:
        study = study.replace("{step: 30}, ", "")
    path = tmp_path / "out.h5"
    support.succeed("run", support.write(tmp_path / "study.yaml", study), "-o",
                    path, "--quiet")
    with h5py.File(path) as file:
        uncertain = file[f"{prefix}uncertain_fraction"][..., -1]
        zero = file[f"{prefix}zero_logits"][()]
        if not at_end:  # one moment
            uncertain, zero = uncertain[..., 0], zero[..., 0]
        messages = file["message_train"][()]
    told = {}
    for at in np.ndindex(uncertain.shape):
        is_told = (f"curvature {where}: smaller than float32".encode()
                   in b"".join(messages[at]))
        assert is_told == (uncertain[at] == 1 and zero[at] < 1), at
        told.setdefault(at[0], []).append(is_told)
    assert not any(told[0]) and any(told[1]), told
