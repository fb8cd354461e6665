#!/bin/sh
# SPDX-License-Identifier: MIT
# How fast the largest eigenvalue is found, on one core, against PyTorch:
#
#   sh tests/bench/eigen.sh [GOLDILOCKS [--rounds N]]
#
# Without a name the executable is build/goldilocks. Needs python3-torch. A
# minute on a quiet machine; on a busy one the numbers mean little, which the
# load average printed with them shows.
set -eu
# shellcheck source=tests/bench/begin.sh
. "$(dirname "$0")/begin.sh"
exec "$python" tests/bench/eigen.py "$program" "$@"
