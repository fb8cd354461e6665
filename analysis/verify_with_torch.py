#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recompute point files with PyTorch and print the differences.

A point file is what `goldilocks point` writes. Everything in it that follows
from parameters, data and directions is computed again by autograd in float64,
and the training, where there is one, is repeated step by step. What a
difference is relative to stands in goldilocks/pytorch.py. All that the file was
written with has to be there; what is not recomputed is named.

A training in float32 drifts away from one in float64, the more the longer it
is, so the differences of such a training, and of the moments on its way at which
curvature was measured, are shown but not judged: those of a study with
`run: {precision: float64}` are. Where a training ended is recomputed from the
weights that the file has there, and judged in both.
"""
import argparse
import sys

import needed

# Rounding differs from the first step on and grows along the way.
TRAINING_TOLERANCE = 1e-8
WAY_OUT = "not judged, for which `run: {precision: float64}` is needed"
MOST_STEPS = 10  # that are named


def report(title, differences, tolerance):
    """Print them; how many are beyond the tolerance, if there is one."""
    judged = (WAY_OUT if tolerance is None
              else f"tolerance {tolerance:g}")
    needed.say(f"{title}, {judged}")
    n_bad = 0
    for name, difference in differences.items():
        is_bad = tolerance is not None and not difference <= tolerance
        n_bad += is_bad
        needed.say(f"  {name:32} {difference:9.2e}{'  <--' * is_bad}")
    return n_bad


def parts_of(path, tolerance):
    """All that the file has: (what it is, differences, their tolerance, names of
    what they follow from), one after another."""
    from goldilocks import pytorch, pytorch_training
    point = pytorch.Point(path)
    at_point = (pytorch.tolerance_of(point.precision) if tolerance is None
                else tolerance)
    of_training = (None if point.precision != "float64" else
                   TRAINING_TOLERANCE if tolerance is None else tolerance)

    def has(group):
        return any(name.startswith(group + "/") for name in point.names)

    yield point.precision, point.differences(), at_point, pytorch.GIVEN
    if has("train"):
        training = pytorch_training.Training(path)
        phases = len(training.norms) + 1
        yield (f"training of {training.n_steps} steps" + (
            f", the last of {phases} phases, those before are not repeated"
            if phases > 1 else ""), within("train", training.differences()),
            of_training, within("train", pytorch_training.GIVEN))
    if has("end"):
        end = pytorch.Point(path, moment="end")
        yield ("where training ended", within("end", end.differences()), at_point,
               within("end", pytorch.GIVEN))
    if has("moments"):
        found = {}
        for at in training.moments(path):
            pytorch.worse(found, at.differences())
        pytorch.worse(found, training.unreached(path))
        yield (moment_words(training.moment_steps(path)),
               within("moments", found), of_training, ["moments/step"])


def within(group, names):
    """Names, or what is found by name, with that of their group."""
    if isinstance(names, dict):
        return {f"{group}/{name}": value for name, value in names.items()}
    return [f"{group}/{name}" for name in names]


def moment_words(steps):
    named = ", ".join(map(str, steps[:MOST_STEPS]))
    return (f"on the way, after step{'s' * (len(steps) > 1)} {named}"
            + (f" and {len(steps) - MOST_STEPS} more"
               if len(steps) > MOST_STEPS else "")
            + (": the worst of them" if len(steps) > 1 else ""))


def verify(path, tolerance):
    """How many of the file's arrays are not what PyTorch computes. All that
    the file says it was written with have to be there."""
    from goldilocks import pytorch
    n_bad, judged, shown, given = 0, set(), set(), set()
    for what, differences, limit, follows in parts_of(path, tolerance):
        n_bad += report(f"{path}: {what}", differences, limit)
        (shown if limit is None else judged).update(differences)
        given.update(follows)
    left = [name for name in pytorch.Point(path).names
            if name not in judged | shown | given]
    needed.say(f"{path}: judged {len(judged)} arrays, {n_bad} beyond the "
               "tolerance"
               + (f"; {len(shown)} more {WAY_OUT}" if shown else "")
               + ("; not recomputed: " + ", ".join(left) if left else ""))
    return n_bad


def main():
    parser = needed.Parser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tolerance", type=float,
                        help="default 1e-9 for points in float64, 1e-4 in "
                        "float32, 1e-8 for trainings in float64 and "
                        "moments on their way")
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
