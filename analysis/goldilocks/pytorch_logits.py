# SPDX-License-Identifier: MIT
"""Statistics of logit gradients of a point file, from autograd's Jacobian.

The Jacobian (samples, classes, parameters) is held whole, so this is for small
networks. Gamma(P), calibration and what is expected of independent gradients
are computed from their definitions.
"""
import numpy as np
import torch

from . import pytorch_full

BINS = 10


def jacobian(point, x):
    """Gradients of the logits, before the temperature: (N, K, D)."""
    theta = point.theta.clone().requires_grad_()
    logits = point.f(theta, x)
    rows = [torch.autograd.grad(logit, theta, retain_graph=True)[0]
            for logit in logits.reshape(-1)]
    return torch.stack(rows).reshape(*logits.shape, -1).numpy()


def mean_cosine(vectors):
    """Over all pairs of different vectors that are not 0; NaN without."""
    norms = np.linalg.norm(vectors, axis=1)
    unit = vectors[norms > 0] / norms[norms > 0, None]
    n = len(unit)
    if n < 2:
        return np.nan
    cosines = unit @ unit.T
    return (cosines.sum() - np.trace(cosines)) / (n * (n - 1))


def calibration_error(p, labels):
    confidence = p.max(1)
    is_right = p.argmax(1) == labels
    # as floating point numbers, 0.1 k and k / 10 may differ
    which = np.clip(np.ceil(confidence * BINS) - 1, 0, BINS - 1)
    return sum(abs((confidence[which == b] - is_right[which == b]).sum())
               for b in range(BINS)) / len(p)


def gamma(p):
    """p (N, K), 1 - p of a sure class from the others."""
    rest = np.stack([np.delete(p, k, 1).sum(1) for k in range(p.shape[1])], 1)
    a = -(p.T @ p) / len(p)
    np.fill_diagonal(a, (p * rest).mean(0))
    norm = np.linalg.norm(a)
    return np.trace(a) / norm if norm > 0 else 0.0


def nanmean(values):
    known = [value for value in values if not np.isnan(value)]
    return np.mean(known) if known else np.nan


def expected_curvature(v_c, v_e, d, g, spread):
    if not g > 0 or not v_c + v_e > 0:
        return 0.0
    return (np.sqrt(d) * (v_e + v_c)
            / np.sqrt(v_e ** 2 + 2 * v_e * v_c + v_c ** 2 * spread))


def of_gradients(point, j, labels):
    """What is defined whatever the loss; alignments of classes only."""
    mean = j.mean(0)
    found = {
        "point/logit_gradient_mean_variance": mean.var(),
        "point/logit_gradient_residual_variance": (j - mean).var(),
        "point/zero_logit_gradients": (j == 0).all(2).mean(),
    }
    if point.has_classes:
        classes = range(j.shape[1])
        found |= {
            "point/within_class_alignment": nanmean(
                [mean_cosine(j[labels[:len(j)] == k, k]) for k in classes]),
            "point/cross_class_alignment": nanmean(
                [mean_cosine(j[:, k]) for k in classes]),
        }
    return found


def of_softmax(point, j, labels, v_c, v_e):
    """What is about probabilities."""
    p = point.predictions(point.train, point.theta)[2].numpy()
    test_p = point.predictions(point.test, point.theta)[2].numpy()
    g = gamma(p)
    d = len(point.directions) if point.directions is not None else 0
    one_hot = np.eye(p.shape[1])[labels]
    brier = ((p - one_hot) ** 2).sum(1).mean()
    mismatch = np.linalg.norm(p.mean(0) - one_hot.mean(0))
    found = {
        "point/calibration_error": calibration_error(p, labels),
        "point/test_calibration_error":
            calibration_error(test_p, point.test[1].numpy()),
        "point/brier_score": brier,
        "point/gamma_p": g,
        "point/expected_gradient_norm":
            np.sqrt(j.shape[2] * (v_c * mismatch ** 2 + v_e * brier / len(p)))
            / point.temperature,
    }
    if d > 0:
        found |= {
            "curvature/expected_g_trace_over_norm": expected_curvature(
                v_c, v_e, d, g, (d + 1) / g ** 2 + 1 if g > 0 else 0),
            "curvature/expected_g_trace_over_norm_published":
                expected_curvature(v_c, v_e, d, g,
                                   d / g ** 2 if g > 0 else 0),
        }
    return found


def statistics(point):
    """{name in the file: value}."""
    x, y = point.train
    j = jacobian(point, x[:min(point.logit_samples, len(x))])
    labels = y.numpy()
    found = of_gradients(point, j, labels)
    if point.criterion.is_softmax:
        found |= of_softmax(point, j, labels,
                            found["point/logit_gradient_mean_variance"],
                            found["point/logit_gradient_residual_variance"])
    if not torch.isfinite(point.predictions(point.train, point.theta)[0]).all():
        found = {name: np.nan for name in found}  # after a training overflowed
    return found


def dominance(matrices):
    g, h = (abs(pytorch_full.eigenvalues((m + m.T) / 2)).max()
            for m in (matrices["g_term"].numpy(), matrices["h_term"].numpy()))
    return 0.0 if g + h == 0 else g / (g + h)


def differences(point, relative):
    """{name: relative difference}; a NaN must be one in the file too."""
    found = {}
    for name, value in statistics(point).items():
        # cosines, shares and calibration are numbers between -1 and 1, of
        # which only rounding may be left
        is_share = name.endswith(("alignment", "gradients", "error"))
        theirs = point.of_whole(name)
        found[name] = (0.0 if np.isnan(value) and np.isnan(theirs)
                       else relative(theirs, value, 1.0 if is_share else None))
    if point.directions is not None:
        found["curvature/g_dominance"] = relative(
            point.of_whole("curvature/g_dominance"),
            dominance(point.matrices()), 1.0)
    return found
