#!/bin/sh
# SPDX-License-Identifier: MIT
# Does every public header compile alone?
#   headers.sh INCLUDE_DIR "MPI_DIR;MPI_DIR" COMPILER FLAG...
set -eu
include=$1
mpi=$(printf '%s' "$2" | tr ';' '\n' | sed 's/^/-isystem/')
shift 2

n_failed=0
n_headers=0
for header in "$include"/goldilocks/*.h; do
    name=goldilocks/$(basename "$header")
    n_headers=$((n_headers + 1))
    # Twice: the second time must not declare anything again.
    # shellcheck disable=SC2086 # one word for each folder
    printf '#include "%s"\n#include "%s"\n' "$name" "$name" |
        "$@" -Wall -Wextra -Wpedantic -Werror -fsyntax-only "-I$include" \
            $mpi - || n_failed=$((n_failed + 1))
done
echo "$n_headers headers, $n_failed of them do not compile alone"
[ "$n_headers" -gt 0 ] && [ "$n_failed" = 0 ]
