# SPDX-License-Identifier: MIT
"""Where training ended, after Sabanayagam et al. (2023): how many eigenvalues
stand out, how large they are and what their vectors have to do with the decision
boundary, as published and as an independent reproduction has them."""
import os
import re
import sys

import h5py
import numpy as np
import pytest
import xarray as xr

import support

sys.path.insert(0, str(support.TOP / "analysis"))
import goldilocks as gold  # noqa: E402
from goldilocks import convert  # noqa: E402

IS_FULL = os.environ.get("GOLDILOCKS_BANDS", "") == "all"
SEEDS = 5 if IS_FULL else 1
# Outliers, norm at the end; bands of the means over seeds of the largest
# eigenvalues and of the trace. Those of the clouds are published of one draw
# each; the configs take a draw that is like it. Rings and moons are drawn apart.
CASES = {
    "gaussian": (2, 9.9, [(0.08, 0.19), (0.02, 0.04), (0.008, 0.0115)],
                 (0.13, 0.26)),
    "hierarchical": (2, 10.0, [(6, 8.5), (4, 5.7)], (10.5, 14)),
    "circle": (3, 11.2, [(3.5, 5.4), (1.3, 2.1), (0.75, 0.95)], (5.5, 8.9)),
    "moons": (2, 10.7, [(1.9, 4.5), (0.5, 0.89)], (2.5, 6)),
    "checkerboard": (2, 9.8, [(0.092, 0.164), (0.07, 0.113)], (0.15, 0.28)),
}
SHORT = ["gaussian", "hierarchical"]


@pytest.fixture(name="end", scope="module",
                params=CASES if IS_FULL else SHORT)
def fixture_end(request, tmp_path_factory):
    path = tmp_path_factory.mktemp(request.param) / "out.h5"
    support.succeed(
        "run", support.TOP / f"configs/sabanayagam2023-{request.param}.yaml",
        "-o", path, "--quiet", "--set", f"grid.seed={list(range(SEEDS))}")
    with xr.open_dataset(path, engine="h5netcdf") as ds:
        return request.param, ds.load()


def test_outliers(end):
    """As many as published, and far above the others; at the start there are
    more of them."""
    name, ds = end
    n, norm, bands, trace = CASES[name]
    values = ds.final_boundary_eigenvalues
    assert np.all(ds.final_boundary_converged == 1)
    assert np.all(ds.final_outliers == n)
    assert np.all(values[:, n] < 0.5 * values[:, n - 1])
    assert np.all(ds.outliers > n)
    for i, (low, high) in enumerate(bands):
        assert low <= float(values[:, i].mean()) <= high, (name, i)
    assert trace[0] <= float(ds.final_full_trace.mean()) <= trace[1]
    assert abs(float(ds.final_weight_norm.mean()) - norm) <= 0.6
    assert np.all(ds.final_accuracy >= 0.9)


def test_gradients_lie_along_the_outliers(end):
    """A few of ten thousand directions have most of the gradients' squares."""
    name, ds = end
    energy = ds.final_alignment_energy.values
    assert np.all(np.diff(energy, axis=1) >= 0) and np.all(energy <= 1 + 1e-6)
    least = 0.45 if name in ("gaussian", "checkerboard") else 0.6
    assert np.all(energy[:, CASES[name][0] - 1] >= least)
    assert np.all(energy[:, -1] >= 0.65)


def test_margins(end):
    """By first order the margin is about that on the grid, whose points are
    as far apart as its sides say."""
    _, ds = end
    assert np.all(ds.final_margin > 0)
    assert np.all(ds.final_margin <= ds.final_margin_median)
    assert np.all(np.abs(ds.final_margin - ds.final_margin_grid)
                  <= 0.25 * ds.final_margin + 0.05)
    assert np.all((ds.final_boundary_length > 0.001)
                  & (ds.final_boundary_length < 0.05))


def test_classes_of_a_pair(end):
    """Of the four clouds each of the first two eigenvectors belongs to one pair
    of neighbours."""
    name, ds = end
    if name != "hierarchical":
        pytest.skip("no pairs of classes")
    pairs = np.abs(ds.final_alignment_by_class.values[:, :2])
    for first, second in pairs.reshape(-1, 2, 2, 2).mean(3):
        strong = int(np.argmax(first))
        assert first[strong] > 0.8 and first[1 - strong] < 0.1, pairs
        assert second[1 - strong] > 0.65 and second[strong] < 0.1, pairs


def clouds(seed, each, places):
    draw = np.random.RandomState(seed)
    return (np.concatenate([draw.normal(*place, size=(each, 2))
                            for place in places]),
            np.repeat(np.arange(len(places)), each))


def rings(seed, each):
    """As scikit-learn's make_circles draws them."""
    draw = np.random.RandomState(seed)
    angles = np.linspace(0, 2 * np.pi, each, endpoint=False)
    ring = np.column_stack([np.cos(angles), np.sin(angles)])
    order = np.arange(2 * each)
    draw.shuffle(order)
    return (np.concatenate([ring, 0.5 * ring])[order]
            + draw.normal(scale=0.1, size=(2 * each, 2)),
            np.repeat([0, 1], each)[order])


# The published draws, with their seeds; outliers; and bands that independent
# runs gave, of the mean over five seeds: of the largest eigenvalues and of the
# trace. Of the rings they ran other draws, and bands are those of CASES.
DRAWS = {
    "gaussian": (clouds(42, 100, [((2, -1), 0.5), ((-2, 0), (0.5, 1)),
                                  ((0, 2), 0.5)]), 2,
                 [(0.08, 0.19), (0.02, 0.04), (0.008, 0.011)], (0.13, 0.24)),
    "hierarchical": (clouds(34, 75, [((x, y), (0.5, 0.55)) for x, y in
                                     ((2, -1), (2, 1), (-2, 1), (-2, -1))]), 2,
                     [(6, 8.5), (4, 5.7)], (10.5, 14)),
    "circle": (rings(28, 100), 3, *CASES["circle"][2:]),
}


@pytest.mark.skipif(not IS_FULL, reason="ctest -L long")
@pytest.mark.parametrize("name", DRAWS)
def test_published_draw(tmp_path, name):
    """The very samples of the paper, by numpy's old generator, of which half are
    learnt, as torch shuffles them."""
    torch = pytest.importorskip("torch")
    (inputs, labels), n, bands, trace = DRAWS[name]
    order = torch.randperm(len(labels),
                           generator=torch.Generator().manual_seed(42)).numpy()
    train, test, _ = np.split(order, [len(labels) // 2, len(labels) // 10 * 7])
    path = tmp_path / "samples.h5"
    gold.save_data(path, inputs[train].astype("f4"), labels[train],
                   test=(inputs[test].astype("f4"), labels[test]))
    config = support.TOP / f"configs/sabanayagam2023-{name}.yaml"
    text = config.read_text()
    start, end = text.index("data:\n"), text.index("network:\n")
    study = support.write(
        tmp_path / "study.yaml", text[:start] + f"data: {{set: file, path: "
        f"{path}, normalize: none}}\n" + text[end:])
    support.succeed("run", study, "-o", tmp_path / "out.h5", "--quiet")
    with gold.open_results(tmp_path / "out.h5") as ds:
        assert ds.sizes["seed"] == 5
        assert np.all(ds.final_outliers == n)
        values = ds.final_boundary_eigenvalues.mean("seed").values
        for i, (low, high) in enumerate(bands):
            assert low <= values[i] <= high, (i, values)
        assert trace[0] <= float(ds.final_full_trace.mean()) <= trace[1]
        if name == "hierarchical":
            pairs = np.abs(ds.final_alignment_by_class.values[:, 0])
            assert np.all(pairs[:, :2] > 0.8) and np.all(pairs[:, 2:] < 0.1)


@pytest.mark.skipif(not IS_FULL, reason="ctest -L long")
def test_random_labels(tmp_path):
    """Labels without a rule, half learnt, leave a boundary of many directions,
    of eigenvalues a hundred times those of true labels."""
    support.succeed(
        "run", support.TOP / "configs/sabanayagam2023-gaussian-random.yaml",
        "-o", tmp_path / "out.h5", "--quiet")
    with gold.open_results(tmp_path / "out.h5") as ds:
        end = ds.isel(seed=0).load()
    bands = CASES["gaussian"][2]
    assert 0.6 <= float(end.final_accuracy) < 0.95
    assert float(end.final_boundary_eigenvalues[0]) > 100 * bands[0][1]
    assert int(end.final_outliers) > CASES["gaussian"][0] + 2
    assert float(end.final_weight_norm) > 2 * CASES["gaussian"][1]
    assert float(end.final_alignment_energy[-1]) > 0.4


@pytest.mark.skipif(not IS_FULL, reason="ctest -L long")
def test_six_points(tmp_path):
    """Of the published eigenvalues 11.2 and 0.7, boundaries at 0.745 and 1.337:
    a seed that learns the points is near them."""
    path = tmp_path / "point.h5"
    support.succeed("point",
                    support.TOP / "configs/sabanayagam2023-intro.yaml", "--at",
                    "seed=4", "-o", path)
    with xr.open_dataset(path, group="end/boundary", engine="h5netcdf",
                         phony_dims="sort") as ds:
        first, second = ds.boundary_eigenvalues.values[:2]
    assert 9 <= first <= 14.5 and 0.5 <= second <= 1
    with xr.open_dataset(path, group="end/boundary/grid", engine="h5netcdf",
                         phony_dims="sort") as grid:
        classes, x = grid["class"].values[0], grid["x"].values
    at = np.flatnonzero(np.diff(classes.astype(int)))
    assert np.allclose((x[at] + x[at + 1]) / 2, [0.745, 1.337], atol=0.02)


def digits(folder):
    """The file of three digits, made as the head of its config says."""
    if not support.MNIST.is_dir():
        pytest.skip("no MNIST here")
    config = support.TOP / "configs/sabanayagam2023-mnist017.yaml"
    lines = re.findall("^#   (.*)\n", config.read_text(encoding="utf-8"), re.M)
    assert len(lines) > 4
    convert.convert([support.MNIST], folder / "mnist.h5")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        exec("\n".join(lines), {})  # pylint: disable=exec-used
    return config, "--set", f"data.path={folder / 'mnist-017.h5'}"


def test_three_digits(tmp_path):
    """As many images and parameters as published; they are MNIST's own."""
    study = digits(tmp_path)
    out = tmp_path / "out.h5"
    support.succeed("run", *study, "-o", out, "--quiet", "--set", "grid.seed=[0]",
                    "--set", "train.epochs=1", "--set",
                    "curvature={extreme: {count: 1, steps: 2}}")
    with gold.open_results(out) as ds:
        assert int(ds.parameters[0]) == 7203
        assert np.all(ds.final_step == 8)
    assert "450 training and 450 test samples" in support.succeed(
        "status", out).out
    with h5py.File(tmp_path / "mnist-017.h5") as file:
        images, labels = file["train/inputs"][:], file["train/labels"][:]
    assert np.bincount(labels).tolist() == [300, 300, 300]
    assert images.dtype == np.uint8 and images.max() == 255
    with h5py.File(tmp_path / "mnist.h5") as file:
        rows = np.flatnonzero(file["test/labels"][:] == 7)[:300]
        assert np.array_equal(images[600:], file["test/inputs"][:][rows])


@pytest.mark.skipif(not IS_FULL, reason="ctest -L long")
def test_end_of_three_digits(tmp_path):
    """The largest eigenvalue is within a factor of two of the published one of
    another network (5.092; of four seeds the outermost are 2.1 and 10.3, this one
    5.1), the others far below it."""
    out = tmp_path / "out.h5"
    support.succeed("run", *digits(tmp_path), "-o", out, "--quiet", "--set",
                    "grid.seed=[0]")
    with gold.open_results(out) as ds:
        end = ds.isel(seed=0).load()
    assert int(end.final_boundary_converged) == 1
    assert 0.99 <= float(end.final_accuracy) <= 1
    assert 0.93 <= float(end.final_test_accuracy) <= 1
    values = end.final_boundary_eigenvalues.values
    assert 2.5 <= values[0] <= 10.2
    assert values[2] < 0.2 * values[0]


@pytest.mark.skipif(not IS_FULL, reason="ctest -L long")
def test_wide_margin(tmp_path):
    """Trained on from where clouds nearer to each other have led, the margin is
    wide and the end flat, seed by seed."""
    def run(name):
        path = tmp_path / f"{name}.h5"
        support.succeed("run",
                        support.TOP / f"configs/sabanayagam2023-{name}.yaml",
                        "-o", path, "--quiet", "--set", "grid.seed=[0, 1, 2, 3]")
        with gold.open_results(path) as ds:
            return ds.load()

    normal, wide = run("checkerboard"), run("wide-margin")
    for name in ("final_margin", "final_margin_grid"):
        assert np.all(wide[name].values > 1.7 * normal[name].values), name
    first = [ds.final_boundary_eigenvalues.values[:, 0]
             for ds in (normal, wide)]
    assert np.all(first[0] > 5 * first[1])
