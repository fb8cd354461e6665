# SPDX-License-Identifier: MIT
"""Curvature of all parameters of a point file, from the dense Hessian.

Autograd's Hessian of all parameters is held whole, so this is for small
networks. Eigenvalues that the file has from an iteration may be off by as much
as their residuals there say; the file's estimates from random probes are not
compared.
"""
import numpy as np
import torch

# The Hessian of more parameters than that is not built.
MOST_PARAMETERS = 4000


def second(scalar, theta):
    """Second derivatives of a function of theta, all rows at once, or one by
    one where an operation has no derivatives of many rows."""
    theta = theta.clone().requires_grad_()
    g = torch.autograd.grad(scalar(theta), theta, create_graph=True)[0]
    if not g.requires_grad:
        return torch.zeros((len(theta),) * 2, dtype=theta.dtype)
    rows = torch.eye(len(theta), dtype=theta.dtype)
    try:
        return torch.autograd.grad(g, theta, rows, retain_graph=True,
                                   is_grads_batched=True)[0]
    except RuntimeError:
        return torch.stack([
            torch.autograd.grad(g, theta, row, retain_graph=True)[0]
            for row in rows])


def hessian_at(point, theta):
    return second(lambda free: point.loss(point.train, free), theta)


def h_term(point):
    x, y = point.train
    u = point.predictions(point.train, point.theta)[0]
    residual = point.criterion.residual(u, y)
    return second(lambda theta: (residual * point.f(theta, x)).sum()
                  / (point.temperature * len(x)), point.theta)


def eigenvalues(m):
    """Of a symmetric matrix, ascending; none of one that is none, as after a
    training overflowed."""
    return (np.linalg.eigvalsh(m) if np.isfinite(m).all()
            else np.full(len(m), np.nan))


def spectral_norm(m):
    return np.linalg.norm(m, 2) if np.isfinite(m).all() else np.nan


def beyond(theirs, ours, residuals, scale):
    """How far apart they are where residuals do not explain it. What is none
    here must be none there."""
    if not np.isfinite(ours).any():
        return float("inf") if np.isfinite(theirs).any() else 0.0
    gap = np.abs(np.asarray(theirs) - ours) - np.abs(residuals)
    if not np.all(np.isfinite(gap)):
        return float("inf")
    return float(np.maximum(gap, 0.0).max() / scale) if scale > 0 else 0.0


def extreme(file, terms, sizes):
    """Of the ends of the spectrum, and the largest of each term."""
    values = eigenvalues(terms[""])
    found = {}
    for side, ours in (("largest", values[::-1]), ("smallest", values)):
        theirs = file[f"full_{side}_eigenvalues"]
        found[f"full_{side}_eigenvalues"] = beyond(
            theirs, ours[:len(theirs)], file[f"full_{side}_residuals"],
            sizes[""])
    for prefix in ("g_", "h_"):
        name = f"full_{prefix}spectral_norm"
        if name in file:
            found[name] = beyond(
                file[name], spectral_norm(terms[prefix]),
                file[f"full_{prefix}spectral_residual"], sizes[prefix])
    return found


def dense(file, prefix, m, size, relative):
    """Of a matrix that was taken apart in full."""
    norm = np.linalg.norm(m)
    ours = {
        "eigenvalues": (eigenvalues(m), size),
        "trace": (np.trace(m), max(norm, size)),
        "frobenius_norm": (norm, max(norm, size)),
    }
    found = {}
    for name, (value, scale) in ours.items():
        if f"dense_{prefix}{name}" in file:
            # as many eigenvalues as the largest network of the study has
            theirs = np.resize(file[f"dense_{prefix}{name}"], value.shape)
            found[f"dense_{prefix}{name}"] = relative(theirs, value, scale)
    return found


def differences(point, file, relative):
    """{name: difference} of the datasets of /full; those of a term relative to
    the Hessian where that is larger: G is what is left of it here."""
    if len(point.theta) > MOST_PARAMETERS:
        return {}
    h = hessian_at(point, point.theta).numpy()
    s = h_term(point).numpy()
    terms = {"": h, "g_": h - s, "h_": s}
    sizes = {prefix: max(spectral_norm(m), spectral_norm(h))
             for prefix, m in terms.items()}
    found = {}
    if "hessian" in file:
        found["hessian"] = relative(file["hessian"], h, sizes[""])
    for prefix, m in terms.items():
        found |= dense(file, prefix, m, sizes[prefix], relative)
    if "g_term" in file:
        found["g_term"] = relative(file["g_term"], terms["g_"], sizes["g_"])
    if "full_largest_eigenvalues" in file:
        found |= extreme(file, terms, sizes)
    return {f"full/{name}": value for name, value in found.items()}
