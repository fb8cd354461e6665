#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares the memory that `goldilocks plan` says a process needs with the most
that one took; prints Markdown.

Measured is the largest resident memory of a run of one process, data included.
What the libraries take differs from machine to machine, and the plan allows for
much of it: a study of next to nothing shows both, and what is beyond that is the
arrays, planned and taken. Ends with 1 if a run takes more than planned in all,
or if the arrays are off by more than LEAST, MOST and LARGE_PAGES say.
"""
import argparse
import json
import os
import sys
import tempfile

from speed import call

# Arrays, planned over taken. The plan adds 8 % for gaps, and to a training the
# state of one that is resumed, a quarter of it, which a new one has not:
# 1.08 * 12 / 9, half as much again.
LEAST, MOST = 0.9, 1.5
# Large pages round up each of a dozen blocks by 1 MiB on average. The plan counts
# that with the libraries; a run has it or not, as the system has such pages left.
LARGE_PAGES = 12 * 2**20
STUDY = """
study: memory
grid: {{seed: [0], {grid}}}
data: {{{data}, test: 100}}
network: {{{network}}}
run: {{memory_per_rank: 8 GiB}}
{parts}
"""
LINE = "relative_radius: {from: 0.1, to: 30, count: 25, spacing: log}"
POINT = "relative_radius: [1]"
FLAT = "set: mixture, features: 784, classes: 10, train: 1000"
FASHION = "set: fashion-mnist, train: 200"
SUBSPACE = "curvature: {subspace: {dim: 50}}"
SPARSE = "curvature: {subspace: {dim: 50, directions: sparse-sign}}"
WHOLE = ("curvature: {extreme: {count: 1, tolerance: 1e-3}, trace_probes: 16,\n"
         "            density: {steps: 30, probes: 2}}")
CNN = "kind: cnn, depth: 2, width: {}, kernel: 3, padding: 1"
NOTHING = ("nothing", POINT, "set: circles, train: 50", "width: 4, depth: 1",
           "curvature: {subspace: {dim: [2]}}")
IMAGES = FLAT.replace("1000", "300")
# name, grid, data, network, parts
SMALL = [
    ("784-100-100-10", LINE, IMAGES, "width: 100, depth: 2",
     "curvature: {subspace: {dim: 30}}"),
    ("784-200-200-10, sparse", LINE, IMAGES, "width: 200, depth: 2",
     "curvature: {subspace: {dim: 30, directions: sparse-sign}}"),
    ("784-300-100-10, products", POINT, IMAGES, "kind: lenet-300-100",
     "curvature: {trace_probes: 16}"),
    ("784-300-100-10, extremes", POINT, IMAGES, "kind: lenet-300-100",
     "curvature: {extreme: {count: 1, tolerance: 1e-9, steps: 20}}"),
    ("784-1000-1000-10, training", POINT, FLAT, "width: 1000, depth: 2",
     "train: {optimizer: adam, batch: 100, steps: 3}"),
]
CASES = [
    ("2-32-32-3 on Circles", LINE, "set: circles", "width: 32, depth: 2",
     SUBSPACE),
    ("784-100-100-10", LINE, FLAT, "width: 100, depth: 2", SUBSPACE),
    ("784-1000-1000-10", LINE, FLAT, "width: 1000, depth: 2", SUBSPACE),
    ("784-1000-1000-10, tanh", LINE, FLAT,
     "width: 1000, depth: 2, activation: tanh", SUBSPACE),
    ("784-2000-2000-2000-10, a point", POINT, FLAT, "width: 2000, depth: 3",
     SUBSPACE),
    ("784-1000-1000-10, sparse", LINE, FLAT, "width: 1000, depth: 2", SPARSE),
    ("LeNet-5", LINE, FASHION, "kind: lenet5", SUBSPACE),
    ("LeNet-5, sparse", LINE, FASHION, "kind: lenet5", SPARSE),
    ("two convolutions, 16 channels", LINE, FASHION, CNN.format(16), SUBSPACE),
    ("two convolutions, 16 channels, sparse", LINE, FASHION, CNN.format(16),
     SPARSE),
    ("784-300-100-10, all parameters", POINT, FLAT, "kind: lenet-300-100",
     WHOLE),
    ("LeNet-5, all parameters", POINT, FASHION, "kind: lenet5", WHOLE),
    ("784-1000-1000-10, training", POINT, FLAT, "width: 1000, depth: 2",
     "train: {optimizer: adam, batch: 100, steps: 20}"),
    ("784-1000-1000-10, training, all samples", POINT,
     FLAT.replace("1000", "10000"), "width: 1000, depth: 2",
     "train: {optimizer: gd, batch: full, steps: 5}"),
    ("LeNet-5, training", POINT, FASHION, "kind: lenet5",
     "train: {optimizer: sgd, batch: full, steps: 3}"),
]


def peak_bytes(words):
    """Largest resident memory of a command that has to succeed."""
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=[
        (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)])
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        raise SystemExit(f"{' '.join(words)}: failed")
    return 1024 * used.ru_maxrss


def compare(program, work, case):
    """Bytes planned and taken."""
    _, grid, data, network, parts = case
    study = os.path.join(work, "study.yaml")
    with open(study, "w", encoding="utf-8") as file:
        file.write(STUDY.format(grid=grid, data=data, network=network,
                                parts=parts))
    plan = json.loads(call([program, "plan", study, "--json"]))
    taken = peak_bytes([program, "run", study, "-o",
                        os.path.join(work, "run.h5"), "--quiet",
                        "--overwrite"])
    return plan["memory_per_rank_bytes"] + plan["data_bytes"], taken


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--small", action="store_true",
                        help="a few cases, of seconds")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    is_good = True
    print("| study | MiB, plan | taken | arrays, plan | taken | ratio |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    base = None
    for case in [NOTHING, *(SMALL if args.small else CASES)]:
        with tempfile.TemporaryDirectory() as work:
            pair = compare(program, work, case)
        base = base or pair
        planned, taken = pair[0] - base[0], pair[1] - base[1]
        ratio = planned / taken if pair != base else 1.0
        is_good &= pair[1] <= pair[0] and (
            LEAST * taken - LARGE_PAGES <= planned
            <= MOST * taken + LARGE_PAGES)
        mebibytes = [f"{x / 2**20:.0f}" for x in (*pair, planned, taken)]
        print(f"| {case[0]} | {' | '.join(mebibytes)} | {ratio:.2f} |",
              flush=True)
    print("\nAll within bounds." if is_good else "\nSomething is not.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
