#!/bin/sh
# SPDX-License-Identifier: MIT
# Tests under valgrind:  sh tests/valgrind.sh BUILD_DIR [all]
# Builds of the configured folder what it runs.
# Quick unit tests of what reads people's input, without MPI, get no
# suppressions; two ranks of the scheduler, of the store and of the whole
# program get those that Open MPI needs. With `all`, all unit tests and all
# tests with MPI that run on two ranks. Prints what failed, and at the end
# "N passed, N failed, N skipped".
set -eu
build=$(cd "$1" && pwd)
extent=${2-quick}
top=$(cd "$(dirname "$0")/.." && pwd)
logs=$build/valgrind
mkdir -p "$logs"
rm -rf "${logs:?}"/*
cd "$logs" # tests leave files where they run

# Valgrind knows no AVX-512, whatever the processor has.
export OPENBLAS_CORETYPE=Haswell OPENBLAS_NUM_THREADS=1
export OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1

# Names of the tests with a label that match:  names LABEL REGEX
names() {
    ctest --test-dir "$build" -N -L "$1" -LE slow -R "$2" |
        sed -n 's/^ *Test *#[0-9]*: //p'
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

# Measures, estimates and trains; a rank that coordinates and one that works.
run_program() {
    cat >"$logs/study.yaml" <<'END'
study: valgrind
grid: {activation: [relu, tanh], seed: {count: 2}, scale: [0.5, 1]}
data: {set: circles, train: 30, test: 10, normalize: none}
network: {depth: 2, width: 6}
curvature:
  subspace: {dim: 4}
  extreme: {count: 1}
  trace_probes: 2
  density: {steps: 4, probes: 2}
train: {optimizer: adam, batch: 16, steps: 5, log: {every: 5}}
END
    code=0
    "$@" "$build/goldilocks" run "$logs/study.yaml" -o "$logs/program.h5" \
        --quiet >"$logs/program.log" 2>&1 || code=$?
    echo "exit $code" >>"$logs/program.log"
}

set -- valgrind --quiet --num-callers=40 --keep-debuginfo=yes --leak-check=full \
    --errors-for-leak-kinds=definite --error-exitcode=9
case $extent in
quick)
    alone=$(names fast '^unit[.](base[.]errand|(data|study|task)[.])')
    with_mpi=$(names mpi \
        '^mpi[.](sched[.](sweep|failure)|store[.]resume)[.]np2$')
    ;;
all)
    alone=$(names unit '^unit[.]')
    with_mpi=$(names mpi '[.]np2$')
    ;;
esac
printf '%s\n' "$alone" "$with_mpi" | sed 's/^/test./; s/[.]np2$//' |
    xargs cmake --build "$build" --target goldilocks >"$logs/build" 2>&1 || {
    tail -n 100 "$logs/build"
    exit 1
}
echo "$alone" | run_all "$@"
set -- mpirun --oversubscribe -n 2 "$@" --show-leak-kinds=definite \
    "--suppressions=$top/tests/suppressions/valgrind.supp"
echo "$with_mpi" | run_all "$@"
run_program "$@"

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
