#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Training steps of a bias-free ReLU network, fully connected or LeNet-5 on
images of CIFAR-10, as one would write them in PyTorch: an eager loop with torch.optim.SGD, batches by index from tensors.

Prints one JSON object with the seconds a step, best of several repetitions.
"""
import argparse
import json
import sys
import time

import torch


def build(sizes):
    parts = []
    for n_in, n_out in zip(sizes, sizes[1:]):
        parts += [torch.nn.Linear(n_in, n_out, bias=False), torch.nn.ReLU()]
    return torch.nn.Sequential(*parts[:-1])


def lenet5():
    return torch.nn.Sequential(
        torch.nn.Conv2d(3, 6, 5, bias=False), torch.nn.ReLU(),
        torch.nn.AvgPool2d(2),
        torch.nn.Conv2d(6, 16, 5, bias=False), torch.nn.ReLU(),
        torch.nn.AvgPool2d(2), torch.nn.Flatten(),
        *build([400, 120, 84, 10]))


def train(model, optimizer, inputs, labels, batch, steps):
    n = len(inputs)
    done = 0
    while done < steps:
        order = torch.randperm(n) if batch < n else None
        for first in range(0, n, batch):
            if done == steps:
                break
            if order is None:
                x, y = inputs, labels
            else:
                taken = order[first:first + batch]
                x, y = inputs[taken], labels[taken]
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()
            done += 1


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    network = parser.add_mutually_exclusive_group(required=True)
    network.add_argument("--sizes", type=int, nargs="+")
    network.add_argument("--lenet5", action="store_true")
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    if args.lenet5:
        model, shape, n_classes = lenet5(), (3, 32, 32), 10
    else:
        model, shape = build(args.sizes), args.sizes[:1]
        n_classes = args.sizes[-1]
    inputs = torch.randn(args.samples, *shape)
    labels = torch.randint(n_classes, (args.samples,))
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    train(model, optimizer, inputs, labels, args.batch,
          max(1, args.steps // 10))
    began = time.perf_counter()
    train(model, optimizer, inputs, labels, args.batch, args.steps)
    print(json.dumps({"seconds": (time.perf_counter() - began) / args.steps,
                      "torch": torch.__version__}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
