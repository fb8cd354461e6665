#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recompute point files with PyTorch and print the differences.

A point file is what `goldilocks point` writes. Everything in it that follows
from parameters, data and directions is computed again by autograd in float64,
and the training, where there is one, is repeated step by step. What a
difference is relative to stands in goldilocks/pytorch.py.

A training in float32 drifts away from one in float64, the more the longer it
is, so the differences of such a training are shown but not judged.
"""
import argparse
import sys

import needed

# Rounding differs from the first step on and grows along the way.
TRAINING_TOLERANCE = 1e-8


def report(title, differences, tolerance):
    """Print them; how many are beyond the tolerance, if there is one."""
    judged = ("not judged" if tolerance is None
              else f"tolerance {tolerance:g}")
    print(f"{title}, {judged}")
    n_bad = 0
    for name, difference in differences.items():
        is_bad = tolerance is not None and not difference <= tolerance
        n_bad += is_bad
        print(f"  {name:28} {difference:9.2e}{'  <--' * is_bad}")
    return n_bad


def verify(path, tolerance):
    import h5py
    from goldilocks import pytorch, pytorch_training
    point = pytorch.Point(path)
    n_bad = report(f"{path}: {point.precision}", point.differences(),
                   tolerance or pytorch.tolerance_of(point.precision))
    with h5py.File(path) as file:
        is_trained = "train" in file
    if is_trained:
        training = pytorch_training.Training(path)
        is_judged = point.precision == "float64"
        n_bad += report(f"{path}: training of {training.n_steps} steps",
                        training.differences(),
                        (tolerance or TRAINING_TOLERANCE) if is_judged
                        else None)
        for name in training.left_out():
            print(f"  {name:28} not recomputed: too many parameters")
    return n_bad


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tolerance", type=float,
                        help="default 1e-9 for points in float64, 1e-4 in "
                        "float32, 1e-8 for trainings in float64")
    parser.add_argument("files", nargs="+", metavar="POINT.h5")
    args = parser.parse_args()
    with needed.modules():
        import goldilocks  # noqa: F401 (first what is said to be missing)
        import torch
    torch.set_num_threads(1)
    n_bad = 0
    for path in args.files:
        try:
            n_bad += verify(path, args.tolerance)
        except (OSError, KeyError) as error:
            raise SystemExit(f"{path}: not a point file, as `goldilocks "
                             f"point` writes: {error}") from error
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
