# SPDX-License-Identifier: MIT
"""The decision boundary of a point file, from autograd.

The reinforcing gradient of a sample is that of the loss by the parameters with
the network's own prediction for a label. Gradients of all outputs at all samples
are held at once, so this is for small networks.
"""
import numpy as np
import torch

from . import pytorch_full


def jacobians(point, x):
    """Gradients of all outputs over the temperature: (N, K, D)."""
    return torch.autograd.functional.jacobian(
        lambda theta: point.predictions((x,), theta)[0], point.theta)


def gradients(point, x):
    """Reinforcing gradients (N, D), each to a factor: residuals are scaled to
    a largest of 1, so that those of sure predictions keep their digits."""
    u = point.predictions((x,), point.theta)[0]
    residual = point.criterion.residual(u, u.argmax(1))
    size = residual.abs().max(1, keepdim=True)[0]
    residual = torch.where(size > 0, residual / size, residual)
    return torch.einsum("nk,nkd->nd", residual, jacobians(point, x))


def units(rows):
    length = rows.norm(dim=-1, keepdim=True)
    return torch.where(length > 0, rows / length, torch.zeros_like(rows))


def eigenvectors(hessian, count):
    """The largest eigenvalues and their vectors (count, D), the largest entry
    of each positive."""
    values, vectors = np.linalg.eigh((hessian + hessian.T) / 2)
    top = vectors[:, ::-1][:, :count].T
    largest = np.abs(top).argmax(1)
    return values[::-1][:count], top * np.sign(
        top[np.arange(len(top)), largest])[:, None]


def margins(point, x):
    """First-order distances from the boundary (N)."""
    found = []
    for sample in x:
        sample = sample[None].clone().requires_grad_()
        z = point.f(point.theta, sample)[0]
        top = int(z.argmax())
        least = float("inf")
        for k in range(len(z)):
            if k != top:
                slope, = torch.autograd.grad(z[top] - z[k], sample,
                                             retain_graph=True)
                if slope.norm() > 0:
                    least = min(least,
                                float((z[top] - z[k]) / slope.norm()))
        found.append(least)
    return np.array(found)


def coherence(u, labels):
    """Mean cosines of pairs of one class, and of different classes."""
    cosines = (u @ u.T).numpy()
    is_there = u.norm(dim=1).numpy() > 0
    pairs = np.outer(is_there, is_there) & ~np.eye(len(u), dtype=bool)
    same = labels[:, None] == labels[None, :]
    return [cosines[pairs & part].mean() if (pairs & part).any() else np.nan
            for part in (same, ~same)]


def shares(energy):
    """Exponential of the entropy of what each eigenvector adds."""
    parts = np.diff(energy, prepend=0.0) / energy[-1]
    parts = parts[parts > 0]
    return np.exp(-(parts * np.log(parts)).sum())


def of_vectors(point, u, vectors):
    """What aligns with eigenvectors (k, D), by its names."""
    alignments = vectors @ u.numpy().T
    energy = np.cumsum((alignments**2).mean(1))
    outputs = point.predictions(point.train, point.theta)[0]
    taken = outputs.argmax(1).numpy()
    classes = range(outputs.shape[1])
    with np.errstate(invalid="ignore", divide="ignore"):
        by_class = np.stack([alignments[:, taken == c].sum(1)
                             / (taken == c).sum() for c in classes], 1)
    return {
        "alignments": alignments,
        "alignment_energy": energy,
        "effective_eigenvectors": shares(energy),
        "alignment_by_class": by_class,
    }


def numbers(point, vectors):
    """All of a point's decision boundary but the grid, by its names, for
    eigenvectors (k, D), if they are known."""
    x, labels = point.train[0], point.train[1].numpy()
    u = units(gradients(point, x))
    distances = margins(point, x)
    finite = distances[np.isfinite(distances)]
    within, across = coherence(u, labels)
    return ({} if vectors is None else of_vectors(point, u, vectors)) | {
        "coherence_within": within,
        "coherence_across": across,
        "margins": distances,
        "margin": finite.min() if len(finite) else np.nan,
        "margin_median": np.median(finite) if len(finite) else np.nan,
    }


def differences(point, file, relative):
    """{name: difference} of the datasets of /boundary. The file's eigenvectors
    are held against the Hessian as far as their residuals say, and all else is
    of these vectors: neighbouring eigenvalues have others that do as well; so
    moments, which keep none, are compared without. Cosines are of size 1, and
    the least margin is one of all."""
    values, vectors = file["boundary_eigenvalues"], file.get("eigenvectors")
    there = np.isfinite(file["boundary_residuals"])
    values = values[there]
    vectors = None if vectors is None else vectors[there]
    found = {}
    if len(point.theta) <= pytorch_full.MOST_PARAMETERS:
        h = pytorch_full.hessian_at(point, point.theta).numpy()
        residuals = file["boundary_residuals"][there]
        size = pytorch_full.spectral_norm(h)
        found["boundary_eigenvalues"] = pytorch_full.beyond(
            values, pytorch_full.eigenvalues(h)[::-1][:len(values)], residuals,
            size)
        if vectors is not None:
            found["eigenvectors"] = pytorch_full.beyond(
                np.linalg.norm(h @ vectors.T - vectors.T * values, axis=0), 0,
                residuals, size)
    ours = numbers(point, vectors)
    scales = {name: 1.0 for name in ("alignments", "alignment_by_class",
                                     "coherence_within", "coherence_across")}
    distances = ours["margins"]
    if np.isfinite(distances).any():
        scales["margin"] = distances[np.isfinite(distances)].max()
    for name, value in ours.items():
        if name not in file:  # a margin of each sample, at moments
            continue
        theirs = file[name]
        if name.startswith("align"):
            theirs = theirs[:len(values)]
        found[name] = relative(theirs, value, scales.get(name))
    return {f"boundary/{name}": value for name, value in found.items()}
