#!/bin/sh
# SPDX-License-Identifier: MIT
# The scripts for jobs in a folder of one's own, for `goldilocks jobs`:
#
#   sh jobs/copy.sh FOLDER [PROGRAM]
#
# copies them into FOLDER/jobs, with a file for the site that names the program.
# Nothing that is there is replaced.
set -eu

from=$(cd "$(dirname "$0")" && pwd)
to=$1/jobs
mkdir -p -- "$to"
to=$(cd -- "$to" && pwd)
for file in "$from"/*.sbatch "$from"/*.job "$from"/launch.sh "$from"/local.sh \
    "$from"/site.example.sh "$from"/README.md; do
    name=${file##*/}
    name=${name%.example.sh}
    [ "$name" != site ] || name=site.sh
    if [ ! -e "$to/$name" ]; then
        cp -p -- "$file" "$to/$name"
        if [ "$name" = site.sh ] && [ $# -gt 1 ]; then
            quoted=$(printf %s "$2" | sed "s/'/'\\\\''/g")
            chmod u+w "$to/$name"
            echo "GOLDILOCKS='$quoted'" >>"$to/$name"
        fi
    elif [ "$name" != site.sh ] && ! cmp -s -- "$file" "$to/$name"; then
        echo "kept: $to/$name, which is another" >&2
    fi
done
echo "$to: sbatch $to/sweep.sbatch STUDY.yaml -o FILE; see README.md there"
