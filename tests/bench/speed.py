#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Times Goldilocks against a PyTorch loop; prints Markdown.

All runs take turns on one core and the best of several rounds counts, so that
a busy machine does less harm. Ends with 1 if a number is under its floor or
the two programs disagree.
"""
import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import textwrap
import time

os.environ.setdefault("HDF5_USE_FILE_LOCKING", "FALSE")

import h5py

HERE = os.path.dirname(os.path.abspath(__file__))
RADII = 25
AGREEMENT = 1e-3
DIRECTIONS = ("gaussian", "sparse-sign")
ONE = ["--set", "grid.relative_radius=[1]"]
NETWORKS = {  # study, what it is, floors
    "lenet": ("LeNet-300-100, 5000 images",
              {"gaussian": 15.0, "sparse-sign": 30.0}),
    "lenet5": ("LeNet-5, 1000 images of CIFAR-10",
               {"gaussian": 20.0, "sparse-sign": 20.0}),
}
PEAK_FLOOR = 75
MEMORY_FLOOR_MIB = 1024


def call(command, **options):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code "
                         f"{done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def pinned(command, **options):
    """The command on one core, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        return call(command, **options)
    core = max(os.sched_getaffinity(0))
    return call(command, **options,
                preexec_fn=lambda: os.sched_setaffinity(0, {core}))


def keep_best(best, name, seconds):
    best[name] = min(seconds, best.get(name, seconds))


def config_of(network, cifar10):
    """The study to run and what it needs beside."""
    path = os.path.join(HERE, network + ".yaml")
    return [path] + (["--set", f"data.path={cifar10}"]
                     if network == "lenet5" else [])


def time_run(program, work, config, name, options, best):
    """The measure task and the whole command, both in seconds a radius."""
    result = os.path.join(work, "run.h5")
    began = time.perf_counter()
    pinned([program, "run", *config, "-o", result, "--overwrite", "--quiet",
            *options])
    whole = time.perf_counter() - began
    with h5py.File(result, "r") as file:
        # Each point of a line bears the time of the whole line.
        task = file["seconds_measure"][...].ravel()
    keep_best(best, name, float(task[0]) / task.size)
    keep_best(best, name + " whole", whole / task.size)


def time_loop(work, directions, best, differences):
    path = os.path.join(work, directions + ".h5")
    found = json.loads(pinned([sys.executable,
                               os.path.join(HERE, "pytorch_loop.py"), path]))
    keep_best(best, "loop", found["seconds"])
    differences[directions] = found["difference"]
    return found["torch"]


def write_points(program, work, config):
    for directions in DIRECTIONS:
        pinned([program, "point", *config, *ONE,
                "--set", f"curvature.subspace.directions={directions}",
                "--at", "relative_radius=1", "-o",
                os.path.join(work, directions + ".h5")])


def kernel_share(program):
    """Best share of the matrix product peak of whole products, single radius,
    gaussian."""
    text = pinned([program, "bench"],
                  env={**os.environ, "GOLD_KERNEL": "blas"})
    peak = float(re.search(r"peak ([\d.]+) Gflop/s float32", text)[1])
    share = int(re.search(r"^gaussian, 1 radius  .* (\d+) % of peak", text,
                          re.M)[1])
    return peak, share


def resident_mib(program, work, config):
    """Largest resident memory of a process in a run of two."""
    script = ("import resource, subprocess, sys; "
              "subprocess.run(sys.argv[1:], check=True); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    text = call([sys.executable, "-c", script, "mpirun", "-n", "2",
                 "--oversubscribe", program, "run", *config, "-o",
                 os.path.join(work, "two.h5"), "--overwrite", "--quiet"])
    return int(text.split()[-1]) / 1024


def time_network(program, config, rounds):
    """Best seconds a radius, differences of the matrices, PyTorch's version."""
    best, differences = {}, {}
    with tempfile.TemporaryDirectory() as work:
        write_points(program, work, config)
        for _ in range(rounds):
            for name in DIRECTIONS:
                option = ["--set", f"curvature.subspace.directions={name}"]
                time_run(program, work, config, name, option, best)
                time_run(program, work, config, name + " one", option + ONE,
                         best)
                version = time_loop(work, name, best, differences)
        memory = resident_mib(program, work, config)
    return best, differences, memory, version


def table(title, best):
    rows = [("PyTorch, one core: gradient once, then a backward pass for "
             "each direction", f"{best['loop']:.2f} s", "1")]
    for name in DIRECTIONS:
        for key, text in ((name, "the measurement"),
                          (name + " whole", "the whole command")):
            ratio = best["loop"] / best[key]
            rows.append((f"{name} directions, {RADII} radii, {text}",
                         f"{best[key]:.3f} s", f"{ratio:.1f}"))
    for name in DIRECTIONS:
        key = name + " one"
        rows.append((f"{name} directions, one radius, the measurement",
                     f"{best[key]:.2f} s", f"{best['loop'] / best[key]:.1f}"))
    lines = [f"| {title}, d = 50, float32 | time per radius "
             "| speed, loop = 1 |", "| --- | ---: | ---: |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def report(network, found):
    """Markdown for the README, and whether every floor is kept."""
    best, differences, memory, _ = found
    title, floors = NETWORKS[network]
    text = (f"Largest resident memory of a process: {memory:.0f} MiB. The "
            "matrices of the two programs differ by "
            + " and ".join(f"{d:.0e} ({n})" for n, d in differences.items())
            + ", relative to their Frobenius norm.")
    fast = all(best["loop"] / best[name] >= floors[name]
               for name in DIRECTIONS)
    agree = all(d <= AGREEMENT for d in differences.values())
    return (["", *table(title, best), "", *textwrap.wrap(text, 79)],
            fast and agree and memory < MEMORY_FLOOR_MIB)


def update(path, text):
    """Put the report between the marks of a Markdown file."""
    with open(path, encoding="utf-8") as file:
        old = file.read()
    new, n = re.subn(r"(<!-- speed -->\n).*?(<!-- /speed -->)",
                     lambda m: f"{m[1]}{text}\n{m[2]}", old, flags=re.DOTALL)
    if n != 1:
        raise SystemExit(f"{path}: no <!-- speed --> ... <!-- /speed -->")
    with open(path, "w", encoding="utf-8") as file:
        file.write(new)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", help="the goldilocks executable")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--cifar10", metavar="DIR",
                        help="folder of data_batch_1.bin; without it LeNet-5 "
                        "is left out")
    parser.add_argument("--network", choices=NETWORKS, action="append",
                        help="only these; all by default")
    parser.add_argument("--readme", metavar="FILE",
                        help="Markdown file to put the tables into")
    args = parser.parse_args()
    program = os.path.abspath(args.program)
    networks = [n for n in args.network or NETWORKS
                if args.cifar10 or n != "lenet5"]
    if not networks:
        parser.error("lenet5 needs --cifar10 DIR")
    lines, is_good = [], True
    for network in networks:
        config = config_of(network, args.cifar10)
        found = time_network(program, config, args.rounds)
        part, keeps = report(network, found)
        lines += part
        is_good &= keeps
    kernels = [kernel_share(program) for _ in range(args.rounds)]
    peak = max(peak for peak, _ in kernels)
    share = max(share for _, share in kernels)
    lines += ["", *textwrap.wrap(
        "One radius of LeNet-300-100, gaussian, by whole products "
        f"(`GOLD_KERNEL=blas`): {share} % of the matrix product peak of this "
        f"core ({peak:.0f} Gflop/s, measured in the same run).", 79)]
    text = "\n".join(lines[1:])
    print(f"{call([program, '--version']).strip()}; PyTorch {found[3]}; "
          f"{platform.machine()}; best of {args.rounds} rounds; load average "
          f"{os.getloadavg()[0]:.1f} at the end\n\n{text}")
    if args.readme:
        update(args.readme, text)
    is_good &= share >= PEAK_FLOOR
    floors = "; ".join(
        f"{NETWORKS[n][0]}: " + " and ".join(
            f"{floor:g} ({name})" for name, floor in NETWORKS[n][1].items())
        for n in networks)
    print("\nAll floors kept." if is_good else "\nA floor is not kept: times "
          f"faster by the measurement, {floors}; {PEAK_FLOOR} % of peak by whole products, "
          f"under {MEMORY_FLOOR_MIB} MiB, matrices equal to {AGREEMENT:g}.")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
