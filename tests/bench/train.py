#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Times training steps against PyTorch's eager loop; prints Markdown.

The seconds of a step are the difference of two trainings, one of them longer,
so that drawing, data and the log at both ends count for nothing. Both programs
take turns on one core and the best of several rounds counts. Ends with 1 if a
ratio is under its floor.
"""
import argparse
import json
import os
import sys
import tempfile

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py

from speed import HERE, call, keep_best, pinned

STUDY = """
study: steps
grid: {{seed: [0]}}
data: {{{data}, train: {samples}, test: 1}}
network: {{{network}}}
train: {{optimizer: {optimizer}, learning_rate: 0.01, batch: {batch},
        steps: {steps}, log: {{count: 2}}, track: [loss]}}
"""
MIXTURE = "set: mixture, features: 784, classes: 10"
LENET = ("784-300-100-10", "kind: lenet-300-100")
SMALL = ("784-50-50-10", "width: 50, depth: 2")
LENET5 = ("LeNet-5", "kind: lenet5")
# multiplications a sample of all layers, and of the first
LENET5_WEIGHTS = (28 * 28 * 6 * 75 + 10 * 10 * 16 * 150
                  + 400 * 120 + 120 * 84 + 84 * 10, 28 * 28 * 6 * 75)
# network, samples, batch, steps of the longer training, floor of the ratio
CASES = [
    (LENET, 60000, 60000, 5, 1.3),
    (LENET, 60000, 5000, 60, 1.05),
    (LENET, 60000, 128, 1500, 1.2),
    (SMALL, 60000, 128, 6000, 1.5),
    (SMALL, 60000, 32, 20000, 2.0),
]


def time_training(program, work, case, steps):
    (_, network), samples, batch, _, _ = case[:5]
    data = case[5] if len(case) > 5 else MIXTURE
    study = os.path.join(work, "study.yaml")
    result = os.path.join(work, "steps.h5")
    with open(study, "w", encoding="utf-8") as file:
        file.write(STUDY.format(
            network=network, data=data, samples=samples, steps=steps,
            batch="full" if batch == samples else batch,
            optimizer="gd" if batch == samples else "sgd"))
    pinned([program, "run", study, "-o", result, "--overwrite", "--quiet"])
    with h5py.File(result, "r") as file:
        return float(file["seconds_train"][...].ravel()[0])


def time_ours(program, work, case):
    steps = case[3]
    few = max(1, steps // 10)
    longer = time_training(program, work, case, steps)
    return (longer - time_training(program, work, case, few)) / (steps - few)


def time_theirs(case):
    network, samples, batch, steps, _ = case[:5]
    kind = (["--lenet5"] if network == LENET5
            else ["--sizes", *network[0].split("-")])
    found = json.loads(pinned(
        [sys.executable, os.path.join(HERE, "pytorch_train.py"), *kind,
         "--samples", str(samples), "--batch", str(batch), "--steps",
         str(steps)]))
    return found["seconds"], found["torch"]


def flops(name, batch):
    """Of a step: inputs need no gradient."""
    if name == LENET5[0]:
        total, first = LENET5_WEIGHTS
    else:
        sizes = [int(n) for n in name.split("-")]
        weights = [a * b for a, b in zip(sizes, sizes[1:])]
        total, first = sum(weights), weights[0]
    return batch * (6 * total - 2 * first)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cifar10", metavar="DIR",
                        help="folder of data_batch_1.bin; without it LeNet-5 "
                        "is left out")
    args = parser.parse_args()
    cases = list(CASES)
    if args.cifar10:
        cases.append((LENET5, 5000, 128, 300, 1.5,
                      f"set: cifar10, path: {os.path.abspath(args.cifar10)}"))
    program = os.path.abspath(args.program)
    best = {}
    with tempfile.TemporaryDirectory() as work:
        for _ in range(args.rounds):
            for i, case in enumerate(cases):
                keep_best(best, ("ours", i), time_ours(program, work, case))
                seconds, version = time_theirs(case)
                keep_best(best, ("theirs", i), seconds)
    print(f"{call([program, '--version']).strip()}; PyTorch {version}; best of "
          f"{args.rounds} rounds; load average {os.getloadavg()[0]:.1f} at the "
          "end\n")
    print("| one core, float32 | ms a step | Gflop/s "
          "| PyTorch, ms | times faster | floor |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    is_good = True
    for i, ((name, _), samples, batch, _, floor) in enumerate(
            case[:5] for case in cases):
        ours, theirs = best["ours", i], best["theirs", i]
        size = "all" if batch == samples else batch
        is_good &= theirs / ours >= floor
        print(f"| {name}, batch {size} | {1e3 * ours:.3g} "
              f"| {1e-9 * flops(name, batch) / ours:.0f} "
              f"| {1e3 * theirs:.3g} | {theirs / ours:.2f} | {floor:g} |")
    print("\nAll floors kept." if is_good else "\nA floor is not kept.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
