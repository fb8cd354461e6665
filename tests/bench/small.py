#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Times full-batch steps of a small network of two layers, mean square loss,
against PyTorch's eager loop; prints processor seconds and their ratio.

The seconds of a step are the difference of two trainings, one of them ten times
longer, so that starts, data and logs count for nothing. Both programs run on
one core, in turns, and the least of several rounds counts.
"""
import argparse
import os
import resource
import sys
import tempfile

from speed import keep_best, pinned

STUDY = """
study: small
grid: {{seed: [0]}}
data: {{set: function, train: {samples}, test: 1, normalize: none,
       target: {{sin: [[1, 2, 0]], constant: 0.3}}}}
network: {{kind: layers, bias: true, init: normal, std: 0.001, loss: mse,
          bias_init: same,
          layers: [linear: {width}, {phi}, linear: {{out: classes, bias: false}}]}}
train: {{optimizer: gd, learning_rate: 0.01, steps: {steps}, log: {{count: 2}},
        track: [loss]}}
run: {{precision: {precision}}}
"""


def eager(width, samples, steps, precision, phi):
    """What one would write in PyTorch."""
    import torch

    torch.set_num_threads(1)
    torch.set_default_dtype(getattr(torch, precision))
    torch.manual_seed(0)
    phis = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    model = torch.nn.Sequential(torch.nn.Linear(1, width), phis[phi](),
                                torch.nn.Linear(width, 1, bias=False))
    for weights in model.parameters():
        torch.nn.init.normal_(weights, std=0.001)
    x = torch.linspace(-1, 1, samples)[:, None]
    y = torch.sin(2 * x) + 0.3
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(model(x), y).backward()
        optimizer.step()


def seconds(command):
    """Of processors, of a program that runs on one core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    pinned(command)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime
            - before.ru_utime - before.ru_stime)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--width", type=int, default=400)
    parser.add_argument("--samples", type=int, default=40)
    parser.add_argument("--steps", type=int, default=100000)
    parser.add_argument("--precision", default="float32",
                        choices=["float32", "float64"])
    parser.add_argument("--phi", default="tanh", choices=["tanh", "relu"])
    parser.add_argument("--rounds", type=int, default=3)
    sizes = vars(parser.parse_args())
    program, rounds = sizes.pop("program"), sizes.pop("rounds")
    if program == "eager":
        eager(**sizes)
        return 0
    least, lengths = {}, (sizes["steps"], sizes["steps"] // 10)
    with tempfile.TemporaryDirectory() as work:
        study = os.path.join(work, "study.yaml")
        ours = [program, "run", study, "-o", os.path.join(work, "small.h5"),
                "--overwrite", "--quiet"]
        for _ in range(rounds):
            spent = []
            for steps in lengths:
                sizes["steps"] = steps
                with open(study, "w", encoding="utf-8") as file:
                    file.write(STUDY.format(**sizes))
                options = [f"--{key}={value}" for key, value in sizes.items()]
                spent.append((seconds(ours), seconds(
                    [sys.executable, __file__, "eager", *options])))
            for name, longer, shorter in zip(("goldilocks", "PyTorch"), *spent):
                keep_best(least, name,
                          (longer - shorter) / (lengths[0] - lengths[1]))
    for name, each in least.items():
        print(f"{name}: {1e6 * each:.1f} us of a core a step")
    print(f"{least['PyTorch'] / least['goldilocks']:.2f} times faster")
    return 0


if __name__ == "__main__":
    sys.exit(main())
