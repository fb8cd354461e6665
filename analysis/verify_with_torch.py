#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recompute point files with PyTorch and print the differences.

A point file is what `goldilocks point` writes. Everything in it that follows
from parameters, data and directions is computed again by autograd in float64,
and the training, where there is one, is repeated step by step. What a
difference is relative to stands in goldilocks/pytorch.py. All that the file was
written with has to be there; what is not recomputed is named.

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
    needed.say(f"{title}, {judged}")
    n_bad = 0
    for name, difference in differences.items():
        is_bad = tolerance is not None and not difference <= tolerance
        n_bad += is_bad
        needed.say(f"  {name:32} {difference:9.2e}{'  <--' * is_bad}")
    return n_bad


def verify(path, tolerance):
    """How many of the file's arrays are not what PyTorch computes. All that
    the file says it was written with have to be there."""
    from goldilocks import pytorch, pytorch_training
    point = pytorch.Point(path)
    compared = point.differences()
    given = list(pytorch.GIVEN)
    n_bad = report(f"{path}: {point.precision}", compared,
                   pytorch.tolerance_of(point.precision)
                   if tolerance is None else tolerance)
    if any(name.startswith("train/") for name in point.names):
        training = pytorch_training.Training(path)
        given += [f"train/{name}" for name in pytorch_training.GIVEN]
        found = {f"train/{name}": difference
                 for name, difference in training.differences().items()}
        phases = len(training.norms) + 1
        n_bad += report(f"{path}: training of {training.n_steps} steps" + (
            f", the last of {phases} phases, those before are not repeated"
            if phases > 1 else ""), found,
                        None if point.precision != "float64"
                        else TRAINING_TOLERANCE if tolerance is None
                        else tolerance)
        compared |= found
    if any(name.startswith("end/") for name in point.names):
        end = pytorch.Point(path, moment="end")
        given += [f"end/{name}" for name in pytorch.GIVEN]
        found = {f"end/{name}": difference
                 for name, difference in end.differences().items()}
        n_bad += report(f"{path}: where training ended", found,
                        pytorch.tolerance_of(point.precision)
                        if tolerance is None else tolerance)
        compared |= found
    if any(name.startswith("moments/") for name in point.names):
        given += ["moments/step"]
        found = {}
        for differences in [at.differences() for at in training.moments(
                path)] + [training.unreached(path)]:
            pytorch.worse(found, {f"moments/{name}": difference for
                                  name, difference in differences.items()})
        n_bad += report(f"{path}: moments of the training, the worst of them",
                        found, None if point.precision != "float64"
                        else TRAINING_TOLERANCE if tolerance is None
                        else tolerance)
        compared |= found
    left = [name for name in point.names if name not in compared
            and name not in given]
    needed.say(f"{path}: compared {len(compared)} arrays, {n_bad} beyond the "
               "tolerance" + ("; not recomputed: " + ", ".join(left)
                              if left else ""))
    return n_bad


def main():
    parser = needed.Parser(
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
            with needed.one_message(path):
                n_bad += verify(path, args.tolerance)
        except SystemExit as end:
            print(end, file=sys.stderr)
            n_bad += 1
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
