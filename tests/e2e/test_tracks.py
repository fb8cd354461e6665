# SPDX-License-Identifier: MIT
"""What is tracked of layers and of the edge of stability, against numpy."""
import numpy as np
import pytest

import support
from test_plateaus import condensation

h5py = pytest.importorskip("h5py")

M, N = 12, 16  # units of each hidden layer, samples


def run(folder, name, text):
    """All arrays of a study, by name."""
    path = folder / f"{name}.h5"
    study = support.write(folder / f"{name}.yaml", text)
    support.succeed("run", study, "-o", path, "--quiet")
    with h5py.File(path) as file:
        assert np.all(file["status_train"][()] == 1)
        return {key: file[key][()] for key in file
                if isinstance(file[key], h5py.Dataset)}


# ------------------------------------------------------------------- layers

DEEP = """
study: deep
grid: {{seed: [0, 1], depth: [1, 3]}}
data: {{set: function, train: {n}, test: 1, features: 2, spacing: random,
       normalize: none, target: {{sin: [[1, [1, 2], 0.3]]}}}}
network: {{kind: mlp, width: {m}, activation: relu, bias: true,
          bias_init: same, init: normal, std: 0.4, loss: mse}}
train: {{optimizer: gd, learning_rate: {rate}, steps: {steps},
        log: {{count: 9}}, track: [loss, layer_norms, layer_condensation],
        keep: [initial, final]}}
run: {{precision: float64}}
"""


def layers_of(theta, depth):
    """[(weights, biases)] of a network of two inputs and one output."""
    found, at = [], 0
    for n_in, n_out in zip([2] + [M] * depth, [M] * depth + [1]):
        weights = theta[at:at + n_in * n_out].reshape(n_out, n_in)
        at += n_in * n_out + n_out
        found.append((weights, theta[at - n_out:at]))
    assert np.all(np.isnan(theta[at:]))
    return found


@pytest.fixture(name="deep", scope="module")
def fixture_deep(tmp_path_factory):
    """Trainings of the same time at two rates."""
    folder = tmp_path_factory.mktemp("deep")
    return {rate: run(folder, f"rate{rate}", DEEP.format(
        n=N, m=M, rate=rate, steps=round(2 / rate))) for rate in (0.01, 0.005)}


def each(found):
    """Index, number of hidden layers, and layers at both ends."""
    for s in range(2):
        for i, depth in enumerate((1, 3)):
            at = (s, i) if found["final_loss"].shape[0] == 2 else (i, s)
            yield at, depth, [layers_of(found[f"{when}_parameters"][at], depth)
                              for when in ("initial", "final")]


def squares(*arrays):
    return sum(np.sum(array ** 2) for array in arrays)


def test_layer_norms(deep):
    for at, depth, ends in each(deep[0.01]):
        norms = deep[0.01]["trajectory_layer_norm"][at]
        balances = deep[0.01]["trajectory_layer_balance"][at]
        for entry, layers in zip((0, -1), ends):
            wanted = [np.sqrt(squares(*layer)) for layer in layers]
            np.testing.assert_allclose(norms[entry][:depth + 1], wanted,
                                       rtol=1e-13)
            wanted = [squares(above[0]) - squares(*below)
                      for below, above in zip(layers, layers[1:])]
            np.testing.assert_allclose(balances[entry][:depth], wanted,
                                       rtol=1e-11)
        assert np.all(np.isnan(norms[:, depth + 1:]))
        assert np.all(np.isnan(balances[:, depth:]))


def test_balance_is_conserved(deep):
    """By gradient flow: the drift of steps goes with their size (twice to 10 %),
    while the norms themselves move by more than twenty times as much."""
    drifts = [np.nanmax(np.abs(found["trajectory_layer_balance"] -
                               found["trajectory_layer_balance"][..., :1, :]))
              for found in deep.values()]
    norms = deep[0.01]["trajectory_layer_norm"] ** 2
    assert np.nanmax(np.abs(norms - norms[..., :1, :])) > 20 * drifts[0]
    assert drifts[0] / drifts[1] == pytest.approx(2, rel=0.1)


def test_layer_condensation(deep):
    """Every hidden layer as numpy has it; the last layer's units are read by
    none."""
    found = deep[0.01]
    for at, depth, (first, last) in each(found):
        for l in range(depth):
            wanted = condensation(*(
                (np.c_[layers[l]], np.linalg.norm(layers[l + 1][0], axis=0))
                for layers in (last, first)))
            for name, value in wanted.items():
                got = found[f"trajectory_layer_{name}"][at][-1, l]
                assert abs(got - value) <= 1e-10 * max(1, abs(value)), name
        for name in wanted:
            assert np.all(np.isnan(
                found[f"trajectory_layer_{name}"][at][:, depth:]))


BRANCHES = """
study: branches
grid: {{seed: [0, 1]}}
data: {{set: circles, train: {n}, test: 1, normalize: none}}
network: {{kind: layers, layers: {layers}, bias: true, bias_init: same,
          init: normal, std: 0.7}}
train: {{optimizer: gd, learning_rate: 0.1, steps: 20, log: {{every: 20}},
        track: [loss, {track}], keep: [initial, final]}}
run: {{precision: float64}}
"""


@pytest.mark.parametrize("layers, sizes, readers", [
    # two branches of one size, the sum of which the third layer reads
    ("[{linear: {out: 4, inputs: [-1]}}, relu, {linear: {out: 4, inputs: [-1]}},"
     " tanh, {add: [1, 3]}, linear: 3, {layer_norm: {affine: false}}, relu, "
     "linear: classes]",
     [(2, 4), (2, 4), (4, 3), (3, 3)], [2, 2, 3, None]),
    # units of the first layer go two ways, those of the last have a gain
    ("[linear: 5, {residual: [linear: 5, relu, linear: 5]}, linear: 5, "
     "{layer_norm: {affine: true}}, linear: classes]",
     [(2, 5), (5, 5), (5, 5), (5, 5), None, (5, 3)],
     [None, 2, 3, None, None, None]),
    # products of units are no units
    ("[{linear: {out: 4, inputs: [-1]}}, {linear: {out: 4, inputs: [-1]}}, "
     "{multiply: [0, 1]}, linear: 6, relu, linear: classes]",
     [(2, 4), (2, 4), (4, 6), (6, 3)], [None, None, 3, None]),
])
def test_condensation_of_branches(tmp_path, layers, sizes, readers):
    """By the layer that reads the units, wherever it stands, as numpy has it;
    nothing of those that none or several read."""
    found = run(tmp_path, "branches", BRANCHES.format(
        n=N, layers=layers, track="layer_condensation"))
    for seed in range(2):
        ends = []
        for when in ("initial", "final"):
            theta, matrices, at = found[f"{when}_parameters"][seed], [], 0
            for size in sizes:
                n_in, n_out = size or (1, 5)
                matrices.append((theta[at:at + n_in * n_out].reshape(
                    n_out, n_in), theta[at + n_in * n_out:][:n_out]))
                at += n_in * n_out + n_out
            assert at == len(theta)
            ends.append(matrices)
        for l, reader in enumerate(readers):
            names = ("condensation_lead", "amplitude_mean")
            if reader is None:
                for name in names:
                    assert np.all(np.isnan(
                        found[f"trajectory_layer_{name}"][seed][:, l]))
                continue
            wanted = condensation(*(
                (np.c_[end[l]], np.linalg.norm(end[reader][0], axis=0))
                for end in ends[::-1]))
            for name, value in wanted.items():
                got = found[f"trajectory_layer_{name}"][seed][-1, l]
                assert abs(got - value) <= 1e-10 * max(1, abs(value)), name
    study = support.write(tmp_path / "first.yaml", BRANCHES.format(
        n=N, layers=layers, track="condensation"))
    result = support.run("validate", study)
    assert (result.code == 0) == (readers[0] is not None)
    assert result.code == 0 or "condensation is of a linear layer" in result.err


# -------------------------------------------------- the edge of stability

EDGE = """
study: edge
grid: {{seed: [0, 1, 2], learning_rate: [0.5, 1.5, 3]}}
data: {{set: function, train: 8, test: 1, normalize: none,
       target: {{sin: [[0.1, 2, 0]]}}}}
network: {{kind: layers, layers: [linear: 40, linear: classes],
          init: normal, std: 0.3, loss: mse}}
train: {{optimizer: gd, scale_learning_rate: sharpness, steps: 60,
        log: {{every: 1}}, {schedule}
        track: [loss, sharpness, catapult, final_sharpness_times_lr],
        keep: [initial]}}
run: {{precision: float64}}
"""


def sharpness_at(u, v, s, e):
    """Of two linear layers: with s = mean x^2, e = u.v s - mean xy the Hessian
    is 2 [[s v v', s v u' + e], [.., s u u']]."""
    mixed = s * np.outer(v, u) + e * np.eye(len(u))
    return np.linalg.eigvalsh(2 * np.block([
        [s * np.outer(v, v), mixed], [mixed.T, s * np.outer(u, u)]]))[-1]


def descend(theta, rates):
    """Losses of gradient descent on f(x) = (u.v) x at these rates, as far as it
    gets, and sharpness at both ends."""
    x = np.linspace(-1, 1, 8)
    y = 0.1 * np.sin(2 * x)
    s, c = np.mean(x * x), np.mean(x * y)
    u, v = theta.reshape(2, -1)
    losses, ends = [], []
    for rate in [*rates, 0]:
        e = s * (u @ v) - c
        losses.append(np.mean((x * (u @ v) - y) ** 2))
        if len(losses) in (1, len(rates) + 1):
            ends.append(sharpness_at(u, v, s, e))
        if losses[-1] > 1e100:
            break
        u, v = u - rate * 2 * e * v, v - rate * 2 * e * u
    return np.array(losses), ends


@pytest.mark.parametrize("schedule", ["", "schedule: {decay: linear},"])
def test_catapult(tmp_path, schedule):
    """Two linear layers at half of 2 / sharpness, beyond it and far beyond it:
    the loss falls, rises and comes down on flatter ground, or diverges
    (arXiv 2003.02218), and the flag says as numpy's own training does. Lanczos'
    sharpness is to 1e-3."""
    found = run(tmp_path, "edge", EDGE.format(schedule=schedule))
    flags = set()
    axes = found["final_loss"].shape
    assert axes == (3, 3)
    for at in np.ndindex(axes):
        rate = found["learning_rate_applied"][at]
        shares = (1 - np.arange(60) / 60 if schedule else np.ones(60))
        losses, sharpness = descend(found["initial_parameters"][at],
                                    rate * shares)
        ends = len(sharpness) == 2
        wanted = float(ends and losses.max() > losses[0] > losses[-1] and
                       sharpness[1] < sharpness[0])
        assert found["catapult"][at] == wanted
        flags.add((round(rate * sharpness[0] / 2, 2), wanted))
        if ends:
            got = found["final_sharpness_times_lr"][at]
            assert got == pytest.approx(sharpness[-1] * rate * shares[-1],
                                        rel=2e-3)
    assert {(0.5, 0.0), (1.5, 1.0), (3.0, 0.0)} <= flags, flags


def follow_phases(theta, phases):
    """Losses and sharpness after every step of phases [(factor of the target,
    rate, steps)] of gradient descent, entries as the program logs them, and
    what the flag is of them."""
    x = np.linspace(-1, 1, 8)
    s, c = np.mean(x * x), np.mean(x * np.sin(2 * x))
    u, v = theta.reshape(2, -1)

    def here(factor):
        return (np.mean((x * (u @ v) - factor * np.sin(2 * x)) ** 2),
                sharpness_at(u, v, s, s * (u @ v) - factor * c))

    log, flags, before = [here(phases[0][0])], [], None
    for factor, rate, steps in phases:
        start = len(log) - (factor == before or before is None)
        before = factor
        for _ in range(steps):
            e = s * (u @ v) - factor * c
            u, v = u - rate * 2 * e * v, v - rate * 2 * e * u
            log.append(here(factor))
        losses, sharpness = np.array(log[start:]).T
        flags.append(losses.max() > losses[0] > losses[-1] and
                     sharpness[0] > sharpness[-1])
    return np.array(log), flags


OTHER = "data: {target: {sin: [[0.4, 2, 0]]}}"
FAR = "data: {target: {sin: [[2, 2, 0]]}}"


@pytest.mark.parametrize("phases, factors, flags", [
    # the loss jumps because its targets do
    (f"[{{learning_rate: 0.2}}, {{{FAR}, learning_rate: 0.2}}, "
     "{learning_rate: 0.2}]", (0.1, 2, 0.1), (0, 0, 0)),
    # the rate alone is another
    ("[{learning_rate: 0.1, steps: 5}, {learning_rate: 1.5}]",
     (0.1, 0.1), (0, 1)),
    # on samples of its own
    (f"[{{learning_rate: 0.1, steps: 5}}, {{{OTHER}, learning_rate: 1.5}}]",
     (0.1, 0.4), (0, 1)),
    (f"[{{learning_rate: 1.5}}, {{{OTHER}, learning_rate: 0.2}}]",
     (0.1, 0.4), (1, 0)),
])
def test_catapult_of_phases(tmp_path, phases, factors, flags):
    """A phase is judged by itself, as numpy's own training has it."""
    found = run(tmp_path, "phases", EDGE.format(
        schedule=f"phases: {phases},").replace(
            ", learning_rate: [0.5, 1.5, 3]", ""))
    for i in range(3):
        ends = np.r_[0, found["phase_step"][i]]
        log, wanted = follow_phases(found["initial_parameters"][i], list(zip(
            factors, found["phase_learning_rate"][i],
            np.diff(ends).astype(int))))
        np.testing.assert_allclose(found["trajectory_loss"][i], log[:, 0],
                                   rtol=1e-9)
        np.testing.assert_allclose(found["trajectory_sharpness"][i],
                                   log[:, 1], rtol=2e-3)
        assert wanted == [bool(flag) for flag in flags]
        assert found["catapult"][i] == max(flags)


def test_catapult_is_not_known(tmp_path):
    """Of phases with one logged step each nothing is said: the first one
    diverges before its second."""
    found = run(tmp_path, "few", EDGE.format(
        schedule=f"phases: [{{}}, {{{OTHER}}}],").replace(
            "learning_rate: [0.5, 1.5, 3]", "learning_rate: [50]").replace(
                "every: 1", "every: 200"))
    assert np.all(found["phase_step"][..., 0] < 60)
    assert np.all(np.isnan(found["catapult"]))


@pytest.mark.parametrize("last, n_own, has_edge", [
    ("learning_rate: 0.5, schedule: {decay: linear}", 45, True),
    ("learning_rate: 0.5, schedule: {decay: linear}", 5, True),  # none logged
    ("learning_rate: 1e6", 45, True),  # diverges before one is logged
    ("optimizer: adam, learning_rate: 1e-3", 45, False),
    ("optimizer: adam, learning_rate: 1e-3", 5, True),  # none logged
    ("optimizer: rmsprop, learning_rate: 1e-3", 45, False),
    ("optimizer: momentum, learning_rate: 1e-3", 45, True),
])
def test_edge_of_phases(tmp_path, last, n_own, has_edge):
    """The rate is that of the step which led to the last logged one, whatever
    phase that was of: every tenth is logged, and the first phase stops at step
    10. Steps of adam and rmsprop have no edge at 2."""
    found = run(tmp_path, "phases", EDGE.format(
        schedule="phases: [{steps: 35, stop: {loss: 0.05}, learning_rate: 0.2, "
        f"schedule: {{decay: cosine}}}}, {{steps: {n_own}, {last}}}],").replace(
            ", learning_rate: [0.5, 1.5, 3]", "").replace(
                "every: 1", "every: 10").replace(
                    "scale_learning_rate: sharpness, steps: 60,", ""))
    for i in range(3):
        sharpness = found["trajectory_sharpness"][i]
        at = np.flatnonzero(np.isfinite(sharpness))[-1]
        s = found["trajectory_step"][at]
        if s > 10:
            share = 1 - (s - 11) / n_own if "linear" in last else 1
        else:
            share = 0.5 * (1 + np.cos(np.pi * 9 / 35))
        assert found["phase_step"][i, 0] == 10
        rate = found["phase_learning_rate"][i, int(s > 10)]
        wanted = sharpness[at] * rate * share if has_edge else np.nan
        assert found["final_sharpness_times_lr"][i] == pytest.approx(
            wanted, rel=1e-12, nan_ok=True)


def test_adaptive_steps_have_no_edge(tmp_path):
    """Which validate notes where no point has one."""
    for optimizer, is_noted in (("adam", True), ("sgd", False),
                                ("[adamw, sgd]", False),
                                ("[adamw, rmsprop]", True)):
        study = support.write(tmp_path / "study.yaml", f"""
study: edge
grid: {{seed: [0], optimizer: {optimizer}}}
data: {{set: circles, train: 20, test: 5}}
train: {{steps: 2, track: [sharpness, final_sharpness_times_lr]}}
""")
        result = support.run("validate", study)
        assert result.code == 0, result
        assert ("final_sharpness_times_lr' has no numbers" in
                result.out + result.err) == is_noted


def test_words_need_sharpness(tmp_path):
    for word in ("catapult", "final_sharpness_times_lr"):
        study = support.write(tmp_path / "study.yaml", f"""
study: alone
grid: {{seed: [0]}}
data: {{set: circles, train: 20, test: 5}}
train: {{steps: 2, track: [loss, {word}]}}
""")
        result = support.run("validate", study)
        assert result.code == 3 and f"{word}: needs sharpness" in result.err, (
            result)
