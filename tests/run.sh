#!/bin/sh
# SPDX-License-Identifier: MIT
# Everything that has to hold, from a clean checkout, without a question:
#
#   sh tests/run.sh [STAGE...]
#
# Without names all stages run in this order, the quick ones first, and the
# first that fails is the last:
#   install   Debian packages that are missing (jobs/packages.sh); those that
#             only tests need come while the next stages compile
#   lint      format, clang-tidy, shellcheck
#   arch      include graph, public headers alone, lengths
#   asan      gcc, warnings are errors; address and undefined-behaviour
#             sanitizers, all tests but those of numbers and those that start
#             the program a hundred times
#   valgrind  quick tests, and a run of two processes
#   consumer  installs it and builds somebody else's project on it
#   fuzz      clang, warnings are errors; each fuzz target for half a minute,
#             beside the next stage, whose tests wait more than they compute
#   release   optimised; all tests
# Stages that take from minutes to an hour run only when named:
#   lint-all      lint that follows every path further
#   asan-all      sanitizers, all tests but those that make calls fail
#   valgrind-all  all unit tests, and those with MPI that run on two processes
# Tests labelled slow are left out. Says of each stage how long it took and how
# much processor time; ends with "N passed, N failed, N skipped" over all tests,
# and with an exit code that is 0 only if none failed.
# shellcheck disable=SC2317 # stages are called by their names
set -eu
cd "$(dirname "$0")/.."

all='install lint arch asan valgrind consumer fuzz release'
named='lint-all asan-all valgrind-all'
work=$(mktemp -d)
counts=$work/counts # a line "passed failed skipped" for every run of tests
: >"$counts"
trap 'rm -rf "$work"' EXIT

count() {
    echo "$1 $2 $3" >>"$counts"
}

total() {
    awk '{p += $1; f += $2; s += $3}
        END {printf "%d passed, %d failed, %d skipped\n", p, f, s}' "$counts"
}

n_failed() {
    awk '{f += $2} END {print f + 0}' "$counts"
}

# Run a command; show what it printed only when it failed.
quietly() {
    if ! "$@" >"$work/log" 2>&1; then
        grep -v '^\[[0-9]*/[0-9]*] [BL]' "$work/log" | tail -n 200
        return 1
    fi
}

# Run a command beside what follows:  beside NAME COMMAND...
beside() {
    name=$1
    shift
    : >"$work/$name.out"
    {
        code=0
        "$@" >>"$work/$name.out" 2>&1 || code=$?
        echo "$code" >"$work/$name.code"
    } &
}

# Wait for it, and end with its code:  finish NAME
finish() {
    [ -e "$work/$1.out" ] || return 0
    while [ ! -s "$work/$1.code" ]; do
        sleep 1
    done
    cat "$work/$1.out"
    : >"$work/$1.out" # shown once
    return "$(cat "$work/$1.code")"
}

# make does where there is no Ninja.
configure() {
    [ -z "$(command -v ninja)" ] || export CMAKE_GENERATOR=Ninja
    quietly cmake --preset "$1"
}

build() {
    configure "$1"
    quietly cmake --build --preset "$1"
}

# The value of an attribute of the whole run in what ctest wrote:
# junit FILE ATTRIBUTE
junit() {
    tr '\n' ' ' <"$1" |
        sed -n "s/^[^>]*<?xml[^>]*> *<testsuite [^>]*[[:space:]]$2=\"\\([0-9]*\\)\".*/\\1/p"
}

# Processor time of what ended, in seconds, from what `times` printed.
processor_time() {
    awk 'NR == 2 {split($0, t, /[ms ]+/)
        print int(60 * (t[1] + t[3]) + t[2] + t[4])}' "$work/times"
}

# Tests of a build:  run_tests BUILD_DIR CTEST_OPTION...
# Eight at a time on two cores: much of their time is starting and waiting. Those
# with the highest COST start first.
jobs=$((4 * $(nproc)))
run_tests() {
    build_dir=$1
    log=$work/$1.log
    results=$work/$1.xml
    shift
    code=0
    rm -f "$results"
    ctest --test-dir "$build_dir" -j "$jobs" --no-tests=error \
        --output-on-failure --output-junit "$results" "$@" \
        >"$log" 2>&1 || code=$?
    if [ "$code" != 0 ]; then
        grep -v ' Passed \|^ *Start ' "$log" | tail -n 300
    fi
    if [ -s "$results" ]; then
        failed=$(junit "$results" failures)
        skipped=$(($(junit "$results" skipped) + $(junit "$results" disabled)))
        count $(($(junit "$results" tests) - failed - skipped)) "$failed" \
            "$skipped"
    fi
    return "$code"
}

stage_install() {
    sh jobs/packages.sh build tools
    beside packages sh jobs/packages.sh analysis data tests
}

# lint [all]
lint() {
    configure debug
    quietly cmake --build --preset debug --target gold_git_commit # a header
    sh tests/lint.sh build-debug "$@"
    count 1 0 0
}

stage_lint() {
    lint
}

stage_lint_all() {
    lint all
}

stage_arch() {
    configure debug
    run_tests build-debug -L '^arch$'
}

# Tests of the store run on two processes and those of the scheduler on three;
# release has the other numbers. Of tests in both precisions one does: what
# differs is not how they use memory.
stage_asan() {
    build asan
    finish packages
    run_tests build-asan -LE '^(slow|arch|optimised)$' \
        -E '^mpi[.](store[.].*[.]np[13]|sched[.].*[.]np[125])$|[.]f32$'
}

stage_asan_all() {
    build asan
    finish packages
    run_tests build-asan -LE '^(slow|arch)$'
}

# under_valgrind [all]
under_valgrind() {
    configure debug
    code=0
    sh tests/valgrind.sh build-debug "$@" >"$work/valgrind" 2>&1 || code=$?
    cat "$work/valgrind"
    sed -n '$s/ passed, \([0-9]*\) failed, \([0-9]*\) skipped$/ \1 \2/p' \
        "$work/valgrind" >>"$counts"
    return "$code"
}

stage_valgrind() {
    under_valgrind
}

stage_valgrind_all() {
    under_valgrind all
}

stage_consumer() {
    build release
    quietly cmake --install build --prefix "$work/installed"
    quietly cmake -S tests/e2e/consumer -B "$work/consumer" -G Ninja \
        "-DCMAKE_PREFIX_PATH=$work/installed"
    quietly cmake --build "$work/consumer"
    quietly "$work/consumer/consumer"
    quietly "$work/installed/bin/goldilocks" --help
    count 1 0 0
}

# Tests are built by gcc elsewhere; what clang would warn of in them, clang-tidy
# does.
stage_fuzz() {
    configure clang
    quietly cmake --build --preset clang --target goldilocks tests/fuzz/all
    beside fuzz run_tests build-clang -L '^fuzz$'
}

stage_release() {
    build tests # into the same folder as release
    finish packages
    run_tests build -LE '^(slow|arch)$'
}

for stage in "$@"; do
    case " $all $named " in
    *" $stage "*) ;;
    *)
        echo "$0: no stage '$stage': $all $named" >&2
        exit 2
        ;;
    esac
done

[ $# -gt 0 ] || eval "set -- $all"
began=$(date +%s)
code=0
times >"$work/times"
for stage; do
    stage_began=$(date +%s)
    used=$(processor_time)
    before=$(n_failed)
    echo "== $stage"
    # Not in a condition: there the shell would go on after a failure.
    set +e
    (
        set -e
        "stage_$(echo "$stage" | tr - _)"
    )
    code=$?
    set -e
    times >"$work/times" # not in $(...), which has used no time
    echo "   $(($(date +%s) - stage_began)) s," \
        "$(($(processor_time) - used)) s of processors"
    if [ "$code" != 0 ]; then
        echo "Stage $stage failed"
        # What fails without a failing test, such as a build, counts as one.
        [ "$(n_failed)" != "$before" ] || count 0 1 0
        break
    fi
done
for name in packages fuzz; do
    finish "$name" || code=1
done
echo "== $(($(date +%s) - began)) s in all"
total
exit "$code"
