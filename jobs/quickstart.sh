#!/bin/sh
# SPDX-License-Identifier: MIT
# From a clone to a figure, without a question:
#
#   sh jobs/quickstart.sh
#
# Installs the Debian or Ubuntu packages that are missing, builds, runs
# configs/quickstart.yaml on all cores, prints the summary and draws the
# figure. What is done already is not done again: an interrupted sweep goes on.
# Without Fashion-MNIST it runs configs/circles.yaml, whose data are built in.
set -eu
cd "$(dirname "$0")/.."

# With more processes most would wait for the longest of the 480 tasks.
most_processes=57

say() {
    printf '\n== %s\n' "$*"
}

say 'Packages'
sh jobs/packages.sh build analysis
study=quickstart
if ! sh jobs/packages.sh data; then
    study=circles
    echo 'Going on without Fashion-MNIST, with the built-in data of' \
        'configs/circles.yaml.'
fi

say 'Build'
if [ -n "$(command -v ninja)" ]; then
    export CMAKE_GENERATOR=Ninja
fi
export CMAKE_BUILD_PARALLEL_LEVEL="${CMAKE_BUILD_PARALLEL_LEVEL:-$(nproc)}"
if ! log=$(cmake --preset release 2>&1 &&
    cmake --build --preset release 2>&1); then
    echo "$log" >&2
    exit 1
fi
build/goldilocks --version

processes=$(($(env -u OMP_NUM_THREADS -u OMP_THREAD_LIMIT nproc) + 1))
[ "$processes" -le "$most_processes" ] || processes=$most_processes
# mpirun gives the program a terminal even where this script has none, and the
# line that is written over and over would fill a log.
how_loud=
[ -t 1 ] || how_loud=--quiet
result=results/$study.h5
say "sh jobs/local.sh configs/$study.yaml -o $result, $processes processes"
began=$(date +%s)
GOLDILOCKS=build/goldilocks GOLDILOCKS_PROCESSES=$processes sh jobs/local.sh \
    "configs/$study.yaml" -o "$result" ${how_loud:+"$how_loud"}
echo "The sweep took $(($(date +%s) - began)) s."

say "build/goldilocks summary $result"
build/goldilocks summary "$result"

# Debian's Python has Debian's modules; another one may come first in PATH.
python=/usr/bin/python3
[ -x "$python" ] || python=python3
say "python3 analysis/plot_zone.py $result -o figures/$study.png --overwrite"
"$python" analysis/plot_zone.py "$result" -o "figures/$study.png" --overwrite \
    >/dev/null
echo "Results: $PWD/$result"
echo "Figure:  $PWD/figures/$study.png"
