#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The eigenvalues at both ends of the Hessian by Lanczos' method, as one would
write it in PyTorch.

The gradient once with its graph, then one more backward pass for each product,
in float32; vectors in float64, orthogonal to all earlier ones. Stops where
Goldilocks does: when both residuals are at most the tolerance times the largest
size of an eigenvalue, which is looked at after each step. Takes network, weights and data from a file of `goldilocks point`;
prints one JSON object.
"""
import argparse
import json
import sys
import time

import h5py
import torch

from pytorch_loop import build


def read(path):
    with h5py.File(path, "r") as file:
        layers = json.loads(file["network"].attrs["layers"])
        theta = torch.from_numpy(file["parameters/theta"][:]).float()
        inputs = torch.from_numpy(file["data/train/inputs"][:]).float()
        labels = torch.from_numpy(file["data/train/labels"][:]).long()
    return build(layers, theta), inputs.flatten(1), labels


def hessian_product(model, inputs, labels):
    """v -> H v; all that does not depend on v is done once."""
    weights = list(model.parameters())
    sizes = [w.numel() for w in weights]
    loss = torch.nn.functional.cross_entropy(model(inputs), labels)
    gradient = torch.autograd.grad(loss, weights, create_graph=True)

    def product(v):
        pieces = [piece.view_as(w) for piece, w in
                  zip(v.float().split(sizes), weights)]
        rows = torch.autograd.grad(gradient, weights, pieces,
                                   retain_graph=True)
        return torch.cat([row.reshape(-1) for row in rows]).double()

    return product


def lanczos(product, start, most, tolerance):
    """Largest and smallest eigenvalue, the larger residual, steps."""
    basis = torch.empty(most + 1, len(start), dtype=torch.float64)
    t = torch.zeros(most, most, dtype=torch.float64)
    basis[0] = start / start.norm()
    for i in range(most):
        w = product(basis[i])
        earlier = basis[:i + 1]
        t[i, i] = basis[i] @ w
        for _ in range(2):
            w -= earlier.T @ (earlier @ w)
        beta = w.norm()
        basis[i + 1] = w / beta
        steps = i + 1
        values, vectors = torch.linalg.eigh(t[:steps, :steps])
        residual = beta * vectors[-1, [0, -1]].abs().max()
        if steps >= 2 and residual <= tolerance * values.abs().max():
            break
        if steps < most:
            t[i, i + 1] = t[i + 1, i] = beta
    return float(values[-1]), float(values[0]), float(residual), steps


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("point", help="a file of `goldilocks point`")
    parser.add_argument("--tolerance", type=float, required=True)
    parser.add_argument("--steps", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    model, inputs, labels = read(args.point)
    began = time.perf_counter()
    product = hessian_product(model, inputs, labels)
    size = sum(w.numel() for w in model.parameters())
    largest, smallest, residual, steps = lanczos(
        product, torch.randn(size, dtype=torch.float64), args.steps,
        args.tolerance)
    print(json.dumps({
        "seconds": time.perf_counter() - began, "largest": largest,
        "smallest": smallest, "residual": residual, "steps": steps,
        "torch": torch.__version__}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
