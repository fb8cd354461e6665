#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Training steps of a bias-free ReLU network, as one would write them in
PyTorch: an eager loop with torch.optim.SGD, batches by index from tensors.

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
    parser.add_argument("--sizes", type=int, nargs="+", required=True)
    parser.add_argument("--samples", type=int, required=True)
    parser.add_argument("--batch", type=int, required=True)
    parser.add_argument("--steps", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs = torch.randn(args.samples, args.sizes[0])
    labels = torch.randint(args.sizes[-1], (args.samples,))
    model = build(args.sizes)
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
