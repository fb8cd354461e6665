#!/bin/sh
# SPDX-License-Identifier: MIT
# How fast the curvature measurement is, on one core, against PyTorch:
#
#   sh tests/bench/speed.sh [GOLDILOCKS [--rounds N] [--cifar10 DIR]
#                            [--network lenet|lenet5] [--readme README.md]]
#
# Without a name the executable is build/goldilocks. --readme puts the tables
# where the README has its place for them. LeNet-5 is timed where --cifar10
# names the folder of data_batch_1.bin. Needs Fashion-MNIST and python3-torch. A few minutes on a quiet machine; on a busy one the numbers
# mean little, which the load average printed with them shows.
set -eu
cd "$(dirname "$0")/../.."

program=${1-build/goldilocks}
[ $# = 0 ] || shift
if [ ! -x "$program" ]; then
    echo "$0: no executable $program: build it with sh jobs/quickstart.sh" >&2
    exit 2
fi
python=/usr/bin/python3
[ -x "$python" ] || python=python3
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
if [ "$(id -u)" = 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
exec "$python" tests/bench/speed.py "$program" "$@"
