# SPDX-License-Identifier: MIT
"""Networks that PyTorch trained go in through a file, and come out of a point
as modules: loss, gradient, curvature and accuracies are PyTorch's."""
import pathlib
import sys

import numpy as np
import pytest

torch = pytest.importorskip("torch")
eigsh = pytest.importorskip("scipy.sparse.linalg").eigsh
LinearOperator = pytest.importorskip("scipy.sparse.linalg").LinearOperator
h5py = pytest.importorskip("h5py")

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "tests/e2e"), str(TOP / "analysis")]
import goldilocks as gold  # noqa: E402
import support  # noqa: E402
from goldilocks import pytorch  # noqa: E402

torch.set_num_threads(1)
nn = torch.nn

STUDY = """
study: own
grid: {{seed: [2], point: [0, 1], {axis}: [1, 3]}}
data: {{set: file, path: own.h5, normalize: none}}
network: {{{network}, init: {{file: weights.h5}}}}
curvature: {{subspace: {{dim: [2, 4]}}, {full}}}
train: {{steps: 8, learning_rate: 0.05, log: {{every: 4}},
        track: [loss, accuracy, test_accuracy]}}
run: {{precision: float64}}
"""


def norm_mlp():
    return nn.Sequential(nn.Linear(5, 6), nn.LayerNorm(6), nn.Tanh(),
                         nn.Linear(6, 3))


def lenet5():
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.Tanh(), nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5), nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(256, 120), nn.Tanh(), nn.Linear(120, 84), nn.Tanh(),
        nn.Linear(84, 10))


# How a model is made; its network here, what is measured, an axis, samples.
CASES = {
    "mlp with layer norm": (
        norm_mlp, "layers: [linear: 6, layer_norm, tanh, linear: classes], "
        "bias: true", "extreme: {count: 1, tolerance: 1e-9}, dense: true",
        "scale", (5,), 3),
    "LeNet-5": (lenet5, "kind: lenet5, activation: tanh, bias: true",
                "split: false, extreme: {count: 1, tolerance: 1e-8}", "scale",
                (1, 28, 28), 10),
}


def trained(model, x, y, seed):
    """A model after a few steps, in float64."""
    torch.manual_seed(seed)
    network = model().double()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x), y).backward()
        optimizer.step()
    return network


@pytest.fixture(name="made", scope="module", params=CASES)
def fixture_made(request, tmp_path_factory):
    """A folder with a point of each model, and the models."""
    model, network, full, axis, shape, n_classes = CASES[request.param]
    folder = tmp_path_factory.mktemp("own")
    torch.manual_seed(1)
    x = torch.randn(10, *shape, dtype=torch.float64)
    y = torch.arange(10) % n_classes
    models = [trained(model, x, y, seed) for seed in range(2)]
    gold.save_data(folder / "own.h5", x, y, test=(x[:7], y[:7]))
    gold.save_parameters(folder / "weights.h5",
                         [one.state_dict() for one in models])
    support.write(folder / "study.yaml",
                  STUDY.format(network=network, full=full, axis=axis))
    for place in ("point=1,scale=1", "point=0,scale=3"):
        support.succeed("point", "study.yaml", "--at", place, "-o",
                        f"{place}.h5", cwd=folder)
    return folder, models, x, y


def test_in(made):
    folder, models, x, y = made
    for i, scale in ((1, 1.0), (0, 3.0)):
        path = folder / f"point={i},scale={scale:.0f}.h5"
        vector = nn.utils.parameters_to_vector(models[i].parameters())
        scaled = (scale * vector).detach().requires_grad_()
        point = pytorch.Point(path)
        np.testing.assert_allclose(point.theta, scaled.detach(), rtol=1e-14)
        nn.utils.vector_to_parameters(scaled, models[i].parameters())
        loss = nn.functional.cross_entropy(models[i](x), y)
        gradient = torch.autograd.grad(loss, list(models[i].parameters()))
        norm = sum(part.pow(2).sum() for part in gradient).sqrt()
        assert point.file["point/loss"] == pytest.approx(loss.item(), rel=1e-10)
        assert point.file["point/gradient_norm"] == pytest.approx(
            norm.item(), rel=1e-8)
        differences = point.differences()
        assert len(differences) > 15
        assert not {name: value for name, value in differences.items()
                    if not value <= 1e-6}
        nn.utils.vector_to_parameters(vector, models[i].parameters())


def ends_of_hessian(model, x, y):
    """Its smallest and largest eigenvalue, by scipy and products in PyTorch."""
    theta = list(model.parameters())

    def vector(parts):
        return torch.cat([part.reshape(-1) for part in parts])

    gradient = vector(torch.autograd.grad(
        nn.functional.cross_entropy(model(x), y), theta, create_graph=True))

    def product(v):
        return vector(torch.autograd.grad(
            gradient @ torch.from_numpy(v.ravel()), theta,
            retain_graph=True)).numpy()

    n = len(gradient)
    return eigsh(LinearOperator((n, n), product, dtype=float), 2, which="BE",
                 tol=1e-9, return_eigenvectors=False)


def test_ends_of_spectrum(made):
    """Also of a network whose Hessian is never written out."""
    folder, models, x, y = made
    with h5py.File(folder / "point=1,scale=1.h5") as file:
        found = [file[f"full/full_{end}_eigenvalues"][0]
                 for end in ("smallest", "largest")]
    np.testing.assert_allclose(found, sorted(ends_of_hessian(models[1], x, y)),
                               rtol=1e-6)


def layered():
    return nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.GroupNorm(2, 4),
        nn.Sequential(nn.SiLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 2)),
        nn.LeakyReLU(), nn.AvgPool2d(2, ceil_mode=False), nn.Softplus(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 5),
        nn.LayerNorm(5, eps=1e-3, elementwise_affine=False), nn.GELU(),
        nn.ELU(), nn.Linear(5, 3, bias=False))


def test_layers_of(tmp_path):
    """A row of modules as the list of layers of a study: its loss is theirs."""
    torch.manual_seed(4)
    model = layered().double()
    x, y = torch.randn(9, 2, 10, 9, dtype=torch.float64), torch.arange(9) % 3
    gold.save_data(tmp_path / "own.h5", x, y)
    gold.save_parameters(tmp_path / "weights.h5", model)
    support.write(tmp_path / "study.yaml", f"""
study: row
grid: {{seed: [1]}}
data: {{set: file, path: own.h5, normalize: none}}
network: {{{gold.layers_of(model)}, init: {{file: weights.h5}}}}
curvature: {{subspace: {{dim: 2}}}}
run: {{precision: float64}}
""")
    support.succeed("point", "study.yaml", "-o", "point.h5", cwd=tmp_path)
    with h5py.File(tmp_path / "point.h5") as file:
        assert file["point/loss"][()] == pytest.approx(
            nn.functional.cross_entropy(model(x), y).item(), rel=1e-12)


def test_layers_that_are_none():
    model = nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3), nn.Sequential(
        nn.Dropout(), nn.Conv2d(2, 2, (3, 1))), nn.LeakyReLU(0.2))
    with pytest.raises(gold.BadParameters) as raised:
        gold.layers_of(model)
    for name in ("1: BatchNorm1d", "2.0: Dropout", "2.1: Conv2d", "3: LeakyReLU"):
        assert name in str(raised.value)
    assert "Linear" not in str(raised.value)


def test_out(made):
    """The accuracy that was logged, exactly, by a module that others train on.
    """
    folder = made[0]
    path = folder / "point=1,scale=1.h5"
    with h5py.File(path) as file:
        x, y = file["data/test/inputs"][()], file["data/test/labels"][()]
        logged = {"parameters/theta": file["train/test_accuracy"][0],
                  "train/final_theta": file["train/test_accuracy"][-1]}
    for theta, accuracy in logged.items():
        module = gold.to_torch(path, theta)
        found = module(torch.from_numpy(x)).argmax(1).numpy() == y
        assert found.mean() == accuracy
        assert len(list(module.parameters())) == 1
