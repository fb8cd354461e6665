#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Hessian in a subspace, as one would write it in PyTorch.

The gradient once with its graph, then one more backward pass for each
direction, and one product at the end: M = V' (H V). Directions in batches
(is_grads_batched) were tried and are slower on one core: by a tenth for 5 at a
time, by a third for 10. Takes network, weights,
directions and data from a file of `goldilocks point`; compares its M with the
file's and prints one JSON object.
"""
import json
import sys
import time

import h5py
import numpy as np
import torch


def read(path):
    with h5py.File(path, "r") as file:
        layers = json.loads(file["network"].attrs["layers"])
        theta = torch.from_numpy(file["parameters/theta"][:]).float()
        basis = torch.from_numpy(file["subspace/directions"][:]).float()
        inputs = torch.from_numpy(file["data/train/inputs"][:]).float()
        labels = torch.from_numpy(file["data/train/labels"][:]).long()
        matrix = file["curvature/hessian"][:]
    return layers, theta, basis, inputs, labels, matrix


def build(layers, theta):
    parts = []
    for layer in layers:
        if layer["type"] == "linear":
            parts.append(torch.nn.Linear(layer["in"], layer["out"],
                                         bias=layer["bias"]))
        elif layer["type"] == "conv2d":
            parts.append(torch.nn.Conv2d(
                layer["in"], layer["out"], layer["kernel"], bias=layer["bias"],
                stride=layer["stride"], padding=layer["padding"]))
        elif layer["type"] == "avg_pool2d":
            parts.append(torch.nn.AvgPool2d(layer["kernel"]))
        elif layer["type"] == "relu":
            parts.append(torch.nn.ReLU())
        elif layer["type"] == "flatten":
            parts.append(torch.nn.Flatten())
        else:
            raise SystemExit(f"no layer {layer['type']} here")
    model = torch.nn.Sequential(*parts)
    torch.nn.utils.vector_to_parameters(theta, model.parameters())
    return model


def projected_hessian(model, basis, inputs, labels):
    weights = list(model.parameters())
    sizes = [w.numel() for w in weights]
    loss = torch.nn.functional.cross_entropy(model(inputs), labels)
    gradient = torch.autograd.grad(loss, weights, create_graph=True)
    products = torch.empty_like(basis)
    for i, direction in enumerate(basis):
        pieces = [piece.view_as(w) for piece, w in
                  zip(direction.split(sizes), weights)]
        rows = torch.autograd.grad(gradient, weights, pieces,
                                   retain_graph=True)
        products[i] = torch.cat([row.reshape(-1) for row in rows])
    return basis @ products.T


def main():
    torch.set_num_threads(1)
    layers, theta, basis, inputs, labels, expected = read(sys.argv[1])
    if layers[0]["type"] == "linear":
        inputs = inputs.flatten(1)
    model = build(layers, theta)
    began = time.perf_counter()
    matrix = projected_hessian(model, basis, inputs, labels).double().numpy()
    seconds = time.perf_counter() - began
    difference = np.linalg.norm(matrix - expected) / np.linalg.norm(expected)
    print(json.dumps({"seconds": seconds, "difference": difference,
                      "torch": torch.__version__}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
