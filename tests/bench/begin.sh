#!/bin/sh
# SPDX-License-Identifier: MIT
# How every benchmark of this folder begins; they read it. Takes the executable,
# if the first word names one, and leaves $program, $python and one thread for
# each library. Both programs get the same kernel of the BLAS: Goldilocks sees to
# its own where OpenBLAS does not know the processor, and PyTorch does not.
cd "$(dirname "$0")/../.." || exit

program=${1-build/goldilocks}
[ $# = 0 ] || shift
if [ ! -x "$program" ]; then
    echo "$0: no executable $program: build it with sh jobs/quickstart.sh" >&2
    exit 2
fi
# shellcheck disable=SC2034 # for those that read this
python=/usr/bin/python3
[ -x "$python" ] || python=python3
export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 MKL_NUM_THREADS=1
if [ "$(id -u)" = 0 ]; then
    export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
fi
OPENBLAS_CORETYPE=$("$program" doctor |
    sed -n 's/.*BLAS kernel: \([^ ,]*\).*/\1/p')
export OPENBLAS_CORETYPE
