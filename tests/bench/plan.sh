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
exec "$python" tests/bench/plan.py "$program" "$@"
