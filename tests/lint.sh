#!/bin/sh
# SPDX-License-Identifier: MIT
# Format and lint of everything:  sh tests/lint.sh BUILD_DIR
# BUILD_DIR is configured, so that it has compile_commands.json; nothing needs
# to be built. Prints what is wrong, and at the end how many files it saw.
set -eu
build=$1
cd "$(dirname "$0")/.."

sources() {
    find src include tests -name '*.[ch]' | sort
}

scripts() {
    find jobs tests -name '*.sh' -o -name '*.sbatch' | sort
    echo .ci/run
}

# Each .c file that is compiled, once; clang-tidy itself takes every command
# there is for it, so typed sources are seen in both precisions.
compiled() {
    sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$build/compile_commands.json" |
        sort -u
}

n_failed=0
step() {
    "$@" || {
        n_failed=$((n_failed + 1))
        echo "Failed: $1" >&2
    }
}

format() {
    sources | xargs clang-format-14 --dry-run -Werror
}

# One file a process, since findings of one file leak into the next in this
# version; two processes.
tidy() {
    compiled | xargs -n 1 -P 2 clang-tidy-14 --quiet -p "$build" 2>&1 |
        awk '/^[0-9]+ warnings? generated\.$/ {next}
            /^Suppressed |^Use -header-filter/ {next}
            {print} /(warning|error):/ {n++} END {exit n > 0}'
}

shell() {
    scripts | xargs shellcheck -x
}

step format
step shell
step tidy
echo "$(sources | wc -l) C files, $(scripts | wc -l) scripts," \
    "$(compiled | wc -l) sources compiled"
[ "$n_failed" = 0 ]
