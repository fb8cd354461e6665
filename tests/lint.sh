#!/bin/sh
# SPDX-License-Identifier: MIT
# Format and lint of everything:  sh tests/lint.sh BUILD_DIR [all]
# BUILD_DIR is configured, so that it has compile_commands.json; nothing needs
# to be built. Prints what is wrong, and at the end how many files it saw.
# With "all" clang-tidy follows every path as far as it does by itself, which
# takes four times as long; else it stops after a fifth of that in a function,
# and follows none in tests, whose use of memory sanitizers and valgrind see.
set -eu
build=$1
max_nodes=40000
[ "${2-}" != all ] || max_nodes=225000
cd "$(dirname "$0")/.."

sources() {
    find src include tests -name '*.[ch]' | sort
}

scripts() {
    find jobs tests -name '*.sh' -o -name '*.sbatch' -o -name '*.job' | sort
    echo .ci/run
}

# The commands of the build, in two folders: typed sources as they are compiled
# for float, and the same for double with all other sources.
lint=$build/lint
split_commands() {
    mkdir -p "$lint/float" "$lint/double"
    awk -v lint="$lint" '
        /^[{]/ {entry = ""}
        {entry = entry $0 "\n"}
        /^[}]/ {
            folder = entry ~ /GOLD_PREC_F32/ ? "float" : "double"
            sub(/},?\n$/, "}", entry)
            printf "%s%s", n[folder]++ ? ",\n" : "[\n", entry \
                >(lint "/" folder "/compile_commands.json")
        }
        END {
            for (folder in n) {
                print "\n]" >(lint "/" folder "/compile_commands.json")
            }
        }' "$build/compile_commands.json"
}

# The files compiled by the commands of a folder, each once.
compiled() {
    sed -n 's/^ *"file": "\(.*\)",*$/\1/p' "$1/compile_commands.json" |
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

# Findings of clang-tidy in files whose path matches:
# tidy FOLDER PATTERN OPTION...
# One file a process, since findings of one file leak into the next in this
# version; two processes.
tidy() {
    commands=$1
    pattern=$2
    shift 2
    compiled "$commands" | grep "$pattern" |
        xargs -n 1 -P 2 clang-tidy-14 --quiet -p "$commands" "$@" 2>&1 |
        awk '/(warning|error):/ {n++; print; next}
            /generated[.]|^Suppressed |^Use -header-filter/ {next}
            {print} END {exit n > 0}'
}

tidy_paths() {
    xclang=--extra-arg=-Xclang
    tidy "$lint/double" "$1" $xclang --extra-arg=-analyzer-config \
        $xclang "--extra-arg=max-nodes=$max_nodes"
}

# Without the search of paths, which takes most of the time and does not depend
# on the precision.
tidy_lines() {
    tidy "$1" "$2" '--checks=-clang-analyzer-*'
}

shell() {
    scripts | xargs shellcheck -x
}

step format
step shell
split_commands
step tidy_paths "$PWD/src/"
if [ "${2-}" = all ]; then
    step tidy_paths "$PWD/tests/"
else
    step tidy_lines "$lint/double" "$PWD/tests/"
fi
step tidy_lines "$lint/float" .
echo "$(sources | wc -l) C files, $(scripts | wc -l) scripts," \
    "$(compiled "$lint/double" | wc -l) sources compiled," \
    "$(compiled "$lint/float" | wc -l) of them for float too"
[ "$n_failed" = 0 ]
