#!/bin/sh
# SPDX-License-Identifier: MIT
# What goldilocks plan says against what runs take, and how often the end lies
# where runs say that it will:
#
#   sh tests/bench/plan.sh [GOLDILOCKS [--only NAME]]
#
# Without a name the executable is build/goldilocks. Takes four
# minutes on a quiet machine. Core-hours are of computing, so they can be
# compared on a busy one too; ends of runs are then less sure.
set -eu
# shellcheck source=tests/bench/begin.sh
. "$(dirname "$0")/begin.sh"
exec "$python" tests/bench/plan.py "$program" "$@"
