#!/bin/sh
# SPDX-License-Identifier: MIT
# Quick unit tests under valgrind:  sh tests/valgrind.sh BUILD_DIR
# Those without MPI get no suppressions; two ranks of the scheduler and of the
# store get those that Open MPI needs. Prints what failed, and at the end
# "N passed, N failed, N skipped".
set -eu
build=$(cd "$1" && pwd)
top=$(cd "$(dirname "$0")/.." && pwd)
logs=$build/valgrind
mkdir -p "$logs"
rm -f "$logs"/*
cd "$logs" # tests leave files where they run

# Valgrind knows no AVX-512, whatever the processor has.
export OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# Names of the tests with a label that match: LABEL REGEX. Of those that exist
# in both precisions one does here: what differs is not how they use memory.
names() {
    ctest --test-dir "$build" -N -L "$1" -LE slow -R "$2" |
        sed -n -e '/[.]f32$/d' -e 's/^ *Test *#[0-9]*: //p'
}

# Run every test named on the input, two at a time: a log each, ended by its
# exit code.
run_all() {
    # shellcheck disable=SC2016 # expanded by the inner shell
    xargs -P 2 -I '{}' sh -c '
        name=$1 build=$2 logs=$3
        shift 3
        target=${name%.np2}
        code=0
        "$@" "$(find "$build/tests" -name "test.$target" -type f)" \
            >"$logs/$name.log" 2>&1 || code=$?
        echo "exit $code" >>"$logs/$name.log"
    ' sh '{}' "$build" "$logs" "$@"
}

set -- valgrind --quiet --num-callers=40 --keep-debuginfo=yes --leak-check=full \
    --errors-for-leak-kinds=definite --error-exitcode=9
names fast '^unit[.]' | run_all "$@"
names mpi '^mpi[.](sched[.](sweep|failure)|store[.].*)[.]np2$' |
    run_all mpirun --oversubscribe -n 2 "$@" --show-leak-kinds=definite \
        "--suppressions=$top/tests/suppressions/valgrind.supp"

n_passed=0
n_failed=0
for log in "$logs"/*.log; do
    if [ "$(tail -n 1 "$log")" = "exit 0" ]; then
        n_passed=$((n_passed + 1))
    else
        n_failed=$((n_failed + 1))
        echo "Failed: $log"
        grep -v '^\[' "$log" | head -n 40
    fi
done
echo "$n_passed passed, $n_failed failed, 0 skipped"
[ "$n_failed" = 0 ] && [ "$n_passed" -gt 0 ]
