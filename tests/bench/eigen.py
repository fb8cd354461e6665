#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Times the largest eigenvalue of the Hessian of all parameters against
Lanczos' method with PyTorch's double-backward products; prints Markdown.

Both programs stop by the same rule at the same residual, take turns on one
core, and the best of several rounds counts. Ours is the time of the whole
measurement, loss and statistics of predictions with it. Ends with 1 if a ratio
is under its floor or the two eigenvalues differ.
"""
import argparse
import json
import os
import sys
import tempfile

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py

from speed import HERE, call, keep_best, pinned

TOLERANCE = 1e-4
STEPS = 200
STUDY = """
study: eigen
grid: {{relative_radius: [1]}}
data: {{set: fashion-mnist, train: {samples}, test: 1}}
network: {{{network}}}
curvature: {{split: false,
            extreme: {{count: 1, tolerance: {tolerance}, steps: {steps}}}}}
"""
# network, samples, floor of the ratio
CASES = [
    (("LeNet-300-100", "kind: lenet-300-100"), 5000, 1.1),
    (("784-50-50-10", "width: 50, depth: 2"), 1000, 2.0),
]


def write_study(work, i):
    (_, network), samples, _ = CASES[i]
    study = os.path.join(work, f"{i}.yaml")
    with open(study, "w", encoding="utf-8") as file:
        file.write(STUDY.format(network=network, samples=samples,
                                tolerance=TOLERANCE, steps=STEPS))
    return study


def time_ours(program, work, i):
    """Seconds, eigenvalue and products of a run."""
    result = os.path.join(work, "run.h5")
    pinned([program, "run", write_study(work, i), "-o", result,
            "--overwrite", "--quiet"])
    with h5py.File(result, "r") as file:
        def number(name):
            return float(file[name][...].ravel()[0])

        if number("full_extreme_converged") != 1:
            raise SystemExit(f"{CASES[i][0][0]}: {STEPS} products did not do")
        return (number("seconds_measure"), number("full_largest_eigenvalues"),
                int(number("products_extreme")))


def time_theirs(program, work, i):
    point = os.path.join(work, f"{i}.h5")
    if not os.path.exists(point):
        pinned([program, "point", write_study(work, i), "--at",
                "relative_radius=1", "-o", point])
    return json.loads(pinned(
        [sys.executable, os.path.join(HERE, "pytorch_eigen.py"), point,
         "--tolerance", str(TOLERANCE), "--steps", str(STEPS)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    best, rows, is_good = {}, [], True
    with tempfile.TemporaryDirectory() as work:
        for i, ((name, _), samples, floor) in enumerate(CASES):
            for _ in range(args.rounds):
                seconds, value, products = time_ours(program, work, i)
                keep_best(best, ("ours", i), seconds)
                found = time_theirs(program, work, i)
                keep_best(best, ("theirs", i), found["seconds"])
            ours, theirs = best["ours", i], best["theirs", i]
            difference = abs(found["largest"] / value - 1)
            is_good &= theirs / ours >= floor and difference <= 2 * TOLERANCE
            rows.append(f"| {name}, {samples} images | {products} "
                        f"| {ours:.3g} | {found['steps']} | {theirs:.3g} "
                        f"| {theirs / ours:.2f} | {floor:g} "
                        f"| {difference:.0e} |")
    print(f"{call([program, '--version']).strip()}; PyTorch {found['torch']}; "
          f"best of {args.rounds} rounds; load average "
          f"{os.getloadavg()[0]:.1f} at the end\n")
    print(f"| one core, float32, residual {TOLERANCE:g} | products | s "
          "| PyTorch, products | s | times faster | floor | eigenvalues "
          "differ by |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")
    print("\n".join(rows))
    print("\nAll floors kept." if is_good
          else "\nA floor is not kept, or eigenvalues differ.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
