# SPDX-License-Identifier: MIT
"""Pictures of the decision boundary show the numbers of a point file."""
import h5py
import numpy as np
import pytest
import xarray as xr

from goldilocks import plots
from goldilocks.plots import decision


def write(path, features):
    """A point file as far as the picture reads it: classes change at x = 0.25."""
    x = np.linspace(-1, 2, 13)
    y = np.linspace(0, 1, 5) if features == 2 else np.zeros(1)
    sides = np.broadcast_to(x > 0.25, (len(y), len(x)))
    with h5py.File(path, "w") as file:
        file.attrs["study"], file.attrs["coordinates"] = "waves", "seed=3"
        grid = file.create_group("end/boundary/grid")
        grid["x"], grid["y"] = x, y
        grid["class"] = sides.astype(np.uint8)
        grid["confidence"] = np.full(sides.shape, 0.9)
        grid["alignments"] = np.stack([sides - 0.5, 0.1 * sides])
        file["end/boundary/boundary_eigenvalues"] = [3.0, 0.5]
        file["data/train/inputs"] = np.random.default_rng(0).uniform(
            -1, 1, (20, features))
        file["data/train/labels"] = np.arange(20, dtype=np.uint8) % 2
    return path


def test_plane(tmp_path):
    figure = plots.boundary(write(tmp_path / "p.h5", 2))
    classes, first, second = figure.axes[:3]
    shown = first.images[0].get_array()
    assert shown.min() == -0.5 and shown.max() == 0.5
    assert "3" in first.get_title() and "0.5" in second.get_title()
    assert len(classes.get_lines()) == 2  # a marker for each class
    assert classes.get_title("left").startswith(
        "waves, seed=3, where training ended\n")
    for ax in (first, second):
        assert [line.get_color() for line in ax.get_lines()] == 2 * ["black"]
    line, = first.collections
    ends = np.concatenate([path.vertices for path in line.get_paths()])
    assert np.allclose(ends[:, 0], 0.375)  # between neighbours on the grid
    plots.save(figure, tmp_path / "plane.png")


def test_sign_shows(tmp_path):
    """White where a gradient has nothing of the eigenvector; and in grey, by
    the luminance of sRGB, darker the larger, and the sign shows."""
    _, ax = plots.boundary(write(tmp_path / "p.h5", 2), vectors=(0,)).axes[:2]
    picture, = ax.images
    assert picture.get_clim() == (-1, 1)
    rgb = picture.to_rgba(np.linspace(-1, 1, 9))[:, :3]
    assert np.allclose(rgb[4], 1)
    grey = rgb @ [0.2126, 0.7152, 0.0722]
    assert np.all(np.diff(grey[:5]) > 0) and np.all(np.diff(grey[4:]) < 0)
    assert np.all(grey[6:] < grey[0])  # from 0.5 on, below all negative ones


def test_line(tmp_path):
    figure = plots.boundary(write(tmp_path / "p.h5", 1), vectors=(1,))
    assert len(figure.axes) == 2
    sure, second = figure.axes
    assert np.allclose(sure.get_lines()[0].get_ydata(), 0.9)
    assert np.allclose(second.get_lines()[0].get_ydata().max(), 0.1)
    assert np.allclose(second.get_lines()[1].get_xdata(), 0.375)


def test_other_files_are_refused(tmp_path):
    path = write(tmp_path / "p.h5", 2)
    with pytest.raises(decision.NotOfABoundary,
                       match='has no /boundary: say moment="end"'):
        plots.boundary(path, moment="start")
    with pytest.raises(ValueError, match="no moment 'End'; did you mean"):
        plots.boundary(path, moment="End")
    with h5py.File(path, "a") as file:
        del file["end/boundary/grid"]
    with pytest.raises(plots.NothingToDraw, match="two features"):
        plots.boundary(path)
    with h5py.File(path, "a") as file:
        del file["end/boundary"]
    with pytest.raises(decision.NotOfABoundary, match="it takes a file that"):
        plots.boundary(path)


def test_other_moments_and_vectors_are_refused(tmp_path):
    """And one eigenvector is no less than the two that nobody asked for."""
    path = write(tmp_path / "p.h5", 2)
    with pytest.raises(ValueError, match="no moment 'middle'; .* start, end$"):
        plots.boundary(path, moment="middle")
    for vectors in ([9], [-1], [0, 2]):
        with pytest.raises(ValueError, match="there are 2 eigenvectors, 0 to 1"):
            plots.boundary(path, vectors=vectors)
    for vectors in (0, ["a"], [0.5], "01"):
        with pytest.raises(ValueError, match="vectors: a list of whole numbers"):
            plots.boundary(path, vectors=vectors)
    with h5py.File(path, "a") as file:
        one = file["end/boundary/grid/alignments"][:1]
        del file["end/boundary/grid/alignments"]
        file["end/boundary/grid/alignments"] = one
    assert len(plots.boundary(path).axes) == 3  # with the bar of colours


def test_outliers():
    values = np.array([[8.0, 4, 0.2, 0.1], [6, 0.3, 0.2, -0.1],
                       [np.nan] * 4])
    ds = xr.Dataset(
        {"boundary_eigenvalues": (("seed", "eigenvector"), values),
         "status_measure": ("seed", np.array([1, 1, 2], np.uint8))},
        coords={"seed": [0, 1, 2]},
        attrs={"study_identity": "data.set = moons\ndata.train = 9\n"
                                 "curvature.boundary.tau = 0.1\n"})
    ax, = plots.spectrum_with_outliers(ds).axes
    filled = [line.get_ydata() for line in ax.get_lines()
              if line.get_color() == "#D55E00"]
    assert [list(row) for row in filled] == [[8, 4], [6]]
    assert "1 or 2 each" in ax.get_title(loc="left")
    assert ", 2 seeds\n" in ax.get_title(loc="left")
    ax, = plots.spectrum_with_outliers(
        ds.expand_dims(depth=[1, 2]).assign_attrs(measured_at="end")).axes
    assert ", where training ended, 4 points\n" in ax.get_title(loc="left")
    ax, = plots.spectrum_with_outliers(ds, tau=0.01).axes
    assert "of the largest, 3 or 4 each" in ax.get_title(loc="left")
    with pytest.raises(ValueError, match="eigenvectors"):
        plots.spectrum_with_outliers(ds.drop_vars("boundary_eigenvalues"))
