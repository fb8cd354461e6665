# SPDX-License-Identifier: MIT
"""Recompute a point file with PyTorch autograd in float64.

Knows nothing of how Goldilocks computes: it reads parameters, directions and
data from the file, rebuilds the network from /network's list of layers, and
takes every derivative from autograd.

What a difference is measured against, so that a sum that happens to be near 0
is not asked for digits that its terms do not have:
  matrices, eigenvalues, norms   their own largest entry
  traces                         the Frobenius norm of their matrix
  trace_over_norm, shares        1
  all else                       itself
A matrix that is exactly 0 here must be exactly 0 there.
"""
import json

import numpy as np
import torch

from . import plain, pytorch_boundary, pytorch_full, pytorch_logits
from .pytorch_network import LOSSES, Network

# What a point is computed from, and so is not itself compared.
GIVEN = ("parameters/theta", "data/train/inputs", "data/train/labels",
         "data/test/inputs", "data/test/labels", "data/train/targets",
         "data/test/targets", "subspace/directions")

# What of the end of a training stands with the training.
OF_TRAINING = ("loss", "accuracy", "test_loss", "test_accuracy", "weight_norm",
               "zero_logits")

# What is said of a matrix beside its eigenvalues.
OF_MATRIX = ("spectral_norm", "frobenius_norm", "trace", "trace_over_norm",
             "positive_fraction")

# What only a softmax has.
OF_SOFTMAX = ("entropy", "confidence", "prior_mismatch")


# What is counted, or summed, of outputs: no chance of what is no number.
OF_OUTPUTS = ("accuracy", "test_accuracy", "zero_logits", "entropy")


class NotAPoint(plain.Refusal):
    """The file is not one that `goldilocks point` has written."""


class Point:
    """One point file and what autograd makes of it: of the point, or, with
    `moment="end"`, of where training ended, or of the moment of that number
    between, with the parameters there."""

    def __init__(self, path, moment="start", theta=None):
        with plain.opened(path, NotAPoint) as file:
            is_end = moment == "end"
            self.names = names_of(file, path)
            at = file
            if moment != "start":
                group = "end" if is_end else "moments"
                at = file[group]
                self.names = [name[len(group) + 1:] for name in self.names
                              if name.startswith(group + "/")]
            which = () if theta is None else moment
            network = file["network"]
            self.layers = json.loads(network.attrs["layers"])
            self.criterion = LOSSES[network.attrs.get("loss",
                                                      "cross-entropy")]
            self.temperature = float(network.attrs["temperature"])
            self.f = Network(self.layers)
            self.theta = theta if theta is not None else torch.tensor(
                file["train/final_theta" if is_end else "parameters/theta"][()],
                dtype=torch.float64)
            self.train = read_samples(file["data/train"])
            self.test = read_samples(file["data/test"])
            self.has_classes = not self.train[1].is_floating_point()
            self.file = {f"{group}/{name}": at[group][name][which]
                         for group in ("point", "curvature") if group in at
                         for name in at[group]}
            if is_end:
                self.file |= {
                    f"point/{name}": file[f"train/final_{name}"][()]
                    for name in OF_TRAINING if f"final_{name}" in file["train"]}
            self.full = {name: item[which] for name, item
                         in at.get("full", {}).items()}
            self.boundary = {name: item[which] for name, item
                             in at.get("boundary", {}).items()
                             if name != "grid"}
            self.directions = None
            if "subspace" in file and "directions" in file["subspace"]:
                self.on_sphere = file["subspace"].attrs["surface"] == "sphere"
                # the plane's are the same at all moments, of the sphere's
                # those of the start and of the end are known
                own = at if "subspace/directions" in at else file
                if own is at or not self.on_sphere:
                    self.directions = torch.tensor(
                        own["subspace/directions"][()], dtype=torch.float64)
            self.precision = file.attrs["precision"]
            self.logit_samples = int(
                file["point"].attrs.get("logit_gradient_samples", 0))

    def predictions(self, samples, theta):
        """Logits over the temperature, log-probabilities, probabilities."""
        u = self.f(theta, samples[0]) / self.temperature
        log_p = torch.log_softmax(u, 1)
        return u, log_p, log_p.exp()

    def loss(self, samples, theta):
        u = self.predictions(samples, theta)[0]
        return self.criterion.mean(u, samples[1])

    def gradient(self):
        theta = self.theta.clone().requires_grad_()
        return torch.autograd.grad(self.loss(self.train, theta), theta)[0]

    def statistics(self):
        x, y = self.train
        u, _, p = self.predictions(self.train, self.theta)
        # log p again, with the digits of 1 - p where one class takes all
        gap = u - u.max(1, keepdim=True)[0]
        others = gap.exp().sort(1)[0][:, :-1].sum(1, keepdim=True)
        log_p = gap - torch.log1p(others)
        plogp = torch.where(p > 0, p * log_p, torch.zeros_like(p))
        found = {
            "parameters": len(self.theta),
            "weight_norm": norm(self.theta),
            "loss": self.loss(self.train, self.theta),
            "test_loss": self.loss(self.test, self.theta),
            "logit_spread": (u - u.mean(1, keepdim=True)).pow(2).mean()
            .sqrt(),
            "entropy": -plogp.sum(1).mean(),
            "confidence": p.max(1)[0].mean(),
            "gradient_norm": norm(self.gradient()),
            "zero_logits": (u == 0).double().mean(),
        }
        if self.has_classes:
            test_u = self.predictions(self.test, self.theta)[0]
            frequencies = torch.bincount(
                y, minlength=u.shape[1]).double() / len(y)
            found |= {
                "accuracy": (u.argmax(1) == y).double().mean(),
                "test_accuracy": (test_u.argmax(1) == self.test[1])
                .double().mean(),
                "prior_mismatch": (p.mean(0) - frequencies).norm(),
            }
        if not torch.isfinite(u).all():  # after a training overflowed
            found |= {name: np.nan for name in OF_OUTPUTS if name in found}
        return {name: value for name, value in found.items()
                if self.criterion.is_softmax or name not in OF_SOFTMAX}

    def restricted(self, scalar):
        """V' M V, M the second derivative of a function of theta."""
        theta = self.theta.clone().requires_grad_()
        g = torch.autograd.grad(scalar(theta), theta, create_graph=True)[0]
        if not g.requires_grad:
            return torch.zeros((len(self.directions),) * 2,
                               dtype=torch.float64)
        rows = [torch.autograd.grad(g @ v, theta, retain_graph=True)[0]
                for v in self.directions]
        return torch.stack(rows) @ self.directions.T

    def matrices(self):
        """Hessian, G-term and H-term in the subspace, each on its own way."""
        x, y = self.train
        u = self.predictions(self.train, self.theta)[0]
        residual = self.criterion.residual(u, y)
        tangents = torch.stack([
            torch.autograd.functional.jvp(
                lambda theta: self.f(theta, x) / self.temperature,
                self.theta, v)[1] for v in self.directions])
        g_term = self.criterion.gram(u, tangents)
        hessian = self.restricted(lambda theta: self.loss(self.train, theta))
        h_term = self.restricted(
            lambda theta: (residual * self.f(theta, x)).sum()
            / (self.temperature * len(x)))
        if self.on_sphere:
            radial = (self.gradient() @ self.theta
                      / (self.theta @ self.theta))
            # along a great circle theta turns by |V x|: x' V' V x
            bend = radial * self.directions @ self.directions.T
            hessian = hessian - bend
            h_term = h_term - bend
        return {"hessian": hessian, "g_term": g_term, "h_term": h_term}

    def differences(self):
        """{name: relative difference} of everything there is."""
        found = {}
        statistics = self.statistics()
        if "point/parameters" not in self.file:  # of the end
            del statistics["parameters"]
        for name, value in statistics.items():
            found[f"point/{name}"] = relative(self.file[f"point/{name}"],
                                              float(value))
        if self.logit_samples > 0:
            found |= pytorch_logits.differences(self, relative)
        if self.full:
            found |= pytorch_full.differences(self, self.full, relative)
        if self.boundary:
            found |= pytorch_boundary.differences(self, self.boundary,
                                                  relative)
        if self.directions is None:
            return found
        prefixes = {"hessian": "", "g_term": "g_", "h_term": "h_"}
        for name, matrix in self.matrices().items():
            if f"curvature/{name}" in self.names:
                found[f"curvature/{name}"] = relative(
                    self.file[f"curvature/{name}"], matrix.numpy())
            if f"curvature/{prefixes[name]}trace" in self.names:
                self.compare_numbers(prefixes[name], matrix.numpy(), found)
        return found

    def of_whole(self, name):
        """A number of the file; at moments that of all directions together."""
        return np.atleast_1d(self.file[name])[-1]

    def compare_numbers(self, prefix, whole, found):
        """What is said of a matrix; at moments also of its leading parts, the
        eigenvalues of which are as many as there are directions."""
        given = {name: np.atleast_1d(self.file[f"curvature/{prefix}{name}"])
                 for name in OF_MATRIX}
        for k, values in enumerate(np.atleast_2d(
                self.file[f"curvature/{prefix}eigenvalues"])):
            n = int(np.isfinite(values).sum()) or len(values)
            m = whole[:n, :n]
            size = float(norm(torch.from_numpy(m.ravel())))
            ours = pytorch_full.eigenvalues((m + m.T) / 2)
            trace = np.trace(m)
            here = {
                "eigenvalues": relative(values[:n], ours),
                "spectral_norm": relative(given["spectral_norm"][k],
                                          abs(ours).max()),
                "frobenius_norm": relative(given["frobenius_norm"][k], size),
                "trace": relative(given["trace"][k], trace, size),
                "trace_over_norm": relative(given["trace_over_norm"][k],
                                            0.0 if size == 0 else trace / size,
                                            1.0),
                "positive_fraction": self.sign_difference(
                    given["positive_fraction"][k], ours,
                    tolerance_of(self.precision) * size)}
            worse(found, {f"curvature/{prefix}{name}": difference
                          for name, difference in here.items()})

    @staticmethod
    def sign_difference(fraction, values, resolution):
        """0 where the count of positive eigenvalues is one that the
        eigenvalues, each known to `resolution`, allow; else how far off. Of a
        matrix that is none it is none."""
        if not np.isfinite(values).all():
            return relative(fraction, np.nan)
        least = np.mean(values > resolution)
        most = np.mean(values > -resolution)
        if np.all(values == 0):
            most = 0.0
        return float(max(least - fraction, fraction - most, 0.0))


def names_of(file, path):
    """Names of all arrays that the file says it was written with; refused where
    one of them is missing."""
    if "arrays" not in file.attrs:
        raise NotAPoint(f"{path}: not a point file as `goldilocks point` writes "
                        "it, which names all its arrays")
    names = [name.strip("/") for name in file.attrs["arrays"].split()]
    missing = [name for name in names if name not in file]
    if missing:
        raise NotAPoint(f"{path}: not whole: {', '.join(missing)} are missing")
    return names


def worse(found, differences):
    """Keep the larger of two differences of a name; none is the largest."""
    for name, difference in differences.items():
        found[name] = float(np.maximum(found.get(name, 0.0), difference))


def tolerance_of(precision):
    return {"float64": 1e-9, "float32": 1e-4}[precision]


def read_samples(group):
    """Inputs, and labels or targets."""
    y = (torch.tensor(group["targets"][()], dtype=torch.float64)
         if "targets" in group
         else torch.tensor(group["labels"][()].astype(np.int64)))
    return torch.tensor(group["inputs"][()], dtype=torch.float64), y


def norm(v):
    """The norm of a vector, whose squares may be out of range."""
    largest = v.abs().max()
    if not (largest > 0 and torch.isfinite(largest)):
        return largest
    return largest * (v / largest).norm()


def relative(theirs, ours, scale=None):
    """max |theirs - ours| / scale; the scale is max |ours| unless given. What
    is no number here must be none there, as after a training overflowed."""
    theirs = np.asarray(theirs, dtype=np.float64)
    ours = np.asarray(ours, dtype=np.float64)
    is_number = np.isfinite(ours)
    if theirs.shape != ours.shape or np.any(np.isfinite(theirs) != is_number):
        return float("inf")
    if not is_number.any():
        return 0.0
    theirs, ours = theirs[is_number], ours[is_number]
    worst = np.abs(theirs - ours).max()
    scale = np.abs(ours).max() if scale is None else scale
    if worst == 0.0:
        return 0.0
    return float(worst / scale) if scale > 0 else float("inf")
