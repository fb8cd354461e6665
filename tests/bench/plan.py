#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares what `goldilocks plan` says with what a run takes; prints Markdown.

For studies of quite different kinds: predicted core-hours and those that a run
of one process computed for, and how often the end of the run lay in the interval
that the run gave on the way. Ends with 1 if core-hours are off by more than 25 %
or fewer than 80 % of the intervals had the end.
"""
import argparse
import json
import os
import pty
import re
import subprocess
import sys
import tempfile
import time

from speed import HERE, call

TOP = os.path.dirname(os.path.dirname(HERE))
CONFIGS = os.path.join(TOP, "configs")
OFF = 0.25
COVERED = 0.8
SECONDS = {"ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86400}

SMALL = """
study: small
grid:
  activation: [relu, tanh]
  depth: [1, 2, 4]
  width: [8, 32]
  seed: {count: 3}
  scale: {from: 1e-3, to: 1e3, count: 25, spacing: log}
data: {set: circles}
network: {init: kaiming-normal}
curvature: {subspace: {dim: 30}}
run: {precision: float64}
"""
WHOLE = """
study: whole
grid:
  width: [25, 100]
  seed: {count: 3}
  relative_radius: {from: 0.1, to: 100, count: 7, spacing: log}
data: {set: fashion-mnist, train: 400, test: 200}
network: {depth: 2}
curvature: {subspace: {dim: 50}, extreme: {count: 1, tolerance: 1e-3},
            trace_probes: 32, density: {steps: 30, probes: 4}}
"""
TRAINING = """
study: training
grid:
  optimizer: [sgd, adam]
  width: [10, 50, 200]
  seed: {count: 2}
  relative_radius: [0.3, 1, 3]
data: {set: fashion-mnist, train: 2000, test: 1000}
network: {depth: 2}
train: {learning_rate: 0.01, batch: 50, epochs: 10, log: {every: 40}}
"""
CONVOLUTIONS = ("cnn-widths.yaml", ["grid.width=[4, 8]",
                                    "grid.seed={count: 2}",
                                    "data.train=200"])
# name, study or file of configs/, changes of it
CASES = [
    ("quickstart", "quickstart.yaml", []),
    ("ends", "curvature-at-the-end.yaml", []),
    ("small networks on Circles, relu and tanh", SMALL, []),
    ("convolutions", *CONVOLUTIONS),
    ("all parameters", WHOLE, []),
    ("training", TRAINING, []),
]


def write_study(work, study, changes):
    """The words that name a study on the command line."""
    path = os.path.join(work, "study.yaml")
    if study.endswith(".yaml"):
        path = os.path.join(CONFIGS, study)
    else:
        with open(path, "w", encoding="utf-8") as file:
            file.write(study)
    return [path, *(word for change in changes for word in ("--set", change))]


def seconds(text):
    """Of "1 h 20 min" and the like."""
    words = text.split()
    return sum(float(number) * SECONDS[unit]
               for number, unit in zip(words[::2], words[1::2]))


def watch(words):
    """Run on a terminal: when each text came and what it was, and the seconds
    of computing."""
    here, there = pty.openpty()
    texts = []  # a progress line is written whole, after the "\r" before it
    with subprocess.Popen(words, stdout=there, stderr=there) as process:
        os.close(there)
        while True:
            try:
                part = os.read(here, 4096)
            except OSError:  # nobody holds the other end any more
                break
            texts += [(time.monotonic(), text.decode())
                      for text in re.split(rb"[\r\n]+", part) if text]
        os.close(here)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit("\n".join(text for _, text in texts))
    return texts, used.ru_utime + used.ru_stime


def coverage(texts):
    """Share of the intervals that had the end, and how many there were."""
    interval = re.compile(r"left \((.*) to (.*)\)")
    end = next(t for t, text in texts if ", 0 left to do" in text)
    found = [(end - t, interval.search(text)) for t, text in texts]
    hits = [seconds(m[1]) <= left + 0.01 and left <= seconds(m[2]) + 0.01
            for left, m in found if m]
    return (sum(hits) / len(hits) if hits else float("nan")), len(hits)


def compare(program, work, study, changes):
    """Core-hours predicted and measured, seconds of the plan, coverage, checks.
    """
    words = write_study(work, study, changes)
    began = time.monotonic()
    plan = json.loads(call([program, "plan", *words, "--json"]))
    planned_s = time.monotonic() - began
    texts, computed_s = watch([program, "run", *words, "-o",
                               os.path.join(work, "run.h5"), "--overwrite"])
    return (plan["core_hours"], computed_s / 3600, planned_s,
            *coverage(texts))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--only", metavar="NAME", help="one of the studies")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    is_good = True
    print(f"{call([program, '--version']).strip()}")
    print("\n| study | core-hours, plan | measured | ratio | plan took, s "
          "| intervals with the end | checks |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, study, changes in CASES:
        if args.only not in (None, name):
            continue
        with tempfile.TemporaryDirectory() as work:
            predicted, measured, planned_s, share, n = compare(
                program, work, study, changes)
        ratio = predicted / measured
        is_good &= abs(ratio - 1) <= OFF and share >= COVERED
        print(f"| {name} | {predicted:.4f} | {measured:.4f} | {ratio:.2f} "
              f"| {planned_s:.1f} | {100 * share:.0f} % | {n} |", flush=True)
    print(f"\nLoad average {os.getloadavg()[0]:.1f} at the end.")
    print("All within bounds." if is_good else "Something is out of bounds.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
