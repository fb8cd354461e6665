# SPDX-License-Identifier: MIT
"""Two-layer networks from small initialization: what is tracked of them against
numpy, and the stages of their losses against the laws of the linear phase (of
what arXiv 2410.20119 and 2105.11686 look at), which have no free constant."""
import math
import os

import numpy as np
import pytest

import support

h5py = pytest.importorskip("h5py")

IS_FULL = os.environ.get("GOLDILOCKS_PLATEAUS") == "full"
STUDY = """
study: plateaus
grid: {{seed: {seeds}, {axes}}}
data: {{set: function, train: 40, test: 10, normalize: none, target: {target}}}
network:
  kind: layers
  layers: [linear: width, {phi}, linear: {{out: classes, bias: false}}]
  width: {width}
  bias: true
  init: normal
  bias_init: same
  loss: mse
train:
  optimizer: gd
  learning_rate: {rate}
  steps: {steps}
  log: {{count: {count}}}
  track: [loss, condensation, critical_sharpness, sharpness, stages]
  keep: [initial, final]
run: {{precision: float64}}
"""
BASE = {"seeds": "[0]", "axes": "init_std: [1e-3]", "phi": "tanh",
        "target": "{sin: [[1, 2, 0]], constant: 0.3}", "width": 100,
        "rate": 0.01, "steps": 1000, "count": 200}


def run(folder, name="study", **changes):
    """All arrays of a study of changes, by name."""
    study = support.write(folder / f"{name}.yaml",
                          STUDY.format(**{**BASE, **changes}))
    path = folder / f"{name}.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        assert np.all(file["status_train"][()] == 1)
        return {key: file[key][()] for key in file
                if isinstance(file[key], h5py.Dataset)}


def samples(target):
    x = np.linspace(-1, 1, 40)
    return np.c_[x, np.ones(40)], target(x)


def sine(x):
    return np.sin(2 * x) + 0.3


def units(theta, m):
    """Weights and bias of each unit, and by what it is read."""
    return np.c_[theta[:m], theta[m:2 * m]], theta[2 * m:3 * m]


# ------------------------------------------------------------------ numbers

def condensation(now, start):
    """Of units (weights with biases, what reads them) now and at the start."""
    (w, a), (w0, a0), m = now, start, len(now[0])
    size, size0 = (abs(b) * np.linalg.norm(v, axis=1)
                   for v, b in ((w, a), (w0, a0)))
    unit = w / np.linalg.norm(w, axis=1)[:, None]
    values = np.linalg.eigvalsh((unit * size[:, None]).T @ unit / size.sum())
    values = values[values > 0]
    cosines = abs(unit @ unit.T)
    pairs = cosines[np.triu_indices(m, 1)]
    leads = []
    for k in np.argsort(-size, kind="stable"):
        if size[k] > 0.01 * size.max() and all(
                cosines[k, lead] < 0.95 for lead in leads):
            leads.append(k)
    return {"condensation_lead": values[-1],
            "condensation_rank": math.exp(-np.sum(values * np.log(values))),
            "condensation_cosine": pairs.mean(),
            "condensation_share": (pairs > 0.95).mean(),
            "orientations": len(leads), "amplitude_mean": size.mean(),
            "amplitude_w1": abs(np.sort(size) - np.sort(size0)).mean(),
            "relative_distance": np.linalg.norm(w - w0) / np.linalg.norm(w0)}


@pytest.mark.parametrize("phi", ["tanh", "relu"])
def test_condensation(tmp_path, phi):
    """At the end against numpy; both ways of the eigenvalues: more units than
    entries of their vectors, and fewer. Shares are of 4,950 pairs."""
    for width in (100, 2):
        found = run(tmp_path, f"w{width}", phi=phi, width=width, seeds="[0, 1]",
                    axes="init_std: [0.3, 1]", steps=200)
        for at in np.ndindex(2, 2):
            wanted = condensation(*(
                units(found[f"{when}_parameters"][at], width)
                for when in ("final", "initial")))
            for name, value in wanted.items():
                got = found[f"trajectory_{name}"][at][-1]
                assert abs(got - value) <= 1e-10 * max(1, abs(value)), name


def test_condensation_needs_units(tmp_path):
    study = support.write(tmp_path / "study.yaml", """
study: images
grid: {seed: [0]}
data: {set: circles, train: 20, test: 5}
network: {kind: mlp, normalization: layer}
train: {steps: 2, track: [condensation]}
""")
    result = support.run("validate", study)
    assert result.code == 3 and "condensation is of a linear layer" in (
        result.err), result


def test_critical_sharpness_of_a_quadratic(tmp_path):
    """One linear layer: g'Hg / g'g to 1e-3, and no more than the sharpness."""
    study = support.write(tmp_path / "study.yaml", """
study: quadratic
grid: {seed: {count: 3}}
data: {set: function, train: 30, test: 2, features: 4, spacing: random,
       normalize: none, target: {sin: [[1, [1, 2, -1, 0.5], 0.2]]}}
network: {kind: layers, layers: [linear: classes], loss: mse, init: normal}
train: {steps: 60, learning_rate: 0.1, log: {every: 20},
        track: [sharpness, critical_sharpness], keep: [initial]}
run: {precision: float64}
""")
    path = tmp_path / "out.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    point = tmp_path / "point.h5"
    support.succeed("point", study, "--at", "seed=0", "-o", point)
    with h5py.File(point) as file:
        x = file["data/train/inputs"][()].reshape(30, 4)
        y = file["data/train/targets"][()].reshape(30)
    hessian = 2 * x.T @ x / 30
    with h5py.File(path) as file:
        critical = file["trajectory_critical_sharpness"][()]
        sharpness = file["trajectory_sharpness"][()]
        theta = file["initial_parameters"][()]
    for seed in range(3):
        at = theta[seed].copy()
        for step in range(61):
            gradient = 2 * x.T @ (x @ at - y) / 30
            if step % 20 == 0:
                wanted = (gradient @ hessian @ gradient) / (gradient @ gradient)
                assert critical[seed, step // 20] == pytest.approx(
                    wanted, rel=1e-3)
            at -= 0.1 * gradient
    assert np.all(critical <= sharpness * (1 + 1e-3))


def test_rates_of_a_quadratic(tmp_path):
    """A linear network: the largest stable rate is 2 / lambda_max within 2 %, in
    units of which a rate of 0.9 converges and one of 1.1 does not."""
    study = support.write(tmp_path / "study.yaml", """
study: rates
grid: {seed: {count: 2}, learning_rate: [0.9, 1.1]}
data: {set: function, train: 30, test: 2, features: 4, spacing: random,
       normalize: none, target: {sin: [[1, [1, 2, -1, 0.5], 0.2]]}}
network: {kind: layers, layers: [linear: classes], loss: mse, init: normal}
train: {steps: 200, scale_learning_rate: sharpness, log: {count: 5},
        track: [loss, max_stable_learning_rate]}
run: {precision: float64}
""")
    path = tmp_path / "out.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    point = tmp_path / "point.h5"
    support.succeed("point", study, "--at", "seed=0,learning_rate=0.9", "-o",
                    point)
    with h5py.File(point) as file:
        x = file["data/train/inputs"][()].reshape(30, 4)
    unit = 2 / np.linalg.eigvalsh(2 * x.T @ x / 30)[-1]
    with h5py.File(path) as file:
        applied = file["learning_rate_applied"][()]
        loss = file["trajectory_loss"][()]
        stable = file["max_stable_learning_rate"][()]
    assert applied == pytest.approx(np.tile([0.9 * unit, 1.1 * unit], (2, 1)),
                                    rel=2e-3)
    assert stable == pytest.approx(np.full((2, 2), unit), rel=0.02)
    assert np.all(loss[:, 0, -1] < loss[:, 0, 0])
    assert np.all(loss[:, 1, -1] > 1e6 * loss[:, 1, 0])


def test_stable_rate_is_of_the_point(tmp_path):
    """Whatever rate the study trains at; a network whose logits are all 0 is no
    success, though ln 3 is less than the loss it began with."""
    study = support.write(tmp_path / "study.yaml", """
study: stable
grid: {seed: {count: 2}, relative_radius: [1, 3], learning_rate: [0.1, 1000]}
data: {set: circles, train: 50, test: 20}
network: {width: 5}
train: {steps: 5, log: {count: 2}, track: [loss, max_stable_learning_rate]}
run: {precision: float64}
""")
    path = tmp_path / "out.h5"
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        stable = file["max_stable_learning_rate"][()]
    assert np.all((stable > 1) & (stable < 20))
    assert np.array_equal(stable[..., 0], stable[..., 1])


def test_critical_sharpness_at_small_radii(tmp_path):
    """Of three layers without biases near 0 the loss rises along the gradient at
    a step that grows as r^-2, but for a part that falls with r: with float64 at
    the smallest too; float32, in which the loss hardly moves there, says nothing
    rather than what rounding says."""
    found = {}
    for precision in ("float32", "float64"):
        study = support.write(tmp_path / f"{precision}.yaml", f"""
study: small
grid: {{seed: {{count: 3}}, relative_radius: [0.001, 0.01, 0.1]}}
data: {{set: circles, train: 50, test: 20, normalize: none}}
network: {{width: 5, activation: relu}}
train: {{steps: 1, log: {{count: 2}}, track: [critical_sharpness]}}
run: {{precision: {precision}}}
""")
        path = tmp_path / f"{precision}.h5"
        support.succeed("run", study, "-o", path, "--quiet")
        with h5py.File(path) as file:
            found[precision] = file["trajectory_critical_sharpness"][..., 0]
    ratio = found["float64"][:, 1:] / found["float64"][:, :-1]
    assert np.all(abs(ratio / 100 - 1) < [0.01, 0.1])
    assert np.all(np.isnan(found["float32"][:, 0]))
    np.testing.assert_allclose(found["float32"][:, 2], found["float64"][:, 2],
                               rtol=0.01)


def test_a_rate_needs_a_curvature(tmp_path):
    """A linear network that is sure of every sample has none, as the softmax is
    1 and 0: the point fails, and says why."""
    study = support.write(tmp_path / "study.yaml", """
study: sure
grid: {seed: [0], scale: [1e7]}
data: {set: circles, train: 20, test: 5}
network: {kind: layers, layers: [linear: classes]}
train: {steps: 5, scale_learning_rate: sharpness}
""")
    path = tmp_path / "out.h5"
    support.run("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        assert np.all(file["status_train"][()] == 2)
        assert b"no unit of a learning rate" in file["message_train"][
            0, 0].tobytes()


# ---------------------------------------------------------------- the law

def predicted(theta, m, rate, lost=0.05):
    """When the linear phase has lost a share of the loss: in time, by the rate
    that steps have, from the parameters that the run began with."""
    x, y = samples(sine)
    q = 2 * x.T @ y / 40
    speed = np.linalg.norm(q)
    w, a = units(theta, m)
    along = w @ q / speed
    grows, decays = np.sum((a + along) ** 2) / 2, np.sum((a - along) ** 2) / 2
    squares = q @ (x.T @ x / 40) @ q / speed ** 2
    loss = np.mean(y ** 2)
    beta = np.roots([squares, -speed, lost * loss]).min()
    discrete = math.log1p(rate * speed) / rate
    # beta = (grows e^(2 r t) - decays e^(-2 r t)) / 2
    return math.log((beta + math.hypot(beta, math.sqrt(grows * decays)))
                    / grows) / (2 * discrete)


def test_first_descent_of_tanh(tmp_path):
    """Within 2 %, from 1e-3 on."""
    for width in (100, 400) if IS_FULL else (100,):
        found = run(tmp_path, f"w{width}", width=width, seeds="[0, 1]",
                    axes="init_std: [1e-3, 1e-4]", count=400)
        for at in np.ndindex(2, 2):
            law = predicted(found["initial_parameters"][at], width, 0.01)
            time = 0.01 * found["descent_step"][at]
            assert time == pytest.approx(law, rel=0.02)


def test_amplitudes_of_the_linear_phase(tmp_path):
    """Before the first descent all amplitudes grow as e^(2 lambda t), by the
    rate that steps have, within 2 %: so their distance from those at the start
    is the difference of the means. They are as squares of normal numbers, whose
    mean square is 3 times the square of the mean, with a deviation of
    (24 / n)^(1/2) for n of them: within three of it."""
    found = run(tmp_path, width=400, seeds="[0, 1, 2, 3]",
                axes="init_std: [1e-4]", count=400, steps=700)
    x, y = samples(sine)
    speed = np.linalg.norm(2 * x.T @ y / 40)
    time, squares = 0.01 * found["trajectory_step"], []
    for seed in range(4):
        end = 0.01 * found["descent_step"][seed, 0]
        part = (time >= end / 2) & (time <= 0.8 * end)
        mean, moved = (found[f"trajectory_amplitude_{name}"][seed, 0]
                       for name in ("mean", "w1"))
        slope = np.polyfit(time[part], np.log(mean[part]), 1)[0]
        assert slope == pytest.approx(2 * math.log1p(0.01 * speed) / 0.01,
                                      rel=0.02)
        np.testing.assert_allclose(moved[part], (mean - mean[0])[part],
                                   rtol=0.02)
        w, a = units(found["final_parameters"][seed, 0], 400)
        size = abs(a) * np.linalg.norm(w, axis=1)
        squares.append(np.mean(size ** 2) / np.mean(size) ** 2)
    assert np.mean(squares) == pytest.approx(3, abs=3 * (24 / 1600) ** 0.5)


def test_first_descent_of_relu(tmp_path):
    """Later by 1 / lambda_max for each factor e of the initial scale."""
    scales = [1e-3, 1e-4, 1e-5, 1e-6] if IS_FULL else [1e-4, 1e-5]
    found = run(tmp_path, phi="relu", width=200, steps=3000, count=600,
                axes=f"init_std: {scales}")
    x, y = samples(sine)
    turns = np.linspace(0, 2 * math.pi, 20001)
    ways = np.c_[np.cos(turns), np.sin(turns)]
    pulls = np.array([way @ (2 * x.T @ (y * (x @ way > 0)) / 40)
                      for way in ways])
    speed = abs(pulls).max()
    slope = np.polyfit(np.log(1 / np.array(scales)),
                       0.01 * found["descent_step"][0], 1)[0]
    discrete = math.log1p(0.01 * speed) / 0.01
    assert slope == pytest.approx(1 / discrete, rel=0.02)


def test_balance_of_relu(tmp_path):
    """a^2 - |w|^2 of each unit stays; what steps add goes with the rate,
    while a^2 itself moves by more than a hundred times as much."""
    drifts = []
    for rate, steps in ((0.02, 500), (0.01, 1000)):
        found = run(tmp_path, f"r{steps}", phi="relu", width=50, rate=rate,
                    steps=steps, count=10, axes="init_std: [0.2]")
        (w, a), (w0, a0) = (units(found[name][0, 0], 50) for name in (
            "final_parameters", "initial_parameters"))
        balance, balance0 = a ** 2 - np.sum(w ** 2, 1), a0 ** 2 - np.sum(
            w0 ** 2, 1)
        drifts.append(abs(balance - balance0).max())
        assert abs(a ** 2 - a0 ** 2).max() > 20 * drifts[-1]
    assert drifts[0] / drifts[1] == pytest.approx(2, rel=0.1)


# ------------------------------------------------------ sums modulo a number

def test_modular_addition(tmp_path):
    """Every pair below p once, one-hot, in one half or the other, of the class
    that is its sum; fewer samples are the first of more."""
    p, found = 11, {}
    for name, more in (("half", ""), ("other", ", seed: 1"),
                       ("few", ", train: 20")):
        study = support.write(tmp_path / f"{name}.yaml", f"""
study: sums
grid: {{seed: [0]}}
data: {{set: modular-addition, p: {p}, share: 0.4, normalize: none{more}}}
network: {{depth: 1, width: 8}}
train: {{steps: 1}}
run: {{precision: float64}}
""")
        point = tmp_path / f"{name}.h5"
        support.succeed("point", study, "-o", point)
        with h5py.File(point) as file:
            found[name] = [file[f"data/{half}/{part}"][()]
                           for part in ("inputs", "labels")
                           for half in ("train", "test")]
            theta, loss = file["parameters/theta"][()], file["point/loss"][()]
    train, test, labels, test_labels = found["half"]
    assert train.shape == (48, 2 * p) and test.shape == (73, 2 * p)
    x = np.r_[train, test]
    a, b = x[:, :p].argmax(1), x[:, p:].argmax(1)
    np.testing.assert_array_equal(x, np.c_[np.eye(p)[a], np.eye(p)[b]])
    np.testing.assert_array_equal(np.r_[labels, test_labels], (a + b) % p)
    assert len(set(zip(a, b))) == p * p
    assert not np.array_equal(train, found["other"][0])
    few, few_labels = found["few"][0], found["few"][2]
    np.testing.assert_array_equal(few, train[:20])
    z = np.maximum(few @ theta[:16 * p].reshape(8, -1).T, 0) @ (
        theta[16 * p:].reshape(p, 8).T)
    assert loss == pytest.approx(np.mean(
        np.log(np.exp(z).sum(1)) - z[np.arange(20), few_labels]), rel=1e-12)


def test_grokking(tmp_path):
    """The configuration in small: the others are known only after the training
    samples are, and later by more than twice as many steps at half the
    temperature."""
    path = tmp_path / "out.h5"
    support.succeed(
        "run", support.TOP / "configs/grokking-norm-temperature.yaml", "-o",
        path, "--quiet", "--set", "grid.seed.count=1", "--set",
        "grid.relative_radius=2.5", "--set", "grid.temperature=[0.5, 1]",
        "--set", "train.steps=1000")
    with h5py.File(path) as file:
        steps = file["trajectory_step"][()]
        known, others = ([steps[np.argmax(row > 0.5)] for row in file[
            f"trajectory_{name}"][()].reshape(2, -1)]
            for name in ("accuracy", "test_accuracy"))
        assert np.all(file["final_test_accuracy"][()] > 0.5)
        assert np.all(file["final_accuracy"][()] > 0.99)
    assert 20 < known[0] < 80 and 20 < known[1] < 80
    assert others[0] > 2 * others[1] and others[1] > 2 * known[1]
