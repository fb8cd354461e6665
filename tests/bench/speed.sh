#!/bin/sh
# SPDX-License-Identifier: MIT
# How fast the curvature measurement is, on one core, against PyTorch:
#
#   sh tests/bench/speed.sh [GOLDILOCKS [--rounds N] [--cifar10 DIR]
#                            [--network lenet|lenet5] [--readme README.md]]
#
# Without a name the executable is build/goldilocks. --readme puts the tables
# where the README has its place for them. LeNet-5 is timed where --cifar10
# names the folder of data_batch_1.bin. Needs Fashion-MNIST and python3-torch. A
# few minutes on a quiet machine; on a busy one the numbers mean little, which
# the load average printed with them shows.
set -eu
# shellcheck source=tests/bench/begin.sh
. "$(dirname "$0")/begin.sh"
exec "$python" tests/bench/speed.py "$program" "$@"
