# SPDX-License-Identifier: MIT
"""The network and the loss of a point file, in PyTorch.

A network is the list of operations in /network's attribute `layers`: each
takes what the one before it makes, or `inputs`, entries by number, -1 being
the sample. Its parameters follow each other in the order of the list, in PyTorch's
shapes: weights, then biases; of a norm its gain, then its shift.
"""
import torch
from torch.nn import functional


def rms_norm(entry, x, *gain):
    over = tuple(range(1, x.dim()))
    y = x / (x.pow(2).mean(over, keepdim=True) + entry["eps"]).sqrt()
    return y * gain[0] if gain else y


def layer_norm(entry, x, *affine):
    return functional.layer_norm(x, entry["shape"], *affine or (None, None),
                                 eps=entry["eps"])


def group_norm(entry, x, *affine):
    return functional.group_norm(x, entry["groups"],
                                 *affine or (None, None), eps=entry["eps"])


def conv2d(entry, x, weights, bias=None):
    return functional.conv2d(x, weights, bias, stride=entry["stride"],
                             padding=entry["padding"])


# What an operation makes of its entry, its inputs and its parameters.
OPERATIONS = {
    "linear": lambda entry, x, *w: functional.linear(x.flatten(1), *w),
    "conv2d": conv2d,
    "layer_norm": layer_norm,
    "rms_norm": rms_norm,
    "group_norm": group_norm,
    "avg_pool2d": lambda entry, x: functional.avg_pool2d(x, entry["kernel"]),
    "max_pool2d": lambda entry, x: functional.max_pool2d(x, entry["kernel"]),
    "global_avg_pool2d": lambda entry, x: x.mean((2, 3)),
    "flatten": lambda entry, x: x.flatten(1),
    "add": lambda entry, *x: sum(x),
    "multiply": lambda entry, x, y: x * y,
    "relu": lambda entry, z: torch.relu(z),
    "leaky_relu": lambda entry, z: functional.leaky_relu(z, 0.01),
    "tanh": lambda entry, z: torch.tanh(z),
    "sigmoid": lambda entry, z: torch.sigmoid(z),
    "identity": lambda entry, z: z,
    "gelu": lambda entry, z: functional.gelu(z),
    "silu": lambda entry, z: functional.silu(z),
    "softplus": lambda entry, z: functional.softplus(z),
    "elu": lambda entry, z: functional.elu(z),
    "erf": lambda entry, z: torch.erf(z),
}


def shapes(entry):
    """Of the parameters of an operation."""
    kind = entry["type"]
    if kind in ("linear", "conv2d"):
        side = (entry["kernel"],) * 2 if kind == "conv2d" else ()
        weights = (entry["out"], entry["in"], *side)
        return [weights, weights[:1]] if entry["bias"] else [weights]
    if not entry.get("affine"):
        return []
    if kind == "group_norm":
        return [tuple(entry["shape"][:1])] * 2
    return [tuple(entry["shape"])] * (1 if kind == "rms_norm" else 2)


class Network:
    """The list of operations as a function of one flat parameter vector."""

    def __init__(self, layers):
        self.layers = layers

    def blocks(self):
        """Slices of the parameters, one for each of their tensors, with its
        shape; by entry."""
        at = 0
        for entry in self.layers:
            found = []
            for shape in shapes(entry):
                n = int(torch.Size(shape).numel())
                found.append((slice(at, at + n), shape))
                at += n
            yield found

    def __call__(self, theta, x):
        blocks = list(self.blocks())
        size = max((part.stop for found in blocks for part, _ in found),
                   default=0)
        if size != len(theta):
            raise ValueError(f"layers take {size} of {len(theta)} parameters")
        made = {-1: x}
        for k, (entry, found) in enumerate(zip(self.layers, blocks)):
            made[k] = OPERATIONS[entry["type"]](
                entry, *(made[i] for i in entry.get("inputs", [k - 1])),
                *(theta[part].reshape(shape) for part, shape in found))
        return made[len(self.layers) - 1]


class CrossEntropy:
    """Of outputs over the temperature u (N, K), averaged over samples."""

    is_softmax = True

    @staticmethod
    def mean(u, labels):
        return functional.cross_entropy(u, labels)

    @staticmethod
    def residual(u, labels):
        """Derivatives of each sample's loss."""
        p = torch.softmax(u, 1)
        one_hot = functional.one_hot(labels, u.shape[1]).double()
        # Where one class takes all, 1 - p has no digits left in p: what all
        # others have together has them.
        others = (p * (1 - one_hot)).sum(1, keepdim=True)
        return torch.where(one_hot > 0, -others, p)

    @staticmethod
    def gram(u, y):
        """Second derivatives along tangents y (d, N, K), averaged: (d, d)."""
        p = torch.softmax(u, 1)
        # y' (diag p - p p') y = sum over pairs k < l of p_k p_l (y_k - y_l)^2
        gaps = y.unsqueeze(3) - y.unsqueeze(2)
        pairs = p.unsqueeze(2) * p.unsqueeze(1) / 2
        return torch.einsum("inkl,nkl,jnkl->ij", gaps, pairs, gaps) / len(u)


class MeanSquare:
    """The same of PyTorch's MSELoss, over outputs too, on targets (N, K) or
    one-hot labels."""

    is_softmax = False

    @staticmethod
    def targets(u, y):
        if y.is_floating_point():
            return y
        return functional.one_hot(y, u.shape[1]).double()

    @staticmethod
    def mean(u, y):
        return functional.mse_loss(u, MeanSquare.targets(u, y))

    @staticmethod
    def residual(u, y):
        return 2 * (u - MeanSquare.targets(u, y)) / u.shape[1]

    @staticmethod
    def gram(u, y):
        return torch.einsum("ink,jnk->ij", y, y) * 2 / u.numel()


LOSSES = {"cross-entropy": CrossEntropy, "mse": MeanSquare}
